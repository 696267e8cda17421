"""What is asked: the questions of each group with the figure to reach, made from a release."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, cycle, islice
from urllib.parse import quote, urlencode

from service_load import Request
from service_servers import JSON, Ask, sparql

from acagraph import queries
from acagraph.dataset import Dataset
from acagraph.queries import description
from acagraph.stores import UNLIMITED, Answer, rows
from acagraph.stores.media import N_TRIPLES
from acagraph.vocab import BASE, PREFIXES

WARM, FRESH, MIX = "warm", "fresh", "mix"
TURTLE, JSON_LD, HTML, XML = (
    "text/turtle",
    "application/ld+json",
    "text/html",
    "application/sparql-results+xml",
)
_SEED = 4
_THINGS = f"""SELECT DISTINCT ?thing {{ ?thing a ?class FILTER(STRSTARTS(STR(?thing), "{BASE}id/")) }}
ORDER BY ?thing"""
_SIZES = """SELECT ?coalition (COUNT(DISTINCT ?member) AS ?members) { ?member aca:memberOf ?coalition }
GROUP BY ?coalition ORDER BY DESC(?members) ?coalition"""
_OPTIONAL = """SELECT ?member ?label ?country ?place ?match ?website ?population WHERE {
  ?member aca:memberOf %(coalition)s .
  OPTIONAL { ?member skos:prefLabel ?label }
  OPTIONAL { ?member aca:country ?country }
  OPTIONAL { ?member aca:basedIn ?place }
  OPTIONAL { ?member skos:exactMatch ?match }
  OPTIONAL { ?member aca:website ?website }
  OPTIONAL { ?member aca:population ?population }
} ORDER BY ?member ?label ?country ?place ?match ?website ?population LIMIT %(most)d"""
_MEMBERS = """SELECT ?member (MIN(STR(?name)) AS ?label) WHERE {
  ?member aca:memberOf %(coalition)s ; rdfs:label ?name .
} GROUP BY ?member ORDER BY ?label ?member LIMIT %(most)d"""
_AGGREGATE = """SELECT ?country (COUNT(DISTINCT ?member) AS ?members) WHERE {
  ?member aca:memberOf ?coalition ; aca:country ?country .
} GROUP BY ?country ORDER BY DESC(?members) ?country LIMIT %(most)d"""


@dataclass(frozen=True)
class Case:
    """Questions of one kind. `times` is how often Oxigraph's rate ours must be, `least` a rate of its own.

    Without `compared` nobody else can answer it, so that it is measured alone.
    """

    group: str
    name: str
    asks: Sequence[Ask]
    times: float | None = None
    least: float | None = None
    compared: bool = True

    def part(self, number: int, of: int) -> Sequence[Ask]:
        """Return the questions of one round: all where answers are repeated, else some that no other gets."""
        if self.group == WARM:
            return self.asks
        size = len(self.asks) // of
        return self.asks[number * size : (number + 1) * size]


class Questions:
    """Makes questions about the things of a release, in an order that is the same each time."""

    def __init__(self, dataset: Dataset, *, most: int) -> None:
        self._dataset = dataset
        self._most = most
        order = random.Random(_SEED)
        self.things = [row["thing"].value for row in rows(dataset.store, _THINGS, limits=UNLIMITED)]
        order.shuffle(self.things)
        self.agents = [iri for iri in self.things if iri.startswith(f"{BASE}id/agent/")]
        sizes = [
            (int(row["members"].value), row["coalition"].value)
            for row in rows(dataset.store, _SIZES, limits=UNLIMITED)
        ]
        self.coalitions = [iri for _, iri in sizes]
        self.big = sizes[0]
        self.middle = sizes[1]
        self._order = order

    def shuffled(self, asks: Sequence[Ask]) -> list[Ask]:
        """Return questions in random order, so that each part of them is as heavy as another."""
        mixed = list(asks)
        self._order.shuffle(mixed)
        return mixed

    def documents(self, accept: str) -> list[Ask]:
        """Ask for the documents of agents; the others answer the query with which ours are made."""
        return [
            Ask(
                Request(f"/doc/{quote(iri.removeprefix(f'{BASE}id/'))}", accept),
                prefixed(construct(iri)),
            )
            for iri in self.agents[: self._most]
        ]

    def saved(self, name: str, arguments: Mapping[str, str], *, limit: int = 0, accept: str = JSON) -> Ask:
        """Ask a saved query; the others answer its text with the parameters bound."""
        given = {**arguments, **({"limit": str(limit)} if limit else {})}
        query = self._dataset.queries[name]
        text = queries.resolve(self._dataset.store, query, arguments, redirects=self._dataset.redirects)
        text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
        text = prefixed(text + (f"\nLIMIT {limit}" if limit else ""))
        return Ask(Request(f"/queries/{name}?{urlencode(given)}", accept), text)

    def names(self, *, most: int | None = None) -> list[Ask]:
        """Ask for the names of one agent: a row or a few."""
        return [self.saved("names-of-thing", {"thing": iri}) for iri in self.agents[: most or self._most]]

    def memberships(self) -> list[Ask]:
        """Ask whether an agent is a member of a coalition."""
        return [
            self.saved("is-member", {"agent": iri, "coalition": coalition})
            for iri, coalition in zip(self.agents[: self._most], cycle(self.coalitions), strict=False)
        ]

    def pages(self, name: str, coalition: str, limits: Sequence[int]) -> list[Ask]:
        """Ask a saved query about a coalition, with each limit in two formats."""
        asked = [
            self.saved(name, {"coalition": coalition}, limit=limit, accept=accept)
            for limit in limits
            for accept in (JSON, XML)
        ]
        return self.shuffled(asked)

    def targets(self, limits: Sequence[int]) -> list[Ask]:
        """Ask for targets with all that may be said of each: seven OPTIONALs."""
        return self.shuffled(
            [
                self.saved("targets", {}, limit=limit, accept=accept)
                for limit in limits
                for accept in (JSON, XML)
            ]
        )

    def labels(self) -> list[Ask]:
        """Ask, as strangers do, for the label of one thing."""
        return self._strangers("SELECT ?label WHERE {{ <{}> rdfs:label ?label }}", self.things)

    def properties(self) -> list[Ask]:
        """Ask, as strangers do, for all that is said of one thing."""
        return self._strangers("SELECT ?property ?value WHERE {{ <{}> ?property ?value }}", self.things)

    def trifles(self) -> list[Ask]:
        """Ask, as strangers do, what needs no data at all."""
        return [stranger(f"ASK {{ VALUES ?n {{ {number} }} }}") for number in range(self._most)]

    def strangers(self, text: str, coalition: str, limits: Sequence[int]) -> list[Ask]:
        """Ask, as strangers do, a query about a coalition, each time with another limit."""
        return [stranger(text % {"coalition": f"<{coalition}>", "most": limit}) for limit in limits]

    def _strangers(self, text: str, things: Sequence[str]) -> list[Ask]:
        return [stranger(text.format(iri)) for iri in things[: self._most]]


class _Recorder:
    """A store that answers nothing and keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def answer(self, query: str, **_: object) -> Answer:
        """Keep a query."""
        self.asked.append(query)
        return Answer(N_TRIPLES.media_type, ())

    def known(self, iris: Collection[str]) -> frozenset[str]:
        """Say that all are known."""
        return frozenset(iris)

    def close(self) -> None:
        """Do nothing."""


