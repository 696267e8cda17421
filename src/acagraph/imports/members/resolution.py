"""Which member of the register each row means: by what a person said, id, identifier, name, or likeness."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from acagraph.errors import AcagraphError
from acagraph.imports.members import words
from acagraph.imports.members.entries import Entry
from acagraph.imports.members.kinds import UNTOLD
from acagraph.imports.members.state import Member, Register, key_of_text, short_hash
from acagraph.reconciliation import Actor, Decision, Matcher, Rulings
from acagraph.reconciliation.kinds import comparable


@dataclass(frozen=True)
class Known:
    """What the project describes outside of the register.

    `rulings` is what a person decided in the review, `places` gives countries by alpha-2 code.
    """

    actors: Sequence[Actor]
    rulings: Rulings
    places: Mapping[str, str]

    @cached_property
    def elsewhere(self) -> Mapping[str, tuple[str, str | None]]:
        """Class and country of each actor."""
        return {actor.thing: (actor.kind, actor.country) for actor in self.actors}

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """Alpha-2 codes of countries by their places."""
        return {place: code for code, place in self.places.items()}

    def described(self, member: Member) -> tuple[str, str | None]:
        """Return the class and the country of a member, the class Organisation when it is not known."""
        place = member.country or member.place.get("within") or member.described.get("governs", "")
        here = (member.described.get("class", UNTOLD), self.codes.get(place))
        return here if member.described else self.elsewhere.get(member.actor, here)


@dataclass(frozen=True)
class Resolved:
    """An entry with the key of its member, which is new or in the register, and who it is elsewhere.

    `decision` is about known actors, `perhaps` the members that it may be under another name.
    """

    entry: Entry
    key: str
    member: Member | None
    decision: Decision
    perhaps: tuple[Decision, ...] = ()


@dataclass
class _Open:
    """What is not resolved yet."""

    entries: list[Entry]
    members: dict[str, Member]
    found: dict[int, str] = field(default_factory=dict)

    def settle(self, find: Callable[[Entry], Member | None]) -> None:
        """Take for each entry the member that `find` has for it, each member once."""
        claims: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            member = find(entry)
            if member is not None and member.key in self.members:
                claims[member.key].append(entry)
        for key, claimed in claims.items():
            if len(claimed) == 1:
                self.found[claimed[0].line] = key
                del self.members[key]
        self.entries = [entry for entry in self.entries if entry.line not in self.found]


def resolve(
    entries: Sequence[Entry], register: Register, known: Known, renamed: Mapping[str, str]
) -> tuple[Resolved, ...]:
    """Return which member each entry is, in their order; no member is that of two entries.

    renamed gives the old name by the new one. Raises AcagraphError when one of them is not there.
    """
    unsettled = _Open(list(entries), dict(register.members))
    _settle_renamed(unsettled, renamed)
    by_actor = {member.actor: member for member in register.members.values()}
    keys = _keys(entries)
    unsettled.settle(lambda entry: by_actor.get(known.rulings.same.get(register.query(keys[entry.line]), "")))
    for index in (_by_id, _by_identifier):
        there = index(unsettled.members.values())
        unsettled.settle(lambda entry, index=there: _only(index, _identifiers(entry)))  # type: ignore[misc]
    names = _by_name(unsettled.members.values())
    unsettled.settle(lambda entry: _named(entry, names, known, unsettled.members))
    decisions = _decide(entries, unsettled, register, known, keys)
    unsettled.settle(lambda entry: _of_actor(decisions[entry.line], by_actor))
    alike = _alike(unsettled, register, known, keys)
    unsettled.settle(lambda entry: _of_actor(alike[entry.line], by_actor) if entry.line in alike else None)
    found = []
    for entry in entries:
        member = register.members.get(unsettled.found.get(entry.line, ""))
        key = member.key if member else _new_key(entry, keys[entry.line], register, known)
        perhaps = [alike[entry.line]] if member is None and entry.line in alike else []
        found.append(
            Resolved(
                entry,
                key,
                member,
                _free(decisions[entry.line], member, by_actor),
                tuple(item for item in perhaps if item.verdict == "doubtful"),
            )
        )
    return tuple(found)


def _settle_renamed(unsettled: _Open, renamed: Mapping[str, str]) -> None:
    lines = {words.key_of(entry.name): entry for entry in unsettled.entries}
    for new, old in renamed.items():
        entry = lines.get(words.key_of(new))
        if entry is None:
            raise _unknown(new, [item.name for item in unsettled.entries], "in the list")
        bearers = _by_name(unsettled.members.values()).get(words.key_of(old), [])
        if len(bearers) != 1:
            names = [item.name for member in unsettled.members.values() for item in member.mentions.values()]
            raise _unknown(old, names, "among the members of earlier editions")
        unsettled.settle(lambda item, line=entry.line, to=bearers[0]: to if item.line == line else None)  # type: ignore[misc]


def _unknown(name: str, there: Sequence[str], where: str) -> AcagraphError:
    near = difflib.get_close_matches(name, there, n=3)
    hint = f"; near are {', '.join(near)}" if near else ""
    return AcagraphError(f'--rename: "{name}" is not, or not once, {where}{hint}')


def _keys(entries: Sequence[Entry]) -> dict[int, str]:
    """Return the key that each entry has as a new member; of several entries with one key each gets more."""
    bases: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        bases[key_of_text(entry.id or entry.name)].append(entry)
    found = {}
    for base, bearers in bases.items():
        for entry in bearers:
            more = short_hash(entry.id, entry.name, entry.kind, entry.country, entry.city)
            found[entry.line] = base if len(bearers) == 1 else f"{base}-{more}"
    return found


def _new_key(entry: Entry, key: str, register: Register, known: Known) -> str:
    """Return the key of a new member: that of a national government is made of its country's."""
    if entry.type == "NationalGovernment":
        key = f"{known.places[entry.country].removeprefix('place/')}-government"
    if key in register.members:
        return f"{key}-{short_hash(entry.id, entry.name, entry.kind, entry.country, entry.city)}"
    return key


