"""How to cite a release: in one line, in Citation File Format 1.2 and BibTeX, for the very version."""

from __future__ import annotations

import json
import re

from acagraph.release.descriptions.attributions import licence_id
from acagraph.release.descriptions.terms import release_iri
from acagraph.sources import DatasetInfo

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_LATEX |= {sign: f"\\{sign}" for sign in "&%$#_{}"}


def cited(title: str, version: str, *, by: str, year: int) -> str:
    """Return how to cite a release, in one line; `by` names who publishes it, "" where nobody is known."""
    who = f"{by} " if by else ""
    return f"{who}({year}). {title}, version {version}. {release_iri(version)}"


def as_cff(info: DatasetInfo, author: str, sha256: str, summary: str) -> str:
    """Return CITATION.cff; texts are quoted as in JSON, which is YAML too."""
    text = json.dumps
    lines = [
        "cff-version: 1.2.0",
        f"message: {text('If you use this dataset, please cite it with its version.')}",
        "type: dataset",
        f"title: {text(info.title, ensure_ascii=False)}",
        f"abstract: {text(summary, ensure_ascii=False)}",
        "authors:",
        f"  - name: {text(author, ensure_ascii=False)}",
        *([f"    website: {text(info.homepage)}"] if info.homepage else []),
        f"version: {text(info.version)}",
        f"date-released: {text(info.date.isoformat())}",
        f"url: {text(release_iri(info.version))}",
    ]
    known = licence_id(info.licence)
    lines.append(f"license: {known}" if known else f"license-url: {text(info.licence)}")
    lines += [
        "identifiers:",
        "  - type: url",
        f"    value: {text(release_iri(info.version))}",
        f"    description: {text('The address of this very release.')}",
        "  - type: other",
        f"    value: {text(f'sha256:{sha256}')}",
        f"    description: {text('The hash of the dataset in canonical form (RDFC-1.0).')}",
    ]
    if info.keywords:
        lines += ["keywords:", *(f"  - {text(word, ensure_ascii=False)}" for word in info.keywords)]
    return "\n".join(lines) + "\n"


def as_bibtex(info: DatasetInfo, author: str, sha256: str) -> str:
    """Return citation.bib: one entry that BibTeX and biblatex know, with the characters of LaTeX escaped."""
    fields = {
        "author": f"{{{_latex(author)}}}",
        "title": f"{{{_latex(info.title)}}}",
        "year": str(info.date.year),
        "month": None,
        "version": _latex(info.version),
        "publisher": _latex(author),
        "howpublished": rf"Dataset, version {_latex(info.version)}",
        "url": release_iri(info.version),
        "note": f"RDFC-1.0 hash sha256:{sha256}",
    }
    key = re.sub(r"[^A-Za-z0-9]+", "-", f"{author}-{info.version}").strip("-")
    lines = [
        f"  {name} = {_MONTHS[info.date.month - 1] if value is None else f'{{{value}}}'},"
        for name, value in fields.items()
    ]
    return "\n".join([f"@misc{{{key},", *lines, "}"]) + "\n"


def _latex(text: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in text)
