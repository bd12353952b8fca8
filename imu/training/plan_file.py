"""Reading a plan's JSON: keys known, stages there, sources named, or one line says what is not."""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from imu.errors import PlanError
from imu.training.plan import Plan

DEFAULT = "hamstring_default.json"


@cache
def default_plan() -> Plan:
    """The plan that comes with this program: return to running after a hamstring complaint."""
    return parse_plan(default_text(), name=DEFAULT)


def default_text() -> str:
    """The file of that plan, to begin another one from."""
    return files("imu.training").joinpath("plans", DEFAULT).read_text(encoding="utf-8")


def parse_plan(text: str, *, name: str) -> Plan:
    """A plan from the text of its file.

    Raises `PlanError` with one line that names the file, the place in it and what to put there.
    """
    try:
        content = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise PlanError(name, f"not the JSON of a plan ({error})") from None
    try:
        plan: Plan = _read(Plan, content, "plan")
    except _WrongError as wrong:
        raise PlanError(name, str(wrong)) from None
    for holds, complaint in _claims(plan):
        if not holds():
            raise PlanError(name, complaint)
    return plan


class _WrongError(Exception):
    """Where and what, without the file's name."""


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one place")
    return content


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number of a plan")


def _read(kind: Any, value: Any, where: str) -> Any:
    """`value` as the type `kind` of the plan's model; what the model does not say is refused."""
    if is_dataclass(kind) and isinstance(kind, type):
        return _read_object(kind, value, where)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is UnionType:  # only "or None" is used
        return None if value is None else _read(inner[0], value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise _WrongError(f"{where} is {_spoken(value)}; it must be a list")
        return tuple(_read(inner[0], item, f"{where}[{at}]") for at, item in enumerate(value))
    if origin is Literal:
        if value not in inner:
            raise _WrongError(f"{where} is {_spoken(value)}; known are {', '.join(map(repr, inner))}")
        return value
    if isinstance(origin, type) and issubclass(origin, Mapping):
        entries = _mapping(value, where)
        return MappingProxyType(
            {key: _read(inner[1], item, f"{where}.{key}") for key, item in entries.items()}
        )
    return _read_plain(kind, value, where)


def _read_object(kind: type[Any], value: Any, where: str) -> Any:
    entries = _mapping(value, where)
    known = {field.name: field for field in fields(kind) if field.metadata.get("in_file", True)}
    for key in entries:
        if key not in known:
            raise _WrongError(f"{where} has the unknown key {key!r}; it may have {', '.join(known)}")
    types = get_type_hints(kind)
    read = {}
    for key, field in known.items():
        if key in entries:
            read[key] = _read(types[key], entries[key], f"{where}.{key}")
        elif field.default is MISSING:
            raise _WrongError(f"{where} lacks {key!r}")
    return kind(**read)


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _WrongError(f"{where} is {_spoken(value)}; it must be an object of keys and values")
    return value


def _read_plain(kind: Any, value: Any, where: str) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind is float and number and 0 <= value < 1e6:
        return float(value)
    if kind is int and number and value == int(value) and 0 <= value < 1e6:
        return int(value)
    if (kind is str and isinstance(value, str) and value.strip()) or (
        kind is bool and isinstance(value, bool)
    ):
        return value
    words = {
        float: "a number from 0 on",
        int: "a whole number from 0 on",
        str: "a text",
        bool: "true or false",
    }
    raise _WrongError(f"{where} is {_spoken(value)}; it must be {words[kind]}")


def _spoken(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _claims(plan: Plan) -> list[tuple[Callable[[], bool], str]]:
    """What a plan must keep besides its types, in the order it is checked, and the line if it does not."""
    walk_run, continuous, ladder = plan.walk_run, plan.continuous, plan.speed_ladder
    numbers = [*(s.stage for s in walk_run.stages), *(s.stage for s in continuous.stages)]
    due = list(range(1, len(numbers) + 1))
    lacking = next((stage for stage in due if stage not in numbers), None)
    jogs = [stage.jog_min for stage in walk_run.stages]
    minutes = [stage.run_min for stage in continuous.stages]
    percents = [step.percent for step in ladder.steps]
    ids = [dose.id for dose in plan.exercises]
    unnamed = sorted(_quoted(plan) - set(plan.sources))
    limit = plan.rules.max_session_ratio_to_longest_30d
    return [
        (
            lambda: bool(walk_run.stages and continuous.stages and ladder.steps),
            "a part of the plan has no stages",
        ),
        (
            lambda: numbers == due,
            f"stage {lacking} is missing" if lacking else "the stages do not stand in ascending order",
        ),
        (
            lambda: _rising([0, *jogs]),
            "walk_run.stages: the minutes of jogging must rise from stage to stage",
        ),
        (
            lambda: all(abs(s.walk_min + s.jog_min - walk_run.block_min) < 1e-9 for s in walk_run.stages),
            f"walk_run.stages: walk_min and jog_min of every stage must add up to {walk_run.block_min:g}",
        ),
        (lambda: walk_run.blocks >= 1, "walk_run.blocks must be 1 or more"),
        (lambda: _rising([0, *minutes]), "continuous.stages: run_min must rise from stage to stage"),
        (
            lambda: all(b <= a * limit + 1e-9 for a, b in pairwise([walk_run.blocks * jogs[-1], *minutes])),
            f"continuous.stages: run_min may grow by a factor of {limit:g} from stage to stage at most",
        ),
        (
            lambda: (
                continuous.hills_from_stage in numbers and continuous.uphill_from_stage_if_tendon in numbers
            ),
            "continuous: hills_from_stage and uphill_from_stage_if_tendon must be stages of the plan",
        ),
        (lambda: _rising([0, *percents]), "speed_ladder.steps: percent must rise from step to step"),
        (lambda: percents[-1] <= 100, "speed_ladder.steps: percent is a share of top speed, 100 at most"),
        (
            lambda: all(step.reps >= 1 and step.seconds > 0 for step in ladder.steps),
            "speed_ladder.steps: reps and seconds must be more than 0",
        ),
        (
            lambda: len({*map(str, numbers), *(s.id for s in ladder.steps)}) == len(numbers) + len(percents),
            "two stages of the plan have the same name",
        ),
        (lambda: len(set(ids)) == len(ids), "exercises: two have the same id"),
        (lambda: plan.rules.successes_to_advance >= 1, "rules.successes_to_advance must be 1 or more"),
        (lambda: plan.rules.step_back_stages_if_red >= 1, "rules.step_back_stages_if_red must be 1 or more"),
        (
            lambda: 1 <= limit <= plan.rules.red_session_ratio,
            "rules: 1 <= amber <= red session ratio is broken",
        ),
        *(
            (lambda bands=bands: _ordered(bands), f"pain_profiles.{name}: green must end below amber")
            for name, bands in (("strain", plan.pain_profiles.strain), ("tendon", plan.pain_profiles.tendon))
        ),
        (
            lambda: all(_ranged(dose.sets, dose.reps, dose.hold_s, dose.per_day) for dose in plan.exercises),
            "exercises: least must not exceed most",
        ),
        (
            lambda: not unnamed,
            f"sources lacks {', '.join(map(repr, unnamed))}, which a part of the plan quotes",
        ),
    ]


def _rising(values: list[float]) -> bool:
    return all(a < b for a, b in pairwise(values))


def _ordered(bands: Any) -> bool:
    return bool(
        bands.green_max_during <= bands.amber_max_during < 10
        and bands.green_max_24h_change <= bands.amber_max_24h_change
    )


def _ranged(*ranges: Any) -> bool:
    return all(one is None or one.least <= one.most for one in ranges)


def _quoted(part: Any) -> set[str]:
    """Keys of sources that any part of the plan refers to."""
    if isinstance(part, tuple):
        return set().union(*map(_quoted, part))
    if not is_dataclass(part):
        return set()
    named = set(getattr(part, "sources", ())) if not isinstance(part, Plan) else set()
    return named.union(*(_quoted(getattr(part, field.name)) for field in fields(part)))
