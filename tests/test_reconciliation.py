"""Names made comparable, and the rules by which two descriptions are of one actor."""

from __future__ import annotations

import random
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acagraph.reconciliation import Actor, Decision, Matcher, Rulings, name_key, slug_key
from acagraph.reconciliation.evidence import distance
from acagraph.reconciliation.folding import fold
from acagraph.reconciliation.names import keys_of, namesake_share

BARCELONA = Actor(
    "agent/barcelona",
    ("Barcelona",),
    "LocalGovernment",
    "ES",
    frozenset({"gcom:ES0001"}),
    (41.38, 2.17),
    1_636_193,
)
SONY = Actor("agent/sony", ("Sony", "ソニー株式会社"), "Business", None, frozenset({"isin:JP3435000009"}))


def town(name: str, thing: str = "agent/known", **more: object) -> Actor:
    return replace(Actor(thing, (name,), "LocalGovernment", "IT"), **more)  # type: ignore[arg-type]


def asked(actor: Actor, **more: object) -> Actor:
    return replace(actor, thing="record-1", **more)  # type: ignore[arg-type]


def decide(known: Actor, query: Actor) -> Decision:
    return Matcher([known]).match(query)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Comune di Gatteo", "GATTEO", "LocalGovernment"),
        ("Pedroso, El", "El Pedroso", "LocalGovernment"),
        ("Nucía (la)", "La Nucía", "LocalGovernment"),
        ("Łódź", "Lodz", "LocalGovernment"),
        ("Duesseldorf", "Düsseldorf", "LocalGovernment"),
        ("Koeln", "Köln (Cologne)", "LocalGovernment"),
        ("Sankt Gallen", "St.Gallen", "LocalGovernment"),
        ("Kömlőd Község", "Komlod", "LocalGovernment"),
        ("Balatonfűzfő Város Önkormányzata", "Balatonfűzfő", "LocalGovernment"),
        ("Kyoto City", "Government of Kyoto", "LocalGovernment"),
        ("京都市", "京都", "LocalGovernment"),
        ("Milano, Comune di", "Milano", "LocalGovernment"),
        ("AlcalÃ¡ de Henares", "Alcalá de Henares", "LocalGovernment"),
        ("Вінниця", "Vinnytsia", "LocalGovernment"),
        ("Δήμος Αθήνας", "Athinas", "LocalGovernment"),
        ("İzmir Metropolitan Municipality", "Izmir", "LocalGovernment"),
        ("Los Angeles County", "County of Los Angeles", "CountyGovernment"),
        ("Ehime Prefecture", "Ehime", "RegionalGovernment"),
        ("Government of the State of Jalisco", "Jalisco", "RegionalGovernment"),
        ("Government of the Netherlands", "Netherlands", "NationalGovernment"),
        ("Fuji Film Holdings Corp.", "FUJIFILM Holdings", "Business"),
        ("NAGASE & CO., LTD.", "Nagase", "Business"),
        ("ソニー株式会社", "ソニー", "Business"),
        ("Enel S.p.A.", "ENEL", "Business"),
        ("Vestas Wind Systems A/S", "Vestas Wind Systems", "Business"),
    ],
)
def test_names_of_one_actor_have_a_key_in_common(one: str, other: str, kind: str) -> None:
    full = [{(key.text, key.level) for key in keys_of(name, kind) if key.full} for name in (one, other)]
    assert full[0] & full[1]


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Provincia di Torino", "Torino", "LocalGovernment"),
        ("Los Angeles County", "City of Los Angeles", "LocalGovernment"),
        ("Métropole de Lyon", "Lyon", "LocalGovernment"),
        ("Greater Poland", "Poland", "RegionalGovernment"),
        ("México State", "Mexico City", "RegionalGovernment"),
        ("Kirin Holdings", "Kirin", "Business"),
        ("Frankfurt (Oder)", "Frankfurt am Main", "LocalGovernment"),
        ("かき", "がぎ", "Business"),
    ],
)
def test_names_of_different_actors_have_no_full_key_in_common(one: str, other: str, kind: str) -> None:
    full = [{(key.text, key.level) for key in keys_of(name, kind) if key.full} for name in (one, other)]
    assert not full[0] & full[1]


def test_a_name_of_designators_only_is_kept() -> None:
    assert name_key("City") == "city"
    assert name_key("Company Limited", "Business") == "company"


@given(st.text(max_size=60))
def test_a_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)
    assert name_key(name_key(name, "Business"), "Business") == name_key(name, "Business")
    assert fold(fold(name)) == fold(name)
    assert fold(fold(name, digraphs=True)) == fold(name, digraphs=True)


