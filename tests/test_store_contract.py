"""One contract for every store: in memory, in a folder, behind this service, Oxigraph's server, Virtuoso."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from rdflib.compare import isomorphic

import acagraph
from acagraph import queries
from acagraph.errors import AcagraphError, AnswerTooLarge, NotAcceptable, QueryError, StoreError, StoreTimeout
from acagraph.stores import (
    UNLIMITED,
    Answer,
    Limits,
    RemoteStore,
    Scope,
    Store,
    Term,
    check_syntax,
    media,
    open_store,
    rdf,
    rows,
)
from acagraph.stores.connections import Call
from acagraph.stores.protocol import Form
from acagraph.stores.sink import Sink
from acagraph.vocab import ACA
from engine_servers import oxigraph, virtuoso

from small import DATA

MEMBERS = """PREFIX aca: <https://w3id.org/acagraph/ontology#>
SELECT ?member ?label WHERE {
  ?member aca:memberOf <https://w3id.org/acagraph/id/coalition/jci> ; skos:prefLabel ?label
} ORDER BY ?label"""
NAMES = "CONSTRUCT { ?s skos:prefLabel ?o } WHERE { ?s skos:prefLabel ?o }"
CEILING = 2_000
ENDLESS = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(6)).replace("a0", "a")
GRAPH = "https://w3id.org/acagraph/graph/"


@pytest.fixture(scope="module", params=["memory", "gzip", "folder", "service", "oxigraph", "virtuoso"])
def store(
    request: pytest.FixtureRequest, small_release: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    with ExitStack() as servers:
        if request.param == "memory":
            opened: Store = open_store(DATA)
        elif request.param == "gzip":
            opened = open_store(_gzipped(tmp_path_factory.mktemp("gzip") / "small.nq.gz"))
        elif request.param == "folder":
            opened = open_store(small_release)
        elif request.param == "service":
            opened = RemoteStore(f"{request.getfixturevalue('address')}/sparql")
        elif request.param == "oxigraph":
            opened = RemoteStore(
                servers.enter_context(oxigraph(small_release / "store", "--union-default-graph"))
            )
        else:
            opened = RemoteStore(
                servers.enter_context(virtuoso(DATA, tmp_path_factory.mktemp("virtuoso"), rows=CEILING))
            )
        yield opened
        opened.close()


@pytest.fixture
def is_virtuoso(request: pytest.FixtureRequest, store: Store) -> bool:  # noqa: ARG001
    """Whether the store is Virtuoso, whose differences docs/engines.md lists."""
    return bool(request.node.callspec.params["store"] == "virtuoso")


def _gzipped(path: Path) -> Path:
    import gzip

    quads = pyoxigraph.parse(path=str(DATA), format=pyoxigraph.RdfFormat.TRIG)
    path.write_bytes(gzip.compress(pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_QUADS) or b""))
    return path


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("text/csv;q=0.9, application/sparql-results+xml;q=0.1", "text/csv"),
        ("text/*", "text/csv"),
        ("text/html, application/xml;q=0.9, */*;q=0.8", "application/sparql-results+xml"),
    ],
)
def test_the_accept_header_chooses_the_media_type(store: Store, accept: str, media_type: str) -> None:
    assert store.answer(MEMBERS, accept=accept).media_type == media_type


def test_a_select_is_the_same_table_in_every_format(store: Store) -> None:
    expected = ["Ricoh", "Sony", "Tokyo Metropolitan Government"]

    def read(accept: str) -> Answer:
        return store.answer(MEMBERS, accept=accept)

    document = json.loads(read("application/sparql-results+json").read())
    assert [b["label"]["value"] for b in document["results"]["bindings"]] == expected
    table = csv.DictReader(io.StringIO(read("text/csv").read().decode()))
    assert [row["label"] for row in table] == expected
    lines = read("text/tab-separated-values").read().decode().splitlines()
    assert lines[0] == "?member\t?label"
    assert lines[1].endswith('/ricoh>\t"Ricoh"@en')
    root = ET.fromstring(read("application/sparql-results+xml").read())
    found = root.iter("{http://www.w3.org/2005/sparql-results#}literal")
    assert [literal.text for literal in found] == expected


def test_an_ask_is_true_or_false(store: Store) -> None:
    yes = store.answer("ASK { agent:sony aca:memberOf coalition:jci }").read()
    no = store.answer("ASK { agent:sony aca:memberOf coalition:wasi }").read()
    assert [json.loads(body)["boolean"] for body in (yes, no)] == [True, False]


@pytest.mark.parametrize("form", [None, "ASK"])
def test_a_query_may_declare_some_of_our_prefixes_and_rely_on_others(store: Store, form: Form | None) -> None:
    query = f"PREFIX aca: <{ACA}>\nASK {{ agent:sony aca:memberOf coalition:jci }}"
    assert json.loads(store.answer(query, form=form).read())["boolean"] is True


@pytest.mark.parametrize(
    ("media_type", "parser"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "xml"),
        ("application/ld+json", "json-ld"),
        ("application/n-quads", "nquads"),
        ("application/trig", "trig"),
    ],
)
def test_a_construct_is_the_same_graph_in_every_format(store: Store, media_type: str, parser: str) -> None:
    answer = store.answer(NAMES, accept=media_type)
    assert answer.media_type == media_type
    dataset = rdflib.Dataset()
    dataset.parse(data=answer.read(), format=parser)
    found = rdflib.Graph()
    for subject, predicate, value, _ in dataset.quads():
        found.add((subject, predicate, value))
    plain = store.answer(NAMES, accept="application/n-triples").read()
    assert len(found) > 10
    assert isomorphic(found, rdflib.Graph().parse(data=plain, format="nt"))


def test_equal_graphs_give_equal_bytes(store: Store) -> None:
    expected = open_store(DATA).answer(NAMES, accept="text/turtle").read()
    assert store.answer(NAMES, accept="text/turtle").read() == expected
    assert b"@prefix coalition: " in expected
    assert b"@prefix stmt: " not in expected


def test_describe_is_answered(store: Store) -> None:
    body = store.answer("DESCRIBE agent:sony", accept="text/turtle").read()
    assert (None, None, rdflib.Literal("Sony", lang="en")) in rdflib.Graph().parse(data=body, format="turtle")


def test_the_default_graph_is_the_union_of_all(store: Store) -> None:
    found = rows(
        store, "SELECT ?m { agent:sony aca:memberOf ?c ; skos:prefLabel ?l . ?m aca:participant agent:sony }"
    )
    assert [row["m"].short for row in found] == ["stmt:aaaaaaaaaaaaaaa2"]


def test_from_and_from_named_choose_graphs(store: Store) -> None:
    derived = f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}derived> {{ ?s ?p ?o }}"
    named = f"SELECT (COUNT(*) AS ?n) FROM NAMED <{GRAPH}derived> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    none = f"SELECT (COUNT(*) AS ?n) FROM NAMED <{GRAPH}derived> {{ ?s ?p ?o }}"
    assert [rows(store, query)[0]["n"].value for query in (derived, named, none)] == ["7", "7", "0"]


def test_a_request_may_choose_graphs_too(store: Store) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    default = Scope(default_graphs=(f"{GRAPH}derived",))
    named = Scope(named_graphs=(f"{GRAPH}derived",))
    assert rows(store, count, scope=default)[0]["n"].value == "7"
    assert rows(store, count, scope=named)[0]["n"].value == "0"


def test_terms_keep_language_and_datatype(store: Store) -> None:
    found = rows(store, 'SELECT ?a ?b ?c { BIND("日本"@ja AS ?a) BIND(2.5 AS ?b) BIND("x" AS ?c) }')
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert dict(found[0]) == {
        "a": Term("literal", "日本", "ja"),
        "b": Term("literal", "2.5", "", f"{xsd}decimal"),
        "c": Term("literal", "x"),
    }


def test_a_long_query_is_answered(store: Store) -> None:
    many = " ".join(f"<http://example.org/{number}>" for number in range(500))
    assert rows(store, f"SELECT ?x {{ VALUES ?x {{ {many} }} }} ORDER BY ?x")[499]["x"].value.endswith("/99")


def test_characters_of_all_kinds_come_back(store: Store) -> None:
    text = "quote \" tab \t emoji 🌍 accent é <tag> & 'single' \\ back"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    assert rows(store, f'SELECT ("{escaped}" AS ?x) {{}}')[0]["x"].value == text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * WHERE {", "line 1"),
        ("SELECT *\nWHERE { ?s ?p }", "line 2"),
        ("SELEC * { ?s ?p ?o }", "did you mean SELECT"),
        ("", "empty"),
        ("# only a comment", "empty"),
        ("SELECT * { ?s nope:p ?o }", "the prefix nope: is not declared"),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }", "GROUP BY"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", "read-only"),
        ("PREFIX a: <a:> DELETE WHERE { ?s ?p ?o }", "read-only"),
        ("LOAD <http://127.0.0.1:9/>", "read-only"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE is refused"),
        ("ASK { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE is refused"),
        ("SELECT * { ?x ?y ?z . service ?x { ?s ?p ?o } }", "SERVICE is refused"),
    ],
)
def test_what_is_no_good_query_is_refused_with_a_reason(store: Store, query: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        store.answer(query)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "query",
    [
        # A comment that looks like the end of an IRI hides the word from whoever reads by pattern.
        "SELECT * { ?s ?p ?o FILTER(?o<1)SERVICE#>\n?v{?a ?b ?c} }",
        'SELECT * { ?s ?p ?o FILTER(?o<1)#>"""\nSERVICE <http://127.0.0.1:9/> {?a ?b ?c} #"""\n}',
        "SELECT * { ?s ?p ?o . \\u0053ERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }",
    ],
)
def test_a_hidden_service_is_refused(store: Store, query: str) -> None:
    with pytest.raises(QueryError):
        store.answer(query)


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ("SERVICE <http://127.0.0.1:9/> {}" AS ?x) {}',
        "SELECT ?service { ?service ?p ?o } # SERVICE",
        "PREFIX service: <http://example.org/service/> SELECT ?x { BIND(service:x AS ?x) }",
    ],
)
def test_the_word_service_elsewhere_does_no_harm(store: Store, query: str) -> None:
    assert rows(store, query)


