"""What is said between a process that asks and one that evaluates: requests, replies and their frames."""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import dataclass
from typing import Any

from acagraph import errors
from acagraph.errors import AcagraphError, Overdue, Phrase, QueryError
from acagraph.stores.protocol import Asked, Limits, Scope

STATUS = struct.Struct("!i")
LENGTHS = struct.Struct("!II")  # of a frame: its head and its body
DEMOTE = b"-"  # on a lifeline: let this worker run only while no other process would
_CHUNK = 1 << 16

Head = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What came back for a request: a head, and the answer's bytes or the descriptor of a file of them."""

    head: Head
    body: bytes
    file: int | None = None


def request(asked: Asked) -> Head:
    """Return a query and its conditions as a head."""
    limits, scope = asked.limits, asked.scope
    return {
        "query": asked.query,
        "accept": asked.accept,
        "limits": (limits.timeout_seconds, limits.max_bytes, limits.max_rows),
        "scope": (scope.default_graphs, scope.named_graphs),
        "coding": asked.coding,
    }


def asked(head: Head) -> Asked:
    """Return the query and conditions that a head is."""
    scope = Scope(*(tuple(graphs) for graphs in head["scope"]))
    return Asked(head["query"], head["accept"], Limits(*head["limits"]), scope, head["coding"])


def refusal(error: AcagraphError) -> Head:
    """Return an error as a head."""
    return {"error": type(error).__name__, "message": str(error), "line": getattr(error, "line", None)}


def check(head: Head) -> None:
    """Raise the error that a head is."""
    if "error" in head:
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


def overdue(seconds: float) -> Overdue:
    """Return the error of a query that was stopped at its deadline."""
    return Overdue(Phrase("no answer within {seconds} s; ask for less", seconds=f"{seconds:g}"))


def pack(head: Head, body: bytes = b"") -> bytes:
    """Return a frame: the lengths of head and body, then both."""
    packed = json.dumps(head).encode()
    return b"".join((LENGTHS.pack(len(packed), len(body)), packed, body))


def receive(channel: socket.socket) -> Head:
    """Receive one frame without a body. Raises EOFError when it stops short, and OSError."""
    received = bytearray(_some(channel))
    while len(received) < LENGTHS.size:
        received += _some(channel)
    end = LENGTHS.size + LENGTHS.unpack_from(received)[0]
    while len(received) < end:
        received += _some(channel)
    head: Head = json.loads(received[LENGTHS.size : end])
    return head


def _some(channel: socket.socket) -> bytes:
    chunk = channel.recv(_CHUNK)
    if not chunk:
        raise EOFError("the other side ended before its message did")
    return chunk