@given(st.text(max_size=60))
def test_slugs_are_slugs(name: str) -> None:
    slug = slug_key(name)
    assert slug == "" or all(part.isascii() and part.isalnum() for part in slug.split("-"))


def test_slug_of_other_scripts() -> None:
    assert slug_key("Łódź (City)") == "lodz-city"
    assert slug_key("京都市") == ""


def test_same_name_country_kind_and_population() -> None:
    found = decide(BARCELONA, asked(BARCELONA, identifiers=frozenset(), position=None, population=1_600_000))
    assert found.verdict == "same"
    assert found.thing == "agent/barcelona"
    assert found.reason == "same name, country and kind; populations 1 : 1.0"


def test_a_city_may_be_counted_with_its_surroundings() -> None:
    query = asked(BARCELONA, identifiers=frozenset(), position=None, population=5_541_000)
    assert decide(BARCELONA, query).reason == "same name, country and kind; populations 1 : 3.4"


def test_another_town_of_the_name_is_doubtful() -> None:
    query = asked(BARCELONA, identifiers=frozenset(), position=None, population=3_000)
    found = decide(BARCELONA, query)
    assert (found.verdict, found.thing, found.name) == ("doubtful", "agent/barcelona", "Barcelona")
    assert "populations 1 : 545.4" in found.reason


def test_far_apart_is_doubtful() -> None:
    query = asked(BARCELONA, identifiers=frozenset(), position=(40.4, -3.7), population=None)
    found = decide(BARCELONA, query)
    assert found.verdict == "doubtful"
    assert "km apart" in found.reason


def test_another_country_is_another_town_but_not_another_company() -> None:
    assert decide(BARCELONA, asked(BARCELONA, identifiers=frozenset(), country="VE")).verdict == "new"
    danone = Actor("agent/danone", ("Danone",), "Business", "FR")
    found = decide(danone, asked(danone, country="ES"))
    assert (found.verdict, found.reason) == ("doubtful", "same name and kind, but in ES and in FR")


def test_a_region_and_a_city_are_never_merged() -> None:
    berlin = Actor("agent/berlin", ("Berlin",), "LocalGovernment", "DE", population=3_750_000)
    region = asked(berlin, kind="RegionalGovernment", population=3_650_000)
    found = decide(berlin, region)
    assert found.verdict == "doubtful"
    assert "a RegionalGovernment and a LocalGovernment" in found.reason
    murcia = replace(berlin, names=("Murcia",), country="ES", population=439_889)
    assert decide(murcia, asked(murcia, kind="RegionalGovernment", population=1_500_000)).verdict == "new"
    molise = replace(berlin, names=("Molise",), country="IT", population=177)
    assert decide(molise, asked(molise, kind="RegionalGovernment", population=None)).verdict == "new"


def test_an_actor_of_two_levels_is_met_as_both() -> None:
    tokyo = Actor(
        "agent/tokyo-metropolitan-government", ("Tokyo",), "LocalGovernment", "JP", population=14_000_000
    )
    matcher = Matcher([tokyo, replace(tokyo, kind="RegionalGovernment")])
    for kind in ("LocalGovernment", "RegionalGovernment"):
        assert matcher.match(asked(tokyo, kind=kind)).thing == tokyo.thing


def test_a_group_is_only_a_group() -> None:
    group = Actor("agent/g", ("Avola, Noto, Pachino",), "GovernmentGroup", "IT")
    assert decide(group, asked(group)).verdict == "same"
    assert decide(group, asked(group, kind="LocalGovernment")).verdict == "new"
    assert decide(group, asked(group, names=("Avola",), kind="LocalGovernment")).verdict == "new"


def test_a_name_alone_is_enough_only_where_names_are_rarely_shared() -> None:
    assert namesake_share("IT") < 0.1 < namesake_share("US")
    assert decide(town("Gatteo"), asked(town("Gatteo"))).verdict == "same"
    columbus = town("Columbus", country="US")
    assert decide(columbus, asked(columbus)).verdict == "doubtful"
    assert decide(columbus, asked(columbus, population=900_000)).verdict == "same"
    assert namesake_share("XX") == 1.0


def test_a_qualifier_may_tell_two_cities_apart() -> None:
    richmond = town("Richmond", country="US", population=226_000)
    query = asked(richmond, names=("Richmond, CA",), population=115_000)
    assert decide(richmond, query).verdict == "doubtful"
    there = replace(richmond, position=(37.54, -77.44))
    assert decide(there, replace(query, position=(37.53, -77.45))).verdict == "same"


