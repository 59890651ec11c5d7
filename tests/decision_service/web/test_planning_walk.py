"""A participant's whole way over the pages, step by step, and what cannot be: each time one clear message,
where it was asked, with what was written still there, and nothing changed."""

from __future__ import annotations

import re
from html import unescape

import pytest

from decision_service.access.roles import Role
from tests.decision_service.web.test_planning import GROUPS, HOME, enrolled, planned, step
from tests.world.people import TENANT, personal_number
from tests.world.service import Whole
from tests.world.visitors import Visitor, visitor


@pytest.fixture(scope="module")
def secretary(one: Whole) -> Visitor:
    return visitor(one, Role.ACTIVITY_SECRETARY, purpose="planering", name="Eva Lind")


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def told(page: str) -> str:
    """The only thing that the page says is wrong."""
    summary = re.search(r'<div class="ds-error-summary".*?</div>', page, re.S)
    assert summary is not None, text_of(page)
    (line,) = re.findall(r"<li>(.*?)</li>", summary[0])
    return unescape(line)


def refused(secretary: Visitor, home: str, what: str, status: int, **fields: str) -> str:
    """What is said of a step that cannot be taken; and the participant is as before."""
    before = secretary.get(home).text
    said = told(step(secretary, home, what, status, **fields))
    version = re.search(r'name="version" value="(\d+)"', before)
    assert version is not None
    assert version[0] in secretary.get(home).text, "something was changed"
    return said


def marked(secretary: Visitor, home: str, day: str, mark: str, activity: str = "grupp") -> tuple[int, str]:
    answer = secretary.send(f"{home}/narvaro", {"vecka": day, f"narvaro|{day}|{activity}": mark})
    return answer.status_code, answer.text


def test_the_whole_way_from_enrolment_to_a_return(one: Whole, secretary: Visitor) -> None:
    home = enrolled(one, secretary)
    assert "första mötet: 2 september 2026 för sent" in text_of(secretary.get(home).text)
    step(secretary, home, "meeting", day="2026-09-02", held="ja")
    step(secretary, home, "planning_week", first="2026-09-07", state="DONE")
    plan = {"decided": "2026-09-11", "first": "2026-09-14", "last": "2026-11-13", "full_time": "ja"}
    step(secretary, home, "plan", goal="Arbete på lager", next_steps="du: söka fem arbeten", **plan)
    what = {"title": "Jobbsökargruppen", "kind": "JOB_SEARCH", "support": "COACH", "first": "2026-09-14"}
    step(secretary, home, "assign", id="grupp", slots="2 3 09:00\n3 2 13:00", **what)
    step(secretary, home, "answer", activity="grupp", answer="TAKEN", day="2026-09-14")
    step(secretary, home, "circumstance", id="barn", kind="YOUNG_CHILD", first="2026-09-14")
    step(secretary, home, "circumstance_ended", id="barn", last="2026-09-30")
    step(
        secretary, home, "follow_up", day="2026-09-21", held="ja", done="Har sökt tre.", broad_job_search="ja"
    )
    step(secretary, home, "self_assessment", day="2026-09-30", areas="hälsa 3\nspråk 4")
    step(
        secretary, home, "step_forward", day="2026-09-30", area="språk", what="Klarar intervjuer på svenska."
    )
    assert marked(secretary, home, "2026-09-22", "PRESENT")[0] == 303
    assert marked(secretary, home, "2026-09-23", "ABSENT")[0] == 303
    step(secretary, home, "breach", day="2026-09-24", happened="Kom inte.")
    step(secretary, home, "contact", number="1", day="2026-09-24", account="Bussen gick inte.", accepted="ja")
    step(secretary, home, "mended", number="1", day="2026-09-25")
    step(secretary, home, "breach", day="2026-10-05", happened="Kom inte.")
    step(secretary, home, "contact", number="2", day="2026-10-06")
    step(secretary, home, "handed_over", number="2", day="2026-10-07", agreed="Grupp.", happened="Kom inte.")
    words = {"responsible": "Bo Ek", "support": "Samtal varje vecka.", "reason": "Sjuk länge."}
    step(secretary, home, "side_track", first="2026-10-08", **words)
    step(secretary, home, "main_track", last="2026-10-16")
    step(secretary, home, "responsible", responsible="ask-2")
    step(secretary, home, "exit", day="2026-10-20", reason="WORK")
    page = text_of(secretary.get(home).text)
    for each in (
        "Avslutad 20 oktober 2026: arbete",
        "Lagad 25 september 2026",
        "Personen säger: inget, trots kontakt Lämnad till handläggaren 7 oktober 2026",
        "Självskattning: hälsa 3, språk 4",
        "Steg framåt, språk: Klarar intervjuer på svenska.",
        "14 september 2026 till 20 oktober 2026",
        "Att göra Inget.",
    ):
        assert each in page, each
    step(secretary, home, "return", day="2026-10-26")
    assert "på nytt: avslutet före räknas inte" in text_of(secretary.get(home).text)
    assert "första mötet: 27 oktober 2026" in text_of(secretary.get(home).text)


