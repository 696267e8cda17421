"""Checks: SELECT queries that must be empty, each a rule with a severity and a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text
from acagraph.headers import HeaderReader, line_of
from acagraph.validation.findings import SEVERITIES, Finding, Severity, focus_of, shown

_KEYS = ("rule", "severity", "message")
_VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Check:
    """One rule of the form: this query has no rows."""

    path: Path
    rule: str
    severity: Severity
    message: str
    query: str


def load_checks(folder: Path) -> tuple[Check, ...]:
    """Read every `.rq` file of a folder, sorted by name.

    Raises SourceError, with file and line, for a header that is not complete or a name that differs
    from its rule.
    """
    if not folder.is_dir():
        raise SourceError("this folder of checks does not exist; name queries/checks", path=folder)
    return tuple(_load(path) for path in sorted(folder.glob("*.rq")))


def run_checks(checks: Iterable[Check], store: ox.Store) -> Iterator[Finding]:
    """Yield a finding for each row of each check; see `run_check`."""
    return (finding for check in checks for finding in run_check(check, store))


def run_check(check: Check, store: ox.Store) -> list[Finding]:
    """Return a finding for each row; the default graph is the union of all graphs.

    Several threads may run checks over one store at once. Raises SourceError when the query cannot be parsed
    or does not return ?focus.
    """
    try:
        solutions = store.query(check.query, use_default_graph_as_union=True)
    except SyntaxError as error:
        raise SourceError(f"the query does not parse: {error}", path=check.path) from None
    if not isinstance(solutions, ox.QuerySolutions):
        raise SourceError("a check is a SELECT query", path=check.path)
    names = [variable.value for variable in solutions.variables]
    unknown = [name for name in _VARIABLE.findall(check.message) if name not in names]
    if "focus" not in names or unknown:
        missing = ", ".join(f"?{name}" for name in [*unknown, *(["focus"] * ("focus" not in names))])
        raise SourceError(f"the query must select {missing}", path=check.path)
    return [_finding(check, {name: solution[name] for name in names}) for solution in solutions]


def _finding(check: Check, row: dict[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]) -> Finding:
    words = {name: "" if term is None else shown(_text(term)) for name, term in row.items()}
    path, value = row.get("path"), row.get("value")
    focus = row["focus"]
    assert focus is not None
    assert not isinstance(value, ox.Triple)
    return Finding(
        rule=check.rule,
        severity=check.severity,
        focus=focus_of(focus),
        path=None if path is None else _text(path),
        value=None if value is None else _text(value),
        message=_VARIABLE.sub(lambda match: words[match[1]], check.message),
        term=value,
    )


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def _load(path: Path) -> Check:
    text = read_text(path)
    header = HeaderReader(path)
    keys = header.mapping(header.root(text), _KEYS, required=_KEYS)
    rule, severity, message = (header.scalar(keys[key]) for key in _KEYS)
    if severity not in SEVERITIES:
        raise header.error(f"severity is one of {', '.join(SEVERITIES)}", line_of(keys["severity"]))
    if rule != f"rule-{path.stem}":
        raise header.error(f"rule must be rule-{path.stem}", line_of(keys["rule"]))
    return Check(path, rule, severity, message, text)
