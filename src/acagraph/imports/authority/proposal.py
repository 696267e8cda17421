"""Candidates for links: our things matched with the entries of another dataset, never more than proposed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from acagraph.imports.authority.entries import Entry
from acagraph.links.collection import CLOSE, EXACT
from acagraph.links.forms import form_of
from acagraph.links.kinds import PLACES
from acagraph.links.model import DISTANCE_SLOT
from acagraph.links.model import Mapping as Link
from acagraph.links.things import Thing
from acagraph.reconciliation import Actor, Decision, Matcher, Rulings, name_key
from acagraph.reconciliation.evidence import distance
from acagraph.vocab import PREFIXES

_SEMAPV = PREFIXES["semapv"]
# Places are compared as those who govern them: the same words are left out of their names.
_ACTORS = {
    "Settlement": "LocalGovernment",
    "County": "CountyGovernment",
    "FirstLevelDivision": "RegionalGovernment",
    "Country": "NationalGovernment",
}
# So many entries are shown for a thing when none is settled; beyond so many kilometres only the first.
_ALTERNATIVES = 3
_FAR = 50.0
# An entry that is not the first choice, and one that is far away.
_SECOND = 0.3
_UNLIKELY = 0.2
_SUREST = 0.99
_ANY = "*"
_QUALIFIER = re.compile(r"\s*[,(/]|\s+[-–—]\s+")
# The matcher speaks of actors and records.
_WORDS = (("known actors have", "entries have"), ("records have", "of our things have"))

Pair = tuple[str, str]
_Block = tuple[str, str | None]


@dataclass(frozen=True)
class _Proposal:
    thing: Thing
    entry: Entry
    decision: Decision
    first: bool


def propose(
    things: Iterable[Thing], entries: Iterable[Entry], *, rejected: Collection[Pair] = ()
) -> list[Link]:
    """Return links that things may have to entries, sorted, with confidence, justification and reason.

    An exact match is proposed where the entry is of the thing's class and means the area that is governed; a
    town of the name of a municipality is a close match. `rejected` are things and entries, by IRI, that were
    told apart.
    """
    ours = _by_sort(things)
    blocks = {block for found in ours.values() for thing in found for block in _blocks(thing)}
    near = [entry for entry in entries if entry.kind == "Country" or blocks & _entry_blocks(entry)]
    different: dict[str, set[str]] = defaultdict(set)
    for subject, target in rejected:
        different[subject].add(target)
    links: dict[Pair, Link] = {}
    for sort, found in ours.items():
        for populated in (False, True):
            there = [e for e in near if e.populated == populated and (e.kind in PLACES) == (sort == "place")]
            for proposal in _matched(found, there, different) if there else ():
                link = _link(proposal)
                links.setdefault((link.subject, link.object), link)
    return [links[pair] for pair in sorted(links)]


def _by_sort(things: Iterable[Thing]) -> dict[str, list[Thing]]:
    found: dict[str, list[Thing]] = {"place": [], "agent": []}
    for thing in things:
        if thing.sort == "place" and set(thing.kinds) & set(PLACES):
            found["place"].append(thing)
        elif thing.sort in ("agent", "coalition"):
            found["agent"].append(thing)
    return found


def _blocks(thing: Thing) -> set[_Block]:
    """Return the names of a thing as they are looked up, in its country and anywhere."""
    keys = {key for kind in _kinds(thing) for name in thing.names for key in _name_keys(name, kind)}
    return {(key, country) for key in keys for country in (thing.country, _ANY)}


def _entry_blocks(entry: Entry) -> set[_Block]:
    kind = _ACTORS.get(entry.kind, entry.kind)
    # A company's country differs from list to list, and of some things none is known.
    somewhere = entry.country is None or entry.kind not in PLACES
    countries = (_ANY,) if somewhere else (entry.country, None)
    return {(key, country) for name in entry.names for key in _name_keys(name, kind) for country in countries}


def _kinds(thing: Thing) -> list[str]:
    """Return the classes as which a thing is compared."""
    return sorted(
        {_ACTORS.get(kind, kind) for kind in thing.kinds if thing.sort != "place" or kind in PLACES}
    )


def _name_keys(name: str, kind: str) -> Iterator[str]:
    for text in {name, _QUALIFIER.split(name)[0]}:
        key = name_key(text, kind).replace(" ", "")
        if key:
            yield key


def _matched(
    things: list[Thing], entries: list[Entry], different: Mapping[str, set[str]]
) -> Iterator[_Proposal]:
    """Yield what the matcher finds, and where it leaves a name in doubt the likeliest that bear it."""
    known = {entry.iri: entry for entry in entries}
    named: dict[_Block, list[Entry]] = defaultdict(list)
    for entry in entries:
        for block in _entry_blocks(entry):
            named[block].append(entry)
    asked = [
        (thing, actor)
        for thing in things
        if not named.keys().isdisjoint(_blocks(thing)) or "Country" in thing.kinds
        for actor in _actors(thing)
    ]
    rulings = Rulings(different={a.thing: frozenset(different.get(t.iri, ())) for t, a in asked})
    decisions = Matcher(map(_actor, entries)).match_all([actor for _, actor in asked], rulings)
    for (thing, _), decision in zip(asked, decisions, strict=True):
        if decision.thing is None:
            continue
        first = known[decision.thing]
        if decision.verdict == "same" or decision.method != "name":
            yield _Proposal(thing, first, decision, first=True)
            continue
        others = {entry.iri: entry for block in _blocks(thing) for entry in named.get(block, ())}
        others = {iri: each for iri, each in others.items() if iri not in different.get(thing.iri, ())}
        for place, entry in enumerate(_likeliest(thing, [first, *others.values()])):
            yield _Proposal(thing, entry, decision, first=place == 0)


def _likeliest(thing: Thing, entries: list[Entry]) -> list[Entry]:
    """Return the entries that a thing may most probably be: near ones, then by first name and size."""
    own = {key for kind in _kinds(thing) for name in thing.names for key in _name_keys(name, kind)}

    def order(entry: Entry) -> tuple[float, bool, int, str]:
        kilometres = _apart(thing, entry)
        bears = not own.isdisjoint(_name_keys(entry.names[0], _ACTORS.get(entry.kind, entry.kind)))
        return (
            kilometres if kilometres is not None else _FAR,
            not bears,
            -(entry.population or 0),
            entry.iri,
        )

    ordered = sorted({entry.iri: entry for entry in entries}.values(), key=order)
    return [ordered[0], *(each for each in ordered[1:] if not _is_far(thing, each))][:_ALTERNATIVES]


def _apart(thing: Thing, entry: Entry) -> float | None:
    """Return the kilometres between a thing and an entry, None when either's position is not known."""
    if thing.position is None or entry.position is None:
        return None
    return distance(thing.position, entry.position)


