"""What two releases say differently: nothing differs unsaid, and the past is not changed in silence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace

import pytest

import norms.load
from norms import folder
from norms.ending import endings
from norms.month import Month
from norms.status import Status
from rules import rulebook
from rules.book import ROOT, Rulebook, read_files
from rules.difference.compare import ReleaseChange, ReleaseDifference, ReleaseSort, ReleaseWay, difference
from rules.difference.words import lines
from rules.language.joining import ALWAYS
from rules.language.vocabulary import Stage
from rules.laws import Citation, Span
from rules.rule import Rule
from tests.rules.test_rulebook import NATIONAL, build, rule, rule_file, settings_file
from tests.world.sweeps import swept

PRESENT = Month(2026, 11)


def edited(edits: Mapping[str, tuple[str, str]]) -> Rulebook:
    """The shipped rules with a text replaced in some files, by their name in a release."""
    files = {f"rules/{name}": content for name, content in read_files(ROOT).items()}
    files |= {f"norms/{name}": content for name, content in folder.read_files(folder.TABLES).items()}
    for name, (old, new) in edits.items():
        assert files[name].decode().count(old) >= 1, name
        files[name] = files[name].decode().replace(old, new, 1).encode()
    tables = {name[6:]: content for name, content in files.items() if name.startswith("norms/")}
    rules = {name[6:]: content for name, content in files.items() if name.startswith("rules/")}
    return rulebook.build(rules, norms.load.load_files(tables))


@pytest.fixture(scope="module")
def found(book: Rulebook) -> ReleaseDifference:
    """What six edits of the shipped files are told as."""
    after = edited(
        {
            "norms/riksnorm/2026.yaml": ("3940", "3960"),
            "rules/sets/municipal/9999/kommun.yaml": ('"500"', '"600"'),
            "rules/sets/national/kostnad.yaml": (
                "när: kostnad.annan_månad\n",
                "när: kostnad.annan_månad och hushåll.vuxna > 1\n",
            ),
            "rules/sets/national/riksnorm.yaml": ("rubrik: ", "rubrik: Nytt namn på "),
            "rules/lagar.yaml": ("lagar:", "# en kommentar\nlagar:"),
        }
    )
    return difference(book, after, PRESENT)


def of(found: ReleaseDifference, sort: ReleaseSort, name: str) -> ReleaseChange:
    (change,) = (each for each in found.changes if (each.sort, each.name) == (sort, name))
    return change


def test_a_release_differs_from_itself_in_nothing(book: Rulebook) -> None:
    found = difference(book, book, PRESENT)
    assert (found.changes, found.files, found.municipalities, found.national) == ((), (), (), False)


def test_what_is_changed_stands_as_it_was_and_as_it_becomes(found: ReleaseDifference) -> None:
    amount = of(found, ReleaseSort.AMOUNT, "riksnorm.vuxen.ensam")
    assert (amount.sort, amount.way, amount.first, amount.last) == (
        ReleaseSort.AMOUNT,
        ReleaseWay.CHANGED,
        "2026-01",
        "2026-12",
    )
    assert [(each.name, each.before, each.after) for each in amount.parts] == [
        ("belopp", "3 940 kr", "3 960 kr")
    ]
    (condition,) = of(found, ReleaseSort.RULE, "kostnad.annan_månad").parts
    assert condition.name == "villkor"
    assert (condition.after or "").removeprefix(condition.before or "") == " och hushåll.vuxna > 1"
    setting = of(found, ReleaseSort.SETTING, "kommun.vårdkostnad_utan_prövning")
    assert (setting.municipality, [each.after for each in setting.parts]) == ("9999", ["600\u00a0kr"])
    assert (found.municipalities, found.national) == (("9999",), True)
    assert "rules/lagar.yaml" in found.files


def test_what_decided_in_months_that_have_been_is_a_correction_and_a_title_is_none(
    found: ReleaseDifference,
) -> None:
    corrected = {change.name for change in found.corrections}
    assert corrected == {"riksnorm.vuxen.ensam", "kommun.vårdkostnad_utan_prövning", "kostnad.annan_månad"}
    assert len(found.changes) == 4


def test_words_and_json_say_every_change(found: ReleaseDifference, book: Rulebook) -> None:
    said = "\n".join(lines(found, book.norms.municipalities))
    assert "Regler: 2 ändrade.\nBelopp: 1 ändrat.\nInställningar: 1 ändrad.\n" in said
    assert "Rör alla kommuner, Exempelkommun (9999)." in said
    assert "En rättelse behöver ett skäl." in said
    assert "Skäl: Läst fel." in "\n".join(lines(found, book.norms.municipalities, "Läst fel."))
    for change in found.changes:
        assert change.name in said
    assert json.loads(found.model_dump_json())["changes"][0]["sort"] == "regel"
    assert ReleaseDifference.model_validate_json(found.model_dump_json()) == found


SMALL = {NATIONAL: rule_file(rule())}


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (rule(valid="{från: 2020-01, till: 2026-12}"), [(ReleaseWay.REMOVED, "2027-01", None, False)]),
        (rule(valid="{från: 2019-01}"), [(ReleaseWay.ADDED, "2019-01", "2019-12", True)]),
        (rule(valid="{från: 2026-11}"), [(ReleaseWay.REMOVED, "2020-01", "2026-10", True)]),
        (
            rule(valid="{från: 2020-01, till: 2026-12}")
            + rule(valid="{från: 2027-01}", när="hushåll.vuxna = 2"),
            [(ReleaseWay.CHANGED, "2027-01", None, False)],
        ),
        (rule(valid="{från: 2020-01, till: 2023-12}") + rule(valid="{från: 2024-01}"), []),
    ],
)
def test_the_months_of_a_change_are_those_in_which_something_else_holds(
    after: str, told: list[tuple[ReleaseWay, str, str | None, bool]]
) -> None:
    found = difference(build(SMALL), build({NATIONAL: rule_file(after)}), PRESENT)
    assert [(each.way, each.first, each.last, each.correction) for each in found.changes] == told


def test_a_notion_that_means_something_else_is_told_with_the_rules_that_it_reaches() -> None:
    def book_with(meaning: str) -> Rulebook:
        notion = f"begrepp:\n  hushåll.stort: {{villkor: {meaning}, lagrum: [PL 1 §]}}\nregler:\n"
        text = rule_file(rule(när="hushåll.stort")).decode().replace("regler:\n", notion)
        return build({NATIONAL: text.encode()})

    found = difference(book_with("hushåll.vuxna = 1"), book_with("hushåll.vuxna = 2"), PRESENT)
    (change,) = found.changes
    assert (change.sort, change.name, change.through) == (
        ReleaseSort.NOTION,
        "hushåll.stort",
        ("prov.regel",),
    )
    assert (change.first, change.correction) == ("2020-01", True)


def test_a_setting_that_begins_in_the_new_year_is_no_correction() -> None:
    rows = '  kommun.hel_krona:\n    - {värde: ja, från: 2027-01, källa: "beslut", status: verifierad}\n'
    before = build(SMALL)
    path = next(term.path for term in before.vocabulary.terms.values() if term.source.value == "inställning")
    text = rows.replace("kommun.hel_krona", path)
    found = difference(
        before, build({**SMALL, "sets/municipal/9999/kommun.yaml": settings_file("9999", text)}), PRESENT
    )
    assert [(each.sort, each.way, each.municipality, each.correction) for each in found.changes] == [
        (ReleaseSort.SETTING, ReleaseWay.ADDED, "9999", False)
    ]


# --- nothing that differs is unsaid

_OTHER: Mapping[str, object] = {
    "title": "Något annat",
    "stage": Stage.OUTCOME,
    "subject": "vuxen",
    "condition": replace(ALWAYS, text="nej", value=False),
    "defeats": ("annan.regel",),
    "label": "annan",
    "effects": (),
    "span": Span(Month(1999, 1), None),
    "citations": (Citation("PL", "PL 2 §", Span(Month(2000, 1), None)),),
    "status": Status.MEMORY,
    "adopted_by": "kommun.annat",
    "note": "Något annat",
    "what": {"sv": "Något annat"},
    "texts": {"sv": "Något annat."},
    "open_to_municipality": True,
    "municipality": "9999",
    "id": "annan.regel",
}
_PLACES = {"file", "line", "group_line", "notions"}


@swept("name", [field.name for field in fields(Rule) if field.name not in _PLACES])
def test_no_field_of_a_rule_changes_unsaid(name: str) -> None:
    before = build(SMALL)
    after = replace(before, rules=tuple(replace(each, **{name: _OTHER[name]}) for each in before.rules))  # type: ignore[arg-type]
    assert difference(before, after, PRESENT).changes


# --- amounts that end


def test_what_ends_is_told_before_the_new_year_and_when_another_goes_on(book: Rulebook) -> None:
    found = {(each.municipality, each.series): each for each in endings(book.norms, PRESENT)}
    rent = found["9999", "kommun.hyresgräns"]
    assert (rent.last, rent.another) == ("2026-12", None)
    assert "har inga belopp för året därpå" in str(rent)
    norm = found[None, "riksnorm.gemensam"]
    assert norm.another == "prisbasbelopp"
    assert "slutar 2026-12" in str(norm)
    assert (None, "barnbidrag.per_barn") not in found
    assert not any(each.municipality == "9999" for each in endings(book.norms, Month(2025, 11)))
