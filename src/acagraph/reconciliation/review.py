"""What people decided about doubtful matches."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text

_COLUMNS = ("record", "candidate", "decision")


@dataclass(frozen=True)
class Rulings:
    """Candidates that a person called the same as a record, or different from it."""

    same: Mapping[str, str] = field(default_factory=dict)
    different: Mapping[str, frozenset[str]] = field(default_factory=dict)


def separator(header: str) -> str:
    """Return what divides the column names: spreadsheets of many countries save a table with semicolons.

    >>> separator("record;decision"), separator("record,decision")
    (';', ',')
    """
    return max((",", ";", "\t"), key=header.count)


def read_rulings(path: Path) -> Rulings:
    """Read the decisions of a `review.csv`: `same` and `different` by record; a missing file has none.

    A row with an empty decision waits for one and is passed over. Raises SourceError, with the line, for
    another decision, for a record that is the same as two candidates, and for a pair decided both ways.
    """
    if not path.is_file():
        return Rulings()
    lines = read_text(path).splitlines(keepends=True)
    reader = csv.DictReader(lines, restval="", delimiter=separator(lines[0] if lines else ""))
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        message = f"has no column {' and no column '.join(missing)}; add it"
        raise SourceError(message, path=path, line=1)
    same: dict[str, str] = {}
    different: dict[str, set[str]] = {}
    for row in reader:
        record, candidate, decision = (row[name].strip() for name in _COLUMNS)
        decision = decision.casefold()
        if decision == "same":
            if same.setdefault(record, candidate) != candidate:
                message = f"{record} is the same as {same[record]} already; an actor is one of the two"
                raise SourceError(message, path=path, line=reader.line_num)
        elif decision == "different":
            different.setdefault(record, set()).add(candidate)
        elif decision:
            message = f'decision "{decision}" is not known; write same or different, or leave it empty'
            raise SourceError(message, path=path, line=reader.line_num)
        if same.get(record) in different.get(record, set()):
            message = (
                f"{record} and {same[record]} are the same in one row and different in another; keep one"
            )
            raise SourceError(message, path=path, line=reader.line_num)
    return Rulings(same, {record: frozenset(found) for record, found in different.items()})
