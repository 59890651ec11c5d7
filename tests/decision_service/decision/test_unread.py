"""What could not be read is data, and is known by what was written and not by the words about it.

Every value of rich inputs is written in two odd ways, one at a time. What is told of both is told alike only
where nobody can tell what was written, and then an answer to it stands in its own case alone.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from operator import itemgetter

import pytest

from decision_service.application import adapters
from decision_service.decision.facts.case_facts import build_facts
from decision_service.reading.place import Place
from decision_service.reading.strict_json import InputError, read_json
from decision_service.reading.unread import ONLY_A_SENTENCE, Unread, sentences, unmapped, unread, untold
from decision_service.registers.ssbtek import register_answers
from norms.fault import MisfitError, dotted
from tests.decision_service.adapters.form import APPLICANT, answer, case, milliseconds
from tests.decision_service.decision.leaves import AGENCIES, Json, Way, complete, pattern, ways, with_value
from tests.world.cases import ROOT, engines, raw, read
from tests.world.sweeps import share, swept

PAIRS: Sequence[tuple[Json, Json]] = (
    ("QQQ", "RRR"),
    ("2026-02-30", "2026-02-31"),
    ("2031-05-06", "2031-05-07"),
    ("1900-01-05", "1900-01-07"),
    ("-71", "-72"),
    ("8171", "8172"),
    (["QQQ", "XXX"], ["RRR", "YYY"]),
    ({"QQQ": "1"}, {"QQQ": "2"}),
)
"""Two ways to write something else: a word, no day, a late day, an early, little, much, a list, an object."""

Told = Callable[[Json], tuple[Unread, ...]]


def of_registers(agencies: Json) -> tuple[Unread, ...]:
    """What the readers of the agencies' answers tell."""
    return register_answers(agencies).unmapped


def of_form(adapter: str) -> Told:
    """What an adapter tells; nothing of what it refuses."""

    def told(form: Json) -> tuple[Unread, ...]:
        try:
            return adapters.read(adapter, read_json(json.dumps(form).encode())).unmapped
        except InputError:
            return ()

    return told


def of_case(given: Json) -> tuple[Unread, ...]:
    """What cannot be used of a case; nothing of what is refused."""
    try:
        file = read(given)
        law = engines(file).law
    except (InputError, MisfitError):
        return ()
    return build_facts(file, law).unread


def sent(name: str) -> Json:
    """An application among the examples."""
    return json.loads((ROOT / "examples" / "applications" / f"{name}.json").read_bytes())


HELSINGBORG = of_form("mitt-helsingborg-v1")
SUNDSVALL = of_form("sundsvall-v1")
NUMBER = "198603032395"


def fk(**more: Json) -> Json:
    """An answer of Försäkringskassan with something odd in it."""
    nothing = {"formansinformation": {"utbetalningsuppgift": []}, "utbetalningar": []}
    return {"fk": {"utlamnare": AGENCIES["fk"]["utlamnare"], **nothing, **more}}


def known(**said: Json) -> Json:
    """What Försäkringskassan passes on of the person."""
    return fk(formansinformation={"utbetalningsuppgift": [], "generellPersoninformation": [said]})


def csn(**person: Json) -> Json:
    """CSN's answer about a person."""
    return {"csn": {**AGENCIES["csn"], "Personer": {"Person": person}}}


def coded(code: int, name: str) -> Json:
    """A code of LEFI."""
    return {"id": str(code), "beskrivning": name}


