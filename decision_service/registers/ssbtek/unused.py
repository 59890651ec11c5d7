"""What the answers hold that is deliberately not used, and why.

A name ends with ``.*`` when it stands for all that lies below it. Every other value of an answer is read, or
told as unmapped.
"""

from __future__ import annotations

from collections.abc import Mapping

from decision_service.reading.place import pattern
from norms.fault import Path

_QUESTION = "frågan som vi själva ställde"
_NAME = "namnet finns i ansökan och i folkbokföringen"
_TECHNICAL = "teknisk uppgift utan betydelse för beslutet"
_TEXT = "klartext till en kod som används"
_APPLIED = "sökt studietid; det är utbetalningarna som räknas"
_GRANTED = "beviljat belopp; det är utbetalningarna som räknas"
_CASE = "ärende och beslut; pengarna läses ur utbetalningarna"
_BASIS = "underlag för myndighetens egen beräkning, inga pengar till personen"

UNUSED: Mapping[str, str] = {
    "af.Fraga.*": _QUESTION,
    "af.Svar.Schemaversion": _TECHNICAL,
    "af.Svar.Referensnummer": _TECHNICAL,
    "af.Svar.LagParagraf": _QUESTION,
    "af.Svar.Fornamn": _NAME,
    "af.Svar.Efternamn": _NAME,
    "csn.schemaVersion": _TECHNICAL,
    "csn.GemensamtFragaEkbistand.*": _QUESTION,
    **{
        f"csn.Personer.Person.{kind}.Arenden.Arende.{name}": reason
        for kind in (
            "Studiemedel",
            "Studiehjalp",
            "HemutrustningsLan",
            "Studiestartsstod",
            "Omstallningsstudiestod",
        )
        for name, reason in {
            "lopnummer": _TECHNICAL,
            "medlanare": "den andre låntagaren söker själv",
            "relarende": _TECHNICAL,
            "klartext": _TEXT,
            "soktaTider.soktTid.soktfrom": _APPLIED,
            "soktaTider.soktTid.sokttom": _APPLIED,
            "soktaTider.soktTid.soktomfattning": _APPLIED,
            "soktaTider.soktTid.soktlan": _APPLIED,
            "BeviljadeTider.BeviljadTid.starttid": _GRANTED,
            "BeviljadeTider.BeviljadTid.sluttid": _GRANTED,
            "BeviljadeTider.BeviljadTid.takt": _GRANTED,
            "BeviljadeTider.BeviljadTid.gr_takt": _GRANTED,
            "BeviljadeTider.BeviljadTid.Beloppen.Belopp.beloppstyp": _GRANTED,
            "BeviljadeTider.BeviljadTid.Beloppen.Belopp.klartext": _GRANTED,
            "BeviljadeTider.BeviljadTid.Beloppen.Belopp.belopp": _GRANTED,
            "BeviljadeTider.BeviljadTid.Beloppen.Belopp.totbelopp": _GRANTED,
            "BeviljadeTider.BeviljadTid.totbelopp": _GRANTED,
            "UtbetalningsPlan.Utbetalning.Utbetaldatider.Utbetaldtid.Beloppen.Belopp.klartext": _TEXT,
        }.items()
    },
    "skv.PersonuppgiftLista.Personuppgift.Fornamn": _NAME,
    "skv.PersonuppgiftLista.Personuppgift.Efternamn": _NAME,
    "so.OrganisationsnummerIngivare": _QUESTION,
    "so.NamnIngivare": _QUESTION,
    "so.KontonamnHandlaggare": _QUESTION,
    "so.Referensnummer": _QUESTION,
    "so.From": _QUESTION,
    "so.Tom": _QUESTION,
    "so.Syfte": _QUESTION,
    "so.Paragraf": _QUESTION,
    "so.OrganisationsnummerPersonuppgiftsbitrade": _QUESTION,
    "so.NamnPersonuppgiftsbitrade": _QUESTION,
    "so.ArbetsloshetsersattningLista.Arbetsloshetsersattning.Utbetalningar.Ersattningsdagar": (
        "antalet dagar ändrar inte vad som betalades ut"
    ),
    "miv.response.korrelationsid": _TECHNICAL,
    "miv.response.correlationid": _TECHNICAL,
    "miv.response.fornamn": _NAME,
    "miv.response.efternamn": _NAME,
    "miv.response.hemland": "medborgarskapet avgör inget; det gör tillståndet",
    "miv.response.inresedatum": "inresan avgör inget; det gör tillståndet",
    "miv.response.svarCollection.svar.anledning": "skälet för ärendet avgör inget; det gör beslutet",
    "miv.response.svarCollection.svar.anledningNamn": _TEXT,
    "miv.response.svarCollection.svar.ansokningsdatum": "ansökan avgör inget; det gör beslutet",
    "miv.response.svarCollection.svar.arendeTypNamn": _TEXT,
    "miv.response.svarCollection.svar.beslutsKodNamn": _TEXT,
    "miv.response.svarCollection.svar.beslutsTypNamn": _TEXT,
}

