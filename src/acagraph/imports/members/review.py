"""The review of a list: who may be somebody that is known, for a person to decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from acagraph.imports.members.resolution import Resolved
from acagraph.imports.members.state import Register
from acagraph.imports.members.update import Update
from acagraph.imports.tables import Cells
from acagraph.reconciliation import Decision


def reviewed(register: Register, resolved: Sequence[Resolved], made: Update) -> Register:
    """Return the register with its review: rows that are decided, those of other members, and new doubts."""
    seen = {register.query(item.key) for item in resolved}
    members = {register.query(key) for key in register.members}
    kept = [
        row
        for row in register.review
        if row["decision"] or (row["record"] not in seen and row["record"] in members)
    ]
    ruled = {(row["record"], row["candidate"]) for row in kept}
    actors = {outcome.member.key: outcome.member.actor for outcome in made.outcomes}
    for item in resolved:
        for decision in _doubts(item, actors.get(item.key, "")):
            row = _row(register, item, decision)
            if (row["record"], row["candidate"]) not in ruled:
                kept.append(row)
                ruled.add((row["record"], row["candidate"]))
    return replace(register, review=tuple(kept))


def _doubts(item: Resolved, actor: str) -> Iterator[Decision]:
    yield from item.perhaps
    decision = item.decision
    if decision.thing is None or decision.thing == actor:
        return
    if decision.verdict == "doubtful":
        yield decision
    elif decision.verdict == "same":
        reason = f"the list described its member before this actor was known; {decision.reason}"
        yield replace(decision, verdict="doubtful", reason=reason)


def _row(register: Register, item: Resolved, decision: Decision) -> Cells:
    return {
        "record": register.query(item.key),
        "name": item.entry.name,
        "country": item.entry.country,
        "candidate": decision.thing or "",
        "candidate_name": decision.name or "",
        "score": str(decision.score),
        "reason": decision.reason,
        "decision": "",
    }
