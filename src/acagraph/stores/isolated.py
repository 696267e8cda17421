"""A process of its own for each query: whatever a stranger's query does to the engine dies with that process.

Oxigraph overflows its stack on deep nesting and aborts where an order is not total; neither can be caught in
the process where it happens, and an evaluation under way cannot be stopped there either.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from acagraph import errors
from acagraph.errors import AcagraphError, QueryError, StoreTimeout
from acagraph.stores.embedded import EmbeddedStore
from acagraph.stores.protocol import ANY, Answer, Limits, Scope

# The engine looks at the deadline itself whenever it writes, and then says so better than being killed.
_GRACE = 2.0
_WATCH = 0.2


@dataclass(frozen=True)
class IsolatedStore:
    """The store of a release, asked in a new process each time; it costs that process's start."""

    target: Path

    def answer(
        self, query: str, *, accept: str = ANY, limits: Limits | None = None, scope: Scope | None = None
    ) -> Answer:
        """Evaluate a query; see Store.answer. Raises QueryError also when the engine dies of the query."""
        limits, scope = limits or Limits(), scope or Scope()
        request = {"query": query, "accept": accept, "limits": asdict(limits), "scope": asdict(scope)}
        timeout = None if limits.timeout_seconds is None else limits.timeout_seconds + _GRACE
        command = [sys.executable, "-m", __name__, str(self.target), str(os.getpid())]
        try:
            done = subprocess.run(
                command, input=json.dumps(request).encode(), capture_output=True, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired:
            raise StoreTimeout(f"no answer within {limits.timeout_seconds:g} s; ask for less") from None
        if done.returncode != 0:
            raise QueryError(
                f"the engine broke off at this query (status {done.returncode}); nest it less deeply, "
                "and order by values of one kind, such as STR(?x)"
            )
        head, _, body = done.stdout.partition(b"\n")
        return _answer(json.loads(head), body)

    def close(self) -> None:
        """Do nothing: each process closes what it opened."""


def _answer(head: dict[str, Any], body: bytes) -> Answer:
    if "error" not in head:
        return Answer(head["media_type"], (body,))
    kind: type[AcagraphError] = getattr(errors, head["error"])
    error = kind(head["message"])
    if isinstance(error, QueryError):
        error.line = head["line"]
    raise error


def _serve(target: Path, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Answer one request in this process: a head that says what follows, and the body."""
    scope = Scope(*(tuple(graphs) for graphs in request["scope"].values()))
    try:
        store = EmbeddedStore.load(target) if target.is_file() else EmbeddedStore.at(target)
        answer = store.answer(
            request["query"], accept=request["accept"], limits=Limits(**request["limits"]), scope=scope
        )
        return {"media_type": answer.media_type}, answer.read()
    except AcagraphError as error:
        line = getattr(error, "line", None)
        return {"error": type(error).__name__, "message": str(error), "line": line}, b""


def _end_with(parent: int) -> None:
    """End this process when the one that asked is gone: nobody else would stop the evaluation."""
    while os.getppid() == parent:
        time.sleep(_WATCH)
    os._exit(1)


def main() -> None:
    """Answer the request on standard input."""
    threading.Thread(target=_end_with, args=(int(sys.argv[2]),), daemon=True).start()
    head, body = _serve(Path(sys.argv[1]), json.load(sys.stdin))
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)


if __name__ == "__main__":
    main()
