"""Candidates for links: a municipality is told from the settlement of its name, and doubts are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pyoxigraph as ox
import pytest
from hypothesis import given

from acagraph.errors import StoreError
from acagraph.links import MappingSet, read_set, write_set
from acagraph.stores import EmbeddedStore
from acagraph.vocab import compact
from acagraph.wikidata import Manners, open_client, propose, read_subjects
from acagraph.wikidata.candidates import Found, _with_names
from acagraph.wikidata.client import selected
from acagraph.wikidata.items import Item
from acagraph.wikidata.judgement import fit
from acagraph.wikidata.scoring import score
from acagraph.wikidata.subjects import Subject
from acagraph.wikidata.terms import ITEM, number_of, point
from wikidata_server import FOLDER, Patience, Wikidata, failing, whole_answer, wikidata

MANNERS = Manners(timeout=5, pause=0)
Row = tuple[str, str, float, str]


@pytest.fixture(scope="module")
def ours() -> EmbeddedStore:
    return EmbeddedStore.load(FOLDER / "ours.ttl")


@pytest.fixture(scope="module")
def server() -> Iterator[Wikidata]:
    with wikidata() as running:
        yield running


def proposed(server: Wikidata, ours: EmbeddedStore, folder: Path) -> MappingSet:
    with open_client(server.endpoint, cache=folder, manners=MANNERS, clock=Patience().clock) as client:
        path = folder / "candidates" / "wikidata.sssom.tsv"
        return propose(client, read_subjects(ours), date="2026-11-22", path=path)


@pytest.fixture(scope="module")
def found(server: Wikidata, ours: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory) -> MappingSet:
    return proposed(server, ours, tmp_path_factory.mktemp("cache"))


def of(found: MappingSet, thing: str) -> list[Row]:
    return [
        (
            mapping.predicate.rpartition("#")[2],
            mapping.object.removeprefix(ITEM),
            float(mapping.slots["confidence"]),
            mapping.slots["comment"],
        )
        for mapping in found.mappings
        if compact(mapping.subject) == thing
    ]


def test_things_with_an_item_are_not_looked_for(ours: EmbeddedStore) -> None:
    things = {compact(subject.iri) for subject in read_subjects(ours)}
    assert "place:tokyo" in things
    assert "place:yokohama" not in things
    assert "agent:yokohama" in things  # the item is that of its place: closeMatch only
    assert {compact(one.iri) for one in read_subjects(ours, kinds=("Business",))} == {"agent:example-power"}


def test_an_identifier_is_strong_evidence(found: MappingSet) -> None:
    assert of(found, "place:tokyo") == [
        (
            "exactMatch",
            "Q1490",
            0.97,
            "same geonames:1850144; same name and country; 6.7 km apart",
        )
    ]


def test_a_municipality_is_told_from_the_settlement_of_its_name(found: MappingSet) -> None:
    unit, settlement = of(found, "place:musterdorf")
    assert unit[:3] == ("exactMatch", "Q90000001", 0.82)
    assert "Q90000002 is the settlement of this name, not the administrative unit" in unit[3]
    assert settlement[:3] == ("closeMatch", "Q90000002", 0.4)
    assert "a human settlement, not an administrative unit" in settlement[3]
    assert "Q90000001 is an administrative unit of this name" in settlement[3]


def test_a_settlement_alone_is_no_exact_match_of_a_governed_place(found: MappingSet) -> None:
    (only,) = of(found, "place:beispielau")
    assert only[:3] == ("closeMatch", "Q90000003", 0.4)


def test_namesakes_are_told_of_each_other(found: MappingSet) -> None:
    one, other = of(found, "place:doppelstein")
    assert one[:3] == ("exactMatch", "Q90000004", 0.5)
    assert other[:3] == ("exactMatch", "Q90000005", 0.5)
    assert "so is Q90000005" in one[3]
    assert "so is Q90000004" in other[3]


def test_what_is_far_away_or_in_another_country_is_left_out(found: MappingSet) -> None:
    assert of(found, "place:fernhof") == []


def test_a_government_is_linked_to_no_territory(found: MappingSet) -> None:
    assert of(found, "agent:musterdorf") == []
    assert of(found, "agent:yokohama") == []


def test_a_company_is_linked_to_no_territory_and_no_list(found: MappingSet) -> None:
    (only,) = of(found, "agent:example-power")
    assert only[:3] == ("exactMatch", "Q90000010", 0.5)


def test_a_country_is_found_by_its_code(found: MappingSet) -> None:
    (only,) = of(found, "place:austria")
    assert only[:3] == ("exactMatch", "Q40", 0.97)


def test_the_set_is_sssom_that_reads_back(found: MappingSet, tmp_path: Path) -> None:
    path = tmp_path / "candidates" / "wikidata.sssom.tsv"
    path.parent.mkdir()
    path.write_bytes(write_set(found))
    read = read_set(path)
    assert read.status == "candidate"
    assert len(read.mappings) == len(found.mappings)
    assert write_set(read) == write_set(found)
    assert read.mappings[0].slots["mapping_tool"] == "acagraph"


def test_a_second_run_gives_the_same_and_a_cut_one_goes_on(
    server: Wikidata, ours: EmbeddedStore, found: MappingSet, tmp_path: Path
) -> None:
    server.forget()
    proposed(server, ours, tmp_path / "whole")
    whole = len(server.asked)
    server.forget()
    # The endpoint answers three requests and then no more for a while.
    server.faults += [whole_answer] * 3 + [failing(503)] * MANNERS.tries
    with pytest.raises(StoreError, match="run it again later to go on"):
        proposed(server, ours, tmp_path / "cut")
    server.forget()
    again = proposed(server, ours, tmp_path / "cut")
    assert len(server.asked) == whole - 3
    assert again.mappings == found.mappings


PLACE = frozenset({"Place", "AdministrativeArea", "Settlement"})
FIRM = frozenset({"Agent", "Organisation", "Business"})
AUSTRIA = frozenset({"AT"})


def subject(**told: Any) -> Subject:
    return Subject(**{"iri": "a:a", "label": "A", "names": (), "kinds": PLACE, "country": "AT", **told})


def item(**told: Any) -> Item:
    facts = {"number": "Q9", "known": True, "classes": frozenset({"Q1"}), "countries": AUSTRIA}
    return Item(**{**facts, **told})


@pytest.mark.parametrize(
    ("ours", "theirs", "names", "identifiers", "expected"),
    [
        (subject(identifiers=frozenset({"geonames:1"})), item(), "", "geonames:1", (0.97, True)),
        (subject(near=frozenset({"geonames:1"})), item(), "A", "geonames:1", (0.85, True)),
        (subject(near=frozenset({"geonames:1"})), item(), "", "geonames:1", (0.7, True)),
        (subject(), item(), "A", "", (0.7, True)),
        (subject(), item(countries=frozenset()), "A", "", (0.5, True)),
        (subject(), item(classes=frozenset()), "A", "", (0.5, False)),
        (subject(), item(known=False), "A", "", None),
        (subject(), item(countries=frozenset({"JP"})), "A", "", None),
        (subject(), item(abolished="1990-01-01"), "A", "", (0.3, False)),
        (subject(position=(47.0, 14.0)), item(positions=((47.0, 14.1),)), "A", "", (0.92, True)),
        (subject(position=(47.0, 14.0)), item(positions=((47.0, 14.4),)), "A", "", (0.75, True)),
        (subject(position=(47.0, 14.0)), item(positions=((47.0, 18.0),)), "A", "", None),
        (
            subject(position=(47.0, 14.0), identifiers=frozenset({"geonames:1"})),
            item(positions=((47.0, 18.0),)),
            *("A", "geonames:1", (0.4, False)),
        ),
        (
            subject(identifiers=frozenset({"iso3166-2:AT-1", "geonames:1"})),
            item(identifiers=frozenset({"iso3166-2:AT-2", "geonames:1"})),
            *("A", "geonames:1", (0.4, False)),
        ),
        (
            subject(kinds=FIRM),
            item(classes=frozenset({"Q3"}), countries=frozenset({"JP"})),
            *("A", "", (0.4, False)),
        ),
        (subject(kinds=FIRM), item(classes=frozenset({"Q1", "Q3"})), "A", "", None),
    ],
)
def test_evidence_is_weighed(
    ours: Subject, theirs: Item, names: str, identifiers: str, expected: tuple[float, bool] | None
) -> None:
    why = Found({names} - {""}, {identifiers} - {""})
    made = score(ours, {"Q9": why}, {"Q9": theirs}, ROOTS)
    assert [(one.confidence, one.exact) for one in made] == ([] if expected is None else [expected])
    assert all(one.comment for one in made)


ROOTS = {
    "Q1": frozenset({"Q56061"}),
    "Q2": frozenset({"Q486972"}),
    "Q3": frozenset({"Q43229"}),
    "Q4": frozenset(),
}


@pytest.mark.parametrize(
    ("kinds", "classes", "expected"),
    [
        ("Place AdministrativeArea Settlement", "Q1", "fits"),
        ("Place AdministrativeArea Settlement", "Q2", "settlement"),
        ("Place AdministrativeArea Settlement", "Q1 Q2", "fits"),
        ("Place AdministrativeArea Settlement", "Q3", "other"),
        ("Place AdministrativeArea Settlement", "Q4", "unknown"),
        ("Place AdministrativeArea Settlement", "", "unknown"),
        ("Agent Organisation Business", "Q3", "fits"),
        ("Agent Organisation Business", "Q1 Q3", "other"),
        ("Agent Organisation Government", "Q1", "other"),
        ("Agent Organisation Government", "Q3", "other"),
        ("Agent Organisation Coalition", "Q3", "fits"),
    ],
)
def test_a_class_fits_a_kind_or_not(kinds: str, classes: str, expected: str) -> None:
    found = fit(subject(kinds=frozenset(kinds.split())), item(classes=frozenset(classes.split())), ROOTS)
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Point(139.65 35.43)", (35.43, 139.65)),
        ("POINT (-70 -20.5)", (-20.5, -70.0)),
        ("<http://www.wikidata.org/entity/Q2> Point(1 2)", (2.0, 1.0)),
        ("<http://www.wikidata.org/entity/Q405> Point(1 2)", None),
        ("Point(1 200)", None),
        ("Point(x y)", None),
        ("", None),
    ],
)
def test_a_point_on_earth_is_read(text: str, expected: tuple[float, float] | None) -> None:
    assert point(text) == expected


@pytest.mark.parametrize("iri", [f"{ITEM}Q0", f"{ITEM}P31", f"{ITEM}Q1 .", "Q1", f"{ITEM}Q1/"])
def test_what_is_no_item_has_no_number(iri: str) -> None:
    assert number_of(iri) is None


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5), st.sampled_from(["", "JP"]))
def test_any_name_makes_a_query_that_parses(names: list[str], country: str) -> None:
    literals = [str(ox.Literal(name, language="en")) for name in names]
    found = ox.Store().query(_with_names(country, literals))
    assert isinstance(found, ox.QuerySolutions)
    assert selected(_with_names(country, literals)) == ("name", "item")
