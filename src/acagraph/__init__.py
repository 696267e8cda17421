"""A validated, published knowledge graph of climate coalitions, and the tools that make it."""

from acagraph.dataset import Dataset, Rows
from acagraph.dataset import open_dataset as open

__version__ = "0.1.0"

__all__ = ["Dataset", "Rows", "__version__", "open"]
