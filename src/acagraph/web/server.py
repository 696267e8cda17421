"""Serving: an address is taken first, so that a port in use is a message and not a traceback."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn

from acagraph.dataset import Dataset
from acagraph.errors import AcagraphError
from acagraph.web.app import create_app

_GRACE_SECONDS = 1.0
_INTERRUPTED = 130


class _Server(uvicorn.Server):
    """uvicorn, but a query that still runs in a thread does not keep the process alive.

    The engine cannot be stopped within a query, so the process ends when it does not stop in order in time.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.overdue = threading.Timer(_GRACE_SECONDS, os._exit, (_INTERRUPTED,))
        self.overdue.daemon = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop in order at the first signal; at the second, or when that takes long, stop at once."""
        if self.should_exit:
            os._exit(_INTERRUPTED)
        self.overdue.start()
        super().handle_exit(sig, frame)


def serve(
    dataset: Dataset,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve a dataset until interrupted; `ready` is called with the address. Port 0 takes a free one.

    Raises AcagraphError when the address cannot be had.
    """
    with _listen(host, port) as listener:
        taken = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        config = uvicorn.Config(create_app(dataset), lifespan="on", log_level="warning", server_header=False)
        server = _Server(config)
        ready(f"http://{shown}:{taken}/")
        # uvicorn shuts down in order at Ctrl+C and then raises it again.
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
        server.overdue.cancel()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(socket.SOMAXCONN)
    except (OSError, OverflowError) as error:
        listener.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise AcagraphError(
                f"port {port} of {host} is in use; stop the other server or choose another with --port"
            ) from error
        raise AcagraphError(f"cannot listen on {host} port {port}: {error}") from error
    return listener
