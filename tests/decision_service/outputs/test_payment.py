"""Payment orders: the decided amount to the öre, once, to an account a bank understands."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from decision_service.application.outcome import Outcome, decided
from decision_service.decision.document import Decision
from decision_service.installation.municipality import Payer
from decision_service.outputs import FolderChannel, Message
from decision_service.outputs.payment import (
    PAIN,
    Account,
    Payee,
    PaymentError,
    PaymentOrder,
    pain_001,
    payment_order,
)

DAY = date(2026, 11, 25)
CREATED = datetime(2026, 11, 20, 8, 12, tzinfo=UTC)
ID = "0123456789abcdef0123456789abcdef"
_PAYER = {
    "format": "pain.001",
    "namn": "Exempelkommun",
    "organisationsnummer": "162120000001",
    "iban": "SE45 5000 0000 0583 9825 7466",
    "bic": "ESSESESS",
}
PAYER = Payer.model_validate(_PAYER)
ACCOUNT = Account("8327", "9012345678")
ALMA = Payee("Alma Exempelsson", "198802099823")


def order_of(decision: Decision, **changes: Any) -> PaymentOrder:
    """An order with one thing changed."""
    values: dict[str, Any] = {
        "day": DAY,
        "reference": "Försörjningsstöd november",
        "payee": ALMA,
        "account": ACCOUNT,
    }
    return payment_order(decision, **{**values, **changes})


def granting(amount: int, outcome: Outcome = Outcome.GRANTED, id_: str = ID) -> Decision:
    """A decision that grants an amount."""
    return Decision(
        id=id_,
        application_id="a",
        municipality="9999",
        month="2026-11",
        outcome=decided(outcome),
        granted=amount,
        automatic=True,
        decided_by="lagrum",
        decided_at=CREATED,
        release=None,
        assessment=None,
        calculation=None,
    )


def test_every_granting_example_is_ordered_to_the_ore_and_no_other(decisions: dict[str, Decision]) -> None:
    paid = 0
    for decision in decisions.values():
        assert decision.calculation is not None
        assert decision.calculation.result is not None
        if decision.outcome.pays:
            assert order_of(decision).as_json()["amount"] == -decision.calculation.result
            paid += 1
        else:
            with pytest.raises(PaymentError, match="inget att betala ut"):
                order_of(decision)
    assert paid > 5


def test_the_order_as_json() -> None:
    assert json.loads(json.dumps(order_of(granting(1201000)).as_json())) == {
        "schema": "utbetalning/1",
        "id": ID,
        "municipality": "9999",
        "amount": 1201000,
        "currency": "SEK",
        "date": "2026-11-25",
        "reference": "Försörjningsstöd november",
        "payee": {"name": "Alma Exempelsson", "personal_number": "198802099823", "protected": False},
        "account": {"clearing": "8327", "number": "9012345678"},
    }
    assert order_of(granting(1), account=None).as_json()["account"] is None
    for order in (order_of(granting(1201000)), order_of(granting(1), account=None)):
        assert PaymentOrder.of_json(order.as_json()) == order


# Every element of pain.001.001.09 that is used, with its children in the order of the schema.
STRUCTURE = {
    "Document": ["CstmrCdtTrfInitn"],
    "CstmrCdtTrfInitn": ["GrpHdr", "PmtInf"],
    "GrpHdr": ["MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty"],
    "InitgPty": ["Nm", "Id"],
    "PmtInf": [
        "PmtInfId",
        "PmtMtd",
        "NbOfTxs",
        "CtrlSum",
        "ReqdExctnDt",
        "Dbtr",
        "DbtrAcct",
        "DbtrAgt",
        "CdtTrfTxInf",
    ],
    "ReqdExctnDt": ["Dt"],
    "Dbtr": ["Nm", "Id"],
    "OrgId": ["Othr"],
    "DbtrAgt": ["FinInstnId"],
    "CdtTrfTxInf": ["PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "RmtInf"],
    "PmtId": ["EndToEndId"],
    "Amt": ["InstdAmt"],
    "CdtrAgt": ["FinInstnId"],
    "ClrSysMmbId": ["ClrSysId", "MmbId"],
    "Cdtr": ["Nm"],
    "CdtrAcct": ["Id"],
    "SchmeNm": ["Cd"],
    "RmtInf": ["Ustrd"],
}


def name(element: Element) -> str:
    """The name, which must be in the namespace of the standard."""
    assert element.tag.startswith(f"{{{PAIN}}}")
    return element.tag.rpartition("}")[2]


def value(root: Element, path: str) -> str:
    """The only text at a path."""
    (found,) = root.findall("/".join(f"{{{PAIN}}}{part}" for part in path.split("/")))
    return found.text or ""


def test_the_order_as_iso_20022_has_the_structure_of_the_standard() -> None:
    root = fromstring(pain_001(order_of(granting(1201050)), PAYER, CREATED))
    for element in root.iter():
        expected = STRUCTURE.get(name(element))
        if expected is not None:
            assert [name(child) for child in element] == expected
    start = "CstmrCdtTrfInitn"
    transfer = f"{start}/PmtInf/CdtTrfTxInf"
    assert value(root, f"{start}/GrpHdr/MsgId") == ID
    assert value(root, f"{start}/GrpHdr/CreDtTm") == "2026-11-20T08:12:00Z"
    assert value(root, f"{start}/GrpHdr/CtrlSum") == "12010.50"
    assert value(root, f"{start}/PmtInf/ReqdExctnDt/Dt") == "2026-11-25"
    assert value(root, f"{start}/PmtInf/DbtrAcct/Id/IBAN") == PAYER.iban
    assert value(root, f"{start}/PmtInf/Dbtr/Id/OrgId/Othr/Id") == "2120000001"
    assert value(root, f"{transfer}/PmtId/EndToEndId") == ID
    assert value(root, f"{transfer}/CdtrAgt/FinInstnId/ClrSysMmbId/ClrSysId/Cd") == "SESBA"
    assert value(root, f"{transfer}/CdtrAgt/FinInstnId/ClrSysMmbId/MmbId") == "8327"
    assert value(root, f"{transfer}/CdtrAcct/Id/Othr/Id") == "9012345678"
    assert root.find(f".//{{{PAIN}}}InstdAmt").attrib == {"Ccy": "SEK"}


@given(st.integers(1, 10**10))
def test_the_amount_is_exact_and_the_same_order_is_the_same_bytes(amount: int) -> None:
    order = order_of(granting(amount))
    content = pain_001(order, PAYER, CREATED)
    root = fromstring(content)
    stated = value(root, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/Amt/InstdAmt")
    assert Decimal(stated) * 100 == amount
    assert content == pain_001(order_of(granting(amount)), PAYER, CREATED)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"day": date(2026, 12, 24)}, "ingen bankdag"),
        ({"day": date(2026, 11, 22)}, "ingen bankdag"),
        ({"payee": replace(ALMA, name="Alma\nExempelsson")}, "namn"),
        ({"payee": replace(ALMA, name="<script>")}, "namn"),
        ({"reference": "a" * 36}, "Referensen"),
    ],
)
def test_what_a_bank_does_not_take_is_not_ordered(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PaymentError, match=message):
        order_of(granting(100), **changes)


@pytest.mark.parametrize("id_", ["", "a" * 36])
def test_an_id_that_a_bank_does_not_take_is_not_ordered(id_: str) -> None:
    with pytest.raises(PaymentError, match="id"):
        order_of(granting(100, id_=id_))


@pytest.mark.parametrize("amount", [0, -1])
@pytest.mark.parametrize("outcome", [each for each in Outcome if each.pays])
def test_only_an_amount_above_zero_is_ordered(amount: int, outcome: Outcome) -> None:
    with pytest.raises(PaymentError, match="inget att betala ut"):
        order_of(granting(amount, outcome))


@pytest.mark.parametrize("amount", [None, 12.5, "100", True])
def test_only_a_whole_amount_is_granted(amount: Any) -> None:
    with pytest.raises(ValidationError):
        granting(amount)


@pytest.mark.parametrize("outcome", [each for each in Outcome if not each.pays])
def test_only_a_granting_decision_is_ordered(outcome: Outcome) -> None:
    if not outcome.decides:
        with pytest.raises(ValueError, match="no decision"):
            granting(100, outcome)
        return
    with pytest.raises(PaymentError, match="inget att betala ut"):
        order_of(granting(100, outcome))


def test_accounts_as_applicants_write_them() -> None:
    assert Account.of("8327-9", "901 234.567-8") == Account("83279", "9012345678")
    for clearing, number in (("", "1"), ("832", "9012345678"), ("8327", ""), ("8327", "12a4")):
        with pytest.raises(PaymentError, match="Kontot") as raised:
            Account.of(clearing, number)
        assert "9012345678" not in str(raised.value)


def test_a_folder_whose_bank_takes_pain_001_gets_the_order_as_a_file_for_it_once(tmp_path: Path) -> None:
    channel, order = FolderChannel(tmp_path, PAYER), order_of(granting(1201050))
    message = Message("a1.payment.1", "payment", "9999", CREATED, order.as_json())
    for _ in range(2):
        channel.deliver(message)
        assert delivered(tmp_path) == ["a1.payment.1.json", "a1.payment.1.xml"]
    assert (tmp_path / "a1.payment.1.xml").read_bytes() == pain_001(order, PAYER, CREATED)
    (tmp_path / "a1.payment.1.xml").unlink()  # the bank has taken it
    channel.deliver(message)
    assert delivered(tmp_path) == ["a1.payment.1.json"]


def test_an_order_that_no_bank_can_take_is_no_file_for_it(tmp_path: Path) -> None:
    last_time = order_of(granting(100), account=None).as_json()
    not_payable = {
        "id": ID,
        "amount": 100,
        "account": None,
        "payee": None,
        "problem": "Kontot går inte att läsa.",
    }
    for number, payload in enumerate((last_time, not_payable, {"text": "Hej"})):
        FolderChannel(tmp_path, PAYER).deliver(Message(f"a.x.{number}", "payment", "9999", CREATED, payload))
    order = order_of(granting(100)).as_json()
    FolderChannel(tmp_path).deliver(Message("a.x.3", "payment", "9999", CREATED, order))
    assert delivered(tmp_path) == [f"a.x.{number}.json" for number in range(4)]


def delivered(folder: Path) -> list[str]:
    """What a receiver sees."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_money_to_where_it_went_last_time_is_no_order_to_a_bank() -> None:
    with pytest.raises(PaymentError, match="gick sist"):
        pain_001(order_of(granting(100), account=None), PAYER, CREATED)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("iban", "SE4550000000058398257467"),
        ("bic", "ESSE"),
        ("organisationsnummer", "212000-0001"),
        ("namn", ""),
        ("namn", "Exempel<kommun>"),
        ("format", "pain.008"),
    ],
)
def test_a_wrong_payer_is_refused(field: str, wrong: str) -> None:
    with pytest.raises(ValidationError, match=field):
        Payer.model_validate({**_PAYER, field: wrong})
