"""What a register of members knows: each member with its memberships and the editions that name it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from acagraph.errors import AcagraphError, SourceError
from acagraph.imports import tables
from acagraph.imports.members.dates import Day
from acagraph.imports.tables import Cells
from acagraph.reconciliation import slug_key
from acagraph.reconciliation.folding import fold
from acagraph.vocab import slug

_LONGEST_SLUG = 60
_SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
# What the folder of a list consists of.
_TABLES = frozenset(
    [
        "absences",
        "actors",
        "csv-metadata",
        "left-out",
        "matches",
        "memberships",
        "names",
        "places",
        "records",
        "rejected",
        "relations",
        "review",
        "values",
    ]
)
_MOST_SPELLS = 50


@dataclass(frozen=True)
class Spell:
    """A time of membership; None is not told."""

    start: Day | None = None
    end: Day | None = None


@dataclass(frozen=True)
class Mention:
    """A member in one edition: the record's id and name, which spell it shows, and whether the country."""

    record: str
    record_id: str
    name: str
    spell: int = 1
    tells_country: bool = False


@dataclass(frozen=True)
class Member:
    """A member over all editions.

    `key` is the record's id without the edition, of which IRIs are made; `actor` is agent/slug. `described`
    and `place` are rows of actors.csv and places.csv, empty when another file describes the actor; `country`
    is the place of an organisation's country; `match` is the row of matches.csv.
    """

    key: str
    actor: str
    described: Cells = field(default_factory=dict)
    place: Cells = field(default_factory=dict)
    country: str = ""
    spells: tuple[Spell, ...] = ()
    mentions: Mapping[str, Mention] = field(default_factory=dict)
    match: Cells = field(default_factory=dict)

    def latest(self, order: Mapping[str, tuple[str, str]]) -> Mention | None:
        """Return the mention in the newest edition; order gives the rank of each source."""
        newest = max(self.mentions, key=lambda source: order[source], default=None)
        return None if newest is None else self.mentions[newest]


@dataclass(frozen=True)
class Register:
    """A list in data/registers, as it is before or after an import; members are by key.

    `closed` are the editions that name all members. `values` are the rows of values.csv, `review` those of
    review.csv.
    """

    slug: str
    coalition: str
    members: Mapping[str, Member] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    values: tuple[Cells, ...] = ()
    review: tuple[Cells, ...] = ()

    def query(self, key: str) -> str:
        """Return the name of a member in matches.csv and review.csv: the slug of an actor of its own."""
        return f"{self.slug}-{key}"

    def membership(self, key: str, spell: int) -> str:
        """Return the slug of the statement of a membership."""
        again = "" if spell == 1 else f":{spell}"
        return tables.statement_slug(self.slug, key, f"membership:{self.coalition}{again}")

    def record(self, source: str, record_id: str) -> str:
        """Return the slug of a record, which has the edition in it; that of the whole list without an id."""
        edition = source.removeprefix(f"{self.slug}-")
        return "-".join(filter(None, (self.slug, edition, record_id)))

    def taught(self, column: str) -> dict[str, str]:
        """Return what was taught about a column in values.csv."""
        return {row["value"]: row["meaning"] for row in self.values if row["column"] == column}


def key_of_text(text: str) -> str:
    """Return a slug for an id or a name; letters that a slug cannot have are told by a hash.

    >>> key_of_text("Fundación Avina"), key_of_text("ソニー")
    ('fundacion-avina', 'h-wuob55ed')
    """
    latin = slug_key(text)
    whole = latin.replace("-", "") == fold(text).replace(" ", "")
    if latin and whole and len(latin) <= _LONGEST_SLUG:
        return latin
    return f"{latin[:_LONGEST_SLUG].strip('-') or 'h'}-{short_hash(text)}"


def short_hash(*parts: str) -> str:
    """Return eight letters and digits that stand for texts."""
    return slug(*parts)[:8]


