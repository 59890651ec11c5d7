"""Skatteverket: capital by tax year.

The contract of SSBTEK leaves Skatteverket's own schema out. What is read is what has been seen; a tax refund
or anything else that may be money is told as unmapped.
"""

from __future__ import annotations

from decision_service.reading.place import Place
from decision_service.reading.said import said_in
from decision_service.registers.ssbtek.codes import SKV
from decision_service.registers.ssbtek.found import NO_AMOUNT, AgencyFindings
from rules.texts import kronor

_say = said_in(__file__)


def read(place: Place, found: AgencyFindings) -> None:
    """Read the answer."""
    people = place.down("PersonuppgiftLista", "Personuppgift").each()
    for person in people:
        found.number(person["IdentitetsbeteckningFysiskPerson"])
        found.first_name(person["Fornamn"])
        status = person["StatusPersonuppgiftKod"].text()
        capital = person["Kapitaluppgift"].each()
        if status != SKV.normal:
            tell = found.tell if capital else found.failed
            tell(person, "skv_status", person["StatusPersonuppgiftKod"], status=status)
        for each in capital:
            _capital(each, found)
    if len(people) > 1:
        found.tell(place["PersonuppgiftLista"], "skv_people")
    if not people:
        found.failed(place, "skv_no_person")


def _capital(place: Place, found: AgencyFindings) -> None:
    text = place["Taxeringsar"].text()
    surplus = found.ore(place["OverskottPaKapital"], place)
    income = found.ore(place["SummaIntakterPaKapital"], place)
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        amounts = ", ".join(kronor(amount) for amount in (surplus, income) if amount is not None)
        found.tell(place, "skv_no_year", place, amounts=amounts or NO_AMOUNT)
        return
    year = int(text)
    for amount, sums, name in (
        (surplus, found.capital, "överskottet"),
        (income, found.capital_income, "intäkterna"),
    ):
        if amount is None:
            continue
        first = sums.setdefault(year, amount)
        if first != amount:
            both = _say("both", första=kronor(first), andra=kronor(amount))
            found.tell(place, "skv_twice", name, year, first, amount, name=name, year=year, both=both)
