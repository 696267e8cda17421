"""What a site shows, and where: its address, and the releases that it holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

from acagraph.errors import ReleaseError
from acagraph.release.descriptions.citation import cited
from acagraph.release.descriptions.terms import release_iri
from acagraph.release.files import File
from acagraph.vocab import BASE, graph_iri

# No character that means something in the configuration of a server, in XML or in a shell.
_ADDRESS = re.compile(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:/[A-Za-z0-9._~-]+)*/?"
)
_REGISTERS = "data/graphs/register/"
# No character that means something in the rules of a server.
_PLAIN = re.compile(r"""[^\s"'\\$%<>#?^`{|}]*""")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")

# An attribute with an address of the host, from its root; two slashes would name another host.
_ROOTED = re.compile(rb'(\s(?:action|data-[a-z-]+|formaction|href|poster|src)=")/(?!/)')


@dataclass(frozen=True)
class Moved:
    """A page of a release that stands below a path of its host, as a server sends it there.

    `home` is that path with a slash at both ends; every address within the site begins with it.
    """

    path: Path
    home: str

    def read(self) -> bytes:
        """Return the page with its addresses."""
        return _ROOTED.sub(rb"\1" + self.home.encode(), self.path.read_bytes())


# What stands at a path of the site: a file that exists, such a page, or the bytes of one that is written.
Layout = dict[str, Path | Moved | bytes]


@dataclass(frozen=True)
class Site:
    """The address of a site, with a slash at its end; `given` is false for that of the permanent IRIs."""

    address: str
    given: bool

    @classmethod
    def at(cls, address: str | None) -> Site:
        """Return the site of an address, or that of the permanent IRIs for None. Raises ReleaseError."""
        if address is None:
            return cls(BASE, given=False)
        if not _ADDRESS.fullmatch(address) or any(part in (".", "..") for part in address.split("/")):
            message = "is no address of a site; write one such as https://example.org/acagraph/"
            raise ReleaseError(f"--site {address!r} {message}")
        return cls(address.rstrip("/") + "/", given=True)

    @property
    def home(self) -> str:
        """The path of the first page on its host, with a slash at its end; the root without an address."""
        return urlsplit(self.address).path if self.given else "/"

    def url(self, path: str = "") -> str:
        """Return the address of a path of the site; that of an index page ends with a slash."""
        return self.address + quote(path.removesuffix("index.html") if _is_index(path) else path)


