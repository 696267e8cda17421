"""/reconcile: the Reconciliation Service API 0.2 of the W3C Entity Reconciliation Community Group."""

from acagraph.web.reconcile.routes import Reconciliation

__all__ = ["Reconciliation"]
