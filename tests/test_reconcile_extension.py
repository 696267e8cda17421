"""Data extension: proposed properties, their values with settings, and what is refused."""

from __future__ import annotations

import json

import httpx
import pytest

import acagraph
from acagraph.stores import Limits, Term
from acagraph.web.labels import Labels
from acagraph.web.reconcile import routes
from acagraph.web.reconcile.composed import composed
from acagraph.web.reconcile.extension import MOST_IDS, MOST_PROPERTIES, Settings, extension
from acagraph.web.reconcile.values import WIKIDATA, query, values_of

from reconcilable import MILAN, conforms, extend, http, matched, reconcilable, refused, site

__all__ = ["http", "matched", "reconcilable", "site"]
JCI = {"id": "coalition/jci", "name": "Japan Climate Initiative"}
COVENANT = {"id": "coalition/covenant-of-mayors", "name": "Covenant of Mayors"}
RACE = {"id": "coalition/race-to-zero", "name": "Race to Zero"}


def cells(http: httpx.Client, thing: str, name: str, **settings: object) -> list[dict[str, object]]:
    """Return the values of a property of a thing."""
    asked = {"id": name, **({"settings": settings} if settings else {})}
    found: list[dict[str, object]] = extend(http, [thing], asked)["rows"][thing][name]
    return found


@pytest.mark.parametrize(
    ("thing", "name", "expected"),
    [
        ("agent/sony", "label", [{"str": "Sony"}]),
        ("agent/sony", "altLabel", [{"str": "ソニー"}]),
        ("agent/sony", "kind", [{"str": "business"}]),
        ("agent/sony", "country", [{"id": "place/japan", "name": "Japan"}]),
        ("agent/sony", "countryCode", [{"str": "JP"}]),
        ("agent/sony", "wikidata", [{"id": "Q41187", "name": "Sony"}]),
        ("agent/sony", "lei", [{"str": "529900R5WX9N2OI2N910"}]),
        ("agent/sony", "isni", [{"str": "0000000417635918"}]),
        ("agent/sony", "ror", [{"str": "04wzv3n59"}]),
        ("agent/sony", "dbpedia", [{"str": "Sony"}]),
        ("agent/sony", "memberOf", [JCI, RACE]),
        ("agent/sony", "memberSince", [{"date": "2018-07-31T00:00:00Z"}, {"date": "2022-12-08T00:00:00Z"}]),
        ("agent/sony", "netZeroYear", [{"int": 2050}]),
        ("place/japan", "geonames", [{"str": "1861060"}]),
        ("place/japan", "iso3166Alpha3", [{"str": "JPN"}]),
        ("place/japan", "m49Code", [{"str": "392"}]),
        ("place/tokyo", "subdivisionCode", [{"str": "JP-13"}]),
        ("coalition/jci", "foundedYear", [{"int": 2018}]),
        ("coalition/jci", "acronym", [{"str": "JCI"}]),
        ("coalition/jci", "founded", [{"date": "2018-07-01T00:00:00Z"}]),
        (MILAN, "label", [{"str": "Milano"}]),
        ("agent/jrc-covenant-18187", "memberOf", [COVENANT]),
    ],
)
def test_values_are_those_of_the_graph(
    http: httpx.Client, thing: str, name: str, expected: list[dict[str, object]]
) -> None:
    assert cells(http, thing, name) == expected


def test_a_government_has_the_coordinates_of_its_territory(http: httpx.Client) -> None:
    territory = MILAN.replace("agent", "place")
    [point] = cells(http, MILAN, "coordinates")
    assert [point] == cells(http, territory, "coordinates")
    [latitude], [longitude] = cells(http, MILAN, "latitude"), cells(http, MILAN, "longitude")
    assert point == {"str": f"{latitude['float']},{longitude['float']}"}
    assert cells(http, MILAN, "population") == cells(http, territory, "population")
    assert cells(http, MILAN, "population")[0]["int"]


def test_commitments_are_told_by_kind_and_year(http: httpx.Client) -> None:
    assert {"str": "net-zero target, 2050"} in cells(http, "agent/sony", "commitments")


def test_settings_choose_what_stands_in_a_cell(http: httpx.Client) -> None:
    japan = "https://w3id.org/acagraph/id/place/japan"
    assert cells(http, "agent/sony", "country", content="literals") == [{"str": "Japan"}]
    assert cells(http, "agent/sony", "country", content="ids") == [{"str": japan}]
    assert cells(http, "agent/sony", "kind", content="ids") == [{"str": "Business"}]
    assert cells(http, "agent/sony", "wikidata", content="ids") == [{"str": "Q41187"}]
    assert cells(http, "agent/sony", "label", language="ja") == [{"str": "ソニー株式会社"}]
    assert cells(http, "agent/sony", "label", language="fi") == []
    assert cells(http, MILAN, "label", language="fi") == [{"str": "Milano"}]  # in no language, so in any
    assert len(cells(http, "agent/sony", "label", language="*")) == 2
    assert cells(http, "agent/sony", "memberOf", limit=1) == [JCI]
    assert cells(http, "agent/sony", "memberOf", limit="1") == [JCI]
    assert cells(http, "agent/sony", "memberOf", limit=0) == [JCI, RACE]
    assert cells(http, "agent/sony", "memberOf", limit="", content=None, language="") == [JCI, RACE]


