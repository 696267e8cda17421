"""Findings point to the very statement: file, line and column, in Turtle, tables, links and redirects."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acagraph.errors import ReleaseError, SourceError
from acagraph.graph import Origin, build
from acagraph.graph.statements import Stated, statements
from acagraph.graph.terms import Value, text_of
from acagraph.graph.tokens import layout, tokens
from acagraph.graph.tokens import names as token_names
from acagraph.links import read_links
from acagraph.registers import convert, read_group
from acagraph.registers.location import cell_places, index, trace
from acagraph.release.places import COLUMNS, read_places, write_places
from acagraph.sources import discover
from acagraph.validation import Finding
from acagraph.validation.places import Statement, located, names, turtle_statements
from acagraph.vocab import PREFIXES, XSD, expand
from turtle_files import HEAD, LINES, write_project

from published import ROOT

TURTLE = ox.RdfFormat.TURTLE


def parsed(text: str) -> ox.Dataset:
    dataset = ox.Dataset(ox.parse(text, format=TURTLE))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def told(text: str) -> ox.Dataset:
    dataset = ox.Dataset(ox.Quad(*item.triple) for item in statements(text))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def finding(focus: str, path: str | None = None, value: Value | None = None) -> Finding:
    text = None if value is None else value.value
    return Finding("rule-01-a", "violation", focus, path, text, "Mend it.", term=value)


def about(quad: ox.Quad) -> Finding:
    """A finding about a triple."""
    assert not isinstance(quad.object, ox.Triple)
    return finding(text_of(quad.subject), quad.predicate.value, quad.object)


def place(item: Finding) -> tuple[str | None, int | None, int | None]:
    return item.file, item.line, item.column


# Turtle: every triple is found, and where it is found it stands.

EXAMPLE = '''@base <http://x/y/> .
@prefix : <#> .
PREFIX é: <http://é/>
# a remark with "quotes" and <brackets>
:a a :C , é:C ; # one more
  :p "x"@pt-BR, """two
