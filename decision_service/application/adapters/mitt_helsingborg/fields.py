"""The fields of the two forms of Mitt Helsingborg and where each goes.

A field is named by its id without the number of a repeated entry: ``salary.0.amount`` is ``salary.amount``.
The id decides, since the forms' tags have mistakes of their own (the partner's medicine is tagged as the
applicant's, other vehicles as motorcycles); tags say which month a sum is for, and join what has no number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

APPLICANT, CO_APPLICANT, CHILDREN = "APPLICANT", "CO_APPLICANT", "CHILDREN"


class Field(NamedTuple):
    """Where an answer goes. ``to`` is a part of the canonical application, ``code`` its code there.

    ``person`` is whom it is about, ``text`` a fixed description, ``topic`` what a ”no” tick denies.
    """

    to: str
    code: str = ""
    person: str = ""
    text: str = ""
    topic: str = ""


def _person(ids: str, person: str, *names: str) -> Iterator[tuple[str, Field]]:
    """The contact list of an adult: ids are ``list.`` and the first letters of each field."""
    for name, to in zip(names, ("first_name", "last_name", "personal_number", "phone", "email"), strict=True):
        if name:
            yield f"{ids}.{name}", Field(f"person.{to}", person=person)


def _occupations(person: str, *ids: tuple[str, str]) -> Iterator[tuple[str, Field]]:
    for id_, code in ids:
        yield id_, Field("planning.tick", code, person)


def _entries(
    to: str, code: str, topic: str, people: Mapping[str, str], parts: Mapping[str, str], text: str = ""
) -> Iterator[tuple[str, Field]]:
    """A list of entries with the same parts for one or more people: id and person, then id and part."""
    for id_, person in people.items():
        for name, part in parts.items():
            yield f"{id_}.{name}", Field(f"{to}.{part}", code, person, text, topic)


def _sums(
    to: str, code: str, topic: str, people: Mapping[str, str], text: str = "", dated: bool = False
) -> Iterator[tuple[str, Field]]:
    """A single sum for one or more people. The forms also give it an inner amount, and sometimes a date."""
    for id_, person in people.items():
        yield id_, Field(f"{to}.amount", code, person, text, topic)
        yield f"{id_}.amount", Field(f"{to}.amount", code, person, text, topic)
        if dated:
            yield f"{id_}.date", Field(f"{to}.date", code, person, text, topic)


_DATED = {"date": "date", "amount": "amount"}
_TEXTED = {"text": "description", "amount": "amount"}
_DATED_TEXTED = {"text": "description", "date": "date", "amount": "amount"}
_TRIP = {"tripPurpose": "purpose", "fromAddress": "from", "toAddress": "to", "amount": "amount"}
_AMOUNT = {"amount": "amount"}
_HOUSEHOLD = ""
"""Sums that the form does not ask of one adult."""

FIELDS: Mapping[str, Field] = dict(
    [
        # --- the adults
        *_person("applicantInfo", APPLICANT, "firstName", "lastName", "personalNumber", "phone", "email"),
        *_person(
            "coapplicantInfo",
            CO_APPLICANT,
            "coapplicantfirstName",
            "coapplicantlastName",
            "coapplicantpersonalNumber",
            "coapplicantPhone",
            "coapplicantEmail",
        ),
        *_person("personalInfo", APPLICANT, "", "", "", "telephone", "email"),
        *_person(
            "partnerInfo",
            CO_APPLICANT,
            "partnerName",
            "partnerLastname",
            "partnerPersonalid",
            "partnerPhone",
            "partnerMail",
        ),
        ("notifyMe", Field("person.notify_by_sms", person=APPLICANT)),
        ("notifyPartner", Field("person.notify_by_sms", person=CO_APPLICANT)),
        ("applicableBuscard", Field("person.commute_over_5_km", person=APPLICANT)),
        ("applicableBuscardApplicant", Field("person.commute_over_5_km", person=APPLICANT)),
        ("applicableBuscardCoapplicant", Field("person.commute_over_5_km", person=CO_APPLICANT)),
        ("needBuscard", Field("person.needs_travel_card", person=APPLICANT)),
        ("needBuscardApplicant", Field("person.needs_travel_card", person=APPLICANT)),
        ("needBuscardcoapplicant", Field("person.needs_travel_card", person=CO_APPLICANT)),
        ("checkboxSigningvalidation", Field("application.attestation")),
        # --- occupation: the new form has ticks with details, the recurring one a choice
        *_occupations(
            APPLICANT,
            ("fulltime", "fulltime"),
            ("parttime", "parttime"),
            ("unemployed", "unemployed"),
            ("parentalleave", "parentalleave"),
            ("studies", "studies"),
            ("sickleave", "sickleave"),
            ("otheroccupation", "other"),
        ),
        *_occupations(
            CO_APPLICANT,
            ("coapplicantFulltime", "fulltime"),
            ("coapplicantParttime", "parttime"),
            ("coapplicantUnemployed", "unemployed"),
            ("coapplicantParentalleave", "parentalleave"),
            ("coapplicantStudies", "studies"),
            ("coapplicantSickleave", "sickleave"),
            ("coapplicantOtheroccupation", "other"),
        ),
        ("name_fulltime", Field("planning.description", "fulltime", APPLICANT)),
        ("name_parttime", Field("planning.description", "parttime", APPLICANT)),
        ("typeStudies", Field("planning.description", "studies", APPLICANT)),
        ("descriptionOtheroccupation", Field("planning.description", "other", APPLICANT)),
        ("dateParentalleave", Field("planning.until", "parentalleave", APPLICANT)),
        ("dateSickleave", Field("planning.until", "sickleave", APPLICANT)),
        ("name_coapplicantFulltime", Field("planning.description", "fulltime", CO_APPLICANT)),
        ("name_coapplicantParttime", Field("planning.description", "parttime", CO_APPLICANT)),
        ("coapplicant_typeStudies", Field("planning.description", "studies", CO_APPLICANT)),
        ("coapplicant_descriptionOtheroccupation", Field("planning.description", "other", CO_APPLICANT)),
        ("coapplicant_dateParentalleave", Field("planning.until", "parentalleave", CO_APPLICANT)),
        ("coapplicant_dateSickleave", Field("planning.until", "sickleave", CO_APPLICANT)),
        ("personalInfo.occupation", Field("planning.choice", person=APPLICANT)),
        ("partnerInfo.partnerOccupation", Field("planning.choice", person=CO_APPLICANT)),
        # --- children
        ("addChildren.childFirstname", Field("child.first_name", topic="children")),
        ("addChildren.childLastname", Field("child.last_name", topic="children")),
        ("addChildren.childPersonalID", Field("child.personal_number", topic="children")),
        ("addChildren.livingChild", Field("child.living", topic="children")),
        ("addChildren.school", Field("child.school", topic="children")),
        ("childrenInfo.childrenFirstname", Field("child.first_name", topic="children")),
        ("childrenInfo.childrenLastname", Field("child.last_name", topic="children")),
        ("childrenInfo.childrenPersonalID", Field("child.personal_number", topic="children")),
        # --- housing
        ("housingLease", Field("housing.tick", "RENTAL")),
        ("housingSublease", Field("housing.tick", "SUBLET")),
        ("housingRoomate", Field("housing.tick", "LODGER")),
        ("housingParents", Field("housing.tick", "LIVING_WITH_PARENTS")),
        ("housingChild", Field("housing.tick", text="Bor hos vuxna barn")),
        ("housingCondo", Field("housing.tick", "CONDOMINIUM")),
        ("housingHouse", Field("housing.tick", "OWNED_HOUSE")),
        ("housingOther", Field("housing.tick", text="Annat boende")),
        ("housingHomeless", Field("housing.tick", "NO_HOUSING_OR_INSTITUTION")),
        ("housingInfo.contract", Field("housing.choice")),
        ("explanationOtherliving", Field("housing.description")),
        ("explanationHomeless", Field("housing.description", text="Bostadslös sedan")),
        ("address.street", Field("address.street")),
        ("address.postalCode", Field("address.postal_code")),
        ("address.postalAddress", Field("address.city")),
        ("housingInfo.streetAddress", Field("address.street")),
        ("housingInfo.postalCode", Field("address.postal_code")),
        ("housingInfo.postalAddress", Field("address.city")),
        ("numberpeopleLiving", Field("application.housing_person_count")),
        ("housingInfo.numberpeopleLiving", Field("application.housing_person_count")),
        ("ownerContractApproved", Field("application.sublet_approved")),
        ("ownroom", Field("application.housing_own_room")),
        ("debtRent", Field("application.rent_debt")),
        ("debtelectricity", Field("application.electricity_debt")),
        ("withChildren", Field("adults.tick", "ADULT_CHILD", topic="adults")),
        ("withParents", Field("adults.tick", "PARENT", topic="adults")),
        ("withRelatives", Field("adults.tick", "RELATIVE", topic="adults")),
        ("withRoomMate", Field("adults.tick", "LODGER", topic="adults")),
        # --- who pays benefits
        ("unemploymentPayment", Field("aid.tick", "UNEMPLOYMENT_FUND", topic="aid")),
        ("forsakringskassanPayment", Field("aid.tick", "SOCIAL_INSURANCE", topic="aid")),
        ("csnPayment", Field("aid.tick", "STUDENT_AID", topic="aid")),
        ("pensionPayment", Field("aid.tick", "PENSIONS", topic="aid")),
        ("unemploymentAllowance", Field("aid.tick", "UNEMPLOYMENT_FUND", topic="aid")),
        ("forsakringskassanAllowance", Field("aid.tick", "SOCIAL_INSURANCE", topic="aid")),
        ("csnAllowance", Field("aid.tick", "STUDENT_AID", topic="aid")),
        ("pensionAllowance", Field("aid.tick", "PENSIONS", topic="aid")),
        ("irs", Field("aid.tick", "TAX_AGENCY", topic="aid")),
        # --- incomes
        *_entries(
            "income",
            "SALARY",
            "salary",
            {
                "salary": APPLICANT,
                "salaryApplicant": APPLICANT,
                "salaryWithCoapplicant": APPLICANT,
                "partnerSalary": CO_APPLICANT,
                "salaryPartner": CO_APPLICANT,
            },
            _DATED,
        ),
        *_sums(
            "income",
            "SWISH_DEPOSITS",
            "other_income",
            {
                "swishApplicant": APPLICANT,
                "swishWithCoapplicant": APPLICANT,
                "partner_swish": CO_APPLICANT,
            },
            "Swish",
        ),
        *_sums(
            "income",
            "LOAN",
            "other_income",
            {
                "loanIncomeApplicant": APPLICANT,
                "loanIncomeWithCoapplicant": APPLICANT,
                "partnerLoanIncome": CO_APPLICANT,
            },
            "Lånade pengar",
        ),
        *_sums(
            "income",
            "FOREIGN_PENSION",
            "foreign_pension",
            {
                "aloneForeignPension": APPLICANT,
                "applicantForeignPension": APPLICANT,
                "partnerForeignpension": CO_APPLICANT,
                "pensionForeignApplicant": APPLICANT,
                "pensionForeignWithCoapplicant": APPLICANT,
                "partnerPensionForeign": CO_APPLICANT,
            },
            "Pension från annat land",
            dated=True,
        ),
        *_entries(
            "income",
            "OTHER_INCOME",
            "other_income",
            {
                "otherIncome": APPLICANT,
                "applicantOtherIncome": APPLICANT,
                "partnerOtherIncome": CO_APPLICANT,
                "otherIncomeApplicant": APPLICANT,
                "otherIncomeWithCoapplicant": APPLICANT,
            },
            {**_DATED_TEXTED, "description": "description"},
        ),
        *_sums(
            "income",
            "LODGER_RENT",
            "lodger",
            {
                "rentRoommateMonth": _HOUSEHOLD,
                "rentRoommateMonth-1": _HOUSEHOLD,
                "rentRoommateMonth-2": _HOUSEHOLD,
                "rentRoomate": _HOUSEHOLD,
            },
            "Hyra från inneboende",
        ),
        *_sums(
            "income",
            "LODGER_RENT",
            "lodger",
            {
                "roommateElectricityMonth": _HOUSEHOLD,
                "roommateElectricityMonth-1": _HOUSEHOLD,
                "roommateElectricityMonth-2": _HOUSEHOLD,
                "electricityRoomate": _HOUSEHOLD,
            },
            "El från inneboende",
        ),
        *_sums(
            "income",
            "LODGER_RENT",
            "lodger",
            {
                "roommateInternetMonth": _HOUSEHOLD,
                "roommateInternetMonth-1": _HOUSEHOLD,
                "roommateInternetMonth-2": _HOUSEHOLD,
                "internetRoomate": _HOUSEHOLD,
            },
            "Internet från inneboende",
        ),
        # --- assets
        *_sums("asset", "VEHICLE", "assets", {"assetCar": _HOUSEHOLD}, "Fordon"),
        *_sums("asset", "VEHICLE:CAR", "assets", {"carSum": _HOUSEHOLD}, "Bil"),
        *_sums("asset", "VEHICLE:MOTORCYCLE", "assets", {"bikeSum": _HOUSEHOLD}, "Motorcykel"),
        *_sums("asset", "VEHICLE:OTHER", "assets", {"othervehicleSum": _HOUSEHOLD}, "Övriga fordon"),
        *_sums("asset", "REAL_ESTATE", "assets", {"assetHouse": _HOUSEHOLD}, "Hus, lägenhet eller fastighet"),
        *_sums("asset", "REAL_ESTATE:HOUSE", "assets", {"houseSum": _HOUSEHOLD}, "Hus"),
        *_sums("asset", "REAL_ESTATE:CONDOMINIUM", "assets", {"apartmentSum": _HOUSEHOLD}, "Bostadsrätt"),
        *_sums(
            "asset", "REAL_ESTATE:CONDOMINIUM", "", {"valueCondo": _HOUSEHOLD}, "Bostadsrätt som är bostaden"
        ),
        *_sums("asset", "OTHER", "assets", {"otherAsset": _HOUSEHOLD}),
        ("otherAsset.otherassetDescription", Field("asset.description", "OTHER", topic="assets")),
        ("otherAsset.description", Field("asset.description", "OTHER", topic="assets")),
        *_entries("asset", "OTHER", "assets", {"assetOtherDescription": _HOUSEHOLD}, _TEXTED),
        # --- costs of the home
        *_sums("cost", "RENT", "rent", {"rent": _HOUSEHOLD, "rent-1": _HOUSEHOLD, "rent-2": _HOUSEHOLD}),
        *_sums(
            "cost",
            "ELECTRICITY",
            "electricity",
            {
                "electricity": _HOUSEHOLD,
                "electricityMonth": _HOUSEHOLD,
                "electricityMonth-1": _HOUSEHOLD,
                "electricityMonth1": _HOUSEHOLD,
                "electricityMonth-2": _HOUSEHOLD,
            },
        ),
        *_sums(
            "cost",
            "HOME_INSURANCE",
            "home_insurance",
            {
                "homeInsurance": _HOUSEHOLD,
                "homeinsuranceMonth": _HOUSEHOLD,
                "homeinsuranceMonth-1": _HOUSEHOLD,
                "homeinsuranceMonth-2": _HOUSEHOLD,
            },
        ),
        *_sums(
            "cost",
            "INTERNET",
            "internet",
            {
                "internet": _HOUSEHOLD,
                "internetMonth": _HOUSEHOLD,
                "internetMonth-1": _HOUSEHOLD,
                "internetMonth-2": _HOUSEHOLD,
            },
        ),
        # --- costs of work, children and health
        *_sums("cost", "CHILDCARE_FEE", "childcare", {"childcare": CHILDREN, "barnomsorg": CHILDREN}),
        *_entries(
            "cost",
            "TRAVEL_APPROVED",
            "travel_card",
            {"buscard": APPLICANT, "applicantBuscard": APPLICANT, "partnerBuscard": CO_APPLICANT},
            {**_DATED, "description": "description"},
            "Busskort",
        ),
        *_entries(
            "cost",
            "TRAVEL_APPROVED",
            "trips",
            {"trip": APPLICANT, "tripApplicant": APPLICANT, "tripCoapplicant": CO_APPLICANT},
            _TRIP,
        ),
        *_sums(
            "cost",
            "UNEMPLOYMENT_FUND",
            "fund",
            {
                "unionfee": APPLICANT,
                "applicantUnionfee": APPLICANT,
                "partnerUnionfee": CO_APPLICANT,
                "akassaApplicant": APPLICANT,
                "akassaWithCoapplicant": APPLICANT,
                "partnerAkassa": CO_APPLICANT,
            },
            "A-kassa och fackavgift i en summa",
        ),
        *_entries(
            "cost",
            "MEDICINE_OR_CARE",
            "medicine",
            {
                "medicineDoctor": APPLICANT,
                "medicineDoctorApplicant": APPLICANT,
                "partnerMedicineDoctor": CO_APPLICANT,
            },
            _DATED_TEXTED,
        ),
        *_entries(
            "cost",
            "MEDICINE",
            "medicine",
            {
                "medicineApplicant": APPLICANT,
                "medicineWithCoapplicant": APPLICANT,
                "partnerMedicine": CO_APPLICANT,
            },
            _AMOUNT,
        ),
        *_entries(
            "cost",
            "MEDICAL_CARE",
            "medicine",
            {
                "doctorsappointmentsApplicant": APPLICANT,
                "doctorsappointmentsWithCoapplicant": APPLICANT,
                "partnerDoctorsappointments": CO_APPLICANT,
            },
            _AMOUNT,
        ),
        *_entries(
            "cost",
            "OTHER:ACUTE_DENTAL",
            "dentist",
            {
                "dentist": APPLICANT,
                "dentistApplicant": APPLICANT,
                "dentistPartner": CO_APPLICANT,
                "emergencyDentalcareApplicant": APPLICANT,
                "emergencyDentalcareWithCoapplicant": APPLICANT,
                "partnerEmergencyDentalcare": CO_APPLICANT,
            },
            _DATED,
            "Akut tandvård",
        ),
        *_entries(
            "cost",
            "DENTAL_CARE",
            "dentist",
            {
                "plannedDentalcareApplicant": APPLICANT,
                "plannedDentalcareWithCoapplicant": APPLICANT,
                "partnerPlannedDentalcare": CO_APPLICANT,
            },
            _AMOUNT,
            "Enligt behandlingsförslag som kommunen har godkänt, uppger sökanden",
        ),
        *_entries(
            "cost",
            "DENTAL_CARE",
            "dentist",
            {
                "otherDentalcareApplicant": APPLICANT,
                "otherDentalcareWithCoapplicant": APPLICANT,
                "partnerOtherDentalcare": CO_APPLICANT,
            },
            _AMOUNT,
            "Årlig kontroll eller frisktandvård",
        ),
        # --- other costs
        *_entries(
            "cost",
            "OTHER",
            "other_costs",
            {
                "othercost": APPLICANT,
                "othercostApplicant": APPLICANT,
                "partnerOthercost": CO_APPLICANT,
                "otherExpensesApplicant": APPLICANT,
                "otherExpensesWithCoapplicant": APPLICANT,
                "partnerOtherExpenses": CO_APPLICANT,
                "childOthercost": CHILDREN,
                "childOtherExpenses": CHILDREN,
            },
            _DATED_TEXTED,
        ),
        # --- hidden marks of whom an entry is about
        *(
            (id_, Field("check.applies_to", person=person))
            for id_, person in {
                "partnerSalary.amountHidden": CO_APPLICANT,
                "salaryPartner.amountHidden": CO_APPLICANT,
                "partnerOtherIncome.amountHidden": CO_APPLICANT,
                "partnerMedicine.medicineCoapplicantHidden": CO_APPLICANT,
                "partnerDoctorsappointments.amountHidden": CO_APPLICANT,
                "partnerEmergencyDentalcare.amountHidden": CO_APPLICANT,
                "partnerPlannedDentalcare.amountHidden": CO_APPLICANT,
                "partnerOtherExpenses.otherCoapplicantHidden": CO_APPLICANT,
                "childOtherExpenses.childrenExpensesHidden": CHILDREN,
            }.items()
        ),
        ("hiddenCoapplicant", Field("check.co_applicant")),
        ("partnerYes", Field("check.co_applicant")),
        # --- messages
        ("message", Field("message", text="Meddelande")),
        ("otherMessage", Field("message.change", text="Förändring sedan sist", topic="changes")),
        ("otherMessage2", Field("message", text="Något vi behöver veta")),
        # --- ticks that deny
        *(
            (id_, Field("none", code))
            for id_, code in {
                "noChildren": "children",
                "noRoommate": "adults",
                "noFinancialaid": "aid",
                "noSalary": "salary",
                "noRoomate": "lodger",
                "noForeignPension": "foreign_pension",
                "noOtherIncome": "other_income",
                "noIncomeThisMonth": "salary lodger foreign_pension other_income",
                "noAssets": "assets",
                "noRent": "rent",
                "noElectricity": "electricity",
                "noHomeinsurance": "home_insurance",
                "noInternet": "internet",
                "noChildcare": "childcare",
                "noBuscard": "travel_card",
                "noAkassa": "fund",
                "noMedicinecosts": "medicine",
                "noDentistcosts": "dentist",
                "noOthercosts": "other_costs",
                "noexpenses": (
                    "rent electricity home_insurance internet childcare travel_card trips fund medicine"
                    " dentist other_costs"
                ),
                "noChanges": "changes",
            }.items()
        ),
        # --- files
        *(
            (id_, Field("attachment", text=text))
            for id_, text in {
                "imgContract": "Hyreskontrakt",
                "imgRent": "Hyresavi",
                "imgsubleaseApproved": "Hyresvärdens godkännande av andrahandsuthyrning",
                "imgContractcondo": "Överlåtelseavtal för bostadsrätt",
                "imgRentcondo": "Avgift för bostadsrätt",
                "imgConractHouse": "Bostadslån",
                "imgInterest": "Ränta på bostadslån",
                "imgKontoutdrag": "Kontoutdrag",
                "imgKontooversikt": "Banköversikt",
            }.items()
        ),
    ]
)
"""Every field of the two forms that is read."""

UNUSED: Mapping[str, str] = {
    "acceptGDPR": "bekräftar att informationen om personuppgifter är läst; ingen uppgift om behovet",
    "checkboxExpensesChildren": "öppnar frågorna om barns kostnader; svaren på dem läses",
    "hiddenfirstName": "fast text i formuläret",
    "hiddenlastName": "fast text i formuläret",
    **dict.fromkeys(
        (
            "hiddenRoomaterentMonth",
            "hiddenRoomaterentMonth-1",
            "hiddenRoomateelectricityMonth",
            "hiddenRoomateelectricityMonth-1",
            "hiddenRoomateinternet",
            "hiddenRoomateinternet-1",
            "hiddenRoomaterent",
            "hiddenRoomateelectricity",
            "hiddenSwishapplicant",
            "hiddenSwishcoapplicant",
            "hiddenLoanapplicant",
            "hiddenLoancoapplicant",
            "descriptionPensionForeignapplicant",
            "descriptionPensionForeigncoapplicant",
        ),
        "fast beskrivning i formuläret av ett belopp som läses",
    ),
    **dict.fromkeys(
        (
            "hiddenAppliestoswish",
            "hiddenAppliestoloan",
            "appliestoPensionForeign",
            "appliestoTrip",
            "appliestoAkassa",
        ),
        "fast uppgift i formuläret om vem ett belopp gäller; fältet för beloppet säger det",
    ),
}
"""Fields of the two forms that are not used, and why."""

FIXED: Mapping[str, str] = dict.fromkeys(
    (
        "hiddenAppliestoswish",
        "hiddenAppliestoloan",
        "appliestoPensionForeign",
        "appliestoTrip",
        "appliestoAkassa",
    ),
    "COAPPLICANT",
)
"""What a fixed field must say. Another value is told."""

ALONE: Mapping[str, tuple[str, ...]] = {
    "salary": ("salaryApplicant",),
    "salaryApplicant": ("salaryWithCoapplicant",),
    "aloneForeignPension": ("applicantForeignPension",),
    "otherIncome": ("applicantOtherIncome",),
    "buscard": ("applicantBuscard",),
    "unionfee": ("applicantUnionfee",),
    "medicineDoctor": ("medicineDoctorApplicant",),
    "dentist": ("dentistApplicant",),
    "othercost": ("othercostApplicant",),
    "swishApplicant": ("swishWithCoapplicant",),
    "loanIncomeApplicant": ("loanIncomeWithCoapplicant",),
    "pensionForeignApplicant": ("pensionForeignWithCoapplicant",),
    "otherIncomeApplicant": ("otherIncomeWithCoapplicant",),
    "trip": ("tripApplicant",),
    "akassaApplicant": ("akassaWithCoapplicant",),
    "medicineApplicant": ("medicineWithCoapplicant",),
    "doctorsappointmentsApplicant": ("doctorsappointmentsWithCoapplicant",),
    "emergencyDentalcareApplicant": ("emergencyDentalcareWithCoapplicant",),
    "plannedDentalcareApplicant": ("plannedDentalcareWithCoapplicant",),
    "otherExpensesApplicant": ("otherExpensesWithCoapplicant",),
}
"""The same question in its variant for one adult and in its variant for two. The recurring form also asks
”salaryApplicant” of one adult, and the new form of the first of two."""

OCCUPATIONS: Mapping[str, tuple[str, str]] = {
    "fulltime": ("WORK", "FULL"),
    "parttime": ("WORK", "PART"),
    "unemployed": ("JOBSEEKING", ""),
    "parentalleave": ("PARENTAL_LEAVE", ""),
    "studies": ("STUDIES", ""),
    "sickleave": ("SICK_LEAVE", ""),
    "other": ("OTHER", ""),
}
"""An occupation and its kind and extent in the canonical application."""

OCCUPATION_CHOICES: Mapping[str, str] = {
    "Arbetar heltid": "fulltime",
    "Arbetar deltid": "parttime",
    "Arbetssökande": "unemployed",
    "Föräldraledig": "parentalleave",
    "Studerande": "studies",
    "Sjukskriven med läkarintyg": "sickleave",
    "Annat": "other",
}

HOUSING_CHOICES: Mapping[str, str] = {
    "Hyresrätt/försthandskontrakt": "RENTAL",
    "Hyresrätt/förstahandskontrakt": "RENTAL",
    "Andrahandskontrakt": "SUBLET",
    "Inneboende": "LODGER",
    "Bor hos föräldrar": "LIVING_WITH_PARENTS",
    "Bostadsrätt": "CONDOMINIUM",
    "Eget hus": "OWNED_HOUSE",
    "Bostadslös": "NO_HOUSING_OR_INSTITUTION",
}
"""Housing of the recurring form. The first is spelled as the form spells it. ”Bor hos vuxna barn” and ”Annat
boende” have no code in the canonical application and are told."""

LIVING: Mapping[str, str] = {
    "Alltid hos mig": "FULL_TIME",
    "Halva tiden hos mig": "HALF_TIME",
    "Varannan helg hos mig": "OTHER",
    "Bor på annat sätt hos mig": "OTHER",
}

SCHOOLS: Mapping[str, tuple[str, bool]] = {
    "Står i förskolekö": ("PRESCHOOL_QUEUE", False),
    "Förskola": ("PRESCHOOL", False),
    "Grundskola": ("COMPULSORY", True),
    "Gymnasiet": ("UPPER_SECONDARY", True),
    "Studerar efter gymnasiet": ("AFTER_UPPER_SECONDARY", False),
    "Går inte i förskola eller skola": ("NONE", False),
}
"""The school of a child, and whether it is school in the sense of the parents' duty to support."""

