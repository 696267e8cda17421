"""Putting a release into a remote store: beside what is there, verified, and switched in one update."""

from acagraph.loading.connection import Connection
from acagraph.loading.credentials import checked, credentials
from acagraph.loading.plan import METHODS, Plan, Wish
from acagraph.loading.run import Loaded, load, plan

__all__ = ["METHODS", "Connection", "Loaded", "Plan", "Wish", "checked", "credentials", "load", "plan"]
