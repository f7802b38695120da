"""What callers see of a publication, and what a release does to the menu in force."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis

from gateway import migrations
from gateway.app import create_app
from gateway.config import Settings
from gateway.db import Database
from gateway.services import Services
from gateway.ussd import publishing
from sessions.versions import BELIEVED_SECONDS, sha_of
from tests.gateway.cli.official import REWORDED, SWAPPED, in_force, publish
from tests.menus.trees import SMALL
from tests.standin.carrier import Carrier
from tests.standin.dialogue import Dialogue

CURRENT = "ussd:menu:current"

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.mark.parametrize("redis_is_lost", [False, True], ids=["", "and Redis is lost"])
def test_publishing_changes_no_call_that_is_running(
    small: Flask, carrier: Carrier, folder: Path, redis: Redis, redis_is_lost: bool
) -> None:
    calls = [carrier.dial(f"+254700{n:06}") for n in range(200)]
    for call in calls[100:]:
        call.press("1")

    assert publish(small, folder, SWAPPED.replace("The paint", "The colour"), "--accept").exit_code == 0
    if redis_is_lost:
        redis.flushall()

    for call in calls[:100]:
        assert call.press("1").options == {"Red": "1", "Blue": "2", "Back": "0", "Home": "00"}
    for call in calls[::2]:
        assert "The paint line" in call.press("0").text
        call.press("1")
    for call in calls:
        assert call.press("1").body == "END You chose Red."
    _sees_the_new_one(carrier.dial("+254700999999"))


def _sees_the_new_one(call: Dialogue) -> None:
    assert "The colour line" in call.screen.text
    assert "Green" in call.press("1").options
    assert call.press("1").body == "END You chose Green."


def test_an_old_word_in_redis_cannot_keep_an_old_version_in_force(
    small: Flask, carrier: Carrier, folder: Path, redis: Redis
) -> None:
    publish(small, folder, REWORDED)
    redis.set(CURRENT, sha_of(SMALL), ex=BELIEVED_SECONDS)  # a publisher whose Redis was away for a moment
    assert "The paint line" in carrier.dial("+254700000001").screen.text

    assert 0 < redis.ttl(CURRENT) <= BELIEVED_SECONDS
    redis.delete(CURRENT)

    assert "The colour line" in carrier.dial("+254700000002").screen.text
    assert 0 < redis.ttl(CURRENT) <= BELIEVED_SECONDS


@on_sqlite
def test_what_was_last_in_force_is_still_when_the_database_is_away(
    small: Flask, settings: Settings, redis: Redis, tmp_path: Path
) -> None:
    redis.delete(CURRENT)
    app = create_app(replace(settings, database_url=f"sqlite:///{tmp_path}/none/none.db"))

    answer = app.test_client().post(
        f"/at/{settings.callback_tokens[0]}/ussd",
        data={"sessionId": "ATUid_1", "phoneNumber": "+254700000001", "serviceCode": "*384*1972#", "text": ""},
    )

    assert "The paint line" in answer.text


@on_sqlite
def test_a_version_that_was_tampered_with_in_redis_is_read_from_the_archive(
    small: Flask, settings: Settings, carrier: Carrier, redis: Redis
) -> None:
    redis.set(f"ussd:menu:{sha_of(SMALL)}", REWORDED)

    assert "The paint line" in carrier.dial("+254700000001").screen.text


@pytest.fixture
def versions(services: Services) -> publishing.Versions:
    return publishing.versions(services)


def test_a_county_that_has_published_its_own_keeps_it(
    small: Flask, services: Services, versions: publishing.Versions
) -> None:
    assert publishing.publish_shipped(services.db, versions) is False
    assert in_force(small) == SMALL


def test_a_release_replaces_the_menu_of_the_release_before(
    app: Flask, services: Services, versions: publishing.Versions
) -> None:
    proposal = publishing.propose(services.db, SMALL)
    publishing.publish(services.db, proposal, author=publishing.SHIPPED)

    assert publishing.publish_shipped(services.db, versions) is True
    assert publishing.publish_shipped(services.db, versions) is False
    assert in_force(app) == publishing.SHIPPED_MENU.read_text(encoding="utf-8")


def test_a_menu_in_force_that_this_release_cannot_serve_is_told_of(small: Flask, services: Services) -> None:
    assert publishing.faults_in_force(services.db) == []
    broken = SMALL.replace("save: red}", "save: red, when: is_unheard_of}")
    older = replace(publishing.propose(services.db, REWORDED), source=broken)
    publishing.publish(services.db, older, author="Wanjiku")

    [fault] = publishing.faults_in_force(services.db)
    assert "is_unheard_of" in str(fault)


def test_reading_what_is_in_force_writes_nothing(empty_database_url: str) -> None:
    migrations.upgrade(empty_database_url)
    database = Database(empty_database_url)

    assert publishing.SqlArchive(database).newest() is None

    with database.reading() as session:
        assert publishing.publications(session) == []
    database.dispose()


@on_sqlite
def test_an_upgrade_without_redis_leaves_a_menu_in_force(
    settings: Settings, empty_database_url: str, tmp_path: Path
) -> None:
    app = create_app(replace(settings, database_url=empty_database_url, redis_url=f"unix://{tmp_path}/none.sock"))

    result = app.test_cli_runner().invoke(args=["db", "upgrade"])

    assert result.exit_code == 0
    assert "The menu of this release is stored, and in force as soon as Redis can be reached." in result.output
    assert in_force(app) == publishing.SHIPPED_MENU.read_text(encoding="utf-8")
    app.extensions["hatua"].db.dispose()
