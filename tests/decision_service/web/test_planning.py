"""The pages of those who plan: what is due, every step by its form, the week, the group, the printed plan."""

from __future__ import annotations

import itertools
import re

import pytest

from decision_service.access.roles import Role
from decision_service.planning.steps import STEPS
from decision_service.reading.strict_json import InputError
from decision_service.web.step_forms import step_in
from decision_service.web.visitors import SentForm
from tests.world.people import TENANT, personal_number
from tests.world.service import Whole
from tests.world.visitors import Visitor, nobody, visitor

HOME, GROUPS = f"/k/{TENANT}/deltagare", f"/k/{TENANT}/grupper"
_NAMES = itertools.count(1)


@pytest.fixture(scope="module")
def secretary(one: Whole) -> Visitor:
    return visitor(one, Role.ACTIVITY_SECRETARY, purpose="planering", name="Eva Lind")


def enrolled(one: Whole, secretary: Visitor) -> str:
    """The address of somebody who was enrolled on a page."""
    fields = {
        "personal_number": personal_number(one.person()),
        "first_name": "Kim",
        "last_name": f"Ek{next(_NAMES)}",
        "day": "2026-09-01",
    }
    answer = secretary.send(f"{HOME}/ny", fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def step(secretary: Visitor, home: str, step: str, status: int = 303, **fields: str) -> str:
    """A step by the form of the page."""
    version = re.search(r'name="version" value="(\d+)"', secretary.get(home).text)
    assert version is not None
    answer = secretary.send(f"{home}/steg", {"step": step, "version": version[1], **fields})
    assert answer.status_code == status, re.sub(r"<[^>]+>", "", answer.text)
    return answer.text


def planned(one: Whole, secretary: Visitor, offered: str = "") -> str:
    """Somebody with a plan and an activity."""
    home = enrolled(one, secretary)
    step(secretary, home, "meeting", day="2026-09-02", held="ja")
    step(
        secretary,
        home,
        "plan",
        decided="2026-09-02",
        first="2026-09-03",
        last="2026-10-31",
        goal="Arbete på lager",
        next_steps="du: söka fem arbeten\nvi: boka studiebesök\nArbetsförmedlingen: bekräftar",
        own_search_hours="10",
        full_time="ja",
    )
    step(
        secretary,
        home,
        "assign",
        id="grupp",
        title="Jobbsökargruppen",
        kind="JOB_SEARCH",
        support="COACH",
        first="2026-09-07",
        slots="2 3 09:00\n3 2",
        offered=offered,
    )
    step(secretary, home, "answer", activity="grupp", answer="TAKEN", day="2026-09-04")
    return home


def test_what_is_to_be_done_today_stands_in_the_list(one: Whole, secretary: Visitor) -> None:
    home = enrolled(one, secretary)
    page = secretary.get(HOME).text
    row = next(each for each in page.split("<tr>") if home in each)
    assert "första mötet" in row
    assert "för sent" in row
    found = secretary.get(home).text
    for each in ("första mötet", "planen", "Ingen plan är gjord än"):
        assert each in found


def test_there_is_a_form_for_every_step(one: Whole, secretary: Visitor) -> None:
    home = planned(one, secretary)
    step(secretary, home, "breach", day="2026-10-05", happened="Kom inte.")
    first = secretary.get(home).text
    step(secretary, home, "contact", number="1", day="2026-10-06", account="Sjukt barn.", accepted="ja")
    words = {"responsible": "Bo Ek", "support": "Samtal.", "reason": "Sjuk länge."}
    step(secretary, home, "side_track", first="2026-10-07", **words)
    later = secretary.get(home).text
    step(secretary, home, "exit", day="2026-10-10", reason="WORK")
    left = secretary.get(home).text
    shown = {each for page in (first, later, left) for each in re.findall(r'name="step" value="(\w+)"', page)}
    assert shown == set(STEPS)


def test_a_broken_planning_is_handed_over_with_the_persons_own_words(one: Whole, secretary: Visitor) -> None:
    home = planned(one, secretary)
    step(secretary, home, "breach", day="2026-10-05", happened="Kom inte.")
    step(secretary, home, "handed_over", 409, number="1", day="2026-10-07", agreed="A", happened="B")
    step(secretary, home, "contact", number="1", day="2026-10-06", account="Bussen gick inte.")
    step(secretary, home, "handed_over", number="1", day="2026-10-07", agreed="A", happened="B", children="")
    page = secretary.get(home).text
    assert "Bussen gick inte." in page
    assert "Lämnad till handläggaren 7 oktober 2026" in page


def test_what_is_wrong_is_told_and_what_was_written_stands(one: Whole, secretary: Visitor) -> None:
    home = enrolled(one, secretary)
    page = step(
        secretary, home, "plan", 422, first="2026-09-03", last="2027-09-01", goal="Mål", full_time="ja"
    )
    assert "Något behöver rättas" in page
    assert 'value="2027-09-01"' in page
    wrong = {"personal_number": "123", "first_name": "Kim", "last_name": "Ek", "day": "2026-09-01"}
    answer = secretary.send(f"{HOME}/ny", wrong)
    assert (answer.status_code, 'value="Kim"' in answer.text) == (422, True)
    assert secretary.send(f"{HOME}/sok", {"personnummer": "abc"}).status_code == 422
    unknown = secretary.send(f"{HOME}/sok", {"personnummer": personal_number(one.person())})
    assert "Ingen deltagare har det personnumret" in unknown.text


def test_somebody_is_found_by_the_number_as_people_write_it(one: Whole, secretary: Visitor) -> None:
    person = one.person()
    number = personal_number(person)
    fields = {"personal_number": number, "first_name": "Kim", "last_name": "Ek", "day": "2026-09-01"}
    home = secretary.send(f"{HOME}/ny", fields).headers["location"]
    for written in (number, f"{number[2:8]}-{number[8:]}"):
        assert secretary.send(f"{HOME}/sok", {"personnummer": written}).headers["location"] == home


def test_the_week_is_marked_on_the_page(one: Whole, secretary: Visitor) -> None:
    home = planned(one, secretary)
    page = secretary.get(f"{home}?vecka=2026-10-22").text
    assert "Veckan från 19 oktober 2026" in page
    assert page.count("narvaro|") == 2
    sent = {"vecka": "2026-10-19", "narvaro|2026-10-20|grupp": "SICK", "narvaro|2026-10-21|grupp": "PRESENT"}
    assert secretary.send(f"{home}/narvaro", sent).status_code == 303
    marked = secretary.get(f"{home}?vecka=2026-10-19").text
    assert 'value="SICK" selected' in marked
    assert 'value="PRESENT" selected' in marked
    for wrong in ("narvaro|2026-10-19|grupp", "narvaro|igår|grupp", "narvaro|2026-10-20|annan"):
        answer = secretary.send(f"{home}/narvaro", {"vecka": "2026-10-19", wrong: "PRESENT"})
        assert answer.status_code == 422, wrong
    assert secretary.send(f"{home}/narvaro", {"narvaro|2026-10-20|grupp": "x"}).status_code == 422


def test_a_group_is_offered_marked_and_closed_on_its_pages(one: Whole, secretary: Visitor) -> None:
    fields = {
        "title": "Svenska på jobbet",
        "kind": "LANGUAGE",
        "support": "EQUIP",
        "first": "2026-09-07",
        "slots": "2 3 09:00\n3 2",
        "capacity": "1",
    }
    for slots in ("tisdag", "2 3 09:00\n2 3 10:00", "2 3 22:00"):
        assert secretary.send(f"{GROUPS}/ny", fields | {"slots": slots}).status_code == 422, slots
    assert secretary.send(f"{GROUPS}/ny", fields).status_code == 303
    id_ = re.search(rf"{GROUPS}/([0-9a-f]{{32}})\">Svenska på jobbet", secretary.get(GROUPS).text)
    assert id_ is not None
    group = f"{GROUPS}/{id_[1]}"
    assert re.search(r"Erbjuds sedan 28 oktober 2026 av \w", secretary.get(group).text)
    home = planned(one, secretary, id_[1])
    participant = home.rpartition("/")[2]
    assert "1 av 1" in secretary.get(GROUPS).text
    assert participant in secretary.get(f"{group}?dag=2026-10-27").text
    opened = secretary.get(group).text
    assert "onsdag 28 oktober 2026" in opened, "the last time that it is held, whatever the day is"
    assert "?dag=2026-10-27" in opened
    assert "?dag=2026-11-03" in opened
    mark = {"dag": "2026-10-27", "gor": "markera", f"narvaro-{participant}": "ABSENT_VALID"}
    assert secretary.send(group, mark).status_code == 303
    assert 'value="ABSENT_VALID" selected' in secretary.get(f"{group}?dag=2026-10-27").text
    asked = secretary.send(group, {"dag": "2026-10-27", "gor": "stang"})
    assert (asked.status_code, "2026-10-27 är närvaron redan markerad för 1." in asked.text) == (409, True)
    assert 'value="stang-anda"' in asked.text
    assert 'value="ABSENT_VALID" selected' in secretary.get(f"{group}?dag=2026-10-27").text
    for day, close in (("2026-10-27", "stang-anda"), ("2026-11-03", "stang")):
        assert secretary.send(group, {"dag": day, "gor": close}).status_code == 303
        closed = secretary.get(f"{group}?dag={day}").text
        assert "Dagen är inställd och räknas inte" in closed
        assert participant not in closed
        assert secretary.send(group, {"dag": day, "gor": "oppna"}).status_code == 303
        opened = secretary.get(f"{group}?dag={day}").text
        assert ("Dagen är inställd" in opened, participant in opened) == (False, True)
    assert 'value="UNMARKED" selected' in secretary.get(f"{group}?dag=2026-10-27").text
    assert "Ingen har något tillfälle" in secretary.get(f"{group}?dag=2026-09-01").text


def offered(secretary: Visitor, title: str) -> str:
    """The address of a group on Tuesdays and Wednesdays."""
    said = {"title": title, "kind": "LANGUAGE", "support": "EQUIP", "first": "2026-09-07"}
    assert secretary.send(f"{GROUPS}/ny", said | {"slots": "2 3 09:00\n3 2"}).status_code == 303
    found = re.search(rf"{GROUPS}/[0-9a-f]{{32}}(?=\">{title})", secretary.get(GROUPS).text)
    assert found is not None
    return found[0]


def sheet(page: str, **chosen: str) -> dict[str, str]:
    """The marks of a page as a browser sends them: every one, with those that were chosen by place."""
    shown = dict(re.findall(r'name="(fore[-|][^"]+)" value="(\w+)"', page))
    marks = {f"narvaro{name.removeprefix('fore')}": mark for name, mark in shown.items()}
    for name in marks:
        marks[name] = next((mark for place, mark in chosen.items() if place in name), marks[name])
    return shown | marks


@pytest.mark.slow
@pytest.mark.parametrize("where", ["group", "week"])
def test_two_who_mark_at_once_undo_nothing_of_each_other(one: Whole, secretary: Visitor, where: str) -> None:
    """Each page sends every mark on it: what nobody chose is left as it is, what both chose is asked."""
    group = offered(secretary, f"Samtidigt {where}")
    homes = [planned(one, secretary, group.rpartition("/")[2]) for _ in range(2)]
    if where == "group":
        a, b = (home.rpartition("/")[2] for home in homes)
        address, to, more = f"{group}?dag=2026-10-27", group, {"dag": "2026-10-27", "gor": "markera"}
    else:
        a, b = "2026-10-20", "2026-10-21"
        address, to = f"{homes[0]}?vecka=2026-10-19", f"{homes[0]}/narvaro"
        more = {"vecka": "2026-10-19"}
    old = secretary.get(address).text
    assert secretary.send(to, more | sheet(old, **{a: "PRESENT"})).status_code == 303
    assert secretary.send(to, more | sheet(old, **{b: "SICK"})).status_code == 303
    both = secretary.get(address).text
    kept = {name: mark for name, mark in sheet(both).items() if name.startswith("fore")}
    assert sorted(kept.values()) == ["PRESENT", "SICK"]
    refused = secretary.send(to, more | sheet(old, **{a: "ABSENT"}))
    assert refused.status_code == 409
    assert "Någon annan har markerat 2026-10-2" in refused.text
    assert 'value="ABSENT" selected' in refused.text
    assert 'value="SICK" selected' in refused.text, (
        "what the other marked is not written over by a second try"
    )
    assert sheet(secretary.get(address).text) == sheet(both), "nothing is saved"
    assert secretary.send(to, more | sheet(refused.text, **{a: "ABSENT"})).status_code == 303
    marks = [mark for name, mark in sheet(secretary.get(address).text).items() if name.startswith("fore")]
    assert sorted(marks) == ["ABSENT", "SICK"]


def test_an_exit_before_a_day_that_is_marked_is_refused(one: Whole, secretary: Visitor) -> None:
    home = planned(one, secretary)
    mark = {"vecka": "2026-10-19", "narvaro|2026-10-20|grupp": "PRESENT"}
    assert secretary.send(f"{home}/narvaro", mark).status_code == 303
    assert "före 2026-10-20" in step(secretary, home, "exit", 422, day="2026-10-19", reason="WORK")
    closed = {"vecka": "2026-10-26", "narvaro|2026-10-27|grupp": "CLOSED"}
    assert secretary.send(f"{home}/narvaro", closed).status_code == 303
    step(secretary, home, "exit", day="2026-10-20", reason="WORK")
    assert 'value="PRESENT" selected' in secretary.get(f"{home}?vecka=2026-10-19").text


def test_a_day_beyond_all_weeks_is_today(one: Whole, secretary: Visitor) -> None:
    group = offered(secretary, "Kalendern")
    home = planned(one, secretary, group.rpartition("/")[2])
    for day in ("0001-01-01", "9999-12-31"):
        assert "onsdag 28 oktober 2026" in secretary.get(f"{group}?dag={day}").text
        assert "Veckan från 26 oktober 2026" in secretary.get(f"{home}?vecka={day}").text


def test_what_was_handed_over_works_again_by_a_button(one: Whole, secretary: Visitor) -> None:
    home = planned(one, secretary)
    step(secretary, home, "breach", day="2026-10-05", happened="Kom inte.")
    step(secretary, home, "contact", number="1", day="2026-10-06", account="Bussen gick inte.")
    step(secretary, home, "handed_over", number="1", day="2026-10-07", agreed="A", happened="B")
    page = secretary.get(home).text
    assert "Planeringen fungerar igen</button>" in page
    assert "Lämna till handläggaren</button>" not in page
    step(secretary, home, "mended", number="1", day="2026-10-20")
    page = secretary.get(home).text
    assert "Planeringen fungerar igen 20 oktober 2026" in page
    assert "Planeringen fungerar igen</button>" not in page


def test_files_are_taken_in_whole_and_handed_out(one: Whole, secretary: Visitor) -> None:
    person = one.person()
    number = personal_number(person)
    fields = {"personal_number": number, "first_name": "Kim", "last_name": "Ek", "day": "2026-09-01"}
    secretary.send(f"{HOME}/ny", fields)
    head = "personnummer;bestämd;första dagen;sista dagen;mål;eget arbetssökande;heltid;skäl"
    row = f"{number};2026-09-02;2026-09-03;2026-10-31;=SUMMA(A1);5;ja;"
    bad = {"slag": "planer", "text": f"{head}\n{row.replace('2026-10-31', '2027-10-31')}"}
    answer = secretary.send(f"{HOME}/filer", bad)
    assert (answer.status_code, "rad 2" in answer.text) == (422, True)
    assert (
        "1 rad togs in" in secretary.send(f"{HOME}/filer", {"slag": "planer", "text": f"{head}\n{row}"}).text
    )
    out = secretary.get(f"{HOME}/filer/planer.csv").text
    assert f"{number};2026-09-02;2026-09-03;2026-10-31;'=SUMMA(A1);5;ja;" in out
    again = {
        "slag": "planer",
        "text": out.replace("2026-09-03", "2026-09-20").replace("2026-09-02", "2026-09-19"),
    }
    lines = [line for line in again["text"].splitlines() if number in line or "personnummer" in line]
    assert "1 rad togs in" in secretary.send(f"{HOME}/filer", again | {"text": "\n".join(lines)}).text
    assert "närvaro" in secretary.get(f"{HOME}/filer/narvaro.csv?fran=2026-10-01&till=2026-10-28").text
    assert secretary.get(f"{HOME}/filer/narvaro.csv?fran=2026-01-01&till=2026-10-28").status_code == 422


def test_everything_that_is_wrong_in_a_file_is_told_by_row_and_column(one: Whole, secretary: Visitor) -> None:
    """All that is wrong in a row and in every row at once, in the words that the file is written in."""
    number = personal_number(one.person())
    plans = "personnummer;bestämd;första dagen;sista dagen;mål;eget arbetssökande;heltid;skäl"
    rows = f"x;2026-13-01;2026-09-03;2026-10-31;Mål;fem;true;\n{number};kort\n{number};i går;;;;;ja;"
    page = secretary.send(f"{HOME}/filer", {"slag": "planer", "text": f"{plans}\n{rows}"}).text
    told = re.findall(r"</a>: (rad [^<]*)<", page)
    assert {each.partition(":")[0] for each in told} >= {
        *(f"rad 2, {name}" for name in ("personnummer", "bestämd", "eget arbetssökande", "heltid")),
        "rad 3",
        *(f"rad 4, {name}" for name in ("personnummer", "bestämd")),
    }
    assert "rad 2, heltid: ”true” är inget av de tillåtna värdena: ja, nej." in told
    assert not [each for each in told if "false" in each]
    marks = "personnummer;dag;aktivitet;närvaro\n199211309902;2026-13-01;jobb;y"
    page = secretary.send(f"{HOME}/filer", {"slag": "narvaro", "text": marks}).text
    told = re.findall(r"</a>: (rad [^<:]*):", page)
    assert set(told) == {"rad 2, personnummer", "rad 2, dag", "rad 2, närvaro"}


WRITTEN = (
    "{d}-{n}",
    "{d} {n}",
    "{d}\N{EN DASH}{n}",
    "{d}\N{NON-BREAKING HYPHEN}{n}",
    " {d}\N{NO-BREAK SPACE}{n} ",
)


@pytest.mark.parametrize("written", WRITTEN)
def test_a_personal_number_is_read_alike_in_every_form(one: Whole, written: str) -> None:
    """As people write it; and where there is none the field says so."""
    kim = visitor(one, *Role)
    number = personal_number(one.person())
    text = written.format(d=number[:8], n=number[8:])
    person = {"first_name": "Kim", "last_name": "Ek", "day": "2026-09-01"}
    enrolled = kim.send(f"{HOME}/ny", person | {"personal_number": text})
    assert enrolled.status_code == 303
    found = kim.send(f"{HOME}/sok", {"personnummer": text})
    assert found.headers["location"] == enrolled.headers["location"]
    assert kim.send(f"/k/{TENANT}/beslut/person", {"person": text}).status_code == 200
    for address, name, label in (
        (f"{HOME}/ny", "personal_number", "Personnummer"),
        (f"{HOME}/sok", "personnummer", "Sök på personnummer"),
        (f"/k/{TENANT}/beslut/person", "person", "Personnummer"),
    ):
        empty = kim.send(address, person | {name: " "})
        assert empty.status_code == 422
        assert f'<a href="#{name}">{label}</a>: Uppgiften saknas.' in empty.text


def test_the_week_is_in_the_order_of_the_day(one: Whole, secretary: Visitor) -> None:
    """Whichever activity was written first."""
    home = planned(one, secretary)
    for what, begins in (("sen", "15:00"), ("tidig", "08:00")):
        times = {"slots": "\n".join(f"{day} 1 {begins}" for day in range(1, 6))}
        said = {"title": what, "id": what, "kind": "JOB_SEARCH", "support": "COACH", "first": "2026-10-19"}
        step(secretary, home, "assign", **said, **times)
        step(secretary, home, "answer", activity=what, answer="TAKEN", day="2026-10-19")
    page = secretary.get(f"{home}?vecka=2026-10-21").text
    shown = re.findall(r"narvaro\|(\d{4}-\d\d-\d\d)\|(sen|tidig)", page)
    assert ("2026-10-21", "tidig") in shown
    for day in {day for day, _ in shown}:
        assert list(dict.fromkeys(each for at, each in shown if at == day)) == ["tidig", "sen"]


def test_the_plan_is_a_page_and_a_file_to_print(one: Whole, secretary: Visitor) -> None:
    home = planned(one, secretary)
    page = secretary.get(f"{home}/plan").text
    for each in (
        "Din plan från 3 september 2026 till 31 oktober 2026",
        "Målet är: Arbete på lager",
        "Du: söka fem arbeten.",
        "Arbetsmarknadsenheten: boka studiebesök.",
        "Jobbsökargruppen: tisdag kl. 09:00 (3 tim), onsdag (2 tim).",
        "10 timmar i veckan",
        "Det beslutar en handläggare",
    ):
        assert each in page, each
    sent = secretary.send(f"{home}/brev", {}).headers["location"]
    assert "lämnad för att sändas" in secretary.get(sent).text
    assert secretary.get(f"{home}/plan.pdf").content.startswith(b"%PDF")
    assert secretary.get(f"{enrolled(one, secretary)}/plan").status_code == 409


def test_a_form_says_what_was_written_and_nothing_more() -> None:
    form = SentForm([("step", "follow_up"), ("day", "2026-10-01"), ("held", "kanske"), ("jobs_applied", " ")])
    assert step_in(form) == {"step": "follow_up", "day": "2026-10-01", "held": "kanske"}
    areas = SentForm([("step", "self_assessment"), ("day", "2026-10-01"), ("areas", "hälsa 3\nspråk: 4")])
    assert step_in(areas)["areas"] == {"hälsa": 3, "språk": 4}
    with pytest.raises(InputError, match="står två gånger"):
        step_in(SentForm([("step", "self_assessment"), ("areas", "hälsa 3\nspråk 4\nhälsa 5")]))
    for step_, field, unreadable in (("self_assessment", "areas", "hyra"), ("assign", "slots", "tisdag 3")):
        with pytest.raises(InputError, match=f"”{unreadable}” går inte att läsa"):
            step_in(SentForm([("step", step_), (field, unreadable)]))
    assert step_in(SentForm([("step", "avslag")])) == {"step": "avslag"}


def test_hostile_words_are_words(one: Whole, secretary: Visitor) -> None:
    hostile = '<script>alert(1)</script>" onload="x'
    fields = {"personal_number": personal_number(one.person()), "day": "2026-09-01"}
    names = {"first_name": hostile, "last_name": hostile}
    home = secretary.send(f"{HOME}/ny", fields | names).headers["location"]
    plan = {"decided": "2026-09-02", "first": "2026-09-03", "last": "2026-10-31", "full_time": "ja"}
    step(secretary, home, "plan", goal=hostile, next_steps=hostile, **plan)
    step(secretary, home, "breach", day="2026-10-05", happened=hostile)
    step(secretary, home, "contact", number="1", day="2026-10-06", account=hostile)
    step(secretary, home, "follow_up", day="2026-10-06", held="ja", done=hostile, next=hostile)
    for path in (HOME, home, f"{home}/plan"):
        page = secretary.get(path).text
        assert "alert(1)" in page
        assert "<script>alert" not in page
        assert 'onload="x' not in page


def test_the_pages_are_for_their_own(one: Whole, secretary: Visitor) -> None:
    home = planned(one, secretary)
    for path in (HOME, home, f"{home}/plan"):
        assert nobody(one).get(path).status_code == 303
        for role in Role:
            allowed = role in (Role.ACTIVITY_SECRETARY, Role.HANDLAGGARE, Role.CHEF)
            assert visitor(one, role).get(path).status_code == (200 if allowed else 403), (path, role)
    handlaggare = visitor(one, Role.HANDLAGGARE)
    assert "Ta ett steg" not in handlaggare.get(home).text
    assert handlaggare.send(f"{home}/steg", {"step": "exit"}).status_code == 403
    assert handlaggare.get(GROUPS).status_code == 403
    assert visitor(one, Role.ACTIVITY_SECRETARY, tenant="1384").get(home).status_code == 404
