"""The application as a server of WSGI loads it: `gunicorn "dashboard.serving.wsgi:from_environment()"`.

`python -m dashboard.serving.wsgi HOST PORT` serves it in one process, where gunicorn does not run (Windows).
"""

import logging
import sys

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import make_server

from dashboard.app import create_app
from dashboard.pages import PAGES
from dashboard.serving.environment import settings, told
from dashboard.serving.logs import JsonLines, note_requests


def from_environment() -> Flask:
    """The dashboard of this environment."""
    server = create_app(settings()).server
    assert isinstance(server, Flask)
    note_requests(server, [page.path for page in PAGES])
    if told().behind_proxy:
        # One proxy, ours: what it says of the browser's address and scheme is believed.
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return server


def _serve(host: str, port: int) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # its own lines hold whole paths
    make_server(host, port, from_environment(), threaded=True).serve_forever()


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
