"""The kinds of columns that tables have: IRIs, names, codes and values as they are written in the data."""

from __future__ import annotations

from decimal import Decimal

from acagraph.release.tables.layouts import SEPARATOR, Field
from acagraph.release.tables.lookups import LABEL, RDF_TYPE, Lookups, preferred
from acagraph.release.tables.model import Column, Datatype
from acagraph.release.tables.subjects import Subject
from acagraph.vocab import ACA, BASE, expand

_CLASSES = "The most specific classes of the ontology, see the table terms."
_ENGLISH_FIRST = "the English name or, where there is none, the first of the others."


def itself(name: str, title: str, description: str) -> Field:
    """The IRI of the row's thing."""
    column = Column(name, title, description, "anyURI", required=True)
    return Field(column, lambda subject, _: (subject.iri,))


def thing(
    name: str, title: str, description: str, property: str, *, several: bool = False, required: bool = False
) -> Field:
    """The IRI of the thing, or things, that a property links to."""
    key = _key(property)
    column = Column(
        name,
        title,
        description,
        "anyURI",
        expand(property),
        SEPARATOR if several else None,
        required=required,
    )
    return Field(column, lambda subject, _: subject.iris(key), (key,), links=True)


def names(name: str, title: str, property: str, *, several: bool = False) -> Field:
    """The names of what a property links to, in the same order as their IRIs."""
    key = _key(property)
    told = (
        f"The names in the order of the IRIs, each {_ENGLISH_FIRST}"
        if several
        else f"Its name: {_ENGLISH_FIRST}"
    )
    column = Column(name, title, told, separator=SEPARATOR if several else None)
    return Field(column, lambda subject, look: [look.name(iri) for iri in subject.iris(key)], (key,))


def kinds_of(name: str, title: str, property: str) -> Field:
    """The codes of the most specific classes of what a property links to."""
    key = _key(property)

    def make(subject: Subject, look: Lookups) -> list[str]:
        return [kind for iri in subject.iris(key) for kind in look.known(iri).kinds]

    return Field(Column(name, title, _CLASSES, separator=SEPARATOR), make, (key,))


def countries_of(name: str, title: str, property: str) -> Field:
    """The three-letter codes of the countries of what a property links to."""
    key = _key(property)

    def make(subject: Subject, look: Lookups) -> list[str]:
        countries = [each for iri in subject.iris(key) for each in look.known(iri).countries]
        return [look.known(each).alpha3 for each in countries]

    return Field(
        Column(name, title, "Codes of ISO 3166-1, three letters.", separator=SEPARATOR), make, (key,)
    )


def name() -> Field:
    """The name of the row's thing."""
    key = _key(LABEL)
    column = Column("name", "Name", f"Its name: {_ENGLISH_FIRST}")
    return Field(column, lambda subject, _: (preferred(subject.texts(key)),), (key,))


def other_names() -> Field:
    """All names of the row's thing but the one in the column `name`."""
    label, other = _key(LABEL), _key("skos:altLabel")

    def make(subject: Subject, _: Lookups) -> list[str]:
        labels = subject.texts(label)
        found = {each.text for each in (*labels, *subject.texts(other))}
        return sorted(found - {preferred(labels)})

    told = "Its names in other languages and other spellings, sorted."
    return Field(Column("other_names", "Other names", told, separator=SEPARATOR), make, (label, other))


def kind() -> Field:
    """The codes of the most specific classes of the row's thing."""
    key = _key(RDF_TYPE)

    def make(subject: Subject, look: Lookups) -> list[str]:
        classes = (iri for iri in subject.iris(key) if iri.startswith(ACA))
        return [each.removeprefix(ACA) for each in look.specific(classes)]

    return Field(Column("kind", "Kind", _CLASSES, "string", RDF_TYPE, SEPARATOR), make, (key,), ACA)


def code(
    name: str, title: str, description: str, property: str, scheme: str, *, several: bool = False
) -> Field:
    """The code of the concept, or concepts, that a property links to; all are in a scheme of acagraph."""
    key, base = _key(property), f"{BASE}scheme/{scheme}/"
    told = f"{description} A code of the scheme {scheme}, see the table terms."
    column = Column(name, title, told, "string", expand(property), SEPARATOR if several else None)
    return Field(
        column, lambda subject, _: [iri.removeprefix(base) for iri in subject.iris(key)], (key,), base
    )


def last(name: str, title: str, description: str, property: str) -> Field:
    """The last part of the IRI that a property links to, in whatever vocabulary it is."""
    key = _key(property)

    def make(subject: Subject, _: Lookups) -> list[str]:
        return [iri.replace("#", "/").rpartition("/")[2] for iri in subject.iris(key)]

    return Field(Column(name, title, description), make, (key,))


def value(
    name: str,
    title: str,
    description: str,
    property: str,
    datatype: Datatype = "string",
    *,
    several: bool = False,
) -> Field:
    """The value of a property, written as in the data; it has no language, and the datatype of the column."""
    key = _key(property)
    separator = SEPARATOR if several else None
    column = Column(name, title, description, datatype, expand(property), separator)
    return Field(column, lambda subject, _: [each.text for each in subject.texts(key)], (key,))


def number(name: str, title: str, description: str, property: str) -> Field:
    """A number that the data write with an exponent, as xsd:double has it, without one."""
    key = _key(property)
    column = Column(name, title, description, "decimal")
    return Field(
        column, lambda subject, _: [f"{Decimal(each.text):f}" for each in subject.texts(key)], (key,)
    )


def day(name: str, title: str, description: str, property: str) -> Field:
    """The day of an instant of the data, which are all the first or the last of a day."""
    key = _key(property)
    column = Column(name, title, description, "date")
    return Field(
        column, lambda subject, _: [each.text.partition("T")[0] for each in subject.texts(key)], (key,)
    )


def words(name: str, title: str, description: str, property: str, *, several: bool = False) -> Field:
    """Text of a property: in English where there is such, else in any language."""
    key = _key(property)

    def make(subject: Subject, _: Lookups) -> list[str]:
        texts = subject.texts(key)
        return [each.text for each in texts if each.language == "en"] or [each.text for each in texts]

    return Field(Column(name, title, description, separator=SEPARATOR if several else None), make, (key,))


def _key(property: str) -> bytes:
    return f"<{expand(property)}>".encode()
