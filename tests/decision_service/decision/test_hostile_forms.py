"""Hostile answers in the forms of the e-services, each through the whole decision: what no expert would let a
machine decide, and beside it the nearest that it may."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import pytest

from decision_service.application import declared
from decision_service.application.adapters.mitt_helsingborg.forms import forms
from decision_service.application.declared import Declared
from decision_service.application.form import NormType
from decision_service.decision.document import Assessment, Reason
from decision_service.reading.strict_json import InputError, read_json
from tests.decision_service.adapters.form import EXAMPLES, answer
from tests.decision_service.decision.test_hostile import paid
from tests.world.cases import decided, judged, raw
from tests.world.sweeps import swept

Json = dict[str, Any]
Change = Callable[["Sent"], Any]
DECLARED: Mapping[str, Declared] = {
    "sundsvall-v1": Declared(beside=True),
    "mitt-helsingborg-v1": Declared(
        application={
            "norm_type": [NormType.NATIONAL_NORM],
            "stays_in_municipality": True,
            "has_pending_benefits": False,
            "has_children_under21": False,
        },
        adults={"payment_same_as_previous": True},
        decision="nämndens beslut § 87",
    ),
}


class Sent:
    """A renewal for November as a form gives it, and the case around it; ready to change."""

    def __init__(self, adapter: str) -> None:
        self.adapter, self.case = adapter, raw("ensam-bifall")
        self.form: Json = json.loads((EXAMPLES / f"{adapter}-bifall.json").read_bytes())
        self.before: Json = self.case["history"][0]
        if adapter == "sundsvall-v1":
            self.data: Json = self.form["form"]["data"] | {"attestedAt": "2026-10-28T07:30:00Z"}
            self.form["form"]["data"] = self.data
            self.people: list[Json] = self.form["people"]
            self.people[0]["id"] = "p1"
            self.data["persons"] = [{"role": "APPLICANT", "partyId": "p1", "paymentSameAsPrevious": True}]
            self.before["costs"] = {"RENT": 6200, "ELECTRICITY": 450}
        else:
            self.answers: list[Json] = self.form["answers"]
            self.before["costs"] = {"RENT": 6200, "HOME_INSURANCE": 139, "INTERNET": 249, "ELECTRICITY": 450}

    def say(self, field: str, value: Any) -> None:
        """One answer of Mitt Helsingborg, instead of the one that is there."""
        self.answers[:] = [each for each in self.answers if each["field"]["id"] != field]
        self.answers.append(answer(field, value))

    def couple(self, **other: Any) -> None:
        """A couple, with the same said of both."""
        self.people.append({**self.people[0], "id": "p2", "personal_number": "198906122398", **other})
        self.data["persons"].append({**self.data["persons"][0], "role": "CO_APPLICANT", "partyId": "p2"})
        self.data["plannings"].append({"person": "CO_APPLICANT", "planningType": "JOBSEEKING"})
        self.data |= {"maritalStatus": "COHABITING", "housingPersonCount": 2}
        self.before |= {"marital_status": "COHABITING", "people": ["p1", "p2"], "housing_person_count": 2}
        registers = self.case["registers"]
        registers["p2"] = json.loads(json.dumps(registers))
        self.case["activity"].append({**self.case["activity"][0], "person": "p2"})

    def child(self, **said: Any) -> None:
        """A child of ten, whose allowance is paid."""
        self.people.append({"id": "b1", "born": "2016-05-01", "first_name": "Kim"} | said.pop("known", {}))
        row = {"partyId": "b1", "firstName": "Kim", "residenceExtent": "FULL_TIME", **said}
        self.data |= {"hasChildrenUnder21": True, "children": [row], "childrenResidenceChanged": False}
        self.data["housingPersonCount"] = 2
        self.before |= {"people": ["p1", "b1"], "housing_person_count": 2}
        allowance = ("ABB", "Barnbidrag")
        payments = [paid(allowance, 1250, day) for day in ("2026-09-18", "2026-10-20")]
        payments += [paid(("US", "Underhållsstöd"), 1823, day) for day in ("2026-09-24", "2026-10-23")]
        self.case["registers"]["fk"]["formansinformation"]["utbetalningsuppgift"] = payments
        self.before["payments"] = [
            {"person": "p1", "benefit": "FK:ABB", "paid": "2026-09-18", "amount": 1250},
            {"person": "p1", "benefit": "FK:underhållsstöd", "paid": "2026-09-24", "amount": 1823},
        ]

    def income(self, kind: str, amount: Any, day: str, *, before: int) -> None:
        """An income of Sundsvall's form, and how much of its kind was counted last."""
        self.data.setdefault("incomes", []).append({"incomeType": kind, "amount": amount, "incomeDate": day})
        self.data["hasIncomes"] = True
        self.before["incomes"] = {kind: before}
        self.case["history_complete"] = True

    def asked(self) -> set[str]:
        """The reasons of the case. The machine decides it only when there are none."""
        found = self.decided()
        codes = {reason.code for reason in found.reasons}
        assert found.automatic is (not codes)
        return codes

    def questions(self) -> tuple[Reason, ...]:
        """What is asked."""
        return tuple(self.decided().reasons)

    def decided(self) -> Assessment:
        """The case of the form, assessed."""
        content = read_json(json.dumps(self.form).encode())
        intake = declared.read(self.adapter, content, DECLARED[self.adapter])
        application = json.loads(intake.application.model_dump_json(by_alias=True, exclude_none=True))
        people = [json.loads(each.model_dump_json(exclude_none=True)) for each in intake.people]
        assumed = [each.model_dump() for each in intake.assumed]
        told = {"unmapped": [asdict(each) for each in intake.unmapped], "assumed": assumed}
        return decided(self.case | {"application": application, "people": people} | told)


