"""The question follows the contract: a reader written apart from it accepts it and finds what was asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from decision_service.registers.answers import Agency
from decision_service.registers.ssbtek.question import Asker, Processor, request
from examples.ssbtek_server.contract import AGENCIES, ContractError, read_question
from norms.month import Month

ASKER = Asker(
    "162120000001", "Exempelkommun", "Automatisk handläggning", "aktör-1", "Ekonomiskt bistånd", "SoL 15 kap."
)
ASKED = datetime(2026, 11, 20, 9, 12, tzinfo=timezone(timedelta(hours=1)))


def question_of(asker: Asker = ASKER, reference: str = "fall-1") -> bytes:
    """A question about the made-up person of the examples."""
    return request(asker, "198802092380", Month(2026, 11), reference, "meddelande-1", ASKED)


def test_the_question_is_one_person_one_case_and_three_months() -> None:
    found = read_question(question_of())
    assert (found.personal_number, found.reference, found.message_id) == (
        "198802092380",
        "fall-1",
        "meddelande-1",
    )
    assert (found.first, found.last) == (date(2026, 9, 1), date(2026, 11, 30))
    assert found.agencies == AGENCIES
    assert found.lefi is not None
    assert found.lefi["personnummer"] == "198802092380"
    assert found.lefi["period"] == {"from": "2026-09-01", "tom": "2026-11-30"}
    assert "FK:ABB" in found.lefi["utbetalningar"]
    assert "PM:AP" in found.lefi["utbetalningar"]
    assert found.lefi["ovrigInformation"] == ["FK:GEPI"]


def test_who_asks_why_and_for_whom_stands_in_the_question() -> None:
    asker = Asker(
        "162120000001",
        "Svedala & Trelleborg",
        "Handläggare <7>",
        "aktör-1",
        "Syfte",
        "Lagrum",
        (Processor("165560000002", "Leverantör AB"),),
    )
    content = question_of(asker)
    read_question(content)
    text = content.decode()
    for part in ("Svedala &amp; Trelleborg", "Handläggare &lt;7&gt;", "Leverantör AB", ">Syfte<", ">Lagrum<"):
        assert part in text
    assert datetime(2026, 11, 20, 8, 12, tzinfo=UTC).isoformat()[:19] in text


def test_an_agency_outside_the_agreement_is_not_asked() -> None:
    asker = Asker("162120000001", "K", "H", "A", "S", "L", agencies=frozenset({Agency.AF, Agency.SKV}))
    found = read_question(question_of(asker))
    assert found.agencies == ("AF", "SKV")
    assert found.lefi is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (("2120000001", "K", "H", "A", "S", "L"), "organisation_number"),
        (("162120000001", "", "H", "A", "S", "L"), "name"),
        (("162120000001", "K", "H", "A", "S", " "), "legal_basis"),
    ],
)
def test_what_the_contract_does_not_take_is_refused_before_anything_is_asked(
    values: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Asker(*values)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="reference"):
        question_of(reference="")


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"198802092380</", b"8802092380</"),
        (b'inkludera="true"', b'inkludera="kanske"'),
        (b"fromDatum", b"fromdatum"),
        (b"korrelationsid", b"korrelation"),
        (b"<ns0:Envelope", b"<!DOCTYPE a><ns0:Envelope"),
    ],
)
def test_the_reader_of_the_contract_refuses_a_changed_question(was: bytes, becomes: bytes) -> None:
    content = question_of()
    assert was in content
    with pytest.raises(ContractError):
        read_question(content.replace(was, becomes))
