"""Lines that are sorted in runs on disk come out as those that are sorted at once."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import binary, integers, lists

from acagraph.release.sorting import in_order, merged

LINES = lists(binary(max_size=3).map(lambda line: line.replace(b"\n", b"") + b"\n"), max_size=40)


@given(LINES, integers(1, 45))
def test_runs_give_what_sorting_at_once_gives(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], most: int
) -> None:
    scratch = tmp_path_factory.mktemp("runs")
    assert [*in_order(iter(lines), scratch, most=most)] == sorted(set(lines))
    assert not [*scratch.iterdir()]


@given(lists(LINES, max_size=6), integers(1, 9))
def test_merged_runs_are_blocks_in_order_with_each_line_once(runs: list[list[bytes]], block: int) -> None:
    blocks = [*merged([sorted(set(run)) for run in runs], block=block)]
    assert all(blocks)
    assert [line for lines in blocks for line in lines] == sorted(set().union(*runs))


def test_merging_reads_no_further_than_a_block_of_each_run() -> None:
    read = [0, 0]

    def run(number: int) -> Iterator[bytes]:
        for line in range(1_000):
            read[number] += 1
            yield b"%d %03d" % (number, line)

    found = merged([run(0), run(1)], block=10)
    assert next(found) == [b"0 %03d" % line for line in range(10)]
    assert max(read) <= 20


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
