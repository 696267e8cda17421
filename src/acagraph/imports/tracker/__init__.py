"""The Net Zero Tracker: who has pledged to cut emissions by when, and who has no target."""

from acagraph.imports.tracker.run import Import, import_tracker

__all__ = ["Import", "import_tracker"]
