"""`/healthz`: this process is alive. `/readyz`: it can serve, else 503 with the names of what is missing.

Both answer within about two seconds, whatever hangs behind them.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from flask import Blueprint, Response
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import select

from gateway.models import Complaint
from gateway.services import Services, of_app
from gateway.ussd import publishing
from sessions.versions import NoMenu

health = Blueprint("health", __name__)

_WITHIN_SECONDS = 2.0
# Checks that hang keep their thread; later ones wait for it and are reported as missing in time.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="readyz")


def _database(services: Services) -> None:
    with services.db.reading() as session:
        session.execute(select(Complaint.id).limit(1))


def _redis(services: Services) -> None:
    with Redis.from_url(
        services.settings.redis_url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
    ) as redis:
        redis.ping()


def _menu(services: Services) -> None:
    if publishing.SqlArchive(services.db).newest() is None:
        raise NoMenu


#: What it takes to serve; a check raises where it is not there.
CHECKS: dict[str, Callable[[Services], None]] = {"database": _database, "redis": _redis, "menu": _menu}


@health.get("/healthz")
def alive() -> Response:
    return _plain("ok", 200)


@health.get("/readyz")
def ready() -> Response:
    running = {name: _threads.submit(check, of_app()) for name, check in CHECKS.items()}
    done, _ = wait(running.values(), timeout=_WITHIN_SECONDS)
    missing = [name for name, check in running.items() if check not in done or check.exception() is not None]
    if "database" in missing:  # then nobody can say whether there is a menu
        missing = [name for name in missing if name != "menu"]
    return _plain(f"not ready: {', '.join(missing)}", 503) if missing else _plain("ok", 200)


def _plain(words: str, status: int) -> Response:
    return Response(f"{words}\n", status, mimetype="text/plain", headers={"Cache-Control": "no-store"})
