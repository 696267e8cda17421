"""The tree of classes, as nested lists and as a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from acagraph.web.reference.terms import Entry

_ROW, _COLUMN, _PAD = 24, 190, 8
# Widest letters of the labels, so that a long one is cut before it runs into the next column.
_LETTERS = 24


@dataclass(frozen=True)
class Node:
    """A class with those directly below it."""

    entry: Entry
    children: tuple[Node, ...]

    @property
    def leaves(self) -> int:
        """How many rows its picture needs."""
        return max(1, sum(child.leaves for child in self.children))

    @property
    def depth(self) -> int:
        """How many columns its picture needs."""
        return 1 + max((child.depth for child in self.children), default=0)


def forest(classes: Sequence[Entry], name: Callable[[Entry], str]) -> tuple[Node, ...]:
    """Return the classes that are below no other one, each with its tree, by name.

    A class with two above it stands below both; one that would stand below itself is left out there.
    """
    known = {entry.term: entry for entry in classes}

    def node(entry: Entry, over: frozenset[Entry]) -> Node:
        path = over | {entry}
        below = (known[term] for term in entry.children if term in known)
        children = sorted((child for child in below if child not in path), key=name)
        return Node(entry, tuple(node(child, path) for child in children))

    roots = [entry for entry in classes if not any(parent in known for parent in entry.parents)]
    return tuple(node(entry, frozenset()) for entry in sorted(roots, key=name))


def picture(trees: Sequence[Node], *, name: Callable[[Entry], str], link: Callable[[Entry], str]) -> Markup:
    """Return the trees as one SVG, a row for each leaf and a column for each step down; sizes in pixels."""
    width = _COLUMN * max((tree.depth for tree in trees), default=1) + 2 * _PAD
    height = _ROW * sum(tree.leaves for tree in trees) + 2 * _PAD
    drawn: list[Markup] = []
    row = 0
    for tree in trees:
        drawn += _draw(tree, 0, row, name, link)
        row += tree.leaves
    head = Markup('<svg class="tree" viewBox="0 0 {0} {1}" width="{0}" height="{1}" aria-hidden="true">')
    return head.format(width, height) + Markup("\n").join(drawn) + Markup("</svg>")


def _draw(
    node: Node, column: int, row: int, name: Callable[[Entry], str], link: Callable[[Entry], str]
) -> Iterator[Markup]:
    x, y = _PAD + column * _COLUMN, _middle(row)
    at = row
    for child in node.children:
        bend, down = x + _COLUMN - 12, _middle(at)
        start = x + _length(name(node.entry))
        yield Markup('<path d="M{} {}H{}V{}H{}"/>').format(start, y, bend, down, bend + 8)
        yield from _draw(child, column + 1, at, name, link)
        at += child.leaves
    label = name(node.entry)
    cut = label if len(label) <= _LETTERS else f"{label[: _LETTERS - 1].rstrip()}…"
    yield Markup('<a href="{}" tabindex="-1"><text x="{}" y="{}">{}</text></a>').format(
        link(node.entry), x, y + 4, escape(cut)
    )


def _middle(row: int) -> int:
    return _PAD + row * _ROW + _ROW // 2


def _length(label: str) -> int:
    """Return about how far a label reaches, in pixels; letters of East Asia take twice the room."""
    wide = sum(2 if ord(sign) > 0x2E80 else 1 for sign in label[:_LETTERS])
    return min(wide * 7 + 12, _COLUMN - 16)


def rows_of(trees: Iterable[Node]) -> int:
    """Return how many classes the trees show, those under two others twice."""
    return sum(1 + rows_of(tree.children) for tree in trees)
