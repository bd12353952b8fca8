"""Writes what Apple Health exports: under Apple's own grammar records of all kinds, then the workouts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import quoteattr

ZONE = timezone(timedelta(hours=1))
START = datetime(2025, 1, 14, 12, 30, tzinfo=ZONE)
WATCH = "Anna’s Apple\xa0Watch"
PHONE = "Anna’s iPhone"

GRAMMAR = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Workout)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ELEMENT Record ((MetadataEntry)*)>
<!ATTLIST Record
  type  CDATA #REQUIRED
  value CDATA #IMPLIED
>
]>
"""
# As phones with iOS 16 wrote it: a list of attributes without an end, and one beside its element.
BROKEN_GRAMMAR = GRAMMAR.replace(
    "]>\n", "<!ATTLIST Sight\n  type CDATA #REQUIRED\n<!ELEMENT Eye EMPTY>\n  left CDATA #IMPLIED\n>\n]>\n"
)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of record of a run: how often it comes, and what it says then."""

    type: str
    unit: str
    every_s: float
    lasts_s: float
    value: Callable[[float], float]
    source: str = WATCH


# A steady run: 3 m/s at 170 steps a minute, so a step has 1.0588 m.
STEADY = (
    Kind(type="HeartRate", unit="count/min", every_s=5, lasts_s=0, value=lambda at: 140 + at / 60),
    Kind(type="RunningSpeed", unit="km/hr", every_s=5, lasts_s=0, value=lambda _at: 10.8),
    Kind(type="RunningStrideLength", unit="m", every_s=10, lasts_s=0, value=lambda _at: 1.0588),
    Kind(type="RunningGroundContactTime", unit="ms", every_s=10, lasts_s=0, value=lambda _at: 248),
    Kind(type="RunningVerticalOscillation", unit="cm", every_s=10, lasts_s=0, value=lambda _at: 8.7),
    Kind(type="RunningPower", unit="W", every_s=5, lasts_s=0, value=lambda _at: 231),
    Kind(type="StepCount", unit="count", every_s=60, lasts_s=60, value=lambda _at: 170),
    Kind(type="StepCount", unit="count", every_s=60, lasts_s=60, value=lambda _at: 165, source=PHONE),
    Kind(type="DistanceWalkingRunning", unit="km", every_s=60, lasts_s=60, value=lambda _at: 0.18),
    Kind(
        type="DistanceWalkingRunning",
        unit="km",
        every_s=60,
        lasts_s=60,
        value=lambda _at: 0.2,
        source=PHONE,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One running workout and its records."""

    start: datetime = START
    minutes: float = 10.0
    kinds: Sequence[Kind] = STEADY
    source: str = WATCH
    inside: str = ""  # elements within the workout


def told(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S %z")


def record(kind: str, unit: str, value: object, start: datetime, end: datetime, source: str = WATCH) -> str:
    return (
        f' <Record type="HKQuantityTypeIdentifier{kind}" sourceName={quoteattr(source)} sourceVersion="11.2" '
        'device="&lt;&lt;HKDevice: 0x3037d2fd0&gt;, name:Apple Watch, manufacturer:Apple Inc., '
        f'model:Watch, hardware:Watch6,10, software:11.2&gt;" unit="{unit}" creationDate="{told(end)}" '
        f'startDate="{told(start)}" endDate="{told(end)}" value="{value}">\n'
        '  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="2"/>\n </Record>\n'
    )


def records_of(run: Run) -> Iterator[str]:
    for kind in run.kinds:
        for number in range(int(run.minutes * 60 / kind.every_s)):
            at = number * kind.every_s
            start = run.start + timedelta(seconds=at)
            end = start + timedelta(seconds=kind.lasts_s)
            yield record(kind.type, kind.unit, f"{kind.value(at):.6g}", start, end, kind.source)


def workout(run: Run, *, kind: str = "Running") -> str:
    end = run.start + timedelta(minutes=run.minutes)
    inside = run.inside or (
        '  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" '
        f'startDate="{told(run.start)}" endDate="{told(end)}" sum="{0.18 * run.minutes:.4f}" unit="km"/>\n'
    )
    return (
        f' <Workout workoutActivityType="HKWorkoutActivityType{kind}" duration="{run.minutes:.2f}" '
        f'durationUnit="min" sourceName={quoteattr(run.source)} sourceVersion="11.2" '
        f'creationDate="{told(end)}" startDate="{told(run.start)}" endDate="{told(end)}">\n'
        f"{inside} </Workout>\n"
    )


def begin(grammar: str = GRAMMAR) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'{grammar}<HealthData locale="de_DE">\n <ExportDate value="2025-06-01 10:00:00 +0100"/>\n'
        ' <Me HKCharacteristicTypeIdentifierBloodType="HKBloodTypeNotSet"/>\n'
    )


END = "</HealthData>\n"


def export_xml(*runs: Run, grammar: str = GRAMMAR, more: str = "") -> bytes:
    """The whole file; without runs one steady one."""
    wanted = runs or (Run(),)
    rows = "".join(row for run in wanted for row in records_of(run))
    return (begin(grammar) + rows + "".join(map(workout, wanted)) + more + END).encode()
