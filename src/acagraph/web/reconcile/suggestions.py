"""Suggestions while a user types: things, kinds and properties whose names begin with a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from acagraph.reconciliation.finding import Finder
from acagraph.reconciliation.model import Thing
from acagraph.web.reconcile.identifiers import local, short, whole
from acagraph.web.reconcile.kinds import Kinds
from acagraph.web.reconcile.model import Property
from acagraph.web.reconcile.properties import Properties

SHOWN = 20
# Nobody scrolls further, and each step costs the steps before it.
FURTHEST = 1_000
_LONGEST = 300


class Suggestions:
    """What there is that begins with a text, and short descriptions of it."""

    def __init__(
        self, finder: Finder, kinds: Kinds, properties: Properties, redirects: Mapping[str, str]
    ) -> None:
        self._finder = finder
        self._kinds = kinds
        self._properties = properties
        self._redirects = redirects

    def things(self, prefix: str, cursor: int, kinds: Iterable[str] = ()) -> list[dict[str, Any]]:
        """Return things with a name in which a word begins with a text, some from `cursor` on.

        The one that the text identifies comes first. Of unknown kinds there is nothing.
        """
        asked = [text for text in kinds if text]
        wanted = tuple(kind for text in asked if (kind := self._kinds.find(text)) is not None)
        if cursor > FURTHEST or (asked and not wanted):
            return []
        named = self.thing(prefix)
        found = self._finder.complete(prefix[:_LONGEST], kinds=wanted, limit=cursor + SHOWN)
        if named is not None:
            found = [named, *(thing for thing in found if thing.iri != named.iri)]
        return [
            {
                "id": short(thing.iri),
                "name": thing.label,
                "description": thing.description,
                "notable": self._kinds.told(thing.kinds, wanted),
            }
            for thing in found[cursor : cursor + SHOWN]
        ]

    def kinds(self, prefix: str, cursor: int) -> list[dict[str, Any]]:
        """Return kinds with a word in a name that begins with a text; without one all there are."""
        found = [
            kind for kind in self._kinds.known.values() if _begins(prefix, kind.id, kind.name, *kind.others)
        ]
        found.sort(key=lambda kind: not _is_start(prefix, kind.id, kind.name, *kind.others))
        return [self._kinds.described(kind) for kind in found[cursor : cursor + SHOWN]]

    def properties(self, prefix: str, cursor: int) -> list[dict[str, Any]]:
        """Return properties with a word in their names that begins with a text."""
        found = [one for one in self._properties.known.values() if _begins(prefix, one.id, one.name)]
        found.sort(key=lambda one: not _is_start(prefix, one.id, one.name))
        return [one.described() for one in found[cursor : cursor + SHOWN]]

    def thing(self, identifier: str) -> Thing | None:
        """Return the thing of an identifier, None where there is none."""
        iri = whole(identifier, self._redirects)
        return None if iri is None else self._finder.thing(iri)

    def about_thing(self, identifier: str) -> str | None:
        """Return a few words about a thing as HTML, None where there is no such thing."""
        thing = self.thing(identifier)
        return None if thing is None else _html(thing.label, short(thing.iri), thing.description)

    def about_kind(self, identifier: str) -> str | None:
        """Return a few words about a kind as HTML."""
        name = self._kinds.find(identifier)
        kind = None if name is None else self._kinds.known[name]
        return None if kind is None else _html(kind.name, kind.id, kind.description)

    def about_property(self, identifier: str) -> str | None:
        """Return a few words about a property as HTML."""
        one: Property | None = self._properties.find(identifier)
        return None if one is None else _html(one.name, one.id, one.description)


def _begins(prefix: str, identifier: str, *names: str) -> bool:
    wanted = local(prefix).casefold()
    if not wanted or identifier.casefold().startswith(wanted):
        return True
    spoken = (name.casefold().replace("-", " ").split() for name in names)
    starts = (" ".join(words[place:]) for words in spoken for place in range(len(words)))
    return any(start.startswith(wanted) for start in starts)


def _is_start(prefix: str, *names: str) -> bool:
    wanted = local(prefix).casefold()
    return any(name.casefold().startswith(wanted) for name in names)


def _html(name: str, identifier: str, description: str) -> str:
    """Return a snippet for the page of another: marks of text alone, everything in it escaped."""
    told = f"<p>{escape(description)}</p>" if description else ""
    return f"<p><strong>{escape(name)}</strong> <code>{escape(identifier)}</code></p>{told}"
