"""The application as an official has it: with a database, or with nothing but the files."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from gateway.app import create_app
from gateway.config import Settings
from tests.gateway.cli.official import publish
from tests.menus.trees import SMALL


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the official sits."""
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)
    return desk


@pytest.fixture
def offline(tmp_path: Path) -> Flask:
    """The application without a database or a Redis."""
    nowhere = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/none/none.db",
        "REDIS_URL": f"unix://{tmp_path}/none.sock",
        "SECRET_KEY": "made-up-secret-key",
        "PHONE_KEY": "made-up-phone-key",
    }
    return create_app(Settings.read(nowhere, var=tmp_path / "var"))


@pytest.fixture
def small(app: Flask, folder: Path) -> Flask:
    """The application with SMALL in force."""
    assert publish(app, folder, SMALL, "--accept").exit_code == 0
    return app
