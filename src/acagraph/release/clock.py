"""Where the time and the memory of a build go."""

from __future__ import annotations

import contextlib
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"


@dataclass
class Step:
    """One step of a build: rows of tables, triples, wall-clock seconds, peak resident memory in bytes."""

    name: str
    rows: int = 0
    triples: int = 0
    seconds: float = 0.0
    peak: int = 0


Progress = Callable[[Step], None]


def silent(step: Step) -> None:
    """Report a step to nobody."""


@dataclass
class Clock:
    """Measures the steps of a build; `progress` is told when one begins and whenever it has counted more."""

    progress: Progress = silent
    steps: list[Step] = field(default_factory=list)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Measure what is done inside; who does it counts rows and triples in what this yields."""
        step = Step(name)
        self.progress(step)
        _forget_peak()
        start = time.perf_counter()
        yield step
        step.seconds = time.perf_counter() - start
        step.peak = _peak()
        self.steps.append(step)

    @property
    def seconds(self) -> float:
        """The seconds of all steps so far."""
        return sum(step.seconds for step in self.steps)


def _forget_peak() -> None:
    """Begin to measure anew; where the system cannot, a step's peak is that of all steps until then."""
    with contextlib.suppress(OSError):
        _CLEAR.write_text(_RESET_PEAK, encoding="ascii")


def _peak() -> int:
    """Return the greatest resident memory of this process, in bytes."""
    try:
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    # Kilobytes, but bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
