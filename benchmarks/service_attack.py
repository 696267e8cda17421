"""Runaway queries: eight clients that send cross products again and again, from addresses of their own."""

from __future__ import annotations

import http.client
import socket
import threading
from collections import Counter
from types import TracebackType

from service_load import HOST
from service_servers import JSON, Running, sparql

CLIENTS = 8
# Nothing but counting, so that the machine survives servers without limits; each with another constant.
_RUNAWAY = 'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?c) != "%d-%d") }'
_PATIENCE = 600.0
_PAUSE = 0.1
_OK = 200


class Runaways:
    """Clients on 127.0.0.2 to 127.0.0.9 (Linux answers on all of them) that never give up, until the end."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self.outcomes: Counter[str] = Counter()
        self._threads = [
            threading.Thread(target=self._ask_again_and_again, args=(number,), daemon=True)
            for number in range(CLIENTS)
        ]

    def __enter__(self) -> Runaways:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        with self._lock:
            for opened in self._sockets:
                try:
                    opened.shutdown(socket.SHUT_RDWR)
                except OSError:  # the server was quicker
                    continue
        for thread in self._threads:
            thread.join(10)

    def wait(self, seconds: float) -> None:
        """Let the queries run for a while."""
        self._ended.wait(seconds)

    def _ask_again_and_again(self, number: int) -> None:
        times = 0
        while not self._ended.is_set():
            times += 1
            try:
                outcome = self._ask(number, _RUNAWAY % (number, times))
            except (OSError, http.client.HTTPException) as error:
                outcome = type(error).__name__
            with self._lock:
                self.outcomes["under way at the end" if self._ended.is_set() else outcome] += 1
            if outcome != str(_OK):
                self._ended.wait(_PAUSE)

    def _ask(self, number: int, text: str) -> str:
        request = sparql(self._running.system.endpoint, text, JSON)
        connection = http.client.HTTPConnection(
            HOST, self._running.port, timeout=_PATIENCE, source_address=(f"127.0.0.{number + 2}", 0)
        )
        try:
            connection.connect()
            with self._lock:
                self._sockets.add(connection.sock)
            connection.request("GET", request.path, headers={"Accept": request.accept})
            response = connection.getresponse()
            response.read()
            return str(response.status)
        finally:
            with self._lock:
                self._sockets.discard(connection.sock)
            connection.close()
