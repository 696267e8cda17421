"""ISO 3166-2 codes for the regions of the Net Zero Tracker, where a name leaves no doubt."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text
from acagraph.imports.tracker.records import Tracked
from acagraph.reconciliation import name_key

_REGION = "RegionalGovernment"

Codes = Mapping[tuple[str, str], frozenset[str]]


def read_codes(path: Path) -> Codes:
    """Return the ISO 3166-2 codes that have a name, by alpha-2 code and name key.

    The file has the columns actor_id (the code) and name. Raises SourceError when it lacks them.
    """
    reader = csv.DictReader(read_text(path).splitlines(), strict=True)
    missing = [column for column in ("actor_id", "name") if column not in (reader.fieldnames or ())]
    if missing:
        message = f"has no column {' and no column '.join(missing)}; give the file with codes and names"
        raise SourceError(message, path=path, line=1)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in reader:
        code, name = row["actor_id"], row["name"]
        for spelling in {name, name.partition(",")[0], name.partition(" (")[0]}:
            found[code[:2], name_key(spelling, _REGION)].add(code)
    return {key: frozenset(codes) for key, codes in found.items()}


def region_codes(rows: Iterable[Tracked], codes: Codes, alpha_2: Mapping[str, str]) -> dict[str, str]:
    """Return the code of each region by its record: one code has its name, and no other region has that code.

    alpha_2 gives the two-letter code of a country by the one of three letters.
    """
    found: dict[str, str] = {}
    for row in rows:
        if row.actor_type == "Region":
            named = codes.get((alpha_2.get(row.country, ""), name_key(row.name, _REGION)), frozenset())
            if len(named) == 1:
                found[row.record] = next(iter(named))
    claims = Counter(found.values())
    return {record: code for record, code in sorted(found.items()) if claims[code] == 1}
