"""What clients write for countries, kinds, places and identifiers is understood; the rest is no harm."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acagraph.errors import QueryError
from acagraph.web.reconcile.conditions import Conditions, conditions
from acagraph.web.reconcile.identifiers import SPACE, local, short, whole
from acagraph.web.reconcile.queries import Wanted, Wrong, read_json, wanted

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
KINDS = {"Business": "Business", "business": "Business", "Country": "Country"}


def read(**properties: object) -> Conditions:
    return conditions([{"pid": name, "v": value} for name, value in properties.items()], KINDS.get)


@pytest.mark.parametrize(
    ("value", "position"),
    [
        ("45.46, 9.19", (45.46, 9.19)),
        ("45.46,9.19", (45.46, 9.19)),
        ("45.46 9.19", (45.46, 9.19)),
        ("-33.9;+151.2", (-33.9, 151.2)),
        ("POINT(9.19 45.46)", (45.46, 9.19)),
        ("point ( 9.19   45.46 )", (45.46, 9.19)),
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(9.19 45.46)", (45.46, 9.19)),
        ({"lat": 45.46, "lon": 9.19}, (45.46, 9.19)),
        ({"latitude": "45.46", "longitude": "9.19", "precision": 0.1}, (45.46, 9.19)),
        ([45.46, 9.19], (45.46, 9.19)),
        (["nowhere", "45.46,9.19"], (45.46, 9.19)),
        ({"id": "45.46,9.19"}, (45.46, 9.19)),
        ("91,9", None),
        ("45,181", None),
        ("45.46", None),
        ("9" * 300, None),
        ("POINT(9.19)", None),
        ({"lat": 45.46}, None),
        ([1, 2, 3], None),
        ([True, False], None),
        (None, None),
    ],
)
def test_positions_are_read_as_they_are_written(value: object, position: tuple[float, float] | None) -> None:
    assert read(coordinates=value).position == position


def test_a_position_may_come_in_halves() -> None:
    assert read(latitude="45.46", longitude=9.19).position == (45.46, 9.19)
    assert read(lat=["45.46"], long=["9.19"]).position == (45.46, 9.19)
    assert read(latitude=45.46).position is None


def test_values_may_be_of_any_kind() -> None:
    found = read(country=["IT", {"id": "place/italy", "name": "Italy"}, 7, True, None, "", " FR "])
    assert found.countries == ["IT", "place/italy", "7", "FR"]
    assert read(kind=["business", "Spaceship", {"id": "Country"}]).kinds == ["Business", "Country"]
    assert len(read(country=[str(number) for number in range(1_000)]).countries) == 10


@pytest.mark.parametrize(
    ("pid", "value", "expected"),
    [
        ("wikidata", "Q490", "wikidata:Q490"),
        ("wikidata", "q490", "wikidata:Q490"),
        ("wikidata", "wd:Q490", "wikidata:Q490"),
        ("wikidata", "https://www.wikidata.org/wiki/Q490", "wikidata:Q490"),
        ("geonames", 3173435, "geonames:3173435"),
        ("geonames", "https://sws.geonames.org/3173435/", "geonames:3173435"),
        ("isni", "0000 0004 1763 5918", "isni:0000000417635918"),
        ("isni", "https://isni.org/isni/0000000417635918", "isni:0000000417635918"),
        ("ror", "https://ror.org/04WZV3N59", "ror:04wzv3n59"),
        ("lei", "529900r5wx9n2oi2n910", "lei:529900R5WX9N2OI2N910"),
        ("osm", "https://www.openstreetmap.org/relation/44915", "osm:relation/44915"),
        ("iso3166Alpha2", "it", "iso3166-1:IT"),
        ("aca:iso3166Alpha3", "ita", "iso3166-1:ITA"),
        ("https://w3id.org/acagraph/ontology#subdivisionCode", "US-CA", "iso3166-2:US-CA"),
        ("m49Code", 8, "m49:008"),
        ("unLocode", "IT MIL", "unlocode:ITMIL"),
    ],
)
def test_identifiers_are_spelt_as_the_index_has_them(pid: str, value: object, expected: str) -> None:
    assert read(**{pid: value}).identifiers == [expected]


@given(properties=JSON_VALUES)
def test_nothing_that_a_client_sends_is_too_odd_for_conditions(properties: object) -> None:
    conditions(properties, KINDS.get)
    conditions([{"pid": "coordinates", "v": properties}, {"pid": "country", "v": properties}], KINDS.get)


@given(query=JSON_VALUES)
def test_nothing_that_a_client_sends_is_too_odd_for_a_query(query: object) -> None:
    found = wanted(query, KINDS.get, {})
    assert isinstance(found, Wanted | Wrong)
    assert isinstance(wanted({"query": "x", "properties": [query], "limit": query}, KINDS.get, {}), Wanted)


@given(
    slug=st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True),
    kind=st.sampled_from(["agent", "place", "coalition"]),
)
def test_identifiers_and_iris_are_opposites(slug: str, kind: str) -> None:
    identifier = f"{kind}/{slug[:100]}"
    iri = whole(identifier)
    assert iri == SPACE + identifier
    assert short(iri) == identifier
    assert whole(iri) == whole(f"{kind}:{slug[:100]}") == whole(identifier.replace("/", "%2F")) == iri


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Milano",
        "agent",
        "agent/",
        "/agent/x",
        "agent/x y",
        "agent/../x",
        "wd:Q1",
        "http://e/agent/x",
        "x" * 999,
        "agent/" + "x" * 250,
    ],
)
def test_other_texts_are_no_identifiers(text: str) -> None:
    assert whole(text) is None


def test_merged_things_are_what_they_became() -> None:
    assert whole("agent/old", {f"{SPACE}agent/old": f"{SPACE}agent/new"}) == f"{SPACE}agent/new"
    assert local("https://w3id.org/acagraph/ontology#memberOf") == local("aca:memberOf") == "memberOf"


@given(value=JSON_VALUES)
def test_json_is_read_as_it_is_written(value: object) -> None:
    text = json.dumps(value)
    if "NaN" in text or "Infinity" in text:
        return
    assert read_json(text, "queries") == value


@pytest.mark.parametrize("text", ["", "{", "NaN", "[" * 100_000, '{"a": 1, "a": 2}', "9" * 5_000, "\ufeff1"])
def test_other_text_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(QueryError, match=r"^queries "):
        read_json(text, "queries")
