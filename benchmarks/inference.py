"""Measure how inference grows: generated data on the real ontology, in processor seconds.

    python benchmarks/inference.py 10000 100000 300000 --owlrl 10000

Not a test: it prints what it measures. owlrl computes much more (all of OWL 2 RL), so compare orders only.
"""

from __future__ import annotations

import argparse
import datetime
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from acagraph.graph import build
from acagraph.inference import derive, load_rules
from acagraph.sources import discover
from acagraph.vocab import PREFIXES, graph_iri

ROOT = Path(__file__).resolve().parent.parent
AS_OF = datetime.date(2026, 11, 22)
KINDS = (
    "Business",
    "LocalGovernment",
    "HigherEducationInstitution",
    "CivilSocietyOrganisation",
    "FaithGroup",
)
METRICS = ("member-count", "population", "emissions-share", "economy")


Triple = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]


def iri(name: str) -> ox.NamedNode:
    """Return the node of a prefixed name."""
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def instant(day: int) -> ox.Literal:
    """Return midnight of a day counted from 2000-01-01."""
    date = datetime.date(2000, 1, 1) + datetime.timedelta(days=day)
    return ox.Literal(f"{date.isoformat()}T00:00:00Z", datatype=iri("xsd:dateTime"))


def triples(size: int, chance: random.Random) -> Iterator[Triple]:
    """Yield about `size` triples: agents with places, memberships, evidence, figures and relations."""
    kind = iri("rdf:type")
    agents = size // 40 + 1
    for number in range(agents // 20 + 1):
        place, country = iri(f"place:p{number}"), iri(f"place:c{number % 30}")
        yield place, kind, iri("aca:Settlement")
        yield place, iri("aca:within"), iri(f"place:d{number % 200}")
        yield iri(f"place:d{number % 200}"), kind, iri("aca:FirstLevelDivision")
        yield iri(f"place:d{number % 200}"), iri("aca:within"), iri(f"place:c{number % 200 % 30}")
        yield country, kind, iri("aca:Country")
        yield place, iri("skos:exactMatch"), iri(f"wd:Q{number}")
    for number in range(300):
        source, day = iri(f"source:s{number}"), chance.randrange(9000)
        yield source, kind, iri("aca:Source")
        yield source, iri("aca:notBefore"), instant(day)
        yield source, iri("aca:notAfter"), instant(day + chance.randrange(60))
        yield source, iri("aca:dateText"), ox.Literal(str(day))
    for number in range(agents):
        yield from agent_triples(number, agents, chance)


def agent_triples(number: int, agents: int, chance: random.Random) -> Iterator[Triple]:
    """Yield one agent with what is said of it: about forty triples."""
    kind = iri("rdf:type")
    agent, what = iri(f"agent:a{number}"), chance.choice(KINDS)
    yield agent, kind, iri(f"aca:{what}")
    yield agent, iri("skos:prefLabel"), ox.Literal(f"Agent {number}", language="en")
    place = iri(f"place:p{chance.randrange(agents // 20 + 1)}")
    yield agent, iri("aca:governs" if what == "LocalGovernment" else "aca:locatedIn"), place
    evidence = iri(f"evidence:e{number}")
    yield evidence, kind, iri("aca:Quotation")
    yield evidence, iri("aca:inSource"), iri(f"source:s{chance.randrange(300)}")
    yield evidence, iri("aca:startOffset"), ox.Literal(str(number), datatype=iri("xsd:integer"))
    for spell in range(2):
        statement = iri(f"stmt:m{number}x{spell}")
        yield statement, kind, iri("aca:FoundingMembership" if number % 9 == 0 else "aca:Membership")
        yield statement, iri("aca:participant"), agent
        yield statement, iri("aca:inCoalition"), iri(f"coalition:k{chance.randrange(20)}")
        yield statement, iri("aca:evidence"), evidence
        if chance.random() < 0.2:
            yield statement, iri("aca:participationStatus"), iri("participation-status:suspended")
        if chance.random() < 0.3:
            day = chance.randrange(8000)
            yield statement, iri("aca:endsNotBefore"), instant(day)
            yield statement, iri("aca:endsNotAfter"), instant(day)
    for part in range(2):
        statement = iri(f"stmt:f{number}x{part}")
        yield statement, kind, iri("aca:Figure")
        # Half of the figures are of twenty coalitions: large groups are what a latest figure is slow on.
        subject = agent if part else iri(f"coalition:k{chance.randrange(20)}")
        yield statement, iri("aca:figureSubject"), subject
        yield statement, iri("aca:metric"), iri(f"metric:{chance.choice(METRICS)}")
        yield statement, iri("aca:unit"), iri("qudt-unit:NUM")
        yield (
            statement,
            iri("aca:value"),
            ox.Literal(str(chance.randrange(9999)), datatype=iri("xsd:integer")),
        )
        yield statement, iri("aca:evidence"), evidence
    relation = iri(f"stmt:r{number}")
    yield relation, kind, iri("aca:Relation")
    yield relation, iri("aca:relationSubject"), agent
    yield relation, iri("aca:relationProperty"), iri("aca:sector")
    yield relation, iri("aca:relationObject"), iri(f"sector:s{number % 12}")
    yield relation, iri("aca:evidence"), evidence


def generate(size: int) -> list[ox.Quad]:
    """Return the ontology with about `size` generated triples; equal sizes give equal data."""
    home = ox.NamedNode(graph_iri("ontology"))
    ontology = [quad for quad in build(discover(ROOT)).quads if quad.graph_name == home]
    graph = iri("aca:generated")
    made = {ox.Quad(s, p, o, graph) for s, p, o in triples(size, random.Random(7))}
    return [*ontology, *made]


def measure(size: int) -> None:
    """Print the processor seconds of all rules, and of each rule on the finished dataset."""
    quads = generate(size)
    start = time.process_time()
    derived = derive(quads, rules=ROOT / "queries" / "rules", as_of=AS_OF)
    seconds = time.process_time() - start
    print(f"{len(quads):>8} triples: {len(derived):>7} derived in {seconds:6.2f} s")
    store = ox.Store()
    store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in [*quads, *derived])
    day = ox.Literal(f"{AS_OF}T00:00:00Z", datatype=iri("xsd:dateTime"))
    for rule in load_rules(ROOT / "queries" / "rules"):
        start = time.process_time()
        bound: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {}
        if rule.dated:
            bound[ox.Variable("asOf")] = day
        result = store.query(rule.text, substitutions=bound)
        assert isinstance(result, ox.QueryTriples)
        count = len(list(result))
        print(f"         {rule.name:<24} {count:>8} solutions {time.process_time() - start:6.2f} s")


def measure_owlrl(size: int) -> None:
    """Print the processor seconds of owlrl's OWL 2 RL closure on the same data."""
    import owlrl
    import rdflib

    graph = rdflib.Graph()
    lines = "".join(f"{q.subject} {q.predicate} {q.object} .\n" for q in generate(size))
    graph.parse(data=lines, format="nt")
    before, start = len(graph), time.process_time()
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    print(f"{before:>8} triples: {len(graph) - before:>7} by owlrl in {time.process_time() - start:6.2f} s")


def main() -> None:
    """Measure at each size that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000, 300_000])
    parser.add_argument("--owlrl", type=int, metavar="SIZE")
    arguments = parser.parse_args()
    for size in arguments.sizes:
        measure(size)
    if arguments.owlrl:
        measure_owlrl(arguments.owlrl)


if __name__ == "__main__":
    main()
