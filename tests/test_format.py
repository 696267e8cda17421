"""Canonical Turtle: the graph survives, the layout is one, comments are kept or refused."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acagraph.errors import SourceError
from acagraph.graph import format_turtle, parse_text, write_turtle
from acagraph.graph.literals import canonical
from acagraph.vocab import PREFIXES, XSD
from turtle_files import HEAD, LINES

ROOT = Path(__file__).parent.parent
FILES = sorted(path for folder in ("data", "ontology", "shapes") for path in (ROOT / folder).rglob("*.ttl"))

PREDICATES = [
    PREFIXES["rdf"] + "type",
    PREFIXES["skos"] + "prefLabel",
    PREFIXES["skos"] + "definition",
    PREFIXES["aca"] + "value",
    PREFIXES["aca"] + "evidence",
    "http://example.org/p",
]
SUBJECTS = [
    PREFIXES["agent"] + "sony",
    PREFIXES["agent"] + "a.b-c",
    PREFIXES["agent"] + "ends-with.",
    PREFIXES["agent"] + "日本",
    PREFIXES["agent"],
    PREFIXES["metric"] + "member-count",
    "http://example.org/a(b)%20c",
    "urn:x:y",
]


def named() -> st.SearchStrategy[ox.NamedNode]:
    return st.sampled_from(SUBJECTS).map(ox.NamedNode)


def literals() -> st.SearchStrategy[ox.Literal]:
    typed = {
        "integer": st.from_regex(r"[+-]?[0-9]{1,30}", fullmatch=True),
        "decimal": st.from_regex(r"[+-]?([0-9]{1,20}(\.[0-9]{0,9})?|\.[0-9]{1,9})", fullmatch=True),
        "boolean": st.sampled_from(["true", "false", "1", "0", "maybe"]),
        "double": st.floats().map(repr),
        "dateTime": st.datetimes().map(lambda value: value.isoformat() + "+00:00"),
        "gYear": st.from_regex(r"[0-9]{4}", fullmatch=True),
    }
    return st.one_of(
        st.text().map(ox.Literal),
        st.text().map(lambda text: ox.Literal(text, language="pt-br")),
        *(st.builds(ox.Literal, form, datatype=st.just(ox.NamedNode(XSD + n))) for n, form in typed.items()),
    )


Pairs = list[tuple[ox.NamedNode, object]]


def bodies() -> st.SearchStrategy[Pairs]:
    """Properties of a node; a list is an anonymous node with properties of its own, so trees grow."""
    predicates = st.sampled_from(PREDICATES).map(ox.NamedNode)
    values: st.SearchStrategy[object] = st.one_of(named(), literals())
    leaves: st.SearchStrategy[Pairs] = st.lists(st.tuples(predicates, values), min_size=1, max_size=4)
    return st.recursive(
        leaves,
        lambda inner: st.lists(st.tuples(predicates, st.one_of(inner, literals())), max_size=3),
        max_leaves=8,
    )


@st.composite
def triples(draw: st.DrawFn) -> list[ox.Triple]:
    """A graph whose blank nodes form trees."""
    found: list[ox.Triple] = []

    def describe(subject: ox.NamedNode | ox.BlankNode, pairs: Pairs) -> None:
        for predicate, value in pairs:
            node = ox.BlankNode() if isinstance(value, list) else value
            assert isinstance(node, ox.NamedNode | ox.BlankNode | ox.Literal)
            found.append(ox.Triple(subject, predicate, node))
            if isinstance(value, list) and isinstance(node, ox.BlankNode):
                describe(node, value)

    for _ in range(draw(st.integers(0, 4))):
        describe(draw(st.one_of(named(), st.builds(ox.BlankNode))), draw(bodies()))
    return found


def lines(graph: list[ox.Triple]) -> bytes:
    """A graph as N-Triples, which is Turtle as well."""
    return ox.serialize(graph, format=ox.RdfFormat.N_TRIPLES) or b""


def standard(text: str) -> set[ox.Quad]:
    """A graph with canonical literals and canonical blank nodes (RDFC-1.0)."""
    quads, _ = parse_text(text, path=None)
    dataset = ox.Dataset(
        ox.Quad(q.subject, q.predicate, canonical(q.object) if isinstance(q.object, ox.Literal) else q.object)
        for q in quads
    )
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


@settings(deadline=None, max_examples=60)
@given(triples(), st.randoms(use_true_random=False))
def test_the_graph_survives_and_its_order_does_not_matter(
    graph: list[ox.Triple], chance: random.Random
) -> None:
    text = format_turtle(lines(graph))
    assert standard(text) == standard(lines(graph).decode())
    assert format_turtle(text.encode()) == text
    shuffled = [*graph]
    chance.shuffle(shuffled)
    assert format_turtle(lines(shuffled)) == text


@settings(deadline=None, max_examples=60)
@given(triples())
def test_writing_keeps_every_literal_as_it_is_spelt(graph: list[ox.Triple]) -> None:
    quads = parse_text(lines(graph).decode(), path=None)[0]
    again = ox.Dataset(parse_text(write_turtle(quads), path=None)[0])
    expected = ox.Dataset(quads)
    for dataset in (again, expected):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert again == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_file_of_the_project_is_canonical_and_shuffle_stable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    curated = path.is_relative_to(ROOT / "data")
    fixed = format_turtle(text.encode(), path=path, blank_nodes=not curated)
    assert fixed == text, f"run acagraph fmt {path.relative_to(ROOT)}"
    graph = [ox.Triple(q.subject, q.predicate, q.object) for q in parse_text(text, path=path)[0]]
    random.Random(1).shuffle(graph)
    _, prefixes = parse_text(text, path=path)
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes.items())
    silent = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    assert format_turtle(head.encode() + lines(graph)) == silent.lstrip("\n")


LAYOUT = """\
# What this file holds.

