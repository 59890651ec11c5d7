"""The XML answer becomes the JSON that the examples expect, and hostile XML becomes nothing."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from decision_service.reading.strict_json import InputError
from decision_service.registers.ssbtek import read_envelope, register_answers
from decision_service.registers.ssbtek.version import Version
from tests.world.unread import sentences

FIXTURES = Path(__file__).parent / "fixtures"
AGENCIES = ("af", "csn", "fk", "skv", "so", "tns", "miv")
EMPTY: dict[str, object] = {agency: {} for agency in AGENCIES}


def envelope(inside: str, version: str = Version.V10.namespace) -> bytes:
    """An answer with something in ``svarsdata``."""
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<ssbt:hamtaBastjanstInformationResponse xmlns:ssbt="{version}"><ssbt:svarsdata>{inside}'
        "</ssbt:svarsdata></ssbt:hamtaBastjanstInformationResponse></s:Body></s:Envelope>"
    ).encode()


def encoded(text: str) -> str:
    """Base64, as CSN and FK come."""
    return base64.b64encode(text.encode()).decode()


def refused(xml: bytes) -> str:
    """The only fault of an answer that is refused."""
    with pytest.raises(InputError) as raised:
        read_envelope(xml)
    assert len(raised.value.lines) == 1
    return raised.value.lines[0]


@pytest.mark.parametrize("agency", AGENCIES)
def test_the_example_of_each_agency_becomes_its_expected_json(agency: str) -> None:
    expected = json.loads((FIXTURES / f"{agency}-expected.json").read_text(encoding="utf-8"))
    assert read_envelope((FIXTURES / f"{agency}-response.xml").read_bytes()) == expected


def test_an_answer_without_a_soap_envelope_is_read_too() -> None:
    name = "hamtaBastjanstInformationResponse"
    xml = f'<{name} xmlns="{Version.V10.namespace}"><svarsdata/></{name}>'
    assert read_envelope(xml.encode()) == EMPTY


def test_an_error_of_an_agency_stays_an_error() -> None:
    error = (
        "<ssbt:AF><ssbt:error><ssbt:kalla>BT</ssbt:kalla><ssbt:felkod>AF-503</ssbt:felkod>"
        "<ssbt:felmeddelande>Tjänsten är inte tillgänglig</ssbt:felmeddelande>"
        "<ssbt:felmeddelande>Försök igen senare</ssbt:felmeddelande></ssbt:error></ssbt:AF>"
    )
    told = ["Tjänsten är inte tillgänglig", "Försök igen senare"]
    error_json = {"error": {"kalla": "BT", "felkod": "AF-503", "felmeddelande": told}}
    assert read_envelope(envelope(error)) == {**EMPTY, "af": error_json}


def test_an_error_beside_data_wins() -> None:
    error = "<ssbt:error><ssbt:kalla>SSBT</ssbt:kalla></ssbt:error>"
    inside = f"<ssbt:AF><ssbt:data><Svar>1</Svar></ssbt:data>{error}</ssbt:AF>"
    assert read_envelope(envelope(inside))["af"] == {"error": {"kalla": "SSBT", "felmeddelande": []}}


def test_a_soap_fault_is_an_error_of_every_agency() -> None:
    xml = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
        "<faultcode>s:Server</faultcode><faultstring>Internt fel</faultstring>"
        f'<detail><f:hamtaBastjanstInformationFault xmlns:f="{Version.V10.namespace}">'
        "<f:felkod>1001</f:felkod>"
        "<f:felmeddelande>Behörighet saknas</f:felmeddelande></f:hamtaBastjanstInformationFault></detail>"
        "</s:Fault></s:Body></s:Envelope>"
    )
    error = {"error": {"kalla": "SSBT", "felkod": "1001", "felmeddelande": ["Behörighet saknas"]}}
    assert read_envelope(xml.encode()) == dict.fromkeys(AGENCIES, error)


def test_a_soap_fault_without_details_keeps_its_words() -> None:
    xml = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Sender'
        "</s:Value></s:Code><s:Reason><s:Text>Trasig fråga</s:Text></s:Reason></s:Fault></s:Body>"
        "</s:Envelope>"
    )
    error = {"error": {"kalla": "SSBT", "felkod": "s:Sender", "felmeddelande": ["Trasig fråga"]}}
    assert read_envelope(xml.encode())["fk"] == error


BROKEN = encoded('{"a": ')
HOSTILE = encoded('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')


@pytest.mark.parametrize(
    ("inside", "agency", "told"),
    [
        (
            "<ssbt:FK><ssbt:data><ssbt:lefiJsonSvar>inte base64!</ssbt:lefiJsonSvar></ssbt:data></ssbt:FK>",
            "fk",
            "Svaret är inte kodat i base64.",
        ),
        (
            f"<ssbt:FK><ssbt:data><ssbt:lefiJsonSvar>{BROKEN}</ssbt:lefiJsonSvar></ssbt:data></ssbt:FK>",
            "fk",
            "Indata är inte JSON: fel på rad 1, kolumn 7.",
        ),
        (
            f"<ssbt:CSN><ssbt:data><ssbt:svar>{encoded('<a><b></a>')}</ssbt:svar></ssbt:data></ssbt:CSN>",
            "csn",
            "XML går inte att läsa: fel på rad 1, kolumn 9.",
        ),
        (
            f"<ssbt:CSN><ssbt:data><ssbt:svar>{HOSTILE}</ssbt:svar></ssbt:data></ssbt:CSN>",
            "csn",
            "XML har en dokumenttyp (DOCTYPE), som inte tas emot.",
        ),
        (
            "<ssbt:SKV><ssbt:data><other>1</other></ssbt:data></ssbt:SKV>",
            "skv",
            "Svaret har inte elementet svar och bara det.",
        ),
    ],
)
def test_an_agency_whose_part_cannot_be_read_has_failed_and_the_others_remain(
    inside: str, agency: str, told: str
) -> None:
    vehicles = "<ssbt:TNS><ssbt:data><resultat>OK</resultat></ssbt:data></ssbt:TNS>"
    found = read_envelope(envelope(inside + vehicles))
    assert found[agency] == {
        "error": {"kalla": "MOTTAGARE", "felkod": "OLÄSLIGT_SVAR", "felmeddelande": [told]}
    }
    assert found["tns"] == {"resultat": "OK"}


def test_an_agency_twice_and_an_agency_of_another_shape_have_failed() -> None:
    twice = "<ssbt:AF><ssbt:data><a>1</a></ssbt:data></ssbt:AF>" * 2
    assert read_envelope(envelope(twice))["af"]["error"]["felkod"] == "DUBBELT_SVAR"
    other = "<ssbt:MIV><ssbt:data><a>1</a></ssbt:data><ssbt:mer>2</ssbt:mer></ssbt:MIV>"
    assert read_envelope(envelope(other))["miv"]["error"]["felkod"] == "OKÄNT_SVAR"


def test_whatever_else_has_answered_is_kept_to_be_told() -> None:
    found = read_envelope(envelope("<ssbt:KFM><ssbt:data><skuld>80000</skuld></ssbt:data></ssbt:KFM>"))
    told = sentences(register_answers(found))
    assert told == ("KFM (okänd)[0].data.skuld: ”80000” kan vara ett belopp och är inte tolkat.",)
    assert sentences(register_answers(read_envelope(envelope("<ssbt:KFM/><ssbt:AF/>")))) == ()


def test_data_with_nothing_in_it_is_no_answer() -> None:
    for agency in AGENCIES:
        inside = f"<ssbt:{agency.upper()}><ssbt:data/></ssbt:{agency.upper()}>"
        assert read_envelope(envelope(inside)) == EMPTY


def test_attributes_repeats_nil_text_beside_elements_and_name_clashes_lose_nothing() -> None:
    inside = (
        '<ssbt:AF><ssbt:data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><x status="A">'
        '<status>B</status><y>1</y><y k="v">2</y><z xsi:nil="true"/>mer</x></ssbt:data></ssbt:AF>'
    )
    found = {"status": ["A", "B"], "y": ["1", {"k": "v", "#text": "2"}], "#text": "mer"}
    assert read_envelope(envelope(inside))["af"] == {"x": found}


BOMB = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
OUTSIDE = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        (BOMB.encode(), "XML har en dokumenttyp (DOCTYPE), som inte tas emot."),
        (OUTSIDE.encode(), "XML har en dokumenttyp (DOCTYPE), som inte tas emot."),
        (b"<a>&unknown;</a>", "XML går inte att läsa: fel på rad 1, kolumn 4."),
        (b"", "XML går inte att läsa: fel på rad 1, kolumn 1."),
        (b"{}", "XML går inte att läsa: fel på rad 1, kolumn 1."),
        (b"<a><b></a>", "XML går inte att läsa: fel på rad 1, kolumn 9."),
        (b"<a>" * 70 + b"</a>" * 70, "XML är nästlad i mer än 60 nivåer."),
        (b"<a>\xff\xfe</a>", "XML går inte att läsa: fel på rad 1, kolumn 4."),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "XML har en teckenkodning som inte tas emot."),
        (b"<a/>", "XML är inget svar från SSBTEK: elementet heter a."),
        (
            envelope("", "http://schema.forsakringskassan.se/integration/ssbt/9"),
            "Svaret följer inte SSBTEK v10, v11: namnrymden är"
            " ”http://schema.forsakringskassan.se/integration/ssbt/9”.",
        ),
        (b"<Envelope><Body/></Envelope>", "SOAP-kuvertet har 0 svar. Det ska ha ett."),
    ],
)
def test_what_is_no_answer_is_refused_with_its_reason(xml: bytes, told: str) -> None:
    assert refused(xml) == told


def test_a_huge_answer_is_refused_before_it_is_read() -> None:
    xml = envelope("<ssbt:AF>" + " " * (10 * 1024 * 1024) + "</ssbt:AF>")
    assert refused(xml) == f"XML är {len(xml)} byte. Mer än 10485760 byte tas inte emot."


@pytest.mark.slow
def test_a_wide_answer_of_some_megabytes_is_read() -> None:
    inside = "<ssbt:AF><ssbt:data>" + "<a>1</a>" * 200_000 + "</ssbt:data></ssbt:AF>"
    assert len(read_envelope(envelope(inside))["af"]["a"]) == 200_000


def test_utf_16_with_a_mark_is_read() -> None:
    text = envelope("<ssbt:TNS><ssbt:data><resultat>Å</resultat></ssbt:data></ssbt:TNS>").decode()
    assert read_envelope(text.encode("utf-16"))["tns"] == {"resultat": "Å"}
