"""The OpenAPI 3.1 document of the service: one operation for each saved query, and the fixed routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from acagraph.queries import SavedQuery
from acagraph.queries.paging import MOST
from acagraph.stores.media import HTML
from acagraph.web import fixed, operations, schemas
from acagraph.web.operations import STORE, in_path, in_query, operation
from acagraph.web.queries import offers
from acagraph.web.schemas import TEXT, Schema

_LICENCE = {"name": "CC BY 4.0 (the data)", "identifier": "CC-BY-4.0"}
_ABOUT = (
    "Who is in which climate coalition, what they promise, and who says so.\n\n"
    "Every GET may be a HEAD. The Accept header chooses the form of an answer; a suffix of the address wins "
    "over it. Answers carry an ETag, to be sent as If-None-Match, and come as gzip or zstd if asked. An "
    "answer is whole or an error; errors are problem details (RFC 9457). Nothing here can be changed."
)
_LIMIT = in_query(
    "limit",
    "The most rows of one page; Link names the next one. Without it all rows are sent.",
    {"type": "integer", "minimum": 1, "maximum": MOST},
    10,
)
_CURSOR = in_query(
    "cursor",
    "The place at which a page begins, as the Link of the page before gives it; it needs a limit.",
    {"type": "string", "pattern": "^[A-Za-z0-9_-]{24}$"},
)
_PARAMETERS: Schema = {
    "name": "parameters",
    "in": "query",
    "required": False,
    "description": "The parameters of the query, each by its own name.",
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": TEXT},
}


def document(
    saved: Mapping[str, SavedQuery], *, version: str, ontology: str = "", server: str = "/"
) -> Schema:
    """Return the document of a release's version; equal arguments give equal documents.

    `ontology` is the version of its ontology, `server` the path under which the application is mounted.
    """
    ordered = [query for _, query in sorted(saved.items())]
    subjects = sorted({subject(query) for query in ordered})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "acagraph",
            "version": version or "unreleased",
            "description": _ABOUT,
            "license": _LICENCE,
        },
        "servers": [{"url": server}],
        "tags": [
            *({"name": name, "description": f"Saved queries about {name}."} for name in subjects),
            *({"name": name, "description": text} for name, text in fixed.TAGS.items()),
        ],
        "paths": {
            **{f"/queries/{query.name}": _query(query) for query in ordered},
            **_suffixed(ordered),
            **fixed.paths(version, ontology),
        },
        "components": {"schemas": schemas.COMPONENTS, "responses": operations.responses()},
    }


def subject(query: SavedQuery) -> str:
    """Return what a saved query is about: its first tag."""
    return query.tags[0] if query.tags else "other"


def _query(query: SavedQuery) -> Schema:
    parameters = [schemas.parameter(declared, query.examples) for declared in query.parameters]
    return operation(
        query.name,
        query.summary,
        schemas.answers(query, offers(query)),
        (304, 400, 406, 422, *STORE),
        tag=subject(query),
        parameters=[*parameters, *(map(schemas.optional, (_LIMIT, _CURSOR)) if query.paged else ())],
        description=query.description,
    )


def _suffixed(saved: Sequence[SavedQuery]) -> Schema:
    """Return the operation of all saved queries whose form the address chooses."""
    if not saved:
        return {}
    shown = next((query for query in saved if query.example), saved[0])
    forms = {form.name: form for query in saved for form in (*offers(query), HTML)}
    name = in_path("name", "The name of the query.", {"enum": [query.name for query in saved]}, shown.name)
    suffix = in_path("suffix", "The form of the answer.", {"enum": list(forms)}, offers(shown)[0].name)
    given = {**_PARAMETERS, "example": dict(shown.example)}
    return {
        "/queries/{name}.{suffix}": operation(
            "get-query-as",
            "Any saved query in the form that the address chooses",
            schemas.texts(forms.values()),
            (304, 400, 404, 406, 422, *STORE),
            tag="service",
            parameters=[name, suffix, given],
            description="A query takes its own parameters, as its own operation lists them.",
        )
    }