def recipient(text: str) -> Change:
    """Whom the rent is paid to, or for when."""
    return lambda sent: sent.data["costs"][0].update(recipientOrPeriod=text)


def adult(number: int = 0, **answers: Any) -> Change:
    """Answers in an adult's part of Sundsvall's form."""
    return lambda sent: sent.data["persons"][number].update(answers)


ELSEWHERE = {"street": "Vasagatan 1", "postalCode": "111 20", "city": "Stockholm"}
OWN_ACCOUNT = {"paymentMethod": "BANK_ACCOUNT", "clearingNumber": "8327-9", "accountNumber": "123456789"}

SUNDSVALL: dict[str, tuple[Change, set[str]]] = {
    "as it should be": (lambda sent: None, set()),
    # --- words where a name is asked for
    "lives for free": (recipient("jag bor gratis"), {"MEDDELANDE"}),
    "lives for free, with capitals": (recipient("Jag Bor Gratis"), {"MEDDELANDE"}),
    "another currency": (recipient("Boligselskab DKK"), {"MEDDELANDE"}),
    "shared by two": (recipient("hälften"), {"MEDDELANDE"}),
    "a loan": (recipient("bolån"), {"MEDDELANDE"}),
    "a sentence without a single telling word": (recipient("samma belopp fast dyrare"), {"MEDDELANDE"}),
    "a name": (recipient("Erik Karlsson"), set()),
    "what it is, and the month": (recipient("hyra november"), set()),
    "a company and what it sent": (recipient("HSB avi"), set()),
    "one word": (recipient("vattenfall"), set()),
    "a telephone that is none": (adult(phone="ligger på sjukhus"), {"MEDDELANDE"}),
    "a telephone and whose": (adult(phone="0701234567 (min bror)"), {"MEDDELANDE"}),
    "a telephone": (adult(phone="+46 70-123 45 67"), set()),
    "an address of mail and more": (adult(email="a@b.se, läs hos grannen"), {"MEDDELANDE"}),
    "an address of mail": (adult(email="anna.b@exempel.se"), set()),
    "no interpreter, and a language": (
        adult(needsInterpreter=False, interpreterLanguage="arabiska"),
        {"OTOLKADE_UPPGIFTER"},
    ),
    "an interpreter and a language": (adult(needsInterpreter=True, interpreterLanguage="arabiska"), set()),
    "no interpreter, and no language": (adult(needsInterpreter=False, interpreterLanguage="-"), set()),
    "a child whose school is no name": (
        lambda sent: sent.child(schoolName="Hoppat av skolan"),
        {"MEDDELANDE"},
    ),
    "a child whose school is a name": (lambda sent: sent.child(schoolName="Norra skolan"), set()),
    **{
        f"a child named {text}": (lambda sent, text=text: sent.child(firstName=text), {"MEDDELANDE"})
        for text in (
            *("Kim 12 dagar", "Kim 12", "Kim, halva tiden", "Kim varannan vecka", "Kim &amp; Bo", "Kim/Bo"),
            *("Kim (född 2014)", "Kim ibland", "Kim + 1", "Kim 🎉", "Kim Bo eller Bo", "Kim <b>", "Kim２"),
        )
    },
    **{
        f"a child with the name {text}": (lambda sent, text=text: sent.child(firstName=text), set())
        for text in (
            *("Kim-Bo", "Kim O'Neill", "Kim J. Ek", "Kim Dag", "kim", "KIM", "Kim André", "Kim Andre\u0301"),
            *("Kim Đặng", "Kim von Ek"),
        )
    },
    "a child that the e-service calls something else": (
        lambda sent: sent.child(known={"first_name": "Alex"}),
        {"OTOLKADE_UPPGIFTER"},
    ),
    "a child with one more name in the e-service": (
        lambda sent: sent.child(known={"first_name": "Kim Alex"}),
        set(),
    ),
    # --- two who say different things
    "a couple": (lambda sent: sent.couple(), set()),
    "a couple with two addresses": (lambda sent: sent.couple(address=ELSEWHERE), {"ADRESS_STÄMMER_INTE"}),
    "both want the money": (
        lambda sent: (sent.couple(), adult(1, paymentSameAsPrevious=False, **OWN_ACCOUNT)(sent)),
        {"ANNAN_UTBETALNING"},
    ),
    "the other wants it otherwise": (
        lambda sent: (sent.couple(), adult(1, paymentMethod="OTHER")(sent)),
        {"ANNAN_UTBETALNING"},
    ),
    "an applicant with a new account": (adult(paymentSameAsPrevious=False, **OWN_ACCOUNT), set()),
    # --- rows that say nothing
    **{
        f"a row in {part} that says {row or 'nothing'}": (
            lambda sent, part=part, row=row: sent.data.setdefault(part, []).append(row),
            {"OTOLKADE_UPPGIFTER"},
        )
        for part in ("plannings", "plannedActivities", "jobApplications")
        for row in ({}, {"person": "APPLICANT"})
    },
    "a job that was applied for": (
        lambda sent: sent.data.update(jobApplications=[{"person": "APPLICANT", "jobTitle": "Kock"}]),
        set(),
    ),
    # --- children
    "a child": (lambda sent: sent.child(), set()),
    "a child of another address": (
        lambda sent: sent.child(known={"address": ELSEWHERE}),
        {"ADRESS_STÄMMER_INTE"},
    ),
    "a child of another address, half the time": (
        lambda sent: sent.child(known={"address": ELSEWHERE}, residenceExtent="HALF_TIME", daysInHome=15),
        set(),
    ),
    "more days than the month has": (
        lambda sent: sent.child(residenceExtent="OTHER", daysInHome=31),
        {"BARNETS_DAGAR"},
    ),
    "all the days, in another way": (
        lambda sent: sent.child(residenceExtent="OTHER", daysInHome=30),
        {"BARNETS_DAGAR"},
    ),
    "some days, in another way": (
        lambda sent: sent.child(residenceExtent="OTHER", daysInHome=4),
        {"BARNETS_DAGAR", "BARNETS_ÖVERSKOTT"},
    ),
    "half of the days, in another way": (
        lambda sent: sent.child(residenceExtent="OTHER", daysInHome=15),
        set(),
    ),
    # --- what cannot belong
    "a sub-type of a rent": (
        lambda sent: sent.data["costs"][0].update(otherSubType="ACUTE_DENTAL"),
        {"OTOLKADE_UPPGIFTER"},
    ),
    "the other does not want the money as before": (
        lambda sent: (sent.couple(), adult(1, paymentSameAsPrevious=False)(sent)),
        {"ANNAN_UTBETALNING"},
    ),
    "rent through another board": (recipient("Socialkontoret Lund"), {"MEDDELANDE"}),
    # --- incomes
    "a wage as before": (lambda sent: sent.income("SALARY", 5000, "2026-10-25", before=5000), set()),
    "the same wage in the month after": (
        lambda sent: (
            sent.income("SALARY", 5000, "2026-10-30", before=5000),
            sent.income("SALARY", 5000, "2026-11-01", before=5000),
        ),
        {"DUBBEL_INKOMST", "INKOMST_ANNAN_MÅNAD"},
    ),
    "a wage in another field": (
        lambda sent: sent.data.update(income=[{"incomeType": "SALARY", "amount": 5000}]),
        {"OTOLKADE_UPPGIFTER"},
    ),
    "in another currency": (
        lambda sent: sent.data["costs"][0].update(currency="EUR"),
        {"OTOLKADE_UPPGIFTER"},
    ),
    "news outside the questions": (
        lambda sent: sent.data.update(ovrigt="Jobbar svart"),
        {"OTOLKADE_UPPGIFTER"},
    ),
    "no, and what has changed": (
        lambda sent: sent.data.update(housingChanged=False, housingChangeDescription="flyttat ihop"),
        {"MEDDELANDE"},
    ),
}


