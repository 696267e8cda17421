"""Whatever quads there are, each dump gives them back: to pyoxigraph, and JSON-LD to PyLD, term by term."""

from __future__ import annotations

import datetime
import gzip
import json
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyld import jsonld

from acagraph.errors import ReleaseError
from acagraph.release.content import Content, Place, join, write_parts
from acagraph.release.context import context
from acagraph.release.dumps.writing import write_dumps
from acagraph.vocab import PREFIXES, XSD, expand, graph_iri

from published import ROOT

CONTEXT = context(ox.parse(path=ROOT / "ontology" / "acagraph.ttl", format=ox.RdfFormat.TURTLE))
DAY = datetime.date(2026, 11, 22)
DERIVED = graph_iri("derived")

# Names that a context may misread, names that Turtle cannot shorten, and plain ones.
NODES = [
    *map(
        expand,
        ("agent:sony", "coalition:jci", "wd:Q1", "aca:memberOf", "aca:Coalition", "rdf:nil", "xsd:date"),
    ),
    *(PREFIXES["agent"] + local for local in ("", "-x", "a.", "a/b", "a:b", "%20", "é", "x~y", "1")),
    *("geo:48.2,16.4", "agent:sony", "metric:x", "memberOf:x", "id:x", "type:x", "graph:x", "place://a"),
    *("urn:isbn:1", "mailto:a@example.org", "https://example.org/?a=1&b='2'", "https://example.org/#", "x:"),
]
PREDICATES = [
    *map(expand, ("rdf:type", "aca:memberOf", "aca:metric", "aca:value", "aca:notBefore", "aca:verbatim")),
    *map(
        expand,
        ("skos:prefLabel", "rdfs:label", "wgs:lat", "dcterms:issued", "rdf:first", "aca:no-such", "rdf:_1"),
    ),
    *("geo:lat", "memberOf:x", "https://example.org/p", "https://example.org/v#1a", "urn:x:y", "id:x"),
]
DATATYPES = [
    *(XSD + name for name in ("decimal", "dateTime", "integer", "boolean", "date", "gYear", "anyURI")),
    *(PREFIXES["rdf"] + name for name in ("JSON", "HTML", "XMLLiteral")),
    *("https://example.org/datatype", "geo:literal", "urn:x"),
]
LANGUAGES = ["en", "ja", "pt-br", "zh-hant-tw", "und", "id", "none", "language"]
# What XML can hold; control characters are refused.
TEXTS = st.one_of(
    st.sampled_from(
        ["9.460", "007", "true", "2018-01-01T00:00:00Z", "@id", "agent:sony", "_:a", "", " a\n", "\\u0041"]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8),
    st.text("\t\n\r\"\\'<>&]]>{}^|\x7f\x85\u2028", max_size=8),
)

nodes = st.one_of(st.sampled_from(NODES).map(ox.NamedNode), st.sampled_from("abc").map(ox.BlankNode))
literals = st.one_of(
    TEXTS.map(ox.Literal),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXTS, st.sampled_from(LANGUAGES)),
    st.builds(
        lambda text, kind: ox.Literal(text, datatype=ox.NamedNode(kind)), TEXTS, st.sampled_from(DATATYPES)
    ),
)
quads = st.builds(
    ox.Quad,
    nodes,
    st.sampled_from(PREDICATES).map(ox.NamedNode),
    st.one_of(nodes, literals),
    st.sampled_from([DERIVED, graph_iri("register/x")]).map(ox.NamedNode),
)
triples = st.lists(quads, max_size=12, unique_by=lambda quad: str(quad.triple))


def content_of(quads: Iterable[ox.Quad], folder: Path) -> Content:
    return join(write_parts(quads, folder), folder / "all.nq", place=dict[str, Place]().get)


def quad(subject: str, predicate: str, value: ox.NamedNode | ox.Literal, graph: str = DERIVED) -> ox.Quad:
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), value, ox.NamedNode(graph))


def dumped(found: Iterable[ox.Quad], folder: Path) -> tuple[Content, Path]:
    (folder / "parts").mkdir()
    content = content_of(found, folder / "parts")
    write_dumps(content, folder, context=CONTEXT, as_of=DAY, workers=1)
    return content, folder / "data"


def nquads(found: Iterable[ox.Quad]) -> list[str]:
    """Return quads in canonical form."""
    dataset = ox.Dataset(found)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


def union(found: Iterable[ox.Quad]) -> list[str]:
    return nquads(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in found)


def by_oxigraph(path: Path) -> list[str]:
    data, name = path.read_bytes(), path.name
    if name.endswith(".gz"):
        data, name = gzip.decompress(data), name.removesuffix(".gz")
    form = ox.RdfFormat.from_extension(name.rpartition(".")[2])
    assert form is not None
    return nquads(ox.parse(data, format=form))


def by_pyld(path: Path) -> list[str]:
    """Read JSON-LD with PyLD, which may load nothing."""

    def refuse(url: str, *_: object) -> Any:
        raise AssertionError(f"{url} would be loaded")

    text = jsonld.to_rdf(
        json.loads(path.read_bytes()), {"format": "application/n-quads", "documentLoader": refuse}
    )
    return nquads(ox.parse(text, format=ox.RdfFormat.N_QUADS))


def by_rdflib(path: Path) -> list[str]:
    dataset = rdflib.Dataset().parse(path, format="json-ld")
    lines = (
        f"{subject.n3()} {verb.n3()} {value.n3()} <{graph}> ."
        for subject, verb, value, graph in dataset.quads()
    )
    return nquads(ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS))


