"""A computer that sleeps loses every link: it is asked to stay awake, and runs on where it cannot be."""

import pytest
import wakepy

from imu.cli.awake import kept_awake


def is_awake() -> bool:
    return any(mode.active for mode in wakepy.global_modes())


def test_the_system_is_asked_once_and_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAKEPY_FAKE_SUCCESS", "yes")
    with kept_awake():
        assert is_awake()
    assert not is_awake()


def test_a_system_that_cannot_be_asked_is_no_news(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WAKEPY_FORCE_FAILURE", "yes")
    with kept_awake():
        assert not is_awake()
    assert capfd.readouterr() == ("", "")


def test_a_system_that_is_gone_at_the_end_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_mode: wakepy.Mode) -> bool:
        raise RuntimeError("the session bus is gone")

    monkeypatch.setattr(wakepy.Mode, "_deactivate", gone)
    with kept_awake():
        pass


def test_an_error_within_is_not_swallowed() -> None:
    with pytest.raises(KeyboardInterrupt), kept_awake():
        raise KeyboardInterrupt
