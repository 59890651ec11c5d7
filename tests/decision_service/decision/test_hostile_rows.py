"""Values that stand where they cannot matter, and rows, days and answers near a limit: what no expert would
let a machine decide, and beside it the nearest that it may."""

from __future__ import annotations

import copy
from typing import Any

from tests.decision_service.decision.test_asked import AF, asked, person
from tests.decision_service.decision.test_hostile import (
    PAYMENTS,
    PLAN,
    SICKNESS,
    counted,
    paid,
    sessions,
    wage,
)
from tests.decision_service.decision.test_hostile_answers import (
    ALLOWANCE,
    KID,
    MAINTENANCE,
    ONLY_ALLOWANCE,
    A,
    Patch,
    incomes,
    planning,
    row,
)
from tests.world.cases import decided, raw
from tests.world.sweeps import swept

FUND = "/registers/so/ArbetsloshetsersattningLista/Arbetsloshetsersattning"
BEFORE = "/history/0"
MISPLACED = {"OTOLKADE_UPPGIFTER"}


def cost(kind: str, amount: Any, **more: Any) -> Patch:
    """One more cost."""
    return f"{A}/costs/-", {"costType": kind, "appliedAmount": amount, **more}


def first_cost(**more: Any) -> list[Patch]:
    """More said of the rent."""
    return [(f"{A}/costs/0/{name}", value) for name, value in more.items()]


def recipient(text: str) -> list[Patch]:
    """Whom the rent is paid to, or for when."""
    return first_cost(recipientOrPeriod=text)


def news(text: str) -> list[Patch]:
    """What the applicant adds at the end."""
    return [(f"{A}/otherInformation", text)]


def sickness(*payments: dict[str, Any]) -> list[Patch]:
    """Sickness benefit, 3 100 kronor in September and as told in October."""
    return [
        (PAYMENTS, [paid(SICKNESS, 3100, "2026-09-25"), *payments]),
        (f"{BEFORE}/payments", [counted("FK:SJP", 3100, "2026-09-25")]),
    ]


def unemployment(**more: Any) -> Patch:
    """A payment of an unemployment fund, where none came before."""
    told = {"Utbetalningsdatum": "2026-10-21", "NettoEfterSkatt": "1500", "NettoEfterAvdrag": "1500"}
    return f"{FUND}/Utbetalningar", [{**told, "AvserFrom": "2026-10-05", "AvserTom": "2026-10-18", **more}]


def studies(status: str, day: str) -> Patch:
    """A payment of CSN, 4 160 kronor, that is made or planned."""
    belopp = {"Beloppen": {"Belopp": [{"beloppstyp": "GRUNDB", "totbelopp": "4160"}]}}
    weeks = {"startvecka": "202640", "slutvecka": "202643", **belopp}
    payment = {"utbetstatus": status, "utbetdatum": day, "totbelopp": "4160"}
    plan = {"Utbetalning": [{**payment, "Utbetaldatider": {"Utbetaldtid": weeks}}]}
    case = {"Arende": {"stodform": "SM", "status": "BEVILJAD", "UtbetalningsPlan": plan}}
    someone = {"Studiestodstypforteckning": {"studiemedel": "1"}, "Studiemedel": {"Arenden": case}}
    answered = {"GemensamtSvarEkbistand": {"Resultat": {"ResultatKod": "0"}}}
    return "/registers/csn", {**answered, "Personer": {"Person": someone}}


def home(postal_code: str, city: str) -> Patch:
    """Where the applicant says to live."""
    return f"{A}/address", {"street": "Storgatan 1", "postalCode": postal_code, "city": city}


def added(place: str) -> Patch:
    """A row that an official says to have added."""
    return "/added", [{"place": place, "by": "Bo", "at": "2026-10-28T08:00:00Z", "reason": "samtal"}]


def receipt(day: str, amount: int, approved: int, asked: str | None = None) -> list[Patch]:
    """Medicine of a day, and what the last decision approved of medicine, prepared on a day."""
    before = [(f"{BEFORE}/costs/MEDICINE", approved)] if approved else []
    when = [(f"{BEFORE}/asked", asked)] if asked else []
    return [cost("MEDICINE", amount, costDate=day), *before, *when]


