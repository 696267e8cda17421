"""The saved queries: their examples, their order, the ten that must read well, members in time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

import acagraph
from acagraph.queries import SavedQuery, load, resolve
from acagraph.stores import Store, open_store, rows
from acagraph.vocab import PREFIXES

from published import ROOT

CATALOGUE = load(ROOT / "queries")
SELECTS = [name for name, query in CATALOGUE.items() if query.form == "select"]
TEN = [
    "members-of-coalition",
    "global-partners",
    "launched-in-year",
    "members-on-day",
    "members-in-country",
    "founding-members",
    "targets-at-least",
    "latest-member-count",
    "who-says-member",
    "coalitions-of-item",
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
source:page aca:notAfter @2026-11-22 .
coalition:pact a aca:Coalition .
"""


@pytest.fixture(scope="module")
def dataset(release: Path) -> Iterator[acagraph.Dataset]:
    with acagraph.open(release) as opened:
        yield opened


@pytest.fixture
def answering(name: str, release: Path, request: pytest.FixtureRequest) -> Iterator[acagraph.Dataset]:
    """The release that a query is about: a query with the tag registers is about everything."""
    everything = "registers" in CATALOGUE[name].tags
    with acagraph.open(request.getfixturevalue("full") if everything else release) as opened:
        yield opened


def examples(query: SavedQuery) -> list[Mapping[str, str]]:
    """Every example of the header, and each parameter's own beside the required ones."""
    required = {parameter.name: parameter.example for parameter in query.parameters if parameter.required}
    return [
        required or query.example,
        *query.examples,
        *({**required, parameter.name: parameter.example} for parameter in query.parameters),
    ]


def select(dataset: acagraph.Dataset, name: str, arguments: Mapping[str, str]) -> acagraph.Rows:
    found = dataset.sparql(resolve(dataset.store, CATALOGUE[name], arguments))
    assert isinstance(found, acagraph.Rows)
    return found


@pytest.mark.parametrize("name", CATALOGUE)
def test_header_tells_people_what_the_query_answers(name: str) -> None:
    query = CATALOGUE[name]
    assert not query.summary.endswith(".")
    assert re.search(r"[.)]$", query.description)
    assert query.tags
    for parameter in query.parameters:
        assert parameter.description.endswith("."), f"describe {parameter.name}"


@pytest.mark.parametrize("name", CATALOGUE)
def test_query_needs_no_prefix_from_outside(name: str) -> None:
    ox.Store().query(CATALOGUE[name].text)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_example_has_an_answer(name: str, answering: acagraph.Dataset) -> None:
    for arguments in examples(CATALOGUE[name]):
        answer = answering.sparql(resolve(answering.store, CATALOGUE[name], arguments))
        assert answer if isinstance(answer, bool) else len(answer), f"{name} {arguments}"


@pytest.mark.parametrize("name", SELECTS)
def test_no_two_different_rows_share_a_place(name: str, answering: acagraph.Dataset) -> None:
    order = CATALOGUE[name].text.rpartition("ORDER BY")[2]
    for arguments in examples(CATALOGUE[name]):
        found = select(answering, name, arguments)
        keys = [variable for variable in re.findall(r"\?(\w+)", order) if variable in found.variables]
        places = {tuple(row.get(key) for key in keys) for row in found}
        different = {tuple(row.get(variable) for variable in found.variables) for row in found}
        assert len(places) == len(different) == len(found)


@pytest.mark.parametrize("name", SELECTS)
def test_a_parameter_that_is_a_column_gives_the_rows_with_its_value(
    name: str, answering: acagraph.Dataset
) -> None:
    required = {p.name: p.example for p in CATALOGUE[name].parameters if p.required}
    for parameter in CATALOGUE[name].parameters:
        if parameter.required or parameter.default is not None:
            continue
        every = select(answering, name, required)
        if parameter.name not in every.variables:
            continue
        found = select(answering, name, {**required, parameter.name: parameter.example})
        (value,) = {row.get(parameter.name) for row in found} or {None}
        assert [*found] == [row for row in every if row.get(parameter.name) == value], parameter.name


def test_the_ten_questions_are_marked() -> None:
    assert sorted(name for name, query in CATALOGUE.items() if "first-steps" in query.tags) == sorted(TEN)


