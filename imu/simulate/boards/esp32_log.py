"""The log of a virtual ESP32 sensor: begun, torn by a brown-out, gone on with, full, copied and erased."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from imu.devices.esp32.frames import SECTOR_BYTES
from imu.devices.esp32.setting import Setting
from imu.simulate.boards.esp32_flash import Boot, Chip, Flash, Stretch, frame_samples, holds, sectors


@dataclass(slots=True)
class _Memory:
    """All that tells a log's bytes, together with the chip."""

    running: bool = False
    setting_code: int = 0
    generation: int = 1
    stretches: list[Stretch] = field(default_factory=list)  # the last one is open while running
    confirmed: int = 0


class Esp32Log:
    """Grows with true time; `advance` before anything else."""

    def __init__(
        self, chip: Callable[[Setting], Chip], *, capacity: int, spoilt_sector: int | None = None
    ) -> None:
        self._chip = chip
        self._sectors = capacity // SECTOR_BYTES
        self._spoilt_sector = spoilt_sector
        self._memory = _Memory()
        self._flash_held: tuple[list[Stretch], Flash] | None = None
        self._now_s = 0.0

    @property
    def running(self) -> bool:
        return self._memory.running

    @property
    def present(self) -> bool:
        return bool(self._memory.stretches)

    @property
    def setting(self) -> Setting:
        return Setting.of_code(self._memory.setting_code)

    @property
    def generation(self) -> int:
        return self._memory.generation

    @property
    def confirmed(self) -> int:
        return self._memory.confirmed

    @property
    def capacity(self) -> int:
        return self._sectors * SECTOR_BYTES

    @property
    def used(self) -> int:
        return self._flash().used if self.present else 0

    @property
    def began(self) -> tuple[int, int]:
        """Boot and time of its first sample, which tell it from every other log."""
        return self._flash().began

    def advance(self, now_s: float) -> None:
        self._now_s = now_s
        if self.running and self._taken(now_s) == self._room():
            self._close(self._taken(now_s))  # full: what lies there is never overwritten

    def begin(self, setting: Setting, boot: Boot) -> None:
        self._memory.setting_code = setting.code
        self.go_on(boot)

    def go_on(self, boot: Boot) -> None:
        """In a sector of its own, from now or the start of this boot on."""
        stretches = self._memory.stretches
        sector = stretches[-1].sector + sectors(stretches[-1], self.setting) if stretches else 0
        if sector < self._sectors:
            first = self._chip(self.setting).taken(max(self._now_s, boot.at_s))
            stretches.append(Stretch(boot, sector, first, first))
            self._memory.running = True

    def end(self) -> None:
        if self.running:
            self._close(self._taken(self._now_s))

    def power_lost(self, at_s: float) -> None:
        """The frame that was being written is cut."""
        if self.running:
            size = frame_samples(self.setting)
            written = max(self._taken(at_s), 0) // size * size
            self._close(written, torn=written < self._room())

    def read(self, offset: int, length: int) -> bytes:
        return self._flash().read(offset, length)

    def crc32(self, offset: int, length: int) -> int:
        crc, step = 0, 16 * SECTOR_BYTES
        for at in range(offset, offset + length, step):
            crc = zlib.crc32(self.read(at, min(step, offset + length - at)), crc)
        return crc

    def confirm(self, end: int) -> None:
        self._memory.confirmed = max(self._memory.confirmed, end)

    def erase(self) -> None:
        self._memory = _Memory(generation=self._memory.generation + 1 & 0xFFFF)

    def state(self) -> Mapping[str, Any]:
        return asdict(self._memory)

    def restore(self, state: Mapping[str, Any]) -> None:
        stretches = [Stretch(**{**s, "boot": Boot(**s["boot"])}) for s in state["stretches"]]
        self._memory = _Memory(**{**state, "stretches": stretches})

    def _room(self) -> int:
        """Samples for which the open stretch has flash."""
        return holds(self._sectors - self._memory.stretches[-1].sector, self.setting)

    def _taken(self, now_s: float) -> int:
        """Samples of the open stretch by now."""
        return min(self._chip(self.setting).taken(now_s) - self._memory.stretches[-1].first, self._room())

    def _close(self, samples: int, *, torn: bool = False) -> None:
        stretch = self._memory.stretches[-1]
        self._memory.stretches[-1] = replace(stretch, last=stretch.first + samples, torn=torn)
        self._memory.running = False

    def _flash(self) -> Flash:
        """As it is now: of an open stretch the frames that are full."""
        stretches = list(self._memory.stretches)
        if self.running:
            size = frame_samples(self.setting)
            full = max(self._taken(self._now_s), 0) // size * size
            stretches[-1] = replace(stretches[-1], last=stretches[-1].first + full)
        if self._flash_held is None or self._flash_held[0] != stretches:
            chip, setting, generation = self._chip(self.setting), self.setting, self.generation
            flash = Flash(chip, setting, stretches, generation=generation, spoilt=self._spoilt_sector)
            self._flash_held = stretches, flash
        return self._flash_held[1]
