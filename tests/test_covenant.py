"""The Covenant of Mayors: what its records become, what stops an import, and what is told of each loss."""

from __future__ import annotations

import csv
import os
import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from acagraph.cli import main
from acagraph.errors import SourceError
from acagraph.imports import tables
from acagraph.imports.covenant.authorities import authority
from acagraph.imports.covenant.candidates import Candidate
from acagraph.imports.covenant.confidence import measure
from acagraph.imports.covenant.signatories import read_signatories, record_slug
from acagraph.imports.tables import Import
from acagraph.links import Mapping as Link
from acagraph.links import MappingSet, read_set
from acagraph.registers import convert, read_group
from acagraph.vocab import compact, expand
from covenant_files import CANDIDATE, GROUP, OTHER, TABLES, TOWN, said
from import_projects import csv_file, empty_project, table, texts, told

from published import ROOT

REGISTERS = Path(os.environ.get("ACAGRAPH_REGISTERS", ROOT.parent / "shared" / "registers"))
WORKBOOK = REGISTERS / "jrc-covenant" / "df1_Signatories_2024.xlsx"
CANDIDATES = REGISTERS.parent / "links" / "covenant_link_candidates.csv"
MEMBER = {"group_organisation_id": "30001", "group_name": "Union of the Valley"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return empty_project(tmp_path, "jrc-covenant")


def test_a_town_is_a_government_with_its_place_a_dated_membership_and_its_population(project: Path) -> None:
    made = said(project, TOWN)
    (actor,) = table(made, "actors")
    assert told(actor, "class", "label", "identifier") == ("LocalGovernment", "Castelnuovo", "IT0001")
    (place,) = table(made, "places")
    assert actor["governs"] == place["place"] == "place/jrc-covenant-20001"
    wanted = ("Settlement", "Castelnuovo", "place/italy", "45.5", "9.25")
    assert told(place, "class", "label", "within", "latitude", "longitude") == wanted
    (membership,) = table(made, "memberships")
    assert told(membership, "participant", "coalition", "status", "start_text", "evidence") == (
        "agent/jrc-covenant-20001",
        "coalition/covenant-of-mayors",
        "active",
        "2010-01-26",
        "jrc-covenant-20001",
    )
    assert membership["starts_not_before"] == "2010-01-26T00:00:00Z"
    assert membership["starts_not_after"] == "2010-01-26T23:59:59Z"
    (figure,) = table(made, "figures")
    assert told(figure, "subject", "metric", "value", "as_of_text") == (
        "agent/jrc-covenant-20001",
        "inhabitants",
        "6000.0",
        "2010",
    )


def test_who_is_on_hold_is_suspended_and_pledges_have_no_percentage(project: Path) -> None:
    flags = {"commitment_CoM2050_flag": "TRUE", "commitment_mayoradapt_flag": "true"}
    made = said(project, TOWN | flags | {"signatory_status": "on_hold"})
    assert [row["status"] for row in table(made, "memberships")] == ["suspended"]
    pledges = sorted(told(row, "class", "goal", "target_year") for row in table(made, "commitments"))
    assert pledges == [
        ("PrinciplePledge", "covenant-2020", "2020"),
        ("PrinciplePledge", "covenant-2050", "2050"),
        ("PrinciplePledge", "covenant-adaptation", ""),
    ]
    assert {row["reduction_percent"] for row in table(made, "commitments")} == {""}


def test_names_of_persons_are_in_no_file(project: Path) -> None:
    made = said(project, TOWN, links=(CANDIDATE,))
    assert not any("Secret" in text for text in texts(made))


def test_a_person_in_the_place_of_a_name_is_left_out_and_told(project: Path) -> None:
    made = said(project, TOWN | {"organisation_name": "SECRET Somebody"}, OTHER | {"mayor": "Borgo"})
    assert not any("secret" in text.casefold() for text in texts(made))
    assert [row["label"] for row in table(made, "actors")] == ["Signatory 20001", "Borgo Alto"]
    (loss,) = (row for row in table(made, "left-out") if row["column"] == "organisation_name")
    assert told(loss, "record", "value") == ("jrc-covenant-20001", "")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("signatory_status", "withdrawn"),
        ("adhesion_type", "2"),
        ("commitment_CoM2030_flag", "maybe"),
        ("date_of_adhesion", "26/01/2010"),
        ("population_adhesion", "6.5"),
        ("organisation_latitude", "91"),
        ("country_code", "Italy"),
        ("organisation_id", "A 1"),
    ],
)
def test_an_unknown_value_stops_the_import_with_its_line_and_column(
    project: Path, column: str, value: str
) -> None:
    with pytest.raises(SourceError, match=rf"signatories\.csv:3: column {column}: \"{value}\""):
        said(project, OTHER, TOWN | {column: value})


