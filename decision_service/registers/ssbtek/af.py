"""Arbetsförmedlingen: registration, extent, decisions and the last activity report."""

from __future__ import annotations

from decision_service.reading.place import Place
from decision_service.registers.answers import Employment, EmploymentDecision
from decision_service.registers.ssbtek.found import Found
from decision_service.registers.ssbtek.values import yes_or_no

NORMAL = "0"
"""The status of a question handled normally. The contract lists no other, and no other is an answer."""


def read(place: Place, found: Found) -> None:
    """Read the answer. Without a normal status it is no answer."""
    answer = place["Svar"]
    status = answer["StatusSokandeinformationKod"].text()
    message = answer["StatusSokandeinformationKodText"].text()
    if status != NORMAL:
        told = f" ({message[:200]})" if message else ""
        found.failed(place, f"Arbetsförmedlingen svarade med status ”{status[:20]}”{told}.")
    found.number(answer["IdentitetsbeteckningFysiskPerson"])
    decisions = [
        _decision(each, found) for each in answer.down("BeslutInfo", "EkonomiskaBeslut", "Beslut").each()
    ]
    found.programmes += [each.kind for each in decisions]
    info = answer["ArbetssokandeInfo"]
    report = info["AktivetetsRapportDatum"]
    employment = Employment(
        registered=_yes_or_no(info["Arbetssokande"], found),
        registered_since=found.day(info["ArbetssokandeRegistrerad"]),
        deregistered=found.day(info["ArbetssokandeAvaktualiserad"]),
        extent=_percent(info["ArbetssokandeOmfattning"], found),
        last_report=found.day(report["SenasteAktivitetsRapportDatum"]),
        programmes=(),
        category=info["ArbetssokandeSKAT"].text(),
        report_message=report["AktivitetsRapportMeddelande"].text(),
        unemployment_fund=answer["Akassetillhorighet"].text(),
        decisions=tuple(decisions),
    )
    if status == NORMAL:
        found.employment = employment


def _decision(place: Place, found: Found) -> EmploymentDecision:
    return EmploymentDecision(
        kind=place["ErsattningTyp"].text(),
        extent=_percent(place["Omfattning"], found),
        first=found.day(place["BeslutFrom"]),
        last=found.day(place["BeslutTom"]),
    )


def _yes_or_no(place: Place, found: Found) -> bool | None:
    text = place.text()
    answer = yes_or_no(text)
    if text and answer is None:
        found.tell(place, "är varken ja eller nej.")
    return answer


def _percent(place: Place, found: Found) -> int | None:
    text = place.text()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100:
        return int(text)
    found.tell(place, f"”{text[:20]}” är ingen omfattning i procent.")
    return None
