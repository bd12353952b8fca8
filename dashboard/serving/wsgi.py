"""The application as a server of WSGI loads it: `gunicorn "dashboard.serving.wsgi:from_environment()"`.

`python -m dashboard.serving.wsgi HOST PORT` serves it in one process, where gunicorn does not run (Windows).
"""

import logging
import sys

from flask import Flask
from werkzeug.serving import make_server

from dashboard.app import create_app
from dashboard.minded import end_with_minder
from dashboard.pages import PAGES
from dashboard.serving.environment import settings
from dashboard.serving.logs import JsonLines, note_requests
from imu.home import keep_to_owner


def from_environment() -> Flask:
    """The dashboard of this environment."""
    keep_to_owner()
    server = create_app(settings()).server
    assert isinstance(server, Flask)
    note_requests(server, [page.path for page in PAGES])
    # Dash finishes itself at its first request, and what is asked beside that one meets half of it.
    server.test_client().get("/healthz")
    return server


def _serve(host: str, port: int) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # its own lines hold whole paths
    server = make_server(host, port, from_environment(), threaded=True)
    end_with_minder(server.shutdown)
    server.serve_forever()


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
