"""What the applicant knows of the payments in the registers: what has been told, and what was answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from decision_service.application.case_file import CountedPayment, MonthDecided, PaidOut, Person, ShownPayment
from decision_service.application.form import IncomeType, Paying
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.incomes import counted_as
from decision_service.decision.facts.sources import Record, Sources
from decision_service.decision.texts import texts
from decision_service.registers.answers import Payment
from decision_service.registers.ssbtek.benefits import BENEFITS
from norms.month import Month


def payer(case: Case, benefit: str | None) -> str | None:
    """The code of whoever pays a benefit."""
    return None if benefit is None else benefit.partition(":")[0]


def has_paid(case: Case, said: Paying, made: object, announced: object) -> bool:
    """Whether some register has a payment of the month before from whoever the applicant says pays."""
    said_word = case.law.vocabulary.terms["uppgiven_betalare.betalare"].word(said.value)
    words = case.law.vocabulary.terms["inkomst.betalare"]
    return any(
        words.word(payer(case, each.benefit) or "") == said_word
        for _, each in case.paid
        if case.months_from(each) == 1
    )


def said_payers(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Everybody the applicant has ticked as paying a benefit."""
    for number, payer in enumerate(case.application.benefits_from or ()):
        place = f"benefitsFrom[{number}]"
        draft = Draft("uppgiven_betalare", place, texts().labels.payer)
        bound: Sources = {"application.benefitsFrom": Record(place, payer)}
        yield fill(draft, case, base | bound, derivations)


def known(case: Case, payment: Payment | None, shown: Sequence[ShownPayment]) -> bool:
    """Whether the applicant has declared an income, or been told of the payment."""
    return payment is None or any(True for _ in _told(case, payment, shown))


def read_last(case: Case, payment: Payment | None, last: MonthDecided | None) -> bool:
    """Whether the decision for the month before took up as much of the same benefit."""
    if payment is None or last is None or Month.parse(last.month) != case.control:
        return False
    return any(
        _same_benefit(case, payment, each) and each.amount == payment.net for each in last.payments or ()
    )


def objected(case: Case, payment: Payment | None, shown: Sequence[ShownPayment]) -> bool:
    """Whether the applicant has said that the payment is not right, whatever the register called it then."""
    if payment is None:
        return False
    whose = _owner(case, payment).id
    now = whose, payment.paid, payment.net
    return any(each.objected and (each.person, each.paid, each.amount) == now for each in shown)


def in_last_decision(case: Case, payment: Payment | None, last: MonthDecided | None) -> str | None:
    """The code of what the decision for the month before did with a payment of the month it counted.

    A register may call the same money something else now, or say that another adult has it, and what was
    announced may have come in another way: what it counted and no register has now may be the payment.
    """
    if payment is None:
        return None
    if last is None or Month.parse(last.month) != case.control:
        return "NO_DECISION"
    if last.payments is None:
        return "UNKNOWN"
    month = case.month.plus(-case.months_from(payment))
    if month == case.control and _counted_a_month_before(case, payment, last):
        return "GONE"
    counted = [
        each for each in last.payments if _same_benefit(case, payment, each) and counted_as(each) == month
    ]
    now = [each for each in _beside(case, payment) if each.net == payment.net]
    if 0 < len(now) <= sum(each.amount == payment.net for each in counted):
        return "COUNTED"
    if counted:
        return "OTHER_AMOUNT"
    if _declared(case, payment, last):
        return "DECLARED"
    return "GONE" if _counted_and_gone(case, last, month) else "NOT_COUNTED"


def nearest_declared(case: Case, payment: Payment | None, last: MonthDecided | None) -> int | None:
    """The difference between a payment and the sum that the decision for the month before counted of what was
    declared that is nearest to it, whatever it was called; all of it where nothing was declared. Zero where
    more was declared of which nobody knows what it is: the payment may be a part of it, and the rule asks."""
    if payment is None:
        return None
    decided = last is not None and Month.parse(last.month) == case.control
    sums = last.incomes if last is not None and decided else {}
    if any(sums.get(kind, 0) > payment.net for kind in _OF_ANYTHING):
        return 0
    return min((abs(payment.net - each) for each in sums.values() if each), default=payment.net)


_OF_ANYTHING = (IncomeType.OTHER_INCOME, IncomeType.SWISH_DEPOSITS)
"""What may be declared without saying whose money it is."""


def _declared(case: Case, payment: Payment, last: MonthDecided) -> bool:
    """Whether the applicant declared an income of the same kind to the last decision."""
    term = case.law.vocabulary.terms["inkomst.typ"]
    choice = BENEFITS.get(payment.benefit, BENEFITS[""]).choice
    return (term.word(choice) or choice) in {term.word(kind.value) for kind in last.incomes}


def days_from_counted(case: Case, payment: Payment | None, last: MonthDecided | None) -> int | None:
    """Days, without sign, from what the last decision counted and no register has now to a payment of the
    month before that may be it."""
    if payment is None or last is None or case.months_from(payment) != 1:
        return None
    days = [abs((payment.paid - each.paid).days) for each in _counted_a_month_before(case, payment, last)]
    return min(days, default=None)


def _counted_a_month_before(case: Case, payment: Payment, last: MonthDecided) -> list[CountedPayment]:
    """What a decision counted as income of the month before, as much of the same benefit, where no register
    has it then as often now: what was announced for the last day of a month may have come on the next."""
    before = case.control.plus(-1)
    counted = [
        each
        for each in last.payments or ()
        if _same_benefit(case, payment, each) and (counted_as(each), each.amount) == (before, payment.net)
    ]
    whose = _owner(case, payment)
    there = [
        each
        for person, each in case.paid
        if person is whose
        and (each.benefit, each.net) == (payment.benefit, payment.net)
        and case.month.plus(-case.months_from(each)) == before
    ]
    return counted if len(counted) > len(there) else []


def _counted_and_gone(case: Case, last: MonthDecided, month: Month) -> bool:
    """Whether a decision counted something as income of a month that no register has now, or has fewer of."""
    now = Counter(
        (person.id, each.benefit, each.net)
        for person, each in case.paid
        if case.month.plus(-case.months_from(each)) == month
    )
    counted = Counter(
        (each.person, each.benefit, each.amount) for each in last.payments or () if counted_as(each) == month
    )
    return not counted <= now


def _told(case: Case, payment: Payment, shown: Sequence[ShownPayment]) -> Iterator[ShownPayment]:
    """When the applicant was told of the payment, as it is now."""
    for each in shown:
        if _same_benefit(case, payment, each) and (each.paid, each.amount) == (payment.paid, payment.net):
            yield each


def _beside(case: Case, payment: Payment) -> Iterator[Payment]:
    """The payments of the same benefit to the same person as income of the same month, itself too."""
    whose = _owner(case, payment)
    for person, each in case.paid:
        same = each.benefit == payment.benefit and case.months_from(each) == case.months_from(payment)
        if person is whose and same:
            yield each


def _same_benefit(case: Case, payment: Payment, other: PaidOut) -> bool:
    return (other.person, other.benefit) == (_owner(case, payment).id, payment.benefit)


def _owner(case: Case, payment: Payment) -> Person:
    return next(person for person, each in case.paid if each is payment)


KNOWN: Mapping[str, Derivation] = {
    "betalarens_kod": payer,
    "betalaren_har_betalat": has_paid,
    "känd_för_sökanden": known,
    "läst_i_förra_beslutet": read_last,
    "invänd": objected,
    "i_förra_beslutet": in_last_decision,
    "skillnad_mot_uppgivet": nearest_declared,
    "dagar_från_räknad": days_from_counted,
}
