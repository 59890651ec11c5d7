"""The payment that a decision gives rise to: how much, when, to whom."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from decision_service.application.case_file import CaseFile, PersonRole
from decision_service.application.form import AdultRole, Application
from decision_service.casework.office import Office
from decision_service.installation import calendar
from decision_service.installation.calendar import payment_date
from decision_service.outputs.payment import Account, PaymentError, payment_order
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.tables import ApplicationRow, DecisionRow
from norms.month import Month

REFERENCE = 12
"""Characters of the case's id that the payee sees."""


def pay_day(office: Office, row: ApplicationRow, decision: DecisionRow) -> date:
    """The month's pay day, or the first banking day after a decision that came later than that."""
    usual = payment_date(Month.parse(row.month), office.municipality(row.tenant).pay_day)
    decided = swedish_day(decision.decided_at)
    return max(usual, calendar.banking_day_on_or_after(decided + timedelta(days=1)))


def order(office: Office, row: ApplicationRow, decision: DecisionRow) -> dict[str, Any]:
    """The payment order as it is sent. One that a bank cannot take says why in ``problem``, and has no
    account: a person at the municipality must see to it."""
    day = pay_day(office, row, decision)
    reference = f"Ärende {row.id[:REFERENCE]}"
    try:
        case = CaseFile.model_validate_json(decision.case_file)
        found = payment_order(
            json.loads(decision.document),
            decision.id,
            day,
            reference,
            _payee(case),
            _account(case.application),
        )
    except ValueError as error:
        problem = str(error) if isinstance(error, PaymentError) else "Mottagaren är inte känd."
        return {
            "id": decision.id,
            "municipality": row.tenant,
            "amount": decision.granted,
            "currency": "SEK",
            "date": day.isoformat(),
            "reference": reference,
            "payee": None,
            "account": None,
            "problem": problem,
        }
    return found.as_json()


def _payee(case: CaseFile) -> str:
    """The applicant's name. Raises PaymentError when it is not known."""
    for person in case.people:
        if person.role is PersonRole.APPLICANT and person.first_name:
            return " ".join(name for name in (person.first_name, person.last_name) if name)
    raise PaymentError("Mottagarens namn är inte känt.")


def _account(form: Application) -> Account | None:
    """The applicant's account as the form gives it; None for the one used last time. Raises PaymentError."""
    for adult in form.persons:
        if adult.role is not AdultRole.APPLICANT:
            continue
        if adult.clearing_number and adult.account_number:
            return Account.of(adult.clearing_number, adult.account_number)
        if adult.payment_same_as_previous:
            return None
    raise PaymentError("Ansökan anger inget konto.")
