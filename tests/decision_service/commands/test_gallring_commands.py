"""What is to be deleted, on the command line: listed, stopped, let go, deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit import FileKeyStore, retention, verify_database
from decision_service.casework.gallring import Gallring
from decision_service.log import journal, vouched
from decision_service.log.database import open_for_reading
from tests.world.command_line import Municipality

WHO = ("--who", "arkiv-1")
LATER = datetime(2040, 1, 10, tzinfo=UTC)


@pytest.mark.slow
def test_what_is_too_young_is_counted_and_a_hold_is_seen(here: Municipality) -> None:
    assert here.of_case("due").out == "=>   kvar: 2\n"
    held = here.of_case("hold", here.case, "--purpose", "tvist i domstol", *WHO)
    assert (held.code, held.out) == (0, f"Gallringen av ärende {here.case} är stoppad.\n")
    said = here.of_case("due").out
    assert f"kvar, se efter: -  {here.case}  Gallringen är stoppad i post " in said
    assert "tvist i domstol" in said
    here.of_case("lift", here.case, "--purpose", "dom har fallit", *WHO)
    assert here.of_case("due").out == "=>   kvar: 2\n"
    assert here.verify("--vault", here.keys).code == 0


def test_nothing_is_deleted_before_its_time(here: Municipality) -> None:
    done = here.of_case("delete", "--no-folders", *WHO)
    assert (done.code, done.out) == (0, "=>   Inget.\n")


def test_where_the_files_are_must_be_said(here: Municipality) -> None:
    done = here.of_case("delete", *WHO)
    assert done.code == 2
    assert "ett av dessa argument saknas: --installation --no-folders" in done.err


def test_a_case_that_is_not_there_cannot_be_stopped(here: Municipality) -> None:
    done = here.of_case("hold", "f00", "--purpose", "tvist", *WHO)
    assert done.code == 2
    assert done.err == "Ärende f00 finns inte i loggen för kommun 9999, eller är gallrat.\n"


def test_what_stands_in_the_log_alone_goes_too(here: Municipality) -> None:
    keys = FileKeyStore(Path(here.keys))
    engine = open_for_reading(here.database)
    gallring = Gallring(engine, journal.open_log(keys), keys, {}, retention.load())
    gone = [each.case for each in gallring.sweep("9999", LATER, journal.staff("arkiv-1"))]
    report = verify_database(engine, {}, vault=keys, source=vouched.source)
    engine.dispose()
    assert here.case in gone
    assert report.ok, str(report)
    assert "Personuppgifterna gallrades" in here.of_case("show", here.case).out
