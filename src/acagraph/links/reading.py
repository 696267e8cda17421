"""SSSOM tables read into sets of mappings, strictly (SSSOM 1.1, "The SSSOM/TSV serialisation format")."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text
from acagraph.links import model
from acagraph.links.forms import form_of
from acagraph.links.heading import Heading, read_heading
from acagraph.links.model import CONFIRMED, STATUS_SLOT, STATUSES, MappingSet, kind_of, status_of
from acagraph.links.slots import BUILT_IN, JUSTIFICATIONS, MAPPING, PROPAGATED, RELATIONS, REQUIRED
from acagraph.links.values import read_value
from acagraph.vocab import PREFIXES, compact

_KNOWN_STATUSES = (STATUSES + "candidate", STATUSES + "conflict")


def read_set(path: Path, *, about: Collection[str] | None = None) -> MappingSet:
    """Read a table with its metadata, its mappings in the order of the rows.

    Slots of the set that hold for each mapping are moved to the mappings, as the standard has it
    ("Propagation"). With `about`, only the rows about these subjects are read.

    Raises SourceError with file and line for an unknown column, an undeclared prefix, a relation that is not
    a SKOS mapping relation, a value of the wrong kind, an identifier whose form or check digits are wrong, a
    mapping given twice.
    """
    lines = io.StringIO(read_text(path), newline="").readlines()
    length = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    heading = read_heading(lines[:length], path)
    rows = list(_rows(lines[length:], length, path))
    if not rows:
        message = "has no table; write a line of column names below the metadata"
        raise SourceError(message, path=path, line=length + 1)
    table = _Table(heading, _columns(rows[0], heading))
    shared = {
        name: text
        for name, text in heading.metadata.items()
        if name in PROPAGATED and len(rows) > 1 and not _fills(table.columns, rows[1:], name)
    }
    mappings = _mappings(table, rows[1:], about)
    return MappingSet(
        path=path,
        metadata={name: text for name, text in heading.metadata.items() if name not in shared},
        prefixes=heading.prefixes,
        mappings=tuple(replace(each, slots={**shared, **each.slots}) for each in mappings),
        extensions=heading.extensions,
        status=status_of(path),
    )


_Row = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class _Table:
    heading: Heading
    columns: Mapping[str, str]

    def fail(self, message: str, line: int | None) -> SourceError:
        return SourceError(message, path=self.heading.path, line=line)


def _rows(lines: list[str], before: int, path: Path) -> Iterator[_Row]:
    """Yield the line number and the cells of each row; every row has as many cells as the first."""
    reader = csv.reader(lines, delimiter="\t", strict=True)
    width = 0
    line = before + 1
    try:
        for cells in reader:
            width = width or len(cells)
            if len(cells) != width:
                message = f"{len(cells)} cells, but {width} columns; put a tab between two cells"
                raise SourceError(message, path=path, line=line)
            yield line, tuple(cell.strip() for cell in cells)
            line = before + reader.line_num + 1
    except csv.Error as error:
        message = f"{error}; close the quotation mark, and double one inside a cell"
        raise SourceError(message, path=path, line=line) from error


def _columns(row: _Row, heading: Heading) -> dict[str, str]:
    """Return the kind of each column, in their order."""
    line, names = row
    own = {each.name: kind_of(each) for each in heading.extensions}
    kinds = {**MAPPING, **own}
    for name in names:
        if name not in kinds:
            message = f"unknown column {name or '(without name)'}; known are {', '.join(kinds)}"
            raise SourceError(message, path=heading.path, line=line)
        if names.count(name) > 1:
            raise SourceError(f"column {name} is there twice; remove one", path=heading.path, line=line)
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        message = f"has no column {' and no column '.join(missing)}; add it"
        raise SourceError(message, path=heading.path, line=line)
    return {name: kinds[name] for name in names}


def _fills(columns: Mapping[str, str], rows: list[_Row], name: str) -> bool:
    """Say whether any mapping has an own value in a slot."""
    if name not in columns:
        return False
    place = list(columns).index(name)
    return any(cells[place] for _, cells in rows)


def _mappings(table: _Table, rows: list[_Row], about: Collection[str] | None) -> list[model.Mapping]:
    prefixes = table.heading.known
    place = list(table.columns).index("subject_id")
    found: dict[tuple[str, str, str], model.Mapping] = {}
    for line, cells in rows:
        if about is not None and _elsewhere(cells[place], prefixes, about):
            continue
        mapping = _mapping(table, line, cells)
        key = (mapping.subject, mapping.predicate, mapping.object)
        if key in found:
            message = f"this mapping is in line {found[key].line} already; keep one of the two rows"
            raise table.fail(message, line)
        found[key] = mapping
    return list(found.values())


def _elsewhere(cell: str, prefixes: Mapping[str, str], about: Collection[str]) -> bool:
    """Say whether a subject is none of some; one that is not named as it should be stays, to be judged."""
    prefix, _, local = cell.partition(":")
    return prefix in prefixes and prefixes[prefix] + local not in about


def _mapping(table: _Table, line: int, cells: tuple[str, ...]) -> model.Mapping:
    prefixes = table.heading.known
    slots = {}
    for (name, kind), cell in zip(table.columns.items(), cells, strict=True):
        if cell:
            try:
                slots[name] = read_value(kind, cell, prefixes)
            except ValueError as error:
                raise table.fail(f"{name}: {error}", line) from error
        elif name in REQUIRED:
            raise table.fail(f"{name} is empty; fill it in", line)
    subject, predicate, target, justification = (slots.pop(name) for name in REQUIRED)
    mapping = model.Mapping(subject, predicate, target, justification, slots, line)
    wrong = _against_terms(mapping) or _against_status(mapping, status_of(table.heading.path))
    if wrong:
        raise table.fail(wrong, line)
    return mapping


def _against_terms(mapping: model.Mapping) -> str | None:
    relation, justification = mapping.predicate, mapping.justification
    if relation not in [PREFIXES["skos"] + name for name in RELATIONS]:
        known = ", ".join(f"skos:{name}" for name in RELATIONS)
        why = " (it would merge governments with territories)" if relation.endswith("#sameAs") else ""
        return f"{compact(relation)} is no mapping relation here{why}; use one of {known}"
    if justification not in [BUILT_IN["semapv"] + name for name in JUSTIFICATIONS]:
        known = ", ".join(f"semapv:{name}" for name in JUSTIFICATIONS)
        return f"{compact(justification)} is no mapping justification; use one of {known}"
    form = form_of(mapping.object)
    wrong = form.check(mapping.object) if form else None
    return wrong and f"object_id: {wrong}"


def _against_status(mapping: model.Mapping, status: model.Status) -> str | None:
    slots = mapping.slots
    if "record_id" in slots:
        return "record_id: acagraph gives each record its IRI; leave the column out"
    if "review_date" in slots and not {"reviewer_id", "reviewer_label"} & slots.keys():
        return "review_date: says when, but not who; add reviewer_id or reviewer_label"
    if status == CONFIRMED and mapping.negated:
        return "predicate_modifier: a rejected mapping is no link; keep it in the folder candidates"
    told = slots.get(STATUS_SLOT)
    if told and (status == CONFIRMED or told not in _KNOWN_STATUSES):
        known = " or ".join(compact(each) for each in _KNOWN_STATUSES)
        return f"{STATUS_SLOT}: only in the folder candidates, and only {known}; correct it"
    return None
