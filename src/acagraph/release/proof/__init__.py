"""What shows that a release is the published one: checksums, the hash of its dataset, a signature."""
