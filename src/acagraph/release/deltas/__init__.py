"""What differs between two versions of the dataset, and what a release says of it."""
