"""Candidates for a query, each compared with it: by name, country, kind, distance and identifier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from acagraph.reconciliation.database import Borne, Tables
from acagraph.reconciliation.evidence import distance
from acagraph.reconciliation.folding import fold
from acagraph.reconciliation.letters import repaired, romanised
from acagraph.reconciliation.model import Query, Thing
from acagraph.reconciliation.names import Level
from acagraph.reconciliation.rarity import Rarity
from acagraph.reconciliation.readings import ANY, FORMS, Form, Reading, readings
from acagraph.reconciliation.scoring import Agreement, Comparison, How, place
from acagraph.reconciliation.similarity import likenesses, same_numbers, words_within
from acagraph.reconciliation.spellings import ANYWHERE, NOWHERE, Bearer, alike

# So many things are compared, and so many spellings that are only similar.
_THINGS = 200
_SIMILAR = 12
# Below it names have hardly more in common than any two.
_LIKE = 0.65
_SHORTEST = 4
_DOUBLED = re.compile(r"(.)\1+")


@dataclass(frozen=True)
class Asked:
    """A query made ready: its name repaired and folded, its readings by text, the countries by code.

    `latin` tells whether it was asked for in Latin letters, `uncut` is the name folded with the country that
    stood in it, `whole` are the readings of all of it: "Santiago, Chile" is called so. `regions` are the
    countries with a region that is called as what stands behind the name: "Milano - Lombardia".
    """

    query: Query
    folded: frozenset[str]
    readings: Mapping[str, Reading]
    countries: frozenset[str]
    latin: bool
    uncut: frozenset[str]
    whole: Mapping[str, Reading]
    regions: frozenset[str]


@dataclass(frozen=True)
class Candidate:
    """A thing that may be meant, with its family, the name that fitted best, and what was compared."""

    thing: Thing
    family: int
    name: str
    comparison: Comparison


@dataclass(frozen=True)
class _Named:
    """A thing by its number with the name that fits, and how it does."""

    thing: int
    borne: Borne | None
    how: How
    likeness: float = 1.0
    upper: bool = False
    whole: bool = False
    last: bool = False

    @property
    def order(self) -> tuple[float, bool, int]:
        name = -1 if self.borne is None else self.borne.bearer.name
        return (place(self.how, self.likeness), self.last or not self.whole, name)


def asked(query: Query, name: str, countries: frozenset[str], regions: frozenset[str]) -> Asked:
    """Make a query ready; `name` is the name to look for, without a country that stood in it."""
    folded, uncut = _folded(name), _folded(query.name)
    found = {reading.text: reading for reading in readings(name, ANY, asked=True)}
    levels: frozenset[Level] = frozenset(("", "municipality", "upper"))
    plain = (text.replace(" ", "") for text in uncut)
    whole = {text: Reading(text, levels, "whole") for text in plain if text}
    if name != query.name:
        uncut_too = readings(query.name, ANY, asked=True)
        whole |= {reading.text: reading for reading in uncut_too if reading.form == "whole"}
    return Asked(query, folded, found, countries, len(folded) == 1, uncut, whole, regions)


def _folded(name: str) -> frozenset[str]:
    return frozenset(fold(form) for form in (repaired(name), *romanised(repaired(name))))


def candidates(asked: Asked, tables: Tables, rarity: Rarity, *, thorough: bool = False) -> list[Candidate]:
    """Return the things that may be meant, each once, sorted by IRI.

    Similar names are looked at when nothing fits that bears the name, or always when `thorough`.
    """
    named = _exact(asked, tables)
    known = tables.things(sorted(named, key=lambda number: named[number].order)[:_THINGS])
    if thorough or not any(_fits(asked, named[number], known[number][0]) for number in known):
        for number, item in _similar(asked, tables).items():
            if number not in named or item.order < named[number].order:
                named[number] = item
        more = sorted(named.keys() - known.keys(), key=lambda number: named[number].order)
        known |= tables.things(more[:_THINGS])
    identified = tables.with_identifiers(asked.query.identifiers)
    known |= tables.things([number for number in identified if number not in known])
    families = frozenset(known[number][1] for number in identified)
    found = []
    for number, (thing, family) in known.items():
        if not (asked.query.strict and asked.query.kinds and _kind(asked, thing) == "differs"):
            item = named.get(number) or _Named(number, None, "within", 0.0)
            elsewhere = bool(families) and family not in families
            agreement = _identifier(asked, thing, shared=number in identified, elsewhere=elsewhere)
            name = thing.label if item.borne is None else item.borne.name
            found.append(Candidate(thing, family, name, _compared(asked, thing, item, agreement, rarity)))
    return sorted(found, key=lambda item: item.thing.iri)


def _exact(asked: Asked, tables: Tables) -> dict[int, _Named]:
    """Return the things that bear the name, by number, with the name that fits best."""
    known = {**asked.whole, **asked.readings}
    end = fold(repaired(asked.query.name).replace("(", " ").replace(")", " ")).replace(" ", "")
    starts = tuple(f"{text} " for text in asked.uncut if text)
    found: dict[int, _Named] = {}
    for borne in tables.borne(sorted(known)):
        bearer, form, folded = borne.bearer, borne.form, borne.folded
        reading = known[bearer.key.text]
        how = _how(asked, bearer, form, reading)
        if how == "designator" and (folded in asked.folded or folded in asked.uncut):
            how = "same" if asked.latin else "script"
        upper = bearer.key.level == "upper" and len(reading.levels) > 1
        whole = bearer.key.text in asked.whole or (form == "part" and folded.startswith(starts))
        last = how == "qualifier" and end.endswith(bearer.key.text)
        item = _Named(bearer.number, borne, how, upper=upper, whole=whole, last=last)
        if bearer.number not in found or item.order < found[bearer.number].order:
            found[bearer.number] = item
    return found


def _how(asked: Asked, bearer: Bearer, form: Form, reading: Reading) -> How:
    """Tell in which way a bearer's key is that of a query."""
    if reading.form == "part":
        return "qualifier"
    weakest = max(form, reading.form, key=FORMS.index)
    if weakest != "whole":
        return weakest
    if bearer.key.level and bearer.key.level not in reading.levels:
        return "level"
    return "designator" if asked.latin or not reading.text.isascii() else "script"


