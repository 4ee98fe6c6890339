"""Who sends batches."""

from __future__ import annotations

import pytest

from service.trust.roles import Role
from tests.service.doors.bearer import Token
from tests.service.doors.http.batches.sent import Headers


@pytest.fixture
def key(token: Token) -> Headers:
    return token(Role.OFFICER)


@pytest.fixture
def other(token: Token) -> Headers:
    return token(Role.OFFICER, "other")
