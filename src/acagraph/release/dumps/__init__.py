"""Dumps: the parsed dataset as files, the same bytes for the same quads."""
