"""The Net Zero Tracker: who has pledged to cut emissions by when, and who has no target."""

from acagraph.imports.tracker.run import import_tracker

__all__ = ["import_tracker"]
