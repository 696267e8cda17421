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
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from acagraph.errors import AcagraphError
from acagraph.stores import messages
from acagraph.stores.embedded import EmbeddedStore
from acagraph.stores.protocol import ANY, Answer, Asked, Form, Limits, Scope
from acagraph.stores.terms import known_by_query

_WATCH = 0.2
# The engine looks at the deadline itself whenever it writes; a process that starts needs some time too.
_GRACE = 2.0


@dataclass(frozen=True)
class IsolatedStore:
    """The store of a release, asked in a new process each time; it costs that process's start."""

    target: Path

    def answer(
        self,
        query: str,
        *,
        accept: str = ANY,
        limits: Limits | None = None,
        scope: Scope | None = None,
        form: Form | None = None,  # noqa: ARG002  whoever asks here is a stranger
    ) -> Answer:
        """Evaluate a query; see Store.answer. Raises QueryError also when the engine dies of the query."""
        limits = limits or Limits()
        request = messages.request(Asked(query, accept, limits, scope or Scope()))
        timeout = None if limits.timeout_seconds is None else limits.timeout_seconds + _GRACE
        command = [sys.executable, "-m", __name__, str(self.target), str(os.getpid())]
        try:
            done = subprocess.run(
                command, input=json.dumps(request).encode(), capture_output=True, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired:
            raise messages.overdue(limits.timeout_seconds or 0.0) from None
        if done.returncode != 0:
            raise messages.broken(done.returncode)
        told, _, body = done.stdout.partition(b"\n")
        head = json.loads(told)
        messages.check(head)
        return Answer(head["media_type"], (body,))

    def known(self, iris: Collection[str]) -> frozenset[str]:
        """Return the IRIs that are subjects; see Store.known."""
        return known_by_query(self, iris)

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
    target, asked = Path(sys.argv[1]), messages.asked(json.load(sys.stdin))
    body = b""
    try:
        store = EmbeddedStore.load(target) if target.is_file() else EmbeddedStore.at(target)
        answer = store.answer(asked.query, accept=asked.accept, limits=asked.limits, scope=asked.scope)
        head, body = {"media_type": answer.media_type}, answer.read()
    except AcagraphError as error:
        head = messages.refusal(error)
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)


if __name__ == "__main__":
    main()
