"""A decision: stops, what is unknown, what the score may decide, and where it is cut off.

Each finding is a ground with its own outcome, and each line that stops the loan has one too; the
decision is the gravest of them, a maximum and not a nest of ifs. Reasons are the borrower's own:
what stops the loan for another subject's sake stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.score import CreditScore
from risk.files import EffectivePolicy, Product
from risk.outcome import Outcome
from risk.propagation import Stopped
from risk.reason_codes import Codes, Reason, about, at_most_four, of_step, reasons
from risk.red_lines import Verdict


@dataclass(frozen=True)
class Ground:
    """One finding that bears on the outcome.

    Attributes
    ----------
    is_reason
        Whether it is told among the reasons: a stop and what is missing are, a cut-off is not.
    """

    outcome: Outcome
    reason: Reason
    is_reason: bool

    def document(self) -> dict[str, object]:
        """Return outcome, code and sentences."""
        said = self.reason
        return {
            "outcome": self.outcome.word,
            "code": said.code,
            "zh": said.zh,
            "en": said.en,
            "feature": said.feature or None,
        }


@dataclass(frozen=True)
class Decision:
    """Outcome with its reasons.

    Attributes
    ----------
    grounds
        Every finding that bears on the outcome.
    unknown
        Columns without a value that were needed.
    verdicts
        Red lines that touch the loan.
    stops
        What stops it by propagation; None where the policy knows none.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    grounds: tuple[Ground, ...]
    unknown: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    stops: tuple[Stopped, ...] | None = None

    def document(self) -> dict[str, object]:
        """Return the keys of a decision that risk decides (design section 9), and its stops."""
        beside = {} if self.stops is None else {"stops": [stop.document() for stop in self.stops]}
        return {
            **beside,
            "outcome": self.outcome.word,
            "reasons": [reason.document() for reason in self.reasons],
            "grounds": [ground.document() for ground in self.grounds],
            "unknown": list(self.unknown),
            "verdicts": [verdict.document() for verdict in self.verdicts],
        }


def consent_holds(expiry: date | None, as_of: date) -> bool:
    """Return whether a consent covers a day: absent or past blocks, its expiry day is past."""
    return expiry is not None and as_of < expiry


def decide(
    *,
    policy: EffectivePolicy,
    product: Product,
    score: CreditScore | None,
    stops: Mapping[str, Decimal | None],
    unknown: Sequence[str] = (),
    verdicts: Sequence[Verdict] = (),
    stopped: Sequence[Stopped] | None = None,
    segment: str = "household",
    consent: bool = True,
    demo: bool = False,
) -> Decision:
    """Return what is decided on one application.

    Parameters
    ----------
    score
        None where nothing was scored.
    stops
        Value of each stop column of the product, None where missing.
    unknown
        Required features without a value.
    verdicts
        Red lines that touch the loan, to show beside the decision.
    stopped
        What of them stops it; None where the policy knows no propagation.
    segment
        The borrower's; one that the product does not score goes to a person.
    consent
        Whether it holds; without it nothing else is looked at.
    demo
        Whether a model trained on synthetic data may decide.
    """
    codes = policy.reason_codes
    if not consent:
        ground = Ground(Outcome.REFER, of_step(codes, "consent"), is_reason=True)
        stopped = None if stopped is None else ()
        return Decision(ground.outcome, (ground.reason,), (ground,), (), tuple(verdicts), stopped)
    missing = tuple(dict.fromkeys((*unknown, *(score.unknown if score else ()))))
    silent = [name for name in product.stop if stops.get(name) is None]
    grounds = (
        *stop_columns(product, codes, stops),
        *(_refer(codes, "stop_unknown", name) for name in silent),
        *_without_score(product, codes, segment, missing, score),
        *(() if missing or score is None else scored(product, codes, score, demo=demo)),
    )
    card = policy.scorecards[product.scorecard]
    used = card if score and score.evidence == "expert" else None
    told = [ground.reason for ground in grounds if ground.is_reason]
    costly = reasons(product, score, codes, used) if score else ()
    outcomes = [ground.outcome for ground in grounds] + [stop.outcome for stop in stopped or ()]
    return Decision(
        max(outcomes, default=Outcome.APPROVE),
        at_most_four(told, costly),
        grounds,
        (*silent, *missing),
        tuple(verdicts),
        None if stopped is None else tuple(stopped),
    )


def stop_columns(
    product: Product, codes: Codes, stops: Mapping[str, Decimal | None]
) -> Iterator[Ground]:
    """Yield a refusal for each stop above 0."""
    for name in product.stop:
        value = stops.get(name)
        if value is not None and value > 0:
            reason = about(product, codes, name, value, change=Decimal(0))
            yield Ground(Outcome.DECLINE, reason, is_reason=True)


def scored(product: Product, codes: Codes, score: CreditScore, *, demo: bool) -> Iterator[Ground]:
    """Yield what a score decides: an expert card and a synthetic model leave it to a person."""
    by_person = [
        step
        for step, holds in (
            ("expert", score.evidence == "expert"),
            ("synthetic", score.trained_on == "synthetic" and not demo),
        )
        if holds
    ]
    for step in by_person:
        yield Ground(Outcome.REFER, of_step(codes, step), is_reason=False)
    if by_person or score.pd <= product.approve_up_to:
        return
    if score.pd > product.decline_above:
        yield Ground(Outcome.DECLINE, of_step(codes, "above_cut_off"), is_reason=False)
    else:
        yield Ground(Outcome.REFER, of_step(codes, "between_cut_offs"), is_reason=False)


def _without_score(
    product: Product,
    codes: Codes,
    segment: str,
    missing: tuple[str, ...],
    score: CreditScore | None,
) -> Iterator[Ground]:
    """Yield why no score may decide: another segment, missing features, or no score at all."""
    if segment != product.segment:
        yield _refer(codes, "other_segment")
    elif score is None and not missing:
        yield _refer(codes, "missing")
    for name in missing:
        yield _refer(codes, "missing", name)


def _refer(codes: Codes, step: str, feature: str = "") -> Ground:
    return Ground(Outcome.REFER, of_step(codes, step, feature), is_reason=True)
