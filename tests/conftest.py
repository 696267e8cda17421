"""Fixtures that several test files share: the project's own release, and a small one of known answers."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

import acagraph
from acagraph.web import create_app
from curated import dump, service
from link_projects import linkable_project

from published import full, project, public, release
from small import served, write_release

__all__ = ["address", "dump", "full", "project", "public", "release", "service", "small", "small_release"]

# A busy machine is slow now and then; that is no failure of a property.
hypothesis.settings.register_profile("acagraph", deadline=None)
hypothesis.settings.load_profile("acagraph")

# What a shell without job control starts in the background ignores interrupts, as does all that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def small_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="session")
def small(small_release: Path) -> Iterator[acagraph.Dataset]:
    with acagraph.open(small_release) as dataset:
        yield dataset


@pytest.fixture(scope="session")
def address(small: acagraph.Dataset) -> Iterator[str]:
    """The address of a server of the small release."""
    with served(create_app(small)) as found:
        yield found


@pytest.fixture
def linkable(tmp_path: Path) -> Path:
    """A project of its own for each test of links."""
    return linkable_project(tmp_path)


def pytest_make_parametrize_id(val: object) -> str | None:
    # The names of tests must be equal in every process that runs some, and gzip may write the time.
    return f"gzip-{len(val)}" if isinstance(val, bytes) and val.startswith(b"\x1f\x8b") else None
