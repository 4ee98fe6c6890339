"""One compiled kernel per subject, from generated, readable source.

The kernel alternates passes: functions over child rows run as array functions over all subjects,
the others are fused into one loop over subjects, so one subject alone has the bits it has among a
million. The source is a file under `$LIANGSHAN_HOME/plans`, because Numba caches only what it can
find on disk; its name carries a digest of all it depends on, because Numba does not see an edited
helper in another file; it is never rewritten, because a new modification time empties the cache;
and it stands in `sys.modules` before it runs, because otherwise the second start dies on the cache
of the first.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import cast

import numpy as np

import features.arrays
from features.arrays import Floats, Rows
from features.catalogue import Catalogue, Source

_DIGITS = 16
_HEAD = '''"""Plan of the subject {subject}: written by features.plan, never edited.

Rows of `inputs`: {scalars}.
Rows of `outputs`: {features}.
"""

{imports}
from numba import njit

from features.arrays import Rows
from features.arrays.compiled import body

{functions}


@njit("{signature}", cache=True, error_model="numpy", nogil=True)
def kernel({arguments}):
'''


@dataclass(frozen=True)
class Group:
    """Child rows that a plan reads: a child, a many-relation or `past`, and its columns there."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """What stands where in a plan's matrices.

    Attributes
    ----------
    scalars
        Names of the rows of `inputs`: raw columns, joined values, policy parameters.
    groups
        Child rows, in the order of the kernel's arguments.
    features
        Names of the rows of `outputs`.
    """

    subject: str
    scalars: tuple[str, ...]
    groups: tuple[Group, ...]
    features: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A subject's layout and its compiled kernel."""

    layout: Layout
    path: Path
    kernel: Callable[..., None]

    def run(self, inputs: Floats, groups: Mapping[str, tuple[Floats, Rows]]) -> Floats:
        """Return every feature of n subjects, shape (features, n).

        Parameters
        ----------
        inputs
            Shape (scalars, n), C-contiguous.
        groups
            By name: values of shape (columns, rows), C-contiguous, and the rows of each subject.
        """
        outputs = np.empty((len(self.layout.features), inputs.shape[1]))
        arguments: list[object] = []
        for group in self.layout.groups:
            values, rows = groups[group.name]
            arguments += (values, rows.offsets, rows.declared)
        self.kernel(inputs, outputs, *arguments)
        return outputs


def layout_of(catalogue: Catalogue, subject: str) -> Layout:
    """Return what stands where in a subject's plan."""
    scalars: set[str] = set()
    groups: dict[str, set[str]] = {}
    for feature in catalogue.features(subject).values():
        scalars |= set(feature.parameters)
        for name in feature.inputs:
            found = catalogue.resolve(subject, name)
            if found.by_row:
                groups.setdefault(found.group, set()).update({found.inner} - {""})
            elif found.source is not Source.FEATURE:
                scalars.add(name)
    return Layout(
        subject,
        tuple(sorted(scalars)),
        tuple(Group(name, tuple(sorted(columns))) for name, columns in sorted(groups.items())),
        catalogue.order(subject),
    )


def passes(catalogue: Catalogue, subject: str) -> list[tuple[bool, list[str]]]:
    """Return the features in passes: (over child rows?, names), each as long as can be."""
    features = catalogue.features(subject)
    over_rows = {
        name: any(catalogue.resolve(subject, i).by_row for i in feature.inputs)
        for name, feature in features.items()
    }
    left, made = list(catalogue.order(subject)), list[tuple[bool, list[str]]]()
    while left:
        by_rows = over_rows[left[0]]
        ready = list[str]()
        for name in left:
            waits = [i for i in features[name].inputs if i in left and i not in ready]
            if over_rows[name] is by_rows and not waits:
                ready.append(name)
        made.append((by_rows, ready))
        left = [name for name in left if name not in ready]
    return made


def _call(catalogue: Catalogue, subject: str, name: str, index: str) -> str:
    """Return one line of the kernel: a feature's value from its inputs."""
    feature = catalogue.features(subject)[name]
    given = [f"{i}{index}" for i in feature.inputs + feature.parameters]
    return f"{name}{index or '[:]'} = f_{name}({', '.join(given)})"


