"""The canonical application (``ansokan/1``): what the applicant says.

Field names are those of the municipal e-service it was modelled on. A field that the applicant left out is
``None``: it is missing, never zero or no, and the rules say whether that matters. A field with a value that
cannot be right is a fault, told in Swedish.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, WithJsonSchema, field_validator
from pydantic.alias_generators import to_camel

from decision_service.application.fields import Day, Id, Moment, MonthText, Ore, Part, Text
from norms.month import Month


class FormPart(Part):
    """A part of the application itself, whose field names are those of the e-service (camelCase)."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class ApplicationType(StrEnum):
    """New, monthly renewal, or supplementary to a decided month."""

    NEW = "NEW"
    RENEWAL = "RENEWAL"
    SUPPLEMENTARY = "SUPPLEMENTARY"


class MaritalStatus(StrEnum):
    """Whether the applicant lives with a partner."""

    SINGLE = "SINGLE"
    COHABITING = "COHABITING"


class PeriodChoice(StrEnum):
    """What a new applicant has chosen to apply for."""

    CURRENT_MONTH = "CURRENT_MONTH"
    NEXT_MONTH = "NEXT_MONTH"
    OTHER_BENEFIT = "OTHER_BENEFIT"


class NormType(StrEnum):
    """The national norm, or a norm on special grounds."""

    NATIONAL_NORM = "NATIONAL_NORM"
    OTHER_NORM = "OTHER_NORM"


_NORMS = {"type": "string", "enum": [each.value for each in NormType]}
_ONE_OR_MORE_NORMS = {"anyOf": [_NORMS, {"type": "array", "items": _NORMS, "maxItems": 2}]}


class HousingForm(StrEnum):
    """How the household lives."""

    NO_HOUSING_OR_INSTITUTION = "NO_HOUSING_OR_INSTITUTION"
    RENTAL = "RENTAL"
    SUBLET = "SUBLET"
    LODGER = "LODGER"
    CONDOMINIUM = "CONDOMINIUM"
    OWNED_HOUSE = "OWNED_HOUSE"
    RENTED_HOUSE = "RENTED_HOUSE"
    LIVING_WITH_PARENTS = "LIVING_WITH_PARENTS"


class AdultRole(StrEnum):
    """The two adults of an application."""

    APPLICANT = "APPLICANT"
    CO_APPLICANT = "CO_APPLICANT"


class ResidenceExtent(StrEnum):
    """How much of the time a child lives in the household."""

    FULL_TIME = "FULL_TIME"
    HALF_TIME = "HALF_TIME"
    OTHER = "OTHER"


class SchoolKind(StrEnum):
    """What school a child goes to, where the form asks it."""

    PRESCHOOL_QUEUE = "PRESCHOOL_QUEUE"
    PRESCHOOL = "PRESCHOOL"
    COMPULSORY = "COMPULSORY"
    UPPER_SECONDARY = "UPPER_SECONDARY"
    AFTER_UPPER_SECONDARY = "AFTER_UPPER_SECONDARY"
    NONE = "NONE"


class Child(FormPart):
    """A child as the application tells of it. ``party_id`` is the id of a person of the case."""

    party_id: Id | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    school_name: Text | None = None
    school_kind: SchoolKind | None = None
    residence_extent: ResidenceExtent | None = None
    days_in_home: Annotated[StrictInt, Field(ge=0, le=31)] | None = None


class IncomeType(StrEnum):
    """What an applicant may declare. Benefits come from the registers."""

    SALARY = "SALARY"
    SWISH_DEPOSITS = "SWISH_DEPOSITS"
    OTHER_INCOME = "OTHER_INCOME"
    FINANCIAL_AID_OTHER_MUNICIPALITY = "FINANCIAL_AID_OTHER_MUNICIPALITY"
    OCCUPATIONAL_PENSION_INSURANCE = "OCCUPATIONAL_PENSION_INSURANCE"
    CHILD_SUPPORT = "CHILD_SUPPORT"
    RENT_SHARE_FROM_CHILD = "RENT_SHARE_FROM_CHILD"
    FOREIGN_PENSION = "FOREIGN_PENSION"
    LODGER_RENT = "LODGER_RENT"
    LOAN = "LOAN"
    GIFT = "GIFT"
    SALE = "SALE"


class Income(FormPart):
    """A declared income, kronor net of tax. ``recipient`` is a role or the id of a person.

    ``month`` is for a form that asks for the sum of a month and no day.
    """

    income_type: IncomeType | None = None
    amount: Ore | None = None
    income_date: Day | None = None
    month: MonthText | None = None
    recipient: Id | None = None
    description: Text | None = None