def record_ids(entries: Sequence[Entry]) -> dict[int, tuple[str, str]]:
    """Return the id of each record, and the slug of it, by line."""
    keys = _keys(entries)
    return {entry.line: (entry.id or keys[entry.line], keys[entry.line]) for entry in entries}


_Index = Mapping[str, Sequence[Member]]


def _index(pairs: Iterable[tuple[str, Member]]) -> _Index:
    found: dict[str, list[Member]] = defaultdict(list)
    for text, member in pairs:
        if text and member not in found[text]:
            found[text].append(member)
    return found


def _by_id(members: Iterable[Member]) -> _Index:
    return _index((f"id:{item.record_id}", member) for member in members for item in member.mentions.values())


def _by_identifier(members: Iterable[Member]) -> _Index:
    return _index(
        (f"{kind}:{member.described[column]}", member)
        for member in members
        for column, kind in (("identifier", "lei"), ("isin", "isin"))
        if member.described.get(column)
    )


def _by_name(members: Iterable[Member]) -> dict[str, list[Member]]:
    pairs = ((words.key_of(item.name), member) for member in members for item in member.mentions.values())
    return {name: list(found) for name, found in _index(pairs).items()}


def _identifiers(entry: Entry) -> list[str]:
    pairs = (("id", entry.id), ("lei", entry.lei), ("isin", entry.isin))
    return [f"{kind}:{value}" for kind, value in pairs if value]


def _only(index: _Index, texts: Iterable[str]) -> Member | None:
    """Return the member that alone has the first of some identifiers that anybody has."""
    found = next((index[text] for text in texts if text in index), ())
    return found[0] if len(found) == 1 else None


def _named(
    entry: Entry,
    names: Mapping[str, Sequence[Member]],
    known: Known,
    there: Mapping[str, Member],
) -> Member | None:
    """Return the one member that has the name and contradicts neither kind nor country."""
    found = []
    for member in names.get(words.key_of(entry.name), ()):
        kind, country = known.described(member)
        fits = UNTOLD in (kind, entry.type) or comparable(kind, entry.type)
        if member.key in there and fits and (not country or not entry.country or country == entry.country):
            found.append(member)
    return found[0] if len(found) == 1 else None


def _decide(
    entries: Sequence[Entry], unsettled: _Open, register: Register, known: Known, keys: Mapping[int, str]
) -> dict[int, Decision]:
    """Return which known actor each entry is; members that were matched before stay so, but for a person."""
    same = dict(known.rulings.same)
    queries = []
    for entry in entries:
        key = unsettled.found.get(entry.line, keys[entry.line])
        member = register.members.get(key) if entry.line in unsettled.found else None
        query = register.query(key)
        parted = known.rulings.different.get(query, frozenset())
        if member is not None and member.match and member.actor not in parted:
            same.setdefault(query, member.actor)
        queries.append(_query(entry, query))
    own = {member.actor for member in register.members.values() if member.described}
    outside = {query: thing for query, thing in same.items() if thing not in own}
    rulings = Rulings(outside, known.rulings.different)
    answers = Matcher(known.actors).match_all(queries, rulings)
    return {entry.line: answer for entry, answer in zip(entries, answers, strict=True)}


def _query(entry: Entry, thing: str) -> Actor:
    identifiers = {f"{kind}:{value}" for kind, value in (("lei", entry.lei), ("isin", entry.isin)) if value}
    if entry.type == "NationalGovernment" and entry.country:
        identifiers.add(f"iso3166-1:{entry.country}")
    names = tuple(dict.fromkeys(name for name in (entry.name, entry.name_en, _area(entry)) if name))
    return Actor(thing, names, entry.type, entry.country or None, frozenset(identifiers))


def _area(entry: Entry) -> str:
    return entry.city if entry.type == "LocalGovernment" else ""


def _of_actor(decision: Decision, by_actor: Mapping[str, Member]) -> Member | None:
    return by_actor.get(decision.thing or "") if decision.verdict == "same" else None


def _alike(
    unsettled: _Open, register: Register, known: Known, keys: Mapping[int, str]
) -> dict[int, Decision]:
    """Return which members that no row names the unresolved entries are like."""
    left = []
    for member in unsettled.members.values():
        kind, country = known.described(member)
        names = tuple(dict.fromkeys(item.name for item in member.mentions.values()))
        if names:
            left.append(Actor(member.actor, names, kind, country))
    if not left or not unsettled.entries:
        return {}
    queries = [_query(entry, register.query(keys[entry.line])) for entry in unsettled.entries]
    answers = Matcher(left).match_all(queries, Rulings({}, known.rulings.different))
    return {entry.line: answer for entry, answer in zip(unsettled.entries, answers, strict=True)}


def _free(decision: Decision, member: Member | None, by_actor: Mapping[str, Member]) -> Decision:
    """Make doubtful what would give an actor to a second member."""
    holder = by_actor.get(decision.thing or "")
    if decision.verdict != "same" or holder is None or holder is member:
        return decision
    reason = f"another member of the list is this actor already; {decision.reason}"
    return Decision("doubtful", decision.thing, decision.name, decision.method, 0.5, reason)
