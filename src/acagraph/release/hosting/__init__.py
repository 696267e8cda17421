"""A folder of releases as a site that any static host can serve."""

from acagraph.release.hosting.publication import Publication, publish

__all__ = ["Publication", "publish"]
