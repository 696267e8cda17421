"""Literals that a store would silently spell in another way, with the line where they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.literals import canonical, problem
from acagraph.graph.tokens import Token, names, tokens
from acagraph.vocab import XSD


@dataclass(frozen=True)
class Misspelling:
    """A literal that is not canonical; `fixable` when fmt writes the same value canonically."""

    path: Path | None
    line: int
    message: str
    fixable: bool

    def __str__(self) -> str:
        """Say where it is, what is wrong and what to do."""
        return f"{self.path or '<text>'}:{self.line}: {self.message}"


def misspelt(text: str, *, path: Path | None = None) -> list[Misspelling]:
    """Return the literals of a valid Turtle text that are ill-typed or not canonical, in file order."""
    iris = {token.start: iri for token, iri in names(text)}
    found = []
    for token, literal in _literals([*tokens(text)], iris):
        message = problem(literal)
        if message is not None:
            better = canonical(literal)
            found.append(Misspelling(path, token.line, message, fixable=problem(better) is None))
    return found


def refuse_misspelt(text: str, quads: Iterable[ox.Quad], *, path: Path | None) -> None:
    """Raise SourceError for the first literal of a Turtle text, parsed as `quads`, that is not canonical.

    One of a wrong type comes before one that fmt can mend. Engines answer such literals each in their way,
    with a warning, with another spelling or with nothing.
    """
    wrong = next(((quad, message) for quad in quads if (message := _problem_of(quad)) is not None), None)
    if wrong is None:
        return  # and nothing is looked for in the text, which takes a hundred times longer
    found = sorted(misspelt(text, path=path), key=lambda literal: (literal.fixable, literal.line))
    if found:
        others = f"; {len(found) - 1} more in this file" if len(found) > 1 else ""
        raise SourceError(found[0].message + others, path=path, line=found[0].line)
    # One written with an escape, which the tokens leave out.
    quad, message = wrong
    raise SourceError(f"{quad.subject} {quad.predicate}: {message}", path=path)


def _problem_of(quad: ox.Quad) -> str | None:
    return problem(quad.object) if isinstance(quad.object, ox.Literal) else None


def _literals(stream: list[Token], iris: dict[int, str]) -> list[tuple[Token, ox.Literal]]:
    """Return the numbers and the typed strings of a text; all others have only one spelling."""
    stream = [token for token in stream if token.kind != "comment"]
    found = []
    for index, token in enumerate(stream):
        if token.kind == "number":
            kind = "double" if "e" in token.text.lower() else "decimal" if "." in token.text else "integer"
            found.append((token, ox.Literal(token.text, datatype=ox.NamedNode(XSD + kind))))
        elif token.kind == "string" and stream[index + 1].text == "^^":
            datatype = iris.get(stream[index + 2].start)
            quotes = 3 if token.text[:3] in ('"""', "'''") else 1
            value = token.text[quotes:-quotes]
            # An escape in a number or a date is legal but means nothing good; only the parser can read it.
            if datatype is not None and "\\" not in value:
                found.append((token, ox.Literal(value, datatype=ox.NamedNode(datatype))))
    return found
