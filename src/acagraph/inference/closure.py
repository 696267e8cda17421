"""Running rules over a store until they add nothing."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.inference.rules import AS_OF, Rule, load_rules
from acagraph.vocab import XSD, graph_iri

_MOST_ROUNDS = 100

DERIVED = ox.NamedNode(graph_iri("derived"))


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
    derived again. Memory: some 250 bytes for each triple, stated or derived. Raises SourceError for a rule
    that cannot be read or never ends.
    """
    midnight = ox.Literal(f"{as_of.isoformat()}T00:00:00Z", datatype=ox.NamedNode(XSD + "dateTime"))
    known = {line for graph in _graphs(store) for line in _lines(store, graph)}
    for _, together in groupby(load_rules(rules), key=lambda rule: rule.order):
        _close(store, tuple(together), midnight, known)


def _graphs(store: ox.Store) -> Iterator[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]:
    yield ox.DefaultGraph()
    yield from store.named_graphs()


def _lines(store: ox.Store, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> list[bytes]:
    """Return the triples of a graph as lines of N-Triples, which the store writes in native code."""
    text = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
    assert text is not None  # it is None only when an output is given
    return text.splitlines()


def _close(store: ox.Store, rules: tuple[Rule, ...], as_of: ox.Literal, known: set[bytes]) -> None:
    """Run rules of one number until they add nothing; `known` grows by what they add."""
    # What was added since each rule ran last: a rule that reads none of it would add nothing again.
    fresh: dict[str, set[str] | None] = {rule.name: None for rule in rules}
    for _ in range(_MOST_ROUNDS):
        for rule in rules:
            if not _reads(rule, fresh[rule.name]):
                continue
            fresh[rule.name] = set()
            new = set(_derived(store, rule, as_of)) - known
            known |= new
            _add(store, new)
            added = {line.split(b" ", 2)[1][1:-1].decode() for line in new}
            for since in fresh.values():
                if since is not None:
                    since |= added
        if not any(_reads(rule, fresh[rule.name]) for rule in rules):
            return
    names = ", ".join(rule.name for rule in rules)
    raise SourceError(f"rules {names} add triples without end; correct them", path=rules[0].path)


def _reads(rule: Rule, added: set[str] | None) -> bool:
    """Say whether a rule may give more now that triples with some predicates were added; None is all."""
    if added is None:
        return True
    return bool(added) if rule.reads is None else not rule.reads.isdisjoint(added)


def _add(store: ox.Store, lines: set[bytes]) -> None:
    """Add lines of N-Triples to graph/derived; blank nodes keep their names, which loading would change."""
    named = [line for line in lines if b"_:" not in line]
    store.load(b"\n".join(named), format=ox.RdfFormat.N_TRIPLES, to_graph=DERIVED)
    if len(named) < len(lines):
        rest = b"\n".join(lines.difference(named))
        for quad in ox.parse(rest, format=ox.RdfFormat.N_TRIPLES):
            store.add(ox.Quad(quad.subject, quad.predicate, quad.object, DERIVED))


def _derived(store: ox.Store, rule: Rule, as_of: ox.Literal) -> list[bytes]:
    """Evaluate a rule; the date goes in as a typed term, which the rule's outermost SELECT projects."""
    bound: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] | None
    bound = {ox.Variable(AS_OF): as_of} if rule.dated else None
    try:
        result = store.query(rule.text, substitutions=bound, use_default_graph_as_union=True)
    except RuntimeError as error:
        message = f"?{AS_OF} must be among the variables of the SELECT that is the whole WHERE"
        raise SourceError(message, path=rule.path) from error
    assert isinstance(result, ox.QueryTriples)  # load_rules has refused other forms
    text = result.serialize(format=ox.RdfFormat.N_TRIPLES)
    assert text is not None
    return text.splitlines()