def test_a_format_that_a_query_cannot_have_is_refused(store: Store) -> None:
    with pytest.raises(NotAcceptable, match="text/csv"):
        store.answer(MEMBERS, accept="text/turtle")
    with pytest.raises(NotAcceptable, match="text/turtle"):
        store.answer(NAMES, accept="text/csv")
    with pytest.raises(NotAcceptable):
        store.answer(MEMBERS, accept="text/csv;q=0")


def test_an_answer_over_the_limit_is_an_error_and_not_a_part(store: Store) -> None:
    with pytest.raises(QueryError, match="larger than 50 bytes"):
        store.answer(MEMBERS, limits=Limits(max_bytes=50))
    assert store.answer(MEMBERS, limits=Limits(max_bytes=5_000)).read()


def test_a_graph_that_is_no_iri_is_refused(store: Store) -> None:
    with pytest.raises(QueryError, match="no IRI"):
        store.answer(MEMBERS, scope=Scope(default_graphs=("not an iri",)))


@pytest.mark.parametrize("name", ["memory", "folder"])
def test_a_closed_store_says_so(name: str, small_release: Path) -> None:
    store = open_store(DATA if name == "memory" else small_release)
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.answer(MEMBERS)


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("<a:a> <a:b> .\n", encoding="utf-8")
    torn = tmp_path / "torn.nq.gz"
    torn.write_bytes(b"\x1f\x8b\x08\x00 no gzip")
    (tmp_path / "notes.txt").touch()
    for target, said in {
        tmp_path: "not a store folder",
        tmp_path / "absent.nq": "does not exist",
        tmp_path / "notes.txt": "not an RDF file",
        broken: "broken.ttl:1:",
        torn: "torn.nq.gz",
    }.items():
        with pytest.raises(AcagraphError) as caught:
            open_store(target)
        assert said in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "ASK { FILTER(" + "(" * 10_000 + "1" + ")" * 10_000 + ") }",
        "ASK " + "{" * 10_000 + "}" * 10_000,
        "ASK { " + "[ ?p " * 10_000 + "1" + "]" * 10_000 + " ?p ?o }",
        "ASK { ?s a" + "/a" * 20_000 + " ?o }",
        "ASK { {}" + " UNION {}" * 20_000 + " }",
        "ASK { FILTER(" + "!" * 20_000 + "1) }",
        "ASK { FILTER(1" + "+1" * 20_000 + ") }",
        "ASK { " + "<< ?s ?p " * 10_000 + "?o" + " >>" * 10_000 + " ?p ?o } # service",
        "ASK { FILTER(" + r"\u0028" * 10_000 + "1" + ")" * 10_000 + ") } # service",
    ],
)
def test_a_query_too_deep_for_the_engine_is_refused(store: Store, text: str) -> None:
    with pytest.raises(QueryError, match=r"deeper than|over 1000 operators"):
        store.answer(text)


