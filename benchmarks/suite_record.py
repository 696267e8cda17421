"""What the suite measures, kept as JSON, and whether a later run is slower than the record beyond noise.

    python benchmarks/suite_record.py docs/benchmarks/quick.json build/benchmarks/quick.json

Seconds of two runs say nothing, as the machine may be busy or another one. Only ratios are compared: how
many times a peer takes what we take, in the rounds of one run, in which all take turns. The noise of a ratio
is what it does from round to round. It is a regression when the median is worse than the recorded one by more
than a quarter, and the best round of the new run is worse than the worst round of the recorded one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

OURS = "acagraph"
# The least that counts as slower, whatever the rounds say: few rounds may agree by chance.
_SLOWER = 0.75


@dataclass(frozen=True)
class Measure:
    """One figure of one system, a value a round; less is better, as of seconds and megabytes."""

    task: str
    data: str
    system: str
    unit: str
    values: tuple[float, ...]
    note: str = ""

    @property
    def median(self) -> float:
        """The value in the middle."""
        return median(self.values)

    @property
    def spread(self) -> float:
        """How far the rounds lie apart, as a share of the median."""
        return (max(self.values) - min(self.values)) / self.median if self.median else 0.0


@dataclass(frozen=True)
class Ratio:
    """How many times a system takes what we take, in each round; more is better for us."""

    task: str
    data: str
    peer: str
    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The ratio in the middle."""
        return median(self.rounds)


@dataclass(frozen=True)
class Record:
    """A run: what was measured, where, of which data, and who could not be measured and why."""

    facts: Mapping[str, Any]
    measures: Sequence[Measure]
    missing: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> Record:
        """Read a record. Raises OSError, and ValueError when it is none."""
        told = json.loads(path.read_text("utf-8"))
        try:
            measures = [Measure(**{**one, "values": tuple(one["values"])}) for one in told["measures"]]
            return cls(told["facts"], measures, told["missing"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path} is no record of the suite: {error}") from error

    def save(self, path: Path) -> None:
        """Write the record."""
        told = {
            "facts": self.facts,
            "missing": self.missing,
            "measures": [asdict(one) for one in self.measures],
        }
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")

    @property
    def ratios(self) -> dict[tuple[str, str, str], Ratio]:
        """Every peer against us, by task, data and peer; in rounds that both have."""
        ours = {(one.task, one.data): one for one in self.measures if one.system == OURS}
        found = {}
        for one in self.measures:
            mine = ours.get((one.task, one.data))
            if mine is None or one.system == OURS:
                continue
            rounds = tuple(
                theirs / max(own, 1e-9) for theirs, own in zip(one.values, mine.values, strict=False)
            )
            if rounds:
                found[one.task, one.data, one.system] = Ratio(one.task, one.data, one.system, rounds)
        return found


def slower(recorded: Record, new: Record) -> list[str]:
    """Return in words what became slower beyond noise, and what is no longer measured of ours."""
    told = [
        f"{was.task} ({was.data}): {was.peer} took {was.median:.3g} times what we took, now "
        f"{now.median:.3g} times (rounds {_range(was)} before, {_range(now)} now)"
        for key, was in recorded.ratios.items()
        if (now := new.ratios.get(key)) is not None
        and now.median < _SLOWER * was.median
        and max(now.rounds) < min(was.rounds)
    ]
    before = {(one.task, one.data) for one in recorded.measures if one.system == OURS}
    after = {(one.task, one.data) for one in new.measures if one.system == OURS}
    return told + [f"{task} ({data}) is no longer measured" for task, data in sorted(before - after)]


def notes(recorded: Record, new: Record) -> Iterator[str]:
    """Say what makes the comparison weaker: other machines, other data, peers that are missing."""
    for key in ("processors", "model", "python"):
        was, now = recorded.facts["machine"].get(key), new.facts["machine"].get(key)
        if was != now:
            yield f"the record was made with {key} {was}, this run with {now}"
    for key in ("mode", "triples"):
        if recorded.facts.get(key) != new.facts.get(key):
            yield f"the record has {key} {recorded.facts.get(key)}, this run {new.facts.get(key)}"
    for peer in sorted({key[2] for key in recorded.ratios} - {key[2] for key in new.ratios}):
        yield f"{peer} is not compared: {new.missing.get(peer, 'nothing was measured of it')}"


def _range(ratio: Ratio) -> str:
    return f"{min(ratio.rounds):.3g} to {max(ratio.rounds):.3g}"


def main() -> None:
    """Compare two records; exit with 3 when something became slower, 2 when one cannot be read."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("recorded", type=Path)
    parser.add_argument("new", type=Path)
    given = parser.parse_args()
    try:
        recorded, new = Record.load(given.recorded), Record.load(given.new)
    except (OSError, ValueError) as error:
        parser.exit(2, f"{parser.prog}: {error}; `make bench` writes records\n")
    for line in notes(recorded, new):
        print(f"note: {line}")
    found = slower(recorded, new)
    for line in found:
        print(f"slower: {line}")
    compared = len(recorded.ratios.keys() & new.ratios.keys())
    print(f"{compared} ratios compared, {len(found)} worse beyond noise")
    parser.exit(3 if found or not compared else 0)


if __name__ == "__main__":
    main()
