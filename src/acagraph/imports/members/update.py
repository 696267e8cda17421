"""A register after an edition: what each row changes, and what stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from acagraph.imports.members.editions import Edition
from acagraph.imports.members.entries import Entry
from acagraph.imports.members.kinds import AREAS
from acagraph.imports.members.resolution import Known, Resolved, record_ids
from acagraph.imports.members.state import Member, Mention, Register, Spell
from acagraph.imports.tables import Cells

Change = Literal["joined", "renamed", "left", "changed", "unchanged"]


@dataclass(frozen=True)
class Outcome:
    """What a row did to its member: the change, the name before, and words for what is different."""

    entry: Entry
    change: Change
    before: str
    details: tuple[str, ...]
    member: Member


@dataclass(frozen=True)
class Update:
    """The register after an edition, what each of its rows did, and who is in it no more.

    `absent` are members of the edition before that a closed list does not name, `gone` those that no edition
    names any more. `redirects` lead from things that are described no more to what they became.
    """

    register: Register
    outcomes: tuple[Outcome, ...]
    absent: tuple[Member, ...]
    gone: tuple[Member, ...]
    redirects: Mapping[str, str]


@dataclass(frozen=True)
class Terms:
    """How an edition is to be read.

    `order` ranks all editions; `has_left` tells that the list has a column for the end of memberships;
    `settlements` are known places that nobody governs, by name and country; `governed` is what actors govern.
    """

    edition: Edition
    order: Mapping[str, tuple[str, str]]
    closed: bool
    has_left: bool
    settlements: Mapping[tuple[str, str], str]
    governed: Mapping[str, str]


def update(register: Register, resolved: Sequence[Resolved], known: Known, terms: Terms) -> Update:
    """Return the register with an edition, which takes the place of what it said before."""
    source = terms.edition.slug
    members = {key: _without(member, source) for key, member in register.members.items()}
    ids = record_ids([item.entry for item in resolved])
    outcomes = []
    for item in resolved:
        record_id, slug = ids[item.entry.line]
        mention = Mention(register.record(source, slug), record_id, item.entry.name)
        before = register.members.get(item.key) if item.member else None
        member = _member(item, before, members.get(item.key), register, known, terms)
        member = _mentioned(member, item.entry, mention, source)
        members[item.key] = member
        outcomes.append(_outcome(item.entry, before, member, terms))
    closed = register.closed - {source} | ({source} if terms.closed else frozenset())
    kept = {key: member for key, member in members.items() if member.mentions}
    after = replace(register, members=kept, closed=closed)
    return Update(
        after,
        tuple(outcomes),
        _absent(after, terms, closed),
        tuple(member for key, member in register.members.items() if key not in kept),
        _redirects(register, after, outcomes, terms),
    )


def absences(register: Register, editions: Mapping[str, Edition]) -> list[tuple[Member, Edition]]:
    """Return which members a closed edition does not name and an earlier one does, unless they had left."""
    found = []
    for source in sorted(register.closed & editions.keys()):
        edition = editions[source]
        for member in register.members.values():
            earlier = any(editions[other].order < edition.order for other in member.mentions)
            end = member.spells[-1].end
            over = end is not None and end.not_before <= edition.day.not_after
            if earlier and source not in member.mentions and not over:
                found.append((member, edition))
    return found


def _without(member: Member, source: str) -> Member:
    mentions = {other: item for other, item in member.mentions.items() if other != source}
    return replace(member, mentions=mentions)


def _member(
    item: Resolved,
    before: Member | None,
    open_: Member | None,
    register: Register,
    known: Known,
    terms: Terms,
) -> Member:
    """Return the member with what the row tells, but without the row's mention."""
    entry, decision = item.entry, item.decision
    member = open_ if before is not None and open_ is not None else Member(item.key, "")
    newest = all(terms.order[other] <= terms.edition.order for other in member.mentions)
    if _is_elsewhere(item, before):
        assert decision.thing is not None  # it is the same as something
        match = member.match if member.actor == decision.thing and member.match else _match(item, register)
        member = replace(member, actor=decision.thing, described={}, place={}, match=match)
    else:
        member = _described(replace(member, match={}), item, register, known, terms, newest=newest)
    country = known.places.get(entry.country, "")
    if country and _needs_country(member, known) and (newest or not member.country):
        if country != member.country:
            untold = {key: replace(it, tells_country=False) for key, it in member.mentions.items()}
            member = replace(member, country=country, mentions=untold)
    elif member.described.get("governs"):
        member = replace(member, country="")
    return replace(member, spells=_spells(member.spells, entry, terms, newest=newest))


