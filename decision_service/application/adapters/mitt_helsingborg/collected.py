"""The answers of a form gathered: entries put together, ticks counted, what cannot be read told.

Each answer is looked up by its id. The parts of one entry (date, text, amount) are joined by the number in
their ids, or by their group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias, TypedDict, cast

from pydantic import ValidationError

from decision_service.application.adapters.mitt_helsingborg import answers as read
from decision_service.application.adapters.mitt_helsingborg.answers import FormAnswer, of_one
from decision_service.application.adapters.mitt_helsingborg.forms import (
    CHILDREN,
    CO_APPLICANT,
    Target,
    forms,
)
from decision_service.application.case_file import Person, PersonRole
from decision_service.application.form import ApplicationType
from decision_service.reading.names import may_be_one_name
from decision_service.reading.place import Place, checksum, may_be_money, sayable, whole
from decision_service.reading.said import said_in
from decision_service.reading.sentences import reason
from decision_service.reading.unread import Unread, unread
from norms.month import Month
from rules.texts import kronor

_say = said_in(__file__)

LONGEST = 4000
"""Characters of a text in the canonical application."""
_APPLIES_TO = {CO_APPLICANT: "COAPPLICANT", CHILDREN: "CHILDREN"}
_NAMES_PARTNER = ("coapplicantInfo.", "partnerInfo.")
_NAMES = ("first_name", "last_name")
_ROWS = ("incomes", "costs", "assets", "children")
"""Parts of an application that are lists of entries."""
_YES_OR_NO = ("notify_by_sms", "commute_over_5_km", "needs_travel_card")
_SAID_ELSEWHERE = ("amount", "ticked", "personal_number")
"""Parts of an entry that are not among its words: its sentence says the amount, and no number is said."""


Value: TypeAlias = "bool | int | date | str | Sequence[Value] | Mapping[str, Value] | None"
"""What an answer was read as, for a field of the application."""

Parts = TypedDict(
    "Parts",
    {
        "amount": int,
        "date": date,
        "until": date,
        "ticked": bool,
        "description": str,
        "cost_type": str,
        "from": str,
        "to": str,
        "first_name": str,
        "last_name": str,
        "personal_number": str,
        "school_kind": str,
        "residence_extent": str,
    },
    total=False,
)
"""The parts of an entry that were answered; amounts in öre."""


@dataclass
class FormEntry:
    """The parts of one income, cost, asset, child or occupation.

    ``unread`` are parts that were answered and could not be read, ``where`` is what the form calls the entry.
    ``written`` is all that was answered of it, by field, but for a personal number. ``named`` and
    ``numbered`` are whether it has a name and a personal number.
    """

    about: Target
    where: str
    tags: list[str] = field(default_factory=list)
    parts: Parts = field(default_factory=Parts)
    unread: set[str] = field(default_factory=set)
    written: dict[str, Place] = field(default_factory=dict)
    named: bool = False
    numbered: bool = False

    @property
    def matter(self) -> tuple[Mapping[str, Place], ...]:
        """All that was written of it; nothing of a child without a name, for nobody knows which it is."""
        unknown = not self.named and (self.numbered or self.about.part == "children")
        return () if unknown else of_one(self.written)

    @property
    def said(self) -> Mapping[str, str]:
        """All that was answered beside the amount, as ``said`` of a sentence; nothing where nothing was."""
        words = [str(each) for name, each in self.parts.items() if name not in _SAID_ELSEWHERE]
        return {"said": ", ".join(words)} if words else {}


@dataclass
class Collected:
    """A form's answers. ``values`` are fields of the application, ``denied`` the topics that a ”no” tick
    denies, ``ticked`` the ticks that make a list. ``beside`` are all answers of one base and entry, in known
    fields or not, but for a personal number. ``names`` are what the answers call each adult, whoever the case
    says it is."""

    kind: ApplicationType | None
    month: Month | None
    unmapped: list[Unread]
    values: dict[str, Value] = field(default_factory=dict)
    address: dict[str, Value] = field(default_factory=dict)
    adults: dict[str, dict[str, Value]] = field(default_factory=dict)
    entries: dict[tuple[str, str], FormEntry] = field(default_factory=dict)
    beside: dict[tuple[str, str], dict[str, Place]] = field(default_factory=dict)
    denied: dict[str, FormAnswer] = field(default_factory=dict)
    ticked: dict[str, list[tuple[FormAnswer, Target]]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    housing: list[str] = field(default_factory=list)
    names: dict[str, dict[str, Value]] = field(default_factory=dict)
    attachments: list[dict[str, str | None]] = field(default_factory=list)
    co_applicant_number: str = ""

    def tell(self, where: str, kind: str, /, *written: Any, **values: object) -> None:
        """Tell of something that is not used, or that a person must see. ``written`` is all that was written
        of the matter, and ``values`` are what its sentence names."""
        self.unmapped.append(unread(where, kind, *written, **values))

    def cut(self, where: str, said: str) -> str:
        """A text as long as the canonical application takes. A longer one is told."""
        if len(said) <= LONGEST:
            return said
        self.tell(where, "cut", said, length=len(said), limit=LONGEST, checksum=checksum(said))
        return said[:LONGEST]

    def attach(self, place: Place, category: str, name: str, id_: str) -> None:
        """Note a file that came with the application. One without an id is named and did not come."""
        if not id_:
            self.tell(category or "attachments", "file_without_id", category, place, name=name)
        file = {
            "category": self.cut("attachments", category),
            "name": self.cut("attachments", name) or None,
            "file_id": whole(id_, 100) or None,
        }
        self.attachments.append(file)

    def of_kind(self, kind: str) -> list[FormEntry]:
        """The entries of ``incomes``, ``costs``, ``assets``, ``children`` or ``plannings``."""
        return [entry for entry in self.entries.values() if entry.about.part == kind]

    def gather(self, given: Iterable[FormAnswer]) -> None:
        """Read every answer."""
        once, torn = _each_once(answer for answer in given if not answer.is_blank)
        if any(answer.name.startswith(_NAMES_PARTNER) for answer in once):
            self.adults.setdefault(CO_APPLICANT, {})
        known_by = [(answer, forms().fields.get(answer.name)) for answer in once]
        of_whom = (answer for answer, known in known_by if known is None or known.name != "personal_number")
        self.beside = read.beside(of_whom)
        for answer, known in known_by:
            if known is not None and known.part in _ROWS:
                self._enter(answer, known)
        for answer, values in torn:
            of = self._matter(answer)
            written: tuple[Any, ...] = (values, *of) if of else ()
            shown = _say("and").join(f"”{each}”" for each in map(sayable, values) if each)
            self.tell(answer.id, "different_answers", *written, values=shown)
        for answer, known in known_by:
            if known is None:
                self._without_field(answer)
                continue
            try:
                self._one(answer, known)
            except ValueError as error:
                self._unreadable(answer, known, reason(error))

    def _one(self, answer: FormAnswer, known: Target) -> None:
        match known.part, known.name:
            case part, name if part in _ROWS:
                self._part(self._entry(answer), answer, name, _value(name, answer.value))
            case "persons", _:
                self._adult(answer, known)
            case "plannings", _:
                self._occupation(answer, known)
            case "address", name:
                self._address(answer, name)
            case "application", "housing_form" | "housing_description":
                self._housing(answer, known)
            case "application", "other_adults" | "benefits_from":
                if read.tick(answer.value):
                    self.ticked.setdefault(known.topic, []).append((answer, known))
            case "application", "other_information":
                self._message(answer, known)
            case "application", name:
                self._single(answer, name)
            case "attachments", _:
                self._files(answer, known)
            case "no", _:
                if read.tick(answer.value):
                    self.denied.update(dict.fromkeys(known.denies, answer))
            case _:
                self._check(answer, known)

    def _part(self, entry: FormEntry, answer: FormAnswer, name: str, value: int | date | str) -> None:
        """A part of an entry. Two different answers to one part are told and neither is used."""
        parts = cast("dict[str, int | date | str]", entry.parts)
        if name in entry.unread:
            self.tell(answer.id, "answered_again", *entry.matter, value=_quoted(value))
        elif name in parts and parts[name] != value:
            first = parts.pop(name)
            both = _say("two_values", första=_quoted(first), andra=_quoted(value))
            self.tell(answer.id, "answered_twice", *entry.matter, both=both)
            entry.unread.add(name)
        else:
            parts[name] = value

    def _put(self, into: dict[str, Value], name: str, value: Value, where: str) -> None:
        """A single value. A second one that is another is told, and the first stands."""
        if into.setdefault(name, value) != value:
            self.tell(where, "another_than_before", into[name], value, value=sayable(value))

    def _without_field(self, answer: FormAnswer) -> None:
        unused = forms().unused.get(answer.name)
        if unused is None:
            value = sayable(answer.value)
            if value and ("amount" in answer.tags or may_be_money((answer.id,), answer.value)):
                self.tell(answer.id, "unknown_field_of_money", *self._matter(answer), value=value)
            else:
                self.tell(answer.id, "unknown_field", answer.place, value=value)
        elif not (_is_a_tick(answer.value) if unused.fixed is None else answer.place.text() == unused.fixed):
            self.tell(answer.id, "fixed_field", answer.place)

    def _unreadable(self, answer: FormAnswer, known: Target, why: str) -> None:
        of: tuple[Any, ...] = (answer.place,)
        if known.part in _ROWS:
            entry = self._entry(answer)
            entry.unread.add(known.name)
            of = entry.matter
        if known.name == "amount":
            self.tell(answer.id, "amount_as_written", *of, value=sayable(answer.value), why=why.rstrip("."))
        elif known.name == "personal_number":
            self.tell(answer.id, "wrong_number")
        else:
            shown = "" if str(answer.value) in why else sayable(answer.value)
            self.tell(answer.id, "answer", *of, value=shown, why=why.rstrip("."))

    def _entry(self, answer: FormAnswer) -> FormEntry:
        return self.entries[answer.base, answer.entry]

    def _matter(self, answer: FormAnswer) -> tuple[Mapping[str, Place], ...]:
        """All that was answered of what an answer is about, be it in a field that nobody knows."""
        entry = self.entries.get((answer.base, answer.entry))
        written = self.beside.get((answer.base, answer.entry), {})
        return of_one(written) if entry is None else entry.matter

    def _enter(self, answer: FormAnswer, known: Target) -> None:
        """Note that an answer is one of an entry, before any is read: what is told of one is of them all."""
        where = f"{answer.base}.{answer.entry}" if answer.entry else answer.base
        written = self.beside.setdefault((answer.base, answer.entry), {})
        entry = self.entries.setdefault((answer.base, answer.entry), FormEntry(known, where, written=written))
        entry.tags += answer.tags
        entry.named |= known.name in _NAMES
        entry.numbered |= known.name == "personal_number"

    def _adult(self, answer: FormAnswer, known: Target) -> None:
        name = known.name
        if known.person == CO_APPLICANT and CO_APPLICANT not in self.adults:
            if answer.value is not False:
                self.tell(answer.id, "answer_of_nobody", value=sayable(answer.value))
            return
        adult = self.adults.setdefault(known.person, {})
        if name in _YES_OR_NO:
            self._put(adult, name, read.tick(answer.value), answer.id)
            return
        text = read.text(answer.value)
        if name == "personal_number":
            text = personal_number(text)
            if adult.get(name) and digits(str(adult[name])) != digits(text):
                self.tell(answer.id, "another_number")
                return
        if name in _NAMES:
            self._put(self.names.setdefault(known.person, {}), name, text, answer.id)
            known_as = adult[name] = str(adult.get(name) or text)
            if not may_be_one_name(known_as, text):
                self.tell(answer.id, "another_name", text, known_as, value=text, known=known_as)
        else:
            self._put(adult, name, text, answer.id)

    def _occupation(self, answer: FormAnswer, known: Target) -> None:
        code = known.code
        if known.how == "val":
            said = read.text(answer.value)
            if said not in forms().occupation_choices:
                raise ValueError(_say("no_occupation", värde=whole(said)))
            code = forms().occupation_choices[said]
        about = Target(known.part, code=code, person=known.person)
        entry = self.entries.setdefault((f"planning:{known.person}", code), FormEntry(about, answer.id))
        match known.how, known.name:
            case "kryss", _:
                self._part(entry, answer, "ticked", read.tick(answer.value))
            case "val", _:
                self._part(entry, answer, "ticked", True)
            case _, "until":
                self._part(entry, answer, "until", read.day(answer.value))
            case _:
                self._part(entry, answer, "description", read.text(answer.value))

    def _single(self, answer: FormAnswer, name: str) -> None:
        if name != "housing_person_count":
            self._put(self.values, name, read.tick(answer.value), answer.id)
            return
        count = read.number(answer.value)
        if not 1 <= count <= 50:
            raise ValueError(_say("too_many_residents", antal=count))
        self._put(self.values, name, count, answer.id)

    def _address(self, answer: FormAnswer, name: str) -> None:
        said = self.cut(answer.id, read.text(answer.value))
        if name == "postal_code" and len(said) > 16:
            raise ValueError(_say("no_postal_code"))
        self._put(self.address, name, said, answer.id)

    def _housing(self, answer: FormAnswer, known: Target) -> None:
        code, called = known.code, known.text
        if not known.how:
            said = read.text(answer.value)
            self.housing.append(f"{called}: {said}" if called else said)
            return
        if known.how == "val":
            called = read.text(answer.value)
            code = forms().housing_choices.get(called, "")
        elif not read.tick(answer.value):
            return
        if not code:
            self.tell(answer.id, "unknown_housing", called, value=called)
            self.values.setdefault("housing_description", whole(called))
        elif self.values.setdefault("housing_form", code) != code:
            self.tell(answer.id, "housing_twice", self.values["housing_form"], code)

    def _message(self, answer: FormAnswer, known: Target) -> None:
        self.messages.append(f"{known.text}: {read.text(answer.value)}")
        if known.topic:
            self.ticked.setdefault(known.topic, []).append((answer, known))
            self.tell(answer.id, "change_to_read", answer.place, value=sayable(answer.value))

    def _files(self, answer: FormAnswer, known: Target) -> None:
        if not isinstance(answer.value, list) or not all(isinstance(each, dict) for each in answer.value):
            raise ValueError(_say("no_files"))
        for each in answer.place.each():
            for unused in forms().file_unused:
                each[unused].text()
            own, uploaded = each["id"].text(), each["uploadedId"].text()
            self.attach(each, known.text, each["externalDisplayName"].text(), uploaded or own)

    def _check(self, answer: FormAnswer, known: Target) -> None:
        if known.name == "co_applicant":
            number = personal_number(read.text(answer.value))
            if digits(self.co_applicant_number or number) != digits(number):
                self.tell(answer.id, "another_number")
            self.co_applicant_number = self.co_applicant_number or number
        elif answer.value != _APPLIES_TO[known.person]:
            self.tell(answer.id, "hidden_field", *self._matter(answer), value=sayable(answer.value))


def _quoted(value: int | date | str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return kronor(value)
    written = value if isinstance(value, bool) else str(value)
    return f"”{shown}”" if (shown := sayable(written)) else "Svaret"


def _value(name: str, value: Any) -> int | date | str:
    match name:
        case "amount":
            return read.amount(value)
        case "date":
            return read.day(value)
        case "personal_number":
            return personal_number(read.text(value))
        case _:
            return read.text(value)


def personal_number(said: str) -> str:
    """A personal or coordination number as it was written, if its check digit is right. Raises ValueError."""
    try:
        Person(id="x", role=PersonRole.CHILD, personal_number=said)
    except ValidationError:
        raise ValueError(_say("wrong_number")) from None
    return said


def digits(number: str) -> str:
    """The last ten digits: what two ways to write a personal number have in common."""
    return "".join(character for character in number if character.isdigit())[-10:]


def _each_once(given: Iterable[FormAnswer]) -> tuple[list[FormAnswer], list[tuple[FormAnswer, list[Any]]]]:
    """One answer to each field; and the fields with different answers, none of which is used. A field that
    the forms ask once is one field, however its id is numbered."""
    by_id: dict[str, FormAnswer] = {}
    torn: dict[str, list[Any]] = {}
    for answer in given:
        id_ = _asked_as(answer)
        first = by_id.setdefault(id_, answer)
        if first.value != answer.value or type(first.value) is not type(answer.value):
            torn.setdefault(id_, [first.value]).append(answer.value)
    once = [answer for id_, answer in by_id.items() if id_ not in torn]
    return once, [(by_id[id_], values) for id_, values in torn.items()]


def _asked_as(answer: FormAnswer) -> str:
    """What tells the question that an answer is to from every other."""
    known = forms().fields.get(answer.name)
    several = known is None or known.part in (*_ROWS, "attachments", "hidden")
    return answer.id if several else answer.name


def _is_a_tick(value: Any) -> bool:
    try:
        read.tick(value)
    except ValueError:
        return False
    return True
