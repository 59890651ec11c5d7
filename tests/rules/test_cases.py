"""The policy staff's cases: the shipped ones hold and try everything, and a case file says what it means."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from decision_service.cli import main
from norms.finding import FindingsError
from norms.month import Month
from rules import rulebook
from rules.book import Rulebook
from rules.engines.exact.run import ExactEngine
from rules.evaluated import RuleState
from rules.facts import Entity, Facts
from rules.language.types import KRONOR, Base
from rules.law import resolve
from rules.policy_cases.coverage import Coverage
from rules.policy_cases.run import CaseResult, run_all
from rules.rule import AskEffect


@pytest.fixture(scope="module")
def ran(book: Rulebook) -> tuple[list[CaseResult], Coverage]:
    return run_all(book)


# --- the shipped cases


def test_every_case_comes_out_as_expected(ran: tuple[list[CaseResult], Coverage]) -> None:
    results, _ = ran
    assert [
        f"{each.file}:{each.line} {each.name}: {each.failures}" for each in results if each.failures
    ] == []
    assert len(results) > 200


def test_every_rule_and_every_part_of_a_condition_is_tried(
    book: Rulebook, ran: tuple[list[CaseResult], Coverage]
) -> None:
    _, coverage = ran
    assert list(coverage.untried(book)) == []


def test_the_command_tells_how_many_cases_hold_and_what_none_tries(
    ran: tuple[list[CaseResult], Coverage],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("rules.policy_cases.run.run_all", lambda _book, _cases, *, covered: ran)
    results, _ = ran
    command = ["rules", "test", "--coverage"]
    assert main(command) == 0
    told = f"{len(results)} fall, 0 med fel.\n"
    assert capsys.readouterr().out == told + "Alla regler och villkor är prövade.\n"
    first = results[0]
    results[0] = replace(first, failures=("Regeln gäller inte.",))
    try:
        assert main(command) == 1
    finally:
        results[0] = first
    printed = capsys.readouterr()
    assert printed.err == f"{first.file}:{first.line}: {first.name}: Regeln gäller inte.\n"
    assert printed.out.startswith(f"{len(results)} fall, 1 med fel.\n")


def test_every_rule_file_has_a_file_of_cases(book: Rulebook) -> None:
    files = {rule.file for rule in book.rules}
    assert [file for file in files if not (rulebook.ROOT / file).with_suffix(".fall.yaml").exists()] == []


def test_the_cases_are_no_part_of_the_law(book: Rulebook) -> None:
    assert not [name for name in book.files if ".fall." in name]


# --- nothing is silent


@pytest.mark.parametrize("path", ["inkomst.typ", "kostnad.typ", "tillgång.slag"])
def test_every_sort_of_income_cost_and_asset_gives_a_line_or_a_question(book: Rulebook, path: str) -> None:
    """An income that no rule reads would count as nothing, and a cost that none reads would be forgotten."""
    kind = path.partition(".")[0]
    engine = ExactEngine(resolve(book, Month(2026, 11), "1283"))
    for choice in book.vocabulary.terms[path].type.choices:
        values = {path: choice, "inkomst": {}, "kostnad": {}}
        values = {
            "inkomst": {"inkomst.belopp": 100, "inkomst.månader_före": 1, "inkomst.ur_register": True},
            "kostnad": {"kostnad.belopp": 100, "kostnad.är_bedömd": False, "kostnad.godkänd_förut": False},
            "tillgång": {"tillgång.värde": 100},
        }[kind] | {path: choice}
        facts = Facts((Entity(kind, "x", values),)).with_nobody_answering(book.vocabulary)
        outcome = engine.evaluate(facts).outcome
        lines = [line for line in outcome.lines if line.subject == "x"]
        asked = [each for each in outcome.questions if each.subject in ("x", "")]
        assert lines or asked, choice


@pytest.mark.parametrize("choice", rulebook.load().vocabulary.terms["vuxen.planering"].type.choices)
def test_every_planning_is_a_duty_a_question_or_known_to_be_neither(book: Rulebook, choice: str) -> None:
    """Whoever is neither to look for work nor asked about is one of three that the law itself lets be."""
    engine = ExactEngine(resolve(book, Month(2026, 9), None))
    entity = Entity("vuxen", "v", {"vuxen.planering": choice, "vuxen.läkarintyg": True})
    evaluation = engine.evaluate(Facts((entity,)))
    duty = evaluation.outcome.conclusions["v", "vuxen.ska_stå_till_förfogande"]
    asked = {question.reason for question in evaluation.outcome.questions}
    assert duty or "STUDIER" in asked or choice in {"heltidsarbete", "sjukskriven", "föräldraledig"}


# --- plain language

NEVER_ONE = {"{månad.dagar} dagar", "{vuxen.månader_i_rad} månader", "{hushåll.medlemmar} personer"}
SAME_FOR_ONE = {"år", "barn", "fordon", "av", "uppges", "som", "i", "in", "vuxna"}


def test_a_number_does_not_stand_before_a_word_that_bends(book: Rulebook) -> None:
    """”1 timmar” is no Swedish. Counts stand in brackets, after a colon, or before a word without plural."""
    wrong = []
    for rule in book.rules:
        texts = [rule.texts["sv"]]
        texts += [effect.question["sv"] for effect in rule.effects if isinstance(effect, AskEffect)]
        for text in texts:
            for path, word in re.findall(r"\{([^{}]+)\} (\w+)", text):
                term = book.vocabulary.terms.get(path)
                if term is None or term.type.base is not Base.NUMBER or term.type.unit == KRONOR:
                    continue
                if word not in SAME_FOR_ONE and f"{{{path}}} {word}" not in NEVER_ONE:
                    wrong.append(f"{rule.id}: {text}")
    assert [each for each in wrong if "timmar i veckan" not in each] == []


def test_every_question_asks_and_every_reason_is_a_sentence(book: Rulebook) -> None:
    for rule in book.rules:
        assert rule.texts["sv"].endswith((".", "?")), rule.id
        for effect in rule.effects:
            if isinstance(effect, AskEffect):
                assert effect.question["sv"].endswith(("?", ".")), rule.id
                assert not effect.question["sv"].endswith("..")


# --- what a case file says


HOUSEHOLD = """
fall: regler
fallen:
  - namn: Grunden
    månad: 2026-11
    givet:
      hushåll: {vuxna: 1, boende: 2}
      barn:
        - {id: a, ålder: 9, umgängesbarn: nej, dagar_i_hemmet: 30}
    väntat: {summor: {norm: 9170}} # 3 940 + 3 820 + 1 410
