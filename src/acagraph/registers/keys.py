"""Keys of tables: primary keys stand once, foreign keys stand in the table that they name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from acagraph.registers.cells import cell_reader
from acagraph.registers.model import Column, ForeignKey, Table, TableGroup
from acagraph.registers.rows import Row, read_rows
from acagraph.registers.templates import Value

KeyCheck = Callable[[Row, list[str]], None]


def key_checks(group: TableGroup, table: Table, columns: tuple[Column, ...]) -> list[KeyCheck]:
    """Return the checks of a table's rows; each adds what is wrong with a row to a list.

    Memory: the keys of one table. Raises SourceError when a referenced table cannot be read.
    """
    checks = [_primary(table.primary_key, columns)] if table.primary_key else []
    return checks + [_foreign(group, key, columns) for key in table.foreign_keys]


def _primary(names: tuple[str, ...], columns: tuple[Column, ...]) -> KeyCheck:
    read = _key_reader(names, columns)
    seen: dict[tuple[Value, ...], int] = {}

    def check(row: Row, complaints: list[str]) -> None:
        key = read(row)
        line = seen.setdefault(key, row.line)
        if line != row.line:
            what = f"{', '.join(names)} {_shown(key)} stands in line {line} already"
            complaints.append(f"{what}; rows differ in their key: remove or correct one")

    return check


def _foreign(group: TableGroup, key: ForeignKey, columns: tuple[Column, ...]) -> KeyCheck:
    read = _key_reader(key.columns, columns)
    targets = [group.tables[index] for index in key.tables]
    known = {item for table in targets for item in _keys(table, key.targets)}
    files = ", ".join(table.path.name for table in targets)

    def check(row: Row, complaints: list[str]) -> None:
        value = read(row)
        if value not in known and any(item is not None for item in value):
            where = f"{files} ({', '.join(key.targets)})"
            complaints.append(f"{', '.join(key.columns)} {_shown(value)} is not in {where}; correct it")

    return check


def _keys(table: Table, names: tuple[str, ...]) -> Iterator[tuple[Value, ...]]:
    columns, rows = read_rows(table)
    read = _key_reader(names, columns)
    yield from map(read, rows)


def _key_reader(names: tuple[str, ...], columns: tuple[Column, ...]) -> Callable[[Row], tuple[Value, ...]]:
    # What is wrong with a cell is said by the column itself.
    positions = [[column.name for column in columns].index(name) for name in names]
    readers = [(position, cell_reader(columns[position], lambda _: None)) for position in positions]
    return lambda row: tuple(read(row.cells[position]) for position, read in readers)


def _shown(key: tuple[Value, ...]) -> str:
    return ", ".join(repr(value) for value in key)
