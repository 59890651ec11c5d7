"""A case file seen from the month that it is about: who is in it, what was decided and answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from decision_service.application.case_file import CaseFile, MonthDecided, Person, PersonRole
from decision_service.application.form import Application
from decision_service.decision.facts.made import AddedBy, FactPlace, FactPlaces, PaymentMade, TakenForGranted
from decision_service.reading.swedish_time import swedish_day
from decision_service.registers import ssbtek
from decision_service.registers.answers import Payment, RegisterAnswers
from norms.month import Month
from rules.law import Law

ADULT_ROLES = (PersonRole.APPLICANT, PersonRole.CO_APPLICANT)
CHILD_ROLES = (PersonRole.CHILD, PersonRole.VISITATION_CHILD)
INCOME_MONTH = "kommun.inkomstens_månad"
"""The setting that says as which month's income a payment counts."""
SUPPORTED = ("BIFALL", "DELAVSLAG")
"""Outcomes of a month with support."""


@dataclass(frozen=True)
class Case:
    """A case file and the law of its month."""

    file: CaseFile
    law: Law

    @property
    def application(self) -> Application:
        """What the applicant says."""
        return self.file.application

    @property
    def month(self) -> Month:
        """The month that is decided on."""
        return self.law.month

    @cached_property
    def control(self) -> Month:
        """The month before, whose incomes are counted."""
        return self.month.plus(-1)

    @cached_property
    def received(self) -> date:
        """The day in Sweden that the application came."""
        return swedish_day(self.file.received_at)

    @cached_property
    def asked(self) -> date:
        """The day in Sweden that the registers were asked."""
        return swedish_day(self.file.as_of or self.file.received_at)

    @cached_property
    def adults(self) -> tuple[Person, ...]:
        """The applicant and the co-applicant."""
        return tuple(person for person in self.file.people if person.role in ADULT_ROLES)

    @cached_property
    def children(self) -> tuple[Person, ...]:
        """The children, visiting ones too."""
        return tuple(person for person in self.file.people if person.role in CHILD_ROLES)

    @cached_property
    def earlier(self) -> tuple[MonthDecided, ...]:
        """The decided months before this one, the latest last."""
        before = [each for each in self.file.history if Month.parse(each.month) < self.month]
        return tuple(sorted(before, key=lambda each: each.month))

    @property
    def last(self) -> MonthDecided | None:
        """The latest decided month before this one."""
        return self.earlier[-1] if self.earlier else None

    @cached_property
    def registers(self) -> Mapping[str, RegisterAnswers]:
        """What the agencies answered about each adult."""
        return {person.id: self._answers(person) for person in self.adults}

    @cached_property
    def paid(self) -> tuple[tuple[Person, Payment], ...]:
        """To whom registers have paid what, each adult's announced payments for the rest of the month before
        last."""
        return tuple(
            (person, payment)
            for person in self.adults
            for payment in (*self.registers[person.id].payments, *self.announced(person))
        )

    def announced(self, person: Person) -> tuple[Payment, ...]:
        """Payments that are income of the month before or earlier, decided and whose day had not passed when
        the registers were asked. One that is among those made is counted there."""
        found = self.registers[person.id]
        return tuple(
            each
            for each in found.planned
            if self.asked <= each.paid
            and self.months_from(each) >= 1
            and not any(is_same(each, made) for made in found.payments)
        )

    def place_of(self, payment: Payment) -> PaymentMade:
        """Where a payment comes from: made or announced, the day, and whose benefit."""
        made = any(payment is each for found in self.registers.values() for each in found.payments)
        agency = payment.benefit.partition(":")[0]
        if agency.lower() not in ssbtek.CODES:
            agency = payment.agency.value
        return PaymentMade(made, payment.paid, agency.lower(), payment.benefit)

    def _answers(self, person: Person) -> RegisterAnswers:
        applicant = person.role is PersonRole.APPLICANT
        agencies = ssbtek.agencies_about(self.file.registers, person.id, applicant=applicant)
        return ssbtek.register_answers(agencies, person.personal_number)

    def place(self, person: Person) -> str:
        """Where a person stands in the case file."""
        return f"people[{self.file.people.index(person)}]"

    def said_by(self, places: FactPlaces) -> FactPlaces:
        """Some places in the case file, and for what the applicant has not said there who says it."""
        if not self.assumes:
            return places
        return tuple(dict.fromkeys(map(self._said_by, places)))

    def _said_by(self, place: FactPlace) -> FactPlace:
        if not isinstance(place, str):
            return place
        added = self._added.get(place.partition(".")[0])
        return added or self._assumed.get(place) or place

    @cached_property
    def _added(self) -> Mapping[str, AddedBy]:
        """Who has added the rows that the applicant did not name, by place."""
        return {one.place: AddedBy(one.by, swedish_day(one.at)) for one in self.file.added}

    @cached_property
    def assumes(self) -> bool:
        """Whether any field is taken for granted by a decision of the municipality, or added by somebody."""
        return bool(self._assumed or self._added)

    @cached_property
    def _assumed(self) -> Mapping[str, TakenForGranted]:
        return {one.field: TakenForGranted(one.decision) for one in self.file.assumed}

    def months_from(self, payment: Payment) -> int:
        """Months from the month as whose income a payment counts, by the municipality's choice, to the month
        that is decided on."""
        if self._by_period and payment.first is not None:
            return self.before(payment.first)
        return self.before(payment.paid)

    @cached_property
    def _by_period(self) -> bool:
        """Whether the municipality counts a payment as income of the time that it is for."""
        return any(given.values.get(INCOME_MONTH) == "period" for given in self.law.given)

    def before(self, day: date) -> int:
        """Months from a day to the month that is decided on."""
        return self.month.index - Month.of(day).index


def is_same(announced: Payment, made: Payment) -> bool:
    """Whether a payment is the one that was announced: on the same day, or as much for the same time."""
    if announced.benefit != made.benefit:
        return False
    whole = (announced.net, announced.first, announced.last)
    time = announced.first is not None and announced.last is not None
    return announced.paid == made.paid or (time and whole == (made.net, made.first, made.last))
