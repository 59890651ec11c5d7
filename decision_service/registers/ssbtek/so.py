"""The unemployment funds, which answer together through their organisation.

What counts is ``NettoEfterSkatt``: what was paid after tax. ``NettoEfterAvdrag`` is lower where the fund has
kept something back, for example a seizure or its own fee. Whether that lowers what the person has to live on
is for a person to judge, so the difference is told.
"""

from __future__ import annotations

from datetime import date

from decision_service.reading.place import Place
from decision_service.reading.said import said_in
from decision_service.registers.answers import Agency, Payment, Stop, StopKind
from decision_service.registers.ssbtek.codes import SO
from decision_service.registers.ssbtek.found import NO_AMOUNT, AgencyFindings
from rules.texts import kronor

_say = said_in(__file__)

_NOTHING_PAID = {
    True: "so_nothing_paid",
    False: "so_nothing_paid_not_handed_in",
    None: "so_nothing_paid_handed_in_or_not",
}
"""What is told of a right without money since, by whether the fund says that an application for it is handed
in."""


def read(place: Place, found: AgencyFindings) -> None:
    """Read the answer of every fund. Without any fund in it, it is no answer."""
    found.number(place["IdentificationNumber"])
    funds = place.down("ArbetsloshetsersattningLista", "Arbetsloshetsersattning").each()
    if not funds:
        found.failed(place, "so_no_list")
    for fund in funds:
        _fund(fund, found)


def _fund(fund: Place, found: AgencyFindings) -> None:
    name, status = fund["SvarandeOrganisation"].text(), fund["StatusSvarandeOrganisation"].text()
    payments, applied = fund["Utbetalningar"].each(), fund["AnsoktOmErsattning"]
    if status.lower() not in SO.answered and not payments and not applied.given:
        written = fund["SvarandeOrganisation"], fund["StatusSvarandeOrganisation"]
        found.failed(fund, "so_failed", *written, name=name or _say("a_fund"), status=status)
    elif status.lower() not in SO.answered:
        place = fund["StatusSvarandeOrganisation"]
        found.tell(place, "so_status", fund["SvarandeOrganisation"], place, status=status)
    paid = [_payment(payment, fund["SvarandeOrganisation"], found) for payment in payments]
    for each in fund["Avstangningar"].each():
        ends = each["AvstangdFrom"], each["AvstangdTom"]
        first, last = found.period(*ends, each, fund["SvarandeOrganisation"])
        found.stopped.append(Stop(SO.benefit, StopKind.SHUT_OUT, first, last))
    if applied.given:
        _applied(applied, fund, paid, found)


def _applied(applied: Place, fund: Place, paid: list[date | None], found: AgencyFindings) -> None:
    """A right to compensation that is applied for; one decided without any money since is told."""
    name = fund["SvarandeOrganisation"]
    decided = found.day(applied["BeslutOmRattTillErsattning"], applied, name)
    handed_in = found.yes_or_no(applied["AnsokanOmUtbetalningInlamnad"], applied, name)
    if decided is None:
        found.pending.append(SO.benefit)
    elif not any(day is not None and day >= decided for day in paid):
        kind = _NOTHING_PAID[handed_in]
        found.tell(applied, kind, applied, fund["Utbetalningar"], name, decided=decided)


def _payment(payment: Place, name: Place, found: AgencyFindings) -> date | None:
    """Read a payment, and give the day it was made. One that cannot be counted is told."""
    paid = found.day(payment["Utbetalningsdatum"], payment, name)
    first, last = found.period(payment["AvserFrom"], payment["AvserTom"], payment, name)
    net, after = (found.ore(payment[sum_], payment, name) for sum_ in ("NettoEfterSkatt", "NettoEfterAvdrag"))
    if net is None or paid is None:
        known = net if net is not None else after
        amount = NO_AMOUNT if known is None else kronor(known)
        found.tell(payment, "payment_without_amount_or_day", payment, name, amount=amount)
        return paid
    if net < 0:
        found.tell(payment, "payment_below_zero", payment, name, amount=kronor(net))
        return paid
    if after is not None and after != net:
        found.tell(payment, "so_less", payment, name, net=kronor(net), after=kronor(after))
    found.payments.append(Payment(Agency.SO, SO.benefit, net, paid, first, last, payment.where, name.text()))
    return paid
