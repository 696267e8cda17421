"""The dataset as tables, for those without RDF: CSV on the Web, Parquet and a workbook."""
