"""Decisions that are taken back, lost or contradicted, and sets that nothing may overwrite."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from acagraph.links import read_links, read_set, write_set
from acagraph.links.decisions import Review, append_review
from acagraph.links.kinds import Sort, sort_of
from acagraph.sources import discover
from acagraph.vocab import expand
from link_projects import (
    VICO,
    candidate_set,
    candidates,
    geonames_file,
    link,
    review,
    rows_of,
)

from published import ROOT

CALIFORNIA = "place:california skos:exactMatch geonames:5332921/ 0.9"
COVENANT = ROOT / "data" / "links" / "candidates" / "covenant.sssom.tsv"
EXACT = expand("skos:exactMatch")


def decide(project: Path, subject: str, target: str, decision: str, relation: str = EXACT) -> None:
    when = "2026-11-22T12:00:00Z"
    made = Review(expand(subject), relation, target, decision, "a curator", when)
    append_review(project / "data" / "links" / "reviews.tsv", made)


def covenant(project: Path) -> Path:
    """Copy the real candidates of a few towns, as the import writes them."""
    path = project / "data" / "links" / "candidates" / COVENANT.name
    path.parent.mkdir(exist_ok=True)
    towns = ("place:jrc-covenant-11557\t", "place:jrc-covenant-11558\t", "place:jrc-covenant-11566\t")
    lines = COVENANT.read_text("utf-8").splitlines(keepends=True)
    path.write_text(
        "".join(line for line in lines if not line.startswith("place:") or line.startswith(towns)),
        encoding="utf-8",
    )
    return path


def check(project: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in json.loads(link(project, "check", "--json").output)["findings"]:
        found.setdefault(each["rule"], []).append(each["message"])
    return found


def reviewed(project: Path) -> list[dict[str, str]]:
    return rows_of(project / "data" / "links" / "reviewed.sssom.tsv")


# What is carried over


def test_a_candidate_with_a_distance_is_accepted(linkable: Path) -> None:
    covenant(linkable)
    review(linkable, "a", "covenant", "--thing", "Ialoveni")
    result = link(linkable, "apply")
    assert result.exit_code == 0, result.output
    (row,) = reviewed(linkable)
    assert row["object_id"] == "geonames:618196/"
    assert row["distance_km"] in ("0.5", "0.7")
    assert "link_status" not in row
    path = linkable / "data" / "links" / "reviewed.sssom.tsv"
    assert write_set(read_set(path)) == path.read_bytes()
    read_links(discover(linkable))
    assert link(linkable, "apply").exit_code == 0
    assert link(linkable, "propose", str(geonames_file(linkable / "towns.txt"))).exit_code == 0


# Sets that are not overwritten


def test_the_set_of_an_import_is_not_overwritten(linkable: Path, tmp_path: Path) -> None:
    path = covenant(linkable)
    before = path.read_bytes()
    towns = str(geonames_file(tmp_path / "towns.txt"))
    result = link(linkable, "propose", towns, "--name", "covenant")
    assert result.exit_code == 2
    assert "was made by acagraph import jrc-covenant; choose another name with --name" in result.output
    assert path.read_bytes() == before


def test_a_file_of_the_same_name_does_not_overwrite(linkable: Path, tmp_path: Path) -> None:
    link(linkable, "propose", str(geonames_file(tmp_path / "towns.txt")))
    other = tmp_path / "towns.csv"
    other.write_text("geonameid,name,country,kind\n4699066,Houston,US,city\n", encoding="utf-8")
    result = link(linkable, "propose", str(other))
    assert result.exit_code == 2
    assert "choose another name with --name" in result.output
    assert link(linkable, "propose", str(other), "--name", "others").exit_code == 0


# Conflicts


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("municipality (ADM3)", "populated place (PPLA3)", True),
        ("municipality (ADM3)", "City", False),
        ("populated place (PPL)", "town", False),
        ("municipality", "Commune", False),
        ("city", "prefecture", True),
        ("city", "", False),
        ("city", "comune italiano", False),
        ("company", "organization", False),
        ("company", "city", True),
    ],
)
def test_kinds_are_compared_and_not_words(one: str, other: str, differ: bool) -> None:
    assert sort_of(one).differs(sort_of(other)) is differ
    assert sort_of(other).differs(sort_of(one)) is differ


def test_an_unknown_word_is_of_no_sort() -> None:
    assert sort_of("lake") == Sort()


def test_authorities_with_other_words_contradict_each_other(linkable: Path, tmp_path: Path) -> None:
    for number, kind, name in ((4699066, "city", "one"), (4430529, "Town", "two")):
        path = tmp_path / f"{name}.csv"
        path.write_text(f"geonameid,name,country,kind\n{number},Houston,US,{kind}\n", encoding="utf-8")
        link(linkable, "propose", str(path))
    for name in ("one", "two"):
        assert [row["link_status"] for row in candidates(linkable, name)] == ["link-status:conflict"]


# Distance


def test_what_is_too_far_for_a_settlement_is_refused(linkable: Path, tmp_path: Path) -> None:
    far = tmp_path / "far.csv"
    head = "geonameid,name,country,lat,lon,kind\n"
    far.write_text(head + "7,Vico del Gargano,IT,42.4,15.96,municipality\n", encoding="utf-8")
    link(linkable, "propose", str(far))
    (row,) = candidates(linkable, "far")
    assert 55 < float(row["distance_km"]) < 57
    shown = review(linkable, "a", "far").output
    assert "too far for one settlement" in shown
    result = link(linkable, "apply")
    assert result.exit_code == 3
    assert f"distance: {VICO} and <https://sws.geonames.org/7/> are" in result.output
    assert not (linkable / "data" / "links" / "reviewed.sssom.tsv").exists()
    far.write_text(head + "7,Vico del Gargano,IT,41.9,15.96,municipality\n", encoding="utf-8")
    link(linkable, "propose", str(far))
    decide(linkable, VICO, "https://sws.geonames.org/7/", "withdraw")
    link(linkable, "propose", str(far))
    assert float(candidates(linkable, "far")[0]["distance_km"]) < 1
    decide(linkable, VICO, "https://sws.geonames.org/7/", "accept")
    assert "1  accepted" in link(linkable, "apply").output


# Datasets


def test_what_is_of_no_known_dataset_is_refused(linkable: Path) -> None:
    path = candidate_set(linkable, "odd", CALIFORNIA)
    text = path.read_text("utf-8").replace("https://sws.geonames.org/", "https://www.geonames.org/")
    path.write_text(text, encoding="utf-8")
    review(linkable, "a", "odd")
    result = link(linkable, "apply")
    assert result.exit_code == 3
    assert "unregistered: place:california: <https://www.geonames.org/5332921/>" in result.output


# Taking back


@pytest.mark.parametrize("decision", ["reject", "withdraw", "unsure"])
def test_an_accepted_link_is_taken_back(linkable: Path, decision: str) -> None:
    rivals = (
        "place:california skos:exactMatch geonames:7/ 0.2",
        "place:houston skos:exactMatch geonames:8/ 0.3",
    )
    path = candidate_set(linkable, "towns", CALIFORNIA, *rivals)
    path.write_text(
        path.read_text("utf-8").replace("#license", "#mapping_tool: a tool\n#license"), encoding="utf-8"
    )
    review(linkable, "a", "towns", "--min-confidence", "0.8")
    assert "1  excluded" in link(linkable, "apply").output
    assert check(linkable) == {}
    decide(linkable, "place:california", "https://sws.geonames.org/5332921/", decision)
    assert list(check(linkable)) == ["not-applied"]
    assert "1  taken back" in link(linkable, "apply").output
    assert reviewed(linkable) == []
    made = {row["object_id"]: row for row in candidates(linkable, "towns")}
    assert made["geonames:5332921/"]["comment"] == "said by a test"
    told = {"reject": "Not", "withdraw": "", "unsure": ""}[decision]
    assert made["geonames:5332921/"].get("predicate_modifier", "") == told
    rival = made["geonames:7/"]
    assert not rival.get("predicate_modifier"), "only the link had excluded it"
    assert rival["mapping_justification"] == "semapv:UnspecifiedMatching"
    assert check(linkable) == {}
    assert "Nothing changes." in link(linkable, "apply").output
    read_links(discover(linkable))


def test_a_link_whose_set_is_gone_is_taken_back_too(linkable: Path) -> None:
    path = candidate_set(linkable, "towns", CALIFORNIA)
    review(linkable, "a", "towns")
    link(linkable, "apply")
    path.unlink()
    decide(linkable, "place:california", "https://sws.geonames.org/5332921/", "reject")
    link(linkable, "apply")
    assert [row["predicate_modifier"] for row in candidates(linkable, "returned")] == ["Not"]
    read_links(discover(linkable))


def test_a_withdrawn_rejection_is_a_candidate_again(linkable: Path) -> None:
    candidate_set(linkable, "towns", CALIFORNIA)
    review(linkable, "r", "towns")
    link(linkable, "apply")
    assert candidates(linkable, "towns")[0]["predicate_modifier"] == "Not"
    decide(linkable, "place:california", "https://sws.geonames.org/5332921/", "withdraw")
    assert list(check(linkable)) == ["not-applied"]
    assert "1  taken back" in link(linkable, "apply").output
    (row,) = candidates(linkable, "towns")
    assert not {"predicate_modifier", "reviewer_id", "review_date"} & row.keys()
    assert "1 of 1" in review(linkable, "q", "towns").output
    assert check(linkable) == {}


def test_decided_links_are_shown_again(linkable: Path) -> None:
    candidate_set(linkable, "towns", CALIFORNIA, "place:houston skos:exactMatch geonames:4699066/ 0.8")
    review(linkable, "ar", "towns")
    link(linkable, "apply")
    assert json.loads(link(linkable, "review", "--list", "--json").output) == []
    rows = json.loads(link(linkable, "review", "--again", "--list", "--json").output)
    assert [(row["label"], row["decision"]) for row in rows] == [
        ("California", "accept"),
        ("Houston", "reject"),
    ]
    review(linkable, "ra", "--again")
    link(linkable, "apply")
    assert [row["subject_id"] for row in reviewed(linkable)] == ["place:houston"]


def test_a_decision_about_nothing_is_told(linkable: Path) -> None:
    decide(linkable, "place:california", "https://sws.geonames.org/7/", "accept")
    result = link(linkable, "check")
    assert result.exit_code == 0
    assert "warning: data/links/reviews.tsv:2: accept of place:california" in result.output
    assert "[no-candidate]" in result.output
    candidate_set(linkable, "towns", "place:california skos:exactMatch geonames:7/ 0.2")
    assert "no-candidate" not in check(linkable)


def test_a_rejected_link_of_another_set_is_told(linkable: Path) -> None:
    decide(linkable, "place:tokyo", "http://www.wikidata.org/entity/Q1490", "reject")
    assert "but it is a link; remove it" in check(linkable)["contested"][0]


# What is shown and told


def test_a_second_exact_match_is_told_before_the_decision(linkable: Path) -> None:
    candidate_set(linkable, "items", "place:tokyo skos:exactMatch wikidata:Q7473516 0.5")
    shown = review(linkable, "q", "items").output.replace("\n", " ")
    assert "Confirmed already: http://www.wikidata.org/entity/Q1490; a second exact match" in shown


@pytest.mark.parametrize("content", ["no check\n", '{"state": "well"}\n', "\udcff"])
def test_a_damaged_report_is_a_finding(linkable: Path, content: str) -> None:
    folder = linkable / "build" / "link-health"
    folder.mkdir(parents=True)
    (folder / "wikidata-2026-11-22.jsonl").write_bytes(content.encode("utf-8", "surrogateescape"))
    result = link(linkable, "check")
    assert result.exit_code == 3
    assert "error: build/link-health/wikidata-2026-11-22.jsonl:" in result.output
    assert "[unreadable]" in result.output
    shutil.rmtree(folder)
    assert link(linkable, "check").exit_code == 0


def test_a_country_that_there_is_not(linkable: Path) -> None:
    candidate_set(linkable, "towns", CALIFORNIA)
    result = link(linkable, "review", "--country", "ZZ", "--list")
    assert result.exit_code == 2
    assert "no thing of the data is in ZZ" in result.output
    assert link(linkable, "review", "--country", "us", "--list").exit_code == 0


def test_a_dataset_that_there_is_not(linkable: Path, tmp_path: Path) -> None:
    path = tmp_path / "towns.csv"
    path.write_text("id,name,country,kind\n4699066,Houston,US,city\n", encoding="utf-8")
    result = link(linkable, "propose", str(path), "--dataset", "nix")
    assert result.exit_code == 2
    assert "nix is no dataset: use wikidata" in " ".join(result.output.split())
    for dataset in ("geonames", "https://example.org/town/"):
        assert link(linkable, "propose", str(path), "--dataset", dataset, "--dry-run").exit_code == 0


def test_a_malformed_identifier_is_told_with_its_line(linkable: Path, tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text("lei,name,kind\n529900R5WX9N2OI2N911,Patagonia,company\n", encoding="utf-8")
    told = link(linkable, "propose", str(path)).output
    assert "malformed identifier of lei, first in line 2" in told
    assert "wrong check digits, 10 would be right" in told


def test_the_address_of_a_site_names_no_entry(linkable: Path, tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    path.write_text(
        "id,name,country,kind\nhttps://example.org/,Houston,US,city\nhttp://example.org/a/7/,Houston,US,city\n",
        encoding="utf-8",
    )
    result = link(linkable, "propose", str(path))
    assert result.exit_code == 0, result.output
    assert "address of a whole site, such as https://example.org/ in line 2" in result.output
    assert [row["object_id"] for row in candidates(linkable, "sites")] == ["exampleorg:7/"]
