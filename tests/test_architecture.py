"""The shape of the code, held by tests: who may know whom, and what no module may do on its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).parents[1]
PACKAGES = ("menus", "sessions", "gateway")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

#: Lower layers of the gateway may not import higher ones.
LAYERS = (
    ("models", "db", "config", "clock", "phones", "demo_keys", "wakeups", "services"),
    ("people", "places", "categories", "holidays", "sms"),
    ("complaints",),
    ("commands", "ussd"),
    ("web", "simulator", "desk", "cli", "jobs", "processes", "sweeps", "app"),
)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_dependencies_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    forbidden = PACKAGES[PACKAGES.index(package) + 1 :]
    outside = {
        "menus": ("flask", "sqlalchemy", "redis", "rq"),
        "sessions": ("flask", "sqlalchemy", "rq"),
        "gateway": (),
    }

    roots = {name.split(".")[0] for name in imports(path)}

    assert not roots & {*forbidden, *outside[package], "tests"}


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[-2] != "gateway" or p.stem != "__init__"], ids=name_of)
def test_no_layer_of_the_gateway_knows_a_higher_one(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    level = next((n for n, layer in enumerate(LAYERS) if parts[0] == "gateway" and parts[1] in layer), None)
    if level is None:
        return
    higher = {f"gateway.{name}" for layer in LAYERS[level + 1 :] for name in layer}

    assert not {".".join(name.split(".")[:2]) for name in imports(path)} & higher


def test_only_the_settings_read_the_environment() -> None:
    readers = {name_of(path) for path in MODULES if re.search(r"\bos\.(environ|getenv)\b", path.read_text())}

    # Entry points hand the environment to Settings, or to the processes that they start.
    entry_points = {"gateway/app.py", "gateway/services.py", "gateway/migrations/env.py"}
    assert {name for name in readers if "processes" not in name} <= entry_points


def test_a_complaints_state_changes_only_by_compare_and_set() -> None:
    writers = {
        name_of(path)
        for path in MODULES
        if re.search(r"\b(complaint|message)\.(state|outcome)\s*=[^=]", path.read_text())
    }

    assert writers == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_guarantees(path: Path) -> None:
    tree = ast.parse(path.read_text())

    assert not tree.body or ast.get_docstring(tree)


def doors(app: Flask) -> list[str]:
    """Every rule that takes a POST."""
    return [rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]


def test_no_secretless_address_changes_anything(app: Flask) -> None:
    """Every rule that takes a POST has the callback secret in it, or is of the desk."""
    assert [rule for rule in doors(app) if "<token>" not in rule and not rule.startswith("/desk/")] == []


def test_no_form_of_the_desk_is_taken_from_another_site(app: Flask) -> None:
    rules = [rule for rule in doors(app) if rule.startswith("/desk/")]
    client = app.test_client()

    answers = {rule: client.post(re.sub("<.+?>", "4821759", rule), data={"person": "1"}).status_code for rule in rules}

    assert answers == dict.fromkeys(rules, 400)
    assert len(rules) >= 6


def test_no_committed_file_names_a_machine_path() -> None:
    pattern = re.compile(r"/(root|home/\w+)/")
    found = [
        name_of(path)
        for path in (*MODULES, ROOT / "README.md", ROOT / "Makefile", ROOT / "Procfile")
        if pattern.search(path.read_text())
    ]

    assert found == []
