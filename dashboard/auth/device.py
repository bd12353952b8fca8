"""Programs that come with the key of a device, and without a browser's cookie."""

from flask import g, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from dashboard import desk

PATH = "/api/"
_FOR_ALL = ("/api/v1/openapi.json",)  # how to ask, for whoever writes a program


def ask() -> AnyResponse | None:
    """None lets a request through; whose device it is stands in `g.device_account`. Cookies count nothing."""
    if request.path in _FOR_ALL:
        return None
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    account = desk.store().sign_ins.account_of_token(token.strip()) if kind.lower() == "bearer" else None
    if account is None:
        answer = jsonify(
            error={"code": "unauthorized", "message": "Give the key of a device: Authorization: Bearer KEY"}
        )
        answer.status_code = 401
        answer.headers["WWW-Authenticate"] = 'Bearer realm="restride"'
        return answer
    g.device_account = account
    return None
