"""Requests to a SPARQL store: queries and updates as SPARQLWrapper writes them, and named graphs."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException
from typing import IO, Any
from urllib.parse import quote

from SPARQLWrapper import POST, POSTDIRECTLY, URLENCODED, SPARQLWrapper

from acagraph.errors import AcagraphError, StoreError, StoreTimeout
from acagraph.loading.credentials import HINT, Credentials
from acagraph.stores.media import JSON
from acagraph.stores.remote import AGENT

TURTLE = "text/turtle"
_LARGEST = 64 << 20
_SHOWN = 300
# What may be gone in a moment; then the same request is sent again.
_PASSING = (429, 502, 503, 504)
_PAUSES = (0.5, 2.0, 5.0)


@dataclass(frozen=True)
class Reply:
    """What a server answered, and what it calls itself."""

    body: bytes
    media_type: str
    server: str


class Refusal(StoreError):
    """A server answered with an error; `code` is its HTTP status."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: credentials and data are for the address that was given, and for no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class Connection:
    """How all requests of one load are sent; `timeout` is in seconds, for each wait for the server.

    A name and a password are told only to a server that asks for them, by Basic or Digest; a token always.
    """

    credentials: Credentials = field(default_factory=Credentials)
    timeout: float = 300.0
    pauses: tuple[float, ...] = _PAUSES
    sleep: Callable[[float], None] = time.sleep
    _opener: urllib.request.OpenerDirector = field(init=False, repr=False)
    _basic: list[bool] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        handlers = (_Stay(), _Digest(_Known(self.credentials)))
        object.__setattr__(self, "_opener", urllib.request.build_opener(*handlers))

    def select(self, endpoint: str, query: str) -> list[dict[str, str]]:
        """Return the rows of a SELECT, terms by their text."""
        text = self.query(endpoint, query).body
        try:
            rows = json.loads(text)["results"]["bindings"]
            return [{name: str(term["value"]) for name, term in row.items()} for row in rows]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(f"{endpoint} answered no whole SPARQL results in JSON") from error

    def ask(self, endpoint: str, query: str) -> bool:
        """Return what an ASK answers."""
        text = self.query(endpoint, query).body
        try:
            document = json.loads(text)
            if "boolean" in document:
                return document["boolean"] is True
            # Virtuoso 7.2.5 answers a row, with 1 or 0.
            [row] = document["results"]["bindings"] or [{"": {"value": "0"}}]
            [term] = row.values()
            return str(term["value"]) == "1"
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(f"{endpoint} answered no whole SPARQL results in JSON") from error

    def query(self, endpoint: str, query: str) -> Reply:
        """Send a query and return its results in JSON."""
        wrapper = SPARQLWrapper(endpoint, agent=AGENT)
        wrapper.queryString, wrapper.queryType = query, "SELECT"
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.addCustomHttpHeader("Accept", JSON.media_type)
        reply = self.send(wrapper._createRequest())
        if reply.media_type not in (JSON.media_type, *JSON.aliases):
            raise StoreError(
                f"{endpoint} answered {reply.media_type}, not the results of a query; "
                "is it the SPARQL endpoint?"
            )
        return reply

    def update(self, endpoint: str, text: str, *, form: bool = False, again: bool = True) -> None:
        """Send an update, as a form if the server takes no other; `again` if it may be repeated."""
        wrapper = SPARQLWrapper(endpoint, agent=AGENT)
        # Set directly: setQuery looks for the form with a pattern, which takes long in many megabytes.
        wrapper.queryString, wrapper.queryType = text, "INSERT"
        wrapper.setMethod(POST)
        wrapper.setRequestMethod(URLENCODED if form else POSTDIRECTLY)
        request = wrapper._createRequest()
        request.full_url = request.full_url.rstrip("?")
        self.send(request, again=again)

    def write(self, graph_store: str, graph: str, turtle: bytes, *, replace: bool) -> None:
        """Put triples into a named graph, in the place of what it holds or beside it."""
        address = f"{graph_store}?graph={quote(graph, safe='')}"
        request = urllib.request.Request(address, data=turtle, method="PUT" if replace else "POST")
        request.add_header("Content-Type", TURTLE)
        request.add_header("User-Agent", AGENT)
        self.send(request)

    def send(self, request: urllib.request.Request, *, again: bool = True) -> Reply:
        """Send a request, three times more while the server is not able to answer, if it may be repeated.

        Raises Refusal for a status of an error, StoreTimeout, and StoreError for a server that is gone.
        """
        for pause in self.pauses if again else ():
            try:
                return self._once(request)
            except StoreTimeout:
                raise
            except Refusal as error:
                if error.code not in _PASSING:
                    raise
            except StoreError:
                pass
            self.sleep(pause)
        return self._once(request)

    def _once(self, request: urllib.request.Request) -> Reply:
        address = request.full_url.partition("?")[0]
        try:
            return self._answered(request, address)
        except urllib.error.HTTPError as error:
            raise self._refusal(error, address, request) from None
        except AcagraphError:
            raise
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                raise StoreTimeout(f"{address} did not answer within {self.timeout:g} s") from None
            if isinstance(reason, ssl.SSLError):
                raise StoreError(f"{address} has no valid certificate: {reason.reason}") from None
            told = self.credentials.hidden(str(reason)) or type(reason).__name__
            raise StoreError(f"{address} cannot be reached, or went away: {told}") from None

    def _answered(self, request: urllib.request.Request, address: str) -> Reply:
        shown = self.credentials
        if shown.token:
            request.add_unredirected_header("Authorization", f"Bearer {shown.token}")
        elif self._basic:
            request.add_unredirected_header("Authorization", shown.basic())
        try:
            with self._opener.open(request, timeout=self.timeout) as response:
                return self._read(response, address)
        except urllib.error.HTTPError as error:
            asked = error.headers.get("WWW-Authenticate", "").lower()
            if error.code != 401 or not shown.user or self._basic or "basic" not in asked:
                raise
            error.close()
        # From now on it is shown at once: no body is sent twice.
        self._basic.append(True)
        return self._answered(request, address)

    def _read(self, response: IO[bytes], address: str) -> Reply:
        headers: Message = response.headers  # type: ignore[attr-defined]
        body = response.read(_LARGEST + 1)
        if len(body) > _LARGEST:
            raise StoreError(f"{address} answered more than {_LARGEST >> 20} MB")
        length = headers.get("Content-Length", "")
        if length.isdigit() and int(length) > len(body):
            raise StoreError(f"{address} broke off its answer")
        return Reply(body, headers.get_content_type(), headers.get("Server", ""))

    def _refusal(
        self, error: urllib.error.HTTPError, address: str, request: urllib.request.Request
    ) -> Refusal:
        try:
            said = self.credentials.hidden(_message(error.read(4 * _SHOWN), error.headers))
        except (OSError, HTTPException):
            said = "no reason given"
        size = len(request.data) if isinstance(request.data, bytes) else 0
        return Refusal(self._told(error, address, said, size), error.code)

    def _told(self, error: urllib.error.HTTPError, address: str, said: str, size: int) -> str:
        code = error.code
        if code == 401:
            asked = "does not accept these credentials" if self.credentials else "asks for credentials"
            return f"{address} {asked}; {HINT}"
        if code == 403:
            return f"{address} does not allow it (403): {said}"
        if code in (404, 405, 501):
            return (
                f"{address} does not do this (HTTP {code}); give the addresses with --update and "
                "--graph-store, or another --method"
            )
        if code == 413:
            return f"{address} takes no request of {size / 1e6:,.1f} MB; give a smaller --piece"
        if 300 <= code < 400:
            elsewhere = self.credentials.hidden(error.headers.get("Location", "another address"))
            return f"{address} leads to {elsewhere}; give that address if it is the store"
        # Virtuoso says so with a 500, and to nobody's surprise when nobody was named.
        hint = f"; {HINT}" if "SR186" in said and not self.credentials else ""
        return f"{address} failed with HTTP {code}: {said}{hint}"


class _Known(urllib.request.HTTPPasswordMgr):
    """Knows one name and one password, whatever a server calls its realm."""

    def __init__(self, credentials: Credentials) -> None:
        super().__init__()
        self._found = (credentials.user, credentials.password) if credentials.user else (None, None)

    def find_user_password(self, *_: Any) -> tuple[str | None, str | None]:
        return self._found


class _Digest(urllib.request.HTTPDigestAuthHandler):
    """Leaves a challenge that is not Digest alone; the standard library's handler raises ValueError."""

    def http_error_401(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        if not headers.get("WWW-Authenticate", "").lower().startswith("digest"):
            return None
        return super().http_error_401(req, fp, code, msg, headers)


def _message(body: bytes, headers: Message) -> str:
    """Return a server's words in one line, none of a page."""
    if headers.get_content_type() in ("text/html", "application/xhtml+xml"):
        return "a page in HTML, so perhaps it is not the store that answers"
    text = " ".join(body.decode("utf-8", "replace").split())
    return "".join(character for character in text if character.isprintable())[:_SHOWN] or "no reason given"
