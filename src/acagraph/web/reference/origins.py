"""What a source is: how it is cited, of when it is and by whom; as a thing of schema.org too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from acagraph.stores import Term
from acagraph.vocab import ACA, BASE, EXTERNAL
from acagraph.web.profiles.markup import text_of
from acagraph.web.profiles.model import Line, Origin
from acagraph.web.reference.extracts import Contents

Facts = Mapping[str, tuple[Term, ...]]

_DCTERMS = EXTERNAL["dcterms"]
PUBLISHER, LICENCE, DESCRIPTION = (_DCTERMS + name for name in ("publisher", "license", "description"))
_NAME, _PAGE, _VERSION = (
    EXTERNAL["skos"] + "prefLabel",
    EXTERNAL["foaf"] + "page",
    EXTERNAL["dcat"] + "version",
)
# A day, a month or a year; a span of time is no date of schema.org.
_DATE = re.compile(r"\d{4}(-\d\d){0,2}")


def origin(term: Term, facts: Facts, contents: Contents, line: Line | None) -> Origin:
    """Return what is known of a source for the first sentences of its page."""
    counted = {kind.value: number for kind, number in contents.kinds}
    return Origin(
        term=term,
        form=_form(contents),
        date=next((value.value for value in facts.get(ACA + "dateText", ())), ""),
        publishers=facts.get(PUBLISHER, ()),
        statements=counted.get(ACA + "Statement", 0),
        events=counted.get(ACA + "Event", 0),
        line=line,
    )


def described(known: Origin, facts: Facts, names: Mapping[str, str]) -> dict[str, object]:
    """Return a source in schema.org, only with what is known of it; one of records is a dataset."""
    dated = _DATE.fullmatch(known.date)
    found: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Dataset" if known.form == "records" else "CreativeWork",
        "@id": known.term.value,
        "name": [text_of(name) for name in facts.get(_NAME, ())],
        "description": [text_of(text) for text in facts.get(DESCRIPTION, ())],
        "datePublished": dated[0] if dated else "",
        "publisher": _all([_publisher(term, names) for term in known.publishers]),
        "license": _all([term.value for term in facts.get(LICENCE, ())]),
        "version": _all([term.value for term in facts.get(_VERSION, ())]),
        "url": _all([term.value for term in facts.get(_PAGE, ())]),
    }
    return {key: value for key, value in found.items() if value}


def _all(values: Sequence[object]) -> object:
    """Return values as they are, and a single one without its list, which few readers look into."""
    return values[0] if len(values) == 1 else values


def _form(contents: Contents) -> str:
    """Return as what most of a source is cited."""
    forms = [
        "records" if place.record else "words" if place.start is not None else "page" if place.page else ""
        for place in contents.places
    ]
    return max(("records", "words", "page", ""), key=forms.count) if forms else ""


def _publisher(term: Term, names: Mapping[str, str]) -> dict[str, str]:
    person = term.value.startswith(f"{BASE}id/person/")
    name = names.get(term.value, term.short)
    return {"@type": "Person" if person else "Organization", "@id": term.value, "name": str(name)}
