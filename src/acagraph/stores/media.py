"""Media types of answers, and which of them an Accept header prefers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from acagraph.errors import NotAcceptable


@dataclass(frozen=True)
class Format:
    """One way to write an answer: its short name, media type and other names clients use.

    `aliases` are media types, `words` short names; `parameters` are those with which the media type is sent.
    """

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    parameters: str = ""

    def __hash__(self) -> int:
        return hash(self.media_type)  # it is looked up in each request

    @property
    def content_type(self) -> str:
        """The media type with its parameters."""
        return f"{self.media_type}; {self.parameters}" if self.parameters else self.media_type


SIMPLE_PROFILE = "https://w3id.org/acagraph/profile/simple"

JSON = Format("json", "application/sparql-results+json", ("application/json",))
XML = Format("xml", "application/sparql-results+xml", ("application/xml", "text/xml"))
CSV = Format("csv", "text/csv")
TSV = Format("tsv", "text/tab-separated-values")
# A list of objects with plain values, for those who know nothing of RDF; a profile as in RFC 6906.
SIMPLE = Format("simple.json", "application/json", parameters=f'profile="{SIMPLE_PROFILE}"')
# CSV that a spreadsheet reads without a question and without running any of it.
SPREADSHEET = Format("csv", "text/csv", parameters="charset=utf-8; header=present")
TURTLE = Format("ttl", "text/turtle", ("application/x-turtle",), ("turtle", "n3"))
JSON_LD = Format("jsonld", "application/ld+json", ("application/json",), ("json-ld",))
N_TRIPLES = Format("nt", "application/n-triples", ("text/plain",), ("ntriples",))
RDF_XML = Format("rdf", "application/rdf+xml", ("application/xml", "text/xml"), ("xml", "rdf+xml"))
N_QUADS = Format("nq", "application/n-quads", (), ("nquads",))
TRIG = Format("trig", "application/trig")
# What search engines and data libraries read of a dataset: profiles (RFC 6906) of JSON-LD.
SCHEMA_ORG = Format("schema.jsonld", "application/ld+json", parameters='profile="https://schema.org/"')
CROISSANT = Format(
    "croissant.json", "application/ld+json", parameters='profile="http://mlcommons.org/croissant/1.0"'
)
BIBTEX = Format("bib", "application/x-bibtex")
MARKDOWN = Format("md", "text/markdown")
PLAIN_JSON = Format("json", "application/json")
# A query that somebody else is to be asked.
SPARQL = Format("sparql", "application/sparql-query")
HTML = Format("html", "text/html", ("application/xhtml+xml",))

RESULTS = (JSON, XML, CSV, TSV)
GRAPHS = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML, N_QUADS, TRIG)

FILES = {
    **{f".{form.name}": form.media_type for form in (*GRAPHS, CSV, TSV, BIBTEX, MARKDOWN, PLAIN_JSON)},
    "": "text/plain",
    ".cff": "application/yaml",
    ".gz": "application/gzip",
    ".html": "text/html",
    ".minisig": "text/plain",
    ".owl": RDF_XML.media_type,
    ".parquet": "application/vnd.apache.parquet",
    ".rdfp": "application/rdf-patch",
    ".rq": SPARQL.media_type,
    ".sqlite": "application/vnd.sqlite3",
    ".toml": "application/toml",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
}


# What stands between the commas, or the semicolons, of an Accept header: a quoted string may hold them too.
_PART = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_PIECE = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"?)+')
# A browser sends eight; every offer is compared with each.
_MOST_RANGES = 64


@dataclass(frozen=True)
class _Range:
    type: str
    subtype: str
    quality: float
    profiles: tuple[str, ...] = ()

    def matches(self, media_type: str, parameters: str) -> int:
        """Return how closely this range fits: 0 not at all, 1 `*/*`, 2 `text/*`, 3 exactly, 4 with profile.

        A profile that a format does not have counts for nothing there.
        """
        main, _, sub = media_type.partition("/")
        if self.type == "*" == self.subtype:
            return 1
        if self.type != main:
            return 0
        if self.subtype != sub:
            return 2 if self.subtype == "*" else 0
        return 4 if parameters in (f'profile="{profile}"' for profile in self.profiles) else 3


def negotiate(accept: str, offers: Sequence[Format]) -> Format:
    """Return the offered format that an Accept header prefers; at equal quality the closer match, then the
    earlier offer (RFC 9110, section 12.5.1).

    A format with a profile of its own is meant only by those who name it, or who take anything.
    Raises NotAcceptable, naming the offers.
    """
    for offer in offers:
        if accept == offer.media_type and not _has_profile(offer):
            return offer
    ranges = _parse(accept)
    best = max(offers, key=lambda offer: (_fit(offer, ranges), -offers.index(offer)))
    if _fit(best, ranges)[0] > 0:
        return best
    raise NotAcceptable(
        f"cannot answer as {accept!r}; ask for one of {', '.join(offer.content_type for offer in offers)}"
    )


def by_name(name: str, offers: Sequence[Format]) -> Format:
    """Return the offered format with this short name or media type, else the first with this other word.

    Raises NotAcceptable, naming the offers.
    """
    for offer in offers:
        if name in (offer.name, offer.content_type) or (name == offer.media_type and not _has_profile(offer)):
            return offer
    for offer in offers:
        if name in offer.words:
            return offer
    raise NotAcceptable(f"no format {name!r} here; choose one of {', '.join(offer.name for offer in offers)}")


def _has_profile(offer: Format) -> bool:
    return offer.parameters.startswith("profile=")


def _fit(offer: Format, ranges: Sequence[_Range]) -> tuple[float, int]:
    # An alias counts as slightly less close than the type itself, so that RDF/XML is not taken for results.
    own = (offer.media_type, offer.parameters if _has_profile(offer) else "", 1)
    fits = [_quality(*candidate, ranges) for candidate in (own, *((alias, "", 0) for alias in offer.aliases))]
    return max(fits, default=(0.0, 0))


def _quality(media_type: str, parameters: str, own: int, ranges: Sequence[_Range]) -> tuple[float, int]:
    closeness, quality = max(
        ((r.matches(media_type, parameters), r.quality) for r in ranges), default=(0, 0.0)
    )
    if closeness == 0 or (closeness < 3 and not own) or (closeness == 3 and parameters):
        return (0.0, 0)
    return (quality, 2 * closeness + own)


def _parse(accept: str) -> list[_Range]:
    if not accept.strip():
        return [_Range("*", "*", 1.0)]
    ranges = []
    for name, parameters in items(accept):
        main, slash, sub = name.lower().partition("/")
        if main and slash and sub:
            named = next((value for key, value in parameters if key == "profile"), "")
            ranges.append(_Range(main, sub, quality(parameters), tuple(named.strip('"').split())))
    return ranges


def items(header: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield what a header lists, of very many the first, with its parameters (RFC 9110, section 5.6.6)."""
    for part in _PART.findall(header)[:_MOST_RANGES]:
        name, *pieces = (piece.strip() for piece in _PIECE.findall(part) or [""])
        pairs = (piece.partition("=") for piece in pieces)
        yield name, [(key.strip().lower(), value.strip()) for key, _, value in pairs]


def quality(parameters: Sequence[tuple[str, str]]) -> float:
    """Return the weight that a client gives to an item, 1 unless it says (RFC 9110, section 12.4.2)."""
    for key, value in parameters:
        if key == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