@swept("kind", SUNDSVALL)
def test_a_form_of_sundsvall(kind: str) -> None:
    change, codes = SUNDSVALL[kind]
    sent = Sent("sundsvall-v1")
    change(sent)
    assert sent.asked() == codes


@pytest.mark.parametrize("amount", ["10.000", "10 000,00", "ca 5000", "5000 EUR", -500, "5.000"])
def test_an_amount_that_can_be_read_otherwise_is_refused_where_it_stands(amount: Any) -> None:
    sent = Sent("sundsvall-v1")
    sent.income("SALARY", amount, "2026-10-25", before=5000)
    with pytest.raises(InputError) as refused:
        sent.asked()
    assert [fault.path[-1] for fault in refused.value.faults] == ["amount"]


@pytest.mark.parametrize(
    ("part", "row", "field"),
    [
        ("incomes", {"incomeType": "SALARY", "amount": 5000}, "incomeDate"),
        ("plannedActivities", {"activity": "Söka jobb"}, "periodFrom"),
        ("jobApplications", {"jobTitle": "Kock"}, "applicationDate"),
    ],
)
def test_a_day_of_a_week_is_no_day(part: str, row: Json, field: str) -> None:
    sent = Sent("sundsvall-v1")
    sent.data[part] = [{**row, field: "2026-W43-7"}]
    with pytest.raises(InputError) as refused:
        sent.asked()
    assert [(fault.path[-1], fault.code) for fault in refused.value.faults] == [(field, "not_day")]


