"""What the applicant knows of the payments in the registers: what has been told, and what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from decision_service.application.case_file import PaidOut, Shown
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation
from decision_service.registers.answers import Payment


def payer(case: Case, benefit: str | None) -> str | None:
    """The code of whoever pays a benefit."""
    return None if benefit is None else benefit.partition(":")[0]


def known(
    case: Case,
    payment: Payment | None,
    shown: Sequence[Shown],
    decided: Sequence[Sequence[PaidOut] | None],
) -> bool:
    """Whether the applicant has declared an income, been told of the payment, or read of as much of the same
    benefit in an earlier decision."""
    if payment is None:
        return True
    earlier = [each for payments in decided for each in payments or ()]
    read = any(_same_benefit(case, payment, each) and each.amount == payment.net for each in earlier)
    return read or any(True for _ in _told(case, payment, shown))


def objected(case: Case, payment: Payment | None, shown: Sequence[Shown]) -> bool:
    """Whether the applicant has said that the payment is not right."""
    return payment is not None and any(each.objected for each in _told(case, payment, shown))


def _told(case: Case, payment: Payment, shown: Sequence[Shown]) -> Iterator[Shown]:
    """When the applicant was told of the payment, as it is now."""
    for each in shown:
        if _same_benefit(case, payment, each) and (each.paid, each.amount) == (payment.paid, payment.net):
            yield each


def _same_benefit(case: Case, payment: Payment, other: PaidOut) -> bool:
    owner = next(person for person, each in case.paid if each is payment)
    return (other.person, other.benefit) == (owner.id, payment.benefit)


KNOWN: Mapping[str, Derivation] = {
    "betalarens_kod": payer,
    "känd_för_sökanden": known,
    "invänd": objected,
}
