"""The grammar and the types: what an expression means, and that everything else is refused."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import norms.load
from norms import document
from rules.evaluated import RuleState
from rules.evaluation import Engines
from rules.facts import Entity, Facts
from rules.language import checker, tree, types, vocabulary_file
from rules.language.checker import CheckerScope, check
from rules.language.parser import DEEPEST
from rules.language.tree import Comparison, Expression, Operator
from rules.language.types import DAY, KRONOR, PLAIN, TEXT, YES_NO, Type, number
from tests.rules.generated import build_rules, law_of
from tests.world.sweeps import swept

NORMS = norms.load.load()
VOCABULARY = vocabulary_file.build(
    document.parse(
        """
ordlista: prov
slag:
  hushåll:
    antal: ett
    beskrivning: Prov
    termer:
      vuxna: {typ: antal, källa: ansökan, beskrivning: Prov}
      rätt: {typ: ja/nej, källa: ansökan, beskrivning: Prov}
      andel: {typ: procent, källa: ansökan, beskrivning: Prov}
      antalet: {typ: antal, källa: ansökan, beskrivning: Prov}
  vuxen:
    antal: flera
    beskrivning: Prov
    termer:
      namn: {typ: text, källa: ansökan, beskrivning: Prov}
      född: {typ: datum, källa: ansökan, beskrivning: Prov}
      ålder: {typ: heltal, enhet: år, källa: ansökan, beskrivning: Prov}
      timmar: {typ: heltal, enhet: timmar/vecka, källa: ansökan, beskrivning: Prov}
      sjuk: {typ: ja/nej, källa: ansökan, beskrivning: Prov}
      frisk: {typ: ja/nej, källa: ansökan, beskrivning: Prov}
      klass: {typ: val, val: [röd, grön], källa: ansökan, beskrivning: Prov}
      färg: {typ: val, val: [röd, blå], källa: ansökan, beskrivning: Prov}
  inkomst:
    antal: flera
    beskrivning: Prov
    hör till: [vuxen]
    termer:
      belopp: {typ: belopp, källa: ansökan, beskrivning: Prov}
      lön: {typ: ja/nej, källa: ansökan, beskrivning: Prov}
