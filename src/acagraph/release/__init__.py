"""Releases: immutable folders with everything that is published, made by `build`, read by `open_release`."""
