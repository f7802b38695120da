"""`flask menus show, graph, words`: nothing but files is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from sessions.versions import sha_of
from tests.gateway.cli.official import put, run
from tests.menus.trees import SMALL

CURRENT = "ussd:menu:current"

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def test_show_draws_every_screen_and_writes_a_page_to_sign(offline: Flask, folder: Path) -> None:
    put(folder, SMALL)

    drawn = run(offline, "show", "menu.yaml")
    one = run(offline, "show", "menu.yaml", "--screen", "colour", "--language", "sw")
    page = run(offline, "show", "menu.yaml", "--html", "page.html")

    assert "| Choose" not in one.output
    assert "| 2. Samawati " in one.output
    assert all(heading in drawn.output for heading in ("home (line", "about (line", "the engine's own words"))
    assert page.output == f"Written to page.html: Menu small, version {sha_of(SMALL)[:12]}.\n"
    assert "2. Samawati" in (folder / "page.html").read_text(encoding="utf-8")


def test_show_and_graph_say_what_they_cannot_do(offline: Flask, folder: Path) -> None:
    put(folder, SMALL)
    put(folder, SMALL.replace("Which colour", "Which colour\U0001f3a8"), "emoji.yaml")

    for words, because in (
        (["show", "menu.yaml", "--screen", "house"], "The menu has no screen house; it has home, colour"),
        (["show", "menu.yaml", "--language", "fr"], "The menu has no language fr; it has en, sw."),
        (["graph", "menu.yaml", "--language", "fr"], "The menu has no language fr"),
        (["show", "emoji.yaml"], "emoji.yaml cannot be drawn; correct this first"),
        (["show", "menu.yaml", "--html", "none/page.html"], "none/page.html: it cannot be written"),
    ):
        result = run(offline, *words)
        assert (result.exit_code, because in result.output) == (1, True), result.output


def test_the_shipped_menu_can_be_shown_drawn_and_translated(offline: Flask) -> None:
    for words in (["show"], ["graph"], ["words", "out"]):
        result = run(offline, *words)
        assert result.exit_code == 0
        assert len(result.output) > 1000


def test_words_go_out_and_come_back_into_the_file_as_it_was_laid_out(offline: Flask, folder: Path) -> None:
    menu = folder / "menu.yaml"
    menu.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    menu.chmod(0o640)
    assert run(offline, "words", "out", "menu.yaml", "--to", "words.csv").exit_code == 0
    table = (folder / "words.csv").read_bytes()
    assert table.startswith(b"\xef\xbb\xbfscreen,place,line,all,en,sw,")
    assert table.decode("utf-8-sig").replace("\r\n", "\n") == run(offline, "words", "out", "menu.yaml").output
    (folder / "words.csv").write_bytes(table.replace(b"Samawati", b"Bluu"))

    result = run(offline, "words", "in", "words.csv", "menu.yaml")

    assert result.exit_code == 0
    assert 'colour, option 2 (sw): "Bluu", not "Samawati".' in result.output
    assert "1 text changed in menu.yaml." in result.output
    changed = SMALL.replace("Samawati", "Bluu")
    assert menu.read_bytes() == b"\xef\xbb\xbf" + changed.replace("\n", "\r\n").encode()
    assert menu.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in folder.iterdir()) == ["menu.yaml", "words.csv"]
    assert "has these words already" in run(offline, "words", "in", "words.csv", "menu.yaml").output


def test_words_that_do_not_fit_leave_the_file_alone(offline: Flask, folder: Path) -> None:
    menu = put(folder, SMALL)
    (folder / "words.csv").write_text("screen,place,en\nabout,say,x\nchosen,end,No blank\n", encoding="utf-8")

    result = run(offline, "words", "in", "words.csv", "menu.yaml")

    assert result.exit_code == 1
    assert "words.csv: line 2: about, say is no text of the file" in result.output
    assert "menu.yaml was not changed." in result.output
    assert menu.read_text(encoding="utf-8") == SMALL


def test_words_of_a_menu_that_does_not_check_do_not_go_out(offline: Flask, folder: Path) -> None:
    put(folder, SMALL.replace(', sw: "Samawati"', ""))
    put(folder, "menu: x", "bad.yaml")
    (folder / "words.csv").write_text("screen,place,en\n", encoding="utf-8")

    out = run(offline, "words", "out", "menu.yaml")
    into = run(offline, "words", "in", "words.csv", "bad.yaml")

    assert (out.exit_code, into.exit_code) == (1, 1)
    assert "menu.yaml has to check before it is translated" in out.output
    assert "bad.yaml cannot be read" in into.output
