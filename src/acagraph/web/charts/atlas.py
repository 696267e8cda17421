"""The map of the world that was projected when the package was built, where it was."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_BUILT = Path(__file__).parent.parent / "built" / "world.json"
# The projection Equal Earth: Šavrič, Patterson and Jenny 2018, equations 5 to 8.
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = math.sqrt(3) / 2


@dataclass(frozen=True)
class Shape:
    """A country: its outline in pixels of the world and of the finer map, or a dot where it is too small.

    `box` is left, top, right and bottom on the finer map.
    """

    outline: str
    fine: str
    box: tuple[int, int, int, int]

    @property
    def is_dot(self) -> bool:
        """Whether there is a place only."""
        return not self.outline


@dataclass(frozen=True, eq=False)
class Atlas:
    """The land, its borders and the countries by ISO 3166-1 alpha-2 code; `fine` finer pixels are one."""

    width: int
    height: int
    fine: int
    scale: float
    centre: tuple[float, float]
    land: str
    borders: str
    countries: Mapping[str, Shape]

    def place(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Return where a place lies on the finer map. Raises ValueError for what is no place on Earth."""
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            raise ValueError(f"{latitude}, {longitude} is no place on Earth")
        angle = math.asin(_M * math.sin(math.radians(latitude)))
        square = angle * angle
        sixth = square**3
        slope = _A1 + 3 * _A2 * square + sixth * (7 * _A3 + 9 * _A4 * square)
        x = math.radians(longitude) * math.cos(angle) / (_M * slope)
        y = angle * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))
        left, top = self.centre
        return (left + self.scale * x) * self.fine, (top - self.scale * y) * self.fine


@cache
def atlas(path: Path = _BUILT) -> Atlas | None:
    """Read the map, once; None where the package was built without it."""
    if not path.is_file():
        return None
    read = json.loads(path.read_text(encoding="utf-8"))
    countries = {code: _shape(found) for code, found in read["countries"].items()}
    return Atlas(
        width=read["width"],
        height=read["height"],
        fine=read["fine"],
        scale=read["scale"],
        centre=(read["centre"][0], read["centre"][1]),
        land=read["land"],
        borders=read["borders"],
        countries=countries,
    )


def _shape(found: Mapping[str, object]) -> Shape:
    match found:
        case {"shape": str(outline), "fine": str(fine), "box": [int(x), int(y), int(right), int(bottom)]}:
            return Shape(outline, fine, (x, y, right, bottom))
        case {"dot": [int(x), int(y)]}:
            return Shape("", "", (x, y, x, y))
    raise ValueError(f"the map of the world has a country that is no shape: {found}")
