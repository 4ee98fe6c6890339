"""The model of record: what a model is once it may decide, as two files and nothing else.

A model that scores is this value, whatever grew it: a table of whole numbers and a page of
canonical JSON. Its version is their digest, so a decision names exactly what made it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from features.canonical import canonical_json
from features.errors import BadInput
from features.frame import Floats
from models.artefact import Artefact
from models.interval import Interval
from models.kernel import Int64s
from models.logistic import micro_logistics
from models.points import PointsLine
from models.score import Contribution, CreditScore, EvidenceKind
from models.table import Table

Grade = Callable[[Decimal], str]


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of n rows in whole numbers: PDs in millionths, points as they are.

    Attributes
    ----------
    pd_micro, pd_low_micro, pd_high_micro
        (n,) PD and its 90 % interval.
    points
        (n,) points; higher is safer.
    base_points
        Points of the reference.
    feature_points
        (n, f) shares of points - base_points; each row sums to it.
    unknown
        (n, f) whether the value is missing where the model has no state for that.
    """

    pd_micro: Int64s
    pd_low_micro: Int64s
    pd_high_micro: Int64s
    points: Int64s
    base_points: int
    feature_points: Int64s
    unknown: NDArray[np.bool_]


@dataclass(frozen=True)
class Feature:
    """A feature as the model knows it.

    Attributes
    ----------
    name
        Name in the feature graph, or column of a table.
    sign
        +1 where the PD may only rise with it, -1 only fall, 0 unsaid.
    missing_seen
        Training rows in which it was missing; at 0 a missing value is unknown.
    reference
        What a value is compared with: the reference population's median, the 0-point bin of a
        card, or None.
    is_reward
        Whether it can only help, as ecological credit: then missing is 0, its worst state, since
        a sign does not bind NaN (design 10.14).
    """

    name: str
    sign: int
    missing_seen: int
    reference: Decimal | None
    is_reward: bool = False


@dataclass(frozen=True)
class Evidence:
    """What a model stands on.

    Attributes
    ----------
    kind, defaults
        "expert" card, card "shrunk" to a prior or "model", and the defaults it has seen.
    trained_on
        "expert", "synthetic" or "observed".
    plan_digest
        Digest of the feature sources it was trained on, empty where they were none of ours.
    """

    kind: EvidenceKind
    defaults: int
    trained_on: str
    plan_digest: str = ""


