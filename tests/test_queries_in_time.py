"""Saved queries with asOf: who was a member, what was known and which figure was the latest on a day."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

import acagraph
from acagraph.inference import infer
from acagraph.queries import load, resolve
from acagraph.stores import Row, Store, open_store, rows
from acagraph.vocab import PREFIXES

from published import ROOT

CATALOGUE = load(ROOT / "queries")
TODAY = datetime.date(2026, 11, 22)
TIMED = [name for name, query in CATALOGUE.items() if any(p.name == "asOf" for p in query.parameters)]
LISTS = [
    "members-of-coalition",
    "members-on-day",
    "members-in-country",
    "common-members",
    "members-of-several",
]

# Spells of membership, one for each case; @ stands for the first second of a day.
SPELLS = """
stmt:1 a aca:Membership ; aca:participant agent:started ; aca:asOfNotBefore @2019-09-01 ;
  aca:startsNotBefore @2018-07-01 ; aca:startsNotAfter @2018-07-31 .
stmt:2 a aca:Membership ; aca:participant agent:ended ;
  aca:startsNotBefore @2017-01-01 ; aca:startsNotAfter @2017-12-31 ; aca:endsNotAfter @2019-12-31 .
stmt:3 a aca:Membership ; aca:participant agent:suspended ; aca:asOfNotBefore @2020-06-01 ;
  aca:participationStatus participation-status:suspended ;
  aca:startsNotBefore @2017-01-01 ; aca:startsNotAfter @2017-12-31 .
stmt:4 a aca:Membership ; aca:participant agent:announced ; aca:asOfNotBefore @2018-01-01 ;
  aca:participationStatus participation-status:announced ;
  aca:startsNotBefore @2025-01-01 ; aca:startsNotAfter @2025-12-31 .
stmt:5 a aca:Membership ; aca:participant agent:replaced ; aca:asOfNotBefore @2018-01-01 .
stmt:6 a aca:Membership ; aca:participant agent:replaced ; aca:asOfNotBefore @2018-01-01 ;
  aca:supersedes stmt:5 ; aca:endsNotBefore @2018-06-01 .
stmt:7 a aca:Membership ; aca:participant agent:told ; aca:asOfNotBefore @2019-09-01 .
stmt:8 a aca:Membership ; aca:participant agent:undated ; aca:statedIn source:page .
stmt:9 a aca:GlobalPartnership ; aca:participant agent:partner ; aca:asOfNotBefore @2018-01-01 .
stmt:10 a aca:Membership ; aca:participant agent:left ; aca:asOfNotBefore @2020-06-01 ;
  aca:participationStatus participation-status:ended ;
  aca:startsNotBefore @2017-01-01 ; aca:startsNotAfter @2017-12-31 .
"""
DAYS: list[tuple[str, list[str]]] = [
    ("2016", []),
    ("2018-05", ["ended", "left", "replaced", "suspended"]),
    ("2018-06", ["ended", "left", "suspended"]),
    ("2018-07-30", ["ended", "left", "suspended"]),
    ("2018-07", ["ended", "left", "started", "suspended"]),
    ("2019-11-30", ["ended", "left", "started", "suspended", "told"]),
    ("2020-05", ["left", "started", "suspended", "told"]),
    ("2020-06", ["started", "told"]),
    ("2026-11-22", ["announced", "started", "told", "undated"]),
]
# The coalition young is talked of before its founding; of old nothing but its founding is told.
REST = """
source:page a aca:Source ; aca:notAfter @2026-11-22 ; aca:dateText "2026" .
place:utopia a aca:Country .
coalition:pact a aca:Coalition . coalition:league a aca:Coalition . coalition:club a aca:Coalition .
coalition:young a aca:Coalition . coalition:old a aca:Coalition .
stmt:11 a aca:Relation ; aca:relationSubject coalition:club ; aca:relationProperty aca:hasMembersIn ;
  aca:relationObject place:utopia ; aca:asOfNotBefore @2019-01-01 ; aca:endsNotAfter @2021-12-31 ;
  aca:statedIn source:page .
