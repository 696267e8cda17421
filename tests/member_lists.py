"""A project to import members lists into, and the command that does it, for the tests of that import."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from acagraph.cli import main
from acagraph.imports import tables

ROOT = Path(__file__).parent.parent
LICENCE = ("--source-publisher", "acagraph", "--source-licence", "CC-BY-4.0")
HEADING = "Name,Type,Country,Joined\n"


@dataclass(frozen=True)
class Desk:
    """The project of a secretary, with the lists beside it."""

    project: Path

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.project / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *arguments: str | Path, answers: str | None = None) -> Result:
        """Run the import with these arguments and the project's; answers are typed."""
        words = ["import", "members", *map(str, arguments), "--project", str(self.project)]
        return CliRunner().invoke(main, words, input=answers)

    def take(
        self, content: str | bytes, *more: str, day: str = "2020-01-31", name: str = "list.csv"
    ) -> Result:
        """Import a list as the edition of a day, without being asked."""
        title = f"Members on {day}"
        path = self.file(name, content)
        given = ("--coalition", "wasi", "--source-title", title, "--source-date", day, *LICENCE, "--yes")
        return self.run(path, *given, *more)

    def rows(self, table: str, register: str = "wasi-members") -> tuple[tables.Cells, ...]:
        return tables.read(self.project / "data" / "registers" / register, table)

    def files(self) -> dict[str, bytes]:
        """Return all files of data/."""
        data = self.project / "data"
        return {str(path.relative_to(data)): path.read_bytes() for path in data.rglob("*") if path.is_file()}

    def decide(self, decision: str, register: str = "wasi-members") -> None:
        """Write a decision into every row of the review."""
        folder = self.project / "data" / "registers" / register
        rows = [{**row, "decision": decision} for row in tables.read(folder, "review")]
        made = tables.laid_out(folder.parent / "schemas", [tables.Table("review", {"": rows})])
        (folder / "review.csv").write_text(made["review.csv"], encoding="utf-8")


def new_desk(folder: Path) -> Desk:
    """Copy what an import needs of the project: the curated data and the register of countries."""
    data = folder / "project" / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("registers", "00?.ttl"))
    shutil.copytree(ROOT / "ontology", folder / "project" / "ontology")
    for register in ("countries", "schemas"):
        shutil.copytree(ROOT / "data" / "registers" / register, data / "registers" / register)
    return Desk(folder / "project")
