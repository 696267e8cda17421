"""Objects of a metadata file: typed access to their properties, and refusals that say where."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from acagraph.errors import SourceError

CSVW = "http://www.w3.org/ns/csvw"

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_PREFIXED = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*:.+", re.DOTALL)


@dataclass(frozen=True)
class Node:
    """A JSON object of a metadata file, and where it stands there."""

    data: dict[str, Any]
    path: Path
    where: str = ""
    language: str = "und"

    def refuse(self, name: str, message: str) -> NoReturn:
        """Raise SourceError for a property."""
        place = ".".join(part for part in (self.where, name) if part)
        raise SourceError(f"{place or 'the file'}: {message}", path=self.path)

    def child(self, name: str, data: object) -> Node:
        """Return an object that stands below this one; SourceError when it is none."""
        if not isinstance(data, dict):
            self.refuse(name, f"{_shown(data)} is no object; write one in braces")
        where = ".".join(part for part in (self.where, name) if part)
        return Node(data, self.path, where, self.language)

    def children(self, name: str) -> Iterator[Node]:
        """Yield the objects of a list; none when the property is absent."""
        items = self.data.get(name, [])
        if not isinstance(items, list):
            self.refuse(name, f"{_shown(items)} is no list; write one in brackets")
        for index, item in enumerate(items):
            yield self.child(f"{name}[{index}]", item)

    def text(self, name: str) -> str | None:
        """Return a string, or None when the property is absent."""
        value = self.data.get(name)
        if value is not None and not isinstance(value, str):
            self.refuse(name, f"{_shown(value)} is no string; write one in quotes")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """Return true or false."""
        value = self.data.get(name, default)
        if not isinstance(value, bool):
            self.refuse(name, f"{_shown(value)} is neither true nor false; write one of them")
        return value

    def count(self, name: str, default: int) -> int:
        """Return a whole number, zero or above."""
        value = self.data.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.refuse(name, f"{_shown(value)} is no number of things; write 0, 1, 2 …")
        return value

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        """Return one of some words."""
        value = self.data.get(name, default)
        if not isinstance(value, str) or value not in allowed:
            self.refuse(name, f"{_shown(value)} is none of {', '.join(sorted(allowed))}; write one of them")
        return value

    def tag(self, name: str) -> str | None:
        """Return a language tag, or None when the property is absent."""
        value = self.text(name)
        if value is not None and not _LANGUAGE.fullmatch(value):
            self.refuse(name, f"{value!r} is no language tag; write one such as en")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a string or a list of strings as a tuple; empty when the property is absent."""
        value = self.data.get(name, [])
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            self.refuse(name, f"{_shown(value)} is neither a string nor a list of strings; write one of them")
        return tuple(items)

    def names(self, name: str, known: Collection[str]) -> tuple[str, ...]:
        """Return names of columns, all of them known."""
        found = self.texts(name)
        for item in found:
            if item not in known:
                self.refuse(name, f"{item!r} is no column of the table; name one of {', '.join(known)}")
        return found

    def limit(self, kind: str, known: Collection[str], refused: Collection[str] = ()) -> None:
        """Refuse every property but the known and the common ones; of those minimal mode tells nothing."""
        for name, value in self.data.items():
            if name in refused:
                self.refuse(name, "acagraph does not support it; remove it")
            if name in known:
                continue
            if name.startswith("@") or not _PREFIXED.fullmatch(name):
                self.refuse(name, f"not a property of a {kind}; correct its name or remove it")
            common(self, name, value)
        self._type(kind)

    def _type(self, kind: str) -> None:
        if self.data.get("@type", kind) != kind:
            self.refuse("@type", f"{_shown(self.data['@type'])} should be {kind!r}; correct or remove it")
        if "@id" in self.data and (self.text("@id") or "").startswith("_:"):
            self.refuse("@id", "a blank node; write an IRI")


