"""What tests stand on: a real Redis, SQLite and a real PostgreSQL, a stand-in for the carrier, the application.

Each pytest-xdist worker has servers of its own; each test finds them empty. A server that cannot start fails the
tests that need it. A test that uses the database runs on both; `@pytest.mark.parametrize("backend", ["sqlite"],
indirect=True)` keeps it to one.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from gateway import services as gateway_services
from gateway.app import create_app
from gateway.config import Settings
from gateway.db import Database
from gateway.models import Base
from gateway.processes.embedded_redis import EmbeddedRedis
from gateway.services import Services
from gateway.ussd import publishing
from tests.standin import postgres
from tests.standin.carrier import Carrier
from tests.standin.gateway import in_process
from tests.standin.postgres import PostgresServer

CALLBACK_TOKEN = "made-up-token-for-the-callbacks"
BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[Path]:
    """A Redis for the whole session; `redis_url` is the one to use."""
    folder = Path(tempfile.mkdtemp(prefix="hatua-redis-"))
    server = EmbeddedRedis(folder / "redis.sock", folder, durable=False)
    with server.start() as process:
        try:
            server.wait_until_ready(process)
            yield server.listen
        finally:
            process.terminate()
    shutil.rmtree(folder)


@pytest.fixture
def redis_url(redis_socket: Path) -> str:
    """An empty Redis."""
    url = f"unix://{redis_socket}"
    with Redis.from_url(url) as redis:
        redis.flushall()
    return url


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as redis:
        yield redis


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> Iterator[str]:
    """A database as `db upgrade` leaves it, to be copied: faster than making the tables for each test."""
    with postgres_server.database() as url:
        _make_tables(url)
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "hatua.db"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_database_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without tables, for migrations."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        with request.getfixturevalue("postgres_server").database() as url:
            yield url


@pytest.fixture
def database_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with the schema and, as `db upgrade` leaves it, the shipped menu in force; no other rows."""
    if backend == "sqlite":
        path = tmp_path / "hatua.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        template = request.getfixturevalue("postgres_template")
        with request.getfixturevalue("postgres_server").database(template) as url:
            yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    """Africa's Talking as far as the gateway can tell; connected to the gateway once `app` is used."""
    with Carrier() as carrier:
        yield carrier


@pytest.fixture
def environment(database_url: str, redis_url: str, carrier: Carrier) -> dict[str, str]:
    """What a process of this test would find in its environment. Quiet hours are off: tests run at night, too."""
    return {
        "CARRIER": "africastalking",
        "AT_USERNAME": carrier.username,
        "AT_API_KEY": carrier.api_key,
        "AT_API_URL": carrier.url,
        "CALLBACK_TOKEN": CALLBACK_TOKEN,
        "SECRET_KEY": "made-up-secret-key",
        "PHONE_KEY": "made-up-phone-key",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "QUIET_HOURS": "",
        "SEND_PER_SECOND": "1000",
    }


@pytest.fixture
def settings(environment: dict[str, str], tmp_path: Path) -> Settings:
    return Settings.read(environment, var=tmp_path / "var")


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    services = Services.build(settings)
    yield services
    services.db.dispose()


@pytest.fixture
def process_services(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """What `gateway.services.current()` returns to jobs run in this process."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    gateway_services.current.cache_clear()
    services = gateway_services.current()
    yield services
    services.db.dispose()
    gateway_services.current.cache_clear()


@pytest.fixture
def app(settings: Settings, carrier: Carrier) -> Iterator[Flask]:
    app = create_app(settings)
    carrier.connect(in_process(app), CALLBACK_TOKEN)
    yield app
    app.extensions["hatua"].db.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def _make_tables(url: str) -> None:
    database = Database(url)
    with database.engine.begin() as connection:
        Base.metadata.create_all(connection)
    shipped = publishing.propose(database, publishing.SHIPPED_MENU.read_text(encoding="utf-8"))
    publishing.publish(database, shipped, author=publishing.SHIPPED)
    database.dispose()
