"""RDF Patch: what was removed and added, line by line, so that it applies forward and back.

The format is that of Apache Jena (https://jena.apache.org/documentation/rdf-patch): H, TX, A, D and TC lines.
Terms are those of canonical N-Quads, so the names of blank nodes are those of RDFC-1.0, before and after.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from acagraph.release.deltas.merging import Group
from acagraph.vocab import BASE


@dataclass(frozen=True)
class Header:
    """What a patch leads from and to: RDFC-1.0 hashes, and versions where they are known."""

    old_sha256: str
    new_sha256: str
    old_version: str | None = None
    new_version: str | None = None

    def lines(self) -> Iterator[bytes]:
        """Yield the header's lines.

        `id` and `prev` follow from the hashes of the dataset after and before, so patches form a chain.
        """
        yield f"H id <{_identifier(self.new_sha256)}> .\n".encode()
        yield f"H prev <{_identifier(self.old_sha256)}> .\n".encode()
        for key, value in (("version", self.new_version), ("prevVersion", self.old_version)):
            if value is not None:
                yield f"H {key} {ox.Literal(value)} .\n".encode()
        yield f'H rdfc10 "{self.new_sha256}" .\n'.encode()
        yield f'H prevRdfc10 "{self.old_sha256}" .\n'.encode()


def changes(group: Group) -> list[bytes]:
    """Return the A and D lines of one subject, sorted by quad."""
    found = [(line, b"D ") for line in group.removed] + [(line, b"A ") for line in group.added]
    return [sign + line for line, sign in sorted(found)]


def _identifier(digest: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{BASE}rdfc10/{digest}").urn
