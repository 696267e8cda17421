"""A thing's page, put together from its portrait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from acagraph.queries.excerpt import EVIDENCE
from acagraph.stores import Term
from acagraph.vocab import ACA, BASE, EXTERNAL, KINDS
from acagraph.web.profiles.identifiers import CODES, MATCHES, codes, links
from acagraph.web.profiles.leads import lead
from acagraph.web.profiles.model import Entry, Name, Naming, Neighbour, Profile, Value
from acagraph.web.profiles.rosters import Roster
from acagraph.web.profiles.statements import DESCRIPTION, TYPE, Telling, facts

_NAMES = tuple(EXTERNAL["skos"] + name for name in ("prefLabel", "altLabel"))
_LABEL = EXTERNAL["rdfs"] + "label"
_DEPRECATED = EXTERNAL["owl"] + "deprecated"
_PLACED = tuple(EXTERNAL["wgs"] + name for name in ("lat", "long"))
# What statements, names, identifiers and the map tell already, or what follows from it.
_TOLD = {
    *(TYPE, _LABEL, DESCRIPTION, EVIDENCE, _DEPRECATED, *_NAMES, *_PLACED, *MATCHES, *CODES),
    *(
        ACA + name
        for name in (
            *("actorType", "participatesIn", "hasBeenMemberOf", "memberOf", "supportingPartnerOf", "founded"),
            *("launchSupporterOf", "founderOf", "globalPartnerOf", "coordinatorOf", "leaderOf", "statedIn"),
            *("about", "year", "foundedBy"),
        )
    ),
}


_BOUNDS = ("otBefore", "otAfter")
# How many of each relation are drawn at most.
_FEW = 30


def profile(telling: Telling, rosters: Sequence[Roster] = ()) -> Profile:
    """Arrange what is known of a thing; `rosters` are those of a coalition, or of all for a country."""
    p, thing = telling.portrait, telling.portrait.thing
    sorted_out = _sorted_out(telling)
    told = facts(telling, sorted_out["facts"])
    entries = {name: telling.entries(terms) for name, terms in sorted_out.items() if name != "facts"}
    own = telling.entry(thing, own_value(telling, thing)) if p.values(thing, EVIDENCE) else None
    where = place_of(telling)
    stated = {fact.name.value for fact in told}
    return Profile(
        term=thing,
        kind=thing.value.removeprefix(f"{BASE}id/").partition("/")[0],
        types=telling.types(thing),
        lead=lead(telling, entries, rosters),
        descriptions=p.values(thing, DESCRIPTION),
        names=_names(telling, entries["names"]),
        facts=told,
        memberships=entries["memberships"],
        commitments=entries["commitments"],
        untargeted=entries["untargeted"],
        positions=entries["positions"],
        utterances=entries["utterances"],
        events=entries["events"],
        others=entries["others"],
        own=own,
        plain=_plain(telling, stated, own),
        codes=codes(p),
        links=links(p),
        namings=tuple(Naming(n.property, n.total, n.first) for n in p.namings),
        neighbours=_neighbours(telling, entries["memberships"], rosters),
        position=where,
        country=country_of(telling),
        line=telling.corrections.of(thing.value),
        deprecated=any(term.value == "true" for term in p.values(thing, _DEPRECATED)),
        cut=p.cut,
    )


def own_value(telling: Telling, statement: Term) -> Value:
    """Return what a statement states, where it is a figure or a relation."""
    classes = telling.classes(statement)
    if "Figure" in classes:
        return telling.figure(statement)
    return telling.relation(statement) if "Relation" in classes else Value()


def place_of(telling: Telling) -> tuple[float, float] | None:
    """Return latitude and longitude of a thing, or of the place that it governs or is in."""
    p = telling.portrait
    near = [term for name in ("governs", "locatedIn") for term in p.values(p.thing, name)]
    for term in (p.thing, *near):
        found = [p.value(term, name) for name in _PLACED]
        try:
            latitude, longitude = (float(value.value) for value in found if value)
        except ValueError:
            continue
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
    return None


def country_of(telling: Telling) -> tuple[Term, str] | None:
    """Return the country of a thing with its ISO code, or None where it has none or several."""
    p = telling.portrait
    countries = p.values(p.thing, "country") or p.values(p.thing, "geographicScope")
    found = {code.value: term for term in (p.thing, *countries) for code in p.values(term, "iso3166Alpha2")}
    return next(((term, code) for code, term in found.items()), None) if len(found) == 1 else None


def _sorted_out(telling: Telling) -> dict[str, list[Term]]:
    kinds = (
        ("facts", {"Relation", "Figure"}),
        ("memberships", {"Participation", "ListAbsence"}),
        ("commitments", {"Commitment", "NationalContribution"}),
        ("untargeted", {"NoTargetFound"}),
        ("positions", {"PositionHeld"}),
        ("utterances", {"Utterance"}),
        ("names", {"NameUse"}),
        ("events", {"Event"}),
    )
    found: dict[str, list[Term]] = {name: [] for name in (*dict(kinds), "others")}
    thing = telling.portrait.thing
    for statement in telling.portrait.statements:
        classes = telling.classes(statement)
        name = next((name for name, wanted in kinds if wanted & classes), "others")
        if name == "facts" and not _subject(telling, statement, thing):
            name = "others"
        found[name].append(statement)
    return found


def _subject(telling: Telling, statement: Term, thing: Term) -> bool:
    p = telling.portrait
    return any(thing in p.values(statement, role) for role in ("relationSubject", "figureSubject"))


def _names(telling: Telling, uses: Iterable[Entry]) -> tuple[Name, ...]:
    p, thing = telling.portrait, telling.portrait.thing
    told = [(text, entry) for entry in uses for text in entry.about.get("name", ())]
    found = [Name(text) for text in dict.fromkeys(t for name in _NAMES for t in p.values(thing, name))]
    stated = [Name(text, entry.first("nameType"), entry) for text, entry in told]
    return (*found, *stated)


def _plain(
    telling: Telling, stated: set[str], own: Entry | None
) -> tuple[tuple[Term, tuple[Term, ...]], ...]:
    """Return what is known without a statement of its own; of a statement, its parts."""
    about = telling.portrait.known.get(telling.portrait.thing, {})
    hidden = _TOLD | stated
    if own is None and ACA + "foundedYear" in about:
        hidden = hidden | {ACA + "founded"}
    # A time that the source has in words is not told again as the days from which to which it may be.
    if any(name.endswith("Text") for name in about):
        hidden = hidden | {name for name in about if name.endswith(_BOUNDS)}
    thing = telling.portrait.thing
    told = ((name, tuple(v for v in values if v != thing)) for name, values in sorted(about.items()))
    return tuple((Term("iri", name), values) for name, values in told if values and name not in hidden)


def _neighbours(
    telling: Telling, memberships: Iterable[Entry], rosters: Sequence[Roster]
) -> tuple[Neighbour, ...]:
    """Return what a thing is tied to: by edges from it, its memberships, edges to it, and its members."""
    p, thing = telling.portrait, telling.portrait.thing
    found: dict[Term, Term] = {}
    for term, relation in (
        *_edges(telling),
        *((c, entry.types[0]) for entry in memberships for c in entry.about.get("inCoalition", ())),
        *((term, naming.property) for naming in p.namings for term in naming.first),
        *_company(thing, rosters),
    ):
        if _drawable(term) and term != thing:
            found.setdefault(term, relation)
    return tuple(Neighbour(term, relation) for term, relation in found.items())


def _edges(telling: Telling) -> Iterator[tuple[Term, Term]]:
    about = telling.portrait.known.get(telling.portrait.thing, {})
    for name, values in sorted(about.items()):
        if name not in _TOLD and len(values) <= _FEW:
            yield from ((value, Term("iri", name)) for value in values)


def _company(thing: Term, rosters: Sequence[Roster]) -> Iterator[tuple[Term, Term]]:
    """Yield some of those who take part in a coalition, with their role."""
    member = Term("iri", ACA + "hasMember")
    for roster in rosters:
        if roster.subject == thing and thing.value.startswith(f"{BASE}id/coalition/"):
            yield from ((partner.term, partner.role) for partner in roster.partners[:_FEW])
            yield from ((one.term, member) for one in islice((m for m in roster.members if m.current), _FEW))


def _drawable(term: Term) -> bool:
    kind = term.value.removeprefix(f"{BASE}id/").partition("/")[0]
    return term.kind == "iri" and kind in KINDS and kind not in ("statement", "evidence", "source")