INCOME_TEXTS: Mapping[str, str] = {
    "Swish": "SWISH_DEPOSITS",
    "Lånade pengar": "LOAN",
    "Gåva/present": "GIFT",
    "Inkomst från försäljning": "SALE",
    "Underhåll": "CHILD_SUPPORT",
    "Annat": "OTHER_INCOME",
}

CARE_TEXTS: Mapping[str, str] = {"Medicin": "MEDICINE", "Sjukvård": "MEDICAL_CARE"}

TRIP_PURPOSES: Mapping[str, str] = {
    "Typ av resa: Arbete": "TRAVEL_APPROVED",
    "Typ av resa: Praktikplats": "TRAVEL_APPROVED",
    "Typ av resa: Utbildning": "TRAVEL_APPROVED",
    "Typ av resa: Arbetsintervju": "TRAVEL_APPROVED",
    "Typ av resa: Möte med guide eller arbetsförmedling": "TRAVEL_APPROVED",
    "Typ av resa: Sjukresa": "TRAVEL_MEDICAL_TRANSPORT",
    "Typ av resa: Övrig resa": "OTHER",
}

MONTHS: Mapping[str, int] = {"month-2": -2, "month-1": -1, "month": 0, "month+1": 1}
"""Tags that say which month a sum is for, counted from the month that the application is for."""

