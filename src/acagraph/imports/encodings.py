"""Which encoding a list is in: told by its bytes where they do, else the one that makes plausible words."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from acagraph.errors import SourceError

_LARGEST = 64 * 1024 * 1024
_SAMPLE = 200_000
# In the order of how usual they are in lists: of equally plausible ones the first is taken.
_CANDIDATES = (
    *("cp1252", "cp932", "euc-jp", "cp1250", "cp1251", "mac-roman", "cp1253", "cp1254"),
    *("gb18030", "big5", "cp949", "cp850"),
)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_OTHERS = (
    (b"%PDF", "a PDF; copy its table into a spreadsheet and save that as CSV"),
    (b"PK\x03\x04", "a workbook or another archive by its content; name it .xlsx if it is a workbook"),
    (b"\xd0\xcf\x11\xe0", "an old or locked workbook by its content; save it as .xlsx without a password"),
    (b"\x89PNG", "a picture; give the table itself"),
    (b"\xff\xd8\xff", "a picture; give the table itself"),
    (b"{\\rtf", "a text document; copy its table into a spreadsheet and save that as CSV"),
)
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table)\b", re.I)
_JSON = re.compile(rb'\s*(?:\{\s*"|\[\s*[\[{"])')
# Half of all mistakes: a Han character stands for an accented Latin letter and the one after it.
_HAN_IN_WORD = re.compile(r"[a-z][\u4e00-\u9fff]|[\u4e00-\u9fff][a-z]{2}")
_CAPITAL_IN_WORD = re.compile(r"(?<=[a-z])[^\W\d_a-zA-Z](?=[a-z])")
_NOT_IN_WORD = re.compile(r"(?<=[^\W\d_])[^\w\s\x00-\x7f’‘·・ー－](?=[^\W\d_])|(?<=[a-z])[¹²³ª](?=[a-z])")
_FOREIGN_RUN = re.compile(r"[\u00aa-\u024f]{3,}")
_KANA = re.compile(r"[\u3041-\u30fe]")
_HALF_KANA = re.compile(r"[\uff61-\uff9f]")


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file: by its mark, UTF-8 if it can be, else the most plausible one.

    Raises SourceError for a file that is empty, too large, no text, or in no encoding that is known.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path=path) from error
    if len(data) > _LARGEST:
        raise SourceError(f"has {len(data):,} bytes, more than 64 MiB; split the list", path=path)
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise SourceError(
            "is empty; give a list with a row of column names and a row for each member", path=path
        )
    refuse_no_table(data, path)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    if b"\x00" in data:
        return _wide(data, path)
    if b"\x1b$" in data or b"\x1b(" in data:
        return "iso2022-jp"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _likeliest(data, path)
    return "utf-8"


def refuse_no_table(data: bytes, path: Path) -> None:
    """Raise SourceError for a file that is something else than a table, by its first bytes."""
    for start, fault in _OTHERS:
        if data.startswith(start):
            raise SourceError(f"is {fault}", path=path)
    if _MARKUP.match(data):
        raise SourceError("is a web page or XML; save its table as CSV", path=path)
    if _JSON.match(data):
        raise SourceError("is JSON; save it as CSV with a row of column names", path=path)


def _wide(data: bytes, path: Path) -> str:
    """Return the byte order of UTF-16 without a mark: of its separators at least, one byte is zero."""
    sample = data[:_SAMPLE]
    even, odd = (sample[start::2].count(0) for start in (0, 1))
    for encoding, more, less in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if more > max(10 * less, len(sample) // 25):
            return encoding
    raise SourceError("is no text: it holds zero bytes; save the list as CSV or as .xlsx", path=path)


def _likeliest(data: bytes, path: Path) -> str:
    scores = {}
    for order, encoding in enumerate(_CANDIDATES):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        scores[encoding] = (_implausibility(text[:_SAMPLE]), order)
    if not scores:
        message = "is in no encoding that is known; save it as UTF-8, or name its encoding: --encoding cp1252"
        raise SourceError(message, path=path)
    return min(scores, key=lambda encoding: scores[encoding])


def _implausibility(text: str) -> float:
    """Return what speaks against a reading: characters where no word has them, for each foreign character."""
    foreign = [letter for letter in text if letter > "\x7f"]
    if not foreign:
        return 0.0
    odd: float = sum(unicodedata.category(letter) in ("Cc", "Co", "Cn", "Sk") for letter in foreign) * 3.0
    odd += 3.0 * len(_HAN_IN_WORD.findall(text)) + 2.0 * len(_NOT_IN_WORD.findall(text))
    odd += 2.0 * sum(letter.isupper() for letter in _CAPITAL_IN_WORD.findall(text))
    odd += sum(len(run) for run in _FOREIGN_RUN.findall(text)) + 2.0 * len(_HALF_KANA.findall(text))
    odd += 0.2 * sum(unicodedata.category(letter) in ("So", "Sm", "Sc", "No") for letter in foreign)
    # Letters that are rare beside those of the usual languages of Western and Central Europe.
    odd += 0.3 * sum(letter in "ðþÐÞ×÷ƒŠšŽžŸÿ" for letter in foreign)
    if any("\u4e00" <= letter <= "\u9fff" for letter in foreign) and not _KANA.search(text):
        odd += 0.1 * len(foreign)
    return odd / len(foreign)
