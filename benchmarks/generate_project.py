"""Make a larger project of this one, so that a real build of any size can be measured.

    python benchmarks/generate_project.py --factor 2.5 --output larger
    python benchmarks/generate_project.py --triples 10000000 --output ten-million

All files are copied, and the rows of the registers with many actors are written `--factor` times: actors,
places, records and whatever is stated of them. Copy 2 of `agent/jrc-covenant-11551`, "Aalst", is
`agent/jrc-covenant-11551-copy2`, "Aalst 2". Countries, national governments, coalitions, sources and all
that is curated stay as they are. So do the links: copies have none. No two things share a code, so copies
have none of these either. What is left of the factor is a copy of some actors, chosen by a hash.
data/expectations.toml expects as many more. Equal arguments give equal bytes.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import math
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REGISTERS = Path("data") / "registers"
COPIED = ("jrc-covenant", "net-zero-tracker")
# What a release has once, and with each copy; a build tells the exact number.
_ONCE, _EACH = 255_000, 1_248_000
_FOLDERS = ("data", "ontology", "queries", "shapes")
# There is one of each: a copy of a national government would govern the same country.
_FIXED = frozenset(("Country", "NationalGovernment"))
_DESCRIBING = {"actors.csv": "actor", "places.csv": "place", "records.csv": "record"}
# Whom a row is about: it is copied with them.
_ABOUT = ("actor", "place", "participant", "committed_by", "subject", "group", "thing")
_NAMES = re.compile(r"(label|alt|pref)(_[a-z]+)?|name")
_CODES = frozenset(("unlocode", "subdivision_code", "alpha_2", "alpha_3", "m49", "isin", "identifier"))
_RANGE = re.compile(r"^(\S+ = \[\d+, )(\d+)\]", re.MULTILINE)
_SECTION = re.compile(r"^\[([^\]]+)\]$", re.MULTILINE)

Row = dict[str, str]


@dataclass(frozen=True)
class Copied:
    """What is copied: things by kind and slug, records by slug, statements by slug."""

    names: frozenset[str]

    def copy(self, row: Row, number: int) -> Row:
        """Return a copy of a row."""
        return {column: self._cell(column, text, number) for column, text in row.items()}

    def about(self, row: Row) -> bool:
        """Say whether what a row is about is copied."""
        return any(row.get(column) in self.names for column in _ABOUT)

    def _cell(self, column: str, text: str, number: int) -> str:
        if not text:
            return text
        if column in _CODES:
            return ""
        if column == "statement" or (column == "interim_of" and text in self.names):
            digest = hashlib.sha256(f"{text} {number}".encode()).digest()
            return base64.b32encode(digest).decode().lower()[: len(text)]
        if text in self.names:
            return f"{text}-copy{number}"
        if column == "record_id":
            return f"{text}-{number}"
        return f"{text} {number}" if _NAMES.fullmatch(column) else text


def write_project(source: Path, folder: Path, factor: float) -> None:
    """Write a project with the rows of its large registers `factor` times."""
    for name in _FOLDERS:
        shutil.copytree(source / name, folder / name)
    for path in source.glob("*.*"):
        if path.is_file():
            shutil.copyfile(path, folder / path.name)
    copies = [_copied(source, min(1, factor - number)) for number in range(1, math.ceil(factor))]
    for register in COPIED:
        for path in sorted((folder / REGISTERS / register).glob("*.csv")):
            _grow(source / REGISTERS / register / path.name, path, copies)
    expectations = folder / "data" / "expectations.toml"
    expectations.write_text(_expected(expectations.read_text(encoding="utf-8"), factor), encoding="utf-8")


def _copied(source: Path, share: float) -> Copied:
    """Return what is copied of a project: what the registers describe, and the statements about that.

    Of a share below 1, an actor joins together with its place and its record, which have the same slug.
    """
    things = {
        row[key]
        for register in COPIED
        for file, key in _DESCRIBING.items()
        if key != "record"
        for row in _rows(source / REGISTERS / register / file)
        if row["class"] not in _FIXED and _chance(row[key]) < share
    }
    about, more = Copied(frozenset(things)), set[str]()
    for register in COPIED:
        for path in (source / REGISTERS / register).glob("*.csv"):
            key = {"records.csv": "record"}.get(path.name, "statement")
            more |= {row[key] for row in _rows(path) if key in row and about.about(row)}
    return Copied(frozenset(things | more))


def _chance(name: str) -> float:
    """Return a number from 0 to 1 for a slug, whatever its kind."""
    return int(hashlib.sha256(name.rpartition("/")[2].encode()).hexdigest()[:8], 16) / 2**32


def _grow(source: Path, target: Path, copies: Sequence[Copied]) -> None:
    """Write a table with copies of the rows that are about what is copied; others are for people only."""
    rows = list(_rows(source))
    names: Sequence[str] = list(rows[0]) if rows else ()
    if not {"statement", "group", "thing", *_DESCRIBING.values()} & set(names) or "reason" in names:
        return
    with target.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        for number, copied in enumerate(copies, 2):
            writer.writerows(copied.copy(row, number) for row in rows if copied.about(row))


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _expected(text: str, factor: float) -> str:
    """Return data/expectations.toml with as many more for all that may be copied."""
    pieces = _SECTION.split(text)

    def grown(found: re.Match[str]) -> str:
        return f"{found[1]}{math.ceil(int(found[2]) * factor)}]"

    for index in range(1, len(pieces), 2):
        whole, _, register = pieces[index].partition(".")
        if whole == "dataset" or register in COPIED:
            pieces[index + 1] = _RANGE.sub(grown, pieces[index + 1])
        pieces[index] = f"[{pieces[index]}]"
    return "".join(pieces)


def factor_for(triples: int) -> float:
    """Return the factor that gives about so many triples."""
    return max(1, (triples - _ONCE) / _EACH)


def main() -> None:
    """Write the project that the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--project", type=Path, default=ROOT)
    parser.add_argument("--output", type=Path, required=True)
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("--factor", type=float)
    size.add_argument("--triples", type=int)
    asked = parser.parse_args()
    write_project(asked.project, asked.output, asked.factor or factor_for(asked.triples))


if __name__ == "__main__":
    main()
