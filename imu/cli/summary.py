"""A run's summary as a few lines of plain text."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Summary = Mapping[str, Any]


def run_text(summary: Summary, *, out: Path) -> str:
    """One run: how much was run, the numbers per side, what stands out and what was not judged."""
    return "\n".join([*_run_lines(summary), f"Results: {out}"])


def runs_table(results: Sequence[Mapping[str, Any]]) -> str:
    """One line per run: its `name`, and its `summary` if it could be analysed; then what is not told."""
    from imu.analysis.withheld import not_told
    from imu.report.metrics import CADENCE, PELVIC_DROP, SHANK_ANGLE, SPEED

    shown = (
        ("cadence", CADENCE, "overall"),
        ("speed", SPEED, "overall"),
        ("shank left", SHANK_ANGLE, "left"),
        ("shank right", SHANK_ANGLE, "right"),
        ("drop left", PELVIC_DROP, "left"),
        ("drop right", PELVIC_DROP, "right"),
    )
    rows = [["recording", "strides", "running", *[title for title, _, _ in shown]]]
    for result in results:
        if "summary" not in result:
            rows.append([result["name"], "not analysed"])
            continue
        summary = result["summary"]
        values = [_median(summary, side, metric) for _, metric, side in shown]
        rows.append([result["name"], str(_strides(summary)), _minutes(_running_s(summary)), *values])
    absent = [
        f"{result['name']}: {one.sentence}"
        for result in results
        if "summary" in result
        for one in not_told(result["summary"])
    ]
    return "\n".join([aligned(rows), *(["", *_listed("Not told", absent)] if absent else [])])


def several(number: int, thing: str) -> str:
    """`1 run`, `3 runs`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns under each other: the first to the left, the others to the right. Short rows are filled up."""
    count = max(len(row) for row in rows)
    full = [[*row, *[""] * (count - len(row))] for row in rows]
    widths = [max(len(row[column]) for row in full) for column in range(count)]
    lines = (
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width) for column, (cell, width) in enumerate(pairs)
        )
        for pairs in (list(zip(row, widths, strict=True)) for row in full)
    )
    return "\n".join(line.rstrip() for line in lines)


def _run_lines(summary: Summary) -> Iterator[str]:
    from imu.analysis.withheld import as_told, not_told

    running_s = _running_s(summary)
    recorded = f"{_minutes(summary['duration_s'])} recorded"
    if running_s == 0:
        yield f"No running in {recorded}."
    else:
        distance = summary.get("distance_m")
        far = f", {distance / 1000:.2f} km" if distance else ""
        yield f"{_minutes(running_s)} of running in {recorded}{far}, {_strides(summary)} strides."
        yield ""
        yield from _numbers(summary)
    yield ""
    absent, warnings = not_told(summary), [one["sentence"] for one in as_told(summary)["warnings"]]
    if absent:
        yield from _listed("Not told", [one.sentence for one in absent])
    yield from _listed("Other warnings" if absent else "Warnings", warnings)
    yield from _listed("Not judged", [f"{item['what']}: {item['why']}" for item in summary["not_judged"]])


def _numbers(summary: Summary) -> Iterator[str]:
    from imu.report.metrics import SIDED, WHOLE

    running = summary["running"]
    sides = [side for side in ("left", "right", "unknown") if running.get(side, {}).get("strides")]
    rows = [["Median of valid strides", *sides]]
    rows += [[metric.name, *[_median(summary, side, metric) for side in sides]] for metric in SIDED]
    yield aligned(rows)
    yield ""
    yield aligned([[metric.name, _median(summary, "overall", metric)] for metric in WHOLE])


def _listed(title: str, sentences: Sequence[str]) -> Iterator[str]:
    if not sentences:
        yield f"{title}: none."
        return
    yield f"{title}:"
    yield from (f"  - {sentence}" for sentence in sentences)


def _median(summary: Summary, side: str, metric: Any) -> str:
    from imu.analysis.trust import unsound_in
    from imu.analysis.withheld import withheld

    if metric.column in withheld(side, unsound_in(summary)):
        return "not told"
    value = summary["running"].get(side, {}).get(metric.column)
    return "-" if value is None or value["median"] is None else str(metric.text(value["median"]))


def _strides(summary: Summary) -> int:
    return int(summary["running"].get("overall", {}).get("strides", 0))


def _running_s(summary: Summary) -> float:
    return float(sum(b["end_s"] - b["start_s"] for b in summary["bouts"] if b["activity"] == "run"))


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"
