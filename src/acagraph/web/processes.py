"""The processes of `acagraph serve`: servers on one socket, over the store on disk, then over one in memory.

A process that has opened a store on disk has threads and may not be forked. So the one that is started opens
nothing; it forks a server over the store on disk, which answers at once, and a nursery, which loads the store
into memory and forks servers that share it. When those answer, the first one is told to stop. Over a remote
store there are only servers that ask it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

try:
    import resource
except ModuleNotFoundError:  # Windows
    resource = None  # type: ignore[assignment]

from acagraph.dataset import Dataset, dataset_of, open_dataset, read_manifest, store_of
from acagraph.errors import AcagraphError
from acagraph.stores import EmbeddedStore, RemoteStore
from acagraph.stores.breaker import Breaker
from acagraph.stores.forking import load_to_share
from acagraph.stores.pool import Pool, Size
from acagraph.stores.relay import Relay
from acagraph.stores.remote import Patience
from acagraph.web import server
from acagraph.web.access import AccessLog
from acagraph.web.app import MOST_ROUTES, Watch
from acagraph.web.metrics import Board
from acagraph.web.server import Settings

_DISK, _MEMORY = b"d", b"m"
_PAUSE_SECONDS = 1.0
_LAST_SECONDS = 4.0
# Above this a store in memory takes more than a gigabyte.
_MOST_TRIPLES = 2_000_000
Memory = Literal["auto", "always", "never"]


@dataclass(frozen=True)
class Plan:
    """What to serve, and with how many processes."""

    folder: Path
    location: str
    settings: Settings = field(default_factory=Settings)
    processes: int = 2
    memory: Memory = "auto"
    log: AccessLog | None = None
    endpoint: str = ""
    """The address of the store, where that is not the release's own."""

    @property
    def pool(self) -> Size:
        """The share that each server has of the workers that one alone would have."""
        whole = Size()
        return Size(
            workers=max(3, -(-whole.workers // self.processes)), long=max(2, whole.long // self.processes)
        )

    @property
    def dump(self) -> Path | None:
        """The file to load into memory, or None when the store stays on disk."""
        if self.endpoint:
            return None
        file = self.folder / "data" / "acagraph.nq.gz"
        if store_of(self.folder).is_file():  # a packaged dataset is one file, and small
            return store_of(self.folder)
        if self.memory == "never" or not file.is_file():
            return None
        triples = int(read_manifest(self.folder / "manifest.json").get("triples", 0))
        return file if self.memory == "always" or triples <= _MOST_TRIPLES else None


class _Family:
    """The children of one process: started, replaced when they die, and told to stop."""

    def __init__(self) -> None:
        self._children: dict[int, tuple[str, Callable[[], None]]] = {}
        self._woken, self._wake = socket.socketpair()
        self._woken.setblocking(False)
        self._wake.setblocking(False)
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)

    def _stop(self, *_: object) -> None:
        if self.stopping:
            self.tell(signal.SIGTERM)  # the second signal makes a server stop at once
        self.stopping = True

    def start(self, role: str, work: Callable[[], None]) -> None:
        """Fork a child that does some work and ends."""
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            self._children[pid] = (role, work)
            return
        status = 1
        try:
            self._leave(parent)
            work()
            status = 0
        except AcagraphError as error:
            print(f"Error: {error}", file=sys.stderr)
            status = error.exit_code
        except Exception:  # noqa: BLE001  # the process ends here, so nobody above would tell of it
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _leave(self, parent: int) -> None:
        from acagraph.stores.worker import end_with  # where no process can be forked, it cannot be imported

        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        self._woken.close()
        self._wake.close()
        self._children.clear()
        os.setpgid(0, 0)  # Ctrl+C is for the one who started it, who tells the others
        end_with(parent, signal.SIGTERM)

    def wait(self, *others: socket.socket) -> list[socket.socket]:
        """Wait until a child ends, a signal comes or another socket can be read; return those sockets."""
        readable = select.select([self._woken, *others], [], [], 1.0)[0]
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(4096)
        return [other for other in others if other in readable]

    def ended(self) -> list[tuple[str, Callable[[], None]]]:
        """Return the roles and works of the children that have ended since."""
        found = []
        while self._children:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            found.append(self._children.pop(pid))
        return found

    def tell(self, number: int, role: str = "") -> None:
        """Send a signal to the children of a role, or to all."""
        for pid, (kind, _) in self._children.items():
            if role in ("", kind):
                os.kill(pid, number)

    def finish(self, seconds: float) -> None:
        """Stop all children in order; those that do not stop in time are killed."""
        self.tell(signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while self._children and time.monotonic() < deadline:
            self.wait()
            self.ended()
        self.tell(signal.SIGKILL)
        for pid in self._children:
            os.waitpid(pid, 0)
        self._children.clear()


def serve(plan: Plan, listener: socket.socket, *, ready: Callable[[], object]) -> None:
    """Serve a release until SIGTERM or Ctrl+C; `ready` is called once, when the first server answers.

    Raises AcagraphError when no server can be started.
    """
    _raise_limits()
    if not hasattr(os, "fork"):
        with open_remote(plan) if plan.endpoint else open_dataset(plan.folder) as dataset:
            server.run(dataset, listener, plan.settings, ready=ready)
        return
    dump = plan.dump
    board = Board(2 * plan.processes, MOST_ROUTES)
    heard, tell = socket.socketpair()

    def disk(process: int) -> Callable[[], None]:
        watch = Watch(board, process, plan.log)
        serving = _serve_remote if plan.endpoint else _serve_disk
        return lambda: serving(plan, listener, watch, lambda: tell.send(_DISK))

    def nursery() -> None:
        _nurse(plan, dump or plan.folder, listener, board, lambda: tell.send(_MEMORY))

    family = _Family()
    guardian = _Guardian(
        family,
        # A packaged dataset is one file: there is no store on disk to begin with.
        disk=[] if dump == store_of(plan.folder) else [disk(process) for process in range(plan.processes)],
        nursery=None if dump is None else nursery,
    )
    guardian.start()
    guardian.watch(heard, ready)
    family.finish(plan.settings.grace_seconds + _LAST_SECONDS)


def _raise_limits() -> None:
    """Allow as many descriptors as the system lets us have: each connection and each worker takes some."""
    if resource is not None:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with contextlib.suppress(ValueError, OSError):  # some systems name a limit that they do not grant
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class _Guardian:
    """Keeps servers alive: in memory where there is a nursery, and until those answer one over the disk."""

    def __init__(
        self, family: _Family, *, disk: Sequence[Callable[[], None]], nursery: Callable[[], None] | None
    ) -> None:
        self._family = family
        self._disk = disk
        self._nursery = nursery
        self._switched = False

    def start(self) -> None:
        """Start the servers over the disk, only one where others will follow in memory, and the nursery."""
        for work in self._disk[: 1 if self._nursery else None]:
            self._family.start("disk", work)
        if self._nursery:
            self._family.start("nursery", self._nursery)

    def watch(self, heard: socket.socket, ready: Callable[[], object]) -> None:
        """Replace what ends until told to stop. Raises AcagraphError when nothing ever answered."""
        told = False
        while not self._family.stopping:
            for channel in self._family.wait(heard):
                self._switched |= _MEMORY in channel.recv(64)
                if not told:
                    told = True
                    ready()
                if self._switched:
                    self._family.tell(signal.SIGTERM, "disk")
            for role, work in self._family.ended():
                if not told and (role == "disk" or not self._disk):
                    self._family.finish(_LAST_SECONDS)
                    raise AcagraphError("no server could be started; see what it said above")
                if not self._family.stopping:
                    self._replace(role, work)

    def _replace(self, role: str, work: Callable[[], None]) -> None:
        if role == "nursery" and self._switched:
            self._switched = False  # the servers it kept end with it
            self.start()
        elif role == "nursery" and self._disk:
            print("The store could not be loaded into memory; it stays on disk.", file=sys.stderr)
            self._nursery = None
            for other in self._disk[1:]:
                self._family.start("disk", other)
        elif not (role == "disk" and self._switched):
            time.sleep(_PAUSE_SECONDS)  # or one that cannot start would be started all the time
            self._family.start(role, work)


def _serve_disk(plan: Plan, listener: socket.socket, watch: Watch, ready: Callable[[], object]) -> None:
    dataset = open_dataset(plan.folder)
    dict(dataset.queries)  # one that is wrong ends the start, not a request
    pool = Pool(store_of(plan.folder), size=plan.pool, services=plan.settings.services)
    server.run(dataset, listener, plan.settings, watch=watch, guarded=pool, ready=ready)


def open_remote(plan: Plan) -> Dataset:
    """Return the dataset of a release over its remote store; what is told of that names no address."""
    store = RemoteStore(plan.endpoint, name="the store", patience=Patience(), breaker=Breaker())
    return dataset_of(plan.folder, store, location=plan.location)


def _serve_remote(plan: Plan, listener: socket.socket, watch: Watch, ready: Callable[[], object]) -> None:
    dataset = open_remote(plan)
    assert isinstance(dataset.store, RemoteStore)
    relay = Relay(dataset.store, services=plan.settings.services)
    server.run(dataset, listener, plan.settings, watch=watch, guarded=relay, ready=ready)


def _nurse(
    plan: Plan, dump: Path, listener: socket.socket, board: Board, ready: Callable[[], object]
) -> None:
    """Load the store into memory and keep servers that share it alive, until told to stop."""
    store = load_to_share(dump)
    family = _Family()
    gc.collect()
    gc.freeze()  # or the collector would write to, and so copy, the pages that the servers share
    heard, tell = socket.socketpair()
    for process in range(plan.processes):
        watch = Watch(board, plan.processes + process, plan.log)
        family.start("memory", partial(_serve_memory, plan, store, listener, watch, tell))
    waiting = plan.processes
    while not family.stopping:
        for channel in family.wait(heard):
            waiting -= len(channel.recv(64))
            if waiting == 0:
                ready()
        for role, work in family.ended():
            if not family.stopping:
                time.sleep(_PAUSE_SECONDS)
                family.start(role, work)
    family.finish(plan.settings.grace_seconds + _LAST_SECONDS)


def _serve_memory(
    plan: Plan, store: EmbeddedStore, listener: socket.socket, watch: Watch, tell: socket.socket
) -> None:
    # Its zygote is forked first, while there are no threads here.
    pool = Pool.forked(store, store_of(plan.folder), size=plan.pool, services=plan.settings.services)
    dataset = dataset_of(plan.folder, store, location=plan.location)
    server.run(dataset, listener, plan.settings, watch=watch, guarded=pool, ready=lambda: tell.send(_MEMORY))
