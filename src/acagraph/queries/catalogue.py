"""The catalogue of saved queries: every .rq file of a folder, checked when it is read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import cast, get_args

from acagraph.errors import NotFound, Phrase, QueryError, SourceError
from acagraph.queries import header
from acagraph.queries.binding import bind
from acagraph.queries.lookup import suggested
from acagraph.queries.saved import Form, SavedQuery
from acagraph.queries.template import has_bounds, regions
from acagraph.stores import lexer
from acagraph.stores.guard import check_syntax
from acagraph.vocab import BASE

# What a query that another endpoint is asked calls from there.
_OURS = f"{BASE}sparql"
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Catalogue(Mapping[str, SavedQuery]):
    """The saved queries of a folder (not of its subfolders), sorted by name, each read when first asked.

    What asks for one raises SourceError with file and line when it is wrong, or when there is no folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, SavedQuery] = {}

    @cached_property
    def _paths(self) -> Mapping[str, Path]:
        if not self._folder.is_dir():
            raise SourceError("no such folder of saved queries", path=self._folder)
        return {path.stem: path for path in sorted(self._folder.glob("*.rq"))}

    def __getitem__(self, name: str) -> SavedQuery:
        if name not in self._read:
            self._read[name] = read(self._paths[name])
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def load(folder: Path) -> dict[str, SavedQuery]:
    """Read all saved queries of a folder (not of its subfolders), sorted by name.

    Raises SourceError with file and line when a header or a query is wrong, or when there is no folder.
    """
    return dict(Catalogue(folder))


def read(path: Path) -> SavedQuery:
    """Read and check one saved query: header, syntax, parameters, order.

    Raises SourceError with file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot be read: {error}", path=path) from error
    if not _NAME.fullmatch(path.stem):
        raise SourceError("a saved query is named like members-of-coalition.rq", path=path)
    head = header.parse(text, path=path)
    services = frozenset((_OURS,)) if head.endpoint else frozenset[str]()
    try:
        check_syntax(text, services=services)
    except QueryError as error:
        raise SourceError(str(error), path=path, line=error.line) from None
    if services and not any(token.keyword == "SERVICE" for token in lexer.tokens(text)):
        raise SourceError(f"has an endpoint and does not call ours; add SERVICE <{_OURS}>", path=path)
    form = cast(Form, str(lexer.form(text)).lower())
    if form not in get_args(Form):
        raise SourceError(f"a saved query is a SELECT, CONSTRUCT or ASK, not a {form.upper()}", path=path)
    _check_variables(text, head, path)
    if form == "select" and not _is_ordered(text):
        raise SourceError("a SELECT needs an ORDER BY that leaves no ties", path=path)
    if form == "select" and (bounds := has_bounds(text)) is not None:
        message = "LIMIT and OFFSET are for whoever asks; remove them, or put them into a sub-select"
        raise SourceError(message, path=path, line=lexer.position(text, bounds)[0])
    query = SavedQuery(
        name=path.stem,
        summary=head.summary,
        description=head.description,
        parameters=head.parameters,
        tags=head.tags,
        text=text,
        form=form,
        examples=head.examples,
        question=head.question,
        endpoint=head.endpoint,
    )
    _check_parts(query, services, path)
    _check_examples(query, head, services, path)
    return query


def find(catalogue: Mapping[str, SavedQuery], name: str) -> SavedQuery:
    """Return a saved query by name.

    Raises NotFound with the nearest names.
    """
    if name in catalogue:
        return catalogue[name]
    near = difflib.get_close_matches(name, catalogue, n=3, cutoff=0.4)
    hint = suggested(near) or Phrase("there are {names}", names=", ".join(catalogue) or "none")
    raise NotFound(Phrase("no saved query {name}; {hint}", name=repr(name), hint=hint))


def _check_variables(text: str, head: header.Header, path: Path) -> None:
    variables = {token.text[1:] for token in lexer.tokens(text) if token.kind == "variable"}
    for name, line in head.lines.items():
        if name not in variables:
            raise SourceError(f"the parameter {name} is not in the query as ?{name}", path=path, line=line)
    for token in lexer.tokens(text):
        if token.text.startswith("$") and token.text[1:] not in head.lines:
            line = lexer.position(text, token.start)[0]
            raise SourceError(
                f"{token.text} is not declared; add it to params, or write ?{token.text[1:]}",
                path=path,
                line=line,
            )


def _check_parts(query: SavedQuery, services: frozenset[str], path: Path) -> None:
    """Check that lines are set apart only for what may be left out, and that the query is whole without."""
    optional = {p.name for p in query.parameters if not p.required and p.default is None}
    apart = regions(query.text)
    for name, offset in apart.items():
        if name not in optional:
            message = f"'# with {name}' needs an optional parameter {name} without default; declare it"
            raise SourceError(message, path=path, line=lexer.position(query.text, offset)[0])
    if apart or query.form == "select":
        try:
            check_syntax(query.fill({}, page=" LIMIT 1 OFFSET 0"), services=services)
        except QueryError as error:
            message = f"without the lines of optional parameters: {error}"
            raise SourceError(message, path=path, line=error.line) from None


def _check_examples(query: SavedQuery, head: header.Header, services: frozenset[str], path: Path) -> None:
    for parameter in query.parameters:
        given = {p.name: p.example for p in query.parameters if p.required or p == parameter}
        for value in filter(None, (parameter.example, parameter.default)):
            try:
                check_syntax(bind(query, {**given, parameter.name: value}), services=services)
            except QueryError as error:
                raise SourceError(str(error), path=path, line=head.lines[parameter.name]) from None
    for example in query.examples:
        try:
            bind(query, example)
        except QueryError as error:
            raise SourceError(f"in examples: {error}", path=path) from None


def _is_ordered(text: str) -> bool:
    depth, previous = 0, ""
    for token in lexer.tokens(text):
        if depth == 0 and previous == "ORDER" and token.keyword == "BY":
            return True
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        previous = token.keyword
    return False
