"""Words that somebody writes where a name is asked for: which are read by a person, and which are not."""

from __future__ import annotations

from typing import Any

from tests.decision_service.decision.test_hostile_answers import A, asked
from tests.world.sweeps import swept

KNOWN = [
    "november",
    "nov 2026",
    "Exempelbostäder AB",
    "2026-11",
    "Bostads AB, november",
    "Mitt Bostads AB, november 2026",
    "Erik Karlsson",
    "hyra november",
    "HSB avi",
    "vattenfall",
    "Per Skuldén",
    "Ny Bostad i Lund AB",
    "Son Hansson",
    "Höjdens Fastigheter",
    "Privatbostäder AB",
    "2026-11-01 - 2026-11-30",
    "1-30 november",
    "Heimstaden Bostad AB (publ)",
    "Riksbyggen hyresrätt",
    "Trelleborgshem",
    "E.ON Energi",
    "E.ON",
    "Tele2",
    "Telia Sverige AB",
    "Hyra, Svedalahem, nov -26",
    "Hyra till Svedala kommun",
    "A-kassan",
    "Hyresgästföreningen",
    "Brf Solgläntan",
    "Hyra (november)",
    "Bostads AB November 2026",
    "Folktandvården",
    "Region Skåne",
    "Apoteket AB",
    "1/11-30/11",
    "Unionens a-kassa",
    "Kommunals a-kassa",
    "Lunds Energi",
    "Trygg-Hansa",
    "IF Metall",
    "Länsförsäkringar Skåne",
]

READ = [
    "SONEN BETALAR",
    "Betalt Redan",
    "Halva Hyran",
    "Två Hyror",
    "Tre Månader",
    "Kvartalsfaktura",
    "Helår",
    "Årspremie",
    "Veckohyra",
    "Slutfaktura",
    "Delbetalning",
    "Intrum",
    "Intrum AB",
    "Sergel",
    "Lowell",
    "Klarna",
    "Riverty",
    "Böter",
    "Morbror Hassan",
    "Svåger Ali",
    "Maken",
    "Husband",
    "My Brother",
    "Paid Already",
    "Moved Out",
    "Sommarstuga",
    "Båtplats",
    "Butik",
    "Husvagn",
    "Cash",
    "Maria Banker",
    "min syster",
    "samma belopp fast dyrare",
    "Boligselskab DKK",
    "Ny Fru",
    "Fem Personer",
    "Dubbelt",
    "1-30 oktober",
    "2026-10-01 - 2026-10-31",
    "oktober",
    "Bostads AB, avi 4711",
    "دفع أخي",
    "Skulden",
    "Parabol",
    "Gym",
    "Spel",
    "Present Till Barnen",
    "Inte Betald",
    "Snart Vräkt",
    "Hemma",
    "Tvåmånadersavi",
    "Villa",
    "Flera hyror",
]


@swept("whom", KNOWN)
def test_a_recipient_that_is_known_for_one_is_not_asked_about(whom: str) -> None:
    assert asked("ensam-bifall", (f"{A}/costs/0/recipientOrPeriod", whom)) == set()


@swept("whom", READ)
def test_a_word_that_is_not_known_to_name_a_recipient_is_read_by_a_person(whom: str) -> None:
    assert asked("ensam-bifall", (f"{A}/costs/0/recipientOrPeriod", whom)) == {"MEDDELANDE"}


JOBS_TOLD = [
    "Anställd från måndag",
    "ANSTÄLLD FRÅN MÅNDAG",
    "Startar 2 november, 24000 kr",
    "Sjukskriven från måndag",
    "Lånat av mamma",
    "Vunnit på trav",
    "Avböjde jobbet",
    "Got the job",
    "My boyfriend pays rent",
    "حصلت على الوظيفة",
    "ورثت مالا من أبي",
    "Fik arrv",
    "Lager 22 000",
    "Butik, tjugotvåtusen",
]

JOBS = [
    "Lagerarbetare",
    "Snickare",
    "Undersköterska natt",
    "Receptionist/administratör deltid i reception",
    "Vårdbiträde i hemtjänsten för äldre",
]

