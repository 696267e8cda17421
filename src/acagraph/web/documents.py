"""What the OpenAPI document says of documents about things, concepts and graphs."""

from __future__ import annotations

from functools import partial

from acagraph.stores.media import GRAPHS, HTML, JSON_LD, N_TRIPLES, RDF_XML, SPREADSHEET, TURTLE
from acagraph.vocab import KINDS, SCHEMES
from acagraph.web.browse.described import FILTERS
from acagraph.web.operations import STORE, in_path, in_query, operation
from acagraph.web.profiles.rosters import SORTS
from acagraph.web.schemas import NAME, PATH, TEXT, Schema, texts

_DOCUMENT = texts((HTML, TURTLE, JSON_LD, N_TRIPLES, RDF_XML))
_SUFFIXES = "With .html, .ttl, .jsonld, .nt, .rdf or .json after the name, the address chooses the form."
_TOLD = (304, 400, 404, 406, *STORE)
_described = partial(operation, content=_DOCUMENT, tag="documents", description=_SUFFIXES)
_KIND = in_path("kind", "What kind of thing it is.", {"enum": list(KINDS)}, "coalition")
_SLUG = in_path("slug", "The last part of the thing's IRI.", NAME, "jci")


def paths() -> Schema:
    """Return the operations by path and method."""
    return {**_things(), **_members(), **_schemes()}


def _things() -> Schema:
    told = (*_TOLD, 301, 410)
    return {
        "/id/{kind}/{slug}": operation(
            "get-thing",
            "From a thing to the document about it",
            {},
            (301, 303, 404, 410),
            tag="documents",
            parameters=[_KIND, {**_SLUG, "schema": {"type": "string", "minLength": 1}}],
        ),
        "/doc/{kind}/{slug}": _described(
            "get-document",
            "A thing with the statements about it and their evidence",
            statuses=told,
            parameters=[_KIND, _SLUG],
        ),
        "/doc/source/{slug}": _described(
            "get-source",
            "A source with the statements that are taken from it, in its order",
            statuses=told,
            parameters=[{**_SLUG, "example": "000"}],
        ),
    }


def _members() -> Schema:
    number = in_path("number", "The page, from 1.", {"type": "integer", "minimum": 1}, "1")
    narrowed = [
        *(in_query(name, text, TEXT) for name, text in {**FILTERS, "year": "The year of joining."}.items()),
        in_query("sort", "What the rows are ordered by.", {"enum": list(SORTS)}),
        in_query("order", "The other way round.", {"enum": ["down"]}),
    ]
    return {
        "/doc/{kind}/{slug}/members/{number}": operation(
            "get-members-page",
            "The members of a coalition or of those in a country, a page of them",
            texts((HTML,)),
            (*_TOLD, 301, 410),
            tag="documents",
            parameters=[_KIND, _SLUG, number, *narrowed],
        ),
        "/doc/{kind}/{slug}/members.csv": operation(
            "get-members-csv",
            "The members of a coalition or of those in a country as a table, all that the filters leave",
            {SPREADSHEET.media_type: {"schema": TEXT}},
            (*_TOLD, 301, 410),
            tag="documents",
            parameters=[_KIND, _SLUG, *narrowed],
        ),
    }


def _schemes() -> Schema:
    scheme = in_path("scheme", "The scheme.", {"enum": list(SCHEMES)}, "metric")
    concept = in_path("concept", "The last part of the concept's IRI.", NAME, "member-count")
    name = in_path("name", "The name of the graph.", PATH, "derived")
    return {
        "/scheme/{scheme}": _described("get-scheme", "A concept scheme", statuses=_TOLD, parameters=[scheme]),
        "/scheme/{scheme}/{concept}": _described(
            "get-concept", "A concept of a scheme", statuses=_TOLD, parameters=[scheme, concept]
        ),
        "/graph/{name}": operation(
            "get-graph",
            "A named graph, or the page about it",
            texts((*GRAPHS, HTML)),
            (*_TOLD, 429),
            tag="documents",
            parameters=[name],
            description="A slash of the name may be written %2F. A suffix of the address chooses the form.",
        ),
    }
