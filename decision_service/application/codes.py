"""What people call the codes of the canonical application; the vocabulary says what the rules call them."""

from __future__ import annotations

from collections.abc import Mapping

COST_NAMES: Mapping[str, str] = {
    "RENT": "Hyra",
    "ELECTRICITY": "Hushållsel",
    "HOME_INSURANCE": "Hemförsäkring",
    "INTERNET": "Internet",
    "UNEMPLOYMENT_FUND": "Avgift till a-kassa",
    "UNION_FEE": "Fackavgift",
    "TRAVEL_APPROVED": "Arbetsresor",
    "TRAVEL_MEDICAL_TRANSPORT": "Sjukresor",
    "MEDICAL_CARE": "Läkarvård",
    "MEDICINE": "Medicin",
    "DENTAL_CARE": "Tandvård",
    "GLASSES": "Glasögon",
    "CHILDCARE_FEE": "Barnomsorgsavgift",
    "VISITATION_COST": "Kostnad för umgänge",
    "MUNICIPAL_FEES": "Kommunala avgifter",
    "ACUTE_DENTAL": "Akut tandvård",
    "DEBT": "Skuld",
    "OTHER": "Övrig kostnad",
}

INCOME_NAMES: Mapping[str, str] = {
    "SALARY": "Lön",
    "SWISH_DEPOSITS": "Swish och insättningar",
    "OTHER_INCOME": "Övrig inkomst",
    "FINANCIAL_AID_OTHER_MUNICIPALITY": "Bistånd från annan kommun",
    "OCCUPATIONAL_PENSION_INSURANCE": "Tjänstepension",
    "CHILD_SUPPORT": "Underhåll",
    "RENT_SHARE_FROM_CHILD": "Hyresdel från barn",
    "FOREIGN_PENSION": "Utländsk pension",
    "LODGER_RENT": "Hyra från inneboende",
    "LOAN": "Lånade pengar",
    "GIFT": "Gåva",
    "SALE": "Inkomst från försäljning",
    "UNEMPLOYMENT_BENEFIT": "A-kassa",
    "ACTIVITY_SUPPORT": "Aktivitetsstöd",
    "CHILD_ALLOWANCE": "Barnbidrag",
    "HOUSING_ALLOWANCE": "Bostadsbidrag",
    "CSN_GRANT": "Studiebidrag",
    "CSN_LOAN": "Studielån",
    "ESTABLISHMENT_BENEFIT": "Etableringsersättning",
    "PARENTAL_BENEFIT": "Föräldrapenning",
    "PENSION": "Pension",
    "SICKNESS_BENEFIT": "Sjukpenning",
    "MAINTENANCE_SUPPORT": "Underhållsstöd",
}

VEHICLE_NAMES: Mapping[str, str] = {
    "CAR": "bil",
    "BOAT": "båt",
    "MOTORCYCLE": "motorcykel",
    "CARAVAN": "husvagn",
    "MOPED": "moped",
    "SNOWMOBILE": "snöskoter",
    "OTHER": "annat fordon",
}

PROPERTY_NAMES: Mapping[str, str] = {
    "CONDOMINIUM": "bostadsrätt",
    "HOUSE": "hus",
    "PROPERTY": "fastighet",
    "HOLIDAY_HOME": "fritidshus",
}

ASSET_NAMES: Mapping[str, str] = {
    "BANK_SAVINGS": "Bankmedel",
    "REAL_ESTATE": "Fastighet",
    "COMPANY": "Företag",
    "VEHICLE": "Fordon",
    "OTHER": "Övrig tillgång",
}
