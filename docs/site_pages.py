"""Lays out the pages of the site (`make site`): what GitHub shows, arranged for a site generator.

    python docs/site_pages.py build/pages

Pages are written once, with links that work on GitHub. Here a link that leaves the pages, to a module or a
folder of the code, leads to a page with that file instead, so that nothing on the site needs a network. The
reference is laid out from the packages themselves: one page for each module, filled from its docstrings by
mkdocstrings.
"""

import ast
import inspect
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import imu

ROOT = Path(__file__).resolve().parents[1]

# Pages that have another name, or another place, on the site.
ELSEWHERE = {
    "README.md": "index.md",
    "docs/README.md": "pages.md",
    "CHANGELOG.md": "changelog.md",
    "THIRD-PARTY.md": "third-party.md",
    "CONTRIBUTING.md": "contributing-in-short.md",
    "firmware/README.md": "building-a-sensor.md",
}
PACKAGES = ("imu.signal", "imu.training", "imu.formats")
ASSETS = {"docs/images": "images", "docs/site": "site"}
LOGO = "dashboard/assets/favicon.svg"
LANGUAGES = {".py": "python", ".c": "c", ".h": "c", ".json": "json", ".yaml": "yaml", ".conf": "nginx"}

LINK = re.compile(r"(?P<open>!?\[(?:[^\[\]]|\[[^\]]*\])*\]\()(?P<target>[^)\s#]+)(?:#[^)\s]*)?\)")
IMAGE = re.compile(r'(?P<open><img src=")(?P<target>[^"]+)')
FENCE = re.compile(r"^(\s*```.*?^\s*```$)", re.DOTALL | re.MULTILINE)


class Page(NamedTuple):
    path: str  # on the site
    text: str


def site_pages() -> Iterator[Page]:
    """Every page of the site, those with code that pages link to and the reference included."""
    places = {**{f"docs/{page}": page for page in _written()}, **ELSEWHERE}
    places = {source: place for source, place in places.items() if (ROOT / source).exists()}
    linked: set[str] = set()

    def place_of(target: str) -> str:
        """Where on the site a file or folder of the repository is."""
        if target in places:
            return places[target]
        for folder, place in ASSETS.items():
            if target.startswith(f"{folder}/"):
                return place + target.removeprefix(folder)
        linked.add(target)
        return f"source/{target}.md"

    for source, place in places.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        yield Page(place, _relinked(text, source=source, place=place, place_of=place_of))
    for target in sorted(linked):
        yield _source_page(target, linked)
    yield from _reference()


def _written() -> list[str]:
    docs = ROOT / "docs"
    return [page.relative_to(docs).as_posix() for page in sorted(docs.rglob("*.md"))]


def _relinked(text: str, *, source: str, place: str, place_of: Callable[[str], str]) -> str:
    """A page with its links to files as links to where these are on the site; code is left alone."""

    def moved(found: re.Match[str]) -> str:
        target = found["target"]
        if re.match(r"[a-z]+:", target):
            return found[0]
        inside = os.path.normpath(Path(source).parent / target)
        if not (ROOT / inside).exists():
            raise SystemExit(f"{source}: the link to {target} leads nowhere")
        rest = found[0].removeprefix(found["open"] + target)
        return f"{found['open']}{os.path.relpath(place_of(inside), Path(place).parent)}{rest}"

    # Split at fences, every second part is code. A link may go on in the next line.
    parts = enumerate(FENCE.split(text))
    prose = [IMAGE.sub(moved, LINK.sub(moved, part)) if n % 2 == 0 else part for n, part in parts]
    # What GitHub renders inside of HTML, Python-Markdown renders only where it is asked to.
    return "".join(prose).replace("<details>", '<details markdown="1">')


def _source_page(target: str, linked: set[str]) -> Page:
    """A file of the code as it is, or what a folder of it holds."""
    path = ROOT / target
    head = f"---\nsearch:\n  exclude: true\n---\n\n# {target}\n\n"
    if path.is_dir():
        return Page(f"source/{target}.md", head + "\n".join(_listed(path, linked)) + "\n")
    language = LANGUAGES.get(path.suffix, "text")
    return Page(f"source/{target}.md", f"{head}````{language}\n{path.read_text(encoding='utf-8')}````\n")


def _listed(folder: Path, linked: set[str]) -> Iterator[str]:
    here = folder.relative_to(ROOT).as_posix()
    if said := _first_line(folder / "__init__.py"):
        yield f"{said}\n"
    yield "| | |\n|---|---|"
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__")):
            continue
        name = f"`{path.name}`" + ("/" if path.is_dir() else "")
        if f"{here}/{path.name}" in linked:
            name = f"[{name}]({folder.name}/{path.name}.md)"
        yield f"| {name} | {_first_line(path / '__init__.py' if path.is_dir() else path)} |"


def _first_line(module: Path) -> str:
    """What a module says that it is, in a line; nothing for what is no module."""
    if module.suffix != ".py" or not module.exists():
        return ""
    said = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    return said.splitlines()[0].replace("|", "\\|") if said else ""


def _reference() -> Iterator[Page]:
    yield Page(
        "reference/imu.md",
        "# imu\n\nWhat a script or a notebook needs. Everything else may move between versions.\n\n"
        "::: imu\n    options:\n      show_root_heading: false\n      show_root_toc_entry: false\n"
        f"      members: [{', '.join(_public_names())}]\n",
    )
    for package in PACKAGES:
        folder = ROOT / package.replace(".", "/")
        modules = sorted(module for module in folder.rglob("*.py") if _first_line(module))
        rows = []
        for module in modules:
            name = ".".join(module.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            if name == package:
                continue
            rows.append(f"| [`{name.removeprefix(package + '.')}`]({name}.md) | {_first_line(module)} |")
            yield Page(
                f"reference/{name}.md",
                f"# {name.removeprefix('imu.')}\n\n[{package}]({package}.md)\n\n::: {name}\n"
                "    options:\n      show_root_heading: false\n      show_root_toc_entry: false\n",
            )
        own = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
        yield Page(
            f"reference/{package}.md",
            f"# {package}\n\n{own}\n\n| module | what it holds |\n|---|---|\n" + "\n".join(rows) + "\n",
        )


def _public_names() -> list[str]:
    return [name for name in imu.__all__ if not inspect.ismodule(getattr(imu, name))]


def write(out: Path) -> None:
    """The pages below `out`, and nothing else."""
    shutil.rmtree(out, ignore_errors=True)
    for folder, place in ASSETS.items():
        shutil.copytree(ROOT / folder, out / place)
    shutil.copy(ROOT / LOGO, out / "site")
    for page in site_pages():
        path = out / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
