"""`liangshan policy check | list | show ID`: the policy of this installation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from features.canonical import canonical_json
from features.errors import BadInput
from risk.files import EffectivePolicy, Policy, load_policy
from risk.red_lines.rule import Input
from service.doors.cli.check import today_in_shanghai
from service.doors.cli.console import emit_bytes, guarded, say
from service.settings import Settings

app = typer.Typer(help="政策文件 · the policy files", no_args_is_help=True)

AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="生效日，缺省今天 · day, default today"),
]
County = Annotated[str | None, typer.Option(help="县 · county")]
Json = Annotated[bool, typer.Option("--json", help="JSON")]


@app.command()
@guarded
def check(json: Json = False) -> None:
    """严格读取所有文件并试算其案例 · read every file strictly and try its cases."""
    policy = load_policy(Settings().policy)
    today = policy.effective(today_in_shanghai())
    document = {
        "red_lines": len(policy.red_lines),
        "products": len(policy.products),
        "scorecards": len(policy.scorecards),
        "reason_codes": len(policy.reason_codes),
        "counties": len(policy.counties),
        "cases": sum(len(line.cases) for line in policy.red_lines.values()),
        "policy": f"sha256:{today.sha256}",
    }
    if json:
        emit_bytes(canonical_json(document))
        return
    for name, value in document.items():
        say(f"{name}: {value}")
    say("全部可用 · every file is sound")


@app.command("list")
@guarded
def list_(as_of: AsOf = None, county: County = None, json: Json = False) -> None:
    """列出红线、产品与评分卡 · list red lines, products and scorecards."""
    effective = _effective(as_of, county)
    rows = list(_rows(effective))
    if json:
        emit_bytes(canonical_json({"policy": f"sha256:{effective.sha256}", "files": rows}))
        return
    table = Table("编号 id", "名称 title", "类别 kind", "级 severity", "限额 limits")
    for row in rows:
        table.add_row(*(str(row[key]) for key in ("id", "zh", "kind", "severity", "limits")))
    Console(highlight=False).print(table)


@app.command()
@guarded
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="如 RL-05、credit")],
    as_of: AsOf = None,
    county: County = None,
    json: Json = False,
) -> None:
    """显示一份文件在某日生效的内容 · show what of one file is in force on a day."""
    effective = _effective(as_of, county)
    document = effective.document
    shown = {
        kind: document[kind][id]
        for kind in ("red_lines", "products", "scorecards")
        if id in document[kind]
    }
    if not shown:
        known = [str(row["id"]) for row in _rows(effective)]
        raise BadInput("可用 · known: " + ", ".join(dict.fromkeys(known)), field="ID", value=id)
    if json:
        emit_bytes(canonical_json({"id": id, "policy": f"sha256:{effective.sha256}", **shown}))
        return
    for content in shown.values():
        Console(highlight=False).print(_page(content))


def _effective(as_of: datetime | None, county: str | None) -> EffectivePolicy:
    policy: Policy = load_policy(Settings().policy)
    day: date = as_of.date() if as_of else today_in_shanghai()
    return policy.effective(day, county)


def _rows(effective: EffectivePolicy) -> list[dict[str, object]]:
    """Return a line for each file."""
    lines: list[dict[str, object]] = [
        {
            "id": line.id,
            "zh": line.title["zh"],
            "en": line.title["en"],
            "kind": f"red line · {line.subject}",
            "severity": line.severity,
            "limits": "; ".join(_limits(test, line.inputs) for test in line.content["tests"]),
        }
        for line in effective.red_lines.values()
    ]
    products = [_plain(product, "product") for product in effective.document["products"].values()]
    cards = [_plain(card, "scorecard") for card in effective.document["scorecards"].values()]
    return [*lines, *products, *cards]


def _plain(content: dict[str, Any], kind: str) -> dict[str, object]:
    label = content["label"]
    return {
        "id": content["id"],
        "zh": label["zh"],
        "en": label["en"],
        "kind": kind,
        "severity": "",
        "limits": "",
    }


def _limits(test: dict[str, Any], inputs: Mapping[str, Input]) -> str:
    at = "=" if inputs[test["over"]].grain.beyond_at and test["kind"] == "value" else ""
    sign = {"high": f">{at}", "low": f"<{at}"}.get(test.get("bad", ""), "")
    shown = [f"{limit['level']} {sign} {_number(limit)}" for limit in test["limits"]]
    return ", ".join(shown) or "not in force"


def _number(limit: dict[str, Any]) -> str:
    if "to" in limit:
        others = " / ".join(row["at"] for row in limit.get("else", ()))
        return f"{limit['to']} + {limit['add']}" + (f" (else {others})" if others else "")
    return str(limit.get("at", "true"))


def _page(content: dict[str, Any]) -> Table:
    """Return a file as a table of its keys, nested ones by their path."""
    table = Table("项 key", "值 value", show_lines=False)
    for path, value in _leaves("", content):
        table.add_row(path, value)
    return table


def _leaves(path: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        pairs = [(f"{path}.{key}".lstrip("."), item) for key, item in value.items()]
    elif isinstance(value, list):
        pairs = [(f"{path}[{at}]", item) for at, item in enumerate(value)]
    else:
        return [(path, "" if value is None else str(value))]
    return [leaf for name, item in pairs for leaf in _leaves(name, item)]
