"""SSSOM tables: what their rows become, and the strictness with which they are read."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from acagraph.errors import SourceError
from acagraph.links import read_links
from acagraph.sources import discover
from acagraph.vocab import compact, expand, graph_iri, slug
from turtle_files import write_project

ROOT = Path(__file__).parent.parent
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
        ("\tcomment\n", "\tremark\n", 7, "unknown column remark; known are subject_id"),
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
            "in .*:8 already",
        ),
        ("#mapping_date: 2026-11-22", "#mapping_date: soon", 8, '"soon" is no day'),
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


def test_each_row_of_the_real_tables_is_a_mapping_of_a_thing_of_ours() -> None:
    links = read_links(discover(ROOT))
    mapped = [
        quad for quad in links.quads if quad.predicate.value.startswith(expand("skos:exactMatch")[:-10])
    ]
    rows = 0
    for path in (ROOT / "data" / "links").glob("*.sssom.tsv"):
        rows += sum(not line.startswith("#") for line in path.read_text(encoding="utf-8").splitlines()) - 1
    assert len(mapped) == len(links.origin) == rows
    assert all(str(quad.subject).startswith("<https://w3id.org/acagraph/") for quad in mapped)
