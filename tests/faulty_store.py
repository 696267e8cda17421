"""A SPARQL endpoint on loopback that answers from the small data, or fails as it is told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

_JSON = "application/sparql-results+json"


@dataclass
class Endpoint:
    """What it was asked, and how it fails: at the next `times` requests, or at all that hold `only`."""

    data: Path
    fault: str = ""
    times: int = 1_000_000
    only: str = ""
    asked: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    connections: int = 0
    address: str = ""

    def __post_init__(self) -> None:
        self.store = ox.Store()
        self.store.bulk_load(path=str(self.data), format=ox.RdfFormat.TRIG)

    def fail(self, fault: str, *, times: int = 1_000_000, only: str = "") -> None:
        self.fault, self.times, self.only = fault, times, only
        self.asked.clear()
        self.left.clear()

    def takes(self, query: str) -> str:
        """Return the fault with which a query is answered, if any."""
        self.asked.append(query)
        if not self.fault or self.times <= 0 or self.only not in query:
            return ""
        self.times -= 1
        return self.fault


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    endpoint: Endpoint

    def setup(self) -> None:
        self.endpoint.connections += 1
        super().setup()

    def do_GET(self) -> None:
        self._answer(parse_qs(urlsplit(self.path).query))

    def do_POST(self) -> None:
        self._answer(parse_qs(self.rfile.read(int(self.headers["content-length"])).decode()))

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, values: dict[str, list[str]]) -> None:
        query = values["query"][0]
        match self.endpoint.takes(query):
            case "":
                self._whole(query)
            case "close":
                self.close_connection = True
            case "hang":
                self._wait()
            case "cut":
                self._send(200, b'{"head":{"vars":["s"]},"results":{"bindings":[', length=100_000)
                self.close_connection = True
            case "malformed":
                self._send(200, b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":]}}')
            case "page":
                self._send(200, b"<p>Welcome</p>", kind="text/html")
            case "partial":
                self._whole(query, {"X-SQL-State": "S1TAT"})
            case status:
                headers = {"Retry-After": "7"} if status == "503" else None
                self._send(int(status), b"the reason", kind="text/plain", headers=headers)

    def _whole(self, query: str, headers: dict[str, str] | None = None) -> None:
        found = self.endpoint.store.query(query, use_default_graph_as_union="FROM" not in query)
        if isinstance(found, ox.QueryTriples):
            body = found.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
            self._send(200, body, kind="application/n-triples", headers=headers)
        else:
            self._send(200, found.serialize(format=ox.QueryResultsFormat.JSON) or b"", headers=headers)

    def _send(
        self,
        status: int,
        body: bytes,
        *,
        kind: str = _JSON,
        length: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _wait(self) -> None:
        """Say nothing until the other side leaves."""
        self.connection.settimeout(0.05)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                if not self.connection.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        self.endpoint.left.set()
        self.close_connection = True


@contextmanager
def faulty(data: Path) -> Iterator[Endpoint]:
    """Serve a file of data; what is said of it is changed at the object that this yields."""
    endpoint = Endpoint(data)
    handler = type("Handler", (_Handler,), {"endpoint": endpoint})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    endpoint.address = f"http://127.0.0.1:{server.server_address[1]}/sparql"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
