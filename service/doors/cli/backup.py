"""`liangshan backup FILE`: the store as of one instant, the models, on request the keys."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from service.doors.cli.console import emit, guarded, say
from service.doors.cli.serve import refuse_without_store
from service.settings import Settings
from service.store.archive import Manifest
from service.store.backup import back_up
from service.store.store import Store
from service.wiring import now


@guarded
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件，须不存在 · a new file")],
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="连同密钥 · the keys too")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="JSON 输出")] = False,
) -> None:
    """备份数据库与模型，服务可照常运行 · Back up store and models; the service may go on."""
    settings = Settings()
    refuse_without_store(settings)
    home = settings.made_home()
    manifest = back_up(
        Store(settings.store_url, home), home, file, now(), with_secrets=with_secrets
    )
    found = document(file, manifest)
    if json:
        emit(found)
        return
    say(f"已备份 backed up: {file} · revision {manifest.revision} · {sum_of(manifest)} 行 rows")
    say(f"sha256 {found['sha256']}")
    if not with_secrets:
        say("密钥不在其中，请另行保存 · the keys are not inside: keep them apart")


def document(file: Path, manifest: Manifest) -> dict[str, object]:
    """Return what `--json` says of a backup."""
    return {
        "file": str(file),
        "sha256": _sha256(file),
        "revision": manifest.revision,
        "made_at": manifest.made_at.isoformat(),
        "tables": {Path(member.name).stem: member.rows for member in manifest.tables},
        "chains": {owner: sequence for owner, (sequence, _) in manifest.heads.items()},
        "files": len(manifest.files),
        "secrets": bool(manifest.secrets),
    }


def sum_of(manifest: Manifest) -> int:
    """Return how many rows all tables have."""
    return sum(member.rows for member in manifest.tables)


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
