"""What a saved query is: its text, and its parameters with their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Form = Literal["select", "construct", "ask"]
Bound = Literal["lower", "upper"]

# A thing may be named by the slug alone, which is looked for under these kinds in turn.
THINGS: dict[str, tuple[str, ...]] = {
    "coalition": ("coalition",),
    "agent": ("agent", "coalition", "person"),
    "place": ("place",),
    "person": ("person",),
    "source": ("source",),
    "event": ("event",),
    "document": ("document", "source"),
}
TERMS = ("class", "property", "concept")
VALUES = ("iri", "integer", "decimal", "date", "string", "language")
TYPES = (*THINGS, *TERMS, *VALUES)


@dataclass(frozen=True)
class Parameter:
    """A named, typed value that a saved query takes as the variable of the same name."""

    name: str
    type: str
    example: str
    required: bool = False
    default: str | None = None
    scheme: str | None = None
    description: str = ""
    bound: Bound = "lower"


@dataclass(frozen=True)
class SavedQuery:
    """A question kept as a file: SPARQL under a header that explains it."""

    name: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    tags: tuple[str, ...]
    text: str
    form: Form
    examples: tuple[Mapping[str, str], ...] = field(default=())

    @property
    def example(self) -> dict[str, str]:
        """Arguments that show what to ask: the header's first example, else those of required parameters."""
        if self.examples:
            return dict(self.examples[0])
        return {p.name: p.example for p in self.parameters if p.required}

    @property
    def sparql(self) -> str:
        """The text without its header, as people read it."""
        return "\n".join(line for line in self.text.splitlines() if not line.startswith("#+")).strip()
