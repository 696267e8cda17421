"""What releases are loaded into in tests: Oxigraph's server, Virtuoso, and a proxy that breaks on demand."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.client
import json
import os
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from acagraph.release.lines import canonical_lines
from engine_servers import HOST, empty_virtuoso, free_port, oxigraph_program, running


@contextlib.contextmanager
def oxigraph(folder: Path, *options: str, port: int | None = None) -> Iterator[str]:
    """Serve an Oxigraph store in memory, or where `options` say; yield its root."""
    port = port or free_port()
    command = [oxigraph_program(), "serve", "--bind", f"{HOST}:{port}", "--union-default-graph", *options]
    with running(command, f"http://{HOST}:{port}/query", folder):
        yield f"http://{HOST}:{port}/"


@dataclass(frozen=True)
class Virtuoso:
    """A running Virtuoso: its endpoint, where isql finds it, what its loader may read, its password."""

    endpoint: str
    sql: str
    shared: Path
    password: str


@contextlib.contextmanager
def virtuoso(folder: Path) -> Iterator[Virtuoso]:
    """Serve a new Virtuoso, whose password is not the usual one."""
    shared = folder / "shared"
    shared.mkdir()
    password = "not the usual one"
    with empty_virtuoso(folder, rows=100_000, allowed=str(shared)) as (url, server):
        words = ["isql-vt", server, "dba", "dba", f"EXEC=user_set_password('dba', '{password}')"]
        subprocess.run(words, check=True, capture_output=True, timeout=30)
        yield Virtuoso(url, server, shared, password)


def query(endpoint: str, text: str, accept: str = "application/sparql-results+json") -> bytes:
    body = urllib.parse.urlencode({"query": text}).encode()
    request = urllib.request.Request(endpoint, body, {"Accept": accept})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bytes(answer.read())


def update(root: str, text: str) -> None:
    head = {"Content-Type": "application/sparql-update"}
    request = urllib.request.Request(f"{root}update", text.encode(), head)
    urllib.request.urlopen(request, timeout=60).close()


def values(endpoint: str, text: str) -> list[tuple[str, ...]]:
    """Return the rows of a SELECT, each with the texts of its terms."""
    document = json.loads(query(endpoint, text))
    names = document["head"]["vars"]
    return [tuple(row[name]["value"] for name in names) for row in document["results"]["bindings"]]


def triples(endpoint: str) -> dict[str, int]:
    """Return how many triples each graph has."""
    rows = values(endpoint, "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    return {graph: int(number) for graph, number in rows}


def held(root: str) -> list[bytes]:
    """Return all that an Oxigraph server holds as the canonical N-Quads of RDFC-1.0."""
    request = urllib.request.Request(f"{root}store", headers={"Accept": "application/n-quads"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return canonical_lines([answer.read()])


def dumped(release: Path) -> list[bytes]:
    """Return the N-Quads of a release; they are canonical."""
    return gzip.decompress((release / "data/acagraph.nq.gz").read_bytes()).splitlines(keepends=True)


def stored(release: Path) -> list[bytes]:
    """Return the N-Quads of a release as Oxigraph spells their literals: 10.0 becomes 10."""
    store = ox.Store()
    store.bulk_load(b"".join(dumped(release)), format=ox.RdfFormat.N_QUADS)
    return canonical_lines([store.dump(format=ox.RdfFormat.N_QUADS) or b""])


def write_release(folder: Path, lines: Iterable[bytes], *, version: str = "1") -> Path:
    """Write quads as what `acagraph load` reads of a release: the dump, and the manifest that lists it."""
    told = canonical_lines(lines)
    dump = folder / "data" / "acagraph.nq.gz"
    dump.parent.mkdir(parents=True)
    dump.write_bytes(gzip.compress(b"".join(told), mtime=0))
    quads = ox.parse(b"".join(told), format=ox.RdfFormat.N_QUADS)
    graphs = Counter(str(getattr(quad.graph_name, "value", "")) for quad in quads)
    digest = hashlib.sha256(dump.read_bytes()).hexdigest()
    manifest = {
        "version": version,
        "graphs": graphs,
        "files": [{"path": "data/acagraph.nq.gz", "sha256": digest}],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Asked:
    """A request that came to the proxy; `number` counts those that write, from 1."""

    method: str
    path: str
    headers: Any
    body: bytes
    number: int

    @property
    def writes(self) -> bool:
        return self.path.startswith(("/update", "/store"))


@dataclass(frozen=True)
class Fault:
    """What a proxy does instead of an answer of its server: a status, or the end of the connection."""

    status: int = 0
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    # Whether the server gets the request all the same, and whether the answer is its own, but cut.
    done: bool = False
    cut: bool = False


Rule = Callable[[Asked], Fault | None]


@dataclass
class Proxy:
    """A server before another one; `rule` says which requests go wrong, `asked` is what came.

    When it is nameless it does not tell which server is behind.
    """

    root: str
    rule: Rule
    nameless: bool = False
    asked: list[Asked] = field(default_factory=list)

    @property
    def written(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.writes]


@contextlib.contextmanager
def proxy(root: str, rule: Rule, *, nameless: bool = False) -> Iterator[Proxy]:
    """Stand before an Oxigraph server."""
    behind = urllib.parse.urlsplit(root).netloc

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            number = len(found.written) + self.path.startswith(("/update", "/store"))
            asked = Asked(self.command, self.path, self.headers, body, number)
            found.asked.append(asked)
            fault = found.rule(asked)
            if fault is None or fault.done or fault.cut:
                answer = self._behind(asked)
            if fault is None:
                self._answer(*answer)
            elif fault.cut:
                self._answer(answer[0], answer[1], answer[2][:-20], length=len(answer[2]))
            else:
                time.sleep(fault.seconds)
                if fault.status:
                    self._answer(fault.status, list(fault.headers), fault.body)
            self.close_connection = True

        do_POST = do_PUT = do_GET  # noqa: N815

        def _behind(self, asked: Asked) -> tuple[int, list[tuple[str, str]], bytes]:
            connection = http.client.HTTPConnection(behind, timeout=60)
            kept = {
                name: value
                for name, value in asked.headers.items()
                if name.lower() in ("content-type", "accept")
            }
            connection.request(asked.method, asked.path, asked.body or None, kept)
            with contextlib.closing(connection):
                answer = connection.getresponse()
                names = ("content-type",) if found.nameless else ("content-type", "server")
                kept_headers = [(name, value) for name, value in answer.getheaders() if name.lower() in names]
                return answer.status, kept_headers, answer.read()

        def _answer(
            self, status: int, headers: list[tuple[str, str]], body: bytes, *, length: int | None = None
        ) -> None:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            self.end_headers()
            with contextlib.suppress(OSError):  # who asked may have gone
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    found = Proxy(f"http://{HOST}:{server.server_address[1]}/", rule, nameless)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def environment(home: Path) -> dict[str, str]:
    """Return an environment without credentials and with another home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ACAGRAPH_STORE_")}
    kept.pop("NETRC", None)
    return {**kept, "HOME": str(home)}
