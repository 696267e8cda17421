"""How much there is: things of each class, members in each country, records of each register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from acagraph.graph.terms import text_of
from acagraph.registers import TableGroup
from acagraph.registers.rows import read_rows
from acagraph.release.descriptions.graphs import Stated
from acagraph.release.descriptions.measures import Measure
from acagraph.vocab import PREFIXES, compact, expand, graph_iri

_CLASSES = """SELECT ?class (COUNT(*) AS ?n) {
  ?thing a ?class FILTER(STRSTARTS(STR(?class), STR(aca:)))
} GROUP BY ?class"""
_MEMBERS = """SELECT ?country (COUNT(DISTINCT ?agent) AS ?n) {
  ?agent aca:hasBeenMemberOf ?coalition ; aca:country ?country
} GROUP BY ?country"""
# What is counted in a register, in the order in which it is shown.
COUNTS = (
    "records",
    "actors",
    "places",
    "memberships",
    "dated_memberships",
    "commitments",
    "figures",
    "no_targets",
)
_KINDS = {
    "memberships": "aca:Membership",
    "commitments": "aca:Commitment",
    "figures": "aca:Figure",
    "no_targets": "aca:NoTargetFound",
}
_STATEMENTS = """SELECT ?graph ?kind (COUNT(DISTINCT ?thing) AS ?n) {
  VALUES ?kind { aca:Membership aca:Commitment aca:Figure aca:NoTargetFound }
  GRAPH ?graph { ?thing a ?class }
  FILTER(STRSTARTS(STR(?graph), "REGISTERS"))
  ?thing a ?kind
} GROUP BY ?graph ?kind""".replace("REGISTERS", graph_iri("register/"))
_DATED = """SELECT ?graph (COUNT(DISTINCT ?thing) AS ?n) {
  GRAPH ?graph { ?thing aca:startsNotBefore|aca:startsNotAfter ?date }
  FILTER(STRSTARTS(STR(?graph), "REGISTERS"))
  ?thing a aca:Membership
} GROUP BY ?graph""".replace("REGISTERS", graph_iri("register/"))


@dataclass(frozen=True)
class Edition:
    """A source that a register is taken from."""

    source: str
    title: str
    edition: str
    licence: str
    publisher: str


@dataclass(frozen=True)
class Register:
    """A register: its editions and what it holds, counted record by record, before any actors are merged.

    `counts` has COUNTS; actors and places are the records that are about one.
    """

    name: str
    editions: tuple[Edition, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Tallies:
    """What a dataset holds: things by class and members by country, by prefixed name, and its registers.

    `graphs` measures each named graph, by IRI; tallies that were kept for another run have none.
    """

    classes: Mapping[str, int]
    members: Mapping[str, int]
    registers: tuple[Register, ...]
    graphs: Mapping[str, Measure] = field(default_factory=dict)


def count(
    store: ox.Store, stated: Stated, groups: Mapping[str, TableGroup], graphs: Mapping[str, Measure]
) -> Tallies:
    """Count what a store holds, derived triples included, and the registers' tables; sorted by name."""
    statements: dict[str, dict[str, int]] = defaultdict(dict)
    for graph, kind, number in _rows(store, _STATEMENTS):
        statements[graph][kind] = int(number)
    dated = {graph: int(number) for graph, number in _rows(store, _DATED)}
    registers = []
    for name, group in sorted(groups.items()):
        graph = graph_iri(f"register/{name}")
        counts = _records(group)
        counts |= {key: statements[graph].get(expand(kind), 0) for key, kind in _KINDS.items()}
        counts["dated_memberships"] = dated.get(graph, 0)
        ordered = {key: counts[key] for key in COUNTS}
        registers.append(Register(name, tuple(_editions(graph, stated)), ordered))
    return Tallies(_numbers(store, _CLASSES), _numbers(store, _MEMBERS), tuple(registers), graphs)


def _records(group: TableGroup) -> dict[str, int]:
    """Count the records of a register by what they are about; a record in two rows counts once."""
    about: dict[str, str] = {}
    for table in group.tables:
        names = [column.name for column in table.columns]
        if "record" in names and "actor" in names:
            record, actor = names.index("record"), names.index("actor")
            about |= {row.cells[record]: row.cells[actor] for row in read_rows(table)[1]}
    kinds = [thing.partition("/")[0] for thing in about.values()]
    return {"records": len(about), "actors": kinds.count("agent"), "places": kinds.count("place")}


def _editions(graph: str, stated: Stated) -> Iterator[Edition]:
    for source in sorted(stated.cited.get(graph, ())):
        told = stated.sources.get(source, {})
        edition, licence, publisher = (
            next((text_of(value) for value in told.get(expand(name), ())), "")
            for name in ("dcat:version", "dcterms:license", "dcterms:publisher")
        )
        yield Edition(compact(source), stated.title(source), edition, licence, publisher)


def _numbers(store: ox.Store, query: str) -> dict[str, int]:
    return dict(sorted((compact(name), int(number)) for name, number in _rows(store, query)))


def _rows(store: ox.Store, query: str) -> Iterable[tuple[str, ...]]:
    solutions = store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    return (tuple(text_of(term) for term in solution) for solution in solutions)
