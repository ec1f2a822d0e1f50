"""Showing how far long work has come: a bar on a terminal, plain lines otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

console = Console()


class Tell(Protocol):
    """A function that is told how many are done and, where that is only known on the way, of how many."""

    def __call__(self, done: int, of: int | None = None, /) -> None: ...


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Tell]:
    """A bar on a terminal, a plain line each tenth otherwise."""
    if console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console) as bars:
            task = bars.add_task(title, total=total)
            yield lambda done, of=None, /: bars.update(task, completed=done, total=of or total)
        return
    tenths = 0

    def say(done: int, of: int | None = None, /) -> None:
        nonlocal tenths
        all_of_it = of or total
        if all_of_it and done * 10 // all_of_it > tenths:
            tenths = done * 10 // all_of_it
            click.echo(f"{title}: {done} of {all_of_it}")

    yield say


def say_table(table: str, rows: int) -> None:
    """Write how far a table has come, on a terminal over and over in one line; elsewhere nothing."""
    if console.is_terminal:
        console.print(f"{table}: {rows}", end="\r")
