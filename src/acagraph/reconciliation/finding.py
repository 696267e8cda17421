"""Find things of a release by uncertain names, in its index."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from acagraph.reconciliation.comparison import Asked, Candidate, asked, candidates
from acagraph.reconciliation.database import Database, Tables
from acagraph.reconciliation.folding import fold
from acagraph.reconciliation.index import NAMES, country_texts
from acagraph.reconciliation.model import Match, Query, Thing
from acagraph.reconciliation.readings import ANY, readings
from acagraph.reconciliation.rivals import among_others
from acagraph.reconciliation.scoring import (
    LEAD,
    THRESHOLD,
    THRESHOLD_ANYWHERE,
    Comparison,
    probabilities,
)

__all__ = ["NAMES", "Finder", "Match", "Query", "Thing"]

# Longer names are cut; none in the data has half as many letters.
_LONGEST = 300
_ASKED_FOR = 20
_FOUND = 1000
# What people are shown first when they search.
_SURE = ("same", "designator", "script", "saint", "order")
_LIKELY = 0.3
# Of a thing that has its name from the pair, not the first of it.
_SECOND = 0.9
_OTHER_KIND = 0.1
# What stands between a town and its country: "Paris, France", "Valencia - Spain", "Roma/Italia".
_MARK = re.compile(r"[,(/|]|\s[-–—]\s")
_NOWHERE: frozenset[str] = frozenset()


class Finder:
    """The index of names of a release, open for reading; several threads may ask at once."""

    def __init__(self, database: Database) -> None:
        """Ask in a database."""
        self._database = database
        # A list names few countries, many times.
        self._country = lru_cache(maxsize=1024)(self._country_of)

    @classmethod
    def open(cls, path: Path) -> Finder:
        """Open an index. Raises ReleaseError when there is none or it is of another form."""
        return cls(Database(path))

    def close(self) -> None:
        """Close the index; what is being asked at this moment is still answered."""
        self._database.close()

    def find(self, query: Query) -> list[Match]:
        """Return the things that a query may mean, the most probable first, equals by IRI.

        Odd text finds nothing, whatever it is. A name is read to 300 letters, and of 20 countries, kinds and
        identifiers each.
        """
        return self._found(query, thorough=False)[: max(query.limit, 0)]

    def complete(self, start: str, *, kinds: tuple[str, ...] = (), limit: int = 10) -> list[Thing]:
        """Return things with a name in which a word begins with `start`, those that begin with it first."""
        text = fold(_clean(start))
        if not text or limit <= 0:
            return []
        with self._database.connection() as connection:
            tables = Tables(connection)
            numbers = tables.starting(text, [_clean(kind) for kind in kinds[:_ASKED_FOR]], min(limit, _FOUND))
            known = tables.things(numbers)
        return [known[number][0] for number in numbers]

    def search(
        self,
        text: str,
        *,
        kinds: tuple[str, ...] = (),
        countries: tuple[str, ...] = (),
        limit: int = 20,
        offset: int = 0,
    ) -> tuple[list[Match], int]:
        """Return what people may look for by a text, best first from `offset` on, and how much there is.

        What bears the name or nearly does comes first, then what has a word that begins so, of which there
        are at most 1,000, then what is less like it.
        """
        query = Query(text, kinds=kinds, strict=bool(kinds), countries=countries)
        both = self._found(query, thorough=True)
        found = [match for match in both if match.features["name"] in _SURE or match.score >= _LIKELY]
        weak = [match for match in both if match not in found]
        seen = {match.thing.iri for match in found}
        wanted = self._countries(countries)
        for thing in self.complete(text, kinds=kinds, limit=_FOUND):
            if thing.iri not in seen and (not wanted or thing.country in wanted):
                found.append(Match(thing, 0.0, False, thing.label, {"name": "begins so"}))
        shown = {match.thing.iri for match in found}
        found += [match for match in weak if match.thing.iri not in shown]
        found = [match for match in found if not wanted or match.thing.country in wanted]
        start = max(offset, 0)
        return found[start : start + max(limit, 0)], len(found)

    def thing(self, iri: str) -> Thing | None:
        """Return what is known of a thing, None of one that is not in the index."""
        with self._database.connection() as connection:
            tables = Tables(connection)
            number = tables.number(_clean(iri))
            return None if number is None else tables.things([number])[number][0]

    def country(self, text: str) -> str | None:
        """Return the alpha-2 code of a country as people write it: code, name in any language, IRI."""
        return self._country(_clean(text))

    def _where(self, text: str) -> tuple[str | None, frozenset[str]]:
        """Return the country that a text is the name of, and the countries with a region of that name."""
        with self._database.connection() as connection:
            texts = country_texts(text)
            return Tables(connection).country(texts), Tables(connection).regions(texts)

    def _meant(self, country: str, regions: frozenset[str], name: str) -> bool:
        """Tell whether a country is meant that is called as regions are: of Tbilisi, not of Atlanta."""
        if regions <= {country}:
            return True
        texts = [reading.text for reading in readings(name, ANY, asked=True) if reading.form == "whole"]
        with self._database.connection() as connection:
            return Tables(connection).borne_in(texts, country)

    def _country_of(self, text: str) -> str | None:
        with self._database.connection() as connection:
            return Tables(connection).country(country_texts(text))

    def _countries(self, texts: Sequence[str]) -> frozenset[str]:
        return frozenset(code for text in texts[:_ASKED_FOR] if (code := self.country(text)))

    def families(self, query: Query, *, thorough: bool = False) -> list[list[Candidate]]:
        """Return the candidates of a query, not yet weighed, those that count as one together.

        Of a family the first is the one that is compared with others; `thorough` looks at similar names even
        if the name is known. Sorted by the first IRI.
        """
        ready = self._asked(query)
        if not ready.readings and not query.identifiers:
            return []
        with self._database.connection() as connection:
            tables = Tables(connection)
            found = among_others(candidates(ready, tables, self._database.rarity, thorough=thorough))
        families: dict[int, list[Candidate]] = defaultdict(list)
        for item in found:
            families[item.family].append(item)
        return [sorted(members, key=_order) for members in families.values()]

    def _found(self, query: Query, *, thorough: bool) -> list[Match]:
        return _matches(self.families(query, thorough=thorough), named=bool(fold(_clean(query.name))))

    def _asked(self, query: Query) -> Asked:
        """Make a query ready, with the country that stands in the name: behind a mark, or in brackets.

        Two letters are more often those of a state: behind a mark they are left alone ("Houston, CA"), in
        brackets they tell of which country it is not, but a country that was given goes before them.
        """
        name = _clean(query.name).strip()
        identifiers = tuple(_clean(text) for text in query.identifiers[:_ASKED_FOR])
        query = replace(query, name=name, kinds=query.kinds[:_ASKED_FOR], identifiers=identifiers)
        countries = self._countries(query.countries)
        before, after = _divided(name)
        code, bracketed = len(after) <= 2, name.endswith(")")
        told, regions = self._where(after) if before and (bracketed or not code) else (None, _NOWHERE)
        if told is not None and (told in countries if countries else self._meant(told, regions, before)):
            name = name if code and not countries else before
            countries = frozenset({told})
        return asked(query, name, countries, regions)


def _matches(families: Sequence[Sequence[Candidate]], *, named: bool) -> list[Match]:
    """Return the candidates with their scores, best first; a territory and its governments count as one.

    `named` tells that they were asked for by a name, not by an identifier alone.
    """
    chances = probabilities([representative(members) for members in families])
    ranked = sorted(zip(chances, families, strict=True), key=lambda item: (-item[0], item[1][0].thing.iri))
    matches = []
    for place, (chance, members) in enumerate(ranked):
        others = [other for at, (other, _) in enumerate(ranked[:2]) if at != place]
        lead = chance - max(others, default=0.0)
        for item in members:
            first = item is members[0]
            part = 1.0 if first else _OTHER_KIND if item.comparison.kind == "differs" else _SECOND
            least = THRESHOLD_ANYWHERE if item.comparison.country == "not asked" else THRESHOLD
            sure = first and place == 0 and chance >= least and lead >= LEAD and _agrees(item, named)
            score = round(chance * part, 4)
            matches.append(Match(item.thing, score, sure, item.name, _told(item, lead)))
    return sorted(matches, key=lambda match: (-match.score, match.thing.iri))


def _divided(name: str) -> tuple[str, str]:
    """Return what stands before the last mark of a name and what stands behind it; nothing without a mark."""
    marks = list(_MARK.finditer(name))
    if not marks:
        return "", ""
    return name[: marks[-1].start()].strip(), name[marks[-1].end() :].strip(") ")


def _order(item: Candidate) -> tuple[bool, bool, tuple[float, bool], str]:
    """Sort a territory and those who govern it: of the kind asked for, then governments, as they are members.

    Of a country the better name decides: "Germany" is the country, "Government of Germany" is not.
    """
    kinds, compared = item.thing.kinds, item.comparison
    territory = "Place" in kinds and "Country" not in kinds
    return (compared.kind == "differs", territory, compared.rank, item.thing.iri)


def representative(members: Sequence[Candidate]) -> Comparison:
    """Return the comparison of a family: that of its first with the name that fits best of all."""
    first = members[0].comparison
    best = min((item.comparison for item in members if item.comparison.kind == first.kind), key=_rank)
    return best if best.rank < first.rank else first


def _rank(compared: Comparison) -> tuple[float, bool]:
    return compared.rank


def _agrees(item: Candidate, named: bool) -> bool:
    """Tell whether nothing contradicts a match, whatever its score."""
    compared = item.comparison
    if named and (compared.likeness == 0 or compared.how == "within"):
        return False
    if compared.how == "qualifier" and not compared.company:  # "Paris (Texas)"
        return False
    # "Washington" may be any town of the name, not the state alone.
    reduced = compared.upper and compared.how == "designator"
    if compared.country == "not asked" and (compared.namesake or reduced):
        return False
    return "differs" not in (compared.country, compared.kind, compared.identifier)


def _told(item: Candidate, lead: float) -> dict[str, float | str | bool]:
    """Return what made a score, for people."""
    compared = item.comparison
    told: dict[str, float | str | bool] = {
        "name": compared.how,
        "name_likeness": round(compared.likeness, 4),
        "lead": round(lead, 4),
    }
    for subject in ("country", "kind", "identifier"):
        if getattr(compared, subject) != "not asked":
            told[subject] = getattr(compared, subject)
    if compared.distance is not None:
        told["distance_km"] = round(compared.distance, 1)
    return told


def _clean(text: str) -> str:
    """Cut a text, and drop what cannot be written as UTF-8."""
    return text[:_LONGEST].encode("utf-8", "ignore").decode("utf-8")
