"""What an endpoint does not state yet of the claims that could be made there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from acagraph.wikidata.client import Client
from acagraph.wikidata.items import item_of
from acagraph.wikidata.memberships import Claim, Exportable, order, united
from acagraph.wikidata.terms import HEAD, MEMBER_OF, items

STATED = "stated there already"
GONE = "an item is not there any more"
_BATCH = 100


def lacking(client: Client, found: Exportable) -> Exportable:
    """Return the claims that the endpoint does not state, each with the items of today, and why others fell.

    An item that was merged into another stands for that one. Every statement counts, whatever its rank: one
    that was deprecated was so for a reason. Raises what Client.rows raises.
    """
    today = _today(client, sorted({number for one in found.claims for number in (one.member, one.coalition)}))
    left_out = Counter(found.left_out)
    moved: dict[tuple[str, str, str], Claim] = {}
    for claim in found.claims:
        member, coalition = today.get(claim.member), today.get(claim.coalition)
        if member is None or coalition is None:
            left_out[GONE] += 1
            continue
        made = replace(claim, member=member, coalition=coalition)
        key = (member, coalition, claim.start)
        moved[key] = united(moved[key], made) if key in moved else made
    stated = _stated(client, list(moved.values()))
    kept = [claim for claim in moved.values() if (claim.member, claim.coalition) not in stated]
    left_out[STATED] += len(moved) - len(kept)
    told = {reason: number for reason, number in sorted(left_out.items()) if number}
    return Exportable(tuple(sorted(kept, key=order)), told)


def _today(client: Client, numbers: Sequence[str]) -> dict[str, str]:
    """Return what each item is now: itself, or the one that it was merged into; not one that was deleted."""
    found: dict[str, str] = {}
    for row in client.batched(_targets, numbers, size=_BATCH):
        number, target = item_of(row, "item"), item_of(row, "target")
        if number is not None and target is not None and found.get(number, number) == number:
            found[number] = target
    return found


def _stated(client: Client, claims: Sequence[Claim]) -> set[tuple[str | None, str | None]]:
    coalitions = sorted({claim.coalition for claim in claims})
    members = {claim.member for claim in claims}
    return {
        (item_of(row, "member"), item_of(row, "coalition"))
        for row in client.batched(lambda some: _statements(some, coalitions), members, size=_BATCH)
    }


def _targets(numbers: Sequence[str]) -> str:
    values = f"VALUES ?item {{ {items(numbers)} }}"
    return f"""{HEAD}SELECT DISTINCT ?item ?target WHERE {{
  {{ {values} ?item owl:sameAs ?target }}
  UNION {{ {values} ?item rdfs:label ?label . BIND(?item AS ?target) }}
}}"""


def _statements(members: Sequence[str], coalitions: Sequence[str]) -> str:
    return f"""{HEAD}PREFIX p: <http://www.wikidata.org/prop/>
PREFIX ps: <http://www.wikidata.org/prop/statement/>
SELECT DISTINCT ?member ?coalition WHERE {{
  VALUES ?member {{ {items(members)} }} VALUES ?coalition {{ {items(coalitions)} }}
  ?member p:{MEMBER_OF} ?statement . ?statement ps:{MEMBER_OF} ?coalition
}}"""
