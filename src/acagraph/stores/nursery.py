"""The owner's hold on a zygote: it is started, asked for workers, replaced when it is gone, and ended."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

from acagraph.errors import StoreBusy
from acagraph.stores.conditions import Conditions
from acagraph.stores.embedded import EmbeddedStore

_PROGRAM = "acagraph.stores.zygote"
_LAST = 5.0
_STEP = 0.01


class Nursery:
    """Asks a zygote for workers; it starts with the first of them."""

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions
        self._control: socket.socket | None = None
        self._ended: Callable[[], bool] | None = None
        self.pid: int | None = None

    def fork(self, store: EmbeddedStore) -> None:
        """Fork the zygote out of this process, which may have no threads, with a store in memory."""
        from acagraph.stores import forking  # where no process can be forked, this can be imported still

        self._control, far = socket.socketpair()
        with far:
            pid = forking.fork(far, self._conditions, store)
        self._keep(pid, lambda: os.waitpid(pid, os.WNOHANG)[0] == pid)

    def worker(self) -> tuple[socket.socket, socket.socket]:
        """Return the owner's ends of a new worker's channel and lifeline.

        Raises StoreBusy where the system gives no process or descriptor now; what runs goes on.
        """
        try:
            try:
                return _ask(self._control or self._start())
            except ConnectionError:
                self.close()  # the zygote is gone, and its workers with it
                return _ask(self._start())
        except OSError as error:
            raise StoreBusy(f"no process can be started for the query now: {error}; ask again") from error

    def close(self) -> None:
        """End the zygote and all its workers."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._ended is None or self.pid is None:
            return
        deadline = time.monotonic() + _LAST
        while not self._ended():
            if time.monotonic() > deadline:  # only its parent waits for it, so the number is its own still
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(_STEP)
        self._ended = self.pid = None

    def _start(self) -> socket.socket:
        """Start the zygote; in a process group where Ctrl+C does not reach it before the owner."""
        control, far = socket.socketpair()
        with far, contextlib.ExitStack() as undo:
            undo.callback(control.close)
            started = subprocess.Popen(
                [sys.executable, "-m", _PROGRAM, self._conditions.dump()],
                stdin=far.fileno(),
                stdout=subprocess.DEVNULL,
                process_group=0,
            )
            undo.pop_all()
        self._control = control
        self._keep(started.pid, lambda: started.poll() is not None)
        return control

    def _keep(self, pid: int, ended: Callable[[], bool]) -> None:
        assert self._control is not None
        self._control.setblocking(False)
        self.pid, self._ended = pid, ended


def _ask(control: socket.socket) -> tuple[socket.socket, socket.socket]:
    channel, far_channel = socket.socketpair()
    lifeline, far_lifeline = socket.socketpair()
    with far_channel, far_lifeline, contextlib.ExitStack() as undo:
        undo.callback(channel.close)
        undo.callback(lifeline.close)
        socket.send_fds(control, [b"+"], [far_channel.fileno(), far_lifeline.fileno()])
        undo.pop_all()
    return channel, lifeline
