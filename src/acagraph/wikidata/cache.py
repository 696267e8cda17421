"""Answers kept on disk, so that a run that was ended goes on where it stood and nothing is asked twice."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

from acagraph.errors import StoreError

FILE = "wikidata.sqlite"
_FORM = 1
_BUSY = 30.0  # seconds that one run waits for another to write


def default_folder() -> Path:
    """Return the folder for caches: $XDG_CACHE_HOME/acagraph, else ~/.cache/acagraph."""
    told = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(told) if Path(told).is_absolute() else Path.home() / ".cache"
    return base / "acagraph"


class Cache:
    """The answers of endpoints by query, each with the time at which it came, in seconds since 1970."""

    def __init__(self, folder: Path) -> None:
        """Open the cache in a folder, which is made where it does not exist.

        Raises StoreError for a file that is no such cache.
        """
        self.path = folder / FILE
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._database = sqlite3.connect(self.path, timeout=_BUSY, isolation_level=None)
            self._prepare()
        except sqlite3.Error as error:
            raise self._damaged(error) from error

    def get(self, endpoint: str, query: str, *, since: float) -> bytes | None:
        """Return the answer that came at `since` or later. Raises StoreError when the file is damaged."""
        try:
            found = self._database.execute(
                "SELECT body FROM answers WHERE key = ? AND at >= ?", (_key(endpoint, query), since)
            ).fetchone()
            return None if found is None else zlib.decompress(found[0])
        except (sqlite3.Error, zlib.error) as error:
            raise self._damaged(error) from error

    def put(self, endpoint: str, query: str, body: bytes, *, at: float) -> None:
        """Keep an answer, in place of an older one; it is on disk when this returns."""
        row = (_key(endpoint, query), endpoint, at, zlib.compress(body))
        try:
            self._database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", row)
        except sqlite3.Error as error:
            raise self._damaged(error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _prepare(self) -> None:
        with closing(self._database.cursor()) as cursor:
            (form,) = cursor.execute("PRAGMA user_version").fetchone()
            if form not in (0, _FORM):
                raise sqlite3.DatabaseError(f"written by another version of acagraph (form {form})")
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, endpoint TEXT, at REAL, body BLOB)"
            )
            cursor.execute(f"PRAGMA user_version = {_FORM}")

    def _damaged(self, error: Exception) -> StoreError:
        return StoreError(f"{self.path} cannot be used as a cache: {error}; remove it, it is made again")


def _key(endpoint: str, query: str) -> bytes:
    return hashlib.sha256(f"{endpoint}\x1f{query}".encode()).digest()
