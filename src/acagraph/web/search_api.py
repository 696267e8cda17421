"""What /search takes and answers, as the OpenAPI document lists it."""

from __future__ import annotations

from acagraph.stores.media import HTML, PLAIN_JSON
from acagraph.web.found import FARTHEST, LONGEST, MOST, Asked
from acagraph.web.operations import STORE, in_query, operation
from acagraph.web.schemas import TEXT, Schema, optional, texts

_SHORT: Schema = {"type": "string", "maxLength": LONGEST}
_MAYBE: Schema = {"type": ["string", "null"]}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_REFUSED = (304, 404, 406, 422, *STORE)
_ABOUT = (
    "Names in all languages are looked through, tolerant of accents, transliterations and typing errors. A "
    "search that finds nothing is answered too. With totalIsAtLeast there may be more than total."
)


def paths() -> Schema:
    """Return the operations of the search by path and method."""
    told = {PLAIN_JSON.media_type: {"schema": _found()}}
    parameters = [
        in_query("q", "A name, or a part of one, in any language.", _SHORT, "Tokyo"),
        in_query("kind", "A class of the ontology: nothing else is found.", _SHORT, "LocalGovernment"),
        in_query("country", "A country: a code, an IRI or a name in any language.", _SHORT, "JP"),
        in_query("coalition", "A coalition by name, acronym, slug or IRI: its members, now or once.", _SHORT),
        in_query("year", "A year of four digits: of joining, of founding or of a target.", _SHORT),
        _number("limit", "The most results of one page.", Asked().limit, 1, MOST),
        _number("offset", "How many results are before the page.", Asked().offset, 0, FARTHEST),
    ]
    form = in_query(
        "format", "The form of the answer, which wins over the Accept header.", {"enum": ["html", "json"]}
    )
    return {
        "/search": operation(
            "search",
            "Find things by their names",
            {**texts((HTML,)), **told},
            _REFUSED,
            tag="documents",
            parameters=[*parameters, form],
            description=_ABOUT,
        ),
        "/search.json": operation(
            "search-json",
            "Find things by their names, as JSON",
            told,
            _REFUSED,
            tag="documents",
            parameters=parameters,
            description=_ABOUT,
        ),
        "/opensearch.xml": operation(
            "get-opensearch",
            "How to search here, for browsers",
            {"application/opensearchdescription+xml": {"schema": TEXT}},
            (304, 400, 404),
            tag="documents",
        ),
    }


def _number(name: str, description: str, usual: int, least: int, most: int) -> Schema:
    schema = {"type": "integer", "minimum": least, "maximum": most, "default": usual}
    return optional(in_query(name, description, schema, usual))


def _found() -> Schema:
    facets = {"type": "array", "items": _object({"value": TEXT, "label": TEXT, "count": _COUNT})}
    return _object(
        {
            "q": TEXT,
            "kind": _MAYBE,
            "country": _MAYBE,
            "coalition": _MAYBE,
            "year": _MAYBE,
            "total": _COUNT,
            "totalIsAtLeast": {"type": "boolean"},
            "limit": _COUNT,
            "offset": _COUNT,
            "next": _MAYBE,
            "results": {"type": "array", "items": _result()},
            "facets": _object(
                {"counted": _COUNT, **dict.fromkeys(("kinds", "countries", "coalitions", "years"), facets)}
            ),
        }
    )


def _result() -> Schema:
    degrees = {"type": "number"}
    position = _object({"latitude": degrees, "longitude": degrees})
    return _object(
        {
            "iri": TEXT,
            "label": TEXT,
            "name": TEXT,
            "description": TEXT,
            "kinds": {"type": "array", "items": TEXT},
            "country": _MAYBE,
            "position": {"anyOf": [position, {"type": "null"}]},
            "wikidata": _MAYBE,
            "score": {"type": "number", "minimum": 0, "maximum": 1},
            "match": {"type": "boolean"},
        }
    )


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }
