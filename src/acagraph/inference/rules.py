"""Rules: CONSTRUCT queries in files, whose comment says what they derive and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text
from acagraph.inference.mentions import predicates

AS_OF = "asOf"
_NAME = re.compile(r"([0-9]{2})-[a-z][a-z0-9-]*")
_POSITION = re.compile(r"error at (\d+):(\d+): ")


@dataclass(frozen=True)
class Rule:
    """One CONSTRUCT query; the comment above it says what it derives and why.

    `reads` are the IRIs of the predicates that its result depends on, None where that may be any.
    """

    name: str
    order: int
    purpose: str
    text: str
    path: Path
    reads: frozenset[str] | None = None

    @property
    def dated(self) -> bool:
        """Say whether the rule depends on the release's day."""
        return re.search(rf"[?$]{AS_OF}\b", self.text) is not None


def load_rules(folder: Path) -> tuple[Rule, ...]:
    """Read the rules of a folder in the order in which they run, by file name.

    Raises SourceError when there are none, a name has no number, the comment is missing or the query is
    not a CONSTRUCT that can be parsed.
    """
    rules = tuple(_load(path) for path in sorted(folder.glob("*.rq")))
    if not rules:
        raise SourceError("holds no rule; add a file such as 10-superclass.rq", path=folder)
    return rules


def _load(path: Path) -> Rule:
    name = _NAME.fullmatch(path.stem)
    if name is None:
        message = "a rule's file is named by order and subject, such as 40-label.rq; rename it"
        raise SourceError(message, path=path)
    text = read_text(path)
    comment = re.match(r"(?:#[^\n]*\n)+", text)
    if comment is None:
        raise SourceError("begin the rule with a comment that says what and why", path=path, line=1)
    purpose = re.sub(r"^# ?", "", comment[0], flags=re.M).strip()
    try:
        result = ox.Store().query(text)
    except SyntaxError as error:
        position = _POSITION.match(str(error))
        line = int(position[1]) if position else None
        reason = _POSITION.sub("", str(error))
        raise SourceError(f"is not SPARQL: {reason}; correct the query", path=path, line=line) from error
    if not isinstance(result, ox.QueryTriples):
        raise SourceError("a rule is a CONSTRUCT query; write it as one", path=path)
    return Rule(path.stem, int(name[1]), purpose, text, path, predicates(text))
