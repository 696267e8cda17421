"""Clients in Python against `acagraph serve`: they get what the release's own dump says."""

from __future__ import annotations

import csv
import io
import json
import urllib.error
from typing import Any
from urllib.request import urlopen

import httpx
import pyoxigraph
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from rdflib.query import Result
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLExceptions,
    SPARQLWrapper,
    SPARQLWrapper2,
)

from curated import (
    ABOUT,
    COALITIONS,
    COUNT,
    ENDLESS,
    ID,
    JCI,
    LINKS,
    PREFIXES,
    SHARED,
    UPDATE,
    Row,
    bindings,
    n_triples,
    number,
    rows,
    values,
)

ACA = rdflib.Namespace("https://w3id.org/acagraph/ontology#")
DESCRIBE = f"DESCRIBE <{JCI}>"
COUNT_NAMED = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
NAME = f'{PREFIXES} SELECT ?label WHERE {{ ?coalition skos:prefLabel ?label FILTER(LANG(?label) = "en") }}'
WAYS = [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]


@pytest.fixture
def endpoint(service: str) -> str:
    return f"{service}/sparql"


def graph(dump: pyoxigraph.Store, query: str) -> set[Any]:
    """Return the triples that a CONSTRUCT or DESCRIBE makes, as rdflib has them."""
    return set(rdflib.Graph().parse(data=n_triples(dump, query), format="nt"))


def parsed(results: Result) -> list[Row]:
    """Return rdflib's results as rows of the JSON results format."""
    written = results.serialize(format="json")
    assert written is not None
    return bindings(written)


def wrapper(endpoint: str, query: str, form: str = JSON, **options: str) -> Any:
    client = SPARQLWrapper(endpoint, returnFormat=form, **options)
    client.setQuery(query)
    return client


@pytest.mark.parametrize(("method", "how"), WAYS)
def test_sparqlwrapper_selects(endpoint: str, dump: pyoxigraph.Store, method: str, how: str) -> None:
    client = wrapper(endpoint, COALITIONS)
    client.setMethod(method)
    client.setRequestMethod(how)
    assert bindings(client.queryAndConvert()) == rows(dump, COALITIONS)


def test_sparqlwrapper_reads_every_form_of_results(endpoint: str, dump: pyoxigraph.Store) -> None:
    expected = rows(dump, COALITIONS)
    document = wrapper(endpoint, COALITIONS, XML).queryAndConvert()
    assert parsed(Result.parse(io.BytesIO(document.toxml().encode()), format="xml")) == expected
    lines = wrapper(endpoint, COALITIONS, TSV).queryAndConvert()
    assert parsed(Result.parse(io.BytesIO(lines), format="tsv")) == expected
    found = csv.DictReader(io.StringIO(wrapper(endpoint, COALITIONS, CSV).queryAndConvert().decode()))
    assert [{name: text for name, text in row.items() if text} for row in found] == values(expected)


def test_sparqlwrapper2_selects(endpoint: str, dump: pyoxigraph.Store) -> None:
    client: Any = SPARQLWrapper2(endpoint)
    client.setQuery(COALITIONS)
    found = client.query()
    assert found.variables == ["coalition", "label", "year"]
    plain = [{name: value.value for name, value in row.items()} for row in found.bindings]
    assert plain == values(rows(dump, COALITIONS))


@pytest.mark.parametrize(("kind", "expected"), [("Coalition", True), ("Unknown", False)])
def test_sparqlwrapper_asks(endpoint: str, kind: str, expected: bool) -> None:
    query = f"{PREFIXES} ASK {{ ?s a aca:{kind} }}"
    assert wrapper(endpoint, query).queryAndConvert()["boolean"] is expected
    document = wrapper(endpoint, query, XML).queryAndConvert()
    assert document.getElementsByTagName("boolean")[0].firstChild.data == str(expected).lower()


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("only_headers", [False, True])
@pytest.mark.parametrize("form", [XML, RDFXML, JSONLD, TURTLE, N3])
@pytest.mark.parametrize("query", [ABOUT, DESCRIBE], ids=["construct", "describe"])
def test_sparqlwrapper_gets_graphs(
    endpoint: str, dump: pyoxigraph.Store, query: str, form: str, only_headers: bool
) -> None:
    client = wrapper(endpoint, query, form)
    # Otherwise it names the form in the query string too, in words of its own.
    client.setOnlyConneg(only_headers)
    found = client.queryAndConvert()
    if isinstance(found, bytes):  # it leaves Turtle to its caller
        found = rdflib.Graph().parse(data=found, format="turtle")
    assert set(found.triples((None, None, None))) == graph(dump, query)


