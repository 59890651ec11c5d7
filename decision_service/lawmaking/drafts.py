"""Drafts: begun from what is in force, changed file by file or as a whole folder, moved, and put away."""

from __future__ import annotations

import json
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field, StrictInt
from sqlmodel import Session, col, select

from decision_service.application.fields import Part
from decision_service.casework.office import Office
from decision_service.casework.staff import may_be_one
from decision_service.lawmaking.checking import OPEN, base_of, content_of, in_force
from decision_service.lawmaking.content import Changes, changes_of, may_be_named, published
from decision_service.lawmaking.rights import require_right
from decision_service.reading.scrubbing import scrubbed
from decision_service.reading.strict_json import InputError
from decision_service.store.refused import ConflictError, NotFoundError, StaleError
from decision_service.store.tables import DraftRow, PublicationRow
from norms.fault import fault, shown

PUBLISHED, PUT_AWAY = "publicerat", "nedlagt"
MOST_DRAFTS = 500
"""Drafts that are listed, the newest first."""
LARGEST_FILE, LARGEST_DRAFT = 1_000_000, 8_000_000
"""Characters of a file, and of all that a draft changes."""
Purpose = Annotated[str, Field(min_length=1, max_length=2000)]


class Begin(Part):
    """A new draft: what it is for. ``takes_back`` is the number of a publication that it takes back: the
    draft then says what was in force before that one."""

    purpose: Purpose
    takes_back: Annotated[StrictInt, Field(ge=1, le=1_000_000)] | None = None