event:young a aca:Founding ; aca:foundingOf coalition:young ;
  aca:notBefore @2020-03-01 ; aca:notAfter @2020-03-31 .
event:old a aca:Founding ; aca:foundingOf coalition:old ;
  aca:notBefore @1990-01-01 ; aca:notAfter @1990-12-31 ; aca:statedIn source:page .
stmt:20 aca:figureSubject coalition:young ; aca:asOfNotBefore @2019-06-01 ; aca:value 1 .
stmt:21 aca:figureSubject coalition:pact ; aca:asOfNotBefore @2018-01-01 ; aca:asOfNotAfter @2018-12-31 ;
  aca:value 10 .
stmt:22 aca:figureSubject coalition:pact ; aca:asOfNotBefore @2019-06-01 ; aca:value 21 .
stmt:23 aca:figureSubject coalition:pact ; aca:asOfNotBefore @2019-06-01 ; aca:asOfNotAfter @2019-06-30 ;
  aca:value 20 .
stmt:24 aca:figureSubject coalition:pact ; aca:asOfNotBefore @2019-07-01 ; aca:value 30 .
stmt:25 aca:figureSubject coalition:pact ; aca:asOfNotBefore @2019-08-01 ; aca:value 40 ;
  aca:supersedes stmt:24 .
"""
FIGURE = """a aca:Figure ; aca:metric metric:member-count ; aca:unit unit:NUM ; aca:asOfText "then" ;
  aca:qualifier qualifier:exact ; aca:evidence evidence:page ; aca:figureSubject"""


def copied(coalition: str, kind: str) -> str:
    """Return the spells in a coalition, as participations of a class."""
    text = SPELLS.replace("stmt:", f"stmt:{coalition}-").replace("a aca:Membership", f"a {kind}")
    return text.replace("aca:participant ", f"aca:inCoalition coalition:{coalition} ; aca:participant ")


@pytest.fixture(scope="module")
def spells(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The spells as a release would hold them, in two coalitions of members and one of partners."""
    text = copied("pact", "aca:Membership") + copied("league", "aca:Membership")
    text += copied("club", "aca:SupportingPartnership, aca:GlobalPartnership ; aca:evidence evidence:page")
    text += REST.replace("aca:figureSubject", FIGURE)
    names = sorted(set(re.findall(r"(?:agent|coalition|source|place):\w+", text)))
    text += "evidence:page aca:inSource source:page .\n"
    text += "".join(f'{name} skos:prefLabel "{name}"@en .\n' for name in names)
    text += "".join(
        f"{name} a aca:Business ; aca:locatedIn place:utopia ;"
        f" skos:exactMatch <https://example.org/{name}> .\n"
        for name in names
        if name.startswith("agent:")
    )
    text = re.sub(r"@([0-9-]{10})", r'"\1T00:00:00Z"^^xsd:dateTime', text)
    prefixes = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in PREFIXES.items())
    store = ox.Store()
    store.load((prefixes + text).encode(), format=ox.RdfFormat.TURTLE)
    store.load(path=str(ROOT / "ontology" / "acagraph.ttl"), format=ox.RdfFormat.TURTLE)
    infer(store, rules=ROOT / "queries" / "rules", as_of=TODAY)
    path = tmp_path_factory.mktemp("spells") / "spells.nq"
    store.dump(str(path), format=ox.RdfFormat.N_QUADS)
    return open_store(path)


def ask(store: Store, name: str, **arguments: str) -> list[Row]:
    return list(rows(store, resolve(store, CATALOGUE[name], arguments)))


def members(found: list[Row], column: str = "member") -> list[str]:
    return [row[column].short.removeprefix("agent:") for row in found]


def counts(found: list[Row], *columns: str) -> list[tuple[object, ...]]:
    return [tuple(row[column].to_python() for column in columns) for row in found]