CAPITAL = {"Taxeringsar": "2026", "OverskottPaKapital": "30"}
PERSON = {"StatusPersonuppgiftKod": "0", "Kapitaluppgift": [CAPITAL, {**CAPITAL, "OverskottPaKapital": "31"}]}
FUNDS = "ArbetsloshetsersattningLista"
FUND = {"SvarandeOrganisation": "Kassan", "StatusSvarandeOrganisation": "nere"}
APPLIED = {"BeslutOmRattTillErsattning": "2026-10-25", "AnsokanOmUtbetalningInlamnad": "false"}
ROW = {**AGENCIES["fk"]["utbetalningar"][0]["utbetalningsrader"][0], "belopp": "5"}
PENSION = {**AGENCIES["fk"]["utbetalningar"][0], "bruttobelopp": "1100", "utbetalningsrader": [ROW]}
PAID = AGENCIES["fk"]["formansinformation"]["utbetalningsuppgift"][0]
BOTH = {
    **PAID,
    "foretag": {"id": "1003"},
    "datum": PENSION["utbetalningsdatum"],
    "nettobelopp": {"summa": PENSION["nettobelopp"], "valuta": "SEK"},
}
WITHHELD = {"avvikelse": {"kod": "FEL", "beskrivning": "Nere"}, "formansgrupp": {"kod": "FK:BOB"}}
ODD_ANSWERS: Sequence[Json] = (
    {"af": {"error": "Nere"}, "skv": "inget objekt"},
    {"af": {"error": {"kalla": "BT", "felkod": "1", "felmeddelande": ["Nere", "Försök igen"]}}},
    {"tns": {"resultat": "OK", "delar": [{"error": "Nere"}]}},
    {"af": {"Svar": {"StatusSokandeinformationKod": "4", "StatusSokandeinformationKodText": "Tekniskt fel"}}},
    fk(meddelande="Ej behörig"),
    fk(utlamnare=[{"utlamnare": {"kod": "FK"}, "tillstand": {"kod": "OK"}}] * 2),
    fk(utlamnare=[{"utlamnare": {"kod": code}, "tillstand": {"kod": "FEL"}} for code in ("FK", "PM", "XX")]),
    fk(formansinformation={}, utbetalningar=None),
    fk(avvikelser={"utbetalningar": [WITHHELD]}),
    fk(utbetalningar=[PENSION, {**PENSION, "avdrag": [{"avdragstyp": {"kod": "PM:UTMATNING"}}]}]),
    fk(
        formansinformation={"utbetalningsuppgift": [BOTH, {**PAID, "bruttobelopp": {"summa": "1500"}}]},
        utbetalningar=AGENCIES["fk"]["utbetalningar"],
    ),
    known(avled=["2026-10-02"], folkbokford=[], personnummer="8802092380x"),
    known(barn=[{"foddes": "2014-12-01", "avled": ["2026-01-02"]}, {"namn": "Utan dag"}]),
    known(samhorig=[{"namn": "Utan dag"}, {"foddes": "1986-03-03", "avled": ["2026-10-02"]}]),
    known(adress=[{"land": {"kod": "NO", "namn": "Norge"}}, {"postnummer": "123"}]),
    known(adress=[{"postnummer": "23142", "roller": [coded(2, "Särskild adress"), coded(4, "Ny adress")]}]),
    fk(formansinformation={"utbetalningsuppgift": [], "generellPersoninformation": [{"civilstand": {}}] * 2}),
    {"csn": {"GemensamtSvarEkbistand": {"Resultat": {"ResultatKod": "97", "ResultatText": "Stängt"}}}},
    {"csn": {"GemensamtSvarEkbistand": {"Resultat": {"ResultatKod": "0"}}}},
    {"csn": {**AGENCIES["csn"], "Personer": {"Person": [{"Status": "Avliden"}, {"Status": "Utvandrad"}]}}},
    csn(Studiestodstypforteckning={"studiemedel": "1"}),
    csn(Studiemedel={"Arenden": {"Arende": {"stodform": "SM", "status": "BEVILJAD"}}}),
    {"so": {FUNDS: {"Arbetsloshetsersattning": FUND}}},
    {"so": {"IdentificationNumber": "198802092387"}},
    *(
        {"so": {FUNDS: {"Arbetsloshetsersattning": {**FUND, "AnsoktOmErsattning": each}}}}
        for each in (APPLIED, {**APPLIED, "AnsokanOmUtbetalningInlamnad": None})
    ),
    {"skv": {"PersonuppgiftLista": {"Personuppgift": [PERSON, PERSON]}}},
    {"skv": {"Lista": "1"}},
    {"miv": {"faultString": "Nere"}},
    {"tns": {"resultat": "FEL", "felresultat": [{"felkod": "12", "feltext": "Personen saknas"}]}},
    {
        "so": {**AGENCIES["so"], "IdentificationNumber": "198906122398"},
        "miv": {"response": {"personnummer": "198802092387"}},
    },
)

