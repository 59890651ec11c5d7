"""A change of law in the demonstration: a draft that waits to be checked and approved, and what it would have
done with the month's cases."""

from __future__ import annotations

from collections.abc import Collection

from decision_service.casework.office import Office
from decision_service.casework.staff import note_staff
from decision_service.impact import runs
from decision_service.impact.release import book_of
from decision_service.lawmaking import drafts
from decision_service.lawmaking.checking import content_of
from decision_service.reading.said import said_in
from decision_service.store.database import transaction
from norms.month import Month

_say = said_in(__file__)

WHO, NAME, TITLE = "demo-policy", "Demo Policy", _say("made_up_person")
PURPOSE = _say("made_up_change")
BEFORE, AFTER = (f'  kommun.hyresmarginal:\n    - {{värde: "{amount}",' for amount in (250, 500))


def play(office: Office, tenant: str, months: Collection[Month]) -> None:
    """Draft the change, and ask what it would have done in some months. Both are worked on by the service."""
    with transaction(office.engine) as session:
        note_staff(office, session, tenant, WHO, NAME, TITLE)
        draft = drafts.begin(office, session, tenant, drafts.Begin(purpose=PURPOSE), WHO)
        session.flush()
        name = f"rules/sets/municipal/{tenant}/kommun.yaml"
        text = content_of(session, draft)[1].all[name]
        drafts.save(office, session, draft, {name: text.replace(BEFORE, AFTER)}, WHO)
        session.flush()
        book = book_of(office, session, tenant, draft.id)
        runs.begin(office, session, tenant, WHO, book, [str(each) for each in months])
