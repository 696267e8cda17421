"""Charts over time: what happened when, and values by year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from acagraph.web.charts.drawing import (
    address,
    element,
    hint,
    line,
    link,
    picture,
    shortened,
)
from acagraph.web.charts.parts import ENGLISH, Cell, Chart, Key, Moment, Series, Words

_WIDTH = 480
_NARROW = 330  # a timeline stands beside other things
_ROW = 42
_LETTERS = 37
_LONG = 5  # years without an entry, from which on the timeline says so
_YEAR = re.compile(r"\d{4}")
_DIGIT = 10  # pixels, as wide as they are on a narrow screen
_LEFT, _RIGHT, _TOP, _TALL, _FOOT = 52, 8, 12, 180, 26
_LOOKS = 6
_TICKS = 8


def timeline(moments: Sequence[Moment], *, title: str, note: str, words: Words = ENGLISH) -> Chart:
    """Draw moments from the earliest to the latest, with the long gaps; undated ones stand at the end."""
    ordered = sorted(moments, key=lambda moment: (not moment.date, moment.date, moment.label, moment.href))
    rows = tuple(
        (
            Cell(_when(moment, words), unknown=not moment.date),
            Cell(moment.label, address(moment.href)),
        )
        for moment in ordered
    )
    svg = Markup()
    if ordered:
        drawn = list(_timeline(ordered, words))
        height = len(drawn) * _ROW
        track = element("line", class_="track", x1=10, x2=10, y1=_ROW / 2, y2=height - _ROW / 2)
        placed = [
            element("g", *parts, transform=f"translate(0 {place * _ROW})")
            for place, parts in enumerate(drawn)
        ]
        svg = picture((0, 0, _NARROW, height), [track, *placed], "timeline")
    return Chart(svg, title, note, (words.say("Date"), words.say("What")), rows)


def steps(series: Sequence[Series], *, title: str, note: str, words: Words = ENGLISH) -> Chart:
    """Draw values over years, each as wide as its year; years without a value stay gaps."""
    rows = tuple(
        (
            Cell(one.name),
            Cell(str(year), number=True),
            Cell(words.count(value), number=value is not None, unknown=value is None),
        )
        for one in series
        for year, value in sorted(one.points, key=lambda point: point[0])
    )
    known = [(year, value) for one in series for year, value in one.points if value is not None]
    svg = _steps(series, known, words) if known else Markup()
    legend = tuple(Key(_look(place), one.name) for place, one in enumerate(series))
    columns = (words.say("What"), words.say("Year"), words.say("Value"))
    return Chart(svg, title, note, columns, rows, legend if len(legend) > 1 else ())


def _when(moment: Moment, words: Words) -> str:
    return moment.shown or moment.date or words.say("not known")


def _timeline(ordered: Sequence[Moment], words: Words) -> Iterator[tuple[Markup, ...]]:
    before = None
    for moment in ordered:
        found = _YEAR.match(moment.date)
        year = int(found[0]) if found else None
        if before is not None and year is not None and year - before > _LONG:
            text = words.say("%s years without an entry") % words.number(year - before - 1)
            yield (
                element("circle", class_="gap", cx=10, cy=_ROW / 2, r=5),
                line(text, 28, _ROW / 2 + 5, class_="label quiet"),
            )
        before = year if year is not None else before
        dot = "moment" if moment.date else "gap"
        label = line(shortened(moment.label, _LETTERS), 28, 34, class_="label")
        yield (
            element("circle", class_=dot, cx=10, cy=_ROW / 2, r=5),
            line(_when(moment, words), 28, 15, class_="label quiet"),
            link(moment.href, element("g", label, hint(moment.label))),
        )


def _look(place: int) -> str:
    return f"t{place % _LOOKS + 1}"


def _steps(series: Sequence[Series], known: Sequence[tuple[int, float]], words: Words) -> Markup:
    first, last = min(year for year, _ in known), max(year for year, _ in known)
    top = _ceiling(max(value for _, value in known))
    parts = (0, top / 2, top)
    left = max(_LEFT, 8 + _DIGIT * max(len(words.number(part)) for part in parts))
    wide = (_WIDTH - left - _RIGHT) / (last - first + 1)

    def height(value: float) -> float:
        return _TOP + _TALL - max(value, 0) / top * _TALL

    drawn = []
    for part in parts:
        y = height(part)
        drawn.append(element("line", class_="grid-line", x1=left, x2=_WIDTH - _RIGHT, y1=y, y2=y))
        drawn.append(line(words.number(part), left - 6, y + 4, class_="label end quiet"))
    every = -(-(last - first + 1) // _TICKS)
    for year in range(first, last + 1, every):
        x = left + (year - first + 0.5) * wide
        drawn.append(line(str(year), x, _TOP + _TALL + 18, class_="label middle quiet"))
    for place, one in enumerate(series):
        told = [
            f"{one.name}, {year}: {words.count(value)}" for year, value in one.points if value is not None
        ]
        for run in _runs(one):
            path: list[str] = []
            for year, value in run:
                x, y = left + (year - first) * wide, height(value)
                path.append(f"{'L' if path else 'M'}{x:.1f} {y:.1f}H{x + wide:.1f}")
            drawn.append(
                element("path", hint("; ".join(told)), class_=f"step {_look(place)}", d="".join(path))
            )
    return picture((0, 0, _WIDTH, _TOP + _TALL + _FOOT), drawn, "steps")


def _runs(one: Series) -> Iterator[list[tuple[int, float]]]:
    """Yield the values of years that follow each other."""
    run: list[tuple[int, float]] = []
    for year, value in sorted(one.points, key=lambda point: point[0]):
        if run and (value is None or year > run[-1][0] + 1):
            yield run
            run = []
        if value is not None:
            run.append((year, value))
    if run:
        yield run


def _ceiling(value: float) -> float:
    """Return the least 1, 2 or 5 with zeros that is not below a value."""
    power: float = 1
    while power * 10 < value:
        power *= 10
    return next((factor * power for factor in (1, 2, 5, 10) if factor * power >= value), value)
