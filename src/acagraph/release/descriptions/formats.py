"""The formats of a release's files by the names that catalogues know: IANA's and the EU's file types."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

IANA = "https://www.iana.org/assignments/media-types/"
FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type"


@dataclass(frozen=True)
class FileFormat:
    """A format: how people call it, its media type, and its code in the EU's authority list of file types."""

    title: str
    media_type: str
    code: str

    @property
    def iana(self) -> str:
        """The IRI of its media type."""
        return IANA + self.media_type

    @property
    def file_type(self) -> str:
        """The IRI of its file type."""
        return f"{FILE_TYPES}/{self.code}"


GZIP = IANA + "application/gzip"
_BY_SUFFIX = {
    ".csv": FileFormat("CSV", "text/csv", "CSV"),
    ".json": FileFormat("JSON", "application/json", "JSON"),
    ".jsonld": FileFormat("JSON-LD", "application/ld+json", "JSON_LD"),
    ".nq": FileFormat("N-Quads", "application/n-quads", "RDF_N_QUADS"),
    ".nt": FileFormat("N-Triples", "application/n-triples", "RDF_N_TRIPLES"),
    ".parquet": FileFormat("Parquet", "application/vnd.apache.parquet", "PARQUET"),
    ".rdf": FileFormat("RDF/XML", "application/rdf+xml", "RDF_XML"),
    ".trig": FileFormat("TriG", "application/trig", "RDF_TRIG"),
    ".ttl": FileFormat("Turtle", "text/turtle", "RDF_TURTLE"),
    ".xlsx": FileFormat(
        "Excel workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"
    ),
}


def format_of(path: str) -> FileFormat | None:
    """Return the format of a file by its name, what gzip packs for itself; None for one that is not known."""
    name = PurePosixPath(path.removesuffix(".gz"))
    return _BY_SUFFIX.get(name.suffix)
