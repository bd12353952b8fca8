"""Alembic's way in: the transaction is opened by `imu.store.database`, which also holds the lock."""

from alembic import context

from imu.store.rows import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,  # SQLite changes a table by making it anew
    compare_type=True,
)
context.run_migrations()
