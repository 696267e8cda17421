"""Whether confirmed items still are what they were when a link to them was confirmed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

from acagraph.errors import SourceError
from acagraph.reconciliation.folding import fold
from acagraph.stores.protocol import Store
from acagraph.wikidata.client import Client, Progress
from acagraph.wikidata.items import Item, read_items, read_roots
from acagraph.wikidata.judgement import contradictions, reach, view
from acagraph.wikidata.subjects import Subject, confirmed, described
from acagraph.wikidata.terms import ITEM, number_of

State = Literal["ok", "changed", "redirected", "missing"]
What = Literal["label", "class", "country", "distance", "abolished", "identifier"]
_MOST_NAMES = 3


@dataclass(frozen=True)
class Finding:
    """One thing in which an item differs from ours, both sides as text."""

    what: What
    ours: str
    theirs: str
    message: str


@dataclass(frozen=True)
class Health:
    """How a link to an item stands: `target` is the item that it was merged into.

    `missing` is an item of which nothing is said, `changed` one of which something differs. `checked` is an
    ISO date and time.
    """

    subject: str
    predicate: str
    object: str
    checked: str
    endpoint: str
    state: State
    target: str | None = None
    findings: tuple[Finding, ...] = ()


def health_of(
    client: Client, store: Store, *, checked: str, progress: Progress | None = None
) -> tuple[Health, ...]:
    """Check every link to Wikidata of a release, sorted by thing, relation and item.

    Raises StoreError when the endpoint cannot be asked to the end; a second run goes on there.
    """
    links = confirmed(store)
    things = {subject.iri: subject for subject in described(store)}
    numbers = {number for _, _, item in links if (number := number_of(item))}
    items = read_items(client, numbers, languages=(), progress=progress)
    targets = {item.target for item in items.values() if item.target} - items.keys()
    items |= read_items(client, targets, languages=())
    roots = read_roots(client, {number for item in items.values() for number in item.classes})
    made = []
    for thing, relation, link in links:
        item = items.get(number_of(link) or "") or Item(link.removeprefix(ITEM), known=False)
        state, target, findings = _judged(things.get(thing), relation, item, items, roots)
        made.append(Health(thing, relation, link, checked, client.endpoint, state, target, findings))
    return tuple(made)


def write_health(checks: tuple[Health, ...]) -> bytes:
    """Return a report as JSON lines, one check in each, in their order."""
    lines = (json.dumps(asdict(check), ensure_ascii=False) for check in checks)
    return "".join(f"{line}\n" for line in lines).encode()


def read_health(path: Path) -> tuple[Health, ...]:
    """Read a report. Raises SourceError, with the line, for what is no check."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot be read: {error}; check the items again", path=path) from error
    made = []
    for number, line in enumerate(lines, start=1):
        try:
            made.append(_check(json.loads(line)))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            message = f"is no check of an item ({error}); check the items again"
            raise SourceError(message, path=path, line=number) from error
    return tuple(made)


def _check(told: dict[str, object]) -> Health:
    if not isinstance(told, dict) or told.get("state") not in get_args(State):
        raise ValueError(f"its state is none of {', '.join(get_args(State))}")
    findings = told.pop("findings", [])
    if not isinstance(findings, list) or not all(isinstance(value, str | None) for value in told.values()):
        raise ValueError("a value of the wrong kind")
    return Health(**told, findings=tuple(Finding(**each) for each in findings))  # type: ignore[arg-type]


def _judged(
    subject: Subject | None,
    relation: str,
    item: Item,
    items: Mapping[str, Item],
    roots: Mapping[str, frozenset[str]],
) -> tuple[State, str | None, tuple[Finding, ...]]:
    reached = items[item.target] if item.target else item
    findings: tuple[Finding, ...] = ()
    if subject is not None and reached.known:
        close = relation.endswith("#closeMatch")
        findings = tuple(_findings(subject, reached, roots, close=close))
    if item.target:
        return "redirected", ITEM + item.target, findings
    if not item.known:
        return "missing", None, ()
    return ("changed" if findings else "ok"), None, findings


def _findings(
    subject: Subject, item: Item, roots: Mapping[str, frozenset[str]], *, close: bool
) -> list[Finding]:
    """Return the differences; of what is linked as close alone, a settlement is of the right kind."""
    seen = view(subject, item, roots)
    kinds = ", ".join(sorted(subject.kinds))
    found = []
    if item.names and not _share_name(subject, item):
        ours = ", ".join(name.text for name in subject.names[:_MOST_NAMES])
        found.append(Finding("label", ours, item.label, "no name of ours is among its names"))
    if seen.fit == "other" or (seen.fit == "settlement" and not close):
        classes = ", ".join(sorted(item.classes))
        why = "a human settlement" if seen.fit == "settlement" else "of another kind"
        found.append(Finding("class", kinds, classes, f"it is {why}"))
    if seen.country is False:
        theirs = ", ".join(sorted(item.countries))
        found.append(Finding("country", subject.country or "", theirs, "it lies in another country"))
    if seen.far and seen.apart is not None:
        message = f"{seen.apart:.1f} km apart, more than {reach(subject):.0f}"
        ours, theirs = _point(subject.position), _point(item.positions[0])
        found.append(Finding("distance", ours, theirs, message))
    if item.abolished:
        found.append(Finding("abolished", "", item.abolished[:10], "it no longer exists"))
    for kind in contradictions(subject, item):
        ours, theirs = (
            ", ".join(sorted(name for name in names if name.startswith(f"{kind}:")))
            for names in (subject.identifiers, item.identifiers)
        )
        found.append(Finding("identifier", ours, theirs, f"its {kind} is another"))
    return found


def _share_name(subject: Subject, item: Item) -> bool:
    ours = {fold(name.text, digraphs=way) for name in subject.names for way in (False, True)}
    theirs = {fold(name, digraphs=way) for name in item.names for way in (False, True)}
    return bool(ours & theirs)


def _point(position: tuple[float, float] | None) -> str:
    return "" if position is None else f"{position[0]:.5f}, {position[1]:.5f}"
