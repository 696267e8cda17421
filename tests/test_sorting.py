"""Lines that are sorted in runs on disk come out as those that are sorted at once."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import binary, integers, lists

from acagraph.release.sorting import in_order

LINES = lists(binary(max_size=3).map(lambda line: line.replace(b"\n", b"") + b"\n"), max_size=40)


@given(LINES, integers(1, 45))
def test_runs_give_what_sorting_at_once_gives(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], most: int
) -> None:
    scratch = tmp_path_factory.mktemp("runs")
    assert [*in_order(iter(lines), scratch, most=most)] == sorted(set(lines))
    assert not [*scratch.iterdir()]


def test_no_more_lines_than_said_are_read_before_they_are_written(tmp_path: Path) -> None:
    read = []

    def many() -> Iterator[bytes]:
        for number in range(100):
            files = sum(1 for path in tmp_path.rglob("*.nq"))
            read.append(number - 10 * files)
            yield b"%03d\n" % (99 - number)

    found = in_order(many(), tmp_path, most=10)
    assert [*islice(found, 2)] == [b"000\n", b"001\n"]
    assert max(read) < 10
    assert isinstance(found, Generator)
    found.close()
    assert not [*tmp_path.iterdir()]