def salary(amount: Any, day: Any) -> Change:
    """A wage, where 5 000 was counted last."""

    def change(sent: Sent) -> None:
        sent.answers[:] = [each for each in sent.answers if each["field"]["id"] != "noIncomeThisMonth"]
        sent.say("salary.0.amount", amount)
        sent.say("salary.0.date", day)
        sent.before["incomes"] = {"SALARY": 5000}
        sent.case["history_complete"] = True

    return change


def says(field: str, value: Any) -> Change:
    """One answer."""
    return lambda sent: sent.say(field, value)


HELSINGBORG: dict[str, tuple[Change, set[str]]] = {
    "as it should be": (lambda sent: None, set()),
    "a wage as before": (salary("5000", "2026-10-25"), set()),
    "a wage of the next month": (salary("5000", "2026-11-25"), {"INKOMST_ANNAN_MÅNAD", "INKOMST_BORTA"}),
    "a day that is none": (salary("5000", "2026-13-45"), {"OTOLKADE_UPPGIFTER"}),
    "a day in another form": (salary("5000", "25/10"), {"OTOLKADE_UPPGIFTER"}),
    "an amount of about": (salary("ca 5000", "2026-10-25"), {"OTOLKADE_UPPGIFTER", "UPPGIFT_SAKNAS"}),
    "an amount in euro": (salary("500 EUR", "2026-10-25"), {"OTOLKADE_UPPGIFTER", "UPPGIFT_SAKNAS"}),
    "an amount with a point": (salary("10.000", "2026-10-25"), {"OTOLKADE_UPPGIFTER", "UPPGIFT_SAKNAS"}),
    "an amount below nothing": (salary("-500", "2026-10-25"), {"OTOLKADE_UPPGIFTER", "UPPGIFT_SAKNAS"}),
    "a wage beside no income": (
        lambda sent: (salary("5000", "2026-10-25")(sent), sent.say("noIncomeThisMonth", True)),
        {"OTOLKADE_UPPGIFTER"},
    ),
    "a telephone that is none": (says("personalInfo.telephone", "ligger på sjukhus"), {"MEDDELANDE"}),
    "a street that is somebody else's": (
        says("housingInfo.streetAddress", "c/o Andersson, Storgatan 1"),
        {"MEDDELANDE"},
    ),
    "a street": (says("housingInfo.streetAddress", "Norra Storgatan 1 B, lgh 1102"), set()),
    "two persons in words": (says("housingInfo.numberpeopleLiving", "två"), {"OTOLKADE_UPPGIFTER"}),
    "news in a field that nobody knows": (says("annat", "jobbar svart"), {"OTOLKADE_UPPGIFTER"}),
    "a debt": (says("debtRent", True), {"SKULD"}),
    "no rent any more": (says("rent", None), {"KOSTNAD_BORTA"}),
    "a rent with words": (says("rent", "6200 kr inkl el"), {"OTOLKADE_UPPGIFTER", "UPPGIFT_SAKNAS"}),
    "a benefit that nobody has paid": (says("csnAllowance", True), {"FÖRMÅN_STÄMMER_INTE"}),
    "kronor as people write them": (says("rent", "6 200 kr"), set()),
    "kronor with a dash": (says("rent", "6200:-"), set()),
    "kronor in two parts": (says("rent", "3100 + 3100"), {"OTOLKADE_UPPGIFTER", "UPPGIFT_SAKNAS"}),
    "a day without dashes": (salary("5000", "20261025"), set()),
    "seconds and not milliseconds": (salary("5000", 1792926000), {"OTOLKADE_UPPGIFTER"}),
    "a rent tagged with a month that the form does not have": (
        lambda sent: (sent.say("rent", None), sent.answers.append(answer("rent", "6200", "month+2"))),
        {"OTOLKADE_UPPGIFTER", "KOSTNAD_BORTA"},
    ),
    "an income tagged with a month that the form does not have": (
        lambda sent: (
            sent.say("noIncomeThisMonth", None),
            sent.answers.append(answer("swishApplicant", "150", "month-9")),
        ),
        {"OTOLKADE_UPPGIFTER", "UPPGIFT_SAKNAS"},
    ),
    "another name than whoever signed": (says("applicantInfo.firstName", "Kalle"), {"OTOLKADE_UPPGIFTER"}),
    "the same name and another of hers": (says("applicantInfo.firstName", "Eva TEST"), set()),
    "a zero beside a no": (says("swishApplicant", "0"), set()),
    "a car worth nothing beside a no": (says("carSum", "0"), set()),
    "a car worth something beside a no": (
        says("carSum", "9000"),
        {"OTOLKADE_UPPGIFTER", "TILLGÅNG"},
    ),
    "a loan in the field for loans": (
        lambda sent: (sent.say("noIncomeThisMonth", None), sent.say("loanIncomeApplicant", "100")),
        {"INKOMST_BEDÖMS"},
    ),
    "a fee as before, with the words of the form": (
        lambda sent: (
            sent.say("akassaApplicant", "140"),
            sent.before["costs"].update(UNEMPLOYMENT_FUND=140),
        ),
        set(),
    ),
    "a wage as for full time and looking for work": (
        lambda sent: (salary("9000", "2026-10-25")(sent), sent.before.update(incomes={"SALARY": 9000})),
        {"LÖN_UTAN_ARBETE"},
    ),
    "a town with a colon": (says("housingInfo.postalAddress", "S:t Olof"), set()),
    "a town and a floor": (says("housingInfo.postalAddress", "Helsingborg, 3 tr"), {"MEDDELANDE"}),
    "more than a name where a name is asked for": (
        says("applicantInfo.firstName", "Test bor hos min bror i Malmö"),
        {"MEDDELANDE"},
    ),
    "a telephone in a second field": (
        says("personalInfo.telephone.1", "ligger på sjukhus"),
        {"OTOLKADE_UPPGIFTER"},
    ),
    "a travel card that is both wanted and not": (
        lambda sent: (sent.say("needBuscard", True), sent.say("needBuscardApplicant", False)),
        {"OTOLKADE_UPPGIFTER", "RESEKORT"},
    ),
    "a partner in words": (says("partnerYes", "min sambo heter Bo"), {"OTOLKADE_UPPGIFTER"}),
    "the rent of another month without a tag": (
        lambda sent: (sent.say("rent", None), sent.say("rent-1", "6200")),
        {"OTOLKADE_UPPGIFTER", "KOSTNAD_BORTA"},
    ),
    "a random check in words": (
        lambda sent: sent.form.update(details={**sent.form["details"], "completions": {"randomCheck": "ja"}}),
        {"STICKPROV"},
    ),
    "a wage of a partner that is not there": (
        lambda sent: (
            sent.say("partnerSalary.0.amount", "5000"),
            sent.say("partnerSalary.0.date", "2026-10-25"),
        ),
        {"OTOLKADE_UPPGIFTER"},
    ),
}