MONTH = {"startDate": milliseconds(2026, 11, 1), "endDate": milliseconds(2026, 11, 30)}
NOW = answer("rent-1", "100", "month")
THEN = [answer("rent", "200", "amount"), {"field": {}, "value": "7"}]
FORMS = {"a": {"answers": [NOW]}, "b": {"answers": THEN}}
TWO_FORMS = {key: value for key, value in case(currentFormId="a", forms=FORMS).items() if key != "answers"}
CHILD_OF_THE_CASE = {"role": "children", "firstName": "Barn", "personalNumber": "201412012393"}
ODD_FORMS: Sequence[Json] = (
    TWO_FORMS,
    case(NOW, applicationType="annan", status={"type": "active:signature:pending"}),
    case(answer("noChanges", True)),
    case(answer("imgRent", [{"externalDisplayName": "avi.pdf"}])),
    case(answer("rent", "1"), applicationType=None, details={"period": {"startDate": "nov"}}),
    case(NOW, details={"period": {**MONTH, "endDate": milliseconds(2026, 12, 1)}}),
    case(
        answer("nyttFält", "700"),
        answer("annatFält", "text"),
        answer("hiddenAppliestoswish", "CHILDREN"),
        answer("swishApplicant", "10.000"),
        answer("message", "a" * 5000),
        answer("housingLease", True),
        answer("housingCondo", True),
        answer("typeStudies", "Svenska"),
        answer("salary.0.date", "2026-02-30"),
        answer("salary.1.date", "2026-10-25"),
        answer("buscard.0.date", "2026-11-02"),
        answer("othercost.0.text", "Vantar"),
    ),
    case(answer("rent", "100"), answer("rent", "200"), kind="recurring"),
    case(
        answer("applicantForeignPension", "100"),
        answer("applicantForeignPension.amount", "200"),
        answer("aloneForeignPension", "tusen"),
        answer("aloneForeignPension.amount", "200"),
        answer("numberpeopleLiving", "3"),
        answer("housingInfo.numberpeopleLiving", "4"),
    ),
    case(
        answer("assetCar", "1"),
        answer("assetCar.amount", "2"),
        answer("assetCar.x.amount", "3"),
        answer("applicantForeignPension", "100"),
        answer("applicantForeignPension.amount", "200"),
        answer("applicantForeignPension.amount ", "300"),
    ),
    case(
        answer("internetMonth", "600", "month", "month+1"),
        answer("electricityMonth", "600", "month-1"),
        answer("childcare", "600", "month+7"),
        answer("rent", "8000", "expenses", "boende", "amount", "month"),
        answer("trip.0.tripPurpose", "Semester"),
        answer("trip.0.amount", "50"),
        answer("medicineDoctor.0.text", "Massage"),
        answer("medicineDoctor.0.amount", "60"),
        answer("noSalary", True),
        answer("salary.0.amount", "100"),
    ),
    case(answer("salary.0.amount", "100"), answer("salaryApplicant.0.amount", "100"), together=True),
    case(
        answer("partnerSalary.0.amount", "900"),
        answer("coapplicantFulltime", True),
        answer("hiddenCoapplicant", NUMBER),
    ),
    case(
        answer("hiddenCoapplicant", NUMBER),
        answer("coapplicantInfo.coapplicantpersonalNumber", NUMBER),
        answer("partnerSalary.0.amount", "900"),
        answer("partnerSalary.0.amountHidden", "APPLICANT"),
        together=True,
    ),
    case(
        NOW, persons=[APPLICANT, {**APPLICANT, "firstName": "Annan"}, {"role": "granne", "firstName": "Bo"}]
    ),
    case(NOW, persons=[{**APPLICANT, "personalNumber": "198802092381"}]),
    case(answer("noChanges", True), kind="recurring", persons=[APPLICANT, CHILD_OF_THE_CASE]),
    case(
        answer("addChildren.0.childFirstname", "A"),
        answer("addChildren.0.livingChild", "Varannan helg hos mig"),
        answer("addChildren.1.childFirstname", "B"),
        answer("addChildren.1.livingChild", "Ibland"),
        answer("addChildren.1.school", "Högskola"),
        answer("addChildren.2.childFirstname", "Test"),
        answer("addChildren.2.childPersonalID", "198802092380"),
        answer("addChildren.3.childPersonalID", "198802092381"),
    ),
    case(
        answer("otherMessage", "Jag har flyttat ihop"),
        answer("housingInfo.contract", "Bor hos vuxna barn"),
        answer("personalInfo.email", "a" * 200),
        answer("applicantInfo.firstName", "Zeb"),
        kind="recurring",
    ),
)
ODD_PAYLOADS: Sequence[Json] = (
    {
        "incomes": [{"incomeType": "NYTT", "amount": "5"}, {"incomeType": "PENSION", "amount": "6"}],
        "costs": [{"costType": "NYTT", "appliedAmount": "x"}],
        "children": [{"partyId": "b1"}, {"partyId": "b1"}],
    },
)


