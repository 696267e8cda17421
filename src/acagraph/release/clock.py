"""Where the time of a build goes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Progress = Callable[[str], None]


def silent(phase: str) -> None:
    """Report a phase to nobody."""


@dataclass
class Clock:
    """Times the phases of a build and tells `progress` which one begins."""

    progress: Progress = silent
    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time what is done inside."""
        self.progress(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start
