"""The rows of the register, each value checked; names of persons are recognised, and kept nowhere."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.imports import workbook
from acagraph.reconciliation.folding import fold

REGISTER = "jrc-covenant"

_EMPTY = ("", "-")
_FLAGS = {"true": True, "false": False}
_STATUS = {"published": "active", "on_hold": "suspended"}
_ADHESIONS = {
    "As an individual signatory": "individual",
    "As a group of signatories committing individually (joint SEAP - option 1)": "joint, each for itself",
    "As a group of signatories committing collectively (joint SEAP - option 2)": "joint, together",
}
# A column with the field that it gives a statement of its own.
_PLEDGES = {
    "commitment_CoM2020_flag": "pledge-2020",
    "commitment_CoM2030_flag": "pledge-2030",
    "commitment_CoM2050_flag": "pledge-2050",
    "commitment_mayoradapt_flag": "adaptation",
}
COLUMNS = (
    "organisation_id",
    "organisation_name",
    "coordinator_name",
    "supporter_name",
    "country_code",
    "population_adhesion",
    "organisation_latitude",
    "organisation_longitude",
    "group_organisation_id",
    "group_name",
    *_PLEDGES,
    "adhesion_type",
    "signatory_status",
    "date_of_adhesion",
    "group_profile",
    "gcom_id",
)
_ID = re.compile(r"[0-9]+(_[a-z]+)?")
_COUNTRY = re.compile(r"[a-z]{2}")
_COUNT = re.compile(r"[0-9]+")
# Some positions have a decimal comma, which cannot be anything else there.
_DEGREES = re.compile(r"(-?[0-9]{1,3})(?:[.,]([0-9]+))?")

# A tenth of a metre: more digits are left over from arithmetic.
_PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class Position:
    """Latitude and longitude in degrees (WGS 84), as canonical decimals."""

    latitude: str
    longitude: str

    @property
    def degrees(self) -> tuple[float, float]:
        """Both as numbers."""
        return float(self.latitude), float(self.longitude)

    @property
    def whole(self) -> bool:
        """Whether both are whole degrees, which can be a hundred kilometres off."""
        return self.latitude.endswith(".0") and self.longitude.endswith(".0")


@dataclass(frozen=True)
class Signatory:
    """One record of the register; an empty string is what it does not tell.

    `country` is ISO 3166-1 alpha-2, `status` a slug of participation-status, `pledges` are fields of
    statements. `group` is the id of the group that it belongs to, `is_group` tells that it is one itself.
    `unnamed` tells that the register has the name of a person for it, and that `name` is made of its id.
    """

    line: int
    id: str
    name: str
    country: str
    adhesion: datetime.date
    status: str
    pledges: tuple[str, ...]
    is_group: bool
    population: int | None
    position: Position | None
    group: str
    group_name: str
    supporter: str
    coordinator: str
    gcom: str
    unnamed: bool

    @property
    def record(self) -> str:
        """The slug of the record: its evidence, and that of its actor and place when they are new."""
        return record_slug(self.id)


def record_slug(identifier: str) -> str:
    """Return the slug of the record or group that has an id in the register."""
    return f"{REGISTER}-{re.sub('[^a-z0-9]+', '-', identifier.lower())}"


def read_signatories(path: Path, *, exceptions: Collection[tuple[str, str]]) -> tuple[Signatory, ...]:
    """Return the records of the publisher's file, in its order.

    exceptions are pairs of column and value that count as empty. Raises SourceError with file, line, column
    and value for a value that is not known, and for an id that two records have.
    """
    records = workbook.sheet_with(path, COLUMNS)
    reader = _Reader(records.sheet, frozenset(exceptions))
    found: dict[str, Signatory] = {}
    for record in records:
        signatory = reader.signatory(record)
        if signatory.id in found:
            before = found[signatory.id].line
            message = (
                f"{signatory.id} stands in line {before} already; ask the publisher which of the two holds"
            )
            raise records.sheet.fail(message, line=record.line, column="organisation_id")
        found[signatory.id] = signatory
    return tuple(found.values())


@dataclass(frozen=True)
class _Reader:
    sheet: workbook.Sheet
    exceptions: frozenset[tuple[str, str]]

    def signatory(self, record: workbook.Record) -> Signatory:
        day = self._required(record, "date_of_adhesion")
        try:
            adhesion = datetime.date.fromisoformat(day)
        except ValueError as error:
            raise self._unknown(record, "date_of_adhesion", day, "a day such as 2010-01-26") from error
        self._word(record, "adhesion_type", _ADHESIONS)
        identifier = self._matching(record, "organisation_id", _ID, "an id such as 20493 or 28353_med")
        name = self._required(record, "organisation_name")
        unnamed = _is_person(name, record.values.get("mayor", ""))
        return Signatory(
            line=record.line,
            id=identifier,
            name=f"Signatory {identifier}" if unnamed else name,
            country=self._matching(record, "country_code", _COUNTRY, "a code such as it").upper(),
            adhesion=adhesion,
            status=self._word(record, "signatory_status", _STATUS),
            pledges=tuple(field for column, field in _PLEDGES.items() if self._flag(record, column)),
            is_group=self._flag(record, "group_profile"),
            population=self._population(record),
            position=self._position(record),
            group=self._cell(record, "group_organisation_id"),
            group_name=self._cell(record, "group_name"),
            supporter=self._cell(record, "supporter_name"),
            coordinator=self._cell(record, "coordinator_name"),
            gcom=self._cell(record, "gcom_id"),
            unnamed=unnamed,
        )

    def _cell(self, record: workbook.Record, column: str) -> str:
        """Return a value with single blanks; empty for a hyphen and for a value of the exceptions."""
        value = " ".join(record.values[column].split())
        return "" if value in _EMPTY or (column, value) in self.exceptions else value

    def _required(self, record: workbook.Record, column: str) -> str:
        value = self._cell(record, column)
        if not value:
            raise self.sheet.fail(
                "is empty; ask the publisher for a whole file", line=record.line, column=column
            )
        return value

    def _matching(self, record: workbook.Record, column: str, form: re.Pattern[str], wanted: str) -> str:
        value = self._required(record, column)
        if not form.fullmatch(value):
            raise self._unknown(record, column, value, wanted)
        return value

    def _word(self, record: workbook.Record, column: str, known: dict[str, str]) -> str:
        value = self._cell(record, column)
        if value and value not in known:
            raise self._unknown(record, column, value, " or ".join(f'"{word}"' for word in known))
        return known.get(value, "")

    def _flag(self, record: workbook.Record, column: str) -> bool:
        value = self._cell(record, column)
        if value and value.lower() not in _FLAGS:
            raise self._unknown(record, column, value, "true or false")
        return _FLAGS.get(value.lower(), False)

    def _population(self, record: workbook.Record) -> int | None:
        value = self._cell(record, "population_adhesion")
        if value and not _COUNT.fullmatch(value):
            raise self._unknown(record, "population_adhesion", value, "a number of people such as 6000")
        return int(value) if value else None

    def _position(self, record: workbook.Record) -> Position | None:
        both = []
        for column, limit in (("organisation_latitude", 90), ("organisation_longitude", 180)):
            value = self._cell(record, column)
            found = _DEGREES.fullmatch(value)
            if value and (found is None or abs(_decimal(found)) > limit):
                raise self._unknown(record, column, value, f"degrees from -{limit} to {limit}")
            both.append(_canonical(_decimal(found)) if found else "")
        return Position(*both) if all(both) else None

    def _unknown(self, record: workbook.Record, column: str, value: str, wanted: str) -> SourceError:
        advice = f"data/registers/{REGISTER}/exceptions.csv"
        message = (
            f'"{value}" is not known, wanted is {wanted}; teach the import, or list the value in {advice}'
        )
        return self.sheet.fail(message, line=record.line, column=column)


def _is_person(name: str, mayor: str) -> bool:
    """Tell whether a name is that of the mayor, in any order; a single word can be the town's as well."""
    words = set(fold(name).split())
    return len(words) > 1 and words == set(fold(mayor).split())


def _decimal(found: re.Match[str]) -> Decimal:
    return Decimal(f"{found[1]}.{found[2] or '0'}").quantize(_PLACES)


def _canonical(number: Decimal) -> str:
    """Return the canonical form of XML Schema: at least one digit after the point, no zeros behind."""
    whole, _, fraction = f"{number:f}".partition(".")
    return f"{'0' if whole == '-0' and not fraction.strip('0') else whole}.{fraction.rstrip('0') or '0'}"
