"""What countries are called: the names of Unicode CLDR (release 48) in ten languages, and some more."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def country_names() -> tuple[Mapping[str, str], ...]:
    """Return the rows of the table, in its order: `name`, `alpha_2`, `language`."""
    text = files("acagraph.reconciliation").joinpath("countries.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
