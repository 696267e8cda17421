"""Which tables a release has, in the order in which people want them."""

from __future__ import annotations

from acagraph.release.tables.layouts import Layout
from acagraph.release.tables.model import Table
from acagraph.release.tables.statements import STATEMENTS
from acagraph.release.tables.things import ACTORS, COALITIONS, EVIDENCE, PLACES, SOURCES, TERMS

LAYOUTS: tuple[Layout, ...] = (COALITIONS, ACTORS, *STATEMENTS, SOURCES, EVIDENCE, PLACES, TERMS)
TABLES: tuple[Table, ...] = tuple(layout.table for layout in LAYOUTS)
