"""The fixed routes, those of no saved query, as the OpenAPI document lists them."""

from __future__ import annotations

from functools import partial

from acagraph.stores.media import (
    BIBTEX,
    CSV,
    GRAPHS,
    HTML,
    JSON,
    JSON_LD,
    MARKDOWN,
    N_TRIPLES,
    PLAIN_JSON,
    RDF_XML,
    RESULTS,
    TURTLE,
)
from acagraph.vocab import graph_iri
from acagraph.web import documents, search_api, sitemap
from acagraph.web.browse import described as lists
from acagraph.web.listing import BESIDE, VOCABULARY
from acagraph.web.operations import STORE, in_path, in_query, operation
from acagraph.web.reconcile import operations as reconciliation
from acagraph.web.reference import described as reference_pages
from acagraph.web.schemas import NAME, PATH, TEXT, Schema, reference, texts

TAGS = {
    "SPARQL": "Queries of one's own: the SPARQL 1.1 Protocol, and the Graph Store Protocol for reading.",
    "documents": "What is known of a thing, a concept or a graph.",
    "files": "The files of the release, and the vocabulary that it is written in.",
    "releases": "The dataset and its releases; below /releases/{version} is what this document describes.",
    reconciliation.TAG: reconciliation.ABOUT,
    "service": "The service itself.",
}
_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_QUERY = "ASK { ?coalition a aca:Coalition }"
# Of the files of a release those whose names do not depend on what it holds.
_FILES = (
    *VOCABULARY,
    *BESIDE,
    "void.ttl",
    "dataset.ttl",
    "dataset.jsonld",
    "schema.jsonld",
    "croissant.json",
    "datapackage.json",
    "CITATION.cff",
    "citation.bib",
    "LICENCES.md",
    "licences.json",
    "redirects.csv",
)
_OBJECT: Schema = {PLAIN_JSON.media_type: {"schema": {"type": "object"}}}
# A reader of YAML makes an object of it.
_YAML: Schema = {"application/yaml": {"schema": {}}}
_BYTES: Schema = {"application/gzip": {"schema": {}}, "application/octet-stream": {"schema": {}}}
_SECONDS: Schema = {"type": "number", "exclusiveMinimum": 0}
_GRAPHS: Schema = {"type": "array", "items": {"type": "string", "format": "iri"}}
_CONDITIONS: dict[str, tuple[str, Schema]] = {
    "default-graph-uri": ("A graph that the query is asked of; of several, all together.", _GRAPHS),
    "named-graph-uri": ("A graph that the query may name with GRAPH.", _GRAPHS),
    "timeout": ("A deadline in seconds, not later than the service's own.", _SECONDS),
}
_REFUSED = (400, 403, 406, *STORE)
_WHOLE = (
    "The prefixes of /prefixes need no declaration. An answer is whole or an error: what takes too long or "
    "is too large is refused."
)


def paths(release: str, version: str) -> Schema:
    """Return the operations of the fixed routes by path and method; `version` is the ontology's."""
    return {
        **_sparql(),
        **documents.paths(),
        **search_api.paths(),
        **lists.paths(),
        **reference_pages.paths(),
        **_vocabulary(version),
        **_files(),
        **_releases(release),
        **reconciliation.paths(),
        **_service(),
    }


def _sparql() -> Schema:
    formats: Schema = {"enum": [offer.name for offer in (*RESULTS, *GRAPHS, HTML)]}
    graph_formats: Schema = {"enum": [offer.name for offer in GRAPHS]}
    suffix = in_path("suffix", "The form of the answer.", formats, JSON.name)
    named = in_query("format", "The form of the answer, which wins over the Accept header.", formats)
    default = in_query("default", "All graphs together; takes no value.", {"type": "string", "maxLength": 0})
    graph = in_query(
        "graph", "The IRI of a named graph.", {"type": "string", "format": "iri"}, graph_iri("derived")
    )
    written = in_query("format", "The form of the answer, which wins over the Accept header.", graph_formats)
    return {
        "/sparql": {**_asked("", [named]), **_posted("", [named])},
        "/sparql.{suffix}": {**_asked("-as", [suffix]), **_posted("-as", [suffix])},
        "/sparql/check": operation(
            "check-sparql",
            "What is wrong with a query, and where",
            _OBJECT,
            (408, 413, 429, 502, 503, 504),
            tag="SPARQL",
            description=(
                "The query is parsed and asked of no data. `problems` has at most one, with its line and "
                "column from 1, and its message; an empty text has none."
            ),
            body={"content": {_DIRECT: {"schema": {}, "example": _QUERY}}},
        ),
        "/schema.json": operation(
            "get-schema",
            "The names that a query may use: prefixes, classes, properties, values",
            _OBJECT,
            (304, *STORE),
            tag="SPARQL",
        ),
        "/graph-store": operation(
            "get-graph-store",
            "The triples of the default graph or of a named one",
            texts(GRAPHS),
            (304, 400, 404, 406, *STORE),
            tag="SPARQL",
            parameters=[default, graph, written],
            description=(
                "The SPARQL 1.1 Graph Store HTTP Protocol for reading; give either default or graph. A large "
                "graph can be had in some forms only."
            ),
        ),
    }


