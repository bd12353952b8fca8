"""The distribution as `make dist` builds it, and an environment as a stranger makes it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PathDistribution, distribution
from importlib.util import cache_from_source
from pathlib import Path
from zipfile import Path as InZip

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import REPOSITORY

LOCK = REPOSITORY / "requirements" / "ci.lock"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
WHEN = "1772436600"  # any moment, the same for every build


def tracked() -> list[str]:
    """Every file of the project; raises where this is no checkout of it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if name and (REPOSITORY / name).exists()]


def built(folder: Path, *, mode: int = 0o644) -> tuple[Path, Path]:
    """Source archive and wheel of a fresh copy of the tracked files, with this mode of its files."""
    sources, out = folder / "sources", folder / "dist"
    for name in tracked():
        place = sources / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, place)
        place.chmod(mode)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": WHEN, "RESTRIDE_COMMIT": COMMIT}
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(sources)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return built_in(folder)


def built_in(folder: Path) -> tuple[Path, Path]:
    """The two that were built there."""
    out = folder / "dist"
    (archive,) = out.glob("*.tar.gz")
    (wheel,) = out.glob("*.whl")
    return archive, wheel


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody with a clean environment and a home of his own, outside any checkout."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"

    @property
    def command(self) -> Path:
        return self.python.with_name("restride")

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return {**kept, "RESTRIDE_HOME": str(self.home), "TZ": "Europe/Berlin"}

    def installs(self, wheel: Path, *extras: str) -> None:
        """A new environment with the wheel and what its metadata ask for, linked from where tests run.

        Not one distribution more: what is imported and not declared is missing there.
        """
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(self.folder / "venv")], check=True)
        inside = Path(self._says("import sysconfig; print(sysconfig.get_path('purelib'))"))
        for one in needed(wheel, extras):
            _link(one, inside)
        self._pip("install", "--quiet", "--no-index", "--no-deps", wheel)
        self._pip("check")

    def _pip(self, verb: str, *words: str | Path) -> None:
        """uv's, which takes a twentieth of the time."""
        command = [sys.executable, "-m", "uv", "pip", verb, "--python", self.python, *words]
        done = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, check=False, env=self.environment
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _says(self, program: str) -> str:
        return subprocess.check_output([self.python, "-c", program], text=True).strip()

    def runs(
        self, *words: str | Path, typed: str = "", expect: Sequence[int] = (0,)
    ) -> "subprocess.CompletedProcess[str]":
        """`restride` with these words; whatever it wrote is in the failure."""
        done = subprocess.run(
            [str(self.command), *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            input=typed,
            cwd=self.folder,
            env=self.environment,
        )
        assert done.returncode in expect, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done


def needed(wheel: Path, extras: Sequence[str]) -> list[Distribution]:
    """Every installed distribution that the wheel with these extras asks for, and that those ask for."""
    (metadata,) = (one for one in InZip(wheel).iterdir() if one.name.endswith(".dist-info"))
    found: dict[str, Distribution] = {}
    asked = {("", ""), *(("", extra) for extra in extras)}
    seen: set[tuple[str, str]] = set()
    while asked:
        seen.add(one := asked.pop())
        name, extra = one
        of: Distribution = found.setdefault(name, distribution(name)) if name else PathDistribution(metadata)
        asked |= set(_asked(of, extra)) - seen
    return list(found.values())


def _asked(of: Distribution, extra: str) -> Iterator[tuple[str, str]]:
    """Name and extra of what a distribution asks for here; no extra is the empty one."""
    for requirement in map(Requirement, of.requires or ()):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield from ((canonicalize_name(requirement.name), more) for more in ("", *requirement.extras))


def _link(one: Distribution, inside: Path) -> None:
    """Its files, without a copy where both lie on one disk; what it put elsewhere, as commands, stays out.

    What Python made of a source goes along, since compiling all again takes longer than any test here.
    """
    for file in one.files or ():
        if ".." in file.parts:
            continue
        source = Path(str(file.locate()))
        compiled = Path(cache_from_source(str(source)))
        for each in (source, compiled) if source.suffix == ".py" else (source,):
            place = inside / each.relative_to(one.locate_file(""))  # type: ignore[arg-type]
            if place.exists() or not each.exists():
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(each, place)
            except OSError:
                shutil.copy2(each, place)
