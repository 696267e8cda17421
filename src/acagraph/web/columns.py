"""What the columns of a table hold, as far as their values tell: numbers, years, dates, countries, things."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from acagraph.stores import Row, Term
from acagraph.stores.terms import FLOATS, INTEGERS
from acagraph.vocab import BASE, XSD

_NUMBERS = INTEGERS | FLOATS | {XSD + "decimal"}
_DATES = frozenset(XSD + name for name in ("date", "dateTime", "gYear", "gYearMonth"))
_DATE = re.compile(r"(\d{4})(?:-\d{2}(?:-\d{2})?)?")
# As sources give dates: some are spans.
_WRITTEN_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?(?:/(?:\.\.|\d{4}(?:-\d{2}(?:-\d{2})?)?)?)?")
_YEARS = range(1500, 2300)
# What such columns are called in saved queries: `baselineYear`, `due`.
_YEARLY = re.compile(r"(?:.*year|due)", re.IGNORECASE)
_LABEL, _DAY, _PLACE = "Label", "Date", "Offset"
# They are told of by what they say, and have no names.
_STATEMENTS = (f"{BASE}id/statement/", f"{BASE}id/evidence/")
_SOURCES = f"{BASE}id/source/"


@dataclass(frozen=True)
class Columns:
    """The columns of a table by what they hold, each kind in the order of the table."""

    numbers: tuple[str, ...]
    years: tuple[str, ...]
    dates: tuple[str, ...]
    countries: tuple[str, ...]
    things: tuple[str, ...]
    texts: tuple[str, ...]
    nameless: tuple[str, ...] = ()
    """The things that no row is called by: statements, and sources of something else."""

    @property
    def names(self) -> tuple[str, ...]:
        """What a row can be called by: a thing, or else a text."""
        return tuple(name for name in self.things if name not in self.nameless) or self.texts

    @property
    def amounts(self) -> tuple[str, ...]:
        """The numbers that tell how much; those of places in a text do not."""
        return tuple(name for name in self.numbers if not name.endswith(_PLACE))

    def own(self, times: Sequence[str]) -> tuple[str, ...]:
        """Return the times of the rows themselves: `sourceDate` beside a source is the day of that."""
        others = {name + _DAY for name in self.things[1:]}
        return tuple(name for name in times if name not in others)

    def visible(self, variables: Sequence[str]) -> tuple[str, ...]:
        """Return the columns that say something of their own: a label stands with its thing."""
        return tuple(
            name
            for name in variables
            if not (name.endswith(_LABEL) and name.removesuffix(_LABEL) in self.things)
        )


def columns(variables: Sequence[str], found: Sequence[Row], codes: Mapping[str, str]) -> Columns:
    """Tell what each column holds, if its values are of one kind; `codes` are those of countries, by IRI."""
    kinds: dict[str, list[str]] = {}
    for name in variables:
        values = [row[name] for row in found if name in row]
        if not values:
            continue
        for kind in _kinds(name, values, codes):
            kinds.setdefault(kind, []).append(name)
    # A label says again what its thing is called.
    texts = [
        name
        for name in kinds.get("texts", ())
        if name.removesuffix(_LABEL) not in kinds.get("things", ()) or not name.endswith(_LABEL)
    ]
    return Columns(
        numbers=tuple(kinds.get("numbers", ())),
        years=tuple(kinds.get("years", ())),
        dates=tuple(kinds.get("dates", ())),
        countries=tuple(kinds.get("countries", ())),
        things=tuple(kinds.get("things", ())),
        texts=tuple(texts),
        nameless=(
            *kinds.get("statements", ()),
            *(name for name in kinds.get("sources", ()) if name != kinds["things"][0]),
        ),
    )


def named(row: Row, column: str, labels: Mapping[str, str]) -> str:
    """Return what a row's value is called: by a column of labels beside it, or by what is known of it."""
    term = row.get(column)
    if term is None:
        return ""
    beside = row.get(column + _LABEL)
    return beside.value if beside is not None else labels.get(term.value, term.short)


def number(term: Term | None) -> float | None:
    """Return the number that a term is, or None."""
    value = term.to_python() if term is not None and term.datatype in _NUMBERS else None
    return float(value) if isinstance(value, int | float | Decimal) else None


def year(term: Term | None) -> int | None:
    """Return the year of a date, or the number that is one, or None."""
    found = _DATE.match(term.value) if term is not None else None
    return int(found[1]) if found else None


def _kinds(name: str, values: Sequence[Term], codes: Mapping[str, str]) -> tuple[str, ...]:
    if all(term.kind == "iri" for term in values):
        if all(term.value.startswith(_STATEMENTS) for term in values):
            return ("things", "statements")
        if all(term.value.startswith(_SOURCES) for term in values):
            return ("things", "sources")
        places = all(term.value in codes for term in values)
        return ("things", "countries") if places else ("things",)
    if all(term.datatype in _DATES and _DATE.match(term.value) for term in values):
        yearly = all(term.datatype == XSD + "gYear" for term in values)
        return ("years",) if yearly else ("dates", "years")
    if all(number(term) is not None for term in values):
        yearly = _YEARLY.fullmatch(name) is not None and all(term.to_python() in _YEARS for term in values)
        return ("years",) if yearly else ("numbers",)
    if all(term.kind == "literal" for term in values):
        return (
            ("dates", "years") if all(_WRITTEN_DATE.fullmatch(term.value) for term in values) else ("texts",)
        )
    return ()
