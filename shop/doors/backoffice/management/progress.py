"""How far a long command is: a bar on a terminal, plain lines elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_EVERY = 50_000


class Steps:
    """Is told the whole and how much of it is done."""

    def __init__(self, say: Any, bar: Progress | None) -> None:
        self._say = say
        self._bar = bar
        self._task = bar.add_task("rows", total=None) if bar else None
        self._total = 0
        self._told = 0

    def whole(self, total: int) -> None:
        """This many there are."""
        self._total = total
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, total=total)

    def done(self, count: int) -> None:
        """This many are done."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=count)
        elif count - self._told >= _EVERY:
            self._told = count
            self._say(f"{count:,} of {self._total:,} rows")


@contextmanager
def steps(stream: Any) -> Iterator[Steps]:
    """Show the way on the error stream, so that the answer stays alone on the other."""
    if not (hasattr(stream, "isatty") and stream.isatty()):
        yield Steps(lambda line: stream.write(line), None)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield Steps(stream.write, bar)