lines, "quoted" \\"""", 'a\\tb\\u00e9'^^:t , 1, -2.5, .5e3, true, false ;;
  :q [ :r <z> ; :s ( 1 [ :t "x" ] () _:l ) ], [] .
<rel#x> :p :b\\,c, :d.e, _:l .
( :x ) :p ( ) .
[ :only 1 ] .
@prefix : <http://other/> .
:a :p :a.
'''


def test_every_triple_of_a_text_has_its_place() -> None:
    assert told(EXAMPLE) == parsed(EXAMPLE)
    found = {(str(s.object), s.value.line, s.value.column) for s in statements(EXAMPLE)}
    assert ('"x"@pt-br', 6, 6) in found
    assert ('"two\\nlines, \\"quoted\\" \\""', 6, 17) in found
    assert ('"-2.5"^^<http://www.w3.org/2001/XMLSchema#decimal>', 7, 46) in found
    assert ("<http://x/y/z>", 8, 11) in found
    assert ("<http://other/a>", 13, 7) in found
    heads = {(str(s.subject), s.head.line, s.head.column) for s in statements(EXAMPLE)}
    assert {("<http://x/y/#a>", 5, 1), ("<http://x/y/rel#x>", 9, 1), ("_:L8C6", 8, 6)} <= heads


def test_blank_nodes_of_two_files_stay_apart_and_equal_texts_give_equal_names() -> None:
    text = "_:a <x:p> [] . _:L1C11 <x:p> 1 ."
    names = [sorted({str(t.subject) for t in statements(text, prefix=p)}) for p in ("", "", "f2-")]
    assert names[0] == names[1] == ["_:L1C11_", "_:a"]
    assert names[2] == ["_:f2-L1C11_", "_:f2-a"]
    assert told(text) == parsed(text)


def test_names_are_read_against_the_base_that_stands_there() -> None:
    text = "@base <http://x/y/> . @prefix : <#> . :a <p> <../z> . @base <http://b/> . <a> :p 1 ."
    assert [iri for _, iri in token_names(text)] == [
        "http://x/y/#a", "http://x/y/p", "http://x/z", "http://b/a", "http://x/y/#p",
    ]  # fmt: skip
    assert [block.subject for block in layout(text).blocks] == ["http://x/y/#a", "http://b/a"]
    assert [iri for _, iri in token_names("<a> <x:p> <b> .")] == ["x:p"]
    assert [block.subject for block in layout("<a> <x:p> <b> .").blocks] == [None]


@pytest.mark.parametrize(
    "text",
    [
        '<x:a> <x:p> "x"@ar--rtl , "y" .',
        "<< <x:a> <x:p> 1 >> <x:q> 2 .",
        "<x:a> <x:p> 1 {| <x:q> 2 |} .",
        "<x:a> <x:p> 1 ~ <x:r> .",
        "<x:a> <x:p> <<( <x:a> <x:p> 1 )>> .",
        'VERSION "1.2"\n@version "1.2" . <x:a> <x:p> 1 .',
    ],
)
def test_of_turtle_1_2_nothing_wrong_is_told(text: str) -> None:
    said = {str(quad.triple) for quad in ox.parse(f"{text} <x:b> <x:p> 3 .", format=TURTLE)}
    found = {str(item.triple) for item in statements(f"{text} <x:b> <x:p> 3 .")}
    assert found <= said
    assert any("<x:b>" in triple for triple in found)


def test_deep_nesting_has_no_limit() -> None:
    text = "<x:a> <x:p> " + "[ <x:p> " * 3000 + "1" + " ]" * 3000 + " ."
    assert len(list(statements(text))) == 3001


_space = st.sampled_from([" ", "\n", "\t", "  \n ", ' # remark . ; "\n', "\r\n"])
_names = st.sampled_from(["a", "b.c", "é", "x-1", "漢", "a:b", "p%20q", "1", "", "t\\,u"])
_iris = st.one_of(
    st.builds(
        "{}:{}".format, st.sampled_from(["", "e", "é"]), _names.filter(lambda n: not n.startswith("-"))
    ),
    st.sampled_from(["<http://x/y>", "<rel>", "<#f>", "<http://x/\\u00e9>", "<urn:a:b>", "<>"]),
)
_plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters='"\\\r\n\x00'), max_size=12)
_long = st.lists(
    st.sampled_from(["a", "\n", '"', "#", ".", '\\"', "\\u00e9", "\\n", "é", "'", "<"]), max_size=8
)
_strings = st.one_of(
    _plain.map('"{}"'.format),
    _plain.filter(lambda t: "'" not in t).map("'{}'".format),
    _long.map("".join).map(lambda t: '"""' + t + ' """'),
    _long.map("".join).map(lambda t: "'''" + t.replace("'", "") + "'''"),
)
_literals = st.one_of(
    _strings,
    st.builds("{}@{}".format, _strings, st.sampled_from(["en", "pt-BR", "zh-Hant-tw"])),
    st.builds("{}^^{}".format, _strings, st.sampled_from(["e:t", "<http://t>", ":date"])),
    st.sampled_from(["1", "-1", "+1", "1.5", "-.5", "1e3", "1.5E-3", ".5e1", "true", "false"]),
)


def _joined(parts: list[str], spaces: list[str], mark: str) -> str:
    padded = [part + " " + spaces[number % len(spaces)] for number, part in enumerate(parts)]
    return (mark + " ").join(padded)


_spaces = st.lists(_space, min_size=1, max_size=4)


def _said(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    verbs = st.one_of(_iris, st.just("a"))
    listed = st.builds(_joined, st.lists(inner, min_size=1, max_size=3), _spaces, st.just(","))
    pairs = st.builds("{} {}{}".format, verbs, _space, listed)
    return st.builds(_joined, st.lists(pairs, min_size=1, max_size=3), _spaces, st.sampled_from([";", "; ;"]))


_objects = st.recursive(
    st.one_of(_iris, _literals, st.sampled_from(["_:x", "_:y1", "_:L1C1", "[]", "[ ]", "()"])),
    lambda inner: st.one_of(
        st.builds(
            lambda items, gaps: "( " + _joined(items, gaps, "") + ")", st.lists(inner, max_size=3), _spaces
        ),
        st.builds(lambda told: "[ " + told + "]", _said(inner)),
    ),
    max_leaves=6,
)


_sentences = st.one_of(
    st.builds("{} {}{}.".format, st.one_of(_iris, st.just("_:x")), _space, _said(_objects)),
    st.builds("[ {}] .".format, _said(_objects)),
    st.builds("[ {}] {}.".format, _said(_objects), _said(_objects)),
    st.builds("( {} ) {}.".format, _objects, _said(_objects)),
    st.sampled_from(
        ["@prefix e: <http://other/> .", "PREFIX é: <#>", "@base <http://b/c/> .", "# nothing .", "base <d/>"]
    ),
)
_documents = st.lists(_sentences, min_size=1, max_size=4).map(
    lambda found: (
        "@base <http://base/a> . @prefix : <http://x/> .\n@prefix e: <n#> . PREFIX é: <http://é/>\n"
        + "\n".join(found)
    )
)


def accepted(text: str) -> bool:
    try:
        parsed(text)
    except SyntaxError:
        return False
    return True


@settings(max_examples=250)
@given(_documents.filter(accepted))
def test_the_token_found_is_the_statement(text: str) -> None:
    assert told(text) == parsed(text)
    lines = text.split("\n")
    for item in statements(text):
        for token in (item.head, item.verb, item.value):
            assert lines[token.line - 1][token.column - 1 :].startswith(token.text.split("\n")[0])
        prefixes = "".join(_directives(text, item.head.start))
        if item.head.text not in ("[", "("):
            assert _reparsed(prefixes, item, "head") == item.subject or item.head.kind == "blank"
            assert _reparsed(prefixes, item, "verb") == item.predicate
        if (
            item.value.text not in ("[", "(", ")", "]")
            and item.value.kind != "blank"
            and item.verb != item.head
        ):
            assert _reparsed(prefixes, item, "value") == item.object


def _directives(text: str, end: int) -> Iterator[str]:
    """Yield the directives before a place; the parser reads them again."""
    found = [token for token in tokens(text[:end]) if token.kind != "comment"]
    for number, token in enumerate(found):
        word = token.text.lower().removeprefix("@")
        if word in ("prefix", "base") and token.kind in ("at", "word"):
            size = 3 if word == "prefix" else 2
            yield " ".join(part.text for part in found[number : number + size]) + (
                " .\n" if token.kind == "at" else "\n"
            )


def _reparsed(prefixes: str, item: Stated, what: str) -> object:
    """Parse what stands at a token alone."""
    token = getattr(item, what)
    if what == "value":
        word = token.text
        if isinstance(item.object, ox.Literal) and token.kind == "string":
            # The tag or the datatype stands behind the string.
            tag = item.object.language
            word += f"@{tag}" if tag else f"^^<{item.object.datatype.value}>"
        return _one(f"{prefixes}<x:s> <x:p> {word} .").object
    if what == "verb":
        return _one(f"{prefixes}<x:s> {token.text} 1 .").predicate
    return _one(f"{prefixes}{token.text} <x:p> 1 .").subject


def _one(text: str) -> ox.Quad:
    quads: list[ox.Quad] = list(ox.parse(text, format=TURTLE))
    assert len(quads) == 1
    return quads[0]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "data").rglob("*.ttl")) + sorted((ROOT / "ontology").rglob("*.ttl")), ids=str
)
def test_every_triple_of_our_own_files_has_its_place(path: Path) -> None:
    text = path.read_text("utf-8")
    assert told(text) == parsed(text)


# Findings in curated files.

A_FILE = """
agent:a a aca:Business ;
  skos:prefLabel "A"@en , "Ä"@de ;
  aca:evidence evidence:e1 ,
    evidence:e2 .
