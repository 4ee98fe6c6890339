"""`liangshan train PRODUCT DIR [--as-of D]`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from features.contracts import check_folder
from risk.files import load_policy
from service.doors.cli.console import emit, guarded, say, stderr
from service.settings import Settings
from service.store.records import SHANGHAI

SHOWN = ("auc", "ks", "brier", "log_loss", "calibration_slope", "calibration_intercept")


@guarded
def train(
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="credit, deposit")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="书册文件夹 · a book's folder")],
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="已知到哪一天 · what was known by this day"),
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="训练人，批准须另有其人 · who trains it; another approves")
    ] = None,
    seed: Annotated[int, typer.Option(help="随机种子 · random seed")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 · JSON on stdout")] = False,
) -> None:
    """训练并登记一个产品的模型 · Train a product's model and register it.

    优于专家卡者：以模拟数据训练的直接成为冠军，以真实数据训练的须他人批准（promote）·
    A better one becomes the champion at once where it was trained on simulated data; one of real
    data waits until another person approves it (promote).
    """
    from service.use_cases.train import train as train_product

    settings = Settings()
    day = (as_of or datetime.now(SHANGHAI)).date()
    checked = check_folder(folder)
    if len(checked.faults):
        say(f"{len(checked.faults)} 处有误已隔离，见 liangshan check · set aside, see check")
    policy = load_policy(settings.policy)
    home = settings.made_home()
    trained = train_product(product, checked.book, policy, home, day, seed=seed, by=by)
    if as_json:
        emit(trained.document())
        return
    table = Table("", *SHOWN, title=f"{product} · 时间外样本 out of time")
    for who, metrics in trained.metrics.items():
        table.add_row(who, *(f"{metrics.as_dict()[name]:.4f}" for name in SHOWN))
    stderr.print(table)
    registration, evidence = trained.registration, trained.evidence
    if not trained.beats_card:
        say("时间外对数损失不优于专家卡，登记为挑战者 · no better than the card: a challenger")
    elif not trained.is_champion:
        say(
            "优于专家卡，登记为挑战者，待他人批准 · better than the card: a challenger until "
            f"another approves it: liangshan promote {product} --approved-by"
        )
    say(
        f"登记 registered {registration.name} v{registration.number} "
        f"{registration.version[:12]} · "
        f"{evidence.defaults} 例违约 defaults · {evidence.trained_on}"
    )
