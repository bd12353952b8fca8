"""What of a run goes into REDCap: its facts, and median, middle half and number of each measure by side."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, get_args

from imu.analysis.columns import STRIDE_COLUMNS, SUMMARY_METRICS
from imu.analysis.trust import judge
from imu.analysis.withheld import withheld
from imu.followup.run_to_export import RunToExport
from imu.formats.redcap import Row, Variable
from imu.signal.quality import GRADES
from imu.training.history import Surface, Trust

_SHORT = {  # of names that would be longer than REDCap likes
    "peak_tibial_acc_g": "tibial_peak_g",
    "peak_tibial_acc_axial_g": "tibial_axial_g",
    "vertical_oscillation_m": "vert_oscillation_m",
}
_SIDES = {"l": "left", "r": "right"}
_WHOLE = ("cadence_spm", "speed_mps", "stride_length_m")  # told of both legs together too
_STATISTICS = {"": ("median", "median"), "_iqr": ("iqr", "width of the middle half"), "_n": ("n", "strides")}

_FACTS = (
    Variable(name="run_key", label="Run", section="Run", identifies=True),  # of a folder: its name
    Variable(name="run_start", label="Began", validation="datetime_seconds_ymd", identifies=True),
    Variable(name="duration_s", label="Recorded", validation="number", unit="s"),
    Variable(name="running_s", label="Of it running", validation="number", unit="s"),
    Variable(name="distance_m", label="Distance run", validation="number", unit="m"),
    Variable(name="surface", label="Surface", choices=get_args(Surface)),
    Variable(name="effort_cr10", label="Effort, CR10", validation="number"),
    Variable(name="data_grade", label="Grade of the worst sensor", choices=GRADES),
    Variable(
        name="data_trust", label="Trust in the run (poor: counts as load only)", choices=get_args(Trust)
    ),
    Variable(name="restride_version", label="Version of the analysis"),
)


def variables() -> tuple[Variable, ...]:
    """All fields of the instrument, the same for every run."""
    return (*_FACTS, *(variable for _, _, _, variable in _measures()))


def row_of(run: RunToExport) -> Row:
    """A run; what was not judged is empty."""
    summary = run.summary
    verdict = judge(summary)
    facts = {
        "run_key": run.run_id or run.name,
        "run_start": run.start,
        "duration_s": summary["duration_s"],
        "running_s": round(_running_s(run), 1),
        "distance_m": summary["distance_m"],
        "surface": run.surface,
        "effort_cr10": run.effort_cr10,
        "data_grade": summary["grade"],
        "data_trust": verdict.trust,
        "restride_version": summary["version"],
    }
    running: Mapping[str, Any] = summary["running"]
    told = {
        variable.name: ((running.get(side) or {}).get(metric) or {}).get(statistic)
        for metric, side, statistic, variable in _measures()
        if metric not in withheld(side, verdict.unsound)
    }
    known = {name: value for name, value in told.items() if value is not None and isfinite(value)}
    return Row(record=run.subject, instance=run.number, values={**facts, **known})


def _running_s(run: RunToExport) -> float:
    """The sum of its bouts, as everywhere else."""
    if run.running_s is not None:
        return run.running_s
    bouts = (bout for bout in run.summary["bouts"] if bout["activity"] == "run")
    return sum(float(bout["end_s"] - bout["start_s"]) for bout in bouts)


def _measures() -> Iterator[tuple[str, str, str, Variable]]:
    """Metric, side and statistic of a summary, and the variable that holds it."""
    columns = {one.name: one for one in STRIDE_COLUMNS}
    for metric in SUMMARY_METRICS:
        sides = _SIDES | ({"both": "overall"} if metric in _WHOLE else {})
        section = f"{columns[metric].term}: {columns[metric].meaning}"
        for letter, side in sides.items():
            for ending, (statistic, words) in _STATISTICS.items():
                whose = "both legs" if side == "overall" else side
                yield (
                    metric,
                    side,
                    statistic,
                    Variable(
                        name=f"{_SHORT.get(metric, metric)}_{letter}{ending}",
                        label=f"{columns[metric].term}, {whose}: {words}",
                        validation="integer" if statistic == "n" else "number",
                        unit="" if statistic == "n" else columns[metric].unit,
                        section=section,
                    ),
                )
                section = ""
