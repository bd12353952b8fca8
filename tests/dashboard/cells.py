"""Every callback and address of an application, with inputs for whomever, from what it declares itself."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from dash import Dash

from tests.dashboard.asking import Value, value

WILD = (["MATCH"], ["ALL"], ["ALLSMALLER"])
# What a button, a number, a word, a day or a list might hold; None is what is not there yet.
PRESSED = {"n_clicks": 1, "n_intervals": 1, "n_submit": 1, "pathname": "/sign-in", "search": ""}


@dataclass(frozen=True)
class Call:
    """One call of one callback, as a browser would send it."""

    key: str
    of: str
    body: dict[str, Any]

    @property
    def fills_content(self) -> bool:
        """Whether it fills the content of a page that is opened for `of`."""
        return self.key.startswith('{"content"') and "MATCH" in self.key and "@" not in self.key


def calls(app: Dash, ofs: tuple[str, ...], typed: tuple[Any, ...] = (None, "x")) -> Iterator[Call]:
    """Each callback once for each `of` and each value that its fields may hold."""
    for key, declared in sorted(app.callback_map.items()):
        if key.startswith("_pages_dummy"):
            continue
        wild = key + json.dumps(declared["inputs"]) + json.dumps(declared["state"])
        for of, what in product(ofs if any(one[0] in wild for one in WILD) else ofs[:1], typed):
            yield Call(key, of, _body(key, declared, of, what))


def _body(key: str, declared: Any, of: str, what: Any) -> dict[str, Any]:
    inputs = [_one(one, of, what) for one in declared["inputs"]]
    first = next((one for one in inputs if one), None)
    first = first[0] if isinstance(first, list) else first
    changed = []
    if first is not None:
        own = first["id"]
        text = own if isinstance(own, str) else json.dumps(own, sort_keys=True, separators=(",", ":"))
        changed = [f"{text}.{first['property']}"]
    body = {
        "output": key,
        "inputs": inputs,
        "state": [_one(one, of, what) for one in declared["state"]],
        "changedPropIds": changed,
    }
    if (outputs := _outputs(key, of)) is not None:
        body["outputs"] = outputs
    return body


def _one(declared: Any, of: str, what: Any) -> Value | list[Value]:
    own, at = _id(declared["id"], of), declared["property"]
    held = own if at == "id" else PRESSED.get(at, what)
    several = isinstance(own, dict) and '["ALL' in declared["id"]
    return [value(own, at, held)] if several else value(own, at, held)


def _outputs(key: str, of: str) -> Any:
    if key.startswith(".."):
        return [_output(one, of) for one in key[2:-2].split("...")]
    return _output(key, of) if "." in key else None


def _output(text: str, of: str) -> Any:
    own, _, at = text.rpartition(".")
    filled = {"id": _id(own, of), "property": at}
    return [filled] if '["ALL' in own else filled


def _id(text: str, of: str) -> Any:
    if not text.startswith("{"):
        return text.replace("\\.", ".")
    return {name: of if part in WILD else part for name, part in json.loads(text).items()}


def addresses(app: Dash, variables: dict[str, str]) -> Iterator[str]:
    """Every page with these variables, and every other rule of the server."""
    from dashboard.pages import PAGES

    for page in PAGES:
        yield _filled(page.path, variables)
    for rule in app.server.url_map.iter_rules():
        yield _filled(rule.rule, variables)


def _filled(path: str, variables: dict[str, str]) -> str:
    for part in path.split("/"):
        if part.startswith("<"):
            name = part.strip("<>").rpartition(":")[2]
            end = next((one for one in variables if name.endswith(one)), None)
            path = path.replace(part, variables[end] if end else "x")
    return path