def begin(office: Office, session: Session, tenant: str, given: Begin, who: str) -> DraftRow:
    """A draft from what is in force. Raises ConflictError, NotFoundError, and InputError for a purpose with a
    personal number in it."""
    now, base = office.clock(), in_force(session, tenant)
    _require_about_nobody(purpose=given.purpose)
    changes: Changes = {}
    if given.takes_back is not None:
        changes = _before(session, tenant, base, given.takes_back)
        require_right(office.installation, tenant, changes)
    row = DraftRow(
        id=uuid.uuid4().hex,
        tenant=tenant,
        owner=who,
        purpose=given.purpose,
        state=OPEN,
        base=base.number,
        changes=json.dumps(changes, ensure_ascii=False),
        editors=json.dumps([who]),
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    return row


def _before(session: Session, tenant: str, base: PublicationRow, number: int) -> dict[str, str | None]:
    """What takes one back to what was in force before a publication."""
    taken = session.get(PublicationRow, (tenant, number))
    if taken is None:
        raise NotFoundError(str(number))
    if number == 1:
        raise ConflictError(fault("nothing_before"))
    connection = session.connection()
    earlier = session.get_one(PublicationRow, (tenant, number - 1))
    return published(connection, base).changes_to(published(connection, earlier))


def find(session: Session, tenant: str, draft: str) -> DraftRow:
    """A draft of a municipality. Raises NotFoundError."""
    row = session.get(DraftRow, (tenant, draft))
    if row is None:
        raise NotFoundError(draft)
    return row


def listed(session: Session, tenant: str) -> Sequence[DraftRow]:
    """The drafts of a municipality, the latest changed first."""
    query = select(DraftRow).where(DraftRow.tenant == tenant).order_by(col(DraftRow.changed_at).desc())
    return session.exec(query.limit(MOST_DRAFTS)).all()


def lock(session: Session, tenant: str, draft: str, version: int) -> DraftRow:
    """A draft that is worked on, to be changed: nobody else can until the transaction ends. Raises
    NotFoundError, StaleError where somebody has saved since ``version``, and ConflictError for one that is
    published or put away."""
    query = select(DraftRow).where(DraftRow.tenant == tenant, DraftRow.id == draft).with_for_update()
    row = session.exec(query, execution_options={"populate_existing": True}).first()
    if row is None:
        raise NotFoundError(draft)
    if row.version != version:
        raise StaleError(draft)
    if row.state != OPEN:
        raise ConflictError(fault("draft_closed", state=row.state))
    return row


def save(
    office: Office, session: Session, row: DraftRow, changes: Mapping[str, str | None], who: str
) -> None:
    """Change files of a locked draft. Raises InputError as ``fitting`` does and for too much text in all, and
    ConflictError for a file that is not theirs to change."""
    named = fitting(changes)
    base, now = content_of(session, row)
    differs = {name: text for name, text in named.items() if now.all.get(name) != text}
    require_right(office.installation, row.tenant, differs)
    whole = {**changes_of(row), **differs}
    kept = {name: text for name, text in sorted(whole.items()) if base.all.get(name) != text}
    if sum(len(text) for text in kept.values() if text is not None) > LARGEST_DRAFT:
        raise InputError([fault("draft_too_long", "content", limit=LARGEST_DRAFT)])
    row.changes = json.dumps(kept, ensure_ascii=False)
    touched(office, row, who)


def fitting(changes: Mapping[str, str | None]) -> dict[str, str | None]:
    """Changes as a draft keeps them. Raises InputError for a name that no file can have, too long a text and
    a personal number."""
    _require_about_nobody(**{f"content {name}": text for name, text in changes.items() if text is not None})
    named = {unicodedata.normalize("NFC", name): _alike(text) for name, text in changes.items()}
    wrong = [
        fault("no_such_file_name", "name", found=shown(name)) for name in named if not may_be_named(name)
    ]
    wrong += [
        fault("file_too_long", "content", file=name, limit=LARGEST_FILE)
        for name, text in named.items()
        if text is not None and len(text) > LARGEST_FILE
    ]
    if wrong:
        raise InputError(wrong)
    return named


def _alike(text: str | None) -> str | None:
    """Line ends as releases have them, and one at the end."""
    if text is None:
        return None
    text = text.replace("\r\n", "\n")
    return text if text.endswith("\n") or not text else f"{text}\n"


def _require_about_nobody(**texts: str) -> None:
    """Rules are published, and what is said of them is not sealed: nobody may stand there by number."""
    wrong = [
        fault("number_in_rules", name.partition(" ")[0])
        for name, text in texts.items()
        if scrubbed(text) != text
    ]
    if wrong:
        raise InputError(wrong)


def describe(office: Office, row: DraftRow, purpose: str, reason: str, who: str) -> None:
    """Say what a locked draft is for, and why it corrects what has been. Raises InputError for a personal
    number in it."""
    _require_about_nobody(purpose=purpose, reason=reason)
    row.purpose, row.reason = purpose, reason
    touched(office, row, who, rewritten=False)


def move(office: Office, session: Session, row: DraftRow, who: str) -> None:
    """Let a locked draft start from what is in force now. Raises ConflictError where both have changed the
    same file."""
    newest = in_force(session, row.tenant)
    if newest.number == row.base:
        raise ConflictError(fault("draft_not_behind"))
    connection = session.connection()
    was, now = published(connection, base_of(session, row)), published(connection, newest)
    mine, theirs = changes_of(row), was.changes_to(now)
    both = sorted(name for name in mine if name in theirs and mine[name] != theirs[name])
    if both:
        raise ConflictError(fault("changed_by_both", files=", ".join(both)))
    row.base = newest.number
    kept = {name: text for name, text in mine.items() if now.all.get(name) != text}
    row.changes = json.dumps(kept, ensure_ascii=False)
    touched(office, row, who)


def put_away(office: Office, row: DraftRow, who: str) -> None:
    """Let a locked draft be; it can still be read."""
    row.state = PUT_AWAY
    touched(office, row, who)


def touched(office: Office, row: DraftRow, who: str, *, rewritten: bool = True) -> None:
    """Note that somebody has changed a draft: it is to be checked and approved again. One whose files stand
    as they did (not ``rewritten``), by hands that it knows, keeps what its check said."""
    known = who in {row.owner, *json.loads(row.editors)}
    kept = not rewritten and known and row.checked == row.version
    row.version += 1
    row.checked = row.version if kept else 0
    row.checking_since = None
    row.approved, row.approved_by = None, None
    row.changed_at = office.clock()
    row.editors = json.dumps(sorted({*json.loads(row.editors), who}))


def is_editor(office: Office, row: DraftRow, who: str) -> bool:
    """Whether somebody may have had a hand in a draft, by whatever spelling of who they are and whoever
    vouched for them."""
    editors = (row.owner, *json.loads(row.editors))
    return any(may_be_one(office.installation, who, each) for each in editors)