def _is_far(thing: Thing, entry: Entry) -> bool:
    return (_apart(thing, entry) or 0.0) > _FAR


def _actor(entry: Entry) -> Actor:
    kind = _ACTORS.get(entry.kind, entry.kind)
    return Actor(
        entry.iri, entry.names, kind, entry.country, entry.identifiers, entry.position, entry.population
    )


def _actors(thing: Thing) -> Iterator[Actor]:
    """Yield a thing as it is compared, once for each class; those of one name are told apart by it."""
    for kind in _kinds(thing):
        yield Actor(
            f"{thing.iri} {kind}",
            thing.names,
            kind,
            thing.country,
            thing.codes,
            thing.position,
            thing.population,
        )


def _link(proposal: _Proposal) -> Link:
    thing, entry, decision = proposal.thing, proposal.entry, proposal.decision
    sure = min(decision.score, _SUREST)
    if decision.thing != entry.iri or not proposal.first:
        sure = min(sure, 0.5 if proposal.first else _SECOND)
    if _is_far(thing, entry):
        sure = min(sure, _UNLIKELY)
    kilometres = _apart(thing, entry)
    slots = {
        "subject_label": thing.label,
        "subject_category": ", ".join(thing.kinds),
        "object_label": entry.names[0],
        "object_category": entry.category,
        "confidence": f"{round(sure, 2):g}",
        "other": _other(entry),
        "comment": _reason(proposal),
        DISTANCE_SLOT: "" if kilometres is None else f"{round(kilometres, 1):g}",
    }
    return Link(
        thing.iri,
        _predicate(thing, entry),
        entry.iri,
        _SEMAPV + _justification(decision),
        # Blanks of all kinds would not outlive a table.
        {name: plain for name, text in slots.items() if (plain := " ".join(text.split()))},
    )


def _reason(proposal: _Proposal) -> str:
    """Return why an entry is proposed, in words; of one that the matcher did not choose, what it shares."""
    if proposal.decision.thing == proposal.entry.iri:
        reason = proposal.decision.reason
        for word, ours in _WORDS:
            reason = reason.replace(word, ours)
        return reason
    kilometres = _apart(proposal.thing, proposal.entry)
    found = "one of several of this name" if proposal.first else "another of this name"
    return found if kilometres is None else f"{found}; {kilometres:.1f} km apart"


def _predicate(thing: Thing, entry: Entry) -> str:
    """Return the relation that is proposed; how sure it is does not matter here."""
    if entry.kind in PLACES and entry.kind not in thing.kinds:
        return CLOSE
    form = form_of(entry.iri)
    town = entry.populated or (form is not None and form.name == "geonames" and not entry.category)
    return CLOSE if town and thing.governed else EXACT


def _justification(decision: Decision) -> str:
    if decision.method == "identifier":
        return "BackgroundKnowledgeBasedMatching"
    if decision.method == "similar":
        return "LexicalSimilarityThresholdMatching"
    compared = re.search(r"km apart|populations 1 :", decision.reason)
    return "CompositeMatching" if compared else "LexicalMatching"


def _other(entry: Entry) -> str:
    """Return what the reviewer is shown of an entry: keys and values, as SSSOM has it in this slot."""
    told = {"country": entry.country or ""}
    if entry.position is not None:
        told |= {"latitude": f"{entry.position[0]:.5f}", "longitude": f"{entry.position[1]:.5f}"}
    if entry.population:
        told["population"] = str(entry.population)
    names = [name for name in entry.names[1:] if name != entry.names[0]][:3]
    told["names"] = ", ".join(names)
    return "|".join(f"{name}={text.replace('|', '/')}" for name, text in told.items() if text)
