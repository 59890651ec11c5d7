"""The fields of the two forms of Mitt Helsingborg and where each goes: ``formular.yaml``, read and checked.

Policy staff can read and change the file. What a field becomes is the name of a field of the canonical
application, and its code one that the application takes there. Another is a fault, told with its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from decision_service.application.case_file import Person
from decision_service.application.form import (
    Address,
    AdultAnswers,
    Application,
    Asset,
    Attachment,
    Child,
    Cost,
    Income,
    Planning,
)
from decision_service.reading.said import said_in
from norms import document
from norms.document import Document, Location
from norms.finding import FindingsError
from rules.schema import FileModel, YesNo, validate
from rules.wording.wrong_shape import WRONG_SHAPE

_say = said_in(__file__)

FILE = Path(__file__).with_name("formular.yaml")
APPLICANT, CO_APPLICANT, CHILDREN = "APPLICANT", "CO_APPLICANT", "CHILDREN"
MEDICINE_OR_CARE = "MEDICINE_OR_CARE"
"""A code of this table alone: the answer says which of the two a cost is for."""

_PEOPLE = {"": "", "sökande": APPLICANT, "medsökande": CO_APPLICANT, "barn": CHILDREN}
_MODELS: Mapping[str, tuple[type[BaseModel], ...]] = {
    "application": (Application,),
    "persons": (AdultAnswers, Person),
    "children": (Child, Person),
    "incomes": (Income,),
    "costs": (Cost,),
    "assets": (Asset,),
    "plannings": (Planning,),
    "address": (Address,),
    "attachments": (Attachment,),
}
_ALIKE = {
    **dict.fromkeys(("applied_amount", "value"), "amount"),
    **dict.fromkeys(("income_date", "cost_date"), "date"),
    **dict.fromkeys(("specification", "work_description", "other_description"), "description"),
}
"""What the application calls differently in different lists, and the forms ask for in one way."""
_TRIP = {"från": "from", "till": "to"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where an answer goes: ``part`` of the application and ``name`` of the field, alike for all lists.

    ``how`` is how it is answered, ``code`` the kind there, ``person`` whom it is about, ``text`` a fixed
    description, ``topic`` what a ”no” can deny, ``denies`` the topics that this one does.
    """

    part: str
    name: str = ""
    how: str = ""
    code: str = ""
    person: str = ""
    text: str = ""
    topic: str = ""
    denies: tuple[str, ...] = ()


class FieldRow(FileModel):
    """One field: see the top of ``formular.yaml``."""

    becomes: str = Field(alias="blir")
    how: Literal["", "kryss", "val", "från", "till"] = Field(default="", alias="svar")
    code: str = Field(default="", alias="kod")
    person: Literal["", "sökande", "medsökande", "barn"] = Field(default="", alias="vem")
    text: str = ""
    topic: str = Field(default="", alias="ämne")

    @property
    def target(self) -> Target:
        """Where the answer goes. Raises ValueError when the application has no such field or code."""
        first, _, written = self.becomes.rpartition(".")
        part = first or "application"
        attribute = _attribute(part, written)
        if self.code and not _takes(part, attribute, self.code):
            raise ValueError(_say("no_code_there", fält=self.becomes, kod=self.code))
        name = _TRIP.get(self.how) or _ALIKE.get(attribute, attribute)
        return Target(part, name, self.how, self.code, _PEOPLE[self.person], self.text, self.topic)


def _attribute(part: str, written: str) -> str:
    for model in _MODELS.get(part, ()):
        for name, field in model.model_fields.items():
            if (field.alias or name) == written:
                return name
    own = part == "application"
    raise ValueError(_say("no_field", fält=written) if own else _say("no_field_in", fält=written, plats=part))


def _takes(part: str, attribute: str, code: str) -> bool:
    """Whether the application takes a code where a field goes."""
    kind, _, sub = code.partition(":")
    match part:
        case "incomes":
            return _fits(Income, income_type=kind)
        case "costs":
            return code == MEDICINE_OR_CARE or _fits(Cost, cost_type=kind, other_sub_type=sub or None)
        case "assets":
            own = "vehicle_type" if kind == "VEHICLE" else "property_type"
            return _fits(Asset, asset_category=kind, **{own: sub or None})
        case "plannings":
            return True  # a name of the file's own table of occupations
        case _:
            return _fits(Application, **{attribute: code}) or _fits(Application, **{attribute: [code]})


def _fits(model: type[BaseModel], **values: Any) -> bool:
    try:
        model.model_validate(values)
    except ValidationError:
        return False
    return True


class Unused(FileModel):
    """A field that is not used, why, and what it must say if it is a fixed one."""

    why: str = Field(alias="varför", min_length=10)
    fixed: str | None = Field(default=None, alias="ska vara")


class Occupation(FileModel):
    """An occupation as kind and extent of a planning."""

    kind: str = Field(alias="slag")
    extent: str | None = Field(default=None, alias="omfattning")


class School(FileModel):
    """A child's school, and whether it is one in the sense of the parents' duty to support."""

    kind: str = Field(alias="slag")
    in_school: YesNo = Field(alias="går i skola")


class DaysOfAnswers(FileModel):
    """The days that an answer may be about."""

    earliest: date = Field(alias="från")
    latest: date = Field(alias="till")