@pytest.mark.slow
def test_what_cannot_be_is_told_once_and_changes_nothing(one: Whole, secretary: Visitor) -> None:
    home = planned(one, secretary)
    other = {
        "id": "svenska",
        "title": "Svenska",
        "kind": "LANGUAGE",
        "support": "EQUIP",
        "first": "2026-09-07",
    }
    said = refused(secretary, home, "assign", 422, **other, slots="2 2 10:00")
    assert said.endswith(
        "Tiden krockar med Jobbsökargruppen, som har samma veckodag och klockslag. "
        "Välj en annan tid, eller avsluta den först."
    )
    step(secretary, home, "assign", **other, slots="2 2 12:00\n1 2 09:00")
    for fields, expected in (
        ({**other, "slots": "5 2"}, "Beteckningen svenska används redan"),
        ({**other, "id": "x", "slots": "1 12\n2 12\n3 12"}, "Det får vara högst 40"),
        ({**other, "id": "x", "slots": "5 2", "first": "2026-08-31"}, "Den ska vara tidigast 2026-09-01"),
        ({**other, "id": "x", "slots": "5 2", "last": "2026-09-01"}, "Den ska vara tidigast 2026-09-07"),
        (
            {**other, "id": "x", "slots": "måndag 3"},
            "”måndag 3” går inte att läsa. Skriv veckodag",
        ),
    ):
        assert expected in refused(secretary, home, "assign", 422, **fields)
    assert "finns inget" in refused(
        secretary, home, "answer", 422, activity="annan", answer="TAKEN", day="2026-09-04"
    )
    assert "Skriv vad personen själv säger" in refused(
        secretary, home, "answer", 422, activity="svenska", answer="DECLINED", day="2026-09-08"
    )
    assert "har inte varit än" in refused(secretary, home, "follow_up", 422, day="2026-10-29", held="ja")
    assert "följer inte sidospåret" in refused(secretary, home, "main_track", 409, last="2026-10-01")
    assert "finns inget" in refused(secretary, home, "contact", 422, number="1", day="2026-10-01")
    assert "kan inte komma tillbaka" in refused(secretary, home, "return", 409, day="2026-10-01")
    step(secretary, home, "exit", day="2026-10-20", reason="STUDIES")
    assert "Deltagaren är avslutad" in refused(secretary, home, "exit", 409, day="2026-10-21", reason="WORK")
    assert "Deltagaren är avslutad" in refused(
        secretary,
        home,
        "plan",
        409,
        decided="2026-10-20",
        first="2026-10-21",
        last="2026-11-20",
        goal="Mål",
        full_time="ja",
    )
    assert "tidigast 2026-10-20" in refused(secretary, home, "return", 422, day="2026-10-19")