def construct(iri: str) -> str:
    """Return the query that the document of a thing is made with, as the code asks it."""
    recorder = _Recorder()
    description.document(recorder, iri, N_TRIPLES)
    return recorder.asked[-1]


def stranger(text: str) -> Ask:
    """Return a query that a stranger wrote, which all answer under the same text."""
    whole = prefixed(text)
    return Ask(sparql("/sparql", whole, JSON), whole)


def prefixed(text: str) -> str:
    """Return a query with the declarations of the prefixes that it uses, as others do not know ours."""
    declared = set(re.findall(r"(?i)\bPREFIX\s+([\w-]*):", text))
    used = set(re.findall(r"(?<![\w/<:-])([a-z][\w-]*):(?=\w)", text)) - declared
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in sorted(used) if name in PREFIXES) + text


def warm(asked: Questions) -> list[Case]:
    """Return the questions that are asked again and again."""
    (_, big), (_, middle) = asked.big, asked.middle
    few = 20
    return [
        Case(WARM, "document, Turtle", asked.documents(TURTLE)[:few], 1.0),
        Case(WARM, "document, JSON-LD", asked.documents(JSON_LD)[:few], 1.0),
        Case(WARM, "saved query, names of an agent", asked.names(most=few), 1.0),
        Case(WARM, "/sparql, label of a thing", asked.labels()[:few], 1.0),
        Case(WARM, f"member page, {asked.middle[0]} members", asked.pages(MEMBERS, middle, [100])[:1], 20.0),
        Case(WARM, f"member page, {asked.big[0]} members", asked.pages(MEMBERS, big, [100])[:1], 20.0),
        Case(WARM, f"aggregate, {asked.big[0]} members", asked.pages(BY_COUNTRY, big, [300])[:1], 20.0),
        Case(WARM, "/sparql, aggregate", asked.strangers(_AGGREGATE, big, [300])),
    ]


