"""Numbers in cells: decimal and group characters, per cent and the number patterns of CSVW (UAX 35)."""

from __future__ import annotations

import re
from collections.abc import Callable

from acagraph.registers.model import Datatype

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:E[+-]?[0-9]+)?[%‰]?", re.IGNORECASE)
_PATTERN = re.compile(
    r"(?P<prefix>[+%‰-]*)(?P<whole>[#0,]*[#0])?(?:\.(?P<part>[#0][#0,]*))?"
    r"(?:E(?P<sign>[+]?)(?P<power>[#0]+))?(?P<suffix>[%‰+-]?)"
)


def plain_number(datatype: Datatype) -> Callable[[str], str | None]:
    """Return the function from a number without a pattern to the form of XML Schema, None for no number."""
    decimal, group = datatype.decimal_char or ".", datatype.group_char
    base = datatype.base

    def plain(text: str) -> str | None:
        if base in ("double", "float") and text in ("NaN", "INF", "-INF"):
            return text
        if group is not None:
            if group * 2 in text:
                return None
            text = text.replace(group, "")
        if decimal != ".":
            if "." in text:
                return None
            text = text.replace(decimal, ".")
        if not _NUMBER.fullmatch(text) or (base not in ("double", "float") and "e" in text.lower()):
            return None
        return _scaled(text)

    return plain


def known_number_format(format: str) -> bool:
    """Tell whether a pattern of numbers is one that can be checked here."""
    found = _PATTERN.fullmatch(format)
    if found is None or not (found["whole"] or found["part"]):
        return False
    whole, part = (found["whole"] or "").replace(",", ""), (found["part"] or "").replace(",", "")
    return re.fullmatch("#*0*", whole) is not None and re.fullmatch("0*#*", part) is not None


def pattern_number(datatype: Datatype) -> Callable[[str], str | None]:
    """Return the function that brings a number in the datatype's pattern to the form of XML Schema.

    The pattern is one that known_number_format accepts. The function returns None for a text in another form.
    """
    decimal, group = datatype.decimal_char or ".", datatype.group_char or ","
    found = _PATTERN.fullmatch(datatype.format or "#")
    assert found is not None, "the pattern was not checked"
    shape = re.compile(_expression(found, re.escape(decimal)))
    whole, part = found["whole"] or "", found["part"] or ""
    sizes = [len(piece) for piece in whole.split(",")[1:]]
    fraction = len(part.split(",")[0]) if "," in part else 0

    def patterned(text: str) -> str | None:
        digits = re.sub(r"[eE].*|[^0-9" + re.escape(decimal + group) + "]", "", text)
        before, _, after = digits.partition(decimal)
        if not _grouped(before, group, sizes) or not _fraction_grouped(after, group, fraction):
            return None
        bare = text.replace(group, "")
        if not shape.fullmatch(bare):
            return None
        return _scaled(bare.replace(decimal, "."))

    return patterned


def _expression(found: re.Match[str], decimal: str) -> str:
    whole, part = (found["whole"] or "").replace(",", ""), (found["part"] or "").replace(",", "")
    prefix, suffix = found["prefix"] or "", found["suffix"] or ""
    sign = "[+-]?" if "-" not in prefix and "+" not in prefix else "[+-]"
    mark = re.escape("".join(c for c in prefix if c in "%‰"))
    text = f"{mark}{sign}[0-9]{{{whole.count('0')},}}"
    if part:
        digits = f"{decimal}[0-9]{{{max(part.count('0'), 1)},{len(part)}}}"
        text += digits if "0" in part else f"(?:{digits})?"
    if found["power"]:
        text += f"E{'[+-]' if found['sign'] else '-?'}[0-9]{{{found['power'].count('0')},}}"
    return text + re.escape(suffix)


def _grouped(text: str, group: str, sizes: list[int]) -> bool:
    """Tell whether the digits before the point stand in groups of the pattern's sizes, from the right."""
    if not sizes:
        return group not in text
    pieces = text.split(group)
    primary, secondary = sizes[-1], sizes[-2] if len(sizes) > 1 else sizes[-1]
    if len(pieces) == 1:
        return len(text) <= primary
    middle = all(len(piece) == secondary for piece in pieces[1:-1])
    return len(pieces[-1]) == primary and middle and 0 < len(pieces[0]) <= secondary


def _fraction_grouped(text: str, group: str, size: int) -> bool:
    if not size:
        return group not in text
    pieces = text.split(group)
    return all(len(piece) == size for piece in pieces[:-1]) and len(pieces[-1]) <= size


def _scaled(text: str) -> str:
    """Return a number without its per cent or per mille sign."""
    digits, mark = text.strip("%‰"), text[-1:] if text[-1:] in "%‰" else text[:1]
    shift = {"%": 2, "‰": 3}.get(mark, 0)
    if not shift:
        return digits
    sign = digits[0] if digits[0] in "+-" else ""
    whole, _, part = digits.lstrip("+-").partition(".")
    whole = whole.rjust(shift + 1, "0")
    return f"{sign}{whole[:-shift]}.{whole[-shift:]}{part}"