def test_attendance_on_days_that_are_none(one: Whole, secretary: Visitor) -> None:
    """The activity has Tuesdays and Wednesdays from 7 September; today is Wednesday 28 October."""
    home = planned(one, secretary)
    for day, expected in (
        ("2026-10-26", "inget tillfälle den 2026-10-26, enligt schemat och kalendern"),
        ("2026-08-25", "inget tillfälle"),
        ("2026-11-03", "har inte varit än"),
    ):
        status, page = marked(secretary, home, day, "PRESENT")
        assert (status, expected in told(page)) == (422, True), day
    for mark in ("PRESENT", "PRESENT", "SICK"):
        assert marked(secretary, home, "2026-10-27", mark)[0] == 303
    page = secretary.get(f"{home}?vecka=2026-10-27").text
    assert page.count('value="SICK" selected') == 1
    unmarked = {"vecka": "2026-10-26", "narvaro|2026-10-28|grupp": "UNMARKED"}
    assert secretary.send(f"{home}/narvaro", unmarked).status_code == 303
    person = {"personal_number": number_of(page), "activity": "grupp"}
    assert one.eservice().post("/check-ins", person).status_code == 200, "what nobody marked is not marked"


def number_of(page: str) -> str:
    found = re.search(r"Personnummer (\d{12})\b", page)
    assert found is not None
    return found[1]


def test_a_button_that_is_pressed_twice_and_a_page_that_is_old(one: Whole, secretary: Visitor) -> None:
    person = {"personal_number": personal_number(one.person()), "first_name": "Kim", "last_name": "Ek"}
    first, again = (secretary.send(f"{HOME}/ny", person | {"day": "2026-09-01"}) for _ in range(2))
    home = first.headers["location"]
    assert (again.status_code, again.headers["location"]) == (303, f"{home}?fanns=ja")
    assert "Personen var redan deltagare" in secretary.get(again.headers["location"]).text
    meeting = {"step": "meeting", "version": "1", "day": "2026-09-02", "held": "ja"}
    assert secretary.send(f"{home}/steg", meeting).status_code == 303
    again = secretary.send(f"{home}/steg", meeting)
    assert again.status_code == 412
    assert "Se efter om ditt steg redan är taget" in told(again.text)
    assert secretary.send(f"{home}/steg", {**meeting, "version": ""}).status_code == 412
    assert secretary.send(f"{home}/brev", {}).status_code == 409
    step(secretary, home, "exit", day="2026-10-01", reason="WORK")
    back = secretary.send(f"{HOME}/ny", person | {"day": "2026-10-27"}).headers["location"]
    assert "Ta steget Kom tillbaka" in secretary.get(back).text


def test_who_comes_back_after_three_months_has_left(one: Whole, secretary: Visitor) -> None:
    """Within three months the exit was none; a day later it stands, and so does one that was no work."""
    for reason, left, back, undone in (
        ("WORK", "2026-06-30", "2026-09-30", True),
        ("STUDIES", "2026-06-30", "2026-09-30", True),
        ("WORK", "2026-06-30", "2026-10-01", False),
        ("MOVED", "2026-06-30", "2026-07-01", False),
    ):
        person = {"personal_number": personal_number(one.person()), "first_name": "Kim", "last_name": "Ek"}
        home = secretary.send(f"{HOME}/ny", person | {"day": "2026-06-01"}).headers["location"]
        step(secretary, home, "exit", day=left, reason=reason)
        step(secretary, home, "return", day=back)
        assert ("avslutet före räknas inte" in secretary.get(home).text) is undone, (reason, back)


def test_another_municipalitys_participant_is_not_there(one: Whole, secretary: Visitor) -> None:
    home = planned(one, secretary)
    stranger = visitor(one, Role.ACTIVITY_SECRETARY, tenant="1384", purpose="planering", name="Bo Ek")
    theirs = home.replace(TENANT, "1384")
    for path in (theirs, f"{theirs}/plan", f"{theirs}/plan.pdf"):
        assert stranger.get(path).status_code == 404, path
    for path in (f"{theirs}/steg", f"{theirs}/narvaro", f"{theirs}/brev"):
        sent = {"step": "exit", "version": "1", "day": "2026-10-01", "reason": "WORK"}
        assert stranger.send(path, sent | {"narvaro|2026-10-27|grupp": "PRESENT"}).status_code == 404, path
        assert stranger.send(path.replace("1384", TENANT), sent).status_code == 404, path
    assert "Avslutad" not in secretary.get(home).text


