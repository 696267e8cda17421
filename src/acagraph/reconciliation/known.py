"""The actors that the data already describes, curated and from registers, as a matcher wants them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.terms import text_of
from acagraph.graph.turtle import parse_turtle
from acagraph.links import read_links
from acagraph.reconciliation.actors import Actor
from acagraph.reconciliation.descriptions import Descriptions
from acagraph.reconciliation.tables import LOCATED, read_register
from acagraph.sources import Project, discover
from acagraph.vocab import ACA, BASE, PREFIXES

_THINGS = f"{BASE}id/"
_COUNTRIES = "countries"
_LABELS = {PREFIXES["skos"] + "prefLabel": True, PREFIXES["skos"] + "altLabel": False}
_PROPERTIES = ("governs", "within", "iso3166Alpha2", "subdivisionCode", "isin")
# Where mappings lead, and what identifiers of that kind begin with here.
_TARGETS: Mapping[str, str] = {
    "http://www.wikidata.org/entity/": "wikidata",
    "https://isni.org/isni/": "isni",
    "https://lei.info/": "lei",
    "https://ror.org/": "ror",
}


def known_actors(root: Path, *, registers: Sequence[str]) -> list[Actor]:
    """Read the actors of the project at `root`: those of data/**/*.ttl and of the named registers' tables.

    Sorted by thing; one that is of two kinds compared apart, such as a city that is a region, comes once for
    each. Names are all its labels and those of what it governs; the country is that in which the governed
    place lies, or where the actor is located. Exact mappings of actors in data/links are identifiers. The
    register `countries` is read for its codes, named or not. Raises SourceError, with file and line, for a
    file that cannot be read, a table without a needed column and a register without a folder.
    """
    described = Descriptions()
    project = discover(root)
    for file in project.files:
        if file.role == "data" and file.path.suffix == ".ttl":
            _read_turtle(file.path, described)
    _read_mappings(project, described)
    folder = root / "data" / "registers"
    for register in registers:
        if not (folder / register).is_dir():
            raise SourceError(
                "there is no such register; import it, or correct the name", path=folder / register
            )
    for register in dict.fromkeys((_COUNTRIES, *registers)):
        read_register(folder / register, described)
    return described.actors()


def _read_turtle(path: Path, described: Descriptions) -> None:
    """Add what a Turtle file says about actors and places."""
    relations: dict[str, dict[str, str]] = {}
    for quad in parse_turtle(path)[0]:
        predicate, value = quad.predicate.value, quad.object
        thing = text_of(quad.subject).removeprefix(_THINGS)
        name = predicate.removeprefix(ACA)
        if thing.startswith("statement/"):
            relations.setdefault(thing, {})[name] = text_of(value)
        elif predicate == PREFIXES["rdf"] + "type":
            described.kinds[thing].add(text_of(value).removeprefix(ACA))
        elif predicate in _LABELS and isinstance(value, ox.Literal):
            language, preferred = value.language or "", _LABELS[predicate]
            described.add_name(thing, value.value, language=language, preferred=preferred)
        elif name in _PROPERTIES:
            _add(thing, name, text_of(value), described)
    for relation in relations.values():
        if relation.get("relationProperty", "").removeprefix(ACA) in LOCATED:
            subject, place = (
                relation[name].removeprefix(_THINGS) for name in ("relationSubject", "relationObject")
            )
            described.located[subject].add(place)


def _add(thing: str, name: str, value: str, described: Descriptions) -> None:
    if name == "governs":
        described.governs[thing].add(value.removeprefix(_THINGS))
    elif name == "within":
        described.within[thing].add(value.removeprefix(_THINGS))
    elif name == "iso3166Alpha2":
        described.countries[thing] = value
    else:
        kind = "isin" if name == "isin" else "iso3166-2"
        described.identifiers[thing].add(f"{kind}:{value}")


def _read_mappings(project: Project, described: Descriptions) -> None:
    for quad in read_links(project).quads:
        if quad.predicate.value == PREFIXES["skos"] + "exactMatch":
            target = text_of(quad.object)
            for start, kind in _TARGETS.items():
                if target.startswith(start):
                    thing = text_of(quad.subject).removeprefix(_THINGS)
                    described.identifiers[thing].add(f"{kind}:{target.removeprefix(start)}")