LEFI_UNUSED: Mapping[str, str] = {
    "utlamnare": "namn på utlämnaren; tillståndet läses",
    "ansprak": _CASE,
    "beslut": _CASE,
    "ovrigInformation": _BASIS,
    "preliminaraUtbetalningar": "rader och perioder till en utbetalning som läses",
    "utbetalningar": "rader och perioder till en utbetalning som läses",
    "formansinformation.generellPersoninformation": (
        "namn, adress, arbetsställe och anhöriga; skydd, avliden, kommun, civilstånd och barn läses"
    ),
    "formansinformation.aktivitetsstodsarende": _CASE,
    "formansinformation.allmanpensionsarende": _CASE,
    "formansinformation.arbetsskadeefterlevandearende": _CASE,
    "formansinformation.arbetsskadeegenlivrantearende": _CASE,
    "formansinformation.barnbidragsarende": _CASE,
    "formansinformation.bostadsbidragsarende": _CASE,
    "formansinformation.bostadstillaggsarende": _CASE,
    "formansinformation.efterlevandepensionsarende": _CASE,
    "formansinformation.mottagareavbarnbidrag": _CASE,
    "formansinformation.foraldrapenningarende": _CASE,
    "formansinformation.forebyggandeSjukpenningsarende": _CASE,
    "formansinformation.handikappersattningsarende": _CASE,
    "formansinformation.graviditetspenningsarende": _CASE,
    "formansinformation.intjanandebehallning": _BASIS,
    "formansinformation.intjanandeuppgift": _BASIS,
    "formansinformation.levnadsintygsuppgift": _BASIS,
    "formansinformation.merkostnadsersattningsarende": _CASE,
    "formansinformation.narstaendepenningarende": _CASE,
    "formansinformation.omvardnadsbidragsarende": _CASE,
    "formansinformation.preliminarautbetalningar": "rader till en utbetalning vars nettobelopp läses",
    "formansinformation.programanvisning": "period och omfattning; programmet läses",
    "formansinformation.programersattningsarende": _CASE,
    "formansinformation.programjobdagar": "förbrukade dagar i programmet avgör inget här",
    "formansinformation.rehabersattningsarende": _CASE,
    "formansinformation.sjukOchAktivitetsersattningsarende": _CASE,
    "formansinformation.sjukOchAktivitetsersattningSteglosAvrakningHistorik": _BASIS,
    "formansinformation.sjukOchAktivitetsersattningSteglosAvrakningNulage": _BASIS,
    "formansinformation.sjukpenningarende": _CASE,
    "formansinformation.sjukpenninggrundandeInkomstuppgift": _BASIS,
    "formansinformation.skatteuppgift": _BASIS,
    "formansinformation.smittbararersattningsarende": _CASE,
    "formansinformation.studiemedelsavisering": "CSN svarar själv",
    "formansinformation.tillfalligForaldrapenningarende": _CASE,
    "formansinformation.totalforsvarspliktsarende": _CASE,
    "formansinformation.underhallsskuld": "skulden är ingen inkomst och ingen kostnad i försörjningsstödet",
    "formansinformation.underhallsstodskrav": _CASE,
    "formansinformation.underhallsstodsmottag": _CASE,
    "formansinformation.utbetalningsuppgift": "rader till en utbetalning vars nettobelopp läses",
    "formansinformation.vardbidragsarende": _CASE,
    "formansinformation.yrkesskadeefterlevandearende": _CASE,
    "formansinformation.yrkesskadeegenlivrantearende": _CASE,
}
"""The parts of LEFI where a field of the contract is not used unless it is read. A field that the contract
does not have is told as unmapped in these parts too."""


def is_unused(path: Path) -> bool:
    """Whether a value is named as deliberately unused. FK's answer has its own contract, see ``lefi``."""
    parts = [part for part in path if isinstance(part, str)]
    if pattern(path) in UNUSED:
        return True
    return any(f"{'.'.join(parts[:length])}.*" in UNUSED for length in range(1, len(parts)))
