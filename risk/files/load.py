"""Read the shipped policy and an installation's own folder beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from risk.files.admission import read_admission
from risk.files.cases import check_cases
from risk.files.catalogue import Known, feature_graph
from risk.files.cross_check import refuse_bad_parents, refuse_shared_names, refuse_strangers
from risk.files.default_definition import read_default_definition
from risk.files.effective import Policy
from risk.files.overrides import read_county
from risk.files.product import ProductFile, read_product
from risk.files.propagation import read_propagation
from risk.files.red_line import RedLineFile, read_red_line
from risk.files.scorecard import CardFile, read_scorecard
from risk.files.simple import read_count, read_master_scale, read_reason_codes
from risk.files.strict_yaml import Node, PolicyFault, read_yaml

SHIPPED = Path(__file__).parents[1] / "policy"
FOLDERS = ("red_lines", "products", "scorecards", "counties")
OURS_ALONE = ("cures.yaml",)
"""What the words of cures post is no installation's to change."""

T = TypeVar("T", RedLineFile, ProductFile, CardFile)


@dataclass(frozen=True)
class Folders:
    """The shipped folder, and the installation's own after it."""

    paths: tuple[Path, ...]

    def nodes(self, kind: str) -> list[Node]:
        """Return the files of one folder, ours first, each by name."""
        return [
            read_yaml(path, f"{kind}/{path.name}")
            for folder in self.paths
            for path in sorted((folder / kind).glob("*.yaml"))
        ]

    def one(self, name: str) -> Node:
        """Return a file of which there is one; the installation's goes before ours."""
        found = [folder / name for folder in self.paths if (folder / name).is_file()]
        return read_yaml(found[-1], name)

    def by_id(self, kind: str, read: Callable[[Node], T]) -> dict[str, T]:
        """Return the files of one folder by id, refusing two of one id."""
        files: dict[str, T] = {}
        for node in self.nodes(kind):
            file = read(node)
            if file.id in files:
                raise node.fault(f"{file.id} stands in {files[file.id].node.file} too", field="id")
            files[file.id] = file
        return files


def load_policy(extra: Path | None = None, known: Known | None = None) -> Policy:
    """Return the policy of this installation, strictly read and tried on its own cases.

    Parameters
    ----------
    extra
        Folder of the installation: it adds files, and county overrides as the four bases allow.
    known
        Columns that files may name; the installed feature graph by default.

    Raises
    ------
    PolicyFault
        At the first mistake, with file, line and reason.
    """
    columns = known or feature_graph()
    folders = Folders((SHIPPED, *(_own(extra) if extra else ())))
    lines = folders.by_id("red_lines", lambda node: read_red_line(node, columns))
    for line in lines.values():
        check_cases(line)
    products = folders.by_id("products", lambda node: read_product(node, columns))
    cards = folders.by_id("scorecards", read_scorecard)
    codes = read_reason_codes(folders.one("reason_codes.yaml"))
    counties = {}
    for node in folders.nodes("counties"):
        county = read_county(node, lines, products)
        if county.county in counties:
            raise node.fault("a second file of this county", field="county")
        counties[county.county] = county
    refuse_bad_parents(lines)
    refuse_shared_names(lines, products, columns)
    refuse_strangers(products, cards, lines, codes)
    return Policy(
        lines,
        products,
        cards,
        read_master_scale(folders.one("master_scale.yaml")),
        codes,
        read_default_definition(folders.one("default_definition.yaml")),
        read_count(folders.one("staleness.yaml"), "grace_days"),
        read_count(folders.one("hand_over.yaml"), "trees_beyond_defaults"),
        read_count(folders.one("reviews.yaml"), "longest_override_days"),
        read_propagation(folders.one("propagation.yaml"), lines, products, columns),
        read_admission(folders.one("admission.yaml"), lines),
        counties,
    )


def _own(extra: Path) -> tuple[Path]:
    if not extra.is_dir():
        rule = "不是文件夹 · is not a folder"
        raise PolicyFault(rule, where="LIANGSHAN_POLICY", value=str(extra))
    for path in sorted(extra.iterdir()):
        if path.is_dir() and path.name not in FOLDERS and not path.name.startswith("."):
            raise PolicyFault("known folders: " + ", ".join(FOLDERS), where=f"{path.name}/")
    for path in sorted(extra.rglob("*")):
        _refuse_unread(path.relative_to(extra))
    return (extra,)


def _refuse_unread(path: Path) -> None:
    """Refuse a YAML file that would be passed over in silence."""
    if path.suffix.lower() not in (".yaml", ".yml") or path.parts[0].startswith("."):
        return
    *folder, name = path.parts
    known = (SHIPPED / name).is_file() and name not in OURS_ALONE
    is_read = folder[0] in FOLDERS if len(folder) == 1 else known
    if path.suffix != ".yaml" or len(folder) > 1 or not is_read:
        rule = "would not be read: NAME.yaml stands in " + ", ".join(f"{at}/" for at in FOLDERS)
        raise PolicyFault(rule, where=str(path))
