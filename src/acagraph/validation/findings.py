"""One thing that is wrong: its rule, its place and what a curator should do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, cast
from urllib.parse import quote

import pyoxigraph as ox

from acagraph import vocab
from acagraph.graph.terms import Value

Severity = Literal["violation", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")
SH = vocab.EXTERNAL["sh"]
SPARQL_COMPONENT = SH + "SPARQLConstraintComponent"


@dataclass(frozen=True)
class Finding:
    """A broken rule at one focus node; `rule` is a local name below the shapes namespace.

    `focus` is an IRI, a blank node such as `_:b1`, or a literal in N-Triples, quotation marks and all. `path`
    is an IRI, for an inverse path `^` and an IRI, else SPARQL with IRIs in angle brackets. `value` is the
    text of the value, `term` the value as an RDF term. `label` is the name of the focus, `line` and `column`
    count from 1, `known` is why a curator accepts it.
    """

    rule: str
    severity: Severity
    focus: str
    path: str | None
    value: str | None
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    label: str | None = None
    known: str | None = None
    component: str = SPARQL_COMPONENT
    term: Value | None = field(default=None, repr=False)

    @property
    def order(self) -> tuple[int | str, ...]:
        """Return what findings are sorted by: severity, rule, focus, path, value, then all that is left."""
        term = "" if self.term is None else str(self.term)
        words = (self.rule, self.focus, self.path, self.value, term, self.message, self.component, self.file)
        return (SEVERITIES.index(self.severity), *(word or "" for word in words), self.line or 0)

    @property
    def node(self) -> Value:
        """Return the focus as an RDF term."""
        if self.focus.startswith('"'):
            (triple,) = ox.parse(f"<x:s> <x:p> {self.focus} .", format=ox.RdfFormat.N_TRIPLES)
            return cast(ox.Literal, triple.object)
        return ox.BlankNode(self.focus[2:]) if self.focus.startswith("_:") else named_node(self.focus)

    @property
    def rule_iri(self) -> str:
        """Return the IRI of the shape or check that found it."""
        return self.rule if ":" in self.rule else vocab.SHAPES + self.rule


def focus_of(term: Value | ox.Triple) -> str:
    """Return a term as the focus of a finding has it."""
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def named_node(iri: str) -> ox.NamedNode:
    """Return the node of an IRI, what no IRI may have in it escaped: pySHACL lets that pass."""
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return ox.NamedNode(quote(iri, safe=":/?#[]@!$&'()*+,;=%~"))


def shown(value: str) -> str:
    """Return a value as a person reads it: a prefixed name for an IRI, else its text on one line."""
    return " ".join(vocab.compact(value).split())


def shown_path(path: str) -> str:
    """Return a path as a person reads it: SPARQL with prefixed names."""
    if "<" in path:
        return re.sub("<([^>]*)>", lambda match: vocab.compact(match[1]), path)
    return "^" + vocab.compact(path[1:]) if path.startswith("^") else vocab.compact(path)
