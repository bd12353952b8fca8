"""What a browser posts to Dash, held to what the application declared: nothing else reaches a callback.

Dash believes the names of inputs that a browser sends. Here each must be the one that the callback declared,
so that no page is fooled by an input that claims to be another. What the values say is the business of pages.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

LARGEST_BODY = 2_000_000
DEEPEST = 40
MOST_INPUTS = 500  # of one wildcard
LONGEST_KEY = 200
_WILDCARDS: Final = (["MATCH"], ["ALL"], ["ALLSMALLER"])


def is_declared(body: Any, callbacks: Mapping[str, Any]) -> bool:
    """Whether this is a call of one of these callbacks (`Dash.callback_map`), with its own inputs."""
    if not isinstance(body, dict) or not _is_shallow(body):
        return False
    output = body.get("output")
    if not isinstance(output, str) or output not in callbacks:
        return False
    declared = callbacks[output]
    if "callback" not in declared:  # it runs in the browser
        return False
    changed = body.get("changedPropIds", [])
    return (
        isinstance(changed, list)
        and all(isinstance(one, str) for one in changed)
        and _all_fit(declared["inputs"], body.get("inputs", []))
        and _all_fit(declared["state"], body.get("state", []))
        and _outputs_fit(output, body.get("outputs"))
    )


def _all_fit(declared: Sequence[Mapping[str, Any]], sent: Any) -> bool:
    if not isinstance(sent, list) or len(sent) != len(declared):
        return False
    return all(_fits(one, given) for one, given in zip(declared, sent, strict=True))


def _fits(declared: Mapping[str, Any], sent: Any, *, is_output: bool = False) -> bool:
    """One input or output, or the list that a wildcard stands for. An output has no value."""
    pattern = _id(declared["id"])
    if isinstance(sent, list):
        several = isinstance(pattern, dict) and any(part in _WILDCARDS[1:] for part in pattern.values())
        return (
            several
            and len(sent) <= MOST_INPUTS
            and all(_is(declared, pattern, one, is_output) for one in sent)
        )
    return _is(declared, pattern, sent, is_output)


def _is(declared: Mapping[str, Any], pattern: Any, sent: Any, is_output: bool) -> bool:
    if not isinstance(sent, dict) or sent.get("property") != declared["property"]:
        return False
    own = sent.get("id")
    # The value of an id is the id itself: a callback may read either.
    says_its_id = is_output or declared["property"] != "id" or sent.get("value") == own
    return says_its_id and _matches(pattern, own)


def _matches(pattern: Any, own: Any) -> bool:
    if not isinstance(pattern, dict):
        return bool(pattern == own)
    if not isinstance(own, dict) or own.keys() != pattern.keys():
        return False
    return all(
        _is_key(own[name]) if part in _WILDCARDS else part == own[name] for name, part in pattern.items()
    )


def _is_key(part: Any) -> bool:
    if isinstance(part, str):
        return len(part) <= LONGEST_KEY
    return isinstance(part, (int, float)) and not isinstance(part, bool)


def _outputs_fit(output: str, sent: Any) -> bool:
    """Whether what is to be filled is what the callback fills. A callback of nothing has no outputs."""
    if sent is None:
        return "." not in output
    declared = output[2:-2].split("...") if output.startswith("..") else [output]
    several = sent if isinstance(sent, list) and output.startswith("..") else [sent]
    if len(declared) != len(several):
        return False
    for text, one in zip(declared, several, strict=True):
        of, _, at = text.rpartition(".")
        # Behind the @ stands which of several callbacks that fill the same this is; browsers send it along.
        if not _fits({"id": of, "property": at}, one, is_output=True):
            return False
    return True


def _id(text: str) -> Any:
    if not text.startswith("{"):
        return text.replace("\\.", ".")
    return json.loads(text)


def _is_shallow(body: Any) -> bool:
    level = [body]
    for _ in range(DEEPEST):
        level = [
            part
            for one in level
            if isinstance(one, (dict, list))
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return True
    return False
