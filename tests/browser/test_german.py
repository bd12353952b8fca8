"""What draws itself in the browser speaks the language of the page: calendars, charts, fields for numbers."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.calm import calm, counted
from tests.browser.looking import PHONE, Window, sign_in
from tests.browser.story import Story
from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_SHORT = "Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez"


def test_calendars_charts_and_numbers_are_german_for_whoever_reads_german(
    browser: Browser, dashboard: Served, told: Story
) -> None:
    size = {"width": PHONE[0], "height": PHONE[1]}
    with browser.new_context(viewport=size, locale="de-DE") as context:  # type: ignore[arg-type]
        here = Window(context.new_page(), dashboard.address)
        counted(here.page)
        sign_in(here.page, here.address, *told.logins["runner"])
        calm(here)
        page = here.page
        expect(page.locator("html")).to_have_attribute("lang", "de")

        # A number that is typed with a comma is one.
        page.locator("summary").first.click()
        effort = page.get_by_label("Anstrengung", exact=False).first
        effort.press_sequentially("3,5")
        expect(effort).to_have_value("3,5")

        # A chart counts with commas and names days in German.
        here.open("/progress")
        days = page.locator(".xaxislayer-above .xtick text, .xtick text").first
        expect(days).to_have_text(re.compile(rf"\d+\. ({_SHORT})"))
        written = page.evaluate("() => document.querySelector('.js-plotly-plot')._fullLayout.separators")
        assert written == ",."

        # So does a calendar, and its week begins on Monday.
        here.open("/sharing")
        until = page.get_by_label("Bis", exact=False).first
        expect(until).to_have_value(re.compile(rf"^\d+\. ({_SHORT}) \d{{4}}$"))
        until.click()
        calendar = page.locator(
            ".mantine-DateInput-calendarHeader, .mantine-DateInput-calendarHeaderLevel"
        ).first
        expect(calendar).to_contain_text(re.compile(_MONTHS))
        expect(page.locator(".mantine-DateInput-weekday").first).to_have_text("Mo")
        assert here.wrong == []