""".encode(),
        "ordlista.yaml",
    )
)
AMOUNT = number(KRONOR)
COUNT = number(PLAIN)


def problems(text: str, wanted: Type = YES_NO, subject: str | None = "vuxen") -> list[str]:
    """What is wrong with a text, as code and words."""
    _, found = check(text, CheckerScope(VOCABULARY, NORMS.catalog, subject), wanted)
    return [str(each.diagnostic.at("prov.yaml", 1, "", **each.values)) for each in found]


def codes(text: str, wanted: Type = YES_NO, subject: str | None = "vuxen") -> list[str]:
    return [line.split()[2].rstrip(":") for line in problems(text, wanted, subject)]


def checked(text: str, wanted: Type = YES_NO, subject: str | None = "vuxen") -> Any:
    node, found = check(text, CheckerScope(VOCABULARY, NORMS.catalog, subject), wanted)
    assert node is not None, [str(each) for each in found]
    return node


# --- precedence


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("inte vuxen.sjuk och vuxen.frisk", "(inte vuxen.sjuk) och vuxen.frisk"),
        ("inte vuxen.ålder > 7", "inte (vuxen.ålder > 7)"),
        ("inte vuxen.klass i {röd}", "inte (vuxen.klass i {röd})"),
        ("inte inte vuxen.sjuk", "inte (inte vuxen.sjuk)"),
        ("vuxen.ålder + 1 * 2 > 7", "(vuxen.ålder + (1 * 2)) > 7"),
        ("vuxen.ålder - 1 - 2 > 7", "((vuxen.ålder - 1) - 2) > 7"),
        ("8 / 2 * 4 > 7", "((8 / 2) * 4) > 7"),
        ("-1 + 2 > 0", "((-1) + 2) > 0"),
        (
            "vuxen.sjuk och vuxen.frisk och vuxen.ålder > 7",
            "vuxen.sjuk och vuxen.frisk och (vuxen.ålder > 7)",
        ),
    ],
)
def test_what_binds_first(text: str, same: str) -> None:
    assert shape(checked(text)) == shape(checked(same))


def shape(node: Expression) -> Any:
    """A tree without the words it was written with."""
    match node:
        case tree.Literal(value=value):
            return value
        case tree.TermUsed(text=text):
            return text
        case tree.Compare(comparison=sign) | tree.Arithmetic(operator=sign):
            return (sign, *(shape(child) for child in tree.children(node)))
        case _:
            return (type(node).__name__, *(shape(child) for child in tree.children(node)))


@pytest.mark.parametrize(
    "text",
    [
        "vuxen.sjuk och vuxen.frisk eller vuxen.ålder > 7",
        "vuxen.sjuk eller vuxen.frisk och vuxen.ålder > 7",
        "finns(inkomst där inkomst.lön och inkomst.belopp > 0 kr eller inkomst.belopp < 0 kr)",
    ],
)
def test_och_and_eller_are_not_mixed(text: str) -> None:
    assert codes(text) == ["R019"]


def test_och_and_eller_with_parentheses() -> None:
    assert shape(checked("(vuxen.sjuk och vuxen.frisk) eller vuxen.ålder > 7"))[0] == "Or"
    assert shape(checked("vuxen.sjuk och (vuxen.frisk eller vuxen.ålder > 7)"))[0] == "And"


# --- numbers and units


@pytest.mark.parametrize(
    ("text", "ore"),
    [
        ("5000 kr", 5000_00),
        ("5 000 kr", 5000_00),
        ("5\u00a0000 kr", 5000_00),
        ("5\u202f000 kr", 5000_00),
        ("5\u2009000\u00a0kr", 5000_00),
        ("1 234 567,89 kr", 1234567_89),
        ("12,50 kr", 12_50),
        ("12,5 kr", 12_50),
        ("50 öre", 50),
        ("0 kr", 0),
        ("-200 kr", -200_00),
        ("−200 kr", -200_00),
    ],
)
def test_kronor_are_whole_ore(text: str, ore: int) -> None:
    node = checked(text, AMOUNT)
    assert isinstance(node, tree.Literal)
    assert node.value == ore
    assert isinstance(node.value, int)


@pytest.mark.parametrize(
    "text", ["5000 000 kr", "5 00 kr", "5.000 kr", "12.50 kr", "12,50,5 kr", "5  000 kr", "٣ kr", "1e3 kr"]
)
def test_what_is_not_a_number(text: str) -> None:
    assert codes(text, AMOUNT) == ["R010"]


def test_less_than_one_ore_is_a_fraction() -> None:
    assert codes("12,505 kr", AMOUNT) == ["R016"]
    assert checked("öre(12,505 kr)", AMOUNT).inner.value == Fraction(12505, 10)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("30 timmar/vecka", 30, "timmar/vecka"),
        ("1 timme/vecka", 1, "timmar/vecka"),
        ("7 år", 7, "år"),
        ("3 månader", 3, "månader"),
        ("1 månad", 1, "månader"),
        ("2 veckor", 2, "veckor"),
        ("1 dag", 1, "dagar"),
        ("4 personer", 4, "antal"),
        ("4 st", 4, "antal"),
        ("500 kr/månad", 500_00, "kr/månad"),
    ],
)
def test_units(text: str, value: int, unit: str) -> None:
    node = checked(text, number(types.parse_unit(text.partition(" ")[2])))
    assert (node.value, types.unit_text(node.type.unit)) == (value, unit)


def test_units_multiply_and_divide() -> None:
    per_week = number(types.parse_unit("kr/vecka"))
    assert (
        checked("20 timmar/vecka * 100 kr / 1 timme", replace_fraction(per_week)).type.unit == per_week.unit
    )
    assert codes("100 kr * 100 kr", AMOUNT) == ["R013"]
    assert checked("öre(vuxen.ålder * 10 kr / 1 år)", AMOUNT)


def replace_fraction(type_: Type) -> Type:
    return number(type_.unit, fraction=True)


@pytest.mark.parametrize("text", ["25 %", "25%", "25 procent"])
def test_percent(text: str) -> None:
    assert checked(f"hushåll.andel = {text}").right.value == Fraction(1, 4)


def test_a_bare_number_is_no_percentage() -> None:
    assert codes("hushåll.andel > 50") == ["R013"]
    assert codes("50 < hushåll.andel") == ["R013"]
    assert codes("norm.jobbstimulans.andel > 25") == ["R013"]
    assert codes("hushåll.andel > 50 %") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("vuxen.ålder > 7", []),
        ("vuxen.ålder > 7 år", []),
        ("vuxen.ålder > 7 dagar", ["R013"]),
        ("vuxen.timmar < 20", []),
        ("vuxen.timmar < 20 timmar/vecka", []),
        ("vuxen.timmar < 20 timmar", ["R013"]),
        ("summa(inkomst.belopp) > 500", ["R013"]),
        ("summa(inkomst.belopp) > 500 kr", []),
        ("summa(inkomst.belopp) > 0", ["R013"]),
        ("högsta(vuxen.ålder, 18) > 20", []),
        ("högsta(vuxen.ålder, 18 kr) > 20", ["R013"]),
        ("vuxen.ålder + vuxen.timmar > 1", ["R013"]),
    ],
)
def test_a_bare_number_takes_any_unit_but_kronor(text: str, found: list[str]) -> None:
    assert codes(text) == found


def test_days() -> None:
    assert checked("vuxen.född + 30 dagar", DAY).type == DAY
    assert checked("vuxen.född - 30 dagar < vuxen.född")
    assert checked("vuxen.född - vuxen.född > 30 dagar").left.type == number(types.DAYS)
    assert codes("vuxen.född + 30", DAY) == ["R013"]
    assert codes("vuxen.född + 3 år", DAY) == ["R013"]
    assert codes("vuxen.född + vuxen.född", DAY) == ["R014"]
    assert codes("vuxen.född * 2", DAY) == ["R014"]
    assert codes("vuxen.född > 30 dagar") == ["R014"]


@pytest.mark.parametrize(
    ("sign", "comparison"),
    [
        ("≤", Comparison.LE),
        ("<=", Comparison.LE),
        ("≥", Comparison.GE),
        (">=", Comparison.GE),
        ("≠", Comparison.NE),
        ("!=", Comparison.NE),
        ("=", Comparison.EQ),
        ("<", Comparison.LT),
        (">", Comparison.GT),
    ],
)
def test_signs_of_comparison(sign: str, comparison: Comparison) -> None:
    assert checked(f"vuxen.ålder {sign} 7").comparison is comparison
    assert checked(f"vuxen.ålder{sign}7").comparison is comparison


@pytest.mark.parametrize(
    ("sign", "operator"), [("·", Operator.MUL), ("*", Operator.MUL), ("−", Operator.SUB)]
)
def test_signs_of_arithmetic(sign: str, operator: Operator) -> None:
    assert (
        checked(f"öre(1 kr {sign} 1{' kr' if operator is Operator.SUB else ''})", AMOUNT).inner.operator
        is operator
    )


# --- rounding


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100 kr / 3", ["R016"]),
        ("öre(100 kr / 3)", []),
        ("krona(100 kr / 3)", []),
        ("100 kr * 25 %", ["R016"]),
        ("öre(100 kr * 25 %)", []),
        ("100 kr * hushåll.andel", ["R016"]),
        ("100 kr * 3", []),
        ("lägsta(100 kr, 100 kr / 3)", ["R016"]),
        ("öre(100 kr / 3) + 1 kr / 3", ["R016"]),
        ("öre(3)", ["R013"]),
    ],
)
def test_what_may_be_a_fraction_is_rounded_by_the_rule(text: str, found: list[str]) -> None:
    assert codes(text, AMOUNT) == found


def test_a_comparison_needs_no_rounding() -> None:
    assert checked("summa(inkomst.belopp) / 3 > 100 kr")
    assert codes("hushåll.vuxna / 2", COUNT) == ["R016"]


# --- choices, yes and no, text


@swept(
    ("text", "found"),
    [
        ("vuxen.klass = röd", []),
        ("röd = vuxen.klass", []),
        ("vuxen.klass ≠ grön", []),
        ("vuxen.klass i {röd, grön}", []),
        ("vuxen.klass i {röd}", []),
        ("vuxen.klass = gul", ["R012"]),
        ("vuxen.klass i {röd, gul, vit}", ["R012", "R012"]),
        ("vuxen.klass = blå", ["R012"]),
        ("vuxen.klass = vuxen.färg", ["R014"]),
        ("vuxen.klass > röd", ["R014"]),
        ("vuxen.ålder i {röd}", ["R014"]),
        ("röd = grön", ["R011"]),
        ("vuxen.klass", ["R014"]),
        ("vuxen.sjuk = ja", []),
        ("vuxen.sjuk ≠ nej", []),
        ("vuxen.sjuk = (vuxen.ålder > 7)", []),
        ("vuxen.sjuk > nej", ["R014"]),
        ("vuxen.sjuk = 1", ["R014"]),
        ("ja", []),
        ("vuxen.namn = vuxen.namn", ["R014"]),
        ("vuxen.namn", ["R014"]),
    ],
)
def test_choices_yes_and_no_and_text(text: str, found: list[str]) -> None:
    assert codes(text) == found


def test_a_wrong_choice_names_the_term_and_not_the_whole_condition() -> None:
    [line] = problems("vuxen.ålder > 7 och vuxen.klass = grönn")
    assert "”grönn” är inget av de värden som ”vuxen.klass” kan ha: röd, grön. Menas ”grön”?" in line


# --- questions to all


@swept(
    ("text", "subject", "found"),
    [
        ("finns(inkomst)", None, []),
        ("finns(inkomst för vuxen)", "vuxen", []),
        ("finns(inkomst för vuxen där inkomst.lön)", "vuxen", []),
        ("finns(inkomst där inkomst.belopp > 0 kr och hushåll.rätt)", None, []),
        ("finns(vuxen där vuxen.ålder > 7)", "vuxen", []),
        ("alla(vuxen där vuxen.sjuk)", None, []),
        ("antal(vuxen där vuxen.sjuk) = hushåll.vuxna", None, []),
        ("summa(inkomst.belopp för vuxen) > 0 kr", "vuxen", []),
        ("finns(inkomst för vuxen)", None, ["R017"]),
        ("finns(vuxen för vuxen)", "vuxen", ["R017"]),
        ("finns(inkomst där vuxen.sjuk)", "vuxen", ["R017"]),
        ("finns(hushåll)", None, ["R031"]),
        ("finns(bil)", None, ["R031"]),
        ("finns(vuxen.ålder)", None, ["R014"]),
        ("finns(vuxen där vuxen.ålder)", None, ["R014"]),
        ("alla(vuxen)", None, ["R010"]),
        ("summa(inkomst) > 0 kr", None, ["R011"]),
        ("summa(inkomst.lön) > 0 kr", None, ["R014"]),
        ("antal(vuxen)", None, ["R014"]),
        ("vuxen.sjuk", None, ["R017"]),
        ("inkomst.lön", "vuxen", ["R017"]),
    ],
)
def test_questions_to_all(text: str, subject: str | None, found: list[str]) -> None:
    assert codes(text, YES_NO, subject) == found


@pytest.mark.parametrize(
    "text",
    [
        "finns(vuxen där finns(inkomst))",
        "finns(vuxen där antal(inkomst) > 1)",
        "alla(vuxen där summa(inkomst.belopp) > 1 kr)",
    ],
)
def test_a_question_to_all_stands_in_no_other(text: str) -> None:
    [line] = problems(text)
    assert "R010" in line
    assert "kan inte stå inuti en annan" in line


# --- norm tables


@swept(
    ("text", "found"),
    [
        ("norm.riksnorm.vuxen.ensam", []),
        ("norm.riksnorm.gemensam[hushåll.vuxna]", []),
        ("norm.riksnorm.gemensam[hushåll.vuxna + 1]", []),
        ("norm.riksnorm.barn.med_lunch[vuxen.ålder]", []),
        ("norm.riksnorm.barn.med_lunch[7]", []),
        ("norm.riksnorm.barn.med_lunch[7 år]", []),
        ("norm.riksnorm.barn.med_lunch[7 dagar]", ["R013"]),
        ("norm.riksnorm.gemensam", ["R018"]),
        ("norm.riksnorm.gemensam[1, 2]", ["R018"]),
        ("norm.riksnorm.vuxen.ensam[1]", ["R018"]),
        ("norm.riksnorm.gemensam[hushåll.rätt]", ["R014"]),
        ("norm.riksnorm.gemensam[hushåll.vuxna / 2]", ["R016"]),
        ("norm.riksnorm.gemensam[1,5]", ["R016"]),
        ("norm.riksnorm.gemensamt[1]", ["R015"]),
        ("norm.kommun.hyresgräns[1,0]", ["R018"]),
        ("norm.kommun.hyresgräns[1, 0]", []),
        ("riksnorm.gemensam[1]", ["R015"]),
    ],
)
def test_norm_tables(text: str, found: list[str]) -> None:
    assert codes(text, AMOUNT) == found


def test_whether_a_table_is_given() -> None:
    assert isinstance(checked("anges(norm.kommun.hyresgräns)"), tree.NormGiven)
    assert codes("anges(norm.kommun.hyra)") == ["R015"]
    assert codes("anges(vuxen.sjuk)") == ["R015"]


# --- the text itself


def test_a_word_of_the_language_ends_where_a_name_goes_on() -> None:
    assert checked("hushåll.antalet > 1").left.text == "hushåll.antalet"
    assert codes("antalet.x > 1") == ["R011"]
    assert codes("inteckning.x > 1") == ["R011"]
    assert codes("summan.x > 1") == ["R011"]


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "och", "vuxen.sjuk och", "()", "vuxen.", "vuxen.sjuk # prov"]
)
def test_empty_and_half_texts(text: str) -> None:
    assert codes(text) == ["R010"]


@swept(
    ("text", "advice"),
    [
        ("vuxen.ålder == 7", "ett enda likhetstecken"),
        ("vuxen.ålder => 7", "Mindre eller lika skrivs <="),
        ("7 < vuxen.ålder < 9", "Ett intervall är två jämförelser"),
        ("vuxen.sjuk and vuxen.frisk", "Skriv ”och”."),
        ("vuxen.sjuk || vuxen.frisk", "Skriv ”eller”."),
        ("ej vuxen.sjuk", "Skriv ”inte”."),
        ("vuxen.klass är röd", "Lika med skrivs =."),
        ('vuxen.klass = "röd"', "utan citattecken"),
        ("vuxen.klass = ”röd”", "utan citattecken"),
        ("summa(inkomst.belopp) > 5.000 kr", "Decimaler skrivs med komma"),
        ("Vuxen.sjuk", "små bokstäver"),
        ("vuxen.sjuk OCH vuxen.frisk", "Skriv ”och”."),
        ("(vuxen.sjuk", "slutparentes"),
        ("vuxen.klass i {röd grön}", "Väntade ett komma eller en klammer."),
    ],
)
def test_common_mistakes_are_answered_with_what_to_write(text: str, advice: str) -> None:
    [line] = problems(text)
    assert "R010" in line
    assert advice in line


def test_several_mistakes_in_one_text_are_told_at_once() -> None:
    text = "vuxen.åldr > 7 och vuxen.klass = gul och summa(inkomst.belopp) > 500"
    assert codes(text) == ["R011", "R012", "R013"]


def test_space_is_free_between_words() -> None:
    text = "vuxen.sjuk\n  och\u00a0vuxen.ålder\u202f>\t7"
    assert shape(checked(text)) == shape(checked("vuxen.sjuk och vuxen.ålder > 7"))
    assert checked(text).text == "vuxen.sjuk och vuxen.ålder > 7"


def test_deep_nesting_is_read_to_a_limit_and_then_refused() -> None:
    def nested(levels: int) -> str:
        return "(" * levels + "vuxen.sjuk" + ")" * levels

    assert checked(nested(DEEPEST - 5))
    for text in (nested(DEEPEST + 1), nested(5_000), "inte " * 5_000 + "vuxen.sjuk"):
        assert codes(text) == ["R010"]
    assert codes(" + ".join(["1 kr"] * 5_000), AMOUNT) == ["R010"]
    assert codes("-" * 5_000 + "1 kr", AMOUNT) == ["R010"]


def test_a_very_long_text_is_read_and_its_faults_are_told_in_few_words() -> None:
    long = " eller ".join(f"vuxen.ålder = {number}" for number in range(3_000))
    assert len(checked(long).parts) == 3_000
    [line] = problems(f"{long} eller")
    assert "R010" in line
    assert len(line) < 300


def test_letters_typed_as_two_are_not_words_here_but_composed_when_a_file_is_read() -> None:
    decomposed = unicodedata.normalize("NFD", "vuxen.ålder > 7")
    assert codes(decomposed) == ["R010"]
    assert codes(unicodedata.normalize("NFC", decomposed)) == []


def test_a_word_of_the_language_before_a_sign_that_is_none_is_a_finding() -> None:
    assert codes("iÆ") == ["R010"]


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_a_finding(text: str) -> None:
    node, found = check(text, CheckerScope(VOCABULARY, NORMS.catalog, "vuxen"), YES_NO)
    assert (node is None) is bool(found)


_PIECES = (
    *("vuxen.sjuk", "vuxen.ålder", "vuxen.klass", "röd", "inkomst", "inkomst.belopp", "vuxen.född", "ja"),
    *("och", "eller", "inte", "i", "för", "där", "finns(", "alla(", "summa(", "lägsta(", "öre(", "anges("),
    *(
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        "+",
        "-",
        "*",
        "/",
        "=",
        "<",
        ">=",
        "7",
        "5 000 kr",
        "25 %",
        "norm.",
    ),
    "norm.riksnorm.gemensam",
)


@given(st.lists(st.sampled_from(_PIECES), max_size=14).map(" ".join), st.sampled_from([YES_NO, AMOUNT, TEXT]))
def test_any_row_of_words_is_an_expression_or_a_finding(text: str, wanted: Type) -> None:
    node, found = check(text, CheckerScope(VOCABULARY, NORMS.catalog, "vuxen"), wanted)
    assert (node is None) is bool(found)
    if node is not None:
        assert node.type.base is wanted.base


# --- both engines read negative numbers alike


def test_a_negative_limit_is_met_exactly_by_both_engines() -> None:
    entry = {
        "id": "prov.r",
        "rubrik": "prov",
        "steg": "norm",
        "lagrum": ["PL 1 §"],
        "gäller": {"från": "2011-01"},
        "när": "hus.k < −1,50 kr",
        "ger": {"normpost": {"del": "personlig", "belopp": "100 kr"}},
        "motivering": {"sv": "prov"},
    }
    engines = Engines(law_of(build_rules([entry], NORMS), NORMS))
    for ore, state in ((-1_51, RuleState.FIRED), (-1_50, RuleState.NOT_FIRED), (0, RuleState.NOT_FIRED)):
        agreed = engines.evaluate(Facts((Entity("hus", "hus", {"hus.k": ore}),)))
        assert agreed.differences == ()
        assert agreed.evaluation.instances["prov.r", ""].state is state


@pytest.mark.parametrize(
    ("ore", "half", "krona"), [(25, 13, 0), (-25, -13, 0), (100, 50, 100), (-100, -50, -100), (-99, -50, 0)]
)
def test_a_half_is_rounded_away_from_zero_on_both_signs_by_both_engines(
    ore: int, half: int, krona: int
) -> None:
    rows = {"öre": half, "krona": krona}
    entries = [
        {
            "id": f"prov.{name}",
            "rubrik": "prov",
            "steg": "norm",
            "lagrum": ["PL 1 §"],
            "gäller": {"från": "2011-01"},
            "när": "ja",
            "ger": {"normpost": {"del": "personlig", "belopp": f"{name}(hus.k / 2)"}},
            "motivering": {"sv": "prov"},
        }
        for name in rows
    ]
    agreed = Engines(law_of(build_rules(entries, NORMS), NORMS)).evaluate(
        Facts((Entity("hus", "hus", {"hus.k": ore}),))
    )
    assert agreed.differences == ()
    assert {each.rule.partition(".")[2]: each.amount for each in agreed.evaluation.lines_in_order} == rows


def test_every_form_that_the_grammar_can_give_has_a_checker() -> None:
    grammar = (Path(checker.__file__).parent / "grammar.lark").read_text("utf-8")
    forms = set(re.findall(r"-> (\w+)$", grammar, re.MULTILINE))
    assert checker._FORMS.keys() == forms | {"or_", "and_"}
