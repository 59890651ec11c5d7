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
    "MUNICIPAL_FEES": Code("kommunala_avgifter", "Kommunala avgifter"),
    "ACUTE_DENTAL": Code("akut_tandvård", "Akut tandvård"),
    "DEBT": Code("skuld", "Skuld"),
    "OTHER": Code("övrigt", "Övrig kostnad"),
}

INCOME_TYPES: Mapping[str, Code] = {
    "SALARY": Code("lön", "Lön"),
    "SWISH_DEPOSITS": Code("insättningar", "Swish och insättningar"),
    "OTHER_INCOME": Code("övrig_inkomst", "Övrig inkomst"),
    "FINANCIAL_AID_OTHER_MUNICIPALITY": Code("bistånd_annan_kommun", "Bistånd från annan kommun"),
    "OCCUPATIONAL_PENSION_INSURANCE": Code("tjänstepension", "Tjänstepension"),
    "CHILD_SUPPORT": Code("underhållsbidrag", "Underhåll"),
    "RENT_SHARE_FROM_CHILD": Code("hyresdel_från_barn", "Hyresdel från barn"),
    "FOREIGN_PENSION": Code("utländsk_pension", "Utländsk pension"),
    "LODGER_RENT": Code("hyra_från_inneboende", "Hyra från inneboende"),
    "LOAN": Code("lån", "Lånade pengar"),
    "GIFT": Code("gåva", "Gåva"),
    "SALE": Code("försäljning", "Inkomst från försäljning"),
    "UNEMPLOYMENT_BENEFIT": Code("a_kassa", "A-kassa"),
    "ACTIVITY_SUPPORT": Code("aktivitetsstöd", "Aktivitetsstöd"),
    "CHILD_ALLOWANCE": Code("barnbidrag", "Barnbidrag"),
    "HOUSING_ALLOWANCE": Code("bostadsbidrag", "Bostadsbidrag"),
    "CSN_GRANT": Code("studiebidrag", "Studiebidrag"),
    "CSN_LOAN": Code("studielån", "Studielån"),
    "ESTABLISHMENT_BENEFIT": Code("etableringsersättning", "Etableringsersättning"),
    "PARENTAL_BENEFIT": Code("föräldrapenning", "Föräldrapenning"),
    "PENSION": Code("pension", "Pension"),
    "SICKNESS_BENEFIT": Code("sjukpenning", "Sjukpenning"),
    "MAINTENANCE_SUPPORT": Code("underhållsstöd", "Underhållsstöd"),
}