class Forms(FileModel):
    """The whole file. Its own comments say what each table is."""

    rows: Mapping[str, FieldRow] = Field(alias="fält")
    no: Mapping[str, tuple[str, ...]] = Field(alias="nej")
    income_topics: frozenset[str] = Field(alias="inkomstämnen")
    hidden: Mapping[str, Literal["medsökande", "barn"]] = Field(alias="dolda")
    co_applicant_number: tuple[str, ...] = Field(alias="medsökandes nummer")
    unused: Mapping[str, Unused] = Field(alias="oanvända")
    case_unused: Mapping[str, str] = Field(alias="oanvänt i ärendet")
    file_unused: Mapping[str, str] = Field(alias="oanvänt om en fil")
    alone: Mapping[str, str] = Field(alias="varianter")
    occupations: Mapping[str, Occupation] = Field(alias="sysselsättning")
    occupation_choices: Mapping[str, str] = Field(alias="val av sysselsättning")
    housing_choices: Mapping[str, str] = Field(alias="val av boende")
    living: Mapping[str, str] = Field(alias="barnets boende")
    schools: Mapping[str, School] = Field(alias="barnets skola")
    income_texts: Mapping[str, str] = Field(alias="val av inkomst")
    care_texts: Mapping[str, str] = Field(alias="val av vård")
    trip_purposes: Mapping[str, str] = Field(alias="resans syfte")
    months: Mapping[str, int] = Field(alias="månadsmärken")
    two_months: Mapping[str, str] = Field(alias="två månader")
    days: DaysOfAnswers = Field(alias="dagar")
    recurring_only: frozenset[str] = Field(alias="bara det löpande formuläret")
    new_only: frozenset[str] = Field(alias="bara grundansökan")

    @cached_property
    def fields(self) -> Mapping[str, Target]:
        """Every field that is read, and where it goes."""
        return {
            **{id_: row.target for id_, row in self.rows.items()},
            **{id_: Target("no", denies=topics) for id_, topics in self.no.items()},
            **{id_: Target("hidden", person=_PEOPLE[who]) for id_, who in self.hidden.items()},
            **{id_: Target("hidden", "co_applicant") for id_ in self.co_applicant_number},
        }

    def asked_of_more(self, question: str) -> frozenset[str]:
        """The variants of a question that are asked of more people than it is, the nearest and beyond."""
        found = set[str]()
        while (question := self.alone.get(question, "")) and question not in found:
            found.add(question)
        return frozenset(found)


def _faults(forms: Forms) -> Iterator[tuple[Location, str]]:
    """What only shows when the file is held against the application, or one table against another."""
    for id_, row in forms.rows.items():
        try:
            _ = row.target
        except ValueError as error:
            yield ("fält", id_), f"{error}"
        if row.becomes.startswith("plannings.") and row.code and row.code not in forms.occupations:
            yield ("fält", id_), _say("occupation_unknown", kod=row.code)
    seen: set[str] = set()
    for table in ("fält", "nej", "dolda", "medsökandes nummer", "oanvända"):
        for id_ in _of(forms, table):
            if id_ in seen:
                yield (table, id_), _say("field_twice", fält=id_)
            seen.add(id_)
    topics = {row.topic for row in forms.rows.values()}
    for id_, denied in forms.no.items():
        yield from ((("nej", id_), _say("topic_unknown", ämne=one)) for one in denied if one not in topics)
    for topic in sorted(forms.income_topics - topics):
        yield ("inkomstämnen",), _say("topic_unknown", ämne=topic)
    entries = {id_.partition(".")[0] for id_ in seen}
    for one, other in forms.alone.items():
        yield from ((("varianter", one), _say("field_unknown", fält=id_)) for id_ in {one, other} - entries)
    for table in ("bara det löpande formuläret", "bara grundansökan"):
        yield from (
            ((table,), _say("field_unknown", fält=id_)) for id_ in sorted(set(_of(forms, table)) - seen)
        )
    for id_, month in forms.two_months.items():
        if month not in forms.months:
            yield ("två månader", id_), _say("mark_unknown", märke=month)
    yield from _wrong_choices(forms)


def _wrong_choices(forms: Forms) -> Iterator[tuple[Location, str]]:
    """Choices of the forms that become a code which the application does not have."""
    yield from (
        (("val av sysselsättning", said), _say("occupation_unknown", kod=code))
        for said, code in forms.occupation_choices.items()
        if code not in forms.occupations
    )
    found = [
        ("val av boende", said, code, _fits(Application, housing_form=code))
        for said, code in forms.housing_choices.items()
    ]
    found += [
        ("barnets boende", said, code, _fits(Child, residence_extent=code))
        for said, code in forms.living.items()
    ]
    found += [
        ("barnets skola", said, school.kind, _fits(Child, school_kind=school.kind))
        for said, school in forms.schools.items()
    ]
    found += [
        ("val av inkomst", said, code, _fits(Income, income_type=code))
        for said, code in forms.income_texts.items()
    ]
    for table, choices in (("val av vård", forms.care_texts), ("resans syfte", forms.trip_purposes)):
        found += [(table, said, code, _fits(Cost, cost_type=code)) for said, code in choices.items()]
    found += [
        (
            "sysselsättning",
            name,
            str(one.kind),
            _fits(Planning, planning_type=one.kind, work_extent=one.extent),
        )
        for name, one in forms.occupations.items()
    ]
    yield from (((table, said), _say("no_code", kod=code)) for table, said, code, fits in found if not fits)


def _of(forms: Forms, table: str) -> list[str]:
    """The ids that stand in a table."""
    name = next(name for name, field in Forms.model_fields.items() if field.alias == table)
    return list(getattr(forms, name))


def read_forms(found: Document) -> Forms:
    """The fields of a file. Raises FindingsError with every fault in it and its line."""
    forms = validate(Forms, found)
    faults = [
        WRONG_SHAPE.at(found.file, found.line(place), str(place[-1]), problem=f"{message}.")
        for place, message in _faults(forms)
    ]
    if faults:
        raise FindingsError(faults)
    return forms


@cache
def forms() -> Forms:
    """The forms that come with the service."""
    return read_forms(document.read(FILE))
