"""The page: two phones that obey a strict policy, and nothing at all outside a rehearsal."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.config import Settings
from gateway.simulator.views import FILES, OFFICER, RESIDENT, simulator
from menus import gsm7

MODULES = sorted(path.name for path in FILES.folder.glob("*.js"))
DOORS = [
    ("GET", "/simulator"),
    ("GET", "/simulator/"),
    ("GET", "/simulator/static/any/app.js"),
    ("POST", "/simulator/inbox"),
    ("POST", "/simulator/lose-redis"),
    ("POST", "/simulator/carrier/version1/messaging"),
]


class Tags(HTMLParser):
    """Every tag with its attributes, and the text inside scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.inline += data.strip()


@pytest.fixture
def html(client: FlaskClient) -> str:
    return client.get("/simulator").text


def addresses(html: str) -> list[str]:
    """What it loads; not what it leads to."""
    found = [given.get("src") or given.get("href") for tag, given in Tags(html).seen if tag != "a"]
    return [address for address in found if address]


def test_the_page_holds_a_phone_for_a_resident_and_one_for_an_officer(html: str, settings: Settings) -> None:
    numbers = [given["value"] for tag, given in Tags(html).seen if tag == "input" and given.get("type") == "tel"]

    assert numbers == [RESIDENT, OFFICER]
    assert settings.ussd_code in html
    assert settings.callback_tokens[0] in html


def test_the_page_is_found_with_and_without_a_last_stroke(client: FlaskClient) -> None:
    assert client.get("/simulator").status_code == 200
    assert client.get("/simulator/").status_code == 200


def test_the_policy_allows_nothing_but_files_of_the_gateway(client: FlaskClient, html: str) -> None:
    policy = client.get("/simulator").headers["Content-Security-Policy"]
    tags = Tags(html)

    assert "default-src 'none'" in policy
    assert not re.search(r"unsafe|\*|https?:|data:", policy)
    assert tags.inline == ""
    assert not [name for _tag, given in tags.seen for name in given if name == "style" or name.startswith("on")]


def test_everything_that_the_page_names_is_there_and_may_be_kept(client: FlaskClient, html: str) -> None:
    for address in addresses(html):
        with client.get(address) as response:
            assert response.status_code == 200, address
            assert response.cache_control.max_age == 365 * 24 * 3600, address


def test_what_it_leads_to_is_there(client: FlaskClient, html: str) -> None:
    links = [given["href"] or "" for tag, given in Tags(html).seen if tag == "a"]

    assert links == ["/desk/"]
    assert client.get(links[0], follow_redirects=True).status_code == 200


@pytest.mark.parametrize("module", MODULES)
def test_every_module_imports_only_modules_that_are_there(module: str) -> None:
    imported = re.findall(r'from "\./(.+?)"', (FILES.folder / module).read_text())

    assert set(imported) <= set(MODULES)


@pytest.mark.parametrize("table", ["BASIC", "EXTENSION"])
def test_the_page_counts_with_the_alphabet_of_the_menus(table: str) -> None:
    source = (FILES.folder / "gsm7.js").read_text(encoding="utf-8")
    (given,) = re.findall(rf"^const {table} = new Set\((.+?)\);$", source, re.MULTILINE | re.DOTALL)
    letters = ast.literal_eval(re.sub(r'"\s*\+\s*"', "", given).strip())

    assert sorted(letters) == sorted(getattr(gsm7, table))


def test_a_file_asked_for_under_another_version_is_not_kept(client: FlaskClient) -> None:
    with client.get("/simulator/static/before/app.js") as response:
        assert response.status_code == 200
        assert response.cache_control.max_age == 0


def test_nothing_outside_the_folder_of_the_page_is_served(client: FlaskClient) -> None:
    assert client.get("/simulator/static/any/../views.py").status_code == 404
    assert client.get("/simulator/static/any/%2e%2e/views.py").status_code == 404


class TestWithRealCarrier:
    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return {**environment, "CARRIER": "africastalking", "AT_API_URL": "http://127.0.0.1:9"}

    @pytest.mark.parametrize(("method", "path"), DOORS)
    def test_no_door_of_the_simulator_opens(self, client: FlaskClient, method: str, path: str) -> None:
        assert client.open(path, method=method).status_code == 404

    @pytest.mark.parametrize(("method", "path"), DOORS)
    def test_no_door_opens_even_if_the_simulator_is_registered(self, app: Flask, method: str, path: str) -> None:
        app.register_blueprint(simulator)

        assert app.test_client().open(path, method=method).status_code == 404