def _similar(asked: Asked, tables: Tables) -> dict[int, _Named]:
    """Return the things whose names are like a whole reading of the query's, by number."""
    countries = [*sorted(asked.countries), NOWHERE] if asked.countries else [ANYWHERE]
    alikes: dict[str, tuple[float, How, Reading]] = {}
    for reading in asked.readings.values():
        if reading.form == "whole" and len(reading.text) >= _SHORTEST:
            texts = [text for text in alike(tables, reading.text, countries) if text not in asked.readings]
            for text, value in zip(texts, likenesses(reading.text, texts), strict=True):
                how = _like(reading.text, text, value)
                if how is not None and (text not in alikes or value > alikes[text][0]):
                    alikes[text] = (value, how, reading)
    best = sorted(alikes, key=lambda text: (-alikes[text][0], text))[:_SIMILAR]
    found: dict[int, _Named] = {}
    for borne in tables.borne(best):
        bearer = borne.bearer
        value, how, reading = alikes[bearer.key.text]
        level = bearer.key.level
        if borne.form == "whole" and (not level or level in reading.levels):
            upper = level == "upper" and len(reading.levels) > 1
            item = _Named(bearer.number, borne, how, value, upper=upper)
            if bearer.number not in found or item.order < found[bearer.number].order:
                found[bearer.number] = item
    return found