def _is_elsewhere(item: Resolved, before: Member | None) -> bool:
    """Tell whether another file describes the actor; only a person can give up one described here."""
    if item.decision.verdict != "same":
        return False
    return before is None or bool(before.match) or item.decision.method == "review"


def _match(item: Resolved, register: Register) -> Cells:
    decision = item.decision
    return {
        "record": register.query(item.key),
        "actor": decision.thing or "",
        "method": decision.method,
        "score": str(decision.score),
        "reason": decision.reason,
    }


def _described(
    member: Member, item: Resolved, register: Register, known: Known, terms: Terms, *, newest: bool
) -> Member:
    """Return the member with the rows of actors.csv and places.csv that describe it."""
    entry, before = item.entry, member.described
    national = entry.type == "NationalGovernment"
    own = f"agent/{item.key}" if national else f"agent/{register.query(item.key)}"
    kind = entry.kind if entry.kind and (newest or not before) else before.get("class", entry.type)
    told = {
        "label": entry.name,
        "label_en": entry.name_en,
        "isin": entry.isin,
        "identifier": entry.lei,
        "homepage": entry.website,
    }
    cells = {
        column: (value or before.get(column, "")) if newest else (before.get(column) or value)
        for column, value in told.items()
    }
    place: Cells = {}
    governs = ""
    if kind == "NationalGovernment":
        governs = known.places.get(entry.country, "") or before.get("governs", "")
    elif kind in AREAS:
        governs, place = _area(member, entry, kind, own, known, terms, newest=newest)
    actor = {"actor": own, "class": kind, **cells, "governs": governs}
    return replace(member, actor=own, described=_filled(actor), place=place)


def _area(
    member: Member, entry: Entry, kind: str, own: str, known: Known, terms: Terms, *, newest: bool
) -> tuple[str, Cells]:
    """Return what a government governs, and its row of places.csv unless another file describes it."""
    governs = member.described.get("governs", "")
    if governs and not member.place:
        return governs, {}
    country = known.places.get(entry.country, "") or member.place.get("within", "")
    name = (entry.city if kind == "LocalGovernment" else "") or entry.name
    there = terms.settlements.get((name, country)) if kind == "LocalGovernment" and not governs else None
    if there is not None:
        return there, {}
    label = name if newest or not member.place else member.place["label"]
    place = f"place/{own.removeprefix('agent/')}"
    return place, {"place": place, "class": AREAS[kind], "label": label, "within": country}


def _needs_country(member: Member, known: Known) -> bool:
    """Tell whether the country is to be stated: that of a government follows from what it governs."""
    kind = known.described(member)[0]
    return not kind.endswith("Government")


def _spells(spells: tuple[Spell, ...], entry: Entry, terms: Terms, *, newest: bool) -> tuple[Spell, ...]:
    """Return the times of membership with what a row tells of the last one, or with a new one."""
    told = Spell(entry.joined, entry.left)
    if not spells:
        return (told,)
    last = spells[-1]
    if not newest:
        return (*spells[:-1], Spell(last.start or told.start, last.end or told.end))
    if last.end is not None and told.start is not None and told.start.not_before > last.end.not_after:
        return (*spells, told)
    if last.end is not None and told.end is None:
        if terms.has_left:
            # The column says now that it has not left, or has come back.
            return (*spells[:-1], Spell(told.start or last.start, None))
        if told.start is None:
            return (*spells, told)
    return (*spells[:-1], Spell(told.start or last.start, told.end or last.end))


