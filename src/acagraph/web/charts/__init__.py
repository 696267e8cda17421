"""Charts and maps as SVG, each with its equal table: pure functions that know no store and no page."""

from acagraph.web.charts.counts import bars
from acagraph.web.charts.maps import country, world
from acagraph.web.charts.parts import (
    Bar,
    Cell,
    Chart,
    CountryValue,
    Key,
    Moment,
    Node,
    Point,
    Series,
    Words,
)
from acagraph.web.charts.relations import neighbourhood
from acagraph.web.charts.years import steps, timeline

__all__ = [
    "Bar",
    "Cell",
    "Chart",
    "CountryValue",
    "Key",
    "Moment",
    "Node",
    "Point",
    "Series",
    "Words",
    "bars",
    "country",
    "neighbourhood",
    "steps",
    "timeline",
    "world",
]