def _like(one: str, other: str, likeness: float) -> How | None:
    """Tell whether two texts are similar, or one only contains the other; None when they are neither."""
    if likeness >= _LIKE:
        return "similar" if same_numbers(one, other) else None
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if likeness > 0 and (long.startswith(short) or long.endswith(short)) and same_numbers(one, other):
        return "within"
    return None


def _fits(asked: Asked, item: _Named, thing: Thing) -> bool:
    """Tell whether a thing that bears the name is of the country and kind asked for."""
    certain = item.how in ("same", "designator", "script")
    return certain and _country(asked, thing) in ("agrees", "not asked") and _kind(asked, thing) != "differs"


def _compared(asked: Asked, thing: Thing, item: _Named, identifier: Agreement, rarity: Rarity) -> Comparison:
    folded, role = (
        (fold(thing.label), "label") if item.borne is None else (item.borne.folded, item.borne.role)
    )
    apart = None
    if asked.query.position is not None and thing.position is not None:
        apart = distance(asked.query.position, thing.position)
    how, added, missing = item.how, 0.0, 0.0
    if how in ("similar", "within"):
        how = _by_words(asked, folded, how)
        if item.borne is not None:
            added, missing = _words_changed(asked, folded, rarity)
        elif any(asked.folded):  # known by an identifier alone, under a name that is not its own
            added = 1.0
    return Comparison(
        how,
        item.likeness,
        changed=round((1.0 - item.likeness) * len(folded)),
        doubled=any(_squeezed(form) == _squeezed(folded) for form in asked.folded),
        letters=len(folded),
        upper=item.upper,
        company="Organisation" in thing.kinds and "Government" not in thing.kinds,
        nation="Country" in thing.kinds,
        whole=item.whole,
        last=item.last,
        first_letter=any(form[:1] == folded[:1] for form in asked.folded),
        alternative=role not in ("label", "territory"),
        country=_country(asked, thing),
        kind=_kind(asked, thing),
        identifier=identifier,
        distance=apart,
        own=role != "territory",
        added=added,
        missing=missing,
        region=how == "qualifier" and not asked.countries and thing.country in asked.regions,
    )


def _by_words(asked: Asked, folded: str, how: How) -> How:
    """Tell whether the words of one name are some of the other's."""
    words = folded.split(" ")
    for form in asked.folded:
        if words_within(form.split(" "), words):
            return "within"
        if words_within(words, form.split(" ")):
            return "contains"
    return "similar" if how == "similar" else "within"


def _words_changed(asked: Asked, folded: str, rarity: Rarity) -> tuple[float, float]:
    """Return which share of the words asked for is not in a name, and of the name's not in what was asked."""
    words = folded.split(" ")
    changes = [
        (rarity.missing(form, words), rarity.missing(words, form))
        for form in (text.split(" ") for text in sorted(asked.folded))
    ]
    return min(changes, key=sum, default=(1.0, 1.0))


def _squeezed(text: str) -> str:
    """Return a text with each letter once that stands there twice."""
    return _DOUBLED.sub(r"\1", text)


def _country(asked: Asked, thing: Thing) -> Agreement:
    if not asked.countries:
        return "not asked"
    if thing.country is None:
        return "unknown"
    return "agrees" if thing.country in asked.countries else "differs"


def _identifier(asked: Asked, thing: Thing, *, shared: bool, elsewhere: bool) -> Agreement:
    """Compare identifiers; one that is borne `elsewhere` contradicts.

    Only of Wikidata's items a thing has one, so that another one contradicts too.
    """
    if not asked.query.identifiers:
        return "not asked"
    if elsewhere:
        return "differs"
    items = [name for name in asked.query.identifiers if name.startswith("wikidata:")]
    if not shared and items and thing.wikidata is not None:
        return "differs"
    return "agrees" if shared else "unknown"


def _kind(asked: Asked, thing: Thing) -> Agreement:
    if not asked.query.kinds:
        return "not asked"
    return "differs" if set(asked.query.kinds).isdisjoint(thing.kinds) else "agrees"
