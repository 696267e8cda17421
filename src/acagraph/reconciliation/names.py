"""Names made comparable: what a government or company is called, without what it calls itself."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from acagraph.reconciliation.folding import fold, has_digraphs
from acagraph.reconciliation.kinds import Group, group_of
from acagraph.reconciliation.letters import repaired, romanised

Level = Literal["", "municipality", "upper"]

# Which designators say nothing, by group of kinds; the others are part of the name.
_DROPPED: Mapping[Group, tuple[str, ...]] = {
    "local": ("municipality", "upper", "any"),
    "regional": ("municipality", "upper", "any"),
    "national": ("nation", "any"),
    "company": ("legal",),
    "organisation": ("legal",),
    "joint": (),
    "tribal": ("any",),
}
_BRACKETS = re.compile(r"\s*\(([^()]*)\)\s*")
_ALTERNATIVES = re.compile(r"\s*[/|]\s*")
_PARTS = re.compile(r"\s+[-–—]\s+")
_CODE = 2
# Behind a hyphen a designator of Korea or Japan, elsewhere a code: "Suwon-si", "Asciano (SI)".
_HYPHENATED = re.compile(r"(?<=[^\W\d_]{2})-(si|gu|do|ku|fu)$", re.I)
_OWN_LETTERS = {"si": "시", "gu": "구", "do": "도", "ku": "区", "fu": "府"}
_NOT_ASCII = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Key:
    """A name as it is compared: letters without blanks.

    Of a government also its level: "Provincia di Torino" is not "Torino". A key that is not `full` left out
    words that may tell two actors apart: "Group", or "TX" of "Houston, TX".
    """

    text: str
    level: Level
    full: bool


@dataclass(frozen=True)
class _Designators:
    """Words of one kind in front of the name, behind it, and grown together with it on either side.

    `first` and `last` are the words that those in front begin and those behind end with, `openings` all
    that those in front begin with: "comune" of "comune di".
    """

    start: frozenset[str] = frozenset()
    end: frozenset[str] = frozenset()
    glued_start: tuple[str, ...] = ()
    glued_end: tuple[str, ...] = ()
    longest: int = 0
    first: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()
    openings: frozenset[str] = frozenset()


def name_key(name: str, kind: str = "LocalGovernment") -> str:
    """Return the words by which a name is compared, without designators; a second time it stays as it is.

    `kind` is the local name of a class: it decides which designators say nothing. A name that consists of
    designators only is kept whole.

    >>> name_key("Ville de Genève"), name_key("Toyota Motor Corporation", "Business")
    ('geneve', 'toyota motor')
    """
    return _stripped(_words(name), kind)[0]


def slug_key(name: str) -> str:
    """Return a name as ASCII slug in kebab-case; empty for a name without any Latin letter or digit.

    >>> slug_key("Łódź (City)")
    'lodz-city'
    """
    return _NOT_ASCII.sub("-", fold(name)).strip("-")


def keys_of(name: str, kind: str, *, asked: bool = False) -> frozenset[Key]:
    """Return all the keys of a name: as a whole, its alternatives, and what is left without qualifiers.

    Of a name that is `asked` for, what is left without brackets or on one side of a stroke is not full: in
    "Frankfurt (Oder)" it may be what tells two towns apart. In brackets a designator says nothing.
    A name in letters that are not Latin has keys in Latin letters too; a damaged spelling has those of the
    name that was meant.
    """
    group = group_of(kind)
    found: dict[tuple[str, Level], bool] = {}
    name = repaired(name)
    forms = (name, *romanised(name))
    for variant, full in (item for form in forms for item in _variants(form, group, asked)):
        for digraphs in {False, has_digraphs(variant)}:
            text, level = _stripped(_words(variant, digraphs=digraphs), kind)
            # "수원시" is Suwon: what is taken off is known in its own letters.
            for bare in (text, *romanised(text)):
                for words, whole in _without_group(bare, kind, full):
                    key = (words.replace(" ", ""), level)
                    if key[0]:
                        found[key] = found.get(key, False) or whole
    return frozenset(Key(text, level, full) for (text, level), full in found.items())


def other_names(key: Key, country: str | None) -> frozenset[Key]:
    """Return the keys of a large city's names in other languages: that of Milan for Milano, in Italy.

    The table is short and holds only names that are of no other place of the country.
    """
    if key.level != "municipality" or not key.full:
        return frozenset()
    return frozenset(Key(text, key.level, full=True) for text in _exonyms().get((country, key.text), ()))


@cache
def _exonyms() -> Mapping[tuple[str | None, str], frozenset[str]]:
    found: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    for row in _rows("exonyms.csv"):
        one, other = (
            {key.text for key in keys_of(row[column], "LocalGovernment") if key.full}
            for column in ("name", "other")
        )
        for text in one | other:
            found[row["country"], text] |= one | other
    # Three names of one city stand in two rows.
    return {
        (country, text): frozenset().union(*(found[country, name] for name in names))
        for (country, text), names in found.items()
    }


def namesake_share(country: str) -> float:
    """Return the share, from 0 to 1, of a country's places that have their name in common with another one.

    Counted by `name_key` in GeoNames, places with at least 500 inhabitants; 1 for an unknown country.
    """
    return _shares().get(country, 1.0)


@cache
def _shares() -> Mapping[str, float]:
    return {row["country"]: float(row["share"]) for row in _rows("namesakes.csv")}


def _variants(name: str, group: Group, asked: bool) -> Iterator[tuple[str, bool]]:
    """Yield what a name may also be written as, and whether that is the full name."""
    yield name, True
    if group == "joint":  # its name is often the list of its members
        return
    outside = _BRACKETS.sub(" ", name).strip()
    if outside and outside != name:
        yield outside, not asked or all(_says_nothing(text, group) for text in _BRACKETS.findall(name))
    for inside in _BRACKETS.findall(name):
        nothing = name_key(inside) in ("city", "region", "province") or (
            asked and _says_nothing(inside, group)
        )
        if len(fold(inside)) > 2 and not nothing:
            yield inside, False
    if group not in ("local", "regional", "national"):
        return
    for divider, full in ((_ALTERNATIVES, not asked), (_PARTS, False)):
        parts = divider.split(outside)
        if len(parts) > 1:
            yield from ((part, full) for part in parts if len(fold(part)) > 2)
    before, comma, after = outside.partition(",")
    if comma and before.strip():
        yield before, False
        if _is_designator(after, group):
            yield f"{after.strip()} {before}", True


def _is_designator(text: str, group: Group) -> bool:
    """Tell whether words are what stands in front of a name, as after the comma of "Milano, Comune di"."""
    return any(_words(text) in _table()[kind].start for kind in _DROPPED[group])


def _says_nothing(text: str, group: Group) -> bool:
    """Tell whether words are what is taken off a name on either side, as in "Milano (Comune)"."""
    words = _words(text)
    if not words or words in ("city", "region", "province"):
        return True
    if len(words) == _CODE and words.isascii():  # "SI" is Siena or Slovenia, and no city of Korea
        return False
    for kind in (*_DROPPED[group], *(("group",) if group in ("company", "organisation") else ())):
        if words in _table()[kind].openings or words in _table()[kind].end:
            return True
    return False


def _without_group(text: str, kind: str, full: bool) -> Iterator[tuple[str, bool]]:
    yield text, full
    if group_of(kind) in ("company", "organisation"):
        shorter = _strip_once(text, _table()["group"])
        while shorter is not None:
            shorter = _stripped(shorter, kind)[0]
            yield shorter, False
            shorter = _strip_once(shorter, _table()["group"])


def _stripped(text: str, kind: str) -> tuple[str, Level]:
    """Take designators off until none is left; return the rest and the level that they or the kind tell."""
    group, table = group_of(kind), _table()
    told: set[str] = set()
    again = True
    while again:
        again = False
        for designator in _DROPPED[group]:
            shorter = _strip_once(text, table[designator])
            if shorter is not None:
                text, again = shorter, True
                told.add(designator)
                break
    if group not in ("local", "regional"):
        return text, ""
    if kind == "CountyGovernment" or "upper" in told:
        return text, "upper"
    if group == "local" or "municipality" in told:
        return text, "municipality"
    return text, "upper"


def _strip_once(text: str, designators: _Designators) -> str | None:
    """Take the longest designator off; None when there is none, or nothing else."""
    words = text.split(" ")
    if words[0] in designators.first or words[-1] in designators.last:
        for length in range(min(designators.longest, len(words) - 1), 0, -1):
            if " ".join(words[:length]) in designators.start:
                return " ".join(words[length:])
            if " ".join(words[-length:]) in designators.end:
                return " ".join(words[:-length]).removesuffix(" and")
    if text.isascii():  # no designator in Latin letters is grown together with names
        return None
    for glued in designators.glued_end:
        if text.endswith(glued) and len(text) >= len(glued) + 2:
            return text.removesuffix(glued).strip()
    for glued in designators.glued_start:
        if text.startswith(glued) and len(text) >= len(glued) + 2:
            return text.removeprefix(glued).strip()
    return None


@lru_cache(maxsize=1024)  # a name is read as of several kinds, one after the other
def _words(name: str, *, digraphs: bool = False) -> str:
    """Fold a name and write its abbreviations out."""
    if "-" in name:
        name = _HYPHENATED.sub(lambda found: _OWN_LETTERS[found[1].lower()], name)
    abbreviations = _abbreviations()
    return " ".join(abbreviations.get(word, word) for word in fold(name, digraphs=digraphs).split(" "))


@cache
def _abbreviations() -> Mapping[str, str]:
    return {row["word"]: row["means"] for row in _rows("abbreviations.csv")}


@cache
def _table() -> Mapping[str, _Designators]:
    """Read the designators, folded as names are, by kind."""
    found: dict[str, dict[str, set[str]]] = {}
    for row in _rows("designators.csv"):
        places = {
            "both": ("start", "end"),
            "glued": ("glued_end",),
            "glued-both": ("glued_start", "glued_end"),
        }
        for place in places.get(row["place"], (row["place"],)):
            found.setdefault(row["kind"], {}).setdefault(place, set()).add(_words(row["text"]))
    return {
        kind: _Designators(
            start=frozenset(texts.get("start", ())),
            end=frozenset(texts.get("end", ())),
            glued_start=_longest_first(texts.get("glued_start", set())),
            glued_end=_longest_first(texts.get("glued_end", set())),
            longest=max(len(text.split(" ")) for place in texts.values() for text in place),
            first=frozenset(text.partition(" ")[0] for text in texts.get("start", ())),
            last=frozenset(text.rpartition(" ")[2] for text in texts.get("end", ())),
            openings=frozenset(
                " ".join(words[:length])
                for words in (text.split(" ") for text in texts.get("start", ()))
                for length in range(1, len(words) + 1)
            ),
        )
        for kind, texts in found.items()
    }


def _rows(table: str) -> list[dict[str, str]]:
    content = files("acagraph.reconciliation").joinpath(table).read_text(encoding="utf-8")
    return list(csv.DictReader(content.splitlines()))


def _longest_first(words: set[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda text: (-len(text), text)))
