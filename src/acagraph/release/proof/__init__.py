"""Proof that a release is what its publisher wrote: checksums, signature, and building it again."""
