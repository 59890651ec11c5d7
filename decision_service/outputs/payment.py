"""The payment order of a decision: JSON for the municipality's own system, or ISO 20022 for a bank.

The same decision is always the same order with the same id, so that paying it twice takes two mistakes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from decision_service.decision.document import Decision
from decision_service.installation.calendar import is_banking_day
from decision_service.installation.municipality import Payer
from decision_service.outputs.payload import PaymentJson
from decision_service.reading.said import said_in

_say = said_in(__file__)

PAIN = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_ID = re.compile(r"[A-Za-z0-9]{1,35}")
_CLEARING, _ACCOUNT = re.compile(r"[0-9]{4,5}"), re.compile(r"[0-9]{2,15}")
_TEXT = re.compile(r"[0-9A-Za-zÅÄÖåäöÉéÜü /?:().,'+-]{1,140}")


class PaymentError(ValueError):
    """A payment that cannot be ordered as it stands: why, in Swedish, without account numbers."""


@dataclass(frozen=True, slots=True)
class Account:
    """A Swedish bank account: clearing number of four or five digits, and the account number."""

    clearing: str
    number: str

    @classmethod
    def of(cls, clearing: str, number: str) -> Account:
        """The account as an applicant writes it, with spaces, dots and hyphens. Raises PaymentError."""
        found = cls(*(re.sub(r"[\s.-]", "", text) for text in (clearing, number)))
        if not _CLEARING.fullmatch(found.clearing) or not _ACCOUNT.fullmatch(found.number):
            raise PaymentError(_say("account_unreadable"))
        return found


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid, by name and, where it is known, by personal number."""

    name: str
    personal_number: str | None = None
    protected: bool = False


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """An order to pay. ``amount`` is öre, ``day`` a banking day, ``reference`` what the payee sees.

    ``id`` is that of the decision. ``account`` is None when the applicant wants the money where it went last
    time: only the municipality's own system knows where that was.
    """

    id: str
    municipality: str
    amount: int
    day: date
    reference: str
    payee: Payee
    account: Account | None

    def as_json(self) -> PaymentJson:
        """The order as JSON; the amount in öre."""
        account, payee = self.account, self.payee
        return {
            "schema": "utbetalning/1",
            "id": self.id,
            "municipality": self.municipality,
            "amount": self.amount,
            "currency": "SEK",
            "date": self.day.isoformat(),
            "reference": self.reference,
            "payee": {
                "name": payee.name,
                "personal_number": payee.personal_number,
                "protected": payee.protected,
            },
            "account": None if account is None else {"clearing": account.clearing, "number": account.number},
        }

    @classmethod
    def of_json(cls, order: PaymentJson) -> PaymentOrder:
        """The order that ``as_json`` wrote; the first version wrote of the payee the name alone."""
        account = order["account"]
        payee: object = order["payee"]
        return cls(
            order["id"],
            order["municipality"],
            order["amount"],
            date.fromisoformat(order["date"]),
            order["reference"],
            Payee(payee) if isinstance(payee, str) else Payee(**order["payee"]),
            None if account is None else Account(account["clearing"], account["number"]),
        )


def payment_order(
    decision: Decision, day: date, reference: str, payee: Payee, account: Account | None
) -> PaymentOrder:
    """The order of a decision. ``payee`` is the account's holder.

    Raises PaymentError when the decision grants nothing, the day is no banking day, or an id, name or
    reference cannot be sent to a bank as it is.
    """
    if not decision.outcome.pays or decision.granted <= 0:
        raise PaymentError(_say("nothing_to_pay"))
    if not is_banking_day(day):
        raise PaymentError(_say("no_banking_day", dag=day))
    if not _ID.fullmatch(decision.id):
        raise PaymentError(_say("no_payment_id"))
    for text, most, name in ((reference, 35, "strange_reference"), (payee.name, 140, "strange_name")):
        if not _TEXT.fullmatch(text) or len(text) > most:
            raise PaymentError(_say(name))
    return PaymentOrder(decision.id, decision.municipality, decision.granted, day, reference, payee, account)


def pain_001(order: PaymentOrder, payer: Payer, created: datetime) -> bytes:
    """The order as a pain.001.001.09 with one payment. ``created`` is when the order was made, not sent: the
    same order is always the same bytes. Raises PaymentError for an order without an account."""
    if order.account is None:
        raise PaymentError(_say("account_not_known"))
    document = Element("Document", {"xmlns": PAIN})
    root = SubElement(document, "CstmrCdtTrfInitn")
    header = SubElement(root, "GrpHdr")
    _add(header, "MsgId", order.id)
    _add(header, "CreDtTm", created.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"))
    _add(header, "NbOfTxs", "1")
    _add(header, "CtrlSum", _sek(order.amount))
    _party(SubElement(header, "InitgPty"), payer)
    payment = SubElement(root, "PmtInf")
    _add(payment, "PmtInfId", order.id)
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "NbOfTxs", "1")
    _add(payment, "CtrlSum", _sek(order.amount))
    _add(payment, "ReqdExctnDt/Dt", order.day.isoformat())
    _party(SubElement(payment, "Dbtr"), payer)
    _add(payment, "DbtrAcct/Id/IBAN", payer.iban)
    _add(payment, "DbtrAgt/FinInstnId/BICFI", payer.bic)
    transfer = SubElement(payment, "CdtTrfTxInf")
    _add(transfer, "PmtId/EndToEndId", order.id)
    amount = SubElement(SubElement(transfer, "Amt"), "InstdAmt", {"Ccy": "SEK"})
    amount.text = _sek(order.amount)
    member = SubElement(SubElement(SubElement(transfer, "CdtrAgt"), "FinInstnId"), "ClrSysMmbId")
    _add(member, "ClrSysId/Cd", "SESBA")
    _add(member, "MmbId", order.account.clearing)
    _add(transfer, "Cdtr/Nm", order.payee.name)
    account = SubElement(SubElement(SubElement(transfer, "CdtrAcct"), "Id"), "Othr")
    _add(account, "Id", order.account.number)
    _add(account, "SchmeNm/Cd", "BBAN")
    _add(transfer, "RmtInf/Ustrd", order.reference)
    found: bytes = tostring(document, encoding="utf-8", xml_declaration=True)
    return found


def _party(element: Element, payer: Payer) -> None:
    _add(element, "Nm", payer.name)
    _add(element, "Id/OrgId/Othr/Id", payer.organisation_number[-10:])


def _add(parent: Element, path: str, text: str) -> None:
    for name in path.split("/"):
        parent = SubElement(parent, name)
    parent.text = text


def _sek(amount: int) -> str:
    """Öre as the decimal number of the standard."""
    return f"{amount // 100}.{amount % 100:02d}"
