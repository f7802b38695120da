"""An official who edits menus: types commands in a folder of their own."""

from __future__ import annotations

from pathlib import Path

from click.testing import Result
from flask import Flask

from gateway.ussd import publishing
from tests.menus.trees import SMALL

SWAPPED = SMALL.replace("save: red", "save: green").replace('"Red", sw: "Nyekundu"', '"Green", sw: "Kijani"')
REWORDED = SMALL.replace("The paint line", "The colour line").replace("You chose", "Yours is")


def run(app: Flask, *words: str | Path) -> Result:
    result = app.test_cli_runner().invoke(args=["menus", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


def put(folder: Path, source: str, name: str = "menu.yaml") -> Path:
    path = folder / name
    path.write_text(source, encoding="utf-8")
    return path


def publish(app: Flask, folder: Path, source: str, *options: str) -> Result:
    return run(app, "publish", put(folder, source), *options, "--author", "Wanjiku")


def in_force(app: Flask) -> str:
    with app.extensions["hatua"].db.reading() as session:
        newest = publishing.in_force(session)
    assert newest is not None
    return newest.source
