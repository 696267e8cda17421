"""Content codings: what a request prefers (RFC 9110, section 12.5.3), and bytes that come back."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acagraph.errors import NotAcceptable
from acagraph.web import coding

AVAILABLE = coding.available()


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("GZIP;Q=0.5, zstd;q=0.4", "gzip"),
        ("gzip;q=0.5, identity", ""),
        ("br", ""),
        ("*", "zstd"),
        ("*;q=0.5, zstd;q=0", "gzip"),
        ("gzip;q=0", ""),
        ("gzip;q=0, *;q=0, identity", ""),
        ("gzip;q=nonsense", ""),
        ("identity;q=0, gzip;q=0.1", "gzip"),
    ],
)
def test_the_coding_that_a_request_prefers(accepted: str, expected: str) -> None:
    assert coding.preferred(accepted, AVAILABLE) == expected


@pytest.mark.parametrize("accepted", ["identity;q=0", "*;q=0", "br, identity;q=0"])
def test_no_coding_that_is_left_is_refused(accepted: str) -> None:
    with pytest.raises(NotAcceptable, match="gzip"):
        coding.preferred(accepted, AVAILABLE)


@given(st.text(max_size=60))
def test_any_header_is_read(accepted: str) -> None:
    try:
        assert coding.preferred(accepted, AVAILABLE) in ("", *AVAILABLE)
    except NotAcceptable:
        assert "0" in accepted


@given(st.binary(max_size=5_000))
def test_bytes_come_back_and_equal_bytes_are_coded_alike(body: bytes) -> None:
    from backports import zstd

    assert gzip.decompress(AVAILABLE["gzip"](body)) == body
    assert zstd.decompress(AVAILABLE["zstd"](body)) == body
    assert AVAILABLE["gzip"](body) == AVAILABLE["gzip"](body)


def test_small_and_packed_bodies_are_left_as_they_are() -> None:
    assert coding.worth(5_000, 'application/json; profile="https://example.org/"')
    assert not coding.worth(5_000, "application/gzip")
    assert not coding.worth(500, "text/turtle")
