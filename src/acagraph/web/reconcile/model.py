"""What a property is that a client may fetch of things."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Property:
    """A property: what it is called, and the SPARQL pattern from ?thing to ?value.

    `needs` are the properties or linked datasets of which a thing has one if it has this. `dated` is the
    pattern for a day ?asOf, `wider` that for close matches, too. ?order, where it is bound, is what values
    are sorted by; with `first` the least value of each is the answer. `dataset` is whose identifiers the
    values are; with `classes` they are classes.
    """

    id: str
    name: str
    description: str
    pattern: str
    needs: frozenset[str] = field(default_factory=frozenset)
    dated: str = ""
    wider: str = ""
    first: bool = False
    dataset: str = ""
    classes: bool = False

    def described(self) -> dict[str, Any]:
        """Return the property as the API describes one."""
        told = {"description": self.description} if self.description else {}
        return {"id": self.id, "name": self.name, **told}

    def called(self, identifier: str) -> Property:
        """Return the property under the identifier that a client has for it."""
        return self if identifier == self.id else replace(self, id=identifier)
