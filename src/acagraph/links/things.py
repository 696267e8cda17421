"""What the project says of the things that links are about: read from its files, nothing is built."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from acagraph import things
from acagraph.sources import Project
from acagraph.vocab import BASE, compact


@dataclass(frozen=True)
class Thing:
    """A thing of the project.

    `names` begin with the one to show. `kinds` are the local names of the classes that it is given. `country`
    is ISO 3166-1 alpha-2, for a country itself too; `position` is latitude and longitude in degrees, WGS 84.
    `governs` are the areas of a government, `governed` says whether somebody governs it. `codes` are those of
    ISO 3166, as `iso3166-1:IT`, `iso3166-1:ITA` and `iso3166-2:US-CA`.
    """

    iri: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    country: str | None = None
    position: tuple[float, float] | None = None
    population: int | None = None
    governs: tuple[str, ...] = ()
    governed: bool = False
    codes: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """The name to show: English, else the first."""
        return self.names[0] if self.names else compact(self.iri)

    @property
    def sort(self) -> str:
        """The part of its IRI that says what it is: `place`, `agent`, or the name of a scheme."""
        return self.iri.removeprefix(BASE).removeprefix("id/").removeprefix("scheme/").partition("/")[0]


def read_things(project: Project) -> Mapping[str, Thing]:
    """Read the things of a project's Turtle files and registers, by IRI, sorted.

    Raises SourceError, with file and line, for a file that cannot be read or a table without a column.
    """
    notes = things.Notes()
    for file in project.files:
        if file.role in ("data", "scheme"):
            things.read_turtle(file.path, notes)
    for metadata in project.registers.values():
        things.read_register(metadata.parent, notes)
    known = {told.iri: told for told in notes.things()}
    governed: dict[str, list[str]] = defaultdict(list)
    for told in known.values():
        for area in told.governs:
            governed[area].append(told.iri)
    return {iri: _thing(told, known, governed.get(iri, [])) for iri, told in known.items() if told.kinds}


def _thing(told: things.Thing, known: Mapping[str, things.Thing], by: list[str]) -> Thing:
    around = [told, *(known[each] for each in (*told.governs, *by) if each in known)]
    return Thing(
        told.iri,
        tuple(dict.fromkeys(name.text for name in told.names)),
        tuple(sorted(told.kinds)),
        things.country_of(told.iri, known),
        next((each.position for each in around if each.position), None),
        next((each.population for each in around if each.population is not None), None),
        told.governs,
        bool(by),
        frozenset(name for name in told.identifiers if name.startswith("iso3166-")),
    )
