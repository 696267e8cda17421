"""SSSOM tables: what their rows become, and the strictness with which they are read."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from acagraph.errors import SourceError
from acagraph.graph.terms import text_of
from acagraph.links import Links, read_links, read_set, write_set
from acagraph.sources import discover
from acagraph.vocab import compact, expand, graph_iri, slug
from turtle_files import write_project

ROOT = Path(__file__).parent.parent
TABLES = sorted((ROOT / "data" / "links").rglob("*.sssom.tsv"))
TABLE = """\
#curie_map:
#  place: https://w3id.org/acagraph/id/place/
#  wikidata: http://www.wikidata.org/entity/
#mapping_set_id: https://w3id.org/acagraph/graph/links
#license: https://creativecommons.org/licenses/by/4.0/
#mapping_date: 2026-11-22
subject_id	predicate_id	object_id	mapping_justification	confidence	comment
place:tokyo	skos:exactMatch	wikidata:Q1490	semapv:ManualMappingCuration	0.95	"A ""quoted"" word"
place:japan	skos:closeMatch	wikidata:Q17	semapv:LexicalMatching
"""
TABLE = TABLE.replace("LexicalMatching\n", "LexicalMatching\t\t\n")


def read(root: Path, text: str, other: str = "") -> list[ox.Quad]:
    files = {"data/links/a.sssom.tsv": text, **({"data/links/b.sssom.tsv": other} if other else {})}
    links = read_links(discover(write_project(root, files)))
    assert all(quad.graph_name == ox.NamedNode(graph_iri("links")) for quad in links.quads)
    return list(links.quads)


def test_a_row_becomes_a_mapping_and_a_record_of_it(tmp_path: Path) -> None:
    quads = read(tmp_path, TABLE)
    key = (expand("place:tokyo"), expand("skos:exactMatch"), expand("wd:Q1490"))
    record = f"stmt:{slug('mapping', *key)}"
    short = [(str(q.subject)[1:-1], q.predicate.value, q.object) for q in quads]
    found = {
        (compact(s), compact(p), o.value if isinstance(o, ox.Literal) else compact(str(o)[1:-1]))
        for s, p, o in short
    }
    assert {row for row in found if row[0] in ("place:tokyo", record)} == {
        ("place:tokyo", "skos:exactMatch", "wd:Q1490"),
        (record, "rdf:type", "owl:Axiom"),
        (record, "rdf:type", "sssom:Mapping"),
        (record, "adms:status", "link-status:confirmed"),
        (record, "owl:annotatedSource", "place:tokyo"),
        (record, "owl:annotatedProperty", "skos:exactMatch"),
        (record, "owl:annotatedTarget", "wd:Q1490"),
        (record, "sssom:mapping_justification", "semapv:ManualMappingCuration"),
        (record, "sssom:confidence", "9.5E-1"),
        (record, "dcterms:created", "2026-11-22"),
        (record, "rdfs:comment", 'A "quoted" word'),
    }
    assert ("place:japan", "skos:closeMatch", "wd:Q17") in found


def test_an_own_date_column_wins_over_the_date_of_the_set(tmp_path: Path) -> None:
    text = TABLE.replace("\tcomment\n", "\tmapping_date\n").replace('"A ""quoted"" word"', "2020-01-31")
    dates = {q.object.value for q in read(tmp_path, text) if isinstance(q.object, ox.Literal)}
    assert "2020-01-31" in dates
    assert "2026-11-22" not in dates


@pytest.mark.parametrize(
    ("before", "after", "line", "message"),
    [
        ("\tcomment\n", "\tremark\n", 7, "unknown column remark; known are record_id"),
        ("\tcomment\n", "\tconfidence\n", 7, "column confidence is there twice"),
        ("object_id\t", "object_label\t", 7, "has no column object_id"),
        (
            "wikidata:Q1490",
            "wd:Q1490",
            8,
            "object_id: unknown prefix wd: in wd:Q1490; declare it in curie_map",
        ),
        ("wikidata:Q1490", "http://www.wikidata.org/entity/Q1490", 8, "no prefixed name"),
        ("wikidata:Q1490", "Q1490", 8, "no prefixed name"),
        ("wikidata:Q1490", "", 8, "object_id is empty"),
        ("skos:exactMatch", "owl:sameAs", 8, "it would merge governments with territories"),
        ("skos:closeMatch", "skos:broader", 9, "skos:broader is no mapping relation here; use one of"),
        ("semapv:LexicalMatching", "semapv:Guess", 9, "semapv:Guess is no mapping justification"),
        ("0.95", "95", 8, "no number from 0 to 1"),
        ("0.95\t", "0.95 ", 8, "5 cells, but 6 columns; put a tab"),
        ('word"\n', "word\n", 8, "close the quotation mark"),
        (
            "place:japan\tskos:closeMatch\twikidata:Q17",
            "place:tokyo\tskos:exactMatch\twikidata:Q1490",
            9,
            "in line 8 already",
        ),
        ("#mapping_date: 2026-11-22", "#mapping_date: soon", 6, '"soon" is no day'),
        ("#mapping_date", "#mapping_day", 6, "unknown key mapping_day"),
        ("#license: https:", "#license: mine", 5, "license is missing or no IRI"),
        ("#mapping_set_id", "# mapping_set_id", 4, "is not YAML"),
        (
            "#  wikidata: http://www.wikidata.org/entity/",
            "#  stmt: http://x/\n#  wikidata: http://w/",
            1,
            "prefix stmt:",
        ),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, line: int, message: str
) -> None:
    assert before in TABLE
    with pytest.raises(SourceError, match=message) as caught:
        read(tmp_path, TABLE.replace(before, after, 1))
    assert caught.value.line == line
    assert caught.value.path == tmp_path / "data" / "links" / "a.sssom.tsv"


def test_a_mapping_stands_in_one_table_only(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"a\.sssom\.tsv:8 already") as caught:
        read(tmp_path, TABLE, TABLE)
    assert caught.value.path == tmp_path / "data" / "links" / "b.sssom.tsv"


def test_a_table_without_metadata_or_rows_is_refused(tmp_path: Path) -> None:
    body = "".join(line for line in TABLE.splitlines(keepends=True) if not line.startswith("#"))
    with pytest.raises(SourceError, match="has no metadata"):
        read(tmp_path / "1", body)
    head = "".join(line for line in TABLE.splitlines(keepends=True) if line.startswith("#"))
    with pytest.raises(SourceError, match="has no table"):
        read(tmp_path / "2", head)
    assert read(tmp_path / "3", head + body.split("\n", 1)[0] + "\n") == []


# Candidates

CANDIDATES = """\
#curie_map:
#  adms: http://www.w3.org/ns/adms#
#  link-status: https://w3id.org/acagraph/scheme/link-status/
#  linkml: https://w3id.org/linkml/
#  place: https://w3id.org/acagraph/id/place/
#  wikidata: http://www.wikidata.org/entity/
#mapping_set_id: https://w3id.org/acagraph/graph/links#x
#license: https://creativecommons.org/licenses/by/4.0/
#extension_definitions:
#  - slot_name: link_status
#    property: adms:status
#    type_hint: linkml:uriOrCurie
subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\treviewer_label\tlink_status
place:japan\tskos:exactMatch\t\twikidata:Q17\tsemapv:LexicalMatching\t\t
place:tokyo\tskos:exactMatch\t\twikidata:Q1490\tsemapv:LexicalMatching\t\tlink-status:conflict
place:kyoto\tskos:exactMatch\tNot\twikidata:Q1\tsemapv:MappingReview\tA curator\t
"""


def read_candidates(root: Path, text: str, links: str = "") -> Links:
    files = {
        "data/links/candidates/a.sssom.tsv": text,
        **({"data/links/a.sssom.tsv": links} if links else {}),
    }
    return read_links(discover(write_project(root, files)))


def test_a_candidate_is_a_record_and_no_link(tmp_path: Path) -> None:
    quads = read_candidates(tmp_path, CANDIDATES).quads
    records = {
        text_of(q.subject): text_of(q.object) for q in quads if q.predicate.value == expand("adms:status")
    }
    assert sorted(compact(status) for status in records.values()) == [
        "link-status:candidate",
        "link-status:conflict",
        "link-status:rejected",
    ]
    assert {text_of(quad.subject) for quad in quads} == records.keys()
    assert not [quad for quad in quads if quad.predicate.value == expand("skos:exactMatch")]
    modified = [quad for quad in quads if quad.predicate.value == expand("sssom:predicate_modifier")]
    (negated,) = modified
    assert text_of(negated.object) == expand("sssom:NegatedPredicate")
    assert records[text_of(negated.subject)] == expand("link-status:rejected")


def test_a_link_and_a_candidate_are_not_the_same_mapping(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"links.a\.sssom\.tsv:9 already"):
        read_candidates(
            tmp_path, CANDIDATES.replace("exactMatch\t\twikidata:Q17", "closeMatch\t\twikidata:Q17"), TABLE
        )


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            "link-status:conflict",
            "link-status:confirmed",
            "only in the folder candidates, and only link",
        ),
        ("link-status:conflict", "conflict", "link_status: .* is no prefixed name"),
        ("\tNot\t", "\tnot\t", 'predicate_modifier: "not" is not known; use one of Not'),
        ("reviewer_label", "review_date", 'review_date: "A curator" is no day'),
        ("reviewer_label\t", "record_id\t", "record_id"),
        ("property: adms:status", "title: adms:status", "must give slot_name and property"),
        ("property: adms:status", "property: x:status", "unknown prefix x:"),
        ("slot_name: link_status", "slot_name: comment", "comment is no name for a new slot"),
        ("#extension_definitions:\n", "#other:\n", "other: has no value of its kind"),
    ],
)
def test_a_wrong_table_of_candidates_is_refused(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    assert before in CANDIDATES
    with pytest.raises(SourceError, match=message) as caught:
        read_candidates(tmp_path, CANDIDATES.replace(before, after, 1))
    assert caught.value.line


def test_only_candidates_are_rejected_or_in_conflict(tmp_path: Path) -> None:
    for name, message in (("1", "a rejected mapping is no link"), ("2", "only in the folder candidates")):
        text = CANDIDATES.replace("\tNot\t", "\t\t") if name == "2" else CANDIDATES.replace("conflict", "")
        text = text.replace("link-status:\n", "\n")
        with pytest.raises(SourceError, match=message):
            read(tmp_path / name, text)


def test_a_review_has_a_reviewer_and_acagraph_names_the_records(tmp_path: Path) -> None:
    dated = TABLE.replace("\tcomment\n", "\treview_date\n").replace('"A ""quoted"" word"', "2026-01-31")
    with pytest.raises(SourceError, match="says when, but not who; add reviewer_id") as caught:
        read(tmp_path / "1", dated)
    assert caught.value.line == 8
    named = TABLE.replace("\tcomment\n", "\trecord_id\n").replace('"A ""quoted"" word"', "place:x")
    with pytest.raises(SourceError, match="acagraph gives each record its IRI"):
        read(tmp_path / "2", named)


def test_wrong_check_digits_are_refused_with_their_line(tmp_path: Path) -> None:
    wrong = TABLE.replace("wikidata: http://www.wikidata.org/entity/", "wikidata: https://isni.org/isni/")
    wrong = wrong.replace("wikidata:Q17", "wikidata:0000000121138155").replace(":Q1490", ":000000012146438X")
    with pytest.raises(SourceError, match="has wrong check digits, 4 would be right") as caught:
        read(tmp_path, wrong)
    assert caught.value.line == 9


# The real tables


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.parent.name + "/" + path.name)
def test_the_real_tables_are_in_canonical_form(path: Path) -> None:
    assert write_set(read_set(path)) == path.read_bytes()


def test_each_row_of_the_real_tables_is_a_mapping_of_a_thing_of_ours() -> None:
    links = read_links(discover(ROOT))
    mapped = [
        quad for quad in links.quads if quad.predicate.value.startswith(expand("skos:exactMatch")[:-10])
    ]
    rows = {path: len(read_set(path).mappings) for path in TABLES}
    assert len(links.origin) == sum(rows.values())
    assert len(mapped) == sum(count for path, count in rows.items() if path.parent.name == "links")
    assert all(str(quad.subject).startswith("<https://w3id.org/acagraph/") for quad in mapped)
