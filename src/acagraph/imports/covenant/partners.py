"""Those who support or coordinate signatories: known by nothing but the name that the records give."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from acagraph.errors import AcagraphError
from acagraph.imports.covenant import statements
from acagraph.imports.covenant.actors import Kinds
from acagraph.imports.covenant.authorities import AREAS, Authority
from acagraph.imports.covenant.signatories import REGISTER, Signatory
from acagraph.imports.tables import Cells
from acagraph.reconciliation import slug_key
from acagraph.vocab import slug

_LONGEST_SLUG = 40
_HASH = 6


@dataclass(frozen=True)
class Partners:
    """The partners that one column names.

    `known` gives things described elsewhere by the folded name, `things` the actor of each record.
    """

    column: str
    signatories: Sequence[Signatory]
    known: Mapping[str, str]
    things: Mapping[str, str]

    def named(self, item: Signatory) -> str:
        """Return the name that a record gives; empty when it gives none."""
        return item.supporter if self.column == "supporter_name" else item.coordinator

    @cached_property
    def by_name(self) -> Mapping[str, str]:
        """The thing of each name.

        One that is described elsewhere under the same name; else the signatory that alone has the name, in
        the same country; else a new agent, one for all spellings that differ in case only.
        """
        own = Counter(item.name.casefold() for item in self.signatories)
        namesakes = {item.name.casefold(): item for item in self.signatories}
        found: dict[str, str] = {}
        for name, countries in sorted(self._countries.items()):
            key = name.casefold()
            if key in self.known:
                found[name] = self.known[key]
            elif own[key] == 1 and countries == {namesakes[key].country}:
                found[name] = self.things[namesakes[key].record]
            else:
                found[name] = f"agent/{REGISTER}-{_slug(name)}"
        return found

    @cached_property
    def _countries(self) -> Mapping[str, set[str]]:
        """The countries of the records that give each name."""
        found: dict[str, set[str]] = defaultdict(set)
        for item in self.signatories:
            if self.named(item):
                found[self.named(item)].add(item.country)
        return found

    def new(self, kinds: Kinds, places: Mapping[str, str]) -> Iterator[tuple[Cells, Cells | None]]:
        """Yield the row of actors.csv for each new partner, and that of places.csv for the area it governs.

        The area lies in the country of the signatories. Raises AcagraphError when two names have one slug.
        """
        taken: dict[str, str] = {}
        for name, thing in self.by_name.items():
            if thing != f"agent/{REGISTER}-{_slug(name)}":
                continue
            other = taken.setdefault(thing, name)
            if other != name:
                if slug_key(other) != slug_key(name):
                    raise AcagraphError(f'"{other}" and "{name}" have one slug; make slugs longer')
                continue
            kind = self._kind(name, kinds, places)
            place = f"place/{thing.partition('/')[2]}" if kind.area else ""
            yield (
                {"actor": thing, "class": kind.kind, "label": name, "governs": place},
                self._area(place, name, kind, places) if kind.area else None,
            )

    def _kind(self, name: str, kinds: Kinds, places: Mapping[str, str]) -> Authority:
        kind = kinds.of_partner(self.column, name)
        # Where its signatories are in several countries, nothing tells in which its area lies.
        if kind.area and (len(self._countries[name]) > 1 or not self._countries[name] <= places.keys()):
            return Authority("Organisation", "")
        return kind

    def _area(self, place: str, name: str, kind: Authority, places: Mapping[str, str]) -> Cells:
        within = places[next(iter(self._countries[name]))]
        return {"place": place, "class": AREAS[kind.kind], "label": kind.area, "within": within}

    @cached_property
    def alone(self) -> Sequence[Signatory]:
        """The records whose partner is their own actor, which says nothing."""
        return [
            item
            for item in self.signatories
            if self.named(item) and self.by_name[self.named(item)] == self.things[item.record]
        ]

    def relations(self) -> Iterator[Cells]:
        """Yield the rows of relations.csv: each signatory with its partner."""
        for item in self.signatories:
            name, actor = self.named(item), self.things[item.record]
            if name and self.by_name[name] != actor:
                yield statements.relation(item, actor, self.column, self.by_name[name])

    def partnerships(self) -> Iterator[Cells]:
        """Yield the rows of partnerships.csv: each partner, with every record that names it."""
        records: dict[str, list[str]] = defaultdict(list)
        for item in self.signatories:
            name = self.named(item)
            if name and self.by_name[name] != statements.COALITION:
                records[self.by_name[name]].append(item.record)
        yield from statements.partnerships(self.column, records)


def _slug(name: str) -> str:
    """Return the slug of a name; a long one is cut between two words and told apart by a hash."""
    words = slug_key(name)
    if len(words) <= _LONGEST_SLUG:
        return words
    start = words[: _LONGEST_SLUG - _HASH].rpartition("-")[0]
    return f"{start}-{slug(words)[:_HASH]}"
