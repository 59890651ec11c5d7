"""What a rule file says once: notions, groups, labels, demanded values, reduced costs, shared collections.

Each comes out as if it had been written out rule by rule, in both engines.
"""

from __future__ import annotations

import pytest

from norms.finding import FindingsError
from norms.month import Month
from rules.book import Rulebook
from rules.evaluated import RuleState
from rules.evaluation import Engines
from rules.explanation import condition, explain
from rules.facts import Entity, Facts
from rules.law import resolve
from rules.outcome import EngineOutcome
from rules.rule import AnswerForm, AskEffect
from rules.terminal import rule_tree
from tests.rules.test_rulebook import build, files, settings_file
from tests.world.sweeps import swept

HEAD = "regelsamling: prov\nbeskrivning: Prov.\nsteg: {stage}\nstatus: verifierad\n"
JULY = Month(2025, 7)
COSTS = "sets/national/prov.yaml"


def outcome(book: Rulebook, *entities: Entity, municipality: str | None = None) -> EngineOutcome:
    """What both engines agree on, in July 2025."""
    agreed = Engines(resolve(book, JULY, municipality)).evaluate(Facts(entities))
    assert agreed.agree, agreed.differences
    return agreed.evaluation.outcome


def child(name: str, age: int, at_school: bool | None = True) -> Entity:
    known: dict[str, int | bool] = {"barn.ålder": age}
    if at_school is not None:
        known["barn.i_skolan"] = at_school
    return Entity("barn", name, known)  # type: ignore[arg-type]


def cost(name: str, amount: int, sort: str = "hyra") -> Entity:
    return Entity("kostnad", name, {"kostnad.belopp": amount, "kostnad.typ": sort})


RULE = """  - id: prov.{id}.a
    rubrik: Prov
    lagrum: [PL 1 §]
    gäller: {{från: 2020-01}}
    för varje: barn
    när: {condition}
    ger: {{normpost: {{del: personlig, belopp: {amount}}}}}
    motivering: {{sv: "Prov."}}
"""
NOTIONS = """begrepp:
  barn.litet: {villkor: barn.ålder < 7, lagrum: [PL 1 §]}
  barn.får_tillägg: {villkor: barn.litet eller inte barn.i_skolan, lagrum: [PL 1 §]}
  barn.tillägg: {belopp: "öre(100 kr * barn.ålder / 1 år)", lagrum: [PL 1 §]}
"""


@swept("age", [0, 6, 7, 8, 19])
@swept("at_school", [True, False, None])
def test_a_notion_is_what_it_stands_for(age: int, at_school: bool | None) -> None:
    head = HEAD.format(stage="norm")
    named = (
        head
        + NOTIONS
        + "regler:\n"
        + RULE.format(id="x", condition="barn.får_tillägg", amount="barn.tillägg")
    )
    spelled = (
        head
        + "regler:\n"
        + RULE.format(
            id="x",
            condition="barn.ålder < 7 eller inte barn.i_skolan",
            amount='"öre(100 kr * barn.ålder / 1 år)"',
        )
    )
    found = [outcome(build({COSTS: text.encode()}), child("b1", age, at_school)) for text in (named, spelled)]
    assert found[0] == found[1]
    assert found[0].fired or found[0].undecided or (age >= 7 and at_school)


def test_an_explanation_shows_a_notion_by_its_name_and_what_it_saw() -> None:
    notions = NOTIONS.splitlines(keepends=True)
    text = HEAD.format(stage="norm") + "".join(notions[:3]) + "regler:\n"
    text += RULE.format(id="x", condition="barn.får_tillägg och barn.ålder < 12", amount="100 kr")
    book = build({COSTS: text.encode()})
    evaluation = Engines(resolve(book, JULY)).evaluate(Facts((child("b1", 9, False),))).evaluation
    assert evaluation.instances["prov.x.a", "b1"].state is RuleState.FIRED
    whole = condition(evaluation, ("prov.x.a", "b1"))
    assert [part.notion for part in whole.parts] == ["barn.får_tillägg", ""]
    assert [part.text for part in whole.parts[0].parts] == ["barn.litet", "inte barn.i_skolan"]
    shown = rule_tree(explain(evaluation, ("prov.x.a", "b1")))
    assert "✓ barn.får_tillägg, något av:" in shown
    assert "✗ barn.litet (barn.ålder är 9\u00a0år" in shown
    [rule] = book.rules
    assert [notion.name for notion in rule.notions] == ["barn.får_tillägg", "barn.litet"]


def test_a_notion_may_be_asked_of_all_members() -> None:
    text = HEAD.format(stage="norm") + NOTIONS.split("  barn.tillägg")[0] + "regler:\n"
    text += (
        RULE.format(id="x", condition="barn.litet", amount="100 kr")
        .replace("    för varje: barn\n", "")
        .replace("när: barn.litet", "när: finns(barn där barn.får_tillägg)")
    )
    book = build({COSTS: text.encode()})
    assert outcome(book, child("b1", 12), child("b2", 3)).fired == {("prov.x.a", "")}
    assert outcome(book, child("b1", 12), child("b2", 13)).fired == frozenset()


