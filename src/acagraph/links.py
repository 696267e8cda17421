"""Mappings to other datasets: SSSOM tables in data/links, read strictly, as triples and mapping records.

Slots and their properties as in the SSSOM 1.1 schema, the RDF of a record as in its "SSSOM/RDF" section: an
owl:Axiom with owl:annotatedSource and so on. Each record is also typed sssom:Mapping, for readable queries.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import yaml

from acagraph.errors import SourceError
from acagraph.graph.literals import canonical
from acagraph.graph.turtle import read_text
from acagraph.sources import Project
from acagraph.vocab import PREFIXES, XSD, compact, graph_iri, slug

_SSSOM = PREFIXES["sssom"]
_BUILT_IN = {name: PREFIXES[name] for name in ("owl", "rdf", "rdfs", "semapv", "skos", "sssom")}
_REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_RELATIONS = ("exactMatch", "closeMatch", "relatedMatch", "broadMatch", "narrowMatch")
_JUSTIFICATIONS = (
    "BackgroundKnowledgeBasedMatching",
    "CompositeMatching",
    "InstanceBasedMatching",
    "LexicalMatching",
    "LexicalSimilarityThresholdMatching",
    "LogicalReasoning",
    "ManualMappingCuration",
    "MappingChaining",
    "MappingInversion",
    "MappingReview",
    "SemanticSimilarityThresholdMatching",
    "StructuralMatching",
    "UnspecifiedMatching",
)
# Kind of value by slot of a mapping; "entities" and "texts" take several, divided by a bar.
_SLOTS = {
    "subject_id": "entity",
    "subject_label": "text",
    "subject_category": "text",
    "predicate_id": "entity",
    "predicate_label": "text",
    "object_id": "entity",
    "object_label": "text",
    "object_category": "text",
    "mapping_justification": "entity",
    "mapping_source": "entity",
    "mapping_provider": "iri",
    "mapping_tool": "text",
    "mapping_tool_id": "entity",
    "mapping_tool_version": "text",
    "mapping_date": "date",
    "publication_date": "date",
    "review_date": "date",
    "confidence": "share",
    "similarity_score": "share",
    "similarity_measure": "text",
    "match_string": "texts",
    "subject_source": "entity",
    "subject_source_version": "text",
    "object_source": "entity",
    "object_source_version": "text",
    "author_id": "entities",
    "author_label": "texts",
    "creator_id": "entities",
    "creator_label": "texts",
    "reviewer_id": "entities",
    "reviewer_label": "texts",
    "license": "iri",
    "see_also": "iris",
    "comment": "text",
}
_PROPERTIES = {
    "subject_id": PREFIXES["owl"] + "annotatedSource",
    "predicate_id": PREFIXES["owl"] + "annotatedProperty",
    "object_id": PREFIXES["owl"] + "annotatedTarget",
    "author_id": "http://purl.org/pav/authoredBy",
    "creator_id": PREFIXES["dcterms"] + "creator",
    "license": PREFIXES["dcterms"] + "license",
    "mapping_date": PREFIXES["dcterms"] + "created",
    "publication_date": PREFIXES["dcterms"] + "issued",
    "see_also": PREFIXES["rdfs"] + "seeAlso",
    "comment": PREFIXES["rdfs"] + "comment",
}
_PROPAGATED = (
    "mapping_date",
    "mapping_provider",
    "mapping_tool",
    "mapping_tool_id",
    "mapping_tool_version",
    "object_source",
    "object_source_version",
    "similarity_measure",
    "subject_source",
    "subject_source_version",
)
_SET_KEYS = (
    "comment",
    "creator_id",
    "creator_label",
    "curie_map",
    "license",
    "mapping_set_description",
    "mapping_set_id",
    "mapping_set_source",
    "mapping_set_title",
    "mapping_set_version",
    "publication_date",
    "see_also",
    "sssom_version",
)
_CURIE = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*):([^\s<>\"{}|\\^`]+)")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


@dataclass(frozen=True)
class Links:
    """The mappings of a project as quads of graph/links, sorted, and the place of each record."""

    quads: tuple[ox.Quad, ...]
    origin: Mapping[str, tuple[Path, int | None]]


@dataclass(frozen=True)
class _Table:
    path: Path
    prefixes: Mapping[str, str]
    shared: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def fail(self, message: str, line: int | None) -> SourceError:
        return SourceError(message, path=self.path, line=line)


def read_links(project: Project, *, about: Collection[str] | None = None) -> Links:
    """Read the SSSOM tables of a project: one mapping triple and one record for each row.

    With `about`, only the rows of these subjects are read: most are about things of registers.

    Raises SourceError with file and line for an unknown column, an undeclared prefix, a relation that is not
    a SKOS mapping relation, a value of the wrong kind, a mapping given twice.
    """
    graph = ox.NamedNode(graph_iri("links"))
    quads: set[ox.Quad] = set()
    origin: dict[str, tuple[Path, int | None]] = {}
    for file in project.files:
        if file.role != "links":
            continue
        table = _read_table(file.path)
        for line, cells in table.rows if about is None else _chosen(table, about):
            record, triples = _record(table, line, cells)
            if record in origin:
                path, before = origin[record]
                message = f"this mapping is in {path}:{before} already; keep one of the two rows"
                raise table.fail(message, line)
            origin[record] = (file.path, line)
            quads |= {ox.Quad(subject, predicate, value, graph) for subject, predicate, value in triples}
    return Links(tuple(sorted(quads, key=str)), origin)


def _chosen(table: _Table, about: Collection[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the rows about some subjects, and those that do not name any as they should."""
    place = table.columns.index("subject_id")
    for line, cells in table.rows:
        prefix, _, local = cells[place].partition(":")
        if prefix not in table.prefixes or table.prefixes[prefix] + local in about:
            yield line, cells


