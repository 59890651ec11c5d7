"""The unemployment funds, which answer together through their organisation.

What counts is ``NettoEfterSkatt``: what was paid after tax. ``NettoEfterAvdrag`` is lower where the fund has
kept something back, for example a seizure or its own fee. Whether that lowers what the person has to live on
is for a person to judge, so the difference is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from decision_service.reading.place import Place, whole
from decision_service.registers.answers import Agency, Payment, Stop, StopKind
from decision_service.registers.ssbtek.codes import SO
from decision_service.registers.ssbtek.found import AgencyFindings
from rules.texts import kronor


def read(place: Place, found: AgencyFindings) -> None:
    """Read the answer of every fund. Without any fund in it, it is no answer."""
    found.number(place["IdentificationNumber"])
    funds = place.down("ArbetsloshetsersattningLista", "Arbetsloshetsersattning").each()
    if not funds:
        found.failed(place, "svaret saknar ArbetsloshetsersattningLista, eller så är den tom.")
    for fund in funds:
        _fund(fund, found)


def _fund(fund: Place, found: AgencyFindings) -> None:
    name, status = fund["SvarandeOrganisation"].text(), fund["StatusSvarandeOrganisation"].text()
    payments, applied = fund["Utbetalningar"].each(), fund["AnsoktOmErsattning"]
    if status.lower() not in SO.answered and not payments and not applied.given:
        found.failed(
            fund,
            f"{whole(name) or 'en a-kassa'} svarade med status ”{whole(status)}” och utan utbetalningar.",
        )
    elif status.lower() not in SO.answered:
        found.tell(fund["StatusSvarandeOrganisation"], f"a-kassans status ”{whole(status)}” är inte känd.")
    for payment in payments:
        _payment(payment, name, found)
    for each in fund["Avstangningar"].each():
        first, last = found.day(each["AvstangdFrom"]), found.day(each["AvstangdTom"])
        found.stopped.append(Stop(SO.benefit, StopKind.SHUT_OUT, first, last))
    if applied.given:
        _applied(applied, found, [found.day(each["Utbetalningsdatum"]) for each in payments])


def _applied(applied: Place, found: AgencyFindings, paid: Sequence[date | None]) -> None:
    """A right to compensation that is applied for; one decided without any money since is told."""
    decided = found.day(applied["BeslutOmRattTillErsattning"])
    handed_in = found.yes_or_no(applied["AnsokanOmUtbetalningInlamnad"])
    if decided is None:
        found.pending.append(SO.benefit)
    elif not any(day is not None and day >= decided for day in paid):
        asked = "är inlämnad" if handed_in else "är inte inlämnad"
        found.tell(
            applied, f"rätten är beslutad {decided}, men inget är utbetalt sedan dess; ansökan {asked}."
        )


def _payment(payment: Place, name: str, found: AgencyFindings) -> None:
    paid = found.day(payment["Utbetalningsdatum"])
    first, last = found.day(payment["AvserFrom"]), found.day(payment["AvserTom"])
    net, after = found.ore(payment["NettoEfterSkatt"]), found.ore(payment["NettoEfterAvdrag"])
    if net is None or paid is None:
        known = net if net is not None else after
        amount = "belopp saknas" if known is None else kronor(known)
        found.tell(payment, f"utbetalningen saknar belopp eller dag och är inte räknad ({amount}).")
        return
    if net < 0:
        found.tell(payment, f"utbetalningen är under noll ({kronor(net)}) och är inte räknad.")
        return
    if after is not None and after != net:
        found.tell(payment, f"{kronor(net)} efter skatt blev {kronor(after)} efter andra avdrag.")
    found.payments.append(Payment(Agency.SO, SO.benefit, net, paid, first, last, payment.where, name))