MEMBERS, BY_COUNTRY = "members-of-coalition", "members-by-country"


def fresh(asked: Questions) -> list[Case]:
    """Return the questions that nobody asked before."""
    (most, big), (fewer, middle) = asked.big, asked.middle
    many = range(300, 10_000)
    return [
        Case(FRESH, "document, Turtle", asked.documents(TURTLE), 0.25),
        Case(FRESH, "document, JSON-LD", asked.documents(JSON_LD), 0.25),
        Case(FRESH, "saved query, names of an agent", asked.names(), 0.25),
        Case(FRESH, "saved query, is a member (ASK)", asked.memberships(), 0.25),
        Case(FRESH, "/sparql, label of a thing", asked.labels(), 0.12),
        Case(FRESH, "/sparql, all of a thing", asked.properties(), 0.12),
        Case(FRESH, f"member page, {fewer} members", asked.pages(MEMBERS, middle, range(50, fewer)), 1.0),
        Case(FRESH, f"member page, {most} members", asked.pages(MEMBERS, big, range(50, 200)), 1.0),
        Case(
            FRESH,
            f"/sparql, member page, {fewer} members",
            asked.strangers(_MEMBERS, middle, range(50, 10_000)),
            1.0,
        ),
        Case(
            FRESH,
            f"/sparql, member page, {most} members",
            asked.strangers(_MEMBERS, big, range(50, 550)),
            1.0,
        ),
        Case(FRESH, "OPTIONALs, targets", asked.targets(range(300, 1000)), 1.0),
        Case(FRESH, "/sparql, OPTIONALs", asked.strangers(_OPTIONAL, middle, range(300, 4000)), 1.0),
        Case(FRESH, f"aggregate, {fewer} members", asked.pages(BY_COUNTRY, middle, many[:2000]), 1.0),
        Case(FRESH, f"aggregate, {most} members", asked.pages(BY_COUNTRY, big, many[:300]), 1.0),
        Case(FRESH, "/sparql, aggregate over all", asked.strangers(_AGGREGATE, big, many[:3000]), 1.0),
        Case(FRESH, "pages of agents, HTML", asked.documents(HTML), least=150.0, compared=False),
    ]


def mix(asked: Questions, *, size: int) -> Case:
    """Return all of it together; every other question is one of a few that are asked often."""
    (_, big), (fewer, middle) = asked.big, asked.middle
    kinds: list[tuple[int, Callable[[], Sequence[Ask]]]] = [
        (20, lambda: asked.documents(TURTLE)),
        (10, lambda: asked.documents(JSON_LD)),
        (20, asked.names),
        (5, asked.memberships),
        (20, asked.labels),
        (5, asked.properties),
        (8, lambda: asked.pages(MEMBERS, middle, range(50, fewer))),
        (2, lambda: asked.strangers(_MEMBERS, big, range(50, 550))),
        (3, lambda: asked.pages(BY_COUNTRY, middle, range(300, 900))),
        (2, lambda: asked.strangers(_AGGREGATE, big, range(300, 900))),
        (3, lambda: asked.strangers(_OPTIONAL, middle, range(300, 900))),
        (2, lambda: asked.targets(range(300, 600))),
    ]
    order = random.Random(_SEED)
    drawn = []
    for weight, make in kinds:
        every = make()
        popular, others = every[:10], every[10:]
        count = size * weight // 100
        drawn.append(order.choices(popular, k=count // 2))
        drawn.append(list(islice(cycle(others), count - count // 2)))
    listed = list(chain.from_iterable(drawn))
    order.shuffle(listed)
    return Case(MIX, "the whole mix", listed, 20.0)
