"""The installation file: the example is read, and every fault is told with its line."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from pydantic import BaseModel

from decision_service.application.case_file import Person
from decision_service.application.declared import Declared
from decision_service.application.form import AdultAnswers, Application
from decision_service.installation.configuration import PURPOSES, Installation
from decision_service.installation.e_service import OfAChild, OfAnAdult, OfTheApplication
from decision_service.installation.issuer import Algorithm
from decision_service.installation.municipality import (
    FolderOutput,
    FourEyes,
    NobodyAsked,
    RegisterFiles,
    SsbtekAgreement,
    WebhookOutput,
)
from norms import document
from norms.finding import FindingsError
from norms.month import Month
from tests.world.sweeps import swept

EXAMPLE = Path(__file__).parents[3] / "examples" / "installation.yaml"


def test_the_example_is_read() -> None:
    installation = Installation.load(EXAMPLE)
    trelleborg, svedala = installation.municipalities["1287"], installation.municipalities["1263"]
    assert (trelleborg.name, trelleborg.handled_by, svedala.handled_by) == ("Trelleborg", None, "1287")
    assert (trelleborg.escalate_after, trelleborg.person_deadline) == (20, time(16, 0))
    assert trelleborg.closed == (date(2026, 12, 28), date(2026, 12, 29))
    assert (trelleborg.completion.answer_days, trelleborg.completion.reminder_days) == (14, (7, 12))
    assert set(trelleborg.four_eyes) == {FourEyes.REFUSE, FourEyes.DEVIATE}
    assert isinstance(trelleborg.registers, SsbtekAgreement)
    assert trelleborg.registers.certificate == EXAMPLE.parent / "hemligt" / "trelleborg.pem"
    folder, webhook = trelleborg.outputs
    assert isinstance(folder, FolderOutput)
    assert folder.folder == EXAMPLE.parent / "ut" / "trelleborg"
    assert isinstance(webhook, WebhookOutput)
    assert webhook.secret == EXAMPLE.parent / "hemligt" / "webhook"
    assert isinstance(svedala.registers, RegisterFiles)
    assert svedala.registers.folder == EXAMPLE.parent / "registersvar" / "svedala"
    assert [issuer.tenants for issuer in installation.issuers] == [("1287",), ("1287", "1263")]
    assert installation.issuers[0].algorithms == (Algorithm.ES256, Algorithm.EDDSA)
    assert installation.issuers[1].keys.file == EXAMPLE.parent / "nycklar" / "e-tjanst.json"
    assert installation.handled == {"1287": {"1263"}, "1263": frozenset()}
    assert "handlaggning" in installation.purposes


def test_what_is_not_said_has_a_value() -> None:
    svedala = Installation.load(EXAMPLE).municipalities["1263"]
    assert (svedala.escalate_after, svedala.completion.answer_days, svedala.four_eyes) == (20, 14, ())
    assert svedala.answers_end(Month(2026, 11)) == date(2027, 11, 30)
    text = EXAMPLE.read_text("utf-8").replace("    register: {slag: filer, mapp: registersvar/svedala}\n", "")
    without = Installation.of(document.parse(text.encode(), "installation.yaml"), EXAMPLE.parent)
    assert isinstance(without.municipalities["1263"].registers, NobodyAsked)


def test_a_municipality_knows_its_own_code_and_a_written_path_may_be_whole() -> None:
    text = EXAMPLE.read_text("utf-8").replace("mapp: ut/svedala", "mapp: /ut/svedala")
    installation = Installation.of(document.parse(text.encode(), "installation.yaml"), EXAMPLE.parent)
    assert {code: each.code for code, each in installation.municipalities.items()} == {
        "1287": "1287",
        "1263": "1263",
    }
    output = installation.municipalities["1263"].outputs[0]
    assert isinstance(output, FolderOutput)
    assert output.folder == Path("/ut/svedala")


def test_the_demonstration_holds(tmp_path: Path) -> None:
    installation = Installation.demonstration(tmp_path)
    assert list(installation.municipalities) == ["9999"]
    assert installation.purposes == PURPOSES
    assert installation.issuers[0].keys.file == tmp_path / "jwks.json"


def test_what_a_form_never_asks_is_taken_for_granted_from_the_day_of_the_decision() -> None:
    form = Installation.load(EXAMPLE).municipalities["1287"].e_services["mitt-helsingborg-v1"]
    assert form.declared(date(2026, 6, 14)) == Declared()
    declared = form.declared(date(2026, 6, 15))
    assert declared.decision == "Arbetsmarknadsnämndens beslut § 41 den 15 juni 2026"
    assert declared.application["stays_in_municipality"] is True
    assert declared.adults == {"payment_same_as_previous": True}


@pytest.mark.parametrize(
    ("declared", "part"),
    [(OfTheApplication, Application), (OfAnAdult, AdultAnswers), (OfAChild, Person)],
)
def test_only_fields_that_there_are_can_be_declared(declared: type[BaseModel], part: type[BaseModel]) -> None:
    for name, info in declared.model_fields.items():
        assert (part.model_fields[name].alias or name) == (info.alias or name)


def found(change: tuple[str, str]) -> list[str]:
    """What is wrong with the example when a text in it is another."""
    text = EXAMPLE.read_text("utf-8")
    assert text.count(change[0]) >= 1
    changed = text.replace(change[0], change[1], 1)
    with pytest.raises(FindingsError) as error:
        Installation.of(document.parse(changed.encode(), "installation.yaml"), Path())
    return [str(finding) for finding in error.value.findings]


@swept(
    ("change", "message"),
    [
        (("utbetalningsdag: 27", "utbetalningsdag: 32"), "32 går inte. Ange 1 till 31."),
        (("utbetalningsdag: 27", "utbetalning: 27"), "Menas ”utbetalningsdag”?"),
        (("varna efter timmar: 20", "varna efter timmar: 24"), "24 går inte. Ange 1 till 23."),
        (("varna efter timmar: 20", "varna efter timmar: tjugo"), "”tjugo” är inget heltal."),
        (('"16:00"', '"16"'), "”16” är inget klockslag. Skriv det som TT:MM, till exempel 16:00."),
        (('"16:00"', '"25:00"'), "”25:00” är inget klockslag."),
        (("2026-12-28", "2026-13-28"), "”2026-13-28” är inget datum. Skriv det som ÅÅÅÅ-MM-DD."),
        (("[7, 12]", "[7, 14]"), "En påminnelse efter 14 dagar kommer för sent. Svarstiden är 14 dagar."),
        (("avvikelse]", "ändring]"), "”ändring” är inget av de tillåtna värdena: bifall, "),
        (
            ('handläggs av: "1287"', 'handläggs av: "1384"'),
            "Kommunen 1384 finns inte i filen. Lägg till den.",
        ),
        (('handläggs av: "1287"', 'handläggs av: "1263"'), "kan inte handläggas av sig själv."),
        (('handläggs av: "1287"', "handläggs av: Trelleborg"), "”Trelleborg” är ingen kommunkod."),
        (("namn: Trelleborg", 'namn: Trelleborg\n    handläggs av: "1263"'), "handläggs själv av en annan"),
        (('"1263":', '"126":'), "”126” är ingen kommunkod."),
        (("https://ssbtek", "http://ssbtek"), "är ingen adress som börjar med https://."),
        (("https://e-tjanst.exempel.se/lagrum", "https://a:b@x"), "Adressen får inte innehålla inloggning"),
        (("      nyckel: hemligt/trelleborg.key\n", ""), "register nyckel: Uppgiften saknas. Lägg till den."),
        ((", mapp: registersvar/svedala", ""), "register mapp: Uppgiften saknas. Lägg till den."),
        ((", hemlighet: hemligt/webhook", ""), "hemlighet: Uppgiften saknas. Lägg till den."),
        (
            ("slag: filer", "slag: fil"),
            "slag: ”fil” är inget av de tillåtna värdena: inga, filer, ssbtek.",
        ),
        (("slag: filer, mapp", "mapp"), "slag"),
        (
            ("slag: webhook", "slag: mejl"),
            "slag: ”mejl” är inget av de tillåtna värdena: mapp, webhook, digital post.",
        ),
        (
            ("mapp: registersvar/svedala", "mapp: r, adress: https://x.se"),
            "register adress: Fältet finns inte.",
        ),
        (("namn: Svedala", 'namn: Svedala\n    kod: "1264"'), "Kommunen 1263 säger sig ha koden 1264."),
        (('"162120000001"', "212000-0001"), "är inget organisationsnummer."),
        (("    krets: e-tjanst\n", ""), "saknar krets"),
        (("{fil: nycklar/e-tjanst.json}", "{}"), "Ange antingen adress eller fil för utfärdarens nycklar."),
        (("[EdDSA]", "[HS256]"), "”HS256” är inget av de tillåtna värdena: EdDSA, ES256, RS256."),
        (("[EdDSA]", "[none]"), "”none” är inget av de tillåtna värdena"),
        (("[EdDSA]", "[]"), "Utfärdaren behöver minst en algoritm."),
        (('["1287", "1263"]', '["1287", "0180"]'), "Kommunen 0180 finns inte i filen."),
        (
            (
                "utfärdare: https://e-tjanst.exempel.se",
                "utfärdare: https://inloggning.exempel.se/realms/trelleborg",
            ),
            "står två gånger.",
        ),
        (
            (
                "beslut: {beteckning: Arbetsmarknadsnämndens beslut § 41, dag: 2026-06-15}",
                "identiteter bredvid: nej",
            ),
            "Skriv beslutets beteckning och dag.",
        ),
        (("normType: NATIONAL_NORM", "hasAssets: nej"), "Fältet finns inte."),
        (("staysInMunicipality: ja", "staysInMunicipality: kanske"), "ja eller nej"),
        (("sundsvall-v1:", "sundsvall-v2:"), "Menas ”sundsvall-v1”?"),
        (("  granskning:", "  Granskning 2:"), "har fel form"),
        (("    utbetalningsdag: 27\n", ""), "utbetalningsdag: Uppgiften saknas. Lägg till den."),
        (("utfärdare:\n", "utfardare:\n"), "Menas ”utfärdare”?"),
    ],
)
def test_a_fault_is_told_in_swedish(change: tuple[str, str], message: str) -> None:
    findings = found(change)
    assert any(message in finding for finding in findings), findings
    assert all(finding.startswith("installation.yaml:") for finding in findings)


def test_the_line_is_told() -> None:
    line = EXAMPLE.read_text("utf-8").splitlines().index('    handläggs av: "1287"') + 1
    assert found(('handläggs av: "1287"', 'handläggs av: "1384"')) == [
        f"installation.yaml:{line}: fel I001: kommuner.1263.handläggs av: Kommunen 1384 finns inte i filen. "
        "Lägg till den."
    ]


def test_every_fault_is_told_at_once() -> None:
    assert len(found(("varna efter timmar: 20", "varna efter timmar: 0\n    fel: 1\n    mer fel: 2"))) == 3


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Installation.load(tmp_path / "finns-inte.yaml")
