"""The rows of every table of the register, from the records and what was decided about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from acagraph.imports.covenant import statements
from acagraph.imports.covenant.actors import (
    Kinds,
    groups,
    implausible_populations,
    things_of,
    vague_positions,
)
from acagraph.imports.covenant.authorities import AREAS, Authority
from acagraph.imports.covenant.links import Links
from acagraph.imports.covenant.partners import Partners
from acagraph.imports.covenant.signatories import Signatory
from acagraph.imports.tables import Cells, Loss, Table
from acagraph.reconciliation import Decision

# Two thirds of the signatories are in two countries.
_SPLIT = ("ES", "IT")


@dataclass(frozen=True)
class Register:
    """The records with all that was decided about them.

    `known` gives the things that are described elsewhere by their folded names, `places` the countries by
    alpha-2 code, `source` is the slug of the edition.
    """

    signatories: Sequence[Signatory]
    kinds: Kinds
    decided: Mapping[str, Decision]
    known: Mapping[str, str]
    places: Mapping[str, str]
    source: str

    @cached_property
    def things(self) -> Mapping[str, str]:
        """The actor of each record."""
        return things_of(self.decided)

    @cached_property
    def new(self) -> Sequence[Signatory]:
        """The records whose actor is described here."""
        return [item for item in self.signatories if self.things[item.record] == f"agent/{item.record}"]

    @cached_property
    def placed(self) -> Sequence[Signatory]:
        """The records whose place is described here."""
        return [item for item in self.new if self._kind(item).kind in AREAS]

    @cached_property
    def vague(self) -> Mapping[str, str]:
        """The records whose position is not used, with the reason."""
        return vague_positions(self.signatories)

    @cached_property
    def _implausible(self) -> Mapping[str, str]:
        return implausible_populations(self.signatories)

    @cached_property
    def _groups(self) -> Mapping[str, Sequence[Signatory]]:
        return groups(self.signatories)

    @cached_property
    def _partners(self) -> Sequence[Partners]:
        return [Partners(column, self.signatories, self.known, self.things) for column in statements.PARTNERS]

    def tables(self, chosen: Links, kept: Sequence[Cells]) -> Iterator[Table]:
        """Yield all the tables; kept are the rows of the review that a person has decided."""
        yield self._of_each("records", lambda item, actor: [self._record(item, actor)])
        yield self._of_each("memberships", lambda item, actor: [statements.membership(item, actor)])
        yield self._of_each("commitments", statements.commitments)
        yield self._of_each("figures", self._population)
        described = [*self._signatories(chosen), *self._groups_without_record()]
        described += [row for partners in self._partners for row in partners.new(self.kinds, self.places)]
        yield Table("actors", {"": [actor for actor, _ in described]})
        yield Table("places", {"": [place for _, place in described if place is not None]})
        yield Table("groups", {"": [*self._members()]})
        yield Table("partnerships", {"": [row for found in self._partners for row in found.partnerships()]})
        relations = [row for found in self._partners for row in found.relations()]
        yield Table("relations", {"": [*relations, *self._countries()]})
        yield Table("names", {"": [*self._names()]})
        yield Table("matches", {"": [*self._matches()]})
        yield Table("review", {"": [*self._review(kept), *kept]})
        yield Table("left-out", {"": [vars(loss) for loss in self.losses(chosen)]})

    def losses(self, chosen: Links) -> Iterator[Loss]:
        """Yield the values of records that are left out, with the reason."""
        for item in self.placed:
            if item.record in self.vague and item.position is not None:
                degrees = f"{item.position.latitude} {item.position.longitude}"
                yield Loss(item.record, "position", degrees, self.vague[item.record])
        for item in self.signatories:
            if item.unnamed:
                yield Loss(item.record, "organisation_name", "", "the name of a person stands there")
            if item.record in self._implausible:
                reason = self._implausible[item.record]
                yield Loss(item.record, "population_adhesion", str(item.population), reason)
            if item.country not in self.places:
                yield Loss(item.record, "country_code", item.country, "no code of ISO 3166-1, so no area")
        for partners in self._partners:
            for item in partners.alone:
                yield Loss(item.record, partners.column, partners.named(item), "names the signatory itself")
        yield from chosen.losses

    def _of_each(self, name: str, rows: Callable[[Signatory, str], Iterable[Cells]]) -> Table:
        """Return a table to which each record gives rows, by the country of the record."""
        parts: dict[str, list[Cells]] = defaultdict(list)
        for item in self.signatories:
            group = item.country.lower() if item.country in _SPLIT else "other"
            parts[group] += rows(item, self.things[item.record])
        return Table(name, parts)

    def _record(self, item: Signatory, actor: str) -> Cells:
        # The name stands in actors.csv, but for records that do not describe their actor.
        name = "" if actor == f"agent/{item.record}" else item.name
        return {
            "record": item.record,
            "record_id": item.id,
            "source": self.source,
            "actor": actor,
            "name": name,
        }

    def _population(self, item: Signatory, actor: str) -> list[Cells]:
        told = item.population is not None and item.record not in self._implausible
        return [statements.population(item, actor)] if told else []

    def _kind(self, item: Signatory) -> Authority:
        # An area lies in a country, and a government governs an area; without a country of ISO 3166-1 there
        # is neither, and what can be said is that there is an organisation.
        placed = item.is_group or item.country in self.places
        return self.kinds.of_signatory(item) if placed else Authority("Organisation", "")

    def _signatories(self, chosen: Links) -> Iterator[tuple[Cells, Cells | None]]:
        """Yield the rows of actors.csv and places.csv for the records that describe their actor."""
        for item in self.new:
            kind = self._kind(item)
            code = chosen.codes.get(item.record, "")
            place = self._place(item, kind, code) if kind.kind in AREAS else None
            actor = {
                "actor": f"agent/{item.record}",
                "class": kind.kind,
                "label": item.name,
                "governs": place["place"] if place else "",
                "identifier": item.gcom,
            }
            yield actor, place

    def _place(self, item: Signatory, kind: Authority, unlocode: str) -> Cells:
        position = None if item.record in self.vague else item.position
        return {
            "place": f"place/{item.record}",
            "class": AREAS[kind.kind],
            "label": kind.area,
            "within": self.places[item.country],
            "latitude": position.latitude if position else "",
            "longitude": position.longitude if position else "",
            "unlocode": unlocode,
        }

    def _groups_without_record(self) -> Iterator[tuple[Cells, None]]:
        for record, members in self._groups.items():
            if record not in self.things:
                name = members[0].group_name
                yield {"actor": f"agent/{record}", "class": "GovernmentGroup", "label": name}, None

    def _members(self) -> Iterator[Cells]:
        for record, members in self._groups.items():
            group = self.things.get(record, f"agent/{record}")
            for item in members:
                yield {"group": group, "member": self.things[item.record]}

    def _countries(self) -> Iterator[Cells]:
        """Yield the country of each group: that of its record, else that of all its members."""
        for item in self.signatories:
            if item.is_group and item.country in self.places:
                thing, place = self.things[item.record], self.places[item.country]
                yield from statements.country(thing, item.id, place, [item.record])
        for record, members in self._groups.items():
            countries = {item.country for item in members}
            if record not in self.things and len(countries) == 1 and countries <= self.places.keys():
                place = self.places[countries.pop()]
                said = [item.record for item in members]
                yield from statements.country(f"agent/{record}", members[0].group, place, said)

    def _names(self) -> Iterator[Cells]:
        """Yield the register's name of each actor that is described elsewhere under other names."""
        for item in self.signatories:
            thing = self.things[item.record]
            if thing != f"agent/{item.record}" and self.known.get(item.name.casefold()) != thing:
                yield {"thing": thing, "alt": item.name}

    def _matches(self) -> Iterator[Cells]:
        for record, decision in self.decided.items():
            if decision.verdict == "same":
                yield {
                    "record": record,
                    "actor": self.things[record],
                    "method": decision.method,
                    "score": str(decision.score),
                    "reason": decision.reason,
                }

    def _review(self, kept: Sequence[Cells]) -> Iterator[Cells]:
        ruled = {(row["record"], row["candidate"]) for row in kept}
        for item in self.signatories:
            decision = self.decided[item.record]
            if decision.verdict == "doubtful" and (item.record, decision.thing) not in ruled:
                yield {
                    "record": item.record,
                    "name": item.name,
                    "country": item.country,
                    "candidate": decision.thing or "",
                    "candidate_name": decision.name or "",
                    "score": str(decision.score),
                    "reason": decision.reason,
                }