agent:b aca:partOf agent:a .
# more of it
agent:a skos:altLabel \"\"\"Two
lines\"\"\"@en , "x" .
"""
PREF, ALT, PART = (expand(name) for name in ("skos:prefLabel", "skos:altLabel", "aca:partOf"))
A, B = expand("agent:a"), expand("agent:b")


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    return write_project(tmp_path, {"data/a.ttl": A_FILE})


def origin_of(root: Path) -> Origin:
    return build(discover(root)).origin


@pytest.mark.parametrize(
    ("wrong", "line", "column"),
    [
        (finding(A), 2, 1),
        (finding(A, PREF), 3, 3),
        (finding(A, PREF, ox.Literal("Ä", language="de")), 3, 27),
        (finding(A, expand("aca:evidence"), ox.NamedNode(expand("evidence:e2"))), 5, 5),
        (finding(A, expand("rdf:type"), ox.NamedNode(expand("aca:Business"))), 2, 11),
        (finding(A, expand("rdf:type")), 2, 9),
        # No property, but a value; a literal over two lines in another block of the same subject.
        (finding(A, None, ox.Literal("Two\nlines", language="en")), 8, 23),
        (finding(A, ALT, ox.Literal("x")), 9, 15),
        # Said by another thing.
        (finding(A, "^" + PART, ox.NamedNode(B)), 6, 20),
        # A path of several steps: where it begins.
        (finding(B, f"(<{PART}>/<{PREF}>)", ox.Literal("A", language="en")), 6, 9),
        (finding(B, f"(^<{PART}>/<{PREF}>)"), 6, 1),
        # What is missing, derived or said nowhere: at the thing.
        (finding(A, expand("aca:acronym")), 2, 1),
        (finding(A, PREF, ox.Literal("A")), 2, 1),
        (finding(A, "^" + PART), 2, 1),
        # A focus that no file describes: at the value.
        (finding(expand("agent:nobody"), PART, ox.NamedNode(B)), 6, 1),
    ],
    ids=lambda item: str(item)[:40] if isinstance(item, int) else f"{item.path} {item.value}",
)
def test_a_finding_has_the_place_of_its_statement(
    small_project: Path, wrong: Finding, line: int, column: int
) -> None:
    [found] = located([wrong], origin_of(small_project), root=small_project)
    assert place(found) == ("data/a.ttl", line + LINES, column)


def test_what_has_a_file_and_what_nothing_describes_stays_as_it_is(small_project: Path) -> None:
    given = [
        Finding("expectation", "violation", A, None, None, "Too few.", file="data/expectations.toml", line=3),
        finding("https://example.org/nobody", PART, ox.Literal("x")),
    ]
    assert located(given, origin_of(small_project), root=small_project) == given


def test_a_term_of_the_ontology_is_found_in_the_file_that_says_it(tmp_path: Path) -> None:
    files = {"ontology/alignments/x.ttl": "aca:Source skos:closeMatch schema:Thing ."}
    root = write_project(tmp_path, files)
    wrong = finding(expand("aca:Source"), expand("skos:closeMatch"), ox.NamedNode(expand("schema:Thing")))
    [found] = located([wrong], origin_of(root), root=root)
    assert place(found) == ("ontology/alignments/x.ttl", LINES + 1, 28)
    [other] = located([finding(expand("aca:Source"))], origin_of(root), root=root)
    assert place(other) == ("ontology/acagraph.ttl", LINES + 2, 1)


def test_a_literal_that_is_not_canonical_is_found_by_what_stores_make_of_it(tmp_path: Path) -> None:
    path = tmp_path / "their.ttl"
    path.write_text("<x:a> <x:p> 1 , 007 .", encoding="utf-8")
    seven = ox.Literal("7", datatype=ox.NamedNode(XSD + "integer"))
    written = ox.Literal("007", datatype=ox.NamedNode(XSD + "integer"))
    found = located(
        [finding("x:a", "x:p", seven), finding("x:a", "x:p", written)], {"x:a": (path, 1)}, root=tmp_path
    )
    assert [place(item) for item in found] == [("their.ttl", 1, 17)] * 2


def test_blank_nodes_of_strangers_have_places_too() -> None:
    text = "<x:a> <x:p> [ <x:q> 1 ] ."
    [node] = {str(item.subject) for item in statements(text, prefix="f1-")} - {"<x:a>"}
    stated = turtle_statements(text, file="their.ttl", prefix="f1-")
    one = ox.Literal("1", datatype=ox.NamedNode(XSD + "integer"))
    found = located([finding(node), finding(node, "x:q", one)], {}, stated=stated)
    assert [place(item) for item in found] == [("their.ttl", 1, 13), ("their.ttl", 1, 21)]


def test_without_the_file_or_with_a_broken_one_the_known_line_is_left(small_project: Path) -> None:
    origin, wrong = origin_of(small_project), finding(A, PREF)
    expected = ("data/a.ttl", LINES + 2, None)
    (small_project / "data" / "a.ttl").write_text(HEAD + "agent:a skos:prefLabel", encoding="utf-8")
    assert place(located([wrong], origin, root=small_project)[0]) == expected
    (small_project / "data" / "a.ttl").unlink()
    assert place(located([wrong], origin, root=small_project)[0]) == expected
    relative = {A: (Path("data/a.ttl"), LINES + 2)}
    assert place(located([wrong], relative)[0]) == expected
    assert place(located([wrong], relative, root=small_project)[0]) == expected


def test_a_redirect_is_found_in_its_row(tmp_path: Path) -> None:
    root = write_project(tmp_path)
    (root / "data" / "redirects.csv").write_text("from,to\nagent:old,agent:a\n", encoding="utf-8")
    wrong = finding(expand("agent:old"), expand("dcterms:isReplacedBy"), ox.NamedNode(A))
    [found] = located([wrong], origin_of(root), root=root)
    assert place(found) == ("data/redirects.csv", 2, 11)


def test_every_curated_triple_is_found_where_it_stands() -> None:
    project = discover(ROOT, registers=False)
    graph = build(project)
    quads = [quad for quad in graph.quads if isinstance(quad.subject, ox.NamedNode)]
    wrong = [
        about(quad)
        for quad in quads
        if not isinstance(quad.object, ox.BlankNode) and not quad.predicate.value.endswith("isReplacedBy")
    ]
    texts: dict[str, list[str]] = {}
    for item in located(wrong, graph.origin, root=ROOT):
        assert item.file is not None
        assert item.line is not None
        assert item.column is not None
        lines = texts.setdefault(item.file, (ROOT / item.file).read_text("utf-8").split("\n"))
        assert _term_at(lines, item.line, item.column) == item.term
    assert len(texts) > 50


def _term_at(lines: list[str], line: int, column: int) -> object:
    """Parse the term that begins at a place, to the end of its line or of the string."""
    text = "\n".join([lines[line - 1][column - 1 :], *lines[line : line + 40]])
    found = list(tokens(text.split("\n", 1)[0] if not text.startswith('"""') else text))
    word = found[0].text
    if found[0].kind == "string" and len(found) > 1 and found[1].start == found[0].end:
        word = text[: found[2].end if found[1].text == "^^" else found[1].end]
    return _one(f"{HEAD}<x:s> {'a' if word == 'a' else f'<x:p> {word}'} .").object


