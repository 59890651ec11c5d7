"""Cases that no expert would let a machine decide, and beside each the nearest one that it may."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decision_service.decision.test_asked import AF, FK, asked
from tests.world.sweeps import swept

PAYMENTS = f"{FK}/utbetalningsuppgift"
PLAN = "/activity/0/plan"
SICKNESS = ("SJP", "Sjukpenning")


def paid(benefit: tuple[str, str], amount: int, day: str) -> dict[str, Any]:
    """A payment of Försäkringskassan, kronor."""
    return {
        "formansfamilj": {"id": benefit[0], "beskrivning": benefit[1]},
        "datum": day,
        "nettobelopp": {"summa": str(amount), "valuta": "SEK"},
    }


def counted(benefit: str, amount: int, day: str, person: str = "p1") -> dict[str, Any]:
    """A payment that the last decision counted."""
    return {"person": person, "benefit": benefit, "paid": day, "amount": amount}


MAINTENANCE = [paid(("US", "Underhållsstöd"), 1673, day) for day in ("2026-09-24", "2026-10-23")]
SUPPORTED = counted("FK:underhållsstöd", 1673, "2026-09-24")
"""Maintenance support for a child of a single parent, and that the last decision counted it."""


def sessions(mark: str, hours: int = 8, days: range = range(5, 29)) -> tuple[str, Any]:
    """The same session every working day, with the same mark."""
    rows = [
        {"day": f"2026-10-{day:02}", "hours": hours, "kind": "WORKPLACE", "mark": mark}
        for day in days
        if day % 7 not in (3, 4)  # 3 October 2026 is a Saturday
    ]
    return "/activity/0/sessions", rows


def present(hours: int) -> tuple[str, Any]:
    """One session."""
    return sessions("PRESENT", hours, range(5, 6))


def partly(first: str, then: str, days: int = 10) -> tuple[str, Any]:
    """Sessions with one mark on the first days and another on the rest."""
    return "/activity/0/sessions", [*sessions(first)[1][:days], *sessions(then)[1][days:]]


def wage(amount: int, **planning: Any) -> list[tuple[str, Any]]:
    """The same wage this month and last, of somebody with a planning."""
    income = {"incomeType": "SALARY", "amount": amount, "incomeDate": "2026-10-25"}
    return [
        ("/application/hasIncomes", True),
        ("/application/incomes", [income]),
        ("/application/plannings", [{"person": "p1", **planning}]),
        ("/history/0/incomes", {"SALARY": amount}),
        ("/history_complete", True),
    ]


HOUSED = [
    (PAYMENTS, [paid(("BOB", "Bostadsbidrag"), 1300, day) for day in ("2026-09-25", "2026-10-27")]),
    ("/history/0/payments", [counted("FK:bostadsbidrag", 1300, "2026-09-25")]),
    ("/history_complete", True),
]
"""A housing allowance that the last decision counted too."""

KINDS: dict[str, tuple[list[tuple[str, Any]], str | None]] = {
    "entered after the month began": ([(f"{AF}/ArbetssokandeRegistrerad", "2026-10-14")], "INSKRIVEN_SENT"),
    "entered before the month": ([(f"{AF}/ArbetssokandeRegistrerad", "2026-10-01")], None),
    "a report from a day to come": (
        [(f"{AF}/AktivetetsRapportDatum/SenasteAktivitetsRapportDatum", "2026-10-29")],
        "AKTIVITETSRAPPORT",
    ),
    "a payment on a day to come": (
        [(PAYMENTS, [paid(SICKNESS, 5200, "2026-11-12")])],
        "FRAMTIDA_UTBETALNING",
    ),
    "a payment of nothing": ([(PAYMENTS, [paid(SICKNESS, 0, "2026-10-19")])], "INKOMST_NOLL"),
    "much more is on its way": (
        [(f"{FK}/preliminarautbetalningar", [paid(SICKNESS, 31000, "2026-11-06")])],
        "PLANERAD_UTBETALNING",
    ),
    "a wage as for full time and looking for work": (
        wage(8000, planningType="JOBSEEKING"),
        "LÖN_UTAN_ARBETE",
    ),
    "a wage as for full time and studying Swedish": (
        wage(9000, planningType="SFI", sfiCourse="B", sfiStudyPath=2),
        "LÖN_UTAN_ARBETE",
    ),
    "some hours and looking for work": (wage(7900, planningType="JOBSEEKING"), None),
    "a placement that nobody knows the answer to": (
        [(f"{PLAN}/placement", "OFFERED")],
        "ERBJUDANDE_UTAN_SVAR",
    ),
    "a course that nobody knows the answer to": ([(f"{PLAN}/competence", "OFFERED")], "ERBJUDANDE_UTAN_SVAR"),
    "a placement, and there": ([(f"{PLAN}/placement", "OFFERED"), sessions("PRESENT")], None),
    "much more time than assigned": (
        [(f"{PLAN}/weekly_hours", 20), sessions("PRESENT", 12)],
        "NÄRVARO_FÖR_MYCKET",
    ),
    "elsewhere all the month": ([sessions("ELSEWHERE")], "ALLT_PÅ_ANNAT_HÅLL"),
    "a placement, elsewhere or excused": (
        [(f"{PLAN}/placement", "OFFERED"), partly("ELSEWHERE", "ABSENT_VALID")],
        "ERBJUDANDE_UTAN_SVAR",
    ),
    "a placement, and elsewhere all the month": (
        [(f"{PLAN}/placement", "OFFERED"), sessions("ELSEWHERE")],
        "ERBJUDANDE_UTAN_SVAR",
    ),
    "elsewhere, and one day excused": ([partly("ABSENT_VALID", "ELSEWHERE", 1)], "ALLT_PÅ_ANNAT_HÅLL"),
    "elsewhere, and one day there": ([partly("PRESENT", "ELSEWHERE", 1)], None),
    "an hour of who is assigned none": ([(f"{PLAN}/weekly_hours", 0), present(1)], None),
    "some hours of who is assigned none": (
        [(f"{PLAN}/weekly_hours", 0), sessions("PRESENT", 8)],
        "NÄRVARO_FÖR_MYCKET",
    ),
    "elsewhere some days": (
        [("/activity/0/sessions", [*sessions("PRESENT")[1][:4], *sessions("ELSEWHERE")[1][4:]])],
        None,
    ),
    "another first name in a register": (
        [("/registers/af/Svar/Fornamn", "Bo Erik")],
        "ANNAT_NAMN_I_REGISTER",
    ),
    "a first name that a register masks": ([("/registers/af/Svar/Fornamn", "***")], None),
    **{
        f"{one} in the case and {other} in a register": (
            [("/people/0/first_name", one), ("/registers/af/Svar/Fornamn", other)],
            None,
        )
        for one, other in (
            ("Björn", "Bjørn"),
            ("Lukasz", "Łukasz"),
            ("Đorđe", "Dorde"),
            ("Ann-Mari", "Annmari"),
            ("Ann Mari", "ANN-MARI"),
            ("Jær", "Jär"),
        )
    },
    "another first name with such a letter": (
        [("/people/0/first_name", "Bjørn"), ("/registers/af/Svar/Fornamn", "Jörn")],
        "ANNAT_NAMN_I_REGISTER",
    ),
    "the first name among others": ([("/registers/af/Svar/Fornamn", "Eva ALMA")], None),
    "a housing allowance without a child": (HOUSED, "BOSTADSBIDRAG_UTAN_BARN"),
    "a housing allowance of the young": ([*HOUSED, ("/people/0/born", "1999-02-09")], None),
    "a housing allowance of who was young when it was paid": (
        [*HOUSED, ("/people/0/born", "1997-11-20")],
        None,
    ),
    "a housing allowance of the month that she was no longer young": (
        [*HOUSED, ("/people/0/born", "1997-10-20")],
        None,
    ),
    "a housing allowance of who was no longer young": (
        [*HOUSED, ("/people/0/born", "1997-09-30")],
        "BOSTADSBIDRAG_UTAN_BARN",
    ),
    "left for work and is back": ([("/history/0/ended_to_work_or_studies", True)], "ÅTERKOMMER"),
    "ill all the month and looking for work": ([sessions("SICK_CERTIFICATE")], "MEST_BORTA"),
    "excused all the month": ([sessions("ABSENT_VALID")], "MEST_BORTA"),
    "there all the month": ([sessions("PRESENT")], None),
    "more hours than a day has": (
        [("/activity/0/sessions", [*sessions("PRESENT")[1], *sessions("PRESENT", 17, range(6, 7))[1]])],
        "NÄRVARO_ORIMLIG",
    ),
    "there on days to come": ([sessions("PRESENT", days=range(12, 32))], "NÄRVARO_ORIMLIG"),
    "assigned on days to come": (
        [("/activity/0/sessions", [*sessions("PRESENT")[1], *sessions("UNMARKED", days=range(29, 32))[1]])],
        None,
    ),
    "nobody marked the attendance": ([sessions("UNMARKED", days=range(26, 28))], "NÄRVARO_INTE_MARKERAD"),
    "missed group meetings": (
        [(f"{PLAN}/missed_group_meetings", 1), (f"{PLAN}/valid_reason", False)],
        "MISSADE_MÖTEN",
    ),
    "missed meetings for a good reason": (
        [(f"{PLAN}/missed_weekly_meetings", 3), (f"{PLAN}/valid_reason", True)],
        None,
    ),
    "never came to the planning week": (
        [(f"{PLAN}/planning_week", "MISSED"), (f"{PLAN}/valid_reason", False)],
        "MISSADE_MÖTEN",
    ),
    "in a programme that pays nothing": ([(f"{PLAN}/state_programme", "PART")], "PROGRAM_UTAN_ERSÄTTNING"),
    "something else than what can be chosen": (
        [("/application/plannings/0/planningType", "OTHER")],
        "ANNAN_PLANERING",
    ),
    "owns the home": ([("/application/housingForm", "OWNED_HOUSE")], "ÄGD_BOSTAD"),
    "rents the home": ([("/application/housingForm", "RENTAL")], None),
    "eighteen at the end of the month": ([("/people/0/born", "2008-11-12")], "SÖKANDE_UNDER_18"),
    "eighteen on the day": ([("/people/0/born", "2008-10-28")], None),
    "full time for next to nothing": (wage(2600, planningType="WORK", workExtent="FULL"), "LITEN_HELTIDSLÖN"),
    "full time for a wage": (wage(8800, planningType="WORK", workExtent="FULL"), None),
    "part time for next to nothing": (
        wage(3000, planningType="WORK", workExtent="PART", workHoursPerWeek=25),
        "LITEN_DELTIDSLÖN",
    ),
    "part time for a wage": (
        wage(5200, planningType="WORK", workExtent="PART", workHoursPerWeek=25),
        None,
    ),
    "all ill with a wage": (
        wage(2600, planningType="SICK_LEAVE", sickLeaveLevel=100, certificateAttached=True),
        "SJUK_MED_LÖN",
    ),
    "paid by another agency than said": (
        [
            ("/application/benefitsFrom", ["STUDENT_AID"]),
            (PAYMENTS, [paid(SICKNESS, 3100, "2026-09-25"), paid(SICKNESS, 3100, "2026-10-26")]),
            ("/history/0/payments", [counted("FK:SJP", 3100, "2026-09-25")]),
        ],
        "FÖRMÅN_STÄMMER_INTE",
    ),
    "paid by the agency that is said": (
        [
            ("/application/benefitsFrom", ["SOCIAL_INSURANCE"]),
            (PAYMENTS, [paid(SICKNESS, 3100, "2026-09-25"), paid(SICKNESS, 3100, "2026-10-26")]),
            ("/history/0/payments", [counted("FK:SJP", 3100, "2026-09-25")]),
        ],
        None,
    ),
    "shut out from the unemployment fund": (
        [
            (
                "/registers/so/ArbetsloshetsersattningLista/Arbetsloshetsersattning/Avstangningar",
                [{"AvstangdFrom": "2026-10-12"}],
            )
        ],
        "FÖRMÅN_STOPPAD",
    ),
    "a warning from the employment service": (
        [
            (
                "/registers/af/Svar/BeslutInfo",
                {"EkonomiskaBeslut": {"Beslut": [{"ErsattningTyp": "Varning", "Omfattning": "100"}]}},
            )
        ],
        "AF_BESLUT_OKÄNT",
    ),
    "a decision of the employment service from the month applied for": (
        [
            (
                "/registers/af/Svar/BeslutInfo",
                {
                    "EkonomiskaBeslut": {
                        "Beslut": [{"ErsattningTyp": "Nystartsjobb", "BeslutFrom": "2026-11-01"}]
                    }
                },
            )
        ],
        "AF_BESLUT_OKÄNT",
    ),
    "a good reason for what is marked as without any": (
        [sessions("ABSENT", days=range(26, 27)), (f"{PLAN}/valid_reason", True)],
        "SKÄL_MOTSÄGS",
    ),
    "all ill and there": (
        [
            sessions("PRESENT"),
            (
                "/application/plannings",
                [
                    {
                        "person": "p1",
                        "planningType": "SICK_LEAVE",
                        "sickLeaveLevel": 100,
                        "certificateAttached": True,
                    }
                ],
            ),
        ],
        "NÄRVARO_MOT_PLANERING",
    ),
    "something else beside looking for work": (
        [("/application/plannings/-", {"person": "p1", "planningType": "OTHER"})],
        "UPPGIFT_OMSTRIDD",
    ),
    "a benefit that ends": (
        [(f"{FK}/omvardnadsbidragsarende", [{"beslut": [{"upphorandeManadFrom": "2026-12"}]}])],
        "FÖRMÅN_STOPPAD",
    ),
    "a pension that is not paid out": (
        [(f"{FK}/levnadsintygsuppgift", [{"status": {"id": "5"}}])],
        "FÖRMÅN_STOPPAD",
    ),
    "a bill with a digit too many": (
        [("/application/costs/1/appliedAmount", 4500), ("/history/0/costs/ELECTRICITY", 450)],
        "KOSTNAD_NY_ELLER_HÖGRE",
    ),
    "no list from Pensionsmyndigheten": ([("/registers/fk/utbetalningar", None)], "REGISTER_SAKNAS"),
}


@swept("kind", KINDS)
def test_a_case_that_no_machine_should_decide(kind: str) -> None:
    patches, code = KINDS[kind]
    codes = asked("ensam-bifall", *patches)
    assert code in codes if code is not None else codes == set()


@pytest.mark.parametrize(("second", "code"), [("p2", "SAMMA_UTBETALNING"), (None, None)])
def test_a_housing_allowance_that_both_in_a_couple_have(second: str | None, code: str | None) -> None:
    rows = [paid(("BOB", "Bostadsbidrag"), 1700, "2026-10-27")]
    before = [counted("FK:bostadsbidrag", 1700, "2026-09-25", each) for each in ("p1", second) if each]
    patches = [(PAYMENTS, rows), ("/history/0/payments", before), ("/history_complete", True)]
    patches.append(("/people/1/born", "1999-02-09"))  # of the young without children
    if second is not None:
        patches.append((f"/registers/{second}/fk/formansinformation/utbetalningsuppgift", rows))
    assert asked("par-bifall", *patches) == ({code} if code else set())


@pytest.mark.parametrize(("born", "codes"), [("2010-09-30", {"MER_BARNBIDRAG"}), ("2010-10-01", set())])
def test_child_allowance_for_whoever_has_had_sixteen(born: str, codes: set[str]) -> None:
    patches = [
        ("/people/1/born", born),
        (
            PAYMENTS,
            [
                paid(("ABB", "Barnbidrag"), 1250, "2026-10-20"),
                paid(("ABB", "Barnbidrag"), 1250, "2026-09-18"),
                *MAINTENANCE,
            ],
        ),
        ("/history/0/payments", [counted("FK:ABB", 1250, "2026-09-18"), SUPPORTED]),
    ]
    assert asked("barn-fyller-7", *patches) == codes


@pytest.mark.parametrize(("amount", "code"), [(2650, "MER_BARNBIDRAG"), (1250, None)])
def test_child_allowance_for_more_children_than_there_are(amount: int, code: str | None) -> None:
    benefit = ("ABB", "Barnbidrag")
    codes = asked(
        "barn-fyller-7",
        (PAYMENTS, [paid(benefit, amount, "2026-10-20"), paid(benefit, amount, "2026-09-18"), *MAINTENANCE]),
        ("/history/0/payments", [counted("FK:ABB", amount, "2026-09-18"), SUPPORTED]),
    )
    assert codes == ({code} if code else set())


@swept(
    ("text", "quiet"),
    [
        ("Mitt Bostads AB, november 2026", True),
        ("november", True),
        ("nov 2026", True),
        ("Exempelbostäder AB", True),
        ("2026-11", True),
        ("juni och juli 2026 (skuld)", False),
        ("Bostads AB, oktober 2026", False),
        ("november 2025", False),
        ("Bostads AB, november och december", False),
        ("min syster", False),
        ("Hyresskuld till Bostads AB", False),
        ("Bostads AB, avi 4711", False),
        ("Jag ber er betala direkt till den som hyr ut till mig", False),
    ],
)
def test_whom_a_cost_is_paid_to_is_read_by_a_person_when_it_says_more(text: str, quiet: bool) -> None:
    codes = asked("ensam-bifall", ("/application/costs/0/recipientOrPeriod", text))
    assert codes == (set() if quiet else {"MEDDELANDE"})
