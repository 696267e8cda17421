"""What a long command shows while it works, and the table of where its time went."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from acagraph.cli.text import table

if TYPE_CHECKING:
    from acagraph.release.clock import Step

# Seconds that each step took for 1.4 million triples on two cores; only their proportions count.
BUILD: Mapping[str, float] = {
    "read": 3,
    "tables": 4,
    "derive": 20,
    "merge": 2,
    "judge": 8,
    "dumps": 25,
    "store": 15,
    "export": 24,
    "validation": 3,
    "changes": 3,
    "describe": 3,
    "pages": 200,
}
WITHOUT_PAGES: Mapping[str, float] = {step: usual for step, usual in BUILD.items() if step != "pages"}
VALIDATION: Mapping[str, float] = {"read": 3, "tables": 4, "derive": 20, "merge": 2, "keep": 1, "judge": 8}


@dataclass
class Estimate:
    """How long a build will still take: the usual time of the steps to come, at the pace of those done."""

    usual: Mapping[str, float] = field(default_factory=lambda: BUILD)
    clock: Callable[[], float] = time.monotonic
    step: str = ""
    _began: float = 0.0
    _done: dict[str, float] = field(default_factory=dict)

    def begin(self, step: str) -> None:
        """Note that a step begins, and the one before it is done."""
        now = self.clock()
        if self.step:
            self._done[self.step] = now - self._began
        self.step, self._began = step, now

    def left(self) -> float:
        """Return the seconds left; a step that takes longer than usual counts as about to end."""
        names = list(self.usual)
        expected = sum(self.usual.get(name, 0) for name in self._done)
        pace = sum(self._done.values()) / expected if expected else 1.0
        later = names[names.index(self.step) + 1 :] if self.step in names else []
        here = self.usual.get(self.step, 0) * pace - (self.clock() - self._began)
        return max(here, 0.0) + pace * sum(self.usual[name] for name in later)


@contextlib.contextmanager
def shown(usual: Mapping[str, float] = BUILD) -> Iterator[Callable[[Step], None]]:
    """Show the step that runs, its rows and the time left on a terminal; say nothing in a pipe."""
    from rich.console import Console
    from rich.live import Live

    from acagraph.release.clock import silent

    console, estimate, rows = Console(stderr=True), Estimate(usual), {"n": 0}

    def line() -> str:
        if not estimate.step:
            return ""
        counted = f", {rows['n']:,} rows" if rows["n"] else ""
        return f"{estimate.step}{counted}, about {_minutes(estimate.left())} left"

    def tell(step: Step) -> None:
        if step.name != estimate.step:
            estimate.begin(step.name)
        rows["n"] = step.rows
        live.refresh()

    if not console.is_terminal:
        yield silent
        return
    with Live(console=console, get_renderable=line, refresh_per_second=2, transient=True) as live:
        yield tell


@contextlib.contextmanager
def counted(what: str) -> Iterator[Callable[[int, float | None], None]]:
    """Show on a terminal how many rows are done and which part of all that is; say nothing in a pipe.

    What is yielded takes both; the part is None where nobody knows it.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda *_: None
        return
    columns = (TextColumn("{task.fields[rows]:,} {task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None, rows=0)

        def tell(rows: int, part: float | None) -> None:
            bar.update(task, total=None if part is None else 1.0, completed=part or 0.0, rows=rows)

        yield tell


def steps_table(steps: Sequence[Step]) -> str:
    """Return what each step did and took: rows of tables, triples, seconds, peak memory."""
    rows = [
        (
            step.name,
            f"{step.rows:,}" if step.rows else "",
            f"{step.triples:,}",
            f"{step.seconds:.1f}",
            f"{step.peak / 2**20:,.0f}",
        )
        for step in steps
    ]
    peak = max((step.peak for step in steps), default=0) / 2**20
    rows.append(("all", "", "", f"{sum(step.seconds for step in steps):.1f}", f"{peak:,.0f}"))
    return table(("step", "rows", "triples", "seconds", "peak MB"), rows)


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