@pytest.mark.parametrize(("day", "expected"), DAYS)
@pytest.mark.parametrize("name", LISTS)
def test_members_on_a_day(name: str, day: str, expected: list[str], spells: Store) -> None:
    every = {"coalition": "pact", "other": "league", "country": "utopia"}
    taken = {p.name: every[p.name] for p in CATALOGUE[name].parameters if p.name in every}
    assert members(ask(spells, name, asOf=day, **taken)) == expected


@pytest.mark.parametrize(("day", "expected"), DAYS)
def test_members_counted_on_a_day(day: str, expected: list[str], spells: Store) -> None:
    suspended = int(day >= "2020-06")
    number = len(expected)
    wanted = [(number, suspended)] if number or suspended else []
    for name in ("members-by-country", "members-by-kind"):
        found = ask(spells, name, coalition="pact", asOf=day)
        assert counts(found, "members", "suspended") == wanted, name
    found = ask(spells, "member-countries", coalition="pact", asOf=day)
    assert counts(found, "members") == ([(number,)] if number else [])
    pairs = ask(spells, "coalition-overlap", asOf=day)
    both = [(number, number, number)] * 2 if number else []
    assert counts(pairs, "common", "members", "otherMembers") == both


@pytest.mark.parametrize(("day", "expected"), DAYS)
def test_one_agent_on_a_day(day: str, expected: list[str], spells: Store) -> None:
    agents = {name for _, names in DAYS for name in names} | {"partner"}
    for agent in sorted(agents):
        text = resolve(spells, CATALOGUE["is-member"], {"agent": agent, "coalition": "pact", "asOf": day})
        assert (b"true" in b"".join(spells.answer(text).chunks)) == (agent in expected), agent
        item = f"https://example.org/agent:{agent}"
        found = ask(spells, "coalitions-of-item", item=item, asOf=day)
        assert [row["coalition"].short for row in found] == (
            ["coalition:league", "coalition:pact"] if agent in expected else []
        )


@pytest.mark.parametrize(("day", "expected"), DAYS)
def test_partners_on_a_day(day: str, expected: list[str], spells: Store) -> None:
    partners = sorted([*expected, "partner"]) if day >= "2018" else expected
    assert members(ask(spells, "global-partners", network="club", asOf=day), "partner") == partners
    supporters = ask(spells, "supporters-of-coalition", coalition="club", asOf=day)
    assert sorted({*members(supporters, "agent")}) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("1990-06", []),
        ("1990", ["old"]),
        ("2017-12-30", ["old"]),
        ("2017", ["club", "league", "old", "pact"]),
        ("2020-02", ["club", "league", "old", "pact"]),
        ("2020-03-15", ["club", "league", "old", "pact", "young"]),
    ],
)
def test_coalitions_that_existed_on_a_day(day: str, expected: list[str], spells: Store) -> None:
    found = ask(spells, "coalitions", asOf=day)
    assert [row["coalition"].short.removeprefix("coalition:") for row in found] == expected


@pytest.mark.parametrize(
    ("day", "value"),
    [("2017", None), ("2018-02", 10), ("2019-05", 10), ("2019-06-01", 20), ("2019-07", 20), ("2019-08", 40)],
)
def test_the_latest_figure_on_a_day(day: str, value: int | None, spells: Store) -> None:
    wanted = [] if value is None else [(value,)]
    assert counts(ask(spells, "latest-figures", coalition="pact", asOf=day), "value") == wanted
    assert counts(ask(spells, "latest-member-count", coalition="pact", asOf=day), "members") == wanted


@pytest.mark.parametrize(("day", "told"), [("2018", 0), ("2019-01", 1), ("2021-11", 1), ("2022", 0)])
def test_countries_that_a_source_lists_on_a_day(day: str, told: int, spells: Store) -> None:
    assert len(ask(spells, "member-countries", coalition="club", asOf=day)) == told


