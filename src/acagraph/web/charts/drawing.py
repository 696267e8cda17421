"""Writes SVG: everything put into it is escaped, and nothing of it is a style or runs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9]*(-[a-z]+)*")
# What XML 1.0 (production 2) has no place for, which HTML would not show either.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OPENED = ("/", "#", "?", "http://", "https://")
_EAST_ASIA = "\u1100"
_NARROW = frozenset("iljtfrI .,:;'|!()[]-")
_ELLIPSIS = "…"


def element(tag: str, *content: Markup, **attributes: str | float) -> Markup:
    """Return an element; `_` stands for `-` in a name and is dropped at its end, and empty ones are left out.

    Raises ValueError for attributes that would be a style or a script.
    """
    written = [f"<{_checked(tag)}"]
    for name, value in attributes.items():
        if value != "":
            written.append(f' {_checked(name.rstrip("_").replace("_", "-"))}="{text(_plain(value))}"')
    inner = Markup().join(content)
    return Markup("".join([*written, f">{inner}</{tag}>" if inner else "/>"]))


def text(value: str) -> Markup:
    """Return a text escaped, without characters that no document may hold."""
    return escape(_FORBIDDEN.sub("\ufffd", value))


def line(content: str, x: float, y: float, **attributes: str | float) -> Markup:
    """Return a line of text."""
    return element("text", text(content), x=x, y=y, **attributes)


def hint(content: str) -> Markup:
    """Return what a browser tells of the thing under the pointer."""
    return element("title", text(content))


def link(href: str, *content: Markup) -> Markup:
    """Return a link that the keyboard passes by: the table beside the drawing holds it too."""
    found = address(href)
    return element("a", *content, href=found, tabindex=-1) if found else Markup().join(content)


def picture(box: tuple[float, float, float, float], content: Iterable[Markup], look: str) -> Markup:
    """Return a whole drawing, hidden from those who are read to: they have the table."""
    view = " ".join(map(_plain, box))
    return element("svg", *content, viewBox=view, class_=look, aria_hidden="true", focusable="false")


def address(href: str) -> str:
    """Return an address that a browser opens, and nothing for one that it would run."""
    return href if href.startswith(_OPENED) else ""


def shortened(content: str, most: float) -> str:
    """Return a text no wider than so many letters such as `e`, reckoned for a wide font."""
    letters = " ".join(content.split())
    if sum(map(_width, letters)) <= most:
        return letters
    kept, used = "", _width(_ELLIPSIS)
    for letter in letters:
        used += _width(letter)
        if used > most:
            break
        kept += letter
    return kept.rstrip() + _ELLIPSIS


def _width(letter: str) -> float:
    if letter in _NARROW:
        return 0.55
    if letter in "mwMW@%…—":
        return 1.55
    if letter >= _EAST_ASIA:
        return 1.65
    return 1.2 if letter.isupper() else 1.0


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or name == "style" or name.lower().startswith("on"):
        raise ValueError(f"{name!r} is nothing that a drawing may hold")
    return name


def _plain(value: str | float) -> str:
    """Return a number with at most one decimal: a tenth of a pixel is not seen."""
    if isinstance(value, str):
        return value
    rounded = round(value, 1) + 0.0  # -0.0 becomes 0.0
    return str(int(rounded)) if rounded == int(rounded) else str(rounded)
