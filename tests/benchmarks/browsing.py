"""A browser's half of Dash, without a browser: opens pages, and makes the calls that they make themselves."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import httpx

from tests.benchmarks.dashboard_home import PASSWORD

_PLACE = "_pages_location"
_CALLBACKS = "/_dash-update-component"
_NAME = re.compile(r'"(?:content|control)":"([a-z_.-]{1,40})"(?:[^}]*?"name":"([a-z_.-]{1,40})")?')
_OF_SERVER = re.compile(r"(\w+);dur=([0-9.]+)")
_UNREAD = frozenset(("figure", "rowData", "columnDefs"))  # large, and no component in them


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request took in the server: on the clock, and of a processor."""

    what: str
    status: int
    wall_ms: float
    cpu_ms: float
    bytes: int


@dataclass(slots=True)
class Visitor:
    """Somebody signed in, and the page that is open."""

    browser: httpx.Client
    declared: Sequence[Mapping[str, Any]]
    answers: list[Answer] = field(default_factory=list)
    _props: dict[str, dict[str, Any]] = field(default_factory=dict)  # by id, as text

    @classmethod
    def signed_in(cls, address: str, name: str, password: str = PASSWORD) -> "Visitor":
        browser = httpx.Client(base_url=address, timeout=60, headers={"Origin": address})
        token = re.search(r'name="token" value="([^"]+)"', browser.get("/sign-in").text)
        assert token
        words = {"name": name, "password": password, "token": token[1]}
        answer = browser.post("/sign-in", data=words)
        assert answer.status_code == 303, answer.text
        return cls(browser, browser.get("/_dash-dependencies").json())

    def open(self, path: str) -> None:
        """Load a page, and all that it asks for until nothing is left to ask."""
        self._noted(path, self.browser.get(path))
        layout = self.browser.get("/_dash-layout")
        self._noted("layout", layout)
        self._props.clear()
        self._shown(layout.json())
        self._props[_PLACE] |= {"search": "", "pathname": path}
        self.change(_PLACE, "pathname", path)

    def shows(self) -> str:
        """Everything that is on the page now, figures included, as the server told it."""
        return json.dumps(self._props, ensure_ascii=False)

    def change(self, control: Mapping[str, Any] | str, prop: str, to: Any) -> None:
        """Press or fill in something on the page; what that calls is called."""
        own = _text(control)
        assert own in self._props, f"{own} is not on the page"
        self._props[own][prop] = to
        for one in self.declared:
            for at, given in enumerate(one["inputs"]):
                if given["property"] == prop and (bound := _bound(given["id"], control)) is not None:
                    self._call(one, bound, changed=f"{own}.{prop}", at=at)

    def _shown(self, tree: Any) -> None:
        """Components came in: remember them, and do what they call by themselves."""
        fresh = dict(_components(tree))
        self._props.update(fresh)
        calls = [
            (one, bound)
            for one in self.declared
            if not one.get("prevent_initial_call")
            for bound in _called_by(one, fresh)
        ]
        for one, bound in calls:
            self._call(one, bound)

    def _call(
        self, one: Mapping[str, Any], bound: Mapping[str, Any], *, changed: str = "", at: int = 0
    ) -> None:
        if one.get("clientside_function"):
            return
        inputs = [self._given(given, bound) for given in one["inputs"]]
        if any(given is None for given in inputs):
            return
        first = inputs[at][0] if isinstance(inputs[at], list) and inputs[at] else inputs[at]
        body: dict[str, Any] = {
            "output": one["output"],
            "outputs": self._outputs(one["output"], bound),
            "inputs": inputs,
            "changedPropIds": [changed or f"{_text(first['id'])}.{first['property']}"] if first else [],
        }
        if one["state"]:
            body["state"] = [self._given(given, bound) for given in one["state"]]
        answer = self.browser.post(_CALLBACKS, json=body)
        name = "/".join(part for part in next(iter(_NAME.findall(one["output"])), ("shell",)) if part)
        self._noted(f"callback {name}", answer)
        if answer.status_code == 200:
            for of, filled in answer.json()["response"].items():
                self._props.setdefault(of, {}).update(filled)
                self._shown(list(filled.values()))

    def _given(self, declared: Mapping[str, Any], bound: Mapping[str, Any]) -> Any:
        """An input or state as it is on the page now; None where it is not there."""
        of, at = declared["id"], declared["property"]
        if not of.startswith("{"):
            props = self._props.get(of)
            return props and {"id": of, "property": at, "value": props.get(at)}
        pattern = {name: bound.get(name, part) for name, part in json.loads(of).items()}
        found = [
            {"id": own, "property": at, "value": props.get(at)}
            for props in self._props.values()
            if isinstance(own := props.get("id"), dict) and _fits(pattern, own)
        ]
        if ["ALL"] in pattern.values():
            return found
        return found[0] if found else None

    def _outputs(self, output: str, bound: Mapping[str, Any]) -> Any:
        several = output.startswith("..")
        told = output[2:-2].split("...") if several else [output]
        found: list[Any] = []
        for text in told:
            of, _, at = text.rpartition(".")
            if not of.startswith("{"):
                found.append({"id": of, "property": at})
                continue
            pattern = {name: bound.get(name, part) for name, part in json.loads(of).items()}
            if ["ALL"] in pattern.values():
                own = [props["id"] for props in self._props.values() if _fits(pattern, props.get("id"))]
                found.append([{"id": one, "property": at} for one in own])
            else:
                found.append({"id": pattern, "property": at})
        return found if several else found[0]

    def _noted(self, what: str, answer: httpx.Response) -> None:
        took = {name: float(ms) for name, ms in _OF_SERVER.findall(answer.headers.get("Server-Timing", ""))}
        size = len(answer.content)
        self.answers.append(Answer(what, answer.status_code, took.get("wall", 0), took.get("cpu", 0), size))


def _components(tree: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything with an id, by its id."""
    if isinstance(tree, list):
        for one in tree:
            yield from _components(one)
    elif isinstance(tree, dict):
        props = tree.get("props") if "namespace" in tree else tree
        if isinstance(props, dict):
            if "namespace" in tree and props.get("id") is not None:
                yield _text(props["id"]), props
            for name, value in props.items():
                if name not in _UNREAD and isinstance(value, list | dict):
                    yield from _components(value)


def _called_by(one: Mapping[str, Any], fresh: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a callback's wildcards stand for, once for each time that new components call it."""
    found: dict[str, dict[str, Any]] = {}
    for given, props in product(one["inputs"], fresh.values()):
        if (bound := _bound(given["id"], props["id"])) is not None:
            found[_text(bound)] = bound
    return list(found.values())


def _bound(declared: str, own: Any) -> dict[str, Any] | None:
    """What the parts that match stand for in an id; None for an id that this is not."""
    if not declared.startswith("{"):
        return {} if declared == own else None
    pattern = json.loads(declared)
    if not _fits(pattern, own):
        return None
    return {name: own[name] for name, part in pattern.items() if part == ["MATCH"]}


def _fits(pattern: Mapping[str, Any], own: Any) -> bool:
    return (
        isinstance(own, dict)
        and own.keys() == pattern.keys()
        and all(part in (["MATCH"], ["ALL"]) or part == own[name] for name, part in pattern.items())
    )


def _text(of: Any) -> str:
    return of if isinstance(of, str) else json.dumps(of, sort_keys=True, separators=(",", ":"))
