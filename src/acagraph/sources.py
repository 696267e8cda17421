"""What a project consists of: which files there are, what each is for, and what the dataset calls itself."""

from __future__ import annotations

import csv
import datetime
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from acagraph.errors import SourceError
from acagraph.vocab import BASE, KINDS, compact, expand

Role = Literal["ontology", "scheme", "alignment", "data", "links", "register", "table"]

_KEYS = ("version", "date", "title", "description", "licence", "publisher")
_LISTS = ("keywords", "themes")
_OPTIONAL = ("previous", "homepage", "frequency", *_LISTS)
_IRIS = {
    "licence": "https://creativecommons.org/…",
    "publisher": f"{BASE}id/agent/…",
    "homepage": "https://…",
    "frequency": "http://publications.europa.eu/resource/authority/frequency/…",
    "themes": "http://publications.europa.eu/resource/authority/data-theme/…",
}
REDIRECT_HEADERS = (("from", "to"), ("from", "to", "reason"))
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.+-]+)?")
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_TOML_LINE = re.compile(r" ?\(at line (\d+), column \d+\)| ?\(at end of document\)")


@dataclass(frozen=True)
class SourceFile:
    """One input file: what it is for and the SHA-256 of its bytes."""

    path: Path
    role: Role
    sha256: str


@dataclass(frozen=True)
class DatasetInfo:
    """What data/dataset.toml says about the dataset.

    `previous` is the version that this one follows; `themes` and `frequency` are IRIs of vocabularies that
    DCAT-AP asks for; `homepage` is where people read about it.
    """

    version: str
    date: datetime.date
    title: str
    description: str
    licence: str
    publisher: str
    previous: str | None = None
    homepage: str | None = None
    frequency: str | None = None
    keywords: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Redirect:
    """A thing that is gone, and the place that says so: `new` is the one it was merged into, both by IRI.

    One that was withdrawn has none, but a reason.
    """

    old: str
    new: str
    path: Path
    line: int
    reason: str = ""


@dataclass(frozen=True)
class Project:
    """A folder with an ontology and data, read but not parsed."""

    root: Path
    files: tuple[SourceFile, ...]
    dataset: DatasetInfo
    redirects: tuple[Redirect, ...] = ()

    @property
    def registers(self) -> Mapping[str, Path]:
        """The CSVW metadata of each register that belongs to the project, by the register's name, sorted."""
        return {file.path.parent.name: file.path for file in self.files if file.role == "register"}


def discover(root: Path, *, registers: bool = True) -> Project:
    """Find the input files of a project, sorted by path, with their checksums.

    Hidden files are left out, and everything in data/registers/ without `registers`. Raises SourceError when
    a required folder or file is missing or data/dataset.toml or data/redirects.csv is not as it should be.
    """
    if not root.is_dir():
        raise SourceError(
            "there is no such folder; give the folder that holds data/ and ontology/", path=root
        )
    for folder in ("data", "ontology"):
        if not (root / folder).is_dir():
            message = f"has no folder {folder}/; run this in an acagraph project or give its folder"
            raise SourceError(message, path=root)
    found: list[tuple[Path, Role]] = []
    found += [(path, "ontology") for path in (root / "ontology").glob("*.ttl")]
    found += [(path, "scheme") for path in (root / "ontology" / "schemes").glob("*.ttl")]
    found += [(path, "alignment") for path in (root / "ontology" / "alignments").glob("*.ttl")]
    found += [(path, "data") for path in (root / "data").rglob("*.ttl")]
    found += [(path, "links") for path in (root / "data" / "links").glob("*.sssom.tsv")]
    found += [(path, "links") for path in (root / "data" / "links" / "candidates").glob("*.sssom.tsv")]
    if registers:
        found += _tables(root / "data" / "registers")
    for role, where in (("ontology", "ontology/*.ttl"), ("data", "data/**/*.ttl")):
        if not any(role == known for _, known in found):
            raise SourceError(f"has no Turtle file {where}; add one", path=root)
    files = (
        SourceFile(path, role, _sha256(path))
        for path, role in sorted(found)
        if not any(part.startswith(".") for part in path.relative_to(root).parts)
    )
    return Project(
        root,
        tuple(files),
        read_dataset_info(root / "data" / "dataset.toml"),
        read_redirects(root / "data" / "redirects.csv"),
    )


def _tables(folder: Path) -> list[tuple[Path, Role]]:
    """Return the tables of registers and their schemas; what each is for stands in csv-metadata.json."""
    registers = sorted(folder.glob("*/csv-metadata.json"))
    # Without a register the schemas are for nothing.
    patterns = ("*/*.csv", "schemas/*.json") if registers else ()
    tables = (path for pattern in patterns for path in folder.glob(pattern))
    return [*((path, "register") for path in registers), *((path, "table") for path in tables)]


def read_dataset_info(path: Path) -> DatasetInfo:
    """Read data/dataset.toml; its keys are known, and all but _OPTIONAL are required.

    Raises SourceError with the line of a syntax error or the key that is wrong.
    """
    try:
        text = path.read_bytes().decode("utf-8")
        values = tomllib.loads(text)
    except FileNotFoundError as error:
        message = f"is missing; write it with the keys {', '.join(_KEYS)}"
        raise SourceError(message, path=path) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SourceError("is not UTF-8; save it as UTF-8", path=path, line=line) from error
    except tomllib.TOMLDecodeError as error:
        at = _TOML_LINE.search(str(error))
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        reason = _TOML_LINE.sub("", str(error))
        raise SourceError(f"is not TOML: {reason}; correct the line", path=path, line=line) from error
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path=path) from error
    return _dataset_info(values, text, path)


