"""Mitt Helsingborg's answers (``mitt-helsingborg-v1``): both forms, as the app's case or as it is submitted.

The citizen has typed the answers, so an answer that cannot be read is never a fault of the whole: it is told
as unmapped, and the rest is read. What is no application at all is a fault.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from decision_service.application.adapters.answers import MOST_ANSWERS, Answer, answers
from decision_service.application.adapters.contradictions import contradictions
from decision_service.application.adapters.intake import Intake, finished
from decision_service.application.adapters.mitt_helsingborg_fields import (
    CASE_UNUSED,
    NEW_ONLY,
    RECURRING_ONLY,
)
from decision_service.application.adapters.mitt_helsingborg_form import Form
from decision_service.application.model import Application, ApplicationType
from decision_service.application.place import Place, pattern, untold
from decision_service.faults import validated
from decision_service.json_input import InputError, read_json
from norms.month import Month

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TYPES = {"new": ApplicationType.NEW, "recurring": ApplicationType.RENEWAL}
SUBMITTED = ("active:submitted", "active:processing", "active:signature:completed")
"""How the status of a case begins once it has been handed in by all who must sign."""


def read(content: bytes) -> Intake:
    """Read a case of the app or a submitted application. Raises InputError when it is neither."""
    found = read_json(content)
    if not isinstance(found, dict):
        raise InputError(["indata: Ansökan ska vara ett objekt."])
    place = Place(found)
    unmapped: list[str] = []
    given = list(answers(_answers(place, unmapped), unmapped))
    form = Form(given, _type(place, given, unmapped), _month(place, unmapped), unmapped)
    form.read_persons(place["persons"])
    form.read()
    for each in place["attachments"].each():
        form.attach(each["category"].text(), each["name"].text(), each["id"].text())
    if "randomcheck" in _status(place, unmapped).lower():
        form.values["random_check"] = True
    if place["details"]["completions"]["randomCheck"].text() == "true":
        form.values["random_check"] = True
    application = validated(Application, form.finish())
    unmapped += untold(place, lambda path: pattern(path) in CASE_UNUSED)
    return finished(application, form.people, unmapped + contradictions(application, form.people), form.notes)


def _answers(place: Place, unmapped: list[str]) -> Place:
    """The list of answers: that of the current form of a case, or that of a submitted application."""
    own = place["answers"]
    forms = place["forms"]
    current = place["currentFormId"].text()
    if own.value is None and isinstance(forms.value, dict):
        for name in forms.value:
            _encrypted(forms[name])
            _step(forms[name])
            if name != current and forms[name]["answers"].given:
                unmapped.append(
                    f"forms.{name[:60]}: svar i ett annat formulär än det aktuella är inte tolkade."
                )
                _seen(forms[name]["answers"])
        own = forms[current]["answers"]
    if own.value is None:
        raise InputError(
            ["answers: Svaren saknas. Ansökan har varken ”answers” eller ett aktuellt formulär."]
        )
    if not isinstance(own.value, list):
        raise InputError(["answers: Svaren ska vara en lista. Krypterade svar kan inte läsas."])
    if len(own.value) > MOST_ANSWERS:
        raise InputError([f"answers: Listan är för lång. Högst {MOST_ANSWERS}."])
    _seen(own)
    return own


def _encrypted(form: Place) -> None:
    for name in ("type", "encryptionKeyId", "symmetricKeyName"):
        form["encryption"][name].text()
    kind = form["encryption"]["type"].value
    if kind not in (None, "decrypted"):
        raise InputError(["forms: Svaren är krypterade och kan inte läsas."])


def _step(form: Place) -> None:
    """Where in the form the citizen was. It says nothing of the need."""
    _seen(form["currentPosition"])


def _seen(place: Place) -> None:
    place.seen.update(path for path, _ in place.unread())


def _type(place: Place, given: list[Answer], unmapped: list[str]) -> ApplicationType | None:
    """What was applied with: as the envelope says, else as the fields tell that only one form has."""
    said = place["applicationType"].text()
    names = {answer.name for answer in given if not answer.is_blank}
    new, recurring = bool(names & NEW_ONLY), bool(names & RECURRING_ONLY)
    if said:
        if said not in TYPES:
            unmapped.append(f"applicationType: ansökningstypen ”{said[:40]}” är okänd.")
            return None
        contrary = new if said == "recurring" else recurring
        if contrary and not (new and recurring):
            unmapped.append(
                f"applicationType: ansökan sägs vara ”{said}”, men svaren är ur ett annat formulär."
            )
        return TYPES[said]
    if new == recurring:
        unmapped.append("answers: det går inte att se vilket av formulären som är besvarat.")
        return None
    return ApplicationType.NEW if new else ApplicationType.RENEWAL


def _month(place: Place, unmapped: list[str]) -> Month | None:
    """The month that the period of the case begins in. It must not end in another."""
    period = place["details"]["period"] if place["details"]["period"].given else place["period"]
    days = []
    for name in ("startDate", "endDate"):
        where, value = period[name], period[name].take()
        if value in (None, 0, ""):
            continue
        found = _day(value)
        if found is None:
            unmapped.append(f"{where.where}: ”{str(value)[:40]}” är inget datum.")
        else:
            days.append(found)
    months = {Month.of(each) for each in days}
    if len(months) > 1:
        unmapped.append(f"{period.where}: perioden {days[0]}–{days[1]} är mer än en månad.")
    return Month.of(days[0]) if len(months) == 1 else None


def _day(value: Any) -> date | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        return None
    try:
        found = datetime.fromtimestamp(int(value) // 1000, UTC).astimezone(STOCKHOLM).date()
    except (ValueError, OverflowError, OSError):
        return None
    return found if 2011 <= found.year <= 2100 else None


def _status(place: Place, unmapped: list[str]) -> str:
    status = place["status"]["type"].text()
    if status and not status.startswith(SUBMITTED) and "randomcheck" not in status.lower():
        unmapped.append(f"status.type: ”{status[:60]}” säger inte att ansökan är inskickad och undertecknad.")
    return status
