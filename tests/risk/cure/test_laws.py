"""Laws of cures over random books (domain 7.4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from features.checks import Comparison
from features.dictionary import load_dictionary
from features.scene import Scene
from risk.cure import Cure, cures_of
from risk.cure.act import Act
from risk.cure.posting import posted, slots_of
from risk.red_lines import State, judge_one
from tests.risk.cure.registers import associate, guarantee, undertaking
from tests.risk.cure.sheets import body, coop, effective, states, wan

DEBT = ("short_debt", "ltd_due_12m", "notes_payable", "long_debt")
MONEY_OF_ROWS = ("loan", "payable_to", "equity_as_loan", "balance", "cap", "amount")

whole = st.integers(0, 400).map(float)
small = st.integers(0, 99).map(lambda fen: fen / 1_000_000)

PARTS = (
    "cash",
    "cash_restricted",
    "receivables_gov",
    "inventory_resources",
    "prepaid",
    "claims",
    "long_assets",
    "short_debt",
    "ltd_due_12m",
    "notes_payable",
    "payables",
    "long_debt",
)


@st.composite
def books(draw: st.DrawFn) -> Scene:
    """Return a cooperative whose sheet balances, whatever its parts."""
    part = {name: draw(whole) + draw(small) for name in PARTS}
    cash = part["cash"] + part["cash_restricted"]
    current = cash + sum(part[n] for n in PARTS[2:6])
    total = current + part["long_assets"]
    due = sum(part[n] for n in PARTS[7:11])
    owed = due + part["long_debt"]
    direct = ("cash_restricted", *PARTS[2:5], *PARTS[7:10], "long_debt")
    sheet = coop(
        **{name: part[name] for name in direct},
        cash_total=cash,
        current_assets=current,
        total_assets=total,
        current_liabilities=due,
        total_liabilities=owed,
    )
    own = sheet.own
    return sheet.changed(
        {
            "equity": own["total_assets"] - own["total_liabilities"],
            "investment_type": float(draw(st.booleans())),
        }
    )


share = st.integers(0, 10).map(lambda tenths: f"{tenths / 10}")
little = st.integers(0, 2_000).map(lambda fen: wan(fen / 20))


@st.composite
def registers(draw: st.DrawFn) -> Scene:
    """Return a sound cooperative with associates, guarantees, undertakings and debt of months."""
    rows = st.integers(0, 3)
    return body(
        {
            "cash_restricted": draw(st.integers(0, 200)),
            "assets_pledged": draw(st.integers(0, 400)),
        },
        {"county": [{"county_code": "k", "lpr_1y": "0.03"}]},
        operating_since="2026-01-01",
        associates=[
            associate(
                stake=draw(share),
                loan=draw(little),
                payable_to=draw(little),
                equity_as_loan=draw(little),
                all_shareholder_funding=wan(200),
                dpd=draw(st.integers(0, 99)),
            )
            for _ in range(draw(rows))
        ],
        guarantees=[
            guarantee(draw(st.integers(0, 100)), party_id=f"p{n}", own_share=draw(share))
            for n in range(draw(rows))
        ],
        undertakings=[
            undertaking(draw(st.integers(0, 200)), resource_id=f"r{n}") for n in range(draw(rows))
        ],
        debt_due_by_month=[
            {"month_no": month, "amount": draw(little)} for month in range(1, draw(rows) + 1)
        ],
    )


@settings(max_examples=25, deadline=None)
@given(registers())
def test_cures_of_registers_cure_balance_and_harm_nothing(judged: Scene) -> None:
    before = states(judged)
    for rule, cures in found(judged).items():
        assert len({cure.act for cure in cures}) == len(cures)
        for cure in cures:
            now, own = states(cure.after), cure.after.own
            assert now[rule] is State.PASS
            assert all(max(now[id], State.PASS) <= max(before[id], State.PASS) for id in now)
            assert own["total_assets"] == own["total_liabilities"] + own["equity"]
            assert own["cash_restricted"] <= own["cash_total"] <= own["current_assets"]
            debt = sum(own[n] for n in DEBT) - sum(judged.own[n] for n in DEBT)
            assert debt <= 0
            for rows in cure.after.rows.values():
                amounts = [v for name, v in rows.columns.items() if name in MONEY_OF_ROWS]
                assert all((values >= 0).all() for values in amounts)


def found(judged: Scene) -> Mapping[str, tuple[Cure, ...]]:
    return cures_of(judged, effective(), judge_one(judged.frame(), effective()))


def by_hand(judged: Scene, cure: Cure) -> Scene:
    """Return the subject with the shown postings added, column by column."""
    own = {}
    for posting in cure.postings:
        assert "row" not in posting
        name, change = str(posting["column"]), Decimal(str(posting["change"]))
        own[name] = judged.own[name] + float(change * 100)
    return judged.changed(own)


@settings(max_examples=40, deadline=None)
@given(books())
def test_a_cure_that_is_shown_cures_and_harms_nothing(judged: Scene) -> None:
    before = states(judged)
    checks = [
        check
        for check in load_dictionary().table("cooperative").checks
        if isinstance(check, Comparison)
    ]
    for rule, cures in found(judged).items():
        for cure in cures:
            after = by_hand(judged, cure)
            now = states(after)
            assert now[rule] is State.PASS
            assert all(max(now[id], State.PASS) <= max(before[id], State.PASS) for id in now)
            assert {m[0]: m[2] for m in cure.also} == {
                id: now[id] for id in now if now[id] is not before[id] and id != rule
            }
            own = after.own
            assert own["total_assets"] == own["total_liabilities"] + own["equity"]
            assert own["cash_total"] >= own["cash_restricted"]
            assert own["total_liabilities"] <= judged.own["total_liabilities"]
            for check in checks:
                left, right = (sum(own[n] for n in side) for side in (check.left, check.right))
                assert left <= right or check.op == "=="


@settings(max_examples=25, deadline=None)
@given(books())
def test_one_fen_less_does_not_cure(judged: Scene) -> None:
    rules = effective().red_lines
    for rule, cures in found(judged).items():
        acts = {cure["act"]: Act.of(cure, "cooperative") for cure in rules[rule].content["cure"]}
        for cure in cures:
            assert cure.amount is not None
            act = acts[cure.act]
            (slot,) = slots_of(act, judged)
            less = posted(act, judged, [(slot, cure.amount - 1)])
            assert less is not None
            assert states(less.after())[rule] is not State.PASS
