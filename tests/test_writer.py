"""Answers written in one go have the bytes that uvicorn itself would send, and no head is forged."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

import acagraph
from acagraph.web import create_app
from acagraph.web.connections import bounded
from acagraph.web.writer import joined

HOST = b" HTTP/1.1\r\nHost: a\r\n"
LAST = b"Connection: close\r\n\r\n"
BODY = b"<p>good</p>"
TYPE = (b"content-type", b"text/html")
LENGTH = (b"content-length", b"11")


def test_the_fields_of_a_head() -> None:
    assert joined((TYPE, LENGTH), 11) == b"content-type: text/html\r\ncontent-length: 11\r\n"
    assert joined(((b"content-length", b"0"),), 0) == b"content-length: 0\r\n"


@pytest.mark.parametrize(
    "fields",
    [
        (),
        ((b"content-length", b"10"),),
        (LENGTH, (b"connection", b"close")),
        (LENGTH, (b"transfer-encoding", b"chunked")),
        (LENGTH, (b"x", b"a\r\nset-cookie: b")),
        (LENGTH, (b"x", b"a\nb")),
        (LENGTH, (b"x", b"a\x00b")),
        (LENGTH, (b"x\n", b"a")),
    ],
)
def test_fields_that_are_not_to_be_written_as_they_are(fields: tuple[tuple[bytes, bytes], ...]) -> None:
    assert joined((TYPE, *fields), 11) is None


class Answering:
    """An application with an answer, in one piece or more."""

    def __init__(self, *fields: tuple[bytes, bytes], pieces: int = 1) -> None:
        self.fields = [TYPE, *fields]
        self.pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await send({"type": "http.response.start", "status": 200, "headers": self.fields})
        size = len(BODY) // self.pieces
        for at in range(0, len(BODY), size):
            more = at + size < len(BODY)
            await send({"type": "http.response.body", "body": BODY[at : at + size], "more_body": more})


@contextmanager
def serving(app: ASGIApp, http: Any) -> Iterator[int]:
    """Serve an application on a free port with a protocol of uvicorn's or ours; yield the port."""
    config = uvicorn.Config(app, port=0, http=http, ws="none", log_level="critical", server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)


def said(port: int, *requests: bytes) -> bytes:
    """Send requests on one connection and return all that comes back, without the time of day."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(b"".join(requests))
        found = bytearray()
        while piece := client.recv(1 << 16):
            found += piece
    return re.sub(rb"date: [^\r]+", b"date: now", bytes(found))


@pytest.mark.parametrize(
    "app", [Answering(LENGTH), Answering(LENGTH, pieces=11), Answering(), Answering(pieces=11)]
)
@pytest.mark.parametrize(
    "requests",
    [
        [b"GET /" + HOST + LAST],
        [b"HEAD /" + HOST + LAST],
        [b"GET / HTTP/1.0\r\n\r\n"],
        [b"GET /" + HOST + b"\r\n"] * 3 + [b"HEAD /" + HOST + b"\r\n", b"GET /" + HOST + LAST],
        [b"POST /" + HOST + b"Content-Length: 3\r\n\r\nabc", b"GET /" + HOST + LAST],
        [b"POST /" + HOST + b"Expect: 100-continue\r\nContent-Length: 1\r\n" + LAST + b"x"],
    ],
)
def test_the_bytes_are_those_of_uvicorn(requests: list[bytes], app: Answering) -> None:
    with serving(app, bounded()) as ours, serving(app, "httptools") as theirs:
        answer = said(ours, *requests)
        assert answer.startswith(b"HTTP/1.1 200 OK\r\ndate: now\r\ncontent-type: text/html\r\n")
        assert answer == said(theirs, *requests)


def test_a_forged_field_is_sent_to_nobody() -> None:
    with serving(Answering(LENGTH, (b"x", b"a\r\nset-cookie: b")), bounded()) as port:
        assert said(port, b"GET /" + HOST + LAST) == b""


def test_what_is_kept_is_sent_as_it_was_the_first_time(small: acagraph.Dataset) -> None:
    with serving(create_app(small), bounded()) as port:
        for path in (
            b"/doc/agent/sony",
            b"/",
            b"/queries/members-of-coalition.json?coalition=jci",
            b"/es/about",
        ):
            asked = b"GET " + path + HOST
            first = said(port, asked + LAST)
            again = said(port, asked + b"\r\n", asked + LAST)
            assert first.startswith(b"HTTP/1.1 200 OK\r\n")
            assert (b"vary: Accept-Language, Sec-Fetch-Site" in first) == (path == b"/")
            assert again == first.replace(b"connection: close\r\n", b"") + first