def test_memberships_are_those_of_a_day(http: httpx.Client) -> None:
    assert cells(http, "agent/sony", "memberOf", as_of="2018-12-31") == [JCI]
    assert cells(http, "agent/sony", "memberOf", as_of="2017") == []
    assert cells(http, "agent/sony", "memberOf", as_of="2023-01") == [JCI, RACE]
    assert cells(http, "agent/sony", "memberSince", as_of="2018-12") == [{"date": "2018-07-31T00:00:00Z"}]


def test_close_links_are_wider_than_exact_ones(http: httpx.Client) -> None:
    found = extend(http, [MILAN], {"id": "geonames"}, {"id": "wikidata"})["rows"][MILAN]
    wide = {"links": "close"}
    wider = extend(http, [MILAN], {"id": "geonames", "settings": wide}, {"id": "wikidata", "settings": wide})
    assert found["geonames"] == []
    assert wider["rows"][MILAN]["geonames"] != []


def test_items_of_wikidata_belong_to_another_service(http: httpx.Client) -> None:
    [meta] = extend(http, ["agent/sony"], {"id": "wikidata"})["meta"]
    assert meta == {"id": "wikidata", "name": "Wikidata item", "service": WIKIDATA}
    as_text = extend(http, ["agent/sony"], {"id": "wikidata", "settings": {"content": "literals"}})
    assert "service" not in as_text["meta"][0]
    assert as_text["rows"]["agent/sony"]["wikidata"] == [{"str": "Q41187"}]


def test_rows_stand_under_the_identifiers_that_were_sent(http: httpx.Client) -> None:
    ids = [
        "agent:sony",
        "https://w3id.org/acagraph/id/agent/sony",
        "coalition/jci-old",
        "nobody",
        "",
        "\U0001f600",
    ]
    rows = extend(http, ids, {"id": "aca:country"})["rows"]
    japan = [{"id": "place/japan", "name": "Japan"}]
    assert [row["aca:country"] for row in rows.values()] == [japan, japan, japan, [], [], []]


def test_properties_that_there_are_not_have_no_values(http: httpx.Client) -> None:
    found = extend(http, ["agent/sony"], {"id": "shoeSize"})
    assert found == {
        "meta": [{"id": "shoeSize", "name": "shoeSize"}],
        "rows": {"agent/sony": {"shoeSize": []}},
    }
    assert extend(http, [], {"id": "country"})["rows"] == {}
    assert extend(http, ["agent/sony"])["rows"] == {"agent/sony": {}}


def test_an_extension_query_may_stand_in_the_address(http: httpx.Client) -> None:
    text = json.dumps({"ids": ["agent/sony"], "properties": [{"id": "label"}]})
    got = http.get("/reconcile", params={"extend": text})
    assert got.json()["rows"] == {"agent/sony": {"label": [{"str": "Sony"}]}}
    assert got.headers["cache-control"] == "no-store"