GROUPED = """regler:
  - grupp: Små barn
    lagrum: [PL 1 §]
    gäller: {från: 2020-01}
    för varje: barn
    när: barn.ålder < 7 eller barn.ålder > 18
    etikett: barnpost
    regler:
      - id: prov.liten.alltid
        rubrik: Prov
        ger: {normpost: {del: personlig, belopp: 100 kr}}
        motivering: {sv: "Prov."}
      - id: prov.liten.skola
        rubrik: Prov
        gäller: {från: 2026-01}
        när: barn.i_skolan
        ger: {normpost: {del: personlig, belopp: 50 kr}}
        motivering: {sv: "Prov."}
  - id: prov.utan.post
    rubrik: Prov
    lagrum: [PL 2 §]
    gäller: {från: 2020-01}
    för varje: barn
    när: barn.ålder = 0
    undantag från: [barnpost]
    ger: {normpost: {del: personlig, belopp: 1 kr}}
    motivering: {sv: "Prov."}
"""


def test_a_group_gives_its_rules_what_they_do_not_say_and_its_condition() -> None:
    book = build({COSTS: (HEAD.format(stage="norm") + GROUPED).encode()})
    rules = {rule.id: rule for rule in book.rules}
    always, school = rules["prov.liten.alltid"], rules["prov.liten.skola"]
    assert (str(always.span), str(school.span)) == ("från 2020-01", "från 2026-01")
    assert [each.text for each in school.citations] == ["PL 1 §"]
    assert always.subject == school.subject == "barn"
    assert always.condition.text == "barn.ålder < 7 eller barn.ålder > 18"
    assert school.condition.text == "(barn.ålder < 7 eller barn.ålder > 18) och barn.i_skolan"
    fired = outcome(book, child("b1", 3), child("b2", 12), child("b3", 19)).fired
    assert fired == {("prov.liten.alltid", "b1"), ("prov.liten.alltid", "b3")}
    shown = list(book.source(school))
    assert shown[0] == "  - grupp: Små barn"
    assert "      - id: prov.liten.skola" in shown
    assert not any("prov.liten.alltid" in line or "prov.utan.post" in line for line in shown)


OF_A_FILE = """lagrum: [PL 1 §]
gäller: {från: 2020-01}
begrepp:
  barn.litet: {villkor: barn.ålder < 7}
  barn.stort: {villkor: barn.ålder > 15, lagrum: [PL 2 §]}
regler:
  - grupp: Frågor om små barn
    gäller: {från: 2024-01}
    för varje: barn
    när: barn.litet
    svar: godta
    regler:
      - id: prov.liten.fråga
        rubrik: Prov
        ger: {handläggare: {skäl: LITEN, fråga: {sv: "Vad gäller?"}}}
        motivering: {sv: "Prov."}
      - id: prov.liten.egen
        rubrik: Prov
        lagrum: [PL 2 §]
        gäller: {från: 2025-01}
        ger: {handläggare: {skäl: EGEN, svar: beslut, fråga: {sv: "Vad gäller?"}}}
        motivering: {sv: "Prov."}
  - id: prov.stor.post
    rubrik: Prov
    för varje: barn
    när: barn.stort
    ger: {normpost: {del: personlig, belopp: 1 kr}}
    motivering: {sv: "Prov."}
"""


def test_a_file_says_once_what_its_rules_rest_on_and_a_group_what_its_questions_take() -> None:
    book = build({COSTS: (HEAD.format(stage="norm") + OF_A_FILE).encode()})
    rules = {rule.id: rule for rule in book.rules}
    said = {name: (str(rule.span), [each.text for each in rule.citations]) for name, rule in rules.items()}
    assert said == {
        "prov.liten.fråga": ("från 2024-01", ["PL 1 §"]),
        "prov.liten.egen": ("från 2025-01", ["PL 2 §"]),
        "prov.stor.post": ("från 2020-01", ["PL 1 §"]),
    }
    [small], [large] = rules["prov.liten.fråga"].notions, rules["prov.stor.post"].notions
    assert (small.provisions, large.provisions) == (("PL 1 §",), ("PL 2 §",))
    asked, own = (rules[name].effects[0] for name in ("prov.liten.fråga", "prov.liten.egen"))
    assert isinstance(asked, AskEffect)
    assert isinstance(own, AskEffect)
    assert (asked.answer.form, own.answer.form) == (AnswerForm.ACCEPT, AnswerForm.DECIDE)
    assert outcome(book, child("b1", 3), child("b2", 16)).fired == {
        ("prov.liten.fråga", "b1"),
        ("prov.liten.egen", "b1"),
        ("prov.stor.post", "b2"),
    }


def test_a_file_that_rests_on_no_known_law_is_told_so() -> None:
    text = HEAD.format(stage="norm") + OF_A_FILE.replace("lagrum: [PL 1 §]", "lagrum: [OKÄND 1 §]", 1)
    with pytest.raises(FindingsError) as refused:
        build({COSTS: text.encode()})
    assert {each.code for each in refused.value.findings} == {"R021"}
    assert "OKÄND 1 §" in str(refused.value)


