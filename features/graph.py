"""The feature graph as others use it: the catalogue, its plans and their digest."""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import pkgutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

from features.arrays import Unit
from features.catalogue import Catalogue
from features.dictionary import load_dictionary
from features.feature import Feature, features_of
from features.lineage import Lineage
from features.plan import Plan, is_compiled, load_plan, plans_folder

__all__ = [
    "Catalogue",
    "Feature",
    "Lineage",
    "Unit",
    "catalogue",
    "compile_plans",
    "plan",
    "plan_digest",
]


_READERS = (
    "dictionary.yaml",
    "floats.py",
    "timeline.py",
    "holders.py",
    "relatives.py",
    "point_in_time.py",
)
"""What reads a book on a day, beside the features themselves."""


def _modules_of(table: str) -> list[ModuleType]:
    """Return the feature modules of a table: `features.<table>`, or those of that package."""
    name = f"features.{table}"
    if importlib.util.find_spec(name) is None:
        return []
    module = importlib.import_module(name)
    inside = pkgutil.iter_modules(getattr(module, "__path__", []), f"{name}.")
    return [module, *(importlib.import_module(found.name) for found in inside)]


@functools.cache
def catalogue() -> Catalogue:
    """Return the whole feature graph, checked.

    Raises
    ------
    BadInput
        Naming the function and what is wrong with it.
    """
    dictionary = load_dictionary()
    found = {table: features_of(table, _modules_of(table)) for table in dictionary.tables}
    return Catalogue(
        dictionary, {table: features for table, features in found.items() if features}
    )


@functools.cache
def plan(subject: str) -> Plan:
    """Return the compiled plan of a subject (see `compile_plans`)."""
    return load_plan(catalogue(), subject)


def compile_plans() -> Path:
    """Compile the plan of every subject, so that no start waits for it; return their folder.

    Those that are not on disk yet are compiled side by side, the largest first: each takes a
    core for up to a minute.
    """
    names = catalogue()
    largest_first = sorted(names.subjects, key=lambda name: -len(names.features(name)))
    new = [subject for subject in largest_first if not is_compiled(names, subject)]
    if len(new) > 1:
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            list(pool.map(_compile, new))
    for subject in names.subjects:
        plan(subject)
    return plans_folder()


def _compile(subject: str) -> None:
    plan(subject)


@functools.cache
def plan_digest() -> str:
    """Return the SHA-256 of every source that decides a feature's value.

    The dictionary, the feature modules, features.arrays and what reads a book on a day. Versions
    of libraries are left out, so that a stored model keeps its identity over an upgrade.
    """
    here = Path(__file__).parent
    modules = {f.module for s in catalogue().subjects for f in catalogue().features(s).values()}
    files = {Path(str(importlib.import_module(name).__file__)) for name in modules}
    files |= set(here.glob("arrays/*.py")) | {here / name for name in _READERS}
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(here).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
