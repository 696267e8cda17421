"""/graph-store: the reading side of the SPARQL 1.1 Graph Store HTTP Protocol."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from acagraph.errors import NotAcceptable, NotFound, Phrase, QueryError, StoreTimeout
from acagraph.queries.binding import serialise
from acagraph.stores import Asked, GuardedStore, Limits, Term
from acagraph.stores.media import GRAPHS, N_TRIPLES, TURTLE, Format, by_name
from acagraph.stores.rdf import ntriples_of, write
from acagraph.vocab import graph_iri
from acagraph.web import coding, protocol, strangers
from acagraph.web.addresses import local
from acagraph.web.inventory import File, Inventory
from acagraph.web.responses import KEPT, choose, deliver, is_known, respond, unchanged
from acagraph.web.responses import coding as preferred_coding

ALLOW = {"Allow": "GET, HEAD, OPTIONS"}
WRITING = ("PUT", "POST", "DELETE", "PATCH")
# Larger graphs can be had in the formats in which they stand in files: whole, and without waiting.
_WRITABLE = 50_000
_CONVERTERS = 2
# Smaller files are read at once, to be sent compressed and to be kept.
_SMALL = 1_000_000
_CHUNK = 1 << 18


class GraphStore:
    """Sends graphs as they are, from the release's files or else from the store."""

    def __init__(self, store: GuardedStore, inventory: Inventory, *, limits: Limits) -> None:
        self._inventory = inventory
        self._store = store
        self._limits = limits
        self._converters = CapacityLimiter(_CONVERTERS)

    def routes(self) -> list[Route]:
        """Return the routes of graphs that a parameter names."""
        return [
            Route("/graph-store", self.graph, methods=["GET", "OPTIONS"]),
            Route("/graph-store", refuse, methods=WRITING),
        ]

    async def graph(self, request: Request) -> Response:
        """Send the graph that the parameters name (section 4.2), or the union of all graphs for `default`."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=ALLOW)
        values = protocol.parse(request.scope["query_string"], "the address")
        iri = _named(values)
        await self.require(iri)
        formats = [name for value in values.get("format", ()) for name in value.split(",")]
        offer = self.choose(request, iri, formats)
        links = ", ".join(self.described_by(request))
        return await self.send(request, iri, offer, {"Link": links} if links else {})

    async def require(self, iri: str | None) -> None:
        """Raise NotFound when there is no graph of this name; the union of all there is always."""
        graphs = await to_thread.run_sync(lambda: self._inventory.graphs)
        if iri is not None and iri not in graphs:
            hint = self._inventory.nearest(iri)
            raise NotFound(Phrase("there is no graph {name}; {hint}", name=protocol.shown(iri), hint=hint))

    def choose(self, request: Request, iri: str | None, formats: Sequence[str], *others: Format) -> Format:
        """Return the format in which to send a graph; what is named wins over the Accept header.

        Raises NotAcceptable, with a pointer to the files where a graph is too large for all formats.
        """
        graphs = self.offers(iri)
        offers = (*graphs, *others)
        try:
            return by_name(formats[0].strip(), offers) if formats else choose(request, offers)
        except NotAcceptable as error:
            if len(graphs) == len(GRAPHS):
                raise
            files = local(request, "data")
            raise NotAcceptable(f"{error}; a graph this large is not converted, see {files}") from None

    def described_by(self, request: Request) -> Iterator[str]:
        """Yield the link to what is said of the graphs themselves, if it is known."""
        if graph_iri("metadata") in self._inventory.graphs:
            yield f'<{local(request, "graph/metadata")}>; rel="describedby"'

    def offers(self, iri: str | None) -> tuple[Format, ...]:
        """Return the formats in which a graph that there is, or for None the union of all, can be had."""
        written = tuple(offer for offer in GRAPHS if self._inventory.file_of(iri, offer) is not None)
        triples = self._inventory.triples if iri is None else self._inventory.graphs[iri]
        return written if written and triples > _WRITABLE else GRAPHS

    async def send(
        self, request: Request, iri: str | None, offer: Format, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Send exactly the triples of a graph, whole."""
        file = await to_thread.run_sync(self._inventory.file_of, iri, offer)
        if file is not None:
            return await to_thread.run_sync(partial(_sent, request, file, offer, headers or {}))
        # The files have literals as they were written, which the store does not keep.
        original = await to_thread.run_sync(
            self._inventory.file_of, iri, N_TRIPLES if iri is None else TURTLE
        )
        if original is not None:
            convert = partial(_converted, request, original, offer, headers or {})
            return await to_thread.run_sync(convert, limiter=self._converters)
        return await self._from_store(request, iri, offer, headers)

    async def _from_store(
        self, request: Request, iri: str | None, offer: Format, headers: Mapping[str, str] | None
    ) -> Response:
        pattern = "?s ?p ?o" if iri is None else f"GRAPH {serialise(Term('iri', iri))} {{ ?s ?p ?o }}"
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}"
        asked = Asked(query, offer.media_type, self._limits, coding=preferred_coding(request))
        try:
            return deliver(request, await strangers.ask(request, self._store, asked), headers=headers)
        except ClientDisconnect:
            return strangers.gone(request)
        except (QueryError, StoreTimeout) as error:
            hint = f"take it from the files at {local(request, 'data')}"
            raise type(error)(f"the graph is too much for one answer ({error}); {hint}") from None


