"""The line between acagraph and a database: a query goes in, bytes and a media type come out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Literal, Protocol

ANY = "*/*"
Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Limits:
    """What one answer may cost; None means no limit.

    An embedded store checks the deadline whenever it writes; a remote store also while it waits.
    """

    timeout_seconds: float | None = 30.0
    max_bytes: int | None = None
    max_rows: int | None = None


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
        self,
        query: str,
        *,
        accept: str = ANY,
        limits: Limits | None = None,
        scope: Scope | None = None,
        form: Form | None = None,
    ) -> Answer:
        """Evaluate a query and serialise its result as the Accept header `accept` asks.

        `form` tells what the query is when it is our own, so that it need not be looked through.
        Raises QueryError when the query is malformed, an update, federated or too large an answer,
        NotAcceptable, StoreTimeout, and StoreError when the store fails.
        """
        ...

    def known(self, iris: Collection[str]) -> frozenset[str]:
        """Return those of some IRIs of which the store says anything: the subjects of triples.

        It is asked before most queries, so it should cost less than one. Raises StoreError.
        """
        ...

    def close(self) -> None:
        """Release what the store holds; it cannot answer afterwards."""
        ...


@dataclass(frozen=True)
class Asked:
    """A stranger's query with its conditions; `coding` is the content coding to send the answer in."""

    query: str
    accept: str = ANY
    limits: Limits = field(default_factory=Limits)
    scope: Scope = field(default_factory=Scope)
    coding: str = ""


@dataclass(frozen=True)
class Delivery:
    """A whole answer to a stranger, in memory or in a file without a name that ends with this object.

    `digest` is the SHA-256 of the answer before its coding, in hex; `rows` are those of a SELECT, or triples.
    """

    media_type: str
    coding: str
    rows: int
    size: int
    digest: str
    body: bytes | IO[bytes]

    def chunks(self) -> Iterator[bytes]:
        """Yield the body from its beginning."""
        if isinstance(self.body, bytes):
            yield self.body
            return
        self.body.seek(0)
        while chunk := self.body.read(_CHUNK):
            yield chunk

    def read(self) -> bytes:
        """Return the whole body."""
        return b"".join(self.chunks())

    def close(self) -> None:
        """Let go of the file, if there is one."""
        if not isinstance(self.body, bytes):
            self.body.close()


class GuardedStore(Protocol):
    """A store for strangers: what a query may cost is bounded, and cancelling the task stops the query."""

    async def deliver(self, asked: Asked, *, client: str = "") -> Delivery:
        """Answer a query whole; `client` is who asks, among whom the store is shared fairly.

        Raises what Store.answer raises; Overdue, AnswerTooLarge, StoreBusy and ClientBusy too.
        """
        ...

    def start(self) -> None:
        """Make ready, so that the first queries need not wait."""
        ...

    def close(self) -> None:
        """End whatever runs; it cannot answer afterwards."""
        ...
