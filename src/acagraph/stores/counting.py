"""How many rows an answer has, counted in its bytes while they pass, exactly and cheaply."""

from __future__ import annotations

from typing import Protocol

from acagraph.stores.media import CSV, JSON, N_TRIPLES, TSV, XML, Format

_ROW = b"<result>"
_BACKSLASH = 0x5C
_SPAN = 3
_ENDS = (b',{"}', b',{",', b'[{"}', b'[{",')


class Counter(Protocol):
    """Counts the rows in the parts of one answer."""

    rows: int

    def add(self, chunk: bytes) -> None:
        """Take the next part."""
        ...


def counter(form: Format) -> Counter | None:
    """Return a counter for a format in which rows can be seen."""
    kinds: dict[Format, type[Counter]] = {JSON: _Json, XML: _Xml, CSV: _Csv, TSV: _Tsv, N_TRIPLES: _Lines}
    return kinds[form]() if form in kinds else None


class _Lines:
    """A row a line: line breaks in values are escaped."""

    def __init__(self) -> None:
        self.rows = 0

    def add(self, chunk: bytes) -> None:
        self.rows += chunk.count(b"\n")


class _Tsv:
    """As lines, after one with the names; an ASK has neither."""

    def __init__(self) -> None:
        self._lines = 0

    @property
    def rows(self) -> int:
        return max(0, self._lines - 1)

    @rows.setter
    def rows(self, value: int) -> None:
        self._lines = value + 1

    def add(self, chunk: bytes) -> None:
        self._lines += chunk.count(b"\n")


class _Csv(_Tsv):
    """As TSV, but a value in quotation marks may have line breaks; a mark in it is doubled."""

    def __init__(self) -> None:
        super().__init__()
        self._quoted = 0

    def add(self, chunk: bytes) -> None:
        if b'"' not in chunk:
            self._lines += 0 if self._quoted else chunk.count(b"\n")
            return
        pieces = chunk.split(b'"')
        self._lines += sum(piece.count(b"\n") for piece in pieces[self._quoted :: 2])
        self._quoted ^= (len(pieces) - 1) & 1


class _Xml:
    """An element a row: `<` in values is escaped."""

    def __init__(self) -> None:
        self.rows = 0
        self._rest = b""

    def add(self, chunk: bytes) -> None:
        text = self._rest + chunk
        self.rows += text.count(_ROW)
        self._rest = text[-len(_ROW) + 1 :]


class _Json:
    """A row begins with `{"` after a comma or a bracket; other objects come after a colon.

    In a string a quotation mark has a backslash before it, so only the end of a string looks the same, and a
    comma or a brace follows that. Rows without a value are `{}`, which is looked for outside strings.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._rest = b""
        self._within = 0  # a string, at the beginning of the rest

    def add(self, chunk: bytes) -> None:
        text = self._rest + chunk
        cut = max(0, len(text) - _SPAN)  # what begins here may go on in the next part
        while cut and text[cut - 1] == _BACKSLASH:
            cut -= 1
        begun = text[: cut + 2]
        self.rows += begun.count(b',{"') + begun.count(b'[{"')
        begun = text[: cut + 3]
        if b'{",' in begun or b'{"}' in begun:
            self.rows -= sum(map(begun.count, _ENDS))
        plain = text[: cut + 1]
        if _BACKSLASH in plain:
            plain = plain.replace(b"\\\\", b"").replace(b'\\"', b"")
        if b"{}" in begun:
            self.rows += sum(piece.count(b"{}") for piece in plain.split(b'"')[self._within :: 2])
        self._within ^= (plain.count(b'"') - (text[cut : cut + 1] == b'"')) & 1
        self._rest = text[cut:]
