"""What a name says of itself: that it is the government of a county, province or region, and of which."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The area that a government of each class governs.
AREAS = {
    "LocalGovernment": "Settlement",
    "CountyGovernment": "County",
    "RegionalGovernment": "FirstLevelDivision",
}

# Parts and agencies of a government are no governments.
_NOT_ITSELF = re.compile(r"(?i) - |-Regional |\b(agency|department|fund|bureau|association|union)\b")
_BRACKETS = re.compile(r"\s*\([^()]*\)$")

# Only words that leave no doubt, in the spellings of the register; `area` is the name of the area.
_PATTERNS = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (
            r"(?P<area>(?:Province of|Provincia di|PROVINCIA DI|Provincia Autonoma di|Province de) .+)",
            "CountyGovernment",
        ),
        (r"(?P<area>Provincie .+|.+ Province)", "CountyGovernment"),
        (r"(?:Diputaci[oó]n?|Deputation)(?: Provincial)? (?:de|of) (?P<area>.+)", "CountyGovernment"),
        (r"County [Cc]ouncil (?:of )?(?P<area>.+)", "CountyGovernment"),
        (r"(?P<area>.+(?<! and) County)(?: Council| Government)?", "CountyGovernment"),
        (r"(?P<area>.+ megye)", "CountyGovernment"),
        (r"(?P<area>.+) [Vv]ármegyei Önkormányzat", "CountyGovernment"),
        (r"(?P<area>(?:Region of|Regione|Région) .+)", "RegionalGovernment"),
        (r"Gobierno de (?P<area>.+)", "RegionalGovernment"),
        (r"(?P<area>.+) Government", "RegionalGovernment"),
    )
)


@dataclass(frozen=True)
class Authority:
    """The class of a government and the name of the area that it governs."""

    kind: str
    area: str


def authority(name: str) -> Authority | None:
    """Return the government of a county or a region that a name says it is; None when it does not say so.

    >>> authority("Diputació de Lleida")
    Authority(kind='CountyGovernment', area='Lleida')
    """
    if _NOT_ITSELF.search(name):
        return None
    bare = _BRACKETS.sub("", name)
    for pattern, kind in _PATTERNS:
        found = pattern.fullmatch(bare)
        if found:
            return Authority(kind, found["area"])
    return None
