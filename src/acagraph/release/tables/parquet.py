"""The tables as Apache Parquet, from their files of comma-separated values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from acagraph.release.tables.model import Table

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 65_536
_BLOCK = 4 << 20
_TYPES = {
    "string": "string",
    "anyURI": "string",
    "integer": "int64",
    # Of at most 15 digits it is exact; a decimal type would want all numbers with as many digits.
    "decimal": "float64",
    "boolean": "bool_",
    "date": "date32",
}


def write_parquet(folder: Path, tables: Sequence[Table]) -> None:
    """Write each table of a release's folder as Parquet: unknown is null, several values are a list.

    Equal tables and equal versions of pyarrow give equal bytes; a table is never in memory as a whole.
    Raises ImportError without pyarrow.
    """
    from pyarrow import parquet

    for table in tables:
        schema = _schema(table)
        path = folder / table.parquet
        path.parent.mkdir(parents=True, exist_ok=True)
        with parquet.ParquetWriter(path, schema, compression="zstd", use_dictionary=True) as writer:
            for piece in _pieces(_batches(folder / table.csv, table, schema), schema):
                writer.write_table(piece, row_group_size=_ROWS)


def _schema(table: Table) -> pa.Schema:
    import pyarrow as pa

    fields = []
    for column in table.columns:
        kind = getattr(pa, _TYPES[column.datatype])()
        told = {"title": column.title, "description": column.description}
        fields.append(
            pa.field(
                column.name,
                kind if column.separator is None else pa.list_(kind),
                nullable=not column.required,
                metadata=told,
            )
        )
    return pa.schema(fields, metadata={"title": table.title, "description": table.description})


def _batches(path: Path, table: Table, schema: pa.Schema) -> Iterator[pa.Table]:
    import pyarrow as pa
    from pyarrow import compute, csv

    lists = {column.name: column.separator for column in table.columns if column.separator is not None}
    types = {field.name: pa.string() if field.name in lists else field.type for field in schema}
    reader = csv.open_csv(
        path,
        read_options=csv.ReadOptions(use_threads=False, block_size=_BLOCK),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
        ),
    )
    with reader:
        for batch in reader:
            arrays = [
                compute.split_pattern(batch.column(name), lists[name])
                if name in lists
                else batch.column(name)
                for name in schema.names
            ]
            yield pa.Table.from_arrays(
                [array.cast(kind) for array, kind in zip(arrays, schema.types, strict=True)], schema=schema
            )


def _pieces(batches: Iterator[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield the rows in pieces of equal length, whatever the batches are."""
    import pyarrow as pa

    rest = schema.empty_table()
    for batch in batches:
        rest = pa.concat_tables([rest, batch])
        while rest.num_rows >= _ROWS:
            yield rest.slice(0, _ROWS)
            rest = rest.slice(_ROWS)
    if rest.num_rows:
        yield rest
