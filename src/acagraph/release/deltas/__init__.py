"""What changed between two releases: statements, things, and the terms that they are written in."""
