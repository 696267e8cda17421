"""The values of properties, asked of the store and written as the data extension API has them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from acagraph.links.forms import form_named
from acagraph.queries.binding import serialise
from acagraph.stores import Limits, Row, Store, Term, rows
from acagraph.vocab import XSD
from acagraph.web.labels import Labels
from acagraph.web.reconcile.extension import Settings
from acagraph.web.reconcile.identifiers import SPACE, local, short
from acagraph.web.reconcile.model import Property

# A reconciliation service for the items of Wikidata, in whose identifier space they are.
WIKIDATA = "https://wikidata.reconci.link/en/api"
_UNKNOWN = "und"
_WHOLE_NUMBERS = 10**15
Cell = dict[str, Any]


def values_of(
    store: Store,
    labels: Labels,
    iris: Sequence[str],
    prop: Property,
    settings: Settings,
    limits: Limits,
) -> dict[str, list[Cell]]:
    """Return the values of a property of some things by their IRIs, each thing's in a fixed order."""
    found: dict[str, list[Row]] = {}
    for row in rows(store, query(iris, prop, settings), limits=limits):
        found.setdefault(row["thing"].value, []).append(row)
    chosen = {iri: _chosen(given, prop, settings) for iri, given in found.items()}
    names = labels.of({term for terms in chosen.values() for term in terms if term is not None})
    # An item is called as the thing is that it is about: this one, or what it governs.
    about = {iri: given[0].get("order", Term("iri", iri)) for iri, given in found.items()}
    owners = labels.of(set(about.values())) if prop.dataset == "wikidata" else {}
    return {
        iri: [_cell(term, prop, settings, names, owners.get(about[iri].value, "")) for term in terms]
        for iri, terms in chosen.items()
    }


def query(iris: Sequence[str], prop: Property, settings: Settings) -> str:
    """Return the query for the values of a property of some things."""
    pattern = prop.wider if prop.wider and settings.links == "close" else prop.pattern
    bound = f"VALUES ?thing {{ {' '.join(serialise(Term('iri', iri)) for iri in iris)} }}"
    if prop.dated and settings.as_of is not None:
        pattern = prop.dated
        bound += f" VALUES ?asOf {{ {serialise(settings.as_of)} }}"
    return f"SELECT DISTINCT ?thing ?order ?value {{ {bound} {pattern} }} ORDER BY ?thing ?order ?value"


def described(prop: Property, settings: Settings) -> Cell:
    """Return what the answer says of a property: its name, and whose identifiers its values are."""
    found: Cell = {"id": prop.id, "name": prop.name}
    if prop.dataset == "wikidata" and settings.content == "entities":
        found["service"] = WIKIDATA
    return found


def _chosen(given: Sequence[Row], prop: Property, settings: Settings) -> list[Term | None]:
    """Return the values that are wanted; None stands for one that is missing in its place."""
    if prop.first:
        least: dict[Term, Term | None] = {}
        for row in given:
            least.setdefault(row["order"], row.get("value"))
        terms: list[Term | None] = list(least.values())
    else:
        terms = list(_spoken([row["value"] for row in given if "value" in row], settings.language))
    return terms[: settings.limit] if settings.limit else terms


def _spoken(terms: Sequence[Term], language: str) -> Iterable[Term]:
    """Return the values in a language; without one the English, else those in none, else the first."""
    if language == "*" or not any(term.language for term in terms):
        return terms
    tags = {term: "" if term.language == _UNKNOWN else term.language.lower() for term in terms}
    if language:
        return [term for term, tag in tags.items() if not tag or f"{tag}-".startswith(f"{language}-")]
    for wanted in ("en", ""):
        found = [term for term, tag in tags.items() if tag.partition("-")[0] == wanted]
        if found:
            return found
    return terms[:1]


def _cell(
    term: Term | None, prop: Property, settings: Settings, names: Mapping[str, str], owner: str
) -> Cell:
    if term is None:
        return {}
    if term.kind != "iri":
        return _literal(term)
    if prop.dataset:
        identifier = form_named(prop.dataset).identifier(term.value)
        entity = prop.dataset == "wikidata" and settings.content == "entities"
        return {"id": identifier, "name": owner or identifier} if entity else {"str": identifier}
    if prop.classes:
        return {"str": local(term.value) if settings.content == "ids" else names.get(term.value, term.value)}
    if settings.content == "ids":
        return {"str": term.value}
    name = names.get(term.value, short(term.value))
    if settings.content == "entities" and term.value.startswith(SPACE):
        return {"id": short(term.value), "name": name}
    return {"str": name}


def _literal(term: Term) -> Cell:
    value = term.to_python()
    if isinstance(value, bool):
        return {"str": "true" if value else "false"}
    if isinstance(value, datetime):
        return {"date": _moment(value)}
    if term.datatype == f"{XSD}date":
        return _date(term.value)
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return {"str": term.value}
    if isinstance(value, int) and abs(value) < _WHOLE_NUMBERS:
        return {"int": value}
    return {"float": value} if isinstance(value, float) else {"str": term.value}


def _date(text: str) -> Cell:
    try:
        return {"date": _moment(datetime.fromisoformat(text))}
    except ValueError:
        return {"str": text}


def _moment(value: datetime) -> str:
    """Return a moment in UTC; one without a time zone is in that."""
    known = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return known.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
