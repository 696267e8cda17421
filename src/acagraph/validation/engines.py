"""Which engine judges shapes, and what both are given, so that they find the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from acagraph import vocab
from acagraph.errors import SourceError
from acagraph.validation import vocabulary
from acagraph.validation.compiled import installed, run_shacl
from acagraph.validation.expressions import compiled_reads
from acagraph.validation.findings import SH, Finding
from acagraph.validation.shapegraph import TRUE, TYPE

Engine = Literal["shacl", "pyshacl"]

_RDFS_CLASS = ox.NamedNode(vocab.EXTERNAL["rdfs"] + "Class")
_OWL_CLASS = ox.NamedNode(vocab.EXTERNAL["owl"] + "Class")
_INNER = re.compile(r"\{\s*SELECT\b", re.IGNORECASE)


def choose(wanted: Engine | None, shapes: Sequence[ox.Quad]) -> tuple[Engine, str]:
    """Return the engine that judges shapes, and a sentence that says so where it is not the one to expect.

    The compiled engine is the default. pySHACL judges where that is not installed, and where shapes hold
    what it lacks. Raises SourceError when it is asked for by name and cannot judge.
    """
    if wanted == "pyshacl":
        return wanted, ""
    lacking = lacks(shapes)
    if wanted == "shacl" and not installed():
        message = "the compiled engine is not installed: pip install 'acagraph[build]', where it has a wheel"
        raise SourceError(message)
    if wanted == "shacl" and lacking:
        raise SourceError(f"the compiled engine does not judge {lacking}; leave --engine shacl out")
    if not installed():
        return "pyshacl", "pySHACL judged the shapes, slowly: the compiled engine, shacl, is not installed."
    if lacking:
        return "pyshacl", f"pySHACL judged the shapes, slowly: the compiled engine does not judge {lacking}."
    return "shacl", ""


def run_engine(data: Path, shapes: Sequence[ox.Quad], engine: Engine) -> list[Finding]:
    """Return what an engine finds in a file of N-Quads, in no particular order.

    Raises SourceError when the engine refuses the shapes.
    """
    given = _explicit(shapes)
    if engine == "shacl":
        return run_shacl(data, given)
    # Late, for it imports rdflib, and that takes longer than the compiled engine needs for it all.
    from acagraph.validation.reference import run_pyshacl

    lines = ox.parse(path=data, format=ox.RdfFormat.N_QUADS)
    return run_pyshacl(lines, given, advanced=bool(_advanced(shapes)))


def lacks(shapes: Sequence[ox.Quad]) -> str:
    """Return what the compiled engine cannot judge as pySHACL does in shapes, "" when there is nothing."""
    found = _advanced(shapes)
    for quad in shapes:
        name, value = quad.predicate.value, quad.object
        if name == SH + "pattern" and isinstance(value, ox.Literal) and vocabulary.looks_around(value.value):
            found.append("regular expressions that look around or back")
        elif name == SH + "pattern" and isinstance(value, ox.Literal) and not compiled_reads(value.value):
            found.append(f"the regular expression {value.value}")
        elif (
            name in (SH + "select", SH + "ask")
            and isinstance(value, ox.Literal)
            and _INNER.search(value.value)
        ):
            # It must be a failure where the inner one leaves $this out, and there the engine finds nothing.
            found.append("queries inside of queries")
    return ", ".join(dict.fromkeys(found))


def _advanced(shapes: Sequence[ox.Quad]) -> list[str]:
    """Return the advanced features that shapes use."""
    found = []
    for quad in shapes:
        name = quad.predicate.value.removeprefix(SH)
        if name in vocabulary.ADVANCED:
            found.append(f"sh:{name}")
        elif quad.predicate.value == TYPE and quad.object == ox.NamedNode(SH + vocabulary.FUNCTION):
            found.append(f"sh:{vocabulary.FUNCTION}")
    return found


def _explicit(shapes: Sequence[ox.Quad]) -> list[ox.Quad]:
    """Return shapes as both engines read them alike.

    What is an owl:Class is an rdfs:Class too, which one engine takes for granted. Of the ways to write the
    boolean only `true` makes sh:uniqueLang a constraint (SHACL, section 4.4.2). Prefixes are those of
    imported nodes too.
    """
    type_of, unique = ox.NamedNode(TYPE), ox.NamedNode(SH + "uniqueLang")
    classes = [
        ox.Quad(quad.subject, type_of, _RDFS_CLASS)
        for quad in shapes
        if quad.predicate == type_of and quad.object == _OWL_CLASS
    ]
    kept = [quad for quad in shapes if quad.predicate != unique or quad.object == TRUE]
    return [*kept, *classes, *_declared(shapes)]


def _declared(shapes: Sequence[ox.Quad]) -> list[ox.Quad]:
    """Return the prefixes that nodes have of what they import (SHACL, section 5.2.1)."""
    imports = [quad for quad in shapes if quad.predicate.value == vocab.EXTERNAL["owl"] + "imports"]
    found = [quad for quad in shapes if quad.predicate.value == SH + "declare"] if imports else []
    given = len(found)
    # A chain of imports is no longer than there are imports.
    for _ in imports:
        known = set(found)
        found += {
            ox.Quad(importing.subject, declared.predicate, declared.object)
            for importing in imports
            for declared in known
            if declared.subject == importing.object
        } - known
    return found[given:]
