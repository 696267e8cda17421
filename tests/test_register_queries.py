"""Saved queries over the registers, answered a second time from the tables themselves, without the graph."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import acagraph
from acagraph.queries import resolve
from acagraph.stores import Row, rows
from acagraph.vocab import BASE
from register_tables import Tables

from published import ROOT

COVENANT = "covenant-of-mayors"
RACE = "race-to-zero"
AMBITION = "climate-ambition-alliance"


@pytest.fixture(scope="module")
def dataset(full: Path) -> Iterator[acagraph.Dataset]:
    with acagraph.open(full) as opened:
        yield opened


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables(ROOT)


def ask(dataset: acagraph.Dataset, name: str, arguments: Mapping[str, str]) -> list[Row]:
    found = dataset.sparql(resolve(dataset.store, dataset.queries[name], arguments))
    assert isinstance(found, acagraph.Rows)
    return list(found)


def thing(row: Row, name: str) -> str:
    """Return the thing in a cell as kind/slug; the empty string where there is none."""
    term = row.get(name)
    return "" if term is None else str(term.value).removeprefix(f"{BASE}id/")


def number(row: Row, name: str) -> float:
    return float(row[name].value)


def by_country(tables: Tables, agents: set[str]) -> Counter[str]:
    return Counter(country for agent in agents for country in tables.countries_of(agent) or {""})


# Members


@pytest.mark.parametrize("coalition", [COVENANT, RACE, AMBITION])
def test_members_by_country_are_those_of_the_tables_and_the_suspended_stand_beside(
    coalition: str, dataset: acagraph.Dataset, tables: Tables
) -> None:
    active, held = tables.members(coalition), tables.members(coalition, "suspended")
    answer = ask(dataset, "members-by-country", {"coalition": coalition})
    members = {thing(row, "country"): number(row, "members") for row in answer if number(row, "members")}
    suspended = {
        thing(row, "country"): number(row, "suspended") for row in answer if number(row, "suspended")
    }
    assert members == by_country(tables, active)
    assert suspended == by_country(tables, held - active)


@pytest.mark.parametrize("coalition", ["acaa", COVENANT])
def test_who_has_no_country_is_in_no_group_of_countries(coalition: str, dataset: acagraph.Dataset) -> None:
    everyone = ask(dataset, "members-by-country", {"coalition": coalition})
    somewhere = [row for row in everyone if "country" in row]
    groups = rows(dataset.store, "SELECT DISTINCT ?group { ?country aca:inCountryGroup ?group }")
    asked = ({"coalition": coalition, "group": row["group"].value} for row in groups)
    found = [row for given in asked for row in ask(dataset, "members-by-country", given)]
    assert found
    assert all(row in somewhere for row in found)


def test_members_by_country_of_a_group_of_countries(dataset: acagraph.Dataset, tables: Tables) -> None:
    group = "country-group/least-developed-countries"
    poorest = {row["subject"] for row in tables.rows("relations") if row["concept"] == group}
    wanted = by_country(tables, tables.members(AMBITION))
    arguments = {"coalition": AMBITION, "group": "least-developed-countries"}
    found = {
        thing(row, "country"): number(row, "members") for row in ask(dataset, "members-by-country", arguments)
    }
    assert found == {country: members for country, members in wanted.items() if country in poorest}
    assert len(poorest) == 45
    assert found


def test_members_by_kind_are_those_of_the_tables(dataset: acagraph.Dataset, tables: Tables) -> None:
    def kinds(agents: set[str]) -> Counter[str]:
        return Counter(kind for agent in agents for kind in tables.classes[agent])

    answer = ask(dataset, "members-by-kind", {"coalition": COVENANT})
    found = {row["kind"].short.removeprefix("aca:"): row for row in answer}
    active, held = kinds(tables.members(COVENANT)), kinds(tables.members(COVENANT, "suspended"))
    assert {kind: number(row, "members") for kind, row in found.items()} == {
        kind: active[kind] for kind in active | held
    }
    assert {kind: number(row, "suspended") for kind, row in found.items()} == {
        kind: held[kind] for kind in active | held
    }


@pytest.mark.parametrize("day", ["2009-12-31", "2015-12-31", "2023-06-30"])
def test_members_of_the_covenant_on_a_day(day: str, dataset: acagraph.Dataset, tables: Tables) -> None:
    # Who is on hold is known since the edition of 2024: of an earlier day nothing says that.
    wanted = {
        row["participant"]
        for row in tables.rows("memberships", "jrc-covenant")
        if row["starts_not_after"] and row["starts_not_after"] <= f"{day}T23:59:59Z"
    }
    answer = ask(dataset, "members-on-day", {"coalition": COVENANT, "asOf": day})
    assert {thing(row, "member") for row in answer} == wanted
    assert len(answer) == len(wanted)


# Several coalitions, several registers


def test_common_members_and_the_overlap_are_those_of_the_tables(
    dataset: acagraph.Dataset, tables: Tables
) -> None:
    covenant, race = tables.members(COVENANT), tables.members(RACE)
    answer = ask(dataset, "common-members", {"coalition": COVENANT, "other": RACE})
    assert {thing(row, "member") for row in answer} == covenant & race
    (pair,) = (
        row
        for row in ask(dataset, "coalition-overlap", {"coalition": RACE})
        if thing(row, "other") == f"coalition/{COVENANT}"
    )
    counted = (number(pair, "common"), number(pair, "members"), number(pair, "otherMembers"))
    assert counted == (len(covenant & race), len(race), len(covenant))


def test_the_overlap_stands_in_both_orders(dataset: acagraph.Dataset) -> None:
    pairs = {
        (thing(row, "coalition"), thing(row, "other")): number(row, "common")
        for row in ask(dataset, "coalition-overlap", {})
    }
    assert pairs
    assert all(pairs[other, coalition] == common for (coalition, other), common in pairs.items())


def test_members_of_several_coalitions(dataset: acagraph.Dataset, tables: Tables) -> None:
    answer = {thing(row, "member"): row for row in ask(dataset, "members-of-several", {})}
    for member in tables.members(COVENANT) & tables.members(RACE):
        assert {COVENANT, RACE} <= set(answer[member]["named"].value.split())
    for row in answer.values():
        named = row["named"].value.split()
        assert named == sorted(named)
        assert len(named) == number(row, "coalitions") >= 2


def test_actors_in_registers_are_those_of_which_two_tables_tell(
    dataset: acagraph.Dataset, tables: Tables
) -> None:
    told: dict[str, set[str]] = defaultdict(set)
    columns = {
        "memberships": "participant",
        "partnerships": "participant",
        "commitments": "committed_by",
        "figures": "subject",
        "no-targets": "actor",
    }
    for table, column in columns.items():
        for row in tables.rows(table):
            if row[column].startswith("agent/"):
                told[row[column]].add(row["register"])
    wanted = {actor: len(registers) for actor, registers in told.items() if len(registers) > 1}
    answer = ask(dataset, "actors-in-registers", {})
    assert {thing(row, "actor"): number(row, "number") for row in answer} == wanted
    assert all(len(row["registers"].value.split()) == number(row, "number") for row in answer)
    assert len(wanted) > 50


# Commitments


def test_commitments_by_year_and_kind_are_those_of_the_tables(
    dataset: acagraph.Dataset, tables: Tables
) -> None:
    members = tables.members(COVENANT)
    pledged: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in tables.rows("commitments"):
        if row["committed_by"] in members:
            pledged[row["target_year"], row["class"]].add(row["statement"])
    answer = ask(dataset, "commitments-by-year-and-kind", {"coalition": COVENANT})
    found = {
        (row["year"].value if row.get("year") else "", row["kind"].short.removeprefix("aca:")): number(
            row, "commitments"
        )
        for row in answer
    }
    assert found == {key: len(statements) for key, statements in pledged.items()}
    assert [row.get("year") is None for row in answer] == sorted(row.get("year") is None for row in answer)


@pytest.mark.parametrize("country", ["germany", "japan", "brazil"])
def test_net_zero_years_are_those_of_the_tables(
    country: str, dataset: acagraph.Dataset, tables: Tables
) -> None:
    promised: dict[str, set[str]] = defaultdict(set)
    for row in tables.rows("commitments"):
        if row["class"] == "NetZeroTarget" and f"place/{country}" in tables.countries_of(row["committed_by"]):
            promised[row["target_year"]].add(row["committed_by"])
    answer = ask(dataset, "net-zero-years", {"country": country})
    assert {row["year"].value: number(row, "actors") for row in answer} == {
        year: len(actors) for year, actors in promised.items()
    }


def test_net_zero_years_of_one_kind(dataset: acagraph.Dataset) -> None:
    both = {
        kind: sum(
            number(row, "actors") for row in ask(dataset, "net-zero-years", {"country": "japan"} | kind_of)
        )
        for kind, kind_of in {
            "all": {},
            "Business": {"kind": "Business"},
            "Government": {"kind": "Government"},
        }.items()
    }
    assert both["all"] == both["Business"] + both["Government"]
    assert both["Business"] > both["Government"] > 0


# People


def represented(tables: Tables, coalition: str) -> dict[str, tuple[float, int, int, int]]:
    """Return people, members with and without a figure, and members left out, by country."""
    members = tables.members(coalition)
    listed = tables.inhabitants_in("jrc-covenant" if coalition == COVENANT else "net-zero-tracker")
    groups: dict[str, set[str]] = defaultdict(set)
    for row in tables.rows("groups"):
        groups[row["group"]].add(row["member"])
    ruled = {area for member in members for area in tables.governs.get(member, ())}
    found: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0, 0])
    for member in members:
        areas = tables.governs.get(member, set())
        if not areas and "GovernmentGroup" not in tables.classes[member]:
            continue
        larger = {around for area in areas for around in tables.around(area)} - areas
        own = [listed[member]] if member in listed else []
        latest = [tables.inhabitants[known] for known in (member, *areas) if known in tables.inhabitants]
        figures = [*own, *latest]
        for country in tables.countries_of(member) or {""}:
            line = found[country]
            if groups[member] & members or larger & ruled:
                line[3] += 1
            elif figures:
                line[0] += figures[0][1]
                line[1] += 1
            else:
                line[2] += 1
    return {country: (line[0], int(line[1]), int(line[2]), int(line[3])) for country, line in found.items()}


@pytest.mark.parametrize("coalition", [COVENANT, RACE, AMBITION])
def test_population_represented_counts_nobody_twice(
    coalition: str, dataset: acagraph.Dataset, tables: Tables
) -> None:
    answer = ask(dataset, "population-represented", {"coalition": coalition})
    columns = ("inhabitants", "withFigure", "withoutFigure", "countedElsewhere")
    found = {thing(row, "country"): tuple(number(row, column) for column in columns) for row in answer}
    wanted = represented(tables, coalition)
    assert {country: found[country][1:] for country in found} == {c: wanted[c][1:] for c in wanted}
    assert {country: round(found[country][0]) for country in found} == {
        c: round(wanted[c][0]) for c in wanted
    }


def test_a_member_counts_with_the_figure_of_its_list_and_not_with_its_surroundings(
    dataset: acagraph.Dataset, tables: Tables
) -> None:
    barcelona = "agent/jrc-covenant-11948"
    assert tables.inhabitants[barcelona][1] == 5_541_000
    assert tables.inhabitants_in("jrc-covenant")[barcelona][1] == 1_636_193
    answer = ask(dataset, "population-represented", {"coalition": COVENANT})
    (spain,) = (row for row in answer if thing(row, "country") == "place/spain")
    assert number(spain, "inhabitants") < 40_000_000


def test_people_of_a_group_are_counted_through_its_members(dataset: acagraph.Dataset, tables: Tables) -> None:
    answer = ask(dataset, "population-represented", {"coalition": COVENANT})
    members = tables.members(COVENANT)
    groups = {row["group"] for row in tables.rows("groups") if row["member"] in members} & members
    assert sum(number(row, "countedElsewhere") for row in answer) >= len(groups) > 100


def test_shares_stand_beside_what_the_members_add_up_to(dataset: acagraph.Dataset, tables: Tables) -> None:
    answer = ask(dataset, "shares-stated-and-computed", {"coalition": "jci"})
    share = {row["metric"].short: row for row in answer}["metric:population-share"]
    cities = [f"agent/{name}-government" for name in ("kawasaki", "kyoto", "yokohama")]
    summed = sum(tables.inhabitants[city][1] for city in cities)
    total = tables.inhabitants["place/japan"][1]
    assert (number(share, "stated"), number(share, "counted"), number(share, "summed")) == (30, 3, summed)
    assert number(share, "areaTotal") == total == 123_951_692
    assert number(share, "percent") == round(100 * summed / total, 2) == 5.39
    assert share["areaSource"].short == "source:un-wpp-2022"
    dates = sorted(tables.inhabitants[city][0] for city in cities)
    assert (share["earliest"].value, share["latest"].value) == (dates[0], dates[-1])
    emissions = {row["metric"].short: row for row in answer}["metric:emissions-share"]
    assert number(emissions, "stated") == 30
    assert emissions.get("percent") is None


# Supporters and groups


def test_supporters_are_those_of_the_tables_with_the_records_that_name_them(
    dataset: acagraph.Dataset, tables: Tables
) -> None:
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in tables.rows("partnerships"):
        if row["coalition"] == f"coalition/{COVENANT}":
            named[row["participant"], row["class"]].add(row["evidence"])
    answer = ask(dataset, "supporters-of-coalition", {"coalition": COVENANT})
    found = {
        (thing(row, "agent"), row["role"].short.removeprefix("aca:")): number(row, "mentions")
        for row in answer
    }
    assert found == {key: len(records) for key, records in named.items()}
    assert len(found) > 300


def test_members_of_a_group_with_their_standing_and_people(dataset: acagraph.Dataset, tables: Tables) -> None:
    group = "agent/jrc-covenant-20493"
    active, held = tables.members(COVENANT), tables.members(COVENANT, "suspended")
    wanted = {
        row["member"]: (
            "member" if row["member"] in active else "suspended" if row["member"] in held else "none",
            tables.inhabitants[row["member"]][1],
        )
        for row in tables.rows("groups")
        if row["group"] == group
    }
    answer = ask(dataset, "members-of-group", {"group": group.removeprefix("agent/")})
    found = {thing(row, "member"): (row["standing"].value, number(row, "inhabitants")) for row in answer}
    assert found == wanted
    assert Counter(standing for standing, _ in found.values()) == {"member": 3, "suspended": 4}
