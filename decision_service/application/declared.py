"""An application as its form gave it, with what comes beside the form and what the form never asks.

A municipality declares once for each form what it never asks and what is taken for granted in its stead; each
such value keeps the decision it rests on. What the applicant has said is never replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import Field, StrictBool

from decision_service.application import adapters
from decision_service.application.adapters import Intake
from decision_service.application.case_file import Assumed, Person, PersonRole, people_faults
from decision_service.application.fields import Day, Id, Name, Part, PersonalNumber
from decision_service.application.form import Address, AdultAnswers, NormType
from decision_service.reading.faults import Model, validated
from decision_service.reading.names import may_be_one_name
from decision_service.reading.place import sayable
from decision_service.reading.strict_json import InputError, Opaque
from decision_service.reading.unread import Unread, unread
from norms.fault import Fault, fault

FORM = "form"
_NAMES = ("first_name", "last_name")
Answered = bool | list[NormType]
"""What a form's question may be taken as answered with."""
_NOTHING: Mapping[str, Answered] = {}


@dataclass(frozen=True, slots=True)
class Declared:
    """What is taken for granted of an application, each adult and each child, by the names of the fields in
    Python, and the decision that says so; and whether the people come beside the form."""

    application: Mapping[str, Answered] = field(default_factory=dict)
    adults: Mapping[str, Answered] = field(default_factory=dict)
    children: Mapping[str, Answered] = field(default_factory=dict)
    decision: str = ""
    beside: bool = False


class Identity(Part):
    """Who somebody in a form is, from the e-service's own log-in and registers. ``id`` is what the form calls
    the person by; what is left out is not known."""

    id: Id
    personal_number: PersonalNumber | None = None
    born: Day | None = None
    first_name: Name = None
    last_name: Name = None
    lunch_away: StrictBool | None = None
    in_school: StrictBool | None = None
    protected: StrictBool | None = None
    address: Address | None = None
    digital_mailbox: StrictBool | None = None
    signed: StrictBool | None = None


class Beside(Part):
    """A form as it is, and beside it who its people are."""

    form: dict[str, Opaque]
    people: Annotated[list[Identity], Field(min_length=1, max_length=32)]


def read(adapter: str, data: Opaque, declared: Declared) -> Intake:
    """The application of a form, whole as far as its municipality has declared.

    Raises InputError with every fault, also where nobody is the applicant.
    """
    if declared.beside:
        both = validated(Beside, data)
        try:
            intake = adapters.read(adapter, both.form)
        except InputError as error:
            raise InputError([each.below(FORM) for each in error.faults]) from error
        intake = identified(intake, both.people)
    else:
        intake = adapters.read(adapter, data)
    if not has_applicant(intake.people, None if declared.beside else adapter):
        where = ("people",) if declared.beside else adapters.PEOPLE[adapter]
        how = adapters.WhoApplies.BESIDE if declared.beside else adapters.WHO_APPLIES[adapter]
        raise InputError([fault("no_applicant", *where, how=how)])
    return taken_for_granted(intake, declared)


def has_applicant(people: Iterable[Person], adapter: str | None) -> bool:
    """Whether anybody applies, who can be found or written to: one with a personal number or a name, or whom
    the form of an adapter knows by the id, where one is said."""
    return any(
        one.is_known or (adapter is not None and adapters.knows_by_id(adapter, one.id))
        for one in people
        if one.role is PersonRole.APPLICANT
    )


def identified(intake: Intake, people: list[Identity]) -> Intake:
    """The application with the people it names known for who they are. What the form says otherwise of one
    of them is told. Raises InputError for an identity of nobody, of the same person twice, and of another
    number than the form says."""
    faults: list[Fault] = []
    given: dict[str, Identity] = {}
    by_id = {one.id: one for one in intake.people}
    for at, one in enumerate(people):
        named = by_id.get(one.id)
        if named is None:
            faults.append(fault("identity_of_nobody", "people", at, found=one.id))
        elif one.id in given:
            faults.append(fault("id_twice", "people", at, found=one.id))
        elif named.personal_number and one.personal_number not in (None, named.personal_number):
            faults.append(fault("another_identity", "people", at))
        given[one.id] = one
    if faults:
        raise InputError(faults)
    persons = [_signed(row, given.get(row.party_id or "")) for row in intake.application.persons]
    known = [_known(one, given.get(one.id)) for one in intake.people]
    if faults := list(people_faults(known)):
        raise InputError(faults)
    form = intake.application.model_copy(update={"persons": persons})
    told = [*intake.unmapped]
    for person in intake.people:
        if (identity := given.get(person.id)) is not None:
            told += _said_otherwise(person, identity)
    for row in intake.application.persons:
        if (identity := given.get(row.party_id or "")) is not None:
            told += _another(identity.id, "signed", row.signed, identity.signed)
    return replace(intake, people=tuple(known), application=form, unmapped=tuple(dict.fromkeys(told)))


def _said_otherwise(person: Person, identity: Identity) -> Iterator[Unread]:
    """What the form says of a person and the e-service says otherwise."""
    for name in sorted(identity.model_fields_set & person.model_fields_set - {"id", "personal_number"}):
        yield from _another(person.id, name, getattr(person, name), getattr(identity, name))


def _another(id_: str, name: str, said: object, known: object) -> Iterator[Unread]:
    """The two values of a field, where both are given and they are not the same; of a name, no name of one
    person."""
    if said is None or known is None or said == known:
        return
    where = f"people.{id_}.{name}"
    if name not in _NAMES:
        yield unread(where, "another_than_before", said, known, value=sayable(said))
    elif not may_be_one_name(str(said), str(known)):
        yield unread(where, "another_name", said, known, value=said, known=known)


def _known(person: Person, identity: Identity | None) -> Person:
    said = identity.model_dump(exclude_none=True, exclude={"signed"}) if identity is not None else {}
    return validated(Person, person.model_dump() | said)


def _signed(row: AdultAnswers, identity: Identity | None) -> AdultAnswers:
    if identity is None or identity.signed is None:
        return row
    return row.model_copy(update={"signed": identity.signed})


def taken_for_granted(intake: Intake, declared: Declared) -> Intake:
    """The application with the answers that its form never asks for, and a note of each."""
    form, noted = intake.application, list[str]()
    persons = [_filled(row, declared.adults, f"persons[{at}]", noted) for at, row in enumerate(form.persons)]
    people = tuple(
        _filled(one, declared.children if one.role is PersonRole.CHILD else _NOTHING, f"people[{at}]", noted)
        for at, one in enumerate(intake.people)
    )
    application = _filled(form, declared.application, "", noted).model_copy(update={"persons": persons})
    assumed = tuple(Assumed(field=path, decision=declared.decision) for path in noted)
    return replace(intake, application=application, people=people, assumed=assumed)


def _filled(row: Model, answers: Mapping[str, Answered], place: str, noted: list[str]) -> Model:
    """A part with the answers that it lacks; ``noted`` gets the path of each in the case file."""
    lacking = {name: answer for name, answer in answers.items() if getattr(row, name) is None}
    for name in lacking:
        written = type(row).model_fields[name].alias or name
        noted.append(f"{place}.{written}" if place else written)
    return row.model_copy(update=lacking)
