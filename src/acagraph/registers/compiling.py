"""Columns compiled to functions: from the cells of a row to the ends of its lines of N-Quads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

from acagraph.errors import SourceError
from acagraph.registers.cells import Memo, Mended, cell_reader
from acagraph.registers.lines import STRING, ending, forbidden, literal
from acagraph.registers.model import Column, Table
from acagraph.registers.rows import Row
from acagraph.registers.templates import Template, TemplateError, Value, absolute, decoded, parse_template

# The lines of a cell without their subject; one that begins with a blank node is whole.
Tails = tuple[bytes, ...]
Lookup = Callable[[str], Value]

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_BY_ROW = frozenset(("_row", "_sourceRow"))


@dataclass(frozen=True)
class _Plan:
    """A column with its templates read, and its property where that is the same in all rows."""

    column: Column
    predicate: Template
    object: Template | None
    verb: str | None
    silent: bool

    @property
    def names(self) -> frozenset[str]:
        return self.predicate.names | (self.object.names if self.object else frozenset())


@dataclass(frozen=True)
class Compiler:
    """Makes the functions of one table; what is wrong with a row goes to `complaints`.

    `label` begins the names of blank nodes; `placed` allows relative IRIs and names of csv2rdf's own.
    """

    table: Table
    columns: tuple[Column, ...]
    graph: str | None
    label: str
    placed: bool
    complaints: list[str]

    def subject(self, about: str | None) -> Callable[[Row], bytes]:
        """Return the function from a row to its subject, blank at the end. SourceError without aboutUrl."""
        if about is None:
            if not self.placed:
                self._refuse("a column has no aboutUrl, so its rows have no name; write one into the schema")
            return lambda row: f"_:{self.label}r{row.number} ".encode()
        template = self._template(about, None)

        def name(row: Row) -> bytes:
            try:
                iri = self._iri(template, lambda name: self._value(name, row), "aboutUrl")
            except TemplateError as error:
                raise SourceError(str(error), path=self.table.path, line=row.line) from None
            return f"<{iri}> ".encode()

        return name

    def texts(self, position: int) -> Memo[Tails] | None:
        """Return the ends of a column's lines by the text of the cell; None when they depend on more."""
        plan = self._plan(position)
        column, read = plan.column, cell_reader(plan.column, self.complaints.append)
        listed = column.ordered and column.separator is not None
        if column.virtual or (not plan.silent and (listed or not plan.names <= {column.name})):
            return None

        def tails(text: str) -> Tails:
            value = read(text)
            self._check_characters(column, value)
            return () if plan.silent or value is None else self._tails(plan, value, lambda _: value)

        return Memo(tails, self.complaints)

    def rows(self, position: int) -> Callable[[Row], Iterable[bytes]] | None:
        """Return the ends of a column's lines by the row; None for a column that makes no lines."""
        plan = self._plan(position)
        column, read = plan.column, cell_reader(plan.column, self.complaints.append)
        if plan.silent:
            return None
        if column.virtual and not plan.names:
            # The same in every row, such as a class.
            fixed = self._tails(plan, read(""), lambda _: None)
            if self.complaints:
                self._refuse(self.complaints[0])
            return lambda _: fixed

        def tails(row: Row) -> Iterable[bytes]:
            value = read("" if column.virtual else row.cells[position])
            if value is None and not column.virtual:
                return ()
            self._check_characters(column, value)

            def lookup(name: str) -> Value:
                return self._value(name, row)

            if column.ordered and isinstance(value, tuple) and plan.object is None:
                return self._list(plan, value, f"_:{self.label}r{row.number}c{position}", lookup)
            return self._tails(plan, value, lookup)

        return tails

    def _plan(self, position: int) -> _Plan:
        column = self.columns[position]
        silent = column.suppress or self.table.suppress
        if column.property is None and not self.placed and not silent:
            self._refuse(f"column {column.name} has no propertyUrl; write one, or suppressOutput: true")
        predicate = self._template(column.property or f"#{column.name}", column)
        target = None if column.value is None else self._template(column.value, column)
        verb = None
        if not predicate.names and not silent:
            try:
                verb = self._iri(predicate, lambda _: None, f"column {column.name}")
            except TemplateError as error:
                self._refuse(str(error))
        return _Plan(column, predicate, target, verb, silent)

    def _tails(self, plan: _Plan, value: Value, lookup: Lookup) -> Tails:
        what = f"column {plan.column.name}"
        try:
            verb = plan.verb or self._iri(plan.predicate, lookup, what)
            if plan.object is None:
                objects = _literals(plan.column, value)
            else:
                objects = [f"<{self._iri(plan.object, lookup, what)}>"]
        except TemplateError as error:
            self.complaints.append(str(error))
            return ()
        return tuple(f"<{verb}> {item}{self._end}".encode() for item in objects)

    def _list(self, plan: _Plan, value: tuple[str, ...], label: str, lookup: Lookup) -> Iterator[bytes]:
        """Yield the lines of an ordered list: its cells in their order."""
        try:
            verb = plan.verb or self._iri(plan.predicate, lookup, f"column {plan.column.name}")
        except TemplateError as error:
            self.complaints.append(str(error))
            return
        nodes = [f"{label}i{index}" for index in range(len(value))] + [f"<{_RDF}nil>"]
        yield f"<{verb}> {nodes[0]}{self._end}".encode()
        for index, item in enumerate(_literals(plan.column, value)):
            yield f"{nodes[index]} <{_RDF}first> {item}{self._end}".encode()
            yield f"{nodes[index]} <{_RDF}rest> {nodes[index + 1]}{self._end}".encode()

    def _template(self, text: str, column: Column | None) -> Template:
        template = parse_template(text)
        if column is not None:
            number = str(self.columns.index(column) + 1)
            source = str(int(number) + self.table.dialect.skip_columns)
            constants = {"_name": decoded(column.name), "_column": number, "_sourceColumn": source}
            template = template.bound(constants)
        for name in sorted(template.names - _BY_ROW - set(self._readers)):
            self._refuse(f"{text}: {{{name}}} is no column of the table; correct the template")
        return template

    def _iri(self, template: Template, lookup: Lookup, what: str) -> str:
        try:
            return absolute(template.expand(lookup), self.table.url if self.placed else None)
        except TemplateError as error:
            raise TemplateError(f"{what}: {error}") from None

    def _value(self, name: str, row: Row) -> Value:
        if name in _BY_ROW:
            return str(row.number if name == "_row" else row.source)
        position, read = self._readers[name]
        return read(row.cells[position])

    @cached_property
    def _readers(self) -> dict[str, tuple[int, Callable[[str], Value]]]:
        """The columns that templates may name; what is wrong with their cells is said by the columns."""
        return {
            column.name: (position, cell_reader(column, lambda _: None))
            for position, column in enumerate(self.columns)
            if not column.virtual
        }

    @cached_property
    def _end(self) -> str:
        return ending(self.graph)

    def _check_characters(self, column: Column, value: Value) -> None:
        for item in value if isinstance(value, tuple) else (value or "",):
            found = forbidden(item)
            if found is not None:
                message = f"the character {found}, which RDF/XML cannot hold; remove it"
                self.complaints.append(f"column {column.name}: {message}")

    def _refuse(self, message: str) -> NoReturn:
        raise SourceError(message, path=self.table.metadata or self.table.path)


def _literals(column: Column, value: Value) -> list[str]:
    items = value if isinstance(value, tuple) else () if value is None else (value,)
    iri, lang = column.datatype.iri, column.lang
    return [literal(item, STRING if isinstance(item, Mended) else iri, lang) for item in items]
