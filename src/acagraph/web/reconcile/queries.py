"""Reconciliation queries: from the JSON that a client sends to what the finder of names is asked."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException

from acagraph.errors import QueryError
from acagraph.reconciliation.model import Query
from acagraph.reconciliation.placeholders import is_placeholder
from acagraph.web.protocol import shown
from acagraph.web.reconcile.conditions import clean, conditions
from acagraph.web.reconcile.identifiers import whole

BATCH = 500
LONGEST_NAME = 300
MOST_CANDIDATES = 50
_CANDIDATES = 5
# To leave some when those are left out that are not of all the kinds.
_MORE = 4
_STRICT = {"any": True, "all": True, "should": False}
_ITEM = re.compile(r"Q[1-9][0-9]{0,12}")
_KEYS = frozenset(("query", "type", "limit", "properties", "type_strict"))


@dataclass(frozen=True)
class Wanted:
    """What a query wants.

    `iri` is the thing that it names by an identifier, `asked` what the finder is asked. `kinds` are those
    that were asked for, and with `every` a candidate must be of all of them. `limit` is the most candidates.
    """

    asked: Query
    kinds: tuple[str, ...]
    limit: int
    iri: str | None = None
    every: bool = False
    nothing: bool = False


@dataclass(frozen=True)
class Wrong:
    """A query that cannot be answered, and why."""

    reason: str


def batch(text: str) -> dict[str, Any]:
    """Return the queries of a batch by their keys, not looked at yet.

    Raises QueryError for what is no JSON object, HTTPException (413) for too many queries.
    """
    found = read_json(text, "queries")
    if not isinstance(found, dict):
        raise QueryError('queries is no JSON object; send one such as {"q0": {"query": "Tokyo"}}')
    if len(found) > BATCH:
        raise HTTPException(
            413, f"{len(found):,} queries in a batch; send at most {BATCH} at a time, as batchSize says"
        )
    return found


def single(text: str) -> Any:
    """Return the query that older clients send by itself: a JSON object, or a name. Raises QueryError."""
    return read_json(text, "query") if text.lstrip().startswith("{") else {"query": text}


def read_json(text: str, name: str) -> Any:
    """Return what a parameter holds as JSON (RFC 8259); keys that stand twice and NaN are refused.

    Raises QueryError.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise QueryError(f"{name} is no JSON: {error.msg} at {place}; send it as JSON, in UTF-8") from None
    except RecursionError:
        raise QueryError(f"{name} nests too deeply; send it as the API describes it") from None
    except ValueError as error:  # a number of more digits than are read, a key twice
        raise QueryError(f"{name} cannot be read: {error}; send it as JSON") from None


def wanted(
    query: object, find_kind: Callable[[str], str | None], redirects: Mapping[str, str]
) -> Wanted | Wrong:
    """Return what a query wants, or what is wrong with it; nothing is raised."""
    if not isinstance(query, dict):
        return Wrong('a query is an object such as {"query": "Tokyo"}')
    if not _KEYS.issuperset(query):
        unknown = next(key for key in query if key not in _KEYS)
        return Wrong(f"there is no field {shown(clean(unknown))}; there are {', '.join(sorted(_KEYS))}")
    name, properties = query.get("query"), query.get("properties")
    if name is None:
        name = ""
    if not isinstance(name, str):
        return Wrong("the name to look for is no text")
    if not isinstance(properties, list | None):
        return Wrong("properties is no list of objects with pid and v")
    if not name.strip() and not properties:
        return Wrong("neither a name nor properties; send one of them")
    types, strict = query.get("type"), _strictness(query)
    if strict not in _STRICT:
        return Wrong("type_strict is any, all or should")
    names = _types(types)
    if names is None:
        return Wrong("type is a text or a list of texts")
    return _wanted(clean(name[:LONGEST_NAME]), names, query, find_kind, redirects)


def _wanted(
    name: str,
    types: Sequence[str],
    query: Mapping[str, Any],
    find_kind: Callable[[str], str | None],
    redirects: Mapping[str, str],
) -> Wanted:
    strictness = _strictness(query)
    known = [find_kind(text) for text in types]
    kinds = tuple(dict.fromkeys(kind for kind in known if kind is not None))
    told = conditions(query.get("properties"), find_kind)
    strict = _STRICT[strictness] and bool(types)
    every = strictness == "all" and len(types) > 1
    limit = _limit(query.get("limit"))
    if _ITEM.fullmatch(name.strip()) and not told.identifiers:
        told.identifiers.append(f"wikidata:{name.strip()}")
    asked = Query(
        name,
        kinds=kinds if strict else tuple(told.kinds) or kinds,
        strict=strict,
        countries=tuple(told.countries),
        position=told.position,
        identifiers=tuple(told.identifiers),
        limit=limit * _MORE if every else limit,
    )
    # Of a kind that there is not, there is nothing; nor is "n/a" a name where nothing else is told.
    unnamed = is_placeholder(name) and not (told.countries or told.position or told.identifiers)
    nothing = unnamed or (strict and (not kinds or (every and None in known)))
    return Wanted(asked, kinds, limit, whole(name, redirects), every, nothing)


def _strictness(query: Mapping[str, Any]) -> str:
    given = query.get("type_strict")
    return "should" if given is None else str(given)


def _types(given: object) -> list[str] | None:
    """Return the types of a query; older clients send objects with an id. None stands for what is wrong."""
    if given is None:
        return []
    found = []
    for one in given if isinstance(given, list) else [given]:
        name = one.get("id") if isinstance(one, dict) else one
        if not isinstance(name, str):
            return None
        if name:
            found.append(name)
    return found[:20]


def _limit(given: object) -> int:
    """Return how many candidates are asked for, within what there is; nonsense is as if not given."""
    if isinstance(given, str) and re.fullmatch("[0-9]{1,9}", given):
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        return _CANDIDATES
    return min(int(given), MOST_CANDIDATES) if given >= 1 else _CANDIDATES


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {shown(clean(twice))} stands twice in an object")
    return found


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")
