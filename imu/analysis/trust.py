"""How far a run can be trusted, from what its analysis says of the sensors.

A sensor that is not to be trusted takes its own values with it, not the whole run: with a pelvis that slipped
the shanks are judged, with one shank that slipped the other one and the pelvis. Only where none is left that
tells speed, or left may be right, nothing of the run can be compared with another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from imu.analysis.absent import CONTRADICTED
from imu.signal.quality import spoken
from imu.training.history import Trust

SIDES_UNSURE = "sides_swapped"
TOLD: Mapping[Trust, str] = MappingProxyType(  # the verdict on a run, the same wherever it is read
    {"good": "Good recording", "usable": "Usable recording", "poor": "Counts as load only"}
)
DISAGREEMENTS = (SIDES_UNSURE, "clocks_disagree")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    trust: Trust
    because: tuple[str, ...]  # in plain words; empty for a good one
    unsound: frozenset[str]  # placements whose own values are not to be used
    of_sensors: Mapping[str, tuple[str, ...]]  # the part of `because` that is about one placement

    def because_of(self, placement: str) -> str:
        """What is wrong with this sensor; of the others, and of the run as a whole, nothing."""
        return "; ".join(self.of_sensors.get(placement, ()))

    def why_not(self, placement: str) -> str:
        """The same, told of this sensor: a reason need not name it again."""
        return self.because_of(placement).replace(f"{spoken(placement)}: ", "")


def judge(summary: Mapping[str, Any]) -> Judgement:
    """The trust that a run deserves, from its summary."""
    sensors: Mapping[str, Mapping[str, Any]] = summary["sensors"]
    contradicted = dict(_contradicted(summary))
    unsound = frozenset(name for name in sensors if sensors[name]["grade"] == "poor" or name in contradicted)
    disagreeing = {
        found["code"]: str(found.get("finding", found["sentence"]))
        for found in summary["warnings"]
        if found["code"] in DISAGREEMENTS
    }
    telling = {name for name in sensors if name.startswith("shank_")} or set(sensors)
    doubted = {name for name in sensors if sensors[name]["grade"] != "good" or name in contradicted}
    of_sensors = {
        name: tuple(map(_plain, _reasons(name, sensors, contradicted))) for name in sensors if name in doubted
    }
    because = (*map(_plain, disagreeing.values()), *(one for told in of_sensors.values() for one in told))
    trust: Trust = "usable" if because else "good"
    if SIDES_UNSURE in disagreeing or telling <= unsound:
        trust = "poor"
    return Judgement(trust=trust, because=because, unsound=unsound, of_sensors=of_sensors)


def unsound_in(summary: Mapping[str, Any]) -> frozenset[str]:
    """The sensors of a summary that are not to be trusted; of an empty one none."""
    return judge(summary).unsound if summary else frozenset()


def _contradicted(summary: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Shank sensors whose force and rate contradict each other, and how."""
    reasons = {entry["what"]: str(entry["why"]) for entry in summary["not_judged"]}
    for side in ("left", "right"):
        if why := reasons.get(CONTRADICTED.format(side=side)):
            yield f"shank_{side}", why


def _reasons(
    placement: str, sensors: Mapping[str, Mapping[str, Any]], contradicted: Mapping[str, str]
) -> Iterator[str]:
    if placement in contradicted:
        yield contradicted[placement]
    for sentence in sensors[placement]["sentences"]:
        yield f"{spoken(placement)}: {sentence[0].lower()}{sentence[1:]}"


def _plain(sentence: str) -> str:
    """Without its full stop, since reasons are told in a row."""
    return sentence.removesuffix(".")
