"""The people of a form: the adults with their signatures, and the children with their living and school."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from decision_service.application.adapters.mitt_helsingborg.collected import (
    Collected,
    FormEntry,
    Value,
    digits,
)
from decision_service.application.adapters.mitt_helsingborg.forms import APPLICANT, CO_APPLICANT, forms
from decision_service.application.case_file import Person, PersonRole
from decision_service.application.form import AdultRole
from decision_service.reading.names import may_be_one_name
from decision_service.reading.place import Place, sayable
from decision_service.reading.said import said_in

_say = said_in(__file__)

IDS = {APPLICANT: "p1", CO_APPLICANT: "p2"}
"""The ids of the adults of an application from this form."""
ROLES = {"applicant": APPLICANT, "coApplicant": CO_APPLICANT}
_LIMITED = (("email", 128), ("phone", 32))


def read_persons(persons: Place, collected: Collected) -> list[Place]:
    """Note the adults whom the case system knows and whether they have signed. Returns its children."""
    children = []
    for person in persons.each():
        role = person["role"].text()
        names = (person["firstName"].text(), person["lastName"].text(), person["personalNumber"].text())
        signed = person["hasSigned"].take()
        if not isinstance(signed, bool | None):
            where = person["hasSigned"].where
            collected.tell(where, "answer", signed, value=sayable(signed), why=_say("no_yes_or_no"))
        if role == "children":
            children.append(person)
            continue
        if role not in ROLES:
            written = [person[name] for name in ("role", "firstName", "lastName", "personalNumber")]
            collected.tell(person.where, "unknown_role", *written, value=role)
            continue
        found = dict(zip(("first_name", "last_name", "personal_number"), names, strict=True))
        adult: dict[str, Value] = {**found, "signed": signed if isinstance(signed, bool) else None}
        if collected.adults.setdefault(ROLES[role], dict(adult)) != adult:
            collected.tell(person.where, "role_twice", role=role)
    return children


def adults(collected: Collected) -> list[Person]:
    """The adults. Puts what the form says of each into the application."""
    _same_partner(collected)
    people: list[Person] = []
    persons = []
    for role in (APPLICANT, CO_APPLICANT):
        adult = dict(collected.adults.get(role, {}))
        number = adult.pop("personal_number", None)
        if not number and not any(value not in (None, "") for value in adult.values()):
            continue
        for name, longest in _LIMITED:
            if len(str(adult.get(name) or "")) > longest:
                collected.tell(f"{IDS[role]}.{name}", "too_long", adult[name])
                adult[name] = None
        for name in ("first_name", "last_name"):
            adult[name] = collected.cut(f"{IDS[role]}.{name}", str(adult.get(name) or "")) or None
        said: dict[str, Value] = {
            name: collected.cut(f"{IDS[role]}.{name}", str(each))
            for name, each in collected.names.get(role, {}).items()
        }
        persons.append({"role": AdultRole(role), "party_id": IDS[role], **adult, **said})
        names: dict[str, Any] = {name: adult[name] for name in ("first_name", "last_name")}
        _add(people, collected, id_=IDS[role], role=PersonRole(role), number=number, **names)
    if persons:
        collected.values["persons"] = persons
        _together(collected, persons)
    return people


def _same_partner(collected: Collected) -> None:
    """The hidden field that opens the questions to two adults holds the other's personal number."""
    said, partner = digits(collected.co_applicant_number), collected.adults.get(CO_APPLICANT)
    if said and partner is None:
        collected.tell("answers", "form_with_nobody")
    elif said and partner and said != digits(str(partner.get("personal_number") or said)):
        collected.tell("answers", "form_with_another")


def _together(collected: Collected, persons: list[dict[str, Value]]) -> None:
    together = any(each["role"] is AdultRole.CO_APPLICANT for each in persons)
    collected.values["marital_status"] = "COHABITING" if together else "SINGLE"
    signed = next((each.get("signed") for each in persons if each["role"] is AdultRole.APPLICANT), None)
    if signed is not None:
        collected.values.setdefault("attestation", signed)


def _add(
    people: list[Person],
    collected: Collected,
    *,
    id_: str,
    role: PersonRole,
    number: Any,
    said: str = "",
    **more: Any,
) -> bool:
    """Add a person. One whose number is wrong is added without it; one already there is not added again.
    ``said`` is what is lost with a person that is not added."""
    person = Person(id=id_, role=role, **more)
    if number:
        try:
            person = Person(id=id_, role=role, personal_number=str(number), **more)
        except ValidationError:
            collected.tell(f"people.{id_}", "wrong_number_left_out")
    if person.personal_number and person.personal_number in {each.personal_number for each in people}:
        collected.tell(f"people.{id_}", "person_twice", said=said)
        return False
    people.append(person)
    return True


