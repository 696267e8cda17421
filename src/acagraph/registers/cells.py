"""Cells: from the text in a file to a value, or to a list of them, as the column says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from acagraph.registers.datatypes import Misfit, cleaner, parser
from acagraph.registers.model import Column
from acagraph.registers.templates import Value

_LIMIT = 50_000
_Result = TypeVar("_Result")

# Says what is wrong with a cell; the row and the file are known to who reads them.
Complain = Callable[[str], None]


class Mended(str):
    """The text of a cell that is no value of its datatype: what is left of it is a string."""

    __slots__ = ()


class Memo(dict[str, _Result]):
    """Results by text, worked out when first asked for; a bound on their number keeps memory constant."""

    def __init__(self, work: Callable[[str], _Result], complaints: list[str]) -> None:
        super().__init__()
        self._work = work
        self._complaints = complaints

    def __missing__(self, text: str) -> _Result:
        before = len(self._complaints)
        result = self._work(text)
        if len(self) >= _LIMIT:
            self.clear()
        # What was complained of is complained of again in the next row.
        if len(self._complaints) == before:
            self[text] = result
        return result


def cell_reader(column: Column, complain: Complain) -> Callable[[str], Value]:
    """Return the function that reads a cell of a column (tabular data model, section 6.4).

    Its result is None, a lexical form or a tuple of them; what is no value of the datatype is complained of
    and comes back as Mended.
    """
    clean, single = cleaner(column.datatype.base) or str, _single_reader(column, complain)
    null, default, separator = frozenset(column.null), column.default, column.separator

    def one(text: str) -> Value:
        return single(clean(text) or default)

    def many(text: str) -> Value:
        text = clean(text) or default
        if text == "":
            return ()
        if text in null:
            return None
        return tuple(value for piece in text.split(separator) if (value := single(strip(piece))) is not None)

    strip = str if cleaner(column.datatype.base) is None else str.strip
    read = one if separator is None else many
    if not column.required:
        return read

    def filled(text: str) -> Value:
        value = read(text)
        if not value and (value is None or separator is not None):
            complain(f"column {column.name}: empty, but a value is required; fill it in")
        return value

    return filled


def _single_reader(column: Column, complain: Complain) -> Callable[[str], str | None]:
    parse, null, default = parser(column.datatype), frozenset(column.null), column.default

    def single(text: str) -> str | None:
        text = text or default
        if text in null:
            return None
        try:
            return parse(text)
        except Misfit as error:
            complain(f"column {column.name}: {error}; correct the cell")
            return Mended(text)

    return single
