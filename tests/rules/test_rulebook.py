"""The rulebook: what is a release, what applies in which month and municipality, and how files are read."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

import norms.load
from norms.finding import Finding, FindingsError, Severity
from norms.lookup import NoTableError, UnknownMunicipalityError
from norms.month import Month
from rules import rulebook
from rules.language import vocabulary_file
from rules.language.types import Base
from rules.law import resolve
from rules.rule import Rule
from rules.rulebook import ROOT, Rulebook, read_files

NORMS = norms.load.load()
COMMON = Path(__file__).parent / "diagnostics" / "common"
NATIONAL = "sets/national/prov.yaml"
JUNE, JULY = Month(2025, 6), Month(2025, 7)


def rule(id_: str = "prov.regel", valid: str = "{från: 2020-01}", **more: str) -> str:
    """A rule as its file says it."""
    keys = {"när": "hushåll.vuxna = 1", "ger": "{normpost: {del: personlig, belopp: 100 kr}}", **more}
    lines = [f"- id: {id_}", "  rubrik: Prov", "  lagrum: [PL 1 §]", f"  gäller: {valid}"]
    lines += [f"  {key.replace('_', ' ')}: {value}" for key, value in keys.items()]
    return "\n".join([*lines, '  motivering: {sv: "Prov."}', ""])


def rule_file(*rules: str) -> bytes:
    """A file of rules."""
    head = "regelsamling: prov\nbeskrivning: Prov.\nsteg: norm\nstatus: verifierad\nregler:\n"
    return (head + "".join(rules)).encode()


def settings_file(code: str, rows: str) -> bytes:
    """A municipality's file of settings."""
    return f'kommun: "{code}"\nnamn: Prov\ninställningar:\n{rows}'.encode()


