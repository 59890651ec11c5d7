"""The demonstration's change of law: it holds, it changes something, and its pages are not empty."""

from __future__ import annotations

from sqlmodel import select

from decision_service.commands import played_lawmaking
from decision_service.impact.release import book_of
from decision_service.lawmaking import drafts
from decision_service.lawmaking.checking import checked
from decision_service.store.database import reading
from decision_service.store.tables import DraftRow, ImpactRow
from tests.world.drafting import checked_in
from tests.world.office import World
from tests.world.people import OCTOBER, TENANT


def test_the_draft_holds_and_waits_for_a_second_person(world: World) -> None:
    world.known(1)
    played_lawmaking.play(world.office, TENANT, (OCTOBER,))
    assert checked_in(world.office) == 1
    with reading(world.engine) as session:
        [draft], [run] = session.exec(select(DraftRow)).all(), session.exec(select(ImpactRow)).all()
        found = checked(world.office, draft)
        assert found is not None
        assert found.findings == ()
        assert draft.state == drafts.OPEN
        assert list(drafts.changes_of(draft)) == [f"rules/sets/municipal/{TENANT}/kommun.yaml"]
        assert book_of(world.office, session, TENANT, draft.id).release == run.release
        assert run.release != world.office.book.release