def test_a_hundred_thousand_findings_in_one_file_take_linear_time(tmp_path: Path) -> None:
    spent = []
    for number in (10_000, 100_000):
        path = tmp_path / f"{number}.ttl"
        path.write_text("".join(f"<x:{n}> <x:p> {n} .\n" for n in range(number)), encoding="utf-8")
        integer = ox.NamedNode(XSD + "integer")
        wrong = [finding(f"x:{n}", "x:p", ox.Literal(str(n), datatype=integer)) for n in range(number)]
        origin: Origin = {f"x:{n}": (path, n + 1) for n in range(number)}
        start = time.process_time()
        found = located(wrong, origin, root=tmp_path)
        spent.append(time.process_time() - start)
        assert [(item.line, item.column) for item in found] == [
            (n + 1, len(f"<x:{n}> <x:p> ") + 1) for n in range(number)
        ]
    assert spent[1] < 30 * spent[0]


# Links.


def test_every_link_is_found_in_its_row() -> None:
    links = read_links(discover(ROOT, registers=False))
    matches = [quad for quad in links.quads if quad.predicate.value.startswith(PREFIXES["skos"])]
    wrong = [about(quad) for quad in matches]
    assert len(wrong) > 1000
    # A subject that a file describes: the row of the link is nearer than that.
    origin = {**links.origin, **{item.focus: (ROOT / "data" / "none.csv", 1) for item in wrong}}
    files = {path: path.read_text("utf-8").split("\n") for path in (ROOT / "data" / "links").glob("*.tsv")}
    prefixes = {path: {**PREFIXES, **dict(_declared(lines))} for path, lines in files.items()}
    for item in located(wrong, origin, root=ROOT):
        assert item.file is not None
        assert item.line is not None
        path = ROOT / item.file
        cells = (cell.partition(":") for cell in files[path][item.line - 1].split("\t"))
        expanded = {prefixes[path].get(name, name + ":") + local for name, _, local in cells}
        assert {item.focus, item.value, item.path} <= expanded
        # The object, not a subject or a label that is written alike.
        assert item.column is not None
        before = files[path][item.line - 1][: item.column - 1].split("\t")
        header = next(line for line in files[path] if not line.startswith("#"))
        assert header.split("\t")[len(before) - 1] == "object_id"
        assert before[-1] == ""


