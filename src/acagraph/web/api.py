"""/openapi.json and /api: what the service takes and answers, for machines and for people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.queries import Parameter, SavedQuery
from acagraph.queries.values import allowed
from acagraph.stores import rows
from acagraph.stores.media import HTML, PLAIN_JSON
from acagraph.vocab import ONTOLOGY
from acagraph.web.addresses import local
from acagraph.web.languages import N_
from acagraph.web.openapi import document
from acagraph.web.pages import Pages
from acagraph.web.responses import choose, respond, unchanged
from acagraph.web.schemas import Schema

_TYPES = {
    "string": N_("text"),
    "array": N_("texts, each by the same name"),
    "object": N_("names with values"),
    "integer": N_("integer"),
    "number": N_("number"),
}
_ENDS = {
    (True, True): N_("{type} from {low} to {high}"),
    (True, False): N_("{type} from {low}"),
    (False, True): N_("{type} to {high}"),
    (False, False): "{type}",
}
_PLACES = {"path": N_("path"), "query": N_("query string")}
_VERSION = f"SELECT ?version {{ <{ONTOLOGY}> owl:versionInfo ?version }} ORDER BY ?version LIMIT 1"


@dataclass(frozen=True)
class Shown:
    """An operation as the page shows it; `example` is the address of one that can be followed, or nothing.

    `declared` are the parameters of a saved query, by name.
    """

    name: str
    method: str
    path: str
    operation: Mapping[str, Any]
    example: str
    declared: Mapping[str, Parameter]

    @property
    def tag(self) -> str:
        """What the operation is about."""
        return str(self.operation["tags"][0])


class Api:
    """The OpenAPI document of a dataset, and the page that shows it."""

    def __init__(self, dataset: Dataset, pages: Pages) -> None:
        self._dataset = dataset
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the routes of the document and its page."""
        return [Route("/openapi.json", self.document), Route("/api", self.page)]

    def document(self, request: Request) -> Response:
        """Send the OpenAPI document."""
        if (known := unchanged(request, PLAIN_JSON.media_type)) is not None:
            return known
        body = json.dumps(self._document(request), ensure_ascii=False, indent=1).encode() + b"\n"
        return respond(request, body, PLAIN_JSON.media_type)

    def page(self, request: Request) -> Response:
        """Show the operations, each with its parameters, its answers and an example."""
        choose(request, (HTML,))
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        found = self._document(request)
        shown = list(self._shown(found, local(request)))
        say = self._pages.wording(request).say
        body = self._pages.render(
            request,
            "api.html",
            about=found["info"]["description"].split("\n\n"),
            groups=[(tag, [one for one in shown if one.tag == tag["name"]]) for tag in found["tags"]],
            answers=found["components"]["responses"],
            said=partial(said, say=say),
            titled=titled,
            places=_PLACES,
            allowed=allowed,
        )
        return respond(request, body, HTML.media_type)

    def _document(self, request: Request) -> Schema:
        return document(
            self._dataset.queries,
            version=self._pages.version,
            ontology=self._ontology,
            server=local(request) or "/",
        )

    @cached_property
    def _ontology(self) -> str:
        found = rows(self._dataset.store, _VERSION)
        return found[0]["version"].value if found else ""

    def _shown(self, found: Schema, root: str) -> Iterator[Shown]:
        for path, item in found["paths"].items():
            for method, operation in item.items():
                name = operation["operationId"]
                query = self._dataset.queries.get(name)
                asked = example(path, operation) if query is None else _asked(path, query.example)
                link = root + asked if asked and method == "get" else ""
                declared = {one.name: one for one in (query.parameters if query else ())}
                yield Shown(name, method.upper(), path, operation, link, declared)


def example(path: str, operation: Mapping[str, Any]) -> str:
    """Return an address that asks an operation as its parameters' examples say, or nothing."""
    asked: dict[str, str] = {}
    for parameter in operation.get("parameters", ()):
        value = parameter.get("example")
        if parameter["in"] == "path" and value is None:
            return ""
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(str(value)))
        elif isinstance(value, Mapping):
            asked |= value
        elif value is not None:
            asked[parameter["name"]] = value
    return _asked(path, asked)


def told(saved: Mapping[str, SavedQuery]) -> set[str]:
    """Return what the page says in English of the interface to saved queries, but for what they say."""
    found = document(saved, version="")
    texts = set(found["info"]["description"].split("\n\n"))
    texts |= {answer["description"] for answer in found["components"]["responses"].values()}
    for tag in found["tags"]:
        texts |= {titled(tag["name"]), tag["description"]}
    for item in found["paths"].values():
        for operation in item.values():
            query = saved.get(operation["operationId"])
            own = {one.name for one in query.parameters} if query else ()
            texts |= {operation["summary"], operation.get("description", "")}
            texts |= {one["description"] for one in operation.get("parameters", ()) if one["name"] not in own}
    return texts - {""}


def titled(tag: str) -> str:
    """Return the heading of a group of operations, in English.

    >>> titled("documents")
    'Documents'
    """
    return f"{tag[0].upper()}{tag[1:]}"


def said(schema: Mapping[str, Any], say: Callable[[str], str]) -> str:
    """Return in words, which `say` translates, what a schema allows."""
    if "enum" in schema:
        return say(N_("one of {values}")).format(values=", ".join(map(str, schema["enum"])))
    low, high = schema.get("minimum"), schema.get("maximum")
    ends = _ENDS[low is not None, high is not None]
    told = say(ends).format(type=say(_TYPES[schema["type"]]), low=low, high=high)
    if "default" in schema:
        told += "; " + say(N_("{default} if not given")).format(default=schema["default"])
    return told


def _asked(path: str, arguments: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(arguments)}" if arguments else path
