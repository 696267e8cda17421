"""The errors acagraph raises on purpose: each says what is wrong and what to do."""

from __future__ import annotations

from pathlib import Path


class AcagraphError(Exception):
    """Anything the user can act on; `exit_code` is for the shell, `status` for HTTP."""

    exit_code: int = 2
    status: int = 500
    title: str = "acagraph could not do it"


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
