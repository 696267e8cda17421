"""What became of the rows of a list, in numbers, and what was not understood in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from acagraph.spreadsheets.reading import Line

Verdict = Literal["matched", "doubtful", "nothing", "unnamed"]


@dataclass
class Trouble:
    """Something in rows that was not understood, with how many there are and the first."""

    what: str
    line: int
    column: str
    text: str
    rows: int = 0

    def __str__(self) -> str:
        """Return a sentence about it."""
        rows = "1 row has" if self.rows == 1 else f"{self.rows:,} rows have"
        return f"{rows} {self.what}, the first in line {self.line}, column {self.column}: {self.text[:50]!r}"


@dataclass
class Tally:
    """How many rows were matched, are doubtful, found nothing or have no name."""

    rows: int = 0
    counts: dict[Verdict, int] = field(
        default_factory=lambda: {"matched": 0, "doubtful": 0, "nothing": 0, "unnamed": 0}
    )
    troubles: dict[tuple[str, str], Trouble] = field(default_factory=dict)

    def add(self, verdict: Verdict) -> None:
        """Count a row."""
        self.rows += 1
        self.counts[verdict] += 1

    def report(self, what: str, line: Line, column: str, text: str) -> None:
        """Note what was not understood in a row."""
        self.troubles.setdefault((what, column), Trouble(what, line.number, column, text)).rows += 1

    def __str__(self) -> str:
        """Return the numbers in a line."""
        counts = self.counts
        unnamed = f", {counts['unnamed']:,} without a name" if counts["unnamed"] else ""
        return (
            f"{self.rows:,} row{'' if self.rows == 1 else 's'}: {counts['matched']:,} matched, "
            f"{counts['doubtful']:,} doubtful, {counts['nothing']:,} with nothing found{unnamed}"
        )
