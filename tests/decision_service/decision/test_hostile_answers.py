"""Answers that may each be right and not together, rows said in other shapes, and registers that answer with
half of it: what no expert would let a machine decide, and beside it the nearest that it may."""

from __future__ import annotations

from typing import Any

from tests.decision_service.decision.test_asked import AF, FK, PERMIT, asked, permits, person
from tests.decision_service.decision.test_hostile import (
    PAYMENTS,
    PLAN,
    SICKNESS,
    counted,
    paid,
    sessions,
    wage,
)
from tests.world.sweeps import swept

Patch = tuple[str, Any]
A = "/application"
P2_PERSON = "/registers/p2/fk/formansinformation/generellPersoninformation"
ALLOWANCE = ("ABB", "Barnbidrag")
SUPPORT, DISABILITY = ("US", "Underhållsstöd"), ("SE", "Sjukersättning")


def maintenance(amount: int) -> list[dict[str, Any]]:
    """Maintenance support for the months before, kronor a month."""
    return [paid(SUPPORT, amount, day) for day in ("2026-09-24", "2026-10-23")]


MAINTENANCE = maintenance(1673)
ONLY_ALLOWANCE = [paid(ALLOWANCE, 1250, "2026-10-20"), paid(ALLOWANCE, 1250, "2026-09-18")]
KID: list[Patch] = [(PAYMENTS, [*ONLY_ALLOWANCE, *MAINTENANCE])]


def row(kind: str, amount: Any, day: str = "2026-10-25", **more: Any) -> dict[str, Any]:
    """An income that the application names."""
    return {"incomeType": kind, "amount": amount, "incomeDate": day, **more}


def incomes(*rows: dict[str, Any], before: dict[str, Any]) -> list[Patch]:
    """Incomes of the application, and what the last decision counted."""
    return [
        (f"{A}/hasIncomes", True),
        (f"{A}/incomes", [*rows]),
        ("/history/0/incomes", before),
        ("/history_complete", True),
    ]


def planning(kind: str, **more: Any) -> Patch:
    """The only planning of the applicant."""
    return f"{A}/plannings", [{"person": "p1", "planningType": kind, **more}]


def housing(form: str, now: int, before: int) -> list[Patch]:
    """How the household lives, and how many share the home now and before."""
    return [
        (f"{A}/housingForm", form),
        (f"{A}/housingPersonCount", now),
        ("/history/0/housing_person_count", before),
    ]


