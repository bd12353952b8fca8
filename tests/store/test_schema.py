"""The tables on disk are those of the program, and a newer program's are left alone."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import text

from imu.store import Account, Athlete, Store, StoreError, database as tables
from imu.store.database import exclusive, revisions
from imu.store.rows import Row
from imu.training.history import CheckIn
from tests.store.conftest import NOON


def test_migrations_make_exactly_the_tables_of_the_program(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []


def test_a_store_of_a_newer_program_is_refused_and_left_alone(
    store: Store, database: str, tmp_path: Path
) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(StoreError, match="newer restride"):
        Store.at(tmp_path, database=database)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == files
    with store.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the others change a table in place
def test_a_migration_that_makes_a_table_anew_keeps_the_rows_that_point_at_it(
    store: Store, anna: Account, athlete: Athlete
) -> None:
    with store.changed_by(anna) as repository:
        repository.care.add_check_in(athlete.athlete_id, CheckIn(at=NOON, moment="after", pain=1))
    with exclusive(store.engine) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("athlete", recreate="always"):
            pass
    with store.seen_by(anna) as repository:
        assert len(repository.record(athlete.athlete_id).history.check_ins) == 1
    with store.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "not the URL of a database"),
        ("mysql://somewhere/db", "SQLite or PostgreSQL"),
        ("sqlite:////proc/nowhere/store.sqlite", "cannot be"),
    ],
)
def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path, url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        Store.at(tmp_path, database=url)


def test_a_revision_is_the_beginning_of_its_files_name(store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(tables.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(one.revision for one in scripts.walk_revisions())[::-1] == revisions()
    with store.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == scripts.get_current_head()
