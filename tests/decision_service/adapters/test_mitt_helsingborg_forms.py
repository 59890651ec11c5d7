"""The proof that the adapter covers the real forms: every field of both is read or deliberately unused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from decision_service.application.adapters.mitt_helsingborg.forms import FILE, forms, read_forms
from decision_service.application.form import SchoolKind
from norms import document
from norms.finding import Finding, FindingsError
from rules.texts import kronor
from tests.decision_service.adapters.form import FIXTURES, answer, read
from tests.world.sweeps import swept
from tests.world.unread import sentences

FORMS = {
    name: json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    for name in ("form-new", "form-recurring")
}
ALL = [(form, field) for form, whole in FORMS.items() for field in whole["fields"]]
NAMED_ELSEWHERE = {
    # Named by the forms' own summaries, not asked in these versions of the forms.
    "rent-2",
    "electricityMonth-2",
    "homeinsuranceMonth-2",
    "internetMonth-2",
    "rentRoommateMonth-2",
    "roommateElectricityMonth-2",
    "roommateInternetMonth-2",
    "otherDentalcareApplicant",
    "otherDentalcareWithCoapplicant",
    "partnerOtherDentalcare",
    # Asked by the version of the new form that the real answered application comes from.
    "electricityMonth1",
}


def name(id_: str) -> str:
    """The id of a field without the number of an entry."""
    return ".".join(part for part in id_.split(".") if not part.isdigit())


def test_the_forms_are_whole() -> None:
    assert [(form["form"], form["steps"], len(form["fields"])) for form in FORMS.values()] == [
        ("EKB-new", 42, 189),
        ("EKB-recurring", 36, 129),
    ]


@swept(("form", "field"), ALL, ids=[f"{form}:{field['id']}" for form, field in ALL])
def test_every_field_of_both_forms_is_read_or_unused_with_a_reason(form: str, field: dict[str, Any]) -> None:
    known = name(field["id"])
    assert (known in forms().fields) != (known in forms().unused)
    if known in forms().unused:
        assert len(forms().unused[known].why) > 10


def test_no_field_is_made_up() -> None:
    asked = {name(field["id"]).split(".")[0] for _, field in ALL}
    for known in (*forms().fields, *forms().unused):
        assert known.split(".")[0] in asked | NAMED_ELSEWHERE, known
    assert {each for pair in forms().alone.items() for each in pair} <= asked


@swept("id_", sorted(forms().unused))
def test_a_number_in_a_field_that_is_not_used_is_told(id_: str) -> None:
    for value in ("600 kr", "Swish 600", 600, "+1"):
        assert [(each.where, each.kind) for each in read(answer(id_, value)).unmapped] == [
            (id_, "fixed_field")
        ]
    fixed = forms().unused[id_].fixed
    for value in (True, False, "ja") if fixed is None else (fixed, f"{fixed} "):
        assert not read(answer(id_, value)).unmapped


@swept("field", [field for _, field in ALL if field["type"] == "hidden" and "value" in field])
def test_a_fixed_text_is_the_one_of_the_form(field: dict[str, Any]) -> None:
    """As the form sends it nothing is told; in any other words it is, also where they hold no number."""
    id_, fixed = field["id"], field["value"]
    if (name_ := name(id_)) in forms().unused:
        assert forms().unused[name_].fixed == fixed.strip()
        for other in (f"{fixed} femtusen av min bror", "Lånade", True):
            assert [each.kind for each in read(answer(id_, other)).unmapped] == ["fixed_field"]
    else:
        assert name_ in forms().hidden


VARIANTS = sorted((one, other) for one in forms().alone for other in forms().asked_of_more(one))


def in_kronor(base: str) -> str:
    """The id of the answer that is the amount of a question."""
    fields = forms().fields.items()
    return min(id_ for id_, of in fields if id_.partition(".")[0] == base and of.name == "amount")


@swept(("one", "other"), VARIANTS)
def test_of_any_two_variants_of_a_question_one_is_told(one: str, other: str) -> None:
    found = read(answer(in_kronor(one), "100"), answer(in_kronor(other), "200"), together=True)
    assert [each.where for each in found.unmapped if each.kind == "asked_twice"] == [one]
    assert "10000" not in str([*found.application.incomes, *found.application.costs])


def test_the_first_and_the_last_variant_are_one_question() -> None:
    assert ("salary", "salaryWithCoapplicant") in VARIANTS


def test_money_is_never_deliberately_unused() -> None:
    for _, field in ALL:
        if field["type"] == "number" or "amount" in field.get("tags", []):
            assert name(field["id"]) not in forms().unused


@pytest.mark.parametrize(
    ("endings", "table", "told"),
    [
        ((".livingChild",), "living", set()),
        ((".school",), "schools", set()),
        (("occupation", "partnerOccupation"), "occupation_choices", set()),
        ((".contract",), "housing_choices", {"Bor hos vuxna barn", "Annat boende"}),
        ((".tripPurpose",), "trip_purposes", set()),
        (("Income.0.text",), "income_texts", set()),
        (("octor.0.text", "octorApplicant.0.text"), "care_texts", set()),
    ],
)
def test_every_choice_of_both_forms_has_a_meaning(
    endings: tuple[str, ...], table: str, told: set[str]
) -> None:
    choices = {
        choice
        for _, field in ALL
        for choice in field.get("choices", [])
        if field["id"].endswith(endings) and field["type"] == "select"
    }
    assert choices
    assert choices - told <= set(getattr(forms(), table))


def test_every_school_of_the_application_can_be_answered() -> None:
    assert {school.kind for school in forms().schools.values()} == {each.value for each in SchoolKind}


@pytest.mark.slow
@swept(
    ("row", "other", "message"),
    [
        ("blir: incomes.incomeDate,", "blir: incomes.incomeDay,", "inget fält ”incomeDay” i ”incomes”"),
        ("{blir: attestation}", "{blir: attested}", "inget fält ”attested”"),
        ("blir: address.city", "blir: adress.city", "inget fält ”city” i ”adress”"),
        ("kod: SALARY,", "kod: SALERY,", "ingen kod ”SALERY”"),
        ("kod: OTHER:ACUTE_DENTAL,", "kod: OTHER:DENTAL,", "ingen kod ”OTHER:DENTAL”"),
        ("kod: VEHICLE:CAR,", "kod: VEHICLE:BICYCLE,", "ingen kod ”VEHICLE:BICYCLE”"),
        ("kod: RENTAL}", "kod: RENTED}", "ingen kod ”RENTED”"),
        ("kod: PARENT,", "kod: PARENTS,", "ingen kod ”PARENTS”"),
        ("kod: deltid,", "kod: halvtid,", "”halvtid” finns inte"),
        ("vem: sökande}", "vem: applicant}", "sökande"),
        ("noAssets: [tillgångar]", "noAssets: [tillgång]", "ämnet ”tillgång”"),
        ("inkomstämnen: [lön,", "inkomstämnen: [löner,", "ämnet ”löner”"),
        ("salary: salaryApplicant", "salary: salaryApplicants", "salaryApplicants finns inte"),
        ("slag: WORK, omfattning: FULL", "slag: WORK, omfattning: HALF", "ingen kod ”WORK”"),
        ("Andrahandskontrakt: SUBLET", "Andrahandskontrakt: SECOND", "ingen kod ”SECOND”"),
        ("Alltid hos mig: FULL_TIME", "Alltid hos mig: ALWAYS", "ingen kod ”ALWAYS”"),
        ("slag: COMPULSORY", "slag: BASIC", "ingen kod ”BASIC”"),
        ("Medicin: MEDICINE", "Medicin: PILLS", "ingen kod ”PILLS”"),
        ("Gåva/present: GIFT", "Gåva/present: PRESENT", "ingen kod ”PRESENT”"),
        (" rent: month\n", " rent: månad\n", "”månad” finns inte"),
        ('month+1: "1"', 'month+1: "nästa"', "heltal"),
        ("går i skola: ja", "går i skola: jo", "varken ja eller nej"),
    ],
)
def test_a_row_that_the_application_has_no_room_for_is_a_fault_with_its_line(
    row: str, other: str, message: str
) -> None:
    found, changed = faults_with(row, other)
    assert [(one.line, message in str(one)) for one in found] == [(changed, True)]


@pytest.mark.parametrize(
    ("row", "other", "message"),
    [
        ("  message: {blir", "  noChildren: {blir", "noChildren står två gånger"),
        ("[hiddenCoapplicant, partnerYes]", "[partnerYes]", "hiddenCoapplicant finns inte"),
        ("ämne: barn}", "ämne: barnen}", "ämnet ”barn”"),
    ],
)
def test_tables_that_say_different_things_of_a_field_are_a_fault(row: str, other: str, message: str) -> None:
    found, _ = faults_with(row, other, everywhere=True)
    assert any(message in str(one) for one in found)


def faults_with(row: str, other: str, everywhere: bool = False) -> tuple[list[Finding], int]:
    """What is found in the file when a row says something else, and the line of that row."""
    text = FILE.read_text("utf-8")
    assert row in text
    with pytest.raises(FindingsError) as raised:
        read_forms(document.parse(text.replace(row, other, -1 if everywhere else 1).encode(), FILE.name))
    return list(raised.value.findings), text[: text.index(row)].count("\n") + 1


def filled(field: dict[str, Any], number: int) -> Any:
    """An answer that a citizen can give to a field."""
    if field.get("choices"):
        return field["choices"][0]
    match field["type"]:
        case "checkbox":
            return True
        case "date":
            return 1_794_304_800_000
        case "filePicker":
            return [{"externalDisplayName": "fil.pdf", "uploadedId": "1"}]
        case "hidden":
            return field.get("value", "")
        case "number":
            return str(100_000 + number)
        case _:
            return f"svar {number}"


READ = [
    (form, field)
    for form, field in ALL
    if name(field["id"]) in forms().fields and forms().fields[name(field["id"])].name != "personal_number"
]
"""Fields that are read. Of one for a personal number nothing that stands there is said."""


def given_in(form: str, without: str) -> list[dict[str, Any]]:
    """All that a citizen can answer in a form, but for the noes and one field."""
    fields = [field for field in FORMS[form]["fields"] if field["id"] != without]
    return [
        answer(field["id"], filled(field, number), *field.get("tags", []))
        for number, field in enumerate(fields)
        if not field["id"].startswith("no")
    ]


@pytest.mark.slow
@swept(("form", "field"), READ, ids=[f"{form}:{field['id']}" for form, field in READ])
def test_no_word_written_in_a_field_is_lost(form: str, field: dict[str, Any]) -> None:
    """Alone, beside all other answers, with a partner and without: it is kept, or stands in what is told."""
    kind, id_ = "new" if form == "form-new" else "recurring", field["id"]
    for together in (False, True):
        for more in ([], given_in(form, id_)):
            found = read(*more, answer(id_, "Ja ZQX", *field.get("tags", [])), kind=kind, together=together)
            said = [found.application.model_dump_json(), *map(str, found.people), *sentences(found)]
            assert any("ZQX" in each for each in said)


@pytest.mark.slow
@swept(("form", "field"), READ, ids=[f"{form}:{field['id']}" for form, field in READ])
def test_no_answer_takes_the_place_of_another(form: str, field: dict[str, Any]) -> None:
    """The same field twice with different answers, as the parts of a repeated entry are numbered."""
    kind, id_ = "new" if form == "form-new" else "recurring", field["id"]
    values = ["Ja ZQX", "Nej XQZ"]
    if field["type"] == "checkbox":
        values = ["true", "false"]
    elif field.get("choices"):
        values = field["choices"][:2]
    ids = [f"{id_}.0", f"{id_}.1"] if ".0" not in id_ else [f"{id_}.0", id_]

    def kept(*which: int) -> tuple[str, list[str]]:
        given = [answer(ids[at], values[at], *field.get("tags", [])) for at in which]
        found = read(*given, kind=kind, together=True)
        people = [each.model_dump_json() for each in found.people]
        return found.application.model_dump_json() + str(people), list(sentences(found))

    (both, told), *alone = kept(0, 1), kept(0), kept(1)
    assert told != alone[0][1] or told != alone[1][1] or both not in (alone[0][0], alone[1][0])
    other, said = kept(1, 0)
    if not told:
        assert not said
        assert both == other or all(value in both for value in values)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("together", [False, True])
def test_no_krona_of_a_form_answered_in_full_is_lost(form: str, together: bool) -> None:
    """Every number field has a sum of its own; each is found in the application or is told."""
    fields = FORMS[form]["fields"]
    given = [
        answer(field["id"], filled(field, number), *field.get("tags", []))
        for number, field in enumerate(fields)
        if not field["id"].startswith("no")
    ]
    kind = "new" if form == "form-new" else "recurring"
    found = read(*given, kind=kind, together=together)
    application = found.application
    kept = {row.amount for row in application.incomes} | {row.applied_amount for row in application.costs}
    kept |= {row.value for row in application.assets}
    texts = str(application.model_dump()) + str(found.people)
    for number, field in enumerate(fields):
        if field["type"] != "number" or field["id"].startswith("no"):
            continue
        amount = 100_000 + number
        told = any(
            kronor(amount * 100) in each or str(amount) in each or field["id"] in each
            for each in sentences(found)
        )
        assert amount * 100 in kept or str(amount) in texts or told, field["id"]
