"""Connections: what uvicorn lets slow, greedy and malformed clients do, bounded.

Nothing is timed while a request is read or answered: once in a while all connections of a process are looked
at, and one found for too long in the same state of waiting for its client is ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import re
import socket
import struct
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from acagraph.web.writer import Writer

_LOOKS = 10  # so many fall into the shortest time that a client has
_LINGER = 2.0  # for a client to read why it was refused, before an end that might take the answer back
_FIELD = 32  # what a header field costs beside its bytes
_NETWORK = 64  # an IPv6 client has all addresses of such a network
_HOST = re.compile(rb"[0-9A-Za-z._~!$&'()*+,;=%-]*(?::[0-9]*)?|\[[0-9A-Fa-f:.]+\](?::[0-9]*)?")
_ANSWER = {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    "access-control-allow-origin": "*",
    "x-content-type-options": "nosniff",
    "connection": "close",
}


@dataclass(frozen=True)
class Bounds:
    """How long clients may keep a connection waiting, how many they may have, and how long a head may be.

    The connections are counted in each server process; behind a proxy all have its address, so that
    `per_address` must be None there. `write_bytes` are what a client takes in `write_seconds` at the least.
    """

    head_seconds: float = 10.0
    body_seconds: float = 30.0
    write_seconds: float = 30.0
    write_bytes: int = 16_384 * 30
    connections: int = 1_000
    per_address: int | None = 256
    pipelined: int = 16
    head_bytes: int = 32_768
    url_bytes: int = 65_000


def bounded(bounds: Bounds | None = None) -> type[asyncio.Protocol]:
    """Return uvicorn's HTTP protocol within bounds, for `uvicorn.Config(http=…)`; one for each server."""
    watch = _Watch(bounds or Bounds())

    class Bounded(_Connection):
        def __init__(
            self,
            config: Config,
            server_state: ServerState,
            app_state: dict[str, Any],
            _loop: asyncio.AbstractEventLoop | None = None,
        ) -> None:
            super().__init__(watch, config, server_state, app_state, _loop)

    return Bounded


class _Refused(Exception):
    """The parser stops at this; it ends as a callback error of the parser's own."""


