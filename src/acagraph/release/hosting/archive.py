"""What archives of research data read: a research object (RO-Crate) and the metadata of a deposit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from acagraph.release.descriptions.attributions import licence_id
from acagraph.release.descriptions.terms import release_iri
from acagraph.release.hosting.site import Edition
from acagraph.vocab import BASE

CRATE = "ro-crate-metadata.json"
_CRATE = "https://w3id.org/ro/crate/1.2"


def crate(edition: Edition) -> bytes:
    """Return ro-crate-metadata.json of RO-Crate 1.2 for the folder that holds a release's files.

    Each file is a data entity with its size in bytes, its checksum and its media type. The document is
    flattened, as the specification wants it: every entity stands once, others refer to it by @id.
    """
    own = {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _CRATE},
        "about": {"@id": "./"},
    }
    graph = [own, _root(edition) | _licence([edition.licence] if edition.licence else ()), *_context(edition)]
    for path in sorted(edition.files):
        file = edition.files[path]
        told = {
            "@id": quote(path),
            "@type": "File",
            "name": path,
            "contentSize": str(file.bytes),
            "encodingFormat": file.media_type,
            "sha256": file.sha256,
        }
        graph.append(told | _licence(edition.licences_of(path)))
    # The term has a name in schema.org, and not in every edition of the context.
    context = [f"{_CRATE}/context", {"sha256": "http://schema.org/sha256"}]
    return _written({"@context": context, "@graph": graph})


def _root(edition: Edition) -> dict[str, Any]:
    """Return the entity of the dataset itself, the root of the research object."""
    authors = [{"@id": f"#{quote(name)}"} for name in edition.creators]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": edition.title,
        "description": edition.description,
        "datePublished": edition.date,
        "version": edition.version,
        "identifier": edition.permanent,
        "url": edition.permanent,
        "author": authors,
        "publisher": authors[:1],
        "hasPart": [{"@id": quote(path)} for path in sorted(edition.files)],
    }
    return root | ({"keywords": list(edition.keywords)} if edition.keywords else {})


def _context(edition: Edition) -> list[dict[str, Any]]:
    """Return the entities that are no files: who made it, and under which licence it is."""
    found = [{"@id": f"#{quote(name)}", "@type": "Organization", "name": name} for name in edition.creators]
    licences = {edition.licence, *(iri for path in edition.files for iri in edition.licences_of(path))}
    for iri in sorted(licences - {""}):
        found.append({"@id": iri, "@type": "CreativeWork", "name": licence_id(iri) or iri})
    return found


def _licence(iris: Sequence[str]) -> dict[str, Any]:
    named = [{"@id": iri} for iri in iris]
    return {"license": named if len(named) > 1 else named[0]} if named else {}


def deposit(edition: Edition) -> dict[str, Any]:
    """Return the metadata of a deposit as Zenodo's interface takes it, with no person in it.

    Identifiers of related works are the permanent addresses of this version, of the one before and of the
    dataset of all versions, and those of the datasets that it was made from.
    """
    related = [
        {"identifier": edition.permanent, "relation": "isIdenticalTo", "resource_type": "dataset"},
        {"identifier": f"{BASE}dataset", "relation": "isPartOf", "resource_type": "dataset"},
    ]
    if previous := edition.manifest.get("previous"):
        before = release_iri(previous)
        related.append({"identifier": before, "relation": "isNewVersionOf", "resource_type": "dataset"})
    # Sources with a licence are datasets and have an address; the others are pages that were quoted.
    related += [
        {"identifier": source.page, "relation": "isDerivedFrom", "resource_type": "dataset"}
        for source in edition.sources
        if source.page and source.licence
    ]
    metadata: dict[str, Any] = {
        "title": edition.title,
        "upload_type": "dataset",
        "description": f"<p>{escape(edition.description)}</p>",
        "creators": [{"name": name} for name in edition.creators],
        "publication_date": edition.date,
        "version": edition.version,
        "access_right": "open",
        "language": "eng",
        "related_identifiers": related,
    }
    if (licence := licence_id(edition.licence)) is not None:
        metadata["license"] = licence.lower()  # as Zenodo writes it
    if edition.keywords:
        metadata["keywords"] = list(edition.keywords)
    digest = edition.manifest.get("rdfc10_sha256")
    if digest:
        metadata["notes"] = f"RDFC-1.0 hash (SHA-256) of the dataset: {digest}"
    return metadata


def zenodo(edition: Edition) -> tuple[bytes, bytes]:
    """Return .zenodo.json, which Zenodo reads in a repository, and the body of a call of its interface."""
    metadata = deposit(edition)
    return _written(metadata), _written({"metadata": metadata})


def _written(body: object) -> bytes:
    return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()