async def refuse(request: Request) -> Response:
    """Refuse to write (section 5.1)."""
    raise HTTPException(
        405, f"{request.method} is refused: the graphs here are read-only; read them with GET", ALLOW
    )


def _named(values: protocol.Values) -> str | None:
    """Return the graph that is asked, None for the default graph. Raises QueryError."""
    graphs, default = values.get("graph", ()), values.get("default", ())
    if len(graphs) + len(default) != 1:
        fault = (
            "both default and graph, or one of them twice"
            if graphs or default
            else "neither default nor graph"
        )
        raise QueryError(f"{fault} in the request; send ?default or ?graph= with the IRI of one graph")
    if any(default):
        raise QueryError("default takes no value; for a named graph send ?graph= with its IRI")
    return protocol.absolute(graphs[0], "graph") if graphs else None


def _sent(request: Request, file: File, offer: Format, headers: Mapping[str, str]) -> Response:
    """Return a file piece by piece, or a small one at once; what is compressed is unpacked if it must be."""
    # One file may be sent as two media types, which are two representations.
    tag = hashlib.sha256(f"{file.sha256} {offer.media_type}".encode()).hexdigest()
    if not file.zipped and file.size <= _SMALL:
        return respond(request, file.path.read_bytes(), offer.media_type, headers=headers, tag=tag)
    accepted = request.headers.get("accept-encoding", "")
    zipped = file.zipped and coding.preferred(accepted, {"gzip": gzip.compress}) == "gzip"
    described = {
        "ETag": f'"{tag[:32]}{"-gzip" if zipped else ""}"',
        "Vary": "Accept, Accept-Encoding",
        "Cache-Control": KEPT,
        **headers,
    }
    if is_known(request, described["ETag"]):
        return Response(status_code=304, headers=described)
    if zipped:
        described["Content-Encoding"] = "gzip"
    if zipped or not file.zipped:
        described["Content-Length"] = str(file.size)
    # A part of a graph is no graph: whoever wants a range takes it of the file itself.
    pieces = iter(()) if request.method == "HEAD" else _pieces(file, unpacked=file.zipped and not zipped)
    return StreamingResponse(pieces, headers=described, media_type=offer.media_type)


def _pieces(file: File, *, unpacked: bool) -> Iterator[bytes]:
    with gzip.open(file.path) if unpacked else file.path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk


def _converted(request: Request, file: File, offer: Format, headers: Mapping[str, str]) -> Response:
    if (known := unchanged(request, offer.media_type)) is not None:
        return known
    body = write(ntriples_of(file.path), offer)
    return respond(request, body, offer.media_type, headers=headers)