FIELDS = {"incomes": "description", "costs": "specification"}
WORDS = sorted(
    {
        (part, row.code, row.text)
        for row in forms().rows.values()
        if row.text and (part := row.becomes.partition(".")[0]) in FIELDS
    }
    | {("incomes", code, text) for text, code in forms().income_texts.items()}
    | {("costs", code, text) for text, code in forms().care_texts.items()}
)
"""What the forms of Mitt Helsingborg say of their own accord of an income or a cost of a kind."""
TELLING = ("Årlig kontroll", "Enligt behandlingsförslag")
"""How what begins that whoever assesses the cost must read."""


def said_of(part: str, code: str, text: str) -> set[str]:
    """What is asked when a text stands on a row of a kind."""
    case = raw("ensam-bifall")
    kind, _, sub_type = code.partition(":")
    named = {"incomeType": kind} if part == "incomes" else {"costType": kind}
    row = named | ({"otherSubType": sub_type} if sub_type else {})
    case["application"].setdefault(part, []).append({**row, FIELDS[part]: text})
    return {each.code for each in judged(case).reasons}


@swept(("part", "code", "text"), WORDS)
def test_the_forms_own_words_are_no_message_in_their_field(part: str, code: str, text: str) -> None:
    assert ("MEDDELANDE" in said_of(part, code, text)) is text.startswith(TELLING)
    assert ("MEDDELANDE" in said_of(part, code, f"{text.upper()}.")) is text.startswith(TELLING)


