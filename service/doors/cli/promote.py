"""`liangshan promote PRODUCT --approved-by NAME`."""

from __future__ import annotations

from typing import Annotated

import typer

from service.doors.cli.console import emit, guarded, say
from service.settings import Settings


@guarded
def promote(
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="credit, deposit")],
    approved_by: Annotated[
        str,
        typer.Option("--approved-by", help="批准人，非训练人 · who approves; not who trained it"),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 · JSON on stdout")] = False,
) -> None:
    """批准挑战者成为冠军 · Make a product's challenger its champion."""
    from models.registry import promote as promote_challenger

    index = promote_challenger(Settings().made_home(), product, approved_by)
    if as_json:
        emit(dict(index))
    else:
        say(f"{product} v{index['number']} 现为冠军 is the champion now, {approved_by}")
