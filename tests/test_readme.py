"""What the README says is there, and what is there is in the README."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from gateway import config
from gateway.commands.keywords import KEYWORDS, taught

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIG = Path(config.__file__).read_text(encoding="utf-8")


def test_every_setting_is_in_the_readme() -> None:
    read = set(re.findall(r'"([A-Z][A-Z0-9]+_[A-Z_]+|PORT|CARRIER|TIMEZONE)"', CONFIG))
    told = set(re.findall(r"`([A-Z][A-Z0-9_]{3,})`", README[README.index("## Settings") :]))

    assert read - told == set()


def test_every_command_is_in_the_readme(app: Flask) -> None:
    ours = {
        f"{name} {sub}"
        for name, group in app.cli.commands.items()
        for sub in getattr(group, "commands", {})
        if name not in ("routes", "run", "shell")
    }

    told = README[README.index("## Commands") :]
    assert [command for command in sorted(ours) if f"`{command}" not in told] == []


@pytest.mark.parametrize("verb", sorted({keyword.verb for keyword in KEYWORDS.values()}))
def test_the_word_that_we_teach_for_each_verb_is_in_the_readme(verb: str) -> None:
    table = README[README.index("## Words by SMS") : README.index("## How it is built")]

    assert taught(verb, "en") in table
    assert taught(verb, "sw") in table


def test_the_picture_is_there() -> None:
    for picture in re.findall(r"!\[[^]]+\]\(([^)]+)\)", README):
        assert (ROOT / picture).stat().st_size > 10_000


def test_the_files_it_names_are_there() -> None:
    for name in re.findall(r"`((?:gateway|menus|sessions|tests)/[\w./]+)`", README):
        assert (ROOT / name).exists(), name