TWO_MONTHS = frozenset({("rent", "month"), ("rent-1", "month-1"), ("rent-2", "month-2")})
"""Fields whose question names another month than the tag: the new form asks for ”Hyra för #month+1” and
tags the answer ``month``. Which month the applicant meant is not settled by the form."""

INCOME_TOPICS = frozenset({"salary", "lodger", "foreign_pension", "other_income"})
"""Topics that must all be denied before there are no incomes."""

RECURRING_ONLY = frozenset(
    {
        "personalInfo.telephone",
        "personalInfo.email",
        "personalInfo.occupation",
        "housingInfo.streetAddress",
        "housingInfo.postalCode",
        "housingInfo.postalAddress",
        "housingInfo.contract",
        "housingInfo.numberpeopleLiving",
        "childrenInfo.childrenFirstname",
        "childrenInfo.childrenLastname",
        "childrenInfo.childrenPersonalID",
        "noChanges",
        "otherMessage",
        "otherMessage2",
        "noIncomeThisMonth",
        "noexpenses",
        "homeInsurance",
        "internet",
        "electricity",
        "partnerYes",
    }
)
NEW_ONLY = frozenset(
    {
        "applicantInfo.firstName",
        "applicantInfo.lastName",
        "applicantInfo.personalNumber",
        "applicantInfo.phone",
        "applicantInfo.email",
        "hiddenfirstName",
        "hiddenCoapplicant",
        "acceptGDPR",
        "imgKontoutdrag",
        "imgKontooversikt",
        "noChildren",
        "noFinancialaid",
    }
)
"""Fields that only one of the forms has. They tell which form was answered when nothing else does."""

