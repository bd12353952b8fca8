"""Every callback and address of an application, with inputs for whomever, from what it declares itself."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from dash import Dash

from tests.dashboard.asking import Value, value

WILD = (["MATCH"], ["ALL"], ["ALLSMALLER"])
# What a button, a number, a word, a day or a list might hold; None is what is not there yet.
PRESSED = {"n_clicks": 1, "n_intervals": 1, "n_submit": 1, "pathname": "/sign-in", "search": ""}


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What stands where somebody means it, by page and name of a control; `ofs`: what contents are about."""

    keys: Mapping[tuple[str, str], str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)  # of controls that may have any
    typed: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    ofs: Mapping[str, str] = field(default_factory=dict)


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

    @property
    def presses(self) -> bool:
        """Whether it is what a button does."""
        given = (one for each in self.body["inputs"] for one in (each if isinstance(each, list) else [each]))
        return any(one["property"] == "n_clicks" for one in given)


def calls(
    app: Dash, ofs: tuple[str, ...], typed: tuple[Any, ...] = (None, "x"), *, meant: Meant = Meant()
) -> Iterator[Call]:
    """Each callback of the server for each `of` and value that its fields may hold; no body twice."""
    sent = set()
    for key, declared in sorted(app.callback_map.items()):
        if "callback" not in declared or key.startswith("_pages_dummy"):
            continue  # the browser does it alone
        wild = key + json.dumps(declared["inputs"]) + json.dumps(declared["state"])
        for of, what in product(ofs if any(one[0] in wild for one in WILD) else ofs[:1], typed):
            made = _Body(of, what, meant)
            body = made.of_callback(key, declared)
            if (text := json.dumps(body)) not in sent:
                sent.add(text)
                yield Call(key, made.about(key), body)


@dataclass(frozen=True)
class _Body:
    """How a browser would ask about `of`, with `what` in every field whose content nobody meant."""

    of: str
    what: Any
    meant: Meant

    def about(self, key: str) -> str:
        content = json.loads(key.rpartition("}")[0] + "}")["content"] if key.startswith('{"content"') else ""
        return self.meant.ofs.get(content, self.of)

    def of_callback(self, key: str, declared: Any) -> dict[str, Any]:
        inputs = [self._given(one) for one in declared["inputs"]]
        given = [one[0] if isinstance(one, list) else one for one in inputs]
        changed = []
        if given:
            # Of several buttons the last: what is typed beside them is for the one that asks for a reason.
            one = given[-1 if all(each["property"] == "n_clicks" for each in given) else 0]
            own = one["id"]
            text = own if isinstance(own, str) else json.dumps(own, sort_keys=True, separators=(",", ":"))
            changed = [f"{text}.{one['property']}"]
        body = {
            "output": key,
            "inputs": inputs,
            "state": [self._given(one) for one in declared["state"]],
            "changedPropIds": changed,
        }
        if (outputs := self._outputs(key)) is not None:
            body["outputs"] = outputs
        return body

    def _given(self, declared: Any) -> Value | list[Value]:
        own, at = self._id(declared["id"]), declared["property"]
        control = (str(own.get("control")), str(own.get("name"))) if isinstance(own, dict) else ("", "")
        typed = self.meant.typed.get(control, self.what)
        held = own if at == "id" else PRESSED.get(at, typed)
        several = isinstance(own, dict) and '["ALL' in declared["id"]
        return [value(own, at, held)] if several else value(own, at, held)

    def _outputs(self, key: str) -> Any:
        if key.startswith(".."):
            return [self._output(one) for one in key[2:-2].split("...")]
        return self._output(key) if "." in key else None

    def _output(self, text: str) -> Any:
        own, _, at = text.rpartition(".")
        filled = {"id": self._id(own), "property": at}
        return [filled] if '["ALL' in own else filled

    def _id(self, text: str) -> Any:
        if not text.startswith("{"):
            return text.replace("\\.", ".")
        parts = json.loads(text)
        page = parts.get("control", parts.get("content"))
        if parts.get("name") in WILD:
            parts["name"] = self.meant.names.get(page, self.of)
        if parts.get("key") in WILD:
            parts["key"] = self.meant.keys.get((page, parts.get("name")), self.of)
        if parts.get("of") in WILD:
            parts["of"] = self.meant.ofs.get(page, self.of) if "content" in parts else self.of
        return parts


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