_Triple = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]


def _record(table: _Table, line: int, cells: tuple[str, ...]) -> tuple[str, list[_Triple]]:
    """Return the IRI of a row's record with the triples of the row."""
    given = {name: cell for name, cell in zip(table.columns, cells, strict=True) if cell}
    for name in _REQUIRED:
        if name not in given:
            raise table.fail(f"{name} is empty; fill it in", line)
    row = {**table.shared, **given}
    values = {name: _values(table, name, cell, line) for name, cell in row.items()}
    subject, relation, target = (values[name][0] for name in _REQUIRED[:3])
    assert isinstance(subject, ox.NamedNode)  # the kind of these slots
    assert isinstance(relation, ox.NamedNode)
    _check_terms(table, relation.value, values["mapping_justification"][0].value, line)
    record = PREFIXES["stmt"] + slug("mapping", subject.value, relation.value, target.value)
    node = ox.NamedNode(record)
    triples: list[_Triple] = [(subject, relation, target)]
    for kind in (PREFIXES["owl"] + "Axiom", _SSSOM + "Mapping"):
        triples.append((node, ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(kind)))
    for name, terms in values.items():
        predicate = ox.NamedNode(_PROPERTIES.get(name, _SSSOM + name))
        triples += [(node, predicate, term) for term in terms]
    return record, triples


def _check_terms(table: _Table, relation: str, justification: str, line: int) -> None:
    if relation not in [PREFIXES["skos"] + name for name in _RELATIONS]:
        known = ", ".join(f"skos:{name}" for name in _RELATIONS)
        why = " (it would merge governments with territories)" if relation.endswith("#sameAs") else ""
        raise table.fail(f"{compact(relation)} is no mapping relation here{why}; use one of {known}", line)
    if justification not in [PREFIXES["semapv"] + name for name in _JUSTIFICATIONS]:
        known = ", ".join(f"semapv:{name}" for name in _JUSTIFICATIONS)
        raise table.fail(f"{compact(justification)} is no mapping justification; use one of {known}", line)


def _values(table: _Table, name: str, cell: str, line: int) -> list[ox.NamedNode | ox.Literal]:
    kind = _SLOTS[name]
    several = {"entities": "entity", "texts": "text", "iris": "iri"}
    parts = [part.strip() for part in cell.split("|")] if kind in several else [cell]
    read = _READERS[several.get(kind, kind)]
    try:
        return [read(table, part) for part in parts]
    except ValueError as error:
        raise table.fail(f"{name}: {error}", line) from error


def _entity(table: _Table, text: str) -> ox.NamedNode:
    found = _CURIE.fullmatch(text)
    if found is None or found[2].startswith("//"):
        raise ValueError(f'"{text}" is no prefixed name such as wikidata:Q42; write one')
    if found[1] not in table.prefixes:
        raise ValueError(f"unknown prefix {found[1]}: in {text}; declare it in curie_map")
    return ox.NamedNode(table.prefixes[found[1]] + found[2])


