"""`python -m tests.benchmarks.store`: hundreds of athletes, years of runs, one of them opened.

Writes its tables and query plans into docs/performance.md, between the marks that stand there.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from sqlalchemy import event

from imu.store import Repository, Store
from tests.benchmarks.many_athletes import VERSION, Squad, fill
from tests.store import postgres

PAGE = Path("docs/performance.md")
_BEGIN, _END = "<!-- store: begin -->", "<!-- store: end -->"
HISTORY_MS, SQUAD_MS = 50.0, 200.0
_LOOKS = 40  # athletes that are opened
_TIMES = 4
_SERVER = {"shared_buffers": "1GB", "max_wal_size": "8GB"}

Look = Callable[[Repository, str], Any]

LOOKS: dict[str, tuple[Look, float]] = {
    "history without segments": (
        lambda repository, athlete_id: repository.record(athlete_id, segments=False),
        HISTORY_MS,
    ),
    "history with segments": (lambda repository, athlete_id: repository.record(athlete_id), HISTORY_MS),
    "list of runs": (lambda repository, athlete_id: repository.runs.listed(athlete_id), HISTORY_MS),
    "overview of the squad": (
        lambda repository, _athlete_id: repository.standings.squad(analysis_version=VERSION),
        SQUAD_MS,
    ),
}


def main() -> None:
    """Measure on both databases and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.store", description=__doc__)
    parser.add_argument("--athletes", type=int, default=500)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one database; writes no page")
    options = parser.parse_args()
    lines = []
    for name, store in _stores(options.only):
        began = time.monotonic()
        squad = fill(store, athletes=options.athletes, years=options.years)
        filled = f"{squad.runs:,} runs of {options.athletes} athletes, {options.years} years"
        lines += [f"### {name}: {filled}", "", *_measured(store, squad), "", *_plans(store, squad), ""]
        print("\n".join(lines), f"\n({name}: filled and measured in {time.monotonic() - began:.0f} s)\n")
    if options.only is None:
        before, _, rest = PAGE.read_text("utf-8").partition(_BEGIN)
        _, _, after = rest.partition(_END)
        PAGE.write_text(f"{before}{_BEGIN}\n\n{chr(10).join(lines)}\n{_END}{after}", "utf-8")


def _stores(only: str | None) -> Iterator[tuple[str, Store]]:
    programs = postgres.binaries()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="restride-bench-")))
        if only != "postgresql":
            yield "SQLite", Store.at(home)
        if only != "sqlite" and programs is not None:
            cluster = stack.enter_context(postgres.running(programs, **_SERVER))
            url = stack.enter_context(cluster.database())
            store = Store.at(home / "postgresql", database=url)
            yield "PostgreSQL", store
            store.close()


def _measured(store: Store, squad: Squad) -> Iterator[str]:
    yield "| what | processor time | on the clock: median | 95 % | goal | met |"
    yield "|---|---|---|---|---|---|"
    chosen = Random(1).sample(squad.athlete_ids, min(_LOOKS, len(squad.athlete_ids)))
    for what, (look, goal_ms) in LOOKS.items():
        began_s = _processor_s(store)
        took_ms = np.array([_took_ms(store, squad, look, athlete_id) for athlete_id in chosen])
        busy_ms = 1000 * (_processor_s(store) - began_s) / (len(chosen) * _TIMES)
        median, most = np.percentile(took_ms, [50, 95])
        met = "yes" if median < goal_ms else "**no**"
        yield f"| {what} | {busy_ms:.0f} ms | {median:.0f} ms | {most:.0f} ms | < {goal_ms:g} ms | {met} |"


def _took_ms(store: Store, squad: Squad, look: Look, athlete_id: str) -> float:
    """A whole look, the quickest of a few: what else the machine does is not the store's time.

    Only the first look of a day also writes the log.
    """
    took_ms = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        with store.seen_by(squad.coach) as repository:
            look(repository, athlete_id)
        took_ms.append(1000 * (time.perf_counter() - began))
    return min(took_ms)


def _processor_s(store: Store) -> float:
    """Of this process, and of the server's process that works for it."""
    own_s = time.process_time()
    if store.engine.dialect.name != "postgresql":
        return own_s
    with store.engine.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return own_s + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _plans(store: Store, squad: Squad) -> Iterator[str]:
    """How the database finds what is asked for, with its times where it tells them."""
    explain = (
        "EXPLAIN QUERY PLAN " if store.engine.dialect.name == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF) "
    )
    for what, (look, _) in LOOKS.items():
        yield f"<details><summary>{what}: query plans</summary>\n\n```text"
        for statement, parameters in _statements(store, squad, look):
            if "run" not in statement and "standing" not in statement:
                continue
            yield " ".join(statement.split())[:160]
            with store.engine.connect() as connection:
                for row in connection.exec_driver_sql(explain + statement, parameters):
                    yield f"    {row[-1]}"
        yield "```\n\n</details>"


def _statements(store: Store, squad: Squad, look: Look) -> Sequence[tuple[str, Any]]:
    seen: list[tuple[str, Any]] = []

    def remember(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", remember)
    try:
        with store.seen_by(squad.coach) as repository:
            look(repository, squad.athlete_ids[0])
    finally:
        event.remove(store.engine, "before_cursor_execute", remember)
    return seen


if __name__ == "__main__":
    main()
