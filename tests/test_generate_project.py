"""A larger project has the rows of its large registers again, about things of their own."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
REGISTERS = Path("data") / "registers"
TABLES: Mapping[str, Mapping[str, str]] = {
    "jrc-covenant": {
        "actors": "actor,class,label,governs\nagent/town-1,LocalGovernment,Aalst,place/town-1\n"
        "agent/realm,NationalGovernment,Realm,place/land\n",
        "places": "place,class,label,within,unlocode\nplace/town-1,Settlement,Aalst,place/land,BEAAL\n"
        "place/land,Country,Land,,\n",
        "records": "record,record_id,source,actor\njrc-1,1,jrc,agent/town-1\njrc-2,2,jrc,agent/realm\n",
        "memberships": "statement,participant,coalition,evidence\n"
        "aaaaaaaaaaaaaaaa,agent/town-1,coalition/one,jrc-1\nbbbbbbbbbbbbbbbb,agent/realm,coalition/one,jrc-2\n",
        "review": "record,reason\njrc-1,looks like another\n",
    },
    "net-zero-tracker": {
        "actors": "actor,class,label,governs\n",
        "places": "place,class,label,within,unlocode\n",
        "records": "record,record_id,source,actor\nnzt-1,CIT-1,nzt,agent/town-1\n",
        "commitments": "statement,committed_by,interim_of,evidence\n"
        "cccccccccccccccc,agent/town-1,,nzt-1\ndddddddddddddddd,agent/town-1,cccccccccccccccc,nzt-1\n",
    },
}


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A project with one town, in both registers, and one country."""
    project = tmp_path / "tiny"
    for name in ("ontology", "queries", "shapes"):
        (project / name).mkdir(parents=True)
    for register, tables in TABLES.items():
        (project / REGISTERS / register).mkdir(parents=True)
        for name, text in tables.items():
            (project / REGISTERS / register / f"{name}.csv").write_text(text, encoding="utf-8")
    expected = "[registers.jrc-covenant]\nrecords = [2, 2]\n[registers.countries]\nrecords = [1, 1]\n"
    (project / "data" / "expectations.toml").write_text(expected, encoding="utf-8")
    return project


def grown(project: Path, factor: str) -> Path:
    folder = project.with_name(f"grown-{factor}")
    script = ROOT / "benchmarks" / "generate_project.py"
    command: list[str | Path] = [
        sys.executable,
        script,
        "--project",
        project,
        "--factor",
        factor,
        "--output",
        folder,
    ]
    subprocess.run(command, check=True)
    return folder


def rows(project: Path, register: str, table: str) -> list[dict[str, str]]:
    with (project / REGISTERS / register / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(found: Iterable[Mapping[str, str]], name: str) -> list[str]:
    return [row[name] for row in found]


def test_a_copy_names_things_of_its_own_and_what_there_is_once(tiny: Path) -> None:
    folder = grown(tiny, "3")
    actors, places = (rows(folder, "jrc-covenant", name) for name in ("actors", "places"))
    assert column(actors, "actor")[2:] == ["agent/town-1-copy2", "agent/town-1-copy3"]
    assert column(actors, "label")[2:] == ["Aalst 2", "Aalst 3"]
    assert column(actors, "governs")[2:] == ["place/town-1-copy2", "place/town-1-copy3"]
    assert column(places, "within")[2:] == ["place/land", "place/land"]
    assert column(places, "unlocode") == ["BEAAL", "", "", ""]
    memberships = rows(folder, "jrc-covenant", "memberships")
    assert column(memberships, "coalition") == ["coalition/one"] * 4
    assert column(memberships, "evidence")[2:] == ["jrc-1-copy2", "jrc-1-copy3"]
    assert len({*column(memberships, "statement")}) == 4
    assert all(re.fullmatch("[a-z2-7]{16}", name) for name in column(memberships, "statement"))
    assert rows(folder, "jrc-covenant", "review") == rows(tiny, "jrc-covenant", "review")
    expected = (folder / "data" / "expectations.toml").read_text("utf-8")
    assert expected == "[registers.jrc-covenant]\nrecords = [2, 6]\n[registers.countries]\nrecords = [1, 1]\n"


def test_copies_in_two_registers_and_of_two_statements_belong_together(tiny: Path) -> None:
    folder = grown(tiny, "2")
    (record,) = rows(folder, "net-zero-tracker", "records")[1:]
    assert (record["record"], record["record_id"], record["actor"]) == (
        "nzt-1-copy2",
        "CIT-1-2",
        "agent/town-1-copy2",
    )
    whole, interim = rows(folder, "net-zero-tracker", "commitments")[2:]
    assert interim["interim_of"] == whole["statement"]
    assert {whole["committed_by"], interim["committed_by"]} == {"agent/town-1-copy2"}


def test_a_factor_of_one_is_the_project(tiny: Path) -> None:
    folder = grown(tiny, "1")
    for path in (tiny / "data").rglob("*.*"):
        assert (folder / path.relative_to(tiny)).read_bytes() == path.read_bytes()