def test_large_cities_are_known_by_their_names_in_other_languages() -> None:
    milano = town("Milano", population=1_352_000)
    assert decide(milano, asked(town("Milan"))).verdict == "same"
    assert decide(milano, asked(town("Milan", country="FR"))).verdict == "new"


def test_namesakes_are_told_apart_by_their_place_only() -> None:
    here = town("Samone", "agent/one", position=(46.08, 11.52), population=500)
    there = town("Samone", "agent/two", position=(45.45, 7.84), population=1_600)
    matcher = Matcher([here, there])
    near = asked(town("Samone", position=(46.09, 11.53)))
    assert matcher.match(near).thing == "agent/one"
    assert matcher.match(replace(near, position=None, population=510)).verdict == "doubtful"


def test_two_records_that_claim_one_actor_are_both_doubtful() -> None:
    queries = [asked(BARCELONA, identifiers=frozenset(), position=None)]
    queries.append(replace(queries[0], thing="record-2"))
    found = Matcher([BARCELONA]).match_all(queries)
    assert [item.verdict for item in found] == ["doubtful", "doubtful"]
    queries[1] = replace(queries[1], identifiers=BARCELONA.identifiers)
    found = Matcher([BARCELONA]).match_all(queries)
    assert [item.verdict for item in found] == ["doubtful", "same"]


def test_a_position_of_many_is_no_position() -> None:
    middle = (42.6384261, 12.674297)
    known = [town(name, f"agent/{name}", position=middle) for name in ("one", "two", "three", "gatteo")]
    found = Matcher(known).match(asked(town("Gatteo", position=(44.11, 12.38))))
    assert found.verdict == "same"
    assert "km" not in found.reason


def test_identifiers_go_first() -> None:
    query = asked(BARCELONA, names=("Ajuntament",), position=None, population=None)
    found = decide(BARCELONA, query)
    assert (found.verdict, found.method, found.score, found.reason) == (
        "same",
        "identifier",
        1.0,
        "same GCoM id",
    )


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"kind": "RegionalGovernment"}, "one is a RegionalGovernment, the other a LocalGovernment"),
        ({"country": "VE"}, "in VE and in ES"),
        ({"identifiers": frozenset({"gcom:ES0001", "lei:ABC"})}, "different LEI"),
    ],
)
def test_an_identifier_that_something_contradicts_is_doubtful(more: dict[str, object], reason: str) -> None:
    known = replace(BARCELONA, identifiers=frozenset({"gcom:ES0001", "lei:XYZ"}))
    found = decide(known, asked(known, **{"identifiers": frozenset({"gcom:ES0001"}), **more}))
    assert found.verdict == "doubtful"
    assert reason in found.reason


def test_a_security_counts_when_the_names_have_a_word_in_common() -> None:
    query = Actor("record-1", ("Sony Group Corporation",), "Business", "JP", SONY.identifiers)
    assert decide(SONY, query).verdict == "same"
    found = decide(SONY, replace(query, names=("Panasonic",)))
    assert (found.verdict, found.reason) == ("doubtful", "same ISIN, but the names have nothing in common")


def test_identifiers_of_two_actors_are_doubtful() -> None:
    query = Actor("record-1", ("Sony",), "Business", None, SONY.identifiers | {"lei:1"})
    other = Actor("agent/other", ("Other",), "Business", None, frozenset({"lei:1"}))
    found = Matcher([SONY, other]).match(query)
    assert found.verdict == "doubtful"
    assert "agent/other, agent/sony" in found.reason


def test_a_company_is_known_without_its_country_when_the_name_is_one_of_a_kind() -> None:
    query = Actor("record-1", ("Sony Corp.",), "Business", "JP")
    assert decide(SONY, query).verdict == "same"
    elsewhere = Actor("agent/sony-france", ("Sony",), "Business", "FR")
    assert Matcher([SONY, elsewhere]).match(query).verdict == "doubtful"


def test_holdings_and_group_are_left_out_only_when_all_else_agrees() -> None:
    sompo = Actor("agent/sompo", ("SOMPO Holdings",), "Business", "JP")
    query = Actor("record-1", ("Sompo",), "Business", "JP")
    assert decide(sompo, query).verdict == "same"
    assert decide(sompo, replace(query, country=None)).verdict == "doubtful"
    assert decide(sompo, replace(query, kind="FinancialInstitution")).verdict == "doubtful"
    assert decide(sompo, replace(query, names=("Sompo Global",))).verdict == "new"


