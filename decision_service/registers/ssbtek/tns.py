"""Transportstyrelsen: vehicles."""

from __future__ import annotations

from decision_service.reading.place import Place
from decision_service.registers.answers import Vehicle
from decision_service.registers.ssbtek.found import AgencyFindings


def read(place: Place, found: AgencyFindings) -> None:
    """Read the answer. ``FEL`` is no answer."""
    result = place["resultat"].text()
    errors = [
        f"{each['felkod'].text()} {each['feltext'].text()}".strip() for each in place["felresultat"].each()
    ]
    if result != "OK" or errors:
        written = place["resultat"], place["felresultat"]
        found.failed(place, "tns_failed", *written, result=result, errors="; ".join(errors))
    for each in place.down("fordonsinnehav", "fordon").each():
        found.vehicles.append(
            Vehicle(
                registration=each["regnr"].text(),
                kind=each["fordonsslag"].text(),
                make=each["fabrikat"].text(),
                year=each["fordonsar"].text(),
                model=each["handelsbeteckning"].text(),
            )
        )