class _Watch:
    """Knows all connections of a process, and ends those that wait for their client too long."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self._open: dict[_Connection, str] = {}
        self._of: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def enter(self, connection: _Connection, address: str) -> bool:
        """Count a connection; tell whether there is room for it."""
        self._open[connection] = address
        self._of[address] += 1
        if self._timer is None:
            self._again(connection.loop)
        most = self.bounds.per_address
        crowded = most is not None and bool(address) and self._of[address] > most
        return not crowded and len(self._open) <= self.bounds.connections

    def leave(self, connection: _Connection) -> None:
        """Forget a connection."""
        address = self._open.pop(connection, None)
        if address is None:
            return
        self._of[address] -= 1
        if self._of[address] == 0:
            del self._of[address]

    def _again(self, loop: asyncio.AbstractEventLoop) -> None:
        bounds = self.bounds
        shortest = min(bounds.head_seconds, bounds.body_seconds, bounds.write_seconds, _LINGER)
        self._timer = loop.call_later(shortest / _LOOKS, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for connection in tuple(self._open):
            connection.check(now)
        self._timer = None
        if self._open:
            self._again(loop)


@dataclass(frozen=True)
class _Mark:
    """Since when a connection has waited for its client in one state: the same wait for the same thing."""

    wait: str
    thing: object
    since: float
    unsent: int = 0


class _Connection(HttpToolsProtocol):
    """A connection within bounds; malformed requests get problem details, and nothing is logged of them."""

    def __init__(
        self,
        watch: _Watch,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._watch = watch
        self._bounds = watch.bounds
        self._mark = _Mark("", None, 0.0)
        self._running: RequestResponseCycle | None = None
        self._fault: tuple[HTTPStatus, str] | None = None
        self._deaf = False  # nothing more is read here
        self._drained = 0  # how often the client took what was more than enough to wait for it
        self._size = 0  # of the head that is being read
        self._hosts = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, and end it at once where there are too many."""
        super().connection_made(transport)
        if self.client is None:  # over a Unix socket comes a proxy of this machine, which tells who asks
            self.client = ("127.0.0.1", 0)
        if not self._watch.enter(self, _network(self.client)):
            self._write(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections; ask again in a few seconds")
            self._deaf = True
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the request that runs, which uvicorn forgets where another waits behind it."""
        self._watch.leave(self)
        running = self._running
        super().connection_lost(exc)
        if running is not None and not running.response_complete:
            running.disconnected = True
            running.message_event.set()
        self.pipeline.clear()

    def data_received(self, data: bytes) -> None:
        """Read what a client sends; what is no request is answered with the reason."""
        if self._deaf:
            return
        self._unset_keepalive_if_required()
        before = self.scope
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # No other protocol is spoken here. The request is answered, and what follows it is not read.
            self._deaf = True
            self.cycle.keep_alive = False
            return
        except httptools.HttpParserError:
            self.refuse(*(self._fault or (HTTPStatus.BAD_REQUEST, "this is no well-formed HTTP/1.1 request")))
            return
        if self.scope is before and not self._has_head():
            # The parser keeps an unfinished field to itself, however long.
            self._size += len(data)
            if self._size > self._bounds.head_bytes + self._bounds.url_bytes:
                self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, self._too_long())

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._size = self._hosts = 0

    def on_url(self, url: bytes) -> None:
        """Add to the target of a request."""
        self.url += url
        if len(self.url) > self._bounds.url_bytes:
            most = self._bounds.url_bytes
            self._stop(
                HTTPStatus.REQUEST_URI_TOO_LONG, f"an address has at most {most} bytes; POST the query"
            )

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header field, and look at those on which the meaning of the whole request hangs."""
        name = name.lower()
        self._size += len(name) + len(value) + _FIELD
        if self._size > self._bounds.head_bytes:
            self._stop(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, self._too_long())
        if name == b"host":
            self._hosts += 1
            if not _HOST.fullmatch(value):
                self._stop(HTTPStatus.BAD_REQUEST, "the header Host is no host")
        elif name == b"transfer-encoding" and value.lower() != b"chunked":
            self._stop(HTTPStatus.NOT_IMPLEMENTED, "no Transfer-Encoding but chunked is read here")
        elif name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Let a request begin, or wait for those before it."""
        version = self.parser.get_http_version()
        if version not in ("1.1", "1.0"):
            self._stop(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "speak HTTP/1.1 here")
        if self._hosts != 1 and (version == "1.1" or self._hosts):
            self._stop(HTTPStatus.BAD_REQUEST, "a request has one header Host (RFC 9112, section 3.2)")
        super().on_headers_complete()
        if not self.pipeline:
            self._running = self.cycle
        elif len(self.pipeline) > self._bounds.pipelined:
            self._stop(HTTPStatus.TOO_MANY_REQUESTS, "too many requests before the answer to the first")
        else:
            self.flow.resume_reading()  # a client that leaves is not seen where nothing is read

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        super()._start_asgi_task(cycle, cast("Any", Writer(app, cycle)))

    def on_response_complete(self) -> None:
        """Go on to the next request, if there is one."""
        self._running = self.pipeline[-1][0] if self.pipeline else None
        super().on_response_complete()
        if self._running is None and self._deaf:
            self.transport.close()

    def resume_writing(self) -> None:
        """Note that the client has read."""
        self._drained += 1
        super().resume_writing()

    def refuse(self, status: HTTPStatus, detail: str) -> None:
        """Read no more, and say why unless a request before is being answered: its answer comes whole."""
        self._deaf = True
        self._unset_keepalive_if_required()
        self.pipeline.clear()
        running = self._running
        if running is not None:
            if running.response_started or not running.more_body:
                running.keep_alive = False
                return
            running.disconnected = True  # it will not have the rest of its body
            running.message_event.set()
            self._running = None
        self._write(status, detail)
        self.flow.resume_reading()  # to the end: closing before all is read would take the answer back
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    def check(self, now: float) -> None:
        """End the connection when it has waited too long for its client."""
        wait, thing, seconds = self._waits()
        mark = self._mark
        unsent = self.transport.get_write_buffer_size()
        taken = wait == "read" and unsent <= mark.unsent - self._bounds.write_bytes
        if mark.wait != wait or mark.thing != thing or taken:
            self._mark = _Mark(wait, thing, now, unsent)
        elif wait and now - mark.since >= seconds:
            self._end(wait)

    def _waits(self) -> tuple[str, object, float]:
        """Return what the connection waits for its client to do, with what, and how long it may."""
        bounds, cycle = self._bounds, self.cycle
        if self.transport.get_write_buffer_size():
            return "read", self._drained, bounds.write_seconds
        if self._running is None and (self._deaf or self.transport.is_closing()):
            return "leave", None, _LINGER
        if cycle is None or cycle.response_complete:
            # From the first byte, that is, as uvicorn itself watches a connection on which nothing comes.
            return ("", None, 0) if self.timeout_keep_alive_task else ("head", cycle, bounds.head_seconds)
        if cycle.more_body and not self.flow.read_paused:
            return "body", cycle, bounds.body_seconds
        return "", None, 0.0

    def _end(self, wait: str) -> None:
        seconds = self._bounds.body_seconds if wait == "body" else self._bounds.head_seconds
        late = f"the request was not whole within {seconds:g} s; send it faster"
        if (wait == "body" and self._running is self.cycle and not self.cycle.response_started) or (
            wait == "head" and self.scope is not None and not self._has_head()
        ):
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, late)
        elif wait == "head":
            self.transport.close()
        else:
            self._reset()

    def _reset(self) -> None:
        """Reset the connection: an HTTP/1.0 client takes any other end for that of its answer."""
        opened = self.transport.get_extra_info("socket")
        if opened is not None and opened.family != getattr(socket, "AF_UNIX", None):
            with contextlib.suppress(OSError):
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _has_head(self) -> bool:
        return self.cycle is not None and self.cycle.scope is self.scope

    def _too_long(self) -> str:
        return f"the header fields of a request have at most {self._bounds.head_bytes} bytes"

    def _stop(self, status: HTTPStatus, detail: str) -> None:
        self._fault = (status, detail)
        raise _Refused

    def _write(self, status: HTTPStatus, detail: str) -> None:
        document = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
        body = json.dumps(document).encode()
        headers: Mapping[str, str] = {**_ANSWER, "content-length": str(len(body))}
        if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
            headers = {**headers, "retry-after": "5"}
        fields = [*self.server_state.default_headers]
        fields += [(name.encode(), value.encode()) for name, value in headers.items()]
        head = b"".join(b"%s: %s\r\n" % field for field in fields)
        self.transport.write(STATUS_LINE[status] + head + b"\r\n" + body)


def _network(client: tuple[str, int] | None) -> str:
    """Return whose connection it is: an IPv4 address, or the network of an IPv6 one; nothing when unknown."""
    address = client[0] if client else ""
    if ":" not in address:
        return address
    found = ipaddress.IPv6Address(address.partition("%")[0])
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _NETWORK), strict=False))