def test_an_exception_from_a_label_is_one_from_every_rule_that_has_it() -> None:
    book = build({COSTS: (HEAD.format(stage="norm") + GROUPED).encode()})
    [exception] = [rule for rule in book.rules if rule.id == "prov.utan.post"]
    assert exception.defeats == ("prov.liten.alltid", "prov.liten.skola")
    assert outcome(book, child("b1", 0)).fired == {("prov.utan.post", "b1")}


REDUCED = """regler:
  - id: prov.hyra.gräns
    rubrik: Prov
    lagrum: [PL 1 §]
    gäller: {från: 2020-01}
    för varje: kostnad
    etikett: kostnadspost
    skälighet:
      prövar: kostnad.belopp
      riktlinje: 900 kr
      maskinen godtar: {från: 0 kr, till: 900 kr}
      utanför: riktlinjen gäller
      skäl: PROV
      svar: godta
      fråga: {sv: "Vad gäller?"}
      motivering: {sv: "Prov."}
    ger: {kostnadspost: {ansökt: kostnad.belopp, belopp: kostnad.belopp}}
    motivering: {sv: "Prov."}
  - id: prov.resa.hel
    rubrik: Prov
    lagrum: [PL 1 §]
    gäller: {från: 2020-01}
    för varje: kostnad
    när: kostnad.typ = resor
    undantag från: [kostnadspost]
    ger: {kostnadspost: {ansökt: kostnad.belopp, belopp: "lägsta(kostnad.belopp, 2000 kr)"}}
    motivering: {sv: "Prov."}
"""
VOCABULARY_LINE = (
    "      typ: {typ: val, val: [hyra, el, resor], källa: ansökan, beskrivning: Sorts kostnad.}\n"
)


def reducing() -> Rulebook:
    words = files({})["vocabulary.yaml"].decode()
    assert words.count(VOCABULARY_LINE) == 1
    more = "      nedsatt: {typ: ja/nej, källa: regel, förval: nej, beskrivning: Om mindre räknas.}\n"
    changed = words.replace(VOCABULARY_LINE, VOCABULARY_LINE + more).encode()
    return build({"vocabulary.yaml": changed, COSTS: (HEAD.format(stage="kostnader") + REDUCED).encode()})


@pytest.mark.parametrize(
    ("amount", "sort", "reduced"),
    [
        (900_00, "hyra", None),
        (900_01, "hyra", True),
        (1500_00, "resor", False),
        (2000_01, "resor", True),
    ],
)
def test_a_cost_is_reduced_when_less_is_counted_than_was_applied_for(
    amount: int, sort: str, reduced: bool | None
) -> None:
    found = outcome(reducing(), cost("k1", amount, sort))
    expected = found.conclusions["k1", "kostnad.nedsatt"]
    assert expected is (reduced or False)
    [line] = found.lines
    assert (line.applied is not None and line.applied > line.amount) is bool(reduced)


DEMAND = """regler:
  - id: prov.krav.a
    rubrik: Prov
    lagrum: [PL 1 §]
    gäller: {från: 2020-01}
    för varje: barn
    när: barn.ålder < 18
    ger:
      kräver: {barn.i_skolan: ja}
      handläggare: {skäl: SKOLA, svar: godta, fråga: {sv: "Går barnet i skolan?"}}
    motivering: {sv: "Prov."}
"""


def test_a_demanded_value_asks_when_it_is_another_and_is_undecided_when_it_is_not_known() -> None:
    book = build({COSTS: (HEAD.format(stage="norm") + DEMAND).encode()})
    no, yes, unknown, adult = (
        outcome(book, child("b1", *each)) for each in ((9, False), (9, True), (9, None), (18, False))
    )
    assert [question.reason for question in no.questions] == ["SKOLA"]
    assert yes.fired == adult.fired == frozenset()
    assert yes.undecided == adult.undecided == frozenset()
    assert unknown.undecided == {("prov.krav.a", "b1")}


SHARED = """gäller i: ["9999", "1280"]
regler:
  - id: delad.regel.a
    rubrik: Prov
    lagrum: [Gemensam riktlinje]
    gäller: {från: 2020-01}
    ger: {normpost: {del: personlig, belopp: 100 kr}}
    motivering: {sv: "Prov."}
"""


def test_a_shared_collection_is_in_force_in_its_municipalities_and_in_no_other() -> None:
    laws = "lagar:\n  Gemensam riktlinje: {namn: Prov, från: 2020-01}\n"
    rows = "  kommun.hel_krona:\n    - {värde: ja, från: 2020-01, källa: Prov, status: fiktiv}\n"
    shared = {
        f"sets/municipal/{code}/kommun.yaml": settings_file(code, rows) + laws.encode()
        for code in ("9999", "1280")
    }
    shared["sets/municipal/delade/prov.yaml"] = (HEAD.format(stage="norm") + SHARED).encode()
    book = build(shared)
    assert [rule.municipality for rule in book.rules] == ["9999", "1280"]
    for municipality, expected in (("9999", 1), ("1280", 1), ("1384", 0), (None, 0)):
        assert len(outcome(book, municipality=municipality).lines) == expected