SINGLE: dict[str, tuple[list[Patch], set[str]]] = {
    # --- the home
    "two sorts of other adults, two in the home": (
        [*housing("RENTAL", 2, 2), (f"{A}/otherAdults", ["PARENT", "RELATIVE"])],
        {"ANDRA_VUXNA"},
    ),
    "two sorts of other adults, three in the home": (
        [*housing("RENTAL", 3, 3), (f"{A}/otherAdults", ["PARENT", "RELATIVE"])],
        set(),
    ),
    "lodges with nobody": (housing("LODGER", 1, 1), {"ANDRA_VUXNA"}),
    "lodges with two": (housing("LODGER", 3, 3), set()),
    "with the parents, who are not counted": (housing("LIVING_WITH_PARENTS", 1, 1), {"ANDRA_VUXNA"}),
    "eighteen, with the parents": (
        [*housing("LIVING_WITH_PARENTS", 3, 3), ("/people/0/born", "2008-10-01")],
        {"UNG_HOS_FÖRÄLDRAR"},
    ),
    "twenty one in the month, with the parents": (
        [*housing("LIVING_WITH_PARENTS", 3, 3), ("/people/0/born", "2005-11-30")],
        set(),
    ),
    "twenty one the day after, with the parents": (
        [*housing("LIVING_WITH_PARENTS", 3, 3), ("/people/0/born", "2005-12-01")],
        {"UNG_HOS_FÖRÄLDRAR"},
    ),
    "in prison or without a home, no costs": (
        [(f"{A}/housingForm", "NO_HOUSING_OR_INSTITUTION"), (f"{A}/costs", []), ("/history/0/costs", {})],
        {"INGEN_BOSTAD"},
    ),
    "no costs, as before": ([(f"{A}/costs", []), ("/history/0/costs", {})], set()),
    "a sublet that is not approved, in a rented flat": (
        [(f"{A}/housingForm", "RENTAL"), (f"{A}/subletApproved", False)],
        {"ANDRAHAND_STÄMMER_INTE"},
    ),
    "another postal code": (
        [
            (f"{A}/address", {"street": "Lillgatan 2", "postalCode": "413 01", "city": "Göteborg"}),
            ("/people/0/address", {"street": "Storgatan 1", "postalCode": "12345", "city": "Exempelby"}),
        ],
        {"ADRESS_STÄMMER_INTE"},
    ),
    "the same postal code, written otherwise": (
        [
            (f"{A}/address", {"street": "Storg. 1", "postalCode": "123 45", "city": "Exempelby"}),
            ("/people/0/address", {"street": "Storgatan 1", "postalCode": "12345", "city": "Exempelby"}),
        ],
        set(),
    ),
    "paid as before, and an account": ([(f"{A}/persons/0/accountNumber", "1234567")], {"KONTO_MOTSÄGS"}),
    "paid as before, and in another way": (
        [(f"{A}/persons/0/paymentMethod", "OTHER")],
        {"KONTO_MOTSÄGS"},
    ),
    "paid as before, and to an account": ([(f"{A}/persons/0/paymentMethod", "BANK_ACCOUNT")], set()),
    # --- costs
    "rent in the same home, where none was approved": (
        [("/history/0/costs", {"ELECTRICITY": 450, "HOME_INSURANCE": 140})],
        {"HYRA_HÖJD"},
    ),
    "electricity in the same home, where none was approved": (
        [("/history/0/costs", {"RENT": 6200, "HOME_INSURANCE": 140})],
        set(),
    ),
    "rent of the month after, paid in advance": (
        [(f"{A}/costs/0/month", "2026-12")],
        {"KOSTNAD_ANNAN_MÅNAD"},
    ),
    "electricity of two months": (
        [
            (f"{A}/costs/1", {"costType": "ELECTRICITY", "appliedAmount": 225, "month": "2026-10"}),
            (f"{A}/costs/-", {"costType": "ELECTRICITY", "appliedAmount": 225, "month": "2026-11"}),
        ],
        {"FLERA_KOSTNADER", "KOSTNAD_ANNAN_MÅNAD"},
    ),
    "medicine of the summer": (
        [(f"{A}/costs/-", {"costType": "MEDICINE", "appliedAmount": 190, "costDate": "2026-07-03"})],
        {"KOSTNAD_ANNAN_MÅNAD"},
    ),
    "a rent with two digits lost": ([(f"{A}/costs/0/appliedAmount", 62)], {"KOSTNAD_MYCKET_LÄGRE"}),
    "half the rent": ([(f"{A}/costs/0/appliedAmount", 3100)], {"KOSTNAD_MYCKET_LÄGRE"}),
    "a rent of four fifths": ([(f"{A}/costs/0/appliedAmount", 4960)], set()),
    "electricity with a digit lost": ([(f"{A}/costs/1/appliedAmount", 45)], {"KOSTNAD_MYCKET_LÄGRE"}),
    "electricity of a warm month": ([(f"{A}/costs/1/appliedAmount", 150)], set()),
    "needs a travel card and applies for none": (
        [(f"{A}/persons/0/needsTravelCard", True)],
        {"RESEKORT"},
    ),
    # --- incomes
    "twelve small gifts by phone": (
        incomes(
            *[row("SWISH_DEPOSITS", 15, f"2026-10-{day:02}") for day in range(1, 13)],
            before={"SWISH_DEPOSITS": 180},
        ),
        set(),
    ),
    "twelve that together are more than small": (
        incomes(
            *[row("SWISH_DEPOSITS", 19, f"2026-10-{day:02}") for day in range(1, 13)],
            before={"SWISH_DEPOSITS": 228},
        ),
        {"INSÄTTNINGAR"},
    ),
    "September's wage, told of in October": (
        incomes(row("SALARY", 5000, "2026-09-28"), row("SALARY", 5000), before={}),
        {"SEN_INKOMST"},
    ),
    "September's wage was more than was counted": (
        incomes(row("SALARY", 5000, "2026-09-28"), row("SALARY", 5000), before={"SALARY": 1000}),
        {"SEN_INKOMST"},
    ),
    "September's wage as it was counted": (
        incomes(row("SALARY", 5000, "2026-09-28"), row("SALARY", 5000), before={"SALARY": 5000}),
        set(),
    ),
    "two wages that together are what one was": (
        incomes(row("SALARY", 1500, "2026-10-10"), row("SALARY", 1500), before={"SALARY": 3000}),
        set(),
    ),
    "the same wage with an öre between": (
        incomes(row("SALARY", 1500), row("SALARY", "1500.01", "2026-10-24"), before={"SALARY": 3000}),
        {"DUBBEL_INKOMST"},
    ),
    "the same wage as another income": (
        incomes(
            row("SALARY", 3000), row("OTHER_INCOME", 3000), before={"SALARY": 3000, "OTHER_INCOME": 3000}
        ),
        {"DUBBEL_INKOMST", "INKOMST_BEDÖMS"},
    ),
    "a car is sold": (incomes(row("SALE", 30000), before={"SALE": 30000}), {"INKOMST_BEDÖMS"}),
    "maintenance for a child that is not there": (
        incomes(row("CHILD_SUPPORT", 1673), before={"CHILD_SUPPORT": 1673}),
        {"BARNFÖRMÅN_UTAN_BARN"},
    ),
    "a wage twelve per cent higher": (incomes(row("SALARY", 5600), before={"SALARY": 5000}), set()),
    "a wage an öre more than that": (
        incomes(row("SALARY", "5600.01"), before={"SALARY": 5000}),
        {"INKOMST_ÄNDRAD"},
    ),
    "aid from another municipality": (
        incomes(
            row("FINANCIAL_AID_OTHER_MUNICIPALITY", 3000), before={"FINANCIAL_AID_OTHER_MUNICIPALITY": 3000}
        ),
        {"INKOMST_BEDÖMS"},
    ),
    # --- planning
    "looks for work and works twenty hours": (
        [planning("JOBSEEKING", workHoursPerWeek=20)],
        {"PLANERING_MOTSÄGS"},
    ),
    "looks for work and works full time": (
        [planning("JOBSEEKING", workExtent="FULL")],
        {"PLANERING_MOTSÄGS"},
    ),
    "looks for work and is half ill": ([planning("JOBSEEKING", sickLeaveLevel=50)], {"PLANERING_MOTSÄGS"}),
    "looks for work and works no hours": ([planning("JOBSEEKING", workHoursPerWeek=0)], set()),
    "all ill and works twenty hours": (
        [planning("SICK_LEAVE", sickLeaveLevel=100, certificateAttached=True, workHoursPerWeek=20)],
        {"INTYG_OLÄST", "PLANERING_MOTSÄGS"},
    ),
    "ill, and not how much": (
        [planning("SICK_LEAVE", certificateAttached=True)],
        {"INTYG_OLÄST", "SJUKSKRIVNINGENS_OMFATTNING"},
    ),
    "all ill": (
        [planning("SICK_LEAVE", sickLeaveLevel=100, certificateAttached=True)],
        {"INTYG_OLÄST"},
    ),
    "ill after work, and no sickness benefit": (
        [
            planning("SICK_LEAVE", sickLeaveLevel=100, certificateAttached=True),
            (f"{A}/persons/0/hadWorkLast12Months", True),
        ],
        {"INTYG_OLÄST", "SJUKPENNING_SAKNAS"},
    ),
    "forty hours part time": (
        wage(12000, planningType="WORK", workExtent="PART", workHoursPerWeek=40),
        {"ARBETSTID_STÄMMER_INTE"},
    ),
    "ten hours full time": (
        wage(9000, planningType="WORK", workExtent="FULL", workHoursPerWeek=10),
        {"ARBETSTID_STÄMMER_INTE"},
    ),
    "no hours part time": (
        wage(5000, planningType="WORK", workExtent="PART", workHoursPerWeek=0),
        {"ARBETSTID_STÄMMER_INTE"},
    ),
    "forty hours full time": (
        wage(9000, planningType="WORK", workExtent="FULL", workHoursPerWeek=40),
        set(),
    ),
    "the plan ended in the month": ([(f"{PLAN}/last", "2026-10-10")], {"PLANERING_UTGÅNGEN"}),
    "the plan lasted the month": ([(f"{PLAN}/last", "2026-10-31")], set()),
    "absent all the month, for a good reason": (
        [sessions("ABSENT"), (f"{PLAN}/valid_reason", True)],
        {"MEST_BORTA", "SKÄL_MOTSÄGS"},
    ),
    "the same sessions twice": (
        [("/activity/0/sessions", [*sessions("PRESENT")[1], *sessions("PRESENT")[1]])],
        {"NÄRVARO_ORIMLIG"},
    ),
    "present for no hours": ([sessions("PRESENT", hours=0)], {"NÄRVARO_ORIMLIG", "NÄRVARO_FÖR_LITE"}),
    "looked for work, and came to nothing": (
        [
            (
                "/activity/0/sessions",
                [
                    {"day": f"2026-10-{day:02}", "hours": 8, "kind": "OWN_JOB_SEARCH", "mark": "PRESENT"}
                    for day in range(5, 10)
                ],
            )
        ],
        {"NÄRVARO_FÖR_LITE"},
    ),
    "came in August": (
        [
            (
                "/activity/0/sessions",
                [{"day": "2026-08-05", "hours": 8, "kind": "WORKPLACE", "mark": "PRESENT"}],
            )
        ],
        {"NÄRVARO_FÖR_LITE"},
    ),
    "nothing is assigned, and nothing attended": (
        [("/activity/0/sessions", []), (f"{PLAN}/weekly_hours", 0), (f"{PLAN}/full_time", False)],
        set(),
    ),
    # --- the past
    "a later month is decided": (
        [("/history/-", {"month": "2026-12", "outcome": "BIFALL"})],
        {"SENARE_MÅNAD_BESLUTAD"},
    ),
    # --- registers
    "a permit from within the month": (
        [permits({**PERMIT, "beslutsTyp": "TUT", "fromDatum": "2026-11-30", "tomDatum": "2027-11-30"})],
        {"TILLSTÅND"},
    ),
    "a permit from its first day": (
        [
            permits(
                {
                    **PERMIT,
                    "beslutsTyp": "TUT",
                    "fromDatum": "2026-11-01",
                    "tomDatum": "2027-11-30",
                    "giltighetstid": "",
                }
            )
        ],
        set(),
    ),
    "the right of a citizen of the Union": (
        [permits({"arendeTyp": "UPR", "beslutsKod": "REG", "beslutsTyp": "EU"})],
        {"TILLSTÅND"},
    ),
    "registered nowhere": ([person(folkbokford=[])], {"OTOLKADE_UPPGIFTER"}),
    "registered here and elsewhere": (
        [person(folkbokford=[{"lan": "99", "kommun": "99"}, {"lan": "12", "kommun": "80"}])],
        {"FOLKBOKFÖRD_ANNANSTANS"},
    ),
    "divorced": ([person(civilstand={"id": "3", "beskrivning": "Skild"})], set()),
    "dead": ([("/registers/csn/Personer/Person/Status", "Avliden")], {"OTOLKADE_UPPGIFTER"}),
    "protected by one agency": ([("/registers/csn/Personer/Person/sekretess", "J")], {"SKYDDADE_UPPGIFTER"}),
    "a register of another kind": (
        [("/registers/kfm", {"skuld": {"belopp": "4000"}})],
        {"OTOLKADE_UPPGIFTER"},
    ),
    "an extent in words": (
        [(f"{AF}/ArbetssokandeOmfattning", "75%")],
        {"OTOLKADE_UPPGIFTER", "UPPGIFT_SAKNAS"},
    ),
    "an agency answers twice": (
        [("/registers/af/Svar", [{"StatusSokandeinformationKod": "0"}] * 2)],
        {"OTOLKADE_UPPGIFTER", "REGISTER_SAKNAS"},
    ),
    "a text for a list of payments": ([(PAYMENTS, "")], {"OTOLKADE_UPPGIFTER"}),
    "a text for a list of pensions": (
        [("/registers/fk/utbetalningar", "")],
        {
            "OTOLKADE_UPPGIFTER",
            "REGISTER_SAKNAS",
            "UPPGIFTER_OFULLSTÄNDIGA",
            "UPPGIFT_SAKNAS",
            "UTFALL_OKÄNT",
        },
    ),
    "entered in the year one": ([(f"{AF}/ArbetssokandeRegistrerad", "0001-01-01")], {"OTOLKADE_UPPGIFTER"}),
    "a programme that ends before it begins": (
        [
            (
                f"{FK}/programanvisning",
                [
                    {
                        "program": {"id": "1", "beskrivning": "Jobbgarantin"},
                        "period": {"fran": "2026-09-30", "till": "2026-09-01"},
                    }
                ],
            )
        ],
        {"OTOLKADE_UPPGIFTER"},
    ),
    "unable to work, and looks for work": (
        [
            (PAYMENTS, [paid(DISABILITY, 3100, "2026-09-18"), paid(DISABILITY, 3100, "2026-10-19")]),
            ("/history/0/payments", [counted("FK:sjukersättning", 3100, "2026-09-18")]),
        ],
        {"ERSÄTTNING_MOT_PLANERING"},
    ),
    "a late payment, and nobody knows what was counted": (
        [
            (PAYMENTS, [paid(SICKNESS, 3100, "2026-09-29"), paid(SICKNESS, 3100, "2026-10-26")]),
            ("/history/0/payments", None),
        ],
        {"SEN_UTBETALNING"},
    ),
    "an early payment, and nobody knows what was counted": (
        [
            (PAYMENTS, [paid(SICKNESS, 3100, "2026-09-25"), paid(SICKNESS, 3100, "2026-10-26")]),
            ("/history/0/payments", None),
        ],
        set(),
    ),
    "a payment without an account of it": ([(PAYMENTS, [None])], {"OTOLKADE_UPPGIFTER"}),
    "a payment of the year 9999": (
        [(PAYMENTS, [paid(SICKNESS, 3100, "9999-12-26")])],
        {"OTOLKADE_UPPGIFTER"},
    ),
    "a payment on its way of the year 9999": (
        [(f"{FK}/preliminarautbetalningar", [paid(SICKNESS, 3100, "9999-12-26")])],
        {"OTOLKADE_UPPGIFTER"},
    ),
    "a permit until the year 9999": (
        [permits({**PERMIT, "beslutsTyp": "TUT", "tomDatum": "9999-12-31", "giltighetstid": ""})],
        {"OTOLKADE_UPPGIFTER", "TILLSTÅND"},
    ),
    "a section that nobody knows": (
        [(f"{FK}/nyFormansuppgift", [{"belopp": {"summa": "3000"}, "datum": "2026-10-20"}])],
        {"OTOLKADE_UPPGIFTER"},
    ),
    "sickness benefit as before": (
        [
            (PAYMENTS, [paid(SICKNESS, 3100, "2026-09-25"), paid(SICKNESS, 3100, "2026-10-26")]),
            ("/history/0/payments", [counted("FK:SJP", 3100, "2026-09-25")]),
        ],
        set(),
    ),
    # --- words
    "nothing to add": ([(f"{A}/otherInformation", "Ingenting att tillägga.")], set()),
    "thanks": ([(f"{A}/otherInformation", "Tack!")], set()),
    "no, but": ([(f"{A}/otherInformation", "nej, men jag sitter i fängelse")], {"MEDDELANDE"}),
    "another alphabet": ([(f"{A}/otherInformation", "نەخێر")], {"MEDDELANDE"}),
    "a plan for looking for work": (
        [(f"{A}/plannedActivities", [{"person": "p1", "activity": "Söka jobb och gå på SFI varje dag"}])],
        set(),
    ),
    "a plan to go away": (
        [(f"{A}/plannedActivities", [{"person": "p1", "activity": "Resa till min mor i Irak"}])],
        {"MEDDELANDE"},
    ),
    "a job that was got": (
        [(f"{A}/jobApplications", [{"person": "p1", "jobTitle": "Fått jobb, börjar 1 december"}])],
        {"MEDDELANDE"},
    ),
    "a job that was applied for": (
        [
            (
                f"{A}/jobApplications",
                [{"person": "p1", "jobTitle": "Lagerarbetare", "employerAndPlace": "Lager AB"}],
            )
        ],
        set(),
    ),
    "a job that will be applied for": (
        [(f"{A}/jobApplications", [{"person": "p1", "jobTitle": "Kock", "applicationDate": "2030-01-15"}])],
        {"OTOLKADE_UPPGIFTER"},
    ),
    "a surname that says more": (
        [(f"{A}/persons/0/lastName", "Andersson, bor hos min sambo")],
        {"MEDDELANDE"},
    ),
    "a way to reach somebody that says more": (
        [(f"{A}/persons/0/email", "jag är hemlös")],
        {"MEDDELANDE"},
    ),
    "a surname of two": (
        [(f"{A}/persons/0/lastName", "Berg genom god man Eva Ek")],
        {"MEDDELANDE"},
    ),
    "a language and more": (
        [(f"{A}/persons/0/interpreterLanguage", "ukrainska, tillfälligt skydd")],
        {"MEDDELANDE"},
    ),
    "a language": ([(f"{A}/persons/0/interpreterLanguage", "kurdiska (sorani)")], set()),
    "another language": ([(f"{A}/persons/0/interpreterLanguage", "Nordsamiska")], set()),
    "a way to reach somebody": ([(f"{A}/persons/0/email", "alma@example.org")], set()),
}


@swept("kind", SINGLE)
def test_a_single_adult(kind: str) -> None:
    patches, codes = SINGLE[kind]
    assert asked("ensam-bifall", *patches) == codes
