"""Outlines cut to a window: what a map does not show is not sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

Point = tuple[int, int]
# Left, top, right and bottom.
Box = tuple[int, int, int, int]
_NUMBER = re.compile(r"-?\d+")
_CORNERS = 3


def clipped(outline: str, box: Box) -> str:
    """Return the parts of an outline that lie within a box, as a path; edges along its sides are added.

    The outline is a path of whole numbers: each ring begins with an absolute place, steps follow, z ends it.
    """
    rings = (_within(ring, box) for ring in _rings(outline))
    return "".join(_written(ring) for ring in rings if len(ring) >= _CORNERS)


def _rings(outline: str) -> Iterator[list[Point]]:
    for part in outline.split("M")[1:]:
        numbers = [int(found) for found in _NUMBER.findall(part)]
        x = y = 0
        ring = []
        for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + step_x, y + step_y
            ring.append((x, y))
        yield ring


def _within(ring: Sequence[Point], box: Box) -> list[Point]:
    """Cut a ring by the four sides, one after another (Sutherland and Hodgman 1974)."""
    left, top, right, bottom = box
    found = list(ring)
    found = _cut(found, lambda p: p[0] >= left, lambda a, b: (left, _at(a[1], b[1], a[0], b[0], left)))
    found = _cut(found, lambda p: p[0] <= right, lambda a, b: (right, _at(a[1], b[1], a[0], b[0], right)))
    found = _cut(found, lambda p: p[1] >= top, lambda a, b: (_at(a[0], b[0], a[1], b[1], top), top))
    return _cut(found, lambda p: p[1] <= bottom, lambda a, b: (_at(a[0], b[0], a[1], b[1], bottom), bottom))


def _cut(
    ring: Sequence[Point], inside: Callable[[Point], bool], crossing: Callable[[Point, Point], Point]
) -> list[Point]:
    found: list[Point] = []
    for before, now in zip((*ring[-1:], *ring[:-1]), ring, strict=True):
        if inside(before) != inside(now):
            found.append(crossing(before, now))
        if inside(now):
            found.append(now)
    return found


def _at(start: int, end: int, low: int, high: int, value: int) -> int:
    """Return where between two ends something lies that is at a value between low and high."""
    return round(start + (end - start) * (value - low) / (high - low))


def _written(ring: Iterable[Point]) -> str:
    """Return a ring as a path: the shortest, with steps and no needless spaces."""
    (x, y), *others = ring
    text = f"M{x} {y}l"
    for next_x, next_y in others:
        for step in (next_x - x, next_y - y):
            text += str(step) if step < 0 or text.endswith("l") else f" {step}"
        x, y = next_x, next_y
    return text + "z"
