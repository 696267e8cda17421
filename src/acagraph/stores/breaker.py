"""A circuit breaker: a store that failed several times in a row is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from acagraph.errors import StoreDown

State = Literal["closed", "open", "half-open"]


class Breaker:
    """Opens after `most` failures in a row; then one probe after each pause, which doubles up to `longest`.

    Times are in seconds.
    """

    def __init__(
        self,
        *,
        most: int = 5,
        pause: float = 1.0,
        longest: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._first = self._pause = pause
        self._longest = longest
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._due = 0.0
        self._probing = False

    @property
    def state(self) -> State:
        """What it lets through: all, nothing, or one probe."""
        with self._lock:
            if self._failures < self._most:
                return "closed"
            return "half-open" if self._probing or self._clock() >= self._due else "open"

    def enter(self) -> bool:
        """Tell whether the caller must probe the store before it asks. Raises StoreDown while it is open."""
        with self._lock:
            if self._failures < self._most:
                return False
            left = self._due - self._clock()
            if left > 0 or self._probing:
                error = StoreDown("the store does not answer and is left alone for a moment; ask again soon")
                error.retry_after = max(1, round(left))
                raise error
            self._probing = True
            return True

    def succeeded(self) -> None:
        """Close: the store answers."""
        with self._lock:
            self._failures, self._pause, self._probing = 0, self._first, False

    def failed(self) -> None:
        """Count a failure; the last one opens it, and one of a probe for twice as long."""
        with self._lock:
            self._failures += 1
            if self._probing:
                self._pause = min(2 * self._pause, self._longest)
            if self._failures >= self._most:
                self._due = self._clock() + self._pause
            self._probing = False