def load(root: Path, slug: str, coalition: str) -> Register:
    """Return what data/registers/SLUG knows; a register that is not there knows nothing.

    Raises SourceError when its tables contradict each other, or when it is a list of another coalition.
    """
    folder = root / "data" / "registers" / slug
    _refuse_other(folder, slug)
    memberships = tables.read(folder, "memberships")
    for row in memberships:
        if row["coalition"] != f"coalition/{coalition}":
            message = f"is the list of {row['coalition']}; give a list of {coalition} another --register"
            raise SourceError(message, path=folder)
    values = tables.read(folder, "values")
    closed = frozenset(row["value"] for row in values if row["column"] == "edition")
    empty = Register(slug, coalition, closed=closed, values=values, review=tables.read(folder, "review"))
    if not memberships:
        return empty
    return Register(**{**vars(empty), "members": _members(empty, folder, memberships)})


def _refuse_other(folder: Path, slug: str) -> None:
    """Refuse a folder that is no members list: an import would take its tables away."""
    if not _SLUG.fullmatch(slug):
        message = f'--register "{slug}" is no slug: small letters and digits, hyphens between them'
        raise AcagraphError(message)
    there = {path.name for path in folder.glob("*")} if folder.is_dir() else set()
    foreign = {name for name in there if _table(name) not in _TABLES}
    if foreign:
        message = f"is no members list, it has {', '.join(sorted(foreign)[:3])}; give another --register"
        raise SourceError(message, path=folder)


def _table(name: str) -> str:
    """Return the table that a file is, or is a part of; a file that is none keeps its name."""
    stem, _, ending = name.rpartition(".")
    if ending not in ("csv", "json"):
        return name
    return stem if stem in _TABLES else stem.partition("-")[0]


def _members(register: Register, folder: Path, memberships: tuple[Cells, ...]) -> dict[str, Member]:
    matches = {row["actor"]: row for row in tables.read(folder, "matches")}
    described = {row["actor"]: row for row in tables.read(folder, "actors")}
    places = {row["place"]: row for row in tables.read(folder, "places")}
    countries = {row["subject"]: row for row in tables.read(folder, "relations")}
    evident = {row["evidence"] for row in tables.read(folder, "relations")}
    cells = {row["statement"]: row for row in memberships}
    cited = {row["evidence"]: row["statement"] for row in memberships}
    members: dict[str, Member] = {}
    numbers: dict[str, int] = {}
    for actor in sorted({row["participant"] for row in memberships}):
        key = _key(register, actor, matches.get(actor))
        spells = []
        for number in range(1, _MOST_SPELLS):
            row = cells.get(register.membership(key, number))
            if row is None:
                break
            numbers[row["statement"]] = number
            spells.append(Spell(_day(row, "start"), _day(row, "end")))
        own = described.get(actor, {})
        members[key] = Member(
            key=key,
            actor=actor,
            described=own,
            place=places.get(own.get("governs", ""), {}),
            country=countries.get(actor, {}).get("object", ""),
            spells=tuple(spells),
            match=matches.get(actor, {}),
        )
    by_actor = {member.actor: member for member in members.values()}
    mentions: dict[str, dict[str, Mention]] = {key: {} for key in members}
    for row in tables.read(folder, "records"):
        if row["actor"] and (row["actor"] not in by_actor or cited.get(row["record"]) not in numbers):
            message = f"record {row['record']} and memberships.csv do not fit together; restore the register"
            raise SourceError(message, path=folder / "records.csv")
        if row["actor"]:
            number = numbers[cited[row["record"]]]
            tells = row["record"] in evident
            mention = Mention(row["record"], row["record_id"], row["name"], number, tells)
            mentions[by_actor[row["actor"]].key][row["source"]] = mention
    return {key: Member(**{**vars(member), "mentions": mentions[key]}) for key, member in members.items()}


def _key(register: Register, actor: str, match: Cells | None) -> str:
    if match is not None:
        return match["record"].removeprefix(f"{register.slug}-")
    return actor.removeprefix(f"agent/{register.slug}-").removeprefix("agent/")


def _day(row: Cells, which: str) -> Day | None:
    text = row[f"{which}_text"]
    return Day(row[f"{which}s_not_before"], row[f"{which}s_not_after"], text) if text else None
