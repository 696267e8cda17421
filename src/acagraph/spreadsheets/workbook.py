"""What of a workbook is not in the rows that are read: other sheets, errors, formulas never calculated."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_WITH_XML = (".xlsx", ".xlsm")
_BOOK = "xl/workbook.xml"
_LINKS = "xl/_rels/workbook.xml.rels"


def left_out(path: Path, sheet: str) -> Iterator[str]:
    """Yield sentences about what is not in the rows of a sheet that has been read.

    Cells are counted in .xlsx and .xlsm; of a file that is not built as usual, nothing is told.
    """
    import python_calamine as calamine

    names = calamine.CalamineWorkbook.from_path(str(path)).sheet_names
    if len(names) > 1:
        others = ", ".join(name for name in names if name != sheet)
        yield f"only the sheet {sheet} is read, not {others[:200]}; name another with --sheet"
    if path.suffix.lower() not in _WITH_XML:
        return
    try:
        errors, uncalculated = _counted(path, sheet)
    except (OSError, KeyError, zipfile.BadZipFile, ElementTree.ParseError, RuntimeError):
        return
    if errors:
        yield _empty(errors, "an error value such as #N/A")
    if uncalculated:
        what = "a formula without a value"
        yield f"{_empty(uncalculated, what)}; open and save the workbook in a spreadsheet"


def _empty(number: int, what: str) -> str:
    if number == 1:
        return f"1 cell has {what}, and is read as empty"
    return f"{number:,} cells have {what}, and are read as empty"


def _counted(path: Path, sheet: str) -> tuple[int, int]:
    """Return how many cells of a sheet have an error value, and how many a formula without a value."""
    errors = uncalculated = 0
    with zipfile.ZipFile(path) as archive, archive.open(_part(archive, sheet)) as file:
        for _, element in ElementTree.iterparse(file):
            if element.tag == f"{_MAIN}c":
                if element.get("t") == "e":
                    errors += 1
                elif element.find(f"{_MAIN}f") is not None and not element.findtext(f"{_MAIN}v"):
                    uncalculated += element.get("t") != "str"
            if element.tag == f"{_MAIN}row":
                element.clear()
    return errors, uncalculated


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the file of a sheet in a workbook. Raises KeyError."""
    links = {
        link.get("Id", ""): link.get("Target", "") for link in ElementTree.fromstring(archive.read(_LINKS))
    }
    sheets = ElementTree.fromstring(archive.read(_BOOK)).iter(f"{_MAIN}sheet")
    target = {each.get("name", ""): links.get(each.get(_LINK, ""), "") for each in sheets}[sheet]
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
