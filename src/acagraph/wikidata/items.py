"""What Wikidata says of items: names, classes, countries, places on the map, identifiers, mergers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from acagraph.stores.terms import Row
from acagraph.vocab import PREFIXES
from acagraph.wikidata.client import Client, Progress
from acagraph.wikidata.terms import (
    ABOLISHED,
    DIRECT,
    HEAD,
    IDENTIFIERS,
    IN_COUNTRY,
    INSTANCE_OF,
    ITEM,
    POSITION,
    ROOTS,
    items,
    number_of,
    point,
)

_SAME = PREFIXES["owl"] + "sameAs"
_LABEL = PREFIXES["rdfs"] + "label"
_NAMES = (_LABEL, PREFIXES["skos"] + "altLabel")
_FACTS = (INSTANCE_OF, POSITION, ABOLISHED, *IDENTIFIERS, _SAME)
_BATCH = 40


@dataclass(frozen=True)
class Item:
    """An item; `number` is its own, `target` that of the one it was merged into.

    `names` are those in the languages that were asked for, `label` is the English one, else the first.
    `countries` are ISO 3166-1 alpha-2, `abolished` a date as Wikidata writes it. `known` tells whether
    anything at all is said of it: nothing is of an item that was deleted.
    """

    number: str
    known: bool
    label: str = ""
    names: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    positions: tuple[tuple[float, float], ...] = ()
    identifiers: frozenset[str] = frozenset()
    abolished: str = ""
    target: str = ""


def read_items(
    client: Client,
    numbers: Iterable[str],
    *,
    languages: Collection[str] = ("en", "mul"),
    progress: Progress | None = None,
) -> dict[str, Item]:
    """Return the items by their numbers; without `languages` their names in every language are read.

    Raises what Client.rows raises.
    """
    wanted = sorted(set(numbers))
    told: dict[str, dict[str, set[str]]] = {number: defaultdict(set) for number in wanted}
    english: dict[str, str] = {}
    tags = tuple(sorted(languages))
    for row in client.batched(lambda some: _facts(some, tags), wanted, size=_BATCH, progress=progress):
        number, what, value = number_of(row["item"].value), row["what"].value, row["value"]
        if number not in told:
            continue
        told[number][what].add(value.value)
        if what == _LABEL and value.language == "en":
            english[number] = value.value
    return {number: _item(number, told[number], english.get(number, "")) for number in wanted}


def read_roots(client: Client, classes: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return which of the root classes each class is below, or is itself. Raises what Client.rows raises."""
    found: dict[str, set[str]] = {number: set() for number in classes}
    for row in client.batched(_above, found, size=_BATCH):
        number, root = (number_of(row[name].value) for name in ("class", "root"))
        if number in found and root:
            found[number].add(root)
    return {number: frozenset(roots) for number, roots in found.items()}


def _facts(numbers: Sequence[str], languages: Sequence[str]) -> str:
    """Write the query for what is read of some items; each part names them, and so begins with them."""
    values = f"VALUES ?item {{ {items(numbers)} }}"
    known = " ".join(f"<{what}>" for what in _FACTS)
    named = " ".join(f"<{what}>" for what in _NAMES)
    tags = ", ".join(f'"{tag}"' for tag in languages)
    spoken = f"FILTER(LANG(?value) IN ({tags}))" if tags else ""
    return f"""{HEAD}SELECT ?item ?what ?value WHERE {{
  {{ {values} VALUES ?what {{ {known} }} ?item ?what ?value }}
  UNION {{ {values} VALUES ?what {{ {named} }} ?item ?what ?value {spoken} }}
  UNION {{ {values} ?item wdt:P17 ?country . ?country wdt:P297 ?value . BIND(wdt:P17 AS ?what) }}
}}"""


def _above(numbers: Sequence[str]) -> str:
    return f"""{HEAD}SELECT DISTINCT ?class ?root WHERE {{
  VALUES ?class {{ {items(numbers)} }} VALUES ?root {{ {items(ROOTS)} }} ?class wdt:P279* ?root
}}"""


def _item(number: str, told: Mapping[str, Collection[str]], english: str) -> Item:
    positions = sorted(place for text in told.get(POSITION, ()) if (place := point(text)))
    labels = sorted(told.get(_LABEL, ()))
    countries = {*told.get(IN_COUNTRY, ()), *told.get(f"{DIRECT}P297", ())}
    return Item(
        number=number,
        known=any(told.values()),
        label=english or (labels[0] if labels else ""),
        names=frozenset(name for what in _NAMES for name in told.get(what, ())),
        classes=frozenset(filter(None, map(number_of, told.get(INSTANCE_OF, ())))),
        countries=frozenset(countries),
        positions=tuple(positions),
        identifiers=frozenset(
            f"{kind}:{plain(kind, value)}"
            for what, kind in IDENTIFIERS.items()
            for value in told.get(what, ())
        ),
        abolished=min(told.get(ABOLISHED, ()), default=""),
        target=min(filter(None, map(number_of, told.get(_SAME, ()))), default=""),
    )


def plain(kind: str, value: str) -> str:
    """Return an identifier as we write it: Wikidata once wrote an ISNI in groups of four.

    >>> plain("isni", "0000 0001 0316 7795")
    '0000000103167795'
    """
    return value.replace(" ", "") if kind == "isni" else value


def item_of(row: Row, name: str) -> str | None:
    """Return the number of the item that a variable is bound to, None for anything else."""
    return number_of(row[name].value) if name in row and row[name].value.startswith(ITEM) else None