def test_a_listed_exception_counts_as_empty(project: Path) -> None:
    listed = project / "data" / "registers" / "jrc-covenant" / "exceptions.csv"
    listed.write_text(listed.read_text(encoding="utf-8") + "signatory_status,withdrawn,told so\n", "utf-8")
    made = said(project, TOWN | {"signatory_status": "withdrawn"})
    assert [row["status"] for row in table(made, "memberships")] == [""]


@pytest.mark.parametrize("column", ["organisation_id", "organisation_name", "date_of_adhesion"])
def test_a_needed_value_is_there(project: Path, column: str) -> None:
    with pytest.raises(SourceError, match=f"column {column}: is empty"):
        said(project, TOWN | {column: "-"})


def test_a_missing_column_and_an_id_given_twice_stop_the_import(project: Path) -> None:
    with pytest.raises(SourceError, match="has no sheet with the columns"):
        said(project, {key: value for key, value in TOWN.items() if key != "gcom_id"})
    with pytest.raises(SourceError, match="20001 stands in line 2 already"):
        said(project, TOWN, OTHER | {"organisation_id": "20001"})


# Groups


def test_a_group_has_members_and_a_country_but_no_place(project: Path) -> None:
    made = said(project, GROUP, TOWN | MEMBER, OTHER | MEMBER)
    kinds = {row["actor"]: row["class"] for row in table(made, "actors")}
    assert kinds["agent/jrc-covenant-30001-med"] == "GovernmentGroup"
    assert [told(row, "group", "member") for row in table(made, "groups")] == [
        ("agent/jrc-covenant-30001-med", "agent/jrc-covenant-20001"),
        ("agent/jrc-covenant-30001-med", "agent/jrc-covenant-20002"),
    ]
    (country,) = table(made, "relations")
    wanted = ("agent/jrc-covenant-30001-med", "country", "place/italy", "jrc-covenant-30001-med")
    assert told(country, "subject", "property", "object", "evidence") == wanted
    assert {row["place"] for row in table(made, "places")} == {
        "place/jrc-covenant-20001",
        "place/jrc-covenant-20002",
    }


def test_a_group_without_a_record_is_told_by_its_members(project: Path) -> None:
    other = MEMBER | {"group_organisation_id": "777"}
    made = said(project, TOWN | other, OTHER | other)
    assert ("agent/jrc-covenant-777", "GovernmentGroup", "Union of the Valley") in [
        told(row, "actor", "class", "label") for row in table(made, "actors")
    ]
    evidence = [row["evidence"] for row in table(made, "relations") if row["property"] == "country"]
    assert evidence == ["jrc-covenant-20001", "jrc-covenant-20002"]
    assert "agent/jrc-covenant-777" not in {row["participant"] for row in table(made, "memberships")}


def test_a_group_is_larger_than_each_of_its_members(project: Path) -> None:
    made = said(project, GROUP | {"population_adhesion": "6000"}, TOWN | MEMBER, OTHER | MEMBER)
    assert "agent/jrc-covenant-30001-med" not in {row["subject"] for row in table(made, "figures")}
    assert [told(row, "record", "value") for row in table(made, "left-out")] == [
        ("jrc-covenant-30001-med", "6000")
    ]


# Positions


def test_a_decimal_comma_is_read_and_digits_are_cut(project: Path) -> None:
    (place,) = table(said(project, OTHER), "places")
    assert told(place, "latitude", "longitude") == ("44.1", "11.123457")


def test_positions_that_say_little_are_left_out_and_listed(project: Path) -> None:
    whole = {"organisation_latitude": "45", "organisation_longitude": "9"}
    middle = {"organisation_latitude": "42.6384261", "organisation_longitude": "12.674297"}
    names = ("Alfa", "Bravo", "Corvo")
    shared = [
        TOWN | middle | {"organisation_id": str(place), "organisation_name": name, "gcom_id": name}
        for place, name in enumerate(names, start=1)
    ]
    made = said(project, OTHER, TOWN | whole, *shared)
    known = {row["place"] for row in table(made, "places") if row["latitude"]}
    assert known == {"place/jrc-covenant-20002"}
    reasons = {row["record"]: row["reason"] for row in table(made, "left-out")}
    assert reasons["jrc-covenant-20001"] == "told in whole degrees only"
    assert reasons["jrc-covenant-1"] == "a position that signatories of other names share: a default"
    assert made.left_out["position: told in whole degrees only"] == 1


