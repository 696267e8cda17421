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
from dataclasses import dataclass
from pathlib import Path

from acagraph.errors import AcagraphError
from acagraph.stores import messages
from acagraph.stores.embedded import EmbeddedStore
from acagraph.stores.protocol import ANY, Answer, Limits, Scope

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
        request = messages.request(query, accept, limits, scope)
        timeout = None if limits.timeout_seconds is None else limits.timeout_seconds + messages.GRACE
        command = [sys.executable, "-m", __name__, str(self.target), str(os.getpid())]
        try:
            done = subprocess.run(
                command, input=json.dumps(request).encode(), capture_output=True, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired:
            raise messages.overdue(limits) from None
        if done.returncode != 0:
            raise messages.broken(done.returncode)
        head, _, body = done.stdout.partition(b"\n")
        return messages.answer(json.loads(head), body)

    def close(self) -> None:
        """Do nothing: each process closes what it opened."""


def _end_with(parent: int) -> None:
    """End this process when the one that asked is gone: nobody else would stop the evaluation."""
    while os.getppid() == parent:
        time.sleep(_WATCH)
    os._exit(1)


def main() -> None:
    """Answer the request on standard input."""
    threading.Thread(target=_end_with, args=(int(sys.argv[2]),), daemon=True).start()
    target, request = Path(sys.argv[1]), json.load(sys.stdin)
    try:
        store = EmbeddedStore.load(target) if target.is_file() else EmbeddedStore.at(target)
        head, body = messages.reply(store, request)
    except AcagraphError as error:
        head, body = messages.refusal(error), b""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)


if __name__ == "__main__":
    main()
