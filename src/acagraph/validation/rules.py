"""The rules that a dataset is judged by: what each is about, how severe it is, where it stands."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from acagraph import vocab
from acagraph.errors import SourceError
from acagraph.graph import parse_text
from acagraph.graph.tokens import layout
from acagraph.graph.turtle import read_text
from acagraph.validation.checks import load_checks
from acagraph.validation.findings import SH, Severity
from acagraph.validation.vocabulary import severity_of

_TYPE = vocab.EXTERNAL["rdf"] + "type"
_LABEL = vocab.EXTERNAL["rdfs"] + "label"
_KINDS = frozenset((SH + "NodeShape", SH + "PropertyShape"))
_SIGNS = frozenset(
    SH + name for name in ("path", "targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")
)
_NUMBER = re.compile(r"rule-([0-9]+)-")
_MOST_NEAR = 3


@dataclass(frozen=True)
class Rule:
    """One constraint: a shape or a check, by its local name below the shapes namespace or by its IRI.

    `title` says in a few words what must hold; `message` what to do where it does not, with `{name}` for
    what a finding fills in; `path` and `line` where it is written, None for a shape without a file.
    """

    name: str
    severity: Severity
    message: str
    title: str = ""
    path: Path | None = None
    line: int | None = None

    @property
    def iri(self) -> str:
        """Return the IRI that documents the rule."""
        return self.name if ":" in self.name else vocab.SHAPES + self.name

    @property
    def number(self) -> int | None:
        """Return the number of the group of rules that it belongs to, None for a stranger's shape."""
        found = _NUMBER.match(self.name)
        return int(found[1]) if found else None


def refuse_unknown(only: Collection[str], names: Collection[str]) -> None:
    """Raise SourceError, with the nearest names, when one of `only` is no rule's."""
    for name in sorted(set(only).difference(names)):
        near = difflib.get_close_matches(name, names, n=_MOST_NEAR)
        advice = f"did you mean {' or '.join(near)}?" if near else "the report of `--format json` has them"
        raise SourceError(f"no rule is called {name}; {advice}")


def load_rules(shapes: Path, checks: Path) -> tuple[Rule, ...]:
    """Return the rules of shapes and of a folder of checks, sorted by name.

    `shapes` is a folder, of which the Turtle files directly in it are read, or one file with all shapes.
    Titles are the labels of the groups (`sh:group`, or `group-36` for `rule-36-…`). Raises SourceError, with
    file and line, for a file that cannot be read and for a name that is given twice.
    """
    files = sorted(shapes.glob("*.ttl")) if shapes.is_dir() else [shapes]
    found: list[Rule] = []
    said: _Said = {}
    for path in files:
        text = read_text(path)
        own = _said(parse_text(text, path=path)[0])
        said |= own
        lines = {block.subject: block.line for block in reversed(layout(text).blocks)}
        found += (replace(rule, path=path, line=lines.get(rule.iri)) for rule in _rules(own))
    for check in load_checks(checks):
        found.append(Rule(check.rule, check.severity, check.message, "", check.path, 1))
    return _once(replace(rule, title=_title(rule, said)) for rule in found)


def rules_of(quads: Iterable[ox.Quad]) -> tuple[Rule, ...]:
    """Return the rules of parsed shapes, anybody's, sorted by name; nothing is known of their files."""
    said = _said(quads)
    found = (replace(rule, title=_title(rule, said)) for rule in _rules(said))
    return tuple(sorted(found, key=lambda rule: rule.name))


_Said = dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]


def _said(quads: Iterable[ox.Quad]) -> _Said:
    """Return what is said of each named thing, by predicate."""
    said: _Said = {}
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            values = said.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, [])
            if isinstance(quad.object, ox.NamedNode | ox.Literal):
                values.append(quad.object)
    return said


def _rules(said: _Said) -> Iterator[Rule]:
    for iri, values in said.items():
        kinds = {kind.value for kind in values.get(_TYPE, ())}
        if kinds & _KINDS or _SIGNS & values.keys():
            severity = next((term.value for term in values.get(SH + "severity", ())), "")
            yield Rule(
                name=iri.removeprefix(vocab.SHAPES),
                severity=severity_of(severity),
                message=_text(values.get(SH + "message", ())),
            )


def _title(rule: Rule, said: _Said) -> str:
    """Return the label of the rule's group, else the shape's own name or label."""
    own = said.get(rule.iri, {})
    numbered = [] if rule.number is None else [f"{vocab.SHAPES}group-{rule.number:02}"]
    groups = [*(term.value for term in own.get(SH + "group", ())), *numbered]
    told = [_text(said.get(group, {}).get(_LABEL, ())) for group in groups]
    told += [_text(own.get(name, ())) for name in (SH + "name", _LABEL)]
    return next((text for text in told if text), "")


def _text(terms: Iterable[ox.NamedNode | ox.Literal]) -> str:
    """Return the English text of several, else the first by its language."""
    texts = [term for term in terms if isinstance(term, ox.Literal)]
    ranked = sorted(texts, key=lambda term: (term.language != "en", term.language or "", term.value))
    return ranked[0].value if ranked else ""


def _once(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules sorted by name; two of one name are an error."""
    found: dict[str, Rule] = {}
    for rule in rules:
        if rule.name in found:
            other = found[rule.name]
            message = f"the rule {rule.name} stands in {other.path}:{other.line} too; rename one of them"
            raise SourceError(message, path=rule.path, line=rule.line)
        found[rule.name] = rule
    return tuple(found[name] for name in sorted(found))
