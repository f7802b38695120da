"""The secret in the path of a callback. A wrong one is 404, before anything of the request is read; it is not logged.

Compared in constant time, and with every token: two are valid while one replaces the other. The links of the desk are
kept out of logs in the same way.
"""

from __future__ import annotations

import hmac
import logging
import re

from flask import abort
from flask.blueprints import BlueprintSetupState

from gateway.config import Settings
from gateway.services import of_app

_IN_PATH = re.compile(r"(/at/|/desk/link/)[^/\s\"']+")


def check(token: str) -> None:
    if not matches(token.encode(), of_app().settings):
        abort(404)


def matches(given: bytes, settings: Settings) -> bool:
    """Looks at every token, whichever it is."""
    found = [hmac.compare_digest(given, ours.encode()) for ours in settings.callback_tokens]
    return any(found)


class HideToken(logging.Filter):
    """Rewrites records instead of dropping them; Flask logs the path of a request that failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _IN_PATH.sub(r"\1***", record.getMessage()), ()
        return True


_hide_token = HideToken()


def keep_out_of_logs(state: BlueprintSetupState) -> None:
    """For `Blueprint.record_once`. Filters belong to loggers, so each that may write a path gets it."""
    for logger in (state.app.logger, logging.getLogger("werkzeug")):
        logger.addFilter(_hide_token)
