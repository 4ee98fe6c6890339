"""A feature: a function whose name is its column and whose parameters are its inputs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import get_args, get_type_hints

from features.arrays import Floats, Rows, Unit
from features.errors import BadInput


@dataclass(frozen=True)
class Feature:
    """A function whose name is its column and whose parameters are its inputs.

    Attributes
    ----------
    inputs, parameters
        Positional parameters (other columns) and keyword-only ones (policy).
    units
        Unit of each input and parameter; absent for `Rows`.
    """

    name: str
    subject: str
    unit: Unit
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    units: Mapping[str, Unit]
    doc: str
    module: str
    function: Callable[..., Floats]


def _annotated_unit(hint: object) -> Unit | None:
    return next((arg for arg in get_args(hint) if isinstance(arg, Unit)), None)


def _feature(subject: str, function: Callable[..., Floats]) -> Feature:
    signature = inspect.signature(function)
    hints = get_type_hints(function, include_extras=True)
    found = {n: _annotated_unit(hint) for n, hint in hints.items() if hint is not Rows}
    where = f"{function.__module__}.{function.__name__}"
    if None in found.values() or {*signature.parameters, "return"} != set(hints):
        raise BadInput("every parameter and the result carry a unit", where=where)
    units = {name: unit for name, unit in found.items() if unit is not None}
    kinds = {name: p.kind for name, p in signature.parameters.items()}
    return Feature(
        name=function.__name__,
        subject=subject,
        unit=units.pop("return"),
        inputs=tuple(n for n, k in kinds.items() if k is not inspect.Parameter.KEYWORD_ONLY),
        parameters=tuple(n for n, k in kinds.items() if k is inspect.Parameter.KEYWORD_ONLY),
        units=units,
        doc=inspect.getdoc(function) or "",
        module=function.__module__,
        function=function,
    )


def features_of(subject: str, modules: Iterable[ModuleType]) -> dict[str, Feature]:
    """Return the public functions of a subject's modules as features, in order of name.

    Raises
    ------
    BadInput
        Where two files own one name.
    """
    found: dict[str, Feature] = {}
    for module in modules:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or function.__module__ != module.__name__:
                continue
            if name in found:
                raise BadInput(
                    f"also stands in {found[name].module}", where=module.__name__, field=name
                )
            found[name] = _feature(subject, function)
    return dict(sorted(found.items()))