CASE_UNUSED: Mapping[str, str] = {
    "PK": "nyckel i e-tjänstens databas",
    "SK": "nyckel i e-tjänstens databas",
    "GSI1": "nyckel i e-tjänstens databas",
    "id": "e-tjänstens id på ärendet",
    "createdAt": "e-tjänstens tidsstämpel",
    "updatedAt": "e-tjänstens tidsstämpel",
    "expirationTime": "när e-tjänsten gallrar",
    "provider": "vilket verksamhetssystem som e-tjänsten talar med",
    "state": "e-tjänstens eget tillstånd",
    "status.name": "klartext till statusen, som läses",
    "status.description": "klartext till statusen, som läses",
    "contacts.name": "kommunens kontaktuppgifter",
    "contacts.description": "kommunens kontaktuppgifter",
    "details.vivaCaseId": "ärendets id i verksamhetssystemet",
    "details.workflowId": "ärendets id i verksamhetssystemet",
    "workflowId": "ärendets id i verksamhetssystemet",
    "hashid": "ärendets id i verksamhetssystemet",
    "rawData": "kopia av formuläret som PDF; svaren läses",
    "rawDataType": "kopia av formuläret som PDF; svaren läses",
    "pdf": "kopia av formuläret som PDF; svaren läses",
}
"""Parts of the case around the answers that are not used, and why."""