def files(more: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a small rulebook."""
    common = {path.name: path.read_bytes() for path in COMMON.iterdir()}
    return {**common, **more}


def build(more: Mapping[str, bytes]) -> Rulebook:
    return rulebook.build(files(more), NORMS)


def findings(more: Mapping[str, bytes]) -> list[Finding]:
    with pytest.raises(FindingsError) as error:
        build(more)
    return list(error.value.findings)


def in_force(book: Rulebook, month: Month, municipality: str | None = None) -> list[Rule]:
    return list(resolve(book, month, municipality).rules)


# --- the shipped rulebook


def test_the_shipped_rulebook_has_no_errors(book: Rulebook) -> None:
    assert [finding for finding in book.findings if finding.severity is Severity.ERROR] == []
    assert len(book.rules) > 100


@pytest.mark.parametrize(
    "month", [Month(2011, 1), Month(2022, 7), JUNE, JULY, Month(2026, 9), Month(2026, 12)]
)
def test_every_rule_of_a_month_cites_a_law_in_force(book: Rulebook, month: Month) -> None:
    for municipality in (None, *{each.municipality for each in book.rules}):
        for each in in_force(book, month, municipality):
            assert each.provision(month), each.id


def test_the_social_services_act_changes_in_july_2025(book: Rulebook) -> None:
    for each in in_force(book, JUNE):
        assert "SoL (2025:400)" not in each.provision(JUNE)
        assert "SocF (2025:468)" not in each.provision(JUNE)
    for each in in_force(book, JULY):
        assert "SoL (2001:453)" not in each.provision(JULY)
        assert "SocF (2001:937)" not in each.provision(JULY)
    [norm] = book.versions("riksnorm.vuxen.ensam")
    assert norm.provision(JUNE) == "SoL (2001:453) 4 kap. 3 §; SocF (2001:937) 2 kap. 1 §"
    assert norm.provision(JULY) == "SoL (2025:400) 12 kap. 7 §; SocF (2025:468) 12 kap. 2 §"


def test_a_month_without_riksnorm_and_an_unknown_municipality_are_refused(book: Rulebook) -> None:
    with pytest.raises(NoTableError):
        resolve(book, Month(2010, 12))
    with pytest.raises(UnknownMunicipalityError):
        resolve(book, JULY, "0000")


# --- the release id


def test_the_same_content_is_the_same_release(book: Rulebook) -> None:
    again = rulebook.load()
    assert again.release == book.release
    assert len(book.release) == 64


def test_neither_order_nor_line_ends_nor_the_form_of_file_names_matter(book: Rulebook) -> None:
    items = list(book.files.items())
    random.Random(1).shuffle(items)
    assert replace(book, files=dict(items)).release == book.release
    crlf = {name: content.replace(b"\n", b"\r\n") for name, content in items}
    assert replace(book, files=crlf).release == book.release
    name = "rules/sets/national/åldrar.yaml"
    forms = {unicodedata.normalize(form, name) for form in ("NFC", "NFD")}
    assert len(forms) == 2
    assert len({replace(book, files={**book.files, form: b"x"}).release for form in forms}) == 1


def test_any_changed_byte_of_a_rule_or_a_table_is_another_release(book: Rulebook) -> None:
    chance = random.Random(2)
    seen = {book.release}
    for name, content in book.files.items():
        assert name.startswith(("rules/", "norms/"))
        place = chance.randrange(len(content))
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        seen.add(replace(book, files={**book.files, name: changed}).release)
        seen.add(replace(book, files={**book.files, name: content + b" "}).release)
        renamed = {other: each for other, each in book.files.items() if other != name}
        seen.add(replace(book, files=renamed).release)
        seen.add(replace(book, files={**renamed, f"{name}x": content}).release)
    assert len(seen) == 1 + 4 * len(book.files)


def test_the_vocabulary_the_laws_and_every_table_are_in_the_release(book: Rulebook) -> None:
    assert {"rules/vocabulary.yaml", "rules/lagar.yaml", "norms/serier.yaml"} <= book.files.keys()
    assert {f"norms/{name}" for name in NORMS.files} <= book.files.keys()


def test_case_files_and_hidden_files_are_not(tmp_path: Path) -> None:
    for name, content in files({NATIONAL: rule_file(rule())}).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    before = rulebook.build(read_files(tmp_path), NORMS).release
    (tmp_path / "sets/national/prov.fall.yaml").write_text("fall: regler\nfallen: []\n")
    (tmp_path / "sets/national/.prov.yaml.swp").write_bytes(b"\x00")
    assert rulebook.build(read_files(tmp_path), NORMS).release == before
    (tmp_path / "sets/national/prov.yaml").write_bytes(rule_file(rule(valid="{från: 2020-02}")))
    assert rulebook.build(read_files(tmp_path), NORMS).release != before


@pytest.mark.parametrize(
    "name", ["vocabulary.yaml", "lagar.yaml", NATIONAL, "sets/municipal/9999/kommun.yaml"]
)
def test_a_folder_that_is_called_as_a_file_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir(parents=True)
    (tmp_path / name / "inne.yaml").write_bytes(rule_file(rule()))
    with pytest.raises(FindingsError) as error:
        rulebook.load(tmp_path)
    [found] = error.value.findings
    assert (found.file, found.code) == (name, "R002")
    assert "en mapp och ingen fil" in found.message


def test_a_folder_without_a_rule_file_is_no_rulebook_without_faults(tmp_path: Path) -> None:
    for name, content in files({}).items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(FindingsError, match=r"sets/: fel R002: Här finns inga regelfiler\."):
        rulebook.load(tmp_path)


def test_a_rule_is_found_in_the_file_that_its_id_begins_with(book: Rulebook) -> None:
    plain = str.maketrans("åäö", "aao")
    for each in book.rules:
        assert each.id.partition(".")[0].translate(plain) == Path(each.file).stem, each.id


def test_every_shipped_file_is_read() -> None:
    ignored = set((ROOT / "sets").rglob("*.fall.yaml"))
    every = {path for path in (ROOT / "sets").rglob("*") if path.is_file()} - ignored
    assert {path.relative_to(ROOT).as_posix() for path in every} <= read_files(ROOT).keys()


# --- how files are read


def test_letters_that_a_mac_wrote_as_two_are_read_as_one() -> None:
    composed = rule_file(rule(när="hushåll.vuxna = 1"))
    decomposed = unicodedata.normalize("NFD", composed.decode()).encode()
    assert decomposed != composed
    [one], [other] = build({NATIONAL: composed}).rules, build({NATIONAL: decomposed}).rules
    assert other.condition == one.condition
    assert other.texts == one.texts


def test_a_decomposed_vocabulary_is_the_same_vocabulary() -> None:
    common = files({NATIONAL: rule_file(rule())})
    other = {name: unicodedata.normalize("NFD", each.decode()).encode() for name, each in common.items()}
    assert rulebook.build(other, NORMS).vocabulary == rulebook.build(common, NORMS).vocabulary


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    content = rule_file(rule())
    [plain] = build({NATIONAL: content}).rules
    [crlf] = build({NATIONAL: content.replace(b"\n", b"\r\n")}).rules
    [marked] = build({NATIONAL: b"\xef\xbb\xbf" + content}).rules
    assert plain == crlf == marked


def test_a_comment_ends_a_line_and_is_no_part_of_an_expression() -> None:
    plain = rule(när="hushåll.vuxna = 1")
    commented = rule(när="hushåll.vuxna = 1  # bara en")
    [one], [other] = (build({NATIONAL: rule_file(each)}).rules for each in (plain, commented))
    assert one.condition == other.condition
    folded = rule(när=">-\n    hushåll.vuxna = 1  # bara en")
    assert [each.code for each in findings({NATIONAL: rule_file(folded)})] == ["R010"]


def test_a_condition_may_be_written_on_several_lines() -> None:
    folded = rule(när=">-\n    hushåll.vuxna = 1\n    och finns(barn)")
    [found] = build({NATIONAL: rule_file(folded)}).rules
    assert found.condition.text == "hushåll.vuxna = 1 och finns(barn)"


def test_an_error_in_one_file_is_not_blamed_on_another() -> None:
    exception = rule("prov.undantag", undantag_från="[prov.regel]")
    found = findings(
        {NATIONAL: rule_file(rule(när="hushåll.vuxnna = 1")), "sets/national/b.yaml": rule_file(exception)}
    )
    assert [(each.file, each.code) for each in found] == [(NATIONAL, "R011")]


# --- versions over time


def test_a_rule_has_one_wording_at_a_time() -> None:
    first = rule(valid="{från: 2020-01, till: 2025-06}", när="hushåll.vuxna = 1")
    second = rule(valid="{från: 2025-07}", när="hushåll.vuxna = 2")
    book = build({NATIONAL: rule_file(second, first)})
    assert [each.condition.text for each in book.versions("prov.regel")] == [
        "hushåll.vuxna = 1",
        "hushåll.vuxna = 2",
    ]
    for month, text in ((JUNE, "hushåll.vuxna = 1"), (JULY, "hushåll.vuxna = 2"), (Month(2019, 12), None)):
        assert [each.condition.text for each in in_force(book, month)] == ([text] if text else [])
    assert book.versions("prov.finns_inte") == ()


# --- municipalities


def test_a_municipal_rule_applies_in_its_municipality_only() -> None:
    book = build(
        {
            NATIONAL: rule_file(rule()),
            "sets/municipal/1280/prov.yaml": rule_file(rule("malmö.prov")),
            "sets/municipal/9999/prov.yaml": rule_file(rule("exempel.prov")),
        }
    )
    ids = {code: {each.id for each in in_force(book, JULY, code)} for code in (None, "1280", "9999", "1287")}
    assert ids == {
        None: {"prov.regel"},
        "1280": {"prov.regel", "malmö.prov"},
        "9999": {"prov.regel", "exempel.prov"},
        "1287": {"prov.regel"},
    }


def test_two_municipalities_may_give_their_rules_the_same_id_and_contradict_each_other() -> None:
    def own(level: str) -> bytes:
        return rule_file(
            rule("kommun.nivå", steg="behörighet", ger=f"{{slutsats: {{hushåll.nivå: {level}}}}}")
        )

    book = build({"sets/municipal/1280/prov.yaml": own("hel"), "sets/municipal/9999/prov.yaml": own("halv")})
    assert [each.municipality for each in in_force(book, JULY, "9999")] == ["9999"]


def test_a_municipality_cites_its_own_guidelines_and_no_other_does() -> None:
    laws = 'kommun: "9999"\nnamn: Prov\nlagar:\n  Riktlinjer:\n    namn: Prov\n    från: 2020-01\n'.encode()
    citing = rule_file(rule("exempel.prov").replace("PL 1 §", "Riktlinjer 3"))
    book = build({"sets/municipal/9999/kommun.yaml": laws, "sets/municipal/9999/prov.yaml": citing})
    assert [each.provision(JULY) for each in in_force(book, JULY, "9999")] == ["Riktlinjer 3"]
    for place in (NATIONAL, "sets/municipal/1280/prov.yaml"):
        found = findings({"sets/municipal/9999/kommun.yaml": laws, place: citing})
        assert [each.code for each in found] == ["R021"]


# --- settings over time


@pytest.mark.parametrize(
    "fault", ["inställningar:\n  kommun.finns_inte: []\n", "stavat fel: x\n", "inställningar: [\n"]
)
def test_a_fault_in_a_municipalitys_own_file_is_not_blamed_on_its_rules(fault: str) -> None:
    own = f'kommun: "9999"\nnamn: Prov\nlagar: {{Riktlinjer: {{namn: Riktlinjer, från: 2020-01}}}}\n{fault}'
    there = files(
        {
            "sets/municipal/9999/kommun.yaml": own.encode(),
            "sets/municipal/9999/prov.yaml": rule_file(rule().replace("PL 1 §", "Riktlinjer")),
        }
    )
    with pytest.raises(FindingsError) as error:
        rulebook.build(there, NORMS)
    assert {finding.file for finding in error.value.findings} == {"sets/municipal/9999/kommun.yaml"}


def test_a_setting_has_the_value_of_its_month_or_its_default() -> None:
    rows = (
        "  kommun.hel_krona:\n"
        "    - {värde: ja, från: 2024-01, källa: Prov, status: fiktiv}\n"
        "    - {värde: nej, från: 2025-07, källa: Prov, status: fiktiv}\n"
        "  kommun.tak:\n"
        '    - {värde: "900", från: 2025-07, källa: Prov, status: fiktiv}\n'
    )
    book = build({"sets/municipal/9999/kommun.yaml": settings_file("9999", rows)})

    def given(month: Month, municipality: str | None) -> Mapping[str, object]:
        [kommun] = [each for each in resolve(book, month, municipality).given if each.kind == "kommun"]
        return kommun.values

    assert given(Month(2023, 12), "9999") == {"kommun.hel_krona": False}
    assert given(JUNE, "9999") == {"kommun.hel_krona": True}
    assert given(JULY, "9999") == {"kommun.hel_krona": False, "kommun.tak": 900_00}
    assert given(JULY, "1280") == {"kommun.hel_krona": False}
    assert given(JULY, None) == {"kommun.hel_krona": False}


def test_what_a_yes_or_a_no_answers_is_described_so_that_a_question_may_hold_it() -> None:
    """”Det är inte känt om …”, and of nothing else."""
    terms = vocabulary_file.load().terms.values()
    for term in terms:
        assert (term.type.base is Base.YES_NO) is term.meaning.startswith("Om "), term.path
        assert ". " not in term.meaning, term.path
