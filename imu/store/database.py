"""Open the database: a file of SQLite by default, PostgreSQL by its URL; bring its tables up to date."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from imu.errors import StoreError

_MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 30_000  # another process writes; its longest transaction is one run
_LOCK = 0x72737472  # of PostgreSQL's advisory locks: one migrates, the others wait
WRITERS_LOCK = _LOCK + 1  # one changes something, the others wait, as with SQLite


def open_engine(url: str) -> Engine:
    """An engine on an up-to-date database. StoreError if it cannot be opened or is too new."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"{url}: not the URL of a database, such as sqlite:////path/store.sqlite") from error
    shown = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(f"{shown}: this program keeps its data in SQLite or PostgreSQL")
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{parsed.database}: cannot be made ({error.strerror or error})") from error
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        engine = create_engine(parsed)
    except (ImportError, NoSuchModuleError) as error:
        raise StoreError(f"{shown}: needs a driver; install restride[postgres]") from error
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    try:
        migrate(engine)
    except DBAPIError as error:
        engine.dispose()
        raise StoreError(f"{shown}: cannot be opened ({_first_line(error)})") from error
    except StoreError:
        engine.dispose()
        raise
    return engine


def file_of(url: str) -> Path | None:
    """The file of a database of SQLite; None for any other, and for one in memory."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
    return Path(str(parsed.database)) if is_file else None


def migrate(engine: Engine, *, to: str = "head") -> None:
    """Bring the tables up to date, in one transaction. StoreError if they are newer than this program."""
    with engine.connect() as connection:
        if is_current(connection):
            return
    with exclusive(engine) as connection:
        upgrade(connection, to=to)


def upgrade(connection: Connection, *, to: str = "head") -> None:
    """Bring the tables to a revision inside the transaction of this connection."""
    # Imported here: it takes as long as all else together, and tables are hardly ever to be changed.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def revisions() -> tuple[str, ...]:
    """Every revision that this program knows, the oldest first: each begins the name of its file."""
    return tuple(sorted(file.name.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*.py")))


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this program. StoreError if they are newer."""
    known, found = revisions(), None
    if inspect(connection).has_table("alembic_version"):
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found is not None and found not in known:
        raise StoreError(
            f"{connection.engine.url.render_as_string(hide_password=True)}: was written by a newer restride "
            "(its tables are unknown to this one); update restride, nothing was changed"
        )
    return found == known[-1]


@contextmanager
def exclusive(engine: Engine) -> Iterator[Connection]:
    """A transaction that nobody else writes beside; a kill in its middle leaves the old tables."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execution_options(begin="IMMEDIATE")
            # Rebuilding a table drops the old one, which must not take along the rows that point at it.
            _hold_keys(connection, "OFF")
        try:
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                yield connection
        finally:
            if engine.dialect.name == "sqlite":
                _hold_keys(connection, "ON")


def _hold_keys(connection: Connection, switch: Literal["ON", "OFF"]) -> None:
    """To the driver: SQLAlchemy would begin a transaction first, and inside one SQLite ignores this."""
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={switch}")


def _prepare_sqlite(engine: Engine) -> None:
    """Readers beside a writer, keys that hold, and transactions that include changes of tables.

    Python's driver begins a transaction only before INSERT, UPDATE and DELETE; a migration would be cut in
    pieces by a kill. So it is told to begin none, and SQLAlchemy does.
    """

    @event.listens_for(engine, "connect")
    def connected(raw: Any, _record: Any) -> None:
        assert isinstance(raw, sqlite3.Connection)
        raw.isolation_level = None
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")  # a run that was said to be kept survives a power cut
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute("PRAGMA secure_delete=ON")  # erased means overwritten
        raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        how = connection.get_execution_options().get("begin", "")
        connection.exec_driver_sql(f"BEGIN {how}")


def _first_line(error: DBAPIError) -> str:
    return str(error.orig or error).strip().splitlines()[0]