@pytest.mark.parametrize("name", ["members-of-coalition", "members-on-day"])
def test_the_day_of_reading_is_no_first_day(name: str, spells: Store) -> None:
    found = ask(spells, name, coalition="pact", asOf="2026-11-22")
    since = {row["member"].short: row["since"].value for row in found}
    assert since["agent:started"] == "2018-07-31"
    assert since["agent:told"] == "2019-09-01"
    assert since["agent:undated"] == ""


def test_every_query_holds_the_same_definition_of_a_member_on_a_day() -> None:
    definition = conditions(CATALOGUE["members-on-day"].text)
    assert len(definition) == 5
    others = {"coalitions", "coalition-countries", "latest-figures", "latest-member-count"}
    for name in sorted(set(TIMED) - others):
        text = re.sub(r"\?(otherSpell|participation)\b", "?spell", CATALOGUE[name].text)
        found = conditions(text.replace("?otherKnown", "?known").replace("!BOUND(?asOf) || ", ""))
        missing = [condition for condition in definition if condition not in found]
        assert not missing, f"{name} lacks {missing}"


def conditions(text: str) -> Counter[str]:
    """Return the filters on a spell, on one line each."""
    flat = " ".join(text.split())
    nested = r"FILTER(?: NOT)? ?\(?(?:NOT )?EXISTS \{(?:[^{}])*\?(?:spell|later)\b[^{}]*\}"
    return Counter(re.sub(r"\(EXISTS", " EXISTS", found) for found in re.findall(nested, flat))


# The project's own data


@pytest.fixture(scope="module")
def dataset(release: Path) -> Iterator[acagraph.Dataset]:
    with acagraph.open(release) as opened:
        yield opened


def test_members_on_the_day_of_the_release_are_the_members(dataset: acagraph.Dataset) -> None:
    day = re.findall(r'"date": "([0-9-]+)', (Path(dataset.location) / "manifest.json").read_text("utf-8"))[0]
    seen = set()
    for row in ask(dataset.store, "coalitions"):
        coalition = row["coalition"].value
        now = ask(dataset.store, "members-of-coalition", coalition=coalition)
        then = ask(dataset.store, "members-of-coalition", coalition=coalition, asOf=day)
        assert now == then, row["coalition"].short
        seen |= set(members(now))
    assert len(seen) > 100


@pytest.mark.parametrize("day", ["2017-06", "2018-07-31", "2018-12-31", "2019-09-30", "2022", "2026"])
def test_members_of_a_coalition_on_a_day_are_those_of_members_on_day(
    day: str, dataset: acagraph.Dataset
) -> None:
    seen = 0
    for row in ask(dataset.store, "coalitions"):
        coalition = row["coalition"].value
        one = ask(dataset.store, "members-of-coalition", coalition=coalition, asOf=day)
        other = ask(dataset.store, "members-on-day", coalition=coalition, asOf=day)
        columns = ("member", "memberLabel", "since")
        assert [[r[c] for c in columns] for r in one] == [[r[c] for c in columns] for r in other]
        seen += len(one)
    assert seen


@pytest.mark.parametrize("name", sorted({*TIMED} - {"is-member", "members-on-day"}))
def test_the_answer_for_the_day_of_the_release_is_the_one_without_a_day(
    name: str, dataset: acagraph.Dataset
) -> None:
    required = {p.name: p.example for p in CATALOGUE[name].parameters if p.required}
    now = ask(dataset.store, name, **required)
    assert ask(dataset.store, name, **required, asOf="2026-11-22") == now


def test_coalitions_grow_with_time(dataset: acagraph.Dataset) -> None:
    before: set[str] = set()
    for year in range(1989, 2027):
        found = {row["coalition"].short for row in ask(dataset.store, "coalitions", asOf=str(year))}
        assert before <= found, year
        before = found
    assert before == {row["coalition"].short for row in ask(dataset.store, "coalitions")}
