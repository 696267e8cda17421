"""The texts of templates, code, saved queries, the interface and rules for the catalogues, in a checkout.

`python -m acagraph.web.extraction` renews those: a new text comes into each catalogue without a translation,
one that is no longer used goes.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract
from rdflib.plugins.sparql import prepareQuery

from acagraph import queries
from acagraph.errors import SourceError
from acagraph.queries import SavedQuery
from acagraph.queries.values import advice
from acagraph.release.inputs import rules_of
from acagraph.vocab import PREFIXES
from acagraph.web import api
from acagraph.web.languages import TAGS
from acagraph.web.pages import subject
from acagraph.web.wording import spaced

_KEYWORDS = {"_": None, "N_": None, "Phrase": None, "say": None, "gettext": None, "ngettext": (1, 2)}
# As the environment of the templates has it.
_OPTIONS = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
_PACKAGE = Path(str(resources.files("acagraph.web")))
_CHECKOUT = _PACKAGE.parents[2]
QUERIES = _CHECKOUT / "queries"


def template(saved: Path = QUERIES) -> Catalog:
    """Return all texts, in alphabetic order of the files that they stand in, without translations.

    `saved` is the folder of saved queries. Raises SourceError when there is none, or one of them is wrong.
    """
    if not saved.is_dir():
        why = "the saved queries are not there, whose texts are translated too; run this in a checkout"
        raise SourceError(why, path=saved)
    catalogue = Catalog(charset="utf-8", fuzzy=False)
    for path in sorted(_PACKAGE.parent.rglob("*")):
        for message, comments in _texts(path):
            place = (path.relative_to(_PACKAGE.parent).as_posix(), 0)
            catalogue.add(message, locations=[place], auto_comments=comments)
    known = queries.load(saved)
    for query in known.values():
        for text in _said(query):
            catalogue.add(text, locations=[(f"queries/{query.name}.rq", 0)])
    for text in sorted(api.told(known)):
        catalogue.add(text, locations=[("openapi.json", 0)])
    for rule in rules_of(_CHECKOUT).rules:
        for text in filter(None, (rule.title, rule.message)):
            catalogue.add(text, locations=[(_place(rule.path), 0)])
    return catalogue


def renew(folder: Path, tags: Sequence[str] = TAGS[1:]) -> dict[str, int]:
    """Bring the catalogues of a folder up to date; return by tag how many texts have no translation."""
    texts, missing = template(), {}
    for tag in tags:
        path = folder / f"{tag}.po"
        with path.open("rb") as file:
            old = read_po(file, locale=tag)
        new = Catalog(locale=tag, charset="utf-8", fuzzy=False)
        for text in texts:
            if text.id:
                known = old.get(text.id)
                new.add(text.id, known.string if known else None, text.locations, text.flags)
        missing[tag] = sum(not all(_strings(message.string)) for message in new if message.id)
        path.write_bytes(written(new))
    return missing


def written(catalogue: Catalog) -> bytes:
    """Return a catalogue as a file: sorted, without the time and whatever else changes by itself."""
    head = (
        f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale_identifier}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=0, omit_header=True, sort_output=True, include_lineno=False)
    return head.encode() + buffer.getvalue()


def _texts(path: Path) -> Iterator[tuple[str | tuple[str, ...], list[str]]]:
    if path.suffix == ".html":
        found = extract_from_file(
            babel_extract,  # type: ignore[arg-type]  # it is typed more narrowly than it reads
            path,
            _KEYWORDS,
            options=_OPTIONS,
        )
    elif path.suffix == ".py":
        found = extract_from_file("python", path, _KEYWORDS, comment_tags=("For translators:",))
    else:
        return
    for _, message, comments, _ in found:
        yield message, comments


def _said(query: SavedQuery) -> Iterator[str]:
    """Return what pages say of a saved query in their language."""
    yield from filter(None, (query.question, query.summary, query.description, subject(query)))
    yield from filter(None, (parameter.description for parameter in query.parameters))
    yield from (advice(parameter).text for parameter in query.parameters)
    yield from (spaced(parameter.name) for parameter in query.parameters)
    if query.form == "select":
        variables = {str(name) for name in prepareQuery(query.sparql, initNs=PREFIXES).algebra.PV}
        # The label of a thing stands in the thing's own column.
        labels = {f"{name}Label" for name in variables}
        yield from (spaced(name) for name in sorted(variables - labels))


def _place(path: Path | None) -> str:
    """Return the file of a rule from the root of the project, or where rules without one are written."""
    return "src/acagraph/validation" if path is None else path.relative_to(_CHECKOUT).as_posix()


def _strings(string: str | Sequence[str] | None) -> Sequence[str]:
    return (string or "",) if isinstance(string, str) or string is None else string


if __name__ == "__main__":
    try:
        for tag, number in renew(_PACKAGE / "catalogues").items():
            sys.stdout.write(f"{tag}: {number} texts have no translation\n")
    except SourceError as error:
        sys.exit(str(error))
