"""What `flask db upgrade` makes is what the models say, on both databases, also when it is run twice at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from gateway import migrations
from gateway.app import create_app
from gateway.cli.db import db
from gateway.config import ROOT, Settings
from gateway.db import Database
from gateway.models import Base

INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND name LIKE 'ix%'",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'ix%'",
}
TABLES = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
}
UPGRADE = "import sys; from gateway import migrations; print(); input(); migrations.upgrade(sys.argv[1])"


def indexes(url: str, backend: str) -> dict[str, str]:
    database = Database(url)
    with database.reading() as session:
        found = {name: " ".join(sql.split()) for name, sql in session.execute(text(INDEXES[backend]))}
    database.dispose()
    return found


def test_the_migrated_schema_is_that_of_the_models(empty_database_url: str, database_url: str, backend: str) -> None:
    migrations.upgrade(empty_database_url)
    migrated = Database(empty_database_url)
    with migrated.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    migrated.dispose()
    # Alembic does not look at the condition of a partial index.
    assert indexes(empty_database_url, backend) == indexes(database_url, backend)


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(empty_database_url: str, backend: str) -> None:
    migrations.upgrade(empty_database_url)
    before = indexes(empty_database_url, backend)
    migrations.upgrade(empty_database_url)
    assert before
    assert indexes(empty_database_url, backend) == before


def test_upgrades_at_the_same_time_all_succeed(empty_database_url: str, backend: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-u", "-c", UPGRADE, empty_database_url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()  # it is ready
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    faults = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0], faults


def test_a_failed_upgrade_leaves_no_trace(empty_database_url: str, backend: str) -> None:
    database = Database(empty_database_url)
    with pytest.raises(RuntimeError), migrations.locked_connection(empty_database_url) as connection:
        Base.metadata.create_all(connection)
        raise RuntimeError("the power went")
    with database.reading() as session:
        assert session.scalar(text(TABLES[backend])) == 0
    database.dispose()


def test_the_command_works_from_any_folder(
    environment: dict[str, str], empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = create_app(Settings.read(environment | {"DATABASE_URL": empty_database_url}, var=tmp_path))
    app.cli.add_command(db)
    result = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert result.output == "The schema is up to date.\nThe menu of this release is in force.\n"
    app.extensions["hatua"].db.dispose()


def test_a_database_file_in_a_folder_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    migrations.upgrade(f"sqlite:///{tmp_path / 'var' / 'hatua.db'}")
    assert (tmp_path / "var" / "hatua.db").exists()
