"""What nobody foresaw ends a command with a traceback, and the traceback names nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.people import citizen

PERSON = citizen(7)
FAILS = f"raise RuntimeError('借款人{PERSON}的电话13800138000有误')"
IN_A_COMMAND = f"""
from service.doors.cli import main, tenants
def fails(*_):
    {FAILS}
tenants.open_access = fails
main()
"""
IN_A_THREAD = f"""
import threading
from service.doors.cli import main, tenants
def fails(*_):
    {FAILS}
def starts(*_):
    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    {FAILS}
tenants.open_access = starts
main()
"""


@pytest.mark.parametrize(("code", "tracebacks"), [(IN_A_COMMAND, 1), (IN_A_THREAD, 2)])
def test_a_traceback_of_a_command_is_masked(tmp_path: Path, code: str, tracebacks: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", code, "tenants", "list"],
        env=os.environ | {"LIANGSHAN_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == os.EX_SOFTWARE
    assert ended.stderr.count("Traceback") == tracebacks
    assert ended.stderr.count("RuntimeError: 借款人") == tracebacks
    assert PERSON not in ended.stdout + ended.stderr
    assert "13800138000" not in ended.stdout + ended.stderr