def _asked(ending: str, formats: list[Schema]) -> Schema:
    query = in_query("query", "A SELECT, ASK, CONSTRUCT or DESCRIBE.", TEXT, _QUERY)
    return operation(
        f"get-sparql{ending}",
        "Ask a query; without one, get the description of the service",
        _answers(),
        (304, *_REFUSED),
        tag="SPARQL",
        parameters=[query, *formats, *(in_query(name, *told) for name, told in _CONDITIONS.items())],
        description=_WHOLE,
    )


def _posted(ending: str, formats: list[Schema]) -> Schema:
    fields = {name: {"description": text, **schema} for name, (text, schema) in _CONDITIONS.items()}
    form = {"type": "object", "required": ["query"], "properties": {"query": TEXT, **fields}}
    body = {
        "required": True,
        "content": {
            _FORM: {"schema": form, "example": {"query": _QUERY}},
            _DIRECT: {"schema": TEXT, "example": _QUERY},
        },
    }
    return operation(
        f"post-sparql{ending}",
        "Ask a query that is too long for an address",
        _answers(),
        (408, 413, 415, *_REFUSED),
        tag="SPARQL",
        parameters=[*formats, *(in_query(name, *told) for name, told in _CONDITIONS.items())],
        description=f"{_WHOLE} A parameter stands in the address or in the form.",
        body=body,
    )


def _answers() -> Schema:
    table = {"schema": {"anyOf": [reference("Rows"), reference("Truth")]}}
    return {JSON.media_type: table, **texts((*RESULTS[1:], *GRAPHS, HTML))}


def _vocabulary(version: str) -> Schema:
    ontology = texts((HTML, TURTLE, RDF_XML, JSON_LD))
    prefixes = {PLAIN_JSON.media_type: {"schema": {"type": "object", "additionalProperties": TEXT}}}
    edition = in_path("version", "The version of an ontology.", NAME, version or None)
    turtle, page = texts((TURTLE,)), texts((HTML,))
    file = partial(operation, tag="files")
    kept = (304, 404, 406)
    listed = partial(operation, statuses=(304, 406), tag="files")
    both = {**prefixes, **turtle}
    return {
        "/ontology": file("get-ontology", "The ontology", ontology, kept),
        "/ontology/{version}": file(
            "get-ontology-version",
            "The ontology of a version; an older one stands with the newest release that has it",
            ontology,
            (303, 304, 404, 406),
            parameters=[edition],
        ),
        "/shapes": file(
            "get-shapes",
            "The shapes that the data conforms to, or the page of all rules",
            {**turtle, **page},
            kept,
        ),
        "/prefixes": listed("get-prefixes", "The prefixes that need no declaration", both),
        "/prefixes.json": listed("get-prefixes-json", "The prefixes as JSON", prefixes),
        "/prefixes.ttl": listed("get-prefixes-ttl", "The prefixes as Turtle", turtle),
    }


def _files() -> Schema:
    path = in_path("file", "The path of the file; its slashes may be written %2F.", PATH, "acagraph.trig")
    name = in_path("file", "The name of the file.", {"enum": list(_FILES)}, "ontology.ttl")
    page, plain = texts((HTML,)), {"text/plain": {"schema": TEXT}}
    file = partial(operation, statuses=(206, 304, 404, 416), tag="files")
    return {
        "/data": operation("get-data", "The files of the release", page, (304, 404, 406), tag="files"),
        "/data/{file}": file(
            "get-file",
            "A file of the release, or a range of its bytes",
            {**texts((*GRAPHS, CSV)), **_OBJECT, **_BYTES},
            parameters=[path],
        ),
        "/validation/{file}": file(
            "get-validation",
            "A form of the report on this release, or a range of its bytes",
            {**texts((HTML, TURTLE)), **plain, **_OBJECT, **_BYTES},
            parameters=[in_path("file", "The name of the file.", PATH, "report.json")],
        ),
        "/changes/{file}": file(
            "get-changes",
            "What is new since the release before, or a range of its bytes",
            {**texts((MARKDOWN,)), **_OBJECT, **_BYTES},
            parameters=[in_path("file", "The name of the file.", PATH, "changes.json")],
        ),
        "/queries/{file}.rq": file(
            "get-query-text",
            "A saved query, a check or a rule as it is written, or a range of its bytes",
            {"application/sparql-query": {"schema": TEXT}},
            parameters=[in_path("file", "The path of the query.", PATH, "members-of-coalition")],
        ),
        "/{file}": file(
            "get-release-document",
            "A description of the dataset, its proof, its vocabulary or its rules as a file",
            {**texts((HTML, TURTLE, RDF_XML, JSON_LD, CSV, BIBTEX, MARKDOWN)), **plain, **_YAML, **_OBJECT},
            parameters=[name],
        ),
    }


