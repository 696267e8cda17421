"""Media types of answers, and which of them an Accept header prefers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from acagraph.errors import NotAcceptable


@dataclass(frozen=True)
class Format:
    """One way to write an answer: its short name, media type and other names clients use."""

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()


JSON = Format("json", "application/sparql-results+json", ("application/json",))
XML = Format("xml", "application/sparql-results+xml", ("application/xml", "text/xml"))
CSV = Format("csv", "text/csv")
TSV = Format("tsv", "text/tab-separated-values")
TURTLE = Format("ttl", "text/turtle", ("application/x-turtle",))
JSON_LD = Format("jsonld", "application/ld+json", ("application/json",))
N_TRIPLES = Format("nt", "application/n-triples", ("text/plain",))
RDF_XML = Format("rdf", "application/rdf+xml", ("application/xml", "text/xml"))
N_QUADS = Format("nq", "application/n-quads")
TRIG = Format("trig", "application/trig")
PLAIN_JSON = Format("json", "application/json")
HTML = Format("html", "text/html", ("application/xhtml+xml",))

RESULTS = (JSON, XML, CSV, TSV)
GRAPHS = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML, N_QUADS, TRIG)

FILES = {
    **{f".{form.name}": form.media_type for form in (*GRAPHS, CSV, PLAIN_JSON)},
    ".gz": "application/gzip",
    ".owl": RDF_XML.media_type,
    ".rq": "application/sparql-query",
    ".txt": "text/plain",
}


@dataclass(frozen=True)
class _Range:
    type: str
    subtype: str
    quality: float

    def matches(self, media_type: str) -> int:
        """Return how closely this range fits: 0 not at all, 1 `*/*`, 2 `text/*`, 3 exactly."""
        main, _, sub = media_type.partition("/")
        if self.type == "*" == self.subtype:
            return 1
        if self.type != main:
            return 0
        return 2 if self.subtype == "*" else 3 if self.subtype == sub else 0


def negotiate(accept: str, offers: Sequence[Format]) -> Format:
    """Return the offered format that an Accept header prefers; at equal quality the closer match, then the
    earlier offer (RFC 9110, section 12.5.1).

    Raises NotAcceptable, naming the offers.
    """
    ranges = _parse(accept)
    best = max(offers, key=lambda offer: (_fit(offer, ranges), -offers.index(offer)))
    if _fit(best, ranges)[0] > 0:
        return best
    raise NotAcceptable(
        f"cannot answer as {accept!r}; ask for one of {', '.join(offer.media_type for offer in offers)}"
    )


def by_name(name: str, offers: Sequence[Format]) -> Format:
    """Return the offered format with this short name or media type.

    Raises NotAcceptable, naming the offers.
    """
    for offer in offers:
        if name in (offer.name, offer.media_type):
            return offer
    raise NotAcceptable(f"no format {name!r} here; choose one of {', '.join(offer.name for offer in offers)}")


def _fit(offer: Format, ranges: Sequence[_Range]) -> tuple[float, int]:
    # An alias counts as slightly less close than the type itself, so that RDF/XML is not taken for results.
    candidates = [(offer.media_type, 1), *((alias, 0) for alias in offer.aliases)]
    fits = [_quality(media_type, ranges, own) for media_type, own in candidates]
    return max(fits, default=(0.0, 0))


def _quality(media_type: str, ranges: Sequence[_Range], own: int) -> tuple[float, int]:
    closeness, quality = max(((r.matches(media_type), r.quality) for r in ranges), default=(0, 0.0))
    if closeness == 0 or (closeness < 3 and not own):
        return (0.0, 0)
    return (quality, 2 * closeness + own)


def _parse(accept: str) -> list[_Range]:
    if not accept.strip():
        return [_Range("*", "*", 1.0)]
    ranges = []
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        main, slash, sub = name.lower().partition("/")
        if main and slash and sub:
            ranges.append(_Range(main, sub, _q(parameters)))
    return ranges


def _q(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
