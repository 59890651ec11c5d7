"""A service that is stopped in order leaves no entry of a log unsigned, and ends whatever is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select, text
from structlog.testing import capture_logs

import audit
from audit import tables
from audit.check import UNSIGNED
from decision_service.evaluation import Evaluators
from decision_service.log import releases
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.service import Whole


@pytest.fixture
def own(alone: Whole) -> Whole:
    """A service that nobody else needs, so that it can be stopped."""
    office = alone.service.office
    alone.service.office = replace(office, evaluators=Evaluators(releases.files_of(office.book), 1))
    alone.eservice().apply(application(alone.person(), NOVEMBER))
    return alone


def unsigned(whole: Whole) -> int:
    """Entries of the log after the last checkpoint."""
    head, point = tables.head.c, tables.checkpoint.c
    with whole.service.office.engine.connect() as connection:
        signed = select(func.max(point.size)).where(point.tenant == TENANT)
        size = connection.scalar(select(head.size).where(head.tenant == TENANT))
        return int(size or 0) - int(connection.scalar(signed) or 0)


def test_the_end_of_the_log_is_signed_when_the_service_stops(own: Whole) -> None:
    office = own.service.office
    assert unsigned(own) > 0
    own.service.stop()
    assert unsigned(own) == 0
    later = own.clock() + UNSIGNED * 2
    report = audit.verify_database(
        office.engine, {TENANT: own.public_key()}, vault=office.keys, tenants=[TENANT], live=later
    )
    assert [said for state, said in report if state == "FEL"] == []


@pytest.mark.slow
def test_a_service_whose_log_is_not_its_own_signs_nothing_and_stops(own: Whole) -> None:
    with own.service.office.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entry_update"))
        connection.execute(text("UPDATE audit_entry SET mark = NULL WHERE seq > 0"))
    with capture_logs() as said:
        own.service.stop()
    assert "end_not_signed" in [each["event"] for each in said]
    assert unsigned(own) > 0