@pytest.mark.parametrize("part", ["x", "x.", '"', "'", '\\"""', "<", "a:b.", "_:x.", "@en-", "\\u0041 "])
def test_a_long_query_without_sense_is_refused_at_once(part: str) -> None:
    with pytest.raises(QueryError):
        check_syntax("SELECT ?service { ?s ?p " + part * (900_000 // len(part)))


def test_many_terms_and_some_depth_are_fine(store: Store, is_virtuoso: bool) -> None:
    most = 300 if is_virtuoso else 5_000
    values = " ".join(f"<http://example.org/{number}>" for number in range(most))
    nested = "(" * 100 + "1 = 1" + ")" * 100
    assert store.answer(f"ASK {{ VALUES ?x {{ {values} }} FILTER({nested}) }}").read()


def test_it_tells_what_it_knows_anything_of(store: Store) -> None:
    (subject,) = (row["s"].value for row in rows(store, "SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 1"))
    assert store.known([subject, "https://example.org/nobody", "no IRI", ""]) == {subject}
    assert store.known([]) == frozenset()


def test_json_ld_of_blank_nodes_is_whole_whatever_their_shape() -> None:
    chain = "".join(f"_:n{i} <http://e.org/p> _:n{i + 1} .\n" for i in range(3_000))
    text = (
        "<http://e.org/s> <http://e.org/p> _:elsewhere .\n<http://e.org/s> <http://e.org/p> _:n0 .\n"
        f"{chain}_:round <http://e.org/p> _:about .\n_:about <http://e.org/p> _:round .\n"
    )
    written = rdf.write(text.encode(), media.JSON_LD)
    found = pyoxigraph.parse(written, format=pyoxigraph.RdfFormat.JSON_LD)
    assert len(list(found)) == text.count("\n")


def test_parameters_of_a_saved_query_are_bound_as_terms(store: Store, small: acagraph.Dataset) -> None:
    saved = small.queries["members-of-coalition"]
    found = queries.run(store, saved, {"coalition": "jci"}, accept=media.JSON.media_type)
    expected = queries.run(small.store, saved, {"coalition": "jci"}, accept=media.JSON.media_type)
    assert found.read() == expected.read()
    hostile = 'jci> } INSERT DATA { <a:a> <a:b> "x" } #'
    with pytest.raises(AcagraphError):
        queries.run(store, saved, {"coalition": hostile}, accept=media.JSON.media_type)


def test_named_graphs_are_told_apart(store: Store) -> None:
    ours = f"FILTER(STRSTARTS(STR(?g), '{GRAPH}'))"
    counted = rows(store, f"SELECT ?g (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} {ours} }} GROUP BY ?g")
    direct = {
        quad.graph_name.value for quad in pyoxigraph.parse(path=str(DATA), format=pyoxigraph.RdfFormat.TRIG)
    }
    assert {row["g"].value for row in counted} == direct
    inside = rows(store, f"SELECT ?o {{ GRAPH <{GRAPH}derived> {{ coalition:jci aca:foundedYear ?o }} }}")
    outside = rows(store, f"SELECT ?o {{ GRAPH <{GRAPH}shared> {{ coalition:jci aca:foundedYear ?o }} }}")
    assert [[row.o for row in found] for found in (inside, outside)] == [[2018], []]


def test_stored_literals_keep_language_datatype_and_value(store: Store) -> None:
    labels = rows(store, "SELECT ?l { coalition:jci skos:prefLabel ?l }")
    assert {row["l"] for row in labels} == {
        Term("literal", "Japan Climate Initiative", "en"),
        Term("literal", "気候変動イニシアティブ", "ja"),
    }
    begun, year, figure, text = (
        rows(store, f"SELECT ?o {{ {pattern} ?o }}")[0]["o"]
        for pattern in (
            "source:002 aca:notBefore",
            "coalition:jci aca:foundedYear",
            "stmt:aaaaaaaaaaaaaaa5 aca:value",
            "source:002 aca:dateText",
        )
    )
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert begun == Term("literal", "2018-08-01T00:00:00Z", "", f"{xsd}dateTime")
    assert year == Term("literal", "2018", "", f"{xsd}integer")
    assert (figure.datatype, figure.to_python()) == (f"{xsd}decimal", 105)
    assert text == Term("literal", "2018-08")


def test_a_path_is_followed_from_a_known_end(store: Store) -> None:
    found = rows(store, "SELECT DISTINCT ?c { aca:NationalCoalition rdfs:subClassOf* ?c } ORDER BY ?c")
    assert [row["c"].short for row in found] == ["aca:Coalition", "aca:NationalCoalition"]
    found = rows(
        store, "SELECT ?l { agent:sony (aca:memberOf/skos:prefLabel)|skos:prefLabel ?l } ORDER BY ?l"
    )
    assert {row.l for row in found} == {"Japan Climate Initiative", "気候変動イニシアティブ", "Sony"}


def test_a_path_between_two_unknown_ends(store: Store, is_virtuoso: bool) -> None:
    query = "SELECT ?a ?b { ?a rdfs:subClassOf+ ?b }"
    if is_virtuoso:
        with pytest.raises(StoreError, match="transitive start"):
            rows(store, query)
    else:
        assert len(rows(store, query)) == 1


def test_a_truth_value_that_is_computed(store: Store, is_virtuoso: bool) -> None:
    """Virtuoso has no booleans of its own: it gives 1."""
    found = rows(store, "SELECT (1 = 1 AS ?x) {}")[0]["x"]
    assert found.value == ("1" if is_virtuoso else "true")


def test_blank_nodes_of_an_answer_hold_together(store: Store) -> None:
    query = "CONSTRUCT { [] aca:a ?m ; aca:b ?c } { ?m aca:memberOf ?c }"
    graph = rdflib.Graph().parse(data=store.answer(query, accept="application/n-triples").read(), format="nt")
    assert sorted(len(list(graph.predicate_objects(node))) for node in set(graph.subjects())) == [2, 2, 2]


def test_more_rows_than_allowed_are_an_error_and_not_a_part(store: Store) -> None:
    with pytest.raises(AnswerTooLarge, match="more than 5 rows"):
        store.answer("SELECT * { ?s ?p ?o }", limits=Limits(max_rows=5))
    with pytest.raises(AnswerTooLarge, match="more than 5 rows"):
        store.answer("CONSTRUCT WHERE { ?s ?p ?o }", limits=Limits(max_rows=5))
    assert store.answer("SELECT * { ?s ?p ?o } LIMIT 5", limits=Limits(max_rows=5)).read()


def test_the_ceiling_of_a_store_is_no_part_of_an_answer(store: Store, is_virtuoso: bool) -> None:
    """Virtuoso cuts at ResultSetMaxRows and says so in a header."""
    for form in ("SELECT *", "CONSTRUCT { ?a ?b ?f }"):
        query = f"{form} {{ ?a ?b ?c . ?d ?e ?f }}"
        if is_virtuoso:
            with pytest.raises(AnswerTooLarge, match=f"at most {CEILING} "):
                store.answer(query)
        else:
            assert store.answer(query).read()


def test_a_query_is_stopped_at_its_deadline(store: Store) -> None:
    # In this process a deadline is looked at only when there is something to write.
    form = "SELECT (COUNT(*) AS ?n)" if isinstance(store, RemoteStore) else "SELECT *"
    begun = time.monotonic()
    with pytest.raises(StoreError) as caught:
        store.answer(f"{form} {{ {ENDLESS} }}", limits=Limits(timeout_seconds=1))
    assert isinstance(caught.value, StoreTimeout)
    assert time.monotonic() - begun < 15


def test_a_call_that_is_ended_ends_at_once(store: Store) -> None:
    if not isinstance(store, RemoteStore):
        pytest.skip("the engine in this process cannot be interrupted; test_pool.py ends its workers")
    call = Call.within(60)
    timer = threading.Timer(0.5, call.end)
    timer.start()
    begun = time.monotonic()
    with pytest.raises(StoreError, match="given up"):
        store.write(
            f"ASK {{ {ENDLESS} FILTER(STRLEN(STR(?a)) + STRLEN(STR(?c5)) < 0) }}", Sink(UNLIMITED), call=call
        )
    assert time.monotonic() - begun < 10
    timer.join()
    assert store.answer("ASK {}").read()


def test_many_readers_get_their_own_answers(store: Store) -> None:
    def ask(number: int) -> list[str]:
        query = f'SELECT ?x ?l {{ BIND("{number}" AS ?x) coalition:wasi skos:prefLabel ?l }}'
        return [str(row["x"]) for row in rows(store, query)]

    with ThreadPoolExecutor(4) as readers:  # as many as one client may have at the service
        assert list(readers.map(ask, range(80))) == [[str(number)] for number in range(80)]