@pytest.mark.parametrize(("method", "how"), WAYS)
def test_sparqlwrapper_names_graphs(endpoint: str, dump: pyoxigraph.Store, method: str, how: str) -> None:
    one = wrapper(endpoint, COUNT, defaultGraph=SHARED)
    two = wrapper(endpoint, COUNT, defaultGraph=SHARED)
    two.addDefaultGraph(LINKS)
    named = wrapper(endpoint, COUNT_NAMED)
    named.addNamedGraph(LINKS)
    found = []
    for client in (one, two, named):
        client.setMethod(method)
        client.setRequestMethod(how)
        found.append(number(bindings(client.queryAndConvert())))
    assert found == [
        number(rows(dump, COUNT, graphs=graphs)) for graphs in ((SHARED,), (SHARED, LINKS), (LINKS,))
    ]


def test_sparqlwrapper_tells_what_is_wrong(endpoint: str) -> None:
    with pytest.raises(SPARQLExceptions.QueryBadFormed, match="line 1, column 17"):
        wrapper(endpoint, "SELECT ?x WHERE nonsense").query()
    with pytest.raises(SPARQLExceptions.EndPointNotFound, match="there is nothing at /sparq1"):
        wrapper(endpoint.replace("sparql", "sparq1"), "ASK {}").query()


@pytest.mark.parametrize("how", [URLENCODED, POSTDIRECTLY])
def test_sparqlwrapper_cannot_update(endpoint: str, how: str) -> None:
    client = wrapper(endpoint, UPDATE)
    client.setMethod(POST)
    client.setRequestMethod(how)
    assert_refused(client.query)


def assert_refused(update: Any) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        update()
    with refused.value as answer:
        assert answer.code == 403
        assert "read-only" in json.load(answer)["detail"]


def test_sparqlwrapper_gives_up_and_the_service_is_well(endpoint: str) -> None:
    client = wrapper(endpoint, ENDLESS)
    client.setTimeout(1)
    with pytest.raises(TimeoutError):
        client.query()
    assert wrapper(endpoint, "ASK {}").queryAndConvert()["boolean"]


def test_sparqlwrapper_sets_a_deadline(endpoint: str) -> None:
    client = wrapper(endpoint, ENDLESS)
    client.addParameter("timeout", "1")
    with pytest.raises(urllib.error.HTTPError) as stopped:
        client.query()
    with stopped.value as answer:
        assert answer.code == 503
        assert json.load(answer)["status"] == 503


def test_sparqlwrapper_posts_what_an_address_cannot_hold(endpoint: str) -> None:
    many = " ".join(f"<{ID}/agent/nobody-{number}>" for number in range(5000))
    query = f"SELECT DISTINCT ?s WHERE {{ VALUES ?s {{ {many} <{JCI}> }} ?s a ?kind }}"
    client = wrapper(endpoint, query)
    with pytest.raises(SPARQLExceptions.URITooLong, match="POST the query"):
        client.query()
    client.setMethod(POST)
    assert values(bindings(client.queryAndConvert())) == [{"s": JCI}]


@pytest.fixture(params=["GET", "POST", "POST_FORM"])
def remote(request: pytest.FixtureRequest, endpoint: str) -> rdflib.Graph:
    return rdflib.Graph(SPARQLStore(endpoint, method=request.param))


def test_rdflib_reads_triples(remote: rdflib.Graph, dump: pyoxigraph.Store) -> None:
    jci = rdflib.URIRef(JCI)
    assert len(remote) == number(rows(dump, COUNT))
    assert set(remote.triples((jci, None, None))) == graph(dump, ABOUT)
    assert (jci, rdflib.RDF.type, ACA.Coalition) in remote
    assert (jci, rdflib.RDF.type, ACA.Unknown) not in remote
    assert remote.value(jci, ACA.acronym) == rdflib.Literal("JCI")


def test_rdflib_queries(remote: rdflib.Graph, dump: pyoxigraph.Store) -> None:
    assert parsed(remote.query(COALITIONS)) == rows(dump, COALITIONS)
    bound = remote.query(NAME, initBindings={"coalition": rdflib.URIRef(JCI)})
    assert [row.label for row in bound if isinstance(row, rdflib.query.ResultRow)] == [
        rdflib.Literal("Japan Climate Initiative", lang="en")
    ]
    assert remote.query("ASK { ?s ?p ?o }").askAnswer is True
    made = remote.query(ABOUT).graph
    assert made is not None
    assert set(made) == graph(dump, ABOUT)


@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
def test_rdflib_reads_every_form_of_results(endpoint: str, dump: pyoxigraph.Store, form: str) -> None:
    found = parsed(rdflib.Graph(SPARQLStore(endpoint, returnFormat=form)).query(COALITIONS))
    assert values(found) == values(rows(dump, COALITIONS))


@pytest.mark.parametrize("form", ["text/turtle", "application/rdf+xml"])
def test_rdflib_reads_graphs_in_the_form_it_asks(endpoint: str, dump: pyoxigraph.Store, form: str) -> None:
    made = rdflib.Graph(SPARQLStore(endpoint, returnFormat=form)).query(ABOUT).graph
    assert made is not None
    assert set(made) == graph(dump, ABOUT)


