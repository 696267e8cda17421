"""The parts of an OpenAPI document: operations with their parameters and answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from acagraph.web.schemas import TEXT, Schema, problems

STORE = (429, 502, 503, 504)
_STATUSES = {
    206: "The range of bytes that was asked.",
    301: "The thing became another one, whose address stands in Location.",
    302: "The address where it is now stands in Location.",
    303: "The address of the document about the thing stands in Location.",
    304: "The client has this answer already: the ETag that it sent still holds.",
    400: "The query cannot be answered as it stands, or its answer is larger than an answer may be.",
    403: "Updates are refused: the data is read-only.",
    404: "There is nothing of that name; the nearest names are given where there are any.",
    406: "None of the media types asked can be had; those that can are listed.",
    408: "The body did not come in time.",
    410: "The thing was withdrawn; the detail says why.",
    413: "The query is longer than a query may be.",
    415: "The body is neither a form nor a query.",
    416: "The file has no such range of bytes.",
    422: "A parameter is unknown, missing or wrong; the detail says what may stand there.",
    429: "Too many queries of one client at once; Retry-After says in how many seconds to ask again.",
    502: "The store failed.",
    503: "The deadline has passed, or too many queries are under way.",
    504: "The store did not answer in time.",
}
_HEADERS = {
    "ETag": {"description": "What to send as If-None-Match.", "schema": TEXT},
    "Link": {"description": "The other forms of the answer, and its next page.", "schema": TEXT},
}


def responses() -> Schema:
    """Return the answers other than 200, by the status with which operations refer to them."""
    return {str(status): _response(status, text) for status, text in _STATUSES.items()}


def operation(
    name: str,
    summary: str,
    content: Mapping[str, Schema],
    statuses: Iterable[int] = (),
    *,
    tag: str,
    parameters: Sequence[Schema] = (),
    description: str = "",
    body: Schema | None = None,
) -> Schema:
    """Return an operation under its method: POST with a body, else GET; one without content has no 200."""
    optional = {"description": description, "parameters": list(parameters), "requestBody": body}
    whole = {"description": "The answer.", "headers": _HEADERS, "content": dict(content)}
    described = {
        "operationId": name,
        "tags": [tag],
        "summary": summary,
        **{key: value for key, value in optional.items() if value},
        "responses": {
            **({"200": whole} if content else {}),
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)},
        },
    }
    return {"post" if body else "get": described}


def in_path(name: str, description: str, schema: Schema, example: str | None = None) -> Schema:
    """Return a parameter that stands in the path, with an example if there is one."""
    return _parameter(name, "path", description, schema, example, required=True)


def in_query(name: str, description: str, schema: Schema, example: str | int | None = None) -> Schema:
    """Return a parameter that may stand in the query string."""
    return _parameter(name, "query", description, schema, example, required=False)


def _parameter(
    name: str, place: str, description: str, schema: Schema, example: str | int | None, *, required: bool
) -> Schema:
    return {
        "name": name,
        "in": place,
        "required": required,
        "description": description,
        "schema": schema,
        **({} if example is None else {"example": example}),
    }


def _response(status: int, text: str) -> Schema:
    found: Schema = {"description": text}
    if status in (301, 302, 303):
        found["headers"] = {"Location": {"required": True, "schema": TEXT}}
    elif status in (429, 503):
        found["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    elif status == 206:
        found["content"] = {"*/*": {"schema": {}}}
    if status >= 400:
        found["content"] = problems()
    return found
