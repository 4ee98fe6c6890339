"""What a column is called on a page: the pages' own text, else the dictionary's, else its name."""

from __future__ import annotations

from functools import lru_cache

from features.dictionary import load_dictionary
from features.schema import Column, Kind, Table
from risk.red_lines.subjects import table_of_subject
from service.doors.pages import figures
from service.doors.pages.features import written
from service.doors.pages.texts import Text, catalogue, label

RELATED = "__"
CHILD = "."
UNITS = {Kind.MONEY: "yuan", Kind.AREA: "m2", Kind.RATIO: "ratio"}


@lru_cache(maxsize=4096)
def named(name: str, kind: str = "cooperative") -> Text:
    """Return what a column, a feature or a column of a related table is called; never fails.

    Parameters
    ----------
    name
        `total_assets`, `net_debt`, `county__lpr_1y`, `undertakings.cap`.
    kind
        Whose it is, as verdicts name their subjects.

    Examples
    --------
    >>> named("net_assets").zh, named("undertakings.cap").zh, named("not_known").zh
    ('净资产', '承诺收购·承诺上限', 'not_known')
    """
    for group in ("side", "feature"):
        if (own := catalogue().get(f"{group}.{name}")) is not None:
            return own
    table = _table(kind)
    found = None if table is None else _in_table(table, name)
    return found or Text(name, "")


def posted(name: str, change: str | bool, kind: str = "cooperative") -> str:
    """Return what a posting does to a column, as a person reads it.

    Parameters
    ----------
    name
        A raw column, of a child as child.column.
    change
        A signed number, or the value that the column now has.

    Examples
    --------
    >>> posted("cash_total", "-2000000.00"), posted("undertakings.own_share", "-0.5")
    ('−2,000,000.00 元', '−0.5')
    >>> posted("acts.decision_doc_id", "given"), posted("investment_type", True)
    ('补齐文件', '是')
    """
    if isinstance(change, bool):
        return written("flag", str(int(change)))
    table = _table(kind)
    column = None if table is None else _column(table, name)
    if column is not None and column.kind in UNITS and change[:1] in "+-0123456789":
        sign = "+" if change.startswith("+") else ""
        money = column.kind is Kind.MONEY
        return sign + (
            figures.exact_yuan(change) if money else written(UNITS[column.kind], change)
        )
    codes = {code.name: code.zh for code in column.codes} if column else {}
    return codes.get(change) or label("posting", change).zh


def _table(kind: str) -> Table | None:
    return load_dictionary().tables.get(table_of_subject(kind))


def _column(table: Table, name: str) -> Column | None:
    child, _, inner = name.rpartition(CHILD)
    if not child:
        return table.columns.get(name)
    return table.children[child].columns.get(inner) if child in table.children else None


def _in_table(table: Table, name: str) -> Text | None:
    said = table.columns.get(name) or table.children.get(name)
    if said is not None:
        return Text(said.zh, said.en)
    column = _column(table, name)
    if column is not None:
        rows = table.children[name.rpartition(CHILD)[0]]
        return Text(f"{rows.zh}·{column.zh}", f"{rows.en}: {column.en}")
    head, _, inner = name.partition(RELATED)
    if head in table.relations:
        other = load_dictionary().tables[table.relations[head].table]
        found = _in_table(other, inner)
        return found and Text(f"{other.zh}·{found.zh}", f"{other.en}: {found.en}")
    codes = table.columns[head].codes if head in table.columns else ()
    return next((Text(code.zh, code.en) for code in codes if code.name == inner), None)
