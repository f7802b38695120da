"""`flask menus check, publish, list, diff, source`: what an official types, and what is said."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis

from gateway.app import create_app
from gateway.config import Settings
from gateway.db import Database
from gateway.ussd import publishing
from sessions.versions import BELIEVED_SECONDS, sha_of
from tests.gateway.cli.official import REWORDED, SWAPPED, in_force, publish, put, run
from tests.menus.trees import SMALL
from tests.standin.carrier import Carrier

CURRENT = "ussd:menu:current"

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def test_the_shipped_menu_is_proved_without_a_database_or_a_redis(offline: Flask) -> None:
    result = run(offline, "check")

    assert result.exit_code == 0
    assert re.search(r"hatua.yaml is proved: \d+ screens, \d+ renderings in 2 languages, the longest", result.output)
    assert re.search(r"the longest 1[0-6]\d of 160 septets\.$", result.output, re.MULTILINE)


def test_every_fault_is_named_with_its_file_line_screen_and_the_worst_drawn(offline: Flask, folder: Path) -> None:
    source = SMALL.replace("go: about", "go: abuot").replace(', sw: "Samawati"', "")
    put(folder, source)

    result = run(offline, "check", "menu.yaml")

    assert result.exit_code == 1
    assert "menu.yaml, line 23, screen home: M02 go to abuot: it is not there; did you mean about?" in result.output
    assert "screen colour: M05 option 2: no sw text; add it beside the others" in result.output
    assert "3 faults. A menu with a fault cannot be published." in result.output

    put(folder, SMALL.replace("The paint line", "The paint line " * 12))
    too_long = run(offline, "check", "menu.yaml")
    assert too_long.exit_code == 1
    assert "screen home: M07 (en) up to" in too_long.output
    assert "    | 1.Choose a colour" in too_long.output


def test_what_should_only_be_known_is_said_apart(offline: Flask, folder: Path) -> None:
    question = "ask: {text: 3 to 40}\n    save: colour\n    go: chosen"
    begin, end = SMALL.index('    choose:\n      1: {en: "Red"'), SMALL.index("\n\n  chosen:")
    put(folder, SMALL[:begin] + "    " + question + SMALL[end:])

    result = run(offline, "check", "menu.yaml")

    assert result.exit_code == 0
    proved, known = result.output.split("\n\n")
    assert "is proved" in proved
    assert "you should know:\nmenu.yaml, line" in known


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1: M01 the file is empty"),
        ("menu: é".encode("utf-16"), "this is not UTF-8 (byte 1); save it as UTF-8 and try again."),
        (b"[" * 5000, "too many brackets"),
        (b"menu: small\nstart: \x07", "line 2: M01 there is an invisible control character"),
        (b"\x00\x01\x02", "invisible control character"),
        (b"- a\n- b", "the top of the file is wanted"),
        (b"menu: {a: b", "line 1: M01 cannot be read"),
    ],
)
def test_a_file_that_is_no_menu_is_refused_in_words(offline: Flask, folder: Path, content: bytes, words: str) -> None:
    (folder / "menu.yaml").write_bytes(content)

    result = run(offline, "check", "menu.yaml")

    assert (result.exit_code, words in result.output) == (1, True), result.output


def test_a_file_that_is_not_there_or_a_folder_is_refused_in_words(offline: Flask, folder: Path) -> None:
    for name, words in (("none.yaml", "there is no such file"), (".", "this is a folder, not a file")):
        result = run(offline, "check", name)
        assert (result.exit_code, result.output) == (1, f"Error: {name}: {words}.\n")


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(offline: Flask, folder: Path) -> None:
    plain = run(offline, "check", put(folder, SMALL))
    (folder / "menu.yaml").write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())

    result = run(offline, "check", "menu.yaml")

    assert (result.exit_code, result.output) == (0, plain.output)


def test_what_does_not_check_changes_nothing(app: Flask, folder: Path, redis: Redis) -> None:
    before = in_force(app)

    result = publish(app, folder, SMALL.replace("go: about", "go: nowhere"), "--accept")

    assert result.exit_code == 1
    assert "menu.yaml, line 23, screen home: M02" in result.output
    assert "2 faults; nothing was published." in result.output
    assert (in_force(app), redis.get(CURRENT)) == (before, None)


def test_a_number_that_changes_its_meaning_needs_consent(small: Flask, folder: Path) -> None:
    refused = publish(small, folder, SWAPPED)

    assert refused.exit_code == 1
    assert '  line 28, screen colour: M16 1 meant "Red", now means "Green"' in refused.output
    assert "publish with --accept" in refused.output
    assert in_force(small) == SMALL

    accepted = publish(small, folder, SWAPPED, "--accept")

    assert accepted.exit_code == 0
    assert 'M16 1 meant "Red", now means "Green"' in accepted.output
    assert in_force(small) == SWAPPED


def test_what_changes_for_residents_is_said_and_stored_with_its_author(small: Flask, folder: Path) -> None:
    result = publish(small, folder, REWORDED)

    assert result.exit_code == 0
    assert '  home: it says (en) "The colour line", not "The paint line".\n' in result.output
    assert f"Published as number 3, version {sha_of(REWORDED)[:12]}." in result.output
    with small.extensions["hatua"].db.reading() as session:
        newest, before, shipped = publishing.publications(session)
    assert (newest.author, newest.source, newest.name) == ("Wanjiku", REWORDED, "small")
    assert (before.source, shipped.author) == (SMALL, "shipped")


def test_an_older_file_published_again_is_in_force_again_and_the_log_keeps_both(small: Flask, folder: Path) -> None:
    publish(small, folder, REWORDED)

    assert publish(small, folder, SMALL).exit_code == 0

    assert in_force(small) == SMALL
    listed = run(small, "list").output.splitlines()
    assert [line.split()[0] for line in listed] == ["4", "3", "2", "1"]
    assert listed[0].endswith("by Wanjiku  in force")
    assert [sha_of(SMALL)[:12] in line for line in listed] == [True, False, True, False]


def test_what_is_in_force_already_is_not_published_twice(small: Flask, folder: Path) -> None:
    windows = folder / "windows.yaml"
    windows.write_bytes(SMALL.replace("\n", "\r\n").encode())

    result = run(small, "publish", windows)

    assert result.exit_code == 0
    assert "which is in force already" in result.output
    assert len(run(small, "list").output.splitlines()) == 2


def test_of_two_publications_at_once_one_is_told_to_look_again(small: Flask) -> None:
    database: Database = small.extensions["hatua"].db
    proposals = [publishing.propose(database, source) for source in (REWORDED, SWAPPED, REWORDED, SWAPPED)]
    outcomes: list[object] = []
    together = threading.Barrier(len(proposals))

    def press(proposal: publishing.Proposal) -> None:
        together.wait()
        try:
            outcomes.append(publishing.publish(database, proposal, author="Wanjiku"))
        except publishing.Overtaken as overtaken:
            outcomes.append(type(overtaken))

    threads = [threading.Thread(target=press, args=[proposal]) for proposal in proposals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=str) == [3, *[publishing.Overtaken] * 3]
    with database.reading() as session:
        assert [one.number for one in publishing.publications(session)] == [3, 2, 1]


def test_a_database_that_is_away_is_said_in_words(offline: Flask, folder: Path) -> None:
    for command in (["publish", put(folder, SMALL)], ["list"], ["diff", put(folder, SMALL)], ["source", "abcdef"]):
        result = run(offline, *command)
        assert result.exit_code == 1
        assert "The database cannot be used: " in result.output


@on_sqlite
def test_without_redis_it_is_stored_and_in_force_for_callers_at_once(
    settings: Settings, folder: Path, tmp_path: Path, carrier: Carrier
) -> None:
    app = create_app(replace(settings, redis_url=f"unix://{tmp_path}/none.sock"))

    result = publish(app, folder, SMALL, "--accept")

    assert result.exit_code == 0
    assert f"Redis cannot be reached: it is in force within {BELIEVED_SECONDS} seconds" in result.output
    answer = app.test_client().post(
        f"/at/{settings.callback_tokens[0]}/ussd",
        data={"sessionId": "ATUid_1", "phoneNumber": "+254700000001", "serviceCode": "*384*1972#", "text": ""},
    )
    assert "The paint line" in answer.text
    app.extensions["hatua"].db.dispose()


@on_sqlite
def test_who_publishes_is_known_without_being_asked(app: Flask, folder: Path) -> None:
    assert run(app, "publish", put(folder, SMALL), "--accept").exit_code == 0

    with app.extensions["hatua"].db.reading() as session:
        assert publishing.publications(session)[0].author not in ("", "shipped")


@on_sqlite
def test_diff_compares_with_what_is_in_force_a_version_or_a_file(small: Flask, folder: Path) -> None:
    put(folder, SWAPPED)
    wanted = 'colour: M16 1 meant "Red", now means "Green"'

    for against in ([], ["--against", sha_of(SMALL)[:12]], ["--against", put(folder, SMALL, "old.yaml")]):
        result = run(small, "diff", "menu.yaml", *against)
        assert result.exit_code == 0
        assert wanted in result.output
        assert 'colour: 1: reads (sw) "Kijani", not "Nyekundu".' in result.output
    assert run(small, "diff", "old.yaml").output == "Residents would notice no difference.\n"


@on_sqlite
def test_diff_says_what_it_cannot_compare_with(small: Flask, folder: Path) -> None:
    put(folder, SMALL)
    put(folder, "menu: x", "bad.yaml")

    for against, words in (
        ("abc123", "no version begins with abc123; see `flask menus list`."),
        ("", "no version begins with"),
        ("none.yaml", "none.yaml: there is no such file."),
        ("bad.yaml", "bad.yaml cannot be read; correct this first"),
    ):
        result = run(small, "diff", "menu.yaml", "--against", against)
        assert (result.exit_code, words in result.output) == (1, True), result.output


@on_sqlite
def test_an_older_version_can_be_printed_and_published_again(small: Flask, folder: Path) -> None:
    publish(small, folder, REWORDED)

    assert run(small, "source", sha_of(SMALL)[:8]).output == SMALL
