"""Numbers of the language: kronor and öre, units, signs and rounding, and both engines alike."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rules.evaluated import RuleState
from rules.evaluation import Engines
from rules.facts import Entity, Facts
from rules.language import tree, types
from rules.language.tree import Comparison, Operator
from rules.language.types import DAY, Type, number
from tests.rules.generated import build_rules, law_of
from tests.rules.test_language import AMOUNT, COUNT, NORMS, checked, codes

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
    assert codes("12,5055 kr", AMOUNT) == ["R016"]
    assert checked("öre(12,5055 kr)", AMOUNT).inner.value == Fraction(125055, 100)


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
