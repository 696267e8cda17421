"""Maps: the world with what is counted of its countries, and one country with places in it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import cache

from markupsafe import Markup

from acagraph.web.charts.atlas import Atlas, Shape, atlas
from acagraph.web.charts.clipping import Box, clipped
from acagraph.web.charts.drawing import address, element, hint, link, picture
from acagraph.web.charts.parts import ENGLISH, Cell, Chart, CountryValue, Point, Words
from acagraph.web.charts.shades import Shades

_MARGIN = 6
_DOT = 3.5
_NARROWEST = 70  # pixels of the world that the map of one country shows at least
_AROUND = 0.35  # of a country's size, on each side
_SHAPE = 0.75  # height to width
_EDGE = 20


def world(
    values: Sequence[CountryValue],
    *,
    title: str,
    note: str,
    unit: str,
    unknown: str = "",
    years: bool = False,
    words: Words = ENGLISH,
    known: Atlas | None = None,
) -> Chart:
    """Draw the countries in four shades; what is not counted is hatched. `unit` heads the column of values.

    `unknown` says what is hatched. Years are written without marks between their digits, and the earliest is
    darkest. `known` is a map other than that of the package.
    """
    found = known or atlas()
    shades = Shades.of((one.value for one in values), years=years, words=words)
    sign = 1 if years else -1
    ordered = sorted(
        values, key=lambda one: (one.value is None, sign * (one.value or 0), one.name, one.alpha2)
    )
    rows = tuple(
        (
            Cell(one.name, address(one.href)),
            Cell(shades.write(one.value), number=one.value is not None, unknown=one.value is None),
        )
        for one in ordered
    )
    hatched = unknown or words.say("active, not counted")
    legend = shades.legend(hatched=hatched if any(one.value is None for one in values) else "")
    svg = Markup()
    if found is not None:
        pattern = f"hatch-{zlib.crc32(title.encode('utf-8', 'replace')):08x}"
        box = (-_MARGIN, -_MARGIN, found.width + 2 * _MARGIN, found.height + 2 * _MARGIN)
        svg = picture(box, _world(found, ordered, shades, pattern), "map world")
    return Chart(svg, title, note, (words.say("Country"), unit), rows, tuple(legend))


def country(
    alpha2: str,
    *,
    title: str,
    name: str = "",
    href: str = "",
    note: str = "",
    points: Sequence[Point] = (),
    words: Words = ENGLISH,
    known: Atlas | None = None,
) -> Chart | None:
    """Draw a country and its neighbours with places; None for a code that the map does not have.

    `name` and `href` are those of the country; the table has its code where it has no name.

    Raises ValueError for a point that is no place on Earth.
    """
    found = known or atlas()
    if found is not None and alpha2 not in found.countries:
        return None
    own = Cell(name or alpha2, address(href))
    rows = tuple(
        (
            own,
            Cell(point.name, address(point.href)),
            Cell(f"{point.latitude:.4f}", number=True),
            Cell(f"{point.longitude:.4f}", number=True),
        )
        for point in points
    )
    svg = Markup()
    if found is not None:
        box = _window(found, found.countries[alpha2])
        svg = picture(box, _country(found, alpha2, points), "map country")
    columns = (words.say("Country"), words.say("Place"), words.say("Latitude"), words.say("Longitude"))
    return Chart(svg, title, note, columns if rows else columns[:1], rows or ((own,),))


def _world(found: Atlas, ordered: Sequence[CountryValue], shades: Shades, pattern: str) -> Iterator[Markup]:
    yield element("defs", _hatching(pattern))
    yield element("path", class_="land", d=found.land)
    drawn = [one for one in ordered if one.alpha2 in found.countries and one.value != 0]
    # Dots lie on the shapes of their neighbours.
    for one in sorted(drawn, key=lambda one: found.countries[one.alpha2].is_dot):
        look, fill = shades.look(one.value), ""
        if look == "hatched":
            fill = f"url(#{pattern})"
        shape = found.countries[one.alpha2]
        told = hint(f"{one.name}: {shades.write(one.value)}")
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


def _window(found: Atlas, shape: Shape) -> tuple[int, int, int, int]:
    """Return the part of the finer map that shows a country and what is around it."""
    left, top, right, bottom = shape.box
    width = max((right - left) * (1 + 2 * _AROUND), _NARROWEST * found.fine)
    height = max((bottom - top) * (1 + 2 * _AROUND), width * _SHAPE)
    width = max(width, height / _SHAPE)
    return round((left + right - width) / 2), round((top + bottom - height) / 2), round(width), round(height)


def _country(found: Atlas, alpha2: str, points: Sequence[Point]) -> Iterator[Markup]:
    yield _around(found, alpha2)
    width = _window(found, found.countries[alpha2])[2]
    for point in points:
        x, y = found.place(point.latitude, point.longitude)
        yield link(point.href, element("circle", hint(point.name), class_="spot", cx=x, cy=y, r=width / 50))


@cache
def _around(found: Atlas, alpha2: str) -> Markup:
    """Draw a country and the parts of its neighbours that are seen: the same for all that is in it."""
    left, top, width, height = _window(found, found.countries[alpha2])
    # Edges of what is cut lie outside of what is seen.
    box = (left - _EDGE, top - _EDGE, left + width + _EDGE, top + height + _EDGE)
    others = (
        shape
        for code, shape in sorted(found.countries.items())
        if code != alpha2 and not shape.is_dot and _overlap(shape.box, box)
    )
    seen = (clipped(shape.fine, box) for shape in others)
    drawn = [element("path", class_="land", d=outline) for outline in seen if outline]
    own = found.countries[alpha2]
    if own.is_dot:
        drawn.append(element("circle", class_="q3", cx=own.box[0], cy=own.box[1], r=width / 40))
    else:
        drawn.append(element("path", class_="q3", d=own.fine))
    return Markup("").join(drawn)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]
