"""The operations of /reconcile, as the OpenAPI document lists them."""

from __future__ import annotations

from acagraph.stores.media import HTML, PLAIN_JSON
from acagraph.web.operations import STORE, in_query, operation
from acagraph.web.protocol import FORM
from acagraph.web.reconcile.reading import CALLBACK
from acagraph.web.reconcile.sending import SCRIPT
from acagraph.web.schemas import TEXT, Schema, texts

TAG = "reconciliation"
ABOUT = "Names of others matched with things: the Reconciliation Service API 0.2, as OpenRefine uses it."
_QUERIES = '{"q0": {"query": "Japan", "type": "Country", "limit": 3}}'
_EXTEND = '{"ids": ["coalition/jci"], "properties": [{"id": "country"}]}'
_ANSWER: Schema = {PLAIN_JSON.media_type: {"schema": {"type": "object"}}, SCRIPT: {"schema": TEXT}}
_CALLBACK: Schema = {"type": "string", "pattern": f"^{CALLBACK}$"}
_FIELDS: Schema = {
    "queries": {"description": "A batch of reconciliation queries, as JSON.", **TEXT},
    "query": {"description": "One query, as JSON or as a name: what older clients send.", **TEXT},
    "extend": {"description": "A data extension query, as JSON.", **TEXT},
}


def paths() -> Schema:
    """Return the operations by path."""
    called = in_query("callback", "The function that a script is to call with the answer (JSONP).", _CALLBACK)
    return {
        "/reconcile": {**_asked(called), **_posted()},
        **{f"/reconcile/suggest/{name}": _suggested(name, called) for name in _SHOWN},
        **{f"/reconcile/flyout/{name}": _told(name, called) for name in _SHOWN},
        "/reconcile/extend/propose": operation(
            "get-reconcile-proposals",
            "The properties that things of a type have",
            _ANSWER,
            (304, 400, 404, 406, *STORE),
            tag=TAG,
            parameters=[
                in_query("type", "The type: a class of the ontology.", TEXT, "Coalition"),
                in_query("limit", "The most properties.", {"type": "integer", "minimum": 1}, 10),
                called,
            ],
        ),
        "/reconcile/preview": operation(
            "get-reconcile-preview",
            "A small page about a thing, to be shown in a frame",
            texts((HTML,)),
            (304, 400, 404, 406, 410, *STORE),
            tag=TAG,
            parameters=[_identifier("coalition/jci")],
        ),
    }


_SHOWN = {
    "entity": ("things", "Jap", "coalition/jci"),
    "type": ("types", "gov", "LocalGovernment"),
    "property": ("properties", "mem", "memberOf"),
}


def _asked(called: Schema) -> Schema:
    shown = {"queries": _QUERIES}
    return operation(
        "get-reconcile",
        "Match names; without a query, get the manifest",
        _ANSWER,
        (304, 400, 404, 406, 413, *STORE),
        tag=TAG,
        parameters=[
            *(in_query(name, told["description"], TEXT, shown.get(name)) for name, told in _FIELDS.items()),
            called,
        ],
        description="Give one of queries, query and extend. The manifest says how many queries a batch has.",
    )


def _posted() -> Schema:
    form = {"type": "object", "properties": {**_FIELDS, "callback": _CALLBACK}}
    body = {"required": False, "content": {FORM: {"schema": form, "example": {"queries": _QUERIES}}}}
    return operation(
        "post-reconcile",
        "Match names, or fetch properties of things",
        _ANSWER,
        (400, 404, 406, 408, 413, 415, *STORE),
        tag=TAG,
        description=f"Give one of queries, query and extend, such as extend={_EXTEND}",
        body=body,
    )


def _suggested(name: str, called: Schema) -> Schema:
    many, start, _ = _SHOWN[name]
    kind = in_query("type", "Only things of this type; may be repeated.", TEXT)
    return operation(
        f"get-reconcile-suggest-{name}",
        f"Suggest {many} while somebody types",
        _ANSWER,
        (304, 400, 404, 406, *STORE),
        tag=TAG,
        parameters=[
            in_query("prefix", "What a word of the name begins with.", TEXT, start),
            in_query("cursor", "How many to skip.", {"type": "integer", "minimum": 0}),
            *([kind] if name == "entity" else []),
            called,
        ],
    )


def _told(name: str, called: Schema) -> Schema:
    many, _, example = _SHOWN[name]
    return operation(
        f"get-reconcile-flyout-{name}",
        f"A few words about one of the {many}, as HTML within JSON",
        _ANSWER,
        (304, 400, 404, 406, *STORE),
        tag=TAG,
        parameters=[_identifier(example), called],
    )


def _identifier(example: str) -> Schema:
    found = in_query("id", "The identifier.", {"type": "string", "minLength": 1}, example)
    return {**found, "required": True}