ROWS: dict[str, tuple[list[Patch], set[str]]] = {
    # --- a value where it cannot belong
    "a sub-type of a rent": (first_cost(otherSubType="ACUTE_DENTAL"), MISPLACED),
    "a sub-type of an other cost": (
        [cost("OTHER", 200, otherSubType="MUNICIPAL_FEES")],
        {"KOSTNAD_NY_ELLER_HÖGRE"},
    ),
    "the registers asked in a year to come": ([(f"{BEFORE}/asked", "2027-01-01")], MISPLACED),
    "the registers asked today": ([(f"{BEFORE}/asked", "2026-10-28")], set()),
    "an adult at home ten days": ([("/people/0/days_in_home", 10)], MISPLACED),
    "an adult at home all the month": ([("/people/0/days_in_home", 30)], set()),
    "an adult in school": ([("/people/0/in_school", True)], MISPLACED),
    "an adult in no school": ([("/people/0/in_school", False)], set()),
    "an adult with lunch in school": ([("/people/0/lunch_away", True)], MISPLACED),
    "an adult with lunch at home": ([("/people/0/lunch_away", False)], set()),
    "a plan for nobody here": ([("/activity/-", {"person": "p9", "plan": {}})], MISPLACED),
    "registers of nobody here": ([("/registers/p9", raw("ensam-bifall")["registers"])], MISPLACED),
    "another application with nobody here": (
        [("/others", [{"person": "p9", "role": "CHILD", "granted": True}])],
        MISPLACED,
    ),
    "a payment shown to nobody here": (
        [("/shown", [{"person": "p9", "benefit": "FK:SJP", "paid": "2026-10-20", "amount": 3000}])],
        MISPLACED,
    ),
    "looks for work with a certificate of illness": (
        [planning("JOBSEEKING", certificateAttached=True)],
        {"PLANERING_MOTSÄGS"},
    ),
    "looks for work without a certificate": ([planning("JOBSEEKING", certificateAttached=False)], set()),
    "looks for work at a level of SFI": ([planning("JOBSEEKING", sfiStudyPath=2)], {"PLANERING_MOTSÄGS"}),
    "reads SFI at a level": ([planning("SFI", sfiStudyPath=2, sfiCourse="B")], set()),
    "looks for work beside SFI at a level": (
        [
            planning("JOBSEEKING"),
            (f"{A}/plannings/-", {"person": "p1", "planningType": "SFI", "sfiCourse": "C"}),
        ],
        set(),
    ),
    "a row added that is not there": ([added("costs[70]")], MISPLACED),
    "a row added that is there": ([added("costs[0]")], set()),
    "a person added who is not there": ([added("people[3]")], MISPLACED),
    "a person added who is there": ([added("people[0]")], set()),
    "taken for granted, of no field": (
        [("/assumed", [{"field": "hushåll.boende", "decision": "§ 1"}])],
        MISPLACED,
    ),
    "taken for granted, of a field": (
        [("/assumed", [{"field": "persons[0].signed", "decision": "§ 1"}])],
        set(),
    ),
    "a plan decided after it was told": ([(f"{PLAN}/decided", "2026-10-29")], MISPLACED),
    "a plan decided as it was told": ([(f"{PLAN}/decided", "2026-10-28")], set()),
    # --- where somebody lives
    "an address in Berlin": ([home("D-10115", "Berlin")], MISPLACED),
    "an address in a town and no number": ([home("Berlin", "Tyskland")], MISPLACED),
    "an address in Skåne": ([home("252 25", "Helsingborg")], set()),
    "an address with the sign of Sweden": ([home("SE-252 25", "Helsingborg")], set()),
    "known at an address in Madrid": (
        [("/people/0/address", {"street": "Calle 1", "postalCode": "28001 Madrid"})],
        MISPLACED,
    ),
    "registered in Spain": ([person(adress=[{"land": {"kod": "ES", "namn": "Spanien"}}])], MISPLACED),
    "registered in Sweden": (
        [person(adress=[{"postnummer": "25225", "land": {"kod": "SE", "namn": "Sverige"}}])],
        set(),
    ),
    "registered at no Swedish number": ([person(adress={"postnummer": "1011 AB"})], MISPLACED),
    "staying at another place": (
        [person(adress=[{"roller": {"id": 1, "beskrivning": "Vistelseadress"}, "postnummer": "69281"}])],
        MISPLACED,
    ),
    "registered at a place": (
        [person(adress=[{"roller": {"beskrivning": "Folkbokföringsadress"}, "postnummer": "69281"}])],
        set(),
    ),
    # --- receipts
    "the same receipt again": (receipt("2026-10-05", 238, 238, "2026-10-06"), {"SAMMA_KVITTO"}),
    "a receipt of the day of the last decision": (
        receipt("2026-10-06", 238, 238, "2026-10-06"),
        {"SAMMA_KVITTO"},
    ),
    "a receipt of the day after": (receipt("2026-10-07", 238, 238, "2026-10-06"), set()),
    "another amount": (receipt("2026-10-05", 238, 237, "2026-10-06"), set()),
    "equal, and nobody knows when it was decided": (receipt("2026-10-05", 238, 238), set()),
    "a visit that has not been": (receipt("2026-10-29", 238, 0), {"KVITTO_EFTER_ANSÖKAN"}),
    "a visit today": (receipt("2026-10-28", 238, 0), set()),
    # --- words
    "nothing new": (news("Nej, inget nytt."), set()),
    "no change": (news("Ingen förändring"), set()),
    "nothing new, and something": (news("Inget nytt. Min son flyttade hem."), {"MEDDELANDE"}),
    "no thanks, and something": (news("Nej tack, men jag flyttar den 15"), {"MEDDELANDE"}),
    "hello, and something": (news("Hej! Jag har fått jobb"), {"MEDDELANDE"}),
    "hello": (news("Hej!"), set()),
    "a question mark": (news("?"), set()),
    "an attachment is told of": (news("Se bilaga"), {"MEDDELANDE"}),
    "yes": (news("Ja"), {"MEDDELANDE"}),
    "rent of a quarter": (recipient("Kvartal 4"), {"MEDDELANDE"}),
    "rent of two months": (recipient("okt-nov"), {"MEDDELANDE"}),
    "rent from and to": (recipient("2026-10 till 2026-12"), {"MEDDELANDE"}),
    "half the rent": (recipient("1/2 hyra"), {"MEDDELANDE"}),
    "rent that is paid": (recipient("redan betald"), {"MEDDELANDE"}),
    "rent that is due": (recipient("HSB, förfallen"), {"MEDDELANDE"}),
    "rent to a tenant": (recipient("Anna Andersson, hyresgäst"), {"MEDDELANDE"}),
    "rent to a father": (recipient("pappas lägenhet"), {"MEDDELANDE"}),
    "rent through another board": (recipient("Socialtjänsten Lund"), {"MEDDELANDE"}),
    "rent to a company with a town": (recipient("Bostäder Lund AB"), set()),
    "electricity with more in it": ([(f"{A}/costs/1/specification", "inkl. bredband")], {"MEDDELANDE"}),
    "a business of one's own": (
        wage(9000, planningType="WORK", workExtent="FULL", workDescription="Egen firma"),
        {"MEDDELANDE"},
    ),
    # --- incomes near a limit
    "a wage split over the end of a month": (
        incomes(
            row("SALARY", 2500, "2026-09-30"), row("SALARY", 2500, "2026-10-01"), before={"SALARY": 2500}
        ),
        {"DUBBEL_INKOMST"},
    ),
    "a wage of the last day": (incomes(row("SALARY", 5000, "2026-10-31"), before={"SALARY": 5000}), set()),
    "a wage of the first day after": (
        incomes(row("SALARY", 5000, "2026-11-01"), before={"SALARY": 5000}),
        {"INKOMST_ANNAN_MÅNAD", "INKOMST_BORTA"},
    ),
    "a wage of the year before": (
        incomes(row("SALARY", 5000, "2025-10-25"), before={"SALARY": 5000}),
        {"INKOMST_ANNAN_MÅNAD", "INKOMST_BORTA"},
    ),
    "a wage of a month and no day": (
        incomes({"incomeType": "SALARY", "amount": 5000, "month": "2026-10"}, before={"SALARY": 5000}),
        set(),
    ),
    "a wage of two months": (
        incomes(row("SALARY", 5000, month="2026-09"), before={"SALARY": 5000}),
        {"INKOMST_BORTA", "UPPGIFT_OMSTRIDD", "UTFALL_OKÄNT"},
    ),
    "a last wage": (
        incomes(row("SALARY", 5000, description="slutlön"), before={"SALARY": 5000}),
        {"MEDDELANDE"},
    ),
    "a small gift": (incomes(row("GIFT", 50), before={"GIFT": 50}), {"INKOMST_BEDÖMS"}),
    "rent from a child": (
        incomes(row("RENT_SHARE_FROM_CHILD", 1000), before={"RENT_SHARE_FROM_CHILD": 1000}),
        {"INKOMST_BEDÖMS"},
    ),
    "a pension from abroad as before": (
        incomes(row("FOREIGN_PENSION", 1000), before={"FOREIGN_PENSION": 1000}),
        set(),
    ),
    "a wage, and the same from the fund": (
        [
            *incomes(row("SALARY", 5000), before={"SALARY": 5000}),
            unemployment(Utbetalningsdatum="2026-10-25", NettoEfterSkatt="5000", NettoEfterAvdrag="5000"),
        ],
        {"DUBBEL_INKOMST", "NY_INKOMST"},
    ),
    # --- costs
    "rent for two months": (first_cost(appliedAmount=12400), {"HYRA_HÖJD", "HYRA_ÖVER_GRÄNS"}),
    "insurance for a year": ([(f"{A}/costs/2/appliedAmount", 1680)], {"KOSTNAD_NY_ELLER_HÖGRE"}),
    "an öre of electricity": ([(f"{A}/costs/1/appliedAmount", "0.01")], {"KOSTNAD_MYCKET_LÄGRE"}),
    "no electricity": ([(f"{A}/costs/1/appliedAmount", 0)], {"KOSTNAD_BORTA"}),
    "a fee of nothing": ([cost("UNION_FEE", 0)], {"KOSTNAD_NY_ELLER_HÖGRE"}),
    "medicine of a day to come": ([cost("MEDICINE", 200, costDate="2026-12-02")], {"KOSTNAD_ANNAN_MÅNAD"}),
    "medicine and care up to the limit": (
        [*(cost("MEDICINE", amount) for amount in (100, 110, 130)), cost("MEDICAL_CARE", 160)],
        set(),
    ),
    "medicine and care a krona more": (
        [*(cost("MEDICINE", amount) for amount in (100, 110, 131)), cost("MEDICAL_CARE", 160)],
        {"VÅRDKOSTNAD"},
    ),
    "a child is minded where none is": (
        [cost("CHILDCARE_FEE", 500)],
        {"BARNOMSORG_UTAN_BARN", "KOSTNAD_NY_ELLER_HÖGRE"},
    ),
    # --- registers
    "a benefit paid back": (
        sickness(paid(SICKNESS, 3100, "2026-10-26"), paid(SICKNESS, -500, "2026-10-27")),
        {"OTOLKADE_UPPGIFTER"},
    ),
    "a benefit in two parts": (
        sickness(paid(SICKNESS, 1550, "2026-10-10"), paid(SICKNESS, 1550, "2026-10-26")),
        set(),
    ),
    "half the benefit": (sickness(paid(SICKNESS, 1500, "2026-10-26")), {"INKOMST_ÄNDRAD"}),
    "a benefit for July": (
        sickness(
            {**paid(SICKNESS, 3100, "2026-10-26"), "period": {"fran": "2026-07-01", "till": "2026-07-31"}}
        ),
        {"AVSER_ANNAN_TID"},
    ),
    "more after tax than before": (
        sickness({**paid(SICKNESS, 3100, "2026-10-26"), "bruttobelopp": {"summa": "2000", "valuta": "SEK"}}),
        {"OTOLKADE_UPPGIFTER"},
    ),
    "a benefit that is paid to the board": (
        sickness({**paid(SICKNESS, 3100, "2026-10-26"), "betalningsmottagare": "Socialnämnden"}),
        {"OTOLKADE_UPPGIFTER"},
    ),
    "a fund that has drawn something": (
        [unemployment(NettoEfterAvdrag="900")],
        {"NY_INKOMST", "OTOLKADE_UPPGIFTER"},
    ),
    "a fund that pays for July": (
        [unemployment(AvserFrom="2026-07-05", AvserTom="2026-07-18")],
        {"AVSER_ANNAN_TID", "NY_INKOMST"},
    ),
    "a fund that pays on a day to come": (
        [unemployment(Utbetalningsdatum="2026-11-21")],
        {"FRAMTIDA_UTBETALNING"},
    ),
    "a student of last spring": ([studies("UTBETALD", "2026-06-23")], set()),
    "a student who is paid": ([studies("UTBETALD", "2026-10-23")], {"NY_INKOMST", "STUDIEMEDEL"}),
    "a student who will be": (
        [studies("PLANERAD", "2026-11-25")],
        {"PLANERAD_UTBETALNING", "STUDIER_I_REGISTER"},
    ),
    "a student whose payment is taken back": ([studies("ÅTERKRAV", "2026-10-23")], {"OTOLKADE_UPPGIFTER"}),
    "three quarters of the time at the employment service": (
        [(f"{AF}/ArbetssokandeOmfattning", "75")],
        {"SÖKER_DELTID"},
    ),
    "a late report": (
        [(f"{AF}/AktivetetsRapportDatum/SenasteAktivitetsRapportDatum", "2026-10-16")],
        {"AKTIVITETSRAPPORT_SEN"},
    ),
    # --- attendance and plan
    "a plan of a day to come": ([(f"{PLAN}/decided", "2027-01-01")], {"PLANERING_BESLUTAD_EFTER"}),
    "a plan that begins after": ([(f"{PLAN}/first", "2026-12-01")], {"PLANERING_UTGÅNGEN"}),
    "at another place all the month": ([sessions("ELSEWHERE")], {"ALLT_PÅ_ANNAT_HÅLL"}),
    "all ill without a certificate": (
        [planning("SICK_LEAVE", sickLeaveLevel=100, certificateAttached=False)],
        {"LÄKARINTYG_SAKNAS"},
    ),
    "sixty seven, and no pension": ([("/people/0/born", "1959-11-01")], {"PENSION_SAKNAS"}),
    "eighteen within the month": ([("/people/0/born", "2008-11-15")], {"SÖKANDE_UNDER_18"}),
}

