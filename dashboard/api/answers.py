"""Who asks, what he sent, and how he is answered: the same for every route."""

from typing import Any, TypeVar, cast

import msgspec
from flask import Response, abort, current_app, g, request
from msgspec import Struct
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from dashboard.api.shapes import ERRORS, ErrorTold, Failure
from imu.errors import Forbidden, RestrideError, StoreTroubleError
from imu.store import Account
from imu.store.uploads import OutOfStepError

Body = TypeVar("Body", bound=Struct)
LARGEST_JSON = 64 << 10


def caller() -> Account:
    """Whose device asks. The door found out from its key, and never looks at a cookie here."""
    return cast("Account", g.device_account)


def body(kind: type[Body]) -> Body:
    """What was sent, if it is what it should be."""
    if (request.content_length or 0) > LARGEST_JSON:
        abort(413)
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        abort(failure(400, "invalid", " ".join(str(error).split())))
    except RecursionError:
        abort(failure(400, "invalid", "this is nested too deeply"))


def answer(told: Struct, status: int = 200) -> Response:
    # A sentence of the rules goes out as its text.
    return Response(msgspec.json.encode(told, enc_hook=str), status, mimetype="application/json")


def failure(status: int, code: ERRORS, message: str, *, received: int | None = None) -> Response:
    return answer(Failure(ErrorTold(code=code, message=message, received=received)), status)


def not_there(_error: Exception) -> Response:
    """The same for what is not there and for what is not shared."""
    return failure(404, "not_found", "there is nothing here, or it is not shared with you")


def out_of_step(error: OutOfStepError) -> Response:
    return failure(409, "out_of_step", str(error), received=error.received)


def refused(error: RestrideError) -> Response:
    return failure(422, "refused", str(error))


def troubled(error: StoreTroubleError) -> Response:
    """The error's own text names folders, ids and the database: not for whoever asks."""
    current_app.logger.error("the store is not as it should be", exc_info=error)
    return failure(422, "refused", "something that is kept here cannot be reached; tell the server's keeper")


_CODES: dict[int, ERRORS] = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def http_error(error: HTTPException) -> Any:
    if error.response is not None:
        return error.response
    if isinstance(error, RequestEntityTooLarge):
        return failure(413, "too_large", "this is larger than anything that is taken here")
    status = error.code or 500
    code: ERRORS = _CODES.get(status, "internal" if status >= 500 else "invalid")
    told = failure(status, code, error.description or error.name)
    for name, value in error.get_headers():
        if name == "Allow":
            told.headers[name] = value
    return told


HANDLERS: dict[Any, Any] = {
    Forbidden: not_there,
    OutOfStepError: out_of_step,
    RestrideError: refused,
    StoreTroubleError: troubled,
    HTTPException: http_error,
    # By number too: the pages' own words for a number would be nearer than ours for all of them.
    **dict.fromkeys(_CODES, http_error),
}
