"""Claims as QuickStatements takes them: its V1 commands, and its tables in CSV."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from acagraph.errors import SourceError
from acagraph.wikidata.memberships import Claim, Reference
from acagraph.wikidata.terms import MEMBER_OF

_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
# Precision of a time in Wikidata's data model: year, month, day.
_PRECISION = (9, 10, 11)
_KEPT = "%/:?#[]@!$&'()*+,;=~-._"


def time_value(date: str) -> str:
    """Return an ISO year, month or day as a time with its precision; what is not told is 00.

    Raises SourceError for anything else.

    >>> time_value("2019"), time_value("2019-07"), time_value("2019-07-06")
    ('+2019-00-00T00:00:00Z/9', '+2019-07-00T00:00:00Z/10', '+2019-07-06T00:00:00Z/11')
    """
    told = date.split("-") if _DATE.fullmatch(date) else []
    try:
        datetime.date.fromisoformat("-".join([*told, "01", "01"][:3]))
    except ValueError:
        message = f'"{date}" is no year, month or day; write it as 2019, 2019-07 or 2019-07-06'
        raise SourceError(message) from None
    whole = "-".join([*told, "00", "00"][:3])
    return f"+{whole}T00:00:00Z/{_PRECISION[len(told) - 1]}"


def text_value(text: str) -> str:
    """Return an address in quotation marks; what would end the text or the line is percent-encoded.

    QuickStatements knows no escapes: a quotation mark, a tab, a bar or a blank cannot stand in a text for
    itself. Encoding twice changes nothing more.

    >>> text_value('https://example.org/a b?c="d"|e')
    '"https://example.org/a%20b?c=%22d%22%7Ce"'
    """
    return f'"{quote(text.strip(), safe=_KEPT)}"'


def commands(claims: Iterable[Claim]) -> str:
    """Return claims as V1 commands, one line each, in their order: values are divided by tabs.

    The second reference of a claim, and each after it, begins a source of its own (`!S854`).
    """
    return "".join(f"{_command(claim)}\n" for claim in claims)


def tables(claims: Iterable[Claim]) -> Mapping[str, str]:
    """Return claims as CSV by the name of each table, which tells its columns, the rows in their order.

    QuickStatements takes an empty cell for a broken command, so claims with other qualifiers, or more
    references, stand in another table (CSV, RFC 4180, lines ended as there).
    """
    found: dict[str, list[list[str]]] = defaultdict(list)
    headers: dict[str, list[str]] = {}
    for claim in claims:
        qualifiers = [(f"qal{name}", value) for name, value in _qualifiers(claim)]
        sources = [
            pair
            for reference in claim.references
            for pair in (("S854", text_value(reference.address)), ("s813", time_value(reference.retrieved)))
        ]
        columns = ["qid", MEMBER_OF, *(name for name, _ in (*qualifiers, *sources))]
        marks = [name for name, _ in qualifiers]
        if len(claim.references) > 1:
            marks.append(f"{len(claim.references)}-sources")
        table = "-".join([MEMBER_OF, *marks])
        headers[table] = columns
        found[table].append([claim.member, claim.coalition, *(value for _, value in (*qualifiers, *sources))])
    return {table: _table([headers[table], *found[table]]) for table in sorted(found)}


def _command(claim: Claim) -> str:
    parts = [claim.member, MEMBER_OF, claim.coalition]
    for name, value in _qualifiers(claim):
        parts += [f"P{name}", value]
    for place, reference in enumerate(claim.references):
        parts += _source(reference, new=place > 0)
    return "\t".join(parts)


def _qualifiers(claim: Claim) -> list[tuple[str, str]]:
    return [(name, time_value(date)) for name, date in (("580", claim.start), ("582", claim.end)) if date]


def _source(reference: Reference, *, new: bool) -> list[str]:
    return [
        "!S854" if new else "S854",
        text_value(reference.address),
        "S813",
        time_value(reference.retrieved),
    ]


def _table(lines: list[list[str]]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(lines)
    return written.getvalue()
