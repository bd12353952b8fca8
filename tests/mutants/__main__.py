"""`make mutants`: small faults put into the code on purpose, and which of them no test notices.

A seeded sample of mutmut's mutants, spread over the files of a room, each run against the quick tests of that
room which reach the changed function. Mutants that were killed stay killed until their function changes, so
an interrupted run goes on where it was, and survivors are tried again.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from filecmp import cmp
from io import StringIO
from pathlib import Path
from shutil import copy2

# mutmut is meant as a command; these parts of it are not promised to stay, so its version has a narrow range.
from mutmut.configuration import reset_config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import copy_src_dir, walk_all_files, walk_mutatable_files

from tests.mutants.rooms import ROOMS, Room

REPOSITORY = Path(__file__).resolve().parents[2]
KILLED = {"killed", "timeout", "segfault"}  # a test that never ends is a test that notices
MUTMUT = [sys.executable, "-c", "from mutmut.__main__ import cli; cli()"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    names = [room.name for room in ROOMS]
    parser.add_argument("rooms", nargs="*", metavar="room", help=f"of {', '.join(names)}; all without")
    parser.add_argument(
        "--sample", type=int, default=60, help="about how many mutants a room; one a file at least"
    )
    parser.add_argument("--seed", default="1", help="another seed draws other mutants")
    parser.add_argument("--workers", type=int, default=1, help="mutants that run at once")
    parser.add_argument("--keep", type=Path, default=Path("build/mutants"), help="where results are kept")
    options = parser.parse_args()
    if unknown := set(options.rooms).difference(names):
        parser.error(f"no such room: {', '.join(sorted(unknown))}")
    keep = options.keep.resolve()
    lines = ["| room | mutants | sampled | killed | survived |", "|---|---|---|---|---|"]
    for room in ROOMS:
        if room.name in (options.rooms or names):
            _enter(keep / room.name, room)
            known = _made()
            drawn = _drawn(known, size=options.sample, seed=options.seed)
            _try([name for path, name in drawn if known[path][name] not in KILLED], workers=options.workers)
            # With other tests than last time mutmut forgets, once it runs, what it knew of all the others.
            after = _known()
            _try(
                [name for path, name in drawn if after[path][name] == "not checked"], workers=options.workers
            )
            lines.append(_told(room, known, drawn))
    print("", *lines, sep="\n")


def _enter(folder: Path, room: Room) -> None:
    """Stand where mutmut sees this repository with the settings of one room: it works where it stands."""
    folder.mkdir(parents=True, exist_ok=True)
    for entry in ("imu", "dashboard", "docs", "tests", "firmware"):
        if not (folder / entry).is_symlink():
            (folder / entry).symlink_to(REPOSITORY / entry)
    settings = {
        "source_paths": ["imu", "dashboard"],
        "only_mutate": list(room.code),
        "also_copy": ["docs", "firmware"],
        "pytest_add_cli_args_test_selection": [
            *room.tests,
            *("-k", "not postgresql", "-m", "not slow and not long"),
        ],
        # Examples drawn anew each time would let a mutant live or die by chance.
        "pytest_add_cli_args": ["--hypothesis-seed=0", "--numprocesses=0", "-p", "tests.mutants.quick_first"],
        "timeout_multiplier": 4.0,
        "timeout_constant": 5.0,
        "track_dependencies": False,
        "use_git_change_detection": False,
        "on_dependency_change": "ignore",
        # What a test has computed and kept must not be there for the next mutant.
        "process_isolation": "forkserver",
    }
    own = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    (folder / "pyproject.toml").write_text("\n".join([own, "[tool.mutmut]", *lines, ""]), encoding="utf-8")
    os.chdir(folder)
    reset_config()


def _renew_the_rest() -> None:
    """mutmut copies a file once: what it does not change would stay as it was at the first time."""
    changed = set(walk_mutatable_files())
    for root, name in walk_all_files():
        here = Path(root) / name
        copy = Path("mutants") / here
        if here not in changed and here.is_file() and not cmp(here, copy, shallow=False):
            copy2(here, copy)


Known = dict[Path, dict[str, str]]  # of each file its mutants, and what became of them


def _made() -> Known:
    """All mutants; those of a function that has changed since the last time are new."""
    from mutmut.__main__ import create_file_mutants  # reads the settings as soon as it is imported

    with redirect_stdout(StringIO()):  # it prints every name
        copy_src_dir()
        _renew_the_rest()
        made = [create_file_mutants(path) for path in walk_mutatable_files()]
    for one in made:
        if one.error is not None:
            raise one.error
    return _known()


def _known() -> Known:
    known = {}
    for path in sorted(walk_mutatable_files()):
        kept = SourceFileMutationData(path=path)
        kept.load()
        known[path] = {name: status_by_exit_code[code] for name, code in kept.exit_code_by_key.items()}
    return known


def _drawn(known: Known, *, size: int, seed: str) -> list[tuple[Path, str]]:
    """Of each file its share, by nothing but seed and name: a change elsewhere draws the same."""
    total = sum(map(len, known.values()))

    def place(name: str) -> bytes:
        return hashlib.sha256(f"{seed} {name}".encode()).digest()

    return [
        (path, name)
        for path, names in known.items()
        for name in sorted(names, key=place)[: max(1, round(size * len(names) / total))]
    ]


def _try(names: list[str], *, workers: int) -> None:
    if not names:
        return
    command = [*MUTMUT, "run", f"--max-children={workers}", *names]
    with Path("mutmut.log").open("w", encoding="utf-8") as log:
        ended = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False)
    if ended.returncode:
        raise SystemExit(
            f"mutmut gave up, perhaps as a test fails without any fault: {Path('mutmut.log').resolve()}"
        )


def _told(room: Room, before: Known, drawn: list[tuple[Path, str]]) -> str:
    """Print each survivor; the line of the table."""
    known = _known()
    alive = [(path, name) for path, name in drawn if known[path][name] not in KILLED]
    for path, name in alive:
        print(f"\n# {name}: {known[path][name]}\n{get_diff_for_mutant(name, path=path)}")
    total, killed = sum(map(len, before.values())), len(drawn) - len(alive)
    return f"| {room.name} | {total} | {len(drawn)} | {killed} ({killed / len(drawn):.0%}) | {len(alive)} |"


if __name__ == "__main__":
    main()
