"""Any SPARQL 1.1 endpoint behind the store protocol; SPARQLWrapper writes the requests.

An endpoint is always asked for JSON or N-Triples, which are read and written again: so an answer has the
bytes that the embedded store would give, and what is malformed or cut is found.
"""

from __future__ import annotations

import itertools
import json
import math
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from http.client import HTTPException
from typing import IO, cast

import pyoxigraph
from SPARQLWrapper import GET, POST, SPARQLWrapper

from acagraph.errors import (
    AcagraphError,
    AnswerTooLarge,
    QueryError,
    StoreBusy,
    StoreDown,
    StoreError,
    StoreTimeout,
)
from acagraph.stores import engines, guard, lexer, media, rdf
from acagraph.stores.breaker import Breaker, State
from acagraph.stores.connections import Call, Connections, Reply
from acagraph.stores.protocol import ANY, Answer, Form, Limits, Scope
from acagraph.stores.sink import Sink
from acagraph.stores.terms import known_by_query
from acagraph.vocab import PREFIXES

AGENT = "acagraph (+https://w3id.org/acagraph/; SPARQLWrapper)"
_LONGEST_GET = 2_000
_RESULTS = {
    media.JSON: pyoxigraph.QueryResultsFormat.JSON,
    media.XML: pyoxigraph.QueryResultsFormat.XML,
    media.CSV: pyoxigraph.QueryResultsFormat.CSV,
    media.TSV: pyoxigraph.QueryResultsFormat.TSV,
}
_ELSEWHERE = (301, 302, 303, 307, 308)
_BUSY = (429, 503)
_LATE = (408, 504)
_DOWN = (*_BUSY, 502)
_PROBE_SECONDS = 5.0
_KNOWN = Limits(timeout_seconds=10.0)
_CHUNK = 65_536


@dataclass(frozen=True)
class Patience:
    """How often a request is sent in all, and the seconds before the second time, doubled each time and drawn
    at random below that; a Retry-After up to `longest` goes before it."""

    tries: int = 3
    first: float = 0.1
    longest: float = 2.0

    def wait(self, attempt: int, error: Exception, call: Call) -> float | None:
        """Return the seconds until the next try, None when there is none or no time for it."""
        if attempt >= self.tries or call.ended:
            return None
        seconds = random.uniform(0, self.first * 2 ** (attempt - 1))
        if isinstance(error, urllib.error.HTTPError):
            seconds = max(seconds, _retry_after(error) or 0)
        if seconds > self.longest:
            return None
        left = None if call.deadline is None else call.deadline - time.monotonic()
        return seconds if left is None or seconds < left else None


ONCE = Patience(tries=1)