def test_rdflib_turns_pages(remote: rdflib.Graph, dump: pyoxigraph.Store) -> None:
    expected = {row["s"]["value"] for row in rows(dump, f"SELECT ?s WHERE {{ ?s a <{ACA.Coalition}> }}")}
    found: list[str] = []
    window: Any = remote  # LIMIT and OFFSET are attributes that rdflib looks for
    window.LIMIT = 4
    for window.OFFSET in range(0, len(expected) + 4, 4):
        found += [str(subject) for subject in remote.subjects(rdflib.RDF.type, ACA.Coalition)]
    assert sorted(found) == sorted(expected)
    assert len(expected) > 4


def test_rdflib_reads_named_graphs(endpoint: str, dump: pyoxigraph.Store) -> None:
    dataset = rdflib.Dataset(SPARQLStore(endpoint), default_union=True)
    assert {str(name) for name in dataset.store.contexts()} == {
        str(name.value) for name in dump.named_graphs() if isinstance(name, pyoxigraph.NamedNode)
    }
    assert len(dataset) == number(rows(dump, COUNT))
    shared = dataset.get_context(SHARED)
    assert len(shared) == number(rows(dump, COUNT, graphs=(SHARED,)))
    assert len(set(shared)) == len(shared)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_rdflib_conjunctive_graph_is_the_union(endpoint: str, dump: pyoxigraph.Store) -> None:
    union = rdflib.ConjunctiveGraph(SPARQLStore(endpoint))
    assert len(union) == number(rows(dump, COUNT))
    assert set(union.triples((rdflib.URIRef(JCI), None, None))) == graph(dump, ABOUT)


def test_rdflib_cannot_update(endpoint: str) -> None:
    writable = rdflib.Graph(SPARQLUpdateStore(endpoint, endpoint), identifier=SHARED)
    node = rdflib.URIRef("urn:x")
    assert_refused(lambda: writable.add((node, node, node)))
    assert_refused(lambda: writable.update(UPDATE))
    assert (node, node, node) not in writable


@pytest.mark.parametrize("path", ["/id/coalition/jci", "/doc/coalition/jci", "/doc/coalition/jci.jsonld"])
def test_rdflib_parses_what_an_address_says(service: str, dump: pyoxigraph.Store, path: str) -> None:
    assert set(rdflib.Graph().parse(service + path)) >= graph(dump, ABOUT)


def federated(endpoint: str) -> str:
    """Return a query that asks this service for the names of what is known here."""
    return f"""{PREFIXES} SELECT ?coalition ?mark ?label WHERE {{
      ?coalition <urn:x-mark> ?mark .
      SERVICE <{endpoint}> {{ ?coalition skos:prefLabel ?label FILTER(LANG(?label) = "en") }}
    }}"""


MARK = f'<{JCI}> <urn:x-mark> "A" .'
MARKED = [{"coalition": JCI, "mark": "A", "label": "Japan Climate Initiative"}]


def test_rdflib_asks_this_service_from_its_own_data(endpoint: str) -> None:
    own = rdflib.Graph().parse(data=MARK, format="turtle")
    assert values(parsed(own.query(federated(endpoint)))) == MARKED


def test_oxigraph_asks_this_service_from_its_own_data(endpoint: str) -> None:
    own = pyoxigraph.Store()
    own.load(MARK, format=pyoxigraph.RdfFormat.TURTLE)
    assert values(rows(own, federated(endpoint))) == MARKED


def members(service: str) -> list[dict[str, str]]:
    """Return the members of a coalition as the results format has them."""
    with urlopen(f"{service}/queries/members-of-coalition.json?coalition=jci") as answer:
        return values(bindings(answer.read()))


def test_python_reads_a_question_as_csv(service: str) -> None:
    address = f"{service}/queries/members-of-coalition.csv?coalition=jci"
    with urlopen(address) as answer, io.TextIOWrapper(answer, encoding="utf-8-sig", newline="") as lines:
        found = [{name: text for name, text in row.items() if text} for row in csv.DictReader(lines)]
    assert found == members(service)


def test_pandas_reads_a_question(service: str) -> None:
    pandas = pytest.importorskip("pandas")
    expected = [row["memberLabel"] for row in members(service)]
    address = f"{service}/queries/members-of-coalition"
    table = pandas.read_csv(f"{address}.csv?coalition=jci", parse_dates=["since"])
    assert list(table["memberLabel"]) == expected
    assert table["since"].dt.year.min() == 2018
    assert list(pandas.read_json(f"{address}.simple.json?coalition=jci")["memberLabel"]) == expected


def test_httpx_follows_the_links_to_all_pages(service: str) -> None:
    found = []
    address = httpx.URL(f"{service}/queries/members-of-coalition.csv?coalition=jci&limit=10")
    with httpx.Client() as client:
        for _ in range(100):
            page = client.get(address).raise_for_status()
            text = page.content.decode("utf-8-sig")  # a spreadsheet knows UTF-8 by its mark
            found += [row["member"] for row in csv.DictReader(io.StringIO(text))]
            if "next" not in page.links:
                break
            address = page.url.join(page.links["next"]["url"])
    assert found == [row["member"] for row in members(service)]
    assert len(found) > 20
