from __future__ import annotations

import pytest

from decision_service.access.roles import Role
from tests.world.client import User
from tests.world.drafting import ReadHere
from tests.world.service import Whole


@pytest.fixture
def drafting(whole: Whole) -> Whole:
    """The service, with drafts checked in this process but for their cases."""
    whole.service.checker = ReadHere()
    return whole


@pytest.fixture
def policy(drafting: Whole) -> User:
    """Somebody who drafts."""
    return drafting.user(Role.POLICY)


@pytest.fixture
def publicist(drafting: Whole) -> User:
    """Somebody who approves and publishes."""
    return drafting.user(Role.PUBLICIST)
