"""Pages of rows: how many at once, and the cursor that leads to the next ones."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from acagraph.errors import ParameterError, Phrase

MOST = 10_000
_LIMIT = re.compile(r"[0-9]{1,9}")
_CURSOR = re.compile(r"[A-Za-z0-9_-]{24}")
_PLACE = 5  # bytes of a cursor that tell the place; the others tell what it is a place in


@dataclass(frozen=True)
class Paging:
    """What part of the rows is asked: `limit` of them from where a cursor of this edition stands."""

    limit: int
    cursor: str = ""
    edition: str = ""

    @classmethod
    def of(cls, limit: str, cursor: str, *, edition: str) -> Paging | None:
        """Read the words of a request, or return None when it asks for all rows. Raises ParameterError."""
        if cursor and not limit:
            raise ParameterError(Phrase("a cursor needs a limit; give both"), parameter="limit")
        if not limit:
            return None
        if not _LIMIT.fullmatch(limit) or not 1 <= int(limit) <= MOST:
            message = Phrase(
                "{given} is not allowed; write a whole number from 1 to {most}, "
                "or leave it out to get all rows",
                given=f"limit={limit!r}",
                most=MOST,
            )
            raise ParameterError(message, parameter="limit")
        return cls(int(limit), cursor, edition)

    def start(self, query: str) -> int:
        """Return how many rows of a query come before the page.

        Raises ParameterError for a cursor that is altered, or of another query or edition.
        """
        if not self.cursor:
            return 0
        if _CURSOR.fullmatch(self.cursor):
            try:
                place = base64.urlsafe_b64decode(self.cursor)[:_PLACE]
            except binascii.Error:
                place = b""
            if self._cursor(query, place) == self.cursor:
                return int.from_bytes(place, "big")
        raise ParameterError(
            Phrase("the cursor is not one of this question in this release; begin again without it"),
            parameter="cursor",
        )

    def bounds(self, start: int) -> str:
        """Return the end of a query for the page and one row more, which tells whether there are more."""
        return f" LIMIT {self.limit + 1} OFFSET {start}"

    def next(self, query: str, start: int) -> str:
        """Return the cursor of the page after that which begins at a row."""
        return self._cursor(query, (start + self.limit).to_bytes(_PLACE, "big"))

    def _cursor(self, query: str, place: bytes) -> str:
        digest = hashlib.sha256(b"\0".join((self.edition.encode(), place, query.encode()))).digest()
        return base64.urlsafe_b64encode(place + digest[: 18 - _PLACE]).decode()
