"""What goes wrong with a virtual board, and what is not known of real ones."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong, and when. Counts go on over connections and are part of the board's state."""

    cut_packets: tuple[int, ...] = ()  # which packets of samples, streamed or read out, lose their last byte
    lost_create_answers: int = 0  # so many first answers to "create a logger" never come, but it is created
    stall_after_pages: int | None = None  # confirmed ones; the download then stops until the next connection
    reset_at_s: tuple[float, ...] = ()  # the board restarts by itself, in the middle of whatever it does
    battery_empty_at_s: float | None = None
    first_tick: int = 0  # of the clock when the world begins: 2**32 - 1000 wraps after 1.5 s


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What nobody could say about real boards: a host should live with either."""

    # Where a download goes on after the link dropped.
    resume: Literal["at_unconfirmed_page", "from_start"] = "at_unconfirmed_page"
    empty_logger_answers: bool = False  # 0b 82 of a free slot: with ff, or not at all
    reset_changes_uid: bool = True
    reset_restarts_clock: bool = True