def children(collected: Collected, people: list[Person], registered: list[Place]) -> None:
    """Add the children to the people and to the application."""
    found: list[dict[str, Value]] = []
    entries = [entry for entry in collected.of_kind("children") if entry.parts]
    for number, entry in enumerate(entries, start=1):
        child: dict[str, Value] = {"party_id": f"b{number}"}
        names: dict[str, Any] = {
            "first_name": collected.cut(entry.where, entry.parts.get("first_name", "")) or None,
            "last_name": collected.cut(entry.where, entry.parts.get("last_name", "")) or None,
        }
        in_school = _school(entry, child, collected)
        _living(entry, child, collected)
        if _add(
            people,
            collected,
            id_=f"b{number}",
            role=PersonRole.CHILD,
            number=entry.parts.get("personal_number"),
            in_school=in_school,
            **entry.said,
            **names,
        ):
            found.append({**child, **names})
    for number, person in enumerate(registered, start=len(entries) + 1):
        _registered(person, f"b{number}", collected, people, found)
    if found:
        collected.values["children"] = found
        collected.values["has_children_under21"] = True
    elif "barn" in collected.denied:
        collected.values["has_children_under21"] = False


def _registered(
    person: Place, id_: str, collected: Collected, people: list[Person], found: list[dict[str, Value]]
) -> None:
    """A child that the case system knows. One whom the answers do not mention, or call something else, is
    told, and so is one who is an adult of the case."""
    said = person["personalNumber"].text()
    names: dict[str, Any] = {
        "first_name": collected.cut(person.where, person["firstName"].text()) or None,
        "last_name": collected.cut(person.where, person["lastName"].text()) or None,
    }
    called = " ".join(filter(None, names.values()))
    there = next(
        (each for each in people if said and digits(each.personal_number or "") == digits(said)), None
    )
    if there is not None and there.role is not PersonRole.CHILD:
        collected.tell(person.where, "person_twice", said=called)
    elif there is not None:
        for name, known in names.items():
            answered = getattr(there, name)
            if known and answered and not may_be_one_name(known, answered):
                collected.tell(person.where, "another_name", answered, known, value=answered, known=known)
    elif _add(people, collected, id_=id_, role=PersonRole.CHILD, number=said, **names):
        found.append({"party_id": id_, **names})
        collected.tell(person.where, "child_not_mentioned")


def _school(entry: FormEntry, child: dict[str, Value], collected: Collected) -> bool | None:
    said = entry.parts.get("school_kind")
    if said is None:
        return None
    school = forms().schools.get(said)
    if school is None:
        collected.tell(entry.where, "unknown_school", *entry.matter, value=said)
        return None
    child["school_kind"] = school.kind
    return school.in_school


def _living(entry: FormEntry, child: dict[str, Value], collected: Collected) -> None:
    said = entry.parts.get("residence_extent")
    if said is None:
        return
    extent = forms().living.get(said)
    if extent is None:
        collected.tell(entry.where, "unknown_living", *entry.matter, value=said)
        return
    child["residence_extent"] = extent
    if extent == "OTHER":
        collected.tell(entry.where, "days_in_home", *entry.matter, value=said)


def plannings(collected: Collected) -> list[dict[str, Value]]:
    """What each adult does, as ticked or chosen."""
    found = list[dict[str, Value]]()
    for entry in collected.of_kind("plannings"):
        parts, occupation = entry.parts, forms().occupations[entry.about.code]
        if entry.about.person not in collected.adults:
            if parts.get("ticked") or parts.keys() & {"description", "until"}:
                collected.tell(entry.where, "answer_of_nobody", value=entry.said.get("said", ""))
            continue
        if not parts.get("ticked"):
            if parts.keys() & {"description", "until"}:
                collected.tell(entry.where, "occupation_not_chosen", **entry.said)
            continue
        said = collected.cut(entry.where, parts.get("description", "")) or None
        found.append(
            {
                "person": IDS[entry.about.person],
                "planning_type": occupation.kind,
                "work_extent": occupation.extent,
                "work_description": said if occupation.kind == "WORK" else None,
                "other_description": said if occupation.kind != "WORK" else None,
                "until": parts.get("until"),
            }
        )
    return found
