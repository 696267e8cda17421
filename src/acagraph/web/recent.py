"""What was used last, up to a size in all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


class Recent(Generic[_K, _V]):
    """Things by their keys, up to `most` in size together; what was not used for the longest time goes first.

    Sizes are in whatever the caller counts: bytes, or one for each. Threads may share it.
    """

    def __init__(self, most: int, *, largest: int | None = None) -> None:
        """Keep nothing that alone is larger than `largest`, by default than `most`."""
        self._most = most
        self._largest = most if largest is None else largest
        self._size = 0
        self._kept: OrderedDict[_K, tuple[_V, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: _K) -> _V | None:
        """Return what is kept under a key, which counts as a use, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: _K, value: _V, size: int = 1) -> None:
        """Keep a thing of a size, in the place of what was kept under its key."""
        with self._lock:
            self._size -= self._kept.pop(key, (None, 0))[1]
            if size > self._largest:
                return
            self._kept[key] = value, size
            self._size += size
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1][1]