def test_a_town_in_no_country_of_iso_3166_is_an_organisation_without_an_area(project: Path) -> None:
    made = said(project, TOWN | {"country_code": "xk"})
    assert [told(row, "class", "governs") for row in table(made, "actors")] == [("Organisation", "")]
    assert table(made, "places") == []


# Partners


def test_partners_support_the_coalition_and_the_signatories(project: Path) -> None:
    named = {"supporter_name": "Climate Alliance", "coordinator_name": "Province of Novara"}
    made = said(project, TOWN | named, OTHER | named)
    relations = [told(row, "subject", "property", "object") for row in table(made, "relations")]
    assert ("agent/jrc-covenant-20001", "supportedBy", "coalition/climate-alliance") in relations
    assert (
        "agent/jrc-covenant-20002",
        "coordinatedBy",
        "agent/jrc-covenant-province-of-novara",
    ) in relations
    roles: dict[tuple[str, ...], list[str]] = {}
    for row in table(made, "partnerships"):
        roles.setdefault(told(row, "statement", "participant", "role"), []).append(row["evidence"])
    assert sorted(roles.values()) == [["jrc-covenant-20001", "jrc-covenant-20002"]] * 2
    assert {role for _, _, role in roles} == {"supporter", "territorial-coordinator"}
    kinds = {row["actor"]: told(row, "class", "governs") for row in table(made, "actors")}
    place = "place/jrc-covenant-province-of-novara"
    assert kinds["agent/jrc-covenant-province-of-novara"] == ("CountyGovernment", place)
    assert "agent/jrc-covenant-climate-alliance" not in kinds


def test_a_partner_that_is_a_signatory_is_one_actor(project: Path) -> None:
    province = OTHER | {"organisation_name": "Province of Novara", "coordinator_name": "Province of Novara"}
    made = said(project, TOWN | {"coordinator_name": "PROVINCE OF NOVARA"}, province)
    assert [told(row, "subject", "object") for row in table(made, "relations")] == [
        ("agent/jrc-covenant-20001", "agent/jrc-covenant-20002")
    ]
    assert [told(row, "record", "reason") for row in table(made, "left-out")] == [
        ("jrc-covenant-20002", "names the signatory itself")
    ]


@pytest.mark.parametrize(
    ("name", "kind", "area"),
    [
        ("Province of Badajoz (Diputación de Badajoz)", "CountyGovernment", "Province of Badajoz"),
        ("Diputació de Lleida", "CountyGovernment", "Lleida"),
        ("Kildare County Council", "CountyGovernment", "Kildare County"),
        ("Veszprém Vármegyei Önkormányzat", "CountyGovernment", "Veszprém"),
        ("Region of Piemonte", "RegionalGovernment", "Region of Piemonte"),
        ("Gobierno de Navarra", "RegionalGovernment", "Navarra"),
    ],
)
def test_a_name_that_says_so_is_a_county_or_a_region(name: str, kind: str, area: str) -> None:
    found = authority(name)
    assert found is not None
    assert (found.kind, found.area) == (kind, area)


@pytest.mark.parametrize(
    "name",
    [
        "Castelnuovo",
        "Region of Sicily - Department of Energy",
        "Szeged Megyei Jogú Város",
        "Balakleya Kharkiv region",
        "Waterford City and County Council",
        "Stuttgart Region",
    ],
)
def test_a_name_that_leaves_a_doubt_is_neither(name: str) -> None:
    assert authority(name) is None


# One actor, several records


def test_records_of_one_name_and_place_are_left_to_a_person_and_the_answer_is_kept(project: Path) -> None:
    again = TOWN | {"organisation_id": "29999", "organisation_name": "Castelnuovo 2030", "gcom_id": "IT9"}
    made = said(project, TOWN, again)
    (doubt,) = table(made, "review")
    assert told(doubt, "record", "candidate") == ("jrc-covenant-29999", "agent/jrc-covenant-20001")
    assert len(table(made, "actors")) == 2
    made.write()
    folder = project / "data" / "registers" / "jrc-covenant"
    for decision, actors in (("different", 2), ("same", 1)):
        decided = csv.DictWriter((file := (folder / "review.csv").open("w", encoding="utf-8")), list(doubt))
        decided.writeheader()
        decided.writerow(doubt | {"decision": decision})
        file.close()
        later = said(project, TOWN, again)
        assert len(table(later, "actors")) == actors
        assert [row["decision"] for row in table(later, "review")] == [decision]
        assert len(table(later, "memberships")) == 2
    assert [told(row, "record", "actor", "method") for row in table(later, "matches")] == [
        ("jrc-covenant-29999", "agent/jrc-covenant-20001", "review")
    ]
    assert {row["participant"] for row in table(later, "memberships")} == {"agent/jrc-covenant-20001"}


