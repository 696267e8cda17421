"""A query's text cut where values and the bounds of a page go, so that binding is joining texts."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from acagraph.errors import QueryError
from acagraph.stores import lexer

# Lines that matter only where a parameter is given: `# with asOf`, the lines, `# end`. Without it they need
# not be parsed and planned, which takes longer than a small query does.
_REGION = re.compile(r"^ *# with (\w+)\n(.*?)^ *# end *$", re.MULTILINE | re.DOTALL)
# What stands for the bounds of a page among the names of variables.
_PAGE = ""


@dataclass(frozen=True)
class Template:
    """The pieces of a text, and between them the variables whose VALUES blocks may go there."""

    pieces: tuple[str, ...]
    gaps: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, text: str, names: Sequence[str], *, paged: bool = False) -> Template:
        """Cut a query at the start of its WHERE clause and at the sub-selects that project some variables.

        A sub-select that projects a variable gets its block too, so that it is answered for that term alone
        and not for all; the rows of the whole are the same. One that is `paged`, a SELECT without LIMIT or
        OFFSET, is also cut where these go. Line numbers stay as they were. Raises QueryError when there are
        variables and the query has no WHERE clause to take them.
        """
        places: dict[int, Sequence[str]] = {}
        if names:
            places = {_where(text): names, **_subselects(text, names)}
        if paged:
            places[_end(text)] = (_PAGE,)
        offsets = sorted(places)
        return cls(
            pieces=tuple(
                text[start:end] for start, end in zip([0, *offsets], [*offsets, len(text)], strict=True)
            ),
            gaps=tuple(tuple(places[offset]) for offset in offsets),
        )

    def fill(self, values: Mapping[str, str], *, page: str = "") -> str:
        """Return the text with the serialised terms of some of its variables, and the bounds of a page."""
        blocks = {name: f" VALUES ?{name} {{ {term} }}" for name, term in values.items()}
        blocks[_PAGE] = page
        filled = [self.pieces[0]]
        for gap, piece in zip(self.gaps, self.pieces[1:], strict=True):
            filled += [blocks[name] for name in gap if name in blocks]
            filled.append(piece)
        return "".join(filled)


def regions(text: str) -> dict[str, int]:
    """Return the parameters for which lines are set apart in a text, each with the offset of its first."""
    found: dict[str, int] = {}
    for match in _REGION.finditer(text):
        found.setdefault(match[1], match.start())
    return found


def without(text: str, names: Collection[str]) -> str:
    """Return a text with the lines of some parameters left empty."""
    return _REGION.sub(lambda match: match[0].count("\n") * "\n" if match[1] in names else match[0], text)


def has_bounds(text: str) -> int | None:
    """Return the offset of a LIMIT or OFFSET of the outermost query, or None."""
    depth = 0
    for token in lexer.tokens(text):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth == 0 and token.keyword in ("LIMIT", "OFFSET"):
            return token.start
    return None


def _end(text: str) -> int:
    """Return the offset at which LIMIT and OFFSET go: the end, but before a VALUES block that closes it."""
    depth, end = 0, 0
    for token in lexer.tokens(text):
        if token.keyword == "VALUES" and depth == 0:
            break
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        end = token.start + len(token.text)
    return end


def _where(text: str) -> int:
    """Return the offset after the brace that opens the outermost WHERE clause."""
    form = lexer.form(text)
    depth, groups, previous = 0, 0, ""
    for token in lexer.tokens(text):
        if token.text == "{" and depth == 0:
            # The first group of a CONSTRUCT is its template, unless the short form CONSTRUCT WHERE is used.
            if form != "CONSTRUCT" or groups == 1:
                return token.start + 1
            if previous != "CONSTRUCT":
                break
            groups += 1
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        previous = token.keyword
    raise QueryError("the query has no WHERE clause that takes parameters; write one in full")


def _subselects(text: str, names: Collection[str]) -> dict[int, list[str]]:
    """Return which of some variables each sub-select projects as they are, by the offset of its pattern.

    One below another counts only what both project: else it is another variable (SPARQL 1.1, section 12). One
    with a LIMIT or OFFSET takes nothing, as it would cut other rows.
    """
    found: dict[int, list[str]] = {}
    scopes: list[tuple[int, list[str]]] = []  # of each open brace: where its select begins, what it sees
    projected: list[str] | None = None
    closed, previous, depth = -1, "", 0
    for token in lexer.tokens(text):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        outer, seen = scopes[-1] if scopes else (-1, list(names))
        if token.keyword == "SELECT" and previous == "{" and len(scopes) > 0:
            projected = []
        elif token.text == "{" and projected is not None and depth == 0:
            seen = [name for name in seen if name in projected]
            found[token.start + 1], projected = seen, None
            scopes.append((token.start + 1, seen))
        elif token.text == "{":
            scopes.append((outer, seen))
        elif token.text == "}" and scopes:
            closed = scopes.pop()[0]
        elif projected is not None and token.kind == "variable" and depth == 0:
            projected.append(token.text[1:])
        elif token.keyword in ("LIMIT", "OFFSET") and closed > 0:
            found = {offset: seen for offset, seen in found.items() if offset < closed}
        previous = token.text
    return {offset: seen for offset, seen in found.items() if seen}
