"""The tables of things: coalitions, actors, places, sources, evidence and the terms that cells use."""

from __future__ import annotations

from acagraph.release.tables.fields import (
    code,
    countries_of,
    day,
    itself,
    kind,
    last,
    name,
    names,
    other_names,
    thing,
    value,
    words,
)
from acagraph.release.tables.layouts import Field, Layout, layout
from acagraph.release.tables.lookups import RDF_TYPE, Lookups
from acagraph.release.tables.model import Column
from acagraph.release.tables.subjects import Subject
from acagraph.vocab import ACA

_TYPE, _MEMBERS = f"<{RDF_TYPE}>".encode(), f"<{ACA}hasMember>".encode()


def _members(subject: Subject, _: Lookups) -> list[str]:
    return [str(len(subject.said.get(_MEMBERS, ())))]


def _code(subject: Subject, _: Lookups) -> list[str]:
    return [subject.iri.replace("#", "/").rpartition("/")[2]]


def _same() -> tuple[Field, Field]:
    return (
        thing(
            "same_as", "Same as", "IRIs of the very same thing elsewhere.", "skos:exactMatch", several=True
        ),
        thing(
            "close_to",
            "Close to",
            "IRIs of nearly the same thing elsewhere; for a government also those of its area.",
            "skos:closeMatch",
            several=True,
        ),
    )


def _organisation() -> tuple[Field, ...]:
    return (
        name(),
        value("acronyms", "Acronyms", "Its short names.", "aca:acronym", several=True),
        other_names(),
        kind(),
        words("description", "Description", "What it is, in our words.", "dcterms:description"),
        thing(
            "country", "Country", "IRIs of the countries that it is of or in.", "aca:country", several=True
        ),
        names("country_name", "Name of the country", "aca:country", several=True),
    )


COALITIONS = layout(
    ("coalitions", "Coalitions", "Coalitions for climate action, one a row."),
    (
        itself("coalition", "Coalition", "The IRI of the coalition."),
        *_organisation(),
        value("founded_year", "Founded", "The year in which it was founded.", "aca:foundedYear", "integer"),
        thing(
            "part_of", "Part of", "IRIs of networks that it is part of.", "aca:partOfNetwork", several=True
        ),
        thing(
            "chapter_of", "Chapter of", "The IRI of the coalition that it is a chapter of.", "aca:chapterOf"
        ),
        Field(
            Column(
                "members_listed",
                "Members listed",
                "How many members this dataset knows by name as far as the newest source tells; what sources "
                "say of their number is in the table observations.",
                "integer",
            ),
            _members,
            (_TYPE, _MEMBERS),
        ),
        thing(
            "replaced_by",
            "Replaced by",
            "The IRI of the thing that took its place.",
            "dcterms:isReplacedBy",
        ),
        *_same(),
    ),
    below=["id/"],
    classes=["aca:Coalition"],
    refers={"country": "places", "part_of": "coalitions", "chapter_of": "coalitions"},
)

ACTORS = layout(
    (
        "actors",
        "Actors",
        "All who can take part in coalitions or make promises, one a row: governments, companies and other "
        "organisations, persons, and the coalitions themselves.",
    ),
    (
        itself("actor", "Actor", "The IRI of the actor."),
        *_organisation(),
        thing("governs", "Governs", "IRIs of the areas that it governs.", "aca:governs", several=True),
        names("governs_name", "Name of the area", "aca:governs", several=True),
        thing(
            "member_of",
            "Member of",
            "IRIs of the coalitions that it is a member of as far as the newest source tells.",
            "aca:memberOf",
            several=True,
        ),
        value(
            "identifiers",
            "Identifiers",
            "Its identifiers in the registers it is from.",
            "dcterms:identifier",
            several=True,
        ),
        value("isins", "ISIN", "The numbers of its securities (ISO 6166).", "aca:isin", several=True),
        thing("homepage", "Homepage", "The address of its own page.", "foaf:homepage"),
        *_same(),
    ),
    below=["id/"],
    classes=["aca:Agent"],
    refers={"country": "places", "governs": "places", "member_of": "coalitions"},
)