def test_a_record_of_a_link_is_found_in_the_cell_of_its_value(tmp_path: Path) -> None:
    table = (
        "#mapping_set_id: https://example.org/links\n#license: https://example.org/licence\n#curie_map:\n"
        "#  ex: https://example.org/\n#  agent: https://w3id.org/acagraph/id/agent/\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\tauthor_id\tcomment\n"
        'agent:a\tskos:closeMatch\tex:a\tsemapv:ManualMappingCuration\tex:b|ex:c\t"Two\nlines"\n'
        "agent:b\tskos:closeMatch\tex:b\tsemapv:ManualMappingCuration\tex:c\t\n"
        "agent:c\tskos:closeMatch\tagent:c\tsemapv:ManualMappingCuration\t\t\n"
    )
    root = write_project(tmp_path, {"data/links/x.sssom.tsv": table})
    origin = read_links(discover(root)).origin
    one, two, three = sorted(origin, key=lambda name: origin[name][1] or 0)
    ex = "https://example.org/"
    wrong = [
        finding(one, "http://purl.org/pav/authoredBy", ox.NamedNode(ex + "c")),
        finding(one, expand("rdfs:comment"), ox.Literal("Two\nlines")),
        finding(two, expand("owl:annotatedTarget"), ox.NamedNode(ex + "b")),
        finding(two, expand("rdfs:comment")),
        finding(two, expand("rdfs:comment"), ox.Literal("nothing")),
        # A thing that is said to be itself: the object is what is wrong.
        finding(three, expand("owl:annotatedTarget"), ox.NamedNode(expand("agent:c"))),
    ]
    found = located(wrong, origin, root=root)
    assert {item.file for item in found} == {"data/links/x.sssom.tsv"}
    assert [place(item)[1:] for item in found] == [(7, 59), (7, 69), (9, 25), (9, None), (9, None), (10, 25)]


