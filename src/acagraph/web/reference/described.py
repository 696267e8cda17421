"""What the OpenAPI document says of the reference pages: terms, questions, sources, quality, about."""

from __future__ import annotations

from functools import partial

from acagraph.stores.media import HTML
from acagraph.web.operations import STORE, in_path, operation
from acagraph.web.schemas import Schema, texts

_NAME: Schema = {"type": "string", "pattern": "^[A-Za-z0-9._-]+$"}
_NUMBER: Schema = {"type": "integer", "minimum": 1}


def paths() -> Schema:
    """Return the operations by path and method."""
    term = in_path("name", "The name of a class or a property.", _NAME, "Coalition")
    question = in_path("name", "The name of a question.", _NAME, "CQ01")
    source = in_path("name", "The last part of the source's IRI.", _NAME, "000")
    number = in_path("number", "The page, from 1.", _NUMBER, "2")
    shown = partial(operation, content=texts((HTML,)), statuses=(304, 404, 406, *STORE), tag="documents")
    return {
        "/about": shown("get-about", "How the data is made, who may use it, and what it is without"),
        "/quality": shown("get-quality", "What the rules found in the release"),
        "/ontology/term/{name}": shown(
            "get-term", "A class or a property with its use in the data", parameters=[term]
        ),
        "/ontology/questions": shown("get-competency-questions", "The questions that the ontology answers"),
        "/ontology/questions/{name}": shown(
            "get-competency-question", "Such a question with its answer in the release", parameters=[question]
        ),
        "/doc/source/{name}/{number}": shown(
            "get-source-page",
            "What a source says, another page of statements in its order",
            statuses=(301, 304, 404, 406, *STORE),
            parameters=[source, number],
        ),
    }
