"""The members of a coalition, or of those in a country, as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from acagraph.stores import Row, Table, Term
from acagraph.vocab import ACA, BASE, XSD
from acagraph.web.profiles.participations import Member
from acagraph.web.profiles.rosters import Choice, Roster

COLUMNS = (
    *("member", "member_name", "kind", "country", "country_name", "coalition", "coalition_name"),
    *("role", "since", "until", "status", "is_member"),
)


def spreadsheet(roster: Roster, choice: Choice, names: Mapping[str, str]) -> Table:
    """Return the members that fit a choice, in its order, a row for each; what is not known is left out."""
    rows = tuple(Row(COLUMNS, dict(_cells(member, names))) for member in roster.chosen(choice, names))
    return Table(COLUMNS, rows, len(rows))


def _cells(member: Member, names: Mapping[str, str]) -> Iterator[tuple[str, Term]]:
    told = {
        "member": member.term.value,
        "member_name": member.name,
        "kind": member.kind.value.removeprefix(ACA),
        "country": member.country.value if member.country else "",
        "country_name": _name(member.country, names),
        "coalition": member.coalition.value,
        "coalition_name": _name(member.coalition, names),
        "role": member.role.value.removeprefix(ACA),
        "since": member.since,
        "until": member.until,
        "status": member.status.value.removeprefix(f"{BASE}scheme/") if member.status else "",
    }
    yield from ((name, Term("literal", text)) for name, text in told.items() if text)
    yield "is_member", Term("literal", "true" if member.current else "false", datatype=f"{XSD}boolean")


def _name(term: Term | None, names: Mapping[str, str]) -> str:
    return names.get(term.value, term.short) if term else ""
