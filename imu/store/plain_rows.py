"""Rows of any table as Arrow tables and back, the same whichever database they lie in.

The tables are asked, not the program: what an older program wrote has older columns.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa
from sqlalchemy import JSON, Column, Connection, MetaData, Table, func, insert, select, text, type_coerce

from imu.store.rows.base import JsonOrText

BATCH_ROWS = 1000
REVISION_TABLE = "alembic_version"
_KINDS: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    bytes: pa.binary(),
}


def tables_of(connection: Connection) -> dict[str, Table]:
    """The tables as they are, each after those that it points at."""
    found = MetaData()
    found.reflect(connection)
    return {table.name: table for table in found.sorted_tables if table.name != REVISION_TABLE}


def drop_all(connection: Connection) -> None:
    """Leave no table, not even the note of its revision."""
    found = MetaData()
    found.reflect(connection)
    found.drop_all(connection)


def count_rows(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def batches(connection: Connection, table: Table) -> Iterator[pa.Table]:
    """All rows in order of the primary key, a thousand at a time; at least one batch, which may be empty."""
    schema = schema_of(table)
    asked = (type_coerce(one, JsonOrText()) if isinstance(one.type, JSON) else one for one in table.columns)
    rows = connection.execution_options(yield_per=BATCH_ROWS).execute(
        select(*asked).order_by(*table.primary_key.columns)
    )
    is_empty = True
    for part in rows.partitions():
        is_empty = False
        columns = zip(*part, strict=True)
        yield pa.Table.from_arrays(
            [_written(table, field, values) for field, values in zip(schema, columns, strict=True)],
            schema=schema,
        )
    if is_empty:
        yield schema.empty_table()


def schema_of(table: Table) -> pa.Schema:
    return pa.schema([pa.field(column.name, _kind(column)) for column in table.columns])


def add_rows(connection: Connection, table: Table, rows: pa.Table) -> None:
    """Add what `batches` gave."""
    if not rows.num_rows:
        return
    found = rows.to_pylist()
    for column in table.columns:
        if isinstance(column.type, JSON):
            for row in found:
                row[column.name] = json.loads(row[column.name])
    connection.execute(insert(table), found)


def continue_numbering(connection: Connection, table: Table) -> None:
    """Let a table that numbers its rows go on after the last one; PostgreSQL does not look."""
    for column in table.primary_key.columns if connection.dialect.name == "postgresql" else ():
        if column.type.python_type is int:
            name = {"table": table.name, "column": column.name}
            sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), name)
            highest = connection.scalar(select(func.max(column)))
            if sequence and highest is not None:
                connection.execute(text("SELECT setval(:name, :to)"), {"name": sequence, "to": highest})


def _kind(column: "Column[Any]") -> pa.DataType:
    return pa.string() if isinstance(column.type, JSON) else _KINDS[column.type.python_type]


def _written(table: Table, field: pa.Field, values: Any) -> pa.Array:
    if isinstance(table.columns[field.name].type, JSON):
        values = [json.dumps(value, ensure_ascii=False) for value in values]
    return pa.array(values, field.type)
