"""Serving: an address is taken first, so that a port in use is a message and not a traceback."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Callable

import uvicorn

from acagraph.dataset import Dataset
from acagraph.errors import AcagraphError
from acagraph.web.app import create_app


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
        config = uvicorn.Config(create_app(dataset), lifespan="off", log_level="warning", server_header=False)
        ready(f"http://{shown}:{taken}/")
        # uvicorn shuts down in order at Ctrl+C and then raises it again.
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


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