FAMILIES: dict[str, tuple[list[Patch], set[str]]] = {
    "in another way, two days": (
        [(f"{A}/children/0/residenceExtent", "OTHER"), (f"{A}/children/0/daysInHome", 2)],
        {"BARNETS_DAGAR", "BARNETS_ÖVERSKOTT"},
    ),
    "in another way, nine days": (
        [(f"{A}/children/0/residenceExtent", "OTHER"), (f"{A}/children/0/daysInHome", 9)],
        {"BARNETS_DAGAR", "BARNETS_ÖVERSKOTT"},
    ),
    "in another way, ten days": (
        [(f"{A}/children/0/residenceExtent", "OTHER"), (f"{A}/children/0/daysInHome", 10)],
        {"BARNETS_ÖVERSKOTT"},
    ),
    "half the time, as another says": (
        [
            (f"{A}/children/0/residenceExtent", "HALF_TIME"),
            (f"{A}/children/0/daysInHome", 15),
            ("/people/1/days_in_home", 10),
        ],
        {"UPPGIFT_OMSTRIDD", "UTFALL_OKÄNT"},
    ),
    "all the time, ten days": ([("/people/1/days_in_home", 10)], {"BARNETS_DAGAR"}),
    "twenty one within the month": (
        [("/people/1/born", "2005-11-15"), ("/people/1/in_school", True)],
        {"FYLLT_21", "MER_BARNBIDRAG"},
    ),
    "eighteen within the month, and no word of school": (
        [("/people/1/born", "2008-11-15")],
        {"MER_BARNBIDRAG", "UPPGIFT_SAKNAS"},
    ),
    "a child that the register has another day for": (
        [person(barn=[{"foddes": "2019-11-11"}])],
        {"BARN_I_REGISTER"},
    ),
    "one child more in the register": (
        [person(barn=[{"foddes": "2019-11-20"}, {"foddes": "2020-01-10"}])],
        {"BARN_I_REGISTER"},
    ),
    "a grown child in the register": (
        [person(barn=[{"foddes": "2019-11-20"}, {"foddes": "2000-01-10"}])],
        set(),
    ),
    "allowance for two": (
        [
            (
                PAYMENTS,
                [paid(ALLOWANCE, 2650, "2026-10-20"), paid(ALLOWANCE, 2650, "2026-09-18"), *MAINTENANCE],
            )
        ],
        {"MER_BARNBIDRAG"},
    ),
    "a wage of the child, and the year is not known": (
        incomes(row("SALARY", 3000, recipient="b1"), before={}),
        {"NY_INKOMST", "UPPGIFT_SAKNAS", "UTFALL_OKÄNT"},
    ),
    "maintenance told and in the register": (
        [
            *incomes(row("CHILD_SUPPORT", 1673, "2026-10-23"), before={"CHILD_SUPPORT": 1673}),
            (
                PAYMENTS,
                [*ONLY_ALLOWANCE, *MAINTENANCE],
            ),
            (
                f"{BEFORE}/payments",
                [counted("FK:ABB", 1250, "2026-09-18"), counted("FK:underhållsstöd", 1673, "2026-09-24")],
            ),
        ],
        {"DUBBEL_INKOMST"},
    ),
    "parental benefit, and looks for work": (
        [(PAYMENTS, [*KID[0][1], paid(("FP", "Föräldrapenning"), 2000, "2026-10-23")])],
        {"ERSÄTTNING_MOT_PLANERING", "NY_INKOMST"},
    ),
    "a grown child who lives there and is not counted": (
        [(f"{A}/otherAdults", ["ADULT_CHILD"])],
        {"ANDRA_VUXNA"},
    ),
    "a grown child who is counted": (
        [
            (f"{A}/otherAdults", ["ADULT_CHILD"]),
            (f"{A}/housingPersonCount", 3),
            (f"{BEFORE}/housing_person_count", 3),
        ],
        set(),
    ),
}


