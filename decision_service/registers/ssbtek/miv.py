"""Migrationsverket: permits."""

from __future__ import annotations

from decision_service.reading.place import Place
from decision_service.registers.answers import Permit
from decision_service.registers.ssbtek.found import AgencyFindings


def read(place: Place, found: AgencyFindings) -> None:
    """Read the answer. A fault is no answer."""
    answer = place["response"]
    fault = place["faultString"].text() or place["faultCode"].text()
    if fault or not answer.given:
        written = place["faultString"], place["faultCode"]
        found.failed(place, "miv_failed", *written, fault=fault.rstrip(". "))
        return
    found.number(answer["personnummer"])
    for each in answer.down("svarCollection", "svar").each():
        first, last = found.period(each["fromDatum"], each["tomDatum"], each)
        found.permits.append(
            Permit(
                kind=each["beslutsTyp"].text(),
                decision=each["beslutsKod"].text(),
                decided=found.day(each["beslutsdatum"], each),
                valid=each["giltighetstid"].text(),
                case=each["arendeTyp"].text(),
                first=first,
                last=last,
            )
        )
