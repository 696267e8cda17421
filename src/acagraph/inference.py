"""Direct edges, classes and defaults: SPARQL rules kept as data, run until they add nothing."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text
from acagraph.vocab import XSD, graph_iri

_NAME = re.compile(r"([0-9]{2})-[a-z][a-z0-9-]*")
_POSITION = re.compile(r"error at (\d+):(\d+): ")
_AS_OF = "asOf"
_MOST_ROUNDS = 100

DERIVED = ox.NamedNode(graph_iri("derived"))


@dataclass(frozen=True)
class Rule:
    """One CONSTRUCT query; the comment above it says what it derives and why."""

    name: str
    order: int
    purpose: str
    text: str
    path: Path

    @property
    def dated(self) -> bool:
        """Say whether the rule depends on the release's day."""
        return re.search(rf"[?$]{_AS_OF}\b", self.text) is not None


def load_rules(folder: Path) -> tuple[Rule, ...]:
    """Read the rules of a folder in the order in which they run, by file name.

    Raises SourceError when there are none, a name has no number, the comment is missing or the query is
    not a CONSTRUCT that can be parsed.
    """
    rules = tuple(_load(path) for path in sorted(folder.glob("*.rq")))
    if not rules:
        raise SourceError("holds no rule; add a file such as 10-superclass.rq", path=folder)
    return rules


def derive(quads: Iterable[ox.Quad], *, rules: Path, as_of: datetime.date) -> list[ox.Quad]:
    """Return what the rules add to some quads, as sorted quads of graph/derived; see `infer`."""
    store = ox.Store()
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    infer(store, rules=rules, as_of=as_of)
    return sorted(store.quads_for_pattern(None, None, None, DERIVED), key=str)


def infer(store: ox.Store, *, rules: Path, as_of: datetime.date) -> None:
    """Add what the rules derive from the union of a store's graphs to graph/derived in it.

    Rules of the same number run together until they add nothing, then those of the next number: so a rule
    may rely on the absence of what earlier numbers derive. A triple that some graph holds already is not
    derived again. Raises SourceError for a rule that cannot be read or never ends.
    """
    midnight = ox.Literal(f"{as_of.isoformat()}T00:00:00Z", datatype=ox.NamedNode(XSD + "dateTime"))
    for _, together in groupby(load_rules(rules), key=lambda rule: rule.order):
        _close(store, tuple(together), midnight)


def _close(store: ox.Store, rules: tuple[Rule, ...], as_of: ox.Literal) -> None:
    """Run rules of one number until they add nothing."""
    for _ in range(_MOST_ROUNDS):
        before = len(store)
        for rule in rules:
            # A set, since the query has to be done before the store changes.
            new = {triple for triple in _triples(store, rule, as_of) if not _holds(store, triple)}
            store.extend(ox.Quad(t.subject, t.predicate, t.object, DERIVED) for t in new)
        if len(store) == before:
            return
    names = ", ".join(rule.name for rule in rules)
    raise SourceError(f"rules {names} add triples without end; correct them", path=rules[0].path)


def _holds(store: ox.Store, triple: ox.Triple) -> bool:
    found = store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
    return next(found, None) is not None


def _triples(store: ox.Store, rule: Rule, as_of: ox.Literal) -> ox.QueryTriples:
    """Evaluate a rule; the date goes in as a typed term, which the rule's outermost SELECT projects."""
    bound: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] | None
    bound = {ox.Variable(_AS_OF): as_of} if rule.dated else None
    try:
        result = store.query(rule.text, substitutions=bound, use_default_graph_as_union=True)
    except RuntimeError as error:
        message = f"?{_AS_OF} must be among the variables of the SELECT that is the whole WHERE"
        raise SourceError(message, path=rule.path) from error
    assert isinstance(result, ox.QueryTriples)  # _load has refused other forms
    return result


def _load(path: Path) -> Rule:
    name = _NAME.fullmatch(path.stem)
    if name is None:
        message = "a rule's file is named by order and subject, such as 40-label.rq; rename it"
        raise SourceError(message, path=path)
    text = read_text(path)
    comment = re.match(r"(?:#[^\n]*\n)+", text)
    if comment is None:
        raise SourceError("begin the rule with a comment that says what and why", path=path, line=1)
    rule = Rule(path.stem, int(name[1]), re.sub(r"^# ?", "", comment[0], flags=re.M).strip(), text, path)
    try:
        result = ox.Store().query(text)
    except SyntaxError as error:
        position = _POSITION.match(str(error))
        line = int(position[1]) if position else None
        reason = _POSITION.sub("", str(error))
        raise SourceError(f"is not SPARQL: {reason}; correct the query", path=path, line=line) from error
    if not isinstance(result, ox.QueryTriples):
        raise SourceError("a rule is a CONSTRUCT query; write it as one", path=path)
    return rule
