"""Any SPARQL 1.1 endpoint behind the store protocol, spoken to with SPARQLWrapper."""

from __future__ import annotations

import ast
import json
import time
import urllib.error
from collections.abc import Collection
from http.client import HTTPException
from typing import IO

from SPARQLWrapper import GET, POST, SPARQLExceptions, SPARQLWrapper

from acagraph.errors import AcagraphError, AnswerTooLarge, NotAcceptable, QueryError, StoreError, StoreTimeout
from acagraph.stores import guard, lexer, media
from acagraph.stores.protocol import ANY, Answer, Form, Limits, Scope
from acagraph.stores.terms import known_by_query
from acagraph.vocab import PREFIXES

AGENT = "acagraph (+https://w3id.org/acagraph/; SPARQLWrapper)"
_LONGEST_GET = 2_000
_CHUNK = 65_536


class RemoteStore:
    """A SPARQL 1.1 endpoint; its server decides what the default graph is."""

    def __init__(self, endpoint: str, *, agent: str = AGENT) -> None:
        self.endpoint = endpoint
        self._agent = agent

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
        kind = form or guard.admit(query)
        written = media.negotiate(accept, media.RESULTS if kind in ("SELECT", "ASK") else media.GRAPHS)
        request = self._request(query, kind, written, scope or Scope())
        if limits.timeout_seconds is not None:
            # A socket's timeout is a whole number of seconds in SPARQLWrapper; the deadline below is exact.
            request.setTimeout(max(1, round(limits.timeout_seconds)))
        try:
            return Answer(written.media_type, self._fetch(request, written, limits))
        except AcagraphError:
            raise
        except SPARQLExceptions.SPARQLWrapperException as error:
            raise self._refusal(error) from error
        except urllib.error.HTTPError as error:
            raise self._failure(error.code, error.read()) from error
        except (OSError, HTTPException) as error:
            raise self._unreachable(error) from error

    def known(self, iris: Collection[str]) -> frozenset[str]:
        """Return the IRIs that are subjects; see Store.known."""
        return known_by_query(self, iris)

    def close(self) -> None:
        """Do nothing: no connection is kept."""

    def _request(self, query: str, kind: str, form: media.Format, scope: Scope) -> SPARQLWrapper:
        wrapper = SPARQLWrapper(self.endpoint, agent=self._agent)
        # Set directly: setQuery guesses the form by a pattern, and a wrong guess would send an update.
        wrapper.queryString = _declare(query)
        wrapper.queryType = kind
        wrapper.setMethod(GET if len(query) <= _LONGEST_GET else POST)
        wrapper.setOnlyConneg(True)
        wrapper.addCustomHttpHeader("Accept", form.media_type)
        for iri in scope.default_graphs:
            wrapper.addDefaultGraph(iri)
        for iri in scope.named_graphs:
            wrapper.addNamedGraph(iri)
        return wrapper

    def _fetch(self, request: SPARQLWrapper, form: media.Format, limits: Limits) -> tuple[bytes, ...]:
        deadline = None if limits.timeout_seconds is None else time.monotonic() + limits.timeout_seconds
        response = request.query().response
        try:
            received = response.headers.get_content_type()
            if received not in (form.media_type, *form.aliases):
                raise StoreError(f"{self.endpoint} answered {received}, not {form.media_type} as asked")
            return _read(response, deadline, limits)
        finally:
            response.close()

    def _refusal(self, error: SPARQLExceptions.SPARQLWrapperException) -> AcagraphError:
        codes = {
            SPARQLExceptions.QueryBadFormed: 400,
            SPARQLExceptions.Unauthorized: 401,
            SPARQLExceptions.EndPointNotFound: 404,
            SPARQLExceptions.URITooLong: 414,
        }
        cause = error.__context__
        body = str(error).partition("Response:\n")[2]
        code = cause.code if isinstance(cause, urllib.error.HTTPError) else codes.get(type(error), 500)
        return self._failure(code, _literal_bytes(body))

    def _failure(self, code: int, body: bytes) -> AcagraphError:
        said = _message(body)
        if code == 400:
            return QueryError(f"{self.endpoint} refused the query: {said}")
        if code == 406:
            return NotAcceptable(f"{self.endpoint} cannot answer in this format: {said}")
        if code in (408, 503, 504):
            return StoreTimeout(f"{self.endpoint} gave up ({code}): {said}; ask for less or try again later")
        if code == 404:
            return StoreError(f"no SPARQL endpoint at {self.endpoint}; check the address")
        return StoreError(f"{self.endpoint} failed with HTTP {code}: {said}")

    def _unreachable(self, error: Exception) -> StoreError:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            return StoreTimeout(f"{self.endpoint} did not answer in time; ask for less or try again later")
        return StoreError(f"{self.endpoint} cannot be reached: {reason}")


def _declare(query: str) -> str:
    missing = [prefix for prefix in lexer.undeclared_prefixes(query) if prefix in PREFIXES]
    # On the first line, so that line numbers in the server's messages stay those of the query.
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in missing) + query


def _read(response: IO[bytes], deadline: float | None, limits: Limits) -> tuple[bytes, ...]:
    chunks, size = [], 0
    while chunk := response.read(_CHUNK):
        size += len(chunk)
        if deadline is not None and time.monotonic() > deadline:
            raise StoreTimeout(f"no whole answer within {limits.timeout_seconds:g} s; ask for less")
        if limits.max_bytes is not None and size > limits.max_bytes:
            raise AnswerTooLarge(f"the answer is larger than {limits.max_bytes} bytes; add a LIMIT")
        chunks.append(chunk)
    return tuple(chunks)


def _literal_bytes(text: str) -> bytes:
    # SPARQLWrapper keeps the server's body only as the repr of bytes inside its message.
    try:
        value = ast.literal_eval(text.strip() or "b''")
    except (ValueError, SyntaxError):
        return text.encode()
    return value if isinstance(value, bytes) else text.encode()


def _message(body: bytes) -> str:
    text = body.decode("utf-8", "replace").strip()
    try:
        problem = json.loads(text)
    except ValueError:
        return text[:500] or "no reason given"
    if isinstance(problem, dict):
        return str(problem.get("detail") or problem.get("title") or text[:500])
    return text[:500]
