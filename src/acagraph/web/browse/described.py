"""What the OpenAPI document says of the first page's maps and of the lists."""

from __future__ import annotations

from acagraph.stores.media import HTML, SPREADSHEET
from acagraph.web.browse.catalogues import KINDS, Kind
from acagraph.web.browse.figures import MAPS, MEMBERS
from acagraph.web.operations import STORE, in_path, in_query, operation
from acagraph.web.schemas import TEXT, Schema, texts

_TAG = "documents"
FILTERS = {
    "kind": "A class of the ontology, such as Business.",
    "country": "A country: the last part of its IRI.",
    "coalition": "A coalition: the last part of its IRI.",
    "year": "A year.",
}
_FACETS = {
    "coalitions": ("kind", "country", "year"),
    "countries": ("coalition", "year"),
    "members": ("kind", "country", "coalition"),
    "commitments": ("kind", "country", "coalition", "year"),
}


def paths() -> Schema:
    """Return the operations by path and method."""
    others = [name for name in MAPS if name != MEMBERS]
    subject = in_path("subject", "What the map shows.", {"enum": others}, others[0])
    found: Schema = {
        "/map/{subject}": operation(
            "get-map", "The first page with another map", texts((HTML,)), (304, 404, *STORE), tag=_TAG,
            parameters=[subject],
        )
    }  # fmt: skip
    for kind in KINDS.values():
        found |= _listed(kind)
    return found


def _listed(kind: Kind) -> Schema:
    filters = [in_query(name, FILTERS[name], {"type": "string"}) for name in _FACETS[kind.name]]
    number = in_path("number", "The page, from 1.", {"type": "integer", "minimum": 1}, "1")
    page, refused = texts((HTML,)), (304, 422, *STORE)
    table: Schema = {SPREADSHEET.media_type: {"schema": TEXT}}
    return {
        f"/{kind.name}": operation(
            f"list-{kind.name}", kind.lead, page, refused, tag=_TAG, parameters=filters
        ),
        f"/{kind.name}.csv": operation(
            f"list-{kind.name}-csv",
            f"{kind.title} as a table, all rows that the filters leave",
            table,
            refused,
            tag=_TAG,
            parameters=filters,
        ),
        f"/{kind.name}/{{number}}": operation(
            f"list-{kind.name}-page",
            f"{kind.title}, another page of 100 rows",
            page,
            (404, *refused),
            tag=_TAG,
            parameters=[number, *filters],
        ),
    }