def test_records_with_one_identifier_and_one_name_are_one_actor(project: Path) -> None:
    made = said(project, TOWN, TOWN | {"organisation_id": "20009", "date_of_adhesion": "2015-01-01"})
    assert len(table(made, "actors")) == 1
    assert len(table(made, "memberships")) == 2
    assert [row["name"] for row in table(made, "records")] == ["", "Castelnuovo"]


def test_a_curated_actor_keeps_its_name(project: Path) -> None:
    city = TOWN | {
        "organisation_name": "Buenos Aires",
        "country_code": "ar",
        "population_adhesion": "2891082",
        "organisation_latitude": "-34.61",
        "organisation_longitude": "-58.38",
    }
    made = said(project, city)
    assert [row["participant"] for row in table(made, "memberships")] == ["agent/buenos-aires-government"]
    assert table(made, "actors") == table(made, "places") == []


# Links


def set_of(made: Import, folder: str, into: Path) -> MappingSet:
    """Return a set of links as the import would write it: that of `links`, or that of `candidates`."""
    (texts,) = (texts for path, texts in made.files.items() if path.name == folder)
    path = into / ("candidates" if folder == "candidates" else "confirmed") / "covenant.sssom.tsv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(texts["covenant.sssom.tsv"], encoding="utf-8")
    return read_set(path)


def links_of(
    project: Path, *changes: Mapping[str, str], rows: tuple[Mapping[str, str], ...] = ()
) -> tuple[list[str], list[str]]:
    """Return the links, and the candidates with their standing."""
    made = said(project, *(rows or (TOWN,)), links=tuple({**CANDIDATE, **change} for change in changes))
    links = set_of(made, "links", project.parent)
    candidates = set_of(made, "candidates", project.parent)
    return (
        [f"{compact(each.subject)} {line_of(each)}" for each in links.mappings],
        [f"{candidates.standing(each)} {line_of(each)}" for each in candidates.mappings],
    )


def line_of(link: Link) -> str:
    return f"{compact(link.predicate)} {link.object.partition('//')[2]}"


ITEM, ENTRY = "skos:exactMatch www.wikidata.org/entity/Q100", "skos:closeMatch sws.geonames.org/3179444/"


def test_links_say_how_they_were_found(project: Path) -> None:
    made = said(project, TOWN, links=(CANDIDATE,))
    entry, item = set_of(made, "links", project.parent).mappings
    found = {"mapping_tool": "acagraph import jrc-covenant", "mapping_date": "2026-11-22"}
    assert entry.slots == {**found, "distance_km": "0.3", "comment": "same name and country"}
    comment = "same name and country, within 25 km; two files agree"
    assert item.slots == {**found, "comment": comment}
    assert {entry.justification, item.justification} == {expand("semapv:CompositeMatching")}
    assert set_of(made, "candidates", project.parent).mappings == ()
    assert [row["unlocode"] for row in table(made, "places")] == ["ITCNV"]


@pytest.mark.parametrize(
    ("change", "links", "candidates"),
    [
        ({}, [ENTRY, ITEM], []),
        ({"geonames_distance_km": "5.1"}, [ITEM], [f"candidate {ENTRY}"]),
        ({"geonames_distance_km": "15.1"}, [ITEM], []),
        ({"second_authority": "single", "geonames_candidate": ""}, [], [f"candidate {ITEM}"]),
        ({"second_authority": "differ", "geonames_candidate": ""}, [], [f"conflict {ITEM}"]),
        ({"second_authority": "none", "wikidata_candidate": ""}, [ENTRY], []),
    ],
)
def test_only_links_that_hold_are_kept(
    project: Path, change: dict[str, str], links: list[str], candidates: list[str]
) -> None:
    place = "place:jrc-covenant-20001"
    assert links_of(project, change) == ([f"{place} {link}" for link in links], candidates)


def test_an_item_an_entry_or_a_code_that_two_places_claim_is_nobodys(project: Path) -> None:
    found = links_of(project, {}, {"register_id": "20002"}, rows=(TOWN, OTHER))
    assert found == ([], [f"candidate {ENTRY}", f"conflict {ITEM}"] * 2)
    assert [row["unlocode"] for row in table(said(project, TOWN, OTHER), "places")] == ["", ""]


SET = (
    "#curie_map:\n#  place: https://w3id.org/acagraph/id/place/\n#  wikidata: http://www.wikidata.org/entity/\n"
    "#mapping_set_id: https://example.org/a\n#license: https://example.org/b\n"
    "subject_id\tpredicate_id\tobject_id\tmapping_justification{}\n"
    "{}\tskos:exactMatch\twikidata:Q100\tsemapv:MappingReview{}\n"
)


def test_what_people_decided_stays_as_they_decided_it(project: Path) -> None:
    """A link in another set is not proposed again, and a rejected candidate stays rejected."""
    single = {"second_authority": "single", "geonames_candidate": ""}
    folder = project / "data" / "links"
    (folder / "reviewed.sssom.tsv").write_text(
        SET.format("", "place:jrc-covenant-20001", ""), encoding="utf-8"
    )
    assert links_of(project, single) == ([], [])
    assert links_of(project, {"geonames_candidate": ""}) == ([], [])
    (folder / "reviewed.sssom.tsv").unlink()
    (folder / "candidates").mkdir()
    columns = "\tpredicate_modifier\treviewer_label"
    rejected = SET.format(columns, "place:jrc-covenant-20001", "\tNot\tA curator")
    (folder / "candidates" / "covenant.sssom.tsv").write_text(rejected, encoding="utf-8")
    for change in (single, {"geonames_candidate": ""}):
        assert links_of(project, change) == ([], [f"rejected {ITEM}"])


def test_an_item_of_another_thing_is_in_conflict(project: Path) -> None:
    folder = project / "data" / "links"
    (folder / "entities.sssom.tsv").write_text(SET.format("", "place:elsewhere", ""), encoding="utf-8")
    assert links_of(project, {"geonames_candidate": ""}) == ([], [f"conflict {ITEM}"])


NOTHING = Candidate("r", "", "", unique=False, authority="none", geonames="", folded=False, distance=None)


def candidate(number: int, **values: Any) -> Candidate:
    return replace(NOTHING, record=f"r{number}", **values)


def test_confidence_is_measured_in_the_file() -> None:
    """Two files agree on 10 of 40 items: each is right for half, the first of two that differ for a third."""
    rows = [
        candidate(number, item=f"Q{number}", authority="agree" if number < 10 else "differ")
        for number in range(40)
    ]
    found = measure(rows)
    assert [found.of_item(candidate(1, authority=said)) for said in ("agree", "single", "differ")] == [
        "0.99",
        "0.50",
        "0.33",
    ]
    assert found.of_item(candidate(1, authority="agree"), among=2) == "0.49"
    assert found.of_item(candidate(1, authority="agree", unique=True)) == ""
    assert measure(rows[:29]).of_item(candidate(1, authority="agree")) == ""


def test_entries_as_thick_near_by_as_far_off_are_chance() -> None:
    near = [candidate(n, geonames=f"{n + 1}", distance=0.5) for n in range(100)]
    # 100 in the outermost ring are 0.25 in a square kilometre: by chance 160 lie between 5 and 15 km.
    far = [candidate(n, geonames=f"{n + 1000}", distance=12.0) for n in range(100)]
    found = measure([*near, *far])
    assert found.of_entry(candidate(1, geonames="1", distance=0.5)) == "0.99"
    assert found.of_entry(candidate(1, geonames="1", distance=9.0)) == "0.00"
    assert found.of_entry(candidate(1, geonames="1", distance=0.5), among=2) == "0.49"
    assert found.of_entry(candidate(1, geonames="1", distance=1.5)) == ""
    assert found.of_entry(candidate(1, geonames="1", distance=0.5, folded=True)) == ""


