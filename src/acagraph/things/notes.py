"""What is noted of things while it is read, until it makes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from acagraph.things.model import Name, Role, Thing, order

_UNKNOWN = "und"


class Notes:
    """What a source says of things, by their IRIs, in whatever order it comes."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.kinds: dict[str, set[str]] = defaultdict(set)
        self.within: dict[str, set[str]] = defaultdict(set)
        self.governs: dict[str, set[str]] = defaultdict(set)
        self.identifiers: dict[str, set[str]] = defaultdict(set)
        self.near: dict[str, set[str]] = defaultdict(set)
        self.positions: dict[str, tuple[float, float]] = {}
        self._names: dict[str, list[Name]] = defaultdict(list)
        self._codes: dict[str, str] = {}
        self._populations: dict[str, tuple[str, int]] = {}

    def add_name(self, iri: str, text: str, language: str, role: Role) -> None:
        """Note a name; a language that is not known is none."""
        self._names[iri].append(Name(text, "" if language == _UNKNOWN else language, role))

    def add_code(self, iri: str, kind: str, code: str) -> None:
        """Note a code of ISO 3166 or of another list; that of two letters is the country's own."""
        self.identifiers[iri].add(f"{kind}:{code}")
        if kind == "iso3166-1" and len(code) == 2:
            self._codes[iri] = code

    def add_population(self, iri: str, value: float, date: str) -> None:
        """Note a population with its date as `2010-01-26…`, empty when not told; the latest counts."""
        self._populations[iri] = max(self._populations.get(iri, ("", 0)), (date, round(value)))

    def things(self) -> Iterator[Thing]:
        """Yield the things of which anything was noted, sorted by IRI; of each nothing is kept here."""
        held = (self.kinds, self.within, self.governs, self.identifiers, self.near, self.positions)
        kinds: dict[frozenset[str], frozenset[str]] = {}
        for iri in sorted(set[str]().union(self._names, self._codes, self._populations, *held)):
            some = frozenset(self.kinds.pop(iri, ()))
            population = self._populations.pop(iri, None)
            yield Thing(
                iri,
                names=_ordered(self._names.pop(iri, ())),
                kinds=kinds.setdefault(some, some),  # thousands of things are of the same
                within=tuple(sorted(self.within.pop(iri, ()))),
                governs=tuple(sorted(self.governs.pop(iri, ()))),
                code=self._codes.pop(iri, None),
                identifiers=frozenset(self.identifiers.pop(iri, ())),
                near=frozenset(self.near.pop(iri, ())),
                position=self.positions.pop(iri, None),
                population=population and population[1],
            )


def _ordered(names: Collection[Name]) -> tuple[Name, ...]:
    # Most things have one name.
    return tuple(names if len(names) < 2 else sorted(set(names), key=order))
