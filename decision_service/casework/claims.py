"""What a correction shows to have been paid too much: a person decides whether it is claimed back, and a
claim may be lowered again.

A claim is waived where it is right and let go, withdrawn where it was wrong, and counted where a later
decision gives the same money: then nobody pays it twice. Nothing of that happens by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from sqlmodel import Session, col, func, select

from decision_service.casework import outbox
from decision_service.casework.four_eyes import second_agrees
from decision_service.casework.letters import step_told
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, NotFoundError, lock, require_logged
from decision_service.casework.staff import signature
from decision_service.casework.task import changed as changed_case
from decision_service.casework.task import note
from decision_service.log import vouched
from decision_service.log.events import Action
from decision_service.outputs.payload import ClaimPayload, LoweredClaimPayload
from decision_service.reading.strict_json import InputError
from decision_service.store.same_case import same_case
from decision_service.store.tables import ApplicationRow, ClaimRow, CorrectionRow, LoweredClaimRow
from norms.fault import Fault, fault
from rules.texts import kronor


class Lowering(StrEnum):
    """Why a claim is less: it is let go, it was wrong, or a later decision gives the same money."""

    WAIVED = "EFTERGIFT"
    WITHDRAWN = "ÅTERTAGANDE"
    COUNTED = "AVRÄKNING"


@dataclass(frozen=True)
class LoweringWanted:
    """How a claim that is made is taken down, by how much in öre (None: by all that can be), how much of it
    has been paid, and why. Never ``COUNTED``: that comes of a correction."""

    how: Lowering
    amount: int | None
    paid: int
    reason: str


def of_case(session: Session, row: ApplicationRow) -> list[ClaimRow]:
    """The claims of an application, the first first."""
    return list(session.exec(select(ClaimRow).where(same_case(ClaimRow, row)).order_by(col(ClaimRow.number))))


def lowerings(session: Session, row: ApplicationRow) -> list[LoweredClaimRow]:
    """All that is, or would be, taken off the claims of an application, the first first."""
    lowered = LoweredClaimRow
    query = select(lowered).where(same_case(lowered, row)).order_by(col(lowered.number))
    return list(session.exec(query))


def left(claim: ClaimRow, lowered: Sequence[LoweredClaimRow]) -> int:
    """How much of a claim is still undecided or claimed, in öre."""
    if claim.state not in ("open", "claimed"):
        return 0
    return max(0, claim.amount - sum(each.amount for each in lowered if _takes_off(each, claim)))


def may_be_counted(claim: ClaimRow, lowered: Sequence[LoweredClaimRow]) -> int:
    """How much of what was paid too much no later decision has given, in öre."""
    counted = (each for each in lowered if _takes_off(each, claim) and each.how == Lowering.COUNTED)
    return claim.amount - sum(each.amount for each in counted)


def kept_paid(claim: ClaimRow, lowered: Sequence[LoweredClaimRow]) -> int:
    """How much has been paid on a claim and is not paid back, in öre, by what was said when it was last
    lowered: what was paid above the rest is paid back."""
    rest, paid = claim.amount, 0
    done = [each for each in lowered if _takes_off(each, claim)]
    for each in sorted(done, key=attrgetter("ended_at", "number")):
        rest -= each.amount
        paid = min(each.paid, max(0, rest))
    return paid


def awaiting(lowered: Sequence[LoweredClaimRow], number: int) -> LoweredClaimRow | None:
    """What waits for a second person of a claim."""
    return next((each for each in lowered if (each.claim, each.state) == (number, "waiting")), None)


def all_awaiting(office: Office, session: Session, municipality: str) -> Iterator[ApplicationRow]:
    """The applications of a municipality in which claims wait for a second person, each once, the oldest
    first. Raises audit.errors.RowError for one that is not logged so."""
    waits = LoweredClaimRow
    query = (
        select(ApplicationRow, waits)
        .join(waits, same_case(waits, ApplicationRow))
        .where(waits.tenant == municipality, waits.state == "waiting")
        .order_by(col(waits.proposed_at), col(waits.application_id))
    )
    found = dict[str, ApplicationRow]()
    for row, each in session.exec(query).all():
        vouched.require(office.keys, session, municipality, each)
        found.setdefault(row.id, row)
    yield from found.values()


def decide_claim(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    number: int,
    *,
    claims: bool,
    reason: str,
    amount: int | None = None,
) -> ApplicationRow:
    """Claim back what was paid too much, or ``amount`` öre of it and waive the rest, or waive it all. Raises
    NotFoundError, InputError, and ConflictError for a claim that is decided."""
    row = lock(session, municipality, application_id)
    require_logged(office, session, row)
    claim, lowered = _claim(session, row, number), lowerings(session, row)
    if claim.state != "open":
        raise ConflictError(fault("claim_decided"))
    whole = left(claim, lowered)
    if faults := [*_wrong_part(whole, amount, claims=claims), *_unsaid(reason)]:
        raise InputError(faults)
    now, signed, why = office.clock(), signature(office, session, municipality, who), reason.strip()
    claimed = (amount if amount is not None else whole) if claims else 0
    claim.state = "claimed" if claims else "waived"
    claim.decided_at, claim.decided_by, claim.reason, claim.signed = now, who, why, signed
    session.add(claim)
    if 0 < claimed < whole:
        waived = _lowering(session, row, claim, who, signed, now)
        waived.how, waived.amount, waived.reason = Lowering.WAIVED, whole - claimed, why
        _done(waived, who, now)
        session.add(waived)
    row.version += 1
    session.add(row)
    if claims:
        payload: ClaimPayload = {"amount": claimed, "reason": why, "case": row.case_number}
        outbox.put(session, row, outbox.CLAIM, number, payload, now)
    told = step_told(signed, why, claimed or whole)
    if 0 < claimed < whole:
        told["step"]["before"] = whole
    outbox.put_letters(session, row, outbox.CLAIM_MADE if claims else outbox.CLAIM_WAIVED, number, told, now)
    note(office, session, row, now, who, Action.CLAIM_MADE if claims else Action.CLAIM_WAIVED, why)
    return row


def _wrong_part(whole: int, amount: int | None, *, claims: bool) -> Iterator[Fault]:
    if amount is None:
        return
    if not claims:
        yield fault("waived_with_amount", "amount")
    elif not 0 < amount <= whole:
        yield fault("claim_not_a_part", "amount", most=kronor(whole))


def _unsaid(reason: str) -> Iterator[Fault]:
    if not reason.strip():
        yield fault("decision_without_reason", "reason")


def lower_claim(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    version: int,
    number: int,
    wanted: LoweringWanted,
) -> ApplicationRow:
    """Take down a claim that is made, or put that before a colleague, without whom nobody does it where the
    municipality has not said that one person may give more alone. Raises NotFoundError, StaleError,
    InputError, and ConflictError for a claim of which nothing is claimed, and while a colleague is asked."""
    row = lock(session, municipality, application_id, version)
    require_logged(office, session, row)
    claim, lowered = _claim(session, row, number), lowerings(session, row)
    rest = left(claim, lowered)
    if claim.state != "claimed" or not rest:
        raise ConflictError(fault("claim_not_made"))
    if awaiting(lowered, number) is not None:
        raise ConflictError(fault("claim_waits"))
    if faults := [*_wrong_lowering(claim, rest, wanted), *_unsaid(wanted.reason)]:
        raise InputError(faults)
    now = office.clock()
    lowering = _lowering(session, row, claim, who, signature(office, session, municipality, who), now)
    lowering.how, lowering.amount = wanted.how, wanted.amount or _most(rest, wanted)
    lowering.paid, lowering.reason = wanted.paid, wanted.reason.strip()
    session.add(lowering)
    if office.municipality(municipality).raise_alone:
        _take_down(office, session, row, claim, lowering, who, now)
    else:
        changed_case(session, row)
        note(office, session, row, now, who, Action.PROPOSED, lowering.reason)
    return row


def _wrong_lowering(claim: ClaimRow, rest: int, wanted: LoweringWanted) -> Iterator[Fault]:
    """More cannot be taken off than is claimed, nor waived than is unpaid; nor can more be paid than was
    paid too much."""
    most = _most(rest, wanted)
    if wanted.paid > claim.amount:
        yield fault("claim_paid_more", "paid", most=kronor(claim.amount))
    elif most <= 0:
        yield fault("claim_is_paid", "paid")
    elif wanted.amount is not None and not 0 < wanted.amount <= most:
        yield fault("claim_not_a_part", "amount", most=kronor(most))


def _most(rest: int, wanted: LoweringWanted) -> int:
    """How much can be taken off of what is left of a claim."""
    return rest if wanted.how is Lowering.WITHDRAWN else rest - wanted.paid


def approve_lowering(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    version: int,
    number: int,
    *,
    agrees: bool,
    reason: str,
) -> ApplicationRow:
    """A second person's word on a claim that is to be taken down. Raises NotFoundError, StaleError,
    InputError for a no without a reason, and ConflictError where nothing waits or so much is not left, and
    for whoever put it forward."""
    row = lock(session, municipality, application_id, version)
    require_logged(office, session, row)
    claim, now, lowered = _claim(session, row, number), office.clock(), lowerings(session, row)
    waits = awaiting(lowered, number)
    if waits is None:
        raise ConflictError(fault("nothing_to_approve"))
    if agrees and waits.amount > left(claim, lowered):
        raise ConflictError(fault("claim_lowered_already"))

    def put_aside() -> None:
        waits.state, waits.ended_at, waits.ended_by, waits.answer = "refused", now, who, reason.strip()
        session.add(waits)

    if second_agrees(office, session, row, waits.proposed_by, who, put_aside, agrees=agrees, reason=reason):
        waits.second = signature(office, session, municipality, who)
        _take_down(office, session, row, claim, waits, who, now)
    return row


def _take_down(
    office: Office,
    session: Session,
    row: ApplicationRow,
    claim: ClaimRow,
    lowering: LoweredClaimRow,
    who: str,
    now: datetime,
) -> None:
    _done(lowering, who, now)
    session.add(lowering)
    changed_case(session, row)
    _tell(session, row, claim, lowering, now)
    note(office, session, row, now, who, Action.CLAIM_LOWERED, lowering.reason)


def _tell(
    session: Session, row: ApplicationRow, claim: ClaimRow, lowering: LoweredClaimRow, now: datetime
) -> None:
    """Tell whoever got the claim, and whoever handles it, what is left of it: what has been paid above that
    is to be paid back, and that is theirs to do."""
    lowered = lowerings(session, row)
    rest = left(claim, lowered)
    before = left(claim, [each for each in lowered if each is not lowering])
    back = max(0, lowering.paid - rest)
    if not rest:
        claim.state = "waived" if lowering.how == Lowering.WAIVED else "withdrawn"
        session.add(claim)
    payload: LoweredClaimPayload = {
        "claim": outbox.key(row, outbox.CLAIM, claim.number),
        "amount": rest,
        "pay_back": back,
        "reason": lowering.reason,
        "case": row.case_number,
    }
    outbox.put(session, row, outbox.CLAIM_LOWERED, lowering.number, payload, now)
    waived_all = not rest and lowering.how == Lowering.WAIVED
    told = step_told(lowering.signed, lowering.reason, lowering.amount if waived_all else rest)
    step = told["step"]
    step["before"], step["paid"], step["pay_back"] = before, lowering.paid, back
    step["second"] = lowering.second
    kind = outbox.CLAIM_REDUCED if rest else outbox.CLAIM_LET_GO if waived_all else outbox.CLAIM_WITHDRAWN
    outbox.put_letters(session, row, kind, lowering.number, told, now)


def require_countable(session: Session, row: ApplicationRow, more: int, already: int | None) -> int:
    """What somebody has been paid too much already, and what of it a correction that gives ``more`` counts:
    gives what they keep beside it. They are not paid it again unseen: raises InputError where nobody says how
    much is counted, and ConflictError where more would be paid beside a claim that is not decided."""
    found, counted = _had(session, row), already or 0
    had, most = sum(each.amount for each in found), max(0, more)
    if not 0 <= counted <= min(most, had):
        raise InputError([fault("already_too_much", "already", most=kronor(min(most, had)))])
    parts = list(_counted(found, counted))
    kept = sum(each.kept - each.of_kept(part) for each, part in parts)
    undecided = sum(each.amount - part for each, part in parts if each.claim.state == "open")
    if more > counted and undecided:
        raise ConflictError(fault("claim_undecided", amount=kronor(undecided)))
    if most and had and already is None:
        code, amount = ("kept_already", kept) if kept else ("claimed_already", had)
        raise InputError([fault(code, "already", amount=kronor(amount), more=kronor(more))])
    return kept


@dataclass(frozen=True)
class _Had:
    """A claim, what somebody has of it that no later decision has given, and how much of that is claimed or
    still to be decided on, in öre."""

    claim: ClaimRow
    amount: int
    left: int

    @property
    def kept(self) -> int:
        """What nobody has claimed back."""
        return self.amount if self.claim.state == "open" else self.amount - self.left

    def of_kept(self, part: int) -> int:
        """How much of a part is of what is kept: what is claimed goes first."""
        return part if self.claim.state == "open" else max(0, part - self.left)


def _had(session: Session, row: ApplicationRow) -> list[_Had]:
    """What somebody has been paid too much, in the order that it is counted: what nobody has decided on, what
    is claimed, so that nobody is asked for what they have been granted, and last what was let go."""
    order, lowered = {"open": 0, "claimed": 1}, lowerings(session, row)
    found = [_Had(each, may_be_counted(each, lowered), left(each, lowered)) for each in of_case(session, row)]
    return sorted(found, key=lambda each: (order.get(each.claim.state, len(order)), each.claim.number))


def _counted(found: Sequence[_Had], already: int) -> Iterator[tuple[_Had, int]]:
    """How much of what somebody has already is counted of each: of all of them what may still be asked for
    comes before what was let go of any."""
    asked = list[int]()
    for each in found:
        asked.append(min(already, each.left))
        already -= asked[-1]
    for each, first in zip(found, asked, strict=True):
        part = min(already, each.amount - first)
        already -= part
        yield each, first + part


def count(
    session: Session,
    row: ApplicationRow,
    correction: CorrectionRow,
    already: int,
    who: str,
    signed: str,
    now: datetime,
) -> None:
    """Take off the claims what a correction gives of the same money."""
    for each, part in list(_counted(_had(session, row), already)):
        if not part:
            continue
        claim, was = each.claim, each.claim.state
        lowering = _lowering(session, row, claim, who, signed, now)
        lowering.how, lowering.amount, lowering.correction = Lowering.COUNTED, part, correction.number
        lowering.paid = kept_paid(claim, lowerings(session, row))
        lowering.reason, lowering.second = correction.reason or "", correction.second
        _done(lowering, who, now)
        session.add(lowering)
        if was == "claimed" and each.left:
            _tell(session, row, claim, lowering, now)
        elif was == "open" and part == each.amount:
            claim.state, claim.decided_at, claim.decided_by = "withdrawn", now, who
            claim.signed, claim.reason = signed, correction.reason
            session.add(claim)
    session.flush()


def _claim(session: Session, row: ApplicationRow, number: int) -> ClaimRow:
    claim = session.get(ClaimRow, (row.tenant, row.id, number))
    if claim is None:
        raise NotFoundError(str(number))
    return claim


def _takes_off(lowered: LoweredClaimRow, claim: ClaimRow) -> bool:
    return (lowered.claim, lowered.state) == (claim.number, "done")


def _lowering(
    session: Session, row: ApplicationRow, claim: ClaimRow, who: str, signed: str, now: datetime
) -> LoweredClaimRow:
    lowered = LoweredClaimRow
    last = session.exec(select(func.max(lowered.number)).where(same_case(lowered, row))).one()
    return LoweredClaimRow(
        tenant=row.tenant,
        application_id=row.id,
        number=(last or 0) + 1,
        claim=claim.number,
        how=Lowering.WAIVED,
        amount=0,
        paid=0,
        reason="",
        proposed_at=now,
        proposed_by=who,
        signed=signed,
    )


def _done(lowering: LoweredClaimRow, who: str, now: datetime) -> None:
    lowering.state, lowering.ended_at, lowering.ended_by = "done", now, who