@pytest.mark.parametrize("name", TEN)
def test_the_ten_questions_read_well(name: str) -> None:
    body = CATALOGUE[name].text.partition("WHERE {\n")[2].partition("\n}")[0]
    patterns = [line for line in body.splitlines() if re.match(r"  [^ #}]", line)]
    assert 1 <= len(patterns) <= 6, "\n".join(patterns)
    assert "OPTIONAL" not in body
    assert not re.search(r"EXISTS\s*\{[^}]*EXISTS", body)


def test_members_on_the_day_of_the_release_are_the_members(dataset: acagraph.Dataset) -> None:
    day = re.findall(r'"date": "([0-9-]+)', (Path(dataset.location) / "manifest.json").read_text("utf-8"))[0]
    seen = set()
    for row in select(dataset, "coalitions", {}):
        arguments = {"coalition": row["coalition"].value}
        now = {member["member"].value for member in select(dataset, "members-of-coalition", arguments)}
        then = {
            member["member"].value for member in select(dataset, "members-on-day", {**arguments, "asOf": day})
        }
        assert now == then, row["coalition"].short
        seen |= now
    assert len(seen) > 100


@pytest.fixture(scope="module")
def spells(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The spells as a store: each in the same coalition, each member named."""
    prefixes = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in PREFIXES.items())
    names = set(re.findall(r"agent:\w+", SPELLS))
    text = re.sub(r"@([0-9-]{10})", r'"\1T00:00:00Z"^^xsd:dateTime', SPELLS)
    text = text.replace("aca:participant ", "aca:inCoalition coalition:pact ; aca:participant ")
    path = tmp_path_factory.mktemp("spells") / "spells.ttl"
    labels = "".join(f'{name} rdfs:label "{name}"@en .\n' for name in sorted(names))
    path.write_text(prefixes + text + labels, encoding="utf-8")
    return open_store(path)


@pytest.mark.parametrize(
    ("day", "members"),
    [
        ("2016", []),
        ("2018-05", ["ended", "left", "replaced", "suspended"]),
        ("2018-06", ["ended", "left", "suspended"]),
        ("2018-07-30", ["ended", "left", "suspended"]),
        ("2018-07", ["ended", "left", "started", "suspended"]),
        ("2019-11-30", ["ended", "left", "started", "suspended", "told"]),
        ("2020-05", ["left", "started", "suspended", "told"]),
        ("2020-06", ["started", "told"]),
        ("2026-11-22", ["announced", "started", "told", "undated"]),
    ],
)
def test_members_on_a_day(day: str, members: list[str], spells: Store) -> None:
    text = resolve(spells, CATALOGUE["members-on-day"], {"coalition": "pact", "asOf": day})
    assert [row["member"].short for row in rows(spells, text)] == [f"agent:{name}" for name in members]


@pytest.mark.parametrize("name", ["members-of-coalition", "members-on-day"])
def test_the_day_of_reading_is_no_first_day(name: str, spells: Store) -> None:
    arguments = {"coalition": "pact", "asOf": "2026-11-22"}
    taken = {parameter.name for parameter in CATALOGUE[name].parameters}
    text = resolve(spells, CATALOGUE[name], {key: arguments[key] for key in taken})
    if name == "members-of-coalition":
        text = text.replace("aca:memberOf ?coalition", "^aca:participant/aca:inCoalition ?coalition")
        text = text.replace("a ?class", "a? ?class")
    since = {row["member"].short: row["since"].value for row in rows(spells, text)}
    assert since["agent:started"] == "2018-07-31"
    assert since["agent:told"] == "2019-09-01"
    assert since["agent:undated"] == ""


def test_a_label_is_english_where_there_is_an_english_name(dataset: acagraph.Dataset) -> None:
    found = select(dataset, "members-of-coalition", {"coalition": "jci"})
    labels = {row["member"].short: row["memberLabel"].value for row in found}
    assert labels["agent:sony"] == "Sony"
    assert labels["agent:kyocera"] == "京セラ"
    assert len(labels) == len(found)


def test_every_source_has_what_queries_join_on(dataset: acagraph.Dataset) -> None:
    known = dataset.sparql("SELECT ?source { ?source a aca:Source }")
    assert isinstance(known, acagraph.Rows)
    assert len(select(dataset, "sources", {})) == len(known), (
        "give each source aca:dateText and a name in English"
    )
