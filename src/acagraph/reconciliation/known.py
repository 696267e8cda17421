"""The actors that the data already describes, curated and from registers, as a matcher wants them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.graph.terms import text_of
from acagraph.links import read_links
from acagraph.reconciliation.actors import Actor
from acagraph.reconciliation.kinds import group_of
from acagraph.reconciliation.names import slug_key
from acagraph.sources import Project, discover
from acagraph.things import Notes, Thing, country_of, identifiers_of, read_register, read_turtle
from acagraph.vocab import BASE, PREFIXES

_THINGS = f"{BASE}id/"
_COUNTRIES = "countries"
# Identifiers elsewhere by which an actor is known; those of places would not tell it from its territory.
_TOLD = ("wikidata:", "isni:", "lei:", "ror:")


def known_actors(root: Path, *, registers: Sequence[str]) -> list[Actor]:
    """Read the actors of the project at `root`: those of data/**/*.ttl and of the named registers' tables.

    Sorted by thing; one that is of two kinds compared apart, such as a city that is a region, comes once for
    each. Names are all its labels and those of what it governs; the country is that in which the governed
    place lies, or where the actor is located. Exact mappings of actors in data/links are identifiers. The
    register `countries` is read for its codes, named or not. Raises SourceError, with file and line, for a
    file that cannot be read, a table without a needed column and a register without a folder.
    """
    project, notes = discover(root), Notes()
    mapped = _mapped(project)
    for file in project.files:
        if file.role == "data" and file.path.suffix == ".ttl":
            read_turtle(file.path, notes)
    folder = root / "data" / "registers"
    for register in registers:
        if not (folder / register).is_dir():
            raise SourceError(
                "there is no such register; import it, or correct the name", path=folder / register
            )
    for register in dict.fromkeys((_COUNTRIES, *registers)):
        read_register(folder / register, notes)
    known = {told.iri: told for told in notes.things()}
    return [
        actor
        for iri, told in known.items()
        if iri.startswith(f"{_THINGS}agent/") and told.kinds
        for actor in _actors(told, known, mapped.get(iri, ()))
    ]


def _actors(told: Thing, known: Mapping[str, Thing], mapped: Collection[str]) -> Iterator[Actor]:
    """Yield the actor that a thing is, for each group of its kinds that are compared apart."""
    around = [told, *(known[area] for area in told.governs if area in known)]
    names = _names(told.iri.removeprefix(_THINGS), around)
    if not names:
        return
    identifiers = {*told.identifiers, *mapped}.union(*(_codes(area) for area in around[1:]))
    seen = set()
    for kind in sorted(told.kinds):
        if group_of(kind) not in seen:
            seen.add(group_of(kind))
            yield Actor(
                told.iri.removeprefix(_THINGS),
                names,
                kind,
                country_of(told.iri, known),
                frozenset(identifiers),
                next((each.position for each in around if each.position), None),
                next((each.population for each in around if each.population is not None), None),
            )


def _names(thing: str, around: Sequence[Thing]) -> tuple[str, ...]:
    names = list(dict.fromkeys(name.text for each in around for name in each.names))
    # Who named "agent/kyocera" read 京セラ; lists in other scripts have the same name in Latin letters.
    if names and not any(slug_key(name) for name in names):
        names.append(thing.partition("/")[2].replace("-", " "))
    return tuple(names)


def _codes(area: Thing) -> set[str]:
    """Return the codes that name an area: that of a country is one of its national government's."""
    codes = {name for name in area.identifiers if name.startswith("iso3166-2:")}
    return codes | ({f"iso3166-1:{area.code}"} if area.code else set())


def _mapped(project: Project) -> Mapping[str, set[str]]:
    """Return the identifiers of actors that exact mappings lead to, by the IRIs of the actors."""
    found: dict[str, set[str]] = defaultdict(set)
    for quad in read_links(project).quads:
        if quad.predicate.value == PREFIXES["skos"] + "exactMatch":
            told = (name for name in identifiers_of(text_of(quad.object)) if name.startswith(_TOLD))
            found[text_of(quad.subject)].update(told)
    return found
