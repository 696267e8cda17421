"""data/expectations.toml: the smallest and the largest plausible count of what a release holds."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text
from acagraph.release.tallies import COUNTS, Tallies
from acagraph.sources import Project
from acagraph.validation import Finding
from acagraph.validation.rules import Rule
from acagraph.vocab import ACA, PREFIXES, graph_iri

RULE = Rule(
    "expectation",
    "violation",
    "A count is not plausible: look for the fault, or correct the range in data/expectations.toml.",
    "A release holds as much of everything as is plausible",
)

_REGISTERS = "registers."
_POSITION = re.compile(r" ?\(at line (\d+), column \d+\)| ?\(at end of document\)")


@dataclass(frozen=True)
class _Range:
    """The numbers that are plausible for one count, and where that is said."""

    section: str
    key: str
    least: int
    most: int
    line: int | None


def judge(tallies: Tallies, project: Project) -> list[Finding]:
    """Return a finding for each count outside of its range; a project without the file expects nothing.

    [curated.…] holds for a build without registers, [dataset.…] for one with all those that have a section,
    [registers.NAME] for that register. Raises SourceError, with the line, for what is unknown or no range.
    """
    path = project.root / "data" / "expectations.toml"
    if not path.is_file():
        return []
    ranges = [*_read(path)]
    named = {item.section.removeprefix(_REGISTERS) for item in ranges if item.section.startswith(_REGISTERS)}
    complete = bool(tallies.registers) and named <= {item.name for item in tallies.registers}
    found = []
    for wanted in ranges:
        counts = _counts(wanted.section, tallies, complete=complete)
        if counts is None:
            continue
        number = counts.get(wanted.key, 0)
        if not wanted.least <= number <= wanted.most:
            message = (
                f"[{wanted.section}] {wanted.key}: there are {number:,}, but {wanted.least:,} to "
                f"{wanted.most:,} are plausible: look for the fault, or correct the range."
            )
            found.append(
                Finding(
                    rule=RULE.name,
                    severity=RULE.severity,
                    focus=_focus(wanted.section, wanted.key),
                    path=None,
                    value=None,
                    message=message,
                    file="data/expectations.toml",
                    line=wanted.line,
                )
            )
    return found


def _counts(section: str, tallies: Tallies, *, complete: bool) -> Mapping[str, int] | None:
    """Return the counts that a section is about, None where it is not about this build."""
    whole, kind = section.split(".", 1)
    if whole == "registers":
        return next((item.counts for item in tallies.registers if item.name == kind), None)
    if (whole == "dataset" and not complete) or (whole == "curated" and tallies.registers):
        return None
    if kind == "countries":
        return {name.removeprefix("place:"): number for name, number in tallies.members.items()}
    return {name.removeprefix("aca:"): number for name, number in tallies.classes.items()}


def _focus(section: str, key: str) -> str:
    whole, kind = section.split(".", 1)
    if whole == "registers":
        return graph_iri(f"register/{kind}")
    return (PREFIXES["place"] if kind == "countries" else ACA) + key


def _read(path: Path) -> Iterator[_Range]:
    text = read_text(path)
    try:
        sections = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _POSITION.search(str(error))
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        reason = _POSITION.sub("", str(error))
        raise SourceError(f"is not TOML: {reason}; correct the line", path=path, line=line) from error
    for whole, kinds in sections.items():
        if whole not in ("curated", "dataset", "registers") or not isinstance(kinds, dict):
            message = f"unknown section [{whole}]; known are curated, dataset and registers"
            raise SourceError(message, path=path, line=_line(text, whole) or _line(text, "", whole))
        for kind, ranges in kinds.items():
            section = f"{whole}.{kind}"
            if not isinstance(ranges, dict) or (
                whole != "registers" and kind not in ("classes", "countries")
            ):
                message = f"unknown section [{section}]; write [{whole}.classes], [{whole}.countries]"
                raise SourceError(message, path=path, line=_line(text, section) or _line(text, whole, kind))
            for key, value in ranges.items():
                yield _range(section, key, value, path, _line(text, section, key))


def _range(section: str, key: str, value: object, path: Path, line: int | None) -> _Range:
    if section.startswith(_REGISTERS) and key not in COUNTS:
        message = f"unknown count {key}; known are {', '.join(COUNTS)}"
        raise SourceError(message, path=path, line=line)
    numbers = value if isinstance(value, list) and all(type(item) is int for item in value) else []
    if len(numbers) != 2 or not 0 <= numbers[0] <= numbers[1]:
        message = f"{key} must be two numbers, the smallest and the largest, such as [10, 20]"
        raise SourceError(message, path=path, line=line)
    return _Range(section, key, numbers[0], numbers[1], line)


def _line(text: str, section: str, key: str | None = None) -> int | None:
    """Return the line of a section's header, or of a key in it."""
    inside = not section
    for number, line in enumerate(text.split("\n"), start=1):
        header = re.match(r"\s*\[([^\]]*)\]", line)
        if header:
            inside = header[1].replace('"', "").replace(" ", "") == section
            if inside and key is None:
                return number
        elif inside and key is not None and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return None
