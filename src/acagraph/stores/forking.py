"""A process without threads or open store that forks workers, kills them and tells how they ended.

A store opened on disk has threads, which a fork would lose together with the locks they hold; so this process
imports everything and opens nothing, and each worker opens the store for itself. A store in memory has no
threads: all workers share the one that is here.

The one who asks is on the other end of the control socket, and sends two sockets for each worker: a channel,
on which the worker answers, and a lifeline, which stays here. When the other end of the lifeline is closed,
be it that the owner is gone, the worker is killed; a byte on it lets the worker run only while no other
process would; when the worker ends, its exit code is written there. So nobody signals a process that is not
its own child, and a number used again by the system harms no one.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import selectors
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from acagraph.stores import messages
from acagraph.stores.conditions import Conditions
from acagraph.stores.embedded import EmbeddedStore
from acagraph.stores.worker import confine, work

_NICE = 5  # behind whoever serves; forking is work too
_LAST = 19  # the nicest there is
_MOST = 1 << 20  # descriptors where the system sets no limit
_KEPT = 3  # descriptors of a process: input, output and errors


class Zygote:
    """Forks a worker for each pair of sockets that it is sent, until there is nobody to send any."""

    def __init__(self, control: socket.socket, conditions: Conditions, loaded: EmbeddedStore | None) -> None:
        self._control = control
        self._conditions = conditions
        self._loaded = loaded
        self._lifelines: dict[int, socket.socket] = {}
        self._ended, wake = socket.socketpair()
        self._ended.setblocking(False)
        wake.setblocking(False)
        self._wake = wake
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Serve the control socket until its other end is closed, then end all workers."""
        os.nice(_NICE)
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
                self._hear(key.data)
        return True

    def _hear(self, pid: int) -> None:
        """Do with a worker what its owner asks on the lifeline."""
        try:
            told = self._lifelines[pid].recv(1, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            told = b""
        if told == messages.DEMOTE:
            _demote(pid)
            return
        self._selector.unregister(self._lifelines[pid])
        os.kill(pid, signal.SIGKILL)

    def _fork(self, channel: socket.socket, lifeline: socket.socket) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                lifeline.close()
                self._leave()
                confine(parent, self._conditions.memory_bytes)
                work(channel, self._conditions, self._loaded)
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
        for number in range(_KEPT):  # the control socket is 0; on 2 the engine would print how it died
            os.dup2(silence, number)
        os.close(silence)
        self._control.detach()


def load_to_share(path: Path, *, services: frozenset[str] = frozenset()) -> EmbeddedStore:
    """Load an RDF file into memory that the processes share which are forked afterwards.

    Raises what EmbeddedStore.load does.
    """
    # The engine allocates by thread. Nobody fills the gaps that loading leaves in the heap of one that has
    # ended; elsewhere each process would write to a third of the pages, and so copy them.
    with ThreadPoolExecutor(1) as loader:
        return loader.submit(EmbeddedStore.load, path, services=services).result()


def fork(control: socket.socket, conditions: Conditions, store: EmbeddedStore) -> int:
    """Fork a zygote out of this process, which may have no threads; its workers share a store in memory."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.setpgid(0, 0)  # where Ctrl+C does not reach it before the owner
        _forget(control)
        Zygote(socket.socket(fileno=0), conditions, store).run()
        status = 0
    finally:
        os._exit(status)  # without running what the owner would run at its end


def _forget(control: socket.socket) -> None:
    """Let go of all that was the owner's but the control socket, which becomes standard input."""
    gc.freeze()  # or the collector would write to, and so copy, the pages that workers share
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if signal.getsignal(number) not in (signal.SIG_DFL, signal.SIG_IGN, None):
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.dup2(control.fileno(), 0)
    control.detach()
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 1)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    os.closerange(_KEPT, most if 0 < most < _MOST else _MOST)


def _demote(pid: int) -> None:
    """Let a worker run only while no other process would."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, _LAST)
        if hasattr(os, "sched_setscheduler"):
            os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