def _declared(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if line.startswith("#  "):
            name, namespace = line[3:].split(": ", 1)
            yield name, namespace


# Registers.

REGISTERS = ("countries", "un-wpp")


def register(name: str) -> Path:
    return ROOT / "data" / "registers" / name / "csv-metadata.json"


@pytest.mark.parametrize("name", REGISTERS)
def test_every_triple_of_a_register_is_found_in_its_row_and_cell(name: str, tmp_path: Path) -> None:
    group = read_group(register(name))
    quads = list(ox.parse(b"".join(convert(group, graph=None)), format=ox.RdfFormat.N_TRIPLES))
    wrong = [about(quad) for quad in quads]
    found = located(wrong, {}, root=ROOT, groups=[group])
    tables = {item.file: item for item in found}
    assert len(tables) > 1
    lines = {file: (ROOT / str(file)).read_text("utf-8").split("\n") for file in tables}
    made: dict[tuple[str | None, int | None], set[str]] = {}
    for item in found:
        assert item.line is not None
        if item.column is not None:
            rest = lines[item.file][item.line - 1][item.column - 1 :]
            [cell] = next(csv.reader([rest]))[:1]
            assert cell
            local = str(item.value).rsplit("/", 1)[-1].rsplit("#", 1)[-1]
            assert local.endswith(cell.rsplit("/", 1)[-1]) or float(cell) == float(local)
        else:
            assert item.path == expand("rdf:type")
        made.setdefault((item.file, item.line), set()).add(f"<{item.path}> {item.term}")
    # What a row alone makes holds all that is said to stand in it.
    row = next(key for key, said in made.items() if len(said) > 2)
    (tmp_path / Path(str(row[0])).name).write_text(
        f"{lines[row[0]][0]}\n{lines[row[0]][int(row[1] or 0) - 1]}\n", encoding="utf-8"
    )
    alone = {
        f"<{q.predicate.value}> {q.object}" for q in _converted(tmp_path, group.path, Path(str(row[0])).name)
    }
    assert made[row] <= alone


def _converted(folder: Path, metadata: Path, table: str) -> list[ox.Quad]:
    """Convert one table of a register as it stands in a folder, foreign keys aside."""
    tables = json.loads(metadata.read_text("utf-8"))["tables"]
    [chosen] = [item for item in tables if item["url"] == table]
    schema = json.loads((metadata.parent / chosen["tableSchema"]).read_text("utf-8"))
    schema.pop("foreignKeys", None)
    (folder / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    content = {
        "@context": "http://www.w3.org/ns/csvw",
        "tables": [{"url": table, "tableSchema": "schema.json"}],
    }
    (folder / "csv-metadata.json").write_text(json.dumps(content), encoding="utf-8")
    group = read_group(folder / "csv-metadata.json")
    return list(ox.parse(b"".join(convert(group, graph=None)), format=ox.RdfFormat.N_TRIPLES))


def test_what_a_register_adds_to_a_curated_thing_is_found_in_the_register() -> None:
    project = discover(ROOT, registers=False)
    graph = build(project)
    group = read_group(register("countries"))
    france, name = expand("place:france"), ox.Literal("法国", language="zh")
    assert graph.origin[france][0].suffix == ".ttl"
    [found] = located([finding(france, PREF, name)], graph.origin, root=ROOT, groups=[group])
    assert found.file == "data/registers/countries/names.csv"
    text = (ROOT / found.file).read_text("utf-8").split("\n")[(found.line or 0) - 1]
    assert text.startswith("place/france,")
    assert text[(found.column or 0) - 1 :].startswith("法国")
    # Without a value nothing is looked up there: the thing is found, its property is not.
    [other] = located([finding(france, expand("aca:acronym"))], graph.origin, root=ROOT, groups=[group])
    assert other.file == graph.origin[france][0].relative_to(ROOT).as_posix()


_letters = st.sampled_from(["a", ",", '"', "\n", " ", "é", "#", "\r\n", ";"])
_cells = st.lists(_letters, max_size=6).map("".join)


@settings(max_examples=200)
@given(st.lists(st.lists(_cells, min_size=3, max_size=3), min_size=1, max_size=6))
def test_every_cell_is_found_where_it_begins(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    rows = [[f"r{number}", *row] for number, row in enumerate(rows)]
    csv.writer(text, lineterminator="\n").writerows([["id", "a", "b", "c"], *rows])
    columns = [{"name": name, "propertyUrl": f"http://x/{name}"} for name in ("id", "a", "b", "c")]
    schema = {"aboutUrl": "http://x/{id}", "columns": columns}
    content = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": schema}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "m.json").write_text(json.dumps(content), encoding="utf-8")
        (folder / "t.csv").write_bytes(text.getvalue().encode())
        group = read_group(folder / "m.json")
        traced = list(trace(group, [f"http://x/r{number}" for number in range(len(rows))]))
        wanted = {(item.line, number) for item in traced for number in range(4)}
        found = cell_places(group.tables[0], wanted)
    starts = {item.subject: item.line for item in traced if not item.property}
    lines = text.getvalue().split("\n")
    for number, row in enumerate(rows):
        for position, cell in enumerate(row):
            line, column = found[starts[f"http://x/r{number}"], position]
            rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
            assert (next(csv.reader(io.StringIO(rest, newline=""))) or [""])[0] == cell
    said = {(item.subject, item.cell, item.value.value) for item in traced if item.value is not None}
    assert said == {(f"http://x/{row[0]}", n, cell) for row in rows for n, cell in enumerate(row) if cell}


# The index of a release.


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Origin]:
    """The index of the curated files with two registers, and where the curated things are."""
    project = discover(ROOT, registers=False)
    origin = {**build(project).origin, **read_links(project).origin}
    path = tmp_path_factory.mktemp("places") / "validation" / "places.csv.gz"
    write_places(path, origin, root=ROOT, groups=[read_group(register(name)) for name in REGISTERS])
    return path, origin


def test_the_index_tells_the_same_places_as_the_sources(indexed: tuple[Path, Origin]) -> None:
    path, origin = indexed
    graph = build(discover(ROOT, registers=False))
    wrong = [about(quad) for quad in graph.quads if isinstance(quad.subject, ox.NamedNode)]
    wrong += [finding(name) for name in origin]
    # As a release says it, without its sources; blank nodes have other names there.
    told = read_places(path, names(wrong))
    assert told.origin.keys() == origin.keys()
    there = located(wrong, told.origin, stated=told.stated)
    here = located(wrong, origin, root=ROOT)
    assert len(there) > 10_000
    for mine, other in zip(there, here, strict=True):
        if not isinstance(mine.term, ox.BlankNode):
            # Of rows the index tells the line only.
            assert place(mine) == (
                place(other) if str(other.file).endswith(".ttl") else (*place(other)[:2], None)
            )


@pytest.mark.parametrize("name", REGISTERS)
def test_the_index_has_every_triple_of_a_register_in_its_row(indexed: tuple[Path, Origin], name: str) -> None:
    group = read_group(register(name))
    quads = ox.parse(b"".join(convert(group, graph=None)), format=ox.RdfFormat.N_TRIPLES)
    wrong = [about(quad) for quad in quads]
    told = read_places(indexed[0], names(wrong))
    there = located(wrong, told.origin, stated=told.stated)
    here = located(wrong, {}, root=ROOT, groups=[group])
    # What two rows say of one thing alike stands in both; a curated file that says it too comes first.
    said: dict[tuple[str, str, str], set[tuple[str, int]]] = {}
    for table in group.tables:
        for item in trace(group, {item.focus for item in wrong}) if table is group.tables[0] else ():
            key = (item.subject, item.property, str(item.value))
            said.setdefault(key, set()).add((item.table.path.relative_to(ROOT).as_posix(), item.line))
    assert len(there) > 1000
    for mine, other in zip(there, here, strict=True):
        rows = said[mine.focus, str(mine.path), str(mine.term)]
        assert (other.file, other.line) in rows
        assert (mine.file, mine.line) in rows or str(mine.file).endswith(".ttl")


def test_cells_of_other_dialects(tmp_path: Path) -> None:
    dialect = {
        "delimiter": ";",
        "quoteChar": "'",
        "commentPrefix": "#",
        "skipRows": 1,
        "trim": True,
        "skipColumns": 1,
    }
    columns = [{"name": name, "propertyUrl": f"http://x/{name}"} for name in ("id", "v")]
    schema = {"aboutUrl": "http://x/{id}", "columns": columns}
    content = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": "t.csv",
        "tableSchema": schema,
        "dialect": dialect,
    }
    (tmp_path / "m.json").write_text(json.dumps(content), encoding="utf-8")
    text = "a title\n-;id;v\n# a remark\n-;a; 'é;\n''#'\n-;b;it's\n"
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    group = read_group(tmp_path / "m.json")
    places = cell_places(group.tables[0], {(4, 0), (4, 1), (6, 0), (6, 1), (6, 7)})
    assert places == {(4, 0): (4, 3), (4, 1): (4, 5), (6, 0): (6, 3), (6, 1): (6, 5)}
    [found] = located(
        [finding("http://x/a", "http://x/v", ox.Literal("é;\n'#"))], {}, root=tmp_path, groups=[group]
    )
    assert place(found) == ("t.csv", 4, 5)


def test_the_index_is_the_same_for_equal_files_and_sorted(small_project: Path, tmp_path: Path) -> None:
    origin = {**origin_of(small_project), "https://example.org/a,b": (small_project / "data" / "a.ttl", 7)}
    paths = [tmp_path / "one" / "p.csv.gz", tmp_path / "two.csv.gz"]
    for path in paths:
        write_places(path, origin, root=small_project)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    header, *rows = csv.reader(io.StringIO(gzip.decompress(paths[0].read_bytes()).decode(), newline=""))
    assert tuple(header) == COLUMNS
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert [A, PREF, '"Ä"@de', "data/a.ttl", str(LINES + 3), "27"] in rows
    assert read_places(paths[0], [B]).origin.keys() == {B}
    odd = read_places(paths[0], ["https://example.org/a,b"])
    assert odd.origin == {"https://example.org/a,b": (Path("data/a.ttl"), 7)}
    assert odd.stated == (Statement("https://example.org/a,b", "", "", "data/a.ttl", 7, None),)


def test_the_index_has_lines_in_their_order(tmp_path: Path) -> None:
    padding = "\n" * (97 - LINES)
    root = write_project(
        tmp_path, {"data/b.ttl": f'{padding}agent:b\n a aca:Business ;\n skos:altLabel "b" ,\n "a" .'}
    )
    write_places(tmp_path / "p.csv.gz", origin_of(root), root=root)
    told = read_places(tmp_path / "p.csv.gz", [B])
    assert [(item.line, item.column) for item in told.stated] == [(98, 1), (99, 4), (100, 16), (101, 2)]


def test_the_index_tells_what_later_rows_add_and_no_more(tmp_path: Path) -> None:
    columns = [{"name": name, "propertyUrl": f"http://x/{name}"} for name in ("id", "v", "w")]
    schema = {"aboutUrl": "http://x/{id}", "columns": columns}
    content = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": schema}
    (tmp_path / "m.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "t.csv").write_text("id,v,w\na,x,1\na,x,2\na,x,2\nb,y,\na,z,\n", encoding="utf-8")
    group = read_group(tmp_path / "m.json")
    told = [
        (item.subject, item.property, text_of(item.value) if item.value else "", item.line)
        for item in index(group, set())
    ]
    a, b, v, w, name = (f"http://x/{local}" for local in ("a", "b", "v", "w", "id"))
    assert told == [(a, "", "", 2), (a, w, "2", 3), (b, "", "", 5), (a, name, "a", 6), (a, v, "z", 6)]
    known = [(item.subject, item.line) for item in index(group, {f"<{a}> ".encode(), f"<{b}> ".encode()})]
    assert known == [(a, 2)] * 3 + [(a, 3), (b, 5), (b, 5), (a, 6), (a, 6)]


def test_what_the_index_does_not_know_is_left_out(small_project: Path, tmp_path: Path) -> None:
    write_places(tmp_path / "p.csv.gz", origin_of(small_project), root=small_project)
    assert read_places(tmp_path / "p.csv.gz", ["thing", "", "https://example.org/nobody"]) == ({}, ())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "has no index of places"),
        (b"thing,property\n", "damaged"),
        (gzip.compress(b"thing,property\n", mtime=0), "its first row"),
        (gzip.compress(",".join(COLUMNS).encode() + b"\nx:a,,,f,seven,\n", mtime=0), "seven"),
        (gzip.compress(",".join(COLUMNS).encode() + b"\nx:a,b\n", mtime=0), "damaged"),
        (gzip.compress(",".join(COLUMNS).encode() + b"\nx:a,,,f,7,\n", mtime=0)[:-9], "damaged"),
        (gzip.compress(b"\xff\xfe", mtime=0), "damaged"),
    ],
)
def test_a_missing_or_damaged_index_is_said(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "places.csv.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ReleaseError, match=reason) as caught:
        read_places(path, ["x:a"])
    assert "places.csv.gz" in str(caught.value)
    assert "build it again" in str(caught.value)


def test_rows_that_cannot_be_read_are_refused_with_their_line(tmp_path: Path) -> None:
    schema = {"aboutUrl": "http://x/{id}", "columns": [{"name": "id", "propertyUrl": "http://x/id"}]}
    content = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": schema}
    (tmp_path / "m.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "t.csv").write_text("id\na\nb,c\n", encoding="utf-8")
    group = read_group(tmp_path / "m.json")
    for reading in (trace(group, ["http://x/d"]), index(group, set())):
        with pytest.raises(SourceError, match=r"t\.csv:3: 2 cells"):
            list(reading)
