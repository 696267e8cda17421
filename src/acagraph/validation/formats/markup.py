"""HTML pages that stand alone: no script, nothing loaded, light and dark; everything put in is escaped."""

from __future__ import annotations

import re
from html import escape
from importlib import resources

from acagraph import vocab
from acagraph.validation.formats.groups import plain

_NAME = re.compile(rf"\b(?:{'|'.join(map(re.escape, vocab.PREFIXES))}):[A-Za-z][A-Za-z0-9]*")
_FILLED_IN = re.compile(r"\{(\w+)\}")


def head(title: str, *, back: tuple[str, str] | None = None) -> str:
    """Return a page up to its content; `back` is a link above the title: its address and words."""
    style = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    up = "" if back is None else f'<p class="back"><a href="{escape(back[0])}">{escape(back[1])}</a></p>\n'
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#content">Skip to the content</a>\n<header>\n{up}<h1>{escape(title)}</h1>\n'
    )


def foot() -> str:
    """Return the end of a page."""
    return "</main>\n</body>\n</html>\n"


def text(words: str, longest: int = 0) -> str:
    """Return text for a page, control characters shown, cut after `longest` characters, 0 for never."""
    return escape(plain(words, longest))


def prose(words: str) -> str:
    """Return a message for a page: prefixed names as code, what findings fill in as variables."""
    marked = _NAME.sub(lambda found: f"<code>{found[0]}</code>", text(words))
    return _FILLED_IN.sub(lambda found: f"<var>{found[1]}</var>", marked)


def badge(severity: str) -> str:
    """Return a severity as a coloured word."""
    return f'<span class="badge {severity}">{severity}</span>'


def link(address: str, content: str) -> str:
    """Return a link around HTML, or the content alone where a browser should not open the address."""
    if address.startswith(("http://", "https://", "#", "../", "./")) or ":" not in address:
        return f'<a href="{escape(address)}">{content}</a>'
    return content
