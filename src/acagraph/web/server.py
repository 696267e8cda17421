"""One server process: it answers on a socket that it was given until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import os
import socket
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType

import uvicorn

from acagraph.dataset import Dataset
from acagraph.errors import AcagraphError
from acagraph.queries.excerpt import Caps
from acagraph.stores import GuardedStore, Limits
from acagraph.web.app import CACHE_BYTES, CAPS, LIMITS, Watch, create_app
from acagraph.web.connections import Bounds, bounded
from acagraph.web.metrics import GAUGES
from acagraph.web.openings import Openings, Pools

_DRAIN_SECONDS = 0.3
_LAST_SECONDS = 3.0
_INTERRUPTED = 130
_BACKLOG = 2048


@dataclass(frozen=True)
class Settings:
    """How a server behaves: what an answer may cost, what is kept, how it stops, whom it may ask.

    `releases` is a folder with other releases to serve under their versions.
    """

    limits: Limits = LIMITS
    caps: Caps = CAPS
    cache_bytes: int = CACHE_BYTES
    grace_seconds: float = 5.0
    services: frozenset[str] = field(default_factory=frozenset)
    releases: Path | None = None
    bounds: Bounds = field(default_factory=Bounds)


class _Server(uvicorn.Server):
    """uvicorn, but nothing keeps the process alive: queries of strangers are stopped when the grace is over.

    The engine cannot be stopped within a saved query, so the process ends when it does not stop in order.
    """

    def __init__(self, config: uvicorn.Config, stop: Callable[[], object], grace: float) -> None:
        super().__init__(config)
        self._stop = stop
        self._grace = grace
        self._loop: asyncio.AbstractEventLoop | None = None
        self.overdue = threading.Timer(grace + _LAST_SECONDS, os._exit, (_INTERRUPTED,))
        self.overdue.daemon = True
        self.ready: Callable[[], object] = lambda: None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell that it has."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        if self.started:
            self.ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more connections, answer what those just accepted ask, and then stop."""
        for listening in self.servers:
            listening.close()
        await asyncio.sleep(_DRAIN_SECONDS)
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop in order at the first signal; at the second at once."""
        if self.should_exit:
            os._exit(_INTERRUPTED)
        self.overdue.start()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.call_later, self._grace, self._stop)
        super().handle_exit(sig, frame)


def run(
    dataset: Dataset,
    listener: socket.socket,
    settings: Settings,
    *,
    watch: Watch | None = None,
    guarded: GuardedStore | None = None,
    ready: Callable[[], object] = lambda: None,
) -> None:
    """Serve a dataset on a listening socket until SIGTERM or Ctrl+C; `ready` is called when it answers.

    It stops in order: no new connection, then what is under way ends by itself or, after the grace, with 503.
    """
    strangers = guarded or dataset.guarded()
    openings = Openings(settings.releases, pools=Pools(services=settings.services))

    def stop() -> None:
        strangers.close()
        openings.pools.close()

    app = create_app(
        dataset,
        limits=settings.limits,
        caps=settings.caps,
        guarded=strangers,
        watch=watch,
        cache_bytes=settings.cache_bytes,
        federated=bool(settings.services),
        others=openings,
    )
    config = uvicorn.Config(
        app,
        http=bounded(_bounds(settings.bounds, listener)),
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=round(settings.grace_seconds + 1),
    )
    server = _Server(config, stop, settings.grace_seconds)
    server.ready = ready
    # uvicorn shuts down in order at Ctrl+C and then raises it again.
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    server.overdue.cancel()
    if watch is not None:
        watch.counters.set([0] * len(GAUGES))


def listen(host: str, port: int) -> socket.socket:
    """Take an address; port 0 takes a free one. Raises AcagraphError when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, or asyncio would not turn off Nagle's algorithm, and each answer would wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise AcagraphError(
                f"port {port} of {host} is in use; stop the other server or choose another with --port"
            ) from error
        raise AcagraphError(f"cannot listen on {host} port {port}: {error}") from error
    return listener


def listen_at(path: Path) -> socket.socket:
    """Take a Unix socket; one that a server left behind is replaced.

    Raises AcagraphError when it cannot be had.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with contextlib.suppress(FileNotFoundError):
            if stat.S_ISSOCK(path.stat().st_mode) and not _answers(path):
                path.unlink()
        listener.bind(str(path))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise AcagraphError(
            f"cannot listen on {path}: {error.strerror or error}; stop its server or choose another path"
        ) from error
    return listener


def address(listener: socket.socket) -> str:
    """Return the address of a listening socket as users write it."""
    name = listener.getsockname()
    if isinstance(name, str):
        return f"unix:{name}"
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"http://{host}:{name[1]}/"


def _bounds(bounds: Bounds, listener: socket.socket) -> Bounds:
    """Return bounds that do not take a proxy on this machine for one greedy client."""
    name = listener.getsockname()
    local = isinstance(name, str) or ipaddress.ip_address(name[0]).is_loopback
    return replace(bounds, per_address=None) if local else bounds


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(str(path)) == 0
