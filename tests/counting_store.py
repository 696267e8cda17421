"""A store that counts what it is asked, for tests of how many queries a page needs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from acagraph.stores import ANY, Answer, Limits, Scope, Store
from acagraph.stores.protocol import Form


@dataclass
class Counting:
    """A store that counts what it is asked."""

    store: Store
    queries: int = 0

    def answer(
        self,
        query: str,
        *,
        accept: str = ANY,
        limits: Limits | None = None,
        scope: Scope | None = None,
        form: Form | None = None,
    ) -> Answer:
        self.queries += 1
        return self.store.answer(query, accept=accept, limits=limits, scope=scope, form=form)

    def known(self, iris: Collection[str]) -> frozenset[str]:
        return self.store.known(iris)

    def close(self) -> None:
        """Leave the store open: it is that of a dataset which is asked again."""
