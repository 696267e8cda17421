"""The set of candidates that a file of another dataset gives."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.imports.authority.entries import Authority, Entry
from acagraph.imports.authority.foreign import propose_from
from acagraph.imports.authority.formats import country_finder, edition_of, format_of
from acagraph.imports.authority.geonames import read_geonames
from acagraph.imports.authority.proposal import propose
from acagraph.imports.authority.table import Reading, read_table
from acagraph.links.collection import ENDING, Collection, dataset_of, folder_of
from acagraph.links.forms import NAMESPACES
from acagraph.links.model import CANDIDATE, CANDIDATES, DISTANCE, MappingSet
from acagraph.links.model import Mapping as Link
from acagraph.links.reading import read_set
from acagraph.links.things import Thing
from acagraph.sources import Project
from acagraph.vocab import BASE, PREFIXES, graph_iri

_EVERY = 1000
_SOURCES = {name: name for name in ("wikidata", "geonames", "dbpedia", "isni", "lei", "ror")} | {
    "osm": "openstreetmap"
}


@dataclass(frozen=True)
class Request:
    """What is asked for: links to the entries of a file, as a set of some name.

    `version` is that of the file, in words. `columns`, `dataset` and `kind` are as in a Reading.
    """

    file: Path
    name: str
    today: datetime.date
    version: str = ""
    columns: Mapping[str, str] | None = None
    dataset: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Candidates:
    """The candidates of a file and what was left out of it, counted by reason."""

    group: MappingSet
    left_out: Counter[str]


def candidates(
    request: Request,
    project: Project,
    things: Mapping[str, Thing],
    ours: Collection,
    *,
    rejected: frozenset[tuple[str, str]] = frozenset(),
    progress: Callable[[int], None] | None = None,
) -> Candidates:
    """Return the links that a file gives to the things of a project, as a set of candidates.

    `progress` is told now and then how many entries of the file are read.

    Raises SourceError, with file and line, for a file that is not as it should be.
    """
    form = format_of(request.file)
    told: Counter[str] = Counter()
    if form == "sssom":
        foreign = read_set(request.file)
        links = propose_from(foreign, things, ours)
    else:
        authority = _authority(request, form, things)
        links = propose(things.values(), _told(authority.entries, progress), rejected=rejected)
        told = authority.left_out
    edition = edition_of(request.file, request.version)
    return Candidates(_group(request, project, links, edition), told)


def set_path(root: Path, name: str) -> Path:
    """Return the file of a set of candidates. Raises SourceError for a name that a file cannot have."""
    path = folder_of(root) / CANDIDATES / f"{name}{ENDING}"
    if not name or not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in name):
        raise SourceError(f'"{name}" is no name of a set; write letters, digits and hyphens')
    return path


def _told(entries: Iterable[Entry], progress: Callable[[int], None] | None) -> Iterator[Entry]:
    for number, entry in enumerate(entries, start=1):
        if progress is not None and number % _EVERY == 0:
            progress(number)
        yield entry


def _authority(request: Request, form: str, things: Mapping[str, Thing]) -> Authority:
    if form == "geonames":
        return read_geonames(request.file)
    country = country_finder(things.values())
    columns = request.columns or {}
    return read_table(request.file, Reading(country, columns, request.dataset, request.kind))


def _group(request: Request, project: Project, links: list[Link], edition: str) -> MappingSet:
    shared = {
        "subject_source": f"{BASE}dataset",
        "subject_source_version": project.dataset.version,
        "object_source_version": edition,
        "mapping_tool": "acagraph",
        "mapping_tool_version": version("acagraph"),
        "mapping_date": request.today.isoformat(),
    }
    metadata = {
        "mapping_set_id": graph_iri(f"links#{request.name}-candidates"),
        "mapping_set_title": f"Links proposed from {request.file.name}",
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }
    return MappingSet(
        set_path(project.root, request.name),
        metadata,
        _prefixes(links),
        tuple(_with(link, shared) for link in links),
        extensions=(DISTANCE,),
        status=CANDIDATE,
    )


def _with(link: Link, shared: Mapping[str, str]) -> Link:
    source = _SOURCES.get(dataset_of(link.object))
    told = {"object_source": PREFIXES["link-set"] + source} if source else {}
    return Link(
        link.subject, link.predicate, link.object, link.justification, {**link.slots, **shared, **told}
    )


def _prefixes(links: list[Link]) -> dict[str, str]:
    """Return the prefixes of a set; a namespace of nobody's gets the name of its host."""
    ours = ("agent", "coalition", "person", "place", "document", "goal", "link-set")
    found = {"acagraph": BASE, **{name: PREFIXES[name] for name in ours}, **NAMESPACES}
    for link in links:
        if not any(link.object.startswith(space) for space in found.values()):
            # What ends in a slash is named by what stands before it, as in geonames:2950159/.
            whole = link.object.rstrip("/")
            space = whole[: max(whole.rfind("/"), whole.rfind("#")) + 1]
            name = "".join(x for x in dataset_of(link.object) if x.isalnum())
            found[_free(name or "other", found)] = space
    return found


def _free(name: str, taken: Mapping[str, str]) -> str:
    start = name if name[0].isalpha() else f"n{name}"
    found, number = start, 2
    while found in taken or found in PREFIXES:
        found, number = f"{start}{number}", number + 1
    return found
