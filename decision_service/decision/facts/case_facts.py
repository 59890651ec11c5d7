"""From a case file to the facts of its rules: every fact knows the field or answer it came from.

What is not said is left out: it is missing, and the rules ask for it. Nothing is guessed, and nothing here
knows an amount or a limit; the two periods of the work incentive are read from the norm tables of the law.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from decision_service.application.adapters.contradictions import contradictions
from decision_service.application.case_file import Activity, CaseFile, Mark, MonthDecided, Person, PersonRole
from decision_service.application.codes import COST_TYPES, INCOME_TYPES, Code
from decision_service.application.form import (
    AdultAnswers,
    Application,
    ApplicationType,
    Child,
    Cost,
    CostType,
    HousingForm,
    Income,
    MaritalStatus,
    NormType,
    Planning,
    PlanningType,
    ResidenceExtent,
)
from decision_service.decision.facts.history import months_in_a_row, work_incentive
from decision_service.installation.calendar import next_working_day
from decision_service.reading.place import Place
from decision_service.reading.swedish_time import swedish_day
from decision_service.registers import ssbtek
from decision_service.registers.answers import Agency, Answer, Payment, RegisterAnswers
from decision_service.registers.ssbtek.benefits import BENEFITS
from norms.month import Month
from rules.facts import Disputed, Entity, Facts, Known, within
from rules.law import Law

ADULT_ROLES = (PersonRole.APPLICANT, PersonRole.CO_APPLICANT)
CHILD_ROLES = (PersonRole.CHILD, PersonRole.VISITATION_CHILD)
SUPPORTED = ("BIFALL", "DELAVSLAG")

_HOUSING: Mapping[HousingForm, str] = {
    HousingForm.NO_HOUSING_OR_INSTITUTION: "ingen_bostad",
    HousingForm.RENTAL: "hyresrätt",
    HousingForm.SUBLET: "andrahand",
    HousingForm.LODGER: "inneboende",
    HousingForm.CONDOMINIUM: "bostadsrätt",
    HousingForm.OWNED_HOUSE: "eget_hus",
    HousingForm.RENTED_HOUSE: "hyrt_hus",
    HousingForm.LIVING_WITH_PARENTS: "hos_föräldrar",
}
_PLANNING: Mapping[PlanningType, str] = {
    PlanningType.JOBSEEKING: "arbetssökande",
    PlanningType.SICK_LEAVE: "sjukskriven",
    PlanningType.SFI: "sfi",
    PlanningType.STUDIES: "studier",
    PlanningType.PARENTAL_LEAVE: "föräldraledig",
    PlanningType.OTHER: "annat",
}
_TYPES: Mapping[ApplicationType, str] = {
    ApplicationType.NEW: "ny",
    ApplicationType.RENEWAL: "fortsatt",
    ApplicationType.SUPPLEMENTARY: "tillägg",
}
_STATUS: Mapping[MaritalStatus, str] = {MaritalStatus.SINGLE: "ensam", MaritalStatus.COHABITING: "sambo"}
_EXTENT: Mapping[ResidenceExtent, str] = {
    ResidenceExtent.FULL_TIME: "hela_tiden",
    ResidenceExtent.HALF_TIME: "halva_tiden",
    ResidenceExtent.OTHER: "annat",
}
_ASSETS: Mapping[str, str] = {
    "BANK_SAVINGS": "bankmedel",
    "REAL_ESTATE": "fastighet",
    "COMPANY": "företag",
    "VEHICLE": "fordon",
    "OTHER": "övrig",
}
_ASSET_LABELS: Mapping[str, str] = {
    "BANK_SAVINGS": "Bankmedel",
    "REAL_ESTATE": "Fastighet",
    "COMPANY": "Företag",
    "VEHICLE": "Fordon",
    "OTHER": "Övrig tillgång",
}
_OFFERS: Mapping[str, str] = {
    "NOT_OFFERED": "inte_erbjuden",
    "OFFERED": "erbjuden",
    "DECLINED": "avböjd",
    "DONE": "genomförd",
}
_PLANNING_WEEK: Mapping[str, str] = {"OFFERED": "erbjuden", "DONE": "genomförd", "MISSED": "utebliven"}
_PROGRAMME: Mapping[str, str] = {"NONE": "inget", "PART": "del", "FULL": "heltid"}


@dataclass
class _Draft:
    """An entity being filled: a value that is not known is simply not put in."""

    kind: str
    id: str
    label: str = ""
    owner: str | None = None
    values: dict[str, Known | Disputed] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, value: Known | Disputed | None, origin: str) -> None:
        """Note a value and where it came from; None notes nothing."""
        if value is not None:
            path = f"{self.kind}.{name}"
            self.values[path] = value
            self.origin[path] = origin

    def entity(self) -> Entity:
        """The finished entity."""
        return Entity(self.kind, self.id, self.values, self.owner, self.label, self.origin)


@dataclass(frozen=True)
class CaseFacts:
    """The facts of a case, and a sentence about each thing in it that could not be understood."""

    facts: Facts
    unread: tuple[str, ...]


def build_facts(case: CaseFile, law: Law) -> CaseFacts:
    """The facts of a case in the month of the law. Kinds whose members a register may hold back are marked
    incomplete: an agency that did not answer has not said that there is nothing."""
    return _Builder(case, law).facts()


class _Builder:
    def __init__(self, case: CaseFile, law: Law) -> None:
        self.case = case
        self.application: Application = case.application
        self.law = law
        self.month: Month = law.month
        self.adults = [person for person in case.people if person.role in ADULT_ROLES]
        self.children = [person for person in case.people if person.role in CHILD_ROLES]
        self.own_children = [person for person in self.children if person.role is PersonRole.CHILD]
        self.registers = {person.id: self.register(person) for person in self.adults}
        self.unread = list(self.not_understood())
        earlier = [each for each in case.history if Month.parse(each.month) < self.month]
        self.earlier = sorted(earlier, key=lambda each: each.month)
        self.last: MonthDecided | None = self.earlier[-1] if self.earlier else None
        self.received = swedish_day(case.received_at)

    def facts(self) -> CaseFacts:
        incomes = list(self.incomes())
        application = self.application_facts()
        drafts = [
            application,
            self.case_facts(),
            self.household(),
            *(self.adult(person) for person in self.adults),
            *(self.child(person) for person in self.children),
            *incomes,
            *self.income_kinds(incomes),
            *self.costs(),
            *self.assets(),
        ]
        self.drop_what_cannot_be(drafts)
        unread = tuple(dict.fromkeys(self.unread))
        application.put("otolkade_uppgifter", len(unread), "unmapped")
        facts = Facts(
            tuple(draft.entity() for draft in drafts), frozenset() if self.all_paying_answered() else _INCOMES
        )
        return CaseFacts(facts, unread)

    def all_paying_answered(self) -> bool:
        """Whether every agency that pays incomes has answered about every adult."""
        return all(
            register.pensions is Answer.ANSWERED
            and all(register.answers[agency] is Answer.ANSWERED for agency in _PAYING)
            for register in self.registers.values()
        )

    def drop_what_cannot_be(self, drafts: list[_Draft]) -> None:
        """Take out numbers outside what the vocabulary allows (an unborn child's age, a negative payment).

        They are then missing, and told as not understood.
        """
        terms = self.law.vocabulary.terms
        for draft in drafts:
            for path, value in list(draft.values.items()):
                known = value.values if isinstance(value, Disputed) else (("", value),)
                if not all(within(terms[path], each) for _, each in known):
                    del draft.values[path]
                    about = f"{draft.label}: " if draft.label else ""
                    self.unread.append(f"{about}{draft.origin[path]}: värdet är utanför det möjliga.")

    def not_understood(self) -> Iterator[str]:
        """Sentences about what nothing can be made of, or what contradicts itself."""
        yield from self.case.unmapped
        yield from contradictions(self.application, self.case.people)
        for register in self.registers.values():
            yield from register.unmapped
        if not any(person.role is PersonRole.APPLICANT for person in self.adults):
            yield "people: ärendet har ingen sökande."
        adults = {person.id for person in self.adults}
        for name, answers in self.case.registers.items():
            if name not in {*adults, *Agency} and Place(answers).given:
                yield f"registers.{name}: svaret hör inte till någon vuxen i ärendet."
        for number, activity in enumerate(self.case.activity):
            if activity.person not in adults:
                yield f"activity[{number}]: gäller ingen vuxen i ärendet."
        for person in self.own_children:
            days, told = person.days_in_home, self.told(person)
            said = told.days_in_home if told is not None and told.days_in_home is not None else days
            half = told is not None and told.residence_extent is ResidenceExtent.HALF_TIME
            if half and said is not None and said >= _WHOLE_MONTH:
                name = person.first_name or person.id
                yield f"{name}: bor i hemmet halva tiden, men {said} dagar i månaden."

    # --- registers

    def register(self, person: Person) -> RegisterAnswers:
        """What the agencies answered about an adult."""
        applicant = person.role is PersonRole.APPLICANT
        agencies = ssbtek.agencies_about(self.case.registers, person.id, applicant=applicant)
        return ssbtek.register_answers(agencies, person.personal_number)

    # --- what there is one of

    def application_facts(self) -> _Draft:
        form, draft = self.application, _Draft("ansökan", "ansökan")
        draft.put("typ", form.application_type and _TYPES[form.application_type], "applicationType")
        draft.put("civilstånd", form.marital_status and _STATUS[form.marital_status], "maritalStatus")
        draft.put("månad_anges", form.month is not None, "periodMonth, periodYear")
        if form.month is not None:
            ahead = form.month.index - Month.of(self.received).index
            draft.put("månader_framåt", ahead, "periodMonth, periodYear, received_at")
        if form.norm_type:
            draft.put("annan_norm_söks", NormType.OTHER_NORM in form.norm_type, "normType")
        described = bool((form.livelihood_description or "").strip())
        draft.put("försörjning_beskriven", described, "livelihoodDescription")
        draft.put("har_barn", form.has_children_under21, "hasChildrenUnder21")
        draft.put("barns_boende_ändrat", self.if_changed("children"), "childrenResidenceChanged")
        draft.put("boendeform", form.housing_form and _HOUSING[form.housing_form], "housingForm")
        draft.put("boende_ändrat", self.if_changed("housing"), "housingChanged")
        draft.put("andrahand_godkänd", self.sublet(), "subletApproved")
        draft.put("uppger_inkomster", form.has_incomes, "hasIncomes")
        draft.put("uppger_väntade_förmåner", form.has_pending_benefits, "hasPendingBenefits")
        draft.put("uppger_tillgångar", form.has_assets, "hasAssets")
        draft.put("vistas_i_kommunen", form.stays_in_municipality, "staysInMunicipality")
        draft.put("intygad", form.attestation, "attestation")
        draft.put("fritext", bool((form.other_information or "").strip()), "otherInformation")
        draft.put("stickprov", bool(form.random_check), "randomCheck")
        return draft

    def if_changed(self, what: str) -> bool | None:
        """Whether children's residence or housing has changed: asked in renewals only, else no change."""
        form = self.application
        if what == "children":
            asked = form.application_type is ApplicationType.RENEWAL and bool(self.own_children)
            said = form.children_residence_changed
        else:
            asked = form.application_type is ApplicationType.RENEWAL
            said = form.housing_changed
        return said if asked or said is not None else False

    def sublet(self) -> bool | None:
        """Whether a sublet is approved. Nothing to approve where the household does not sublet, or lives as
        it did when it was last decided on."""
        form = self.application
        if form.housing_form is HousingForm.SUBLET:
            return form.sublet_approved
        unchanged = form.housing_form is None and form.housing_changed is False
        return True if form.housing_form is not None or unchanged else form.sublet_approved

    def case_facts(self) -> _Draft:
        draft, origin = _Draft("ärende", "ärende"), "history"
        months = {Month.parse(each.month) for each in self.case.history}
        draft.put("pågår", self.case.running_case, "running_case")
        draft.put("månaden_beslutad", self.month in months, origin)
        draft.put("har_historik", self.last is not None, origin)
        draft.put("återkommer_efter_arbete", bool(self.last and self.last.ended_to_work_or_studies), origin)
        if self.last is None:
            draft.put("civilstånd_ändrat", False, origin)
            draft.put("personer_ändrade", False, origin)
            draft.put("överskott", 0, origin)
            return draft
        draft.put("månader_sedan_beslut", self.month.index - Month.parse(self.last.month).index, origin)
        if self.last.marital_status is not None and self.application.marital_status is not None:
            changed = self.last.marital_status is not self.application.marital_status
            draft.put("civilstånd_ändrat", changed, "history[].marital_status")
        if self.last.people is not None:
            now = {person.id for person in self.case.people}
            draft.put("personer_ändrade", set(self.last.people) != now, "history[].people")
        surplus = self.last.surplus
        if Month.parse(self.last.month).plus(1) != self.month or (
            surplus is None and self.last.outcome in SUPPORTED
        ):
            surplus = 0
        draft.put("överskott", surplus, "history[].surplus")
        return draft

    def household(self) -> _Draft:
        draft = _Draft("hushåll", "hushåll")
        draft.put("vuxna", len(self.adults), "people")
        draft.put("boende", self.residents(), "housingPersonCount")
        protected = any(person.protected for person in self.case.people) or any(
            register.protected for register in self.registers.values()
        )
        draft.put("skyddade_uppgifter", protected, "people, registers")
        draft.put("lma", self.under_lma(), "people[].covered_by_lma")
        named = {child.party_id for child in self.application.children if child.party_id is not None}
        unnamed = any(child.party_id is None for child in self.application.children)
        known = {person.id for person in self.children}
        draft.put("barn_i_ansökan_saknas", bool(named and named != known) or unnamed, "children, people")
        return draft

    def residents(self) -> int | None:
        """Persons in the home: as said, or as in the last decision when the housing has not changed."""
        if self.application.housing_person_count is not None:
            return self.application.housing_person_count
        if self.last is not None and self.application.housing_changed is False:
            return self.last.housing_person_count
        return None

    def under_lma(self) -> bool | None:
        said = [person.covered_by_lma for person in self.adults]
        if True in said:
            return True
        return False if self.last is not None or None not in said else None

    # --- adults

    def adult(self, person: Person) -> _Draft:
        label = person.first_name or ("Sökanden" if person.role is PersonRole.APPLICANT else "Medsökanden")
        draft = _Draft("vuxen", person.id, label)
        draft.put("förnamn", person.first_name, "people[].first_name")
        draft.put("ålder", self.age(person), "people[].born")
        draft.put("sökande", person.role is PersonRole.APPLICANT, "people[].role")
        answers = self.answers(person)
        if answers is not None:
            self.answered(draft, answers)
        register = self.registers[person.id]
        for agency in Agency:
            answered = register.answers[agency] is Answer.ANSWERED
            draft.put(f"{agency.value}_svarat", answered, f"registers.{agency.value}")
        draft.put("pm_svarat", register.pensions is Answer.ANSWERED, "registers.fk")
        draft.put("väntar_på_förmån", bool(register.pending), "registers")
        self.registered(draft, register)
        owned = [each for each in self.application.assets if each.asset_category == "VEHICLE"]
        draft.put("uppgivna_fordon", len(owned), "assets")
        self.plannings(draft, person)
        self.past(draft, person)
        self.activity(draft, person)
        return draft

    def age(self, person: Person) -> int | None:
        """Full years on the last day of the month."""
        born = person.birthday
        if born is None:
            return None
        last = self.month.last
        return last.year - born.year - ((last.month, last.day) < (born.month, born.day))

    def answers(self, person: Person) -> AdultAnswers | None:
        for answers in self.application.persons:
            if answers.party_id == person.id or (
                answers.party_id is None and answers.role.value == person.role.value
            ):
                return answers
        return None

    def answered(self, draft: _Draft, answers: AdultAnswers) -> None:
        draft.put("skrivit_under", answers.signed, "persons[].signed")
        method = {"BANK_ACCOUNT": "bankkonto", "OTHER": "annat"}.get(answers.payment_method or "")
        draft.put("betalsätt", method, "persons[].paymentMethod")
        draft.put("samma_konto", bool(answers.payment_same_as_previous), "persons[].paymentSameAsPrevious")
        account = bool(answers.clearing_number and answers.account_number)
        draft.put("konto_angivet", account, "persons[].accountNumber")

    def registered(self, draft: _Draft, register: RegisterAnswers) -> None:
        if register.employment is not None:
            employment = register.employment
            draft.put("af_inskriven", employment.registered, "registers.af")
            if employment.last_report is not None:
                draft.put("af_rapport", employment.last_report.toordinal(), "registers.af")
        if register.answers[Agency.TNS] is Answer.ANSWERED:
            draft.put("fordon", len(register.vehicles), "registers.tns")
        if register.answers[Agency.SKV] is Answer.ANSWERED:
            latest = max(register.capital, default=None)
            surplus = 0 if latest is None else register.capital[latest]
            draft.put("kapitalöverskott", max(0, surplus), "registers.skv")

    def plannings(self, draft: _Draft, person: Person) -> None:
        whose = (person.id, person.role.value, *((None,) if len(self.adults) == 1 else ()))
        own = [each for each in self.application.plannings if each.person in whose]
        planning = own[0] if len(own) == 1 else None
        draft.put("planering", _planning_word(own), "plannings[].planningType")
        hours = planning.work_hours_per_week if planning is not None else None
        if own and not any(each.planning_type is PlanningType.WORK for each in own):
            hours = 0
        draft.put("arbetstimmar", hours, "plannings[].workHoursPerWeek")
        sick = [each for each in own if each.planning_type is PlanningType.SICK_LEAVE]
        if sick:
            draft.put("läkarintyg", sick[0].certificate_attached, "plannings[].certificateAttached")
        part = any(each.sick_leave_level not in (None, 100) for each in sick)
        draft.put("sjukskriven_deltid", part, "plannings[].sickLeaveLevel")
        over = any(each.until is not None and each.until < self.month.first for each in own)
        draft.put("planering_över", over, "plannings[].until")

    def past(self, draft: _Draft, person: Person) -> None:
        supported = {
            Month.parse(each.month)
            for each in self.case.history
            if each.outcome in SUPPORTED and (each.people is None or person.id in each.people)
        }
        draft.put("månader_i_rad", months_in_a_row(supported, self.month), "history")
        qualifying = self.law.amount("jobbstimulans.kvalificeringstid", ())
        valid = self.law.amount("jobbstimulans.giltighetstid", ())
        if qualifying is not None and valid is not None:
            first = Month.parse(self.earlier[0].month) if self.earlier else self.month
            complete = self.case.history_complete or not self.earlier
            earned = work_incentive(
                supported, first, self.month, qualifying.value, valid.value, complete=complete
            )
            draft.put("jobbstimulans_beviljad", earned, "history")

    def activity(self, draft: _Draft, person: Person) -> None:
        found = next((each for each in self.case.activity if each.person == person.id), None)
        register = self.registers[person.id]
        if register.employment is not None and not register.employment.programmes:
            draft.put("statligt_program", "inget", "registers.af")
        if found is None:
            draft.put("har_plan", False, "activity")
            return
        plan, origin = found.plan, "activity[].plan"
        draft.put("har_plan", plan.decided is not None, origin)
        draft.put("plan_gäller", self.plan_holds(found), origin)
        if plan.first_meeting is not None:
            in_time = plan.first_meeting <= next_working_day(self.received)
            draft.put("första_möte_i_tid", in_time, origin)
        draft.put("planeringsvecka", _PLANNING_WEEK.get(plan.planning_week or ""), origin)
        draft.put("sidospår", None if plan.track is None else plan.track == "SIDE", origin)
        draft.put("planering_bruten", plan.broken, origin)
        draft.put("praktik", _OFFERS.get(plan.placement or ""), origin)
        draft.put("kompetenshöjande", _OFFERS.get(plan.competence or ""), origin)
        draft.put("söker_brett", plan.broad_job_search, origin)
        draft.put("missade_veckomöten", plan.missed_weekly_meetings, origin)
        draft.put("missade_gruppmöten", plan.missed_group_meetings, origin)
        draft.put("heltid_i_plan", plan.full_time, origin)
        draft.put("godtagbart_skäl", plan.valid_reason, origin)
        draft.put("statligt_program", _PROGRAMME.get(plan.state_programme or ""), origin)
        draft.put("anvisade_timmar", plan.weekly_hours, origin)
        before = [each for each in found.sessions if Month.of(each.day) == self.month.plus(-1)]
        absent = sum(each.hours for each in before if each.mark is Mark.ABSENT)
        draft.put("ogiltig_frånvaro", absent, "activity[].sessions")
        unmarked = sum(each.mark is Mark.UNMARKED for each in before)
        draft.put("omarkerade_tillfällen", unmarked, "activity[].sessions")

    def plan_holds(self, found: Activity) -> bool | None:
        plan, control = found.plan, self.month.plus(-1)
        if plan.decided is None:
            return False
        if plan.last is None:
            return None if plan.first is None else plan.first <= control.last
        return plan.last >= control.first and (plan.first is None or plan.first <= control.last)

    # --- children

    def child(self, person: Person) -> _Draft:
        draft = _Draft("barn", person.id, person.first_name or "Barnet")
        told = self.told(person)
        draft.put("förnamn", person.first_name, "people[].first_name")
        draft.put("ålder", self.age(person), "people[].born")
        draft.put("umgängesbarn", person.role is PersonRole.VISITATION_CHILD, "people[].role")
        if person.lunch_away is not None:
            draft.put("äter_lunch_hemma", not person.lunch_away, "people[].lunch_away")
        extent = told.residence_extent if told is not None else None
        days = self.days(person, told)
        if extent is not None:
            draft.put("boende", _EXTENT[extent], "children[].residenceExtent")
        elif days is not None:
            whole = days == self.month.days
            draft.put("boende", "hela_tiden" if whole else "annat", "people[].days_in_home")
        draft.put("dagar_i_hemmet", days, "children[].daysInHome, people[].days_in_home")
        draft.put("går_i_skolan", person.in_school, "people[].in_school")
        draft.put("arbetsinkomst_tidigare_i_år", self.earned_before(person), "history[].children_own_income")
        return draft

    def told(self, person: Person) -> Child | None:
        """What the application says of a child."""
        return next((each for each in self.application.children if each.party_id == person.id), None)

    def earned_before(self, person: Person) -> int | None:
        """A child's own earnings in the calendar year of the income month, before that month.

        A decision counts the incomes of the month before it, so January's belongs to the year that has ended,
        whose limit is not this month's: then the sum is not known unless there is nothing to count.
        """
        control = self.month.plus(-1)
        year = [each for each in self.earlier if Month.parse(each.month).plus(-1).year == control.year]
        earns = any(income.recipient == person.id for income in self.application.incomes)
        if earns and (control.year != self.month.year or len(year) < control.number - 1):
            return None
        return sum(each.children_own_income.get(person.id, 0) for each in year)

    def days(self, person: Person, told: Child | None) -> int | Disputed | None:
        """Days in the home in the month; disputed when the application and the case say different things."""
        all_month = told is not None and told.residence_extent is ResidenceExtent.FULL_TIME
        said = self.month.days if all_month else (told.days_in_home if told is not None else None)
        known = person.days_in_home
        if all_month and (known is None or known >= _WHOLE_MONTH):
            return said
        if said is not None and known is not None and said != known:
            return Disputed((("ansökan", said), ("ärendet", known)))
        found = said if said is not None else known
        return None if found is None else min(found, self.month.days)

    # --- incomes

    def incomes(self) -> Iterator[_Draft]:
        for number, income in enumerate(self.application.incomes, start=1):
            yield self.declared(f"i{number}", income, f"incomes[{number - 1}]")
        number = 0
        for person in self.adults:
            for payment in self.registers[person.id].payments:
                number += 1
                yield self.paid(f"r{number}", person, payment)

    def declared(self, id_: str, income: Income, origin: str) -> _Draft:
        code = INCOME_TYPES[income.income_type.value] if income.income_type is not None else None
        draft = _Draft("inkomst", id_, code.label if code else "Inkomst", self.recipient(income))
        draft.put("typ", code.choice if code else None, f"{origin}.incomeType")
        draft.put("belopp", income.amount, f"{origin}.amount")
        draft.put("månader_före", self.months_before(income), f"{origin}.incomeDate, month")
        draft.put("ur_register", False, origin)
        return draft

    def recipient(self, income: Income) -> str | None:
        for person in self.case.people:
            if income.recipient in (person.id, person.role.value):
                return person.id
        alone = income.recipient is None and len(self.adults) == 1
        return self.adults[0].id if alone else None

    def paid(self, id_: str, person: Person, payment: Payment) -> _Draft:
        benefit = BENEFITS.get(payment.benefit, BENEFITS[""])
        draft = _Draft("inkomst", id_, benefit.label, person.id)
        draft.put("typ", benefit.choice, payment.source)
        draft.put("belopp", payment.net, payment.source)
        draft.put("månader_före", self.before(payment.paid), payment.source)
        draft.put("ur_register", True, payment.source)
        return draft

    def months_before(self, income: Income) -> int | Disputed | None:
        """Months from a declared income to the month, by its day or, where a form asks so, its month."""
        by_day = self.before(income.income_date) if income.income_date is not None else None
        if income.month is None:
            return by_day
        by_month = self.month.index - Month.parse(income.month).index
        if by_day is not None and by_day != by_month:
            return Disputed((("incomeDate", by_day), ("month", by_month)))
        return by_month

    def before(self, day: date) -> int:
        return self.month.index - Month.of(day).index

    def income_kinds(self, incomes: list[_Draft]) -> Iterator[_Draft]:
        """Each sort of income of each person, this time and the time before.

        What a couple declares is compared for both together: earlier decisions do not say whose it was.
        """
        sums: Counter[tuple[str | None, str, int]] = Counter()
        labels: dict[tuple[str | None, str], str] = {}
        together = {person.id for person in self.adults} if len(self.adults) > 1 else set()
        for draft in incomes:
            sort, amount = draft.values.get("inkomst.typ"), draft.values.get("inkomst.belopp")
            distance = draft.values.get("inkomst.månader_före")
            if isinstance(sort, str) and isinstance(amount, int) and distance in (1, 2):
                declared = draft.values.get("inkomst.ur_register") is False
                owner = None if declared and draft.owner in together else draft.owner
                sums[owner, sort, int(distance)] += amount
                labels[owner, sort] = draft.label
        for owner, code, amount in self.declared_before():
            if (owner, code.choice, 2) not in sums:
                sums[owner, code.choice, 2] += amount
                labels.setdefault((owner, code.choice), code.label)
        for number, (owner, sort) in enumerate(sorted(labels, key=str), start=1):
            now, then = sums[owner, sort, 1], sums[owner, sort, 2]
            draft = _Draft("inkomstslag", f"s{number}", labels[owner, sort], owner)
            draft.put("belopp", now, "incomes, registers")
            draft.put("belopp_förut", then, "incomes, registers, history")
            draft.put("skillnad", abs(now - then), "incomes, registers, history")
            yield draft

    def declared_before(self) -> Iterator[tuple[str | None, Code, int]]:
        """Incomes that the last decision counted, where it was made for the month before."""
        if self.last is None or Month.parse(self.last.month).plus(1) != self.month:
            return
        owner = self.adults[0].id if len(self.adults) == 1 else None
        for kind, amount in self.last.incomes.items():
            yield owner, INCOME_TYPES[kind.value], amount
        here = {person.id for person in self.children}
        for child, amount in self.last.children_own_income.items():
            if child in here:
                yield child, INCOME_TYPES["SALARY"], amount

    # --- costs and assets

    def costs(self) -> Iterator[_Draft]:
        counts = Counter(cost.cost_type for cost in self.application.costs)
        approved = self.last.costs if self.last is not None else {}
        for number, cost in enumerate(self.application.costs, start=1):
            origin = f"costs[{number - 1}]"
            code = _cost_code(cost.cost_type, cost) if cost.cost_type is not None else None
            draft = _Draft("kostnad", f"k{number}", code.label if code else "Kostnad")
            draft.put("typ", code.choice if code else None, f"{origin}.costType")
            draft.put("belopp", cost.applied_amount, f"{origin}.appliedAmount")
            draft.put("är_bedömd", False, origin)
            draft.put("annan_månad", self.of_another_month(cost), f"{origin}.month, costDate")
            draft.put("flera_av_samma_slag", counts[cost.cost_type] > 1, "costs")
            before = approved.get(cost.cost_type) if cost.cost_type in _NAMED else None
            draft.put("godkänd_förut", before is not None, "history[].costs")
            draft.put("godkänt_förut", before, "history[].costs")
            yield draft

    def of_another_month(self, cost: Cost) -> bool:
        """Whether the application says that a cost is for another month, or was paid outside this month and
        the one before."""
        for_other = cost.month is not None and Month.parse(cost.month) != self.month
        paid = self.before(cost.cost_date) if cost.cost_date is not None else 0
        return for_other or paid not in (0, 1)

    def assets(self) -> Iterator[_Draft]:
        for number, asset in enumerate(self.application.assets, start=1):
            category = asset.asset_category or ""
            label = asset.description or _ASSET_LABELS.get(category, "Tillgång")
            draft = _Draft("tillgång", f"t{number}", label[:80])
            draft.put("slag", _ASSETS.get(category), f"assets[{number - 1}].assetCategory")
            draft.put("värde", asset.value, f"assets[{number - 1}].value")
            yield draft


_INCOMES = frozenset({"inkomst", "inkomstslag"})
_NAMED = set(CostType) - {CostType.OTHER}
"""Costs that an earlier decision names. What an ”other” cost was then, it does not say."""
_PAYING = (Agency.FK, Agency.SO, Agency.CSN)
_WHOLE_MONTH = 28
"""Days: a form that asks for days in a month is answered so by whoever means all of it."""


def _cost_code(cost_type: CostType, cost: Cost) -> Code:
    """What the rules call a cost: by its type, or an other cost by its sub-type where it has one."""
    if cost_type is CostType.OTHER and cost.other_sub_type is not None:
        return COST_TYPES[cost.other_sub_type.value]
    return COST_TYPES[cost_type.value]


def _planning_word(own: list[Planning]) -> str | Disputed | None:
    """One word for what an adult does.

    Work beside looking for work is work, and looking for work beside SFI is looking for work. Whoever is said
    both to be ill, to study or to be on parental leave and to do something else is for a person to judge.
    """
    kinds = [kind for kind in PlanningType if kind in {each.planning_type for each in own}]
    words = [_work_word(own) if kind is PlanningType.WORK else _PLANNING[kind] for kind in kinds]
    if not words or None in words:
        return None
    known = [word for word in words if word is not None]
    if len(known) > 1 and _ALONE & set(kinds):
        return Disputed(tuple(("plannings", word) for word in known))
    return known[0]


def _work_word(own: list[Planning]) -> str | None:
    extents = {each.work_extent for each in own if each.planning_type is PlanningType.WORK}
    return "heltidsarbete" if "FULL" in extents else ("deltidsarbete" if "PART" in extents else None)


_ALONE = {PlanningType.SICK_LEAVE, PlanningType.STUDIES, PlanningType.PARENTAL_LEAVE}
