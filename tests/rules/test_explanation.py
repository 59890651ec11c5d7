"""Why, why not, what is missing and what would change: read off real evaluations of the shipped law."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from decision_service.commands.estimate import every_rule, in_words
from decision_service.decision.estimate import STAGES, estimate, read_request
from decision_service.reading.strict_json import read_json
from norms.month import Month
from rules.book import Rulebook
from rules.change import smallest_changes
from rules.engines.exact.run import ExactEngine
from rules.evaluated import Evaluation, RuleState
from rules.explanation import explain, explain_all, why, why_not
from rules.facts import Disputed, Entity, Facts
from rules.law import resolve
from rules.terminal import rule_tree, why_not_text
from rules.texts import HARD_SPACE, WIDTH, amount_table, kronor

EXAMPLES = Path(__file__).parents[2] / "examples" / "estimate"
SNAPSHOT = Path(__file__).parent / "snapshots" / "alternating-child.txt"


def household(**values: int) -> Entity:
    base = {"vuxna": 1, "boende": 1, **values}
    return Entity("hushåll", "hushåll", {f"hushåll.{name}": value for name, value in base.items()})


def child(age: int, **values: object) -> Entity:
    given = {
        "ålder": age,
        "äter_lunch_hemma": True,
        "dagar_i_hemmet": 30,
        "umgängesbarn": False,
        "går_i_skolan": True,
        **values,
    }
    known = {f"barn.{name}": value for name, value in given.items() if value is not None}
    return Entity("barn", "b1", known, label="Alva")  # type: ignore[arg-type]


def evaluated(book: Rulebook, *entities: Entity, month: str = "2025-09") -> Evaluation:
    law = resolve(book, Month.parse(month)).of_sums
    facts = Facts(entities).with_nobody_answering(book.vocabulary)
    facts.check(book.vocabulary)
    return ExactEngine(law).evaluate(facts, STAGES)


def test_one_full_explanation_is_kept_as_a_snapshot(book: Rulebook) -> None:
    content = (EXAMPLES / "alternating-child.json").read_bytes()
    found = estimate(read_request(read_json(content), book), book)
    text = f"{in_words(found)}\n{every_rule(found.evaluation)}\n".replace(book.release[:16], "<regelverk>")
    if not SNAPSHOT.exists():
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_text(text, encoding="utf-8")
        pytest.fail("The snapshot was missing and has been written: read it and commit it.")
    assert text == SNAPSHOT.read_text(encoding="utf-8")


def test_why_names_the_rules_behind_a_sum(book: Rulebook) -> None:
    evaluation = evaluated(book, household(boende=2), child(9))
    rules = why(evaluation, "kalkyl.norm")
    assert [rule.id for rule in rules] == [
        "riksnorm.vuxen.ensam",
        "riksnorm.barn.med_lunch",
        "riksnorm.gemensam",
    ]
    assert sum(line.line.amount for rule in rules for line in rule.lines) == evaluation.totals["kalkyl.norm"]
    assert plain(rules[1].lines[0].text) == "Personliga kostnader för Alva, 9 år: 3 790 kr."
    assert rules[1].provision == "SoL (2025:400) 12 kap. 7 §; SocF (2025:468) 12 kap. 2 §"


def test_a_line_is_for_what_its_rule_says_whatever_stands_in_names(book: Rulebook) -> None:
    hostile = "Bo: den äldre, {belopp}. Ja"
    entities = household(boende=2), replace(child(9), label=hostile)
    lines = [rule.lines[0] for rule in why(evaluated(book, *entities), "kalkyl.norm")]
    assert [line.what for line in lines] == [
        "Personliga kostnader för en vuxen",
        f"Personliga kostnader för {hostile}, 9 år",
        "Gemensamma hushållskostnader, 2 i hushållet",
    ]
    assert all(line.text == f"{line.what}: {kronor(line.line.amount)}." for line in lines)
    in_english = why(evaluated(book, *entities), "kalkyl.norm", language="en")
    assert in_english[0].lines[0].what == "Personal costs for one adult"


def test_a_line_whose_rule_does_not_say_is_for_what_it_is_about_or_what_the_rule_is(book: Rulebook) -> None:
    """As in the rule files of older releases; the text is of no form."""
    rules = tuple(
        replace(rule, what={}, title="Prov: så", texts={"sv": "{belopp}: en, två. Tre."})
        for rule in book.rules
    )
    silent = replace(book, rules=rules)
    evaluation = evaluated(silent, household(boende=2), replace(child(9), label="Al, Va: {namn}"))
    named = [line.what for rule in why(evaluation, "kalkyl.norm") for line in rule.lines]
    assert named == ["Prov: så", "Al, Va: {namn}", "Prov: så"]


def test_why_not_tells_which_part_failed_and_by_how_much(book: Rulebook) -> None:
    evaluation = evaluated(book, household(boende=2), child(9))
    found = why_not(evaluation, ("riksnorm.barn.utan_lunch", "b1"))
    assert [(part.text, plain(part.distance)) for part in found.failed] == [
        ("barn.ålder <= norm.ålder.utan_lunch_högst", "3 år för mycket"),
        ("barn.äter_lunch_hemma", ""),
    ]
    assert (
        plain(why_not_text(found)).splitlines()[1] == "  ✗ barn.ålder <= norm.ålder.utan_lunch_högst "
        "(barn.ålder är 9 år, norm.ålder.utan_lunch_högst är 6 år; 3 år för mycket)"
    )


def test_a_defeated_rule_stays_visible_with_its_exception(book: Rulebook) -> None:
    evaluation = evaluated(book, household(boende=2), child(9, dagar_i_hemmet=15))
    rule = explain(evaluation, ("riksnorm.barn.med_lunch", "b1"))
    assert rule.state is RuleState.DEFEATED
    assert rule.defeated_by == ("riksnorm.barn.med_lunch.del_av_månad",)
    assert rule.condition.holds is True


def test_an_undecided_rule_names_the_missing_fact_and_its_question(book: Rulebook) -> None:
    evaluation = evaluated(book, household(boende=2), child(4, äter_lunch_hemma=None))
    rule = explain(evaluation, ("riksnorm.barn.med_lunch", "b1"))
    assert rule.state is RuleState.UNDECIDED
    assert [(lack.label, lack.path, lack.lack.value, lack.question) for lack in rule.lacks] == [
        ("Alva", "barn.äter_lunch_hemma", "saknas", "Äter barnet lunch hemma på vardagar?")
    ]
    assert "saknas: barn.äter_lunch_hemma för Alva: saknas – Äter barnet lunch hemma" in rule_tree(rule)
    assert not isinstance(evaluation.totals["kalkyl.norm"], int)


def test_a_disputed_fact_is_not_read(book: Rulebook) -> None:
    disputed = Disputed((("ansökan", True), ("register", False)))
    evaluation = evaluated(book, household(boende=2), child(4, äter_lunch_hemma=disputed))
    rule = explain(evaluation, ("riksnorm.barn.utan_lunch", "b1"))
    assert rule.state is RuleState.UNDECIDED
    assert rule.lacks[0].lack.value == "uppgifterna går isär"


def test_a_fact_that_does_not_matter_is_not_asked_for(book: Rulebook) -> None:
    evaluation = evaluated(book, household(boende=2), child(9, äter_lunch_hemma=None))
    assert explain(evaluation, ("riksnorm.barn.med_lunch", "b1")).state is RuleState.FIRED
    assert isinstance(evaluation.totals["kalkyl.norm"], int)


def test_every_rule_is_explained_for_every_subject(book: Rulebook) -> None:
    evaluation = evaluated(book, household(boende=2), child(9))
    rules = explain_all(evaluation)
    assert {(rule.id, rule.subject) for rule in rules} == set(evaluation.instances)
    assert all(rule.provision for rule in rules)


def test_explanations_come_in_english_too(book: Rulebook) -> None:
    evaluation = evaluated(book, household(boende=2), child(9))
    rule = explain(evaluation, ("riksnorm.barn.med_lunch", "b1"), "en")
    assert plain(rule.text) == "Personal costs for Alva, aged 9: 3 790 kr."


def needs(evaluation: Evaluation) -> bool | None:
    """Whether there is a deficit; None when that is not known."""
    result = evaluation.totals["kalkyl.resultat"]
    return result < 0 if isinstance(result, int) else None


def plain(text: str) -> str:
    return text.replace(HARD_SPACE, " ")


@pytest.mark.parametrize("salary", [1, 500_00, 5_179_99, 5_180_00, 5_180_01, 9_000_00])
def test_the_smallest_change_is_the_very_krona_that_turns_the_outcome(book: Rulebook, salary: int) -> None:
    """A single adult in 2025: the norm is 5 180 kr, so 5 180 kr of income leaves nothing to grant."""
    income = Entity(
        "inkomst",
        "i1",
        {"inkomst.typ": "lön", "inkomst.belopp": salary, "inkomst.månader_före": 1},
        "p1",
        "Lön",
    )
    adult = Entity("vuxen", "p1", {"vuxen.jobbstimulans_beviljad": False}, label="Kim")
    facts = Facts((household(), adult, income)).with_nobody_answering(book.vocabulary)
    engine = ExactEngine(resolve(book, Month.parse("2025-09")).of_sums)

    changes = {
        change.path: change
        for change in smallest_changes(engine, facts, needs, STAGES)
        if change.entity == "i1"
    }
    turned = 5_180_00 if salary < 5_180_00 else 5_179_99
    assert changes["inkomst.belopp"].after == turned
    assert changes["inkomst.belopp"].outcome is (salary >= 5_180_00)


def test_the_smallest_change_may_be_a_yes_or_an_age(book: Rulebook) -> None:
    """12 000 kr of pay: with the work incentive 9 000 kr counts, and the result turns."""
    rent = Entity(
        "kostnad",
        "k1",
        {"kostnad.typ": "hyra", "kostnad.belopp": 5_000_00, "kostnad.är_bedömd": False},
        label="Hyra",
    )
    income = Entity(
        "inkomst",
        "i1",
        {"inkomst.typ": "lön", "inkomst.belopp": 12_000_00, "inkomst.månader_före": 1},
        "p1",
        "Lön",
    )
    adult = Entity("vuxen", "p1", {"vuxen.jobbstimulans_beviljad": False}, label="Kim")
    facts = Facts((household(), adult, income, rent)).with_nobody_answering(book.vocabulary)
    engine = ExactEngine(resolve(book, Month.parse("2025-09")).of_sums)
    changes = smallest_changes(engine, facts, needs, STAGES)
    stimulus = next(change for change in changes if change.path == "vuxen.jobbstimulans_beviljad")
    assert (stimulus.before, stimulus.after, stimulus.outcome) == (False, True, True)


def test_the_law_of_the_sums_asks_nothing_and_keeps_what_its_lines_rest_on(book: Rulebook) -> None:
    law = resolve(book, Month(2026, 9), "9999").of_sums
    without_lines = {rule.id for rule in law.rules if not rule.lines}
    assert without_lines == {"hushåll.barn_räknas", "hushåll.antal_barn", "hushåll.antal_medlemmar"}


@pytest.mark.parametrize(
    "text", ["Hyra\n", "Hyra\n\n", "Hyra " * 40 + "\n", "\n", "\n\n", " \n", "", "Hyra\nEl", "  Hyra"]
)
def test_a_row_of_amounts_is_whole_whatever_line_breaks_its_text_has(text: str) -> None:
    lines = amount_table([(text, 100)]).split("\n")
    assert lines[0].endswith(f" 1{HARD_SPACE}kr")
    assert all(len(line) <= WIDTH + len(f" 1{HARD_SPACE}kr") for line in lines)
    assert all(lines)
    words = [word for line in lines for word in line.removesuffix(f" 1{HARD_SPACE}kr").split()]
    assert words == text.split()
