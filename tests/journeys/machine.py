"""A computer whose day can be chosen: the real program in real processes, months of use in minutes."""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from imu.cli.demo_squad import LOGINS_FILE
from tests.conftest import COMMAND
from tests.served import Served, served

_PATIENCE_S = 300


@dataclass(slots=True)
class Machine:
    """A home, a clock, and whoever types. The first day is the day after tomorrow: no cookie and no file is
    from the future of a browser that lives today.
    """

    folder: Path
    library: Path  # what clock.c became
    now: datetime = field(init=False)
    _began: datetime = field(init=False)

    def __post_init__(self) -> None:
        today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        self._began = today + timedelta(days=2)
        self._clock.write_bytes(bytes(8))
        self.is_(0)

    def is_later(self, **by: float) -> None:
        self._set(self.now + timedelta(**by))

    def is_tomorrow(self, hour: float = 8.0) -> None:
        midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        self._set(midnight + timedelta(days=1, hours=hour))

    def is_(self, day: int, hour: float = 8.0) -> datetime:
        """Make it this day and hour, for all that runs and all that is started."""
        return self._set(self._began + timedelta(days=day, hours=hour))

    def skips(self, seconds: float) -> None:
        """Let so much time pass at once; what runs sees it, too."""
        (ahead_ns,) = struct.unpack("q", self._clock.read_bytes())
        self._ahead(ahead_ns + round(1e9 * seconds))
        self.now = datetime.now().astimezone() + timedelta(microseconds=ahead_ns // 1000, seconds=seconds)

    def says(self, *words: str | Path, who: str = "", typed: str = "") -> str:
        """What `restride` answers; it must have done it."""
        done = self.tries(*words, who=who, typed=typed)
        assert done.returncode == 0, f"restride {' '.join(map(str, words))}: {done.stderr}"
        return done.stdout

    def knows(self, *words: str | Path, who: str = "") -> Any:
        return json.loads(self.says(*words, "--json", who=who))

    def tries(self, *words: str | Path, who: str = "", typed: str = "") -> "subprocess.CompletedProcess[str]":
        return self.runs([*COMMAND, *map(str, words)], who=who, typed=typed)

    def runs(
        self, command: list[str], *, who: str = "", typed: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, **self.environment} | ({"RESTRIDE_AS": who} if who else {})
        return subprocess.run(
            command,
            env=environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )

    @contextmanager
    def serves(self) -> Iterator[Served]:
        with served(
            self.home, "--workers", "1", "--no-worker", log=self.folder / "log", environment=self.environment
        ) as here:
            yield here

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "RESTRIDE_HOME": str(self.home),
            "LD_PRELOAD": str(self.library),
            "MACHINE_CLOCK": str(self._clock),
        }

    @property
    def _clock(self) -> Path:
        return self.folder / "clock"

    def _set(self, moment: datetime) -> datetime:
        self._ahead((moment - datetime.now().astimezone()) // timedelta(microseconds=1) * 1000)
        self.now = moment
        return moment

    def _ahead(self, by_ns: int) -> None:
        with self._clock.open("r+b") as file:  # in place: it is mapped by what runs
            file.write(struct.pack("q", by_ns))


def squad_of(machine: Machine, athletes: int) -> dict[str, tuple[str, str]]:
    """The demo's squad, kept until the machine's yesterday; names and passwords by role."""
    done = machine.runs([sys.executable, "-m", "tests.journeys.squad_kept", str(machine.home), str(athletes)])
    assert done.returncode == 0, done.stderr
    lines = (machine.folder / LOGINS_FILE).read_text().splitlines()
    return {role: (name, password) for role, name, password in map(str.split, lines)}
