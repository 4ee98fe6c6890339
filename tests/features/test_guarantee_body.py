"""The side of P-1 by hand numbers (money in 分)."""

from __future__ import annotations

from math import nan

import numpy as np

from features.guarantee_body import liability_ceiling


def test_the_ceiling_is_the_cap_times_net_assets_in_whole_fen() -> None:
    net_assets = np.array([1000.0, -1000.0, 5.0, 3.0, nan, 7.0])
    cap = np.array([10.0, 10.0, 12.5, 12.5, 10.0, nan])
    expected = [10_000.0, -10_000.0, 62.0, 38.0, nan, nan]
    assert np.array_equal(liability_ceiling(net_assets, cap), expected, equal_nan=True)


def test_the_ceiling_of_a_large_body_is_exact() -> None:
    seen = liability_ceiling(np.array([500_000_000_000_001.0]), np.array([15.0]))
    assert seen[0] == 7_500_000_000_000_015.0
