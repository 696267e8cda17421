"""The errors acagraph raises on purpose: each says what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


class Phrase(str):
    """A text in English that can be told in another language: what fills in each `{name}` is kept.

    >>> Phrase("there is no page {number}", number=7)
    'there is no page 7'
    """

    text: str
    values: Mapping[str, object]

    def __new__(cls, text: str, **values: object) -> Phrase:
        """Fill in a text; a value may be such a text too."""
        phrase = super().__new__(cls, text.format(**values))
        phrase.text, phrase.values = text, values
        return phrase


class AcagraphError(Exception):
    """Anything the user can act on; `exit_code` is for the shell, `status` for HTTP."""

    exit_code: int = 2
    status: int = 500
    title: str = "acagraph could not do it"

    @property
    def message(self) -> str:
        """What it says: a Phrase where it was raised with one."""
        return self.args[0] if self.args and isinstance(self.args[0], Phrase) else str(self)


class SourceError(AcagraphError):
    """An input file is missing, unreadable or malformed."""

    title = "Input file"

    def __init__(self, message: str, *, path: Path | None = None, line: int | None = None) -> None:
        self.path = path
        self.line = line
        place = "" if path is None else f"{path}:{line}: " if line else f"{path}: "
        super().__init__(f"{place}{message}")


class QueryError(AcagraphError):
    """A query cannot be parsed or evaluated."""

    status = 400
    title = "Query"

    def __init__(self, message: str, *, line: int | None = None) -> None:
        self.line = line
        super().__init__(message)


class AnswerTooLarge(QueryError):
    """The answer has more rows or bytes than one answer may have."""

    title = "Answer too large"


class ReadOnly(QueryError):
    """An update was asked of a service that only reads."""

    status = 403
    title = "Read-only"


class ParameterError(QueryError):
    """A saved query was given a wrong, missing or unknown parameter, whose name is `parameter`."""

    status = 422
    title = "Parameter"

    def __init__(self, message: str, *, parameter: str = "") -> None:
        self.parameter = parameter
        super().__init__(message)


class NotFound(AcagraphError):
    """The named thing, query or release does not exist."""

    status = 404
    title = "Not found"


class NotAcceptable(AcagraphError):
    """None of the requested media types can be produced."""

    status = 406
    title = "Not acceptable"


class ReleaseError(AcagraphError):
    """A release cannot be written or is damaged."""

    title = "Release"


class StoreError(AcagraphError):
    """The triple store failed or cannot be reached."""

    status = 502
    title = "Store"


class StoreBusy(StoreError):
    """The triple store has more queries than it can take; `retry_after` is in seconds."""

    status = 503
    title = "Store busy"
    retry_after: int = 5


class ClientBusy(StoreBusy):
    """One client has more queries under way than its share; `retry_after` is in seconds."""

    status = 429
    title = "Too many queries"


class StoreDown(StoreError):
    """The triple store failed several times in a row and is not asked now; `retry_after` is in seconds."""

    retry_after: int = 1


class StoreTimeout(StoreError):
    """The triple store did not answer in time."""

    status = 504
    title = "Store timeout"


class Overdue(StoreTimeout):
    """A query was stopped at the deadline that this service sets."""

    status = 503
    title = "Deadline"
