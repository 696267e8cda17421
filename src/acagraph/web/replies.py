"""What saved queries answered last, for the pages of one question in several languages."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from acagraph.queries import Reply


class Replies:
    """Answers up to a number of bytes; what was not asked for the longest time goes first."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held = 0
        self._known: OrderedDict[Hashable, Reply] = OrderedDict()
        self._lock = Lock()

    def of(self, asked: Hashable, ask: Callable[[], Reply]) -> Reply:
        """Return the answer to what is asked: the one that is remembered, or else that of `ask`.

        One that takes more than a quarter of the bytes is not kept, nor is an error.
        """
        with self._lock:
            found = self._known.get(asked)
            if found is not None:
                self._known.move_to_end(asked)
                return found
        found = ask()
        if len(found.body) <= self._most // 4:
            with self._lock:
                if asked not in self._known:
                    self._known[asked] = found
                    self._held += len(found.body)
                while self._held > self._most:
                    self._held -= len(self._known.popitem(last=False)[1].body)
        return found
