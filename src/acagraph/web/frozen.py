"""The pages of a release as files: what this very application answers, for hosts that only send files.

Every page is found that a thing has, or that a page links without a query string.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import re
import zlib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path, PurePosixPath

from acagraph.dataset import Dataset, open_dataset
from acagraph.errors import ReleaseError
from acagraph.release.crew import Run, cores, crew
from acagraph.stores import UNLIMITED, rows
from acagraph.stores.media import CSV, FILES, HTML
from acagraph.vocab import BASE
from acagraph.web.app import plain_app
from acagraph.web.browse.catalogues import KINDS
from acagraph.web.languages import TAGS
from acagraph.web.translations import Translations
from acagraph.web.visitor import Visitor

MOST, MOST_BYTES = 40_000, 800_000_000
_STATIC = Path(__file__).parent / "static"
_FAULT = 500
_KEPT = (HTML.media_type, CSV.media_type)
_OBJECTS = 50_000
_LINK = re.compile(rb'\shref="(/[A-Za-z0-9._~/+-]*)["#?]')
# The tables that a page offers to spreadsheets; the files of the release are there already.
_TABLE = re.compile(rf"/(?:{'|'.join(KINDS)}|doc/[^/]+/[^/]+/members)\.csv")
_NUMBERED = re.compile(r"/[0-9]+$")
# What only a server can answer, or what a site has of all its releases; and files, which are there already.
_LIVE = re.compile(
    r"/(?:sparql|search|reconcile|suggest|healthz|metrics|releases|prefixes|"
    r"(?:id|data|validation|changes|static|\.well-known)/.*|doc/(?:statement|evidence)/.*)(?:/.*)?"
)
_TAGS = TAGS[1:]
_THINGS = f"""SELECT DISTINCT ?thing {{ ?thing skos:prefLabel ?label
  FILTER(STRSTARTS(STR(?thing), "{BASE}id/")) }}"""


@dataclass(frozen=True)
class Frozen:
    """What was written: the SHA-256 of each file by its name; `dead` are links to no page."""

    files: Mapping[str, str]
    dead: frozenset[str]


def freeze(release: Path, target: Path, before: Path | None = None, *, workers: int | None = None) -> Frozen:
    """Write the pages of a release below `target`.

    A file of `before` with the same bytes gets a second name. Equal releases give equal bytes, however many
    processes work. Raises ReleaseError when a page cannot be made, or when there are more than MOST files or
    MOST_BYTES.
    """
    target.mkdir()
    with open_dataset(release) as dataset:
        things = _addresses(dataset)
        questions = {f"/queries/{name}" for name in dataset.queries}
    place = _Place(release, target, before, parts=cores() if workers is None else workers)
    with crew(place.parts) as run:
        found = _walked(run, place, {"/", *questions, *things})
    pages = {name_of(path): digest for path, digest in found.written.items()}
    files = pages | {f"static/{name}": place.write(body, f"static/{name}") for name, body in _assets()}
    if len(files) > MOST:
        raise ReleaseError(f"there are {len(files):,} pages, more than the {MOST:,} that hosts take")
    size = sum((target / name).stat().st_size for name in files)
    if size > MOST_BYTES:
        told = f"the pages are {size / 1_000_000:,.1f} MB, more than the {MOST_BYTES / 1_000_000:,.1f} MB"
        raise ReleaseError(f"{told} that hosts take; `acagraph build --no-pages` leaves them out")
    return Frozen(dict(sorted(files.items())), frozenset(found.dead))


def name_of(path: str) -> str:
    """Return the name of the file that static hosts send for the path of a page or of a table."""
    if _TABLE.fullmatch(path):
        return path[1:]
    return f"{path[1:]}index.html" if path.endswith("/") else f"{path[1:]}.html"


@dataclass(frozen=True)
class _Place:
    """Where pages come from and go to, and how many processes share them."""

    release: Path
    target: Path
    before: Path | None
    parts: int

    def write(self, body: bytes, name: str) -> str:
        """Write a file, or link the one of before; return its SHA-256."""
        path = self.target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self._linked(body, name, path):
            path.write_bytes(body)
        return hashlib.sha256(body).hexdigest()

    def _linked(self, body: bytes, name: str, path: Path) -> bool:
        if self.before is None:
            return False
        try:
            if (self.before / name).read_bytes() != body:
                return False
            os.link(self.before / name, path)
        except OSError:  # it is new, or the disk cannot do that
            return False
        return True

    def owner(self, path: str) -> int:
        """Return the number of the process that writes a page: those of one table are together."""
        return zlib.crc32(_NUMBERED.sub("", path).encode()) % self.parts


@dataclass
class _Found:
    """What a walk has found: the SHA-256 of each page by path, what it leads to, and links to no page."""

    written: dict[str, str] = field(default_factory=dict)
    beyond: set[str] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Walk:
    """The work of one process: pages, and those of its own that they lead to and that nobody `known` has.

    A page that is `due` must be there; a link may lead to none. Those that have translations are made in
    other languages too, right after the English one: what a page asks is remembered.
    """

    place: _Place
    number: int
    paths: tuple[str, ...]
    known: frozenset[str]
    due: bool

    def __call__(self) -> _Found:
        """Write the pages. Raises ReleaseError when one cannot be shown."""
        found, waiting, seen = _Found(), list(reversed(self.paths)), {*self.paths, *self.known}
        due = frozenset(self.paths if self.due else ())
        with (
            _few_collections(),
            open_dataset(self.place.release) as dataset,
            Visitor(plain_app(dataset)) as visitor,
        ):
            translations = Translations(dataset.store)
            while waiting:
                path = waiting.pop()
                body = self._written(visitor, path, found, must=path in due)
                links = {link.decode() for link in _LINK.findall(body)}
                new = sorted({link for link in links if _is_page(link)} - seen)
                seen |= {*new}
                waiting += [link for link in new if self.place.owner(link) == self.number]
                found.beyond |= {link for link in new if self.place.owner(link) != self.number}
                if path in found.written and _is_translated(path, translations):
                    for tag in _TAGS:
                        self._written(visitor, f"/{tag}{path}", found, must=True)
        return found

    def _written(self, visitor: Visitor, path: str, found: _Found, *, must: bool) -> bytes:
        """Write a page and return it; nothing where there is none, unless there must be one."""
        answer = visitor.get(path)
        if answer.status == HTTPStatus.OK and answer.kind.startswith(_KEPT):
            found.written[path] = self.place.write(answer.body, name_of(path))
            return answer.body
        if answer.status >= _FAULT or (must and answer.status != HTTPStatus.OK):
            raise ReleaseError(f"the page {path} cannot be made: its status is {answer.status}")
        found.dead |= {path} if answer.status == HTTPStatus.NOT_FOUND else set()
        return b""


@contextlib.contextmanager
def _few_collections() -> Iterator[None]:
    """Look for cycles of objects less often: a page makes tens of thousands, and drops them all."""
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _walked(run: Run, place: _Place, paths: Set[str]) -> _Found:
    """Write pages and all that they lead to, in as many rounds as that takes."""
    whole, due = _Found(), True
    while paths:
        known = frozenset({*whole.written, *whole.dead})
        shared: list[list[str]] = [[] for _ in range(place.parts)]
        for path in sorted(paths):
            shared[place.owner(path)].append(path)
        tasks = [
            _Walk(place, number, tuple(share), known, due) for number, share in enumerate(shared) if share
        ]
        done = run(tasks)
        for found in done:
            whole.written |= found.written
            whole.dead |= found.dead
        paths = {path for found in done for path in found.beyond} - whole.written.keys() - whole.dead
        due = False
    return whole


def _is_page(path: str) -> bool:
    """Tell whether a path may be that of a page in English that a site of files can have."""
    language, _, _ = path[1:].partition("/")
    suffix = PurePosixPath(path).suffix
    strange = "//" in path or not {".", ".."}.isdisjoint(path.split("/"))
    file = suffix and suffix in FILES and not _TABLE.fullmatch(path)
    return not (strange or language in _TAGS or file or _LIVE.fullmatch(path))


def _is_translated(path: str, translations: Translations) -> bool:
    return not _TABLE.fullmatch(path) and translations.has(path.removeprefix("/"))


def _addresses(dataset: Dataset) -> frozenset[str]:
    """Return the paths of the pages of things."""
    found = (row["thing"].value for row in rows(dataset.store, _THINGS, limits=UNLIMITED))
    return frozenset(f"/doc/{iri.removeprefix(f'{BASE}id/')}" for iri in found)


def _assets() -> Iterator[tuple[str, bytes]]:
    """Yield the files that pages load, by their names below static/."""
    for path in sorted(_STATIC.rglob("*")):
        if path.is_file():
            yield path.relative_to(_STATIC).as_posix(), path.read_bytes()
