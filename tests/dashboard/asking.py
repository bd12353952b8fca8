"""What a browser of the dashboard sends, without a browser."""

import json
import re
from datetime import date
from io import BytesIO
from typing import Any, cast

from dash import Dash
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from dashboard.text.numbers import date_words
from imu.store import Store

Value = dict[str, Any]  # {"id": ..., "property": ..., "value": ...}, as the browser sends it


def store_of(app: Dash) -> Store:
    return cast("Store", app.server.extensions["restride.store"])


def signed_in(app: Dash, name: str) -> FlaskClient:
    """A browser in which an account is signed in, without the time that a password takes."""
    client = cast("FlaskClient", app.server.test_client())
    secret = store_of(app).sign_ins.begin(name, agent="test")
    with client.session_transaction() as session:
        session["_user_id"] = secret
        session["_fresh"] = True
        session.permanent = True
    return client


def value(of: Any, at: str, what: Any) -> Value:
    """One input or state."""
    return {"id": of, "property": at, "value": what}


def call(
    client: FlaskClient,
    output: str,
    *,
    to: Any,
    inputs: list[Any],
    state: list[Any] | None = None,
    pressed: str | None = None,
) -> TestResponse:
    """Post to a callback as Dash does. `output`: its key in `app.callback_map`; `to`: the id, or ids, that
    it fills, each with its property. Without `pressed` the first input is what changed."""
    first = inputs[0][0] if isinstance(inputs[0], list) else inputs[0]
    of = first["id"]
    changed = pressed or f"{_text(of)}.{first['property']}"
    body = {"output": output, "outputs": to, "inputs": inputs, "changedPropIds": [changed]}
    if state is not None:
        body["state"] = state
    return client.post("/_dash-update-component", json=body)


def shown(client: FlaskClient, page: str, of: Any = "", *, at_once: bool = False) -> TestResponse:
    """Fill the content of a page, as after it was opened. `at_once`: its callback has a fixed `of`."""
    own = {"content": page, "of": of}
    output = f"{_text({'content': page, 'of': of if at_once else ['MATCH']})}.children"
    return call(client, output, to={"id": own, "property": "children"}, inputs=[value(own, "id", own)])


def words(response: TestResponse) -> str:
    """Everything that was answered, as text to be searched: escapes of JSON are undone, spaces as typed."""
    said = response.get_data().decode(errors="replace")
    try:
        return plain(json.dumps(json.loads(said), ensure_ascii=False))
    except ValueError:
        return plain(said)


def text_of(pdf: bytes) -> str:
    """What stands on the one page, however its lines break."""
    return " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())


def plain(text: str) -> str:
    """With spaces as people type them."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def on_a_page(text: str) -> str:
    """What the rules and a terminal say, with dates as pages write them."""
    days = re.compile(r"\d{4}-\d{2}-\d{2}")
    return plain(days.sub(lambda found: date_words(date.fromisoformat(found[0])), text))


def _text(of: Any) -> str:
    return of if isinstance(of, str) else json.dumps(of, sort_keys=True, separators=(",", ":"))
