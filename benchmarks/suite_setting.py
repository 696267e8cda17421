"""What the groups of the suite share: the data, the queries with their weights, the peers, the yardstick."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from generate import dump_of, write_release
from generate_copies import factor_for, size_of
from generate_survey import survey
from service_cases import prefixed
from suite_record import OURS, Measure

from acagraph import queries
from acagraph.dataset import open_dataset
from acagraph.errors import AcagraphError

YARDSTICK = "yardstick"
# A question about one thing is asked more often than one about everything.
_WEIGHTS = {True: 4, False: 1}


@dataclass(frozen=True)
class Question:
    """A saved query with the arguments of its example, as text that every engine takes, and its weight."""

    name: str
    text: str
    weight: int
    arguments: Mapping[str, str]


@dataclass(frozen=True)
class Data:
    """A release that is measured: its folder, its quads in a plain file, its triples and its questions."""

    name: str
    release: Path
    quads: Path
    triples: int
    questions: tuple[Question, ...]


@dataclass
class Setting:
    """What is measured, how often, with which programs; `missing` says which peers are not there and why."""

    folder: Path
    release: Path
    rounds: int
    deadline: float
    quick: bool
    acagraph: Path
    peer_python: str | None
    tell: Callable[[str], None]
    missing: dict[str, str] = field(default_factory=dict)

    @cached_property
    def whole(self) -> Data:
        """The release as it is."""
        return data_of("release", self.release, self.folder)

    @cached_property
    def sample(self) -> Data:
        """A tenth of the release, so that rdflib ends within minutes; in quick runs the release itself."""
        if self.quick:
            return self.whole
        found = survey(dump_of(self.release), seed=1)
        folder = self.folder / "sample"
        write_release(found, size_of(found, factor_for(found, 150_000)), self.release, folder)
        return data_of("sample", folder, self.folder)

    def program(self, peer: str, *names: str, source: str) -> str | None:
        """Return where the first of a peer's programs is; note it as missing when one is not there."""
        found = [_which(name) for name in names]
        if None in found:
            self.missing[peer] = f"{names[found.index(None)]} is not installed ({source})"
            return None
        return found[0]

    def python(self, peer: str, module: str) -> str | None:
        """Return the Python that has a peer's module: ours, or that of --peer-python; note it as missing."""
        for python in (sys.executable, self.peer_python):
            if python is not None:
                asked = [python, "-c", f"import {module}"]
                if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
                    return python
        self.missing[peer] = f"{module} is not installed (PyPI, in the environment of --peer-python)"
        return None


def data_of(name: str, release: Path, folder: Path) -> Data:
    """Return a release as data, with its quads unpacked below a folder."""
    quads = folder / f"{name}.nq"
    with gzip.open(dump_of(release), "rb") as packed, quads.open("wb") as plain:
        shutil.copyfileobj(packed, plain, 2**20)
    with quads.open("rb") as lines:
        triples = sum(1 for _ in lines)
    return Data(name, release, quads, triples, tuple(questions(release)))


def questions(release: Path) -> Iterator[Question]:
    """Yield every saved query that has an answer here; not those whose example the release lacks."""
    with open_dataset(release) as dataset:
        for name, query in dataset.queries.items():
            if query.endpoint:
                continue
            try:
                text = queries.resolve(dataset.store, query, query.example, redirects=dataset.redirects)
            except AcagraphError:
                continue
            plain = prefixed(re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
            about = any(parameter.required for parameter in query.parameters)
            yield Question(name, plain, _WEIGHTS[about], query.example)


def weighted(asked: Sequence[Question], seconds: Mapping[str, float]) -> float:
    """Return the mean seconds of a question, each counted as often as its weight says."""
    return sum(one.weight * seconds[one.name] for one in asked) / sum(one.weight for one in asked)


def yardstick() -> float:
    """Return the processor seconds of work that never changes, by which a figure without a peer is judged."""
    began = time.process_time()
    digest, counts = b"acagraph", dict[str, int]()
    for number in range(60_000):
        digest = hashlib.sha256(digest).digest()
        word = digest.hex()
        counts[word[:3]] = counts.get(word[:3], 0) + number
    sorted(json.loads(json.dumps(counts)).items(), key=lambda item: item[1])
    return time.process_time() - began


@dataclass
class Rounds:
    """Collects the values of a task, round by round, of each system."""

    task: str
    data: str
    unit: str
    values: dict[str, list[float]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def add(self, system: str, value: float) -> None:
        """Keep a value of a system."""
        self.values.setdefault(system, []).append(value)

    @property
    def measures(self) -> list[Measure]:
        """What was collected, ours first."""
        order = sorted(self.values, key=lambda system: (system != OURS, system))
        return [
            Measure(self.task, self.data, name, self.unit, tuple(self.values[name]), self.notes.get(name, ""))
            for name in order
        ]


def _which(name: str) -> str | None:
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return shutil.which(name, path=beside)
