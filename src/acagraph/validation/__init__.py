"""Judge a dataset: SHACL shapes and checks, reported together as sorted findings."""

from __future__ import annotations

from acagraph.validation.files import validate_files
from acagraph.validation.findings import Finding
from acagraph.validation.report import Report
from acagraph.validation.run import validate

__all__ = ["Finding", "Report", "validate", "validate_files"]
