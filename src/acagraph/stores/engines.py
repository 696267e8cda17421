"""What endpoints do in ways of their own, each found by a test on the engine itself (docs/engines.md)."""

from __future__ import annotations

from email.message import Message

import pyoxigraph

from acagraph.errors import AnswerTooLarge, StoreTimeout

# It has enough rows for any ceiling that people set, over any data with a few hundred triples. Virtuoso gives
# no more triples than rows, but does not say when it has left some out.
MANY = "SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 100001"
_VIRTUOSO = "virtuoso"
_BOOLEANS = {value: f'{{"head":{{}},"boolean":{str(value).lower()}}}'.encode() for value in (True, False)}


def is_virtuoso(headers: Message) -> bool:
    """Tell from the headers of an answer whether Virtuoso gave it."""
    return str(headers.get("Server", "")).lower().startswith(_VIRTUOSO)


def prologue(form: str, *, virtuoso: bool) -> str:
    """Return what goes before a query: Virtuoso's own DESCRIBE leaves out literals."""
    return 'define sql:describe-mode "CBD" ' if virtuoso and form == "DESCRIBE" else ""


def refuse_partial(headers: Message, name: str) -> None:
    """Raise AnswerTooLarge or StoreTimeout when the headers say that only a part of the answer was given."""
    if (most := ceiling(headers)) is not None:
        raise AnswerTooLarge(f"{name} gives at most {most} rows of an answer; add a LIMIT and an OFFSET")
    if "S1TAT" in str(headers.get("X-SQL-State", "")):
        raise StoreTimeout(f"{name} stopped before the answer was whole; ask for less")


def ceiling(headers: Message) -> int | None:
    """Return the most rows that Virtuoso gives, which it tells with an answer that had more."""
    text = str(headers.get("X-SPARQL-MaxRows", "")).strip()
    return int(text) if text.isascii() and text.isdigit() else None


def boolean(results: pyoxigraph.QuerySolutions) -> pyoxigraph.QueryBoolean:
    """Return the answer to an ASK that Virtuoso gives as a table: true where there is a row that says so."""
    row = next(results, None)
    value = None if row is None else row[0]
    said = isinstance(value, pyoxigraph.Literal) and value.value in ("1", "true")
    found = pyoxigraph.parse_query_results(_BOOLEANS[said], format=pyoxigraph.QueryResultsFormat.JSON)
    assert isinstance(found, pyoxigraph.QueryBoolean)
    return found
