"""Rich inputs, and odd ones, of which something could not be read, each with what tells what that was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from decision_service.application import adapters
from decision_service.decision.facts.case_facts import build_facts
from decision_service.reading.strict_json import InputError, read_json
from decision_service.reading.unread import Unread
from decision_service.registers.ssbtek import register_answers
from norms.fault import MisfitError
from tests.decision_service.adapters.form import APPLICANT, answer, case, milliseconds
from tests.decision_service.decision.leaves import AGENCIES, Json, complete, with_value
from tests.world.cases import ROOT, engines, read

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
