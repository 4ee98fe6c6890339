"""A loan officer finds a borrower of the demo and sees a decision she can explain."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from playwright.sync_api import Page, ViewportSize, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE: ViewportSize = {"width": 390, "height": 844}


def sign_in(page: Page, demonstration: Any, name: str, password: str | None = None) -> None:
    page.goto(demonstration.address)
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(password or demonstration.password(name))
    page.get_by_role("button", name="登录").click()


def open_decided(page: Page, demonstration: Any, product: str) -> None:
    """Open an assessed application of a product."""
    sign_in(page, demonstration, "officer")
    row = page.get_by_role("row").filter(has=page.locator(".chip")).filter(has_text=product)
    row.first.get_by_role("link").click()


def test_the_officer_finds_a_borrower_and_assesses_him(page: Page, demonstration: Any) -> None:
    sign_in(page, demonstration, "officer")
    expect(page.get_by_role("heading", level=1)).to_contain_text("申请")
    row = page.get_by_role("row").filter(has_text="未评估").filter(has_text="两山信用贷").first
    number = row.get_by_role("rowheader").inner_text()
    page.get_by_label("查找借款人").fill(number)
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name=number).click()
    page.get_by_role("button", name="评估").click()
    expect(page.locator(".outcome")).to_be_visible()
    expect(page.get_by_text("决定号")).to_be_visible()


@pytest.mark.parametrize("product", ["两山信用贷", "生态资源储蓄贷"])
def test_the_drawn_waterfall_sums_to_the_points_in_pixels_too(
    page: Page, demonstration: Any, product: str
) -> None:
    open_decided(page, demonstration, product)
    drawing = page.get_by_role("img", name="评分怎样得来")
    base, total = (int(drawing.get_attribute(f"data-{end}") or "") for end in ("base", "total"))
    bars = drawing.locator("rect.bar").all()
    points = [int(bar.get_attribute("data-points") or "") for bar in bars]
    assert base + sum(points) == total
    assert page.locator(".headline .big").first.inner_text() == str(total)

    widths = [box["width"] for bar in bars if (box := bar.bounding_box())]
    marks = [box for mark in drawing.locator("circle").all() if (box := mark.bounding_box())]
    drawn = sum(width if gain > 0 else -width for width, gain in zip(widths, points, strict=True))
    assert drawn == pytest.approx(marks[1]["x"] - marks[0]["x"], abs=0.5)
    scale = max(widths) / max(map(abs, points))
    assert widths == pytest.approx([abs(gain) * scale for gain in points], abs=0.5)


def test_the_numbers_of_the_drawing_stand_in_a_table(page: Page, demonstration: Any) -> None:
    open_decided(page, demonstration, "两山信用贷")
    page.locator(".table-of-points > summary").click()
    figures = page.locator(".table-of-points td:last-child").all_inner_texts()
    base, *parts, total = (int(text.replace("\N{MINUS SIGN}", "-")) for text in figures)
    assert base + sum(parts) == total


def test_a_deposit_shows_the_cooperatives_lines_with_their_arithmetic(
    page: Page, demonstration: Any
) -> None:
    open_decided(page, demonstration, "生态资源储蓄贷")
    first = page.locator("article.verdict").filter(has_text="RL-01").first
    folded = page.locator(".folded").filter(has=first)
    if folded.count():
        folded.locator("summary").first.click()
    first.locator("summary").first.click()
    expect(first.get_by_text("调整后负债").first).to_be_visible()
    expect(first).to_contain_text("÷")
    expect(first).to_contain_text("余量")
    first.get_by_role("link", name="合作社").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("合作社")


def test_reasons_stand_in_chinese_with_what_was_seen(page: Page, demonstration: Any) -> None:
    sign_in(page, demonstration, "officer")
    decided = page.get_by_role("row").filter(has=page.locator(".chip")).get_by_role("link")
    addresses = [link.get_attribute("href") for link in decided.all()]
    counts = []
    for address in addresses:
        page.goto(f"{demonstration.address}{address}")
        expect(page.get_by_text(re.compile("专家评分卡|统计模型"))).to_be_visible()
        reasons = page.locator(".reasons li").all()
        counts.append(len(reasons))
        for reason in reasons:
            assert re.search(r"[\u4e00-\u9fff]+.*RC-\d{3}", reason.inner_text().split("\n")[0])
    assert 1 <= max(counts) <= 4


def test_a_wrong_password_is_told(page: Page, demonstration: Any) -> None:
    sign_in(page, demonstration, "officer", "not-the-password")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")


@pytest.mark.parametrize("role", ["committee", "supervisor", "accountant"])
def test_another_role_begins_at_the_cooperatives(
    page: Page, demonstration: Any, role: str
) -> None:
    sign_in(page, demonstration, role)
    expect(page.get_by_role("heading", level=1)).to_contain_text("合作社")
    expect(page.get_by_role("link", name="申请")).to_have_count(0)
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def test_nothing_is_cut_off_on_a_phone(page: Page, demonstration: Any) -> None:
    page.set_viewport_size(PHONE)
    for product in ("两山信用贷", "生态资源储蓄贷"):
        page.context.clear_cookies()
        open_decided(page, demonstration, product)
        for summary in page.locator("summary").all():
            summary.click()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"]


def test_text_stands_out_from_its_ground(
    page: Page, demonstration: Any, faint: Callable[[], list[Any]]
) -> None:
    open_decided(page, demonstration, "生态资源储蓄贷")
    assert faint() == []


def test_the_printed_curl_line_works(demonstration: Any) -> None:
    line = demonstration.said["curl"]
    answered = subprocess.run(line, shell=True, capture_output=True, check=True, timeout=60)
    decision = orjson.loads(answered.stdout)
    assert decision["outcome"] in ("approve", "approve_with_conditions", "refer", "decline")
    assert len(decision["hash"]) == 64
