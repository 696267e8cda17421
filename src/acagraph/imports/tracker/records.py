"""Rows of the Net Zero Tracker, read and checked: words that are known, numbers that are in range."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.imports.tables import Loss
from acagraph.imports.tracker import words
from acagraph.imports.workbook import Record, Records, sheet_with

REGISTER = "net-zero-tracker"

_YEARS = range(1850, 2151)
_ID = re.compile(r"[A-Z]{3}-[0-9]{4}")
_COUNTRY = re.compile(r"[A-Z]{3}")
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")
_UPDATED = re.compile(r"(20[0-9]{2}-[01][0-9]-[0-3][0-9])(?:[ T][0-9:]+)?")
_TARGET_PARTS = (
    "percentage_reduction",
    "baseline_year",
    "intensity_unit",
    "baseline_emissions",
    "target_emissions",
    "bau_emissions",
    "year",
)
_COLUMNS = (
    *("last_updated", "id_code", "name", "country", "actor_type", "isin_id", "sector"),
    *("race_to_zero_member", "memberships", "population"),
    *("end_target_status", "status_date", "scope_1", "scope_2", "scope_3"),
    *(f"{which}_target" for which in ("end", "interim")),
    *(f"{which}_target_{part}" for which in ("end", "interim") for part in _TARGET_PARTS),
)


@dataclass(frozen=True)
class Target:
    """A target as a row gives it; `unit` is a concept of the scheme unit, the levels have none."""

    word: str
    year: int | None = None
    percent: Decimal | None = None
    baseline_year: int | None = None
    unit: str = ""
    baseline_level: Decimal | None = None
    target_level: Decimal | None = None
    scenario_level: Decimal | None = None


@dataclass(frozen=True)
class Tracked:
    """One row: a country, region, city or company; `updated` is a day, `scopes` are concepts."""

    line: int
    id_code: str
    name: str
    country: str
    actor_type: str
    updated: str
    end: Target
    interim: Target
    financial: bool = False
    isin: str = ""
    campaigns: tuple[str, ...] = ()
    status: str = ""
    status_year: int | None = None
    scopes: tuple[str, str, str] = ("", "", "")
    population: Decimal | None = None

    @property
    def record(self) -> str:
        """The slug of the record: net-zero-tracker-com-0001."""
        return f"{REGISTER}-{self.id_code.lower()}"


@dataclass(frozen=True)
class Snapshot:
    """The rows of a publisher's file in its order, and the values that its rows lose in reading."""

    rows: tuple[Tracked, ...]
    losses: tuple[Loss, ...]


def read_snapshot(
    path: Path, *, exceptions: Mapping[tuple[str, str], str], units: Mapping[str, str]
) -> Snapshot:
    """Return the rows of a snapshot.

    exceptions gives the reason why a value of a column is left out, units the concept of the scheme unit for
    each wording of an intensity. Raises SourceError with file, line, column and value for a word that is not
    known, a number out of range and an identifier that is malformed or there twice, unless excepted.
    """
    records = sheet_with(path, _COLUMNS)
    reader = _Reader(records, exceptions, units)
    rows = tuple(reader.tracked(record) for record in records)
    _refuse_twice(records, rows)
    return Snapshot(rows, tuple(reader.losses))


def _refuse_twice(records: Records, rows: Sequence[Tracked]) -> None:
    lines: dict[str, int] = {}
    for row in rows:
        if row.id_code in lines:
            message = f"{row.id_code} is there already in line {lines[row.id_code]}; keep one of them"
            raise records.sheet.fail(message, line=row.line, column="id_code")
        lines[row.id_code] = row.line


@dataclass(frozen=True)
class _Cell:
    """A cell: where it stands, and its text, empty where an exception leaves it out."""

    records: Records
    line: int
    column: str
    text: str

    def fail(self, wanted: str) -> SourceError:
        """Return the error for a value that is not known."""
        message = f"{self.text!r} {wanted}; or list the value in exceptions.csv with a reason"
        return self.records.sheet.fail(message, line=self.line, column=self.column)

    def one_of(self, known: Iterable[str]) -> str:
        """Return the text, which has to be one of the known words."""
        known = tuple(known)
        if self.text not in known:
            raise self.fail(f"is not one of {', '.join(word or '(empty)' for word in known)}")
        return self.text

    def matching(self, pattern: re.Pattern[str], wanted: str) -> str:
        """Return the text, which has to be of a form."""
        if not pattern.fullmatch(self.text):
            raise self.fail(wanted)
        return self.text

    def number(self) -> Decimal | None:
        """Return a decimal number, None when the cell is empty."""
        if not self.text:
            return None
        try:
            number = Decimal(self.text)
        except InvalidOperation:
            raise self.fail("is no number") from None
        if not number.is_finite():
            raise self.fail("is no number")
        return number

    def year(self) -> int | None:
        """Return a year from 1850 to 2150."""
        number = self.number()
        if number is not None and (number != int(number) or int(number) not in _YEARS):
            raise self.fail("is no year from 1850 to 2150")
        return None if number is None else int(number)

    def percent(self) -> Decimal | None:
        """Return a percentage from 1 to 100: below 1, a share stands where a percentage is asked."""
        number = self.number()
        if number is not None and not 1 <= number <= 100:
            raise self.fail("is no percentage from 1 to 100")
        return number

    def amount(self) -> Decimal | None:
        """Return a number above zero."""
        number = self.number()
        if number is not None and number <= 0:
            raise self.fail("is no number above zero")
        return number


