"""The Oxigraph server and Virtuoso on loopback, with the data of a file, for as long as a test needs them."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph
import pytest

HOST = "127.0.0.1"
_START_SECONDS = 90.0
_INI = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
DirsAllowed = {allowed}
NumberOfBuffers = 5000
MaxDirtyBuffers = 3000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 8
MaxKeepAlives = 8
KeepAliveTimeout = 10
[SPARQL]
ResultSetMaxRows = {rows}
"""


@contextlib.contextmanager
def oxigraph(folder: Path, *options: str) -> Iterator[str]:
    """Serve a store folder with the Oxigraph server; yield the address of its endpoint."""
    port = free_port()
    words = ["serve-read-only", "--location", str(folder), "--bind", f"{HOST}:{port}", *options]
    endpoint = f"http://{HOST}:{port}/query"
    # What it says is no part of the release that the store may belong to.
    with tempfile.TemporaryDirectory() as place, running([oxigraph_program(), *words], endpoint, Path(place)):
        yield endpoint


def oxigraph_program() -> str:
    """Return the path of the Oxigraph server, that of this environment before others; skip without one."""
    program = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        pytest.skip("the Oxigraph server is not installed (PyPI: oxigraph)")
    return program


@contextlib.contextmanager
def empty_virtuoso(folder: Path, *, rows: int, allowed: str = ".") -> Iterator[tuple[str, str]]:
    """Serve a new Virtuoso from a folder; yield its endpoint, and where isql finds it.

    It answers no more rows than so many, and its loader may read in the folder `allowed`.
    """
    missing = [name for name in ("virtuoso-t", "isql-vt") if shutil.which(name) is None]
    if missing:
        pytest.skip("Virtuoso 7 is not installed (Debian: apt install virtuoso-opensource-7-bin)")
    sql, http = free_port(), free_port()
    text = _INI.format(sql=sql, http=http, rows=rows, allowed=allowed)
    (folder / "virtuoso.ini").write_text(text, encoding="utf-8")
    endpoint = f"http://{HOST}:{http}/sparql"
    with running(["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"], endpoint, folder):
        yield endpoint, f"{HOST}:{sql}"


@contextlib.contextmanager
def virtuoso(data: Path, folder: Path, *, rows: int = 10_000) -> Iterator[str]:
    """Serve the quads of a TriG file with Virtuoso, which answers no more rows than so many.

    Its own graphs are hidden from those who ask, as docs/engines.md says.
    """
    quads = list(pyoxigraph.parse(path=str(data), format=pyoxigraph.RdfFormat.TRIG))
    (folder / "data.nq").write_bytes(pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_QUADS) or b"")
    graphs = sorted({quad.graph_name.value for quad in quads if not _is_default(quad)})
    commands = [
        "DB.DBA.TTLP(file_to_string_output('data.nq'), '', 'urn:x-acagraph:none', 512)",
        "DB.DBA.RDF_DEFAULT_USER_PERMS_SET('nobody', 0)",
        *(f"DB.DBA.RDF_GRAPH_USER_PERMS_SET('{graph}', 'nobody', 1)" for graph in graphs),
        "checkpoint",
    ]
    with empty_virtuoso(folder, rows=rows) as (endpoint, sql):
        said = subprocess.run(
            ["isql-vt", sql, "dba", "dba", f"EXEC={';'.join(commands)};"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Error" not in said.stdout + said.stderr, said.stdout + said.stderr
        yield endpoint


@contextlib.contextmanager
def running(command: Sequence[str], endpoint: str, folder: Path) -> Iterator[None]:
    """Run a server until its endpoint answers, and end it and nothing else afterwards."""
    log = folder / f"{Path(command[0]).name}.out"
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(endpoint):
            assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
            assert time.monotonic() < deadline, f"{command[0]} does not answer"
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(endpoint: str) -> bool:
    request = urllib.request.Request(
        f"{endpoint}?query=ASK%7B%7D", headers={"Accept": "application/sparql-results+json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _is_default(quad: pyoxigraph.Quad) -> bool:
    return isinstance(quad.graph_name, pyoxigraph.DefaultGraph)


def free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
