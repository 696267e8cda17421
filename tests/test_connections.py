"""Connections of slow, greedy, malformed and vanishing clients end, and the next client is answered."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
import uvicorn

from acagraph.web.connections import Bounds, bounded

SHORT = Bounds(head_seconds=0.5, body_seconds=0.5, write_seconds=0.5)
GOOD = b"GET /good HTTP/1.1\r\nHost: a\r\n\r\n"
PIECE = 1 << 16
Loop = Literal["asyncio", "uvloop"]


@dataclass
class Seen:
    """An application that notes what becomes of its requests."""

    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        self.begun.append(path)
        body = b"good"
        if path == "/wait":
            self.ended.append(await wait(receive, float(scope["query_string"] or 3600)))
        elif path == "/body":
            length, last = await read(receive)
            self.ended.append(last)
            body = str(length).encode()
        elif path == "/big":
            body = bytes(PIECE * 1_000)
        head = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        for _ in range(1_000 if path == "/stream" else 0):
            await send({"type": "http.response.body", "body": bytes(PIECE), "more_body": True})
            await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": body})


async def wait(receive: Any, seconds: float) -> str:
    """Wait until the client leaves, or so long; tell which."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return "waited"
    return "http.disconnect"


async def read(receive: Any) -> tuple[int, str]:
    """Read a body; return its length and the type of the last message."""
    length = 0
    while (message := await receive())["type"] == "http.request":
        length += len(message["body"])
        if not message["more_body"]:
            break
    return length, message["type"]


@dataclass
class Running:
    port: int
    seen: Seen
    server: uvicorn.Server

    def connect(self, *, buffer: int | None = None) -> socket.socket:
        client = socket.socket()
        if buffer is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        client.settimeout(20)
        client.connect(("127.0.0.1", self.port))
        return client

    def left(self) -> int:
        return len(self.server.server_state.connections)

    def good(self) -> None:
        """Ask as a second client does, and be answered."""
        with self.connect() as client:
            client.sendall(GOOD)
            assert heard(client)


