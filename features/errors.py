"""Errors that name the field, the value and the rule."""

from __future__ import annotations


class BadInput(ValueError):
    """Input that cannot be used, said so that its author can mend it.

    Parameters
    ----------
    rule
        The rule that is not met, as a sentence.
    where
        Table, file or document, with the row or line where one is known.
    field
        Column, key or option at fault.
    value
        The offending value as text; identity values arrive masked.

    Examples
    --------
    >>> str(BadInput("must not be negative", where="household row 3", field="debt", value="-1"))
    "household row 3: debt = '-1': must not be negative"
    """

    def __init__(
        self, rule: str, *, where: str = "", field: str = "", value: str | None = None
    ) -> None:
        self.rule = rule
        self.where = where
        self.field = field
        self.value = value
        seen = field if value is None else f"{field} = {value!r}" if field else repr(value)
        super().__init__(": ".join(part for part in (where, seen, rule) if part))
