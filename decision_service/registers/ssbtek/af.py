"""Arbetsförmedlingen: registration, extent, decisions and the last activity report."""

from __future__ import annotations

from decision_service.reading.place import Place
from decision_service.registers.answers import Employment, EmploymentDecision
from decision_service.registers.ssbtek.codes import AF
from decision_service.registers.ssbtek.found import AgencyFindings


def read(place: Place, found: AgencyFindings) -> None:
    """Read the answer. Without a normal status it is no answer."""
    answer = place["Svar"]
    status = answer["StatusSokandeinformationKod"].text()
    message = answer["StatusSokandeinformationKodText"].text()
    if status != AF.normal:
        written = answer["StatusSokandeinformationKod"], answer["StatusSokandeinformationKodText"]
        found.failed(place, "af_status", *written, status=status, message=message)
    found.number(answer["IdentitetsbeteckningFysiskPerson"])
    found.first_name(answer["Fornamn"])
    decisions = [
        _decision(each, found) for each in answer.down("BeslutInfo", "EkonomiskaBeslut", "Beslut").each()
    ]
    info = answer["ArbetssokandeInfo"]
    report = info["AktivetetsRapportDatum"]
    employment = Employment(
        registered=found.yes_or_no(info["Arbetssokande"], info),
        registered_since=found.day(info["ArbetssokandeRegistrerad"], info),
        deregistered=found.day(info["ArbetssokandeAvaktualiserad"], info),
        extent=_percent(info["ArbetssokandeOmfattning"], info, found),
        last_report=found.day(report["SenasteAktivitetsRapportDatum"], info),
        category=info["ArbetssokandeSKAT"].text(),
        report_message=report["AktivitetsRapportMeddelande"].text(),
        unemployment_fund=answer["Akassetillhorighet"].text(),
        decisions=tuple(decisions),
    )
    if status == AF.normal:
        found.employment = employment


def _decision(place: Place, found: AgencyFindings) -> EmploymentDecision:
    kind, extent = place["ErsattningTyp"].text(), _percent(place["Omfattning"], place, found)
    return EmploymentDecision(kind, extent, *found.period(place["BeslutFrom"], place["BeslutTom"], place))


def _percent(place: Place, of: Place, found: AgencyFindings) -> int | None:
    text = place.text()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100:
        return int(text)
    found.tell(place, "no_percent", place, of, value=text)
    return None
