"""Countries as lists name them: codes, names in the data, and those that they have in many languages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from acagraph.graph import parse_turtle
from acagraph.graph.terms import text_of
from acagraph.imports import tables
from acagraph.imports.members import words
from acagraph.imports.members.cells import Unclear
from acagraph.imports.territories import country_places
from acagraph.reconciliation.countries import country_names
from acagraph.vocab import ACA, PREFIXES

_LABELS = (PREFIXES["skos"] + "prefLabel", PREFIXES["skos"] + "altLabel")


@dataclass(frozen=True)
class Countries:
    """Countries by alpha-2 code: their places (`place/italy`), and the codes that a name stands for."""

    places: Mapping[str, str]
    names: Mapping[str, frozenset[str]]

    def find(self, text: str) -> str:
        """Return the alpha-2 code of a country; Unclear when it is not known or stands for several."""
        found = self.names.get(words.key_of(text), frozenset())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise Unclear(f'"{text}" can be {" or ".join(sorted(found))}; write the code of two letters')
        near = difflib.get_close_matches(words.key_of(text), self.names, n=3)
        known = sorted({code for name in near for code in self.names[name]})
        hint = f"; near are {', '.join(known)}" if known else ""
        raise Unclear(
            f'country "{text}" is not known{hint}: write its ISO code, or say --country "{text}=XX"'
        )


def read_countries(root: Path) -> Countries:
    """Return the countries that the project describes, by all their names; the project is at root."""
    places = country_places(root)
    codes = {place: code for code, place in places.items()}
    names: dict[str, set[str]] = {}

    def add(name: str, code: str) -> None:
        if name:
            names.setdefault(words.key_of(name), set()).add(code)

    for code in places:
        add(code, code)
    for place, name in (*_tabled(root), *_curated(root)):
        if place in codes:
            add(name, codes[place])
    for row in country_names():
        if row["alpha_2"] in places:
            add(row["name"], row["alpha_2"])
    return Countries(places, {name: frozenset(found) for name, found in names.items()})


def _tabled(root: Path) -> Iterable[tuple[str, str]]:
    folder = root / "data" / "registers" / "countries"
    for table, key in (("places", "place"), ("names", "thing")):
        for row in tables.read(folder, table):
            for column, value in row.items():
                if column.startswith(("label", "alt", "pref")) or column == "alpha_3":
                    yield row[key], value


def _curated(root: Path) -> Iterable[tuple[str, str]]:
    for path in sorted((root / "data" / "places").glob("*.ttl")):
        for quad in parse_turtle(path)[0]:
            if quad.predicate.value in (*_LABELS, ACA + "iso3166Alpha3"):
                yield f"place/{text_of(quad.subject).removeprefix(PREFIXES['place'])}", text_of(quad.object)