def test_the_numbers_in_the_documentation_are_those_of_the_tables() -> None:
    links = ROOT / "data" / "links"
    tables = [read_set(links / name / "covenant.sssom.tsv") for name in ("", "candidates")]
    shown: dict[tuple[str, str], set[str]] = defaultdict(set)
    for slots in (mapping.slots for known in tables for mapping in known.mappings):
        if "another" not in slots["comment"]:  # each of several has a part of it
            number = f"{float(slots['confidence']):.2f}"
            if "distance_km" in slots:
                ring = next(most for most in (1, 2, 5, 15) if float(slots["distance_km"]) <= most)
                shown["folded" if "alike" in slots["comment"] else "same", str(ring)].add(number)
            else:
                way = "only" if "the only one" in slots["comment"] else "near"
                shown[way, slots["comment"].split()[-1]].add(number)
    page = (ROOT / "docs" / "links.md").read_text(encoding="utf-8")
    for way, columns in (
        *((way, ("agree", "so", "differ")) for way in ("only", "near")),
        *((way, ("1", "2", "5", "15")) for way in ("same", "folded")),
    ):
        numbers = [number for column in columns for number in shown[way, column]]
        assert f"| {' | '.join(numbers)} |" in page, (way, numbers)


def test_a_candidate_that_is_none_is_refused(project: Path) -> None:
    with pytest.raises(SourceError, match=r"candidates\.csv:2: column wikidata_candidate"):
        links_of(project, {"wikidata_candidate": "100"})
    with pytest.raises(SourceError, match="column second_authority"):
        links_of(project, {"second_authority": "perhaps"})


# The command


def test_the_command_tells_what_would_change_and_then_changes_nothing_twice(project: Path) -> None:
    register = csv_file(project.parent / "signatories.csv", TOWN, OTHER)
    candidates = csv_file(project.parent / "candidates.csv", CANDIDATE)
    command = ["import", "jrc-covenant", str(register), "--project", str(project)]
    linked = [*command, "--links", str(candidates)]
    dry = CliRunner().invoke(main, [*linked, "--dry-run"], catch_exceptions=False)
    assert "Would change:" in dry.output
    folder = project / "data" / "registers" / "jrc-covenant"
    assert sorted(path.name for path in folder.iterdir()) == ["exceptions.csv", "values.csv"]
    first = CliRunner().invoke(main, linked, catch_exceptions=False)
    assert "Changed:" in first.output
    for again in (linked, command):
        assert "Nothing changes." in CliRunner().invoke(main, again, catch_exceptions=False).output
    group = read_group(folder / "csv-metadata.json")
    assert sum(1 for _ in convert(group, graph="https://example.org/g")) > 40


def test_the_command_says_what_is_wrong_and_exits_with_2(project: Path) -> None:
    register = csv_file(project.parent / "signatories.csv", TOWN | {"signatory_status": "gone"})
    result = CliRunner().invoke(main, ["import", "jrc-covenant", str(register), "--project", str(project)])
    assert result.exit_code == 2
    assert 'column signatory_status: "gone" is not known' in result.output


@given(st.text(alphabet="0123456789_abcdefghij-ABC", min_size=1, max_size=12))
def test_the_slug_of_a_record_is_one(identifier: str) -> None:
    assert set(record_slug(identifier)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


# The register itself


@pytest.mark.skipif(not WORKBOOK.exists(), reason="the publisher's workbook is not at hand")
def test_random_records_of_the_register_are_in_the_tables() -> None:
    listed = {(row["column"], row["value"]) for row in tables.read(TABLES, "exceptions")}
    signatories = read_signatories(WORKBOOK, exceptions=listed)
    assert len(signatories) == 11_973
    found = {
        name: tables.read(TABLES, name) for name in ("memberships", "commitments", "figures", "relations")
    }
    for item in random.Random(3).sample(signatories, 20):
        by_table = {
            name: [row for row in rows if row["evidence"] == item.record] for name, rows in found.items()
        }
        (membership,) = by_table["memberships"]
        assert membership["start_text"] == item.adhesion.isoformat()
        assert membership["status"] == item.status
        assert len(by_table["commitments"]) == len(item.pledges)
        assert [row["value"] for row in by_table["figures"]] in ([f"{item.population}.0"], [])
        told_of = sorted(row["property"] for row in by_table["relations"])
        wanted = {"supportedBy": item.supporter, "coordinatedBy": item.coordinator, "country": item.is_group}
        assert told_of == sorted(name for name, given in wanted.items() if given)


@pytest.mark.exhaustive
@pytest.mark.skipif(not WORKBOOK.exists(), reason="the publisher's workbook is not at hand")
def test_the_committed_tables_are_what_the_workbook_gives() -> None:
    arguments = ["import", "jrc-covenant", str(WORKBOOK), "--project", str(ROOT), "--dry-run"]
    result = CliRunner().invoke(main, [*arguments, "--links", str(CANDIDATES)], catch_exceptions=False)
    assert "Nothing changes." in result.output
