"""PyPI `shacl`, a compiled SHACL engine: the same findings as pySHACL in a hundredth of the time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from acagraph import vocab
from acagraph.errors import SourceError
from acagraph.validation.findings import Finding, focus_of
from acagraph.validation.vocabulary import severity_of

_Term = ox.NamedNode | ox.BlankNode | ox.Literal
# One shape that everything breaks must not fill the memory.
MOST_FINDINGS = 120_000
_BLANK = "_:"
_NUMBERED = re.compile(r"_:0_b(\d+)")
_PROPERTY = re.compile(r"(\^?)<([^<>]*)>")


def stopped(number: int) -> str:
    """Return the sentence that the engine stopped after a number of findings, "" where it did not."""
    if number < MOST_FINDINGS:
        return ""
    return f"The shapes were judged until {MOST_FINDINGS:,} findings were there; there may be more."


def installed() -> bool:
    """Say whether the compiled engine is there and can be loaded; it has wheels for some systems only."""
    try:
        import_module("shacl")
    except ImportError:
        return False
    return True


def run_shacl(data: Path, shapes: Iterable[ox.Quad]) -> list[Finding]:
    """Return what the compiled engine finds in a file of N-Quads, in no particular order.

    After MOST_FINDINGS violations it stops. Memory: about 60 bytes for each triple of a release, and 10
    kilobytes for each finding. Raises SourceError when the engine refuses the shapes.
    """
    import shacl

    shapes = list(shapes)
    text = ox.serialize((quad.triple for quad in shapes), format=ox.RdfFormat.N_TRIPLES)
    assert text is not None  # it is None only when an output is given
    try:
        compiled = shacl.Shapes.from_text(text.decode(), format="ntriples")
        report = compiled.validate_file(str(data), max_results=MOST_FINDINGS)
    except ValueError as error:
        raise SourceError(f"shacl cannot use the shapes: {' '.join(str(error).split())}") from None
    except BaseException as error:
        # What Rust code panics with is no Exception, and not to be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise SourceError(f"shacl failed on these shapes or data: {error}; try --engine pyshacl") from None
    if not any(_BLANK in result.focus_node + (result.value or "") for result in report.results):
        return [_finding(result, {}) for result in report.results]
    own = {term for quad in shapes for term in (quad.subject, quad.object) if isinstance(term, ox.BlankNode)}
    labels = dict(enumerate(_labels(data), len(own)))
    return [_finding(result, labels) for result in report.results]


def _labels(data: Path) -> list[str]:
    """Return the labels of blank nodes in the order in which a file of N-Quads names them.

    The engine calls each by its number in this order, counted on from those of the shapes.
    """
    found: dict[str, None] = {}
    with data.open(encoding="utf-8") as file:
        for line in file:
            if _BLANK in line:
                subject, _, rest = line.split(" ", 2)
                for term in (subject, rest.partition(" ")[0]):
                    if term.startswith(_BLANK):
                        found.setdefault(term[2:])
    return list(found)


def _finding(result: Any, labels: Mapping[int, str]) -> Finding:
    focus, value = _term(result.focus_node, labels), _term(result.value, labels)
    # A node shape reports its focus as the value too: nothing that a reader does not see already.
    repeated = result.path is None and value == focus
    assert focus is not None
    return Finding(
        rule=_plain(result.root_shape or result.source_shape).removeprefix(vocab.SHAPES),
        severity=severity_of(result.severity_iri),
        focus=focus_of(focus),
        path=None if result.path is None else _path(result.path),
        value=None if value is None or repeated else _text(value),
        message=" ".join(sorted(result.messages)),
        component=result.component_iri,
        term=value,
    )


def _path(path: str) -> str:
    """Return a path as a finding has it: a property, or the inverse of one, without angle brackets."""
    plain = _PROPERTY.fullmatch(path)
    return plain[1] + plain[2] if plain else path


def _plain(node: str) -> str:
    return node.removeprefix("<").removesuffix(">")


def _term(text: str | None, labels: Mapping[int, str]) -> _Term | None:
    """Return the term that is written in N-Triples; a blank node under its own label."""
    if text is None:
        return None
    if text.startswith("_:"):
        numbered = _NUMBERED.fullmatch(text)
        return ox.BlankNode(labels.get(int(numbered[1]), text[2:]) if numbered else text[2:])
    (triple,) = ox.parse(f"<x:s> <x:p> {text} .", format=ox.RdfFormat.N_TRIPLES)
    return cast(_Term, triple.object)


def _text(term: _Term) -> str:
    return str(term) if isinstance(term, ox.BlankNode) else term.value
