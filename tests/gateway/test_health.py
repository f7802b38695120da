"""`/healthz` and `/readyz` say the truth to whoever restarts us, and say it in time."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway import migrations
from gateway.config import Settings
from gateway.services import Services
from gateway.web.health import health

AT_MOST_SECONDS = 4

ClientOf = Callable[[dict[str, str]], FlaskClient]


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def client_of(tmp_path: Path) -> Iterator[ClientOf]:
    """An application that only tells its health, with this environment."""
    built: list[Services] = []

    def client_of(environment: dict[str, str]) -> FlaskClient:
        app = Flask("health")
        app.register_blueprint(health)
        app.extensions["hatua"] = Services.build(Settings.read(environment, var=tmp_path))
        built.append(app.extensions["hatua"])
        return app.test_client()

    yield client_of
    for services in built:
        services.db.dispose()


def test_a_gateway_with_all_it_needs_is_ready(client: FlaskClient) -> None:
    answers = [client.get(path) for path in ("/healthz", "/readyz")]
    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "ok\n"), (200, "ok\n")]
    assert all(answer.headers["Cache-Control"] == "no-store" for answer in answers)


def test_a_redis_that_is_away_is_named(environment: dict[str, str], client_of: ClientOf, tmp_path: Path) -> None:
    client = client_of(environment | {"REDIS_URL": f"unix://{tmp_path / 'none.sock'}"})
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: redis\n")
    assert client.get("/healthz").status_code == 200


def test_a_database_without_tables_is_named(
    environment: dict[str, str], empty_database_url: str, client_of: ClientOf
) -> None:
    answer = client_of(environment | {"DATABASE_URL": empty_database_url}).get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: database\n")


def test_a_database_without_a_menu_is_named(
    environment: dict[str, str], empty_database_url: str, client_of: ClientOf
) -> None:
    migrations.upgrade(empty_database_url)
    answer = client_of(environment | {"DATABASE_URL": empty_database_url}).get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: menu\n")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_servers_that_hang_are_named_in_time(environment: dict[str, str], silent: int, client_of: ClientOf) -> None:
    hanging = {"REDIS_URL": f"redis://127.0.0.1:{silent}", "DATABASE_URL": f"postgresql://x@127.0.0.1:{silent}/x"}
    client = client_of(environment | hanging)
    began = time.monotonic()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: database, redis\n")
    assert time.monotonic() - began < AT_MOST_SECONDS
