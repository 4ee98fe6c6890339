"""What every command shares: progress on stderr, JSON on stdout, exit codes."""

from __future__ import annotations

import errno
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
FULL = (errno.ENOSPC, errno.EDQUOT)

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
    """Turn what a command cannot do into one readable line and an exit code.

    3 for `BadInput` and for a file that cannot be read or written; 75 for a store that is away
    and a disk that is full.
    """

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
        except OSError as fault:
            if fault.errno == errno.EPIPE:
                raise
            stderr.print(f"[bold red]✗[/] {escape(mask_text(_of_file(fault)))}")
            later = fault.errno in FULL
            raise typer.Exit(EXIT_TRY_LATER if later else EXIT_BAD_INPUT) from fault

    return run


def tell_unforeseen(fault: BaseException) -> int:
    """Show what nobody foresaw, masked once it is text, and return the exit code."""
    sys.stderr.write(mask_text("".join(traceback.format_exception(fault))))
    return EXIT_FAILED


def tell_unforeseen_of_thread(ended: threading.ExceptHookArgs) -> None:
    """Show what nobody foresaw in a thread: a `threading.excepthook`."""
    if ended.exc_value is not None:
        tell_unforeseen(ended.exc_value)


def _of_file(fault: OSError) -> str:
    rule = f"无法读写 · it cannot be read or written ({fault.strerror or fault})"
    return str(BadInput(rule, where=str(fault.filename or "")))
