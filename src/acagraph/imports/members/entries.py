"""The members that a list names, each row understood or rejected with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from acagraph.imports.members import cells, words
from acagraph.imports.members.cells import Unclear
from acagraph.imports.members.columns import Columns
from acagraph.imports.members.countries import Countries
from acagraph.imports.members.dates import Day, Order, read_day
from acagraph.imports.members.kinds import AREAS, UNTOLD, find_kind
from acagraph.imports.members.reading import Listing
from acagraph.imports.workbook import Row


@dataclass(frozen=True)
class Entry:
    """A member as one row tells it; what the row does not tell is empty.

    `kind` is a class of the ontology, `country` an alpha-2 code.
    """

    line: int
    name: str
    id: str = ""
    name_en: str = ""
    kind: str = ""
    country: str = ""
    city: str = ""
    joined: Day | None = None
    left: Day | None = None
    website: str = ""
    lei: str = ""
    isin: str = ""

    @property
    def type(self) -> str:
        """The class of the member, `Organisation` where none is told."""
        return self.kind or UNTOLD


@dataclass(frozen=True)
class Rejected:
    """A row that is not understood, and all the reasons."""

    row: Row
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Loss:
    """A cell of an understood row that is not taken over; `value` is empty where it can be personal."""

    line: int
    field: str
    value: str
    reason: str


@dataclass(frozen=True)
class Knowledge:
    """What cells are understood by: countries, taught words for kinds and countries, the order of dates.

    The key of an empty word is the meaning of an empty cell. `until` is the last instant of the list's date,
    `coalition` the name of the coalition whose list it is.
    """

    countries: Countries
    kinds: Mapping[str, str]
    country_words: Mapping[str, str]
    order: Order | None
    until: str
    coalition: str


@dataclass(frozen=True)
class Entries:
    """The understood rows, those that say once more what another says, the rejected ones, and lost cells."""

    members: tuple[Entry, ...]
    repeated: tuple[tuple[Entry, int], ...]
    rejected: tuple[Rejected, ...]
    losses: tuple[Loss, ...]


def read_entries(listing: Listing, columns: Columns, knowledge: Knowledge) -> Entries:
    """Return the members of a list in its order; each row is in exactly one of the first three parts."""
    understood: list[Entry] = []
    rejected: list[Rejected] = []
    losses: list[Loss] = []
    for row in listing.rows:
        reader = _Reader(row, columns, knowledge)
        entry = reader.entry(len(listing.heading.cells))
        if reader.reasons:
            rejected.append(Rejected(row, tuple(reader.reasons)))
        else:
            understood.append(entry)
            losses += reader.losses
    members, repeated, twice = _once(understood, {row.line: row for row in listing.rows})
    ordered = sorted([*rejected, *twice], key=lambda item: item.row.line)
    return Entries(tuple(members), tuple(repeated), tuple(ordered), tuple(losses))


class _Reader:
    """Reads one row, and gathers what is wrong with it."""

    def __init__(self, row: Row, columns: Columns, knowledge: Knowledge) -> None:
        self._row = row
        self._columns = columns
        self._knowledge = knowledge
        self.reasons: list[str] = []
        self.losses: list[Loss] = []

    def entry(self, width: int) -> Entry:
        if len(self._row.cells) > max(width, *self._columns.places.values(), 0):
            extra = len(self._row.cells) - width
            self.reasons.append(
                f"has {extra} cell(s) more than there are column names; quote a cell that holds the separator"
            )
        entry = Entry(
            line=self._row.line,
            name=self._name(),
            id=self._read("id", cells.impersonal),
            name_en=self._read("name_en", cells.impersonal),
            kind=self._kind(),
            country=self._country(),
            city=self._read("city", cells.impersonal),
            joined=self._day("joined"),
            left=self._day("left"),
            website=self._optional("website", cells.homepage),
            lei=self._optional("lei", cells.lei),
            isin=self._optional("isin", cells.isin),
        )
        return self._checked(entry)

    def _read(self, field: str, understand: Callable[[str], str]) -> str:
        try:
            return understand(self._columns.cell(self._row, field))
        except Unclear as error:
            self.reasons.append(f"{field}: {error}")
            return ""

    def _name(self) -> str:
        name = self._read("name", cells.impersonal)
        if self._is_total(name):
            self.reasons.append("name: is a total, no member")
        if name and words.key_of(name) == words.key_of(self._knowledge.coalition):
            self.reasons.append("name: is the coalition itself, no member of it")
        if not name and not any(reason.startswith("name:") for reason in self.reasons):
            self.reasons.append("name: is empty; a member needs a name")
        return name

    def _is_total(self, name: str) -> bool:
        """Tell whether a row sums up others; a company called Total has a kind, a country or an id."""
        told = any(self._columns.cell(self._row, field) for field in ("kind", "country", "id"))
        return not told and any(words.means(text, "total") for text in (name, name.partition(":")[0]))

    def _kind(self) -> str:
        def understand(text: str) -> str:
            word = cells.clean(text)
            taught = self._knowledge.kinds
            return find_kind(word, taught) if word else taught.get("", "")

        return self._read("kind", understand)

    def _country(self) -> str:
        def understand(text: str) -> str:
            # "NA" is Namibia, so a country is looked up before it can stand for nothing.
            word = " ".join(text.split())
            taught = self._knowledge.country_words
            if words.key_of(word) in taught:
                return taught[words.key_of(word)]
            word = cells.clean(word)
            return self._knowledge.countries.find(word) if word else taught.get("", "")

        return self._read("country", understand)

    def _day(self, field: str) -> Day | None:
        try:
            text = cells.clean(self._columns.cell(self._row, field))
            return read_day(text, order=self._knowledge.order) if text else None
        except Unclear as error:
            self.reasons.append(f"{field}: {error}")
            return None

    def _optional(self, field: str, understand: Callable[[str], str]) -> str:
        """Return a cell that a member can do without; one that is malformed is lost and told."""
        try:
            text = cells.clean(self._columns.cell(self._row, field))
            return understand(text) if text else ""
        except Unclear as error:
            value = "" if field == "website" else self._columns.cell(self._row, field)
            self.losses.append(Loss(self._row.line, field, value, str(error)))
            return ""

    def _checked(self, entry: Entry) -> Entry:
        """Return the entry with the country of a national government; note what does not fit together."""
        if entry.type == "NationalGovernment" and entry.name:
            entry = self._national(entry)
        if entry.type in AREAS and not entry.country:
            told = any(reason.startswith("country:") for reason in self.reasons)
            if not told:
                self.reasons.append(
                    "country: is empty, but a government needs one; or say --country XX for all"
                )
        if entry.joined and entry.left and entry.left.not_after < entry.joined.not_before:
            self.reasons.append(f"left: {entry.left.text} is before {entry.joined.text}, when it joined")
        for field, day in (("joined", entry.joined), ("left", entry.left)):
            if day and day.not_before > self._knowledge.until:
                self.reasons.append(f"{field}: {day.text} is after the date of the list itself")
        return entry

    def _national(self, entry: Entry) -> Entry:
        """Return a national government with its country; its name can be that of no other country."""
        try:
            named = self._knowledge.countries.find(entry.name)
        except Unclear as error:
            if not entry.country:
                self.reasons.append(f"name: {error}")
            return entry
        if entry.country not in ("", named):
            self.reasons.append(
                f"country: is {entry.country}, but {entry.name} is {named}; correct one of them"
            )
        return replace(entry, country=entry.country or named)


def _once(
    entries: list[Entry], rows: Mapping[int, Row]
) -> tuple[list[Entry], list[tuple[Entry, int]], list[Rejected]]:
    """Return the members once each, rows that say the same again, and those that contradict another."""
    members: list[Entry] = []
    repeated: list[tuple[Entry, int]] = []
    rejected: list[Rejected] = []
    seen: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        keys = list(_keys(entry))
        first = next((seen[key] for key in keys if key in seen), None)
        if first is None:
            members.append(entry)
        elif replace(entry, line=first.line) == first:
            repeated.append((entry, first.line))
            continue
        else:
            reason = (
                f"the member stands in line {first.line} already, told otherwise; keep one of the two rows"
            )
            rejected.append(Rejected(rows[entry.line], (reason,)))
            continue
        seen.update(dict.fromkeys(keys, entry))
    return members, repeated, rejected


def _keys(entry: Entry) -> Iterator[tuple[str, ...]]:
    """Yield what no two members of one list have in common."""
    if entry.id:
        yield ("id", entry.id)
    else:
        yield ("name", words.key_of(entry.name), entry.kind, entry.country, words.key_of(entry.city))
    if entry.lei:
        yield ("lei", entry.lei)
