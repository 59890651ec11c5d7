"""The codes of the canonical application and the words that the rules use for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Code(NamedTuple):
    """A choice of the vocabulary, and what people call it."""

    choice: str
    label: str


COST_TYPES: Mapping[str, Code] = {
    "RENT": Code("hyra", "Hyra"),
    "ELECTRICITY": Code("hushållsel", "Hushållsel"),
    "HOME_INSURANCE": Code("hemförsäkring", "Hemförsäkring"),
    "INTERNET": Code("internet", "Internet"),
    "UNEMPLOYMENT_FUND": Code("a_kassa", "Avgift till a-kassa"),
    "UNION_FEE": Code("fackavgift", "Fackavgift"),
    "TRAVEL_APPROVED": Code("arbetsresor", "Arbetsresor"),
    "TRAVEL_MEDICAL_TRANSPORT": Code("sjukresor", "Sjukresor"),
    "MEDICAL_CARE": Code("läkarvård", "Läkarvård"),
    "MEDICINE": Code("medicin", "Medicin"),
    "DENTAL_CARE": Code("tandvård", "Tandvård"),
    "GLASSES": Code("glasögon", "Glasögon"),
    "CHILDCARE_FEE": Code("barnomsorg", "Barnomsorgsavgift"),
    "VISITATION_COST": Code("umgängesresor", "Kostnad för umgänge"),
    "OTHER": Code("övrigt", "Övrig kostnad"),
}

INCOME_TYPES: Mapping[str, Code] = {
    "SALARY": Code("lön", "Lön"),
    "SWISH_DEPOSITS": Code("övrig", "Swish och insättningar"),
    "OTHER_INCOME": Code("övrig", "Övrig inkomst"),
    "FINANCIAL_AID_OTHER_MUNICIPALITY": Code("övrig", "Bistånd från annan kommun"),
    "OCCUPATIONAL_PENSION_INSURANCE": Code("pension", "Tjänstepension"),
    "CHILD_SUPPORT": Code("underhåll", "Underhåll"),
    "RENT_SHARE_FROM_CHILD": Code("övrig", "Hyresdel från barn"),
    "UNEMPLOYMENT_BENEFIT": Code("a_kassa", "A-kassa"),
    "ACTIVITY_SUPPORT": Code("aktivitetsstöd", "Aktivitetsstöd"),
    "CHILD_ALLOWANCE": Code("barnbidrag", "Barnbidrag"),
    "HOUSING_ALLOWANCE": Code("bostadsbidrag", "Bostadsbidrag"),
    "CSN_GRANT": Code("studiemedel", "Studiebidrag"),
    "CSN_LOAN": Code("studiemedel", "Studielån"),
    "ESTABLISHMENT_BENEFIT": Code("etableringsersättning", "Etableringsersättning"),
    "PARENTAL_BENEFIT": Code("föräldrapenning", "Föräldrapenning"),
    "PENSION": Code("pension", "Pension"),
    "SICKNESS_BENEFIT": Code("sjukpenning", "Sjukpenning"),
    "MAINTENANCE_SUPPORT": Code("underhåll", "Underhållsstöd"),
}
