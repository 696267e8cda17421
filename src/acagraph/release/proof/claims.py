"""What a release claims, held against what there is: a file, a dataset, a signature."""

from __future__ import annotations

from pathlib import Path

from acagraph.release.files import SIGNATURE
from acagraph.release.fingerprint import sha256
from acagraph.release.proof.identity import Identity
from acagraph.release.proof.listing import Listed, Listing
from acagraph.release.proof.signature import check
from acagraph.release.proof.verdict import Claim, Seen
from acagraph.vocab import graph_iri

_ONTOLOGY = graph_iri("ontology")


def claims_of(found: Identity, listing: Listing) -> list[Claim]:
    """Compare a dataset with what a manifest claims of it: hash, triples in each graph, blank nodes."""
    return [_hash(found, listing), _graphs(found, listing), _blank(found)]


def seen_as(path: Path, listed: Listed) -> Seen:
    """Compare a file with how it is listed, its size first."""
    if not path.is_file():
        return Seen(
            listed.path, "altered" if path.exists() else "missing", "it is no file" if path.exists() else ""
        )
    try:
        size = path.stat().st_size
        if size != listed.bytes:
            return Seen(listed.path, "altered", f"it has {size:,} bytes, published were {listed.bytes:,}")
        digest = sha256(path)
    except OSError as error:
        return Seen(listed.path, "unread", f"it cannot be read: {error.strerror}")
    if digest != listed.sha256:
        return Seen(listed.path, "altered", f"its SHA-256 is {digest}, published was {listed.sha256}")
    return Seen(listed.path, "whole")


def signature_of(folder: Path, listing: Listing, key: str | None) -> Claim:
    """Check the signature beside a manifest, where there is one. Raises ReleaseError for what is no key."""
    path = folder / SIGNATURE
    if not path.is_file():
        if key is None:
            return Claim("signature", "absent", "not signed: nothing here shows who published it")
        told = f"not signed: there is no {SIGNATURE} that the key could be tried on"
        return Claim("signature", "unknown", told, wanted=True)
    if key is None:
        return Claim(
            "signature", "unknown", "signed, not checked: give the publisher's public key with --key"
        )
    with path.open("rb") as file:
        checked = check(listing.bytes, file.read(1 << 16), key)
    return Claim("signature", "holds" if checked.state == "valid" else "fails", checked.told, wanted=True)


def _hash(found: Identity, listing: Listing) -> Claim:
    if found.faults:
        told = f"not the canonical form that has the hash of RDFC-1.0: {found.faults[0]}"
        return Claim("dataset", "fails", told)
    if found.sha256 != listing.sha256:
        told = f"another dataset: its hash of RDFC-1.0 is {found.sha256}, published was {listing.sha256}"
        return Claim("dataset", "fails", told)
    return Claim("dataset", "holds", f"its hash of RDFC-1.0 is {found.sha256}, as published")


def _graphs(found: Identity, listing: Listing) -> Claim:
    here, published = found.graphs, listing.graphs
    differing = sorted(name for name in {**here, **published} if here.get(name) != published.get(name))
    if differing:
        name, count = differing[0], len(differing)
        numbers = f"{here.get(name, 0):,} triples in {name}, published were {published.get(name, 0):,}"
        return Claim("graphs", "fails", f"{count} of the graphs differ: {numbers}")
    told = f"{sum(here.values()):,} triples in {len(here)} graphs, each as many as published"
    return Claim("graphs", "holds", told)


def _blank(found: Identity) -> Claim:
    elsewhere = sorted(found.blank.keys() - {_ONTOLOGY})
    if elsewhere:
        told = f"blank nodes in {', '.join(elsewhere)}, where things must have IRIs"
        return Claim("blank-nodes", "fails", told)
    return Claim("blank-nodes", "holds", "no blank nodes but in the ontology")