class _Reader:
    """Reads rows one after the other and keeps what exceptions leave out."""

    def __init__(
        self, records: Records, exceptions: Mapping[tuple[str, str], str], units: Mapping[str, str]
    ) -> None:
        self._records = records
        self._exceptions = exceptions
        self._units = units
        self.losses: list[Loss] = []

    def tracked(self, record: Record) -> Tracked:
        """Return a row as it is understood."""

        def cell(column: str) -> _Cell:
            return self._cell(record, column)

        updated = cell("last_updated").matching(_UPDATED, "is no day such as 2022-12-20")
        scopes = [words.SCOPES[cell(f"scope_{n}").one_of(words.SCOPES)] for n in (1, 2, 3)]
        isin = cell("isin_id")
        return Tracked(
            line=record.line,
            id_code=cell("id_code").matching(_ID, "is no identifier such as COM-0001"),
            name=" ".join(cell("name").matching(re.compile(r".*\S.*"), "is no name").split()),
            country=cell("country").matching(_COUNTRY, "is no code of three capital letters"),
            actor_type=cell("actor_type").one_of(words.ACTOR_TYPES),
            updated=updated[:10],
            end=self._target(record, "end"),
            interim=self._target(record, "interim"),
            financial=cell("sector").text == "Financial services",
            isin=isin.text and isin.matching(_ISIN, "is no ISIN"),
            campaigns=self._campaigns(record),
            status=words.STATUSES[cell("end_target_status").one_of(words.STATUSES)],
            status_year=cell("status_date").year(),
            scopes=_three(f"scope-{n}{end}" if end is not None else "" for n, end in enumerate(scopes, 1)),
            population=self._population(record),
        )

    def _cell(self, record: Record, column: str) -> _Cell:
        text = record.values[column]
        reason = self._exceptions.get((column, text)) if text else None
        if reason is not None:
            self._lose(record, column, reason)
            text = ""
        return _Cell(self._records, record.line, column, text)

    def _target(self, record: Record, which: str) -> Target:
        def cell(part: str) -> _Cell:
            return self._cell(record, f"{which}_target_{part}")

        unit = cell("intensity_unit")
        if unit.text and unit.text not in self._units:
            raise unit.fail("is no unit that is known; say in values.csv what it means")
        return Target(
            word=self._cell(record, f"{which}_target").one_of(("", *words.TARGETS)),
            year=cell("year").year(),
            percent=cell("percentage_reduction").percent(),
            baseline_year=cell("baseline_year").year(),
            unit=self._units[unit.text] if unit.text else "",
            baseline_level=cell("baseline_emissions").number(),
            target_level=cell("target_emissions").number(),
            scenario_level=cell("bau_emissions").number(),
        )

    def _population(self, record: Record) -> Decimal | None:
        number = self._cell(record, "population").amount()
        if number is not None and record.values["actor_type"] == "Company":
            self._lose(record, "population", "a company has no inhabitants")
            return None
        return number

    def _lose(self, record: Record, column: str, reason: str) -> None:
        slug = f"{REGISTER}-{record.values['id_code'].lower()}"
        self.losses.append(Loss(slug, column, record.values[column], reason))

    def _campaigns(self, record: Record) -> tuple[str, ...]:
        found = []
        if self._cell(record, "race_to_zero_member").one_of(("Yes", "No")) == "Yes":
            found.append(words.CAMPAIGNS["Race to Zero"])
        cell = self._cell(record, "memberships")
        for name in filter(None, cell.text.split("|")):
            if name not in words.CAMPAIGNS:
                raise cell.fail(f"names {name!r}, which is no campaign that is known")
            found.append(words.CAMPAIGNS[name])
        return tuple(sorted(set(found)))


def _three(scopes: Iterable[str]) -> tuple[str, str, str]:
    first, second, third = scopes
    return first, second, third
