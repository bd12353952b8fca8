"""A store that nobody set up: whoever comes first has an account and an athlete, both or none."""

import pytest

from imu.store import Store
from imu.store.sharing import Sharing


def test_the_first_who_comes_can_keep_runs(store: Store) -> None:
    account = store.only_account()
    with store.seen_by(account) as repository:
        assert "write_runs" in repository.sharing.athlete().rights


def test_what_stops_in_the_middle_of_the_first_use_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Sharing, "add_athlete", stopped)
        with pytest.raises(KeyboardInterrupt):
            store.only_account()
    assert store.accounts() == ()
    with store.seen_by(store.only_account()) as repository:
        assert repository.sharing.athlete().is_own


def test_two_who_come_first_at_once_get_one_account(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store.only_account()
    with monkeypatch.context() as patch:
        patch.setattr(store, "accounts", tuple)  # as the other one saw it, a moment ago
        assert store.only_account() == first
    assert store.accounts() == (first,)
