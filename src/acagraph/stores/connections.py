"""Connections to a remote store: kept between requests, each request bounded in time and ended at will."""

from __future__ import annotations

import contextlib
import io
import select
import socket
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

_CONNECT_SECONDS = 5.0
_IDLE_SECONDS = 8.0  # Virtuoso closes after 10, others later
_MOST_IDLE = 16
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_MOST_SAID = 65_536
_OK = 200


@dataclass(eq=False)
class Call:
    """A request under way: when it must be done, on the monotonic clock, and how another thread ends it."""

    deadline: float | None = None
    overdue: bool = False
    _ended: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _socket: socket.socket | None = None

    @classmethod
    def within(cls, seconds: float | None) -> Call:
        """Return a call that may take some seconds from now on, None for any time."""
        return cls(None if seconds is None else time.monotonic() + seconds)

    @property
    def ended(self) -> bool:
        """Whether it was ended, and so fails."""
        return self._ended.is_set()

    def seconds(self) -> float | None:
        """Return the seconds that are left, None for any number. Raises TimeoutError when there are none."""
        if self.deadline is None:
            return None
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline is over")
        return left

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until the call is ended."""
        self._ended.wait(seconds)

    def hold(self, held: socket.socket | None) -> None:
        """Note the socket that the call waits on; it is shut at once when the call was ended before."""
        with self._lock:
            self._socket = held
        if held is not None and self.ended:
            _shut(held)

    def end(self, *, overdue: bool = False) -> None:
        """End the call: whoever reads gets an error, and the server sees the connection close."""
        with self._lock:
            self.overdue |= overdue
            self._ended.set()
            if self._socket is not None:
                _shut(self._socket)


@dataclass
class _Kept:
    """A connection, where it leads to, and since when it is idle."""

    connection: HTTPConnection
    place: tuple[str, str]
    through_proxy: bool
    since: float = 0.0

    @property
    def alive(self) -> bool:
        """Whether the server has neither closed it nor said anything that nobody asked for."""
        held = self.connection.sock
        if held is None or time.monotonic() - self.since > _IDLE_SECONDS:
            return False
        try:
            return not select.select([held], [], [], 0)[0]
        except (OSError, ValueError):  # beyond the descriptors that select can take
            return False


class Reply(io.RawIOBase):
    """The body of an answer, read within the time of its call; cut bodies raise IncompleteRead."""

    def __init__(self, response: HTTPResponse, kept: _Kept, home: Connections, call: Call) -> None:
        super().__init__()
        self.headers: Message = response.headers
        self.framed = response.chunked or response.length is not None
        """Whether the end of the body can be told from a broken connection."""
        self.fault: Exception | None = None
        """What went wrong in reading, which a parser may hide."""
        self._response = response
        self._kept: _Kept | None = kept
        self._home = home
        self._call = call

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return some bytes, none at the end. Raises TimeoutError, OSError and IncompleteRead."""
        try:
            return self._next(size)
        except (OSError, HTTPException) as error:
            self.fault = error
            raise

    def _next(self, size: int) -> bytes:
        if self._kept is None:
            return b""
        held = self._kept.connection.sock
        if held is not None:
            held.settimeout(self._call.seconds())
        chunk = self._response.read1(size if size > 0 else _MOST_SAID)
        if not chunk:
            if self._response.length:
                raise IncompleteRead(b"", self._response.length)
            self._finish(reusable=not self._response.will_close)
        return chunk

    def close(self) -> None:
        """Let go of the connection; it is of no further use when the body was not read to its end."""
        self._finish(reusable=False)
        super().close()

    def _finish(self, *, reusable: bool) -> None:
        kept, self._kept = self._kept, None
        if kept is None:
            return
        self._call.hold(None)
        self._response.close()
        self._home.give(kept, reusable=reusable and not self._call.ended)


