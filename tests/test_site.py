"""The site of the documents: builds without a warning, opens from files, leads nowhere that is not there."""

import inspect
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import imu

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.slow


class Html(HTMLParser):
    """What a page has names for, what it loads by itself, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value for name, value in attrs if value}
        self.names.update(found[name] for name in ("id", "name") if name in found)
        if "src" in found or (tag == "link" and "href" in found):
            self.loaded.append(found.get("src") or found["href"])
        elif tag == "a" and "href" in found:
            self.links.append(found["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make site` builds it, with no way out: a proxy that does not exist."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "mkdocs.yml").write_text(
        f"INHERIT: {ROOT / 'mkdocs.yml'}\ndocs_dir: {folder / 'pages'}\nsite_dir: {folder / 'site'}\n"
    )
    nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    for command in (
        [ROOT / "docs" / "site_pages.py", folder / "pages"],
        ["-m", "mkdocs", "build", "--strict", "--config-file", folder / "mkdocs.yml"],
    ):
        done = subprocess.run(
            [sys.executable, *command],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, **nowhere},
        )
        assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Html]:
    return {page: Html(page.read_text(encoding="utf-8")) for page in site.rglob("*.html")}


def test_the_site_loads_nothing_from_a_network(pages: dict[Path, Html]) -> None:
    foreign = {address for page in pages.values() for address in page.loaded if urlsplit(address).netloc}
    assert foreign == set()


def test_what_pages_load_and_link_to_is_there(site: Path, pages: dict[Path, Html]) -> None:
    missing = []
    for page, html in pages.items():
        if page.name == "404.html":  # its addresses are those of a server
            continue
        for address in {*html.loaded, *html.links}:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            named = (
                not parts.fragment or target not in pages or unquote(parts.fragment) in pages[target].names
            )
            if not target.is_file() or not named:
                missing.append(f"{page.relative_to(site)}: {address}")
    assert missing == []


def test_the_reference_shows_every_public_name(pages: dict[Path, Html], site: Path) -> None:
    shown = pages[site / "reference" / "imu.html"].names
    public = {name for name in imu.__all__ if not inspect.ismodule(getattr(imu, name))}
    assert public - {name.removeprefix("imu.") for name in shown} == set()


def test_every_page_is_in_the_navigation() -> None:
    named = set(
        re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    docs = ROOT / "docs"
    written = {page.relative_to(docs).as_posix() for page in docs.rglob("*.md")} - {"README.md"}
    assert written - named == set()
