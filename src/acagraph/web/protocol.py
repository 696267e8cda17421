"""Requests of the SPARQL 1.1 Protocol: what is asked, wherever in the request it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import anyio
from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from acagraph.errors import QueryError, ReadOnly
from acagraph.stores import Scope, guard, lexer
from acagraph.stores.guard import valid_iri
from acagraph.vocab import PREFIXES
from acagraph.web.inventory import Inventory

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
_UPDATE = "application/sparql-update"
_LONGEST = 1_000_000
_HINT = "list fewer terms, or ask in several queries"
_PARAMETERS = 1_000
_PATIENCE = 30.0
# More than this is taken apart in a thread.
_LONG = 50_000
_GRAPHS = ("default-graph-uri", "named-graph-uri")
_OF_UPDATES = dict(zip(("using-graph-uri", "using-named-graph-uri"), _GRAPHS, strict=True))
_CONDITIONS = (*_GRAPHS, "format", "timeout")
_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
# The prologue of a query (SPARQL 1.1, section 19.8, rule 4) up to its form. Nothing is given back once it is
# matched, so that no text makes this slow: it is read in the process that serves everybody.
_GAP = r"(?>\s++|\#[^\r\n]*+)*+"
_HEAD = re.compile(
    rf"""(?>\s++|\#[^\r\n]*+|BASE{_GAP}<[^<>\s]*+>|PREFIX{_GAP}[^\s:<>\#]*+:{_GAP}<[^<>\s]*+>)*+
    (SELECT|ASK|CONSTRUCT|DESCRIBE)\b""",
    re.VERBOSE | re.IGNORECASE,
)
# What SERVICE answers is another server's, and may change.
_FRESH = frozenset(("NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"))
_PERHAPS_FRESH = re.compile(rf"\b(?:{'|'.join(sorted(_FRESH))})\b", re.IGNORECASE)
_LEXED = 2_000

Values = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Operation:
    """A query operation (SPARQL 1.1 Protocol, section 2.1); of the names in `formats` the first counts."""

    query: str | None
    scope: Scope
    formats: tuple[str, ...] = ()
    timeout: float | None = None

    @property
    def form(self) -> str:
        """SELECT, ASK, CONSTRUCT or DESCRIBE; nothing for text that is no query."""
        found = _HEAD.match(self.query or "")
        return found[1].upper() if found else ""

    @property
    def lasting(self) -> bool:
        """Whether the same query has the same answer tomorrow: it asks for no time and nothing random."""
        query = self.query or ""
        if _PERHAPS_FRESH.search(query) is None:
            return True
        return len(query) <= _LEXED and not any(token.keyword in _FRESH for token in lexer.tokens(query))


async def read(request: Request, *, most_seconds: float | None, patience: float = _PATIENCE) -> Operation:
    """Return what a request asks.

    Raises QueryError, ReadOnly and ClientDisconnect; HTTPException for a body that is of a wrong type (415),
    too large (413) or too slow (408).
    """
    target = parse(request.scope["query_string"], "the address")
    if request.method != "POST":
        return _operation(target, None, most_seconds=most_seconds)
    media_type = _content_type(request)
    refuse_updates(target)
    sent = await body(request, most=_LONGEST, what="a query", hint=_HINT, patience=patience)
    if media_type == DIRECT:
        return _operation(target, {"query": [_decoded(sent, "the query")]}, most_seconds=most_seconds)
    if len(sent) > _LONG:
        form = await to_thread.run_sync(parse, sent, "the form")
    else:
        form = parse(sent, "the form")
    return _operation(target, form, most_seconds=most_seconds)


def parse(text: bytes, place: str) -> Values:
    """Return the values of each parameter of a query string or form. Raises QueryError."""
    try:
        pairs = parse_qsl(text.decode(), keep_blank_values=True, errors="strict", max_num_fields=_PARAMETERS)
    except UnicodeDecodeError:
        raise _not_utf8(place) from None
    except ValueError:
        raise QueryError(f"{place} has more than {_PARAMETERS} parameters; send fewer") from None
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def refuse_updates(values: Values) -> None:
    """Raise ReadOnly for the update operation (SPARQL 1.1 Protocol, section 2.2)."""
    if "update" in values:
        raise ReadOnly("updates are refused: this endpoint is read-only; ask with the parameter 'query'")


def absolute(iri: str, name: str) -> str:
    """Return an IRI given as a parameter. Raises QueryError when it is no absolute IRI."""
    if not valid_iri(iri):
        raise QueryError(
            f"{name}={shown(iri)} is no absolute IRI; write one such as https://example.org/graph"
        )
    return iri


def refuse_unknown(scope: Scope, inventory: Inventory) -> None:
    """Raise QueryError for a graph that the dataset does not have, with the names that come nearest."""
    for name, graphs in zip(_GRAPHS, (scope.default_graphs, scope.named_graphs), strict=True):
        for iri in graphs:
            if iri not in inventory.graphs:
                raise QueryError(
                    f"{name}={shown(iri)}: there is no such graph here; {inventory.nearest(iri)}"
                )


def refuse_fetched(query: str, inventory: Inventory) -> None:
    """Raise QueryError where FROM names a graph that the dataset does not have: a store might fetch it."""
    for text in guard.readings(query):
        for iri in sum(lexer.graphs(text, PREFIXES), ()):
            if iri not in inventory.graphs:
                raise QueryError(f"FROM {shown(iri)}: there is no such graph here; {inventory.nearest(iri)}")


def shown(text: str) -> str:
    """Return what a client sent as far as an error message repeats it."""
    return repr(text if len(text) <= 200 else f"{text[:200]}…")


def _operation(target: Values, posted: Values | None, *, most_seconds: float | None) -> Operation:
    values = _united(target, posted)
    queries = values.get("query", ())
    if len(queries) > 1:
        raise QueryError(
            f"{len(queries)} queries in one request; send more than one query in several requests"
        )
    if queries and not queries[0].strip():
        raise QueryError("the query is empty; write one such as SELECT * WHERE { ?s ?p ?o } LIMIT 10")
    default, named = (_graphs(values, name) for name in _GRAPHS)
    return Operation(
        query=queries[0] if queries else None,
        scope=Scope(default, named),
        formats=tuple(_formats(values.get("format", ()))),
        timeout=_timeout(values.get("timeout", ()), most_seconds),
    )


def _united(target: Values, posted: Values | None) -> Values:
    """Return the parameters of address and body, each of which stands in one of them."""
    body = posted or {}
    for values in (target, body):
        refuse_updates(values)
        for name, meant in _OF_UPDATES.items():
            if name in values:
                raise QueryError(f"{name} belongs to an update; for a query send {meant}")
    if posted is not None and "query" in target:
        raise QueryError("a query in the address of a POST; send it once, and in the body")
    for name in _CONDITIONS:
        if name in target and name in body:
            raise QueryError(f"{name} stands in the address and in the body; send it in one of them")
    return {**target, **body}


def _graphs(values: Values, name: str) -> tuple[str, ...]:
    graphs = tuple(absolute(iri, name) for iri in values.get(name, ()))
    for number, iri in enumerate(graphs):
        if iri in graphs[:number]:
            raise QueryError(f"{name}={shown(iri)} twice; send each graph once")
    return graphs


def _formats(values: Sequence[str]) -> Sequence[str]:
    # SPARQLWrapper sends its own name of a format, and under the same name once more what it sends as Accept.
    names = (name.partition(";")[0].strip() for value in values for name in value.split(","))
    return [name for name in names if name]


def _timeout(values: Sequence[str], most: float | None) -> float | None:
    if not values:
        return None
    if len(values) > 1:
        raise QueryError("timeout twice; send it once")
    seconds = float(values[0]) if _SECONDS.fullmatch(values[0]) else 0.0
    if seconds <= 0:
        raise QueryError(f"timeout={shown(values[0])} is no number of seconds above zero, such as 10 or 2.5")
    if most is not None and seconds > most:
        raise QueryError(
            f"timeout={shown(values[0])} is above the {most:g} seconds that a query may take here"
        )
    return seconds


def _content_type(request: Request) -> str:
    """Return the media type of a body that is UTF-8 and not compressed (sections 2.1.2 and 2.1.3)."""
    media_type, *parameters = (part.strip() for part in request.headers.get("content-type", "").split(";"))
    media_type = media_type.lower()
    if media_type == _UPDATE:
        raise ReadOnly(f"updates are refused: this endpoint is read-only; POST a query as {DIRECT}")
    if media_type not in (FORM, DIRECT):
        raise HTTPException(
            415, f"POST a query as {FORM} or {DIRECT}, not as {media_type[:100] or 'nothing'}"
        )
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and charset not in ("utf-8", "utf8"):
            raise HTTPException(415, f"send the query in UTF-8, not in {charset[:100] or 'no charset'}")
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise HTTPException(415, "send the query as it is, without a Content-Encoding")
    return media_type


async def body(request: Request, *, most: int, what: str, hint: str, patience: float = _PATIENCE) -> bytes:
    """Return the body of a request, which has at most so many bytes; the hint says how to send less.

    Raises HTTPException when it is too large (413) or too slow (408), and ClientDisconnect.
    """
    declared = request.headers.get("content-length", "")
    too_large = HTTPException(413, f"{what} has at most {most:,} bytes; {hint}", {"Connection": "close"})
    if declared.isdecimal() and (len(declared) > 15 or int(declared) > most):
        raise too_large
    found = bytearray()
    try:
        with anyio.fail_after(patience):
            async for chunk in request.stream():
                found += chunk
                if len(found) > most:
                    raise too_large
    except TimeoutError:
        # A connection that is this slow is not kept for another request.
        raise HTTPException(
            408, f"the body did not come within {patience:g} s; send it at once", {"Connection": "close"}
        ) from None
    return bytes(found)


def _decoded(body: bytes, place: str) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise _not_utf8(place) from None


def _not_utf8(place: str) -> QueryError:
    return QueryError(f"{place} is not UTF-8; encode it as UTF-8")


__all__ = [
    "DIRECT",
    "FORM",
    "ClientDisconnect",
    "Operation",
    "absolute",
    "body",
    "parse",
    "read",
    "refuse_unknown",
    "refuse_updates",
    "shown",
]