class CostType(StrEnum):
    """What the application may be for beside the norm."""

    RENT = "RENT"
    ELECTRICITY = "ELECTRICITY"
    HOME_INSURANCE = "HOME_INSURANCE"
    INTERNET = "INTERNET"
    UNEMPLOYMENT_FUND = "UNEMPLOYMENT_FUND"
    UNION_FEE = "UNION_FEE"
    TRAVEL_APPROVED = "TRAVEL_APPROVED"
    TRAVEL_MEDICAL_TRANSPORT = "TRAVEL_MEDICAL_TRANSPORT"
    MEDICAL_CARE = "MEDICAL_CARE"
    MEDICINE = "MEDICINE"
    DENTAL_CARE = "DENTAL_CARE"
    GLASSES = "GLASSES"
    CHILDCARE_FEE = "CHILDCARE_FEE"
    VISITATION_COST = "VISITATION_COST"
    DEBT = "DEBT"
    OTHER = "OTHER"


class OtherSubType(StrEnum):
    """The kinds of other cost."""

    OTHER = "OTHER"
    MUNICIPAL_FEES = "MUNICIPAL_FEES"
    ACUTE_DENTAL = "ACUTE_DENTAL"


class Cost(FormPart):
    """A cost in kronor. ``recipient_or_period`` and ``specification`` are free text.

    ``cost_date`` is the day it was paid, ``month`` the month it is for, where the form says so.
    """

    cost_type: CostType | None = None
    applied_amount: Ore | None = None
    other_sub_type: OtherSubType | None = None
    specification: Text | None = None
    recipient_or_period: Text | None = None
    person: Id | None = None
    cost_date: Day | None = None
    month: MonthText | None = None


AssetCategory = Literal["BANK_SAVINGS", "REAL_ESTATE", "COMPANY", "VEHICLE", "OTHER"]
PropertyType = Literal["CONDOMINIUM", "HOUSE", "PROPERTY", "HOLIDAY_HOME"]
VehicleType = Literal["CAR", "BOAT", "MOTORCYCLE", "CARAVAN", "MOPED", "SNOWMOBILE", "OTHER"]


class Asset(FormPart):
    """Something owned. Every asset is assessed by a person."""

    asset_category: AssetCategory | None = None
    description: Text | None = None
    value: Ore | None = None
    property_type: PropertyType | None = None
    purchase_year: StrictInt | None = None
    purchase_price: Ore | None = None
    company_name: Text | None = None
    company_asset_sum: Ore | None = None
    vehicle_type: VehicleType | None = None
    registration_number: Annotated[str, Field(max_length=16)] | None = None
    purchase_date: Day | None = None


class PendingBenefit(FormPart):
    """A benefit that has been applied for and not yet decided."""

    benefit_name: Text | None = None
    applicant_name: Text | None = None


class PlanningType(StrEnum):
    """What an adult does to become self-supporting."""

    WORK = "WORK"
    JOBSEEKING = "JOBSEEKING"
    SICK_LEAVE = "SICK_LEAVE"
    SFI = "SFI"
    STUDIES = "STUDIES"
    PARENTAL_LEAVE = "PARENTAL_LEAVE"
    OTHER = "OTHER"


class Planning(FormPart):
    """An adult's own account of the planning."""

    person: Id | None = None
    planning_type: PlanningType | None = None
    work_extent: Literal["FULL", "PART"] | None = None
    work_hours_per_week: Annotated[StrictInt, Field(ge=0, le=80)] | None = None
    work_description: Text | None = None
    sick_leave_level: Literal[100, 75, 50, 25] | None = None
    certificate_attached: StrictBool | None = None
    sfi_study_path: Literal[1, 2, 3] | None = None
    sfi_course: Literal["A", "B", "C", "D"] | None = None
    until: Day | None = None
    other_description: Text | None = None


class PlannedActivity(FormPart):
    """An activity that an adult plans."""

    person: Id | None = None
    activity: Text | None = None
    period_from: Day | None = None
    period_to: Day | None = None


class JobApplication(FormPart):
    """A job that an adult has applied for."""

    person: Id | None = None
    application_date: Day | None = None
    job_title: Text | None = None
    employer_and_place: Text | None = None


class AdultAnswers(FormPart):
    """What the application says of one adult. ``party_id`` is the id of a person of the case."""

    role: AdultRole
    party_id: Id | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    needs_interpreter: StrictBool | None = None
    interpreter_language: Annotated[str, Field(max_length=64)] | None = None
    had_work_last12_months: StrictBool | None = None
    had_work_description: Text | None = None
    payment_method: Literal["BANK_ACCOUNT", "OTHER"] | None = None
    clearing_number: Annotated[str, Field(max_length=16)] | None = None
    account_number: Annotated[str, Field(max_length=32)] | None = None
    other_payment_description: Text | None = None
    payment_same_as_previous: StrictBool | None = None
    email: Annotated[str, Field(max_length=128)] | None = None
    phone: Annotated[str, Field(max_length=32)] | None = None
    notify_by_email: StrictBool | None = None
    notify_by_sms: StrictBool | None = None
    commute_over_5_km: StrictBool | None = None
    needs_travel_card: StrictBool | None = None
    signed: StrictBool | None = None


