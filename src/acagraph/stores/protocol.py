"""The line between acagraph and a database: a query goes in, bytes and a media type come out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

ANY = "*/*"


@dataclass(frozen=True)
class Limits:
    """What one answer may cost; None means no limit.

    An embedded store checks the deadline whenever it writes; a remote store also while it waits.
    """

    timeout_seconds: float | None = 30.0
    max_bytes: int | None = None


UNLIMITED = Limits(timeout_seconds=None)


@dataclass(frozen=True)
class Scope:
    """The dataset of a protocol request (SPARQL 1.1 Protocol, section 2.1.4); it overrides FROM."""

    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The serialised result of a query."""

    media_type: str
    chunks: Iterable[bytes]

    def read(self) -> bytes:
        """Return the whole body."""
        return b"".join(self.chunks)


class Store(Protocol):
    """A set of RDF graphs that answers SPARQL 1.1 queries; it cannot be written to."""

    def answer(
        self, query: str, *, accept: str = ANY, limits: Limits | None = None, scope: Scope | None = None
    ) -> Answer:
        """Evaluate a query and serialise its result as the Accept header `accept` asks.

        Raises QueryError when the query is malformed, an update, federated or too large an answer,
        NotAcceptable, StoreTimeout, and StoreError when the store fails.
        """
        ...

    def close(self) -> None:
        """Release what the store holds; it cannot answer afterwards."""
        ...