@dataclass(frozen=True)
class Credit:
    """A source of a release; what is not known of it is empty, `licence` and `page` are addresses.

    `graphs` are the IRIs of the named graphs that hold what it states.
    """

    title: str
    publisher: str = ""
    licence: str = ""
    page: str = ""
    graphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    """A release as a site shows it: `files` are those that it is published with, by path.

    `ontology` is the version of its ontology, or nothing where none is said.
    """

    version: str
    folder: Path
    manifest: Mapping[str, Any]
    files: Mapping[str, File]
    ontology: str = ""
    redirects: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in (("version", self.version), ("version of the ontology", self.ontology or "0")):
            if not _VERSION.fullmatch(value):
                raise ReleaseError(f"{self.folder}: the {name} {value!r} cannot stand in an address")
        for iri in (*self.redirects, *self.redirects.values()):
            if not _PLAIN.fullmatch(iri):
                message = f"{iri!r} cannot stand in an address; write another name in data/redirects.csv"
                raise ReleaseError(f"{self.folder / 'redirects.csv'}: {message}")

    @property
    def title(self) -> str:
        """What the dataset is called."""
        return str(self.manifest.get("title") or self.manifest.get("name") or "acagraph")

    @property
    def date(self) -> str:
        """The day of the release as ISO 8601 writes it."""
        return str(self.manifest.get("date", ""))

    @property
    def licence(self) -> str:
        """The IRI of the dataset's licence."""
        return str(self.manifest.get("licence", ""))

    def licences_of(self, path: str) -> tuple[str, ...]:
        """Return the IRIs of a file's licences, sorted: a register's dump has those of the register."""
        name = path.removeprefix(_REGISTERS).split(".")[0] if path.startswith(_REGISTERS) else None
        found = {
            _text(edition, "licence")
            for register in self.manifest.get("registers") or ()
            if register.get("name") == name
            for edition in register.get("editions", ())
        }
        return tuple(sorted(found - {""})) or ((self.licence,) if self.licence else ())

    @property
    def permanent(self) -> str:
        """The address of this very version, which never changes."""
        return release_iri(self.version)

    @property
    def description(self) -> str:
        """What the dataset is, in a few sentences; its title where the release does not say."""
        return str(self.described.get("description") or self.title)

    @property
    def creators(self) -> tuple[str, ...]:
        """The names of those who made it, as its own description has them."""
        told = self.described.get("creator") or []
        named = (
            each.get("name")
            for each in (told if isinstance(told, list) else [told])
            if isinstance(each, dict)
        )
        return tuple(str(name) for name in named if name) or (
            f"The {self.manifest.get('name', 'acagraph')} project",
        )

    @property
    def keywords(self) -> tuple[str, ...]:
        """The words under which it is found."""
        told = self.described.get("keywords") or ()
        return (
            tuple(map(str, told))
            if isinstance(told, list)
            else tuple(filter(None, str(told or "").split(", ")))
        )

    @cached_property
    def sources(self) -> tuple[Credit, ...]:
        """What it was taken from: of licences.json, else the registers that the manifest names."""
        if "licences.json" not in self.files:
            return tuple(
                Credit(_text(one, "title"), licence=_text(one, "licence"), graphs=(_register(register),))
                for register in self.manifest.get("registers") or ()
                for one in register.get("editions", ())
            )
        told = _read(self.folder / "licences.json")
        listed = told.get("sources", ()) if isinstance(told, dict) else ()
        return tuple(
            Credit(
                _text(one, "title"),
                _text(one, "publisher"),
                _text(one.get("licence"), "iri"),
                _text(one, "page"),
                tuple(map(str, one.get("graphs") or ())),
            )
            for one in listed
            if isinstance(one, dict)
        )

    @cached_property
    def described(self) -> Mapping[str, Any]:
        """The dataset in the release's schema.jsonld, or nothing where there is none that can be read."""
        if "schema.jsonld" not in self.files:
            return {}
        return next(_datasets(_read(self.folder / "schema.jsonld")), {})

    def citation(self) -> str:
        """Return one sentence that names this version in a list of references."""
        return cited(self.title, self.version, by=", ".join(self.creators), year=int(self.date[:4] or 0))


def versions(editions: Iterable[Edition]) -> dict[str, Edition]:
    """Return the versions of the ontology, the newest first, each with the newest release that has it."""
    found: dict[str, Edition] = {}
    for edition in editions:
        if edition.ontology:
            found.setdefault(edition.ontology, edition)
    return found


def is_page(path: str) -> bool:
    """Say whether a path of a site is a page that people read."""
    return path.endswith(".html")


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise ReleaseError(f"{path} is no JSON: {error}; build the release again") from error


def _text(told: object, key: str) -> str:
    return str(told.get(key) or "") if isinstance(told, dict) else ""


def _register(told: Mapping[str, Any]) -> str:
    return graph_iri(f"register/{_text(told, 'name')}")


def _is_index(path: str) -> bool:
    return PurePosixPath(path).name == "index.html"


def _datasets(document: object) -> Iterator[Mapping[str, Any]]:
    """Yield the nodes that are a Dataset in a document of schema.org, the first one first."""
    if isinstance(document, list):
        for item in document:
            yield from _datasets(item)
    elif isinstance(document, dict):
        types = document.get("@type", document.get("type"))
        if "Dataset" in (types if isinstance(types, list) else [types]):
            yield document
        yield from _datasets(document.get("@graph", []))
