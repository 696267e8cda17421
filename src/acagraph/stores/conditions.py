"""What a pool tells its zygote."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from acagraph.stores.embedded import EmbeddedStore


@dataclass(frozen=True)
class Conditions:
    """What all workers of a zygote have in common: their store, and the memory each may take for itself."""

    target: Path
    memory_bytes: int
    services: frozenset[str] = frozenset()

    def open(self) -> EmbeddedStore:
        """Open the target, a store folder or a file that is loaded."""
        opening = EmbeddedStore.load if self.target.is_file() else EmbeddedStore.at
        return opening(self.target, services=self.services)

    def dump(self) -> str:
        """Write the conditions as an argument of a command."""
        return json.dumps({**asdict(self), "target": str(self.target), "services": sorted(self.services)})

    @classmethod
    def load(cls, text: str) -> Conditions:
        """Read what `dump` wrote."""
        told = json.loads(text)
        return cls(Path(told["target"]), told["memory_bytes"], frozenset(told["services"]))
