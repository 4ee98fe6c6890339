"""Somebody signs in at his own organisation's provider, across sites, in a real browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect

from service.settings import Settings
from service.store.store import Store
from service.trust.clients import Clients
from service.trust.identity import Identity
from service.trust.openid import CALLBACK, Subject
from service.trust.roles import Role
from service.use_cases.access import Access
from service.wiring import now
from tests.browser.conftest import CONTRAST
from tests.service import openid_provider
from tests.service.doors.pages.test_openid_sign_in import a_free_port, until_listening
from tests.service.doors.served import COMMAND, environment
from tests.service.openid_provider import CLIENT, HOST, PEOPLE, SECRET

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
LEAST_TARGET = 24
"""Pixels (WCAG 2.2, 2.5.8)."""

NO_200 = "Failed to load resource"
Shown = tuple[Page, str]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service whose people may sign in at a provider of another site."""
    home = tmp_path_factory.mktemp("home")
    port, there = a_free_port(), a_free_port()
    address, issuer = f"http://localhost:{port}", f"http://{HOST}:{there}"
    settings = Settings(home=home, database_url="")
    _people(settings, issuer)
    oidc = {
        "LIANGSHAN_OIDC_ISSUER": issuer,
        "LIANGSHAN_OIDC_CLIENT_ID": CLIENT,
        "LIANGSHAN_OIDC_CLIENT_SECRET": SECRET,
        "LIANGSHAN_OIDC_REDIRECT_URI": address + CALLBACK,
    }
    provider = [sys.executable, str(openid_provider.__file__), str(there), address + CALLBACK]
    serve = [*COMMAND, "serve", "--port", str(port)]
    with (home / "log").open("wb") as log:
        running = [
            subprocess.Popen(command, env=environment(settings) | oidc, stdout=log, stderr=log)
            for command in (provider, serve)
        ]
        try:
            for process, listens_at in zip(running, (there, port), strict=True):
                until_listening(process, listens_at, home / "log")
            yield address
        finally:
            for process in running:
                process.terminate()
                process.wait(30)


def _people(settings: Settings, issuer: str) -> None:
    store = Store.open(settings)
    access = Access(store, Identity(store.engine), Clients(store.engine, now), now)
    administrator = access.administrator("home", "cli")
    access.add_person("王芳", Role.SUPERVISOR, administrator)
    access.link("王芳", Subject(issuer, "wangfang"), administrator)
    store.close()


@pytest.fixture
def shown(chromium: Browser, ours: str) -> Iterator[Shown]:
    """The sign-in page in a fresh browser; what our own pages complain of fails the test."""
    context = chromium.new_context(locale="zh-CN")
    context.set_default_timeout(20_000)
    page = context.new_page()
    faults: list[str] = []

    def remember(message: ConsoleMessage) -> None:
        is_ours = message.location["url"].startswith(ours)
        if is_ours and message.type in ("error", "warning") and NO_200 not in message.text:
            faults.append(message.text)

    page.on("console", remember)
    page.goto(f"{ours}/login")
    yield page, ours
    context.close()
    assert faults == []


def leave_and_sign_in(page: Page, name: str) -> None:
    page.get_by_role("link", name="单位账号").click()
    page.wait_for_url(f"http://{HOST}:*/**")
    page.locator("[name=login]").fill(name)
    page.locator("[name=login]").press("Enter")
    page.locator("[name=password]").fill(PEOPLE[name])
    page.locator("[name=password]").press("Enter")


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_way_to_the_provider_stands_out_and_fits(shown: Shown, size: ViewportSize) -> None:
    page, _ = shown
    page.set_viewport_size(size)
    way = page.get_by_role("link", name="单位账号")
    expect(way).to_be_visible()
    box, form = way.bounding_box(), page.locator("form.card").bounding_box()
    assert box
    assert form
    assert form["x"] < box["x"]
    assert box["x"] + box["width"] < form["x"] + form["width"]
    assert box["height"] >= LEAST_TARGET
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.evaluate(CONTRAST) == []


def test_who_is_linked_comes_in_across_sites_and_stays_in(shown: Shown) -> None:
    page, ours = shown
    leave_and_sign_in(page, "wangfang")
    page.wait_for_url(f"{ours}/cooperatives")
    expect(page.get_by_role("link", name="王芳")).to_be_visible()
    page.goto(f"{ours}/login")
    expect(page).to_have_url(f"{ours}/cooperatives")


def test_who_is_not_linked_is_told_what_to_ask_for(shown: Shown) -> None:
    page, _ = shown
    leave_and_sign_in(page, "lisi")
    expect(page.get_by_role("alert")).to_contain_text("尚未关联")
    expect(page.get_by_role("alert")).to_contain_text("lisi")
