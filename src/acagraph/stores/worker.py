"""What a worker does: bound itself, open the store, and answer one query after another."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import socket
import sys
import time
from pathlib import Path
from typing import IO

from acagraph.errors import AcagraphError, QueryError
from acagraph.stores import messages
from acagraph.stores.conditions import Conditions
from acagraph.stores.embedded import EmbeddedStore
from acagraph.stores.sink import Spool

_PR_SET_PDEATHSIG = 1
# glibc sets aside an arena of address space for each thread that asks for memory; a store opens with many, of
# which each would count against the limit.
_M_ARENA_MAX, _ARENAS = -8, 2
# A worker whose memory grew by this part of its limit ends after its answer: what the engine did not give
# back would be missing to the next query.
_GROWTH = 32
_UNIT = 1 if sys.platform == "darwin" else 1024
_SMALL = 1 << 20  # an answer larger than this goes to a file, so that whoever reads slowly costs no memory


def confine(parent: int, memory: int) -> None:
    """Bound the memory of this worker, and its life by that of the zygote, which could not kill it then."""
    with contextlib.suppress(OSError):  # where memory is short, a query ends rather than the server
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(AttributeError):  # another C library knows no arenas
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
    memory += _mapped()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        memory = min(memory, hard)
    with contextlib.suppress(ValueError, OSError):  # a system without this limit has the deadline still
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    end_with(parent, signal.SIGKILL)


def end_with(parent: int, number: signal.Signals) -> None:
    """Let the system send this process a signal when its parent ends; end at once if it has already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(1)


def work(channel: socket.socket, conditions: Conditions, loaded: EmbeddedStore | None) -> None:
    """Answer one request after another until there are no more; only the last reply says so itself."""
    fault, store = None, loaded
    try:
        if store is None:
            store = conditions.open()
    except AcagraphError as error:
        fault = messages.refusal(error)
    most = _peak() + conditions.memory_bytes // _GROWTH
    spent = False
    with contextlib.suppress(EOFError, ConnectionError):
        channel.sendall(messages.pack({"pid": os.getpid(), "seconds": time.process_time()}))
        while not spent:
            asked = messages.receive(channel)
            head, body, file = fault or {}, b"", None
            spent = fault is not None
            if store is not None and not spent:
                try:
                    head, body, file = reply(store, asked)
                except MemoryError:
                    head = messages.refusal(QueryError("the query needs too much memory; ask for less"))
                    spent = True
            spent = spent or _peak() > most
            _send(channel, messages.pack(head | {"spent": spent}, body), file)


def reply(store: EmbeddedStore, request: messages.Head) -> tuple[messages.Head, bytes, IO[bytes] | None]:
    """Answer a request: a head that says what follows, and the answer or a file of it."""
    asked = messages.asked(request)
    sink = Spool(asked.limits, asked.coding, most=_SMALL)
    try:
        media_type = store.write(asked.query, sink, accept=asked.accept, scope=asked.scope)
        digest, body, file, size = sink.finish()
    except AcagraphError as error:
        return messages.refusal(error), b"", None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # a fault of ours is not the engine's end, and is told as what it is
        return (
            messages.refusal(AcagraphError("acagraph has a fault here; please report the query")),
            b"",
            None,
        )
    head = {
        "media_type": media_type,
        "coding": sink.coding,
        "rows": sink.rows,
        "size": size,
        "digest": digest,
    }
    return head, body, file


def _send(channel: socket.socket, frame: bytes, file: IO[bytes] | None) -> None:
    if file is None:
        channel.sendall(frame)
        return
    with file:
        sent = socket.send_fds(channel, [frame], [file.fileno()])
    channel.sendall(frame[sent:])


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def _mapped() -> int:
    """Return the address space that is taken already: a shared store counts for nobody."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return _peak()
    return pages * resource.getpagesize()
