"""What people decided about proposed links: data/links/reviews.tsv, to which lines are only ever added."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.graph.turtle import read_text
from acagraph.links.checksums import isni_check
from acagraph.links.values import is_iri

FILE = "reviews.tsv"
COLUMNS = ("subject", "predicate", "object", "decision", "who", "when", "comment")

ACCEPT = "accept"
REJECT = "reject"
UNSURE = "unsure"
# Takes back what was decided before.
WITHDRAW = "withdraw"
DECISIONS = (ACCEPT, REJECT, UNSURE, WITHDRAW)

_CUT = "the last line is cut: it has no line feed at its end; complete it, or remove it"

Key = tuple[str, str, str]

_ORCID = re.compile(r"(?:https?://orcid\.org/|orcid:)?([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])")
_WHEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True)
class Review:
    """A decision about a mapping, by whole IRIs: who made it, and when, as 2026-01-31T12:00:00Z."""

    subject: str
    predicate: str
    object: str
    decision: str
    who: str
    when: str
    comment: str = ""
    line: int | None = None

    @property
    def key(self) -> Key:
        """What was decided about."""
        return self.subject, self.predicate, self.object

    @property
    def day(self) -> str:
        """The day of the decision, as 2026-01-31."""
        return self.when[:10]


def reviews_path(root: Path) -> Path:
    """Return the file of decisions of a project."""
    return root / "data" / "links" / FILE


def read_reviews(path: Path) -> tuple[Review, ...]:
    """Read the decisions, in the order in which they were made; a missing file has none.

    Raises SourceError with the line of a row that is cut, has another number of cells, or a value that is not
    what its column holds.
    """
    if not path.exists():
        return ()
    lines = read_text(path).split("\n")
    if lines == [""]:
        return ()
    for number, line in enumerate(lines, start=1):
        if "\r" in line:
            message = "the line has a carriage return; save the file with plain line feeds (LF, not CRLF)"
            raise SourceError(message, path=path, line=number)
    if lines.pop() != "":
        raise SourceError(_CUT, path=path, line=len(lines) + 1)
    if tuple(lines[0].split("\t")) != COLUMNS:
        message = f"the first line must be {' '.join(COLUMNS)}, with tabs between; write it"
        raise SourceError(message, path=path, line=1)
    return tuple(_review(line, path, number) for number, line in enumerate(lines[1:], start=2))


def latest(reviews: Iterable[Review]) -> dict[Key, Review]:
    """Return the decision that holds for each mapping: the last one, unless it was taken back."""
    found: dict[Key, Review] = {}
    for review in reviews:
        found.pop(review.key, None)
        if review.decision != WITHDRAW:
            found[review.key] = review
    return found


def withdrawn(reviews: Iterable[Review]) -> frozenset[Key]:
    """Return what was decided and is not any more: its last line takes back the one before."""
    last = {review.key: review.decision for review in reviews}
    return frozenset(key for key, decision in last.items() if decision == WITHDRAW)


def rejected_pairs(decided: Mapping[Key, Review]) -> frozenset[tuple[str, str]]:
    """Return the subjects and objects that somebody said do not belong together."""
    return frozenset((key[0], key[2]) for key, review in decided.items() if review.decision == REJECT)


def append_review(path: Path, review: Review) -> None:
    """Add a decision to the file, in one write that is on the disk when this returns.

    Blanks of all kinds in `who` and the comment become one blank. Raises SourceError when the last line of
    the file is cut, or the file cannot be written.
    """
    cells = (*review.key, review.decision, _cell(review.who), review.when, _cell(review.comment))
    line = "\t".join(cells) + "\n"
    _review(line[:-1], path, None)
    try:
        new = not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            if file.tell() == 0:
                line = "\t".join(COLUMNS) + "\n" + line
            else:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    raise SourceError(_CUT, path=path)
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
        if new:
            _keep_name(path.parent)
    except OSError as error:
        raise SourceError(f"cannot be written: {error.strerror}", path=path) from error


def moment(now: datetime.datetime) -> str:
    """Return a time as decisions have it.

    >>> moment(datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc))
    '2026-01-31T12:00:00Z'
    """
    return now.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def reviewer(text: str) -> str:
    """Return who decides as it is recorded: an ORCID as its whole address, anything else as it is.

    Raises ValueError for an empty text and for an ORCID with a wrong check digit.

    >>> reviewer("0000-0002-1825-0097")
    'https://orcid.org/0000-0002-1825-0097'
    """
    who = _cell(text)
    if not who:
        raise ValueError("is empty; write who decides")
    found = _ORCID.fullmatch(who)
    if found is None:
        return who
    digits = found[1].replace("-", "")
    if isni_check(digits[:-1]) != digits[-1]:
        raise ValueError(f"{who} has a wrong check digit; write the ORCID as its page has it")
    return f"https://orcid.org/{found[1]}"


def _keep_name(folder: Path) -> None:
    """Have the name of a new file on the disk too, where a folder can be opened."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _cell(text: str) -> str:
    return " ".join(text.encode("utf-8", "replace").decode().split())


def _review(line: str, path: Path, number: int | None) -> Review:
    cells = line.split("\t")
    if len(cells) != len(COLUMNS):
        message = f"{len(cells)} cells, but {len(COLUMNS)} columns; the line is cut or changed: restore it"
        raise SourceError(message, path=path, line=number)
    subject, predicate, target, decision, who, when, comment = cells
    review = Review(subject, predicate, target, decision, who, when, comment, number)
    wrong = _against(review)
    if wrong:
        raise SourceError(wrong, path=path, line=number)
    return review


def _against(review: Review) -> str:
    for name, iri in zip(COLUMNS, review.key, strict=False):
        if not is_iri(iri):
            return f'{name} "{iri}" is no IRI; write the whole address'
    if review.decision not in DECISIONS:
        return f'decision "{review.decision}" is not known; write one of {", ".join(DECISIONS)}'
    if not review.who.strip():
        return "who is empty; write who decided"
    try:
        valid = _WHEN.fullmatch(review.when) and datetime.datetime.fromisoformat(review.when)
    except ValueError:
        valid = None
    if not valid:
        return f'when "{review.when}" is no time; write it as 2026-01-31T12:00:00Z'
    return ""
