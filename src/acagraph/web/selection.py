"""What of a table is drawn, and in which shape: only what can be compared, and never two values as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from acagraph.stores import Row, Term
from acagraph.vocab import BASE, PREFIXES
from acagraph.web.columns import Columns, number, year

STEPS, UPRIGHT, BARS, TIMELINE = "steps", "upright", "bars", "timeline"
_UNITS, _QUALIFIERS, _METRICS = PREFIXES["qudt-unit"], f"{BASE}scheme/qualifier/", f"{BASE}scheme/metric/"
# A number without dimension: members and people are both counted in it, and are no more comparable for that.
_NUMBER = f"{_UNITS}NUM"
# What is at least or at most so much was not counted: drawn, it would stand beside what was.
COUNTED = {_QUALIFIERS + name for name in ("exact", "about")}
_MOST_NAMES = 2


@dataclass(frozen=True)
class Selection:
    """What is drawn: rows, the columns of times and of values, and those that name a row, each or all empty.

    `partial` says that rows with values were left out.
    """

    shape: str
    rows: Sequence[Row]
    when: str = ""
    what: str = ""
    names: tuple[str, ...] = ()
    partial: bool = False


def selection(found: Columns, rows: Sequence[Row]) -> Selection | None:
    """Choose how a table is drawn; None where no picture would be true to it."""
    return _of_values(found, rows) or _of_moments(found, rows)


def is_once(rows: Sequence[Row], column: str) -> bool:
    """Tell whether every row has another value of a column."""
    return len({row[column] for row in rows if column in row}) == len(rows)


def metric_of(rows: Sequence[Row]) -> Term | None:
    """Return the metric that all rows are figures of, or None."""
    found = {next((term for term in row.values() if term.value.startswith(_METRICS)), None) for row in rows}
    return found.pop() if len(found) == 1 else None


def _of_values(found: Columns, rows: Sequence[Row]) -> Selection | None:
    """Choose among the shapes of numbers, the first that tells them apart."""
    what = next((name for name in found.amounts if sum(name in row for row in rows) * 2 >= len(rows)), "")
    valued = [row for row in rows if number(row.get(what)) is not None]
    drawn = list(_comparable(valued))
    if not drawn:
        return None
    partial = len(drawn) < len(valued)
    dates, years = found.own(found.dates), found.own(found.years)
    if dates:
        names = _naming(drawn, found.names, beside=dates[:1])
        if names is not None and _changes(drawn, dates[0], names):
            return Selection(STEPS, drawn, dates[0], what, names, partial)
    # Parts of a bar are summed by those who look at it: only what was counted for each year and kind.
    if len(years) == 1 and len(found.names) < 2 and _are_apart(drawn, (*years, *found.names)):
        return Selection(UPRIGHT, drawn, years[0], what, found.names, partial)
    names = _naming(drawn, found.names)
    return Selection(BARS, drawn, "", what, names, partial) if names else None


def _of_moments(found: Columns, rows: Sequence[Row]) -> Selection | None:
    """Choose what happened when, if most rows tell of another thing or time, and not of an amount."""
    times = found.own(found.dates)[:1] or found.own(found.years)
    told = any(all(name in row for row in rows) for name in found.amounts)
    if len(times) != 1 or not found.names or told:
        return None
    [when] = times
    dated = [row for row in rows if when in row]
    name = next(iter(_varying(dated, found.names)), found.names[0])
    first = {(row[when], row[name]): row for row in reversed(dated) if name in row}
    if len(first) * 2 < len(dated):
        return None
    return Selection(TIMELINE, list(reversed(first.values())), when, "", (name,)) if first else None


def _comparable(rows: Sequence[Row]) -> Iterable[Row]:
    """Yield the rows with no bounds and of one unit, that of most; counts only of the same."""
    counted = [row for row in rows if not any(_is_bound(term) for term in row.values())]
    measures = [_measure(row) for row in counted]
    most = max(Counter(measures).items(), key=lambda item: item[1], default=(None, 0))[0]
    return (row for row, measure in zip(counted, measures, strict=True) if measure == most)


def _measure(row: Row) -> tuple[str, str]:
    """Return the unit of a row, and what is counted where that is a mere number; each empty without one."""
    unit, metric = (
        next((term.value for term in row.values() if term.value.startswith(start)), "")
        for start in (_UNITS, _METRICS)
    )
    return unit, metric if unit == _NUMBER else ""


def _is_bound(term: Term) -> bool:
    return term.value.startswith(_QUALIFIERS) and term.value not in COUNTED


def _changes(rows: Sequence[Row], when: str, names: Sequence[str]) -> bool:
    """Tell whether anything has values of two years."""
    seen = {(tuple(row.get(name) for name in names), year(row.get(when))) for row in rows}
    return any(count > 1 for count in Counter(key for key, at in seen if at is not None).values())


def _naming(
    rows: Sequence[Row], names: Sequence[str], beside: tuple[str, ...] = ()
) -> tuple[str, ...] | None:
    """Return the fewest columns that tell rows apart, alone or with others; None where many would have to."""
    varying = _varying(rows, names) or tuple(names[:1])
    for count in range(len(varying[:1]), _MOST_NAMES + 1):
        if _are_apart(rows, (*beside, *varying[:count])):
            return varying[:count]
    return None


def _varying(rows: Sequence[Row], names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that do not say the same in every row."""
    return tuple(name for name in names if len({row.get(name) for row in rows}) > 1)


def _are_apart(rows: Sequence[Row], columns: Sequence[str]) -> bool:
    keys = [tuple(row.get(name) for name in columns) for row in rows]
    return len(set(keys)) == len(keys)
