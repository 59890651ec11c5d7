"""One answered form of Mitt Helsingborg, put together to an application.

Each answer is looked up by its id. Parts of one entry (date, text, amount) are joined by the number in their
ids, or by their group. An answer that cannot be read, that says what another answer denies, or that is for
another month than the application, is told and not used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from decision_service.application.adapters import answers as read
from decision_service.application.adapters.answers import Answer
from decision_service.application.adapters.mitt_helsingborg_fields import (
    ALONE,
    APPLICANT,
    CARE_TEXTS,
    CHILDREN,
    CO_APPLICANT,
    FIELDS,
    FIXED,
    HOUSING_CHOICES,
    INCOME_TEXTS,
    LIVING,
    MONTHS,
    OCCUPATION_CHOICES,
    OCCUPATIONS,
    SCHOOLS,
    TRIP_PURPOSES,
    TWO_MONTHS,
    UNUSED,
    Field,
)
from decision_service.application.amount import shown
from decision_service.application.model import AdultRole, ApplicationType, Person, PersonRole
from decision_service.application.place import Place, may_be_money
from norms.month import Month

IDS = {APPLICANT: "p1", CO_APPLICANT: "p2"}
ROLES = {"applicant": APPLICANT, "coApplicant": CO_APPLICANT}
LONGEST = 4000
_MONTH_NAMES = "januari februari mars april maj juni juli augusti september oktober november december".split()
_APPLIES_TO = {CO_APPLICANT: "COAPPLICANT", CHILDREN: "CHILDREN"}


@dataclass
class _Row:
    """The parts of one entry: an income, a cost, an asset, a child or an occupation."""

    field: Field
    where: str
    tags: tuple[str, ...] = ()
    parts: dict[str, Any] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)


class Form:
    """An answered form. ``values`` are the fields of the application found so far."""

    def __init__(
        self, given: list[Answer], kind: ApplicationType | None, month: Month | None, unmapped: list[str]
    ) -> None:
        self.given = [answer for answer in _each_once(given, unmapped) if not answer.is_blank]
        self.kind, self.month, self.unmapped = kind, month, unmapped
        self.notes: list[str] = []
        self.values: dict[str, Any] = {"attachments": []}
        self.adults: dict[str, dict[str, Any]] = {}
        self.people: list[Person] = []
        self.rows: dict[tuple[str, str], _Row] = {}
        self.denied: dict[str, Answer] = {}
        self.ticked: dict[str, list[tuple[Answer, Field]]] = {}
        self.messages: list[str] = []
        self.children: list[dict[str, Any]] = []
        self.registered_children: list[Place] = []
        self.co_applicant_number = ""

    def tell(self, where: str, sentence: str) -> None:
        """Tell of something that is not used, or that a person must see."""
        self.unmapped.append(f"{where}: {sentence}")

    # --- persons of the case

    def read_persons(self, persons: Place) -> None:
        """The people that the case system knows, and whether they have signed."""
        for person in persons.each():
            role = person["role"].text()
            if role == "children":
                self.registered_children.append(person)
                continue
            if role not in ROLES:
                continue
            found = {
                "first_name": person["firstName"].text() or None,
                "last_name": person["lastName"].text() or None,
                "personal_number": person["personalNumber"].text() or None,
                "signed": person["hasSigned"].take(),
            }
            if not isinstance(found["signed"], bool):
                found["signed"] = None
            known = self.adults.setdefault(ROLES[role], dict(found))
            if known != found:
                self.tell(person.where, f"två olika personer har rollen {role}.")
        for person in self.registered_children:
            for name in ("firstName", "lastName", "personalNumber", "hasSigned", "role"):
                person[name].text()

    # --- one answer after the other

    def read(self) -> None:
        """Read every answer."""
        for answer in self.given:
            known = FIELDS.get(answer.name)
            if known is None:
                self._unknown(answer)
                continue
            part, _, name = known.to.partition(".")
            try:
                self._answer(answer, known, part, name)
            except ValueError as error:
                self._unreadable(answer, known, name, str(error))

    def _answer(self, answer: Answer, known: Field, part: str, name: str) -> None:
        match part:
            case "person":
                self._about_adult(answer, known, name)
            case "income" | "cost" | "asset" | "child":
                self._row(answer, known).parts[name] = _part(name, answer.value)
            case "planning":
                self._planning(answer, known, name)
            case "application":
                self._single(answer, name)
            case "address":
                self.values.setdefault("address", {})[name] = read.text(answer.value)
            case "housing":
                self._housing(answer, known, name)
            case "adults" | "aid":
                if read.tick(answer.value):
                    self.ticked.setdefault(part, []).append((answer, known))
            case "none":
                if read.tick(answer.value):
                    self.denied.update(dict.fromkeys(known.code.split(), answer))
            case "message":
                self._message(answer, known, name)
            case "attachment":
                self._files(answer, known)
            case _:
                self._check(answer, known, name)

    def _unknown(self, answer: Answer) -> None:
        if answer.name in UNUSED:
            expected = FIXED.get(answer.name)
            if expected is not None and answer.value not in expected:
                self.tell(answer.where, "det fasta fältet säger något annat än formuläret.")
            return
        money = "amount" in answer.tags or may_be_money((answer.id,), answer.value)
        if money:
            self.tell(answer.where, f"fältet är okänt. ”{str(answer.value)[:40]}” kan vara ett belopp.")
        else:
            self.tell(answer.where, "fältet är okänt och svaret inte tolkat.")

    def _unreadable(self, answer: Answer, known: Field, name: str, why: str) -> None:
        if name == "amount":
            self.tell(answer.where, f"beloppet ”{str(answer.value)[:40]}” är inte tolkat. {why.rstrip('.')}.")
        elif name == "personal_number":
            self.tell(answer.where, "personnumret stämmer inte.")
        else:
            self.tell(answer.where, f"svaret är inte tolkat: {why.rstrip('.')}.")
        if known.to.partition(".")[0] in ("income", "cost", "asset", "child"):
            self._row(answer, known).unread.add(name)

    def _row(self, answer: Answer, known: Field) -> _Row:
        row = self.rows.setdefault((answer.base, answer.entry), _Row(known, _entry(answer)))
        row.tags = tuple(dict.fromkeys((*row.tags, *answer.tags)))
        return row

    def _about_adult(self, answer: Answer, known: Field, name: str) -> None:
        if (
            known.person == CO_APPLICANT
            and CO_APPLICANT not in self.adults
            and not answer.name.startswith(("coapplicantInfo.", "partnerInfo."))
        ):
            if not (isinstance(answer.value, bool) and not answer.value):
                self.tell(answer.where, "svaret gäller en medsökande, men ingen medsökande finns.")
            return
        adult = self.adults.setdefault(known.person, {})
        if name in ("notify_by_sms", "commute_over_5_km", "needs_travel_card"):
            adult[name] = read.tick(answer.value)
            return
        said = read.text(answer.value)
        if name == "personal_number":
            said = _number(said)
            if adult.get(name) and _digits(adult[name]) != _digits(said):
                self.tell(answer.where, "personnumret är ett annat än i ärendet.")
                return
        adult[name] = said if name == "personal_number" or not adult.get(name) else adult[name]

    def _planning(self, answer: Answer, known: Field, name: str) -> None:
        if name == "choice":
            said = read.text(answer.value)
            if said not in OCCUPATION_CHOICES:
                raise ValueError(f"”{said[:60]}” är ingen av formulärets sysselsättningar")
            known = Field(known.to, OCCUPATION_CHOICES[said], known.person)
        key = (f"planning:{known.person}", known.code)
        row = self.rows.setdefault(key, _Row(Field("planning", known.code, known.person), answer.id))
        if name == "tick":
            row.parts["ticked"] = read.tick(answer.value)
        elif name == "choice":
            row.parts["ticked"] = True
        elif name == "until":
            row.parts["until"] = read.day(answer.value)
        else:
            row.parts["description"] = read.text(answer.value)

    def _single(self, answer: Answer, name: str) -> None:
        if name == "housing_person_count":
            count = read.number(answer.value)
            if not 1 <= count <= 50:
                raise ValueError(f"{count} personer i bostaden kan inte stämma")
            self.values[name] = count
        else:
            self.values[name] = read.tick(answer.value)

    def _housing(self, answer: Answer, known: Field, name: str) -> None:
        if name == "description":
            said = read.text(answer.value)
            self.values["housing_description"] = f"{known.text}: {said}" if known.text else said
            return
        if name == "choice":
            said = read.text(answer.value)
            code = HOUSING_CHOICES.get(said, "")
            known = Field(known.to, code, text=said[:100])
        elif not read.tick(answer.value):
            return
        if not known.code:
            self.tell(answer.where, f"boendeformen ”{known.text}” saknar motsvarighet.")
            self.values.setdefault("housing_description", known.text)
        elif self.values.setdefault("housing_form", known.code) != known.code:
            self.tell(answer.where, "två olika boendeformer är valda.")

    def _message(self, answer: Answer, known: Field, name: str) -> None:
        said = read.text(answer.value)
        self.messages.append(f"{known.text}: {said}")
        if name == "change":
            self.ticked.setdefault("changes", []).append((answer, known))
            self.tell(answer.where, "sökanden skriver om en förändring, som en människa ska läsa.")

    def _files(self, answer: Answer, known: Field) -> None:
        if not isinstance(answer.value, list):
            raise ValueError("är ingen lista med filer")
        for each in answer.value:
            if not isinstance(each, dict):
                raise ValueError("är ingen lista med filer")
            name, id_ = each.get("externalDisplayName"), each.get("uploadedId") or each.get("id")
            self.attach(known.text, str(name or ""), str(id_ or ""))

    def attach(self, category: str, name: str, id_: str) -> None:
        """A file that came with the application."""
        self.values["attachments"].append(
            {"category": category[:LONGEST], "name": name[:LONGEST] or None, "file_id": id_[:200] or None}
        )

    def _check(self, answer: Answer, known: Field, name: str) -> None:
        if name == "co_applicant":
            self.co_applicant_number = read.text(answer.value)
        elif answer.value != _APPLIES_TO[known.person]:
            self.tell(answer.where, "den dolda uppgiften om vem beloppet gäller säger något annat än fältet.")

    # --- putting together

    def finish(self) -> dict[str, Any]:
        """The application as a dictionary. Tells of what cannot stand together."""
        values = self.values
        values["application_type"] = self.kind
        if self.month is not None:
            values["period_year"], values["period_month"] = self.month.year, self.month.number
        self._persons()
        self._variants()
        self._children()
        for key in ("incomes", "costs", "assets", "plannings"):
            values[key] = []
        for row in self.rows.values():
            self._finish_row(row)
        self._ticks()
        self._gates()
        if self.messages:
            values["other_information"] = self._cut("message", "\n\n".join(self.messages))
        if self.kind is ApplicationType.RENEWAL and "changes" in self.denied:
            values.setdefault("housing_changed", False)
            values.setdefault("children_residence_changed", False)
        if not values["attachments"]:
            del values["attachments"]
        return values

    def _finish_row(self, row: _Row) -> None:
        finish: dict[str, Callable[[_Row], None]] = {
            "income": self._income,
            "cost": self._cost,
            "asset": self._asset,
            "planning": self._occupation,
        }
        kind = row.field.to.partition(".")[0]
        if kind not in finish:
            return
        if row.field.person == CO_APPLICANT and CO_APPLICANT not in self.adults:
            amount = row.parts.get("amount")
            if amount or row.parts.get("ticked") or row.parts.get("description"):
                money = "" if not amount else f" på {shown(amount)}"
                self.tell(row.where, f"en uppgift{money} om en medsökande, men ingen medsökande finns.")
            return
        finish[kind](row)

    def _persons(self) -> None:
        if _digits(self.co_applicant_number) and CO_APPLICANT not in self.adults:
            self.tell("answers", "formuläret är besvarat med en medsökande, men ingen medsökande finns.")
        elif self.co_applicant_number and _digits(self.co_applicant_number) != _digits(
            str(self.adults.get(CO_APPLICANT, {}).get("personal_number") or self.co_applicant_number)
        ):
            self.tell("answers", "formuläret är besvarat med en annan medsökande än den i ärendet.")
        persons = []
        for role in (APPLICANT, CO_APPLICANT):
            adult = self.adults.get(role)
            if adult is None or not any(value is not None for value in adult.values()):
                continue
            number = adult.pop("personal_number", None)
            for name, longest in (("email", 128), ("phone", 32)):
                if len(str(adult.get(name) or "")) > longest:
                    self.tell(f"{IDS[role]}.{name}", "uppgiften är för lång och inte använd.")
                    adult[name] = None
            for name in ("first_name", "last_name"):
                if adult.get(name):
                    adult[name] = self._cut(f"{IDS[role]}.{name}", adult[name])
            persons.append({"role": AdultRole(role), "party_id": IDS[role], **adult})
            self._add(IDS[role], PersonRole(role), number, adult.get("first_name"), adult.get("last_name"))
        if persons:
            self.values["persons"] = persons
            together = len(persons) == 2
            self.values["marital_status"] = "COHABITING" if together else "SINGLE"
            if not together:
                self.notes.append(
                    "maritalStatus: formuläret frågar inte; den som söker utan medsökande läses som ensam."
                )
            signed = [each.get("signed") for each in persons if each["role"] is AdultRole.APPLICANT]
            if "attestation" not in self.values and signed and signed[0] is not None:
                self.values["attestation"] = signed[0]

    def _add(self, id_: str, role: PersonRole, number: Any, first: Any, last: Any, **more: Any) -> bool:
        """Add a person. One whose number is wrong is added without it, and one who is already there is not."""
        details = {"id": id_, "role": role, "first_name": first, "last_name": last, **more}
        if number:
            try:
                person = Person.model_validate({**details, "personal_number": str(number)})
            except ValidationError:
                self.tell(f"people.{id_}", "personnumret stämmer inte och är inte använt.")
                person = Person.model_validate(details)
        else:
            person = Person.model_validate(details)
        taken = {each.personal_number for each in self.people if each.personal_number}
        if person.personal_number in taken:
            self.tell(f"people.{id_}", "samma person förekommer två gånger.")
            return False
        self.people.append(person)
        return True

    def _variants(self) -> None:
        """The same question answered in its variant for one adult and in that for two."""
        answered = {base for (base, _), row in self.rows.items() if row.parts.get("amount")}
        for alone, others in ALONE.items():
            if alone in answered and any(other in answered for other in others):
                for key, row in list(self.rows.items()):
                    if key[0] == alone:
                        amount = row.parts.get("amount")
                        money = "" if amount is None else f" ({shown(amount)})"
                        self.tell(
                            row.where, f"frågan är besvarad i två varianter; den här{money} är inte räknad."
                        )
                        del self.rows[key]

    def _children(self) -> None:
        children = []
        rows = [row for row in self.rows.values() if row.field.to.startswith("child.")]
        for number, row in enumerate(rows, start=1):
            parts, id_ = row.parts, f"b{number}"
            if not parts:
                continue
            child: dict[str, Any] = {"party_id": id_}
            for name in ("first_name", "last_name"):
                if parts.get(name):
                    child[name] = self._cut(row.where, parts[name])
            in_school = self._school(row, child)
            self._living(row, child)
            if self._add(
                id_,
                PersonRole.CHILD,
                parts.get("personal_number"),
                child.get("first_name"),
                child.get("last_name"),
                in_school=in_school,
            ):
                children.append(child)
        for number, person in enumerate(self.registered_children, start=len(rows) + 1):
            self._registered(person, number, children)
        if children:
            self.values["children"] = children
            self.values["has_children_under21"] = True
            if "children" in self.denied:
                self.tell(
                    self.denied["children"].where, "svaret är att inga barn finns, men barn är uppräknade."
                )
        elif "children" in self.denied:
            self.values["has_children_under21"] = False

    def _registered(self, person: Place, number: int, children: list[dict[str, Any]]) -> None:
        said = person["personalNumber"].text()
        if any(_digits(each.personal_number or "") == _digits(said) for each in self.people if said):
            return
        names = [person["firstName"].text() or None, person["lastName"].text() or None]
        if self._add(f"b{number}", PersonRole.CHILD, said, *names):
            children.append({"party_id": f"b{number}", "first_name": names[0], "last_name": names[1]})
            self.tell(person.where, "ett barn i ärendet som svaren inte nämner.")

    def _school(self, row: _Row, child: dict[str, Any]) -> bool | None:
        said = row.parts.get("school")
        if said is None:
            return None
        if said not in SCHOOLS:
            self.tell(row.where, f"skolan ”{said[:60]}” är ingen av formulärets.")
            return None
        child["school_kind"], in_school = SCHOOLS[said]
        return in_school

    def _living(self, row: _Row, child: dict[str, Any]) -> None:
        said = row.parts.get("living")
        if said is None:
            return
        if said not in LIVING:
            self.tell(row.where, f"boendet ”{said[:60]}” är inget av formulärets.")
            return
        child["residence_extent"] = LIVING[said]
        if LIVING[said] == "OTHER":
            self.tell(row.where, f"barnet bor ”{said}”; antalet dagar i hemmet saknas.")

    def _offset(self, row: _Row) -> int | None:
        """Months from the month of the application that a sum is for, None when the form does not say."""
        tagged = [MONTHS[tag] for tag in row.tags if tag in MONTHS]
        return tagged[0] if len(set(tagged)) == 1 else None

    def _named(self, offset: int) -> str:
        if self.month is None:
            return f"månaden {offset:+d} från ansökningsmånaden" if offset else "ansökningsmånaden"
        month = self.month.plus(offset)
        return f"{_MONTH_NAMES[month.number - 1]} {month.year}"

    def _income(self, row: _Row) -> None:
        parts = row.parts
        if "amount" not in parts and "amount" not in row.unread:
            if parts.get("description") or parts.get("date"):
                self.tell(row.where, "inkomsten saknar belopp.")
            else:
                return
        said = parts.get("description")
        code = row.field.code
        if code == "OTHER_INCOME" and said in INCOME_TEXTS:
            code = INCOME_TEXTS[said]
        offset = self._offset(row)
        if offset is None and self.kind is ApplicationType.RENEWAL and "date" not in parts:
            offset = -1
        month = self.month.plus(offset) if self.month is not None and offset is not None else None
        self.values["incomes"].append(
            {
                "income_type": code,
                "amount": _kronor(parts.get("amount")),
                "income_date": parts.get("date"),
                "month": str(month) if month is not None and "date" not in parts else None,
                "recipient": IDS.get(row.field.person),
                "description": self._cut(row.where, said or row.field.text) or None,
            }
        )

    def _cost(self, row: _Row) -> None:
        parts, code = row.parts, row.field.code
        said = parts.get("description")
        amount = parts.get("amount")
        if amount is None and "amount" not in row.unread and not parts.keys() & {"description", "purpose"}:
            if parts:
                self.tell(row.where, "kostnaden saknar belopp.")
            return
        if code == "OTHER" and not amount and "amount" not in row.unread:
            self.tell(row.where, f"”{(said or '')[:200]}” söks utan belopp.")
            return
        if not self._this_month(row, amount):
            return
        code, said = self._kind(row, code, said)
        if not code:
            return
        offset = self._offset(row)
        kind, _, sub_type = code.partition(":")
        month = self.month.plus(offset) if self.month is not None and offset is not None else None
        self.values["costs"].append(
            {
                "cost_type": kind,
                "other_sub_type": sub_type or ("OTHER" if kind == "OTHER" else None),
                "applied_amount": _kronor(amount),
                "specification": self._cut(row.where, said or row.field.text) or None,
                "recipient_or_period": "Barn" if row.field.person == CHILDREN else None,
                "person": IDS.get(row.field.person),
                "cost_date": parts.get("date"),
                "month": str(month) if month is not None else None,
            }
        )
        if row.field.code == "UNEMPLOYMENT_FUND":
            self.notes.append(f"{row.where}: a-kassa och fackavgift anges i en summa och läses som a-kassa.")

    def _kind(self, row: _Row, code: str, said: str | None) -> tuple[str, str | None]:
        """The kind of a cost whose entry says it in words, and what it is for."""
        if code == "MEDICINE_OR_CARE":
            if said in CARE_TEXTS:
                return CARE_TEXTS[said], said
            money = "utan belopp" if row.parts.get("amount") is None else f"på {shown(row.parts['amount'])}"
            self.tell(row.where, f"kostnaden {money} är varken medicin eller sjukvård.")
            return "", said
        if "purpose" in row.parts or "from" in row.parts or "to" in row.parts:
            purpose = str(row.parts.get("purpose", ""))
            trip = " – ".join(str(row.parts[name]) for name in ("from", "to") if row.parts.get(name))
            told = ", ".join(part for part in (purpose, trip) if part)
            if purpose not in TRIP_PURPOSES:
                money = (
                    "utan belopp" if row.parts.get("amount") is None else f"på {shown(row.parts['amount'])}"
                )
                self.tell(row.where, f"resan {money} har ett okänt syfte, ”{purpose[:60]}”.")
                return "", told
            return TRIP_PURPOSES[purpose], told
        return code, said

    def _this_month(self, row: _Row, amount: int | None) -> bool:
        """Whether a cost is for the month of the application. One for another month is told."""
        money = "Beloppet" if amount is None else shown(amount)
        for tag in row.tags:
            if (row.where, tag) in TWO_MONTHS:
                told = f"{money} kan gälla {self._named(MONTHS[tag])} eller {self._named(MONTHS[tag] + 1)}"
                self.tell(row.where, f"{told}; formuläret frågar om en månad och märker svaret med en annan.")
                return False
        if len({tag for tag in row.tags if tag in MONTHS}) > 1:
            self.tell(row.where, f"{money} är märkt med flera månader.")
            return False
        offset = self._offset(row)
        if offset:
            self.tell(row.where, f"{money} gäller {self._named(offset)}, inte ansökningsmånaden.")
            return False
        return True

    def _asset(self, row: _Row) -> None:
        parts = row.parts
        if not parts and not row.unread:
            return
        category, _, kind = row.field.code.partition(":")
        self.values["assets"].append(
            {
                "asset_category": category,
                "vehicle_type": kind if category == "VEHICLE" and kind else None,
                "property_type": kind if category == "REAL_ESTATE" and kind else None,
                "value": _kronor(parts.get("amount")),
                "description": self._cut(row.where, parts.get("description") or row.field.text) or None,
            }
        )

    def _occupation(self, row: _Row) -> None:
        parts, (kind, extent) = row.parts, OCCUPATIONS[row.field.code]
        if not parts.get("ticked"):
            if parts.keys() & {"description", "until"}:
                self.tell(row.where, "uppgift om en sysselsättning som inte är vald.")
            return
        said = self._cut(row.where, parts.get("description", ""))
        self.values["plannings"].append(
            {
                "person": IDS[row.field.person],
                "planning_type": kind,
                "work_extent": extent or None,
                "work_description": (said or None) if kind == "WORK" else None,
                "other_description": (said or None) if kind != "WORK" else None,
                "until": parts.get("until"),
            }
        )

    def _ticks(self) -> None:
        """Ticks that make a list; a ”no” makes it empty, and both are told."""
        for part, name in (("adults", "other_adults"), ("aid", "benefits_from")):
            ticks = self.ticked.get(part, [])
            if ticks:
                self.values[name] = list(dict.fromkeys(known.code for _, known in ticks))
            elif part in self.denied:
                self.values[name] = []

    def _gates(self) -> None:
        """Whether there are incomes and assets, and what is both said to be none and is there."""
        incomes, assets = self.values["incomes"], self.values["assets"]
        topics = {"salary", "lodger", "foreign_pension", "other_income"}
        if incomes:
            self.values["has_incomes"] = True
        elif topics <= self.denied.keys():
            self.values["has_incomes"] = False
        if assets:
            self.values["has_assets"] = True
        elif "assets" in self.denied:
            self.values["has_assets"] = False
        for topic, answer in self.denied.items():
            rows = [row for row in self.rows.values() if row.field.topic == topic and row.parts.get("amount")]
            if rows or self.ticked.get(topic):
                where = rows[0].where if rows else self.ticked[topic][0][0].where
                self.tell(answer.where, f"svaret är nej, men {where} säger något annat.")

    def _cut(self, where: str, said: str) -> str:
        """A text as long as the canonical application takes. A longer one is told."""
        if len(said) <= LONGEST:
            return said
        self.tell(where, f"texten är {len(said)} tecken; bara de första {LONGEST} följer med.")
        return said[:LONGEST]


def _each_once(given: list[Answer], unmapped: list[str]) -> list[Answer]:
    """One answer to each field. Two different answers to the same field are told and neither is used."""
    by_id: dict[str, Answer] = {}
    torn: set[str] = set()
    for answer in given:
        first = by_id.setdefault(answer.id, answer)
        if first.value != answer.value or type(first.value) is not type(answer.value):
            torn.add(answer.id)
    for id_ in sorted(torn):
        said = " och ".join(f"”{str(each.value)[:40]}”" for each in given if each.id == id_)
        money = f" ({said})" if may_be_money((id_,), by_id[id_].value) else ""
        unmapped.append(f"{id_}: fältet har flera olika svar{money} och är inte använt.")
    return [answer for answer in by_id.values() if answer.id not in torn]


def _entry(answer: Answer) -> str:
    return f"{answer.base}.{answer.entry}" if answer.entry else answer.base


def _part(name: str, value: Any) -> Any:
    if name == "amount":
        return read.amount(value)
    if name == "date":
        return read.day(value)
    return _number(read.text(value)) if name == "personal_number" else read.text(value)


def _number(said: str) -> str:
    """A personal number whose check digit is right, as it was written. Raises ValueError."""
    try:
        Person(id="x", role=PersonRole.CHILD, personal_number=said)
    except ValidationError:
        raise ValueError("personnumret stämmer inte") from None
    return said


def _digits(number: str) -> str:
    """The last ten digits: what two ways to write a personal number have in common."""
    return "".join(character for character in number if character.isdigit())[-10:]


def _kronor(ore: int | None) -> str | None:
    """Öre as the canonical application writes kronor."""
    return None if ore is None else f"{ore // 100}.{ore % 100:02d}"