@swept(("part", "code", "text"), WORDS)
def test_the_forms_own_words_are_read_on_a_row_of_another_kind(part: str, code: str, text: str) -> None:
    assert "MEDDELANDE" in said_of(part, {"incomes": "SALARY", "costs": "RENT"}[part], text)


@pytest.mark.parametrize(("kind", "reads"), [("CHILDCARE_FEE", False), ("OTHER", False), ("RENT", True)])
def test_the_forms_own_word_for_whom_a_cost_is_is_silent_on_costs_of_children(kind: str, reads: bool) -> None:
    case = raw("ensam-bifall")
    sort = {"otherSubType": "OTHER"} if kind == "OTHER" else {}
    case["application"]["costs"].append({"costType": kind, "recipientOrPeriod": "Barn", **sort})
    assert ("MEDDELANDE" in {each.code for each in judged(case).reasons}) is reads


@swept("text", ["swish", "medicin", "lånade pengar", "barn", "hyra från inneboende"])
def test_the_same_words_in_a_message_are_read(text: str) -> None:
    case = raw("ensam-bifall")
    case["application"]["otherInformation"] = text
    assert {each.code for each in judged(case).reasons} == {"MEDDELANDE"}


@swept(
    ("field", "value"),
    [
        ("debtRent", "4000 kr"),
        ("housingInfo.numberpeopleLiving", "1 (och ibland min flickvän)"),
        ("notifyMe", "ring inte, jag är i Turkiet"),
        ("annat", "jobbar svart"),
        ("salary.0.date", "i slutet av månaden"),
    ],
)
def test_what_was_answered_stands_in_the_question(field: str, value: str) -> None:
    sent = Sent("mitt-helsingborg-v1")
    sent.say(field, value)
    assert any(f"”{value}”" in each.question for each in sent.questions())


@swept("name", ["ovrigt", "otherInformation"])
def test_what_was_sent_outside_the_contract_stands_in_the_question(name: str) -> None:
    sent = Sent("sundsvall-v1")
    sent.data[name] = "jag flyttade ihop med Kalle"
    assert any("”jag flyttade ihop med Kalle”" in each.question for each in sent.questions())


@swept("kind", HELSINGBORG)
def test_a_form_of_mitt_helsingborg(kind: str) -> None:
    change, codes = HELSINGBORG[kind]
    sent = Sent("mitt-helsingborg-v1")
    change(sent)
    found = sent.asked()
    assert found - {"INKOMST_BORTA"} == codes - {"INKOMST_BORTA"}