class Address(FormPart):
    """Where the household lives, as the application says."""

    street: Text | None = None
    postal_code: Annotated[str, Field(max_length=16)] | None = None
    city: Text | None = None


class OtherAdult(StrEnum):
    """An adult outside the household who lives in the same home."""

    ADULT_CHILD = "ADULT_CHILD"
    PARENT = "PARENT"
    RELATIVE = "RELATIVE"
    LODGER = "LODGER"


class Paying(StrEnum):
    """Who the applicant says pays a benefit. The amounts come from the registers."""

    UNEMPLOYMENT_FUND = "UNEMPLOYMENT_FUND"
    SOCIAL_INSURANCE = "SOCIAL_INSURANCE"
    STUDENT_AID = "STUDENT_AID"
    PENSIONS = "PENSIONS"
    TAX_AGENCY = "TAX_AGENCY"


class Attachment(FormPart):
    """A file sent with the application: what it shows, its name, and the sender's id of it."""

    category: Text | None = None
    name: Text | None = None
    file_id: Annotated[str, Field(max_length=200)] | None = None


class Application(FormPart):
    """The canonical application."""

    application_type: ApplicationType | None = None
    marital_status: MaritalStatus | None = None
    period_month: Annotated[StrictInt, Field(ge=1, le=12)] | None = None
    period_year: Annotated[StrictInt, Field(ge=2011, le=2100)] | None = None
    period_choice: PeriodChoice | None = None
    other_benefit_description: Text | None = None
    norm_type: Annotated[list[NormType], Field(max_length=2), WithJsonSchema(_ONE_OR_MORE_NORMS)] | None = (
        None
    )
    livelihood_description: Text | None = None
    has_children_under21: StrictBool | None = None
    children: Annotated[list[Child], Field(max_length=30)] = Field(default_factory=list)
    children_residence_changed: StrictBool | None = None
    children_residence_change_description: Text | None = None
    housing_form: HousingForm | None = None
    housing_person_count: Annotated[StrictInt, Field(ge=1, le=50)] | None = None
    housing_rooms_plus_kitchen: Annotated[StrictInt, Field(ge=0, le=50)] | None = None
    housing_description: Text | None = None
    housing_changed: StrictBool | None = None
    housing_change_description: Text | None = None
    sublet_approved: StrictBool | None = None
    housing_own_room: StrictBool | None = None
    address: Address | None = None
    other_adults: Annotated[list[OtherAdult], Field(max_length=4)] | None = None
    rent_debt: StrictBool | None = None
    electricity_debt: StrictBool | None = None
    benefits_from: Annotated[list[Paying], Field(max_length=5)] | None = None
    has_incomes: StrictBool | None = None
    has_pending_benefits: StrictBool | None = None
    has_assets: StrictBool | None = None
    incomes: Annotated[list[Income], Field(max_length=200)] = Field(default_factory=list)
    pending_benefits: Annotated[list[PendingBenefit], Field(max_length=50)] = Field(default_factory=list)
    assets: Annotated[list[Asset], Field(max_length=50)] = Field(default_factory=list)
    plannings: Annotated[list[Planning], Field(max_length=20)] = Field(default_factory=list)
    planned_activities: Annotated[list[PlannedActivity], Field(max_length=100)] = Field(default_factory=list)
    job_applications: Annotated[list[JobApplication], Field(max_length=500)] = Field(default_factory=list)
    stays_in_municipality: StrictBool | None = None
    stay_description: Text | None = None
    costs: Annotated[list[Cost], Field(max_length=200)] = Field(default_factory=list)
    persons: Annotated[list[AdultAnswers], Field(max_length=2)] = Field(default_factory=list)
    attestation: StrictBool | None = None
    attested_at: Moment | None = None
    other_information: Text | None = None
    random_check: StrictBool | None = None
    attachments: Annotated[list[Attachment], Field(max_length=200)] = Field(default_factory=list)

    @field_validator("norm_type", mode="before")
    @classmethod
    def _one_norm(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @property
    def month(self) -> Month | None:
        """The benefit month, or None when the application does not say it."""
        if self.period_year is None or self.period_month is None:
            return None
        return Month(self.period_year, self.period_month)
