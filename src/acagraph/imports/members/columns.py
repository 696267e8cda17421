"""Which column of a list holds what: guessed from the usual headings, or told by a person."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from acagraph.errors import AcagraphError
from acagraph.imports.members import words
from acagraph.imports.members.reading import Listing
from acagraph.imports.workbook import Row

FIELDS: Mapping[str, str] = {
    "id": "the list's own identifier of a member",
    "name": "name of the member",
    "name_en": "its name in English",
    "kind": "kind of member: company, city, university …",
    "country": "its country",
    "city": "name of the area that a local government governs",
    "joined": "since when it is a member",
    "left": "when it left",
    "website": "address of its own site",
    "lei": "Legal Entity Identifier",
    "isin": "International Securities Identification Number",
}
_REMARK = re.compile(r"\s*[(（\[][^()（）\[\]]*[)）\]]\s*|\*+")
_ALTERNATIVES = re.compile(r"\s*[/|\n]\s*")
_SHOWN = 36


@dataclass(frozen=True)
class Columns:
    """The place of the column for each field, and why other columns are not used."""

    places: Mapping[str, int]
    unused: Mapping[int, str]

    def cell(self, row: Row, field: str) -> str:
        """Return the cell of a field in a row; empty when there is no such column or cell."""
        place = self.places.get(field)
        return row.cells[place] if place is not None and place < len(row.cells) else ""


def find_columns(listing: Listing, told: Mapping[str, str], remembered: Mapping[str, str]) -> Columns:
    """Return the columns of a list.

    told gives columns by field; an empty one says that the list does not have the field. remembered was told
    for an earlier edition and counts as far as its columns are there. Raises AcagraphError when no column has
    the names, two look like one field, or a column or field that was told is not there.
    """
    places: dict[str, int] = {}
    denied = {field for field, heading in told.items() if not heading}
    for field, heading in told.items():
        if heading:
            places[field] = _place(listing, field, heading)
    for field, heading in remembered.items():
        if field not in told and heading in listing.columns:
            places.setdefault(field, listing.columns.index(heading))
    places, unused = _with_guesses(listing, places, denied)
    if "name" not in places:
        there = ", ".join(f'"{heading}"' for heading in listing.columns)
        message = (
            f"no column is known to hold the names of members; say which: --map name=… (there are {there})"
        )
        raise listing.sheet.fail(message, line=listing.heading.line)
    return Columns(places, dict(sorted(unused.items())))


def _with_guesses(
    listing: Listing, told: Mapping[str, int], denied: Collection[str]
) -> tuple[dict[str, int], dict[int, str]]:
    """Return the places of fields, told or guessed, and why other columns are not used."""
    places = dict(told)
    guesses: dict[str, list[int]] = defaultdict(list)
    unused: dict[int, str] = {}
    for place, heading in enumerate(listing.columns):
        if place in told.values():
            continue
        fields = [name for name in _guessed(heading) if name not in told and name not in denied]
        if len(fields) == 1:
            guesses[fields[0]].append(place)
        else:
            unused[place] = f"can be {' or '.join(fields)}: say --map {fields[0]}=…" if fields else ""
    for field, found in guesses.items():
        if len(found) > 1:
            raise _two(listing, field, [listing.columns[place] for place in found])
        if field == "id" and _is_running(listing, found[0]):
            unused[found[0]] = "a running number; if members keep theirs, say --map id=…"
        else:
            places[field] = found[0]
    return places, unused


def shown(listing: Listing, columns: Columns) -> list[tuple[str, str, str]]:
    """Return a row for each column: its heading, what it is read as, and the first cell that is not empty."""
    fields = {place: field for field, place in columns.places.items()}
    rows = []
    for place, heading in enumerate(listing.columns):
        unused = columns.unused.get(place, "")
        read_as = fields.get(place) or f"(not used{f'; {unused}' if unused else ''})"
        rows.append((_short(heading), read_as, _short(_example(listing, place))))
    return rows


def _place(listing: Listing, field: str, heading: str) -> int:
    if field not in FIELDS:
        raise AcagraphError(f'"{field}" is no field; --map takes {", ".join(FIELDS)}')
    keys = [words.key_of(name) for name in listing.columns]
    if heading in listing.columns:
        return listing.columns.index(heading)
    if keys.count(words.key_of(heading)) == 1:
        return keys.index(words.key_of(heading))
    near = difflib.get_close_matches(heading, listing.columns, n=3, cutoff=0.5)
    hint = f"; near are {', '.join(near)}" if near else f"; there are {', '.join(listing.columns)}"
    raise listing.sheet.fail(f'has no column "{heading}"{hint}', line=listing.heading.line)


def _guessed(heading: str) -> tuple[str, ...]:
    known = words.meanings("headings.csv", "field")
    plain = _REMARK.sub(" ", heading)
    for text in (heading, plain):
        if words.key_of(text) in known:
            return known[words.key_of(text)]
    found: Iterable[str] = (
        field for part in _ALTERNATIVES.split(plain) for field in known.get(words.key_of(part), ())
    )
    return tuple(dict.fromkeys(found))


def _is_running(listing: Listing, place: int) -> bool:
    """Tell whether a column numbers the rows, which says nothing of a member in another edition."""
    cells = [row.cells[place] for row in listing.rows if place < len(row.cells) and row.cells[place]]
    return len(cells) > 1 and cells == [str(number) for number in range(1, len(cells) + 1)]


def _two(listing: Listing, field: str, headings: list[str]) -> AcagraphError:
    both = " and ".join(f'"{heading}"' for heading in headings)
    message = f'columns {both} both look like {field}; say which: --map {field}="{headings[0]}"'
    return listing.sheet.fail(message, line=listing.heading.line)


def _example(listing: Listing, place: int) -> str:
    return next((row.cells[place] for row in listing.rows if place < len(row.cells) and row.cells[place]), "")


def _short(text: str) -> str:
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
