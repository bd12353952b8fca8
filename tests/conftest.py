"""What every test may ask for."""

import gc
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import create_engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite as SQLiteDialect

from imu.cli import main
from imu.store import database
from tests.sharing_out import shared_out

REPOSITORY = Path(__file__).resolve().parents[1]

# The script of the distribution, spelled out: tests need no particular place of installation.
COMMAND = [sys.executable, "-c", "from imu.cli import main; main()"]
Restride = Callable[..., "subprocess.CompletedProcess[str]"]


# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_configure() -> None:
    """A shell that starts tests in the background has them, and all that they start, ignore Ctrl-C."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Of `--numprocesses auto`: five workers for two cores, as much of their time is waiting for sensors that
    send no faster than real ones; six take longer, as each collects all tests. Beyond eight, memory is worth
    more. Of `logical`: one for each core, for tests that hardly wait.
    """
    cores = os.cpu_count() or 1
    if config.getoption("numprocesses") == "logical":
        return cores
    return max(cores, min(5 * cores // 2, 8))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Hardly anything is garbage until all tests are collected."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(trylast=True)  # of those that were asked for
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes > 1:
        items[:] = shared_out(items, processes=processes)


def pytest_collection_finish() -> None:
    """All modules stay to the end: no collection of a test's garbage looks through them again.

    Nor is garbage looked for after every few hundred objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def shared_samples() -> Path:
    """The folder of sample recordings with truth; tests that need it are skipped where it is absent."""
    shared = Path(os.environ.get("RESTRIDE_SHARED", REPOSITORY.parent / "shared"))
    samples = shared / "samples"
    if not (samples / "index.csv").is_file():
        pytest.skip(f"no sample recordings at {samples}: set RESTRIDE_SHARED to the folder that holds them")
    return samples.resolve()


@pytest.fixture(scope="session", autouse=True)
def _sql_is_compiled_once() -> Iterator[None]:
    """Every test has an engine of its own, and each would compile the same statements again."""
    statements: dict[Any, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLiteDialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(SQLiteDialect, "__hash__", lambda one: hash(type(one)))
        together = partial(create_engine, execution_options={"compiled_cache": statements})
        patch.setattr(database, "create_engine", together)
        yield


@pytest.fixture(autouse=True)
def restride_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep every test out of the user's own RESTRIDE_HOME."""
    home = tmp_path / "restride-home"
    monkeypatch.setenv("RESTRIDE_HOME", str(home))
    return home


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file may grow beyond a few kilobytes, as on a disk that is nearly full."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def restride(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Restride:
    """`restride("analyze", folder, "--out", out)`, ended as a process would, without paying for a new one."""

    def run(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
        words = ["restride", *map(str, arguments)]
        with monkeypatch.context() as patched, warnings.catch_warnings():
            patched.setattr(sys, "argv", words)
            for name, value in environment.items():
                patched.setenv(name, value)
            before = os.umask(0o022)  # as a machine has it; the program's own ends with it
            try:
                with pytest.raises(SystemExit) as ended:
                    main()
            finally:
                os.umask(before)
        shown = capfd.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return subprocess.CompletedProcess(words, code, shown.out, shown.err)

    return run
