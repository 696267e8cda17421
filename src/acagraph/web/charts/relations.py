"""A thing in the middle of those that it is related to."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
from acagraph.web.charts.parts import ENGLISH, Cell, Chart, Node, Words
from acagraph.web.languages import N_

_MOST = 24
_WIDTH, _ROW, _PAD = 720, 26, 14
_COLUMN = 240  # where the dots stand, from the sides
_LETTERS = 28
_KINDS = {
    "agent": N_("agent"),
    "coalition": N_("coalition"),
    "document": N_("document"),
    "event": N_("event"),
    "person": N_("person"),
    "place": N_("place"),
    "source": N_("source"),
}
_SQUARE = frozenset(("place", "country", "event", "source", "document"))


def neighbourhood(
    centre: Node,
    around: Sequence[Node],
    *,
    title: str,
    note: str,
    counted: str = "",
    words: Words = ENGLISH,
) -> Chart:
    """Draw the first 24 of what is around a thing, by relation, in the order given; the table has all.

    `counted` heads the column of the numbers, which there is only where it is given.
    """
    shown = around[:_MOST]
    rows = tuple(
        (
            Cell(node.relation),
            Cell(node.name, address(node.href)),
            Cell(words.say(_KINDS.get(node.kind, node.kind))),
            *((_counted(node, words),) if counted else ()),
        )
        for node in around
    )
    svg = _drawn(centre, shown, len(around) - len(shown), words) if shown else Markup()
    columns = (words.say("Relation"), words.say("Name"), words.say("Kind"), *((counted,) if counted else ()))
    return Chart(svg, title, note, columns, rows, broad=bool(svg))


def _counted(node: Node, words: Words) -> Cell:
    if node.number is None:
        return Cell("")
    return Cell(words.number(node.number), number=True)


def _drawn(centre: Node, shown: Sequence[Node], left_out: int, words: Words) -> Markup:
    groups: dict[str, list[Node]] = {}
    for node in shown:
        groups.setdefault(node.relation, []).append(node)
    lines: list[str | Node] = []
    for relation, members in groups.items():
        lines += [relation] if relation else []
        lines += members
    half = -(-len(lines) // 2)
    # A heading does not stand alone at the foot of a column.
    if half < len(lines) and isinstance(lines[half - 1], str):
        half -= 1
    sides = (lines[:half], lines[half:]) if half else (lines, [])
    tall = max(map(len, sides)) * _ROW
    height = max(tall, 3 * _ROW) + 2 * _PAD + (_ROW if left_out else 0)
    middle = (max(tall, 3 * _ROW)) / 2 + _PAD
    edges: list[Markup] = []
    nodes: list[Markup] = []
    for side, held in enumerate(sides):
        start = middle - len(held) * _ROW / 2 + _ROW / 2
        for place, one in enumerate(held):
            x = _WIDTH - _COLUMN if side else _COLUMN
            edge, drawn = _neighbour(one, x, start + place * _ROW, middle, words)
            edges.append(edge)
            nodes.append(drawn)
    last = words.say("and %s more, in the table") % words.number(left_out) if left_out else ""
    more = [line(last, _WIDTH / 2, height - 8, class_="label middle quiet")] if last else []
    own = [
        element(
            "circle",
            hint(centre.name),
            class_=f"centre {_look(centre.kind)}",
            cx=_WIDTH / 2,
            cy=middle,
            r=12,
        ),
        line(shortened(centre.name, 26), _WIDTH / 2, middle + 30, class_="label middle strong"),
    ]
    return picture((0, 0, _WIDTH, height), [*edges, *nodes, *own, *more], "neighbourhood")


def _neighbour(one: str | Node, x: float, y: float, middle: float, words: Words) -> tuple[Markup, Markup]:
    """Return the line to a neighbour, and itself; a relation is the heading of those below it."""
    outward = 1 if x > _WIDTH / 2 else -1
    side = "start" if outward > 0 else "end"
    if isinstance(one, str):
        return Markup(), line(shortened(one, _LETTERS), x + outward * 12, y + 5, class_=f"label quiet {side}")
    bend = (x + _WIDTH / 2) / 2
    curve = f"M{x:.0f} {y:.0f}C{bend:.0f} {y:.0f} {bend:.0f} {middle:.0f} {_WIDTH / 2:.0f} {middle:.0f}"
    # A number is never cut away: the name before it is.
    number = "" if one.number is None else f" ({words.number(one.number)})"
    told = hint((f"{one.relation}: {one.name}" if one.relation else one.name) + number)
    if one.kind in _SQUARE:
        dot = element("rect", told, class_=_look(one.kind), x=x - 6, y=y - 6, width=12, height=12)
    else:
        dot = element("circle", told, class_=_look(one.kind), cx=x, cy=y, r=7)
    name = shortened(one.name, _LETTERS - len(number)) + number
    label = line(name, x + outward * 12, y + 5, class_=f"label {side}")
    return element("path", class_="edge", d=curve), link(one.href, dot, label)


def _look(kind: str) -> str:
    """Return the class of a kind; anything may be one."""
    return "kind-" + (re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-") or "thing")
