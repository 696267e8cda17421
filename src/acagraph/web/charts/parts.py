"""What charts are made from, and what they are: a drawing with a legend, and the table that says the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from markupsafe import Markup


def _same(text: str) -> str:
    return text


def _grouped(value: float) -> str:
    return f"{value:,.10g}" if value != int(value) else f"{int(value):,}"


@dataclass(frozen=True)
class Words:
    """How a page says things in its language: the texts of the charts themselves, and numbers."""

    say: Callable[[str], str] = _same
    number: Callable[[float], str] = _grouped

    def count(self, value: float | None) -> str:
        """Return a number as text; what is not known is said so, never written as zero."""
        return self.say("not known") if value is None else self.number(value)


ENGLISH = Words()


@dataclass(frozen=True)
class Cell:
    """One field of a chart's table."""

    text: str
    href: str = ""
    number: bool = False
    unknown: bool = False


@dataclass(frozen=True)
class Key:
    """One line of a legend: the class of what is drawn, and what it means."""

    look: str
    text: str


@dataclass(frozen=True)
class Chart:
    """A drawing, empty where it cannot be made, and the rows that it is drawn from.

    A broad one keeps its size on a narrow screen, where it is moved sideways.
    """

    svg: Markup
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    legend: tuple[Key, ...] = field(default=())
    broad: bool = False


@dataclass(frozen=True)
class CountryValue:
    """What is counted of a country, by its ISO 3166-1 alpha-2 code; None is active, but not counted."""

    alpha2: str
    name: str
    value: float | None
    href: str = ""


@dataclass(frozen=True)
class Point:
    """A place in degrees of WGS 84."""

    latitude: float
    longitude: float
    name: str
    href: str = ""


@dataclass(frozen=True)
class Bar:
    """A counted thing; those of one label stand in one bar, a part for each series."""

    label: str
    value: float | None
    href: str = ""
    series: str = ""


@dataclass(frozen=True)
class Moment:
    """Something that happened on a day, in a month or in a year: `2018-07-06`, `2018-07` or `2018`."""

    date: str
    label: str
    href: str = ""
    shown: str = ""
    """The date as the page writes it; the date itself where nothing is given."""


@dataclass(frozen=True)
class Series:
    """Values by year; a year without a point, or with None, is a gap."""

    name: str
    points: tuple[tuple[int, float | None], ...]


@dataclass(frozen=True)
class Node:
    """A thing in a neighbourhood, how the centre is related to it, and how often where that is counted."""

    name: str
    kind: str
    relation: str = ""
    href: str = ""
    number: float | None = None
