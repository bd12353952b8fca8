"""A page says in which language it is, and speaks it."""

import json
from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient

import dashboard
from imu.store.profiles import LANGUAGES
from tests.dashboard.asking import shown, signed_in, words
from tests.dashboard.conftest import Ids


def reader_of(app: Dash, name: str, asked: str) -> FlaskClient:
    """A browser that asks for a language."""
    client = signed_in(app, name)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = asked
    return client


@pytest.mark.parametrize(("asked", "lang"), [("de-AT,de;q=0.9", "de"), ("en", "en"), ("fr", "en")])
def test_a_page_is_pronounced_in_the_language_that_the_browser_asks_for(
    dash_app: Dash, asked: str, lang: str
) -> None:
    page = signed_in(dash_app, "anna").get("/today", headers={"Accept-Language": asked})
    assert f'<html lang="{lang}">' in page.text


def test_calendars_charts_and_fields_for_numbers_are_told_the_language(dash_app: Dash, ids: Ids) -> None:
    client = reader_of(dash_app, "anna", "de")
    layout = json.dumps(client.get("/_dash-layout").get_json())
    assert '"settings": {"locale": "de", "firstDayOfWeek": 1}' in layout
    episode = words(shown(client, "episode", ids.anna))
    assert '"locale": "de"' in episode  # of its charts
    assert '"tickformat": "%-d. %b"' in episode
    assert '"decimalSeparator": ","' in words(shown(client, "today"))
    assert '"valueFormat": "D. MMM YYYY"' in words(shown(client, "sharing"))


@pytest.mark.parametrize("known", [one for one in LANGUAGES if one != "en"])
def test_what_draws_itself_in_the_browser_finds_each_language_on_our_own_server(
    dash_app: Dash, known: str
) -> None:
    page = signed_in(dash_app, "anna").get("/today").text
    scripts = Path(dashboard.__path__[0], "assets").glob("*.js")
    speaking = [one for one in scripts if f"dayjs_locale_{known} =" in one.read_text()]
    assert [one.name for one in speaking if f"/assets/{one.name}" in page]
    assert f'name: "{known}"' in speaking[0].read_text()
