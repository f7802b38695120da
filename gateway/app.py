"""The Flask application: settings, services, blueprints, command line."""

from __future__ import annotations

import os
from typing import cast

from flask import Flask, current_app

from gateway.config import Settings
from gateway.services import Services

MAX_BODY_BYTES = 64 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Raises gateway.config.SettingsError, naming every fault, when the environment is not complete."""
    services = Services.build(settings or Settings.read(os.environ))
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=services.settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions["hatua"] = services
    return app


def services() -> Services:
    """The services of the application that is handling this request or command."""
    return cast(Services, current_app.extensions["hatua"])
