"""Names in lists come as people look for them."""

from __future__ import annotations

import csv
import random

import httpx

from acagraph.web.collation import by_letters

ORDERED = (
    *("Aalborg", "Alvsjö", "Älvsjö", "Århus", "Azuqueca", "eBay", "Éragny", "Erfurt"),
    *("Łódź", "Lund", "Óbidos", "Ølstykke", "Osaka", "Zürich", "東京都"),
)


def test_names_are_in_the_order_of_their_letters() -> None:
    names = list(ORDERED)
    random.Random(7).shuffle(names)
    assert sorted(names, key=by_letters) == list(ORDERED)


def test_lists_are_in_that_order(service: str) -> None:
    table = csv.DictReader(httpx.get(f"{service}/members.csv", timeout=60).text.splitlines())
    names = [row["member_name"] for row in table]
    assert len(names) > 100
    assert any(not name.isascii() for name in names)
    assert names == sorted(names, key=by_letters)
