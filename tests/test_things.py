"""Things in one form, wherever they are read from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox
import pytest

from acagraph.reconciliation.inventory import entries
from acagraph.sources import discover
from acagraph.stores import EmbeddedStore, Store
from acagraph.things import (
    Name,
    Notes,
    Thing,
    country_of,
    identifiers_of,
    read_register,
    read_store,
    read_turtle,
)
from acagraph.vocab import PREFIXES, expand

from published import ROOT


class Asked:
    """A store that is asked by queries alone, as one elsewhere is."""

    def __init__(self, store: EmbeddedStore) -> None:
        self._store = store

    def answer(self, query: str, **conditions: Any) -> Any:
        return self._store.answer(query, **conditions)


@pytest.fixture(scope="module")
def released(release: Path) -> Mapping[str, Thing]:
    return {thing.iri: thing for thing in read_store(ox.Store.read_only(str(release / "store")))}


@pytest.fixture(scope="module")
def written() -> Mapping[str, Thing]:
    notes = Notes()
    for file in discover(ROOT).files:
        if file.role == "data":
            read_turtle(file.path, notes)
    read_register(ROOT / "data" / "registers" / "countries", notes)
    return {thing.iri: thing for thing in notes.things()}


def test_a_thing_is_what_its_release_says(released: Mapping[str, Thing]) -> None:
    tokyo = released[expand("place:tokyo")]
    assert tokyo.names[0] == Name("Tokyo", "en", "label")
    assert Name("東京", "ja", "label") in tokyo.names
    assert tokyo.within == (expand("place:japan"),)
    assert {"wikidata:Q1490", "geonames:1850144", "iso3166-2:JP-13"} <= tokyo.identifiers
    assert released[expand("place:japan")].code == "JP"
    government = released[expand("agent:tokyo-metropolitan-government")]
    assert government.governs == (tokyo.iri,)
    assert "wikidata:Q1490" in government.near - government.identifiers


def test_every_way_to_read_a_store_tells_the_same(release: Path, released: Mapping[str, Thing]) -> None:
    store = EmbeddedStore.at(release / "store")
    assert list(released) == sorted(released)
    assert list(read_store(store)) == list(released.values())
    assert list(read_store(cast(Store, Asked(store)))) == list(released.values())


def test_statements_and_evidence_are_no_things(released: Mapping[str, Thing]) -> None:
    assert not [iri for iri in released if "/statement/" in iri or "/evidence/" in iri]


def test_files_tell_of_their_things_what_the_release_does(
    written: Mapping[str, Thing], released: Mapping[str, Thing]
) -> None:
    both = [iri for iri in written if iri in released and "/id/agent/" in iri]
    assert len(both) > 50
    for iri in both:
        assert set(written[iri].names) <= set(released[iri].names), iri
        assert written[iri].governs == released[iri].governs
        assert written[iri].kinds <= released[iri].kinds
        assert country_of(iri, written) == country_of(iri, released)


def test_a_country_is_told_only_where_there_is_one() -> None:
    def place(iri: str, *within: str, code: str | None = None) -> Thing:
        return Thing(iri, within=within, code=code)

    things = {
        each.iri: each
        for each in (
            place("fr", code="FR"),
            place("de", code="DE"),
            place("town", "county"),
            place("county", "town", "fr"),
            place("both", "fr", "de"),
            Thing("government", governs=("town",), within=("de",)),
        )
    }
    found = {iri: country_of(iri, things) for iri in things}
    assert found == {"fr": "FR", "de": "DE", "town": "FR", "county": "FR", "both": None, "government": "FR"}
    assert country_of("elsewhere", things) is None


def test_what_is_no_known_dataset_gives_no_identifier() -> None:
    assert list(identifiers_of("http://www.wikidata.org/entity/Q1490")) == ["wikidata:Q1490"]
    assert list(identifiers_of("https://example.org/Q1490")) == []


def test_notes_are_in_order_however_they_were_made() -> None:
    names = [("Bärn", "gsw", "alternative"), ("Berne", "fr", "label"), ("Bern", "en", "label")]
    shown = []
    for some in (names, [*reversed(names), names[0]]):
        notes = Notes()
        for text, language, role in some:
            notes.add_name("b", text, language, role)  # type: ignore[arg-type]
        notes.add_population("a", 2.0, "2020")
        notes.add_population("a", 1.0, "2010")
        shown.append(list(notes.things()))
    assert shown[0] == shown[1]
    assert [thing.iri for thing in shown[0]] == ["a", "b"]
    assert ([name.text for name in shown[0][1].names], shown[0][0].population) == (
        ["Bern", "Berne", "Bärn"],
        2,
    )


def test_a_point_that_three_places_share_is_no_position() -> None:
    lines = [
        f'place:p{number} skos:prefLabel "P"@en ; wgs:lat 46.9 ; wgs:long {7.5 if number < 3 else number} .'
        for number in range(5)
    ]
    head = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("place", "skos", "wgs"))
    store = ox.Store()
    store.load((head + "\n".join(lines)).encode(), format=ox.RdfFormat.TURTLE)
    assert [entry.thing.position for entry in entries(store)] == [None] * 3 + [(46.9, 3.0), (46.9, 4.0)]
