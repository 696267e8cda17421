"""The datasets that links may lead to: the form of their identifiers, check digits, and what they name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from acagraph.links.checksums import isni_check, lei_check, ror_check

# Kinds of our things, as their IRIs have them; a concept of a scheme has the name of the scheme.
_PLACES = frozenset({"place"})
_AGENTS = frozenset({"agent", "coalition", "person"})
_LEGAL = frozenset({"agent", "coalition"})
_GOALS = frozenset({"goal"})


@dataclass(frozen=True)
class Form:
    """How a dataset names its entries.

    `name` is that of the dataset, also as a prefix; `start` is what tells that an IRI is meant to be one of
    its, `namespace` what each begins with, and `local` a regular expression, both for Python and for SPARQL,
    of what follows. `kinds` are the kinds of our things that its entries can be (empty: any).
    """

    name: str
    start: str
    namespace: str
    local: str
    example: str
    kinds: frozenset[str] = frozenset()
    digits: Callable[[str], str | None] | None = None

    @property
    def pattern(self) -> str:
        """A regular expression of whole IRIs, with its anchors."""
        return f"^{self.namespace.replace('.', chr(92) + '.')}{self.local}$"

    def iri(self, identifier: str) -> str:
        """Return the IRI of an entry by its identifier.

        >>> form_named("geonames").iri("2950159")
        'https://sws.geonames.org/2950159/'
        """
        return f"{self.namespace}{identifier}{'/' if self.local.endswith('/') else ''}"

    def identifier(self, iri: str) -> str:
        """Return the identifier in an IRI of this form, the opposite of iri."""
        return iri.removeprefix(self.namespace).rstrip("/")

    def check(self, iri: str) -> str | None:
        """Return what is wrong with an IRI of this dataset, None when its form and check digits are right.

        >>> form_named("isni").check("https://isni.org/isni/0000000121463855")
        '<https://isni.org/isni/0000000121463855> has wrong check digits, 4 would be right; correct it'
        """
        if not re.fullmatch(self.pattern, iri):
            return f"<{iri}> is not of the form of {self.name}, such as {self.example}; correct it"
        wanted = self.digits(self.identifier(iri)) if self.digits else None
        if wanted is not None:
            return f"<{iri}> has wrong check digits, {wanted} would be right; correct it"
        return None


def _last(count: int, check: Callable[[str], str]) -> Callable[[str], str | None]:
    """Return a function that says what the last characters of an identifier would have to be, if others."""

    def wanted(identifier: str) -> str | None:
        right = check(identifier[:-count])
        return None if identifier[-count:] == right else right

    return wanted


FORMS: tuple[Form, ...] = (
    Form(
        "wikidata",
        "http://www.wikidata.org/",
        "http://www.wikidata.org/entity/",
        "Q[1-9][0-9]*",
        "Q1490",
    ),
    # The page about an entry is not the entry.
    Form(
        "wikidata-page",
        "https://www.wikidata.org/",
        "http://www.wikidata.org/entity/",
        "Q[1-9][0-9]*",
        "Q1490",
    ),
    Form(
        "ror",
        "https://ror.org/",
        "https://ror.org/",
        "0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}",
        "029efta16",
        _LEGAL,
        _last(2, ror_check),
    ),
    Form(
        "geonames",
        "https://sws.geonames.org/",
        "https://sws.geonames.org/",
        "[1-9][0-9]*/",
        "2950159",
        _PLACES,
    ),
    Form("dbpedia", "http://dbpedia.org/", "http://dbpedia.org/resource/", "[^ ]+", "Buenos_Aires"),
    Form(
        "osm",
        "https://www.openstreetmap.org/",
        "https://www.openstreetmap.org/",
        "(node|way|relation)/[1-9][0-9]*",
        "relation/1543125",
        _PLACES,
    ),
    Form(
        "iso3166-1",
        "http://publications.europa.eu/resource/authority/country/",
        "http://publications.europa.eu/resource/authority/country/",
        "[A-Z]{3}",
        "JPN",
        _PLACES,
    ),
    Form(
        "unlocode",
        "https://vocabulary.uncefact.org/unlocode#",
        "https://vocabulary.uncefact.org/unlocode#",
        "[A-Z]{2}[A-Z2-9]{3}",
        "JPYOK",
        _PLACES,
    ),
    Form(
        "sdg",
        "http://metadata.un.org/sdg",
        "http://metadata.un.org/sdg/",
        r"((1[0-7]|[1-9])(\.([0-9]{1,2}|[a-d]))?|C[0-9]{2}[0-9a-d]{2}[0-9]{2})",
        "13",
        _GOALS,
    ),
    Form(
        "obo",
        "http://purl.obolibrary.org/obo/",
        "http://purl.obolibrary.org/obo/",
        "[A-Za-z]+_[0-9]+",
        "ENVO_00000856",
    ),
    Form(
        "lei",
        "https://lei.info/",
        "https://lei.info/",
        "[A-Z0-9]{18}[0-9]{2}",
        "254900GE1G59KGWPHX32",
        _LEGAL,
        _last(2, lei_check),
    ),
    Form(
        "isni",
        "https://isni.org/",
        "https://isni.org/isni/",
        "[0-9]{15}[0-9X]",
        "0000000121463854",
        _AGENTS,
        _last(1, isni_check),
    ),
)

# The prefix of each, for the tables that name it.
NAMESPACES = {form.name: form.namespace for form in FORMS if form.name != "wikidata-page"}


def form_of(iri: str) -> Form | None:
    """Return the form of the dataset that an IRI leads to; None for one that we do not know.

    The form need not fit: see Form.check.
    """
    found = [form for form in FORMS if iri.startswith(form.start)]
    return max(found, key=lambda form: len(form.start), default=None)


def form_named(name: str) -> Form:
    """Return the form of a dataset by its name. Raises KeyError for one that there is not."""
    return {form.name: form for form in FORMS}[name]