def funds(*people: str) -> list[Patch]:
    """A fee for each of some people, as many as were approved."""
    fees = [cost("UNEMPLOYMENT_FUND", 150 + number, person=each) for number, each in enumerate(people)]
    return [
        *fees,
        (f"{BEFORE}/costs/UNEMPLOYMENT_FUND", sum(each["appliedAmount"] for _, each in fees)),
        (f"{BEFORE}/cost_rows", {"UNEMPLOYMENT_FUND": len(fees)}),
    ]


def tied(*numbers: str) -> list[Patch]:
    """To whom the population register ties the applicant, and what number the other has."""
    return [
        ("/people/1/born", None),
        ("/people/1/personal_number", OTHERS_NUMBER),
        person(civilstand={"id": "2"}, samhorig=[{"personnummer": each} for each in numbers]),
        (
            "/registers/p2/fk/formansinformation/generellPersoninformation",
            [{"civilstand": {"id": "2"}}],
        ),
    ]


OTHERS_NUMBER = "198906122398"

COUPLES: dict[str, tuple[list[Patch], set[str]]] = {
    "a fee for each": (funds("p1", "p2"), set()),
    "two fees for one": (funds("p1", "p1"), {"FLERA_KOSTNADER"}),
    "two fees for one, by name and by role": (funds("p2", "CO_APPLICANT"), {"FLERA_KOSTNADER"}),
    "the other wants the money another way": (
        [(f"{A}/persons/1/paymentSameAsPrevious", False)],
        {"ANNAN_UTBETALNING"},
    ),
    "the other says nothing of the money": ([(f"{A}/persons/1/paymentSameAsPrevious", None)], set()),
    "the other is at home twelve days": ([("/people/1/days_in_home", 12)], MISPLACED),
    "one is tied to nobody here": (tied("191212121212"), {"CIVILSTÅND_I_REGISTER"}),
    "one is tied to nobody here, by ten digits": (tied("1212121212"), {"CIVILSTÅND_I_REGISTER"}),
    "one is tied to the other": (tied(OTHERS_NUMBER), set()),
    "one is tied to the other, by ten digits": (tied(OTHERS_NUMBER[2:]), set()),
    "one is tied to the other and to somebody else": (
        tied(OTHERS_NUMBER, "191212121212"),
        {"CIVILSTÅND_I_REGISTER"},
    ),
    "one is tied to who was born as the other": ([person(samhorig=[{"foddes": "1985-06-30"}])], set()),
    "one is tied to who was born another day": (
        [person(samhorig=[{"foddes": "1985-06-29"}])],
        {"CIVILSTÅND_I_REGISTER"},
    ),
    "one is tied to a number of the day": ([person(samhorig={"personnummer": "198506300000"})], set()),
    "one is tied to a coordination number of the day": (
        [person(samhorig={"personnummer": "8506900000"})],
        set(),
    ),
    "one is tied to a number of another day": (
        [person(samhorig={"personnummer": "198507300000"})],
        {"CIVILSTÅND_I_REGISTER"},
    ),
    "one is tied to somebody who was not told": (
        [person(samhorig=[{"namn": "Lo"}])],
        MISPLACED,
    ),
    "the other moved in": (
        [(f"{BEFORE}/marital_status", "SINGLE"), (f"{BEFORE}/people", ["p1"])],
        {"CIVILSTÅND_ÄNDRAT", "HUSHÅLL_ÄNDRAT"},
    ),
    "the other moved out": (
        [(f"{A}/maritalStatus", "SINGLE")],
        {"CIVILSTÅND_STÄMMER_INTE", "CIVILSTÅND_ÄNDRAT"},
    ),
    "the other applies elsewhere": (
        [("/others", [{"person": "p2", "role": "APPLICANT", "granted": True}])],
        {"SÖKER_I_ANNAN"},
    ),
    "the wage is the one's who looks for work": (
        [(f"{A}/incomes/0/recipient", "p1")],
        {"ARBETE_UTAN_LÖN", "LÖN_UTAN_ARBETE"},
    ),
    "the wage is the other's, by role": ([(f"{A}/incomes/0/recipient", "CO_APPLICANT")], set()),
}


@swept("kind", ROWS)
def test_a_single_adult(kind: str) -> None:
    patches, codes = copy.deepcopy(ROWS[kind])
    assert asked("ensam-bifall", *patches) == codes


@swept("kind", FAMILIES)
def test_a_parent_and_a_child(kind: str) -> None:
    patches, codes = copy.deepcopy(FAMILIES[kind])
    assert asked("barn-fyller-7", *copy.deepcopy(KID), *patches) == codes


@swept("kind", COUPLES)
def test_a_couple(kind: str) -> None:
    patches, codes = copy.deepcopy(COUPLES[kind])
    assert asked("par-bifall", *patches) == codes


def test_what_cannot_belong_is_told_by_its_place() -> None:
    """The person who is asked reads where the value stands."""
    case = raw("ensam-bifall")
    case["application"]["costs"][0]["otherSubType"] = "OTHER"
    case["history"][0]["asked"] = "2027-01-01"
    told = decided(case).unread
    assert any("costs[0].otherSubType" in each for each in told)
    assert any("history[0].asked" in each for each in told)
