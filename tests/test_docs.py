"""Documents that cannot rot: generated pages are fresh, commands parse, links lead somewhere."""

import re
import shlex
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest
from typer.core import TyperGroup

from imu.analysis import analyze
from imu.analysis.columns import STRIDE_COLUMNS
from imu.analysis.flags import MEANINGS, SPOILING
from imu.cli.app import RESTRIDE
from imu.simulate import SimulationConfig, simulate
from tests.conftest import Restride

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("firmware/*.md")])
WRITTEN = [page for page in PAGES if page.name != "cli.md"]


@pytest.mark.unhurried
def test_the_page_of_the_command_line_is_fresh() -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "docs" / "cli_page.py"], capture_output=True, text=True, check=True
    )
    assert (ROOT / "docs" / "cli.md").read_text() == made.stdout, "run: make docs"


@pytest.mark.parametrize(
    ("page", "maker"),
    [
        ("following.md", "following_example.py"),
        ("glossary.md", "glossary_tables.py"),
        ("privacy.md", "privacy_tables.py"),
    ],
)
@pytest.mark.slow
def test_what_programs_print_into_a_page_is_what_they_print(page: str, maker: str) -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "docs" / maker], capture_output=True, text=True, check=True
    ).stdout
    assert made
    assert made in (ROOT / "docs" / page).read_text(), "run: make docs"


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_every_command_in_the_documents_is_one_that_restride_takes(page: Path) -> None:
    for block in re.findall(r"```sh\n(.*?)```", page.read_text(), flags=re.DOTALL):
        for line in block.splitlines():
            words = list(takewhile(lambda word: word != ">", shlex.split(line, comments=True)))
            if words and Path(words[0]).name == "restride":
                verb, *arguments = words[1:]
                assert isinstance(RESTRIDE, TyperGroup)
                context = RESTRIDE.make_context("restride", [verb, *arguments])
                command = RESTRIDE.get_command(context, verb)
                if isinstance(command, TyperGroup) and arguments and arguments[0] in command.commands:
                    context = command.make_context(verb, [], parent=context, resilient_parsing=True)
                    verb, *arguments = arguments
                    command = command.commands[verb]
                    context.resilient_parsing = False
                assert command is not None, line
                assert command.make_context(verb, arguments, parent=context).params, line


@pytest.mark.parametrize("page", ["coach.md", "clinician.md"])
def test_who_acts_is_said_in_every_command_for_those_who_look_after_others(page: str) -> None:
    """Beside the runner's account there is theirs, and nobody is guessed."""
    assert isinstance(RESTRIDE, TyperGroup)
    asked = 0
    for command in re.findall(
        r"^\|? ?`?(restride [^`\n]+)", (ROOT / "docs" / "guides" / page).read_text(), re.M
    ):
        leaf: object = RESTRIDE
        for word in shlex.split(command, comments=True)[1:]:
            if not isinstance(leaf, TyperGroup) or word not in leaf.commands:
                break
            leaf = leaf.commands[word]
        options = {name for one in getattr(leaf, "params", ()) for name in one.opts}
        if isinstance(leaf, TyperGroup) or "--as" in options:
            assert " --as " in command, command
            asked += 1
    assert asked > 8


@pytest.mark.slow
def test_the_first_commands_of_a_tinkerer_do_what_his_guide_says(
    restride: Restride, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "guides" / "tinkerer.md").read_text()
    commands = re.findall(r"restride (?:simulate|analyze run|import run) [^`\n]*", page)
    assert len(commands) == 3
    for command in commands:
        done = restride(*shlex.split(command)[1:])
        assert done.returncode == 0, f"{command}: {done.stderr}"
    assert (tmp_path / "found" / "report.html").is_file()


def test_a_red_flag_is_told_as_the_guide_for_a_runner_says(restride: Restride) -> None:
    page = (ROOT / "docs" / "guides" / "runner.md").read_text()
    (command,) = re.findall(r"`restride (checkin [^`]*--red-flag [^`]*)`", page)
    done = restride(*shlex.split(command), "--no-run")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    missing = [target for target in local if not (page.parent / target).exists()]
    assert missing == []


def test_the_method_lists_the_columns_and_flags_of_the_code() -> None:
    rows = set((ROOT / "docs" / "method.md").read_text().splitlines())
    columns = {f"| `{c.name}` | {c.unit} | {c.meaning} |".replace("|  |", "| |") for c in STRIDE_COLUMNS}
    flags = {
        f"| `{flag.word}` | {meaning} | {'no' if flag & SPOILING else 'yes'} |"
        for flag, meaning in MEANINGS.items()
    }
    assert columns - rows == set()
    assert flags - rows == set()


def test_the_method_names_every_key_of_the_summary() -> None:
    recording = simulate(SimulationConfig(pattern="stand:6,run:20@3")).recording
    summary = analyze(recording).summary
    method = (ROOT / "docs" / "method.md").read_text()
    section = method.partition("### summary.json")[2].partition("\n## ")[0]
    assert [key for key in summary if f"`{key}`" not in section] == []


@pytest.mark.unhurried
def test_the_example_of_the_live_window_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "live.md").read_text(), flags=re.DOTALL)
    exec(example, {})
    *strides, state = capsys.readouterr().out.splitlines()
    assert len(strides) > 40
    assert all(re.fullmatch(r"(left|right) \d+\.\d s: -?\d+°", stride) for stride in strides)
    assert state.startswith("run ")


@pytest.mark.slow
def test_every_picture_of_the_method_can_be_drawn_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "docs" / "figures.py", tmp_path], check=True, cwd=ROOT)
    method = (ROOT / "docs" / "method.md").read_text()
    shown = set(re.findall(r"\(images/(\w+\.svg)\)", method))
    assert shown == {picture.name for picture in tmp_path.iterdir()}
