"""How numbers, shares and dates are written in a language."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent

from acagraph.web.languages import Language

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T.*)?)?)?(?:Z|[+-]\d\d:\d\d)?", re.DOTALL)
_MOST = 20_000


class Notation:
    """Writes numbers and dates as a language does; what was written before is remembered."""

    def __init__(self, language: Language) -> None:
        self._locale = Locale.parse(language.locale)
        self.number = lru_cache(maxsize=_MOST)(self._number)
        self.percent = lru_cache(maxsize=_MOST)(self._percent)
        self.date = lru_cache(maxsize=_MOST)(self._date)

    def _number(self, number: float | str) -> str:
        """Return a number with its thousands grouped; a text that is no number stays as it is."""
        try:
            value = float(number) if isinstance(number, str) else number
        except ValueError:
            return str(number)
        return format_decimal(value, locale=self._locale)

    def _percent(self, share: float) -> str:
        """Return a share, of which 1 is all, as percent with at most one decimal place."""
        return format_percent(share, "#,##0.#\u00a0%" if self._spaced else "#,##0.#%", locale=self._locale)

    def _date(self, text: str) -> str:
        """Return a day, a month or a year of XML Schema in words; another text stays as it is."""
        found = _DATE.fullmatch(text)
        if found is None:
            return text
        year, month, day = (int(part) if part else 0 for part in found.groups())
        try:
            first = datetime.date(year, month or 1, day or 1)
        except ValueError:
            return text
        if day:
            return format_date(first, "long", locale=self._locale)
        return format_skeleton("yMMMM" if month else "y", first, locale=self._locale)

    @property
    def _spaced(self) -> bool:
        """Whether the language puts a space before the sign."""
        return not self._locale.percent_formats[None].pattern.endswith("0%")