def odd_cases() -> Iterator[Json]:
    """Cases in which something stands where it cannot belong."""
    given = complete()
    said = {**given["answers"][0], "value": "tjugo"}
    yield {**given, "as_of": "2026-10-28T09:12:00Z", "answers": [said]}
    for name in ("p9", "so"):
        yield {**given, "registers": {name: {"QQQ": "1"}}}
    abroad = {"street": "Gatan 1", "postalCode": "ABC", "city": None}
    row = {"person": "p9", "role": "CHILD", "granted": True}
    paid = {"person": "p9", "benefit": "FK:SJP", "paid": "2026-10-20", "amount": "3000"}
    plan = {"decided": "2026-10-30"}
    yield {
        **given,
        "as_of": "2026-10-28T09:12:00Z",
        "application": {
            **given["application"],
            "address": abroad,
            "costs": [{"costType": "RENT", "appliedAmount": "1", "otherSubType": "OTHER"}],
            "persons": [{"role": "APPLICANT", "needsInterpreter": False, "interpreterLanguage": "arabiska"}],
            "jobApplications": [{}, {"jobTitle": "Kock", "applicationDate": "2030-01-15"}],
        },
        "people": [
            {"id": "p1", "role": "APPLICANT", "days_in_home": 3, "in_school": True, "lunch_away": True}
        ],
        "activity": [{"person": "p9"}, {"person": "p1", "plan": plan}],
        "others": [row],
        "shown": [paid],
        "history": [{"month": "2026-10", "outcome": "BIFALL", "asked": "2027-01-01"}],
        "added": [{"place": "incomes[77]", "by": "A", "at": "2026-10-28T09:12:00Z", "reason": "R"}],
    }
    yield {
        **given,
        "application": {**given["application"], "address": {**abroad, "postalCode": None, "city": "Oslo"}},
    }
    yield {**given, "people": []}
    kind = ("fk", "utbetalningar", 0, "utbetalningsrader", 0, "formansgrupp", "kod")
    yield {**given, "registers": with_value(AGENCIES, kind, "QQQ")}


INPUTS: dict[str, tuple[Told, Json]] = {
    "registers": (of_registers, AGENCIES),
    "sundsvall": (SUNDSVALL, sent("sundsvall-v1")),
    "helsingborg": (HELSINGBORG, sent("mitt-helsingborg-v1-bifall")),
    "helsingborg, later": (HELSINGBORG, sent("mitt-helsingborg-v1-fortsatt")),
    **{f"odd answer {at}": (of_registers, each) for at, each in enumerate(ODD_ANSWERS)},
    **{f"odd form {at}": (HELSINGBORG, each) for at, each in enumerate(ODD_FORMS)},
    **{f"odd payload {at}": (SUNDSVALL, each) for at, each in enumerate(ODD_PAYLOADS)},
    **{f"odd case {at}": (of_case, each) for at, each in enumerate(odd_cases())},
}
OF_AGENCIES_AND_FORMS = [name for name in INPUTS if not name.startswith("odd case")]
SLOW = "odd case 3"
"""A whole case: in ``make check`` each of its values is another in a share of the ways."""


