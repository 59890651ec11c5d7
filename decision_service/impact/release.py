"""The rules that a run is made under, by what people call them."""

from __future__ import annotations

from sqlmodel import Session

from decision_service.casework.office import Office
from decision_service.lawmaking.checking import content_of
from decision_service.log import releases
from decision_service.reading.strict_json import InputError
from decision_service.store.tables import DraftRow
from norms.fault import fault
from norms.finding import FindingsError
from rules.book import Rulebook


def book_of(office: Office, session: Session, tenant: str, name: str) -> Rulebook:
    """What a draft of a municipality says, by its id; else a release whose files are kept, by its id or the
    beginning of one. Raises InputError unless it is exactly one, and for a draft with errors."""
    wanted = name.strip()
    draft = session.get(DraftRow, (tenant, wanted))
    if draft is not None:
        try:
            return releases.book_from(content_of(session, draft)[1].law)
        except FindingsError:
            raise InputError([fault("impact_of_faulty_draft", "release")]) from None
    there = [each for each in releases.kept(session.connection()) if wanted and each.startswith(wanted)]
    if len(there) != 1:
        raise InputError([fault("no_such_release", "release", found=wanted[:80])])
    [release] = there
    if release == office.book.release:
        return office.book
    return releases.book_from(releases.load_files(session.connection(), release), release)
