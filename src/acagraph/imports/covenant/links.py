"""Links of the places of signatories: which candidates hold, which wait for a decision; and UN/LOCODEs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from acagraph.imports.covenant.candidates import Candidate
from acagraph.imports.covenant.confidence import FAR, NEAR, Confidence, measure
from acagraph.imports.tables import Loss
from acagraph.links import CANDIDATE, CONFIRMED, MappingSet, Status, read_set, write_set
from acagraph.links import Mapping as Link
from acagraph.links.forms import NAMESPACES, form_named
from acagraph.links.model import CANDIDATES, DISTANCE, DISTANCE_SLOT, STATUS, STATUS_SLOT, STATUSES
from acagraph.vocab import BASE, PREFIXES

FILE = "covenant.sssom.tsv"

# The day on which the file was read; today's date would change every row with each import.
_MAPPED = "2026-11-22"
_TOOL = "acagraph import jrc-covenant"
_EXACT, _CLOSE = PREFIXES["skos"] + "exactMatch", PREFIXES["skos"] + "closeMatch"
_JUSTIFICATION = PREFIXES["semapv"] + "CompositeMatching"
_LOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_ELSE = "another place or thing has this item"
_TITLES = {
    CONFIRMED: "Links of the places that signatories of the Covenant of Mayors govern",
    CANDIDATE: "Candidates for links of the places that signatories of the Covenant of Mayors govern",
}

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Elsewhere:
    """What the other sets of the project hold, and what people decided about candidates of the last import.

    `confirmed` are links of other sets, `taken` the things whose exact match a Wikidata item is, `reviewed`
    the candidates that somebody judged, which stay as they are.
    """

    confirmed: frozenset[Key] = frozenset()
    taken: Mapping[str, frozenset[str]] = field(default_factory=dict)
    reviewed: Mapping[Key, Link] = field(default_factory=dict)


@dataclass(frozen=True)
class Links:
    """Links, candidates for links, the UN/LOCODE of each record, and what was left out."""

    confirmed: tuple[Link, ...]
    candidates: tuple[Link, ...]
    codes: Mapping[str, str]
    losses: tuple[Loss, ...]

    def texts(self, folder: Path) -> dict[Path, dict[str, str]]:
        """Return the tables by the folder in which they stand and their names; `folder` holds the links."""
        candidates = folder / CANDIDATES
        return {
            folder: {FILE: _text(self.confirmed, folder / FILE, CONFIRMED)},
            candidates: {FILE: _text(self.candidates, candidates / FILE, CANDIDATE)},
        }


def read_elsewhere(folder: Path) -> Elsewhere:
    """Read the other sets of a project, and the candidates of its last import, from its folder of links.

    Raises SourceError for a table that is not as it should be.
    """
    own = folder / CANDIDATES / FILE
    paths = (path for path in sorted(folder.glob("*.sssom.tsv")) if path.name != FILE)
    others = [link for path in paths for link in read_set(path).mappings]
    taken: dict[str, set[str]] = defaultdict(set)
    for link in others:
        if link.predicate == _EXACT and link.object.startswith(NAMESPACES["wikidata"]):
            taken[link.object].add(link.subject)
    before = read_set(own).mappings if own.exists() else ()
    return Elsewhere(
        frozenset(_key(link) for link in others),
        {item: frozenset(things) for item, things in taken.items()},
        {_key(link): link for link in before if {"reviewer_id", "reviewer_label"} & link.slots.keys()},
    )


def choose(
    candidates: Iterable[Candidate],
    *,
    countries: Mapping[str, str],
    vague: Collection[str],
    elsewhere: Elsewhere,
) -> Links:
    """Return the links that hold for the places of records, and those that wait for a decision.

    countries gives the alpha-2 code of each record whose place this register describes, vague are records
    whose position is not used, so that no distance from it says anything. An item or a code that two places
    claim is nobody's.
    """
    every = tuple(candidates)
    confidence = measure(every)
    placed = [item for item in every if item.record in countries]
    items = Counter(item.item for item in placed if item.authority == "agree")
    entries = Counter(item.geonames for item in placed)
    codes = Counter(item.unlocode for item in placed if item.unlocode)
    kept: dict[str, str] = {}
    losses: list[Loss] = []
    links: list[tuple[Status, Link]] = []
    for item in placed:
        if item.unlocode:
            why = _against_code(item, countries[item.record], codes)
            if why:
                losses.append(Loss(item.record, "unlocode", item.unlocode, why))
            else:
                kept[item.record] = item.unlocode
        if item.record not in vague:
            links += _entry(item, entries, confidence)
        things = elsewhere.taken.get(form_named("wikidata").iri(item.item), frozenset())
        why = _ELSE if items[item.item] > 1 or things - {_place(item)} else ""
        if why and item.authority == "agree":
            losses.append(Loss(item.record, "wikidata_candidate", item.item, why))
        links += _item(item, why, confidence)
    confirmed, proposed = _decided(links, elsewhere)
    return Links(confirmed, proposed, kept, tuple(losses))


def _decided(
    links: Iterable[tuple[Status, Link]], elsewhere: Elsewhere
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """Return links and candidates as people decided, without those that another set has."""
    found: dict[Status, list[Link]] = {CONFIRMED: [], CANDIDATE: [*elsewhere.reviewed.values()]}
    for status, link in links:
        if _key(link) not in elsewhere.confirmed and _key(link) not in elsewhere.reviewed:
            found[status].append(link)
    return tuple(found[CONFIRMED]), tuple(found[CANDIDATE])


def _against_code(item: Candidate, country: str, codes: Mapping[str, int]) -> str:
    if not _LOCODE.fullmatch(item.unlocode) or not item.unlocode.startswith(country):
        return f"no UN/LOCODE of {country}"
    return "the code of two places" if codes[item.unlocode] > 1 else ""


def _entry(
    item: Candidate, entries: Mapping[str, int], confidence: Confidence
) -> Iterator[tuple[Status, Link]]:
    """Yield the link to the GeoNames entry of a candidate: farther off chance may have a hand in it."""
    if not item.geonames or item.distance is None or item.distance > FAR:
        return
    alike = "name alike once simplified" if item.folded else "same name"
    shared = entries[item.geonames] > 1
    link = Link(
        _place(item),
        _CLOSE,
        form_named("geonames").iri(item.geonames),
        _JUSTIFICATION,
        {
            **_told(confidence.of_entry(item, among=entries[item.geonames])),
            DISTANCE_SLOT: f"{item.distance}",
            "comment": f"{alike} and country{'; another place is near this entry too' if shared else ''}",
        },
    )
    yield (CONFIRMED if item.distance <= NEAR and not shared else CANDIDATE), link


def _item(item: Candidate, why: str, confidence: Confidence) -> Iterator[tuple[Status, Link]]:
    """Yield the link to the Wikidata item of a candidate; `why` says what speaks against it."""
    if not item.item or item.authority == "none":
        return
    said = {"agree": "two files agree", "single": "one file says so", "differ": "two files differ"}
    where = "the only one of that name" if item.unique else "within 25 km"
    comment = f"same name and country, {where}; {said[item.authority]}{why and '; ' + why}"
    conflict = item.authority == "differ" or (item.authority == "agree" and why)
    slots = {
        **_told(confidence.of_item(item, among=2 if why else 1)),
        "comment": comment,
        **({STATUS_SLOT: STATUSES + "conflict"} if conflict else {}),
    }
    link = Link(_place(item), _EXACT, form_named("wikidata").iri(item.item), _JUSTIFICATION, slots)
    yield (CONFIRMED if item.authority == "agree" and not why else CANDIDATE), link


def _told(confidence: str) -> dict[str, str]:
    told = {"mapping_tool": _TOOL, "mapping_date": _MAPPED}
    return {**told, "confidence": confidence} if confidence else told


def _place(item: Candidate) -> str:
    return PREFIXES["place"] + item.record


def _key(link: Link) -> Key:
    return link.subject, link.predicate, link.object


def _text(links: tuple[Link, ...], path: Path, status: Status) -> str:
    metadata = {
        "sssom_version": "1.1",
        "mapping_set_id": f"{BASE}graph/links#covenant{'' if status == CONFIRMED else '-candidates'}",
        "mapping_set_title": _TITLES[status],
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }
    found = MappingSet(path, metadata, {}, links, (DISTANCE, STATUS), status)
    return write_set(found).decode()
