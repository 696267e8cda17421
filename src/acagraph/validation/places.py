"""Where findings are: file, line and column of the very statement that is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph import Origin
from acagraph.graph.literals import canonical
from acagraph.graph.statements import statements
from acagraph.graph.terms import Value
from acagraph.graph.turtle import parse_text, read_text
from acagraph.registers import TableGroup
from acagraph.registers.location import Traced, cell_places, trace
from acagraph.validation.cells import with_columns
from acagraph.validation.findings import Finding
from acagraph.vocab import PREFIXES, slug

# Subject, property and value as N-Triples; "" for what is not asked: any value, or the subject alone.
_Key = tuple[str, str, str]

_STEP = re.compile(r"(\^?)<([^<>]*)>")
_MAPPING = re.compile(re.escape(PREFIXES["skos"]) + "[a-z]+Match")


class Statement(NamedTuple):
    """Where a triple stands: its subject, its property and its value as N-Triples, and the place.

    `property` and `value` are empty for the place of the subject; `verb` is line and column of the property
    where it stands apart from the value. A literal counts as a subject of its own where it is looked for.
    """

    subject: str
    property: str
    value: str
    file: str
    line: int | None
    column: int | None
    verb: tuple[int, int] | None = None


class _Place(NamedTuple):
    file: str
    line: int | None
    column: int | None


def names(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the subjects whose places `located` asks for."""
    return frozenset(key[0] for finding in findings for key in _asked(finding).keys)


def located(
    findings: Iterable[Finding],
    origin: Origin,
    *,
    root: Path | None = None,
    groups: Iterable[TableGroup] = (),
    stated: Iterable[Statement] = (),
) -> list[Finding]:
    """Return findings with the place of the statement that each is about, in their order.

    That is where the value stands, or the property where a finding has no value, or else the subject. A
    finding that has a file already stays as it is. `stated` is believed first; then the Turtle files of
    `origin` are read, each once, none without a `root`; then the tables of `groups`, for what is said nowhere
    else; the places in `origin` are what is left. Files are told as seen from `root`. Time is linear;
    memory grows with the findings alone. Raises SourceError for a file that cannot be read.
    """
    found = list(findings)
    asked = {number: _asked(finding) for number, finding in enumerate(found) if finding.file is None}
    places = _Places(key for item in asked.values() for key in item.keys)
    places.take(stated)
    if root is not None:
        paths = turtle_files({origin[name][0] for name in places.unknown & origin.keys()}, root)
        for path in sorted(path for path in paths if path.is_file()):
            places.take(_in_file(path, root, places.subjects))
    for name in places.unknown & origin.keys():
        path, line = origin[name]
        places.offer((name, "", ""), _Place(seen_from(path, root), line, None))
    missing = {name for item in asked.values() if not places.enough(item) for name in item.subjects}
    for group in groups if missing else ():
        _take_rows(places, group, missing, root)
    result = [
        _placed(finding, places.best(asked[number])) if number in asked else finding
        for number, finding in enumerate(found)
    ]
    return result if root is None else with_columns(result, root)


def turtle_statements(
    text: str, *, file: str, wanted: Collection[str] | None = None, prefix: str = ""
) -> Iterator[Statement]:
    """Yield where each triple of a valid Turtle text stands; before the first of a subject, where that is.

    `wanted` leaves out other subjects; `prefix` begins the names of blank nodes, as
    acagraph.graph.statements has them. A literal that is not canonical counts in its canonical form too, as
    stores tell it.
    """
    seen: set[str] = set()
    literals = {name for name in wanted or () if name.startswith('"')}
    for item in statements(text, prefix=prefix):
        subject, head, verb, token = _name(item.subject), item.head, item.verb, item.value
        values = [item.object]
        if isinstance(item.object, ox.Literal):
            values = list(dict.fromkeys((item.object, canonical(item.object))))
        for name in sorted(literals.intersection(map(str, values))) if literals else ():
            literals.discard(name)
            yield Statement(name, "", "", file, token.line, token.column)
        if wanted is not None and subject not in wanted:
            continue
        if subject not in seen:
            seen.add(subject)
            yield Statement(subject, "", "", file, head.line, head.column)
        apart = None if verb is head else (verb.line, verb.column)
        for value in values:
            yield Statement(subject, item.predicate.value, str(value), file, token.line, token.column, apart)


class _Asked(NamedTuple):
    """What a finding asks for, best first: its statement, and then what is near to that."""

    exact: tuple[_Key, ...]
    near: tuple[_Key, ...]
    valued: bool

    @property
    def keys(self) -> tuple[_Key, ...]:
        return self.exact + self.near

    @property
    def subjects(self) -> set[str]:
        return {key[0] for key in self.keys}


