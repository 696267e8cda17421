"""The links to each other dataset, as linksets of VoID (section 5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyoxigraph as ox

from acagraph.graph.terms import text_of
from acagraph.release.descriptions.questions import rows
from acagraph.release.descriptions.terms import Fact, english, named, number, part, plain, release_iri, typed
from acagraph.vocab import BASE, graph_iri

LINKS = graph_iri("links")

_LINKS = """SELECT ?predicate ?space (COUNT(*) AS ?triples) {
  VALUES ?predicate { skos:exactMatch skos:closeMatch skos:broadMatch skos:narrowMatch skos:relatedMatch }
  GRAPH <LINKS> { ?thing ?predicate ?target }
  FILTER(isIRI(?target))
  BIND(REPLACE(STR(?target), "^(.*/)[^/]+/?$", "$1") AS ?space)
} GROUP BY ?predicate ?space ORDER BY ?space ?predicate""".replace("LINKS", LINKS)
_NAMES = """SELECT ?set ?name {
  ?set skos:inScheme <SCHEME> ; skos:prefLabel ?name FILTER(LANG(?name) = "en")
}""".replace("SCHEME", f"{BASE}scheme/link-set")


@dataclass(frozen=True)
class Links:
    """The links of one kind to one dataset: `space` is what the IRIs of its things begin with."""

    predicate: str
    space: str
    triples: int
    target: str

    def iri(self, version: str) -> str:
        """Return its name as a linkset of a release."""
        return part(f"links/{self.slug}/{self.predicate.rpartition('#')[2]}", version)

    @property
    def slug(self) -> str:
        """The last but one label of the host, as `wikidata` in www.wikidata.org."""
        return _slug(self.space)

    @property
    def dataset(self) -> str:
        """The name of the dataset that the links go to."""
        return part(f"linked/{self.slug}")


def ask(store: ox.Store) -> list[Links]:
    """Return how many links there are of each kind to each dataset, as the graph of links has them."""
    names = {text_of(row[0]): text_of(row[1]) for row in rows(store, _NAMES)}
    found = []
    for predicate, space, triples in rows(store, _LINKS):
        start = text_of(space)
        title = names.get(f"{BASE}scheme/link-set/{_slug(start)}", urlsplit(start).hostname or start)
        found.append(Links(text_of(predicate), start, int(text_of(triples)), title))
    return found


def facts(links: Sequence[Links], version: str) -> Iterator[Fact]:
    """Yield the linksets of a release, parts of its graph of links, and the datasets that they lead to."""
    targets: Mapping[str, Links] = {one.dataset: one for one in links}
    for target, one in sorted(targets.items()):
        yield from typed(target, "void:Dataset")
        yield from english(target, "dcterms:title", one.target)
        spaces = sorted({each.space for each in links if each.dataset == target})
        yield from plain(target, "void:uriSpace", *spaces)
    for one in links:
        kind, name = one.predicate.rpartition("#")[2], one.iri(version)
        yield from named(LINKS, "void:subset", name)
        yield from typed(name, "void:Linkset")
        yield from english(name, "dcterms:title", f"Links to {one.target} ({kind})")
        yield from named(name, "void:subjectsTarget", release_iri(version))
        yield from named(name, "void:objectsTarget", one.dataset)
        yield from named(name, "void:linkPredicate", one.predicate)
        yield number(name, "void:triples", one.triples)


def _slug(space: str) -> str:
    labels = (urlsplit(space).hostname or space).split(".")
    return labels[-2] if len(labels) > 1 else labels[0]
