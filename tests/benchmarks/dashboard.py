"""`python -m tests.benchmarks.dashboard`: fifty people at a dashboard of hundreds of athletes, years of runs.

Served as by a user, two gunicorn workers; what each request took is read from the server's own log.
"""

import argparse
import json
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from sqlalchemy import update

import imu
from imu.followup.judgement import judge
from imu.followup.standing import standing_of
from imu.store import Store
from imu.store.passwords import hashed
from imu.store.rows import StandingRow
from tests.benchmarks.many_athletes import DISTINCT, Squad, fill
from tests.served import served

_PASSWORD = "fifty people look"
_CALLBACK_MS, _PAGE_MS = 150.0, 300.0


@dataclass(frozen=True, slots=True)
class Visit:
    """A page and the callback that fills it; `of` stands for an athlete's id in both."""

    path: str
    content: str

    def of(self, athlete_id: str) -> tuple[str, str]:
        return self.path.format(of=athlete_id), athlete_id if "{of}" in self.path else ""


VISITS = (
    Visit("/squad", "squad"),
    Visit("/athlete/{of}", "athlete"),
    Visit("/athlete/{of}/runs", "runs"),
    Visit("/athlete/{of}/progress", "progress"),
)


def main() -> None:
    """Fill a store, let people look, print what it took."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.dashboard", description=__doc__)
    parser.add_argument("--athletes", type=int, default=500)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="restride-bench-") as made:
        home = Path(made)
        store = Store.at(home)
        squad = fill(store, athletes=options.athletes, years=options.years)
        _judge(store, squad)
        store.sign_ins.set_password_hash(squad.coach.name, hashed(_PASSWORD))
        store.close()
        with served(home, "--no-worker") as here:
            until = time.monotonic() + options.seconds
            cookie = _signed_in(here.address, squad.coach.name)
            with ThreadPoolExecutor(options.people) as people:
                looks = [
                    people.submit(_look, here.address, cookie, squad.athlete_ids, seed, until)
                    for seed in range(options.people)
                ]
                errors = sum(one.result() for one in looks)
        print(f"{squad.runs:,} runs of {options.athletes} athletes; {options.people} people, ", end="")
        print(f"{options.seconds:.0f} s, {errors} errors\n")
        print("\n".join(_table(here.log)))


def _judge(store: Store, squad: Squad) -> None:
    """Standings as they are kept, of each distinct season once."""
    with store.seen_by(squad.coach) as repository:
        records = [repository.record(one) for one in squad.athlete_ids[:DISTINCT]]
        kept = [standing_of(record, judge(record, now=repository.now())) for record in records]
    with store.engine.begin() as connection:
        for number, athlete_id in enumerate(squad.athlete_ids):
            connection.execute(
                update(StandingRow)
                .where(StandingRow.athlete_id == athlete_id)
                .values(content=kept[number % len(kept)], analysis_version=imu.__version__)
            )


def _signed_in(address: str, name: str) -> httpx.Cookies:
    with httpx.Client(base_url=address, timeout=60) as browser:
        token = re.search(r'name="token" value="([^"]+)"', browser.get("/sign-in").text)
        assert token
        words = {"name": name, "password": _PASSWORD, "token": token[1]}
        answer = browser.post("/sign-in", data=words, headers={"Origin": address})
        assert answer.status_code == 303, answer.text
        return browser.cookies


def _look(address: str, cookies: httpx.Cookies, athlete_ids: Sequence[str], seed: int, until: float) -> int:
    """One person: opens a page, reads a little, opens the next. How many answers were none."""
    chosen, errors = random.Random(seed), 0
    with httpx.Client(base_url=address, cookies=cookies, timeout=60, headers={"Origin": address}) as browser:
        while time.monotonic() < until:
            visit = chosen.choice(VISITS)
            path, of = visit.of(chosen.choice(athlete_ids))
            try:
                answers = (browser.get(path), _filled(browser, visit.content, of))
            except httpx.TransportError:
                errors += 1
            else:
                errors += sum(answer.status_code >= 400 for answer in answers)
            time.sleep(chosen.uniform(2, 6))
    return errors


def _filled(browser: httpx.Client, content: str, of: str) -> httpx.Response:
    own = {"content": content, "of": of}
    body: dict[str, Any] = {
        "output": json.dumps({"content": content, "of": ["MATCH"]}, separators=(",", ":")) + ".children",
        "outputs": {"id": own, "property": "children"},
        "inputs": [{"id": own, "property": "id", "value": own}],
        "changedPropIds": [json.dumps(own, separators=(",", ":")) + ".id"],
    }
    return browser.post("/_dash-update-component", json=body)


def _table(log: Path) -> Iterator[str]:
    took_ms = defaultdict(list)
    for line in log.read_text().splitlines():
        told = json.loads(line)
        if told["event"] == "request" and told["status"] < 400:
            took_ms[f"callback {told['callback']}" if "callback" in told else told["route"]].append(
                told["ms"]
            )
    yield "| request | n | server time: median | 95 % | goal | met |"
    yield "|---|---|---|---|---|---|"
    for what, times in sorted(took_ms.items()):
        median, most = np.percentile(times, [50, 95])
        goal = _CALLBACK_MS if what.startswith("callback") else _PAGE_MS
        met = "yes" if most < goal else "**no**"
        yield f"| {what} | {len(times)} | {median:.0f} ms | {most:.0f} ms | < {goal:.0f} ms | {met} |"


if __name__ == "__main__":
    main()
