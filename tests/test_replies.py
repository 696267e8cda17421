"""Answers that pages remember: the newest, up to a number of bytes, and no errors."""

from __future__ import annotations

import pytest

from acagraph.errors import ParameterError
from acagraph.queries import Reply
from acagraph.stores.media import JSON
from acagraph.web.replies import Replies


def test_an_answer_is_asked_for_once() -> None:
    replies, asked = Replies(100), list[str]()

    def of(name: str, size: int) -> bytes:
        def ask() -> Reply:
            asked.append(name)
            return Reply(JSON, name.encode() * size)

        return replies.of(name, ask).body

    assert [of("a", 20), of("b", 20), of("a", 20)] == [b"a" * 20, b"b" * 20, b"a" * 20]
    assert asked == ["a", "b"]
    # Six of 20 do not fit: what was not asked for the longest time goes.
    for name in "cdef":
        of(name, 20)
    asked.clear()
    assert [of(name, 20) for name in "afb"] == [b"a" * 20, b"f" * 20, b"b" * 20]
    assert asked == ["b"]


def test_a_large_answer_is_not_kept() -> None:
    replies, asked = Replies(100), list[int]()
    for _ in range(2):
        replies.of("large", lambda: asked.append(1) or Reply(JSON, b" " * 26))  # type: ignore[func-returns-value]
    assert len(asked) == 2


def test_an_error_is_not_kept() -> None:
    replies = Replies(100)

    def fail() -> Reply:
        raise ParameterError("no such thing", parameter="thing")

    with pytest.raises(ParameterError):
        replies.of("question", fail)
    assert replies.of("question", lambda: Reply(JSON, b"{}")).body == b"{}"
