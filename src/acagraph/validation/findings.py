"""One thing that is wrong: its rule, its place and what a curator should do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Literal

import pyoxigraph as ox

from acagraph import vocab
from acagraph.graph import Origin

Severity = Literal["violation", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")
SH = vocab.EXTERNAL["sh"]
SPARQL_COMPONENT = SH + "SPARQLConstraintComponent"


@dataclass(frozen=True)
class Finding:
    """A broken rule at one focus node; `rule` is a local name below the shapes namespace.

    `path` is an IRI, for an inverse path `^` and an IRI, else SPARQL with IRIs in angle brackets. `term` is
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
    component: str = SPARQL_COMPONENT
    term: ox.NamedNode | ox.BlankNode | ox.Literal | None = field(default=None, compare=False, repr=False)

    @property
    def order(self) -> tuple[int, str, str, str, str, str]:
        """Return the key findings are sorted by: severity, rule, focus, path, value, message."""
        rank = SEVERITIES.index(self.severity)
        return (rank, self.rule, self.focus, self.path or "", self.value or "", self.message)

    @property
    def rule_iri(self) -> str:
        """Return the IRI of the shape or check that found it."""
        return self.rule if ":" in self.rule else vocab.SHAPES + self.rule

    def line_of_text(self) -> str:
        """Return the finding as one line for a terminal: `file:line: severity rule: message`."""
        place = vocab.compact(self.focus) if self.file is None else f"{self.file}:{self.line or 1}"
        return f"{place}: {self.severity} {self.rule}: {self.message} [{self._subject()}]"

    def _subject(self) -> str:
        words = [vocab.compact(self.focus)]
        if self.path is not None:
            words.append(shown_path(self.path))
        if self.value is not None:
            words.append(shown(self.value))
        return " ".join(words)


def shown(value: str) -> str:
    """Return a value as a person reads it: a prefixed name for an IRI, else its text on one line."""
    return " ".join(vocab.compact(value).split())


def shown_path(path: str) -> str:
    """Return a path as a person reads it: SPARQL with prefixed names."""
    if "<" in path:
        return re.sub("<([^>]*)>", lambda match: vocab.compact(match[1]), path)
    return "^" + vocab.compact(path[1:]) if path.startswith("^") else vocab.compact(path)


def placed(finding: Finding, origin: Origin) -> Finding:
    """Return the finding with file and line of its focus, or of its value when only that is known."""
    for node in (finding.focus, finding.value or ""):
        if node in origin:
            path, line = origin[node]
            return replace(finding, file=path.as_posix(), line=line)
    return finding
