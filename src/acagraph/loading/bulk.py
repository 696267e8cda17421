"""Virtuoso's own bulk loader: files in a folder that the server may read, and its SQL through isql."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from acagraph.errors import StoreError, StoreTimeout
from acagraph.loading.connection import Connection
from acagraph.loading.credentials import HINT
from acagraph.loading.parts import Part
from acagraph.loading.target import VIRTUOSO, Target
from acagraph.loading.transfer import Tell

_PROGRAMS = ("isql-vt", "isql-v", "isql")
_PORT = 1111
_MARK = "acagraph"
_LOADED = "2"
_QUIET = ("VERBOSE=OFF", "BANNER=OFF", "PROMPT=OFF", "ERRORS=STDOUT")


@dataclass(frozen=True)
class Bulk:
    """How the loader is reached: `program` is isql, `server` its HOST:PORT, `folder` what both can read."""

    program: str
    server: str
    folder: Path


def bulk(target: Target, *, folder: Path | None, isql: str | None, server: str | None) -> Bulk:
    """Return how the bulk loader is reached. Raises StoreError, with what to do, where it cannot be."""
    if target.engine != VIRTUOSO:
        raise StoreError(f"{target.query} is not Virtuoso; leave out --method virtuoso")
    program = isql or next(filter(shutil.which, _PROGRAMS), None)
    if program is None or shutil.which(program) is None:
        raise StoreError(
            f"{program or 'isql'} is not on this machine; it comes with Virtuoso (Debian: "
            "virtuoso-opensource-7-bin). Give it with --isql, or use --method graph-store"
        )
    if folder is None:
        raise StoreError(
            "the bulk loader reads files; give with --folder one that the server may read, as DirsAllowed in "
            "its virtuoso.ini says, or use --method graph-store"
        )
    if not folder.is_dir() or any(character in str(folder.resolve()) for character in "'\\\n"):
        raise StoreError(f"{folder} is no folder, or has ' or \\ in its path; give another with --folder")
    host = urlsplit(target.query).hostname or "localhost"
    return Bulk(program, server or f"{host}:{_PORT}", folder.resolve())


def carry_all(
    parts: Sequence[Part], how: Bulk, connection: Connection, size: int, seconds: float, tell: Tell
) -> int:
    """Bring graphs into their staging graphs, which must be empty; return the number of files."""
    work = Path(tempfile.mkdtemp(prefix=f"{_MARK}-", dir=how.folder))
    try:
        # The server may run as somebody else.
        work.chmod(0o755)
        for number, part in enumerate(parts):
            with (work / f"{number}.nt").open("wb") as file:
                file.writelines(part.lines())
            (work / f"{number}.nt.graph").write_text(part.staging(size) + "\n", encoding="utf-8")
        said = _asked(how, connection, _script(work), seconds)
        _judge(said, work, len(parts), connection)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    for part in parts:
        tell(part.triples)
    return len(parts)


def _script(work: Path) -> str:
    # No pattern: a path may have the characters that stand for others in one.
    these = f"left(ll_file, {len(str(work)) + 1}) = '{work}/'"
    return (
        f"delete from DB.DBA.load_list where {these};\n"
        f"ld_dir('{work}', '%.nt', '{_MARK}');\n"
        "rdf_loader_run();\n"
        "checkpoint;\n"
        f"select concat('{_MARK}|', cast(ll_state as varchar), '|', coalesce(ll_error, ''), '|') "
        f"from DB.DBA.load_list where {these};\n"
        f"delete from DB.DBA.load_list where {these};\n"
    )


def _asked(how: Bulk, connection: Connection, script: str, seconds: float) -> str:
    shown = connection.credentials
    # Without a password among its arguments, which others can see, isql reads it from its input. Where it
    # needs none it takes the line for a statement: it ends there, and is one that fails.
    words = [how.program, how.server, shown.user or "dba", *_QUIET]
    try:
        done = subprocess.run(
            words,
            input=f"{shown.password or 'dba'}\n;\n{script}",
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise StoreTimeout(f"the bulk loader of {how.server} was not done within {seconds:g} s") from None
    return shown.hidden(done.stdout + done.stderr)


def _judge(said: str, work: Path, files: int, connection: Connection) -> None:
    """Raise StoreError unless every file was loaded."""
    told = [line.split("|") for line in said.splitlines() if line.startswith(f"{_MARK}|")]
    faults = [" ".join(cells[2:]).strip() for cells in told if cells[1] != _LOADED or cells[2].strip()]
    if len(told) == files and not faults:
        return
    wrong = [line.strip() for line in said.splitlines() if "Error" in line]
    # isql tries a password of its own first, and says so.
    if not told and wrong and all("CL034" in line for line in wrong):
        raise StoreError(f"Virtuoso's isql does not accept these credentials; {HINT}")
    why = connection.credentials.hidden("; ".join(faults or [line for line in wrong if "CL034" not in line]))
    raise StoreError(
        f"Virtuoso's bulk loader took {len(told) - len(faults)} of {files} files in {work.parent}: "
        f"{why[:300] or 'no reason given'}; the folder must be among DirsAllowed in virtuoso.ini"
    )
