"""Candidates for links from a live endpoint, as a set of mappings for a person to review."""

from __future__ import annotations

from collections import abc
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from acagraph.links.model import CANDIDATE, DISTANCE, DISTANCE_SLOT, Mapping, MappingSet, text_of_values
from acagraph.reconciliation.evidence import distance
from acagraph.vocab import PREFIXES
from acagraph.wikidata.candidates import Found, search
from acagraph.wikidata.client import Client, Progress
from acagraph.wikidata.items import Item, read_items, read_roots
from acagraph.wikidata.scoring import Candidate, score
from acagraph.wikidata.subjects import Subject
from acagraph.wikidata.terms import ITEM

_MOST = 3
_ID = "https://w3id.org/acagraph/graph/links/candidates/wikidata"
_TITLE = "Candidates for links to Wikidata, found by acagraph"
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_SOURCE = ITEM + "Q2013"  # Wikidata itself


def propose(
    client: Client,
    subjects: Sequence[Subject],
    *,
    date: str,
    path: Path,
    progress: Progress | None = None,
) -> MappingSet:
    """Return candidates for things without an item, at most three for each, as the set of the file `path`.

    What may be the thing is an exactMatch, what is only near it, such as the settlement of a municipality, a
    closeMatch. `date` is an ISO day. Sorted by subject, the surest first; equal answers of the endpoint make
    an equal set. Raises StoreError when the endpoint cannot be asked to the end; a second run goes on there.
    """
    searched = search(client, subjects, progress=progress)
    items = read_items(client, {number for some in searched.values() for number in some})
    found = {iri: _followed(some, items) for iri, some in searched.items()}
    targets = {number for some in found.values() for number in some} - items.keys()
    items |= read_items(client, targets)
    roots = read_roots(client, {number for item in items.values() for number in item.classes})
    mappings = [
        _mapping(subject, candidate, date)
        for subject in subjects
        for candidate in score(subject, found[subject.iri], items, roots)[:_MOST]
    ]
    return MappingSet(
        path=path,
        metadata={"mapping_set_id": _ID, "mapping_set_title": _TITLE, "license": _LICENCE},
        prefixes={"wikidata": ITEM, **{kind: PREFIXES[kind] for kind in ("agent", "coalition", "place")}},
        mappings=tuple(mappings),
        extensions=(DISTANCE,),
        status=CANDIDATE,
    )


def _followed(found: abc.Mapping[str, Found], items: abc.Mapping[str, Item]) -> dict[str, Found]:
    """Put what was found at the item into which another was merged."""
    made: dict[str, Found] = {}
    for number, why in found.items():
        kept = made.setdefault(items[number].target or number, Found(set(), set()))
        kept.names.update(why.names)
        kept.identifiers.update(why.identifiers)
    return made


def _mapping(subject: Subject, candidate: Candidate, date: str) -> Mapping:
    item = candidate.item
    slots = {
        "subject_label": subject.label,
        "object_label": " ".join(item.label.split()),
        "object_source": _SOURCE,
        "mapping_tool": "acagraph",
        "mapping_tool_version": version("acagraph"),
        "mapping_date": date,
        "confidence": f"{candidate.confidence:.2f}",
        "match_string": text_of_values(candidate.names),
        "other": _place(item),
        "comment": candidate.comment,
        DISTANCE_SLOT: _apart(subject, item),
    }
    return Mapping(
        subject=subject.iri,
        predicate=PREFIXES["skos"] + ("exactMatch" if candidate.exact else "closeMatch"),
        object=ITEM + item.number,
        justification=PREFIXES["semapv"] + _justification(candidate),
        slots={name: text for name, text in slots.items() if text},
    )


def _apart(subject: Subject, item: Item) -> str:
    """Return the kilometres between a thing and an item, empty when either's position is not known."""
    if subject.position is None or not item.positions:
        return ""
    return f"{round(min(distance(subject.position, place) for place in item.positions), 1):g}"


def _place(item: Item) -> str:
    """Return what a reviewer is shown of an item beside its name, in pairs of key and value."""
    told = [f"country={','.join(sorted(item.countries))}"] if item.countries else []
    if item.positions:
        latitude, longitude = item.positions[0]
        told += [f"latitude={latitude:.5f}", f"longitude={longitude:.5f}"]
    return "|".join(told)


def _justification(candidate: Candidate) -> str:
    if candidate.identifiers:
        return "BackgroundKnowledgeBasedMatching"
    return "CompositeMatching"
