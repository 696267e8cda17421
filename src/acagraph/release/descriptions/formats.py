"""The formats of a release's files by the names that catalogues know: IANA's and the EU's file types."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from acagraph.stores.media import FILES

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


GZIP = IANA + FILES[".gz"]
_BY_SUFFIX = {
    suffix: FileFormat(title, FILES[suffix], code)
    for suffix, title, code in (
        (".csv", "CSV", "CSV"),
        (".json", "JSON", "JSON"),
        (".jsonld", "JSON-LD", "JSON_LD"),
        (".nq", "N-Quads", "RDF_N_QUADS"),
        (".nt", "N-Triples", "RDF_N_TRIPLES"),
        (".parquet", "Parquet", "PARQUET"),
        (".rdf", "RDF/XML", "RDF_XML"),
        (".trig", "TriG", "RDF_TRIG"),
        (".ttl", "Turtle", "RDF_TURTLE"),
        (".xlsx", "Excel workbook", "XLSX"),
    )
}


def format_of(path: str) -> FileFormat | None:
    """Return the format of a file by its name, what gzip packs for itself; None for one that is not known."""
    name = PurePosixPath(path.removesuffix(".gz"))
    return _BY_SUFFIX.get(name.suffix)
