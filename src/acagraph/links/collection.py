"""All the sets of mappings of a project together: who links what, and who contradicts whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from acagraph.errors import SourceError
from acagraph.links.forms import form_of
from acagraph.links.kinds import Sort, sort_of
from acagraph.links.model import CANDIDATES, MappingSet, Standing
from acagraph.links.model import Mapping as Link
from acagraph.links.reading import read_set
from acagraph.vocab import PREFIXES

EXACT = PREFIXES["skos"] + "exactMatch"
CLOSE = PREFIXES["skos"] + "closeMatch"
ENDING = ".sssom.tsv"

_Key = TypeVar("_Key")


@dataclass(frozen=True)
class Claim:
    """A mapping with the set it stands in and what is thought of it."""

    link: Link
    group: MappingSet

    @property
    def standing(self) -> Standing:
        """What is thought of it: confirmed, candidate, conflict or rejected."""
        return self.group.standing(self.link)

    @property
    def confirmed(self) -> bool:
        """Whether it is published as a link."""
        return self.standing == "confirmed"

    @property
    def dataset(self) -> str:
        """The dataset that it leads to."""
        return dataset_of(self.link.object)

    @property
    def identifies(self) -> bool:
        """Whether it says that the object is the thing, exactly or nearly."""
        return self.link.predicate in (EXACT, CLOSE) and not self.link.negated

    @property
    def key(self) -> tuple[str, str, str]:
        """Subject, predicate and object."""
        return self.link.subject, self.link.predicate, self.link.object

    @property
    def sort(self) -> Sort:
        """What sort of thing the object is, as far as its set says."""
        return sort_of(self.link.slots.get("object_category", ""))


@dataclass(frozen=True)
class Collection:
    """The sets of a project, sorted by path, with those that could not be read."""

    sets: tuple[MappingSet, ...]
    unreadable: tuple[SourceError, ...] = ()

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Every mapping, in the order of the sets and their rows."""
        return tuple(Claim(link, group) for group in self.sets for link in group.mappings)

    @cached_property
    def _by_subject(self) -> Mapping[tuple[str, str], tuple[Claim, ...]]:
        return _grouped(((claim.link.subject, claim.dataset), claim) for claim in self.claims)

    @cached_property
    def _by_object(self) -> Mapping[str, tuple[Claim, ...]]:
        return _grouped((claim.link.object, claim) for claim in self.claims)

    def others(self, claim: Claim) -> tuple[Claim, ...]:
        """Return what else is said to be the thing of a claim in the same dataset, rejected ones left out."""
        found = self._by_subject[claim.link.subject, claim.dataset]
        return tuple(
            each for each in found if each.link.object != claim.link.object and not each.link.negated
        )

    def rejected(self, claim: Claim) -> tuple[Claim, ...]:
        """Return what was rejected as the thing of a claim in the same dataset."""
        found = self._by_subject[claim.link.subject, claim.dataset]
        return tuple(each for each in found if each.link.negated and each is not claim)

    def claimants(self, claim: Claim) -> tuple[Claim, ...]:
        """Return the claims of other things to the object of a claim, rejected ones left out."""
        found = self._by_object[claim.link.object]
        return tuple(
            each for each in found if each.link.subject != claim.link.subject and not each.link.negated
        )

    def contradicting(self, claim: Claim) -> tuple[Claim, ...]:
        """Return the claims of other sets that name another item for the thing of a claim.

        Two items of different sorts, a municipality and the town in it, do not contradict each other.
        """
        if not claim.identifies:
            return ()
        return tuple(
            each
            for each in self.others(claim)
            if each.identifies and each.group.path != claim.group.path and not claim.sort.differs(each.sort)
        )


def folder_of(root: Path) -> Path:
    """Return the folder of a project's links."""
    return root / "data" / "links"


def set_paths(root: Path) -> list[Path]:
    """Return the tables of a project: the confirmed ones, then those with candidates."""
    folder = folder_of(root)
    return [*sorted(folder.glob(f"*{ENDING}")), *sorted((folder / CANDIDATES).glob(f"*{ENDING}"))]


def read_collection(root: Path, *, lenient: bool = False) -> Collection:
    """Read all the sets of the project at `root`.

    Raises SourceError, with file and line, for a table that is not as it should be; when `lenient`, the error
    is kept and the other tables are read.
    """
    sets, unreadable = [], []
    for path in set_paths(root):
        try:
            sets.append(read_set(path))
        except SourceError as error:
            if not lenient:
                raise
            unreadable.append(error)
    return Collection(tuple(sets), tuple(unreadable))


def name_of(path: Path) -> str:
    """Return the name of a set by its path: `geonames` of candidates/geonames.sssom.tsv."""
    return path.name.removesuffix(ENDING)


def dataset_of(iri: str) -> str:
    """Return the name of the dataset that an IRI is of; that of the host when it is none we know.

    >>> dataset_of("https://sws.geonames.org/2950159/"), dataset_of("https://example.org/berlin")
    ('geonames', 'example.org')
    """
    form = form_of(iri)
    if form is None:
        return urlsplit(iri).netloc or iri.partition(":")[0]
    return form.name.removesuffix("-page")


def _grouped(pairs: Iterable[tuple[_Key, Claim]]) -> dict[_Key, tuple[Claim, ...]]:
    found: dict[_Key, list[Claim]] = defaultdict(list)
    for key, claim in pairs:
        found[key].append(claim)
    return {key: tuple(claims) for key, claims in found.items()}
