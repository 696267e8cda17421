"""What is said between a process that asks and one that evaluates: requests, replies and their frames."""

from __future__ import annotations

import json
import socket
import struct
import time
from dataclasses import asdict
from typing import Any

from acagraph import errors
from acagraph.errors import AcagraphError, QueryError, StoreTimeout
from acagraph.stores.protocol import Answer, Limits, Scope, Store

# The engine looks at the deadline itself whenever it writes, and then says so better than being killed.
GRACE = 2.0
STATUS = struct.Struct("!i")
_LENGTHS = struct.Struct("!QQ")
_CHUNK = 1 << 20

Head = dict[str, Any]


def request(query: str, accept: str, limits: Limits, scope: Scope) -> Head:
    """Return a query and its conditions as a head."""
    return {"query": query, "accept": accept, "limits": asdict(limits), "scope": asdict(scope)}


def reply(store: Store, asked: Head) -> tuple[Head, bytes]:
    """Answer a request from a store: a head that says what follows, and the body."""
    scope = Scope(*(tuple(graphs) for graphs in asked["scope"].values()))
    try:
        answer = store.answer(
            asked["query"], accept=asked["accept"], limits=Limits(**asked["limits"]), scope=scope
        )
        return {"media_type": answer.media_type}, answer.read()
    except AcagraphError as error:
        return refusal(error), b""


def refusal(error: AcagraphError) -> Head:
    """Return an error as a head."""
    return {"error": type(error).__name__, "message": str(error), "line": getattr(error, "line", None)}


def answer(head: Head, body: bytes) -> Answer:
    """Return the answer that a reply is, or raise the error that it is."""
    if "error" not in head:
        return Answer(head["media_type"], (body,))
    kind: type[AcagraphError] = getattr(errors, head["error"])
    error = kind(head["message"])
    if isinstance(error, QueryError):
        error.line = head["line"]
    raise error


def broken(status: int) -> QueryError:
    """Return the error of a query that ended the process which evaluated it."""
    return QueryError(
        f"the engine broke off at this query (status {status}); nest it less deeply, ask for less at once, "
        "and order by values of one kind, such as STR(?x)"
    )


def overdue(limits: Limits) -> StoreTimeout:
    """Return the error of a query that was stopped at its deadline."""
    return StoreTimeout(f"no answer within {limits.timeout_seconds:g} s; ask for less")


def send(channel: socket.socket, head: Head, body: bytes = b"", *, deadline: float | None = None) -> None:
    """Send a frame: the lengths of head and body, then both. Raises TimeoutError and OSError."""
    packed = json.dumps(head).encode()
    channel.settimeout(_left(deadline))
    channel.sendall(_LENGTHS.pack(len(packed), len(body)) + packed + body)


def receive(channel: socket.socket, *, deadline: float | None = None) -> tuple[Head, bytes]:
    """Receive one whole frame. Raises EOFError when it stops short, TimeoutError and OSError."""
    head, body = _LENGTHS.unpack(_exactly(channel, _LENGTHS.size, deadline))
    return json.loads(_exactly(channel, head, deadline)), _exactly(channel, body, deadline)


def _exactly(channel: socket.socket, length: int, deadline: float | None) -> bytes:
    received = bytearray()
    while len(received) < length:
        channel.settimeout(_left(deadline))
        chunk = channel.recv(min(length - len(received), _CHUNK))
        if not chunk:
            raise EOFError("the other side ended before its message did")
        received += chunk
    return bytes(received)


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
