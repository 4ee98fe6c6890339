"""Reasons: why a score is not better, as coded sentences with the value seen and what would help.

Only features whose sign the product declares give reasons, only by points they cost, the costliest
first, at most four: never ecological credit, never an unsigned feature, never "score too low".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.score import Contribution, CreditScore
from risk.files import ExpertCard, Product

AT_MOST = 4

Codes = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Reason:
    """One reason of a decision.

    Attributes
    ----------
    feature
        Column it is about; empty for a step of the decision.
    value
        Value seen, in the unit people read; None where missing.
    reference
        What it is compared with: the population's median, or the bound of the 0-point bin.
    change
        Value at which the feature would cost less; None where there is none to name.
    """

    code: str
    zh: str
    en: str
    feature: str = ""
    value: Decimal | None = None
    reference: Decimal | None = None
    change: Decimal | None = None

    def document(self) -> dict[str, object]:
        """Return the reason with the keys of design section 9."""
        change = None if self.change is None else {"from": self.value, "to": self.change}
        return {
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "feature": self.feature or None,
            "value": self.value,
            "reference": self.reference,
            "change": change,
        }


def code_of(codes: Codes, kind: str, name: str) -> str:
    """Return the code that speaks for a feature or a step."""
    return next(code for code, row in codes.items() if row.get(kind) == name)


def adverse(product: Product, score: CreditScore) -> list[Contribution]:
    """Return the contributions that give reasons, the costliest first, ties in model order."""
    signed = [
        contribution
        for contribution in score.contributions
        if contribution.points < 0 and product.features.get(contribution.feature) in (1, -1)
    ]
    return sorted(signed, key=lambda contribution: contribution.points)


def reasons(
    product: Product, score: CreditScore, codes: Codes, card: ExpertCard | None = None
) -> tuple[Reason, ...]:
    """Return why the score is not better, at most four reasons.

    Parameters
    ----------
    codes
        Reason codes of the effective policy.
    card
        The expert card, where it made the score: the change is then the next better bin.
    """
    found = []
    for contribution in adverse(product, score)[:AT_MOST]:
        name, value = contribution.feature, contribution.value
        better = _better_bin(card, name, value) if card else contribution.reference
        found.append(about(product, codes, name, value, contribution.reference, better))
    return tuple(found)


def about(
    product: Product,
    codes: Codes,
    feature: str,
    value: Decimal | None,
    reference: Decimal | None = None,
    change: Decimal | None = None,
) -> Reason:
    """Return the reason that a feature or stop gives, its values in the unit people read."""
    code = code_of(codes, "feature", feature)
    shown = [product.shown(feature, number) for number in (value, reference, change)]
    return Reason(code, codes[code]["zh"], codes[code]["en"], feature, *shown)


def of_step(codes: Codes, step: str, feature: str = "") -> Reason:
    """Return the reason that a step of the decision gives."""
    code = code_of(codes, "step", step)
    return Reason(code, codes[code]["zh"], codes[code]["en"], feature)


def _better_bin(card: ExpertCard, feature: str, value: Decimal | None) -> Decimal | None:
    """Return the bound of the bin that is one better than the value's own."""
    if value is None or feature not in card.bins:
        return None
    better: Decimal | None = None
    for bound, _ in card.bins[feature]:
        inside = bound is None or (value <= bound if card.signs[feature] > 0 else value >= bound)
        if inside:
            break
        better = bound
    return better


def at_most_four(first: Sequence[Reason], then: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return the first reasons, then others, four in all."""
    return tuple([*first, *then][:AT_MOST])
