"""What goes wrong with a virtual ESP32 sensor, and what it remembers when nobody is connected."""

from dataclasses import dataclass, field

from imu.simulate.boards.esp32_flash import Boot

_UNCALIBRATED = (0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Esp32Faults:
    """What goes wrong, and where. Offsets are bytes of the log; those faults happen once."""

    spoilt_frame: int | None = None  # of every stream, arrives with a flipped bit
    spoilt_sector: int | None = None  # holds a flipped bit in flash
    damaged_at: int | None = None  # a bit is flipped on the way
    lost_at: int | None = None  # a notification never arrives
    stalls_at: int | None = None  # nothing more is sent until it is asked for again
    resets_at_s: float | None = None  # brown-out
    dies_at_s: float | None = None  # battery empty
    clock_from_us: int = 0  # what the clock showed when the world began


@dataclass(slots=True)
class Memory:
    """What outlives a connection, beside the log."""

    boot: Boot
    acc_calibration: tuple[int, ...] = _UNCALIBRATED
    gyr_calibration: tuple[int, ...] = _UNCALIBRATED
    happened: list[str] = field(default_factory=list)  # faults that happen once
    sent: int = 0  # bytes of logs, as often as they were asked for

    def once(self, fault: str) -> bool:
        """Whether a fault that happens once is due: it never is again."""
        if fault in self.happened:
            return False
        self.happened.append(fault)
        return True
