"""Random books: keys whose readings are corrected in the course of a month."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from features.book import Book
from features.dictionary import Column, Kind, Table, load_dictionary
from features.records import book_from_rows

NOW = datetime(2026, 4, 30, tzinfo=UTC)
LAST_DAY = 28
CODE = "91330100799655058B"

_words = st.text("甲乙丙ABab01_é", min_size=1, max_size=4)


def books() -> st.SearchStrategy[Book]:
    """Return books of a few tables; each version says something that the one before did not."""
    return st.lists(_histories(), min_size=1, max_size=4).map(_book)


def _book(histories: list[tuple[str, list[dict[str, object]]]]) -> Book:
    rows: dict[str, list[dict[str, object]]] = {}
    for place, (name, versions) in enumerate(histories):
        key = load_dictionary().table(name).key
        rows.setdefault(name, []).extend({**row, key: f"{row[key]}{place}"} for row in versions)
    return book_from_rows(rows).book


@st.composite
def _histories(draw: st.DrawFn) -> tuple[str, list[dict[str, object]]]:
    table = draw(st.sampled_from(list(load_dictionary().tables.values())))
    days = sorted(draw(st.sets(st.integers(1, LAST_DAY), min_size=1, max_size=4)))
    key = draw(_words)
    return table.name, [draw(_version(table, key, day, n)) for n, day in enumerate(days)]


@st.composite
def _version(draw: st.DrawFn, table: Table, key: str, day: int, number: int) -> dict[str, object]:
    row = draw(_row(table)) | {
        table.key: key,
        "source": "test",
        "as_of": "2026-03-31",
        "known_at": f"2026-04-{day:02d}T{draw(st.integers(0, 23)):02d}:30:00.000001+08:00",
        "quality": "reported",
        "evidence_doc_id": f"D{number}",
    }
    if number:
        row |= {"correction_reason": "更正", "approved_by": "王芳"}
    return row


def _row(table: Table) -> st.SearchStrategy[dict[str, object]]:
    counts = {f"{name}_rows" for name in table.children}
    columns = {c.name: _values(c) for c in table.own_columns if c.name not in counts}
    children = {name: st.lists(_row(child), max_size=2) for name, child in table.children.items()}
    return st.fixed_dictionaries({}, optional={**columns, **children})


def _values(column: Column) -> st.SearchStrategy[object]:
    low, high = column.minimum, column.maximum
    floor, ceiling = int(low or 0), 10**9 if high is None else int(high)
    match column.kind:
        case Kind.MONEY:
            return st.integers(floor * 100, ceiling * 100).map(_yuan)
        case Kind.RATIO | Kind.AREA | Kind.NUMBER:
            return st.floats(floor, ceiling).map(lambda x: format(Decimal(repr(x + 0.0)), "f"))
        case Kind.COUNT:
            return st.integers(floor, ceiling)
        case Kind.DATE:
            return st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(date.isoformat)
        case Kind.ENUM:
            return st.sampled_from([code.name for code in column.codes])
        case Kind.FLAG:
            return st.booleans()
        case _:
            return st.just(CODE) if column.form else _words


def _yuan(fen: int) -> str:
    return str(Decimal(fen).scaleb(-2))
