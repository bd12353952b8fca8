"""What was logged comes out again, sample by sample, whatever happens in between."""

import json
from typing import Literal

import numpy as np
import pytest

from imu.simulate.boards.metamotion import MMR, MMS, Habits, MetaMotion, Model
from imu.simulate.boards.worn import Wearer
from tests.simulate.boards.host import LOGGERS, START_MMS, STOP, Host, again, samples_of

TICK_S = 48 / 32768


def logged_for(host: Host, seconds: float) -> None:
    host.start_log()
    host.wait(seconds, every_s=seconds)
    host.stop_log()


@pytest.mark.parametrize("model", [MMR, MMS], ids=lambda model: model.name)
def test_a_log_reads_as_the_chip_measured(wearer: Wearer, model: Model) -> None:
    host = Host(MetaMotion(model, wearer, "shank_left"), now_s=3.0)
    logged_for(host, 8.0)
    rows, progress = host.download()
    for name, first_id, columns in (("acc", 0, slice(0, 3)), ("gyr", 2, slice(3, 6))):
        counts, ticks = samples_of(rows, first_id=first_id)
        ((_, settings, first, last),) = [one for one in host.board.logged if one[0] == name]
        chip = wearer.chip("shank_left", settings)
        assert np.array_equal(counts, chip.counts(first, last)[:, columns])
        assert len(counts) == pytest.approx(1600, rel=0.02)
        expected = chip.time_s(np.arange(first, last)) * (1 + wearer.skew_ppm("shank_left") * 1e-6) / TICK_S
        assert np.array_equal(ticks, np.floor(expected))
    assert progress[-1] == 0
    assert [left // 1000 for left in progress[:-1]] == [5, 4, 3, 2, 1, 0]
    assert host.length() == 0


@pytest.mark.parametrize(("model", "length"), [(MMR, 4), (MMS, 0)], ids=["MMR", "MMS"])
def test_an_s_shows_a_short_recording_only_after_flushing(wearer: Wearer, model: Model, length: int) -> None:
    host = Host(MetaMotion(model, wearer, "pelvis"))
    host.send("0b 02 03 04 ff 60 | 03 03 26 0c | 0b 01 01 | 03 02 01 00 | 03 01 01")
    host.wait(0.13, every_s=0.13)
    host.send("03 01 00 | 0b 01 00")
    assert host.length() == length
    host.send("0b 10 01")
    assert host.length() == 4


def test_nothing_comes_before_a_page_is_confirmed(wearer: Wearer) -> None:
    host = Host(MetaMotion(MMR, wearer, "pelvis"))
    logged_for(host, 1.0)
    rows, progress = host.download(confirm=False)
    assert (len(rows), progress) == (64, [])
    assert host.wait(60.0, every_s=1.0) == []
    host.send_quietly("0b 0e")
    assert host.take(room=1)[0].startswith("0b 07")


@pytest.mark.parametrize("resume", ["at_unconfirmed_page", "from_start"])
def test_after_a_drop_a_download_goes_on_as_the_board_is_used_to(
    wearer: Wearer, resume: Literal["at_unconfirmed_page", "from_start"]
) -> None:
    host = Host(MetaMotion(MMS, wearer, "pelvis", habits=Habits(resume=resume)))
    logged_for(host, 2.0)
    whole = host.length()
    before, _ = host.download(most=300)
    host.away(10.0)
    left = host.length()
    after, progress = host.download()
    confirmed = len(before) // 64 * 64
    assert left == (whole - confirmed if resume == "at_unconfirmed_page" else whole)
    assert len(after) == left
    assert progress[-1] == 0
    kept = before[: whole - left] + after
    fresh = Host(MetaMotion(MMS, wearer, "pelvis"))
    logged_for(fresh, 2.0)
    assert kept == fresh.download()[0]


def test_clearing_is_ignored_while_logging(wearer: Wearer) -> None:
    host = Host(MetaMotion(MMR, wearer, "pelvis"))
    host.start_log()
    host.wait(1.0, every_s=1.0)
    host.send("0b 09 ff ff ff ff")
    assert host.length() > 700
    host.stop_log()
    host.send("0b 09 ff ff ff ff")
    assert host.length() == 0
    host.ask(entries=5)
    assert host.take() == []
    host.send("0b 01 01 | " + START_MMS)
    host.wait(0.5, every_s=0.5)
    host.stop_log()
    counts, _ = samples_of(host.download()[0], first_id=0)
    _, settings, first, last = host.board.logged[0]
    assert np.array_equal(counts, wearer.chip("pelvis", settings).counts(first, last)[:, :3])


def test_loggers_are_told_again_and_are_few(wearer: Wearer) -> None:
    host = Host(MetaMotion(MMS, wearer, "pelvis"))
    assert host.send(LOGGERS["MMS"]) == ["0b 02 00", "0b 02 01", "0b 02 02", "0b 02 03"]
    assert host.send("0b 82 03") == ["0b 82 13 04 ff 24"]
    assert host.send("0b 82 04") == []
    assert host.send("0b 03 01 | 0b 02 03 04 ff 24") == ["0b 02 01"]
    assert len(host.send(" | ".join(["0b 02 03 04 ff 60"] * 9))) == 4
    assert host.send("0b 0a | 0b 82 00") == []
    talkative = MetaMotion(MMS, wearer, "pelvis", habits=Habits(empty_logger_answers=True))
    assert Host(talkative).send("0b 82 04") == ["0b 82 ff"]


def test_logging_the_packed_register_of_an_s_logs_nothing(wearer: Wearer) -> None:
    host = Host(MetaMotion(MMS, wearer, "pelvis"))
    host.send("0b 02 13 05 ff 60 | 0b 01 01 | 13 02 01 00 | 13 01 01")
    host.wait(1.0, every_s=1.0)
    host.stop_log()
    assert host.length() == 0


def test_rates_may_differ_and_time_never_goes_back(wearer: Wearer) -> None:
    host = Host(MetaMotion(MMR, wearer, "pelvis"), now_s=4.0)
    host.send(f"{LOGGERS['MMR']} | 03 03 28 0c | 13 03 2a 00 | 0b 01 01 | {START_MMS}")
    host.wait(3.0, every_s=3.0)
    host.stop_log()
    rows, _ = host.download()
    ticks = [tick for _, tick, _ in rows]
    assert ticks == sorted(ticks)
    for (_, settings, first, last), first_id, columns in zip(
        host.board.logged, (0, 2), (slice(0, 3), slice(3, 6)), strict=True
    ):
        counts, _ = samples_of(rows, first_id=first_id)
        assert np.array_equal(counts, wearer.chip("pelvis", settings).counts(first, last)[:, columns])
    assert len(samples_of(rows, first_id=2)[0]) == pytest.approx(
        4 * len(samples_of(rows, first_id=0)[0]), abs=4
    )


def test_a_full_flash_stops_within_a_sample_or_forgets_the_oldest(wearer: Wearer) -> None:
    for overwrite in (False, True):
        host = Host(MetaMotion(MMR, wearer, "pelvis", log_entries=1003))
        host.start_log()
        host.send(f"0b 0b 0{overwrite:d}")
        host.wait(4.0)
        host.stop_log()
        assert host.length() == 1003
        rows, _ = host.download()
        while rows[0][0] & 31:  # overwriting cuts samples too
            rows.pop(0)
        counts, _ = samples_of(rows, first_id=0)
        _, settings, first, last = host.board.logged[0]
        measured = wearer.chip("pelvis", settings).counts(first, last)[:, :3]
        if overwrite:
            assert np.array_equal(counts[-250:], measured[-250:])
        else:
            assert np.array_equal(counts, measured[:251])


def test_a_board_goes_on_in_another_process(wearer: Wearer) -> None:
    board = MetaMotion(MMS, wearer, "shank_right")
    host = Host(board, now_s=1.0)
    host.start_log()
    host.wait(2.0)
    resumed = MetaMotion(MMS, wearer, "shank_right")
    resumed.restore(again(board.state()))
    assert again(resumed.state()) == again(board.state())
    other = Host(resumed, now_s=6.0)
    assert other.send("0b 82 02") == ["0b 82 13 04 ff 60"]
    other.stop_log()
    rows, _ = other.download(most=400)
    third = MetaMotion(MMS, wearer, "shank_right")
    third.restore(again(resumed.state()))
    rest, progress = Host(third, now_s=7.0).download()
    counts, _ = samples_of(rows[: len(rows) // 64 * 64] + rest, first_id=0)
    _, settings, first, last = third.logged[0]
    assert np.array_equal(counts, wearer.chip("shank_right", settings).counts(first, last)[:, :3])
    assert len(counts) == pytest.approx(5 * 200, rel=0.02)
    assert progress[-1] == 0
    with pytest.raises(ValueError, match="state is of MMS 05A1B2"):
        MetaMotion(MMR, wearer, "shank_right").restore(board.state())


def test_two_hours_are_a_few_numbers(wearer: Wearer) -> None:
    host = Host(MetaMotion(MMS, wearer, "shank_left"))
    logged_for(host, 7200.0)
    assert len(json.dumps(host.board.state())) < 6000
    assert host.length() == pytest.approx(4 * 200 * 7200, rel=0.02)
    rows, _ = host.download(most=2000)
    counts, _ = samples_of(rows, first_id=0)
    _, settings, first, _ = host.board.logged[0]
    assert np.array_equal(
        counts, wearer.chip("shank_left", settings).counts(first, first + len(counts))[:, :3]
    )


def test_changing_the_settings_while_logging_is_seen_in_the_log(wearer: Wearer) -> None:
    host = Host(MetaMotion(MMR, wearer, "pelvis"))
    host.send("0b 02 03 04 ff 60 | 03 03 29 0c | 0b 01 01 | 03 02 01 00 | 03 01 01")
    host.wait(1.0, every_s=1.0)
    host.send("03 03 29 08")
    host.wait(1.0, every_s=1.0)
    host.send(STOP)
    lsb = [settings.acc_lsb_per_g for _, settings, _, _ in host.board.logged]
    assert lsb == [2048.0, 4096.0]
    assert sum(last - first for _, _, first, last in host.board.logged) == host.length()
