"""Items that may be a thing of ours: those with one of its identifiers, and those with one of its names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from acagraph.wikidata.client import Client, Progress
from acagraph.wikidata.items import item_of, plain
from acagraph.wikidata.subjects import Name, Subject
from acagraph.wikidata.terms import HEAD, IDENTIFIERS

_BATCH = 80
_TAG = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*")
# Languages in which a name is looked for whatever its country: English, and names that hold in all.
_ALWAYS = ("en", "mul")


@dataclass
class Found:
    """Why an item came up: the names and the identifiers that it shares with a thing."""

    names: set[str]
    identifiers: set[str]


Candidates = Mapping[str, Mapping[str, Found]]


def search(client: Client, subjects: Sequence[Subject], *, progress: Progress | None = None) -> Candidates:
    """Return for each thing, by its IRI, the items that may be it, by their numbers.

    Places are looked for by name in their country alone, everything else everywhere. Raises what Client.rows
    raises.
    """
    found: dict[str, dict[str, Found]] = {subject.iri: {} for subject in subjects}
    _by_identifier(client, subjects, found)
    languages = read_languages(client, {subject.country for subject in subjects if subject.country})
    groups: dict[str, list[Subject]] = defaultdict(list)
    for subject in subjects:
        groups[_group(subject)].append(subject)
    done = 0
    for country, some in sorted(groups.items()):
        bearers: dict[str, set[str]] = defaultdict(set)
        for subject in some:
            for own in subject.names:
                bearers[own.text].add(subject.iri)
        for name, number in _named(client, country, some, languages):
            for iri in bearers.get(name, ()):
                _note(found[iri], number).names.add(name)
        done += len(some)
        if progress is not None:
            progress(done, len(subjects))
    return found


def read_languages(client: Client, countries: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the codes of the official languages of countries by their alpha-2 codes, sorted.

    Raises what Client.rows raises.
    """
    found: dict[str, set[str]] = {code: set() for code in countries}
    for row in client.batched(_official, found, size=250):
        code, language = row["code"].value, row["language"].value
        if code in found and _TAG.fullmatch(language):
            found[code].add(language)
    return {code: tuple(sorted(tags)) for code, tags in found.items()}


def _by_identifier(client: Client, subjects: Sequence[Subject], found: dict[str, dict[str, Found]]) -> None:
    holders: dict[str, list[str]] = defaultdict(list)
    for subject in subjects:
        for identifier in subject.identifiers | subject.near:
            holders[identifier].append(subject.iri)
    for row in client.batched(_with_identifiers, holders, size=_BATCH):
        number, kind = item_of(row, "item"), IDENTIFIERS.get(row["what"].value, "")
        identifier = f"{kind}:{plain(kind, row['value'].value)}"
        if number is not None:
            for iri in holders.get(identifier, ()):
                _note(found[iri], number).identifiers.add(identifier)


def _named(
    client: Client, country: str, subjects: Sequence[Subject], languages: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Yield the names of some things of a country with the items that bear them, ours as we write them."""
    tags = {name: _tags(name, languages.get(country, ())) for one in subjects for name in one.names}
    literals = {str(ox.Literal(name.text, language=tag)) for name, some in tags.items() for tag in some}
    for row in client.batched(lambda some: _with_names(country, some), literals, size=_BATCH):
        number = item_of(row, "item")
        if number is not None:
            yield row["name"].value, number


def _tags(name: Name, official: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((name.language, "mul") if name.language else (*_ALWAYS, *official)))


def _group(subject: Subject) -> str:
    """Return the country to look in, none where an item often has no country: companies, coalitions."""
    return subject.country or "" if "Place" in subject.kinds and "Country" not in subject.kinds else ""


def _note(found: dict[str, Found], number: str) -> Found:
    return found.setdefault(number, Found(set(), set()))


def _official(codes: Sequence[str]) -> str:
    values = " ".join(str(ox.Literal(code)) for code in codes)
    return f"""{HEAD}SELECT DISTINCT ?code ?language WHERE {{
  VALUES ?code {{ {values} }} ?country wdt:P297 ?code ; wdt:P37 ?spoken . ?spoken wdt:P424 ?language
}}"""


def _with_identifiers(identifiers: Sequence[str]) -> str:
    properties = {kind: what for what, kind in IDENTIFIERS.items()}
    pairs = []
    for identifier in identifiers:
        kind, _, value = identifier.partition(":")
        pairs += [f"(<{properties[kind]}> {ox.Literal(form)})" for form in _forms(kind, value)]
    return f"""{HEAD}SELECT ?item ?what ?value WHERE {{
  VALUES (?what ?value) {{ {" ".join(pairs)} }} ?item ?what ?value
}}"""


def _forms(kind: str, value: str) -> tuple[str, ...]:
    if kind != "isni":
        return (value,)
    return value, " ".join(value[start : start + 4] for start in range(0, len(value), 4))


def _with_names(country: str, literals: Sequence[str]) -> str:
    there = f" ; wdt:P17 ?country . ?country wdt:P297 {ox.Literal(country)}" if country else ""
    return f"""{HEAD}SELECT DISTINCT ?name ?item WHERE {{
  VALUES ?name {{ {" ".join(literals)} }} ?item rdfs:label|skos:altLabel ?name{there}
}}"""
