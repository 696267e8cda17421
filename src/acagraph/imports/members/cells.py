"""Cells of a list as clean text, and why some cannot be taken over."""

from __future__ import annotations

import re
import unicodedata

from acagraph.imports.members import words

_LONGEST = 300
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,5});")
_ERROR = re.compile(r"#(?:REF|N/A|NAME|VALUE|DIV/0|NUM|NULL|SPILL|CALC)[!?]?", re.I)
# Characters without width that office programs leave behind.
_UNSEEN = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
)
_WEB = re.compile(
    r"(?i)(https?://)?(?P<rest>(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}(?:[:/?#][^\s<>\"{}|\\^`]*)?)"
)
_CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.\w|\+[0-9][0-9 ()/.-]{6,}[0-9]")
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")


class Unclear(ValueError):
    """A cell that cannot be understood; the message says why and what to write."""


def clean(text: str) -> str:
    """Return a cell in one line with single blanks, composed characters and none without width.

    A hyphen, "n/a" and the like are empty. Raises Unclear for markup, control characters, an error of a
    spreadsheet, and what is longer than any name.
    """
    line = " ".join(unicodedata.normalize("NFC", text).translate(_UNSEEN).split())
    for character in line:
        if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") or character == "\ufffd":
            raise Unclear(f"has the character U+{ord(character):04X}, which no text has; correct it")
    if not line or words.means(line, "nothing"):
        return ""
    if _TAG.search(line) or _ENTITY.search(line):
        raise Unclear("has HTML in it; write plain text")
    if _ERROR.fullmatch(line):
        raise Unclear(f"is an error of the spreadsheet ({line}); mend the formula")
    if len(line) > _LONGEST:
        raise Unclear(f"has {len(line)} characters, more than {_LONGEST}; shorten it")
    return line


def impersonal(text: str) -> str:
    """Return a clean cell that may be published; Unclear, without repeating it, when it reaches a person."""
    line = clean(text)
    if _CONTACT.search(line):
        raise Unclear("has an e-mail address or a telephone number, which is not published; take it out")
    return line


def homepage(text: str) -> str:
    """Return a web address as an IRI; `https://` is put before one that lacks it.

    Raises Unclear for anything else, without repeating it: it can be an address of a person.
    """
    found = _WEB.fullmatch(text)
    if found is None or "@" in text:
        raise Unclear("is no web address such as https://example.org/")
    return f"{found[1].lower() if found[1] else 'https://'}{found['rest']}"


def lei(text: str) -> str:
    """Return a Legal Entity Identifier (ISO 17442); Unclear when its check digits are wrong."""
    code = re.sub(r"[\s-]", "", text).upper()
    if not _LEI.fullmatch(code) or int("".join(str(int(letter, 36)) for letter in code)) % 97 != 1:
        raise Unclear("is no LEI: 20 letters and digits, the last two of which check the others")
    return code


def isin(text: str) -> str:
    """Return an ISIN (ISO 6166) without blanks; Unclear when its check digit is wrong."""
    code = re.sub(r"[\s-]", "", text).upper()
    if not _ISIN.fullmatch(code) or not _luhn("".join(str(int(letter, 36)) for letter in code)):
        raise Unclear("is no ISIN: two letters, nine letters or digits, and a digit that checks them")
    return code


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0
