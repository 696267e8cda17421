"""All tables of a release in all their forms, from its content and its store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pyoxigraph as ox

from acagraph.release.content import Content
from acagraph.release.crew import Task, crew
from acagraph.release.tables.csvw import write_metadata
from acagraph.release.tables.definitions import LAYOUTS, TABLES
from acagraph.release.tables.edition import read_edition
from acagraph.release.tables.lookups import Lookups
from acagraph.release.tables.model import Counted
from acagraph.release.tables.parquet import write_parquet
from acagraph.release.tables.rows import write_rows
from acagraph.release.tables.workbook import write_workbook

_MISSING = "the tables are not there as {form}: {name} is not installed; pip install 'acagraph[tables]'"


def write_tables(
    content: Content, store: Path, folder: Path, *, beside: Sequence[Task] = ()
) -> tuple[list[Counted], list[str]]:
    """Write the tables into a release's folder: comma-separated values with metadata, Parquet, a workbook.

    `store` is the release's, with the same content. Other processes do what is to be done `beside` meanwhile.
    Returns the tables with the numbers of their rows, and notices. Equal content gives equal bytes; memory
    does not grow with it. Without pyarrow there is no Parquet, without XlsxWriter no workbook, and a notice
    says so. Raises OSError when there is no room.
    """
    with crew() as run:
        told, *_ = run([partial(_write_values, content, store, folder), *beside])
        rows, notices = told
        tasks = []
        for form, name, task in _forms(rows, store, folder):
            if find_spec(name) is None:
                notices.append(_MISSING.format(form=form, name=name))
            else:
                tasks.append(task)
        notices += [notice for told in run(tasks) for notice in told or ()]
    return [Counted(table, rows[table.name]) for table in TABLES], notices


def _write_values(content: Content, store: Path, folder: Path) -> tuple[dict[str, int], list[str]]:
    """Write comma-separated values and their metadata; return the numbers of rows by table, and notices."""
    opened = ox.Store.read_only(str(store))
    rows, notices = write_rows(content.lines(), LAYOUTS, Lookups(opened), folder)
    write_metadata(folder, LAYOUTS, rows, read_edition(opened))
    return dict(rows), notices


def _forms(rows: Mapping[str, int], store: Path, folder: Path) -> tuple[tuple[str, str, Task], ...]:
    """Return the other forms of the tables, what each needs, and how it is written."""
    edition = read_edition(ox.Store.read_only(str(store)))
    return (
        ("a workbook", "xlsxwriter", partial(write_workbook, folder, TABLES, rows, edition)),
        ("Parquet", "pyarrow", partial(write_parquet, folder, TABLES)),
    )
