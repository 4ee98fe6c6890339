"""Where a county's file and ours do not go together: said by `policy check`, stopping nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from risk.files.dated import Row
from risk.files.effective import Policy
from risk.files.overrides import CountyFile, replaced

DECIMALS = ("at", "add")
NAMES = ("to", "else", "parameter")


@dataclass(frozen=True)
class Conflict:
    """One number that a county changed in vain, twice, or without its paper.

    Attributes
    ----------
    limit
        The number, as `RL-05/t1/warn`.
    kind
        "void" (ours became what the county may not loosen), "document" (a delegated number without
        the authority's document), "overlap" (two rows hold on one day), "same" (equal to ours).
    where
        File and line of the county's row.
    """

    county: str
    limit: str
    kind: str
    where: str
    zh: str
    en: str

    def document(self) -> dict[str, str]:
        """Return the keys of `policy check --json`."""
        return {
            "county": self.county,
            "limit": self.limit,
            "kind": self.kind,
            "where": self.where,
            "zh": self.zh,
            "en": self.en,
        }


def conflicts(policy: Policy) -> list[Conflict]:
    """Return every conflict between the counties' files and ours, county by county."""
    return [
        conflict
        for county in policy.counties.values()
        for conflict in (
            *_void(county),
            *(
                conflict
                for limit, own, base in _numbers(county, policy)
                for conflict in _of_number(county.county, limit, own, base)
            ),
        )
    ]


def _numbers(
    county: CountyFile, policy: Policy
) -> Iterator[tuple[str, tuple[Row, ...], tuple[Row, ...]]]:
    """Yield each number that a county changed, with its rows and ours."""
    for id, groups in county.lines.items():
        file = policy.red_lines[id]
        limits = {test.id: test.limits.rows for test in file.tests}
        for group, names in groups.items():
            base = file.parameters if group == "parameters" else limits[group]
            for name, own in names.items():
                yield f"{id}/{group}/{name}", own, base[name]
    for id, changes in county.products.items():
        for name, own in changes.items():
            yield f"{id}/{name}", own, policy.products[id].numbers[name]


def _void(county: CountyFile) -> Iterator[Conflict]:
    for void in county.void:
        yield _conflict(
            county.county,
            void.limit,
            "void",
            void.row,
            f"自 {void.day} 起失效，以我方限额为准",
            f"void from {void.day}, ours holds: {void.reason}",
        )


def _of_number(
    county: str, limit: str, own: Sequence[Row], base: Sequence[Row]
) -> Iterator[Conflict]:
    by_day = sorted(own, key=lambda row: row.begins)
    for earlier, later in pairwise(by_day):
        ends = earlier.ends
        if later.begins == earlier.begins or (ends is not None and later.begins < ends):
            text = f"{later.begins}", earlier.node.line
            yield _conflict(
                county,
                limit,
                "overlap",
                later,
                f"自 {text[0]} 起与第 {text[1]} 行的期间重叠",
                f"overlaps the row of line {text[1]} from {text[0]}",
            )
    for row in by_day:
        if row.basis == "DELEGATED" and row.value and "document_no" not in row.value:
            zh, en = "授权数字无文号", "a delegated number without the authority's document"
            yield _conflict(county, limit, "document", row, zh, en)
        ours = replaced(row, base)
        if ours and all(_number(row.value) == _number(other.value) for other in ours):
            yield _conflict(county, limit, "same", row, "与我方限额相同", "equal to ours")


def _number(value: Mapping[str, Any] | None) -> object:
    """Return what of a row is compared; None where it repeals."""
    if value is None:
        return None
    names = {key: value[key] for key in NAMES if key in value}
    return names | {key: Decimal(value[key]) for key in DECIMALS if key in value}


def _conflict(county: str, limit: str, kind: str, row: Row, zh: str, en: str) -> Conflict:
    return Conflict(county, limit, kind, f"{row.node.file}:{row.node.line}", zh, en)
