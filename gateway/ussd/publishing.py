"""Menus in force: published into SQL for good, and into Redis for speed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from gateway import clock
from gateway.db import AWAY, Database
from gateway.models import MenuVersion
from gateway.services import Services
from menus.load import load
from sessions.store import connect
from sessions.versions import ArchiveAway, Versions, sha_of

#: The menu that the product ships with.
SHIPPED_MENU = Path(__file__).parents[2] / "menus" / "hatua.yaml"


@dataclass(frozen=True, slots=True)
class SqlArchive:
    db: Database

    def newest(self) -> str | None:
        """The version in force; on the first call ever, the shipped menu is put in force."""
        newest = self._newest()
        if newest is None:
            publish(self.db, SHIPPED_MENU.read_text(encoding="utf-8"), author="shipped")
            newest = self._newest()
        return newest

    def source(self, sha: str) -> str | None:
        try:
            with self.db.reading() as session:
                version = session.get(MenuVersion, sha)
                return version.source if version else None
        except AWAY as error:
            raise ArchiveAway from error

    def _newest(self) -> str | None:
        try:
            with self.db.reading() as session:
                return session.scalar(select(MenuVersion.sha).order_by(MenuVersion.published_at.desc()).limit(1))
        except AWAY as error:
            raise ArchiveAway from error


def versions(services: Services) -> Versions:
    return Versions(connect(services.settings.redis_url), SqlArchive(services.db))


def publish(db: Database, source: str, *, author: str, versions: Versions | None = None) -> str:
    """The hash of the version that is now in force. Raises menus.faults.MenuRefused; then nothing has changed.

    Publishing an older file again rolls back to it.
    """
    menu = load(source)
    sha = sha_of(source)
    with db.transaction() as session:
        session.merge(MenuVersion(sha=sha, name=menu.name, source=source, author=author, published_at=clock.now()))
    if versions is not None:
        versions.put_in_force(source)
    return sha


def publish_shipped(db: Database, versions: Versions) -> None:
    """Puts the shipped menu in force unless this very file has been published before."""
    source = SHIPPED_MENU.read_text(encoding="utf-8")
    with db.reading() as session:
        is_known = session.get(MenuVersion, sha_of(source)) is not None
    if not is_known:
        publish(db, source, author="shipped", versions=versions)