def test_too_many_values_are_refused(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_MOST_VALUES", 1)
    query = json.dumps({"ids": ["agent/sony"], "properties": [{"id": "memberOf"}]})
    assert "set a limit" in refused(http.post("/reconcile", data={"extend": query}), 400)


def test_what_is_named_twice_is_given_once(http: httpx.Client) -> None:
    found = extend(http, ["agent/sony", "agent/sony"], {"id": "label"}, {"id": "label"})
    assert found["rows"] == {"agent/sony": {"label": [{"str": "Sony"}]}}
    assert len(found["meta"]) == 1


@pytest.mark.parametrize(
    "settings",
    [
        {"limit": "many"}, {"limit": -1}, {"limit": True}, {"limit": 1e99}, {"content": "all"},
        {"content": 5}, {"language": "e n"}, {"language": 5}, {"as_of": "yesterday"}, {"as_of": "2018-13"},
        {"links": "some"}, 7, [1],
    ],
)  # fmt: skip
def test_wrong_settings_are_refused(http: httpx.Client, settings: object) -> None:
    query = {"ids": ["agent/sony"], "properties": [{"id": "memberOf", "settings": settings}]}
    assert "setting" in refused(http.post("/reconcile", data={"extend": json.dumps(query)}), 400)


@pytest.mark.parametrize(
    "query",
    [
        "[]", "{}", "5", "null", '"x"', '{"ids": []}', '{"properties": []}',
        '{"ids": "x", "properties": []}', '{"ids": [1], "properties": []}',
        '{"ids": [null], "properties": []}', '{"ids": [], "properties": [1]}',
        '{"ids": [], "properties": [{"pid": "country"}]}', '{"ids": [], "properties": [{"id": 5}]}', "{", "",
    ],
)  # fmt: skip
def test_queries_that_the_schema_does_not_know_are_refused(http: httpx.Client, query: str) -> None:
    assert "extend" in refused(http.post("/reconcile", data={"extend": query}), 400)


def test_too_much_at_once_is_refused(http: httpx.Client) -> None:
    for ids, count in ((MOST_IDS + 1, 1), (1, MOST_PROPERTIES + 1)):
        query = {
            "ids": [f"agent/a{number}" for number in range(ids)],
            "properties": [{"id": f"p{number}"} for number in range(count)],
        }
        assert "at most" in refused(http.post("/reconcile", data={"extend": json.dumps(query)}), 413)


def test_as_many_things_as_may_be_are_answered(http: httpx.Client) -> None:
    ids = [f"agent/a{number}" for number in range(MOST_IDS - 1)]
    rows = extend(http, [*ids, "agent/sony"], {"id": "label"}, {"id": "country"})["rows"]
    assert rows["agent/sony"]["label"] == [{"str": "Sony"}]
    assert rows["agent/a0"] == {"label": [], "country": []}


def test_proposals_are_what_things_of_a_type_have(http: httpx.Client) -> None:
    def proposed(**params: str) -> list[str]:
        found = http.get("/reconcile/extend/propose", params=params).json()
        conforms(found, "data-extension-property-proposal")
        assert all(one["name"] for one in found["properties"])
        return [one["id"] for one in found["properties"]]

    businesses = proposed(type="Business")
    assert {"label", "country", "memberOf", "wikidata", "lei", "netZeroYear", "isin"} <= set(businesses)
    assert not {"hasMember", "iso3166Alpha2", "coordinates", "osm"} & set(businesses)
    assert {"iso3166Alpha2", "geonames"} <= set(proposed(type="Country"))
    assert {"hasMember", "acronym"} <= set(proposed(type="Coalition"))
    assert proposed(type="https://w3id.org/acagraph/ontology#Business") == businesses
    assert proposed(type="Business", limit="3") == businesses[:3]
    assert proposed() == [one.id for one in composed()] == proposed(type="Spaceship")
    for limit in ("0", "-1", "x"):
        assert "limit" in refused(http.get("/reconcile/extend/propose", params={"limit": limit}), 400)


def test_every_property_that_is_proposed_can_be_fetched(http: httpx.Client) -> None:
    for kind, thing in (
        ("Business", "agent/sony"),
        ("Coalition", "coalition/jci"),
        ("Country", "place/japan"),
    ):
        proposed = http.get("/reconcile/extend/propose", params={"type": kind}).json()["properties"]
        names = [{"id": one["id"]} for one in proposed]
        row = extend(http, [thing], *names[:50])["rows"][thing]
        assert len([name for name, found in row.items() if found]) > 5


def test_identifiers_enter_queries_as_terms(matched: acagraph.Dataset) -> None:
    """Nothing that a client sends becomes a part of the text of a query."""
    found = extension('{"ids": ["agent/x> } #"], "properties": [{"id": "label"}]}')
    assert found.ids == ("agent/x> } #",)
    label = composed()[0]
    with pytest.raises(acagraph.errors.ParameterError):
        query(["https://w3id.org/acagraph/id/agent/x> } #"], label, Settings())
    day = Term("literal", '2018" } #')
    member = next(one for one in composed() if one.id == "memberOf")
    text = query(["https://w3id.org/acagraph/id/agent/sony"], member, Settings(as_of=day))
    assert '"2018\\" } #"' in text
    assert values_of(matched.store, Labels(matched.store), [], label, Settings(), Limits()) == {}


def test_the_item_of_the_territory_can_be_asked_of_its_government(http: httpx.Client) -> None:
    government, place = "agent/tokyo-metropolitan-government", "place/tokyo"
    found = extend(http, [government, place], {"id": "wikidata"}, {"id": "placeWikidata"})["rows"]
    assert [cell["id"] for cell in found[government]["wikidata"]] == ["Q1074185"]
    assert found[government]["placeWikidata"] == [{"id": "Q1490", "name": "Tokyo"}]
    assert [cell["id"] for cell in found[place]["wikidata"]] == ["Q1490"]
    assert found[place]["placeWikidata"] == []
    proposed = http.get("/reconcile/extend/propose", params={"type": "LocalGovernment"}).json()["properties"]
    assert "place's Wikidata item" in {one["name"] for one in proposed}