def _asked(finding: Finding) -> _Asked:
    focus, path = finding.focus, finding.path or ""
    term = _term(finding)
    value, text = ("", "") if term is None else (str(term), _name(term))
    inverse = path.startswith("^") and "<" not in path
    exact: list[_Key] = []
    if inverse:
        exact += [(text, path[1:], str(finding.node))] if text else []
    elif "<" in path:
        # Where a path of several steps begins; its end is said of another thing.
        exact += [(focus, step[2], "") for step in _STEP.finditer(path) if not step[1]]
    elif path or value:
        exact.append((focus, path, value))
        if _MAPPING.fullmatch(path):
            exact.append((PREFIXES["stmt"] + slug("mapping", focus, path, text), "", ""))
    near = [(name, "", "") for name in (focus, text) if name]
    return _Asked(tuple(exact), tuple(near), bool(value) and bool(exact))


class _Places:
    """The places that are asked for, found one after the other: who comes first is believed."""

    def __init__(self, keys: Iterable[_Key]) -> None:
        self._found: dict[_Key, _Place | None] = dict.fromkeys(keys)
        self.subjects = frozenset(key[0] for key in self._found)

    @property
    def unknown(self) -> set[str]:
        """The subjects without a place of their own."""
        return {key[0] for key, place in self._found.items() if place is None and not key[1] and not key[2]}

    def open(self, key: _Key) -> bool:
        return key in self._found and self._found[key] is None

    def offer(self, key: _Key, place: _Place) -> None:
        if self.open(key):
            self._found[key] = place

    def take(self, stated: Iterable[Statement]) -> None:
        for item in stated:
            place = _Place(item.file, item.line, item.column)
            verb = place if item.verb is None else _Place(item.file, *item.verb)
            for key in _keys_of(item.subject, item.property, item.value):
                self.offer(key, verb if key[1] and not key[2] else place)

    def best(self, asked: _Asked) -> _Place | None:
        return next((place for key in asked.keys if (place := self._found[key]) is not None), None)

    def enough(self, asked: _Asked) -> bool:
        """Say whether tables can tell nothing better: the statement is found, or its subject and no value."""
        exact = any(self._found[key] is not None for key in asked.exact)
        return exact or (not asked.valued and self._found[asked.near[0]] is not None)


def _keys_of(subject: str, predicate: str, value: str) -> Iterator[_Key]:
    """Yield the keys that a statement answers."""
    yield subject, predicate, value
    if predicate:
        yield subject, predicate, ""
        yield subject, "", value


def turtle_files(places: Iterable[Path], root: Path) -> set[Path]:
    """Return the Turtle files among some paths; where one is of the ontology, all files of that.

    Terms are described in several files there, and an origin tells the first.
    """
    paths = {_there(path, root) for path in places if path.suffix == ".ttl"}
    ontology = root / "ontology"
    if any(path.is_relative_to(ontology) for path in paths):
        paths |= {path for path in ontology.rglob("*.ttl") if not path.name.startswith(".")}
    return paths


def _in_file(path: Path, root: Path, wanted: Collection[str]) -> Iterator[Statement]:
    """Yield the statements of a file, none when it is no Turtle any more."""
    text = read_text(path)
    try:
        parse_text(text, path=path)
    except SourceError:
        return
    yield from turtle_statements(text, file=seen_from(path, root), wanted=wanted)


def _take_rows(places: _Places, group: TableGroup, subjects: Collection[str], root: Path | None) -> None:
    """Look up what is still open in the tables of a register."""
    chosen: dict[_Key, Traced] = {}
    for row in trace(group, subjects):
        value = "" if row.value is None else str(row.value)
        for key in _keys_of(row.subject, row.property, value):
            if places.open(key):
                chosen.setdefault(key, row)
    for table in group.tables:
        rows = {key: row for key, row in chosen.items() if row.table is table}
        cells = {(row.line, row.cell) for row in rows.values() if row.cell is not None}
        starts = cell_places(table, cells) if cells else {}
        for key, row in rows.items():
            line, column = starts.get((row.line, -1 if row.cell is None else row.cell), (row.line, None))
            places.offer(key, _Place(seen_from(table.path, root), line, column))


def _placed(finding: Finding, place: _Place | None) -> Finding:
    if place is None:
        return finding
    return replace(finding, file=place.file, line=place.line, column=place.column)


def _term(finding: Finding) -> Value | None:
    """Return the value of a finding as a term; one without a term is taken for an IRI where it can be."""
    if finding.term is not None or not finding.value:
        return finding.term
    if finding.value.startswith("_:"):
        return ox.BlankNode(finding.value[2:])
    try:
        return ox.NamedNode(finding.value)
    except ValueError:
        return ox.Literal(finding.value)


def _name(term: Value) -> str:
    return str(term) if isinstance(term, ox.BlankNode) else term.value


def _there(path: Path, root: Path) -> Path:
    return path if path.is_absolute() or path.is_relative_to(root) else root / path


@lru_cache(maxsize=1024)
def seen_from(path: Path, root: Path | None) -> str:
    """Return a path as it is told: from a folder, where it lies below one."""
    below = root is not None and path.is_relative_to(root)
    return (path.relative_to(root) if below and root is not None else path).as_posix()
