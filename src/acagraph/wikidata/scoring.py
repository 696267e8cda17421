"""How sure a candidate is, and in which words that is told to the one who reviews it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from acagraph.wikidata.candidates import Found
from acagraph.wikidata.items import Item
from acagraph.wikidata.judgement import NEAR, View, contradictions, view
from acagraph.wikidata.subjects import Subject

# What each kind of evidence is worth. These numbers order a reviewer's work; they were not measured.
_IDENTIFIER = 0.97
_NEARLY = 0.85
_NAME_NEAR = 0.92
_NAME_REACH = 0.75
_NAME_COUNTRY = 0.7
_NAME_ONLY = 0.5
_CONTRADICTED = 0.4
_SETTLEMENT = 0.4
_ABOLISHED = 0.3
_AMBIGUOUS = 0.5
_TWIN = 0.1


@dataclass(frozen=True)
class Candidate:
    """An item for a thing with how sure it is, from 0 to 1; `exact` when nothing says it is only close."""

    item: Item
    confidence: float
    exact: bool
    names: tuple[str, ...]
    identifiers: tuple[str, ...]
    comment: str


def score(
    subject: Subject,
    found: Mapping[str, Found],
    items: Mapping[str, Item],
    roots: Mapping[str, frozenset[str]],
) -> tuple[Candidate, ...]:
    """Return the items that can be a thing, the surest first, equals by number.

    An item of another kind or too far away, and of a place one in another country, is left out unless it
    shares an identifier.
    """
    views = {number: view(subject, items[number], roots) for number in found if items[number].known}
    kept = {
        number: seen
        for number, seen in views.items()
        if _shared(subject, found[number]) or _possible(subject, seen)
    }
    made = [_candidate(subject, items[number], found[number], seen) for number, seen in kept.items()]
    judged = [_among(one, made, kept) for one in made]
    return tuple(sorted(judged, key=lambda one: (-one.confidence, int(one.item.number[1:]))))


def _shared(subject: Subject, found: Found) -> frozenset[str]:
    return frozenset(found.identifiers) & subject.identifiers


def _possible(subject: Subject, seen: View) -> bool:
    """Say whether an item can be meant; a company can be given the country of its seat or of its founding."""
    elsewhere = seen.country is False and "Place" in subject.kinds
    return not (seen.fit == "other" or seen.far or elsewhere)


def _candidate(subject: Subject, item: Item, found: Found, seen: View) -> Candidate:
    """Judge an item by itself."""
    shared, near = _shared(subject, found), frozenset(found.identifiers) & subject.near
    against = _against(subject, item, seen)
    if shared:
        confidence = _IDENTIFIER
    elif near:
        confidence = _NEARLY if found.names or _level(seen) == "near" else _NAME_COUNTRY
    else:
        confidence = _by_name(seen)
    if against:
        confidence = min(confidence, _CONTRADICTED)
    if seen.fit == "settlement":
        confidence = min(confidence, _SETTLEMENT)
    if item.abolished:
        confidence = min(confidence, _ABOLISHED)
    identifiers = tuple(sorted(shared | near))
    return Candidate(
        item=item,
        confidence=confidence,
        exact=seen.fit == "fits" and not against and not item.abolished,
        names=tuple(sorted(found.names)),
        identifiers=identifiers,
        comment="; ".join((*_for(found, identifiers, seen), *against, *_notes(item, seen))),
    )


def _by_name(seen: View) -> float:
    if seen.apart is not None and seen.apart <= NEAR and seen.fit != "unknown":
        return _NAME_NEAR
    if seen.apart is not None:
        return _NAME_REACH
    return _NAME_COUNTRY if seen.country and seen.fit == "fits" else _NAME_ONLY


def _among(one: Candidate, others: Sequence[Candidate], views: Mapping[str, View]) -> Candidate:
    """Lower what several items share: a settlement of the name beside a unit, or units of one name alike."""
    number = one.item.number
    rest = [other for other in others if other.item.number != number and other.names and one.names]
    twins = [other for other in rest if views[other.item.number].fit == "settlement"]
    rivals = [
        other for other in rest if other.exact and _level(views[other.item.number]) == _level(views[number])
    ]
    comment, confidence = one.comment, one.confidence
    if one.exact and twins:
        comment += f"; {_listed(twins)} is the settlement of this name, not the administrative unit"
        confidence -= _TWIN
    units = [other for other in rest if other.exact]
    if views[number].fit == "settlement" and units:
        comment += f"; {_listed(units)} is an administrative unit of this name"
    if one.exact and rivals and not one.identifiers:
        comment += f"; so is {_listed(rivals)}"
        confidence = min(confidence, _AMBIGUOUS)
    return Candidate(one.item, round(confidence, 2), one.exact, one.names, one.identifiers, comment)


def _level(seen: View) -> str:
    """Return how near an item is, roughly: one that is near has no rival in one whose place is not known."""
    return "near" if seen.apart is not None and seen.apart <= NEAR else "elsewhere"


def _for(found: Found, identifiers: Sequence[str], seen: View) -> list[str]:
    told = [f"same {' and '.join(identifiers)}"] if identifiers else []
    if found.names:
        told.append(f"same name{' and country' if seen.country else ''}")
    return told


def _against(subject: Subject, item: Item, seen: View) -> list[str]:
    told = [f"different {kind}" for kind in contradictions(subject, item)]
    if seen.country is False:
        told.append(f"in {subject.country} here, in {', '.join(sorted(item.countries))} there")
    if seen.fit == "other":
        told.append("of another kind")
    if seen.far:
        told.append("too far away")
    return told


def _notes(item: Item, seen: View) -> list[str]:
    told = [f"{seen.apart:.1f} km apart"] if seen.apart is not None else ["no distance to compare"]
    if seen.fit == "settlement":
        told.append("a human settlement, not an administrative unit")
    if seen.fit == "unknown":
        told.append("its class is not told")
    if item.abolished:
        told.append(f"abolished {item.abolished[:10]}")
    return told


def _listed(candidates: Sequence[Candidate]) -> str:
    return " or ".join(sorted((one.item.number for one in candidates), key=lambda number: int(number[1:])))
