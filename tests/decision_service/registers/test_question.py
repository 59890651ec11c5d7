"""The question follows the contract: a reader written apart from it accepts it and finds what was asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from decision_service.registers.answers import Agency
from decision_service.registers.ssbtek.question import LONGEST_REFERENCE, Asker, Processor, request
from decision_service.registers.ssbtek.version import Version
from examples.ssbtek_server.contract import AGENCIES, ContractError, read_question
from norms.month import Month

ASKER = Asker(
    "162120000001", "Exempelkommun", "Automatisk handläggning", "aktör-1", "Ekonomiskt bistånd", "SoL 15 kap."
)
ASKED = datetime(2026, 11, 20, 9, 12, tzinfo=timezone(timedelta(hours=1)))


def question_of(asker: Asker = ASKER, reference: str = "fall-1", version: Version = Version.V11) -> bytes:
    """A question about the made-up person of the examples."""
    return request(asker, "198802092380", Month(2026, 11), reference, "meddelande-1", ASKED, version)


@pytest.mark.parametrize("version", Version)
def test_both_versions_ask_the_same_and_skatteverket_is_asked_as_each_demands(version: Version) -> None:
    found = read_question(question_of(version=version))
    assert (found.version, found.agencies) == (version.value, AGENCIES)
    assert found.tax_years == {Version.V10: (), Version.V11: (2025, 2024)}[version]


@pytest.mark.parametrize(
    ("asked", "years"),
    [
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), (2025, 2024)),
        (datetime(2026, 12, 31, 23, 1, tzinfo=UTC), (2026, 2025)),
    ],
)
def test_the_tax_years_are_those_that_have_ended_in_sweden(asked: datetime, years: tuple[int, ...]) -> None:
    content = request(ASKER, "198802092380", Month(2027, 1), "fall-1", "meddelande-1", asked)
    assert read_question(content).tax_years == years


@pytest.mark.parametrize("version", Version)
def test_a_question_without_skatteverket_has_no_words_about_taxes(version: Version) -> None:
    asker = Asker("162120000001", "K", "H", "A", "S", "L", agencies=frozenset({Agency.AF}))
    content = question_of(asker, version=version)
    assert read_question(content).tax_years == ()
    assert b"skattekonto" not in content


def test_a_reference_that_csn_refuses_is_never_sent() -> None:
    read_question(question_of(reference="x" * LONGEST_REFERENCE))
    with pytest.raises(ValueError, match="CSN"):
        question_of(reference="x" * (LONGEST_REFERENCE + 1))


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
        (b"integration/ssbt/11", b"integration/ssbt/12"),
        (b"foretagsinformation>", b"foretag>"),
        (b"ar>2025<", b"ar>i fjol<"),
    ],
)
def test_the_reader_of_the_contract_refuses_a_changed_question(was: bytes, becomes: bytes) -> None:
    content = question_of()
    assert was in content
    with pytest.raises(ContractError):
        read_question(content.replace(was, becomes))
