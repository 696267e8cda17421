"""A page's thing in schema.org, as JSON-LD that can stand within HTML."""

from __future__ import annotations

import json
from collections.abc import Mapping

from markupsafe import Markup

from acagraph.stores import Term
from acagraph.vocab import EXTERNAL
from acagraph.web.profiles.model import Profile

_EXACT = EXTERNAL["skos"] + "exactMatch"
_CONFIRMED = "link-status/confirmed"
# What schema.org calls the classes, the narrower first.
_TYPES = {
    "Person": "Person",
    "Country": "Country",
    "AdministrativeArea": "AdministrativeArea",
    "Place": "Place",
    "Event": "Event",
    "Business": "Corporation",
    "FinancialInstitution": "Corporation",
    "HigherEducationInstitution": "CollegeOrUniversity",
    "ResearchInstitution": "ResearchOrganization",
    "Government": "GovernmentOrganization",
    "CivilSocietyOrganisation": "NGO",
    "Organisation": "Organization",
    "Document": "CreativeWork",
    "Statement": "Claim",
}
# What would end the script, or what JavaScript takes for the end of a line.
_UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def json_ld(profile: Profile, classes: frozenset[str], names: Mapping[str, str]) -> Markup:
    """Return the description of a thing; nothing in it can end the script element that holds it."""
    return embedded(described(profile, classes, names))


def embedded(description: Mapping[str, object]) -> Markup:
    """Return a description as JSON that cannot end the script element that holds it."""
    text = json.dumps(description, ensure_ascii=False, sort_keys=True)
    return Markup(text.translate(_UNSAFE))


def described(profile: Profile, classes: frozenset[str], names: Mapping[str, str]) -> dict[str, object]:
    """Return a thing in schema.org: its names, what it is the same as, and what it is a member of."""
    found: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": next((kind for name, kind in _TYPES.items() if name in classes), "Thing"),
        "@id": profile.term.value,
        "url": profile.term.value,
        "name": [text_of(name.text) for name in profile.names if name.entry is None]
        or names.get(profile.term.value),
        "description": [text_of(text) for text in profile.descriptions],
        "sameAs": [link.target.value for link in profile.links if _same(link.relation, link.status)],
        "identifier": [
            {"@type": "PropertyValue", "propertyID": names.get(code.value, code.short), "value": value.value}
            for code, values in profile.codes
            for value in values
        ],
        "memberOf": [
            {"@type": "Organization", "@id": term.value, "name": names.get(term.value, term.short)}
            for term in profile.lead.coalitions
        ],
        "foundingDate": profile.lead.launched,
        "startDate": profile.lead.date if "Event" in classes else "",
        "geo": _position(profile) if "Place" in classes else "",
    }
    return {key: value for key, value in found.items() if value}


def _position(profile: Profile) -> dict[str, object] | None:
    if profile.position is None:
        return None
    latitude, longitude = profile.position
    return {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}


def _same(relation: Term, status: Term | None) -> bool:
    return relation.value == _EXACT and (status is None or status.value.endswith(_CONFIRMED))


def text_of(term: Term) -> str | dict[str, str]:
    """Return a text with its language, if it is of one."""
    if not term.language or term.language == "und":
        return term.value
    return {"@language": term.language, "@value": term.value}