def _iri(_: _Table, text: str) -> ox.NamedNode:
    if not _IRI.fullmatch(text):
        raise ValueError(f'"{text}" is no IRI; write the whole address')
    return ox.NamedNode(text)


def _text(_: _Table, text: str) -> ox.Literal:
    return ox.Literal(text)


def _date(_: _Table, text: str) -> ox.Literal:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f'"{text}" is no day; write it as 2026-01-31') from error
    return ox.Literal(day.isoformat(), datatype=ox.NamedNode(XSD + "date"))


def _share(_: _Table, text: str) -> ox.Literal:
    if not re.fullmatch(r"0(\.[0-9]+)?|1(\.0+)?", text):
        raise ValueError(f'"{text}" is no number from 0 to 1; write it as 0.95')
    return canonical(ox.Literal(text, datatype=ox.NamedNode(XSD + "double")))


_READERS: Mapping[str, Callable[[_Table, str], ox.NamedNode | ox.Literal]] = {
    "entity": _entity,
    "iri": _iri,
    "text": _text,
    "date": _date,
    "share": _share,
}


def _read_table(path: Path) -> _Table:
    lines = io.StringIO(read_text(path), newline="").readlines()
    length = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    metadata = _metadata(lines[:length], path)
    rows = list(_rows(lines[length:], length, path))
    if not rows:
        message = "has no table; write a line of column names below the metadata"
        raise SourceError(message, path=path, line=length + 1)
    line, columns = rows[0]
    for name in columns:
        if name not in _SLOTS:
            message = f"unknown column {name or '(without name)'}; known are {', '.join(_SLOTS)}"
            raise SourceError(message, path=path, line=line)
        if columns.count(name) > 1:
            raise SourceError(f"column {name} is there twice; remove one", path=path, line=line)
    missing = [name for name in _REQUIRED if name not in columns]
    if missing:
        raise SourceError(f"has no column {' and no column '.join(missing)}; add it", path=path, line=line)
    prefixes = _prefixes(metadata, path)
    shared = {
        k: v for k, v in metadata.items() if k in _PROPAGATED and k not in columns and isinstance(v, str)
    }
    return _Table(path, prefixes, shared, columns, tuple(rows[1:]))


def _rows(lines: list[str], before: int, path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
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


def _metadata(lines: list[str], path: Path) -> Mapping[str, object]:
    """Read the YAML above the table; every scalar is a string."""
    try:
        metadata = yaml.load("".join(line[1:] for line in lines), Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else None
        raise SourceError(f"is not YAML: {error.problem}; correct it", path=path, line=at) from error
    except yaml.YAMLError as error:
        raise SourceError(f"is not YAML: {error}; correct it", path=path, line=1) from error
    if not isinstance(metadata, dict):
        message = "has no metadata; begin it with lines such as #mapping_set_id: https://…"
        raise SourceError(message, path=path, line=1)
    for key in metadata:
        if key not in (*_SET_KEYS, *_PROPAGATED):
            message = f"unknown key {key}; known are {', '.join(sorted((*_SET_KEYS, *_PROPAGATED)))}"
            raise SourceError(message, path=path, line=_line_of(str(key), lines))
    for key in ("mapping_set_id", "license"):
        if not isinstance(metadata.get(key), str) or not _IRI.fullmatch(metadata[key]):
            message = f"{key} is missing or no IRI; write it in the metadata"
            raise SourceError(message, path=path, line=_line_of(key, lines) or 1)
    return metadata


def _prefixes(metadata: Mapping[str, object], path: Path) -> dict[str, str]:
    declared = metadata.get("curie_map", {})
    if not isinstance(declared, dict) or not all(
        isinstance(value, str) and _IRI.fullmatch(value) for value in declared.values()
    ):
        raise SourceError("curie_map must give an IRI for each prefix; correct it", path=path, line=1)
    for name, namespace in declared.items():
        if {**PREFIXES, **_BUILT_IN}.get(name, namespace) != namespace:
            message = f"prefix {name}: stands for <{PREFIXES[name]}> in acagraph; choose another prefix"
            raise SourceError(message, path=path, line=1)
    return {**_BUILT_IN, **declared}


def _line_of(key: str, lines: list[str]) -> int | None:
    found = (
        number for number, line in enumerate(lines, start=1) if re.match(rf"#\s*{re.escape(key)}\s*:", line)
    )
    return next(found, None)
