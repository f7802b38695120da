"""The Flask application: settings, services, blueprints, command line."""

from __future__ import annotations

import os

from flask import Flask

from gateway.cli.clock import clock
from gateway.cli.db import db
from gateway.cli.desk import desk as desk_commands
from gateway.cli.menus import menus
from gateway.cli.messages import messages
from gateway.cli.phone import phone
from gateway.cli.roster import roster
from gateway.config import Settings
from gateway.desk import door, sign_ins
from gateway.desk.views import desk
from gateway.services import Services
from gateway.simulator.views import simulator
from gateway.web.copies import Copies
from gateway.web.front import front
from gateway.web.health import health
from gateway.web.metrics import metrics
from gateway.web.shortcut import Shortcut
from gateway.web.sms import sms_callbacks
from gateway.web.ussd import build_conversation, ussd_callbacks

#: AT's largest callback is a few kB; a form of this size is still answered, a larger one is not read.
MAX_BODY_BYTES = 64 * 1024

BLUEPRINTS = (desk, front, health, metrics, sms_callbacks, ussd_callbacks)
COMMANDS = (clock, db, desk_commands, menus, messages, phone, roster)


def create_app(settings: Settings | None = None) -> Flask:
    """Raises gateway.config.SettingsError, naming every fault, when the environment is not complete."""
    services = Services.build(settings or Settings.read(os.environ))
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=services.settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        # Only the desk knows who asks.
        SESSION_COOKIE_NAME="hatua-desk",
        SESSION_COOKIE_PATH="/desk",
        SESSION_COOKIE_SAMESITE="Lax",
        # A rehearsal on this machine has no HTTPS.
        SESSION_COOKIE_SECURE=not services.settings.is_rehearsal,
        PERMANENT_SESSION_LIFETIME=sign_ins.STAY,
        **door.CONFIG,
    )
    door.forgery.init_app(app)
    app.extensions["hatua"] = services
    app.extensions["hatua.conversation"] = build_conversation(services)
    app.extensions["hatua.copies"] = Copies()
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if services.settings.is_simulator:
        app.register_blueprint(simulator)
    for command in COMMANDS:
        app.cli.add_command(command)
    app.wsgi_app = Shortcut(app)  # type: ignore[method-assign]
    return app
