"""The servers that are compared: how each is started, asked, found ready, measured and stopped."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from service_load import HOST, PATIENCE, Reply, Request, fetch

JSON = "application/sparql-results+json"
OURS, OXIGRAPH, SHIPPED, NATIVE = (
    "acagraph",
    "Oxigraph",
    "rdflib-endpoint",
    "rdflib-endpoint, Oxigraph's SPARQL",
)
PEERS = (SHIPPED, NATIVE)
_START_SECONDS = 180.0
_POLL_SECONDS = 0.005
_RETIRES_SECONDS = 2.0
_OK = 200


@dataclass(frozen=True)
class Ask:
    """One question: our request, and the SPARQL text that the others answer in the same format."""

    ours: Request
    text: str

    @property
    def accept(self) -> str:
        """What all are asked to answer in."""
        return self.ours.accept


@dataclass(frozen=True)
class System:
    """A server program: the words that start it on a port, and where it answers SPARQL."""

    name: str
    command: Callable[[int], Sequence[str]]
    endpoint: str
    health: str

    def request(self, ask: Ask) -> Request:
        """Return the request that puts a question to this server."""
        return ask.ours if self.name == OURS else sparql(self.endpoint, ask.text, ask.accept)


@dataclass
class Running:
    """A server process on a port."""

    system: System
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    ready_seconds: float
    switched_seconds: float | None = None

    def ask(self, ask: Ask) -> Reply:
        """Put a question; the status is 0 when there is no answer in time."""
        try:
            return fetch(self.port, self.system.request(ask))
        except (OSError, http.client.HTTPException) as error:
            return Reply(0, "", str(error).encode(), PATIENCE)

    def answers(self, *, within: float = 30.0) -> bool:
        """Tell whether the server answers the shortest query."""
        try:
            reply = fetch(self.port, sparql(self.system.endpoint, "ASK {}", JSON), timeout=within)
        except (OSError, http.client.HTTPException):
            return False
        return reply.status == _OK

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server; when it does not stop in order, it and all that it started."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def systems(release: Path, *, acagraph: str, oxigraph: str, peer_python: str | None) -> dict[str, System]:
    """Return the servers that can be compared, by name."""
    store = str(release / "store")
    ask = "?query=ASK%20%7B%7D"
    ours = [acagraph, "serve", "--release", str(release), "--port"]
    other = [oxigraph, "serve-read-only", "--union-default-graph", "--location", store, "--bind"]
    found = [
        System(OURS, lambda port: [*ours, str(port)], "/sparql", "/healthz"),
        System(OXIGRAPH, lambda port: [*other, f"{HOST}:{port}"], "/query", f"/query{ask}"),
    ]
    if peer_python:
        peer = [peer_python, str(Path(__file__).with_name("service_peer.py")), store]
        found += [
            System(SHIPPED, lambda port: [*peer, str(port), "rdflib"], "/sparql", f"/sparql{ask}"),
            System(NATIVE, lambda port: [*peer, str(port), "oxigraph"], "/sparql", f"/sparql{ask}"),
        ]
    return {system.name: system for system in found}


def sparql(endpoint: str, text: str, accept: str) -> Request:
    """Return a query as a GET request."""
    return Request(f"{endpoint}?query={quote(text, safe='')}", accept)


def start(system: System, folder: Path, *, switch_seconds: float = 0.0) -> Running:
    """Start a server and wait for its first answer, and up to some seconds for its store in memory."""
    port = _free_port()
    log = folder / f"{system.name.replace(' ', '-')}-{port}.log"
    began = time.perf_counter()
    with log.open("wb") as file:
        process = subprocess.Popen(
            system.command(port), stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
    running = Running(system, port, process, log, 0.0)
    try:
        _wait(running, began, switch_seconds)
    except BaseException:  # whoever interrupts leaves no server behind
        running.stop()
        raise
    return running


def _wait(running: Running, began: float, switch_seconds: float) -> None:
    system, port = running.system, running.port
    health = Request(system.health, "application/json" if system.name == OURS else JSON)
    while _told(port, health) is None:
        if running.process.poll() is not None or time.perf_counter() - began > _START_SECONDS:
            tail = running.log.read_text(encoding="utf-8", errors="replace")[-800:]
            raise SystemExit(f"{system.name} does not start: {tail}")
        time.sleep(_POLL_SECONDS)
    running.ready_seconds = time.perf_counter() - began
    while system.name == OURS and time.perf_counter() - began < switch_seconds:
        if (_told(port, health) or {}).get("store") == "memory":
            running.switched_seconds = time.perf_counter() - began
            time.sleep(_RETIRES_SECONDS)  # the server on disk still ends
            return
        time.sleep(_POLL_SECONDS * 10)


def settle(running: Running, folder: Path, *, switch_seconds: float, seconds: float = 30.0) -> Running:
    """Wait until a server is done with what it was asked before; start it anew when that takes too long."""
    if running.process.poll() is None and running.answers(within=seconds):
        return running
    running.stop()
    return start(running.system, folder, switch_seconds=switch_seconds)


def megabytes(pid: int) -> float:
    """Return the proportional set size of a process and all that it started, in MB."""
    parents: dict[int, int] = {}
    sessions: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (facts := _read(entry / "stat")):
            # The name in parentheses may hold spaces; after it stand state, parent, group, session.
            after = facts.rpartition(")")[2].split()
            parents[int(entry.name)], sessions[int(entry.name)] = int(after[1]), int(after[3])
    mine = {found for found, session in sessions.items() if session == pid} | {pid}
    while more := {child for child, parent in parents.items() if parent in mine} - mine:
        mine |= more
    total = 0.0
    for found in mine:
        lines = _read(Path(f"/proc/{found}/smaps_rollup")).splitlines()
        total += sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
    return total


def processes(pid: int) -> int:
    """Return how many processes there are in the session that a process leads."""
    stats = (_read(entry / "stat") for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return sum(int(facts.rpartition(")")[2].split()[3]) == pid for facts in stats if facts)


def _told(port: int, health: Request) -> Mapping[str, object] | None:
    try:
        reply = fetch(port, health, timeout=5)
        told = json.loads(reply.body) if reply.status == _OK else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # a process may end while it is looked at
        return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