def read_redirects(path: Path) -> tuple[Redirect, ...]:
    """Read data/redirects.csv, in its order; a project without it has no redirects.

    A third column may give the reason, which a thing that was withdrawn must have. Raises SourceError with
    the line of a row that is not two names of things, of a name that is there twice, of a name that leads to
    one that is gone too, and of a withdrawal that says nothing.
    """
    if not path.is_file():
        return ()
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SourceError("is not UTF-8; save it as UTF-8", path=path, line=line) from error
    lines = text.splitlines()
    if not lines or tuple(lines[0].split(",")) not in REDIRECT_HEADERS:
        message = "the first line must be from,to or from,to,reason; write it"
        raise SourceError(message, path=path, line=1)
    found: dict[str, Redirect] = {}
    for number, row in enumerate(lines[1:], start=2):
        item = _redirect(row, len(lines[0].split(",")), path, number)
        if item.old in found:
            message = f"{compact(item.old)} is in line {found[item.old].line} already; keep one of the two"
            raise SourceError(message, path=path, line=number)
        found[item.old] = item
    for item in found.values():
        if item.new in found:
            other = found[item.new]
            message = (
                f"{compact(item.new)} was {'merged' if other.new else 'withdrawn'} too (line {other.line}); "
                "name the one that stays"
            )
            raise SourceError(message, path=path, line=item.line)
    return tuple(found.values())


def _redirect(row: str, columns: int, path: Path, line: int) -> Redirect:
    """Read a row; its reason may stand between quotation marks, and may be left out with its comma."""
    try:
        [cells] = csv.reader([row], strict=True)
    except (csv.Error, ValueError):  # a quotation mark that is not closed; an empty line
        cells = []
    cells = [cell.strip() for cell in cells]
    if not 2 <= len(cells) <= columns:
        message = "must be two names with a comma between them: the old one, the one that stays"
        raise SourceError(message, path=path, line=line)
    old, new, reason = (*cells, "")[:3]
    if not (new or reason):
        message = (
            f"{old} leads nowhere; name the thing that stays or, when it was withdrawn, "
            "say why in the column reason"
        )
        raise SourceError(message, path=path, line=line)
    return Redirect(_thing(old, path, line), _thing(new, path, line) if new else "", path, line, reason)


def _thing(name: str, path: Path, line: int) -> str:
    try:
        iri = expand(name)
    except KeyError as error:
        message = f'"{name}" has no prefix that is known; write a name such as coalition:jci'
        raise SourceError(message, path=path, line=line) from error
    if not iri.startswith(tuple(f"{BASE}id/{kind}/" for kind in KINDS)):
        raise SourceError(
            f"{name} is no thing of ours; write a name such as coalition:jci", path=path, line=line
        )
    return iri


def _dataset_info(values: Mapping[str, object], text: str, path: Path) -> DatasetInfo:
    for key in sorted(values):
        if key not in (*_KEYS, *_OPTIONAL):
            message = f"unknown key {key}; known are {', '.join((*_KEYS, *_OPTIONAL))}"
            raise SourceError(message, path=path, line=_line_of(key, text))
    missing = [key for key in _KEYS if key not in values]
    if missing:
        raise SourceError(f"has no {' and no '.join(missing)}; add it", path=path)
    lists = {key: _texts(values[key], key, text, path) for key in _LISTS if key in values}
    named = [key for key in (*_KEYS, *_OPTIONAL) if key in values and key not in ("date", *_LISTS)]
    texts = {key: _text(values[key], key, text, path) for key in named}
    for key in ("version", "previous"):
        if key in texts and not _VERSION.fullmatch(texts[key]):
            message = f'{key} "{texts[key]}" is not of the form 1.2.3; correct it'
            raise SourceError(message, path=path, line=_line_of(key, text))
    for key, example in _IRIS.items():
        for value in lists.get(key, (texts[key],) if key in texts else ()):
            if not _IRI.fullmatch(value):
                message = f'{key} "{value}" is no IRI; write one such as {example}'
                raise SourceError(message, path=path, line=_line_of(key, text))
    return DatasetInfo(
        version=texts["version"],
        date=_date(values["date"], text, path),
        title=texts["title"],
        description=texts["description"],
        licence=texts["licence"],
        publisher=texts["publisher"],
        previous=texts.get("previous"),
        homepage=texts.get("homepage"),
        frequency=texts.get("frequency"),
        keywords=lists.get("keywords", ()),
        themes=lists.get("themes", ()),
    )


def _texts(value: object, key: str, text: str, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        message = f'{key} must be a list of texts that are not empty, such as ["one", "another"]'
        raise SourceError(message, path=path, line=_line_of(key, text))
    return tuple(item.strip() for item in value)


def _text(value: object, key: str, text: str, path: Path) -> str:
    if not isinstance(value, str) or not value.strip():
        message = f"{key} must be a text that is not empty; put it between quotation marks"
        raise SourceError(message, path=path, line=_line_of(key, text))
    return value.strip()


def _date(value: object, text: str, path: Path) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError as error:
        message = f"date {value} is not a day of the form 2026-01-31; correct it"
        raise SourceError(message, path=path, line=_line_of("date", text)) from error


def _line_of(key: str, text: str) -> int | None:
    for number, line in enumerate(text.split("\n"), start=1):
        if re.match(rf"\s*\[*\s*[\"']?{re.escape(key)}\b", line):
            return number
    return None


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path=path) from error
