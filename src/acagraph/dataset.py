"""The published graph as a Python object: what `acagraph.open()` returns."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from acagraph import queries
from acagraph.errors import AcagraphError, NotFound, ParameterError, Phrase, QueryError, ReleaseError
from acagraph.queries import SavedQuery, description, lookup
from acagraph.sources import read_redirects
from acagraph.stores import (
    UNLIMITED,
    EmbeddedStore,
    GuardedStore,
    Row,
    Store,
    Table,
    open_store,
    rows,
)
from acagraph.stores.guard import admit
from acagraph.stores.isolated import IsolatedStore
from acagraph.stores.media import JSON, N_TRIPLES
from acagraph.stores.pool import Pool
from acagraph.stores.relay import Relay
from acagraph.stores.remote import RemoteStore
from acagraph.stores.terms import Value, columns, read_boolean, read_table
from acagraph.stores.threaded import ThreadedStore
from acagraph.vocab import ACA, PREFIXES, expand

if TYPE_CHECKING:
    import pandas
    import rdflib

    from acagraph.reconciliation.finding import Finder
    from acagraph.reconciliation.model import Match

CURRENT = Path("public/current")
MANIFEST = "manifest.json"
Argument = str | int | Decimal | date


class Rows(Sequence[Row]):
    """The rows of a SELECT: `row.members` is a Python value, `row["members"]` its typed term."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @property
    def variables(self) -> tuple[str, ...]:
        """The columns, in the order of the query."""
        return self._table.variables

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self._table.rows[index]

    def __len__(self) -> int:
        return len(self._table.rows)

    def __repr__(self) -> str:
        return f"<{len(self)} rows of {', '.join(self.variables)}>"

    def to_dicts(self) -> list[dict[str, Value | None]]:
        """Return the rows as dictionaries of Python values; IRIs are text, unbound variables None."""
        return [
            {name: row[name].to_python() if name in row else None for name in self.variables} for row in self
        ]

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a pandas DataFrame, decimals as floats.

        Raises AcagraphError when pandas is not installed.
        """
        try:
            import pandas
        except ModuleNotFoundError as error:
            raise AcagraphError("pandas is not installed; run: pip install 'acagraph[pandas]'") from error

        return pandas.DataFrame(columns(self._table), columns=list(self.variables))


@dataclass(frozen=True)
class Info:
    """What a dataset holds, in numbers: things counted once per class they are asserted or inferred to be."""

    location: str
    version: str
    triples: int
    graphs: int
    queries: int
    classes: Mapping[str, int]


@dataclass(frozen=True)
class Dataset:
    """A release, open for reading: saved queries, SPARQL, and RDF; its store was opened from `target`.

    `redirects` are the things that were merged into others, `withdrawn` those that are gone, with the reason.
    """

    store: Store
    queries: Mapping[str, SavedQuery]
    location: str
    folder: Path | None = None
    target: Path | None = None
    held: Literal["disk", "memory", "remote"] = "disk"
    redirects: Mapping[str, str] = field(default_factory=dict)
    withdrawn: Mapping[str, str] = field(default_factory=dict)

    def __enter__(self) -> Dataset:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store, and the index of names if it was opened."""
        self.store.close()
        if "_index" in self.__dict__:
            self._index.close()

    def isolated(self) -> Store:
        """Return a store for the queries of strangers: one process each where the store is embedded."""
        if self.target is None or not isinstance(self.store, EmbeddedStore):
            return self.store
        return IsolatedStore(self.target)

    def guarded(self) -> GuardedStore:
        """Return a store for many queries of strangers: a pool of processes where the store is embedded."""
        if isinstance(self.store, RemoteStore):
            return Relay(self.store)
        if self.target is None or not isinstance(self.store, EmbeddedStore) or not hasattr(os, "fork"):
            return ThreadedStore(self.isolated())
        return Pool(self.target)

    def query(self, name: str, **arguments: Argument) -> Rows | rdflib.Graph | bool:
        """Ask a saved query: rows for a SELECT, a graph for a CONSTRUCT, true or false for an ASK.

        Where a parameter is a Python keyword, add an underscore: `from_="2018-01"`. Raises NotFound and
        ParameterError with what there is instead, and QueryError for one that is to be asked elsewhere.
        """
        saved = queries.find(self.queries, name)
        if saved.endpoint:
            message = f"{name} is to be asked at {saved.endpoint}; acagraph.queries.bind gives its text"
            raise QueryError(message)
        declared = {parameter.name for parameter in saved.parameters}
        given = {
            key if key in declared else key.removesuffix("_"): _text(key, value)
            for key, value in arguments.items()
        }
        return self.sparql(queries.resolve(self.store, saved, given, redirects=self.redirects))

    def sparql(self, text: str) -> Rows | rdflib.Graph | bool:
        """Answer a SPARQL query; the prefixes of acagraph need no declaration. Raises QueryError."""
        form = admit(text)
        if form in ("CONSTRUCT", "DESCRIBE"):
            answer = self.store.answer(text, accept=N_TRIPLES.media_type, limits=UNLIMITED)
            return _graph(answer.read())
        body = self.store.answer(text, accept=JSON.media_type, limits=UNLIMITED).read()
        return read_boolean(body) if form == "ASK" else Rows(read_table(body))

    def graph(self) -> rdflib.Graph:
        """Return everything as one rdflib graph; rdflib rewrites some literals (`Z` as `+00:00`)."""
        query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
        return _graph(self.store.answer(query, accept=N_TRIPLES.media_type, limits=UNLIMITED).read())

    def describe(self, name: str) -> rdflib.Graph:
        """Return what is known of a thing, by IRI or prefixed name: it, its statements and their evidence.

        Raises NotFound.
        """
        iri = iri_of(name)
        if iri in self.withdrawn:
            raise NotFound(f"{name!r} was withdrawn: {self.withdrawn[iri]}")
        if not description.exists(self.store, self.redirects.get(iri, iri)):
            raise NotFound(f"nothing is known of {name!r}; search with the saved queries")
        body = description.document(self.store, self.redirects.get(iri, iri), N_TRIPLES, limits=UNLIMITED)
        return _graph(body)

    def find(
        self, name: str, *, country: str | None = None, kind: str | None = None, limit: int = 5
    ) -> list[Match]:
        """Return the things that a name may mean, the most probable first; `match` says which one to rely on.

        `country` is a code, an IRI or a name in any language; with `kind`, a class such as LocalGovernment,
        nothing else is found. Raises ParameterError for an unknown one, NotFound without an index of names.
        """
        from acagraph.reconciliation.model import Query

        kinds, countries = self.conditions(kind=kind, country=country)
        asked = Query(name, kinds=kinds, strict=True, countries=countries, limit=limit)
        return self.finder().find(asked)

    def conditions(
        self, *, kind: str | None = None, country: str | None = None
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return a class and a country as the index of names has them, each as a tuple, empty if not given.

        Raises ParameterError for an unknown one, NotFound without an index.
        """
        kinds = (lookup.class_named(self.store, kind),) if kind else ()
        if not country:
            return kinds, ()
        code = self.finder().country(country)
        if code is None:
            message = Phrase(
                "country: there is no country {name}; write a code such as IT, or its name",
                name=repr(country[:50]),
            )
            raise ParameterError(message, parameter="country")
        return kinds, (code,)

    def finder(self) -> Finder:
        """Return what finds things by uncertain names: the index of names of this release.

        Raises NotFound when the release has none that this version of acagraph reads.
        """
        return self._index

    @property
    def is_searchable(self) -> bool:
        """Whether there is an index of names that this version of acagraph reads."""
        try:
            self.finder()
        except NotFound:
            return False
        return True

    @cached_property
    def _index(self) -> Finder:
        from acagraph.reconciliation.finding import NAMES, Finder

        if self.folder is None or not (self.folder / NAMES).is_file():
            raise NotFound("this release has no index of names; build it again with this version of acagraph")
        try:
            return Finder.open(self.folder / NAMES)
        except ReleaseError as error:
            # What is served may tell no path of the machine.
            message = "the index of names of this release is of another version of acagraph, or damaged"
            raise NotFound(f"{message}; build the release again") from error

    def info(self) -> Info:
        """Count what the dataset holds."""
        total = rows(self.store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", limits=UNLIMITED)
        graphs = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
        return Info(
            location=self.location,
            version=self.version,
            triples=int(total[0]["n"].value),
            graphs=int(rows(self.store, graphs, limits=UNLIMITED)[0]["n"].value),
            queries=len(self.queries),
            classes=_classes(self.store),
        )

    @property
    def version(self) -> str:
        """The release's version as its manifest says, or nothing."""
        return str(self.manifest.get("version", ""))

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What the release says of itself and its files, or nothing; read anew, as a build may replace it.

        Raises ReleaseError when it is damaged.
        """
        if self.folder is None or not (self.folder / MANIFEST).is_file():
            return {}
        return read_manifest(self.folder / MANIFEST)


def open_dataset(release: str | Path | None = None, *, store: str | Path | None = None) -> Dataset:
    """Open a release: the folder given, else ./public/current, else the dataset in the package.

    With `store`, an endpoint's address or a store's folder, the release gives only the saved queries. Each is
    read when it is first asked: all of them take longer than an answer. Raises NotFound when there is no
    release, SourceError and StoreError when it is damaged.
    """
    found = find_release(release)
    folder = found.resolve()  # a later build moves the link, not the release that is open
    target = store or store_of(folder)
    saved = queries.Catalogue(folder / "queries")
    return dataset_of(folder, open_store(target), location=str(store or found), target=target, saved=saved)


def dataset_of(
    folder: Path,
    store: Store,
    *,
    location: str,
    target: str | Path | None = None,
    saved: Mapping[str, SavedQuery] | None = None,
) -> Dataset:
    """Return the dataset of a release's folder over a store that is open; `saved` are its queries if known.

    Raises SourceError.
    """
    held: Literal["disk", "memory", "remote"] = "remote"
    if isinstance(store, EmbeddedStore):
        held = "disk" if store.on_disk else "memory"
    path = None if held == "remote" else Path(target or store_of(folder))
    gone = read_redirects(folder / "redirects.csv")
    return Dataset(
        store=store,
        queries=queries.load(folder / "queries") if saved is None else saved,
        location=location,
        folder=folder,
        target=path / "store" if path and (path / "store").is_dir() else path,
        held=held,
        redirects={item.old: item.new for item in gone if item.new},
        withdrawn={item.old: item.reason for item in gone if not item.new},
    )


def read_manifest(path: Path) -> Mapping[str, Any]:
    """Read the manifest of a release. Raises ReleaseError when it is missing or damaged."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReleaseError(f"{path}: {error.strerror}; build the release again") from error
    except (ValueError, RecursionError) as error:
        raise ReleaseError(f"{path} is damaged: {error}; build the release again") from error
    if not isinstance(manifest, dict):
        raise ReleaseError(f"{path} is damaged: it is no JSON object; build the release again")
    return manifest


def iri_of(name: str) -> str:
    """Return the IRI of a prefixed name or IRI. Raises ParameterError when it is neither."""
    try:
        return expand(name)
    except KeyError:
        raise ParameterError(f"{name!r} is no IRI; write one, or a name such as coalition:jci") from None


def find_release(release: str | Path | None = None, *, stored: bool = True) -> Path:
    """Return the folder of a release: the one given, else ./public/current, else that in the package.

    One that is not `stored` may lack its store, as another is asked. Raises NotFound.
    """
    if release is not None:
        path = Path(release)
        if _is_release(path) or (not stored and (path / "queries").is_dir()):
            return path
        raise NotFound(f"{path} is no release; give a folder that `acagraph build` wrote")
    packaged = Path(str(resources.files("acagraph"))) / "dataset"
    for path in (CURRENT, packaged):
        if _is_release(path):
            return path
    raise NotFound("no release here and none in the package; run `acagraph build` first")


def store_of(folder: Path) -> Path:
    """Return what a release's store is opened from: a folder on disk or, in a package, a file."""
    return folder / "store" if (folder / "store").is_dir() else folder / "acagraph.nq.gz"


def _is_release(path: Path) -> bool:
    return (path / "queries").is_dir() and ((path / "store").is_dir() or (path / "acagraph.nq.gz").is_file())


def _classes(store: Store) -> dict[str, int]:
    query = f"""SELECT ?class (COUNT(DISTINCT ?thing) AS ?n) {{
      ?thing a ?class FILTER(STRSTARTS(STR(?class), "{ACA}"))
    }} GROUP BY ?class ORDER BY DESC(?n) ?class"""
    return {row["class"].short: int(row["n"].value) for row in rows(store, query, limits=UNLIMITED)}


def _text(name: str, value: Argument) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal | date):
        raise ParameterError(f"{name}={value!r} is no text, number or date")
    return value.date().isoformat() if isinstance(value, datetime) else str(value)


def _graph(ntriples: bytes) -> rdflib.Graph:
    # rdflib takes a third of a second to import; only those who want a graph wait for it.
    import rdflib

    graph = rdflib.Graph()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace, replace=True)
    return graph.parse(data=ntriples, format="nt")
