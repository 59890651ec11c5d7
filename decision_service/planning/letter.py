"""The plan as a letter to the participant: the goal, who does what, the week, and what to do when one cannot
come. The words stand in ``planbrev.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from decision_service.installation.municipality import Municipality
from decision_service.outputs.addressee import Addressee
from decision_service.outputs.letter_layout import Letter, LetterPart
from decision_service.planning.participation import (
    ActivityAnswer,
    AgreedPlan,
    AssignedActivity,
    Participation,
    Slot,
)
from decision_service.planning.words import words
from decision_service.store.refused import ConflictError
from norms import document
from norms.fault import fault
from norms.month import day_in_words
from rules.schema import FileModel, validate
from rules.texts import in_number

FILE = Path(__file__).with_name("planbrev.yaml")
KIND = "PLAN"
Text = Annotated[str, StringConstraints(min_length=1)]


class _Part(FileModel):
    heading: Text = Field(alias="rubrik")
    paragraphs: tuple[Text, ...] = Field(default=(), alias="stycken")
    empty: str = Field(default="", alias="tomt")
    own_search: str = Field(default="", alias="eget")


class _Times(FileModel):
    begins: Text = Field(alias="från")
    ends: Text = Field(alias="till")


class _Texts(FileModel):
    title: Text = Field(alias="rubrik")
    intro: _Part = Field(alias="inledning")
    steps: _Part = Field(alias="steg")
    week: _Part = Field(alias="vecka")
    offered: _Part = Field(alias="erbjudet")
    times: _Times = Field(alias="tider")
    hindered: _Part = Field(alias="hinder")
    contact: _Part = Field(alias="kontakt")


@cache
def _texts() -> _Texts:
    return validate(_Texts, document.read(FILE))


def plan_letter(person: Participation, municipality: Municipality, today: date, case: str) -> Letter:
    """The letter of the latest plan. Raises ConflictError where there is none."""
    if not person.plans:
        raise ConflictError(fault("no_plan_yet"))
    plan, texts, sender = person.plans[-1], _texts(), municipality.sender
    values = {
        "första": day_in_words(plan.first),
        "sista": day_in_words(plan.last),
        "mål": plan.goal,
        "timmar": f"{plan.own_search_hours} {in_number(plan.own_search_hours, 'timmar')}",
        "nämnd": sender.board,
        "kommun": municipality.name,
        "kontakt": sender.contact,
        "adress": sender.address,
    }
    own = (texts.week.own_search,) if plan.own_search_hours else ()
    week, offered = (
        list(_week(person, plan, today, answer)) for answer in (ActivityAnswer.TAKEN, ActivityAnswer.OFFERED)
    )
    parts = (
        _part(texts.intro, values),
        _part(texts.steps, values, list(_steps(plan))),
        _part(texts.week, values, week, (*(texts.week.paragraphs if week else ()), *own)),
        *([_part(texts.offered, values, offered)] if offered else []),
        _part(texts.hindered, values),
        _part(texts.contact, values),
    )
    return Letter(
        KIND,
        texts.title.format(**values),
        parts,
        Addressee(case, person.name, person.personal_number, protected=person.protected),
        today,
        case.removeprefix("person-")[:_SHORT],
        f"{sender.board}, {municipality.name}",
    )


_SHORT = 12
"""Characters of a participant's id that a letter repeats as its reference."""


def _part(
    texts: _Part,
    values: Mapping[str, str],
    items: list[str] | None = None,
    said: tuple[str, ...] | None = None,
) -> LetterPart:
    paragraphs = texts.paragraphs if said is None else said
    if items is not None and not items:
        paragraphs = (texts.empty, *paragraphs)
    filled = tuple(each.format(**values) for each in paragraphs)
    return LetterPart(texts.heading, filled, tuple(items or ()), (), "", "", ())


def _steps(plan: AgreedPlan) -> Iterator[str]:
    for each in plan.next_steps:
        by = f" Senast {day_in_words(each.by)}." if each.by is not None else ""
        yield f"{words().doers[each.who].capitalize()}: {each.what}.{by}"


def _week(person: Participation, plan: AgreedPlan, today: date, answer: ActivityAnswer) -> Iterator[str]:
    """The activities with an answer that are left of the plan's time."""
    for each in person.activities:
        if each.answer is not answer or not each.touches(max(plan.first, today), plan.last):
            continue
        times = ", ".join([*map(_time, each.slots), *_between(each, plan, today)])
        where = f" Plats: {each.place}." if each.place else ""
        who = f" Ansvarig: {each.responsible}." if each.responsible else ""
        yield f"{each.title}: {times}.{where}{who}"


def _between(each: AssignedActivity, plan: AgreedPlan, today: date) -> Iterator[str]:
    """From when and until when, where that is not all that is left of the plan's time."""
    times = _texts().times
    if each.first > max(plan.first, today):
        yield times.begins.format(dag=day_in_words(each.first))
    if each.last is not None and each.last < plan.last:
        yield times.ends.format(dag=day_in_words(each.last))


def _time(slot: Slot) -> str:
    begins = f" kl. {slot.begins}" if slot.begins else ""
    return f"{words().days[str(slot.weekday)]}{begins} ({slot.hours} tim)"