@contextmanager
def running(bounds: Bounds, loop: Loop, *, keep_alive: int = 5) -> Iterator[Running]:
    seen = Seen()
    config = uvicorn.Config(
        seen,
        port=0,
        loop=loop,
        http=bounded(bounds),
        ws="none",
        lifespan="off",
        log_level="critical",
        timeout_keep_alive=keep_alive,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    found = Running(server.servers[0].sockets[0].getsockname()[1], seen, server)
    try:
        yield found
        found.good()
    finally:
        server.should_exit = True
        thread.join(20)
    assert not thread.is_alive()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def loop(request: pytest.FixtureRequest) -> Loop:
    found: Loop = request.param
    if found == "uvloop":
        pytest.importorskip("uvloop")
    return found


@pytest.fixture(scope="module")
def shared(loop: Loop) -> Iterator[Running]:
    with running(SHORT, loop) as found:
        yield found


@pytest.fixture
def quick(shared: Running) -> Iterator[Running]:
    """A server whose clients have half a second for everything; nothing of a test stays there."""
    shared.seen.begun.clear()
    shared.seen.ended.clear()
    yield shared
    until(lambda: shared.left() == 0)
    shared.good()


def rest(client: socket.socket) -> bytes:
    """Read until the server ends the connection."""
    found = bytearray()
    try:
        while piece := client.recv(PIECE):
            found += piece
    except ConnectionError:
        found += b"(reset)"
    return bytes(found)


def heard(client: socket.socket) -> bool:
    """Tell whether one whole good answer comes; the connection stays."""
    found = b""
    while not found.endswith(b"\r\n0\r\n\r\n"):
        piece = client.recv(PIECE)
        assert piece
        found += piece
    return found.startswith(b"HTTP/1.1 200 OK") and b"good" in found


def trickle(client: socket.socket, pieces: bytes | list[bytes], *, seconds: float = 0.05) -> bytes:
    """Send piece after piece, slowly, until the server has had enough; return what it says then."""
    for index in range(400):
        piece = pieces[index % len(pieces)]
        try:
            client.sendall(piece if isinstance(piece, bytes) else bytes([piece]))
            client.settimeout(seconds)
            said = client.recv(PIECE)
        except TimeoutError:
            continue
        except ConnectionError:
            return b"(reset)"
        finally:
            client.settimeout(20)
        return said + rest(client) if said else b""
    raise AssertionError("the server waits for ever")


def status(answer: bytes) -> int:
    """Return the status of one whole answer; a refusal is a problem document."""
    head, _, body = answer.partition(b"\r\n\r\n")
    found = int(head.split()[1])
    if found != 200:
        assert b"content-type: application/problem+json" in head
        assert json.loads(body)["status"] == found
        assert b"connection: close" in head
    return found


def ask(server: Running, request: bytes) -> bytes:
    """Send a request as it is, and return all that comes back until the connection ends."""
    with server.connect() as client:
        client.sendall(request)
        return rest(client)


def test_a_client_that_says_nothing_is_let_go(quick: Running) -> None:
    assert ask(quick, b"") == b""


@pytest.mark.parametrize("begun", [b"", b"GET /good HTTP/1.1\r\nHost: a\r\nX: "])
def test_a_head_that_comes_too_slowly_is_408(quick: Running, begun: bytes) -> None:
    with quick.connect() as client:
        client.sendall(begun)
        answer = trickle(client, b"GET /good/" + b"x" * 1000 if not begun else b"x")
    assert status(answer) == 408
    assert quick.seen.begun == []


def test_empty_lines_for_ever_are_no_head(quick: Running) -> None:
    with quick.connect() as client:
        assert trickle(client, [b"\r\n"]) in (b"", b"(reset)")


def test_the_second_head_on_a_connection_has_its_time_too(quick: Running) -> None:
    with quick.connect() as client:
        client.sendall(GOOD)
        assert heard(client)
        assert status(trickle(client, GOOD[:-2] + b"X: " + b"y" * 1000)) == 408
    assert quick.seen.begun == ["/good"]


@pytest.mark.parametrize("head", [b"Content-Length: 1000000", b"Transfer-Encoding: chunked"])
def test_a_body_that_comes_too_slowly_is_408(quick: Running, head: bytes) -> None:
    with quick.connect() as client:
        client.sendall(b"POST /body HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n\r\n")
        assert status(trickle(client, [b"1\r\nx\r\n"])) == 408
    until(lambda: quick.seen.ended == ["http.disconnect"])


def test_a_chunk_size_without_end_is_no_body(quick: Running) -> None:
    with quick.connect() as client:
        client.sendall(b"POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;")
        assert status(trickle(client, b"x")) == 408
    until(lambda: quick.seen.ended == ["http.disconnect"])


def test_a_body_that_nobody_wants_does_not_keep_the_connection(quick: Running) -> None:
    with quick.connect() as client:
        client.sendall(b"POST /good HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        assert heard(client)
        assert trickle(client, b"x", seconds=0.02) in (b"", b"(reset)")


def test_a_body_in_time_is_read_whole(quick: Running) -> None:
    head = b"POST /body HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 300000\r\n\r\n"
    answer = ask(quick, head + b"x" * 300_000)
    assert answer.endswith(b"300000\r\n0\r\n\r\n")
    assert quick.seen.ended == ["http.request"]


@pytest.mark.parametrize("path", [b"/stream", b"/big"])
@pytest.mark.parametrize("keep", [b"", b"Connection: close\r\n"])
def test_a_client_that_does_not_read_is_dropped(quick: Running, path: bytes, keep: bytes) -> None:
    with quick.connect(buffer=4096) as client:
        client.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n" + keep + b"\r\n")
        until(lambda: quick.left() == 1)
        until(lambda: quick.left() == 0)
        assert rest(client).endswith(b"(reset)")
    assert quick.seen.begun == [path.decode()]


def test_a_client_that_reads_a_byte_now_and_then_is_dropped(quick: Running) -> None:
    with quick.connect(buffer=4096) as client:
        client.sendall(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
        for _ in range(2_000):
            client.recv(1)
            if quick.left() == 0:
                break
            time.sleep(0.01)
        assert quick.left() == 0


@pytest.mark.parametrize("path", [b"/stream", b"/big"])
def test_a_client_that_reads_steadily_gets_all(quick: Running, path: bytes) -> None:
    with quick.connect(buffer=PIECE) as client:
        client.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert rest(client).count(b"\0") == PIECE * 1_000


def test_an_idle_connection_is_kept_and_then_closed(loop: Loop) -> None:
    with running(SHORT, loop, keep_alive=1) as server, server.connect() as client:
        for _ in range(3):
            client.sendall(GOOD)
            assert heard(client)
        assert rest(client) == b""


def test_an_idle_connection_may_wait_longer_than_a_head(loop: Loop) -> None:
    bounds = Bounds(head_seconds=0.05)
    with running(bounds, loop, keep_alive=60) as server, server.connect() as client:
        for _ in range(2):
            client.sendall(GOOD)
            assert heard(client)
            client.settimeout(0.5)
            with pytest.raises(TimeoutError):
                client.recv(1)


def test_a_request_under_way_is_not_timed_here(quick: Running) -> None:
    answer = ask(quick, b"GET /wait?1.5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert status(answer) == 200


@pytest.mark.parametrize("bounds", [Bounds(per_address=8), Bounds(connections=8, per_address=None)])
def test_more_connections_than_there_may_be_are_refused(loop: Loop, bounds: Bounds) -> None:
    with running(bounds, loop) as server:
        kept = [server.connect() for _ in range(8)]
        until(lambda: server.left() == 8)
        for _ in range(20):
            with server.connect() as client:
                assert status(rest(client)) == 503
        kept.pop().close()
        until(lambda: server.left() == 7)
        server.good()
        for client in kept:
            client.close()
        until(lambda: server.left() == 0)
        for _ in range(20):  # they are counted off again
            server.good()


def test_a_half_closed_client_is_gone(quick: Running) -> None:
    with quick.connect() as client:
        client.sendall(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
        client.shutdown(socket.SHUT_WR)
        assert rest(client) == b""
    until(lambda: quick.seen.ended == ["http.disconnect"])


@pytest.mark.parametrize("how", ["reset", "close"])
@pytest.mark.parametrize(
    "sent",
    [
        b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf",
        b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n" + GOOD * 3,
    ],
)
def test_a_request_learns_that_its_client_vanished(quick: Running, sent: bytes, how: str) -> None:
    client = quick.connect()
    if how == "reset":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.sendall(sent)
    until(lambda: len(quick.seen.begun) == 1)
    client.close()
    until(lambda: quick.seen.ended == ["http.disconnect"])
    assert len(quick.seen.begun) == 1


def test_pipelined_requests_are_answered_in_order(quick: Running) -> None:
    last = GOOD[:-2] + b"Connection: close\r\n\r\n"
    post = b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    answer = ask(quick, b"GET /wait?0.2 HTTP/1.1\r\nHost: a\r\n\r\n" + GOOD * 4 + post + last)
    assert answer.count(b"HTTP/1.1 200 OK") == 7
    assert answer.count(b"good") == 6
    assert quick.seen.begun == ["/wait", *["/good"] * 4, "/body", "/good"]


def test_too_many_requests_before_the_first_answer_get_that_alone(quick: Running) -> None:
    answer = ask(quick, b"GET /wait?0.2 HTTP/1.1\r\nHost: a\r\n\r\n" + GOOD * 5_000)
    assert (status(answer), answer.count(b"HTTP/1.1")) == (200, 1)
    assert quick.seen.begun == ["/wait"]


def test_a_malformed_request_does_not_break_into_the_answer_before(quick: Running) -> None:
    answer = ask(quick, b"GET /wait?0.2 HTTP/1.1\r\nHost: a\r\n\r\nNO REQUEST\r\n\r\n")
    assert (status(answer), answer.count(b"HTTP/1.1")) == (200, 1)


def test_a_malformed_request_after_an_answer_is_told(quick: Running) -> None:
    with quick.connect() as client:
        client.sendall(GOOD)
        assert heard(client)
        client.sendall(b"NO REQUEST\r\n\r\n")
        assert status(rest(client)) == 400


HOST = b"GET /good HTTP/1.1\r\nHost: a\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
TRICKS: dict[str, tuple[bytes, int]] = {
    "two lengths": (HOST + b"Content-Length: 1\r\nContent-Length: 35\r\n\r\nx", 400),
    "one length twice": (HOST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
    "lengths in a list": (HOST + b"Content-Length: 1, 1\r\n\r\nx", 400),
    "length with a sign": (HOST + b"Content-Length: +1\r\n\r\nx", 400),
    "negative length": (HOST + b"Content-Length: -1\r\n\r\nx", 400),
    "length in hex": (HOST + b"Content-Length: 0x1\r\n\r\nx", 400),
    "length beyond 64 bits": (HOST + b"Content-Length: 99999999999999999999\r\n\r\nx", 400),
    "chunks and a length": (HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
    "a length and chunks": (HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "chunks with a tab": (HOST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n", 400),
    "chunks not last": (HOST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400),
    "chunks of gzip": (HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    "chunks of something": (HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    "chunks said twice": (
        HOST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        400,
    ),
    "a chunk too large": (HOST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n", 400),
    "a chunk of no size": (HOST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    "a field over two lines": (HOST + b"X: a\r\n b\r\n\r\n", 400),
    "a null byte in a value": (HOST + b"X: a\0b\r\n\r\n", 400),
    "a null byte in a name": (HOST + b"X\0: a\r\n\r\n", 400),
    "a space after a name": (HOST + b"X : a\r\n\r\n", 400),
    "a name alone": (HOST + b"Content-Length\r\n\r\n", 400),
    "a line feed alone": (HOST + b"X: a\nContent-Length: 35\r\n\r\n", 400),
    "a carriage return alone": (HOST + b"X: a\rContent-Length: 35\r\n\r\n", 400),
    "no host": (b"GET /good HTTP/1.1\r\n\r\n", 400),
    "two hosts": (HOST + b"Host: b\r\n\r\n", 400),
    "a host with a slash": (b"GET /good HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    "a host with markup": (b'GET /good HTTP/1.1\r\nHost: "><script>\r\n\r\n', 400),
    "a host with a name": (b"GET /good HTTP/1.1\r\nHost: user@a\r\n\r\n", 400),
    "a null byte in the target": (b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "no ASCII in the target": (b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a space in the target": (b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a target without slash": (b"GET good HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a proxy's method": (b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "no method": (b"NONSENSE / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /good\r\n\r\n", 505),
    "HTTP/2 in plain text": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a version of the future": (b"GET /good HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100), 400),
    "many fields": (HOST + b"a:b\r\n" * 10_000 + b"\r\n", 431),
    "a long field": (HOST + b"X: " + b"x" * 40_000 + b"\r\n\r\n", 431),
    "a field without end": (HOST + b"X: " + b"x" * 1_000_000, 431),
    "a name without end": (HOST + b"x" * 1_000_000, 431),
    "an address without end": (b"GET /" + b"x" * 1_000_000, 414),
    "a long address": (b"GET /good?" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
}


@pytest.mark.parametrize("name", TRICKS)
def test_a_malformed_request_is_refused_with_all_that_follows(quick: Running, name: str) -> None:
    request, expected = TRICKS[name]
    answer = ask(quick, request + HIDDEN)
    assert (status(answer), answer.count(b"\r\n\r\n")) == (expected, 1)
    # What was smuggled in behind is no request, whichever reading of the first one is right.
    assert "/hidden" not in quick.seen.begun


CLOSE = b"Connection: close\r\n\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET http://a/good HTTP/1.1\r\nHost: a\r\n" + CLOSE,
        b"GET /good HTTP/1.0\r\n\r\n",
        b"GET /good HTTP/1.1\r\nHost:\r\n" + CLOSE,
        b"GET /good HTTP/1.1\r\nhOST: [::1]:80\r\n" + CLOSE,
        b"\r\n\r\nGET /good HTTP/1.1\r\nHost: a.example:8000\r\n" + CLOSE,
        b"GET /good?" + b"x" * 60_000 + b" HTTP/1.1\r\nHost: a\r\n" + CLOSE,
        HOST + b"X: " + b"x" * 30_000 + b"\r\n" + CLOSE,
        HOST + b"Transfer-Encoding: Chunked\r\n" + CLOSE + b"3;x=y\r\nabc\r\n0\r\nX: trailer\r\n\r\n",
        HOST + b"Expect: 100-continue\r\nContent-Length: 1\r\n" + CLOSE + b"x",
        HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n" + HIDDEN,
        HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n" + HIDDEN,
    ],
)
def test_an_unusual_request_is_answered(quick: Running, request_: bytes) -> None:
    answer = ask(quick, request_)
    assert (status(answer), b"good" in answer) == (200, True)
    assert quick.seen.begun == ["/good"]


def test_a_head_in_many_pieces_is_read(quick: Running) -> None:
    with quick.connect() as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in HOST + CLOSE:
            client.sendall(bytes([byte]))
        assert b"good" in rest(client)


def test_networks_of_addresses() -> None:
    from acagraph.web.connections import _network

    assert _network(("192.0.2.7", 1)) == _network(("::ffff:192.0.2.7", 1)) == "192.0.2.7"
    assert _network(("2001:db8::1", 1)) == _network(("2001:db8::ffff:2", 1)) == "2001:db8::/64"
    assert _network(("fe80::1%eth0", 1)) == "fe80::/64"
    assert _network(None) == ""
