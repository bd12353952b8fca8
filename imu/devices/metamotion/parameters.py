"""How long to wait for a MetaMotion, and what to ask of it."""

from dataclasses import dataclass

from imu.devices.metamotion.settings import ConnectionParameters


@dataclass(frozen=True, slots=True)
class Parameters:
    """Limits of every wait of the driver."""

    write_s: float = 10.0  # longer than the supervision timeout, which ends a dead link itself
    answer_s: float = 3.0  # many connection intervals, also of a busy radio
    empty_slot_s: float = 1.0  # an empty logger slot may not answer at all
    attempts: int = 3  # of a question, and of creating the loggers
    growth_s: float = 3.0  # a running log of 50 Hz and more fills a page in this time
    poll_s: float = 0.25
    clear_s: float = 60.0  # erasing a full flash
    stall_s: float = 60.0  # a download without progress; the board gives no sign of its own
    part_packets: int = 2048  # of a download without pages: what is at most not yet on disk
    download_packets: int = 65536  # that may wait for the disk; a page is far shorter
    progress_notifications: int = 100  # per download
    connection: ConnectionParameters = ConnectionParameters()
    timed_stream: bool = False  # device time with every sample, at three times the packets: to 100 Hz
    # Of acceleration sent a second time with device time, when asked; 0: never. A quarter of a second places
    # samples within 1 ms, but no real board was asked for it yet, so it is off.
    stamped_s: float = 0.0
