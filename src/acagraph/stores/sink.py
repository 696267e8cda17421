"""Where an answer goes while the engine writes it: counted, stopped at its limits, hashed and coded."""

from __future__ import annotations

import hashlib
import io
import sys
import tempfile
import time
import zlib
from typing import IO, Protocol

from acagraph.errors import AnswerTooLarge, Overdue
from acagraph.stores.counting import Counter, counter
from acagraph.stores.media import Format
from acagraph.stores.protocol import Limits

_LEAST = 1 << 10  # what is shorter is not worth a coding
_BLOCK = 1 << 16
_LEVELS = {"gzip": 5, "zstd": 3}
_GZIP = 16 + zlib.MAX_WBITS  # the gzip container, whose time stamp zlib leaves at 0


class Sink:
    """Keeps an answer in memory; the engine's writing raises Overdue or AnswerTooLarge at a limit."""

    def __init__(self, limits: Limits) -> None:
        self.size = 0
        self._limits = limits
        self._deadline = None if limits.timeout_seconds is None else time.monotonic() + limits.timeout_seconds
        self._counter: Counter | None = None
        self._rows = 0
        self._kept: list[bytes] = []

    def begin(self, form: Format | None = None, *, rows: int = 0) -> None:
        """Count rows as a format shows them; where it does not, they were counted before."""
        self._counter = None if form is None else counter(form)
        self._rows = rows

    @property
    def rows(self) -> int:
        """The rows or triples written so far."""
        return self._rows if self._counter is None else self._counter.rows

    def write(self, chunk: bytes) -> int:
        """Take a part of the answer."""
        limits = self._limits
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise Overdue(f"no whole answer within {limits.timeout_seconds:g} s; ask for less")
        self.size += len(chunk)
        if limits.max_bytes is not None and self.size > limits.max_bytes:
            raise AnswerTooLarge(f"the answer is larger than {limits.max_bytes} bytes; add a LIMIT")
        if self._counter is not None:
            self._counter.add(chunk)
            if limits.max_rows is not None and self._counter.rows > limits.max_rows:
                raise AnswerTooLarge(f"the answer has more than {limits.max_rows} rows; add a LIMIT")
        self._keep(chunk)
        return len(chunk)

    def flush(self) -> None:
        """Do nothing: the engine flushes at the end."""

    def read(self) -> bytes:
        """Return the whole answer."""
        return b"".join(self._kept)

    def raw(self) -> Sink:
        """Return a sink of the same limits for what this answer is made of."""
        return Sink(self._limits)

    def _keep(self, chunk: bytes) -> None:
        self._kept.append(chunk)


class _Coder(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class Spool(Sink):
    """Keeps an answer coded: in memory while it is small, then in a file without a name."""

    def __init__(self, limits: Limits, coding: str, *, most: int) -> None:
        super().__init__(limits)
        self.coding = coding if coding in _LEVELS else ""
        self._hash = hashlib.sha256()
        self._coder: _Coder | None = None
        self._most = most
        self._pending: list[bytes] = []
        self._held = 0
        self._file: IO[bytes] = io.BytesIO()
        self._spooled = False

    def finish(self) -> tuple[str, bytes, IO[bytes] | None, int]:
        """Return the digest, the coded answer or a file of it, and its length."""
        if self._coder is None and self.size <= _LEAST:
            self.coding = ""
        self._pass_on()
        if self._coder is not None:
            self._put(self._coder.flush())
        length = self._file.tell()
        if isinstance(self._file, io.BytesIO):
            return self._hash.hexdigest(), self._file.getvalue(), None, length
        self._file.flush()
        return self._hash.hexdigest(), b"", self._file, length

    def discard(self) -> None:
        """Let go of what was kept."""
        self._file.close()

    def _keep(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self._pending.append(chunk)
        self._held += len(chunk)
        if self._held >= _BLOCK:
            self._pass_on()

    def _pass_on(self) -> None:
        block = b"".join(self._pending)
        self._pending, self._held = [], 0
        if self.coding and self._coder is None:
            self._coder = _coder(self.coding)
            self.coding = self.coding if self._coder is not None else ""
        self._put(block if self._coder is None else self._coder.compress(block))

    def _put(self, block: bytes) -> None:
        if not self._spooled and self._file.tell() + len(block) > self._most:
            self._spooled = True
            kept, self._file = self._file, tempfile.TemporaryFile()  # noqa: SIM115  whoever reads it closes it
            kept.seek(0)
            self._file.write(kept.read())
        self._file.write(block)


def _coder(coding: str) -> _Coder | None:
    """Return a compressor; none for zstd where neither the standard library nor an extra has it."""
    if coding == "gzip":
        return zlib.compressobj(_LEVELS[coding], zlib.DEFLATED, _GZIP)
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError:
        return None
    made: _Coder = zstd.ZstdCompressor(level=_LEVELS[coding])
    return made
