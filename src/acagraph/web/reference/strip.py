"""A picture of where in a text what is cited stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from markupsafe import Markup

from acagraph.web.reference.extracts import Place

# In pixels; the picture grows and shrinks with the page.
_WIDTH, _HEIGHT = 1000, 28
_THINNEST = 1.5


def strip(places: Iterable[Place], here: Collection[Place]) -> Markup:
    """Return an SVG of a text from its first character to the last that is cited, those `here` marked.

    Nothing where nothing is cited by characters.
    """
    cited = [(place.start, place.end, place in here) for place in places if place.end]
    reach = max((end or 0 for _, end, _ in cited), default=0)
    if not reach:
        return Markup("")
    bars = [
        Markup('<rect x="{:.1f}" width="{:.1f}" y="{}" height="{}"{}/>').format(
            _WIDTH * (start or 0) / reach,
            max(_WIDTH * ((end or 0) - (start or 0)) / reach, _THINNEST),
            4,
            _HEIGHT - 8,
            Markup(' class="here"') if marked else Markup(""),
        )
        for start, end, marked in cited
    ]
    head = Markup('<svg class="strip" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">')
    return head.format(_WIDTH, _HEIGHT) + Markup("").join(bars) + Markup("</svg>")
