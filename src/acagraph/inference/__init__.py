"""Direct edges, classes and defaults: SPARQL rules kept as data, run until they add nothing."""

from __future__ import annotations

from acagraph.inference.closure import DERIVED, derive, infer
from acagraph.inference.rules import Rule, load_rules

__all__ = ["DERIVED", "Rule", "derive", "infer", "load_rules"]
