"""Maps of one country send only what they show: outlines are cut to the window."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acagraph.web import charts
from acagraph.web.charts.atlas import Atlas, atlas
from acagraph.web.charts.clipping import Box, clipped

NUMBER = st.integers(-50, 50)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, top = draw(NUMBER), draw(NUMBER)
    return left, top, left + draw(st.integers(1, 60)), top + draw(st.integers(1, 60))


def path(box: Box) -> str:
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    steps = (width, 0, 0, height, -width, 0)
    text = f"M{left} {top}l"
    for step in steps:
        text += str(step) if step < 0 or text.endswith("l") else f" {step}"
    return text + "z"


def rings(outline: str) -> list[list[tuple[int, int]]]:
    found = []
    for part in outline.split("M")[1:]:
        numbers = [int(one) for one in re.findall(r"-?\d+", part)]
        x = y = 0
        ring = []
        for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + step_x, y + step_y
            ring.append((x, y))
        found.append(ring)
    return found


def area(outline: str) -> float:
    return sum(
        abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, (*ring[1:], ring[0]), strict=True))) / 2
        for ring in rings(outline)
    )


@given(boxes(), boxes())
def test_what_two_rectangles_share_is_left(one: Box, other: Box) -> None:
    width = max(0, min(one[2], other[2]) - max(one[0], other[0]))
    height = max(0, min(one[3], other[3]) - max(one[1], other[1]))
    assert area(clipped(path(one), other)) == width * height


@given(st.lists(st.tuples(NUMBER, NUMBER), min_size=3, max_size=12), boxes())
def test_nothing_is_left_outside(ring: list[tuple[int, int]], box: Box) -> None:
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(ring)]
    outline = f"M{ring[0][0]} {ring[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps) + "z"
    left, top, right, bottom = box
    for x, y in (point for cut in rings(clipped(outline, box)) for point in cut):
        assert left <= x <= right
        assert top <= y <= bottom


@pytest.fixture(scope="module")
def world() -> Atlas:
    found = atlas()
    if found is None:
        pytest.skip("the map was not built (in web: npm ci && npm run build)")
    return found


def test_what_lies_within_stays_as_it_was_drawn(world: Atlas) -> None:
    everywhere = (-100_000, -100_000, 100_000, 100_000)
    outlines = [shape.fine for shape in world.countries.values() if not shape.is_dot]
    assert len(outlines) > 150
    assert [clipped(outline, everywhere) for outline in outlines] == outlines


def test_a_map_of_italy_has_its_neighbours_and_nothing_of_siberia(world: Atlas) -> None:
    chart = charts.country("IT", title="t", known=world)
    assert chart is not None
    [view] = re.findall(r'viewBox="([^"]+)"', chart.svg)
    left, top, width, height = (float(part) for part in view.split())
    drawn = re.findall(r'class="land" d="([^"]+)"', chart.svg)
    assert len(drawn) > 10
    for x, y in (point for outline in drawn for ring in rings(outline) for point in ring):
        assert left - 20 <= x <= left + width + 20
        assert top - 20 <= y <= top + height + 20
    france = clipped(world.countries["FR"].fine, (int(left), int(top), int(left + width), int(top + height)))
    assert area(france) > 10_000
    assert len(chart.svg) < 8_000
