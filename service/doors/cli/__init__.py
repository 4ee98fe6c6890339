"""The command line: `liangshan`. One file a command, registered here and nowhere else."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="liangshan",
    help="两山合作社风险控制与绿色金融评分 · risk control and green-finance scoring",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def main() -> None:
    """Run the command line."""
    app()
