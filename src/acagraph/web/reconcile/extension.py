"""Data extension queries: which properties of which things are wanted, and with which settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException

from acagraph.errors import ParameterError, QueryError
from acagraph.queries import Parameter
from acagraph.queries.values import candidates
from acagraph.stores import Term
from acagraph.web.protocol import shown
from acagraph.web.reconcile.conditions import clean
from acagraph.web.reconcile.queries import read_json

MOST_IDS = 1_000
MOST_PROPERTIES = 50
_LONGEST = 300
_LANGUAGE = re.compile(r"\*|[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_DAY = Parameter("as_of", "date", "2018-12-31", bound="upper")
_CONTENTS = {
    "entities": "Things, as reconciled cells",
    "literals": "Names and texts",
    "ids": "Identifiers: IRIs of things, codes of classes",
}
_LINKS = {
    "exact": "Only what is linked as exactly the same",
    "close": "Close matches too, also of the territory that is governed",
}
SETTINGS: tuple[dict[str, Any], ...] = (
    {
        "name": "limit",
        "label": "Limit",
        "type": "number",
        "default": 0,
        "help_text": "The most values of one row; 0 for all.",
    },
    {
        "name": "content",
        "label": "Content",
        "type": "select",
        "default": "entities",
        "help_text": "What stands for a thing that is a value.",
        "choices": [{"value": value, "name": name} for value, name in _CONTENTS.items()],
    },
    {
        "name": "language",
        "label": "Language",
        "type": "text",
        "default": "",
        "help_text": "A language tag such as ja, or * for all; English if there is one, where this is empty.",
    },
    {
        "name": "as_of",
        "label": "As of",
        "type": "text",
        "default": "",
        "help_text": "A day, month or year, for memberships on that day; the newest, where this is empty.",
    },
    {
        "name": "links",
        "label": "Links",
        "type": "select",
        "default": "exact",
        "help_text": "How sure a link to another dataset must be.",
        "choices": [{"value": value, "name": name} for value, name in _LINKS.items()],
    },
)


@dataclass(frozen=True)
class Settings:
    """How values are wanted; a limit of 0 is none, an empty language is English if there is one."""

    limit: int = 0
    content: str = "entities"
    language: str = ""
    as_of: Term | None = None
    links: str = "exact"


@dataclass(frozen=True)
class Extension:
    """The identifiers of things as the client wrote them, and the properties with their settings."""

    ids: tuple[str, ...]
    properties: Mapping[str, Settings]


def extension(text: str) -> Extension:
    """Return what an extension query wants; what is named twice is given once.

    Raises QueryError for what the API does not describe, HTTPException (413) for too much at once.
    """
    found = read_json(text, "extend")
    ids = found.get("ids") if isinstance(found, dict) else None
    properties = found.get("properties") if isinstance(found, dict) else None
    if not isinstance(ids, list) or not isinstance(properties, list):
        raise QueryError(
            'extend is no object with ids and properties; send one such as {"ids": ["coalition/jci"], '
            '"properties": [{"id": "country"}]}'
        )
    if len(ids) > MOST_IDS or len(properties) > MOST_PROPERTIES:
        raise HTTPException(
            413, f"send at most {MOST_IDS:,} ids and {MOST_PROPERTIES} properties at a time, not "
            f"{len(ids):,} and {len(properties):,}"
        )  # fmt: skip
    for name in ids:
        if not isinstance(name, str) or len(name) > _LONGEST:
            raise QueryError(f"an id in extend is no text of at most {_LONGEST} characters; leave it out")
    wanted: dict[str, Settings] = {}
    for one in properties:
        if not isinstance(one, dict) or not isinstance(one.get("id"), str) or len(one["id"]) > _LONGEST:
            raise QueryError(
                'a property in extend is no object with an id; send one such as {"id": "country"}'
            )
        wanted.setdefault(one["id"], _settings(one.get("settings")))
    return Extension(tuple(dict.fromkeys(ids)), wanted)


def _settings(given: object) -> Settings:
    """Return the settings of a property; what is empty is as if not given. Raises QueryError."""
    if given is None:
        return Settings()
    if not isinstance(given, dict):
        raise QueryError('settings is no object; send one such as {"limit": 5}')
    told = {name: value for name, value in given.items() if value is not None and value != ""}
    return Settings(
        limit=_limit(told.get("limit", 0)),
        content=_choice("content", told.get("content", "entities"), _CONTENTS),
        language=_language(told.get("language", "")),
        as_of=_day(told.get("as_of")),
        links=_choice("links", told.get("links", "exact"), _LINKS),
    )


def _limit(given: object) -> int:
    text = clean(str(given)).strip()
    if isinstance(given, bool) or not re.fullmatch(r"[0-9]{1,9}(\.0+)?", text):
        raise QueryError(f"the setting limit={shown(text)} is no number; write one such as 5, or 0 for all")
    return int(text.partition(".")[0])


def _choice(name: str, given: object, choices: Mapping[str, str]) -> str:
    if not isinstance(given, str) or given not in choices:
        raise QueryError(f"the setting {name}={shown(clean(str(given)))} is none of {', '.join(choices)}")
    return given


def _language(given: object) -> str:
    if given != "" and not (isinstance(given, str) and _LANGUAGE.fullmatch(given.strip())):
        raise QueryError(
            f"the setting language={shown(clean(str(given)))} is no language tag; write one such as ja, or *"
        )
    return str(given).strip().lower()


def _day(given: object) -> Term | None:
    if given is None:
        return None
    text = clean(str(given))
    try:
        return candidates(_DAY, text)[0]
    except ParameterError:
        raise QueryError(
            f"the setting as_of={shown(text)} is no date; write a year, a month or a day such as 2018-12-31"
        ) from None
