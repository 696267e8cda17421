"""The forms in which a report is written: for people, for code review, for build servers, as RDF."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from acagraph.errors import SourceError
from acagraph.validation.formats.groups import summary
from acagraph.validation.formats.junit import write_junit
from acagraph.validation.formats.linked import write_jsonld
from acagraph.validation.formats.page import write_html
from acagraph.validation.formats.records import write_json
from acagraph.validation.formats.sarif import write_sarif
from acagraph.validation.formats.shacl import write_turtle
from acagraph.validation.formats.style import Style
from acagraph.validation.formats.text import write_text
from acagraph.validation.report import Report

__all__ = ["FORMATS", "Format", "summary", "write", "written"]


@dataclass(frozen=True)
class Format:
    """One form of a report: its name, media type, the suffix of its files and what writes it."""

    name: str
    media_type: str
    suffix: str
    write: Callable[[Report, BinaryIO, Style], None]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        form.name: form
        for form in (
            Format("text", "text/plain", ".txt", write_text),
            Format("json", "application/json", ".json", write_json),
            Format("sarif", "application/sarif+json", ".sarif", write_sarif),
            Format("junit", "application/xml", ".xml", write_junit),
            Format("html", "text/html", ".html", write_html),
            Format("turtle", "text/turtle", ".ttl", write_turtle),
            Format("jsonld", "application/ld+json", ".jsonld", write_jsonld),
        )
    }
)


def write(
    report: Report,
    form: str,
    out: BinaryIO,
    *,
    all: bool = False,
    colour: bool = False,
    root: Path | None = None,
    rules_page: str = "",
) -> None:
    """Write a report in a form of FORMATS, piece by piece; equal reports give equal bytes.

    Text tells the first few findings of each rule, HTML and SARIF the first thousands, the others each one;
    with `all`, all of them do. Text and HTML show the offending lines of files below `root`. Rules link to
    `rules_page`, the address of the page of rules, else to their IRIs. Raises SourceError for another form.
    """
    if form not in FORMATS:
        raise SourceError(f"{form!r} is no form of a report; use one of {', '.join(FORMATS)}")
    FORMATS[form].write(report, out, Style(all, colour, root, rules_page, Path.cwd()))


def written(
    report: Report,
    form: str,
    *,
    all: bool = False,
    colour: bool = False,
    root: Path | None = None,
    rules_page: str = "",
) -> bytes:
    """Return what `write` writes."""
    out = io.BytesIO()
    write(report, form, out, all=all, colour=colour, root=root, rules_page=rules_page)
    return out.getvalue()
