"""Bars: what is counted, longest side by side or upright over years."""

from __future__ import annotations

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
from acagraph.web.charts.parts import ENGLISH, Bar, Cell, Chart, Key, Words

_WIDTH = 480
_ROW, _THICK = 28, 18
_LABEL, _NUMBER = 170, 62
_TALL, _FOOT, _HEAD = 200, 24, 18
_LETTERS = 20
_LOOKS = 4
_TICKS = 12
_LOW = 8
_YEARS = (2, 5, 10, 20, 50, 100)


def bars(
    bars: Sequence[Bar],
    *,
    title: str,
    note: str,
    columns: tuple[str, ...],
    upright: bool = False,
    words: Words = ENGLISH,
) -> Chart:
    """Draw bars in the order that is given; a value that is not known has an outline without a length.

    `columns` heads the labels, the series where there are any, and the values.
    """
    series = tuple(dict.fromkeys(bar.series for bar in bars if bar.series))
    rows = tuple(
        (
            Cell(bar.label, address(bar.href)),
            *((Cell(bar.series),) if series else ()),
            Cell(words.count(bar.value), number=bar.value is not None, unknown=bar.value is None),
        )
        for bar in bars
    )
    stacks: dict[str, list[Bar]] = {}
    for bar in bars:
        stacks.setdefault(bar.label, []).append(bar)
    svg = Markup()
    if stacks:
        draw = _upright if upright else _lying
        svg = draw(list(stacks.values()), series, words)
    legend = tuple(Key(_look(name, series), name) for name in series)
    return Chart(svg, title, note, columns, rows, legend)


def _look(name: str, series: Sequence[str]) -> str:
    return f"s{series.index(name) % _LOOKS + 1}" if name else "s1"


def _length(stack: Sequence[Bar]) -> float:
    return sum(max(bar.value or 0, 0) for bar in stack)


def _told(bar: Bar, words: Words) -> str:
    return f"{bar.label}{f', {bar.series}' if bar.series else ''}: {words.count(bar.value)}"


def _lying(stacks: Sequence[Sequence[Bar]], series: Sequence[str], words: Words) -> Markup:
    room = _WIDTH - _LABEL - _NUMBER
    most = max(map(_length, stacks)) or 1

    def row(place: int, stack: Sequence[Bar]) -> Iterator[Markup]:
        top, x = place * _ROW + (_ROW - _THICK) / 2, float(_LABEL)
        middle = top + _THICK / 2 + 5
        label = line(shortened(stack[0].label, _LETTERS), _LABEL - 8, middle, class_="label end")
        yield link(stack[0].href, label)
        for bar in stack:
            if bar.value is None:
                yield _unknown(x, top, _THICK, _THICK, hint(_told(bar, words)))
                x += _THICK
                continue
            width = max(bar.value, 0) / most * room
            shape = element(
                "rect",
                hint(_told(bar, words)),
                class_=_look(bar.series, series),
                x=x,
                y=top,
                width=width,
                height=_THICK,
            )
            yield link(bar.href, shape)
            x += width
        if any(bar.value is not None for bar in stack):
            yield line(words.number(_length(stack)), x + 6, middle, class_="label")

    drawn = [part for place, stack in enumerate(stacks) for part in row(place, stack)]
    return picture((0, 0, _WIDTH, len(stacks) * _ROW), drawn, "bars")


def _upright(stacks: Sequence[Sequence[Bar]], series: Sequence[str], words: Words) -> Markup:
    most = max(map(_length, stacks)) or 1
    step = _WIDTH / len(stacks)
    thick = min(step * 0.8, 40)
    marked = _marked([stack[0].label for stack in stacks])

    def column(place: int, stack: Sequence[Bar]) -> Iterator[Markup]:
        middle, y = (place + 0.5) * step, float(_HEAD + _TALL)
        for bar in stack:
            if bar.value is None:
                yield _unknown(middle - thick / 2, y - thick, thick, thick, hint(_told(bar, words)))
                y -= thick
                continue
            height = max(bar.value, 0) / most * _TALL
            y -= height
            shape = element(
                "rect",
                hint(_told(bar, words)),
                class_=_look(bar.series, series),
                x=middle - thick / 2,
                y=y,
                width=thick,
                height=height,
            )
            yield link(bar.href, shape)
        # Numbers of low bars would stand in each other's way.
        high = len(stacks) <= _TICKS or _length(stack) * _LOW >= most
        if high and any(bar.value is not None for bar in stack):
            yield line(words.number(_length(stack)), middle, y - 5, class_="label middle")
        if place in marked:
            yield line(shortened(stack[0].label, 8), middle, _HEAD + _TALL + 17, class_="label middle quiet")

    drawn = [part for place, stack in enumerate(stacks) for part in column(place, stack)]
    ground = element("line", class_="axis", x1=0, x2=_WIDTH, y1=_HEAD + _TALL, y2=_HEAD + _TALL)
    return picture((0, 0, _WIDTH, _HEAD + _TALL + _FOOT), [*drawn, ground], "bars upright")


def _marked(labels: Sequence[str]) -> frozenset[int]:
    """Return the places of the labels that have room: all of a few, of years the round ones."""
    if len(labels) <= _TICKS:
        return frozenset(range(len(labels)))
    for step in _YEARS:
        round_ones = [n for n, label in enumerate(labels) if label.isdecimal() and int(label) % step == 0]
        if 1 < len(round_ones) <= _TICKS:
            return frozenset(round_ones)
    return frozenset(range(0, len(labels), -(-len(labels) // _TICKS)))


def _unknown(x: float, y: float, width: float, height: float, told: Markup) -> Markup:
    return element("rect", told, class_="unknown-bar", x=x, y=y, width=width, height=height)
