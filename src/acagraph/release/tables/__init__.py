"""The dataset as tables, for those without RDF: CSV on the Web, Parquet and a workbook."""

from acagraph.release.tables.definitions import TABLES
from acagraph.release.tables.writing import write_tables

__all__ = ["TABLES", "write_tables"]