@dataclass(frozen=True, eq=False)
class ModelOfRecord:
    """A model that scores: table, calibration, points and interval, all frozen.

    Attributes
    ----------
    name, product
        Registered name, and the product it scores.
    features
        What it reads, in the order of the matrix.
    table
        Contributions in whole numbers.
    intercept, slope
        (a, b): log-odds z = a + b s of the score s, b > 0.
    line
        Points of a score.
    interval
        Half-width of the PD's 90 % interval by score band.
    evidence
        What it stands on.
    """

    name: str
    product: str
    features: tuple[Feature, ...]
    table: Table
    intercept: float
    slope: float
    line: PointsLine
    interval: Interval
    evidence: Evidence

    def __post_init__(self) -> None:
        if not (self.slope > 0 and np.isfinite([self.intercept, self.slope]).all()):
            raise BadInput("a worse score means a higher PD", field="b", value=str(self.slope))
        if self.table.width != len(self.features) or self.line.scale != self.table.scale:
            raise BadInput("table, features and points belong together", field="table")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the features, in the order of the matrix."""
        return tuple(feature.name for feature in self.features)

    @cached_property
    def never_missing(self) -> NDArray[np.bool_]:
        """(f,) whether a missing value of the feature is unknown to the model."""
        return np.array([feature.missing_seen == 0 for feature in self.features], dtype=np.bool_)

    @cached_property
    def where_missing(self) -> Floats:
        """(f,) what stands for a missing value: 0 for a reward, else NaN."""
        return np.array([0.0 if feature.is_reward else np.nan for feature in self.features])

    def score(self, values: Floats) -> Scored:
        """Return the scores of an (n, f) matrix; NaN and infinity count as missing."""
        if values.shape[1:] != self.never_missing.shape:
            raise BadInput("one column per feature", where=self.name, value=str(values.shape))
        seen = np.where(np.isfinite(values), values, self.where_missing)
        contributions = self.table.contributions(seen)
        points, feature_points = self.line.shared(self.table.base, contributions)
        log_odds = self.log_odds(self.table.base + contributions.sum(axis=1))
        half_width = self.interval.half_width(points)
        return Scored(
            micro_logistics(log_odds),
            micro_logistics(log_odds - half_width),
            micro_logistics(log_odds + half_width),
            points,
            self.line.points(self.table.base),
            feature_points,
            np.isnan(seen) & self.never_missing,
        )

    def log_odds(self, scores: Int64s) -> Floats:
        """Return the calibrated log-odds a + b s of (n,) scores in units of the table."""
        return self.intercept + self.slope * np.ldexp(scores.astype(np.float64), -self.table.scale)

    def credit_score(self, values: Floats, grade: Grade) -> CreditScore:
        """Return the credit score of one row of (f,) values, with its contributions.

        Parameters
        ----------
        grade
            The master scale: from a PD of 6 places to its grade.
        """
        scored = self.score(values[np.newaxis])
        default_probability = _probability(scored.pd_micro)
        contributions = zip(
            self.features, values.tolist(), scored.feature_points[0].tolist(), strict=True
        )
        return CreditScore(
            pd=default_probability,
            pd_low=_probability(scored.pd_low_micro),
            pd_high=_probability(scored.pd_high_micro),
            points=int(scored.points[0]),
            base_points=scored.base_points,
            grade=grade(default_probability),
            evidence=self.evidence.kind,
            defaults=self.evidence.defaults,
            model_name=self.name,
            model_version=self.version,
            trained_on=self.evidence.trained_on,
            contributions=tuple(
                Contribution(feature.name, exact(value), feature.reference, points)
                for feature, value, points in contributions
            ),
            unknown=tuple(self.names[j] for j in np.flatnonzero(scored.unknown[0])),
        )

    @cached_property
    def artefact(self) -> Artefact:
        """The two files that are this model."""
        return Artefact(canonical_json(_page_of(self)), self.table.to_bytes())

    @property
    def version(self) -> str:
        """SHA-256 of the artefact."""
        return self.artefact.version

    def to_bytes(self) -> bytes:
        """Return the artefact as one string of bytes, whose SHA-256 is the version."""
        return self.artefact.to_bytes()

    def save(self, folder: Path) -> None:
        """Write model.json and tables.npz into `folder`."""
        self.artefact.save(folder)

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return the model of `to_bytes`."""
        return cls._of(Artefact.from_bytes(content))

    @classmethod
    def load(cls, folder: Path, version: str | None = None) -> Self:
        """Return the model saved in `folder`; refused where its digest is not `version`."""
        return cls._of(Artefact.load(folder, version))

    @classmethod
    def _of(cls, artefact: Artefact) -> Self:
        page = orjson.loads(artefact.page)
        calibration, points, interval = page["calibration"], page["points"], page["interval"]
        widths = tuple(map(Decimal, interval["half_widths"]))
        table = Table.from_bytes(artefact.tables, scale=page["scale"], base=page["base"])
        model = cls(
            name=page["name"],
            product=page["product"],
            features=tuple(_feature_of(entry) for entry in page["features"]),
            table=table,
            intercept=float(calibration["intercept"]),
            slope=float(calibration["slope"]),
            line=PointsLine(Decimal(points["offset"]), Decimal(points["slope"]), table.scale),
            interval=Interval(tuple(interval["edges"]), widths),
            evidence=Evidence(**page["evidence"]),
        )
        model.__dict__["artefact"] = artefact  # its version is that of the bytes it came from
        return model


def _page_of(model: ModelOfRecord) -> dict[str, object]:
    """Return model.json as a mapping: numbers that are not whole stand as decimals."""
    return {
        "name": model.name,
        "product": model.product,
        "features": [asdict(feature) for feature in model.features],
        "scale": model.table.scale,
        "base": model.table.base,
        "calibration": {"intercept": exact(model.intercept), "slope": exact(model.slope)},
        "points": {"offset": model.line.offset, "slope": model.line.slope},
        "interval": asdict(model.interval),
        "evidence": asdict(model.evidence),
    }


def _feature_of(entry: dict[str, Any]) -> Feature:
    reference = entry["reference"]
    return Feature(**{**entry, "reference": None if reference is None else Decimal(reference)})


def exact(value: float) -> Decimal | None:
    """Return the shortest decimal that reads back as `value`; None where it is not finite.

    Examples
    --------
    >>> exact(0.1), exact(3.0), exact(float("nan"))
    (Decimal('0.1'), Decimal('3'), None)
    """
    if not math.isfinite(value):
        return None
    return Decimal(int(value)) if value.is_integer() else Decimal(repr(float(value)))


def _probability(millionths: Int64s) -> Decimal:
    return Decimal(int(millionths[0])).scaleb(-6)
