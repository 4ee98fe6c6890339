"""`liangshan policy check | list | show [ID]`: the policy of this installation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from features.book import Book
from features.canonical import canonical_json
from features.contracts import check_folder
from features.errors import BadInput
from risk.files import EffectivePolicy, load_policy
from risk.red_lines.rule import Input
from service.doors.cli.check import today_in_shanghai
from service.doors.cli.console import emit_bytes, guarded, say, stderr
from service.settings import Settings
from service.use_cases.judging.check_policy import Checked, check_policy

app = typer.Typer(help="政策文件 · the policy files", no_args_is_help=True)

AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="生效日，缺省今天 · day, default today"),
]
County = Annotated[str | None, typer.Option(help="县 · county")]
Json = Annotated[bool, typer.Option("--json", help="JSON")]


@app.command()
@guarded
def check(
    book: Annotated[
        Path | None, typer.Option("--book", metavar="DIR", help="在此账本上试判 · judge this book")
    ] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """严格读取所有文件并试算其案例 · read every file strictly and try its cases.

    又列出案例未及的档位、县级与我方文件的冲突、账本上从未触发的红线 · also what the cases leave
    out, where county files and ours conflict, which lines never fire on a book.
    """
    policy = load_policy(Settings().policy)
    checked = check_policy(policy, _day(as_of), None if book is None else _read(book))
    if json:
        emit_bytes(canonical_json(checked.document()))
        return
    for name, count in checked.counts.items():
        say(f"{name}: {count}")
    say(f"policy: sha256:{checked.sha256}")
    say("全部可用 · every file is sound")
    _show_untold(checked)
    _show_conflicts(checked)
    if checked.states is not None:
        silent = ", ".join(checked.never_fired) or "—"
        say(f"账本上从未触发 · never fired on the book: {silent}")


def _read(folder: Path) -> Book:
    say(f"读取账本 · reading {folder} ...")
    checked = check_folder(folder, today_in_shanghai())
    if len(checked.faults):
        say(f"{len(checked.faults):,} 处数据问题，相关行已搁置 · faults; their rows are set aside")
    return checked.book


def _show_untold(checked: Checked) -> None:
    told = Table("红线 rule", "状态 states told", "未及档位 levels that no case tells")
    for rule, line in checked.lines.items():
        left = "; ".join(
            f"{test}: {', '.join(levels)}" for test, levels in line.untold.items() if levels
        )
        told.add_row(rule, ", ".join(line.states), left)
    stderr.print(told)


def _show_conflicts(checked: Checked) -> None:
    if not checked.conflicts:
        say("县级文件与我方无冲突 · no county file conflicts with ours")
        return
    table = Table("县 county", "限额 limit", "冲突 conflict", "出处 where")
    for found in checked.conflicts:
        table.add_row(found.county, found.limit, f"{found.zh} · {found.en}", found.where)
    stderr.print(table)


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
    id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="如 RL-05、credit；缺省全部 · default all")
    ] = None,
    as_of: AsOf = None,
    county: County = None,
    json: Json = False,
) -> None:
    """显示某县某日生效的一份文件或全部政策及其摘要值 · show what is in force, with its hash."""
    day, effective = _day(as_of), _effective(as_of, county)
    said: dict[str, object] = {
        "as_of": day.isoformat(),
        "county": county,
        "policy": f"sha256:{effective.sha256}",
    }
    if id is None:
        shown: dict[str, Any] = {"effective": dict(effective.document)}
    else:
        shown = _found(effective, id)
        said["id"] = id
    if id is not None and id in effective.red_lines:
        said["rule_version"] = f"sha256:{effective.red_lines[id].rule_version}"
    if json:
        emit_bytes(canonical_json({**said, **shown}))
        return
    console = Console(highlight=False)
    for key, value in said.items():
        console.print(f"{key}: {value or '—'}", soft_wrap=True)
    for content in shown.values():
        console.print(_page(content))


def _found(effective: EffectivePolicy, id: str) -> dict[str, Any]:
    """Return the files of one id, by kind."""
    document = effective.document
    shown = {
        kind: document[kind][id]
        for kind in ("red_lines", "products", "scorecards")
        if id in document[kind]
    }
    if not shown:
        known = [str(row["id"]) for row in _rows(effective)]
        raise BadInput("可用 · known: " + ", ".join(dict.fromkeys(known)), field="ID", value=id)
    return shown


def _day(as_of: datetime | None) -> date:
    return as_of.date() if as_of else today_in_shanghai()


def _effective(as_of: datetime | None, county: str | None) -> EffectivePolicy:
    return load_policy(Settings().policy).effective(_day(as_of), county)


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