def _body(catalogue: Catalogue, layout: Layout) -> list[str]:
    lines = [f"{name} = inputs[{k}]" for k, name in enumerate(layout.scalars)]
    lines += [f"{name} = outputs[{k}]" for k, name in enumerate(layout.features)]
    for group in layout.groups:
        lines.append(f"{group.name} = Rows({group.name}_offsets, {group.name}_declared)")
        lines += [
            f"{group.name}__{c} = {group.name}_values[{k}]" for k, c in enumerate(group.columns)
        ]
    for over_rows, names in passes(catalogue, layout.subject):
        if over_rows:
            lines += [_call(catalogue, layout.subject, name, "") for name in names]
        else:
            lines.append("for i in range(inputs.shape[1]):")
            lines += [f"    {_call(catalogue, layout.subject, n, '[i]')}" for n in names]
    return lines


def source_of(catalogue: Catalogue, subject: str) -> str:
    """Return the source of a subject's plan."""
    layout = layout_of(catalogue, subject)
    features = catalogue.features(subject)
    arguments = ["inputs", "outputs"]
    types = ["float64[:, ::1]", "float64[:, ::1]"]
    for group in layout.groups:
        arguments += [f"{group.name}_{part}" for part in ("values", "offsets", "declared")]
        types += ["float64[:, ::1]", "int64[::1]", "boolean[::1]"]
    head = _HEAD.format(
        subject=subject,
        scalars=", ".join(layout.scalars),
        features=", ".join(layout.features),
        imports="\n".join(f"import {m}" for m in sorted({f.module for f in features.values()})),
        functions="\n".join(
            f"f_{name} = body({features[name].module}.{name})" for name in layout.features
        ),
        signature=f"void({', '.join(types)})",
        arguments=", ".join(arguments),
    )
    return head + "".join(f"    {line}\n" for line in _body(catalogue, layout))


# ------------------------------------------------------------------ on disk


def plans_folder() -> Path:
    """Return where plans live: `$LIANGSHAN_HOME/plans`, default `.liangshan/plans`."""
    return Path(os.environ.get("LIANGSHAN_HOME", ".liangshan")).resolve() / "plans"


def _source_bytes(module: ModuleType) -> bytes:
    return Path(str(module.__file__)).read_bytes()


def _modules(names: set[str]) -> list[ModuleType]:
    return [importlib.import_module(name) for name in sorted(names)]


def _arrays_bytes() -> bytes:
    folder = Path(str(features.arrays.__file__)).parent
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))


def digest_of(catalogue: Catalogue, subject: str) -> str:
    """Return the SHA-256 of all that a subject's plan depends on.

    Its source, the sources of its features and of features.arrays, the versions of numba, numpy
    and Python.
    """
    owners = {feature.module for feature in catalogue.features(subject).values()}
    parts = [
        source_of(catalogue, subject).encode(),
        *(_source_bytes(module) for module in _modules(owners)),
        _arrays_bytes(),
        importlib.metadata.version("numba").encode(),
        np.__version__.encode(),
        sys.version.encode(),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _write_once(path: Path, text: str) -> None:
    """Write a file that no other process ever sees half written, unless it is there."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.half")
    half.write_text(text, encoding="utf-8")
    try:
        os.link(half, path)
    except FileExistsError:
        pass
    finally:
        half.unlink()


def _name_of(catalogue: Catalogue, subject: str) -> str:
    """Return the name of a plan's module, which tells all that it depends on."""
    return f"{subject}_{digest_of(catalogue, subject)[:_DIGITS]}"


def is_compiled(catalogue: Catalogue, subject: str) -> bool:
    """Return whether Numba's cache has a subject's plan."""
    cache = plans_folder() / "__pycache__"
    return any(cache.glob(f"{_name_of(catalogue, subject)}.kernel-*.nbi"))


def load_plan(catalogue: Catalogue, subject: str, folder: Path | None = None) -> Plan:
    """Return a subject's plan, compiled now or taken from Numba's cache beside its source."""
    name = _name_of(catalogue, subject)
    path = (folder or plans_folder()) / f"{name}.py"
    _write_once(path, source_of(catalogue, subject))
    module_name = f"liangshan_plans.{name}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no plan can be loaded from {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    return Plan(layout_of(catalogue, subject), path, cast(Callable[..., None], module.kernel))
