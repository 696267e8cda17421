"""What the tables of the registers and the curated files say, read without the graph."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from acagraph.vocab import ACA, BASE, PREFIXES

Cells = Mapping[str, str]


class Tables:
    """The rows of all registers beside what the curated files say of governments, places and classes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "data" / "registers"

    def rows(self, table: str, register: str = "*") -> Iterator[Cells]:
        """Yield the rows of a table in one register or in all, with the register's name."""
        for path in sorted(self.folder.glob(f"{register}/{table}*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                yield from (row | {"register": path.parent.name} for row in csv.DictReader(file))

    @cached_property
    def curated(self) -> Mapping[str, list[tuple[str, str]]]:
        """Subject and object of each curated triple by property, all as kind/slug or local name."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for path in sorted((self.root / "data").rglob("*.ttl")):
            for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
                name = quad.predicate.value.removeprefix(ACA).removeprefix(PREFIXES["rdf"])
                ends = (str(getattr(end, "value", "")) for end in (quad.subject, quad.object))
                subject, value = (end.removeprefix(f"{BASE}id/").removeprefix(ACA) for end in ends)
                found[name].append((subject, value))
        return found

    @cached_property
    def within(self) -> Mapping[str, set[str]]:
        """The larger places of each place."""
        found: dict[str, set[str]] = defaultdict(set)
        for place, around in self.curated["within"]:
            found[place].add(around)
        for row in self.rows("places"):
            if row["within"]:
                found[row["place"]].add(row["within"])
        return found

    @cached_property
    def countries(self) -> set[str]:
        """The places that are countries."""
        curated = {thing for thing, kind in self.curated["type"] if kind == "Country"}
        return curated | {row["place"] for row in self.rows("places") if row["class"] == "Country"}

    @cached_property
    def governs(self) -> Mapping[str, set[str]]:
        """The areas of each government."""
        found: dict[str, set[str]] = defaultdict(set)
        for agent, area in self.curated["governs"]:
            found[agent].add(area)
        for row in self.rows("actors"):
            if row["governs"]:
                found[row["actor"]].add(row["governs"])
        return found

    @cached_property
    def stated_places(self) -> Mapping[str, set[str]]:
        """The places of agents that relations state: their country, or where they are located."""
        found: dict[str, set[str]] = defaultdict(set)
        properties = dict(self.curated["relationProperty"])
        objects = dict(self.curated["relationObject"])
        for statement, agent in self.curated["relationSubject"]:
            if properties.get(statement) in ("country", "locatedIn"):
                found[agent].add(objects[statement])
        for row in self.rows("relations"):
            if row["property"] in ("country", "locatedIn"):
                found[row["subject"]].add(row["object"])
        return found

    def around(self, place: str) -> set[str]:
        """Return a place and all places around it."""
        found = {place}
        for larger in self.within.get(place, ()):
            found |= self.around(larger)
        return found

    def countries_of(self, agent: str) -> set[str]:
        """Return the countries of an agent."""
        places = self.governs.get(agent, set()) | self.stated_places.get(agent, set())
        return {around for place in places for around in self.around(place)} & self.countries

    @cached_property
    def classes(self) -> Mapping[str, set[str]]:
        """The classes of each agent."""
        found: dict[str, set[str]] = defaultdict(set)
        for agent, kind in self.curated["type"]:
            found[agent].add(kind)
        for row in self.rows("actors"):
            found[row["actor"]].add(row["class"])
        return found

    def members(self, coalition: str, status: str = "active") -> set[str]:
        """Return the members of a coalition that the registers name, by status; none counts as active."""
        return {
            row["participant"]
            for row in self.rows("memberships")
            if row["coalition"] == f"coalition/{coalition}" and (row["status"] or "active") == status
        }

    @cached_property
    def inhabitants(self) -> Mapping[str, tuple[str, float]]:
        """The latest number of inhabitants of each agent or place, with the date's text."""
        return self.inhabitants_in("*")

    def inhabitants_in(self, register: str) -> Mapping[str, tuple[str, float]]:
        """Return the same from the figures of one register."""
        best: dict[str, tuple[tuple[str, ...], str, float]] = {}
        for row in self.rows("figures", register):
            if row["metric"] == "inhabitants":
                # The greatest begin, then the smaller interval, then the first name: all sort upwards.
                late = "".join(chr(0x10FFFF - ord(letter)) for letter in row["as_of_not_before"])
                key = (late, row["as_of_not_after"] or "9999", row["statement"])
                if row["subject"] not in best or key < best[row["subject"]][0]:
                    best[row["subject"]] = (key, row["as_of_text"], float(row["value"]))
        return {subject: (text, value) for subject, (_, text, value) in best.items()}
