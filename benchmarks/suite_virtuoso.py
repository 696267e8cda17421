"""Virtuoso as a peer of the suite: its configuration, its bulk load, the words that start it on a port."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from service_load import HOST
from service_servers import System, start

NAME = "Virtuoso"
_INI = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = {host}:{sql}
DisableUnixSocket = 1
DirsAllowed = {folder}
NumberOfBuffers = 60000
MaxDirtyBuffers = 45000
[HTTPServer]
ServerPort = {host}:{http}
ServerRoot = {folder}
ServerThreads = 20
MaxKeepAlives = 20
KeepAliveTimeout = 10
[SPARQL]
ResultSetMaxRows = 1000000
"""


def loaded(quads: Path, folder: Path, graphs: Sequence[str]) -> tuple[System, float]:
    """Load N-Quads with Virtuoso's bulk loader; return the server and the seconds of the load.

    Its own graphs are hidden from those who ask, so that its default graph is ours.
    """
    folder.mkdir()
    sql = _free_port()

    def words(port: int) -> list[str]:
        ini = folder / "virtuoso.ini"
        ini.write_text(_INI.format(folder=folder, host=HOST, sql=sql, http=port), "utf-8")
        return ["virtuoso-t", "+foreground", "+configfile", str(ini)]

    system = System(NAME, words, "/sparql", "/sparql?query=ASK%20%7B%7D")
    (folder / quads.name).hardlink_to(quads)
    with start(system, folder):
        began = time.perf_counter()
        _isql(sql, f"ld_dir('{folder}', '{quads.name}', 'urn:x-none')", "rdf_loader_run()", "checkpoint")
        taken = time.perf_counter() - began
        _isql(
            sql,
            "DB.DBA.RDF_DEFAULT_USER_PERMS_SET('nobody', 0)",
            *(f"DB.DBA.RDF_GRAPH_USER_PERMS_SET('{graph}', 'nobody', 1)" for graph in graphs),
            "checkpoint",
        )
    return system, taken


def _isql(port: int, *statements: str) -> None:
    command = ["isql-vt", f"{HOST}:{port}", "dba", "dba", f"EXEC={'; '.join(statements)};"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if "Error" in told.stdout + told.stderr:
        raise SystemExit(f"Virtuoso: {(told.stdout + told.stderr)[-800:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