PLACES = layout(
    ("places", "Places", "Countries, their divisions, cities and other areas, one a row."),
    (
        itself("place", "Place", "The IRI of the place."),
        name(),
        other_names(),
        kind(),
        thing("country", "Country", "The IRI of the country that it is or lies in.", "aca:country"),
        countries_of("country_code", "Code of the country", "aca:country"),
        thing("within", "Within", "The IRI of the next larger place that holds it.", "aca:within"),
        names("within_name", "Name of the larger place", "aca:within"),
        value("alpha2", "Two letters", "Code of a country, ISO 3166-1 alpha-2.", "aca:iso3166Alpha2"),
        value("alpha3", "Three letters", "Code of a country, ISO 3166-1 alpha-3.", "aca:iso3166Alpha3"),
        value("m49", "M49", "Code of a country at the United Nations, three digits.", "aca:m49Code"),
        value("subdivision_code", "Subdivision", "Code of ISO 3166-2.", "aca:subdivisionCode"),
        value("un_locode", "UN/LOCODE", "Code for trade and transport locations.", "aca:unLocode"),
        code(
            "country_groups",
            "Groups of countries",
            "Regions of the world and other groups that a country is in.",
            "aca:inCountryGroup",
            "country-group",
            several=True,
        ),
        value("latitude", "Latitude", "Degrees north (WGS 84).", "wgs:lat", "decimal"),
        value("longitude", "Longitude", "Degrees east (WGS 84).", "wgs:long", "decimal"),
        thing("governed_by", "Governed by", "IRIs of its governments.", "aca:governedBy", several=True),
        *_same(),
    ),
    below=["id/"],
    classes=["aca:Place"],
    refers={"country": "places", "within": "places", "governed_by": "actors"},
)

SOURCES = layout(
    ("sources", "Sources", "The texts, pages and registers that the statements are taken from, one a row."),
    (
        itself("source", "Source", "The IRI of the source."),
        name(),
        value("date_stated", "Date", "Its date as far as it is known, in EDTF (ISO 8601-2).", "aca:dateText"),
        day("date_earliest", "Earliest", "The first day that its date can be.", "aca:notBefore"),
        day("date_latest", "Latest", "The last day that its date can be.", "aca:notAfter"),
        code("date_basis", "Basis of the date", "How its date is known.", "aca:dateBasis", "basis"),
        day("retrieved", "Retrieved", "The day on which it was read.", "aca:retrieved"),
        thing("publishers", "Publishers", "IRIs of its publishers.", "dcterms:publisher", several=True),
        names("publisher_names", "Names of the publishers", "dcterms:publisher", several=True),
        value("edition", "Edition", "Its edition or version, as it calls it.", "dcat:version"),
        thing("licence", "Licence", "The IRI of its licence, where one is known.", "dcterms:license"),
        words("citation", "Citation", "How it wants to be cited.", "dcterms:bibliographicCitation"),
        thing("pages", "Pages", "Addresses of pages where it is or is told of.", "foaf:page", several=True),
        words("description", "Description", "What it is, and what was changed.", "dcterms:description"),
        words("notes", "Notes", "Remarks of the editors.", "skos:editorialNote", several=True),
        value("text_sha256", "SHA-256", "The SHA-256 of its whole text.", "aca:textHash"),
    ),
    below=["id/"],
    classes=["aca:Source"],
    refers={"publishers": "actors"},
)

EVIDENCE = layout(
    (
        "evidence",
        "Evidence",
        "The places in sources that bear out statements, one a row: the record of a register, characters of "
        "a text, or a page.",
    ),
    (
        itself("evidence", "Evidence", "The IRI of the evidence."),
        kind(),
        thing("source", "Source", "The IRI of the source that it is in.", "aca:inSource", required=True),
        names("source_title", "Title of the source", "aca:inSource"),
        value("record", "Record", "The identifier of the record in the register.", "aca:recordId"),
        value(
            "start", "Start", "Where a quotation starts, in characters from 0.", "aca:startOffset", "integer"
        ),
        value("end", "End", "Where a quotation ends, that character not in it.", "aca:endOffset", "integer"),
        words("quote", "Quote", "The quoted words, where they are few.", "aca:exactQuote"),
        value("quote_sha256", "SHA-256", "The SHA-256 of the quoted words.", "aca:quoteHash"),
        value("page", "Page", "The address of the page.", "aca:pageAddress", "anyURI"),
        day("retrieved", "Retrieved", "The day on which the page was read.", "aca:retrieved"),
    ),
    below=["id/"],
    classes=["aca:Evidence"],
    refers={"source": "sources"},
)

TERMS = layout(
    (
        "terms",
        "Terms",
        "What the codes in the other tables mean, one a row: concepts, classes and properties.",
    ),
    (
        itself("term", "Term", "The IRI of the term."),
        Field(Column("code", "Code", "As it stands in the other tables."), _code),
        last(
            "scheme", "Scheme", "The scheme of a concept; empty for classes and properties.", "skos:inScheme"
        ),
        name(),
        words("definition", "Definition", "What it means.", "skos:definition"),
        thing("broader", "Broader", "IRIs of broader concepts.", "skos:broader", several=True),
        thing("parents", "Parents", "IRIs of broader classes.", "rdfs:subClassOf", several=True),
    ),
    below=["scheme/", "ontology#"],
    classes=[
        "skos:Concept",
        "owl:Class",
        "owl:ObjectProperty",
        "owl:DatatypeProperty",
        "owl:AnnotationProperty",
    ],
    refers={"broader": "terms"},
)

THINGS: tuple[Layout, ...] = (COALITIONS, ACTORS, PLACES, SOURCES, EVIDENCE, TERMS)
