"""Whoever looks at another's page reads whose it is, and finds the way back to him."""

from dataclasses import asdict

import pytest

from tests.dashboard import seeded
from tests.dashboard.asking import shown, words
from tests.dashboard.conftest import ClientOf, Ids

NAME = seeded.NAMES["anna"]


@pytest.mark.parametrize("of", ["{anna}", "{recorded}", "{run_of_anna}/{recorded}"])
def test_a_page_of_another_says_whose_it_is(client_of: ClientOf, ids: Ids, of: str) -> None:
    told = words(shown(client_of("kim"), "whose", of.format(**asdict(ids))))
    assert NAME in told
    assert f"/athlete/{ids.anna}" in told


def test_the_own_page_does_not(client_of: ClientOf, ids: Ids) -> None:
    assert NAME not in words(shown(client_of("anna"), "whose", ids.anna))


@pytest.mark.parametrize("name", ["otto", "uma", "ben", "office"])
def test_who_sees_nobody_learns_no_name(client_of: ClientOf, ids: Ids, name: str) -> None:
    for of in (ids.anna, ids.recorded, "0" * 32, ""):
        assert shown(client_of(name), "whose", of).status_code == 404
