"""A supervisor sees which cooperative is worst, why, by what rule, and what would cure it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE: ViewportSize = {"width": 390, "height": 844}


def open_worst(page: Page, demonstration: Any) -> None:
    """Sign in as supervisor and open the cooperative that stands first."""
    page.goto(demonstration.address)
    page.get_by_label("用户名").fill("supervisor")
    page.get_by_label("密码").fill(demonstration.password("supervisor"))
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("合作社")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="发现的问题")).to_be_visible()


def open_line(line: Locator) -> Locator:
    """Unfold a line and return its arithmetic."""
    line.locator("summary").first.click()
    working = line.locator(".working")
    expect(working).to_be_visible()
    return working


def test_a_breach_opens_to_its_arithmetic_its_clause_and_its_cure(
    page: Page, demonstration: Any
) -> None:
    open_worst(page, demonstration)
    breach = page.locator("article.state-breach").first
    expect(breach.locator(".working")).to_be_hidden()
    working = open_line(breach)
    expect(working.get_by_text("指导意见").first).to_be_visible()
    expect(working.locator(".limit-name.level-breach").first).to_be_visible()
    expect(working.locator(".origin time").first).to_be_visible()
    expect(working.get_by_text("纠正办法")).to_be_visible()


def test_the_postings_of_a_cure_unfold(page: Page, demonstration: Any) -> None:
    open_worst(page, demonstration)
    cured = page.locator("article.verdict").filter(has=page.locator(".postings")).first
    working = open_line(cured)
    postings = working.locator(".postings").first
    postings.locator("summary").click()
    said = postings.locator("dl div")
    expect(said.first).to_be_visible()
    assert all(re.search(r"\S+\s+\S+", text) for text in said.all_inner_texts())


def test_a_finding_leads_to_its_line(page: Page, demonstration: Any) -> None:
    open_worst(page, demonstration)
    link = page.locator(".finding-list a").first
    rule = (link.get_attribute("href") or "").removeprefix("#")
    link.click()
    expect(page.locator(f"article#{rule}")).to_be_in_viewport()


def test_every_line_unfolds_on_a_phone_and_nothing_is_cut_off_or_faint(
    page: Page, demonstration: Any, faint: Callable[[], list[Any]]
) -> None:
    page.set_viewport_size(PHONE)
    open_worst(page, demonstration)
    for summary in page.locator(".folded > summary").all():
        summary.click()
    for summary in page.locator("article.verdict > details > summary").all():
        summary.click()
    expect(page.locator(".working").last).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert faint() == []
