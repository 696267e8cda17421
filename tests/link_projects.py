"""A project to link: the curated data with a few towns of the Covenant, and files of other datasets."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

from click.testing import CliRunner, Result

from acagraph.cli import main
from acagraph.vocab import PREFIXES

from published import ROOT

# Vico del Gargano, Ialoveni (a town and a district), Sommacampagna, Għargħur.
TOWNS = (
    "jrc-covenant-11550",
    "jrc-covenant-11557",
    "jrc-covenant-11558",
    "jrc-covenant-11566",
    "jrc-covenant-12147",
)
VICO = f"place:{TOWNS[0]}"
REVIEWER = "https://orcid.org/0000-0002-1825-0097"

_GEONAMES = (
    (3164409, "Vico del Gargano", "Vico Garganico", 41.89661, 15.95682, "P", "PPLA3", "IT", 7284),
    (3166410, "Sommacampagna", "", 45.40528, 10.84382, "P", "PPLA3", "IT", 7258),
    (2563062, "Hal Gharghur", "Gharghur,Għargħur", 35.92409, 14.45118, "P", "PPLA", "MT", 2857),
    (4699066, "Houston", "Houston City", 29.76328, -95.36327, "P", "PPLA2", "US", 2314157),
    (4430529, "Houston", "", 33.89845, -88.99923, "P", "PPLA2", "US", 3544),
    (5332921, "California", "State of California", 37.25022, -119.75126, "A", "ADM1", "US", 39512223),
    (1861060, "Japan", "Nippon,Nihon", 35.68536, 139.75309, "A", "PCLI", "JP", 126529100),
    (1863967, "Fukuoka", "", 33.6, 130.41667, "P", "PPLA", "JP", 1392289),
    (745044, "Istanbul", "İstanbul", 41.01384, 28.94966, "P", "PPLA", "TR", 14804116),
    (170063, "Palmyra", "Tadmor", 34.5525, 38.2707, "P", "PPLH", "SY", 0),
    (3041563, "Andorra la Vella", "", 42.50779, 1.52109, "P", "PPLC", "AD", 20430),
    (2411586, "Gibraltar", "", 36.14474, -5.35257, "L", "CONT", "GI", 0),
)


def geonames_file(path: Path, numbers: Sequence[int] = ()) -> Path:
    """Write entries of GeoNames in its own form, all or those with some numbers."""
    lines = []
    for number, name, names, latitude, longitude, group, code, country, population in _GEONAMES:
        if not numbers or number in numbers:
            cells = [str(number), name, name, names, str(latitude), str(longitude), group, code, country]
            lines.append("\t".join([*cells, *[""] * 5, str(population), "", "10", "Etc/UTC", "2025-01-01"]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def linkable_project(folder: Path) -> Path:
    """Return a project with the curated data, the countries and a few towns of the Covenant's register."""
    root = folder / "project"
    shutil.copytree(ROOT / "data", root / "data", ignore=shutil.ignore_patterns("registers", "links"))
    for name in ("schemas", "countries"):
        shutil.copytree(ROOT / "data" / "registers" / name, root / "data" / "registers" / name)
    for name in ("ontology", "queries", "shapes"):
        (root / name).symlink_to(ROOT / name)
    (root / "data" / "links").mkdir()
    for name in ("entities.sssom.tsv", "countries.sssom.tsv"):
        shutil.copy(ROOT / "data" / "links" / name, root / "data" / "links")
    there = ROOT / "data" / "registers" / "jrc-covenant"
    here = root / "data" / "registers" / "jrc-covenant"
    here.mkdir()
    shutil.copy(there / "csv-metadata.json", here)
    for table, column in (("places", "place"), ("actors", "actor"), ("figures", "subject")):
        _slice(there / f"{table}.csv", here / f"{table}.csv", column)
    return root


def _slice(source: Path, target: Path, column: str) -> None:
    with source.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = [row for row in reader if row[column].partition("/")[2] in TOWNS]
        assert rows
        with target.open("w", encoding="utf-8", newline="") as made:
            writer = csv.DictWriter(made, reader.fieldnames or ())
            writer.writeheader()
            writer.writerows(rows)


def link(project: Path, *arguments: str, **options: str) -> Result:
    """Run `acagraph link …` on a project."""
    words = ["link", *arguments, "--project", str(project)]
    return CliRunner().invoke(main, words, prog_name="acagraph", catch_exceptions=False, **options)  # type: ignore[arg-type]


def review(project: Path, keys: str, *arguments: str) -> Result:
    """Run a review in which these keys are pressed."""
    return link(project, "review", *arguments, "--reviewer", REVIEWER, input="\n".join(keys) + "\n")


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of an SSSOM table."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def candidates(project: Path, name: str) -> list[dict[str, str]]:
    return rows_of(project / "data" / "links" / "candidates" / f"{name}.sssom.tsv")


def candidate_set(project: Path, name: str, *rows: str) -> Path:
    """Write a set of candidates: each row is subject, relation, object, in short, then the confidence."""
    head = "".join(
        f"#  {prefix}: {PREFIXES.get(prefix) or space}\n"
        for prefix, space in (
            ("agent", ""),
            ("geonames", "https://sws.geonames.org/"),
            ("lei", "https://lei.info/"),
            ("place", ""),
            ("wikidata", "http://www.wikidata.org/entity/"),
        )
    )
    table = "".join(
        "\t".join((*row.split(" ")[:3], "semapv:LexicalMatching", *row.split(" ")[3:], "said by a test"))
        + "\n"
        for row in rows
    )
    path = project / "data" / "links" / "candidates" / f"{name}.sssom.tsv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f"#curie_map:\n{head}#mapping_set_id: https://example.org/{name}\n"
        "#license: https://creativecommons.org/licenses/by/4.0/\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\tcomment\n" + table,
        encoding="utf-8",
    )
    return path
