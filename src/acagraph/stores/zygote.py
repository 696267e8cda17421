"""A process without threads or open store that forks workers, kills them and tells how they ended.

A store opened on disk has threads, which a fork would lose together with the locks they hold; so this process
imports everything and opens nothing, and each worker opens the store for itself.

The one who asks is on the other end of standard input, and sends two sockets for each worker: a channel, on
which the worker answers, and a lifeline, which stays here. When the other end of the lifeline is closed, be
it that the owner is gone, the worker is killed; when the worker ends, its exit code is written there. So
nobody signals a process that is not its own child, and a number used again by the system harms no one.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import resource
import selectors
import signal
import socket
import sys
from pathlib import Path

from acagraph.errors import AcagraphError, QueryError
from acagraph.stores import messages
from acagraph.stores.embedded import EmbeddedStore

_PR_SET_PDEATHSIG = 1
# A worker whose memory grew by this part of its limit ends after its answer: what the engine did not give
# back would be missing to the next query.
_GROWTH = 4
_UNIT = 1 if sys.platform == "darwin" else 1024


class Zygote:
    """Forks a worker for each pair of sockets that it is sent, until there is nobody to send any."""

    def __init__(self, control: socket.socket, target: Path, memory: int) -> None:
        self._control = control
        self._target = target
        self._memory = memory
        # A store in memory has no threads: it is loaded once and shared by all workers.
        self._loaded: EmbeddedStore | None = None
        with contextlib.suppress(AcagraphError):  # each worker meets the error again, and tells it
            self._loaded = EmbeddedStore.load(target) if target.is_file() else None
        self._lifelines: dict[int, socket.socket] = {}
        self._ended, wake = socket.socketpair()
        self._ended.setblocking(False)
        wake.setblocking(False)
        self._wake = wake
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Serve the control socket until its other end is closed, then end all workers."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._control, selectors.EVENT_READ)
        self._selector.register(self._ended, selectors.EVENT_READ)
        try:
            while self._step():
                pass
        finally:
            for pid in self._lifelines:
                os.kill(pid, signal.SIGKILL)
            for pid in self._lifelines:
                os.waitpid(pid, 0)

    def _step(self) -> bool:
        for key, _ in self._selector.select():
            if key.fileobj is self._control:
                _, sockets, _, _ = socket.recv_fds(self._control, 1, 2)
                if len(sockets) != 2:
                    return False
                self._fork(*(socket.socket(fileno=number) for number in sockets))
            elif key.fileobj is self._ended:
                self._reap()
            elif self._lifelines.get(key.data) is key.fileobj:  # else it was reaped a moment ago
                self._selector.unregister(key.fileobj)
                os.kill(key.data, signal.SIGKILL)
        return True

    def _fork(self, channel: socket.socket, lifeline: socket.socket) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                lifeline.close()
                self._leave()
                _confine(parent, self._memory)
                _work(channel, self._target, self._memory, self._loaded)
                status = 0
            finally:
                os._exit(status)  # without running what the zygote would run at its end
        channel.close()
        self._lifelines[pid] = lifeline
        self._selector.register(lifeline, selectors.EVENT_READ, pid)

    def _reap(self) -> None:
        """Tell of each worker that ended how it did."""
        with contextlib.suppress(BlockingIOError):
            self._ended.recv(4096)
        while self._lifelines:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            lifeline = self._lifelines.pop(pid)
            with contextlib.suppress(KeyError):  # it is registered no more when it asked for the end
                self._selector.unregister(lifeline)
            with contextlib.suppress(OSError):
                lifeline.send(messages.STATUS.pack(os.waitstatus_to_exitcode(status)))
            lifeline.close()

    def _leave(self) -> None:
        """Let go, in a worker, of all that is the zygote's: a lifeline held here would never end."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for held in (*self._lifelines.values(), self._ended, self._wake):
            held.close()
        silence = os.open(os.devnull, os.O_RDWR)
        for number in range(3):  # the control socket is 0; on 2 the engine would print how it died
            os.dup2(silence, number)
        self._control.detach()


def _confine(parent: int, memory: int) -> None:
    """Bound the memory of this worker, and its life by that of the zygote, which could not kill it then."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        memory = min(memory, hard)
    with contextlib.suppress(ValueError, OSError):  # a system without this limit has the deadline still
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _work(channel: socket.socket, target: Path, memory: int, loaded: EmbeddedStore | None) -> None:
    """Answer one request after another until there are no more; only the last reply says so itself."""
    fault = None
    store = loaded
    try:
        if store is None:
            store = EmbeddedStore.load(target) if target.is_file() else EmbeddedStore.at(target)
    except AcagraphError as error:
        fault = messages.refusal(error)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + memory // _GROWTH // _UNIT
    spent = fault is not None
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            asked, _ = messages.receive(channel)
            head, body = fault or {}, b""
            if store is not None and fault is None:
                try:
                    head, body = messages.reply(store, asked)
                except MemoryError:
                    head = messages.refusal(QueryError("the query needs too much memory; ask for less"))
                    spent = True
            spent = spent or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > most
            messages.send(channel, head | {"spent": spent}, body)
            if spent:
                return


def main() -> None:
    """Fork workers for the owner of standard input."""
    zygote = Zygote(socket.socket(fileno=0), Path(sys.argv[1]), int(sys.argv[2]))
    gc.collect()
    gc.freeze()  # or the collector would write to, and so copy, the pages that workers share
    zygote.run()


if __name__ == "__main__":
    main()