class Connections:
    """Kept connections, used by any number of threads, each by one at a time."""

    def __init__(self) -> None:
        self._idle: list[_Kept] = []
        self._lock = threading.Lock()
        self._closed = False

    def __del__(self) -> None:
        # Those who ask an endpoint once seldom close what they asked with.
        self.close()

    def send(self, request: urllib.request.Request, call: Call) -> Reply:
        """Send a request and return the answer, whose status is 200; a GET is redirected.

        Raises urllib.error.HTTPError for another status, TimeoutError, OSError and HTTPException.
        """
        url = request.full_url
        for _ in range(_MOST_REDIRECTS + 1):
            response, kept = self._exchange(request, url, call)
            target = urljoin(url, response.headers.get("Location", ""))
            # Where a POST is led elsewhere, whoever gave the address should know.
            if response.status not in _REDIRECTS or request.data is not None or target == url:
                break
            if urlsplit(target).scheme not in ("http", "https"):
                break
            self._drop(kept, call)
            url = target
        if response.status == _OK:
            return Reply(response, kept, self, call)
        try:
            said = response.read(_MOST_SAID)
        except (OSError, HTTPException):
            said = b""
        response.close()
        self._drop(kept, call)
        body = io.BytesIO(said)
        raise urllib.error.HTTPError(url, response.status, response.reason, response.headers, body)

    def give(self, kept: _Kept, *, reusable: bool) -> None:
        """Take a connection back."""
        with self._lock:
            if reusable and not self._closed and len(self._idle) < _MOST_IDLE:
                kept.since = time.monotonic()
                self._idle.append(kept)
                return
        kept.connection.close()

    def close(self) -> None:
        """Close all connections that are idle, and keep none from now on."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for kept in idle:
            kept.connection.close()

    def _exchange(self, request: urllib.request.Request, url: str, call: Call) -> tuple[HTTPResponse, _Kept]:
        """Send a request on a kept connection; where the server has just closed that, on a new one."""
        address = urlsplit(url)
        while (kept := self._take(address)) is not None:
            try:
                return self._ask(kept, request, url, call), kept
            except TimeoutError:
                self._drop(kept, call)
                raise
            except (OSError, HTTPException):
                self._drop(kept, call)
                if call.ended:
                    raise
        kept = self._dial(address, call)
        try:
            return self._ask(kept, request, url, call), kept
        except BaseException:
            self._drop(kept, call)
            raise

    def _take(self, address: SplitResult) -> _Kept | None:
        with self._lock:
            for kept in reversed(self._idle):
                if kept.place == (address.scheme, address.netloc):
                    self._idle.remove(kept)
                    break
            else:
                return None
        if kept.alive:
            return kept
        kept.connection.close()
        return self._take(address)

    @staticmethod
    def _ask(kept: _Kept, request: urllib.request.Request, url: str, call: Call) -> HTTPResponse:
        connection, address = kept.connection, urlsplit(url)
        held = connection.sock
        assert held is not None
        held.settimeout(call.seconds())
        call.hold(held)
        path = address._replace(scheme="", netloc="", fragment="").geturl()
        target = url if kept.through_proxy else path or "/"
        data = request.data if isinstance(request.data, bytes) else None
        connection.request(request.get_method(), target, data, dict(request.header_items()))
        return connection.getresponse()

    @staticmethod
    def _dial(address: SplitResult, call: Call) -> _Kept:
        left = call.seconds()
        seconds = _CONNECT_SECONDS if left is None else min(left, _CONNECT_SECONDS)
        secure = address.scheme == "https"
        kind = HTTPSConnection if secure else HTTPConnection
        proxy = _proxy(address)
        host = proxy or address
        connection = kind(host.hostname or "", host.port, timeout=seconds)
        if proxy is not None and secure:
            connection.set_tunnel(address.hostname or "", address.port, headers=_authorization(proxy))
        try:
            connection.connect()
        except TimeoutError as error:
            if call.deadline is not None and time.monotonic() >= call.deadline:
                raise
            raise ConnectionError(f"no connection within {seconds:g} s") from error
        return _Kept(connection, (address.scheme, address.netloc), proxy is not None and not secure)

    def _drop(self, kept: _Kept, call: Call) -> None:
        call.hold(None)
        kept.connection.close()


def _proxy(address: SplitResult) -> SplitResult | None:
    """Return the proxy that the environment names for an address, as urllib reads it."""
    named = urllib.request.getproxies().get(address.scheme)
    if not named or urllib.request.proxy_bypass(address.hostname or ""):
        return None
    return urlsplit(named if "://" in named else f"http://{named}")


def _authorization(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    import base64

    words = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(words.encode()).decode()}"}


def _shut(held: socket.socket) -> None:
    with contextlib.suppress(OSError):
        held.shutdown(socket.SHUT_RDWR)
