"""A pool of processes that answer the queries of strangers, one after another, and die of them alone.

Oxigraph overflows its stack on deep nesting and aborts where an order is not total; neither can be caught in
the process where it happens, and an evaluation under way cannot be stopped there either.
"""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from acagraph.errors import StoreBusy, StoreError
from acagraph.stores import messages
from acagraph.stores.protocol import ANY, Answer, Limits, Scope

_SPARE = 2
_LAST = 5.0


@dataclass(frozen=True)
class Size:
    """How large a pool is: its processes, the memory of each, how many queries wait for one and how long."""

    workers: int = (os.cpu_count() or 1) + _SPARE
    memory_bytes: int = 2 << 30
    waiting: int = 32
    patience_seconds: float = 5.0


@dataclass(frozen=True)
class _Worker:
    """The owner's ends of the two sockets of a worker; closing the lifeline kills it."""

    channel: socket.socket
    lifeline: socket.socket

    def alive(self) -> bool:
        try:
            self.lifeline.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False  # its exit code is there, or the zygote is gone

    def status(self) -> int:
        """Return how the worker ended: its exit code, or the number of the signal, negative."""
        self.lifeline.settimeout(_LAST)
        with contextlib.suppress(OSError):
            told = self.lifeline.recv(messages.STATUS.size)
            if len(told) == messages.STATUS.size:
                return int(messages.STATUS.unpack(told)[0])
        return 1

    def close(self) -> None:
        self.lifeline.close()
        self.channel.close()


class PoolStore:
    """The store of a release, asked in one of a few processes; they start with the first query, or before."""

    def __init__(self, target: Path, *, size: Size | None = None) -> None:
        self._target = target
        self._size = size or Size()
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(self._size.workers):
            self._idle.put(None)
        self._places = threading.BoundedSemaphore(self._size.waiting)
        self._lock = threading.Lock()
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._closed = False

    def start(self) -> None:
        """Start all processes now, so that the first queries need not wait for them."""
        for worker in self._drain():
            self._put(worker, spent=False)

    def answer(
        self, query: str, *, accept: str = ANY, limits: Limits | None = None, scope: Scope | None = None
    ) -> Answer:
        """Evaluate a query; see Store.answer. Raises QueryError also when the engine dies of the query, and
        StoreBusy when no process is free in time."""
        limits = limits or Limits()
        asked = messages.request(query, accept, limits, scope or Scope())
        worker = self._take()
        spent = True
        try:
            if worker is None or not worker.alive():
                if worker is not None:
                    worker.close()
                worker = None
                worker = self._fork()
            head, body = self._ask(worker, asked, limits)
            spent = bool(head["spent"])
        finally:
            self._put(worker, spent=spent)
        return messages.answer(head, body)

    def close(self) -> None:
        """End all processes; a query under way gets StoreError."""
        with self._lock:
            self._closed = True
            self._end()
        for worker in self._drain():
            self._put(worker, spent=True)  # whoever waits for a place learns that the store is closed

    def _drain(self) -> list[_Worker | None]:
        idle = []
        with contextlib.suppress(queue.Empty):
            while True:
                idle.append(self._idle.get_nowait())
        return idle

    def _take(self) -> _Worker | None:
        with contextlib.suppress(queue.Empty):
            return self._idle.get_nowait()
        busy = StoreBusy("too many queries at once; ask again in a few seconds")
        if not self._places.acquire(blocking=False):
            raise busy
        try:
            return self._idle.get(timeout=self._size.patience_seconds)
        except queue.Empty:
            raise busy from None
        finally:
            self._places.release()

    def _put(self, worker: _Worker | None, *, spent: bool) -> None:
        """Give a place back, with a new worker at once where the old one is spent."""
        if worker is not None and (spent or self._closed):
            worker.close()
            worker = None
        if worker is None and not self._closed:
            with contextlib.suppress(StoreError, OSError):  # the next query tries it again, and says so
                worker = self._fork()
        self._idle.put(worker)

    def _ask(self, worker: _Worker, asked: messages.Head, limits: Limits) -> tuple[messages.Head, bytes]:
        deadline = None
        if limits.timeout_seconds is not None:
            deadline = time.monotonic() + limits.timeout_seconds + messages.GRACE
        try:
            messages.send(worker.channel, asked, deadline=deadline)
            return messages.receive(worker.channel, deadline=deadline)
        except TimeoutError:
            raise messages.overdue(limits) from None
        except (EOFError, OSError):
            if self._closed:
                raise StoreError("the store is closed; open it again") from None
            raise messages.broken(worker.status()) from None

    def _fork(self) -> _Worker:
        with self._lock:
            if self._closed:
                raise StoreError("the store is closed; open it again")
            try:
                return self._request(self._control or self._begin())
            except OSError:
                self._end()  # the zygote is gone, and its workers with it
            try:
                return self._request(self._begin())
            except OSError as error:
                raise StoreError(f"no process can be started for the query: {error}") from error

    def _request(self, control: socket.socket) -> _Worker:
        channel, far_channel = socket.socketpair()
        lifeline, far_lifeline = socket.socketpair()
        worker = _Worker(channel, lifeline)
        with far_channel, far_lifeline:
            try:
                socket.send_fds(control, [b"+"], [far_channel.fileno(), far_lifeline.fileno()])
            except OSError:
                worker.close()
                raise
        return worker

    def _begin(self) -> socket.socket:
        """Start the zygote; in a session of its own, where Ctrl+C does not reach it before the owner."""
        self._control, far = socket.socketpair()
        with far:
            command = [sys.executable, "-m", "acagraph.stores.zygote"]
            self._zygote = subprocess.Popen(
                [*command, str(self._target), str(self._size.memory_bytes)],
                stdin=far.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._control

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._zygote is not None:
            try:
                self._zygote.wait(_LAST)
            except subprocess.TimeoutExpired:
                self._zygote.kill()
                self._zygote.wait()
            self._zygote = None
