"""A store that counts what it is asked, for tests of how many queries a page needs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from acagraph.stores import Answer, Store


@dataclass
class Counting:
    """A store that counts what it is asked."""

    store: Store
    queries: int = 0

    def answer(self, query: str, **how: Any) -> Answer:
        self.queries += 1
        return self.store.answer(query, **how)

    def known(self, iris: Collection[str]) -> frozenset[str]:
        return self.store.known(iris)

    def close(self) -> None:
        """Leave the store open: it is that of a dataset which is asked again."""