def test_an_organisation_of_unknown_kind_may_be_a_company() -> None:
    assert decide(SONY, Actor("record-1", ("Sony",), "Organisation")).verdict == "same"
    assert decide(SONY, Actor("record-1", ("Sony",), "HigherEducationInstitution")).verdict == "new"


def test_a_similar_name_is_never_more_than_doubtful() -> None:
    pytest.importorskip("rapidfuzz")
    found = decide(town("San Giorgio di Piano"), asked(town("San Giogio di Piano")))
    assert (found.verdict, found.method) == ("doubtful", "similar")
    assert 'similar name "San Giorgio di Piano"' in found.reason
    assert decide(town("Sector 11", country="RO"), asked(town("Sector 12", country="RO"))).verdict == "new"
    known = town("Padula", population=5_279)
    assert decide(known, asked(town("Padola", population=209_679))).verdict == "new"


def test_without_rapidfuzz_the_same_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    assert decide(town("Gatteo"), asked(town("Comune di Gatteo"))).verdict == "same"
    assert decide(town("San Giorgio di Piano"), asked(town("San Giogio di Piano"))).verdict == "new"


def test_people_decide_before_any_rule() -> None:
    query = asked(BARCELONA)
    matcher = Matcher([BARCELONA, SONY])
    same = matcher.match_all([query], Rulings(same={"record-1": "agent/sony"}))[0]
    assert (same.thing, same.name, same.method) == ("agent/sony", "Sony", "review")
    different = Rulings(different={"record-1": frozenset({"agent/barcelona"})})
    assert matcher.match_all([query], different)[0].verdict == "new"


def test_nothing_known_and_no_names() -> None:
    assert Matcher([]).match(BARCELONA).verdict == "new"
    assert Matcher([BARCELONA]).match(Actor("record-1", (), "LocalGovernment", "ES")).verdict == "new"
    nameless = Actor("agent/x", (), "Business", None, frozenset({"lei:1"}))
    assert decide(nameless, replace(nameless, thing="record-1")).name == "agent/x"


def test_distances() -> None:
    assert distance((0.0, 0.0), (0.0, 0.0)) == 0.0
    assert distance((90.0, 0.0), (-90.0, 0.0)) == pytest.approx(20015, rel=0.001)
    assert distance((52.52, 13.405), (48.1375, 11.575)) == pytest.approx(504, rel=0.01)


NAMES = ("Fonte", "FONTE", "Comune di Fonte", "Fonte Nuova", "Oria", "Provincia di Oria", "Oria (BR)", "Orio")
ACTORS = st.builds(
    Actor,
    thing=st.sampled_from([f"agent/{letter}" for letter in "abcdef"]),
    names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=2).map(tuple),
    kind=st.sampled_from(("LocalGovernment", "CountyGovernment", "RegionalGovernment", "Business")),
    country=st.sampled_from((None, "IT", "US")),
    identifiers=st.sets(st.sampled_from(("lei:1", "lei:2", "isin:3")), max_size=2).map(frozenset),
    position=st.sampled_from((None, (45.0, 11.0), (45.05, 11.0), (40.6, 17.6))),
    population=st.sampled_from((None, 300, 6_000, 15_000, 200_000)),
)


@given(ACTORS, ACTORS)
def test_same_is_the_same_the_other_way_round(one: Actor, other: Actor) -> None:
    one, other = replace(one, thing="agent/one"), replace(other, thing="agent/other")
    there = Matcher([one]).match(other)
    back = Matcher([other]).match(one)
    assert (there.verdict == "same") == (back.verdict == "same")


@given(
    st.lists(ACTORS, max_size=6, unique_by=lambda actor: actor.thing),
    st.lists(ACTORS, max_size=6),
    st.randoms(),
)
def test_order_does_not_matter(known: list[Actor], queries: list[Actor], rng: random.Random) -> None:
    queries = [replace(actor, thing=f"record-{place}") for place, actor in enumerate(queries)]
    found = {
        query.thing: decision
        for query, decision in zip(queries, Matcher(known).match_all(queries), strict=True)
    }
    mixed, others = list(queries), list(known)
    rng.shuffle(mixed)
    rng.shuffle(others)
    for query, decision in zip(mixed, Matcher(others).match_all(mixed), strict=True):
        assert decision == found[query.thing]
    same = [decision.thing for decision in found.values() if decision.verdict == "same"]
    assert len(same) == len(set(same))
