"""Menus in force: published into SQL for good, and into Redis for speed.

A version never changes; the log of publications says which one is in force. What does not check is not published, so
a running service cannot be broken by an edit.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway import clock
from gateway.db import AWAY, Database
from gateway.models import MenuPublication, MenuVersion
from gateway.services import Services
from gateway.ussd.program import program
from menus.check import check
from menus.compare import changed_meanings, differences
from menus.faults import Fault, MenuRefused
from menus.grammar import Menu
from menus.load import load
from sessions.store import connect
from sessions.versions import ArchiveAway, Versions, sha_of

log = logging.getLogger(__name__)

#: The menu that the product ships with.
SHIPPED_MENU = Path(__file__).parents[2] / "menus" / "hatua.yaml"
#: Who publishes it, when nobody else has published anything.
SHIPPED = "shipped"


class Overtaken(Exception):
    """Somebody else has published since the proposal was made: what it changes must be looked at again."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A line of the log."""

    number: int
    sha: str
    name: str
    author: str
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A menu that checks, beside the one that is in force (None: none is)."""

    source: str
    menu: Menu
    over: Publication | None
    before: Menu | None

    @property
    def sha(self) -> str:
        return sha_of(self.source)

    @property
    def is_in_force(self) -> bool:
        return self.over is not None and self.over.sha == self.sha

    @property
    def changed_meanings(self) -> list[Fault]:
        return changed_meanings(self.before, self.menu) if self.before else []

    @property
    def differences(self) -> list[str]:
        return differences(self.before, self.menu) if self.before else []


@dataclass(frozen=True, slots=True)
class SqlArchive:
    db: Database

    def newest(self) -> str | None:
        """The version in force."""
        try:
            with self.db.reading() as session:
                return session.scalar(select(MenuPublication.sha).order_by(MenuPublication.number.desc()).limit(1))
        except AWAY as error:
            raise ArchiveAway from error

    def source(self, sha: str) -> str | None:
        try:
            with self.db.reading() as session:
                version = session.get(MenuVersion, sha)
                return version.source if version else None
        except AWAY as error:
            raise ArchiveAway from error


def versions(services: Services) -> Versions:
    return Versions(connect(services.settings.redis_url), SqlArchive(services.db))


def propose(db: Database, source: str) -> Proposal:
    """Raises menus.faults.MenuRefused with every fault of a menu that may not be published."""
    if faults := check(source, program):
        raise MenuRefused(faults)
    with db.reading() as session:
        over = in_force(session)
    return Proposal(source, load(source), over, _readable(over.source) if over else None)


def publish(db: Database, proposal: Proposal, *, author: str) -> int:
    """The number of the publication; an older version that is published again is in force again.

    Raises Overtaken; then nothing has changed.
    """
    number = proposal.over.number + 1 if proposal.over else 1
    now = clock.now()
    try:
        with db.transaction() as session:
            if session.get(MenuVersion, proposal.sha) is None:
                session.add(
                    MenuVersion(
                        sha=proposal.sha,
                        name=proposal.menu.name,
                        source=proposal.source,
                        author=author,
                        published_at=now,
                    )
                )
                session.flush()
            session.add(MenuPublication(number=number, sha=proposal.sha, author=author, at=now))
    except IntegrityError as error:
        raise Overtaken from error
    return number


def announce(versions: Versions, source: str) -> bool:
    """Tells Redis; False if it is away: then calls see it as soon as Redis has forgotten the one before."""
    try:
        versions.put_in_force(source)
    except RedisError as error:
        log.warning("publication not announced error=%s", type(error).__name__)
        return False
    return True


def publish_shipped(db: Database, versions: Versions) -> bool:
    """Puts the shipped menu in force while nobody has published one of their own. False if nothing changed.

    Raises RedisError when it is published and could not be announced.
    """
    source = SHIPPED_MENU.read_text(encoding="utf-8")
    with db.reading() as session:
        newest = in_force(session)
        if newest is not None and (newest.author != SHIPPED or newest.sha == sha_of(source)):
            return False
    try:
        publish(db, propose(db, source), author=SHIPPED)
    except Overtaken:
        return False  # another process of this release was faster
    versions.put_in_force(source)
    return True


def faults_in_force(db: Database) -> list[Fault]:
    """What this release finds wrong with the menu in force: the county may have published it under another one."""
    with db.reading() as session:
        newest = in_force(session)
    return check(newest.source, program) if newest else []


def in_force(session: Session) -> Publication | None:
    newest = publications(session, limit=1)
    return newest[0] if newest else None


def publications(session: Session, limit: int | None = None) -> Sequence[Publication]:
    """The newest first."""
    rows = session.execute(
        select(MenuPublication, MenuVersion)
        .join(MenuVersion, MenuVersion.sha == MenuPublication.sha)
        .order_by(MenuPublication.number.desc())
        .limit(limit)
    )
    return [
        Publication(line.number, line.sha, version.name, line.author, line.at, version.source) for line, version in rows
    ]


def sources_of(session: Session, sha: str) -> Sequence[str]:
    """The files of every version whose hash begins like this."""
    return session.scalars(
        select(MenuVersion.source).where(MenuVersion.sha.startswith(sha.lower(), autoescape=True)).limit(2)
    ).all()


def _readable(source: str) -> Menu | None:
    """None for a version of an older grammar, which cannot be compared."""
    try:
        return load(source)
    except MenuRefused:
        return None