def test_what_is_wrong_is_said_of_the_field_as_the_form_calls_it(one: Whole, secretary: Visitor) -> None:
    home = planned(one, secretary)
    for name, fields, expected in (
        (
            "follow_up",
            {"day": "2026-09-10", "held": "ja", "jobs_applied": "10.000"},
            "Sökta arbeten</a>: ”10.000”",
        ),
        (
            "self_assessment",
            {"day": "2026-09-10", "areas": "hälsa"},
            "Områden</a>: ”hälsa” går inte",
        ),
        ("breach", {"day": "2019-01-01", "happened": "x"}, "Den</a>: Dagen 2019-01-01 är för tidig."),
    ):
        assert expected in refused(secretary, home, name, 422, **fields)
    born = {"personal_number": "198002099805", "first_name": "A", "last_name": "B", "day": "1950-01-01"}
    answer = secretary.send(f"{HOME}/ny", born)
    assert (answer.status_code, "Dagen 1950-01-01 är för tidig" in answer.text) == (422, True)
    answer = secretary.send(f"{GROUPS}/ny", {"title": "x", "slots": "tisdag"})
    assert (answer.status_code, "”tisdag” går inte att läsa" in answer.text) == (422, True)


@pytest.mark.slow
def test_a_group_that_is_full_and_one_that_is_chosen(one: Whole, secretary: Visitor) -> None:
    """Whoever is put into a group has its name, times and place; where it is full there is no more room."""
    fields = {
        "title": "Verkstaden",
        "kind": "WORKPLACE",
        "support": "EQUIP",
        "first": "2026-09-07",
        "slots": "5 6 08:00",
        "capacity": "1",
        "place": "Hamngatan 1",
    }
    secretary.send(f"{GROUPS}/ny", fields)
    found = re.search(rf'{GROUPS}/([0-9a-f]{{32}})">Verkstaden', secretary.get(GROUPS).text)
    assert found is not None
    one_, other = planned(one, secretary), planned(one, secretary)
    chosen = {"id": "aktivitet-2", "first": "2026-09-11", "offered": found[1]}
    assert "Verkstaden (1 plats)" in secretary.get(one_).text
    step(secretary, one_, "assign", **chosen)
    assert "Verkstaden: arbetsplatsförlagd" in text_of(secretary.get(one_).text)
    said = refused(secretary, other, "assign", 409, **chosen)
    assert (
        said == "Verkstaden är full. Antal platser: 1. Välj en annan grupp, eller vänta tills någon slutar."
    )
    late = chosen | {"id": "aktivitet-3", "last": "2026-12-01"}
    found_at = f"{GROUPS}/{found[1]}"
    end = {"dag": "2026-09-11", "gor": "avsluta"}
    answer = secretary.send(found_at, end | {"last": "i morgon"})
    assert (answer.status_code, "i morgon" in answer.text) == (422, True)
    assert secretary.send(found_at, end | {"last": "2026-11-27"}).status_code == 303
    assert "Sista dagen är 27 november 2026" in text_of(secretary.get(found_at).text)
    assert "slutar redan 2026-11-27" in text_of(secretary.send(found_at, end | {"last": "2026-12-01"}).text)
    assert "slutar 2026-11-27" in refused(secretary, other, "assign", 422, **late)
    own = {"activity": "aktivitet-2", "last": "2026-11-20"}
    step(secretary, one_, "activity_ends", **own)
    assert "slutar redan 2026-11-20" in refused(secretary, one_, "activity_ends", 409, **own)
