"""What a manifest says in numbers of its dataset: triples, things of each class, the ontology's version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from acagraph.graph.terms import text_of
from acagraph.release.content import read
from acagraph.release.dumps.plan import REIFIED
from acagraph.release.proof.contents import DATASET, wanted
from acagraph.release.proof.identity import Hashes, Identity
from acagraph.release.proof.listing import Listing
from acagraph.release.proof.verdict import Claim
from acagraph.vocab import ACA, ONTOLOGY, PREFIXES, compact

_TYPE = f"<{PREFIXES['rdf']}type> <{ACA}".encode()
_VERSION = f"<{ONTOLOGY}> <{PREFIXES['owl']}versionInfo> ".encode()


@dataclass
class Numbers:
    """Counts lines as they go by: how many things each class of the ontology has, by its prefixed name."""

    types: Counter[bytes] = field(default_factory=Counter)
    said: list[bytes] = field(default_factory=list)

    def watch(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield lines as they are, and count them."""
        for line in lines:
            if _TYPE in line and line.startswith(_TYPE, start := line.index(b" ") + 1):
                self.types[line[start : line.rindex(b" <")]] += 1
            elif line.startswith(_VERSION):
                self.said.append(line)
            yield line

    @property
    def classes(self) -> Mapping[str, int]:
        """How many things each class has."""
        base = len(_TYPE) - len(ACA)
        return {compact(line[base:-1].decode(errors="replace")): n for line, n in self.types.items()}

    @property
    def ontology(self) -> str:
        """The version that the ontology gives itself, or nothing."""
        return next((text_of(quad.object) for quad in read(self.said)), "")


def numbers_of(numbers: Numbers, found: Identity, hashed: Hashes, listing: Listing) -> list[Claim]:
    """Compare what a manifest says of its dataset beside its hash; what it does not say is left out."""
    wrong = [
        *_triples(sum(found.graphs.values()), found, listing),
        *_classes(numbers, listing),
        *_hashes(hashed, listing),
    ]
    if listing.ontology is not None and numbers.ontology != listing.ontology:
        wrong.append(f"version {numbers.ontology} of the ontology, published was {listing.ontology}")
    if wrong:
        more = f"; and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        return [Claim("numbers", "fails", f"the manifest says other things of the dataset: {wrong[0]}{more}")]
    told = {
        "triples in all": listing.triples is not None,
        "triples in each dump": True,
        "things of each class": listing.classes is not None,
        "the ontology's version": listing.ontology is not None,
        "the hash of all graphs as one": bool(listing.union),
        "the hash of each graph": bool(listing.hashes),
    }
    compared = ", ".join(words for words, stated in told.items() if stated)
    return [Claim("numbers", "holds", f"as published: {compared}")]


def _triples(total: int, found: Identity, listing: Listing) -> Iterator[str]:
    if listing.triples is not None and listing.triples != total:
        yield f"{total:,} triples, published were {listing.triples:,}"
    for path, what in wanted(listing).items():
        number = total if what == DATASET else found.graphs.get(what, 0)
        said = listing.files[path].triples
        # That of RDF 1.2 has its reifiers beside; the deep look counts them.
        if said is not None and said != number and not (path == REIFIED and said > number):
            yield f"{number:,} triples in {path}, published were {said:,}"


def _classes(numbers: Numbers, listing: Listing) -> Iterator[str]:
    if listing.classes is not None:
        here, published = numbers.classes, listing.classes
        for name in sorted(here.keys() | published.keys()):
            if here.get(name) != published.get(name):
                yield f"{here.get(name, 0):,} things of {name}, published were {published.get(name, 0):,}"


def _hashes(hashed: Hashes, listing: Listing) -> Iterator[str]:
    if listing.union and hashed.union != listing.union:
        yield f"all graphs as one have the hash {hashed.union}, published was {listing.union}"
    if listing.hashes:
        for graph in sorted(hashed.graphs.keys() | listing.hashes.keys()):
            here, published = hashed.graphs.get(graph, "none"), listing.hashes.get(graph, "none")
            if here != published:
                yield f"{graph} has the hash {here}, published was {published}"
