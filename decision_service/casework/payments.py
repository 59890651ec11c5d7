"""The payment that a decision gives rise to: how much, when, to whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from audit import Entry
from audit.canonical import Json
from decision_service.application.form import AdultRole
from decision_service.application.kept import ContentJson, FormJson
from decision_service.casework.addressees import addressees
from decision_service.casework.office import Office
from decision_service.decision.document import Decision
from decision_service.installation import calendar
from decision_service.installation.calendar import payment_date
from decision_service.log import journal
from decision_service.outputs.payload import PaymentPayload
from decision_service.outputs.payment import Account, Payee, PaymentError, payment_order
from decision_service.reading.said import said_in
from decision_service.reading.swedish_time import swedish_day
from norms.month import Month

_say = said_in(__file__)


def pay_day(office: Office, decision: Decision) -> date:
    """The month's pay day, or the first banking day after a decision that came later than that."""
    usual = payment_date(Month.parse(decision.month), office.municipality(decision.municipality).pay_day)
    decided = swedish_day(decision.decided_at)
    return max(usual, calendar.banking_day_on_or_after(decided + timedelta(days=1)))


def no_banking_day(office: Office, decision: Decision) -> date | None:
    """The usual pay day of the month, where the money comes before it because banks are closed."""
    month = Month.parse(decision.month)
    usual = calendar.day_of(month, office.municipality(decision.municipality).pay_day)
    return usual if pay_day(office, decision) < usual else None


def order(office: Office, decision: Decision, case_number: str, content: ContentJson) -> PaymentPayload:
    """The payment order as it is sent. ``content`` is the application. One that a bank cannot take says why
    in ``problem``, and has no account: a person at the municipality must see to it."""
    day = pay_day(office, decision)
    reference = f"Ärende {case_number}"
    try:
        account = _account(content["application"])
        return payment_order(decision, day, reference, _payee(content), account).as_json()
    except PaymentError as error:
        return {
            "id": decision.id,
            "municipality": decision.municipality,
            "amount": decision.granted,
            "currency": "SEK",
            "date": day.isoformat(),
            "reference": reference,
            "payee": None,
            "account": None,
            "problem": str(error),
        }


def ordered(decision: Decision, order: PaymentPayload) -> Entry:
    """The entry that tells that it was ordered."""
    return journal.payment(decision, cast("dict[str, Json]", order))


def _payee(content: ContentJson) -> Payee:
    """The applicant. Raises PaymentError when the name is not known, and for who has died."""
    payee = addressees(content)[0]
    if payee.dead:
        raise PaymentError(_say("receiver_has_died"))
    if not payee.name:
        raise PaymentError(_say("name_not_known"))
    return Payee(payee.name, payee.personal_number, payee.protected)


def _account(form: FormJson) -> Account | None:
    """The applicant's account as the form gives it; None for the one used last time. Raises PaymentError."""
    for adult in form.get("persons", []):
        if adult["role"] != AdultRole.APPLICANT:
            continue
        clearing, number = adult.get("clearingNumber"), adult.get("accountNumber")
        if clearing and number:
            return Account.of(clearing, number)
        if adult.get("paymentSameAsPrevious"):
            return None
    raise PaymentError(_say("no_account"))