@settings(max_examples=150)
@given(triples)
@example([])
@example([quad("geo:1,2", "geo:p", ox.NamedNode("geo:1,2"))])
@example([quad("agent:sony", PREFIXES["rdf"] + "type", ox.Literal("a literal as a class"))])
def test_every_dump_gives_back_what_was_stated(found: list[ox.Quad]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        content, data = dumped(found, Path(folder))
        stated = list(content.quads())
        for name in ("acagraph.jsonld", "acagraph.trig", "acagraph.nq.gz", "acagraph.rdf12.trig.gz"):
            assert by_oxigraph(data / name) == nquads(stated), name
        for name in ("acagraph.ttl", "acagraph.nt.gz", "acagraph.rdf"):
            assert by_oxigraph(data / name) == union(stated), name
        assert by_pyld(data / "acagraph.jsonld") == nquads(stated)
        for part in content.parts.values():
            for name in ("jsonld", "trig", "nq.gz"):
                assert by_oxigraph(data / "graphs" / f"{part.name}.{name}") == nquads(part.quads()), name
            for name in ("ttl", "nt.gz", "rdf"):
                assert by_oxigraph(data / "graphs" / f"{part.name}.{name}") == union(part.quads()), name
            assert by_pyld(data / "graphs" / f"{part.name}.jsonld") == nquads(part.quads())


def test_rdflib_reads_the_same_from_what_is_hard_to_say(tmp_path: Path) -> None:
    subjects = [expand("agent:sony"), "geo:48.2,16.4"]
    values: list[ox.NamedNode | ox.Literal] = [
        ox.NamedNode("geo:1,2"),
        ox.NamedNode(expand("agent:sony")),
        ox.Literal("9.460", datatype=ox.NamedNode("geo:literal")),
        ox.Literal("plain"),
        ox.Literal("texte", language="fr"),
        ox.Literal("agent:sony"),
    ]
    predicates = [*map(expand, ("aca:memberOf", "skos:prefLabel", "aca:value", "rdf:type")), "geo:lat"]
    found = [quad(one, verb, value) for one in subjects for verb in predicates for value in values]
    content, data = dumped(found, tmp_path)
    path = data / "acagraph.jsonld"
    assert by_rdflib(path) == by_pyld(path) == nquads(content.quads())


def test_a_node_reads_well(tmp_path: Path) -> None:
    stated = [
        quad(expand("agent:sony"), expand("aca:memberOf"), ox.NamedNode(expand("coalition:jci"))),
        quad(expand("agent:sony"), expand("rdf:type"), ox.NamedNode(expand("aca:Business"))),
        quad(expand("agent:sony"), expand("skos:altLabel"), ox.Literal("Sony Corp.")),
        quad(expand("agent:sony"), expand("skos:prefLabel"), ox.Literal("Sony", language="en")),
        quad(expand("agent:sony"), expand("skos:prefLabel"), ox.Literal("ソニー", language="ja")),
        quad(
            expand("agent:sony"),
            expand("aca:value"),
            ox.Literal("9.460", datatype=ox.NamedNode(XSD + "decimal")),
        ),
        quad(
            expand("agent:sony"), expand("aca:value"), ox.Literal("9", datatype=ox.NamedNode(XSD + "integer"))
        ),
    ]
    _, data = dumped(stated, tmp_path)
    text = (data / "graphs" / "derived.jsonld").read_text("utf-8")
    assert text.startswith('{\n  "@context": {\n    "@version": 1.1,\n    "id": "@id",\n')
    assert text.endswith("""\
    "value": {"@id": "aca:value", "@type": "xsd:decimal"}
  },
  "id": "https://w3id.org/acagraph/graph/derived",
  "graph": [
    {
      "id": "agent:sony",
      "type": "aca:Business",
      "skos:prefLabel": {"en": "Sony", "ja": "ソニー"},
      "skos:altLabel": {"@none": "Sony Corp."},
      "memberOf": "coalition:jci",
      "value": [{"type": "xsd:integer", "@value": "9"}, "9.460"]
    }
  ]
}
""")


def test_a_document_declares_what_it_uses_as_the_published_context_has_it(tmp_path: Path) -> None:
    _, data = dumped(
        [quad(expand("agent:sony"), expand("aca:metric"), ox.NamedNode(expand("metric:x")))], tmp_path
    )
    told = json.loads((data / "acagraph.jsonld").read_bytes())["@context"]
    assert set(told) == {"@version", "id", "type", "graph", "aca", "agent", "metric", "aca:metric"}
    assert told.items() <= json.loads(CONTEXT)["@context"].items()
    text = (data / "acagraph.trig").read_text("utf-8")
    assert {line.split()[1] for line in text.splitlines() if line.startswith("@prefix")} == {
        "aca:",
        "agent:",
        "metric:",
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda terms: terms.pop("agent"), "lacks some prefix"),
        (lambda terms: terms.update(graph="@set"), "lacks some prefix or alias"),
        (
            lambda terms: terms.update(value={"@id": "aca:value", "@type": "@vocab"}),
            "says something of value",
        ),
        (
            lambda terms: terms.update(value={"@id": "aca:value", "@container": "@list"}),
            "says something of value",
        ),
        (
            lambda terms: terms.update(value={"@id": "aca:value", "@language": "en"}),
            "says something of value",
        ),
    ],
)
def test_a_context_that_the_writer_does_not_understand_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    body = json.loads(CONTEXT)
    change(body["@context"])
    content = content_of([], tmp_path)
    with pytest.raises(ReleaseError, match=message):
        write_dumps(content, tmp_path, context=json.dumps(body).encode(), as_of=DAY)
    assert not list((tmp_path / "data").rglob("*"))
