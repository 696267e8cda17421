"""Who the records are about: actors described elsewhere, actors that two records share, and new ones."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from acagraph.imports.covenant.authorities import AREAS, Authority, authority
from acagraph.imports.covenant.signatories import REGISTER, Signatory, record_slug
from acagraph.reconciliation import Actor, Decision, Matcher, Rulings, name_key

# Positions that so many signatories of different names share are defaults, mostly the middle of a country.
_SHARED_BY = 3
# Records of one name are asked about when their positions are this near to each other, in degrees.
_NEAR = 0.05
_REMARK = re.compile(r"\s*(20[2345]0|\((?:duplicated|doublet)\))$", re.IGNORECASE)


@dataclass(frozen=True)
class Kinds:
    """The classes that people gave to names which do not tell them, by column and name (values.csv)."""

    classes: Mapping[tuple[str, str], str]

    def of_signatory(self, signatory: Signatory) -> Authority:
        """Return the class of a signatory and the name of the area that it would govern."""
        if signatory.is_group:
            return Authority("GovernmentGroup", "")
        told = self.classes.get(("organisation_name", signatory.name))
        found = authority(signatory.name)
        return (
            Authority(told, signatory.name) if told else found or Authority("LocalGovernment", signatory.name)
        )

    def of_partner(self, column: str, name: str) -> Authority:
        """Return the class of a supporter or coordinator and the area, if it governs one."""
        told = self.classes.get((column, name))
        if told:
            return Authority(told, name if told in AREAS else "")
        if column == "supporter_name":
            # The register calls them not-for-profit organisations; many belong to the public sector.
            return Authority("Organisation", "")
        return authority(name) or Authority("PublicAgency", "")


def decide(
    signatories: Sequence[Signatory], known: Iterable[Actor], kinds: Kinds, rulings: Rulings
) -> dict[str, Decision]:
    """Return what was decided about each record: against known actors first, then against earlier records.

    Two records are taken for one actor only when their gcom_id and their name agree, or a person says so.
    """
    asked = [_query(item, kinds) for item in signatories]
    ours = f"agent/{REGISTER}-"
    others = Rulings(
        {record: thing for record, thing in rulings.same.items() if not thing.startswith(ours)},
        rulings.different,
    )
    answers = Matcher(known).match_all(asked, others)
    decided = {item.record: answer for item, answer in zip(signatories, answers, strict=True)}
    for earlier, later, reason in _twins(signatories, kinds):
        if decided[later.record].verdict == "new":
            decided[later.record] = _twin(earlier, later, reason, rulings)
    return decided


def things_of(decided: Mapping[str, Decision]) -> dict[str, str]:
    """Return the actor of each record: the one it is the same as, else one of its own."""
    found: dict[str, str] = {}
    for record in sorted(decided):
        decision = decided[record]
        same = decision.thing if decision.verdict == "same" else None
        # An earlier record may itself be about an actor that is described elsewhere.
        found[record] = found.get((same or "").removeprefix("agent/"), same) or f"agent/{record}"
    return found


def _query(item: Signatory, kinds: Kinds) -> Actor:
    return Actor(
        thing=item.record,
        names=(item.name,),
        kind=kinds.of_signatory(item).kind,
        country=item.country,
        identifiers=frozenset([f"gcom:{item.gcom}"] if item.gcom else []),
        position=item.position.degrees if item.position else None,
        population=item.population,
    )


def _twin(earlier: Signatory, later: Signatory, reason: str, rulings: Rulings) -> Decision:
    thing = f"agent/{earlier.record}"
    if rulings.same.get(later.record) == thing:
        return Decision("same", thing, earlier.name, "review", 1.0, "decided in the review")
    if thing in rulings.different.get(later.record, ()):
        return Decision("new", None, None, "review", 0.0, "decided in the review")
    if earlier.gcom and earlier.gcom == later.gcom and earlier.name == later.name:
        return Decision("same", thing, earlier.name, "identifier", 1.0, reason)
    return Decision("doubtful", thing, earlier.name, "name", 0.7, reason)


def _twins(signatories: Iterable[Signatory], kinds: Kinds) -> Iterator[tuple[Signatory, Signatory, str]]:
    """Yield records of this register that may be about one actor: the earlier by id, the later, and why."""
    ordered = sorted(signatories, key=lambda item: item.record)
    by_gcom: dict[str, Signatory] = {}
    by_name: dict[tuple[str, str, str], list[Signatory]] = defaultdict(list)
    for item in ordered:
        kind = kinds.of_signatory(item).kind
        bare = _REMARK.sub("", item.name)
        namesakes = by_name[name_key(bare, kind), item.country, kind]
        near = next((other for other in namesakes if _near(item, other)), None)
        if item.gcom and item.gcom in by_gcom:
            yield by_gcom[item.gcom], item, f"both records have the gcom_id {item.gcom}"
        elif near is not None:
            yield near, item, "same name, country and kind in this register; at the same place"
        by_gcom.setdefault(item.gcom, item)
        namesakes.append(item)


def _near(one: Signatory, other: Signatory) -> bool:
    if one.position is None or other.position is None:
        return one.population is not None and one.population == other.population
    return all(abs(a - b) <= _NEAR for a, b in zip(one.position.degrees, other.position.degrees, strict=True))


def vague_positions(signatories: Sequence[Signatory]) -> dict[str, str]:
    """Return the records whose position is not used, with the reason."""
    shared: dict[object, list[Signatory]] = defaultdict(list)
    for item in signatories:
        shared[item.position].append(item)
    found = {}
    for position, items in shared.items():
        if position is None:
            continue
        names = {name_key(_REMARK.sub("", item.name)) for item in items}
        different = [name for name in names if not any(other != name and other in name for other in names)]
        for item in items:
            if item.position is not None and item.position.whole:
                found[item.record] = "told in whole degrees only"
            elif len(different) >= _SHARED_BY:
                found[item.record] = "a position that signatories of other names share: a default"
    return found


def implausible_populations(signatories: Sequence[Signatory]) -> dict[str, str]:
    """Return the groups whose population is not larger than that of one of their members, with the reason."""
    members = groups(signatories)
    found = {}
    for item in signatories:
        told = [other.population or 0 for other in members.get(item.record, ())]
        if item.population is not None and len(told) > 1 and item.population <= max(told):
            found[item.record] = "not larger than the population of one of the group's members"
    return found


def groups(signatories: Sequence[Signatory]) -> dict[str, list[Signatory]]:
    """Return the members of each group by the record of the group, or by what would be its record.

    Some ids of groups lack the ending `_med` that the group's own record has.
    """
    ids = {item.id: item for item in signatories}
    found: dict[str, list[Signatory]] = defaultdict(list)
    for item in signatories:
        if not item.group:
            continue
        other = ids.get(f"{item.group}_med")
        renamed = item.group not in ids and other is not None and other.name == item.group_name
        found[record_slug(f"{item.group}_med" if renamed else item.group)].append(item)
    return dict(found)
