"""What the agencies call the benefits they pay, and the words that the rules use for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Benefit(NamedTuple):
    """A benefit of the registers: the word of the rules, its Swedish name, and how its meaning is known.

    ``sure`` is False where neither the contract nor the answer itself says what the code means. The word is
    then ``okänd_förmån``, and a person has to look.
    """

    choice: str
    label: str
    sure: bool
    source: str


UNKNOWN_BENEFIT = "okänd_förmån"
_LEFI = "LEFI v9, beskrivning av koden"
_NAME = "svarets eget namn på förmånen"
_XSD = "CSN v4, schemats förteckning"
_UNSAID = "koden förklaras inte i kontraktet"


def _unsure(label: str) -> Benefit:
    return Benefit(UNKNOWN_BENEFIT, label, False, _UNSAID)


_BY_CODE: Mapping[str, Benefit] = {
    "": Benefit(UNKNOWN_BENEFIT, "Okänd förmån", False, _UNSAID),
    # Försäkringskassan: the benefit groups of LEFI, as they may stand in a payment.
    "FK:ABB": Benefit("barnbidrag", "Barnbidrag", True, _LEFI),
    "FK:AP": Benefit("pension", "Allmän pension", True, _LEFI),
    "FK:AS": _unsure("FK:AS (aktivitetsstöd eller arbetsskadelivränta)"),
    "FK:BOB": _unsure("FK:BOB (troligen Bostadsbidrag)"),
    "FK:BST": _unsure("FK:BST"),
    "FK:BTI": Benefit("bostads_och_inkomststöd", "Bostads- och inkomststöd", True, _LEFI),
    "FK:DPE": _unsure("FK:DPE"),
    "FK:EJO": _unsure("FK:EJO"),
    "FK:ET": _unsure("FK:ET"),
    "FK:FP": Benefit("föräldrapenning", "Föräldrapenning", True, _LEFI),
    "FK:FSJP": _unsure("FK:FSJP (troligen Förebyggande sjukpenning)"),
    "FK:GP": _unsure("FK:GP (troligen Graviditetspenning)"),
    "FK:HE": _unsure("FK:HE (troligen Handikappersättning)"),
    "FK:MABB": _unsure("FK:MABB (troligen Barnbidrag till barnet självt)"),
    "FK:MEK": _unsure("FK:MEK (troligen Merkostnadsersättning)"),
    "FK:NP": _unsure("FK:NP (troligen Närståendepenning)"),
    "FK:OMV": _unsure("FK:OMV (troligen Omvårdnadsbidrag)"),
    "FK:PJOB": _unsure("FK:PJOB (dagar i jobb- och utvecklingsgarantin)"),
    "FK:PROG": _unsure("FK:PROG (arbetsmarknadspolitiskt program)"),
    "FK:RBE": _unsure("FK:RBE (troligen Rehabiliteringsersättning)"),
    "FK:SA": Benefit("sjuk_och_aktivitetsersättning", "Sjuk- och aktivitetsersättning", True, _LEFI),
    "FK:SBP": _unsure("FK:SBP (troligen Smittbärarersättning)"),
    "FK:SJP": Benefit("sjukpenning", "Sjukpenning", True, _LEFI),
    "FK:TFP": _unsure("FK:TFP (troligen Tillfällig föräldrapenning)"),
    "FK:US": _unsure("FK:US (troligen Underhållsstöd)"),
    "FK:VB": _unsure("FK:VB (troligen Vårdbidrag)"),
    "FK:YL": Benefit("livränta", "Yrkesskadelivränta", True, _LEFI),
    # What programme compensation is divided into.
    "FK:AMP:AS": Benefit("aktivitetsstöd", "Aktivitetsstöd", True, _LEFI),
    "FK:AMP:EE": Benefit("etableringsersättning", "Etableringsersättning", True, _LEFI),
    "FK:AMP:UE": Benefit("utvecklingsersättning", "Utvecklingsersättning", True, _LEFI),
    # The family of all daily allowances: the rows of the payment tell which.
    "FK:DAG": _unsure("FK:DAG (troligen dagersättning)"),
    # Pensionsmyndigheten: the benefit groups of LEFI. One payment may hold several.
    "PM:AP": Benefit("pension", "Allmän pension", True, _LEFI),
    "PM:BTI": Benefit("bostads_och_inkomststöd", "Bostads- och inkomststöd", True, _LEFI),
    "PM:EF": Benefit("efterlevandeförmåner", "Efterlevandeförmåner", True, _LEFI),
    "PM:FLERA": _unsure("Flera förmåner i en utbetalning från Pensionsmyndigheten"),
    # The unemployment funds.
    "SO:AKASSA": Benefit("a_kassa", "Ersättning från a-kassa", True, "kontraktets enda förmån"),
    # CSN: the kinds of amount (beloppstyp) of a payment.
    "CSN:GRUNDB": Benefit("studiebidrag", "Studiemedel, bidrag", True, _XSD),
    "CSN:GRUNDF": Benefit("studiebidrag", "Studiemedel, förhöjt bidrag", True, _XSD),
    "CSN:GRUNDL": Benefit("studielån", "Studiemedel, lån", True, _XSD),
    "CSN:GRUNFL": Benefit("studielån", "Studiemedel, lån till förhöjt bidrag", True, _XSD),
    "CSN:MERKL": Benefit("studielån", "Merkostnadslån", True, _XSD),
    "CSN:TILL": Benefit("studielån", "Tilläggslån", True, _XSD),
    "CSN:TILB": Benefit("studiebidrag", "Tilläggsbidrag", True, _XSD),
    "CSN:EXTRA": Benefit("studiehjälp", "Extra tillägg", True, _XSD),
    "CSN:INACK": Benefit("studiehjälp", "Inackorderingstillägg", True, _XSD),
    "CSN:STUDB": Benefit("studiehjälp", "Studiebidrag inom studiehjälpen", True, _XSD),
    "CSN:LÄRERS": Benefit("lärlingsersättning", "Lärlingsersättning", True, _XSD),
    "CSN:HUT": Benefit("hemutrustningslån", "Hemutrustningslån", True, _XSD),
    "CSN:STÖDB": Benefit("studiestartsstöd", "Studiestartsstöd, bidrag", True, _XSD),
    "CSN:STÖDT": Benefit("studiestartsstöd", "Studiestartsstöd, tilläggsbidrag", True, _XSD),
    "CSN:OSSBID": Benefit("omställningsstudiebidrag", "Omställningsstudiestöd, bidrag", True, _XSD),
    "CSN:OSSLÅN": Benefit("omställningsstudielån", "Omställningsstudiestöd, lån", True, _XSD),
    "CSN:ODELAT": _unsure("Studiestöd som inte gick att dela i bidrag och lån"),
}

BENEFIT_NAMES: Mapping[str, str] = {
    "aktivitetsersättning": "aktivitetsersättning",
    "aktivitetsstöd": "aktivitetsstöd",
    "allmän pension": "pension",
    "allmänt barnbidrag": "barnbidrag",
    "arbetsskadelivränta": "livränta",
    "barnbidrag": "barnbidrag",
    "barnpension": "barnpension",
    "bostads- och inkomststöd": "bostads_och_inkomststöd",
    "bostadsbidrag": "bostadsbidrag",
    "bostadstillägg": "bostadstillägg",
    "dagersättning": "dagersättning",
    "efterlevandeförmåner": "efterlevandeförmåner",
    "efterlevandepension": "efterlevandeförmåner",
    "etableringsersättning": "etableringsersättning",
    "flerbarnstillägg": "flerbarnstillägg",
    "förlängt barnbidrag": "barnbidrag",
    "förebyggande sjukpenning": "förebyggande_sjukpenning",
    "föräldrapenning": "föräldrapenning",
    "graviditetspenning": "graviditetspenning",
    "handikappersättning": "handikappersättning",
    "jobbpremie": "jobbpremie",
    "merkostnadsersättning": "merkostnadsersättning",
    "närståendepenning": "närståendepenning",
    "omvårdnadsbidrag": "omvårdnadsbidrag",
    "rehabiliteringsersättning": "rehabiliteringsersättning",
    "rehabiliteringspenning": "rehabiliteringsersättning",
    "sjukersättning": "sjukersättning",
    "sjuk- och aktivitetsersättning": "sjuk_och_aktivitetsersättning",
    "sjukpenning": "sjukpenning",
    "smittbärarersättning": "smittbärarpenning",
    "smittbärarpenning": "smittbärarpenning",
    "tillfällig föräldrapenning": "tillfällig_föräldrapenning",
    "underhållsstöd": "underhållsstöd",
    "utvecklingsersättning": "utvecklingsersättning",
    "vårdbidrag": "vårdbidrag",
    "yrkesskadelivränta": "livränta",
    "äldreförsörjningsstöd": "äldreförsörjningsstöd",
}
"""Names that an answer itself may give a benefit, in lower case, and the word of the rules."""

BENEFITS: Mapping[str, Benefit] = {
    **_BY_CODE,
    **{
        f"{agency}:{name}": Benefit(choice, name.capitalize(), True, _NAME)
        for agency in ("FK", "PM")
        for name, choice in BENEFIT_NAMES.items()
    },
}
"""Every benefit code that a payment can carry. A code that is not here is ``BENEFITS[""]``."""

NARROWER: Mapping[str, tuple[str, ...]] = {
    "barnbidrag": ("flerbarnstillägg",),
    "bostads_och_inkomststöd": ("bostadstillägg", "äldreförsörjningsstöd"),
    "efterlevandeförmåner": ("barnpension",),
    "sjuk_och_aktivitetsersättning": ("sjukersättning", "aktivitetsersättning"),
}
"""Words that say more exactly what another word says."""

CHOICES: tuple[str, ...] = tuple(sorted({each.choice for each in BENEFITS.values()}))
"""Every word for a benefit that the vocabulary of the rules must know."""

OTHER_INFORMATION: Mapping[str, str] = {
    "FK:GEPI": "Generell personinformation",
    "FK:PANV": "Programanvisning",
    "FK:SGI": "Sjukpenninggrundande inkomst",
    "FK:SKUP": "Skatteuppgift",
    "FK:STAV": "Studiemedelsavisering",
    "PM:LINT": "Levnadsintyg",
    "PM:PBH": "Pensionsbehållning",
    "PM:PU": "Pensionsunderlag",
}
"""Codes of the contract that are information and never a payment."""


def benefit(code: str) -> Benefit:
    """What a benefit code means. A code that nobody has listed is an unknown benefit."""
    return BENEFITS.get(code, BENEFITS[""])


def label_of(code: str) -> str:
    """The Swedish name of a benefit, or what the agency calls it where the code is not listed."""
    known = BENEFITS.get(code)
    return known.label if known is not None else code.partition(":")[2].capitalize() or BENEFITS[""].label


def paid_benefit(agency: str, code: str, name: str) -> str:
    """The key in BENEFITS of a benefit that an agency calls both by a code and by a name.

    The code counts where its meaning is sure and the name does not say otherwise, else the name. What
    neither settles keeps code and name, and is therefore unknown.
    """
    key, said = f"{agency}:{code}", " ".join(name.lower().split())
    known, named = benefit(key), BENEFIT_NAMES.get(said)
    if named is None:
        return key
    if not known.sure or named in NARROWER.get(known.choice, ()):
        return f"{agency}:{said}"
    return key if named == known.choice else f"{key}/{said}"
