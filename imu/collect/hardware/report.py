"""What a check found, as a page to attach to a bug report and as JSON."""

import platform
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

import imu
from imu.collect.hardware.step import Step
from imu.devices.sensor import Identity

FORMAT = "restride-hardware-check/1"
_PACKAGES = ("bleak", "bumble", "numpy")
_SHOWN = 2  # characters of a serial number that stay


@dataclass(frozen=True, slots=True)
class Report:
    """One check of one sensor. Holds no name of a person, computer or folder."""

    day: str  # ISO date
    environment: dict[str, str]
    radio: str
    sensor: dict[str, str]
    steps: Sequence[Step]
    complete: bool  # not interrupted

    @property
    def failed(self) -> list[str]:
        return [step.name for step in self.steps if step.outcome == "fail"]

    def as_dict(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self), "outcomes": dict(Counter(s.outcome for s in self.steps))}

    def as_markdown(self) -> str:
        """The page."""
        facts = {**self.sensor, "radio": self.radio, **self.environment, "day": self.day}
        counts = ", ".join(f"{n} {outcome}" for outcome, n in self.as_dict()["outcomes"].items())
        lines = [
            "# Hardware check",
            "",
            f"{counts}{'' if self.complete else '; interrupted'}.",
            "",
            *_table(("what", "which"), facts.items()),
            "",
            *_table(
                ("outcome", "step", "done", "expected", "came", "s"),
                [(s.outcome, s.name, s.done, s.expected, s.came, f"{s.seconds:g}") for s in self.steps],
            ),
            "",
            "## Figures",
            "",
            *_table(
                ("step", "figure", "value"),
                [(s.name, f"`{name}`", value) for s in self.steps for name, value in s.figures.items()],
            ),
        ]
        return "\n".join(lines) + "\n"


def report(
    steps: Sequence[Step],
    *,
    identity: Identity | None,
    address: str,
    radio: str,
    full: bool,
    complete: bool,
) -> Report:
    """Put together what is known. Unless `full`, the serial number is shortened and the address left out."""
    sensor = {}
    secrets = {address: "(address)"}
    if identity is not None:
        sensor = {key: str(value) for key, value in asdict(identity).items() if value}
        secrets[identity.serial] = f"{identity.serial[:_SHOWN]}..."
    if full:
        sensor["address"] = address
    else:
        sensor = {key: _without(secrets, value) for key, value in sensor.items()}
        steps = [replace(step, came=_without(secrets, step.came)) for step in steps]
    return Report(
        day=datetime.now(UTC).date().isoformat(),
        environment=environment(),
        radio=radio.partition(":")[0],
        sensor=sensor,
        steps=steps,
        complete=complete,
    )


def environment() -> dict[str, str]:
    """Versions of everything between this program and the radio."""
    found = {
        "restride": imu.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    for package in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    if sys.platform == "linux" and (tool := shutil.which("bluetoothctl")):
        with suppress(OSError, subprocess.SubprocessError):
            said = subprocess.run([tool, "--version"], capture_output=True, text=True, timeout=5, check=True)
            found["bluez"] = said.stdout.strip().removeprefix("bluetoothctl: ")
    return found


def _without(secrets: dict[str, str], text: str) -> str:
    for secret, instead in secrets.items():
        if secret:
            text = text.replace(secret, instead)
    return text


def _table(head: tuple[str, ...], rows: Any) -> list[str]:
    cells = [head, tuple("---" for _ in head), *rows]
    return ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in cells]
