"""What people make of a name: the rules by which names of towns are written otherwise."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

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
class Town:
    """A municipality of the release or of GeoNames; `things` are its IRIs in the release."""

    key: str
    name: str
    country: str
    country_name: str
    things: frozenset[str] = frozenset()
    position: tuple[float, float] | None = None
    geonames: int | None = None
    qualifier: str | None = None  # a large town near by


def unqualified(name: str) -> str:
    """Return a name without what stands behind a comma or in brackets."""
    return name.partition(",")[0].partition(" (")[0].strip()


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


def mistyped(name: str, rng: random.Random) -> str | None:
    """Return a name with one typing error, None for a short one."""
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
    return mistyped(town.name, rng)


def _typing_twice(town: Town, rng: random.Random) -> str | None:
    once = mistyped(town.name, rng) if len(town.name) >= 9 else None
    return None if once is None else mistyped(once, rng)


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


def with_qualifier(town: Town, rng: random.Random) -> str | None:
    """Return a name with a large town near by or its country's code behind it."""
    if town.qualifier is None:
        return None
    return rng.choice(("{0} ({1})", "{0}/{1}", "{0} ({2})")).format(town.name, town.qualifier, town.country)


def _without_qualifier(town: Town, _: random.Random) -> str | None:
    name = unqualified(town.name)
    return name if name != town.name and name else None


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
    "qualifier added": with_qualifier,
    "qualifier left out": _without_qualifier,
}
