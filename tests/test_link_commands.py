"""`acagraph link propose`, `apply`, `check`, `stats`, on curated things and a few towns of the Covenant."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from acagraph.cli import main
from acagraph.cli.linking import linking
from acagraph.links import read_links, read_set, write_set
from acagraph.links.decisions import read_reviews
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

HEADING = """\
#mapping_set_id: https://example.org/sets/cities
#license: https://creativecommons.org/publicdomain/zero/1.0/
#curie_map:
#  city: https://example.org/city/
#  geonames: https://sws.geonames.org/
#  place: https://w3id.org/acagraph/id/place/
#  wikidata: http://www.wikidata.org/entity/
subject_id	subject_label	predicate_id	object_id	object_label	mapping_justification	confidence
"""


def files(project: Path) -> dict[str, bytes]:
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in sorted((project / "data" / "links").rglob("*.tsv"))
    }


def assert_canonical(project: Path) -> None:
    """What the commands write is what the writer of sets makes of it, and can be published."""
    for path in (project / "data" / "links").rglob("*.sssom.tsv"):
        if path.name not in ("entities.sssom.tsv", "countries.sssom.tsv"):
            assert write_set(read_set(path)) == path.read_bytes()
    read_links(discover(project))


# Proposing


def test_geonames_gives_candidates_and_no_links(linkable: Path, tmp_path: Path) -> None:
    before = files(linkable)
    result = link(linkable, "propose", str(geonames_file(tmp_path / "towns.txt")), "--edition", "2025-01-01")
    assert result.exit_code == 0, result.output
    made = {(row["subject_id"], row["object_id"]): row for row in candidates(linkable, "towns")}
    vico = made[VICO, "geonames:3164409/"]
    assert vico["predicate_id"] == "skos:closeMatch", "a town is not the municipality that governs it"
    assert vico["mapping_justification"] == "semapv:CompositeMatching"
    assert "km apart" in vico["comment"]
    assert float(vico["confidence"]) > 0.9
    assert vico["object_category"] == "populated place (PPLA3)"
    california = made["place:california", "geonames:5332921/"]
    assert (california["predicate_id"], california["object_label"]) == ("skos:exactMatch", "California")
    houston = [made["place:houston", f"geonames:{number}/"] for number in (4699066, 4430529)]
    assert float(houston[0]["confidence"]) > float(houston[1]["confidence"]), "the larger of two namesakes"
    assert not any(subject == "place:japan" for subject, _ in made), "Japan is linked already"
    told = read_set(linkable / "data" / "links" / "candidates" / "towns.sssom.tsv").mappings[0].slots
    assert told["mapping_tool"] == "acagraph"
    assert told["object_source_version"].startswith("towns.txt 2025-01-01, SHA-256 ")
    assert {name: text for name, text in files(linkable).items() if "candidates" not in name} == before
    assert "1  feature P.PPLH" in result.output
    assert_canonical(linkable)


def test_proposing_twice_changes_nothing(linkable: Path, tmp_path: Path) -> None:
    towns = str(geonames_file(tmp_path / "towns.txt"))
    link(linkable, "propose", towns)
    before = files(linkable)
    result = link(linkable, "propose", towns)
    assert "Nothing changes." in result.output
    assert files(linkable) == before
    assert "Would change" not in link(linkable, "propose", towns, "--dry-run").output


def test_a_dry_run_writes_nothing(linkable: Path, tmp_path: Path) -> None:
    before = files(linkable)
    towns = str(geonames_file(tmp_path / "towns.txt"))
    result = link(linkable, "propose", towns, "--dry-run", "--name", "trial")
    assert "Would change:\n  data/links/candidates/trial.sssom.tsv" in result.output
    assert files(linkable) == before


def test_decisions_outlive_a_new_edition(linkable: Path, tmp_path: Path) -> None:
    towns = tmp_path / "towns.txt"
    link(linkable, "propose", str(geonames_file(towns)))
    review(linkable, "r", "towns", "--thing", "Vico")
    review(linkable, "u", "towns", "--thing", "California")
    review(linkable, "a", "towns", "--thing", "Sommacampagna")
    link(linkable, "apply")
    geonames_file(towns, [3164409, 4699066, 3166410])
    result = link(linkable, "propose", str(towns))
    made = {row["subject_id"]: row for row in candidates(linkable, "towns")}
    assert made[VICO]["predicate_modifier"] == "Not"
    assert made["place:california"]["reviewer_agreement"] == "0"
    assert "place:jrc-covenant-11566" not in made, "it is a link now"
    assert "place:jrc-covenant-12147" not in made, "no file proposes it any more"
    assert "1  linked already" in result.output
    # From another file it is not proposed either.
    result = link(linkable, "propose", str(geonames_file(tmp_path / "other.txt", [3164409])))
    assert result.output == "Nothing changes.\n"
    assert not any("other" in name for name in files(linkable))
    assert_canonical(linkable)


def test_authorities_that_differ_are_marked_on_both_sides(linkable: Path, tmp_path: Path) -> None:
    candidate_set(linkable, "first", f"{VICO} skos:exactMatch wikidata:Q52083 0.6")
    theirs = tmp_path / "theirs.sssom.tsv"
    row = (
        "place:jrc-covenant-11550\t\tskos:exactMatch\twikidata:Q30026069\tVico\tsemapv:LexicalMatching\t0.5\n"
    )
    theirs.write_text(HEADING + row, encoding="utf-8")
    result = link(linkable, "propose", str(theirs))
    assert "1  in conflict" in result.output
    for name in ("first", "theirs"):
        assert [row["link_status"] for row in candidates(linkable, name)] == ["link-status:conflict"]
    links = read_links(discover(linkable)).quads
    assert not any(str(quad.subject) == f"<{expand(VICO)}>" for quad in links), "nothing is published"
    assert_canonical(linkable)


def test_a_confirmed_link_is_contradicted(linkable: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.sssom.tsv"
    row = "place:tokyo\t\tskos:exactMatch\twikidata:Q7473516\tTokyo\tsemapv:LexicalMatching\t0.5\n"
    theirs.write_text(HEADING + row, encoding="utf-8")
    link(linkable, "propose", str(theirs))
    assert [row["link_status"] for row in candidates(linkable, "theirs")] == ["link-status:conflict"]
    result = link(linkable, "check")
    assert result.exit_code == 0
    assert "warning: data/links/entities.sssom.tsv" in result.output
    assert "others say <http://www.wikidata.org/entity/Q7473516>" in result.output


def test_somebody_elses_mappings_are_followed(linkable: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.sssom.tsv"
    rows = (
        "city:yok\tYokohama\tskos:exactMatch\twikidata:Q38283\tYokohama\tsemapv:ManualMappingCuration\t0.9\n"
        "wikidata:Q99\tCalifornia\tskos:closeMatch\tgeonames:5332921/\tCal\tsemapv:LexicalMatching\t0.8\n"
        "city:hou\tHouston\tskos:exactMatch\tplace:houston\tHouston\tsemapv:LexicalMatching\t0.7\n"
        "wikidata:Q41187\tSony\tskos:exactMatch\tgeonames:1863967/\tFukuoka\tsemapv:LexicalMatching\t0.7\n"
    )
    theirs.write_text(HEADING + rows, encoding="utf-8")
    link(linkable, "propose", str(theirs))
    made = {
        row["subject_id"]: (
            row["predicate_id"],
            row["object_id"].partition(":")[2],
            row["mapping_justification"],
        )
        for row in candidates(linkable, "theirs")
    }
    assert made == {
        "place:california": ("skos:closeMatch", "5332921/", "semapv:MappingChaining"),
        "place:houston": ("skos:exactMatch", "hou", "semapv:MappingInversion"),
        "place:yokohama": ("skos:exactMatch", "yok", "semapv:MappingChaining"),
    }, "a company has no place in GeoNames"


def test_a_table_says_what_its_columns_hold(linkable: Path, tmp_path: Path) -> None:
    table = tmp_path / "companies.csv"
    table.write_text(
        "Code;Firm;Seat\n"
        "529900R5WX9N2OI2N910;Sony Corporation;Japan\n"
        "529900R5WX9N2OI2N911;Patagonia;USA\n"
        "W38RGI023J3WT1HWRP32;Siemens;Atlantis\n",
        encoding="utf-8",
    )
    result = link(linkable, "propose", str(table))
    assert result.exit_code == 2
    assert "companies.csv:1: which column holds the id? It has Code, Firm, Seat" in result.output
    columns = ("--column", "id=Code", "--column", "name=Firm", "--column", "country=Seat")
    result = link(linkable, "propose", str(table), *columns, "--dataset", "lei", "--kind", "company")
    assert result.exit_code == 0, result.output
    assert "1  malformed identifier of lei" in result.output
    assert "1  unknown country Atlantis" in result.output
    made = candidates(linkable, "companies") if "new" in result.output else []
    assert all(row["object_id"] == "lei:529900R5WX9N2OI2N910" for row in made)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,name,country\nQ490,Milan\n", "towns.csv:2: 2 cells, but 3 columns"),
        ("id,name,lat,lon\nQ490,Milan,north,9\n", "towns.csv:2: could not convert"),
        (
            "id,name,lat,lon\nQ490,Milan,95,9\n",
            "towns.csv:2: 95, 9 is no position in degrees; write a number",
        ),
        ("id,country\nQ490,IT\n", "towns.csv:1: which column holds the name?"),
        ('id,name\nQ490,"Milan\n', "towns.csv:2: unexpected end of data; close the quotation mark"),
        ("", "towns.csv:1: is empty"),
        ("PK\x03\x04zip", "towns.csv: is packed or no text; unpack it"),
        ("#mapping_set_id: x\n", "towns.csv:"),
        (
            "\t".join(["1", "Town", *[""] * 4, "P", *[""] * 12]) + "\n1\tTown\n",
            "towns.csv:1: could not convert",
        ),
    ],
)
def test_a_wrong_file_is_told_with_its_line(
    linkable: Path, tmp_path: Path, content: str, message: str
) -> None:
    table = tmp_path / "towns.csv"
    table.write_text(content, encoding="utf-8")
    before = files(linkable)
    result = link(linkable, "propose", str(table), "--kind", "city")
    assert result.exit_code == 2, result.output
    assert message in result.output
    assert "Traceback" not in result.output
    assert files(linkable) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give a file, or --wikidata"),
        (("towns.txt", "--wikidata"), "give a file, or --wikidata"),
        (("towns.txt", "--name", "../x"), '"../x" is no name of a set'),
        (("towns.txt", "--kind", "lake"), "lake is no kind of things that links are proposed for"),
        (("towns.txt", "--column", "id"), "id is not of the form name=Column"),
        (("nothing.txt",), "does not exist"),
    ],
)
def test_what_cannot_be_asked_for(
    linkable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    geonames_file(tmp_path / "towns.txt")
    monkeypatch.chdir(tmp_path)
    result = link(linkable, "propose", *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


# Applying


def test_an_accepted_candidate_becomes_a_link(linkable: Path, tmp_path: Path) -> None:
    link(linkable, "propose", str(geonames_file(tmp_path / "towns.txt")))
    review(linkable, "a", "towns", "--thing", "California")
    before = files(linkable)
    told = link(linkable, "apply", "--dry-run").output
    assert "- place:california skos:exactMatch https://sws.geonames.org/5332921/ candidate" in told
    assert "+ place:california skos:exactMatch https://sws.geonames.org/5332921/ confirmed" in told
    assert files(linkable) == before
    assert "1  accepted" in link(linkable, "apply").output
    (row,) = rows_of(linkable / "data" / "links" / "reviewed.sssom.tsv")
    assert row["reviewer_id"] == "orcid:0000-0002-1825-0097"
    assert row["review_date"] == read_reviews(linkable / "data" / "links" / "reviews.tsv")[0].day
    assert row["reviewer_agreement"] == "1"
    assert row["mapping_justification"] != "semapv:MappingReview", "how it was found is not forgotten"
    assert not any(row["subject_id"] == "place:california" for row in candidates(linkable, "towns"))
    quads = [str(quad) for quad in read_links(discover(linkable)).quads]
    assert any(q.startswith(f"<{expand('place:california')}> <{expand('skos:exactMatch')}>") for q in quads)
    assert_canonical(linkable)
    before = files(linkable)
    assert "Nothing changes." in link(linkable, "apply").output
    assert files(linkable) == before


def test_accepting_one_side_of_a_conflict_settles_it(linkable: Path) -> None:
    candidate_set(linkable, "one", f"{VICO} skos:exactMatch wikidata:Q52083 0.6")
    candidate_set(
        linkable,
        "two",
        f"{VICO} skos:exactMatch wikidata:Q30026069 0.5",
        "place:houston skos:exactMatch wikidata:Q52083 0.1",
    )
    result = link(linkable, "review", "--conflicts", "--list", "--json")
    assert {row["object"][-9:] for row in json.loads(result.output)} == {"ty/Q52083", "Q30026069"}
    review(linkable, "a", "one")
    result = link(linkable, "apply")
    assert "2  excluded" in result.output
    (row,) = rows_of(linkable / "data" / "links" / "reviewed.sssom.tsv")
    assert (row["subject_id"], row["object_id"]) == (VICO, "wikidata:Q52083")
    for row in candidates(linkable, "two"):
        assert (row["predicate_modifier"], row["mapping_justification"]) == ("Not", "semapv:LogicalReasoning")
        assert row["comment"] == f"{VICO} has wd:Q52083 as its exact match"
    assert "Nothing waits" in review(linkable, "").output
    assert_canonical(linkable)


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        (
            (f"{VICO} skos:exactMatch wikidata:Q52083 0.6", f"{VICO} skos:exactMatch wikidata:Q30026069 0.6"),
            "second-exact-match",
        ),
        (("place:tokyo skos:exactMatch wikidata:Q7473516 0.6",), "second-exact-match"),
        (("place:houston skos:exactMatch wikidata:Q1490 0.6",), "shared-exact-match"),
        (("agent:sony skos:exactMatch geonames:1861060/ 0.6",), "kind"),
        (("place:houston skos:exactMatch lei:529900R5WX9N2OI2N910 0.6",), "kind"),
    ],
)
def test_what_breaks_a_condition_is_refused(linkable: Path, rows: tuple[str, ...], rule: str) -> None:
    candidate_set(linkable, "odd", *rows, "place:california skos:exactMatch geonames:5332921/ 0.9")
    review(linkable, "a" * 3, "odd")
    before = files(linkable)
    for arguments in (("apply", "--dry-run"), ("apply",)):
        result = link(linkable, *arguments)
        assert result.exit_code == 3
        assert f"{rule}: " in result.output
        assert "Nothing was written" in result.output
        assert files(linkable) == before


def test_only_the_named_sets_are_looked_at(linkable: Path) -> None:
    candidate_set(linkable, "one", "place:california skos:exactMatch geonames:5332921/ 0.9")
    candidate_set(linkable, "two", "place:houston skos:exactMatch geonames:4699066/ 0.9")
    review(linkable, "aa")
    assert "1  accepted" in link(linkable, "apply", "two").output
    assert [row["subject_id"] for row in candidates(linkable, "one")] == ["place:california"]
    result = link(linkable, "apply", "three")
    assert result.exit_code == 2
    assert "no set of candidates is called three; there are one, two" in result.output


def test_a_set_written_anew_by_an_import_is_put_right(linkable: Path) -> None:
    """An import knows no decisions: what it proposes again is rejected, or dropped as a link, by `apply`."""
    rows = (
        "place:california skos:exactMatch geonames:5332921/ 0.9",
        "place:houston skos:closeMatch wikidata:Q16555 0.9",
    )
    candidate_set(linkable, "towns", *rows)
    review(linkable, "ar")
    link(linkable, "apply")
    after = files(linkable)
    candidate_set(linkable, "towns", *rows)
    assert "1  confirmed already" in link(linkable, "apply").output
    again = files(linkable)
    assert again == after


# Checking and counting


def test_the_links_of_the_project_are_healthy(linkable: Path) -> None:
    result = link(linkable, "check", "--json")
    body = json.loads(result.output)
    assert body["findings"] == []
    assert body["conforms"]
    assert {"dataset": "wikidata", "standing": "confirmed", "relation": "skos:exactMatch"} in [
        {name: row[name] for name in ("dataset", "standing", "relation")} for row in body["counts"]
    ]


CONFIRMED = """\
#curie_map:
#  agent: https://w3id.org/acagraph/id/agent/
#  coalition: https://w3id.org/acagraph/id/coalition/
#  geonames: https://sws.geonames.org/
#  lei: https://lei.info/
#  place: https://w3id.org/acagraph/id/place/
#  wikidata: http://www.wikidata.org/entity/
#mapping_set_id: https://example.org/broken
#license: https://creativecommons.org/licenses/by/4.0/
subject_id	predicate_id	object_id	mapping_justification	comment
"""


@pytest.mark.parametrize(
    ("row", "rule", "message"),
    [
        (
            "place:tokyo\tskos:exactMatch\twikidata:Q7473516\tx",
            "second-exact-match",
            "2 exact matches in wikidata",
        ),
        (
            "place:houston\tskos:exactMatch\twikidata:Q1490\tx",
            "shared-exact-match",
            "place:houston and place:tokyo",
        ),
        ("agent:sony\tskos:exactMatch\tgeonames:1863967/\tx", "kind", "but geonames describes place:"),
        ("place:atlantis\tskos:exactMatch\twikidata:Q2\tx", "gone", "place:atlantis is not in the data"),
        (
            "coalition:aca-guadalajara\tskos:exactMatch\twikidata:Q2\tx",
            "redirected",
            "merged into coalition:aca-mx",
        ),
        ("place:houston\tskos:exactMatch\twikidata:Q16555\t", "no-evidence", "says not how it is known"),
        ("place:houston\tskos:exactMatch\tlei:529900R5WX9N2OI2N911\tx", "unreadable", "wrong check digits"),
        ("place:houston\tskos:exactMatch\twikidata:P31\tx", "unreadable", "not of the form of wikidata"),
        ("place:tokyo\tskos:exactMatch\twikidata:Q1490\tx", "twice", "too; keep one of the two"),
    ],
)
def test_what_is_wrong_with_links_is_found(linkable: Path, row: str, rule: str, message: str) -> None:
    cells = row.split("\t")
    line = "\t".join((*cells[:3], "semapv:LexicalMatching", cells[3]))
    path = linkable / "data" / "links" / "a-broken.sssom.tsv"
    path.write_text(f"{CONFIRMED}{line}\n", encoding="utf-8")
    result = link(linkable, "check", "--json")
    assert result.exit_code == 3
    found = [each for each in json.loads(result.output)["findings"] if each["severity"] == "error"]
    assert [each["rule"] for each in found] == [rule]
    assert message in found[0]["message"]
    assert found[0]["place"].partition(":")[0] in (
        "data/links/a-broken.sssom.tsv",
        "data/links/entities.sssom.tsv",
    )
    text = link(linkable, "check")
    assert text.exit_code == 3
    assert f"[{rule}]" in text.output
    assert "1 errors" in text.output


def test_a_damaged_file_of_decisions_is_a_finding(linkable: Path) -> None:
    (linkable / "data" / "links" / "reviews.tsv").write_text("subject\n", encoding="utf-8")
    result = link(linkable, "check")
    assert result.exit_code == 3
    assert "error: data/links/reviews.tsv:1: the first line must be" in result.output
    for command in ("apply", "review"):
        result = link(linkable, command)
        assert result.exit_code == 2
        assert "reviews.tsv:1: the first line must be" in result.output


def test_decisions_that_wait_are_told(linkable: Path) -> None:
    candidate_set(linkable, "one", "place:california skos:exactMatch geonames:5332921/ 0.9")
    review(linkable, "a")
    assert "1 decisions wait for acagraph link apply" in link(linkable, "check").output
    link(linkable, "apply")
    assert "wait" not in link(linkable, "check").output


@pytest.mark.parametrize(
    ("state", "code", "told"),
    [
        ("missing", 3, "is not there any more"),
        ("redirected", 3, "was merged into <http://www.wikidata.org/entity/Q2>"),
        ("changed", 0, "differs: another name"),
        ("ok", 0, "0 errors, 0 warnings"),
    ],
)
def test_what_wikidata_said_counts(linkable: Path, state: str, code: int, told: str) -> None:
    about = {
        "subject": expand("place:tokyo"),
        "predicate": expand("skos:exactMatch"),
        "object": "http://www.wikidata.org/entity/Q1490",
        "checked": "2026-11-22T18:50:00Z",
        "endpoint": "https://example.org/sparql",
        "state": state,
        "target": "http://www.wikidata.org/entity/Q2" if state == "redirected" else None,
        "findings": [{"what": "label", "ours": "a", "theirs": "b", "message": "another name"}],
    }
    gone = {**about, "object": "http://www.wikidata.org/entity/Q3", "state": "missing"}
    folder = linkable / "build" / "link-health"
    folder.mkdir(parents=True)
    (folder / "wikidata-2026-11-21.jsonl").write_text(
        json.dumps({**about, "state": "missing"}), encoding="utf-8"
    )
    newest = folder / "wikidata-2026-11-22.jsonl"
    newest.write_text(f"{json.dumps(about)}\n{json.dumps(gone)}\n", encoding="utf-8")
    result = link(linkable, "check")
    assert result.exit_code == code
    assert told in result.output
    assert "Q3" not in result.output, "no link leads there any more"


def test_stats_count_by_dataset_and_kind(linkable: Path) -> None:
    candidate_set(
        linkable,
        "one",
        "place:california skos:exactMatch geonames:5332921/ 0.9",
        "place:houston skos:exactMatch geonames:4699066/ 0.9",
    )
    review(linkable, "ar")
    link(linkable, "apply")
    body = json.loads(link(linkable, "stats", "--json").output)
    datasets = {row.pop("dataset"): row for row in body["datasets"]}
    links = read_set(linkable / "data" / "links" / "entities.sssom.tsv").mappings
    links += read_set(linkable / "data" / "links" / "countries.sssom.tsv").mappings
    exact = sum(link.predicate.endswith("exactMatch") and "geonames" in link.object for link in links)
    assert datasets["geonames"]["exact"] == exact + 1
    assert (datasets["geonames"]["rejected"], datasets["geonames"]["candidates"]) == (1, 0)
    kinds = {row["kind"]: row for row in body["kinds"]}
    assert kinds["Country"]["linked"] <= kinds["Country"]["things"]
    assert kinds["Country"]["by_dataset"]["wikidata"] > 200
    text = link(linkable, "stats").output
    assert text.splitlines()[0].split() == [
        "dataset", "exact", "close", "related", "candidates", "conflicts", "rejected",
    ]  # fmt: skip


# Help


def examples() -> Iterator[str]:
    for command in (linking, *linking.commands.values()):
        yield from getattr(command, "examples", ())


@pytest.mark.parametrize("name", ["propose", "review", "apply", "check", "stats"])
def test_every_command_has_help_with_examples(name: str) -> None:
    command = linking.commands[name]
    result = CliRunner().invoke(main, ["link", name, "--help"], prog_name="acagraph")
    assert result.exit_code == 0
    assert f"  acagraph link {name}" in result.output.partition("Examples:\n")[2]
    for parameter in command.params:
        assert not isinstance(parameter, click.Option) or parameter.help, parameter.name


@pytest.mark.parametrize("example", [e for e in examples() if "link export" not in e])
def test_example_of_the_help_runs(linkable: Path, monkeypatch: pytest.MonkeyPatch, example: str) -> None:
    monkeypatch.chdir(linkable)
    geonames_file(linkable / "cities500.txt")
    (linkable / "companies.csv").write_text(
        "LEI,Company,Country\n529900R5WX9N2OI2N910,Sony,JP\n", encoding="utf-8"
    )
    candidate_set(linkable, "geonames", "place:california skos:exactMatch geonames:5332921/ 0.9")
    program, *arguments = shlex.split(example)
    assert program == "acagraph"
    result = CliRunner().invoke(main, arguments, prog_name="acagraph", input="s\n" * 9)
    assert result.exit_code == 0, result.output
    assert result.output.strip()
