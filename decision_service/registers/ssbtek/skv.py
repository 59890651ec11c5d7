"""Skatteverket: capital by tax year.

The contract of SSBTEK leaves Skatteverket's own schema out. What is read is what has been seen; a tax refund
or anything else that may be money is told as unmapped.
"""

from __future__ import annotations

from decision_service.reading.place import Place
from decision_service.registers.ssbtek.codes import SKV
from decision_service.registers.ssbtek.found import AgencyFindings
from rules.texts import kronor


def read(place: Place, found: AgencyFindings) -> None:
    """Read the answer."""
    people = place.down("PersonuppgiftLista", "Personuppgift").each()
    for person in people:
        found.number(person["IdentitetsbeteckningFysiskPerson"])
        found.first_name(person["Fornamn"])
        status = person["StatusPersonuppgiftKod"].text()
        capital = person["Kapitaluppgift"].each()
        if status != SKV.normal:
            sentence = f"Skatteverkets status ”{status[:20]}” är okänd."
            if capital:
                found.tell(person, sentence)
            else:
                found.failed(person, sentence)
        for each in capital:
            _capital(each, found)
    if len(people) > 1:
        found.tell(place["PersonuppgiftLista"], "svaret har flera personuppgifter.")
    if not people:
        found.failed(place, "svaret saknar PersonuppgiftLista.")


def _capital(place: Place, found: AgencyFindings) -> None:
    text = place["Taxeringsar"].text()
    surplus, income = found.ore(place["OverskottPaKapital"]), found.ore(place["SummaIntakterPaKapital"])
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        amounts = ", ".join(kronor(amount) for amount in (surplus, income) if amount is not None)
        found.tell(place, f"kapitalet saknar taxeringsår och är inte räknat ({amounts or 'belopp saknas'}).")
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
            twice = f"{kronor(first)} och {kronor(amount)}"
            found.tell(place, f"{name} för {year} finns två gånger med olika belopp ({twice}).")
