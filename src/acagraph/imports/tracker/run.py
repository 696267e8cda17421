"""The whole import of the Net Zero Tracker: from the publisher's file to the tables of the register."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.imports import tables
from acagraph.imports.tables import Cells, Import, Loss, Table
from acagraph.imports.tracker import rows
from acagraph.imports.tracker.actors import Identity, Known, duplicates, identified
from acagraph.imports.tracker.divisions import read_codes, region_codes
from acagraph.imports.tracker.gazetteer import Gazetteer, read_gazetteer
from acagraph.imports.tracker.records import REGISTER, Snapshot, Tracked, read_snapshot
from acagraph.imports.tracker.targets import Promises, promises
from acagraph.reconciliation import Rulings, known_actors, read_rulings

# The registers that describe actors and places before this one does.
_EARLIER = ("countries", "jrc-covenant")
# What the rows of values.csv are about: wordings of an intensity, and ISO 3166-2 codes by record.
_UNIT = "intensity_unit"
_CODE = "subdivision_code"
_DAY = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]")


def import_tracker(
    path: Path, *, root: Path, subdivisions: Path | None = None, source: str | None = None
) -> Import:
    """Make the tables of the register from a snapshot; nothing is written yet.

    root is the project; subdivisions is a table of ISO 3166-2 codes and names, without which the codes of the
    last import stay; source is the slug of the edition, by default the day in the file's name. The same input
    gives the same bytes. Raises SourceError for a file that is not as it should be, with line, column and
    value, and AcagraphError for a country that the project does not describe.
    """
    folder = root / "data" / "registers" / REGISTER
    values, left_out = tables.read(folder, "values"), tables.read(folder, "exceptions")
    snapshot = read_snapshot(
        path,
        exceptions={(row["column"], row["value"]): row["reason"] for row in left_out},
        units={row["value"]: row["meaning"] for row in values if row["column"] == _UNIT},
    )
    before = {row["value"]: row["meaning"] for row in values if row["column"] == _CODE}
    known = _known(snapshot.rows, root, before, subdivisions)
    found = identified(snapshot.rows, known)
    said = [promises(item.row, item.actor) for item in found.identities]
    losses = [*snapshot.losses, *found.losses, *(loss for promise in said for loss in promise.losses)]
    edition = source or _edition(path)
    made = [
        *_described(found.identities, known.gazetteer, edition),
        *_stated(found.identities, said),
        *_decided(found.identities, known.rulings, tables.read(folder, "review")),
        Table("left-out", {"": [vars(loss) for loss in losses]}),
        Table("values", {"": [*(row for row in values if row["column"] != _CODE), *_code_rows(known)]}),
    ]
    return Import(
        files={folder: tables.laid_out(folder.parent / "schemas", made)},
        counts=_counts(snapshot, found.identities, made),
        left_out=Counter(_plain(loss) for loss in losses),
    )


def _edition(path: Path) -> str:
    found = _DAY.search(path.name)
    if found is None:
        raise SourceError("has no day in its name; name the edition with --source", path=path)
    return f"{REGISTER}-{found[0]}"


def _known(rows: Sequence[Tracked], root: Path, codes: Mapping[str, str], subdivisions: Path | None) -> Known:
    """Return what the project knows; codes are those of the last import, by record."""
    gazetteer = read_gazetteer(root / "data", registers=_EARLIER)
    if subdivisions is not None:
        alpha_2 = {alpha_3: country.alpha_2 for alpha_3, country in gazetteer.countries.items()}
        codes = region_codes(rows, read_codes(subdivisions), alpha_2)
    registers = root / "data" / "registers"
    actors = known_actors(root, registers=[name for name in _EARLIER if (registers / name).is_dir()])
    return Known(actors, gazetteer, read_rulings(registers / REGISTER / "review.csv"), codes)


def _code_rows(known: Known) -> list[Cells]:
    return [{"column": _CODE, "value": record, "meaning": code} for record, code in known.codes.items()]


def _described(found: Sequence[Identity], gazetteer: Gazetteer, source: str) -> Iterator[Table]:
    """Yield the tables that tell who the records are about."""
    yield Table("records", {"": [rows.record(item, source) for item in found]})
    yield Table("actors", {"": [item.actor_cells for item in found if item.actor_cells]})
    yield Table("places", {"": [item.place_cells for item in found if item.place_cells]})
    yield Table("names", {"": _some(rows.name(item, gazetteer) for item in found)})
    yield Table("relations", {"": _some(rows.country(item, gazetteer) for item in found)})


def _stated(found: Sequence[Identity], said: Sequence[Promises]) -> Iterator[Table]:
    """Yield the tables of what the records say."""
    yield Table("memberships", {"": [row for item in found for row in rows.memberships(item)]})
    yield Table("figures", {"": [row for item in found for row in rows.figures(item)]})
    yield Table("commitments", {"": [row for promise in said for row in promise.commitments]})
    yield Table("no-targets", {"": [row for promise in said for row in promise.no_targets]})


def _decided(found: Sequence[Identity], rulings: Rulings, before: Sequence[Cells]) -> Iterator[Table]:
    """Yield what was decided and what a person has to decide; decisions of people stay."""
    there = {item.row.record for item in found}
    kept = [row for row in before if row["decision"] and row["record"] in there]
    doubts = _some(rows.doubt(item) for item in found)
    ruled = {*rulings.same, *rulings.different}
    alike = duplicates((item.row for item in found), ruled)
    yield Table("matches", {"": _some(rows.match(item) for item in found)})
    yield Table("review", {"": [*kept, *doubts, *(_twin(row, other) for row, other in alike)]})


def _twin(row: Tracked, other: Tracked) -> Cells:
    return {
        "record": row.record,
        "name": row.name,
        "country": row.country,
        "candidate": f"agent/{other.record}",
        "candidate_name": other.name,
        "score": "0.70",
        "reason": "same name, country and kind in this register",
    }


def _some(cells: Iterable[Cells | None]) -> list[Cells]:
    return [row for row in cells if row is not None]


def _counts(snapshot: Snapshot, found: Sequence[Identity], made: Sequence[Table]) -> Mapping[str, int]:
    kinds = Counter(row.actor_type for row in snapshot.rows)
    return {
        **{f"records: {kind}": number for kind, number in sorted(kinds.items())},
        "actors before merging": len(found),
        "actors met": len({item.actor for item in found}),
        **{table.name: table.size for table in made},
    }


def _plain(loss: Loss) -> str:
    """Return a reason without its numbers, for counting."""
    return f"{loss.column}: {re.sub(r'-?[0-9]+ percent', 'N percent', loss.reason)}"
