"""One demonstration for all browser tests, started as a person starts it, and a real Chromium."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from service import demo
from tests.homes import with_plans

CHROMIUM = Path("/usr/bin/chromium")
HOUSEHOLDS = "600"
Json = dict[str, Any]

LISTEN = """
import sys
OUTSIDE = []
def watch(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple) and args[1][0] not in LOCAL:
        OUTSIDE.append(args[1])
    elif event == "socket.getaddrinfo" and args[0] not in LOCAL:
        OUTSIDE.append(args[:2])
LOCAL = ("127.0.0.1", "::1", "localhost", None, "")
sys.addaudithook(watch)
import atexit
atexit.register(lambda: sys.stderr.write(f"outside: {OUTSIDE}\\n"))
from service.doors.cli import main
main()
"""


CONTRAST = """() => {
  const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) =>
    0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const colour = text => text.match(/[\\d.]+/g).map(Number);
  const ground = node => {
    for (; node; node = node.parentElement) {
      const found = colour(getComputedStyle(node).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility() || node.closest("svg")) continue;
    const pair = [luminance(colour(getComputedStyle(node).color)), luminance(ground(node))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < 4.5) faint.push([node.className, node.textContent.trim().slice(0, 20), ratio]);
  }
  return faint;
}"""


class Demonstration:
    """`liangshan demo` in a process of its own, every address it reaches for written down."""

    def __init__(self, home: Path, households: str = HOUSEHOLDS) -> None:
        command = [sys.executable, "-c", LISTEN, "demo", "--json", "--port", "0"]
        self.log = home / "stderr.txt"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "--households", households],
                env=os.environ | {"LIANGSHAN_HOME": str(home), "OMP_NUM_THREADS": "1"},
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, self.log.read_text()
        self.said: Json = orjson.loads(line)

    @property
    def address(self) -> str:
        return str(self.said["address"])

    def password(self, name: str) -> str:
        return next(str(user["password"]) for user in self.said["users"] if user["name"] == name)

    def stop(self) -> str:
        """End it as Ctrl-C does and return what it wrote to stderr."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)
        return self.log.read_text()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """A demonstration that serves."""
    running = Demonstration(with_plans(tmp_path_factory.mktemp("demo")))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def trained_demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """A demonstration of the size that `make demo` has, with defaults enough to train on."""
    running = Demonstration(with_plans(tmp_path_factory.mktemp("trained")), str(demo.HOUSEHOLDS))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.skip("no browser: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh browser that fails the test on any console error, such as one of the CSP."""
    context = chromium.new_context(locale="zh-CN")
    context.set_default_timeout(10_000)
    opened = context.new_page()
    faults: list[str] = []

    def remember(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            faults.append(message.text)

    opened.on("console", remember)
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    yield opened
    context.close()
    assert faults == []


@pytest.fixture
def faint(page: Page) -> Callable[[], list[Any]]:
    """Returns the texts of the page whose contrast to their ground is below 4.5."""

    def found() -> list[Any]:
        texts: list[Any] = page.evaluate(CONTRAST)
        return texts

    return found