class RemoteStore:
    """A SPARQL 1.1 endpoint, whose default graph should be the union of all graphs.

    It is called `name` in messages, by default its address. With a `breaker`, it is left alone while it is
    down, and `state` tells so.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        agent: str = AGENT,
        name: str = "",
        patience: Patience = ONCE,
        breaker: Breaker | None = None,
    ) -> None:
        self.endpoint = endpoint
        self._name = name or endpoint
        self._agent = agent
        self._patience = patience
        self._breaker = breaker
        self._connections = Connections()
        self._virtuoso: bool | None = None
        self._ceiling: int | None = None
        self._measured = False

    @property
    def state(self) -> State:
        """Whether queries are let through."""
        return "closed" if self._breaker is None else self._breaker.state

    def answer(
        self,
        query: str,
        *,
        accept: str = ANY,
        limits: Limits | None = None,
        scope: Scope | None = None,
        form: Form | None = None,
    ) -> Answer:
        """Send a query; see Store.answer. Our own prefixes are declared for it where it uses them.

        Raises QueryError with the server's words for a query the server refuses.
        """
        limits = limits or Limits()
        if form is None:
            guard.check_syntax(query)
        sink, call = Sink(replace(limits, timeout_seconds=None)), Call.within(limits.timeout_seconds)
        media_type = self.write(query, sink, accept=accept, scope=scope, form=form, call=call)
        return Answer(media_type, (sink.read(),))

    def write(
        self,
        query: str,
        sink: Sink,
        *,
        call: Call,
        accept: str = ANY,
        scope: Scope | None = None,
        form: Form | None = None,
    ) -> str:
        """Send a query and write its answer to a sink, which has no deadline; return the media type.

        The call bounds the time and can be ended by others. Without a form the query must have been checked.
        """
        kind = form or lexer.form(query) or ""
        select = kind in ("SELECT", "ASK")
        written = media.negotiate(accept, media.RESULTS if select else media.GRAPHS)
        self._enter()
        if not select:
            self._learn()
        with self._send(self._request(query, kind, scope or Scope(), call), call) as reply:
            try:
                self._check(reply, select=select)
                if select:
                    _write_rows(reply, sink, written, kind)
                else:
                    _write_graph(reply, sink, written, most=self._ceiling)
            except AcagraphError:
                raise
            except (OSError, HTTPException, ValueError, SyntaxError) as error:
                # What was raised within the engine's parser may come out of it as something else.
                raise self._broken(reply.fault or error, call) from error
        return written.media_type

    def known(self, iris: Collection[str]) -> frozenset[str]:
        """Return the IRIs that are subjects; see Store.known. It waits 10 seconds at most."""
        try:
            return known_by_query(self, iris, limits=_KNOWN)
        except StoreTimeout:
            # That of another query tells nothing of the store; this one is always a short one.
            self._note(failed=True)
            raise

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def _request(self, query: str, kind: str, scope: Scope, call: Call) -> _Request:
        form = media.JSON if kind in ("SELECT", "ASK") else media.N_TRIPLES
        text = engines.prologue(kind, virtuoso=bool(self._virtuoso)) + _declare(query)
        request = _Request(self.endpoint, self._agent, lambda made: self._connections.send(made, call))
        # Set directly: setQuery guesses the form by a pattern, and a wrong guess would send an update.
        request.queryString = text
        request.queryType = kind
        request.setMethod(GET if len(text) <= _LONGEST_GET else POST)
        request.setOnlyConneg(True)
        request.addCustomHttpHeader("Accept", form.media_type)
        if scope == Scope():
            # Oxigraph's server follows FROM only here where its default graph is the union.
            scope = Scope(*lexer.graphs(query, PREFIXES))
        for iri in (*scope.default_graphs, *scope.named_graphs):
            if not guard.valid_iri(iri):
                raise QueryError(f"a graph of the request is no IRI: {iri!r}; write it in full")
        for iri in scope.default_graphs:
            request.addDefaultGraph(iri)
        for iri in scope.named_graphs:
            request.addNamedGraph(iri)
        return request

    def _enter(self) -> None:
        """Let through what the breaker does; after a pause ask the shortest query first."""
        if self._breaker is None or not self._breaker.enter():
            return
        answered = False
        try:
            self._probe()
            answered = True
        except StoreError as error:
            raise StoreDown(f"{error}; it is left alone for a moment") from error
        finally:
            self._note(failed=not answered)

    def _probe(self) -> None:
        call = Call.within(_PROBE_SECONDS)
        with self._send(self._request("ASK {}", "ASK", Scope(), call), call, tries=1) as reply:
            _read(reply, Sink(_KNOWN))

    def _learn(self) -> None:
        """Find out, once, how the endpoint treats triples; its rows it tells by itself."""
        if self._virtuoso is None:
            self._probe()
        if self._virtuoso and not self._measured:
            call = Call.within(_KNOWN.timeout_seconds)
            with self._send(self._request(engines.MANY, "SELECT", Scope(), call), call) as reply:
                self._ceiling = engines.ceiling(reply.headers)
            self._measured = True

    def _note(self, *, failed: bool) -> None:
        if self._breaker is not None:
            (self._breaker.failed if failed else self._breaker.succeeded)()

    def _send(self, request: _Request, call: Call, *, tries: int | None = None) -> Reply:
        """Send a request, again where the store was not there or busy; all that is sent only reads."""
        patience = self._patience if tries is None else replace(self._patience, tries=tries)
        for attempt in itertools.count(1):
            try:
                reply = cast(Reply, request.query().response)
            except (OSError, HTTPException) as error:
                down = _is_down(error, call)
                wait = patience.wait(attempt, error, call) if down else None
                if wait is not None:
                    call.sleep(wait)
                    continue
                if tries is None and down is not None:
                    self._note(failed=down)
                raise self._failure(error, call) from error
            if tries is None:
                self._note(failed=False)
            self._virtuoso = engines.is_virtuoso(reply.headers)
            return reply
        raise AssertionError("every try returns or raises")

    def _check(self, reply: Reply, *, select: bool) -> None:
        """Refuse an answer that is not what was asked for, or may be a part of it."""
        form = media.JSON if select else media.N_TRIPLES
        received = reply.headers.get_content_type()
        if received not in (form.media_type, *form.aliases):
            raise StoreError(f"{self._name} answered {received}, not {form.media_type} as asked")
        engines.refuse_partial(reply.headers, self._name)
        if not (select or reply.framed):
            raise StoreError(f"{self._name} does not say where its answer ends, so it may be cut")

    def _failure(self, error: Exception, call: Call) -> AcagraphError:
        """Return what is said of a request that got no answer, or one with another status than 200."""
        name = self._name
        if not isinstance(error, urllib.error.HTTPError):
            if isinstance(error, TimeoutError) or call.ended:
                return self._late(call)
            return StoreError(f"{name} cannot be reached: {error or type(error).__name__}")
        code, said = error.code, _message(error.read())
        if code == 400:
            return QueryError(f"{name} refused the query: {said}")
        if code in _LATE:
            return StoreTimeout(f"{name} gave up ({code}): {said}; ask for less or try again later")
        if code in _BUSY:
            busy = StoreBusy(f"{name} is busy ({code}): {said}; try again later")
            busy.retry_after = math.ceil(_retry_after(error) or busy.retry_after)
            return busy
        if code in _ELSEWHERE:
            return StoreError(f"{name} is elsewhere (HTTP {code}); give the address to which it leads")
        if code == 404:
            return StoreError(f"no SPARQL endpoint at {name}; check the address")
        return StoreError(f"{name} failed with HTTP {code}: {said}")

    def _broken(self, error: Exception, call: Call) -> StoreError:
        """Return what is said of an answer that could not be read to its end."""
        if isinstance(error, TimeoutError) or call.ended:
            return self._late(call)
        if isinstance(error, OSError | HTTPException):
            return StoreError(f"{self._name} broke off within its answer; ask again")
        return StoreError(f"{self._name} gave a malformed answer: {str(error)[:200]}")

    def _late(self, call: Call) -> StoreError:
        if call.ended and not call.overdue:
            return StoreError("the query was given up")
        return StoreTimeout(f"{self._name} did not answer in time; ask for less or try again later")


class _Request(SPARQLWrapper):
    """A request as SPARQLWrapper writes it, on a kept connection: SPARQLWrapper opens a new one each time."""

    def __init__(self, endpoint: str, agent: str, carry: Callable[[urllib.request.Request], Reply]) -> None:
        super().__init__(endpoint, agent=agent)
        self._carry = carry

    def _query(self) -> tuple[Reply, str]:  # type: ignore[override]  # as much of a response as it needs
        return self._carry(self._createRequest()), self.returnFormat


def _is_down(error: Exception, call: Call) -> bool | None:
    """Tell whether the store was not there or busy; None where that cannot be known."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code in _DOWN
    return None if isinstance(error, TimeoutError) or call.ended else True


