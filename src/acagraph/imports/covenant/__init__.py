"""The register of the Covenant of Mayors that the Joint Research Centre publishes (GCoM - MyCovenant)."""

from acagraph.imports.covenant.run import import_covenant

__all__ = ["import_covenant"]
