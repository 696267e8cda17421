"""A server process as `acagraph serve` starts it, seen from outside: its answers, its processes, its log."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree

import httpx
import pyoxigraph

T = TypeVar("T")
COMMAND = (sys.executable, "-c", "from acagraph.cli import main; main()", "serve", "--port", "0")
GUARD = 20.0  # seconds after which something hangs
_GRAPHS = {
    "text/turtle": pyoxigraph.RdfFormat.TURTLE,
    "application/n-triples": pyoxigraph.RdfFormat.N_TRIPLES,
    "application/rdf+xml": pyoxigraph.RdfFormat.RDF_XML,
    "application/ld+json": pyoxigraph.RdfFormat.JSON_LD,
    "application/n-quads": pyoxigraph.RdfFormat.N_QUADS,
    "application/trig": pyoxigraph.RdfFormat.TRIG,
}


@dataclass
class Service:
    """A running server and all processes below it."""

    process: subprocess.Popen[str]
    address: str
    said: list[str]
    log: Path
    callers: Iterator[str] = field(default_factory=lambda: map(_address, itertools.count()))

    @property
    def port(self) -> int:
        return httpx.URL(self.address).port or 80

    def client(self, caller: str = "") -> httpx.Client:
        """Return a client that comes from an address of its own: nobody has to pay for the one before."""
        transport = httpx.HTTPTransport(local_address=caller or next(self.callers), verify=False)
        return httpx.Client(transport=transport, base_url=self.address, timeout=60)

    def tree(self) -> dict[int, int]:
        """Return all processes below this one, each with its parent, and itself."""
        pids = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
        parents = {pid: int(stat[1]) for pid in pids if (stat := _stat(pid))}
        found = {self.process.pid: 0}
        while more := {pid: parent for pid, parent in parents.items() if parent in found} | found:
            if len(more) == len(found):
                break
            found = more
        return {pid: parent for pid, parent in found.items() if _stat(pid)[:1] != ["Z"]}

    def servers(self) -> set[int]:
        """Return the processes that answer: those that wait for connections on the port."""
        inode = next(
            line.split()[9]
            for line in Path("/proc/net/tcp").read_text().splitlines()
            if line.split()[1].endswith(f":{self.port:04X}") and line.split()[3] == "0A"
        )
        return {pid for pid in self.tree() if f"socket:[{inode}]" in _files(pid)}

    def used(self) -> dict[int, float]:
        """Return the seconds of processor time that each process below has used."""
        tick = os.sysconf("SC_CLK_TCK")
        return {pid: sum(map(int, stat[11:13])) / tick for pid in self.tree() if len(stat := _stat(pid)) > 12}


def _address(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/…/stat from the state on, nothing for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _files(pid: int) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(str(file.readlink()))
    return found


def until(found: Callable[[], T | None], *, seconds: float = GUARD) -> T:
    """Wait for something to be found or true; fail when that takes so long that something hangs."""
    deadline = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return result


@contextlib.contextmanager
def service(
    release: Path | None,
    log: Path,
    *options: str,
    command: Sequence[str] = COMMAND,
    place: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Service]:
    """Run `acagraph serve` on a release, or on what it finds from a place; it is ended by SIGTERM."""
    chosen = () if release is None else ("--release", str(release))
    process = subprocess.Popen(
        [*command, *chosen, "--access-log", str(log), *options],
        cwd=place,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    said: list[str] = []
    assert process.stderr is not None
    reader = threading.Thread(target=said.extend, args=(process.stderr,), daemon=True)
    reader.start()
    try:
        address = until(lambda: re.search(r"at (http://\S+)/", "".join(said)), seconds=60)[1]
        yield Service(process, address, said, log)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(10)
        process.stderr.close()


def whole(answer: httpx.Response) -> int:
    """Check that an answer is whole or an error that says why; return its status."""
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    if answer.status_code != 200:
        assert 400 <= answer.status_code < 500 or answer.status_code == 503, answer.text[:500]
        assert media_type == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["detail"]
        return answer.status_code
    if media_type in ("application/sparql-results+json", "application/json"):
        answer.json()
    elif media_type in _GRAPHS:
        for _ in pyoxigraph.parse(answer.content, format=_GRAPHS[media_type], without_named_graphs=False):
            pass
    elif media_type == "application/sparql-results+xml":
        ElementTree.fromstring(answer.content)
    else:
        assert media_type in ("text/csv", "text/tab-separated-values"), media_type
        separator = "," if media_type == "text/csv" else "\t"
        table = list(csv.reader(io.StringIO(answer.text, newline=""), delimiter=separator))
        assert all(len(row) == len(table[0]) for row in table if row)
    return 200


@dataclass(frozen=True)
class Raw:
    """An answer as it came over the line."""

    status: int
    head: bytes
    body: bytes

    @property
    def problem(self) -> str:
        """The reason of an error."""
        assert b"application/problem+json" in self.head.lower()
        return str(json.loads(self.body)["detail"])


def send(service: Service, request: bytes) -> Raw | None:
    """Send bytes as they are and read the one answer, or None when the connection ends without any."""
    source = (next(service.callers), 0)
    with socket.create_connection(("127.0.0.1", service.port), timeout=60, source_address=source) as client:
        client.sendall(request)
        with client.makefile("rb") as lines:
            first = lines.readline()
            if not first:
                return None
            head = first
            while (line := lines.readline()) not in (b"\r\n", b""):
                head += line
            return Raw(int(first.split()[1]), head, _body(head.lower(), lines))


def _body(head: bytes, lines: io.BufferedReader) -> bytes:
    if (length := re.search(rb"content-length: *(\d+)", head)) is not None:
        body = lines.read(int(length[1]))
        assert len(body) == int(length[1])
        return body
    if b"transfer-encoding: chunked" not in head:
        return b""
    body = b""
    while size := int(lines.readline(), 16):
        body += lines.read(size)
        assert lines.read(2) == b"\r\n"
    return body
