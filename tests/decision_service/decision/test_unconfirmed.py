"""What nobody has confirmed decides nothing: neither by what it gives nor by what it keeps silent."""

from __future__ import annotations

import pytest

from decision_service.application.outcome import Outcome
from decision_service.decision.decide import assess, law_of
from norms.load import load
from rules import rulebook
from rules.rulebook import ROOT, Rulebook
from tests.world.cases import raw, read
from tests.world.sweeps import rest_slow

TERM = """      prov:
        typ: ja/nej
        källa: regel
        förval: nej
        beskrivning: Prov.
"""
BEFORE = "      ska_stå_till_förfogande:\n"
RULES = """regelsamling: prov
beskrivning: Prov.
steg: motprestation
status: verifierad
regler:
  - grupp: Prov
    lagrum: [Praxis]
    gäller: {{från: 2022-07}}
    för varje: vuxen
    regler:
      - id: prov.grund
        rubrik: Prov
        steg: behörighet
        status: {status}
        när: {ground}
        ger: {{slutsats: {{vuxen.prov: ja}}}}
        motivering: {{sv: "Prov."}}
      - id: prov.fråga
        rubrik: Prov
        när: {asked}
        ger: {{handläggare: {{skäl: PROV, fråga: {{sv: "Vad gäller?"}}, svar: beslut}}}}
        motivering: {{sv: "Prov."}}
{exception}"""
EXCEPTION = """      - id: prov.undantag
        rubrik: Prov
        status: {status}
        när: vuxen.ålder > 17
        undantag från: [prov.fråga]
        ger: {{kräver: [vuxen.ålder]}}
        motivering: {{sv: "Prov."}}
"""


def book(rules: str) -> Rulebook:
    """The shipped rules with some more."""
    files = rulebook.read_files(ROOT)
    words = files["vocabulary.yaml"].decode()
    assert words.count(BEFORE) == 1
    files["vocabulary.yaml"] = words.replace(BEFORE, TERM + BEFORE).encode()
    files["sets/national/prov.yaml"] = rules.encode()
    return rulebook.build(files, load())


def decided(rules: str) -> tuple[Outcome, set[str]]:
    """What becomes of a household that gets all it applies for, and what unconfirmed it would rest on."""
    case = read(raw("ensam-bifall"))
    found = assess(case, law_of(case, book(rules))).document
    return found.outcome, {each.name for each in found.unconfirmed}


@pytest.mark.parametrize(
    ("ground", "asked", "exception", "name"),
    rest_slow(
        [
            ("vuxen.ålder > 17", "inte vuxen.prov", "", "prov.grund"),
            ("vuxen.ålder > 17", "vuxen.sökande och inte vuxen.prov", "", "prov.grund"),
            ("vuxen.ålder > 17", "inte vuxen.sökande eller inte vuxen.prov", "", "prov.grund"),
            ("vuxen.ålder > 119", "vuxen.sökande", EXCEPTION, "prov.undantag"),
        ]
    ),
)
def test_a_question_that_something_unconfirmed_keeps_silent_is_for_a_person(
    ground: str, asked: str, exception: str, name: str
) -> None:
    unsure, sure = (
        RULES.format(status=status, ground=ground, asked=asked, exception=exception.format(status=status))
        for status in ("andrahandskälla", "verifierad")
    )
    assert decided(unsure) == (Outcome.HANDLAGGARE, {name})
    assert decided(sure) == (Outcome.GRANTED, set())


def test_a_question_that_something_confirmed_keeps_silent_too_rests_on_nothing_unconfirmed() -> None:
    rules = RULES.format(
        status="andrahandskälla",
        ground="vuxen.ålder > 17",
        asked="vuxen.ålder > 119 och inte vuxen.prov",
        exception="",
    )
    assert decided(rules) == (Outcome.GRANTED, set())


def test_an_amount_of_unconfirmed_status_keeps_no_question_silent() -> None:
    rules = RULES.format(
        status="verifierad",
        ground="vuxen.ålder > 119",
        asked="vuxen.anvisade_timmar < norm.aktivitetskrav.heltid och ansökan.typ = fortsatt",
        exception="",
    )
    assert decided(rules) == (Outcome.HANDLAGGARE, {"aktivitetskrav.heltid"})
