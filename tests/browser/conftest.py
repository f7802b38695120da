"""A real browser in front of the real processes. Without Chromium these tests are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect, sync_playwright

from gateway.processes import prepare
from gateway.services import Services
from gateway.ussd import publishing
from sessions.store import connect
from sessions.versions import Versions
from tests.browser.drawer import Drawer
from tests.browser.handset import Handset
from tests.standin.processes import Processes, free_port

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Other tests share this machine: what is waited for comes, and may come late.
expect.set_options(timeout=30_000)

LARGE = {"viewport": {"width": 1280, "height": 900}}
SMALL = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def backend() -> str:
    """Both databases are told apart elsewhere; here it is the page."""
    return "sqlite"


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "CARRIER": "simulator", "AT_API_URL": "", "PORT": str(free_port()), "SWEEP_SECONDS": "1"}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here; the page is tested where it is installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def gateway(environment: dict[str, str], services: Services, tmp_path: Path, browser: Browser) -> Iterator[Processes]:
    """The web process, with the demo's people and menu; whoever needs SMS starts the others."""
    prepare.load_demo_roster(services)
    versions = Versions(connect(services.settings.redis_url), publishing.SqlArchive(services.db))
    publishing.publish_shipped(services.db, versions)
    with Processes(environment, tmp_path) as processes:
        processes.start("web")
        processes.wait_until_ready()
        yield processes


@pytest.fixture(params=[LARGE], ids=["large"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(**request.param)
    yield context
    context.close()


@pytest.fixture
def complaints_of_browser() -> list[str]:
    """What the browser complained about: errors, refusals by the policy, files that are missing."""
    return []


@pytest.fixture
def page(context: BrowserContext, gateway: Processes, complaints_of_browser: list[str]) -> Page:
    def on_error(error: Error) -> None:
        complaints_of_browser.append(str(error))

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints_of_browser.append(message.text)

    page = context.new_page()
    page.on("pageerror", on_error)
    page.on("console", on_console)
    page.goto(f"{gateway.url}/simulator")
    return page


@pytest.fixture
def resident(page: Page) -> Handset:
    return Handset(page, "resident")


@pytest.fixture
def officer(page: Page) -> Handset:
    return Handset(page, "officer")


@pytest.fixture
def drawer(page: Page) -> Drawer:
    drawer = Drawer(page)
    drawer.open()
    return drawer
