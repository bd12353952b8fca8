"""Pages over a store, each as whoever may see it."""

import pytest

from tests.dashboard.asking import shown, words
from tests.dashboard.conftest import ClientOf, Ids


@pytest.mark.parametrize("name", ["anna", "kim", "ito"])
def test_whoever_may_see_an_athlete_sees_the_runs(client_of: ClientOf, ids: Ids, name: str) -> None:
    answer = shown(client_of(name), "runs", ids.anna)
    assert answer.status_code == 200
    assert "Feb 2026" in words(answer)


@pytest.mark.parametrize("name", ["ben", "otto", "uma", "office"])
def test_whoever_may_not_learns_no_more_than_of_nobody(client_of: ClientOf, ids: Ids, name: str) -> None:
    client = client_of(name)
    unshared, unknown = shown(client, "runs", ids.anna), shown(client, "runs", "0" * 32)
    assert unshared.status_code == unknown.status_code == 404
    assert unshared.data == unknown.data
