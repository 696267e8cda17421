"""PyPI `shacl`, a compiled SHACL engine: the same findings as pySHACL in a hundredth of the time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from acagraph import vocab
from acagraph.errors import SourceError
from acagraph.validation.findings import SH, Finding, Severity

_Term = ox.NamedNode | ox.BlankNode | ox.Literal
_PROPERTY = re.compile(r"(\^?)<([^<>]*)>")


def installed() -> bool:
    """Say whether the compiled engine is there; it has wheels for some systems only."""
    return find_spec("shacl") is not None


def run_shacl(data: Path, shapes: Iterable[ox.Quad]) -> list[Finding]:
    """Return what the compiled engine finds in a file of N-Quads, in no particular order.

    Memory: about 0.8 kilobytes for each triple. Raises SourceError when the engine refuses the shapes.
    """
    import shacl

    text = ox.serialize((quad.triple for quad in shapes), format=ox.RdfFormat.N_TRIPLES)
    assert text is not None  # it is None only when an output is given
    try:
        compiled = shacl.Shapes.from_text(text.decode(), format="ntriples")
        report = compiled.validate_file(str(data))
    except ValueError as error:
        raise SourceError(f"shacl cannot use the shapes: {error}") from None
    return [_finding(result) for result in report.results]


def _finding(result: Any) -> Finding:
    focus, value = _term(result.focus_node), _term(result.value)
    # A node shape reports its focus as the value too: nothing that a reader does not see already.
    repeated = result.path is None and value == focus
    assert focus is not None
    return Finding(
        rule=_plain(result.root_shape or result.source_shape).removeprefix(vocab.SHAPES),
        severity=cast(Severity, result.severity_iri.removeprefix(SH).lower()),
        focus=_text(focus),
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


def _term(text: str | None) -> _Term | None:
    """Return the term that is written in N-Triples."""
    if text is None:
        return None
    (triple,) = ox.parse(f"<x:s> <x:p> {text} .", format=ox.RdfFormat.N_TRIPLES)
    return cast(_Term, triple.object)


def _text(term: _Term) -> str:
    return str(term) if isinstance(term, ox.BlankNode) else term.value
