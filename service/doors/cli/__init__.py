"""The command line: `liangshan`. One file a command, registered here and nowhere else.

A command's file is imported when the command is called, so that help and a small command do not
wait for what trains models.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from importlib import import_module

import typer

from features.errors import BadInput
from service.doors.cli.console import tell_unforeseen, tell_unforeseen_of_thread
from service.settings import PREFIX, SETTINGS_FILE, Settings, settle

COMMANDS = (
    "demo",
    "simulate",
    "check",
    "load",
    "export",
    "train",
    "promote",
    "fit",
    "score",
    "red-lines",
    "ratios",
    "policy",
    "replay",
    "retention",
    "lineage",
    "serve",
    "work",
    "watch",
    "db",
    "people",
    "person",
    "clients",
    "tenants",
    "keys",
    "backup",
    "restore",
)

EPILOG = (
    f"设置 · settings: {', '.join(PREFIX + name.upper() for name in Settings.model_fields)}. "
    f"每项可为环境变量、{PREFIX}<NAME>_FILE 所指文件的内容，或 {SETTINGS_FILE} 所指 YAML 的一行 · "
    f"each is an environment variable, the content of the file that {PREFIX}<NAME>_FILE names, "
    f"or a line of the YAML file that {SETTINGS_FILE} names.\n\n"
    "退出码 · exit codes: 0 完成 done; 1 结论为否 the answer is no; 2 用法 usage; 3 输入有误 bad "
    "input; 70 未曾预料 unforeseen; 75 请稍后重试 try again later."
)


def application(only: str | None = None) -> typer.Typer:
    """Return the command line with every command, or with the one that is called."""
    app = typer.Typer(
        name="liangshan",
        help="两山合作社风险控制与绿色金融评分 · risk control and green-finance scoring",
        epilog=EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(lambda: None)
    for name in (only,) if only in COMMANDS else COMMANDS:
        file = name.replace("-", "_")
        module = import_module(f"service.doors.cli.{file}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, file))
    return app


def main() -> None:
    """Run the command line; what nobody foresaw ends it with a traceback that names nobody."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    threading.excepthook = tell_unforeseen_of_thread
    try:
        with suppress(BadInput):  # a command that needs the settings says what is wrong with them
            settle(Settings())
        application(next(iter(sys.argv[1:]), None))()
    except Exception as fault:
        sys.exit(tell_unforeseen(fault))
