"""Progress on a terminal, nothing at all in a file or a pipe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(label: str, *, wanted: bool) -> Iterator[Callable[[float], None]]:
    """A function that takes the finished share (0 to 1); it does nothing where nobody would see the bar."""
    from rich.console import Console

    console = Console(stderr=True)
    if not (wanted and console.is_interactive):
        yield lambda _share: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(label, total=1.0)
        yield lambda share: progress.update(task, completed=share)


@contextmanager
def changing_text() -> Iterator[Callable[[str], None]]:
    """A function that replaces the text it showed last; gone at the end, and nothing in a file or a pipe."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if not console.is_interactive:
        yield lambda _text: None
        return
    from rich.live import Live
    from rich.text import Text

    with Live(console=console, transient=True, auto_refresh=False) as live:
        yield lambda text: live.update(Text(text), refresh=True)
