"""All that a release's descriptions are computed from, but for what its store is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from acagraph.release.files import File
from acagraph.release.tables.model import Counted
from acagraph.release.tallies import Tallies
from acagraph.sources import DatasetInfo


@dataclass(frozen=True)
class Facts:
    """A release that is written but for its descriptions: `sha256` is its dataset's hash of RDFC-1.0.

    `graphs` has the triples of each named graph by the name after graph/; `files` are those written so far.
    """

    info: DatasetInfo
    sha256: str
    graphs: Mapping[str, int]
    tallies: Tallies
    files: tuple[File, ...]
    tables: tuple[Counted, ...]

    @property
    def triples(self) -> int:
        """How many triples there are; none stands in two graphs."""
        return sum(self.graphs.values())