EMPLOYERS = [
    "ICA Maxi, Lund",
    "Exempellager, Sundsvall",
    "Lunds kommun, vård- och omsorgsförvaltningen, Lund",
    "Min Assistans AB",
    "Exempelbolaget 2030 AB, 417 15 Göteborg",
    "Exempelbutiken 125, 22644 Lund",
]

EMPLOYERS_TOLD = [
    "ICA 22000/mån",
    "Exempelbutiken, 22.000",
    "Exempelbutiken 165/tim",
    "Exempelbutiken, timlön",
    "Exempelbutiken femtusen i veckan",
    "Exempelbutiken 900 SEK",
    "Exempelbutiken 1999:-",
    "Exempelbutiken 9'000",
]

STREETS_TOLD = [
    "HOS MAMMA",
    "Flyttad till mor",
    "Kriminalvården Kumla",
    "Anstalten Kumla",
    "لا أعيش هنا",
    "FLYTTAT HEM TILL FAMILJEN",
    "Storgatan 1 c/o Svensson",
    "Exempelgatan 1, flyttat 1/11",
]

STREETS = [
    "Storgatan 1",
    "Storgatan 1 lgh 1102",
    "Min gata 3",
    "BANINGENJÖRSVÄGEN 2",
    "Box 2",
    "Exempelgatan 1 B",
    "Kung Karls väg 12A, 3 tr",
    "Vallåkra 123:4",
]

NAMES_TOLD = [
    ("Anna", "Har flyttat"),
    ("Anna", "är död"),
    ("Anna", "Min Mamma Betalar"),
]

NAMES = [
    ("Mina", "Han"),
    ("Du", "Vi"),
    ("Anna Maria", "von Essen"),
    ("محمد", "de la Cruz"),
]

ACTIVITIES_TOLD = [
    "arbete hos arbetsgivare en timme, praktik",
    "studier och kurs i svenska på nätet, varje dag",
    "jobb hos arbetsgivare varje dag",
    "söka jobb i Tyskland",
    "söka jobb 22000",
]

ACTIVITIES = [
    "Söka arbete",
    "Söka 15 jobb",
    "praktik",
    "SFI",
    "delta i jobbcoachning",
]


def applied_for(title: str, employer: str | None = None) -> Any:
    return f"{A}/jobApplications", [{"person": "p1", "jobTitle": title, "employerAndPlace": employer}]


def lives(street: str) -> Any:
    return f"{A}/address", {"street": street}


def named(first: str, last: str) -> Any:
    return f"{A}/persons/0", {
        "role": "APPLICANT", "partyId": "p1", "paymentSameAsPrevious": True, "signed": True,
        "firstName": first, "lastName": last,
    }  # fmt: skip


def does(activity: str) -> Any:
    return f"{A}/plannedActivities", [{"person": "p1", "activity": activity}]


@swept(
    ("change", "read"),
    [
        *((applied_for(each), True) for each in JOBS_TOLD),
        *((applied_for(each), False) for each in JOBS),
        *((applied_for("Lagerarbetare", each), False) for each in EMPLOYERS),
        *((applied_for("Lagerarbetare", each), True) for each in EMPLOYERS_TOLD),
        *((lives(each), True) for each in STREETS_TOLD),
        *((lives(each), False) for each in STREETS),
        *((named(*each), True) for each in NAMES_TOLD),
        *((named(*each), False) for each in NAMES),
        *((does(each), True) for each in ACTIVITIES_TOLD),
        *((does(each), False) for each in ACTIVITIES),
        (applied_for("Jobb 2000 i handen"), True),
        (applied_for("Städ", "12000 svart"), True),
        (applied_for("Sommarjobb 2024 hos ICA"), False),
        (applied_for("Kassör", "Bil 2000 AB, 123 45 Malmö"), False),
    ],
)
def test_what_says_more_than_a_name_a_street_or_a_usual_activity_is_read(change: Any, read: bool) -> None:
    assert asked("ensam-bifall", change) == ({"MEDDELANDE"} if read else set())
