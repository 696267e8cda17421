"""What a page tells of a thing, asked with few queries: itself, what is said of it, by whom, its links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from acagraph.queries.binding import serialise
from acagraph.queries.excerpt import EVIDENCE
from acagraph.stores import Limits, Row, Store, Term, rows
from acagraph.vocab import ACA, BASE, EXTERNAL

Known = Mapping[Term, Mapping[str, tuple[Term, ...]]]

# How a statement or an event names what it is about. Not here: inCoalition, for the members of a coalition
# are told by its roster, and relationObject, for the edges that follow from relations lead here too.
ROLES = (
    *("participant", "figureSubject", "relationSubject", "committedBy", "nameOf", "holder", "positionIn"),
    *("speaker", "onBehalfOf", "utteredIn", "contributionOf", "noTargetOf", "absentAgent", "absentFrom"),
    *("foundingOf", "renamingOf", "signed", "signedBy", "announcedBy", "withdrawalFrom", "heldAt"),
    *("inReactionTo", "referenceArea", "addressee", "interimOf", "contradicts", "supersedes"),
    "partOfContribution",
)
# How other things name a thing, where no page shows it elsewhere already.
NAMING = (
    *(EXTERNAL["dcterms"] + name for name in ("publisher", "source")),
    *(
        ACA + name
        for name in (
            *("country", "within", "coordinatedBy", "supportedBy", "capitalOf", "locatedIn", "governs"),
            *("governedBy", "hasMembersIn", "hasCoalitionsIn", "partOfNetwork", "hasCoalition", "chapterOf"),
            *("unitOf", "bodyOf", "memberOfBody", "inspiredBy", "beganAs", "publishedBy", "signatoryOf"),
            *("represents", "linksTo", "foundedBy", "alignedWith", "collaboratesWith", "hasDocument"),
            *("groupMember", "goalOf", "geographicScope", "attributedTo"),
        )
    ),
)
_STATEMENT = f"{BASE}id/statement/"
# Each of these is told by something else on the page, and a large coalition has twelve thousand.
_LONG = ("hasMember", "hasCommitment")
_ABOUT_EVIDENCE = (
    "inSource",
    "exactQuote",
    "recordId",
    "pageAddress",
    "startOffset",
    "endOffset",
    "retrieved",
)
_NEAR = ("governs", "governedBy", "locatedIn", "country", "geographicScope")
_WHERE = (EXTERNAL["wgs"] + "lat", EXTERNAL["wgs"] + "long", ACA + "iso3166Alpha2")
# How many things may name one for the first of them to be told.
_ORDERED = 1_000
_RECORDED = EXTERNAL["owl"] + "annotatedSource"


@dataclass(frozen=True)
class Naming:
    """Things that name this one with the same property: how many and, unless very many, the first by IRI."""

    property: Term
    total: int
    first: tuple[Term, ...]


@dataclass(frozen=True)
class Portrait:
    """What is known of a thing, by subject and property.

    `statements` are about it, `records` are of its links; `cut` tells that there are more statements.
    """

    thing: Term
    known: Known
    statements: tuple[Term, ...]
    records: tuple[Term, ...]
    namings: tuple[Naming, ...]
    cut: bool

    def values(self, subject: Term, name: str) -> tuple[Term, ...]:
        """Return the values of a property, given by its local name or its IRI."""
        return self.known.get(subject, {}).get(name if ":" in name else ACA + name, ())

    def value(self, subject: Term, name: str) -> Term | None:
        """Return the first value of a property, or None."""
        return next(iter(self.values(subject, name)), None)

    def statements_named(self) -> set[str]:
        """Return the IRIs of the statements that others name: one contradicts another, say."""
        named = {t for names in self.known.values() for values in names.values() for t in values}
        named |= {t for naming in self.namings for t in naming.first}
        return {term.value for term in named if term.value.startswith(_STATEMENT)}

    def terms(self) -> set[Term]:
        """Return all that is named: what a page needs the labels of."""
        found = {t for about in self.known.values() for values in about.values() for t in values}
        found |= {Term("iri", name) for about in self.known.values() for name in about}
        found |= {t for naming in self.namings for t in (naming.property, *naming.first)}
        return found | set(self.known) | {self.thing}


def portrait(
    store: Store, iri: str, *, most: int = 400, few: int = 12, limits: Limits | None = None
) -> Portrait:
    """Return what is known of a thing, of at most so many statements and of each naming the first few.

    It takes three or four queries, however much there is.
    """
    thing = Term("iri", iri)
    found = rows(store, _asking(serialise(thing), most + 1), limits=limits)
    known = _grouped(found)
    statements = _naming(known, thing)
    told = statements[:most]
    evidence = sorted({e for s in (thing, *told) for e in known.get(s, {}).get(EVIDENCE, ())[:10]})
    if evidence:
        known |= _grouped(rows(store, _telling(evidence), limits=limits))
    return Portrait(
        thing=thing,
        known=known,
        statements=tuple(told),
        records=tuple(sorted(s for s, about in known.items() if thing in about.get(_RECORDED, ()))),
        namings=_namings(store, serialise(thing), few, limits),
        cut=len(statements) > most,
    )


def _asking(name: str, most: int) -> str:
    links = " ".join(f"<{ACA}{role}>" for role in ROLES)
    long = ", ".join(f"<{ACA}{name}>" for name in _LONG)
    near = "|".join(f"<{ACA}{name}>" for name in _NEAR)
    where = ", ".join(f"<{name}>" for name in _WHERE)
    return f"""SELECT ?s ?p ?o {{
      {{ {name} ?p ?o BIND({name} AS ?s) FILTER(?p NOT IN ({long})) }}
      UNION {{
        {{ SELECT DISTINCT ?s {{ VALUES ?link {{ {links} }} ?s ?link {name} }} ORDER BY ?s LIMIT {most} }}
        ?s ?p ?o FILTER(?p != <{ACA}about>)
      }}
      UNION {{ ?s <{_RECORDED}> {name} ; ?p ?o }}
      UNION {{ {name} {near} ?s . ?s ?p ?o FILTER(?p IN ({where})) }}
      UNION {{ {name} <{ACA}governedBy>/^<{ACA}participant> ?s . ?s ?p ?o FILTER(?p != <{ACA}about>) }}
    }}"""


def _telling(evidence: Sequence[Term]) -> str:
    told = ", ".join(f"<{ACA}{name}>" for name in _ABOUT_EVIDENCE)
    return f"""SELECT ?s ?p ?o {{
      VALUES ?s {{ {" ".join(map(serialise, evidence))} }} ?s ?p ?o FILTER(?p IN ({told}))
    }}"""


def _namings(store: Store, name: str, few: int, limits: Limits | None) -> tuple[Naming, ...]:
    links = " ".join(f"<{link}>" for link in NAMING)
    counted = f"SELECT ?p (COUNT(?s) AS ?n) {{ VALUES ?p {{ {links} }} ?s ?p {name} }} GROUP BY ?p"
    totals = {row["p"]: int(row["n"].value) for row in rows(store, counted, limits=limits)}
    # The first of thousands in an order would cost a page its time; those it shows are the same each time.
    shown = sorted(link for link, number in totals.items() if number <= _ORDERED)
    first: dict[Term, list[Term]] = {}
    if shown:
        parts = " UNION ".join(
            f"{{ SELECT ?p ?s {{ VALUES ?p {{ {serialise(link)} }} ?s ?p {name} }} ORDER BY ?s LIMIT {few} }}"
            for link in shown
        )
        for row in rows(store, f"SELECT ?p ?s {{ {parts} }}", limits=limits):
            first.setdefault(row["p"], []).append(row["s"])
    return tuple(Naming(p, number, tuple(sorted(first.get(p, ())))) for p, number in sorted(totals.items()))


def _grouped(found: Iterable[Row]) -> dict[Term, dict[str, tuple[Term, ...]]]:
    by_subject: dict[Term, dict[str, set[Term]]] = {}
    for row in found:
        by_subject.setdefault(row["s"], {}).setdefault(row["p"].value, set()).add(row["o"])
    # A store on disk gives rows in another order than one in memory, and a page must not.
    return {s: {p: tuple(sorted(o)) for p, o in sorted(about.items())} for s, about in by_subject.items()}


def _naming(known: Known, thing: Term) -> list[Term]:
    """Return the statements and events, also those of the government of a place, by IRI."""
    governing = known.get(thing, {}).get(ACA + "governedBy", ())
    wanted = {thing, *governing}
    names = [ACA + role for role in ROLES]
    return sorted(
        subject
        for subject, about in known.items()
        if subject != thing
        and EVIDENCE in about
        and any(wanted.intersection(about.get(n, ())) for n in names)
    )
