"""What stands around projects, developers and resources, and the cures of their lines."""

from __future__ import annotations

from features.scene import Scene
from risk.red_lines import State
from tests.risk.cure.sheets import changes, cures, states, wan

ORG = "91330800MA2B001X6F"
AROUND = {
    "cooperative": [{"coop_id": "c", "county_code": "k"}],
    "county": [{"county_code": "k", "sector_capital_floor": "0.2", "deal_limit": wan(10)}],
}


def passes(judged: Scene, rule: str, subject: str | None = None) -> dict[str, dict[str, object]]:
    """Return what each cure changes; each leads to pass."""
    found = cures(judged, rule, subject)
    assert all(states(c.after, subject)[rule] is State.PASS for c in found.values())
    return {act: changes(cure) for act, cure in found.items()}
