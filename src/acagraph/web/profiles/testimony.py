"""Where something is said: the sources, each read once, and the words or the record in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from threading import Lock

from acagraph.queries.binding import serialise
from acagraph.queries.excerpt import EVIDENCE
from acagraph.queries.portrait import Portrait
from acagraph.stores import Limits, Store, Term, rows
from acagraph.vocab import ACA, EXTERNAL
from acagraph.web.profiles.model import Said, Source
from acagraph.web.reference.extracts import place
from acagraph.web.reference.positions import Positions, position

_PAGE = EXTERNAL["foaf"] + "page"
_MOST = 20_000
_SHOWN = 10


class Sources:
    """The sources that pages name, remembered: many statements are taken from few."""

    def __init__(self, store: Store, positions: Positions, limits: Limits | None = None) -> None:
        self._store = store
        self._positions = positions
        self._limits = limits
        self._known: dict[Term, Source] = {}
        self._lock = Lock()

    def of(self, terms: Iterable[Term]) -> dict[Term, Source]:
        """Return what is known of each source; two queries ask for those not asked for before."""
        wanted = set(terms)
        with self._lock:
            missing = sorted(wanted - self._known.keys())
            if len(self._known) > _MOST:
                self._known = {}
                missing = sorted(wanted)
            if missing:
                self._known |= self._read(missing)
            return {term: self._known[term] for term in wanted}

    def _read(self, terms: list[Term]) -> dict[Term, Source]:
        query = f"""SELECT ?source ?date ?day ?page {{
          VALUES ?source {{ {" ".join(map(serialise, terms))} }}
          OPTIONAL {{ ?source aca:dateText ?date }} OPTIONAL {{ ?source aca:notBefore ?day }}
          OPTIONAL {{ ?source <{_PAGE}> ?page }}
        }} ORDER BY DESC(STR(?source)) DESC(STR(?page)) DESC(STR(?date)) DESC(STR(?day))"""
        beginnings = self._positions.beginnings(terms)
        found = {term: Source(term, "", "", "") for term in terms}
        for row in rows(self._store, query, limits=self._limits):
            date, day, page = (row[n].value if n in row else "" for n in ("date", "day", "page"))
            found[row["source"]] = Source(row["source"], date, day, page, beginnings[row["source"]])
        return found


def sources_named(portrait: Portrait) -> set[Term]:
    """Return the sources of all evidence in a portrait."""
    return {source for about in portrait.known.values() for source in about.get(ACA + "inSource", ())}


def testimony(
    portrait: Portrait, statement: Term, sources: dict[Term, Source]
) -> tuple[tuple[Said, ...], int]:
    """Return where a statement is said, the newest source first, and how many more places are left out."""
    evidence = portrait.values(statement, EVIDENCE)
    found = [said(portrait, term, sources) for term in evidence[:_SHOWN]]
    found.sort(key=lambda item: item.source.term if item.source else item.evidence)
    found.sort(key=lambda item: item.source.day if item.source else "", reverse=True)
    before = [None, *(item.source for item in found)]
    told = (
        replace(i, again=i.source is not None and i.source == b) for i, b in zip(found, before, strict=False)
    )
    return tuple(told), max(0, len(evidence) - _SHOWN)


def said(portrait: Portrait, evidence: Term, sources: dict[Term, Source]) -> Said:
    """Return what is known of a piece of evidence."""
    source = portrait.value(evidence, "inSource")
    record, address = portrait.value(evidence, "recordId"), portrait.value(evidence, "pageAddress")
    known = sources.get(source) if source else None
    start, end = portrait.value(evidence, "startOffset"), portrait.value(evidence, "endOffset")
    told = {name: values[0] for name, values in portrait.known.get(evidence, {}).items() if values}
    return Said(
        evidence=evidence,
        source=known,
        quotes=tuple(term.value for term in portrait.values(evidence, "exactQuote")),
        record=record.value if record else "",
        address=_web(address.value if address else known.address if known else ""),
        span=(start.value, end.value) if start and end else None,
        home=position(place(evidence, told), known.term, known.beginnings) if known else "",
    )


def _web(address: str) -> str:
    """Return an address that a browser may open, or nothing."""
    return address if address.startswith(("http://", "https://")) else ""