NOT_OF_THE_MATTER: Mapping[str, str] = {
    "details.period": "the month that every sum is held against; what is odd about it is told by itself",
    "answers[].field": "which field it is; what is odd about it is told by itself",
    "answers[]": "what is no answer at all is told by itself",
}
"""Values that decide what is told of others, and why those are told alike whatever is written here."""
OUTSIDE = "outside_the_possible"
_ALONE = ("unmapped",)
"""Kinds that are about the one value at their place."""


def is_there(place: str, excused: str) -> bool:
    """Whether a place is one of the excused, or lies in it."""
    place = place[max(place.find("answers[]"), 0) :]
    return place == excused or (excused != "answers[]" and place.startswith(f"{excused}."))


@cache
def alike(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """What is told of two written values in the same words and with the same checksum; and every kind that
    was told of anything."""
    told, given = INPUTS[name]
    before = {*told(given)}
    found, kinds = set[str](), {each.kind for each in before}
    places = [way for way, _ in ways(given)]
    of_the_matter = [
        way for way in places if not any(is_there(pattern(way), each) for each in NOT_OF_THE_MATTER)
    ]
    tried = itertools.product(of_the_matter, PAIRS)
    for way, (one, other) in share(tried, 4, itemgetter(0)) if name == SLOW else tried:
        place = dotted(way)
        first = {*told(with_value(given, way, one))} - before
        second = {*told(with_value(given, way, other))} - before
        kinds |= {each.kind for each in first | second}
        found |= {
            f"{place}: {each.sentence}"
            for each in first & second
            if each.written is not None and (each.kind not in _ALONE or each.where.startswith(place))
        }
    return frozenset(found), frozenset(kinds)


@swept("name", share(OF_AGENCIES_AND_FORMS, 3, lambda name: name.rpartition(" ")[0]))
def test_what_is_told_of_two_written_values_is_never_the_same(name: str) -> None:
    assert sorted(alike(name)[0]) == []


@pytest.mark.slow
def test_the_same_of_every_value_of_a_case() -> None:
    assert sorted(alike(SLOW)[0]) == []


SMALLER = ("generellPersoninformation",)
"""Lists whose members are wholes that several things are told of, each of a part."""


def around(given: Json, way: Way) -> Iterator[Way]:
    """The other values of the row that a value stands in: the outermost that is one thing."""
    numbers = [at for at, step in enumerate(way) if isinstance(step, int) and way[at - 1] not in SMALLER]
    for other, value in ways(given) if numbers else ():
        beside = other[: len(way)] != way and way[: len(other)] != other
        if beside and other[: numbers[0] + 1] == way[: numbers[0] + 1] and not isinstance(value, dict | list):
            yield other


@swept("agency", sorted(AGENCIES))
def test_what_is_told_of_a_value_is_another_where_anything_else_of_the_row_is(agency: str) -> None:
    """A payment of another month is another, also where the same cannot be read in it."""
    given, same = {agency: AGENCIES[agency]}, []
    before = {*of_registers(given)}
    for way, _ in ways(given):
        beside = [*around(given, way)]
        for odd, _ in PAIRS if beside else ():
            changed = with_value(given, way, odd)
            told = {
                each
                for each in {*of_registers(changed)} - before
                if each.written
                and each.kind not in _ALONE
                and (each.where.startswith(dotted(way)) or dotted(way).startswith(each.where))
            }
            for other in beside if told else ():
                still = told & {*of_registers(with_value(changed, other, "QQQ"))}
                same += [f"{dotted(other)}: {each.sentence}" for each in still]
    assert same == []


@pytest.mark.parametrize("called", [("Anna", "Bo"), ("Kim", "Kim"), ("", "")])
def test_what_one_register_tells_of_two_adults_is_two_things(called: tuple[str, str]) -> None:
    given = raw("familj-pa-fem")
    for number, name in enumerate(called):
        given["people"][number]["first_name"] = name

    def died(of_one: Json, of_other: Json) -> set[Unread]:
        registers = {**of_one, "p2": of_other}
        told = of_case({**given, "registers": registers})
        return {each for each in told if each.kind == "died"}

    dead, nothing = known(avled=["2026-10-02"]), fk()
    one, other = died(dead, nothing), died(nothing, dead)
    assert [len(one), len(other)] == [1, 1]
    assert not {each.sentence for each in one} & {each.sentence for each in other}
    assert not {each.written for each in one} & {each.written for each in other}
    assert died(dead, dead) == one | other


def test_what_a_register_tells_of_somebody_else_is_another_thing() -> None:
    given = raw("ensam-bifall")
    given["registers"] = known(avled=["2026-10-02"])
    name = ("people", 0, "first_name")
    first, second = (
        next(each for each in of_case(with_value(given, name, called)) if each.kind == "died").written
        for called in ("Anna", "Bo")
    )
    assert first != second


def test_of_a_value_that_is_derived_nobody_knows_what_was_written() -> None:
    """Two days of birth of long ago are the same age."""
    given = raw("familj-pa-fem")
    at = next(at for at, each in enumerate(given["people"]) if each["role"] == "CHILD")
    given["people"][at].pop("personal_number", None)
    told = [
        {each for each in of_case(with_value(given, ("people", at, "born"), born)) if each.kind == OUTSIDE}
        for born in ("1900-01-05", "1900-01-07")
    ]
    assert all(told)
    assert {each.written for each in told[0] | told[1]} == {None}


@swept(
    ("kind", "given"),
    [
        ("answered_twice", {"applicantForeignPension": "1", "applicantForeignPension.amount": "2"}),
        ("amount_as_written", {"applicantForeignPension": "tusen"}),
        ("answer", {"applicantForeignPension.date": "i går"}),
        ("unknown_field_of_money", {"applicantForeignPension.summa": "900"}),
    ],
)
def test_what_is_told_of_an_answer_is_of_all_that_was_answered_of_it(kind: str, given: Json) -> None:
    """Also of what is answered after it."""

    def told(last: Json) -> list[str | None]:
        answers = [answer(id_, value) for id_, value in {**given, **last}.items()]
        return [each.written for each in HELSINGBORG(case(*answers)) if each.kind == kind]

    more = [{"applicantForeignPension.amount": each} for each in ("3", "4")]
    if kind != "answer":
        more = [{"applicantForeignPension.date": each} for each in ("2026-10-20", "2026-10-21")]
    one, other = map(told, more)
    assert [len(one), len(other)] == [1, 1]
    assert one != other


@swept(
    ("kind", "given"),
    [
        ("unknown_school", [("school", "Högskola")]),
        ("unknown_living", [("livingChild", "Ibland")]),
        ("days_in_home", [("livingChild", "Varannan helg hos mig")]),
    ],
)
def test_a_child_without_a_name_is_no_known_thing(kind: str, given: Json) -> None:
    def told(**child: str) -> list[str | None]:
        said = {**child, **dict(given)}
        answers = [answer(f"addChildren.0.{name}", value) for name, value in said.items()]
        return [each.written for each in HELSINGBORG(case(*answers)) if each.kind == kind]

    number = {"childPersonalID": "201412012393"}
    assert told(**number) == told() == [None]
    (anna,), (bo,) = (told(**number, childFirstname=name) for name in ("Anna", "Bo"))
    assert None not in (anna, bo)
    assert anna != bo


def test_every_kind_is_told_of_something_here_and_has_its_sentence() -> None:
    """A kind without an input here would be judged by nobody."""
    kinds = {each.kind for told, given in INPUTS.values() for each in told(given)} | alike("registers")[1]
    assert sorted({*sentences()} - kinds) == ["more", ONLY_A_SENTENCE]


def test_many_more_are_told_as_one() -> None:
    place = Place({str(number): f"ord {number}" for number in range(5)})
    told = untold(place, lambda _: False, most=2)
    assert told[-1].sentence == "indata: ytterligare 3 uppgifter är okända och inte tolkade."
    place.value["4"] = "ord 5"
    assert untold(place, lambda _: False, most=2)[-1].written != told[-1].written


@swept("kind", ["different_answers", "hidden_field", "answer_in_another_form"])
def test_what_is_told_of_an_answer_that_is_not_used_is_of_all_beside_it(kind: str) -> None:
    """The same amount of another day is another, also where no amount of it is counted."""

    def told(day: str) -> list[str | None]:
        given = {
            "different_answers": [answer("partnerSalary.0.amount", each) for each in ("900", "800")],
            "hidden_field": [answer("partnerSalary.0.amountHidden", "X")],
            "answer_in_another_form": [answer("partnerSalary.0.amount", "900")],
        }
        answers = [*given[kind], answer("partnerSalary.0.date", day)]
        form = case(*answers)
        if kind == "answer_in_another_form":
            form["forms"] = {"a": {"answers": []}, "b": {"answers": form.pop("answers")}}
            form["currentFormId"] = "a"
        return [each.written for each in HELSINGBORG(form) if each.kind == kind and "date" not in each.where]

    one, other = told("2026-10-20"), told("2026-10-21")
    assert [len(one), len(other)] == [1, 1]
    assert None not in (*one, *other)
    assert one != other


@swept(
    "written",
    ["900", "-900.50", "900 kr", "900 kronor.", "9\u00a0000 SEK", "900:-", "kr 900", "\u2212900 kr"],
)
def test_what_is_written_with_kronor_may_be_money_whatever_its_field_is_called(written: str) -> None:
    assert unmapped(("x",), written).kind == "may_be_money"


def test_an_unknown_amount_is_of_all_that_was_answered_beside_it() -> None:
    """Of a child without a name nobody knows which it is, nor of a thing that has more than a form asks."""

    def told(base: str, **given: str) -> list[str | None]:
        answers = [answer(f"{base}.{name}", value) for name, value in given.items()]
        kind = "unknown_field_of_money"
        return [each.written for each in HELSINGBORG(case(*answers)) if each.kind == kind]

    days = [*(f"2026-10-{day}" for day in (20, 21)), ""]
    marks = [told("nytt.0", belopp="900", dag=day) for day in days]
    assert [len(each) for each in marks] == [1, 1, 1]
    assert len({each for (each,) in marks} - {None}) == 3
    assert told("addChildren.0", livingChild="Ibland", belopp="900") == [None]
    assert None not in told("addChildren.0", livingChild="Ibland", belopp="900", childFirstname="Bo")
    assert {*told("nytt.0", **{f"belopp{number}x": "900" for number in range(100)})} == {None}


@swept(
    "written",
    [
        *("19800101-1231", "198001011231", ["a", {"b": "8001011231"}], "", None, []),
        *("800101 1231", "Kim 800101-1231 skrev", {"800101-1231": "5"}, {"a": [{"1980-01-01-1231": 5}]}),
    ],
)
def test_a_number_of_a_person_and_nothing_have_no_checksum(written: Json) -> None:
    """From a checksum of a number the number can be found."""
    assert unread("x", "fixed_field", written).written is None


LAST = "2396"
WITH_A_NUMBER: Sequence[Json] = (
    f"Kim 880209-{LAST} skrev",
    f"19880209 {LAST}",
    [f"880209+{LAST}", {"a": f"880209\u2013{LAST}"}],
    {f"19880209-{LAST}": "5"},
    {"belopp": f"5 kr till 880209-{LAST}"},
)
"""Ways in which a number of a person may stand where it is not looked for."""


@swept("name", share(OF_AGENCIES_AND_FORMS, 5, lambda name: name.rpartition(" ")[0]))
def test_no_number_of_a_person_is_said_wherever_it_stands(name: str) -> None:
    """Nor has what is told of it a checksum."""
    no_number_is_said(name)


@pytest.mark.slow
@swept("name", [name for name in INPUTS if name.startswith("odd case") and name != SLOW])
def test_no_number_of_a_person_is_said_of_a_case(name: str) -> None:
    no_number_is_said(name)


def test_no_number_of_a_person_is_said_of_a_long_text() -> None:
    for before in ("", "Hej. " * 298, "Hej. " * 299 + "H"):
        told = unmapped(("x",), before + f"880209-{LAST} " * 2000)
        assert told.written is None
        assert LAST not in told.sentence
        assert "880209" not in told.sentence


def no_number_is_said(name: str) -> None:
    """Every value of an input, one at a time, with a number of a person in it."""
    told, given = INPUTS[name]
    before = {*told(given)}
    for way, _ in ways(given):
        for written in WITH_A_NUMBER:
            for each in {*told(with_value(given, way, written))} - before:
                assert LAST not in each.sentence
                assert each.written is None or not each.where.startswith(dotted(way))


@swept(
    "written",
    [
        *(
            "2026-10-01 - 2026-10-31",
            "2026-10-01/2026-10-31",
            "2026-10-01 2026-10-31",
            "2026-10-01 – 2026-10",
        ),
        *("2026-09-25 9000 kr", "2026-09-25: 9000:-", "2026-10-05 12:00", "2026-10-05T12:00:00.000+02:00"),
        *(
            "10 000 000 kr",
            "1 012 345 678,50",
            "1763765651123",
            "556000-1234",
            "5050-1055",
            "8105-9, 912 345",
        ),
        *("070-101 12 34", "070-1011234", "+46701011234", "Dnr 2026/1012-1", "KS 2026-123"),
    ],
)
def test_what_looks_like_a_number_of_a_person_and_is_none_is_said(written: str) -> None:
    told = unmapped(("x",), written)
    assert written in told.sentence
    assert told.written is not None


@swept("between", [" ", "-", " - ", "/", ", ", " – "])
@swept("born", ["19880209", "880209", "1988-02-09"])
def test_no_number_of_a_person_is_said_that_stands_after_a_day(born: str, between: str) -> None:
    """The day is none, and is said; nothing of the number is."""
    for parted in ("-", " "):
        told = unmapped(("x",), f"2026-10-31{between}{born}{parted}{LAST}")
        assert told.written is None
        assert told.sentence == f"x: uppgiften ”2026-10-31{between}[personnummer]” är okänd och inte tolkad."


def test_what_was_kept_as_a_sentence_is_read_and_nobody_knows_what_was_written() -> None:
    before = "rent: beloppet ”6.200” är inte tolkat."
    now = asdict(unread("rent", "unmapped", "6.200", value="6.200"))
    file = read(raw("ensam-bifall") | {"unmapped": [before, now]})
    assert [(each.sentence, each.written is None) for each in file.unmapped] == [
        (before, True),
        ("rent: uppgiften ”6.200” är okänd och inte tolkad.", False),
    ]
    written = json.loads(file.model_dump_json(by_alias=True))
    assert written["unmapped"] == [before, now]
    assert read(written) == file


@swept(
    "more",
    [
        {"written": "aaa"},
        {"written": "bbb"},
        {"where": "rent"},
        {"values": {"sentence": "x", "value": "y"}},
    ],
)
def test_a_sentence_with_more_about_it_is_kept_with_it(more: Json) -> None:
    kept = {"where": "", "kind": ONLY_A_SENTENCE, "values": {"sentence": "x"}, "written": None} | more
    file = read(raw("ensam-bifall") | {"unmapped": [kept]})
    assert json.loads(file.model_dump_json(by_alias=True))["unmapped"] == [kept]


@swept("told", ["x" * 4001, {"where": "", "kind": ONLY_A_SENTENCE, "values": {"sentence": "x" * 4001}}])
def test_a_sentence_too_long_is_refused_however_it_is_kept(told: Json) -> None:
    with pytest.raises(InputError) as raised:
        read(raw("ensam-bifall") | {"unmapped": [told]})
    (line,) = raised.value.lines
    assert line.startswith("unmapped[0]")


@swept(
    ("changed", "fault"),
    [
        ({"kind": "qqq"}, "unmapped[0].kind: ”qqq” är ingen sort"),
        ({"kind": "no_day", "values": {}}, "unmapped[0].values: Värdet ”value” saknas."),
        ({"sentence": "x"}, "unmapped[0].sentence: "),
    ],
)
def test_what_cannot_be_said_is_refused(changed: Json, fault: str) -> None:
    with pytest.raises(InputError) as raised:
        read(raw("ensam-bifall") | {"unmapped": [asdict(unread("x", "unmapped", 1)) | changed]})
    (line,) = raised.value.lines
    assert line.startswith(fault)


def test_a_sentence_leaves_out_what_is_not_known_and_reads_nothing_in_what_is() -> None:
    assert unread("", "af_status", status="4", message="").sentence == (
        "Arbetsförmedlingen svarade med status ”4”."
    )
    odd = unread("", "af_status", status="[{status}]", message="{status} [x]").sentence
    assert odd == "Arbetsförmedlingen svarade med status ”[{status}]” ({status} [x])."
