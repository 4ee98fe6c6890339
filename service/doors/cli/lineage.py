"""`liangshan lineage`: from a feature to its raw columns, their source and clause."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from features.errors import BadInput
from features.graph import Catalogue, Lineage, catalogue
from service.doors.cli.console import emit, guarded


@guarded
def lineage(
    feature: Annotated[str, typer.Argument(help="特征或原始列 · feature or raw column")],
    subject: Annotated[
        str | None, typer.Option(help="主体表，缺省为所有 · its table; every one that has it")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False,
) -> None:
    """特征的血缘：特征 → 原始列 → 来源或条款 · what a feature is made of."""
    names = catalogue()
    traced = [names.lineage(s, feature) for s in _subjects(names, feature, subject)]
    if as_json:
        emit({"feature": feature, "lineage": [tree.document() for tree in traced]})
        return
    for tree in traced:
        Console(highlight=False).print(_grown(Tree(_headline(tree)), tree))


def _subjects(names: Catalogue, feature: str, subject: str | None) -> list[str]:
    """Return the subjects in which to trace a name.

    Raises
    ------
    BadInput
        Where the subject is no table, or none has the name.
    """
    if subject is not None:
        if subject not in names.dictionary.tables:
            raise BadInput("没有这张表 · no such table", field="--subject", value=subject)
        names.resolve(subject, feature)
        return [subject]
    found = [s for s in names.subjects if feature in names.features(s)]
    found = found or [t.name for t in names.dictionary.all_tables if feature in t.columns]
    if not found:
        raise BadInput("没有这个特征或列 · no feature or column of that name", value=feature)
    return found


def _grown(branch: Tree, tree: Lineage) -> Tree:
    for paragraph in filter(None, tree.doc.split("\n\n")):
        branch.add(f"[dim]{escape(' '.join(paragraph.split()))}[/]")
    for child in tree.inputs:
        _grown(branch.add(_headline(child)), child)
    return branch


def _headline(tree: Lineage) -> str:
    unit = f"[cyan]{tree.unit}[/]"
    if tree.kind == "feature":
        return f"[bold]{tree.name}[/] {unit} · {tree.subject}"
    if tree.kind == "column":
        mark = "!" if tree.required else ""
        where = f"{tree.table}.{tree.column}{mark}"
        source = f" [dim]{escape(tree.source)}[/]" if tree.source else ""
        return f"{where} {unit} {escape(tree.zh)} · {escape(tree.en)}{source}"
    label = "政策参数 · policy parameter" if tree.kind == "parameter" else "判断日 · judged day"
    return f"{tree.name} {unit} {label}"
