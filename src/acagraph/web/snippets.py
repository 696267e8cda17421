"""How a saved query is asked from elsewhere: with curl, in Python and in R."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from acagraph.queries import SavedQuery


@dataclass(frozen=True)
class Snippet:
    """A program that asks a query: the name of its language, and its text."""

    language: str
    text: str


def snippets(query: SavedQuery, address: str, given: Mapping[str, str]) -> tuple[Snippet, ...]:
    """Return the programs that ask a query at its whole address, without a suffix, with some arguments."""
    suffix = {"select": "csv", "ask": "simple.json", "construct": "ttl"}[query.form]
    return (
        Snippet("curl", _curl(f"{address}.{suffix}", given)),
        Snippet("Python", _python(query, address, given)),
        Snippet("R", _r(query, address, given)),
    )


def _curl(address: str, given: Mapping[str, str]) -> str:
    fields = [f"  --data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in given.items()]
    start = "curl --fail --location --get" if given else "curl --fail --location"
    return " \\\n".join([f"{start} {shlex.quote(address)}", *fields])


def _python(query: SavedQuery, address: str, given: Mapping[str, str]) -> str:
    """Return a program that needs nothing but Python."""
    if query.form == "construct":
        place, reading = f"{address}.ttl", 'print(answer.read().decode("utf-8"))'
    else:
        place, reading = f"{address}.simple.json", "found = json.load(answer)"
    lines = [
        *(["import json"] if query.form != "construct" else []),
        *(["from urllib.parse import urlencode"] if given else []),
        "from urllib.request import urlopen",
        "",
        f"address = {_text(place)}" + (f' + "?" + urlencode({_text(dict(given))})' if given else ""),
        "with urlopen(address) as answer:",
        f"    {reading}",
    ]
    if query.form == "select":
        lines += ["for row in found:", "    print(row)"]
    elif query.form == "ask":
        lines += ["print(found)"]
    return "\n".join(lines)


def _text(value: object) -> str:
    """Return a text, or a dictionary of texts, as Python writes them."""
    return json.dumps(value, ensure_ascii=False)


def _r(query: SavedQuery, address: str, given: Mapping[str, str]) -> str:
    """Return a program that needs nothing but R."""
    suffix = {"select": "csv", "ask": "simple.json", "construct": "ttl"}[query.form]
    whole = f"{address}.{suffix}" + (f"?{urlencode(given)}" if given else "")
    place = json.dumps(whole)  # of ASCII only, which R reads alike
    if query.form == "select":
        return f'found <- read.csv({place}, fileEncoding = "UTF-8-BOM")\nprint(found)'
    return f'cat(readLines({place}), sep = "\\n")'
