"""The envelope: a case of the app, or the application as the app submits it, with either form.

The citizen has typed the answers, so an answer that cannot be read is never a fault of the whole: it is told
as unmapped, and the rest is read. What is no application at all is a fault.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from decision_service.application.adapters.intake import Intake, finished, require_object
from decision_service.application.adapters.mitt_helsingborg import money, people
from decision_service.application.adapters.mitt_helsingborg.answers import (
    MOST_ANSWERS,
    FormAnswer,
    answers,
    beside,
    day,
    of_one,
)
from decision_service.application.adapters.mitt_helsingborg.collected import Collected, Value
from decision_service.application.adapters.mitt_helsingborg.forms import CHILDREN, forms
from decision_service.application.form import Application, ApplicationType
from decision_service.reading.faults import validated
from decision_service.reading.place import Place, pattern, sayable
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from decision_service.reading.unread import Unread, unread, untold
from norms.fault import fault
from norms.month import Month

_say = said_in(__file__)

TYPES = {"new": ApplicationType.NEW, "recurring": ApplicationType.RENEWAL}
_YES, _NO = ("true", "ja"), ("false", "nej")
SUBMITTED = ("active:submitted", "active:processing", "active:signature:completed")
"""How the status of a case begins once it has been handed in by all who must sign."""


def read(data: Any) -> Intake:
    """Read a case of the app or a submitted application. Raises InputError when it is neither."""
    require_object(data)
    place = Place(data)
    unmapped: list[Unread] = []
    given = list(answers(_answers(place, unmapped), unmapped))
    collected = Collected(_type(place, given, unmapped), _month(place, unmapped), unmapped)
    registered = people.read_persons(place["persons"], collected)
    collected.gather(given)
    for each in place["attachments"].each():
        collected.attach(each, each["category"].text(), each["name"].text(), each["id"].text())
    if _random_check(place, unmapped):
        collected.values["random_check"] = True
    persons = people.adults(collected)
    people.children(collected, persons, registered)
    application = validated(Application, _application(collected))
    unmapped += untold(place, lambda path: pattern(path) in forms().case_unused)
    return finished(application, persons, unmapped)


def _application(collected: Collected) -> dict[str, Value]:
    """The fields of the application, when all answers are gathered."""
    money.drop_strangers(collected)
    values = collected.values
    values["application_type"] = collected.kind
    if collected.address:
        values["address"] = collected.address
    if collected.month is not None:
        values["period_year"], values["period_month"] = collected.month.year, collected.month.number
    values["incomes"], values["costs"] = money.incomes(collected), money.costs(collected)
    values["assets"], values["plannings"] = money.assets(collected), people.plannings(collected)
    values["attachments"] = collected.attachments
    if collected.housing:
        said = "\n\n".join(dict.fromkeys(collected.housing))
        values["housing_description"] = collected.cut("housing", said)
    for topic, name in (("vuxna", "other_adults"), ("bidrag", "benefits_from")):
        if ticks := collected.ticked.get(topic, []):
            values[name] = list(dict.fromkeys(known.code for _, known in ticks))
        elif topic in collected.denied:
            values[name] = []
    _gates(collected)
    if collected.messages:
        values["other_information"] = collected.cut("message", "\n\n".join(collected.messages))
    return values


def _gates(collected: Collected) -> None:
    """What there is and is not. What a ”no” denies and another answer names is told."""
    values, denied = collected.values, collected.denied
    if values["incomes"] or denied.keys() >= forms().income_topics:
        values["has_incomes"] = bool(values["incomes"])
    if values["assets"] or "tillgångar" in denied:
        values["has_assets"] = bool(values["assets"])
    if "förändringar" in denied and collected.kind is ApplicationType.RENEWAL:
        values["housing_changed"] = values["children_residence_changed"] = False
    for topic, answer in denied.items():
        entries = [each for each in collected.entries.values() if each.about.topic == topic]
        if topic == "barn":
            entries += [each for each in collected.of_kind("costs") if each.about.person == CHILDREN]
        named = [each.where for each in entries if each.parts.get("amount") or each.about.part == "children"]
        named += [each.id for each, _ in collected.ticked.get(topic, [])]
        if named:
            collected.tell(answer.id, "denied", other=named[0])


def _answers(place: Place, unmapped: list[Unread]) -> Place:
    """The list of answers: that of the current form of a case, or that of a submitted application."""
    own = place["answers"]
    forms = place["forms"]
    current = place["currentFormId"].text()
    if own.value is None and isinstance(forms.value, dict):
        for name in forms.value:
            _encrypted(forms[name])
            forms[name]["currentPosition"].take()
            if name != current:
                _another_form(forms[name]["answers"], unmapped)
        own = forms[current]["answers"]
    if own.value is None:
        raise InputError([fault("no_answers", "answers")])
    if not isinstance(own.value, list):
        raise InputError([fault("answers_no_list", "answers")])
    if len(own.value) > MOST_ANSWERS:
        raise InputError([fault("too_many", "answers", limit=MOST_ANSWERS)])
    return own


def _another_form(place: Place, unmapped: list[Unread]) -> None:
    """Answers in a form that is not the one handed in."""
    given = [answer for answer in answers(place, unmapped) if not answer.is_blank]
    things = beside(given)
    for answer in given:
        of, value = of_one(things[answer.base, answer.entry]), sayable(answer.value)
        unmapped.append(unread(answer.id, "answer_in_another_form", *of, value=value))


def _encrypted(form: Place) -> None:
    for name in ("type", "encryptionKeyId", "symmetricKeyName"):
        form["encryption"][name].text()
    kind = form["encryption"]["type"].value
    if kind not in (None, "decrypted"):
        raise InputError([fault("answers_encrypted", *form.path)])


def _type(place: Place, given: list[FormAnswer], unmapped: list[Unread]) -> ApplicationType | None:
    """What was applied with: as the envelope says, else as the fields tell that only one form has."""
    kind = place["applicationType"].text()
    names = {answer.name for answer in given if not answer.is_blank}
    new, recurring = bool(names & forms().new_only), bool(names & forms().recurring_only)
    if kind:
        if kind not in TYPES:
            unmapped.append(unread("applicationType", "application_type", kind, value=kind))
            return None
        contrary = new if kind == "recurring" else recurring
        if contrary and not (new and recurring):
            unmapped.append(unread("applicationType", "answers_of_another_form", value=kind))
        return TYPES[kind]
    if new == recurring:
        unmapped.append(unread("answers", "which_form"))
        return None
    return ApplicationType.NEW if new else ApplicationType.RENEWAL


def _month(place: Place, unmapped: list[Unread]) -> Month | None:
    """The month that the period of the case begins in. It must not end in another."""
    period = place["details"]["period"] if place["details"]["period"].given else place["period"]
    days = []
    for name in ("startDate", "endDate"):
        where, value = period[name], period[name].take()
        if value in (None, 0, ""):
            continue
        found = _day(value)
        if found is None:
            unmapped.append(unread(where.where, "no_day", where, value=value))
        else:
            days.append(found)
    months = {Month.of(each) for each in days}
    if len(months) > 1:
        first, last = days
        unmapped.append(unread(period.where, "longer_than_a_month", first, last, first=first, last=last))
    return Month.of(days[0]) if len(months) == 1 else None


def _day(value: Any) -> date | None:
    """A day of the period, None when it is none."""
    try:
        return day(value)
    except ValueError:
        return None


def _random_check(place: Place, unmapped: list[Unread]) -> bool:
    """Whether the case is drawn for a random check. A status that does not say handed in is told."""
    status, asked = place["status"]["type"].text(), place.down("details", "completions", "randomCheck")
    drawn = "randomcheck" in status.lower()
    handed_in = any(f"{status}:".startswith(f"{each}:") for each in SUBMITTED)
    if status and not drawn and not handed_in:
        unmapped.append(unread("status.type", "not_handed_in", status, value=status))
    said = asked.text().lower()
    if said not in ("", *_YES, *_NO):
        unmapped.append(unread(asked.where, "answer", asked, value=said, why=_say("no_yes_or_no")))
    return drawn or said in _YES
