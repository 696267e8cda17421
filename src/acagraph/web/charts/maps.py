"""Maps: the world with what is counted of its countries, and one country with places in it."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from acagraph.web.charts.atlas import Atlas, Shape, atlas
from acagraph.web.charts.drawing import address, element, hint, link, picture
from acagraph.web.charts.parts import ENGLISH, Cell, Chart, CountryValue, Key, Point, Words

_STEPS = 4
_MARGIN = 6
_DOT = 3.5
_NARROWEST = 70  # pixels of the world that the map of one country shows at least
_AROUND = 0.35  # of a country's size, on each side
_SHAPE = 0.75  # height to width


def world(
    values: Sequence[CountryValue],
    *,
    title: str,
    note: str,
    unit: str,
    years: bool = False,
    words: Words = ENGLISH,
    known: Atlas | None = None,
) -> Chart:
    """Draw the countries in four shades; what is not counted is hatched. `unit` heads the column of values.

    Years are written without marks between their digits. `known` is a map other than that of the package.
    """
    found = known or atlas()
    ordered = sorted(values, key=lambda one: (one.value is None, -(one.value or 0), one.name, one.alpha2))
    write = _year if years else words.number
    bounds = _bounds([one.value for one in values if one.value], exact=years)
    rows = tuple(
        (Cell(one.name, address(one.href)), _cell(one.value, words.say("not known"), write(one.value or 0)))
        for one in ordered
    )
    legend = tuple(_legend(values, bounds, write, words))
    svg = Markup()
    if found is not None:
        pattern = f"hatch-{zlib.crc32(title.encode('utf-8', 'replace')):08x}"
        box = (-_MARGIN, -_MARGIN, found.width + 2 * _MARGIN, found.height + 2 * _MARGIN)
        svg = picture(box, _world(found, ordered, bounds, pattern, (write, words)), "map world")
    return Chart(svg, title, note, (words.say("Country"), unit), rows, legend)


def country(
    alpha2: str,
    *,
    title: str,
    note: str = "",
    points: Sequence[Point] = (),
    words: Words = ENGLISH,
    known: Atlas | None = None,
) -> Chart | None:
    """Draw a country and its neighbours with places; None for a code that the map does not have.

    Raises ValueError for a point that is no place on Earth.
    """
    found = known or atlas()
    if found is not None and alpha2 not in found.countries:
        return None
    rows = tuple(
        (
            Cell(point.name, address(point.href)),
            Cell(f"{point.latitude:.4f}", number=True),
            Cell(f"{point.longitude:.4f}", number=True),
        )
        for point in points
    )
    svg = Markup()
    if found is not None:
        box = _window(found, found.countries[alpha2])
        svg = picture(box, _country(found, alpha2, box, points), "map country")
    columns = (words.say("Place"), words.say("Latitude"), words.say("Longitude"))
    return Chart(svg, title, note, columns if rows else (), rows)


def _bounds(values: Sequence[float], *, exact: bool) -> list[float]:
    """Return the least value of each shade: quarters of the countries, at round numbers."""
    ordered = sorted(values)
    if not ordered:
        return []
    quarters = [ordered[len(ordered) * step // _STEPS] for step in range(_STEPS)]
    return sorted({value if exact else _rounded(value) for value in quarters})


def _rounded(value: float) -> float:
    """Return the greatest 1, 2 or 5 with zeros that is not above a value."""
    power: float = 1
    while value < power:
        power /= 10
    while value >= power * 10:
        power *= 10
    return max(factor * power for factor in (1, 2, 5) if factor * power <= value)


def _look(value: float | None, bounds: Sequence[float]) -> str:
    if value is None:
        return "hatched"
    if value <= 0:
        return "none"
    # Few shades begin with a dark one: the palest is close to that of the land.
    return f"q{_STEPS - len(bounds) + max(bisect_right(bounds, value), 1)}"


def _legend(
    values: Sequence[CountryValue],
    bounds: Sequence[float],
    write: Callable[[float], str],
    words: Words,
) -> Iterator[Key]:
    for place, least in enumerate(bounds):
        last = place == len(bounds) - 1
        text = words.say("%s or more") if last else words.say("%s to below %s")
        numbers = (write(least),) if last else (write(least), write(bounds[place + 1]))
        yield Key(_look(least, bounds), text % numbers)
    if any(one.value is None for one in values):
        yield Key("hatched", words.say("active, not counted"))
    yield Key("none", words.say("none recorded"))


def _cell(value: float | None, unknown: str, written: str) -> Cell:
    return Cell(unknown, unknown=True) if value is None else Cell(written, number=True)


def _year(value: float) -> str:
    return f"{value:.0f}"


def _world(
    found: Atlas,
    ordered: Sequence[CountryValue],
    bounds: Sequence[float],
    pattern: str,
    said: tuple[Callable[[float], str], Words],
) -> Iterator[Markup]:
    write, words = said
    yield element("defs", _hatching(pattern))
    yield element("path", class_="land", d=found.land)
    drawn = [one for one in ordered if one.alpha2 in found.countries and one.value != 0]
    # Dots lie on the shapes of their neighbours.
    for one in sorted(drawn, key=lambda one: found.countries[one.alpha2].is_dot):
        look, fill = _look(one.value, bounds), ""
        if look == "hatched":
            fill = f"url(#{pattern})"
        shape = found.countries[one.alpha2]
        told = hint(f"{one.name}: {words.say('not known') if one.value is None else write(one.value)}")
        yield link(one.href, _drawn(shape, found.fine, told, class_=look, fill=fill))
    yield element("path", class_="borders", d=found.borders)


def _drawn(shape: Shape, fine: int, told: Markup, **attributes: str | float) -> Markup:
    if shape.is_dot:
        x, y = shape.box[0] / fine, shape.box[1] / fine
        return element("circle", told, cx=x, cy=y, r=_DOT, **attributes)
    return element("path", told, d=shape.outline, **attributes)


def _hatching(name: str) -> Markup:
    return element(
        "pattern",
        element("rect", class_="hatch-ground", width=6, height=6),
        element("line", class_="hatch-line", x1=0, y1=0, x2=0, y2=6),
        id=name,
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )


def _window(found: Atlas, shape: Shape) -> tuple[float, float, float, float]:
    """Return the part of the finer map that shows a country and what is around it."""
    left, top, right, bottom = shape.box
    width = max((right - left) * (1 + 2 * _AROUND), _NARROWEST * found.fine)
    height = max((bottom - top) * (1 + 2 * _AROUND), width * _SHAPE)
    width = max(width, height / _SHAPE)
    return round((left + right - width) / 2), round((top + bottom - height) / 2), round(width), round(height)


def _country(
    found: Atlas, alpha2: str, box: tuple[float, float, float, float], points: Sequence[Point]
) -> Iterator[Markup]:
    left, top, width, height = box
    for code, shape in sorted(found.countries.items()):
        west, north, east, south = shape.box
        seen = west < left + width and east > left and north < top + height and south > top
        if code != alpha2 and seen and not shape.is_dot:
            yield element("path", class_="land", d=shape.fine)
    own = found.countries[alpha2]
    if own.is_dot:
        yield element("circle", class_="q3", cx=own.box[0], cy=own.box[1], r=width / 40)
    else:
        yield element("path", class_="q3", d=own.fine)
    for point in points:
        x, y = found.place(point.latitude, point.longitude)
        yield link(point.href, element("circle", hint(point.name), class_="spot", cx=x, cy=y, r=width / 50))
