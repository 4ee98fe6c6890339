"""The demonstration as a process: trained, closed to the world, and what it refuses."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service.trust.roles import Role

pytestmark = pytest.mark.xdist_group("browser")


def liangshan(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from service.doors.cli import main; main()", *words]
    environment = os.environ | {"LIANGSHAN_HOME": str(home), "LIANGSHAN_DATABASE_URL": ""}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)


def test_one_line_of_json_says_all_that_is_needed(demonstration: Any) -> None:
    said = demonstration.said
    assert set(said) == {"address", "users", "api_key", "curl"}
    roles = {user["role"] for user in said["users"]}
    assert roles == set(Role)
    assert len({user["password"] for user in said["users"]}) == len(Role)
    log = demonstration.log.read_text()
    assert not any(user["password"] in log for user in said["users"])
    assert said["api_key"] not in log


@pytest.mark.long
def test_a_whole_demonstration_opens_no_outside_socket(trained_demonstration: Any) -> None:
    log = trained_demonstration.stop()
    assert log.count("AUC") == 2, log
    assert "outside: []" in log


def test_serve_refuses_where_there_is_no_store(tmp_path: Path) -> None:
    run = liangshan(tmp_path / "home", "serve")
    assert run.returncode == 3
    assert "没有数据库" in run.stderr
    assert not (tmp_path / "home").exists()


def test_a_taken_port_is_told_before_any_work(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        run = liangshan(tmp_path, "demo", "--port", port)
    assert run.returncode == 3
    assert "地址不可用" in run.stderr
    assert not (tmp_path / "demo").exists()