def common(node: Node, name: str, value: object) -> None:
    """Refuse a value of a common property that is no JSON-LD as CSVW allows it (metadata, section 5.8)."""
    if isinstance(value, list):
        for item in value:
            common(node, name, item)
    elif isinstance(value, dict):
        if "@value" in value:
            _literal(node, name, value)
        elif "@language" in value:
            node.refuse(name, "@language stands beside @value only; move it there")
        for key, item in value.items():
            _member(node, name, key, item, literal="@value" in value)


def _literal(node: Node, name: str, value: dict[str, object]) -> None:
    if set(value) - {"@value", "@type", "@language"} or {"@type", "@language"} <= set(value):
        node.refuse(name, "@value stands with @type or with @language only; remove the rest")
    if isinstance(value["@value"], dict | list):
        node.refuse(name, "@value holds a string, a number or true and false; write one of them")
    Node(value, node.path, name).tag("@language")


def _member(node: Node, name: str, key: str, item: object, *, literal: bool) -> None:
    if key.startswith("@") and key not in ("@id", "@type", "@value", "@language"):
        node.refuse(name, f"{key} is not allowed here; remove it")
    if key == "@id" and (not isinstance(item, str) or item.startswith("_:")):
        node.refuse(name, "@id holds an IRI; write one")
    if key == "@type":
        _types(node, name, item, literal=literal)
    elif key not in ("@value", "@language"):
        common(node, name, item)


def _types(node: Node, name: str, value: object, *, literal: bool) -> None:
    for item in value if isinstance(value, list) else [value]:
        plain = isinstance(item, str) and (_PREFIXED.fullmatch(item) or item in _CLASSES or literal)
        if not plain or str(item).startswith("_:") or (literal and item in _CLASSES):
            node.refuse(name, f"@type {_shown(item)} is no class or datatype known here; write an IRI")


_CLASSES = frozenset(
    (
        "Cell",
        "Column",
        "Datatype",
        "Dialect",
        "Direction",
        "ForeignKey",
        "NumericFormat",
        "Row",
        "Schema",
        "Table",
        "TableGroup",
        "TableReference",
        "Transformation",
    )
)


def read_object(path: Path) -> Node:
    """Read a metadata file; SourceError when it is missing, no JSON object or names a property twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            twice = next(name for name, _ in pairs if [key for key, _ in pairs].count(name) > 1)
            raise SourceError(f"{twice!r} stands twice in one object; keep one of them", path=path)
        return found

    try:
        data = json.loads(path.read_text("utf-8"), object_pairs_hook=once)
    except FileNotFoundError:
        raise SourceError("no such metadata file; correct the path or write the file", path=path) from None
    except UnicodeDecodeError as error:
        raise SourceError(f"byte {error.start} is no UTF-8; save the file as UTF-8", path=path) from None
    except (OSError, RecursionError) as error:
        raise SourceError(f"cannot be read: {error}; correct the file", path=path) from None
    except json.JSONDecodeError as error:
        message = f"no JSON: {error.msg} in column {error.colno}; correct it"
        raise SourceError(message, path=path, line=error.lineno) from None
    return Node({}, path).child("", data)


def read_context(node: Node, *, needed: bool) -> tuple[Node, str]:
    """Check the `@context` of a metadata file; return the file with its language, and its `@base` or ""."""
    context = node.data.get("@context")
    if context is None and not needed:
        return node, ""
    if context == CSVW:
        return node, ""
    if not isinstance(context, list) or len(context) != 2 or context[0] != CSVW:
        node.refuse("@context", f'write "{CSVW}", or a list of it and an object with @base and @language')
    inner = node.child("@context", context[1])
    for name in inner.data:
        if name not in ("@base", "@language"):
            inner.refuse(name, "only @base and @language may stand here; remove it")
    language = inner.tag("@language") or "und"
    return replace(node, language=language), inner.text("@base") or ""


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]
