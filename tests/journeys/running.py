"""A runner with sensors on, whose days differ a little; some of them as was asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from imu.recording import Recording, save
from imu.simulate import SimulationConfig, simulate
from imu.simulate.air.config import AirConfig, SensorConfig
from imu.simulate.air.launch import launch
from imu.simulate.air.model import LinkModel
from imu.simulate.air.remote import AirControl
from imu.simulate.plan import parse_pattern
from tests.journeys.machine import Machine

SEED = 3
_DAYS_SD_DEG = 0.8
PLACEMENTS = ("shank_left", "shank_right", "pelvis")


@dataclass(slots=True)
class Runner:
    """Runs what is asked for and tells how it was."""

    machine: Machine
    who: str
    left_deg: float = 0.0  # further ahead than usual
    quicker_percent: float = 0.0
    told: list[str] = field(default_factory=list)  # what the program said to each run
    _days: np.random.Generator = field(default_factory=lambda: np.random.default_rng(11))

    def runs(self, pattern: str, *, spoil: Callable[[Recording], Recording] | None = None) -> str:
        """Record it now, and import it when it is over; what is said to it."""
        made = simulate(self._config(pattern)).recording
        folder = self.machine.folder / "recordings" / f"{len(self.told)}"
        folder.parent.mkdir(exist_ok=True)
        save(made if spoil is None else spoil(made), folder)
        self.machine.is_later(seconds=made.duration_s + 60)
        return self._heard(self.machine.says("import", folder, who=self.who))

    def logs(self, pattern: str) -> str:
        """The same with sensors that log it on board, over virtual air: paired, armed and synced."""
        config, folder = self._config(pattern), self.machine.folder / f"world{len(self.told)}"
        folder.mkdir()
        runs_s = sum(piece.duration_s for piece in parse_pattern(pattern))
        sensors = {
            placement: SensorConfig(kind="esp32", options={"serial": f"T{number:04d}"})
            for number, placement in enumerate(PLACEMENTS, start=1)
        }
        stands_s = 30.0  # until all are armed, as `restride arm --virtual` has it
        wearer = {
            "pattern": config.pattern,
            "injections": list(config.injections),
            "seed": SEED,
            "begins_s": stands_s,
        }
        link = LinkModel().changed(interval_s=0.0, mtu=517, buffers=64)
        world = AirConfig(sensors=sensors, runner=wearer, link=link, state=folder / "air.json")
        with launch(world) as air, AirControl.at(air.control) as control:
            radio = ("--radio", air.transport)
            if not self.machine.knows("sensors"):
                for placement, sensor in sensors.items():
                    serial = sensor.options["serial"]
                    self.machine.says("pair", "--sensor", serial, "--as", placement, *radio)
            self.machine.says("arm", "--minutes", f"{runs_s / 60 + 1:.0f}", *radio, who=self.who)
            skipped_s = max(0.0, stands_s + runs_s + 2 - control.time_s())
            control.skip(skipped_s)
            self.machine.skips(skipped_s)
            return self._heard(self.machine.says("sync", *radio, who=self.who))

    def does_what_comes_next(self, *, pain: int = 0, morning: int = 0, **more: Any) -> str:
        """Today's session of the plan and both answers about it; it is the next morning then."""
        coming = self.knows("status")["next"]
        assert coming["may_run"] == "yes", coming
        said = self.runs(self.session(coming), **more)
        self.tells("--during", pain, "--after", pain, "--effort", 3)
        self.machine.is_tomorrow()
        self.tells("--morning", morning)
        return said

    def session(self, coming: dict[str, Any]) -> str:
        """A pattern of what `status --json` tells."""
        running_s, total_s = 60 * coming["running_min"], 60 * coming["total_min"]
        if coming["kind"] != "walk_run" or total_s - running_s < 1:
            return f"stand:8,run:{running_s:g}@2.5,stand:6"
        block = f"walk:{(total_s - running_s) / 4:g}@1.5,run:{running_s / 4:g}@2.5"
        return f"stand:8,{','.join(4 * [block])},stand:6"

    def tells(self, *answers: str | int) -> str:
        return self.machine.says("checkin", *map(str, answers), who=self.who)

    def says(self, *words: str | Path) -> str:
        return self.machine.says(*words, who=self.who)

    def knows(self, *words: str) -> Any:
        return self.machine.knows(*words, who=self.who)

    def warned(self, code: str) -> dict[str, Any] | None:
        """The pressing warning of a code."""
        return next((one for one in self.knows("warnings") if one["code"] == code), None)

    def _config(self, pattern: str) -> SimulationConfig:
        left, right = self._days.normal(0.0, _DAYS_SD_DEG, 2)
        injections = [f"left-shank{self.left_deg + left:+.2f}@0", f"right-shank{right:+.2f}@0"]
        if self.quicker_percent:
            injections.append(f"cadence{self.quicker_percent:+g}%@0")
        return SimulationConfig(
            pattern=pattern, injections=tuple(injections), seed=SEED, start=self.machine.now
        )

    def _heard(self, said: str) -> str:
        self.told.append(said)
        return said
