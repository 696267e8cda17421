"""What the first sentences of a page are made from: only what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from acagraph.queries.excerpt import EVIDENCE
from acagraph.stores import Term
from acagraph.vocab import ACA
from acagraph.web.profiles.model import Entry, Lead
from acagraph.web.profiles.participations import MEMBERSHIPS
from acagraph.web.profiles.rosters import Roster
from acagraph.web.profiles.statements import Telling, subjects

# The classes that have a sentence of their own, the narrower first.
SAID = (
    *("Chapter", "CoalitionNetwork", "LocalGovernmentNetwork", "NationalCoalition", "StateCoalition"),
    *("Coalition", "NationalGovernment", "RegionalGovernment", "CountyGovernment", "LocalGovernment"),
    *("TribalNation", "GovernmentGroup", "Government", "FinancialInstitution", "Business", "Investor"),
    *("CivilSocietyOrganisation", "HigherEducationInstitution", "ResearchInstitution", "CulturalInstitution"),
    *(
        "FaithGroup",
        "HealthCareInstitution",
        "InternationalOrganisation",
        "PublicAgency",
        "SectorAssociation",
    ),
    *(
        "CoalitionBody",
        "Organisation",
        "Person",
        "Country",
        "FirstLevelDivision",
        "County",
        "MetropolitanArea",
    ),
    *("GeographicRegion", "Settlement", "AdministrativeArea", "Place", "Founding", "Renaming", "Signing"),
    *("Summit", "WithdrawalAnnouncement", "Event", "Treaty", "Declaration", "Report", "PlanOfAction"),
    *("Source", "Document", "Statement", "Evidence"),
)
_PLEDGES = {ACA + "NetZeroTarget"}


def lead(telling: Telling, entries: Mapping[str, Sequence[Entry]], rosters: Sequence[Roster]) -> Lead:
    """Return what is known for the first sentences."""
    p, thing = telling.portrait, telling.portrait.thing
    classes = telling.classes(thing)
    held = [e for e in entries["memberships"] if any(t.value in MEMBERSHIPS for t in e.types)]
    current = set(p.values(thing, "memberOf"))
    joined = dict.fromkeys(c for e in held for c in e.about.get("inCoalition", ()) if c in current)
    own = [r for r in rosters if r.subject == thing]
    countries = [term for term in p.values(thing, "country") if term != thing]
    return Lead(
        kind=next((name for name in SAID if name in classes), ""),
        country=countries[0] if len(countries) == 1 else None,
        launched=_launched(telling, entries["events"]),
        coalitions=tuple(joined),
        commitments=len(entries["commitments"]),
        net_zero=_net_zero(entries["commitments"]),
        members=own[0].current if own else 0,
        former=len(own[0].members) - own[0].current if own else 0,
        within=next((t for t in p.values(thing, "within") if t not in countries), None),
        government=p.value(thing, "governedBy"),
        date=_text(p.value(thing, "dateText")),
        subjects=subjects(p, thing) if p.values(thing, EVIDENCE) else (),
        positions=tuple(
            (title, e.first("positionIn"))
            for e in entries["positions"]
            for title in _title(e)
            if _holds(e, thing)
        ),
    )


def _launched(telling: Telling, events: Sequence[Entry]) -> str:
    """Return when a coalition was launched: as the source of the event has it, else the year."""
    thing = telling.portrait.thing
    founding = [e for e in events if thing in e.about.get("foundingOf", ()) and e.when]
    if founding:
        return min(founding, key=lambda entry: (-len(entry.when), entry.statement)).when
    return _text(telling.portrait.value(thing, "foundedYear"))


def _net_zero(commitments: Sequence[Entry]) -> str:
    """Return the year of the newest pledge of net zero, if it has one."""
    found = [e for e in commitments if any(t.value in _PLEDGES for t in e.types)]
    return _text(found[0].first("targetYear")) if found else ""


def _title(entry: Entry) -> tuple[Term, ...]:
    return entry.about.get("positionTitle", ())[:1]


def _holds(entry: Entry, thing: Term) -> bool:
    return thing in entry.about.get("holder", ())


def _text(term: Term | None) -> str:
    return term.value if term else ""
