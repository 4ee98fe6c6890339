"""LightGBM's own text of a model, read as plain trees."""

from __future__ import annotations

import numpy as np

from models.trees import Tree

DEFAULT_LEFT = 2
MISSING_NAN = 2


def trees_in(text: str, scale: float = 1.0) -> list[Tree]:
    """Return the trees of a model text, leaf values times `scale`.

    Where LightGBM saw no missing value it takes NaN for 0.0, and so do the trees.
    """
    blocks = text.split("end of trees")[0].split("\nTree=")[1:]
    return [_tree(block, scale) for block in blocks]


def _tree(text: str, scale: float) -> Tree:
    block = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    value = np.array(block["leaf_value"].split(), dtype=np.float64) * scale
    nodes = len(value) - 1
    if nodes == 0:
        none = np.zeros(0, dtype=np.int32)
        return Tree(none, np.zeros(0), np.zeros(0, dtype=bool), none, none, value)
    kind = np.array(block["decision_type"].split(), dtype=np.int32)
    threshold = np.array(block["threshold"].split(), dtype=np.float64)
    sees_missing = (kind >> 2) & 3 == MISSING_NAN
    return Tree(
        feature=np.array(block["split_feature"].split(), dtype=np.int32),
        threshold=threshold,
        default_left=np.where(sees_missing, (kind & DEFAULT_LEFT) > 0, threshold >= 0),
        left=np.array(block["left_child"].split(), dtype=np.int32),
        right=np.array(block["right_child"].split(), dtype=np.int32),
        value=value,
    )
