"""What a process works with: settings, database, Redis, keys. Built once, handed to whoever needs it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import cast

from flask import current_app

from gateway.config import Settings
from gateway.db import Database
from gateway.phones import PhoneBook
from gateway.wakeups import Wakeups


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    db: Database
    phones: PhoneBook
    wakeups: Wakeups

    @classmethod
    def build(cls, settings: Settings) -> Services:
        wakeups = Wakeups(settings.redis_url)
        return cls(
            settings=settings,
            db=Database(settings.database_url, on_commit={"outbox": wakeups.outbox, "incoming": wakeups.incoming}),
            phones=PhoneBook(settings.phone_key),
            wakeups=wakeups,
        )


@cache
def current() -> Services:
    """The services of this process, from its environment; for RQ jobs, which are called without arguments of ours."""
    return Services.build(Settings.read(os.environ))


def of_app() -> Services:
    """The services of the Flask application that is handling this request or command."""
    return cast(Services, current_app.extensions["hatua"])
