"""What every command shares: progress on stderr, JSON on stdout, exit codes."""

from __future__ import annotations

import functools
import os
import sys
import threading
import traceback
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from features.errors import BadInput
from service.store.faults import StoreUnavailable
from service.trust.masking import mask_text

EXIT_NO = 1
EXIT_BAD_INPUT = 3
EXIT_TRY_LATER = os.EX_TEMPFAIL
EXIT_FAILED = os.EX_SOFTWARE

stderr = Console(stderr=True, highlight=False)

P = ParamSpec("P")
T = TypeVar("T")


def say(message: str) -> None:
    """Show one line of progress."""
    stderr.print(message)


def emit(document: object) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.flush()


def emit_bytes(document: bytes) -> None:
    """Write a document that is JSON already, as it stands."""
    sys.stdout.buffer.write(document + b"\n")
    sys.stdout.flush()


def guarded(command: Callable[P, T]) -> Callable[P, T]:
    """Turn `BadInput` into one readable line and exit code 3, a store that is away into 75."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except BadInput as fault:
            stderr.print(f"[bold red]✗[/] {escape(mask_text(str(fault)))}")
            raise typer.Exit(EXIT_BAD_INPUT) from fault
        except StoreUnavailable as fault:
            stderr.print(f"[bold red]✗[/] {escape(fault.reason)}")
            raise typer.Exit(EXIT_TRY_LATER) from fault

    return run


def tell_unforeseen(fault: BaseException) -> int:
    """Show what nobody foresaw, masked once it is text, and return the exit code."""
    sys.stderr.write(mask_text("".join(traceback.format_exception(fault))))
    return EXIT_FAILED


def tell_unforeseen_of_thread(ended: threading.ExceptHookArgs) -> None:
    """Show what nobody foresaw in a thread: a `threading.excepthook`."""
    if ended.exc_value is not None:
        tell_unforeseen(ended.exc_value)
