"""The files of a release as distributions of its dataset (DCAT 3, section 6.8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from acagraph.release.descriptions.formats import GZIP, FileFormat, format_of
from acagraph.release.descriptions.terms import DATASET, Fact, english, named, part, release_iri, typed
from acagraph.release.dumps.plan import Dump, planned
from acagraph.release.files import File
from acagraph.release.tables.model import Table
from acagraph.sources import DatasetInfo
from acagraph.vocab import BASE, ONTOLOGY

RDF_12 = "https://www.w3.org/TR/rdf12-concepts/"
CSVW = "https://www.w3.org/TR/tabular-data-model/"


@dataclass(frozen=True)
class Distribution:
    """A file in which people get the dataset, or the graph whose name after graph/ is `graph`."""

    path: str
    title: str
    description: str
    graph: str | None = None
    standards: tuple[str, ...] = ()

    def iri(self, version: str | None = None) -> str:
        """Return its name, which is not the file's: in a release, or without a version in the newest."""
        return part(self.path, version)

    @property
    def media_type(self) -> str:
        """The media type of what it holds, also where it is packed."""
        return _form(self.path).media_type

    def facts(self, info: DatasetInfo, *, licence: str = "") -> Iterator[Fact]:
        """Yield what is known of it before it is written; the licence is the dataset's unless given."""
        here, name = release_iri(info.version), self.iri(info.version)
        yield from english(name, "dcterms:title", self.title)
        yield from named(name, "dcat:accessURL", here)
        yield from named(name, "dcat:downloadURL", here + self.path)
        yield from self._same(name, licence or info.licence)

    def newest(self, info: DatasetInfo) -> Iterator[Fact]:
        """Yield the address where the newest release always has such a file: no size or checksum is known."""
        name = self.iri()
        yield from english(name, "dcterms:title", f"{self.title}, as in the newest release")
        yield from named(name, "dcat:accessURL", DATASET)
        yield from named(name, "dcat:downloadURL", BASE + self.path)
        yield from self._same(name, info.licence)

    def _same(self, name: str, licence: str) -> Iterator[Fact]:
        yield from typed(name, "dcat:Distribution")
        yield from english(name, "dcterms:description", self.description)
        yield from named(name, "dcterms:license", licence)
        yield from named(name, "dcterms:conformsTo", *self.standards)
        form = _form(self.path)
        yield from named(name, "dcat:mediaType", form.iana)
        yield from named(name, "dcterms:format", form.file_type)
        if self.path.endswith(".gz"):
            yield from named(name, "dcat:compressFormat", GZIP)


def of_dump(dump: Dump) -> Distribution:
    """Return the distribution that a dump is."""
    what = "The whole dataset" if dump.graph is None else f"The graph {dump.graph}"
    newer = dump.rdf != "1.1"
    title = f"{what} in {_form(dump.path).title}" + (f" of RDF {dump.rdf}" if newer else "")
    told = "All triples" if dump.graph is None else "The triples of one named graph"
    if newer:
        told += (
            f", and the statements that direct edges follow from as reifiers; for readers of RDF {dump.rdf}"
        )
    if dump.packed:
        told += ", compressed with gzip"
    standards = (ONTOLOGY, RDF_12) if newer else (ONTOLOGY,)
    return Distribution(dump.path, title, f"{told}.", dump.graph, standards)


def of_table(table: Table, path: str) -> Distribution:
    """Return the distribution that a table is in one of its formats."""
    standards = (CSVW,) if path == table.csv else ()
    return Distribution(path, f"{table.title} in {_form(path).title}", table.description, None, standards)


def certain(graphs: Iterable[str], tables: Iterable[Table]) -> list[Distribution]:
    """Return the files that every build of a dataset has, whatever else is installed where it is built."""
    return [*map(of_dump, planned(graphs)), *(of_table(table, table.csv) for table in tables)]


def written(files: Iterable[File], graphs: Iterable[str], tables: Iterable[Table]) -> list[Distribution]:
    """Return the distributions among the files of a release, in the order of the files."""
    known = {one.path: one for one in certain(graphs, tables)}
    known |= {table.parquet: of_table(table, table.parquet) for table in tables}
    return [known.get(file.path) or _other(file) for file in files if _is_data(file.path)]


def _is_data(path: str) -> bool:
    return path.startswith("data/") and format_of(path) is not None


def _other(file: File) -> Distribution:
    if file.path.endswith(".xlsx"):
        told = "All tables as sheets of one workbook, with a sheet that explains them."
        return Distribution(file.path, "The tables as an Excel workbook", told)
    if file.path.endswith("csv-metadata.json"):
        told = "What the columns of the CSV files mean, their datatypes, and how tables refer to each other."
        return Distribution(file.path, "Metadata of the CSV files", told, None, (CSVW,))
    return Distribution(file.path, f"{file.path} in {_form(file.path).title}", "A file of the release.")


def _form(path: str) -> FileFormat:
    form = format_of(path)
    assert form is not None  # what is in no format that is known is no distribution
    return form
