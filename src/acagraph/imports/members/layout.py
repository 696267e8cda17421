"""The tables of a register of members."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from acagraph.imports import tables
from acagraph.imports.members.dates import Day
from acagraph.imports.members.editions import Edition
from acagraph.imports.members.entries import Loss, Rejected
from acagraph.imports.members.reading import Listing
from acagraph.imports.members.state import Member, Register, short_hash
from acagraph.imports.members.update import absences
from acagraph.imports.tables import Cells, Table

REJECTED = "rejected.csv"
WHOLE_LIST = "the whole list"

# So many rows of the longest table have less than 3 MiB, however long names are.
_ROWS_OF_PART = 4000
_LARGEST_PARTS = 64


@dataclass(frozen=True)
class Contents:
    """All that is written of a register; `names` are those by which known actors are known elsewhere."""

    register: Register
    editions: Mapping[str, Edition]
    names: Mapping[str, frozenset[str]]
    losses: Sequence[Cells]


def laid_out(schemas: Path, contents: Contents) -> dict[str, str]:
    """Return the text of each file of the register by name; schemas is data/registers/schemas."""
    register = contents.register
    rows: dict[str, dict[str, list[Cells]]] = defaultdict(lambda: defaultdict(list))
    parts = _parts(register)
    for key, member in register.members.items():
        for table, cells in _rows(member, contents):
            rows[table][parts[key]].append(cells)
    for table, cells in _absences(contents):
        rows[table]["lists"].append(cells)
    found = [tables.Table(table, groups) for table, groups in rows.items()]
    found.append(Table("review", {"": register.review}))
    found.append(Table("values", {"": register.values}))
    found.append(Table("left-out", {"": contents.losses}))
    return tables.laid_out(schemas, found)


def rejected_text(listing: Listing, rejected: Sequence[Rejected]) -> str:
    """Return the rejected rows as they were, each with its line and the reasons; empty without any."""
    if not rejected:
        return ""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["line", "reason", *listing.columns])
    for item in rejected:
        padding = [""] * (len(listing.columns) - len(item.row.cells))
        writer.writerow([str(item.row.line), "; ".join(item.reasons), *item.row.cells, *padding])
    return text.getvalue()


def lost(losses: Sequence[Loss], records: Mapping[int, str]) -> list[Cells]:
    """Return the rows of left-out.csv; records are slugs by line."""
    return [
        {
            "record": records[loss.line],
            "column": loss.field,
            "value": loss.value,
            "reason": loss.reason,
        }
        for loss in losses
    ]


def _parts(register: Register) -> dict[str, str]:
    """Return for each member in which part of a table it stands, should the table be split: by country."""
    countries: dict[str, list[str]] = defaultdict(list)
    for key, member in register.members.items():
        place = member.country or member.place.get("within") or member.described.get("governs", "")
        countries[place.removeprefix("place/") or "other"].append(key)
    found = {}
    for country, keys in countries.items():
        editions = 1 + max((len(register.members[key].mentions) for key in keys), default=0)
        number = 1
        while len(keys) * editions > _ROWS_OF_PART * number and number < _LARGEST_PARTS:
            number *= 2
        for key in keys:
            bucket = int(short_hash(key), 36) % number
            found[key] = f"{country}-{bucket + 1:02}" if number > 1 else country
    return found


def _rows(member: Member, contents: Contents) -> Iterator[tuple[str, Cells]]:
    register = contents.register
    for source, mention in member.mentions.items():
        yield (
            "records",
            {
                "record": mention.record,
                "record_id": mention.record_id,
                "source": source,
                "actor": member.actor,
                "name": mention.name,
            },
        )
        yield "memberships", _membership(member, mention.spell, mention.record, register)
        if mention.tells_country and member.country:
            yield (
                "relations",
                {
                    "statement": tables.statement_slug(register.slug, member.key, "country"),
                    "subject": member.actor,
                    "property": "country",
                    "object": member.country,
                    "evidence": mention.record,
                },
            )
    if member.described:
        yield "actors", member.described
    if member.place:
        yield "places", member.place
    if member.match:
        yield "matches", member.match
    for name in _other_names(member, contents):
        yield "names", {"thing": member.actor, "alt": name}


def _membership(member: Member, number: int, record: str, register: Register) -> Cells:
    spell = member.spells[number - 1]
    return {
        "statement": register.membership(member.key, number),
        "class": "Membership",
        "participant": member.actor,
        "coalition": f"coalition/{register.coalition}",
        **_span("start", "starts", spell.start),
        **_span("end", "ends", spell.end),
        "evidence": record,
    }


def _span(text: str, bounds: str, day: Day | None) -> Cells:
    if day is None:
        return {}
    return {
        f"{bounds}_not_before": day.not_before,
        f"{bounds}_not_after": day.not_after,
        f"{text}_text": day.text,
    }


def _other_names(member: Member, contents: Contents) -> list[str]:
    """Return the names in all editions that nobody gives the actor yet."""
    if member.described:
        taken = {member.described.get("label", ""), member.described.get("label_en", "")}
        return sorted({item.name for item in member.mentions.values()} - taken)
    known = {name.casefold() for name in contents.names.get(member.actor, ())}
    return sorted({item.name for item in member.mentions.values() if item.name.casefold() not in known})


def _absences(contents: Contents) -> Iterator[tuple[str, Cells]]:
    """Yield who is not in a closed list, each with the list as evidence."""
    register = contents.register
    cited: dict[str, Cells] = {}
    for member, edition in absences(register, contents.editions):
        record = register.record(edition.slug, "")
        cited[edition.slug] = {"record": record, "record_id": WHOLE_LIST, "source": edition.slug}
        field = f"absence:{register.coalition}:{edition.slug}"
        yield (
            "absences",
            {
                "statement": tables.statement_slug(register.slug, member.key, field),
                "agent": member.actor,
                "coalition": f"coalition/{register.coalition}",
                "as_of_not_before": edition.day.not_before,
                "as_of_not_after": edition.day.not_after,
                "as_of_text": edition.day.text,
                "evidence": record,
            },
        )
    for cells in cited.values():
        yield "records", cells