# A second paragraph.

@prefix aca: <https://w3id.org/acagraph/ontology#> .
@prefix agent: <https://w3id.org/acagraph/id/agent/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

agent:a
    aca:evidence [
        a aca:Evidence ;
        aca:value 1 ;
    ] ;
    aca:value () ;
    aca:value (
        1
        agent:b
    ) ;
    .

# Why it is here.
#   indented
agent:b
    a aca:Business ;
    skos:prefLabel "B"@en ;
    skos:prefLabel "B"@es ;
    rdfs:label "one\\nline \\"quoted\\"" ;
    skos:definition "D" ;
    aca:asOfNotBefore "2018-07-01T00:00:00Z"^^xsd:dateTime ;
    aca:value -1.5 ;
    aca:value 3800.0 ;
    aca:value true ;
    .
"""
LOOSE = """\
# What this file holds.

# A second paragraph.
@prefix skos:  <http://www.w3.org/2004/02/skos/core#> .
@prefix x: <http://www.w3.org/2001/XMLSchema#> . @prefix unused: <http://example.org/> .
PREFIX ag: <https://w3id.org/acagraph/id/agent/>
@prefix aca: <https://w3id.org/acagraph/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

  # Why it is here.
  #   indented
  ag:b skos:definition 'D' ; aca:value true, 3800.00, -01.50 ; a aca:Business ;
     skos:prefLabel "B"@es, "B"@EN ; rdfs:label \"\"\"one
