"""A small release with an index of names: towns, a company and countries whose names are hard."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from acagraph.reconciliation.index import NAMES, write_index
from acagraph.vocab import PREFIXES

from small import write_release

MUNICH, MILAN = ("https://w3id.org/acagraph/id/agent/" + name for name in ("muenchen", "milano"))
SPRINGFIELDS = 30
_CLASSES = """
aca:Agent a owl:Class ; skos:prefLabel "agent"@en .
aca:Place a owl:Class ; skos:prefLabel "place"@en .
aca:Country a owl:Class ; rdfs:subClassOf aca:Place ; skos:prefLabel "country"@en .
aca:LocalGovernment rdfs:subClassOf aca:Agent .
aca:Business rdfs:subClassOf aca:Agent .
"""
_COUNTRIES = (
    ("germany", "DE", "DEU", "Germany", "Deutschland", "de"),
    ("italy", "IT", "ITA", "Italy", "Italia", "it"),
    ("united-states", "US", "USA", "United States", "Estados Unidos", "es"),
    ("japan", "JP", "JPN", "Japan", "日本", "ja"),
)
_THINGS = """
agent:muenchen a aca:LocalGovernment , aca:Agent ;
  skos:prefLabel "München"@de , "Munich"@en , "ミュンヘン"@ja ;
  aca:country place:germany ; skos:exactMatch <http://www.wikidata.org/entity/Q1726> .
agent:milano a aca:LocalGovernment , aca:Agent ; skos:prefLabel "Milano"@it , "Milan"@en ;
  aca:country place:italy ; aca:governs place:milano .
place:milano a aca:Place ; skos:exactMatch <http://www.wikidata.org/entity/Q490> .
agent:power a aca:Business , aca:Agent ; skos:prefLabel "+Power <b>& Söhne</b>"@de ;
  aca:country place:germany .
"""


def write_searchable(folder: Path) -> Path:
    """Write the small release with more things, and the index of all names."""
    write_release(folder)
    store = ox.Store(str(folder / "store"))
    head = "".join(f"@prefix {name}: <{space}> .\n" for name, space in PREFIXES.items())
    graph = ox.NamedNode("https://w3id.org/acagraph/graph/shared")
    store.load(
        input=(head + _CLASSES + _THINGS + "".join(map(_country, _COUNTRIES)) + _springfields()).encode(),
        format=ox.RdfFormat.TURTLE,
        to_graph=graph,
    )
    store.flush()
    write_index(store, folder / NAMES)
    del store
    return folder


def _country(names: tuple[str, ...]) -> str:
    slug, two, three, english, own, language = names
    return (
        f'place:{slug} a aca:Country , aca:Place ; skos:prefLabel "{english}"@en , "{own}"@{language} ; '
        f'aca:country place:{slug} ; aca:iso3166Alpha2 "{two}" ; aca:iso3166Alpha3 "{three}" .\n'
    )


def _springfields() -> str:
    return "".join(
        f"agent:springfield-{number:02} a aca:LocalGovernment , aca:Agent ; "
        f'skos:prefLabel "Springfield"@en ; '
        f"aca:country place:{'united-states' if number % 3 else 'japan'} .\n"
        for number in range(SPRINGFIELDS)
    )
