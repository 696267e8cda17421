"""What a failed request says: whether to try again, and when."""

from __future__ import annotations

import urllib.error
from datetime import UTC
from email.utils import parsedate_to_datetime

from acagraph.errors import StoreBusy, StoreError, StoreTimeout

# Wikimedia asks clients to stop for a minute when they are told of too many requests, but not for how long.
_MINUTE = 60.0
_AGAIN = (408, 429, 500, 502, 503, 504)
_OVERTIME = (408, 500, 504)


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status behind an error, None when no answer came or the answer itself was wrong."""
    found = _answer(error)
    return None if found is None else found.code


def too_heavy(error: StoreError) -> bool:
    """Tell whether less might be answered: the query took too long, not the server too many of them."""
    status = status_of(error)
    if status is None:
        return isinstance(error, StoreTimeout)
    return status in _OVERTIME and (isinstance(error, StoreTimeout) or "Timeout" in str(error))


def wait_for(
    error: StoreError, *, attempt: int, first: float, longest: float, now: float, chance: float
) -> float | None:
    """Return the seconds to wait before the next try, None when another one is of no use.

    Retry-After goes before our own waits, which double from `first` at attempt 1 on and are longer by up to
    a half by `chance`, so that many clients do not come back at once. Raises StoreBusy when the server asks
    for more than `longest`.
    """
    answer = _answer(error)
    if answer is not None and answer.code not in _AGAIN:
        return None
    asked = retry_after(answer.headers.get("Retry-After", ""), now=now) if answer is not None else None
    if asked is None and answer is not None and answer.code == 429:
        asked = _MINUTE
    if asked is None:
        return min(first * 2.0 ** (attempt - 1) * (1 + chance / 2), longest)
    if asked > longest:
        busy = StoreBusy(f"{error}; it asks to come back in {asked:.0f} seconds: run it again then")
        busy.retry_after = round(asked)
        raise busy from error
    return asked + chance


def retry_after(text: str, *, now: float) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, section 10.2.3), None if unreadable.

    `now` is in seconds since 1970; a day that has passed asks for nothing.

    >>> retry_after("120", now=0), retry_after("Thu, 01 Jan 1970 00:00:30 GMT", now=10)
    (120.0, 20.0)
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - now)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _answer(error: BaseException) -> urllib.error.HTTPError | None:
    """Return the HTTP answer that an error was made of; SPARQLWrapper raises its own from some of them."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, urllib.error.HTTPError):
        found = found.__cause__ or found.__context__
    return found
