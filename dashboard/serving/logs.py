"""What the server writes about itself: one line of JSON each, and nothing about anybody's health in it.

A path holds ids of runs and athletes, and an error's text may quote what somebody typed. So of a path only
its template is written, and of an error its kind and place.
"""

import json
import logging
import re
import time
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request, request_started

REQUESTS = logging.getLogger("restride.requests")
_QUIET = ("/_dash-component-suites/", "/assets/", "/static/", "/_favicon.ico", "/healthz")
_FRAMES = 12
_CALLBACK_OF = re.compile(r'"(?:content|control)":"([a-z_.-]{1,40})"')


class JsonLines(logging.Formatter):
    """One record, one line."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "process": record.process,
        }
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])[-_FRAMES:]
            told["event"] = "error"
            told["error"] = record.exc_info[0].__name__
            told["where"] = [f"{one.filename}:{one.lineno} {one.name}" for one in frames]
        else:
            told["event"] = record.getMessage()
        return json.dumps(told | getattr(record, "facts", {}))


def note_requests(server: Flask, templates: Sequence[str]) -> None:
    """Write a line per request, but for files that everybody gets. `templates`: the paths of the pages."""

    def began(_server: Flask, **_more: Any) -> None:
        g.request_began_s = time.perf_counter()

    request_started.connect(began, server, weak=False)

    @server.after_request
    def noted(response: Response) -> Response:
        if not request.path.startswith(_QUIET) or response.status_code >= 400:
            rule = request.url_rule
            facts = {
                "method": request.method,
                "route": route_of(request.path, rule.rule if rule else None, templates),
                "status": response.status_code,
                "ms": round(1000 * (time.perf_counter() - g.request_began_s), 1),
                "bytes": response.content_length,
            }
            if request.path == "/_dash-update-component":
                facts["callback"] = _callback()
            REQUESTS.info("request", extra={"facts": facts})
        return response


def route_of(path: str, rule: str | None, templates: Sequence[str]) -> str:
    """The template that a path fits; pages of Dash all come by one rule. "other" for what is no page."""
    if rule is not None and not rule.startswith("/<path:"):
        return rule
    parts = path.strip("/").split("/")
    for template in templates:
        wanted = template.strip("/").split("/")
        if len(wanted) == len(parts) and all(
            one.startswith("<") or one == part for one, part in zip(wanted, parts, strict=True)
        ):
            return template
    return "other"


def _callback() -> str:
    """Which page's callback, without whose data it was called for."""
    body = request.get_json(silent=True)
    output = body.get("output") if isinstance(body, dict) else None
    names = _CALLBACK_OF.findall(output) if isinstance(output, str) else []
    return ",".join(dict.fromkeys(names)) or "shell"
