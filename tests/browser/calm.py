"""Wait until a page has come to rest: all is there, nothing more is asked, nothing is being drawn."""

from playwright.sync_api import Page

from tests.browser.looking import Window

# A page that has just appeared asks more; whatever is pressed meanwhile may be replaced under the finger.
_COUNTED = """(() => {
    const ask = window.fetch;
    window.asked = 0;
    window.fetch = (...all) => {
        window.asked += 1;
        return ask(...all).finally(() => { window.asked -= 1; });
    };
})()"""
_AT_REST = """async () => {
    for (let idle = 0; idle < 3; idle = window.asked ? 0 : idle + 1)
        await new Promise(done => window.requestIdleCallback(done));
}"""


def counted(page: Page) -> None:
    """Count what each page that is opened from now on asks."""
    page.add_init_script(_COUNTED)


def calm(here: Window) -> None:
    """Wait; the page was opened after `counted`."""
    here.settle()
    here.page.evaluate(_AT_REST)
    here.settle()
