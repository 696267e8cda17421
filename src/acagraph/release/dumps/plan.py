"""Which dumps a release has: known from the names of its graphs, before the first is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from acagraph.stores.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format

FOLDER = "data"
# Those that people do not read are packed.
_FORMS = ((TURTLE, ""), (N_TRIPLES, ".gz"), (N_QUADS, ".gz"), (TRIG, ""), (JSON_LD, ""), (RDF_XML, ""))
REIFIED = f"{FOLDER}/acagraph.rdf12.trig.gz"


@dataclass(frozen=True)
class Dump:
    """A dump by its name in the release; `graph` is the name after graph/ of the one that it holds, else all.

    `rdf` is the version of RDF that a reader must know.
    """

    path: str
    form: Format
    graph: str | None = None
    rdf: str = "1.1"

    @property
    def packed(self) -> bool:
        """Whether it is compressed with gzip."""
        return self.path.endswith(".gz")


def planned(graphs: Iterable[str]) -> list[Dump]:
    """Return the dumps of a dataset with these named graphs: the whole, then each graph, sorted by name."""
    whole = [Dump(f"{FOLDER}/acagraph.{form.name}{packed}", form) for form, packed in _FORMS]
    each = [
        Dump(f"{FOLDER}/graphs/{name}.{form.name}{packed}", form, name)
        for name in sorted(graphs)
        for form, packed in _FORMS
    ]
    return [*whole, Dump(REIFIED, TRIG, rdf="1.2"), *each]