line "quoted\\\"\"\"\" ; aca:asOfNotBefore "2018-07-01T00:00:00.000+00:00"^^x:dateTime .
ag:a aca:value (+1 ag:b), () ; aca:evidence [ aca:value "1"^^x:integer ; a aca:Evidence ] .
"""


def test_the_layout_is_the_one_of_the_style_guide() -> None:
    assert format_turtle(LOOSE.encode()) == LAYOUT
    assert format_turtle(b"\xef\xbb\xbf" + LOOSE.replace("\n", "\r\n").encode()).count("\r") == 0
    assert format_turtle(b"# only a comment\n") == "# only a comment\n"
    assert format_turtle(b"") == ""


def test_a_fact_more_is_a_line_more() -> None:
    more = LAYOUT.replace("    aca:value true ;\n", '    aca:value true ;\n    aca:verbatim "x" ;\n')
    assert format_turtle(more.encode()) == more


def test_comments_above_blocks_move_with_them() -> None:
    text = (
        HEAD
        + "# of b\nagent:b a aca:A .\n# of a, first\nagent:a a aca:A .\n# of a, then\nagent:a a aca:B .\n"
    )
    body = format_turtle(text.encode()).partition("\n\n")[2]
    assert body == (
        "# of a, first\n# of a, then\nagent:a\n    a aca:A ;\n    a aca:B ;\n    .\n\n"
        "# of b\nagent:b\n    a aca:A ;\n    .\n"
    )
    head = f"@prefix owl: <{PREFIXES['owl']}> .\n\n"
    axiom = f"{head}# why\n[]\n    a owl:AllDisjointClasses ;\n    .\n"
    assert format_turtle(axiom.encode()) == axiom


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("agent:a a aca:A . # behind", 1),
        ("agent:a a aca:A ;\n  # inside\n  a aca:B .", 2),
        ("# apart\n\nagent:a a aca:A .", 1),
        ("agent:a a aca:A .\n# at the end", 2),
        ("agent:a a aca:A .\n# above a prefix\n@prefix x: <http://x/> .", 2),
        ("agent:a aca:b ( 1 # inside a list\n ) .", 1),
    ],
)
def test_a_comment_without_a_place_is_refused_never_lost(body: str, line: int) -> None:
    text = HEAD + body
    with pytest.raises(SourceError, match=r"skos:editorialNote or right above the subject") as caught:
        format_turtle(text.encode(), path=Path("a.ttl"))
    assert caught.value.line == HEAD.count("\n") + line


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.text("#xy \t", max_size=5)), max_size=6), st.booleans())
def test_every_comment_is_there_afterwards_or_refused(blocks: list[tuple[str, str]], loose: bool) -> None:
    end = " # loose" if loose and blocks else ""
    text = HEAD + "".join(f"# {comment}\nagent:{name} a aca:A .\n" for name, comment in blocks) + end
    if end:
        with pytest.raises(SourceError):
            format_turtle(text.encode())
        return
    wanted = {(name, f"# {comment}".rstrip()) for name, comment in blocks}
    found, above = set(), []
    for line in format_turtle(text.encode()).split("\n"):
        if line.startswith("#"):
            above.append(line)
        elif line.startswith("agent:"):
            found |= {(line.removeprefix("agent:"), comment) for comment in above}
            above = []
    assert found == wanted


def test_a_hash_in_a_string_or_an_iri_is_no_comment() -> None:
    text = (
        'agent:a aca:value \'# a\', """\n# b\n""", <http://x/#c> , agent:d\\#e ; aca:value \'it\\\'s # f\' .'
    )
    assert '"# a"' in format_turtle((HEAD + text).encode())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("_:x aca:value _:y . agent:a aca:value _:y .", "used twice"),
        ("_:x aca:value _:y . _:y aca:value _:x .", "form a cycle"),
        ("agent:a aca:value " + "[ aca:value " * 60 + "1" + " ]" * 60 + " .", "nested too deeply"),
        ("agent:a aca:value <<( agent:a aca:value 1 )>> .", "triple terms are not used"),
    ],
)
def test_only_trees_of_blank_nodes_can_be_laid_out(body: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        format_turtle((HEAD + body).encode())


def test_data_hold_no_blank_nodes_at_all() -> None:
    text = (HEAD + "agent:a aca:value [] .").encode()
    assert "[\n" in format_turtle(text)
    with pytest.raises(SourceError, match="blank nodes are not used in data; give the node an IRI"):
        format_turtle(text, blank_nodes=False)


@pytest.mark.parametrize(
    "body",
    [
        "agent:a aca:value () ; # [ not one ]\n  aca:unitOf [] .",
        "agent:a aca:value '_:a' ;\n  aca:unitOf _:a .",
        "agent:a a aca:Agent .\n[] a aca:Agent .",
        "agent:a a aca:Agent ; aca:value\n ( 1 ) .",
    ],
)
def test_a_blank_node_in_data_is_refused_with_its_line(body: str) -> None:
    with pytest.raises(SourceError) as caught:
        format_turtle((HEAD + body).encode(), blank_nodes=False)
    assert caught.value.line == LINES + 2


def test_a_house_prefix_means_one_thing() -> None:
    with pytest.raises(SourceError, match="choose another prefix"):
        format_turtle(b"@prefix agent: <http://example.org/> .\nagent:a a agent:b .")


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("agent:a a aca:A\nagent:b a aca:A .", 2, "end the statement before it with a full stop"),
        ("agent:a a aca:A .\nskoss:a a aca:A .", 2, "did you mean skos: ?"),
        ("zz:a a aca:A .", 1, "known are aca, activity, actor-type"),
        ('agent:a skos:prefLabel "A .\nagent:b a aca:B .', 1, "close the quotation mark or bracket"),
        ("<a> a aca:A .", 1, "write a prefixed name"),
        ("agent:a aca:value 1 2 .", 1, "look for a missing comma or semicolon"),
        ('agent:a skos:prefLabel "A\n" .', 1, "close the quotation mark on the same line"),
        ("agent:a a aca:A ; skos:prefLabel", 1, "the file stops in the middle"),
    ],
)
def test_a_syntax_error_says_where_and_what_to_do(body: str, line: int, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        format_turtle((HEAD + body).encode(), path=Path("a.ttl"))
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"a.ttl:{HEAD.count(chr(10)) + line}: ")


def test_a_known_prefix_that_is_not_declared_is_given_whole() -> None:
    line = "add the line @prefix agent: <https://w3id.org/acagraph/id/agent/> ."
    with pytest.raises(SourceError, match=re.escape(line)):
        format_turtle(b"agent:a a agent:b .")
