"""What scores a product: the registry's champion, else its expert card, as one kind of value."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from features.frame import Floats
from features.graph import plan_digest
from models import shelf
from models.expert import expert_model
from models.record import ModelOfRecord
from risk.files import EffectivePolicy, Product


def sign_of(product: Product, feature: str) -> int:
    """Return the monotone sign of a feature; reward-only credit may only lower the PD."""
    sign = product.features[feature]
    return -1 if sign == "R" else sign


def rewards_of(product: Product) -> frozenset[str]:
    """Return the features that can only help."""
    return frozenset(name for name, sign in product.features.items() if sign == "R")


def card_of(policy: EffectivePolicy, product: Product) -> ModelOfRecord:
    """Return the product's expert card as a model of record."""
    card = policy.scorecards[product.scorecard]
    return expert_model(
        name=f"{product.id}-card",
        product=product.id,
        base=card.base,
        half_width=card.half_width,
        bins=card.bins,
        signs=card.signs,
        plan_digest=plan_digest(),
    )


def warm_up(home: Path, policy: EffectivePolicy) -> None:
    """Score once with what scores each product: what Numba compiles then, no request waits for."""
    for product in policy.products.values():
        model = model_for(home, policy, product)
        model.score(np.full((1, len(model.names)), np.nan))


def probabilities(model: ModelOfRecord, values: Floats, product: Product) -> Floats:
    """Return the PDs that a model gives to rows of the product's features."""
    places = [list(product.features).index(name) for name in model.names]
    return model.score(values[:, places]).pd_micro / 1e6


def model_for(home: Path, policy: EffectivePolicy, product: Product) -> ModelOfRecord:
    """Return what scores a product: the registry's champion, else the expert card."""
    found = _champion(home, product.id, shelf.stamp(home, product.id))
    return found if found is not None else _card(policy, product.id)


@lru_cache(maxsize=16)
def _champion(home: Path, product: str, _stamp: int) -> ModelOfRecord | None:
    return shelf.champion(home, product)


@lru_cache(maxsize=64)
def _card(policy: EffectivePolicy, product: str) -> ModelOfRecord:
    return card_of(policy, policy.products[product])
