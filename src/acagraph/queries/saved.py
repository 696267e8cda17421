"""What a saved query is: its text, and its parameters with their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Literal

from acagraph.queries.template import Template, regions, without
from acagraph.stores import lexer

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
WHOLE = ("integer", "year")
VALUES = ("iri", *WHOLE, "decimal", "date", "string", "language", "enum")
TYPES = (*THINGS, *TERMS, *VALUES)


@dataclass(frozen=True)
class Parameter:
    """A named, typed value that a saved query takes as the variable of the same name.

    An enum takes one of `values`; a whole number or a year lies within `minimum` and `maximum`, if given.
    """

    name: str
    type: str
    example: str
    required: bool = False
    default: str | None = None
    scheme: str | None = None
    description: str = ""
    bound: Bound = "lower"
    values: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class SavedQuery:
    """A question kept as a file: SPARQL under a header that explains it.

    One with an `endpoint` is to be asked there, and calls ours from there; no store of ours answers it.
    """

    name: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    tags: tuple[str, ...]
    text: str
    form: Form
    examples: tuple[Mapping[str, str], ...] = field(default=())
    question: str = ""
    endpoint: str = ""

    def fill(self, values: Mapping[str, str], *, page: str = "") -> str:
        """Return the text with serialised terms for some parameters, and the bounds of a page.

        Its header is left out, and the lines that other parameters need; line numbers stay as they were.
        """
        return self._templates[self._conditions.intersection(values)].fill(values, page=page)

    @cached_property
    def _conditions(self) -> frozenset[str]:
        return frozenset(regions(self.text))

    @cached_property
    def _templates(self) -> Mapping[frozenset[str], Template]:
        """The text cut where terms and bounds go, by the parameters whose lines are kept."""
        lines = self.text.split("\n")
        count = next((n for n, line in enumerate(lines) if not line.startswith("#+")), 0)
        text = "\n".join(["" for _ in lines[:count]] + lines[count:])
        names = tuple(parameter.name for parameter in self.parameters)
        conditions = sorted(self._conditions)
        kept = (frozenset(c) for n in range(len(conditions) + 1) for c in combinations(conditions, n))
        return {
            given: Template.of(without(text, self._conditions - given), names, paged=self.form == "select")
            for given in kept
        }

    @property
    def paged(self) -> bool:
        """Whether its answer has rows that we can give in pages."""
        return self.form == "select" and not self.endpoint

    @cached_property
    def names_graphs(self) -> bool:
        """Whether the query says with FROM which graphs it is asked of."""
        return lexer.names_its_graphs(self.text)

    @property
    def title(self) -> str:
        """What the query asks, as a question; the summary where its header has none."""
        return self.question or self.summary

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
