"""Files of other datasets: how they are read, and what is proposed of their entries."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acagraph.errors import SourceError
from acagraph.imports.authority.candidates import Request, candidates
from acagraph.imports.authority.entries import Entry
from acagraph.imports.authority.formats import country_finder, format_of
from acagraph.imports.authority.proposal import propose
from acagraph.imports.authority.table import Reading, iri_of, read_table
from acagraph.links import MappingSet, read_set, write_set
from acagraph.links.collection import Collection
from acagraph.links.things import Thing, read_things
from acagraph.sources import Project, discover
from acagraph.vocab import BASE, PREFIXES, expand
from link_projects import geonames_file, linkable_project

TODAY = datetime.date(2026, 11, 22)
VICO = f"{BASE}id/place/jrc-covenant-11550"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return discover(linkable_project(tmp_path_factory.mktemp("authority")))


@pytest.fixture(scope="module")
def things(project: Project) -> Mapping[str, Thing]:
    return read_things(project)


def entry(number: int, name: str, **more: Any) -> Entry:
    told = {"kind": "Settlement", "country": "IT", **more}
    return Entry(f"https://sws.geonames.org/{number}/", (name,), **told)


def relations(things: Mapping[str, Thing], *entries: Entry) -> dict[tuple[str, str], tuple[str, float]]:
    return {
        (link.subject.rpartition("/")[2], link.object.split("/")[-2]): (
            link.predicate.rpartition("#")[2],
            float(link.slots["confidence"]),
        )
        for link in propose(things.values(), entries)
    }


def test_things_are_read_as_they_are(things: Mapping[str, Thing]) -> None:
    vico = things[VICO]
    assert (vico.label, vico.kinds, vico.country, vico.population) == (
        "Vico del Gargano",
        ("Settlement",),
        "IT",
        8000,
    )
    assert vico.governed
    agent = things[f"{BASE}id/agent/jrc-covenant-11550"]
    assert (agent.sort, agent.governs, agent.position) == ("agent", (VICO,), vico.position)
    assert things[expand("place:japan")].codes == {"iso3166-1:JP", "iso3166-1:JPN"}
    assert things[expand("agent:sony")].country == "JP"


def test_a_country_is_known_by_code_and_in_many_languages(things: Mapping[str, Thing]) -> None:
    country = country_finder(things.values())
    for text in ("JP", "jpn", "Japan", "Japón", "japon", "日本", "Япония"):
        assert country(text) == "JP"
    assert country("Atlantis") is None
    assert country("") is None


def test_the_area_is_the_exact_match_and_the_town_in_it_a_close_one(things: Mapping[str, Thing]) -> None:
    there = {"position": (41.897, 15.957), "population": 7284}
    area = entry(1, "Vico del Gargano", category="municipality (ADM3)", **there)
    town = entry(2, "Vico del Gargano", category="populated place (PPLA3)", populated=True, **there)
    found = relations(things, area, town)
    assert {pair: relation for pair, (relation, _) in found.items()} == {
        ("jrc-covenant-11550", "1"): "exactMatch",
        ("jrc-covenant-11550", "2"): "closeMatch",
    }


def test_near_is_likelier_than_far_and_another_country_is_nothing(things: Mapping[str, Thing]) -> None:
    near = entry(1, "Vico del Gargano", position=(41.9, 15.96))
    far = entry(2, "Vico del Gargano", category="municipality (ADM3)", position=(45.0, 9.0))
    abroad = entry(3, "Vico del Gargano", country="FR", position=(41.9, 15.96))
    found = relations(things, near, far, abroad)
    assert found["jrc-covenant-11550", "1"][1] > 0.9
    assert set(found) == {("jrc-covenant-11550", "1")}
    assert relations(things, far, abroad) == {("jrc-covenant-11550", "2"): ("exactMatch", 0.2)}


def test_what_was_told_apart_is_not_proposed(things: Mapping[str, Thing]) -> None:
    one = entry(1, "Vico del Gargano", position=(41.9, 15.96))
    assert propose(things.values(), [one], rejected={(VICO, one.iri)}) == []


def test_places_are_not_taken_for_companies(things: Mapping[str, Thing]) -> None:
    assert (
        relations(things, entry(1, "Sony", country="JP"), entry(2, "Houston", kind="Business", country="US"))
        == {}
    )


def test_the_order_of_entries_does_not_matter(things: Mapping[str, Thing]) -> None:
    entries = [entry(number, "Houston", country="US", population=number) for number in range(1, 6)]
    found = propose(things.values(), entries)
    assert found == propose(things.values(), list(reversed(entries)))
    assert len(found) == 3


@pytest.mark.parametrize(
    ("text", "dataset", "iri"),
    [
        ("Q490", "", "http://www.wikidata.org/entity/Q490"),
        ("wikidata:Q490", "", "http://www.wikidata.org/entity/Q490"),
        ("3173435", "geonames", "https://sws.geonames.org/3173435/"),
        ("https://example.org/x", "geonames", "https://example.org/x"),
        ("http://sws.geonames.org/4699066/", "", "https://sws.geonames.org/4699066/"),
        ("https://www.geonames.org/4699066/houston.html", "", "https://sws.geonames.org/4699066/"),
        ("http://www.isni.org/isni/0000000121463854", "", "https://isni.org/isni/0000000121463854"),
        ("https://isni.org/0000 0001 2146 3854", "", "https://isni.org/isni/0000000121463854"),
        ("0000 0001 2146 3854", "isni", "https://isni.org/isni/0000000121463854"),
        ("isni:0000-0001-2146-3854", "", "https://isni.org/isni/0000000121463854"),
        ("https://www.wikidata.org/wiki/Q490", "", "http://www.wikidata.org/entity/Q490"),
        ("https://www.wikidata.org/entity/Q490", "", "http://www.wikidata.org/entity/Q490"),
        ("https://dbpedia.org/resource/Milan", "", "http://dbpedia.org/resource/Milan"),
        ("https://en.wikipedia.org/wiki/Buenos Aires", "", "http://dbpedia.org/resource/Buenos_Aires"),
        ("https://en.wikipedia.org/wiki/S%C3%A8te#History", "", "http://dbpedia.org/resource/Sète"),
        ("https://en.wikipedia.org/wiki/S%C3%A8te", "", "http://dbpedia.org/resource/Sète"),
        ("https://www.ror.org/029EFTA16", "", "https://ror.org/029efta16"),
        ("254900ge1g59kgwphx32", "lei", "https://lei.info/254900GE1G59KGWPHX32"),
        (
            "https://www.openstreetmap.org/relation/1543125/",
            "",
            "https://www.openstreetmap.org/relation/1543125",
        ),
        ("https://de.wikipedia.org/wiki/Mailand", "", "https://de.wikipedia.org/wiki/Mailand"),
        ("a/7", "https://example.org/", "https://example.org/a/7"),
        ("3173435", "", None),
        ("a b", "https://example.org/", None),
        ("https://example.org/a b", "", None),
    ],
)
def test_identifiers_as_tables_have_them(text: str, dataset: str, iri: str | None) -> None:
    assert iri_of(text, dataset) == iri


def test_forms_are_told_by_how_files_begin(tmp_path: Path) -> None:
    assert format_of(geonames_file(tmp_path / "any.name")) == "geonames"
    for name, text, form in (("a.csv", "id,name\n", "table"), ("a.tsv", "#curie_map:\n", "sssom")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert format_of(tmp_path / name) == form


cells = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [
        "1",
        "Q1",
        "wikidata:Q2",
        "id",
        "name",
        "1e999",
        "nan",
        "-91",
        "P",
        "A",
        "ADM1",
        "PPL",
        "IT",
        "Houston",
        '"',
        "#",
        "",
    ]
)
rows = st.lists(cells, min_size=1, max_size=19) | st.lists(cells, min_size=19, max_size=19)


HEADERS = (
    "",
    "id\tname\tlat\tlon\tpopulation\tkind\tcountry\n",
    "id,name,other names,country\nQ1,Houston,x,US\n",
    "#license: x\n",
)


@given(
    lines=st.lists(rows, max_size=4),
    header=st.sampled_from(HEADERS),
    separator=st.sampled_from(["\t", ",", ";"]),
)
def test_no_file_is_read_to_a_traceback(
    tmp_path_factory: pytest.TempPathFactory,
    project: Project,
    things: Mapping[str, Thing],
    lines: list[list[str]],
    header: str,
    separator: str,
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_text(header + "".join(f"{separator.join(row)}\n" for row in lines), encoding="utf-8")
    some = {iri: thing for iri, thing in things.items() if iri in (VICO, expand("place:houston"))}
    request = Request(path, "any", TODAY, kind="Settlement")
    made = None
    # A file that is not as it should be is refused; everything else is a traceback, and fails.
    with contextlib.suppress(SourceError):
        made = candidates(request, project, some, Collection(()))
    if made is not None:
        written = path.parent / "candidates" / "any.sssom.tsv"
        written.parent.mkdir()
        written.write_bytes(write_set(made.group))
        records = [link.record for link in read_set(written).mappings]
        assert records == [link.record for link in made.group.mappings]


@given(odd=st.text(st.characters(codec="utf-8"), max_size=20), category=st.text(max_size=20))
def test_whatever_an_entry_is_called_it_outlives_the_table(
    tmp_path_factory: pytest.TempPathFactory, things: Mapping[str, Thing], odd: str, category: str
) -> None:
    kept = category.encode("utf-8", "replace").decode()
    one = Entry("https://sws.geonames.org/1/", ("Houston", odd), "Settlement", kept, "US")
    found = propose([things[expand("place:houston")]], [one])
    assert [link.object for link in found] == [one.iri]
    path = tmp_path_factory.mktemp("odd") / "candidates" / "odd.sssom.tsv"
    path.parent.mkdir()
    metadata = {"mapping_set_id": "https://example.org/odd", "license": "https://example.org/free"}
    made = MappingSet(path, metadata, {"place": PREFIXES["place"]}, tuple(found), status="candidate")
    path.write_bytes(write_set(made))
    assert [replace(link, line=None) for link in read_set(path).mappings] == found


def test_a_number_too_large_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "towns.csv"
    path.write_text("id,name,population\nQ1,A,1\nQ2,B,1e999\n", encoding="utf-8")
    reading = Reading(lambda _: None, {}, kind="Settlement")
    with pytest.raises(SourceError, match="write a number") as caught:
        list(read_table(path, reading).entries)
    assert caught.value.line == 3
