"""Publishers' files and members lists, read into the project's own normalised tables."""
