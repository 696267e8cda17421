"""Dates and times in cells, and the formats in which CSVW allows them (tabular data model, section 6.4.4)."""

from __future__ import annotations

import re
from collections.abc import Callable

_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
_YEAR, _MONTH, _DAY = r"-?(?:[1-9][0-9]{4,}|[0-9]{4})", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"

DATES = {
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}?",
    "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}?",
    "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "time": f"{_TIME}{_ZONE}?",
    "gYear": f"{_YEAR}{_ZONE}?",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}?",
    "gMonth": f"--{_MONTH}{_ZONE}?",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}?",
    "gDay": f"---{_DAY}{_ZONE}?",
}
_DATE_FORMATS = frozenset(
    (
        "yyyy-MM-dd",
        "yyyyMMdd",
        "dd-MM-yyyy",
        "d-M-yyyy",
        "MM-dd-yyyy",
        "M-d-yyyy",
        "dd/MM/yyyy",
        "d/M/yyyy",
        "MM/dd/yyyy",
        "M/d/yyyy",
        "dd.MM.yyyy",
        "d.M.yyyy",
        "MM.dd.yyyy",
        "M.d.yyyy",
    )
)
_TIME_FORMAT = re.compile(r"(?:HH:mm:ss(?:\.S+)?|HHmmss|HH:mm|HHmm)")
_ZONE_FORMAT = re.compile(r"( ?)(X{1,3}|x{1,3})$")
_FIELDS = {
    "yyyy": "(?P<y>[0-9]{4})",
    "MM": f"(?P<m>{_MONTH})",
    "M": "(?P<m>0?[1-9]|1[0-2])",
    "dd": f"(?P<d>{_DAY})",
    "d": "(?P<d>0?[1-9]|[12][0-9]|3[01])",
    "HH": "(?P<H>[01][0-9]|2[0-3])",
    "mm": "(?P<M>[0-5][0-9])",
    "ss": "(?P<S>[0-5][0-9])",
}
_ZONES = {
    "X": "(?P<z>Z|[+-][0-9]{2}(?:[0-9]{2})?)",
    "XX": "(?P<z>Z|[+-][0-9]{4})",
    "XXX": "(?P<z>Z|[+-][0-9]{2}:[0-9]{2})",
    "x": "(?P<z>[+-][0-9]{2}(?:[0-9]{2})?)",
    "xx": "(?P<z>[+-][0-9]{4})",
    "xxx": "(?P<z>[+-][0-9]{2}:[0-9]{2})",
}


def known_date_format(format: str, base: str) -> bool:
    """Tell whether a format is one of those that CSVW lists for a datatype."""
    plain = _ZONE_FORMAT.sub("", format)
    if base == "date":
        return plain in _DATE_FORMATS
    if base == "time":
        return _TIME_FORMAT.fullmatch(plain) is not None
    if base in ("dateTime", "dateTimeStamp"):
        day, _, time = plain.partition("T" if "T" in plain else " ")
        return day in _DATE_FORMATS and _TIME_FORMAT.fullmatch(time) is not None
    return False


def date_pattern(format: str, base: str) -> Callable[[str], str | None]:
    """Return the function from a text in such a format to the form of XML Schema, None for another text."""
    zone = _ZONE_FORMAT.search(format)
    plain = format[: zone.start()] if zone else format
    fraction = re.search(r"\.(S+)$", plain)
    plain = plain[: fraction.start()] if fraction else plain
    text = "".join(_FIELDS.get(part, re.escape(part)) for part in re.findall(r"y+|M+|d+|H+|m+|s+|.", plain))
    text += rf"(?:\.(?P<f>[0-9]{{1,{len(fraction[1])}}}))?" if fraction else ""
    text += zone[1] + _ZONES[zone[2]] if zone else ""
    pattern = re.compile(text)

    def convert(value: str) -> str | None:
        found = pattern.fullmatch(value)
        return None if found is None else _form(found.groupdict(), base)

    return convert


def _form(part: dict[str, str | None], base: str) -> str:
    day = f"{part.get('y')}-{(part.get('m') or '').zfill(2)}-{(part.get('d') or '').zfill(2)}"
    time = f"{part.get('H')}:{part.get('M')}:{part.get('S') or '00'}"
    fraction = (part.get("f") or "").rstrip("0")
    time += f".{fraction}" if fraction else ""
    zone = part.get("z") or ""
    if zone not in ("", "Z"):
        digits = zone[1:].replace(":", "").ljust(4, "0")
        zone = f"{zone[0]}{digits[:2]}:{digits[2:]}"
    return {"date": day, "time": time}.get(base, f"{day}T{time}") + zone