def _mentioned(member: Member, entry: Entry, mention: Mention, source: str) -> Member:
    tells = bool(entry.country and member.country)
    mention = replace(mention, spell=len(member.spells), tells_country=tells)
    return replace(member, mentions={**member.mentions, source: mention})


def _outcome(entry: Entry, before: Member | None, member: Member, terms: Terms) -> Outcome:
    if before is None or not before.mentions:
        return Outcome(entry, "joined", "", _dates(member.spells[-1]), member)
    name = (
        before.mentions.get(terms.edition.slug)
        or before.latest(terms.order)
        or member.mentions[terms.edition.slug]
    ).name
    if len(member.spells) > len(before.spells):
        return Outcome(entry, "joined", name, ("again", *_dates(member.spells[-1])), member)
    details = _differences(before, member)
    change: Change = "changed" if details else "unchanged"
    if member.spells[-1].end is not None and before.spells[-1].end is None:
        change = "left"
    if name != entry.name:
        change = "renamed"
    return Outcome(entry, change, name, details, member)


def _differences(before: Member, after: Member) -> tuple[str, ...]:
    found = []
    for which, old, new in (
        ("joined", before.spells[-1].start, after.spells[-1].start),
        ("left", before.spells[-1].end, after.spells[-1].end),
    ):
        if old != new:
            found.append(f"{which} {old.text if old else '(not told)'} → {new.text if new else '(not told)'}")
    for column in ("class", "label_en", "isin", "identifier", "homepage"):
        old_cell, new_cell = before.described.get(column, ""), after.described.get(column, "")
        if old_cell != new_cell and before.described and after.described:
            found.append(f"{column} {old_cell or '(not told)'} → {new_cell or '(not told)'}")
    if before.country != after.country:
        found.append(f"country {before.country or '(not told)'} → {after.country or '(not told)'}")
    if before.actor != after.actor:
        found.append(f"actor {before.actor} → {after.actor}")
    return tuple(found)


def _dates(spell: Spell) -> tuple[str, ...]:
    pairs = (("joined", spell.start), ("left", spell.end))
    return tuple(f"{which} {day.text}" for which, day in pairs if day is not None)


def _absent(after: Register, terms: Terms, closed: Collection[str]) -> tuple[Member, ...]:
    """Return the members of the edition before this one that this one does not name, when it is closed."""
    source = terms.edition.slug
    named = {other for member in after.members.values() for other in member.mentions}
    earlier = [other for other in named if terms.order[other] < terms.edition.order]
    if source not in closed or not earlier:
        return ()
    previous = max(earlier, key=lambda other: terms.order[other])
    return tuple(
        member
        for member in after.members.values()
        if previous in member.mentions and source not in member.mentions and member.spells[-1].end is None
    )


def _redirects(
    before: Register, after: Register, outcomes: Sequence[Outcome], terms: Terms
) -> dict[str, str]:
    """Return what things that are described no more became: by the record that was about both."""
    source = terms.edition.slug
    now = {item.member.mentions[source].record: item.member for item in outcomes}
    living = {member.actor for member in after.members.values()}
    found = {}
    for member in before.members.values():
        mention = member.mentions.get(source)
        became = after.members.get(member.key) or (now.get(mention.record) if mention else None)
        if became is None:
            continue
        if member.described and member.actor not in living:
            found[member.actor] = became.actor
            governs = became.described.get("governs") or terms.governed.get(became.actor, "")
            if member.place and governs not in ("", member.place["place"]):
                found[member.place["place"]] = governs
        for number in range(1, len(member.spells) + 1) if became.key != member.key else ():
            old = before.membership(member.key, number)
            new = after.membership(became.key, min(number, len(became.spells)))
            found[f"statement/{old}"] = f"statement/{new}"
    return found


def _filled(cells: Cells) -> Cells:
    return {column: value for column, value in cells.items() if value}