"""


def run(tmp_path: Path, book: Rulebook, text: str) -> list[CaseResult]:
    place = tmp_path / "sets" / "national" / "prov.fall.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8")
    return run_all(book, tmp_path, covered=False)[0]


def failures(tmp_path: Path, book: Rulebook, more: str) -> tuple[str, ...]:
    """What the last case of the household file and some more fails in."""
    return run(tmp_path, book, HOUSEHOLD + more)[-1].failures


def problem(tmp_path: Path, book: Rulebook, more: str) -> str:
    with pytest.raises(FindingsError) as raised:
        run(tmp_path, book, HOUSEHOLD + more)
    return str(raised.value.findings[0])


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (
            "givet: {hushåll: {boende: 4}}\n    väntat: {summor: {norm: 8775}}",
            "3 940 + 3 820 + 2 030 · 2 / 4",
        ),
        ("givet: {barn: {id: a, ålder: 12}}\n    väntat: {summor: {norm: 9740}}", "4 390 in place of 3 820"),
        (
            "givet: {hushåll: {boende: 3}, barn: {id: b, ålder: 12, umgängesbarn: nej, dagar_i_hemmet: 30}}\n"
            "    väntat: {summor: {norm: 13940}}",
            "another child is added: 3 940 + 3 820 + 4 390 + 1 790",
        ),
        (
            "givet: {barn: inga}\n    väntat: {summor: {norm: 4645}}",
            "no child is left: 3 940 + 1 410 · 1 / 2",
        ),
        ("månad: 2025-11\n    väntat: {summor: {norm: 9100}}", "3 910 + 3 790 + 1 400"),
        (
            "givet: {hushåll: {boende: saknas}}\n    väntat: {går inte att avgöra: [riksnorm.gemensam]}",
            "the base knew it, this case does not",
        ),
        (
            "givet: {barn: {id: a, dagar_i_hemmet: [10, 20]}}\n"
            "    väntat: {går inte att avgöra: [riksnorm.barn.med_lunch för a]}",
            "two sources disagree",
        ),
        (
            "givet: {barn: {id: a, dagar_i_hemmet: 15}, kommun: {växelvis_barn_räknas_fullt: nej}}\n"
            "    väntat: {gäller: [riksnorm.växelvis_boende]}",
            "the municipality is let to have chosen",
        ),
    ],
)
def test_a_case_starts_from_another_and_says_what_differs(
    tmp_path: Path, book: Rulebook, more: str, why: str
) -> None:
    case = f"\n  - namn: Fallet\n    utgår från: Grunden\n    {more}\n"
    assert failures(tmp_path, book, case) == (), why


def test_what_is_expected_is_not_taken_over(tmp_path: Path, book: Rulebook) -> None:
    case = (
        "\n  - namn: Fallet\n    utgår från: Grunden\n    givet: {barn: inga}\n"
        "    väntat: {gäller: [riksnorm.vuxen.ensam]}\n"
    )
    assert failures(tmp_path, book, case) == ()


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (
            "{namn: Fallet, utgår från: Grundn, väntat: {}}",
            "Det finns inget fall ”Grundn” tidigare i filen. Menas ”Grunden”?",
        ),
        ("{namn: Grunden, utgår från: Grunden, väntat: {}}", "Filen har redan ett fall med det namnet."),
        ("{namn: Fallet, väntat: {}}", "Fallet säger inte vilken månad det gäller."),
        (
            "{namn: Fallet, utgår från: Grunden, givet: {barn: {id: a, ålder: 200}}, väntat: {}}",
            "a: barn.ålder ligger utanför det som ordlistan tillåter: lägst 0 och högst",
        ),
        (
            "{namn: Fallet, utgår från: Grunden, givet: {barn: {id: a, åldr: 2}}, väntat: {}}",
            "barn har ingen term ”åldr”. Menas ”ålder”?",
        ),
        (
            "{namn: Fallet, utgår från: Grunden, givet: {barnen: {id: a}}, väntat: {}}",
            "slaget ”barnen” finns inte.",
        ),
        (
            "{namn: Fallet, utgår från: Grunden, givet: {inkomst: {id: i, belopp: 10 kr}}, väntat: {}}",
            "”10 kr” går inte att läsa. Skriv hela kronor med siffror",
        ),
        ("{namn: Fallet, utgår från: Grunden, kommun: '0000', väntat: {}}", "Kommunen ”0000” finns inte"),
        (
            "{namn: Fallet, utgår från: Grunden, givet: {barn: [{id: b}, {id: b}]}, väntat: {}}",
            "Flera barn har samma id, eller inget.",
        ),
        (
            "{namn: Fallet, utgår från: Grunden, givet: {barn: [{ålder: 5}, {ålder: 7}]}, väntat: {}}",
            "Flera barn har samma id, eller inget.",
        ),
        (
            "{namn: Fallet, månad: 2026-11, givet: {inkomst: {id: v}, vuxen: {id: v}}, väntat: {}}",
            "flera har samma id: v.",
        ),
        (
            "{namn: Fallet, utgår från: Grunden, givet: {inkomst: {id: i, hör till: ingen}}, väntat: {}}",
            "i kan inte höra till ingen.",
        ),
        (
            "{namn: Fallet, utgår från: Grunden, givet: {hushåll: {medlemmar: 3}}, väntat: {}}",
            "hushåll.medlemmar är inget som kan vara givet, utan något som avgörs.",
        ),
        ("{namn: Fallet, utgår från: Grunden, väntat: {}}", "under väntat står inget"),
        (
            "{namn: Fallet, utgår från: Grunden, väntat: {summor: {nrm: 3}}}",
            "det finns ingen summa ”nrm”. Menas ”norm”?",
        ),
        (
            "{namn: Fallet, utgår från: Grunden, väntat: {summor: {norm: '9,170'}}}",
            "”9,170” går inte att läsa. Skriv hela kronor",
        ),
        (
            "{namn: Fallet, utgår från: Grunden, väntat: {poster: [{regel: x.y, belopp: 3 940}]}}",
            "”3 940” går inte att läsa. Skriv hela kronor",
        ),
        (
            "{namn: Fallet, utgår från: Grunden, väntat: {slutsatser: {beslut.utfall: avslg}}}",
            "”avslg” går inte att läsa. Menas ”avslag”? Skriv ett av ",
        ),
    ],
)
def test_a_case_that_is_none_is_told_with_its_line(
    tmp_path: Path, book: Rulebook, case: str, message: str
) -> None:
    found = problem(tmp_path, book, f"\n  - {case}\n")
    assert message in found
    assert re.search(r"prov\.fall\.yaml:1\d: fel R060", found)


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ("summor: {norm: 9171}", "summan norm är 9\u00a0170\u00a0kr, väntat 9\u00a0171\u00a0kr"),
        ("gäller: [riksnorm.vuxen.sambo]", "riksnorm.vuxen.sambo: väntat att regeln gäller"),
        (
            "gäller inte: [riksnorm.barn.med_lunch för a]",
            "riksnorm.barn.med_lunch för a: väntat att regeln inte gäller",
        ),
        ("gäller inte: [riksnorm.barn.med_lunc]", "regeln riksnorm.barn.med_lunc finns inte. Menas ”"),
        ("går inte att avgöra: [riksnorm.gemensam]", "väntat att regeln inte går att avgöra"),
        (
            "poster: [{regel: riksnorm.vuxen.ensam, belopp: 3940}]",
            "posten riksnorm.barn.med_lunch för a 3\u00a0820\u00a0kr var inte väntad",
        ),
        ("frågor: [NY_ANSÖKAN]", "frågorna är inga, väntat NY_ANSÖKAN"),
        ("frågar efter: []", ", väntat inget"),
        ("slutsatser: {beslut.utfall: avslag}", "beslut.utfall är saknas, väntat avslag"),
        ("slutsatser: {beslut.utfal: avslag}", "termen beslut.utfal finns inte"),
    ],
)
def test_what_does_not_come_out_as_expected_is_told(
    tmp_path: Path, book: Rulebook, expected: str, message: str
) -> None:
    case = f"\n  - namn: Fallet\n    utgår från: Grunden\n    väntat: {{{expected}}}\n"
    found = failures(tmp_path, book, case)
    assert any(message in each for each in found), found


# --- coverage


def untried(tmp_path: Path, book: Rulebook, text: str, rule: str) -> list[str]:
    place = tmp_path / "sets" / "national" / "prov.fall.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8")
    _, coverage = run_all(book, tmp_path)
    return [f"{each.rule}: {each.message}" for each in coverage.untried(book) if each.rule.startswith(rule)]


def test_coverage_names_rules_and_parts_that_no_case_tries(tmp_path: Path, book: Rulebook) -> None:
    assert untried(tmp_path, book, HOUSEHOLD, "riksnorm.vuxen.") == [
        "riksnorm.vuxen.ensam: gäller i varje fall",
        "riksnorm.vuxen.ensam: ”hushåll.vuxna = 1” är aldrig falskt",
        "riksnorm.vuxen.sambo: gäller inte i något fall",
        "riksnorm.vuxen.sambo: ”hushåll.vuxna = 2” är aldrig sant",
    ]


def test_a_part_that_was_never_known_is_untried_both_ways(tmp_path: Path, book: Rulebook) -> None:
    found = untried(tmp_path, book, HOUSEHOLD, "riksnorm.barn.utan_lunch")
    assert "riksnorm.barn.utan_lunch: ”barn.äter_lunch_hemma” är aldrig sant" in found
    assert "riksnorm.barn.utan_lunch: ”barn.äter_lunch_hemma” är aldrig falskt" in found


def test_conditions_inside_a_question_to_all_are_parts_too(tmp_path: Path, book: Rulebook) -> None:
    one = HOUSEHOLD.replace(
        "    väntat",
        "      inkomst: {id: i, hör till: a, typ: lön, belopp: 10, månader_före: 1, ur_register: nej}\n"
        "    väntat",
    )
    found = untried(tmp_path, book, one, "inkomst.barns_arbete")
    assert any("i finns(" in each and "”inkomst.typ = lön” är aldrig falskt" in each for each in found)
    assert any("i barn.lön" in each and "”inkomst.räknas_nu” är aldrig falskt" in each for each in found)


def test_a_part_that_the_limits_settle_has_one_answer(
    book: Rulebook, ran: tuple[list[CaseResult], Coverage]
) -> None:
    _, coverage = ran
    seen = {
        frozenset(results)
        for (_, text), results in coverage.parts.items()
        if text == "kostnad.belopp >= 0 kr"
    }
    assert seen == {frozenset({True})}


def test_a_defeated_rule_has_been_tried_as_not_applying() -> None:
    assert RuleState.DEFEATED is not RuleState.NOT_FIRED
