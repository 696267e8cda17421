"""Checks: SELECT queries that must be empty, each a rule with a severity and a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyoxigraph as ox
import yaml

from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text
from acagraph.validation.findings import SEVERITIES, Finding, Severity, shown

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
    """Yield a finding for each row; the default graph is the union of all graphs.

    Raises SourceError when a query cannot be parsed or does not return ?focus.
    """
    for check in checks:
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
        for solution in solutions:
            yield _finding(check, {name: solution[name] for name in names})


def _finding(check: Check, row: dict[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]) -> Finding:
    words = {name: "" if term is None else shown(_text(term)) for name, term in row.items()}
    path, value = row.get("path"), row.get("value")
    assert not isinstance(value, ox.Triple)
    return Finding(
        rule=check.rule,
        severity=check.severity,
        focus=_text(row["focus"]),
        path=None if path is None else _text(path),
        value=None if value is None else _text(value),
        message=_VARIABLE.sub(lambda match: words[match[1]], check.message),
        term=value,
    )


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def _load(path: Path) -> Check:
    text = read_text(path)
    lines = text.split("\n")
    header = "\n".join(line[2:].removeprefix(" ") for line in lines if line.startswith("#+"))
    try:
        fields = yaml.safe_load(header)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        raise SourceError(
            "the #+ header is not YAML; quote a text with a colon", path=path, line=line
        ) from None
    if not isinstance(fields, dict) or set(fields) != set(_KEYS):
        raise SourceError(f"the #+ header needs exactly {', '.join(_KEYS)}", path=path, line=1)
    if fields["severity"] not in SEVERITIES:
        raise SourceError(
            f"severity is one of {', '.join(SEVERITIES)}", path=path, line=_line(lines, "severity")
        )
    if fields["rule"] != f"rule-{path.stem}":
        raise SourceError(f"rule must be rule-{path.stem}", path=path, line=_line(lines, "rule"))
    return Check(path, fields["rule"], cast(Severity, fields["severity"]), str(fields["message"]), text)


def _line(lines: list[str], key: str) -> int:
    found = (number for number, line in enumerate(lines, 1) if re.match(rf"#\+\s*[\"']?{key}\b", line))
    return next(found, 1)
