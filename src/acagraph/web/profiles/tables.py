"""The table of members: those that were chosen, a hundred on each page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from acagraph.stores import Term
from acagraph.web.collation import by_letters
from acagraph.web.profiles.participations import Member
from acagraph.web.profiles.rosters import Choice, Roster

PER_PAGE = 100


@dataclass(frozen=True)
class Option:
    """One thing to filter by: its name in an address, its label and how many members it has."""

    slug: str
    label: str
    number: int


@dataclass(frozen=True)
class Table:
    """One page of a table; `total` fit the choice, `whole` are all, and pages count from 1."""

    subject: Term
    path: str
    rows: tuple[Member, ...]
    total: int
    whole: int
    current: int
    number: int
    last: int
    choice: Choice
    kinds: tuple[Option, ...]
    countries: tuple[Option, ...]
    coalitions: tuple[Option, ...]
    years: tuple[Option, ...]
    whereabouts: tuple[Option, ...]
    """The countries of those who are members now."""

    @property
    def first_row(self) -> int:
        """The place of the first row among all that fit."""
        return (self.number - 1) * PER_PAGE + 1

    def at(self, number: int) -> str:
        """Return the path of a page of the same choice."""
        return f"{self.path}/{number}{_query(self.choice)}"

    def by(self, sort: str) -> str:
        """Return the path of the first page in another order; the same order again is turned round."""
        down = not self.choice.down if sort == self.choice.sort else False
        return f"{self.path}/1{_query(replace(self.choice, sort=sort, down=down))}"

    @property
    def csv(self) -> str:
        """The path of all rows of the choice as a table for spreadsheets."""
        return f"{self.path}.csv{_query(self.choice)}"

    def near(self) -> tuple[int, ...]:
        """Return the numbers of the pages that are linked: the first, the last and those near by."""
        wanted = {1, self.last, *range(self.number - 2, self.number + 3)}
        return tuple(sorted(number for number in wanted if 1 <= number <= self.last))


def table(roster: Roster, choice: Choice, names: Mapping[str, str], *, path: str, number: int = 1) -> Table:
    """Return a page of a roster's members; past the end there are no rows."""
    found = roster.chosen(choice, names)
    start = (number - 1) * PER_PAGE
    return Table(
        subject=roster.subject,
        path=path,
        rows=found[start : start + PER_PAGE],
        total=len(found),
        whole=len(roster.members),
        current=roster.current,
        number=number,
        last=max(1, -(-len(found) // PER_PAGE)),
        choice=choice,
        kinds=_options(roster.kinds, names),
        countries=_options(roster.countries, names),
        coalitions=_options(roster.coalitions, names),
        years=tuple(Option(year, year, count) for year, count in reversed(roster.years.items())),
        whereabouts=_options({term: n for term, n in roster.whereabouts.items() if term is not None}, names),
    )


def _options(counts: Mapping[Term, int], names: Mapping[str, str]) -> tuple[Option, ...]:
    found = (
        Option(term.value.rpartition("#")[2].rpartition("/")[2], names.get(term.value, term.short), number)
        for term, number in counts.items()
    )
    return tuple(sorted(found, key=lambda option: (by_letters(option.label), option.slug)))


def _query(choice: Choice) -> str:
    told = {key: value for key, value in asdict(choice).items() if value and key != "down"}
    if choice.sort == Choice().sort:
        told.pop("sort")
    if choice.down:
        told["order"] = "down"
    return f"?{urlencode(told)}" if told else ""
