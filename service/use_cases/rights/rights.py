"""What a person may ask of whoever holds his data, as the doors see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from service.store.store import Store
from service.use_cases.rights.copies import Copier
from service.use_cases.rights.erasures import Eraser
from service.use_cases.rights.withdrawals import Withdrawer


@dataclass(frozen=True)
class Rights:
    """Withdraw consent, have a copy, be erased."""

    withdrawer: Withdrawer
    copier: Copier
    eraser: Eraser

    @classmethod
    def over(cls, store: Store, clock: Callable[[], datetime]) -> Rights:
        """Return the rights over what a store holds."""
        return cls(Withdrawer(store, clock), Copier(store, clock), Eraser(store, clock))
