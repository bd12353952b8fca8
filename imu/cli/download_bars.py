"""How far downloads are: a bar per sensor with the time it still needs; in a pipe a line per tenth."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from imu.cli.told import echo

Told = Callable[[str, float], None]  # of which sensor, what share of its log is here


@contextmanager
def download_bars(placements: Sequence[str]) -> Iterator[Told]:
    """Bars on a terminal, lines elsewhere. What an earlier download fetched counts, but not for the speed."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_interactive:
        yield _lines(placements)
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=console) as bars:
        tasks = {placement: bars.add_task(placement, total=1.0, start=False) for placement in placements}

        def told(placement: str, share: float) -> None:
            task = tasks[placement]
            if not bars.tasks[task].started:
                bars.reset(task)  # which also starts it: what is here already took no time
                bars.tasks[task].completed = share
            else:
                bars.update(task, completed=share)

        yield told


def _lines(placements: Sequence[str]) -> Told:
    tenths = dict.fromkeys(placements, -1)

    def told(placement: str, share: float) -> None:
        if int(10 * share) > tenths[placement]:
            tenths[placement] = int(10 * share)
            echo(f"{placement}: {100 * share:.0f} % fetched", err=True)

    return told
