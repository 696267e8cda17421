"""In which of four shades a value is drawn, and what the legend says of each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from acagraph.web.charts.parts import Key, Words

_STEPS = 4
_RATIOS = (2, 5, 10, 100, 1000)


@dataclass(frozen=True)
class Shades:
    """The least value of each shade, in order; of years the earliest is darkest, of amounts the greatest."""

    bounds: tuple[float, ...]
    years: bool
    words: Words

    @classmethod
    def of(cls, values: Iterable[float | None], *, years: bool, words: Words) -> Shades:
        """Divide amounts by their size, and years by how many different ones there are.

        Amounts of countries differ a thousandfold: each shade begins at the same multiple of the one before.
        """
        known = sorted({value for value in values if value is not None and value > 0})
        if not known:
            return cls((), years, words)
        if years:
            return cls(
                tuple(sorted({known[len(known) * step // _STEPS] for step in range(_STEPS)})), years, words
            )
        least = _rounded(known[0])
        ratio = next((ratio for ratio in _RATIOS if least * ratio**_STEPS > known[-1]), _RATIOS[-1])
        steps = (least * ratio**step for step in range(_STEPS))
        return cls(tuple(bound for bound in steps if bound <= known[-1]), years, words)

    def look(self, value: float | None) -> str:
        """Return the class of a value; one that is not known is hatched, and zero is as the land."""
        if value is None:
            return "hatched"
        if value <= 0:
            return "none"
        place = max(bisect_right(self.bounds, value), 1)
        if self.years:
            return f"q{_STEPS + 1 - place}"
        # Few shades begin with a dark one: the palest is close to that of the land.
        return f"q{_STEPS - len(self.bounds) + place}"

    def write(self, value: float | None) -> str:
        """Return a value in words; years have no mark between their digits."""
        return f"{value:.0f}" if self.years and value is not None else self.words.count(value)

    def legend(self, *, hatched: str) -> Iterator[Key]:
        """Yield what each shade means, and what is hatched if that is said."""
        say = self.words.say
        for place, least in enumerate(self.bounds):
            if place == len(self.bounds) - 1:
                text = say("%s or later") if self.years else say("%s or more")
                yield Key(self.look(least), text % self.write(least))
            elif self.years:
                until = self.bounds[place + 1] - 1
                text = self.write(least) if until == least else say("%s to %s")
                filled = text if until == least else text % (self.write(least), self.write(until))
                yield Key(self.look(least), filled)
            else:
                text = say("%s to below %s")
                yield Key(self.look(least), text % (self.write(least), self.write(self.bounds[place + 1])))
        if hatched:
            yield Key("hatched", hatched)
        yield Key("none", say("none recorded"))


def _rounded(value: float) -> float:
    """Return the greatest 1, 2 or 5 with zeros that is not above a value."""
    power: float = 1
    while value < power:
        power /= 10
    while value >= power * 10:
        power *= 10
    return max(factor * power for factor in (1, 2, 5) if factor * power <= value)
