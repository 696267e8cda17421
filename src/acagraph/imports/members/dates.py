"""Dates as people write them in lists, as intervals with an EDTF text."""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from acagraph.imports.members import words
from acagraph.imports.members.cells import Unclear
from acagraph.reconciliation.folding import fold

Order = Literal["dmy", "mdy"]

_YEARS = range(1800, 2200)
_TIME = r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_ISO = re.compile(rf"([0-9]{{4}})(?:-([0-9]{{1,2}})(?:-([0-9]{{1,2}}){_TIME})?)?")
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})\s?[./]\s?([0-9]{{1,2}})(?:\s?[./]\s?([0-9]{{1,2}}){_TIME})?")
_YEAR_LAST = re.compile(rf"([0-9]{{1,2}})\s?([./-])\s?([0-9]{{1,2}})\s?\2\s?([0-9]{{4}}){_TIME}")
_MONTH_YEAR = re.compile(r"([0-9]{1,2})\s?[./-]\s?([0-9]{4})")
_COMPACT = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_JAPANESE = re.compile(r"([0-9]{4})年(?:\s?([0-9]{1,2})月(?:\s?([0-9]{1,2})日)?)?")
_ERA = re.compile(
    r"(令和|平成|昭和|[RHS])\s?\.?(元|[0-9]{1,2})(?:年|[./])(?:\s?([0-9]{1,2})(?:月|[./]|$)(?:\s?([0-9]{1,2})日?)?)?"
)
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2}")
_SERIAL = re.compile(r"[1-6][0-9]{4}")
_ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th|er|º|ª|°|o)\b|(?<=[0-9])\.(?=\s)")
_LINKING = frozenset(("of", "de", "del", "d", "di", "the", "le", "el", "am", "den", "em"))


@dataclass(frozen=True, order=True)
class Day:
    """A year, a month or a day: EDTF text and bounds as canonical dateTimes in UTC."""

    not_before: str
    not_after: str
    text: str


def day_of(year: int, month: int | None = None, day: int | None = None) -> Day:
    """Return the interval of a year, a month or a day; Unclear when there is no such day.

    >>> day_of(2019, 2)
    Day(not_before='2019-02-01T00:00:00Z', not_after='2019-02-28T23:59:59Z', text='2019-02')
    """
    if year not in _YEARS:
        raise Unclear(f"the year {year} is not from {_YEARS[0]} to {_YEARS[-1]}; correct it")
    try:
        first = datetime.date(year, month or 1, day or 1)
    except ValueError as error:
        raise Unclear("there is no such day; correct it") from error
    last = datetime.date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
    text = f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")
    return Day(f"{first.isoformat()}T00:00:00Z", f"{last.isoformat()}T23:59:59Z", text)


def read_day(text: str, *, order: Order | None = None) -> Day:
    """Return the day, month or year that a text means, in the usual spellings of seven languages.

    `order` says whether the day or the month stands first in 03/04/2019. Raises Unclear, with what to write,
    for what is none, for a day that does not exist, and for 03/04/2019 without an order.

    >>> [read_day(text).text for text in ("31.1.2019", "Jan 2019", "2019年1月31日", "31 de enero de 2019")]
    ['2019-01-31', '2019-01', '2019-01-31', '2019-01-31']
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    for pattern in (_ISO, _YEAR_FIRST, _COMPACT, _JAPANESE):
        found = pattern.fullmatch(plain)
        if found:
            return day_of(*(int(part) for part in found.groups() if part))
    found = _YEAR_LAST.fullmatch(plain)
    if found:
        return _ordered(int(found[1]), int(found[3]), int(found[4]), plain, order)
    found = _MONTH_YEAR.fullmatch(plain)
    if found:
        return day_of(int(found[2]), int(found[1]))
    found = _ERA.fullmatch(plain)
    if found:
        return _of_era(found)
    return _in_words(plain)


def _ordered(first: int, second: int, year: int, text: str, order: Order | None) -> Day:
    if order is None and first <= 12 and second <= 12 and first != second:
        raise Unclear(f'"{text}" can be two days; say which number is the day: --date-order dmy or mdy')
    day, month = (second, first) if order == "mdy" or (order is None and second > 12) else (first, second)
    if month > 12:
        raise Unclear(f'"{text}" has no month {month} in the order {order or "dmy"}; correct it')
    return day_of(year, month, day)


def _of_era(found: re.Match[str]) -> Day:
    era = next(row for row in words.rows_of("eras.csv") if row["era"] == found[1])
    year = int(era["before"]) + (1 if found[2] == "元" else int(found[2]))
    if not int(era["first"]) <= year <= int(era["last"]):
        raise Unclear(f"the era {found[1]} has no year {found[2]}; correct it")
    return day_of(year, *(int(part) for part in found.groups()[2:] if part))


def _in_words(text: str) -> Day:
    """Return a day with its month in words: January 31st, 2019; 1er janvier 2019; Jan 2019; 31-Jan-2019."""
    parts = [part for part in fold(_ORDINAL.sub(" ", text)).split(" ") if part not in _LINKING]
    months = [place for place, part in enumerate(parts) if part in _months()]
    if len(months) != 1 or len(parts) > 3:
        raise Unclear(_advice(text))
    month = _months()[parts.pop(months[0])]
    numbers = [part for part in parts if re.fullmatch("[0-9]{1,2}|[0-9]{4}", part)]
    years = [part for part in numbers if len(part) == 4]
    if len(numbers) != len(parts) or len(years) != 1:
        raise Unclear(_advice(text))
    days = [int(part) for part in numbers if len(part) < 4]
    return day_of(int(years[0]), month, *days)


@cache
def _months() -> Mapping[str, int]:
    return {key: int(found[0]) for key, found in words.meanings("months.csv", "month").items()}


def _advice(text: str) -> str:
    if _SERIAL.fullmatch(text):
        return (
            f'"{text}" looks like the number of a day in a spreadsheet; give the column the format of a date'
        )
    if _SHORT_YEAR.fullmatch(text) or re.search(r"\b[0-9]{1,2}[ -][^\W\d]+[ -][0-9]{2}\b", text):
        return f'"{text}" has a year of two digits; write four'
    return f'"{text}" is no date that is known; write 2019-01-31, 2019-01 or 2019'
