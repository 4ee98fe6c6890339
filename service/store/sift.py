"""What may join the records: news, yes; a repetition, no need; a silent change, never."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from service.store.tables import SHARED_TABLES
from service.store.versions import Version

LATER_THAN_NOW = "known_at 晚于系统时间 · known_at lies after the store's clock"
NOT_THE_WRITER = "此编号由其他所有者填报 · another owner states this key"
SAME_INSTANT = (
    "同一 known_at 已有不同内容 · another content has this known_at; a correction is known later"
)
UNEXPLAINED = (
    "与已知内容不同：更正须有 correction_reason 与 approved_by · differs from what is known: "
    "a correction has correction_reason and approved_by"
)


class Known(NamedTuple):
    """What the store holds of one version, without its body."""

    key: str
    as_of: date
    known_at: datetime
    digest: str
    owner: str


@dataclass(frozen=True)
class Quarantined:
    """A version that was set aside, and the rule it does not meet."""

    table: str
    key: str
    as_of: date
    known_at: datetime
    field: str
    rule: str


@dataclass
class Loaded:
    """What became of the versions of a load.

    Attributes
    ----------
    new
        Versions that were kept.
    same
        Versions that say what is known already.
    quarantined
        Versions that were set aside, with the reason.
    """

    new: int = 0
    same: int = 0
    quarantined: list[Quarantined] = field(default_factory=list)


class _Histories:
    """Versions by key and day, growing as news comes in."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._digests: dict[tuple[str, date, datetime], str] = {}
        self._latest: dict[tuple[str, date], datetime] = {}
        self.writers: dict[str, str] = {}
        for version in known:
            self.add(version.key, version.as_of, version.known_at, version.digest, version.owner)

    def add(self, key: str, as_of: date, known_at: datetime, digest: str, owner: str) -> None:
        self._digests[key, as_of, known_at] = digest
        self._latest[key, as_of] = max(known_at, self._latest.get((key, as_of), known_at))
        self.writers[key] = owner

    def at(self, version: Version) -> str | None:
        """Return the digest that is held for this very instant, None where there is none."""
        return self._digests.get((version.key, version.as_of, version.known_at))

    def latest(self, version: Version) -> str | None:
        """Return the digest of the latest known version of its key and day, or None."""
        known_at = self._latest.get((version.key, version.as_of))
        if known_at is None:
            return None
        return self._digests[version.key, version.as_of, known_at]


def sift(
    versions: Sequence[Version],
    known: Iterable[Known],
    owner: str,
    recorded_at: datetime,
    outcome: Loaded,
) -> list[Version]:
    """Return the versions of one table that are news, and count all of them in `outcome`.

    Parameters
    ----------
    versions
        Versions of one table; those of one key and day in the order of their `known_at`.
    known
        What the store holds of their keys.
    owner, recorded_at
        Who states them, and the store's clock.
    outcome
        Counts so far; it grows.
    """
    histories = _Histories(known)
    news = []
    for version in versions:
        if version.digest in (histories.at(version), histories.latest(version)):
            outcome.same += 1
        elif fault := _fault(version, histories, owner, recorded_at):
            column, rule = fault
            place = (version.table, version.key, version.as_of, version.known_at)
            outcome.quarantined.append(Quarantined(*place, column, rule))
        else:
            histories.add(version.key, version.as_of, version.known_at, version.digest, owner)
            news.append(version)
    outcome.new += len(news)
    return news


def _fault(
    version: Version, histories: _Histories, owner: str, recorded_at: datetime
) -> tuple[str, str] | None:
    """Return the column at fault and the rule that keeps a version out; None for true news."""
    writer = histories.writers.get(version.key, owner)
    if version.known_at > recorded_at:
        return "known_at", LATER_THAN_NOW
    if version.table in SHARED_TABLES and writer != owner:
        return "owner", NOT_THE_WRITER
    if histories.at(version) is not None:
        return "known_at", SAME_INSTANT
    if histories.latest(version) is not None and not version.corrects:
        return "correction_reason", UNEXPLAINED
    return None