def _write_rows(reply: Reply, sink: Sink, form: media.Format, kind: str) -> None:
    results = None
    try:
        results = pyoxigraph.parse_query_results(cast(IO[bytes], reply), format=_RESULTS[media.JSON])
        if isinstance(results, pyoxigraph.QuerySolutions) and kind == "ASK":
            results = engines.boolean(results)
        if isinstance(results, pyoxigraph.QueryBoolean) != (kind == "ASK"):
            raise ValueError("a truth value for a table")
        sink.begin(form if kind == "SELECT" else None)
        results.serialize(cast(IO[bytes], sink), _RESULTS[form])
    finally:
        results = None  # it may only be dropped in this thread, and a traceback would keep it
    _read(reply, sink.raw())  # what follows the rows must be there too


def _write_graph(reply: Reply, sink: Sink, form: media.Format, *, most: int | None) -> None:
    """Write triples as the embedded store does, sorted and once each; AnswerTooLarge from `most` on."""
    raw = sink.raw()
    raw.begin(media.N_TRIPLES)
    lines = _lines(_read(reply, raw))
    if most is not None and len(lines) >= most:
        raise AnswerTooLarge(f"the store gives at most {most} triples of an answer; ask for less")
    sink.begin(rows=len(lines))
    sink.write(rdf.write(b"\n".join(lines), form))


def _lines(text: bytes) -> frozenset[bytes]:
    quads = None
    try:
        quads = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_TRIPLES)
        triples = [quad.triple for quad in quads]
    finally:
        quads = None
    canonical = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
    return frozenset(line for line in canonical.split(b"\n") if line)


def _read(reply: Reply, sink: Sink) -> bytes:
    while chunk := reply.read(_CHUNK):
        sink.write(chunk)
    return sink.read()


def _declare(query: str) -> str:
    missing = [prefix for prefix in lexer.undeclared_prefixes(query) if prefix in PREFIXES]
    # On the first line, so that line numbers in the server's messages stay those of the query.
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in missing) + query


def _retry_after(error: urllib.error.HTTPError) -> float | None:
    text = str(error.headers.get("Retry-After", "")).strip()
    return float(text[:6]) if text.isascii() and text.isdigit() else None


def _message(body: bytes) -> str:
    text = body.decode("utf-8", "replace").strip()
    try:
        problem = json.loads(text)
    except ValueError:
        return text[:500] or "no reason given"
    if isinstance(problem, dict):
        return str(problem.get("detail") or problem.get("title") or text[:500])
    return text[:500]
