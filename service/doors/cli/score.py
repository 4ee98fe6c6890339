"""`liangshan score PRODUCT DIR -o OUT.parquet`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from features.contracts import check_folder
from risk.files import load_policy
from service.doors.cli.console import emit, guarded, say
from service.settings import Settings
from service.use_cases.assessing.score import score_book, write_scores


@guarded
def score(
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="credit, deposit")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="书册文件夹 · a book's folder")],
    out: Annotated[Path, typer.Option("-o", "--out", help="OUT.parquet")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 · JSON on stdout")] = False,
) -> None:
    """给一本书里某产品的每份申请评分 · Score every application for a product in a book."""
    settings = Settings()
    checked = check_folder(folder)
    if len(checked.faults):
        say(f"{len(checked.faults)} 处有误已隔离，见 liangshan check · set aside, see check")
    table = score_book(product, checked.book, load_policy(settings.policy), settings.home)
    write_scores(table, out)
    counts = dict(Counter(table["outcome"].to_pylist()))
    if as_json:
        emit({"rows": table.num_rows, "outcomes": counts, "out": str(out)})
    else:
        say(f"{table.num_rows} 份申请 · applications → {out}  {counts}")
