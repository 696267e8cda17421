"""One thing that is wrong: its rule, its place and what a curator should do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

import pyoxigraph as ox

from acagraph import vocab

Severity = Literal["violation", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")
SH = vocab.EXTERNAL["sh"]
SPARQL_COMPONENT = SH + "SPARQLConstraintComponent"


@dataclass(frozen=True)
class Finding:
    """A broken rule at one focus node; `rule` is a local name below the shapes namespace.

    `path` is an IRI, for an inverse path `^` and an IRI, else SPARQL with IRIs in angle brackets. `label` is
    the name of the focus, `line` and `column` count from 1, `known` is why a curator accepts it. `term` is
    the value as an RDF term, kept for the SHACL report; it takes no part in equality.
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
    term: ox.NamedNode | ox.BlankNode | ox.Literal | None = field(default=None, compare=False, repr=False)

    @property
    def order(self) -> tuple[int | str, ...]:
        """Return what findings are sorted by: severity, rule, focus, path, value, then all that is left."""
        words = (self.rule, self.focus, self.path, self.value, self.message, self.component, self.file)
        return (SEVERITIES.index(self.severity), *(word or "" for word in words), self.line or 0)

    @property
    def rule_iri(self) -> str:
        """Return the IRI of the shape or check that found it."""
        return self.rule if ":" in self.rule else vocab.SHAPES + self.rule


def shown(value: str) -> str:
    """Return a value as a person reads it: a prefixed name for an IRI, else its text on one line."""
    return " ".join(vocab.compact(value).split())


def shown_path(path: str) -> str:
    """Return a path as a person reads it: SPARQL with prefixed names."""
    if "<" in path:
        return re.sub("<([^>]*)>", lambda match: vocab.compact(match[1]), path)
    return "^" + vocab.compact(path[1:]) if path.startswith("^") else vocab.compact(path)