def _releases(release: str) -> Schema:
    page, told = texts((HTML,)), {JSON_LD.media_type: {"schema": {"type": "object"}}}
    listed = {PLAIN_JSON.media_type: {"schema": {"type": "array", "items": reference("Release")}}}
    version = in_path("version", "The version of a release.", NAME, release or None)
    return {
        "/dataset": operation(
            "get-dataset",
            "What the dataset is, how to cite it and where its files are",
            {**page, **texts((TURTLE, BIBTEX)), **told},
            (206, 304, 404, 406, 416),
            tag="releases",
            description=(
                "As JSON-LD it is DCAT; its profiles https://schema.org/ and "
                "http://mlcommons.org/croissant/1.0 give what search engines and machine learning read. "
                "Link leads to the rest."
            ),
        ),
        "/.well-known/void": operation(
            "get-void", "From a host to the description of its data", {}, (302, 404), tag="releases"
        ),
        "/releases": operation(
            "get-releases", "The releases, the newest first", {**page, **listed}, (304, 406), tag="releases"
        ),
        "/releases.json": operation(
            "get-releases-json", "The releases as JSON", listed, (304, 406), tag="releases"
        ),
        "/releases/{version}": operation(
            "get-release",
            "From a release to the page about it",
            {},
            (303, 404),
            tag="releases",
            parameters=[version],
            description="With a path behind it, the address answers as that path does, from that release.",
        ),
    }


def _service() -> Schema:
    page, plain = texts((HTML,)), {"text/plain": {"schema": TEXT}}
    listed = {PLAIN_JSON.media_type: {"schema": {"type": "array", "items": {"type": "object"}}}}
    kind = in_path("kind", "The kind of page.", {"enum": list(sitemap.LISTED)}, "coalition")
    mapped = partial(operation, content={sitemap.XML: {"schema": {}}}, tag="service")
    return {
        "/": operation(
            "get-home",
            "What is here",
            page,
            (302, 304, 406, *STORE),
            tag="service",
            description=(
                "Leads to the language that Accept-Language prefers. Every page has an address in Spanish, "
                "Japanese and French: /es, /ja or /fr before its path."
            ),
        ),
        "/robots.txt": operation(
            "get-robots", "What programs that walk the web should leave out", plain, (304, 400), tag="service"
        ),
        "/sitemap.xml": mapped("get-sitemap", "The parts of the sitemap", statuses=(304, 400, *STORE)),
        "/sitemap/{kind}.xml": mapped(
            "get-sitemap-part",
            "The pages of a kind, for search engines",
            statuses=(304, 400, 404, *STORE),
            parameters=[kind],
        ),
        "/api": operation("get-api", "This document as a page", page, (304, 406), tag="service"),
        "/openapi.json": operation("get-openapi", "This document", _OBJECT, (304, 406), tag="service"),
        "/queries": operation(
            "get-queries", "The saved queries", {**page, **listed}, (304, 406), tag="service"
        ),
        "/queries.json": operation(
            "get-queries-json", "The saved queries with their parameters", listed, (304, 406), tag="service"
        ),
        "/.well-known/sparql-examples": operation(
            "get-sparql-examples",
            "The saved queries with example parameters, as SHACL describes executable queries",
            texts((TURTLE, JSON_LD, N_TRIPLES, RDF_XML)),
            (304, 406),
            tag="service",
        ),
        "/healthz": operation(
            "get-health", "Whether the service is well", _OBJECT, (502, 503, 504), tag="service"
        ),
        "/metrics": operation("get-metrics", "Counters in the form of Prometheus", plain, tag="service"),
    }
