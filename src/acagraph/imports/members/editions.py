"""The sources of a list: each edition is a source with date, publisher and licence, in data/sources."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import AcagraphError
from acagraph.graph import parse_turtle, write_turtle
from acagraph.graph.terms import text_of
from acagraph.imports.members.cells import Unclear
from acagraph.imports.members.dates import Day, read_day
from acagraph.vocab import ACA, PREFIXES, XSD

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_LICENCES: Mapping[str, str] = {
    "cc0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-3.0": "https://creativecommons.org/licenses/by/3.0/",
    "cc-by-sa-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "odbl-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "odc-by-1.0": "https://opendatacommons.org/licenses/by/1-0/",
    "pddl-1.0": "https://opendatacommons.org/licenses/pddl/1-0/",
}


@dataclass(frozen=True)
class Edition:
    """A source of the data: its slug, English title, date, and licence as IRI; `day.text` is EDTF."""

    slug: str
    title: str
    day: Day
    licence: str

    @property
    def order(self) -> tuple[str, str]:
        """By what editions are sorted: their date, then their slug."""
        return (self.day.not_before or self.day.not_after, self.slug)


@dataclass(frozen=True)
class Described:
    """What a person says about the source; None is not said."""

    slug: str | None = None
    title: str | None = None
    publisher: str | None = None
    date: str | None = None
    url: str | None = None
    licence: str | None = None

    @property
    def parts(self) -> Mapping[str, str | None]:
        """What describes a new source, by the name of the option."""
        return {
            "--source-title": self.title,
            "--source-publisher": self.publisher,
            "--source-date": self.date,
            "--source-licence": self.licence,
            "--source-url": self.url,
        }


def read_editions(root: Path) -> dict[str, Edition]:
    """Return the sources that data/sources describes, by slug."""
    said: dict[str, dict[str, str]] = {}
    for path in sorted((root / "data" / "sources").glob("*.ttl")):
        for quad in parse_turtle(path)[0]:
            subject = text_of(quad.subject)
            if subject.startswith(PREFIXES["source"]):
                cells = said.setdefault(subject.removeprefix(PREFIXES["source"]), {})
                cells[quad.predicate.value] = text_of(quad.object)
    return {slug: _edition(slug, cells) for slug, cells in said.items()}


def _edition(slug: str, cells: Mapping[str, str]) -> Edition:
    day = Day(*(cells.get(ACA + name, "") for name in ("notBefore", "notAfter", "dateText")))
    title = cells.get(PREFIXES["skos"] + "prefLabel", slug)
    return Edition(slug, title, day, cells.get(PREFIXES["dcterms"] + "license", ""))


def choose_edition(
    told: Described, known: Mapping[str, Edition], register: str, file: Path, publishers: Iterable[str]
) -> tuple[Edition, str | None]:
    """Return the source that a person means, and the Turtle that describes it when it is new.

    publishers are the things that can publish a list (`coalition/acaa`). Raises AcagraphError, with what to
    give, when something is missing, unknown, or contradicts the source that is there.
    """
    new = any(told.parts.values())
    if told.slug is not None and not new:
        if told.slug not in known:
            near = difflib.get_close_matches(told.slug, known, n=3)
            hint = f"near are {', '.join(near)}; " if near else ""
            raise AcagraphError(f"there is no source {told.slug}; {hint}or describe it: {_options()}")
        edition = known[told.slug]
        if not edition.licence:
            message = f"source {told.slug} has no dcterms:license, so nobody may use a register made of it"
            raise AcagraphError(f"{message}; add it in data/sources")
        return edition, None
    edition, text = _described(told, register, file, frozenset(publishers))
    there = known.get(edition.slug)
    if there is None or there == edition:
        return edition, text
    differing = [
        name for name in ("title", "day", "licence") if getattr(there, name) != getattr(edition, name)
    ]
    message = f"source {edition.slug} is there with another {' and another '.join(differing)}"
    raise AcagraphError(f"{message}; say --source {edition.slug} alone, or give the new edition another slug")


def _options() -> str:
    return (
        "--source-title, --source-publisher, --source-date, --source-licence and, if it has one, --source-url"
    )


def _described(told: Described, register: str, file: Path, publishers: frozenset[str]) -> tuple[Edition, str]:
    missing = [name for name, value in told.parts.items() if not value and name != "--source-url"]
    if missing:
        message = f"the list's source is not described: give {', '.join(missing)}"
        raise AcagraphError(f"{message}, or name one that data/sources has: --source SLUG")
    title, publisher, date, licence = (told.parts[name] or "" for name in list(told.parts)[:4])
    try:
        day = read_day(date)
    except Unclear as error:
        raise AcagraphError(f"--source-date: {error}") from error
    slug = told.slug or f"{register}-{day.text}"
    if not _SLUG.fullmatch(slug):
        raise AcagraphError(f'--source "{slug}" is no slug: small letters and digits, hyphens between them')
    address = _LICENCES.get(licence.lower(), licence)
    if not _ADDRESS.fullmatch(address):
        known = ", ".join(sorted(_LICENCES))
        raise AcagraphError(f'--source-licence "{licence}" is no address, and none of {known}')
    if told.url and not _ADDRESS.fullmatch(told.url):
        raise AcagraphError(f'--source-url "{told.url}" is no address such as https://example.org/members')
    edition = Edition(slug, " ".join(title.split()), day, address)
    return edition, _turtle(edition, _publisher(publisher, publishers), told.url, file)


def _publisher(name: str, publishers: frozenset[str]) -> str:
    """Return the IRI of a publisher given as coalition/acaa, coalition:acaa or acaa."""
    wanted = name.replace(":", "/", 1)
    found = [thing for thing in (wanted, f"agent/{wanted}", f"coalition/{wanted}") if thing in publishers]
    if len(found) != 1:
        slugs = {thing.partition("/")[2]: thing for thing in sorted(publishers)}
        near = [slugs[slug] for slug in difflib.get_close_matches(wanted.rpartition("/")[2], slugs, n=3)]
        hint = f"; near are {', '.join(near)}" if near else ""
        message = f'--source-publisher "{name}" is no agent or coalition of the data{hint}'
        raise AcagraphError(f"{message}; describe it in data/agents first")
    kind, _, slug = found[0].partition("/")
    return PREFIXES[kind] + slug


def _turtle(edition: Edition, publisher: str, url: str | None, file: Path) -> str:
    subject = ox.NamedNode(PREFIXES["source"] + edition.slug)
    instant = ox.NamedNode(XSD + "dateTime")
    facts: list[tuple[str, ox.NamedNode | ox.Literal]] = [
        (PREFIXES["rdf"] + "type", ox.NamedNode(ACA + "Source")),
        (PREFIXES["skos"] + "prefLabel", ox.Literal(edition.title, language="en")),
        (ACA + "dateBasis", ox.NamedNode(PREFIXES["basis"] + "explicit")),
        (ACA + "dateText", ox.Literal(edition.day.text)),
        (ACA + "notBefore", ox.Literal(edition.day.not_before, datatype=instant)),
        (ACA + "notAfter", ox.Literal(edition.day.not_after, datatype=instant)),
        (PREFIXES["dcterms"] + "license", ox.NamedNode(edition.licence)),
        (PREFIXES["dcterms"] + "publisher", ox.NamedNode(publisher)),
    ]
    if url:
        facts.append((PREFIXES["foaf"] + "page", ox.NamedNode(url)))
    else:
        # A list that is not on the web is told by its bytes.
        facts.append((ACA + "textHash", ox.Literal(hashlib.sha256(file.read_bytes()).hexdigest())))
    return write_turtle(ox.Quad(subject, ox.NamedNode(predicate), value) for predicate, value in facts)
