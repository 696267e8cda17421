"""How a proposed link looks: our thing and the other dataset's item beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from acagraph.vocab import compact

if TYPE_CHECKING:
    from rich.console import Group

    from acagraph.links.collection import Claim
    from acagraph.links.queue import Item

_MOST = 5


def row_of(item: Item) -> dict[str, Any]:
    """Return a proposed link as it is listed, for people and machines."""
    from acagraph.links.collection import name_of

    link = item.claim.link
    return {
        "subject": link.subject,
        "label": item.thing.label if item.thing else compact(link.subject),
        "kinds": list(item.thing.kinds) if item.thing else [],
        "country": item.thing.country if item.thing else None,
        "relation": compact(link.predicate),
        "object": link.object,
        "object_label": link.slots.get("object_label"),
        "set": name_of(item.claim.group.path),
        "confidence": item.confidence,
        "conflict": item.conflict,
        "distance_km": apart(item),
        "decision": item.review.decision if item.review else None,
        "others": [other.link.object for other in item.others],
        "claimants": [other.link.subject for other in item.claimants],
        "reason": link.slots.get("comment", ""),
    }


def screen(item: Item, place: int, number: int) -> Group:
    """Return both sides of a proposed link with what speaks for and against it."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    link = item.claim.link
    head = f"{place} of {number}   {compact(link.predicate)}   confidence {item.confidence:.2f}"
    sides = Table(show_edge=False, pad_edge=False, expand=True)
    sides.add_column("")
    sides.add_column("ours", ratio=1, overflow="fold")
    sides.add_column(item.claim.dataset, ratio=1, overflow="fold")
    theirs = _theirs(item.claim)
    for name, text in _ours(item).items():
        if text or theirs.get(name):
            sides.add_row(name, Text(text), Text(theirs.get(name, "")))
    below = [Text(line) for line in _lines(item)]
    title = Text(head, style="bold")
    if item.conflict:
        title.append("   conflict", style="bold red")
    return Group(Text(""), title, sides, *below)


def apart(item: Item) -> float | None:
    """Return the kilometres between our thing and the item, where both positions are known."""
    from acagraph.reconciliation.evidence import distance

    told = told_of(item.claim)
    if item.thing is None or item.thing.position is None:
        return None
    try:
        there = float(told["latitude"]), float(told["longitude"])
    except (KeyError, ValueError):
        return None
    return round(distance(item.thing.position, there), 1)


def told_of(claim: Claim) -> dict[str, str]:
    """Return what a set tells of an object beside the slots: keys and values in the slot `other`."""
    parts = (part.partition("=") for part in claim.link.slots.get("other", "").split("|"))
    return {name.strip(): text.strip() for name, sign, text in parts if sign}


def _ours(item: Item) -> dict[str, str]:
    thing = item.thing
    if thing is None:
        return {"name": "(not in the data)", "address": item.claim.link.subject}
    return {
        "name": thing.label,
        "address": thing.iri,
        "kind": ", ".join(thing.kinds),
        "country": thing.country or "",
        "position": "" if thing.position is None else f"{thing.position[0]:.4f}, {thing.position[1]:.4f}",
        "population": "" if thing.population is None else f"{thing.population:,}",
        "names": ", ".join(thing.names[1 : _MOST + 1]),
    }


def _theirs(claim: Claim) -> dict[str, str]:
    slots, told = claim.link.slots, told_of(claim)
    where = [told[name] for name in ("latitude", "longitude") if name in told]
    return {
        "name": slots.get("object_label", ""),
        "address": claim.link.object,
        "kind": slots.get("object_category", ""),
        "country": told.get("country", ""),
        "position": ", ".join(f"{float(text):.4f}" if _is_number(text) else text for text in where),
        "population": f"{int(told['population']):,}" if told.get("population", "").isdecimal() else "",
        "names": told.get("names", ""),
    }


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdecimal()


def _lines(item: Item) -> list[str]:
    slots = item.claim.link.slots
    kilometres = apart(item)
    source = slots.get("object_source_version") or slots.get("mapping_tool", "")
    told = [
        f"Why: {slots.get('comment', 'nothing is said')} ({compact(item.claim.link.justification)})",
        f"From: {source}" if source else "",
        f"Apart: {kilometres} km{_too_far(item, kilometres)}" if kilometres is not None else "",
        *(f"Also said to be it: {_claim(other)}" for other in item.others[:_MOST]),
        *(
            f"Also claimed by {compact(other.link.subject)}: {_claim(other)}"
            for other in item.claimants[:_MOST]
        ),
    ]
    hidden = max(0, len(item.others) - _MOST) + max(0, len(item.claimants) - _MOST)
    if hidden:
        told.append(f"and {hidden} more")
    if item.review is not None:
        told.append(f"Decided before: {item.review.decision}, by {item.review.who}, {item.review.day}")
    return [line for line in told if line]


def _too_far(item: Item, kilometres: float) -> str:
    from acagraph.links.coherence import FARTHEST

    settlement = item.thing is not None and "Settlement" in item.thing.kinds
    return "; too far for one settlement: it would be refused" if settlement and kilometres > FARTHEST else ""


def _claim(claim: Claim) -> str:
    from acagraph.links.collection import name_of

    label = claim.link.slots.get("object_label", "")
    sure = claim.link.slots.get("confidence")
    told = (claim.standing, f"set {name_of(claim.group.path)}", f"confidence {sure}" if sure else "")
    return f"{claim.link.object} {label} ({', '.join(filter(None, told))})"
