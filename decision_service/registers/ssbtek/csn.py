"""CSN: what was paid and what is planned, divided into grants and loans."""

from __future__ import annotations

from decision_service.reading.place import Place
from decision_service.registers.answers import Agency, Payment
from decision_service.registers.ssbtek.codes import CSN
from decision_service.registers.ssbtek.found import NO_AMOUNT, AgencyFindings
from decision_service.registers.ssbtek.values import WHOLE
from rules.texts import kronor


def read(place: Place, found: AgencyFindings) -> None:
    """Read the answer. Another result than normal is no answer."""
    result = place.down("GemensamtSvarEkbistand", "Resultat")
    code, text = result["ResultatKod"].text(), result["ResultatText"].text()
    if code != CSN.normal:
        found.failed(place, "csn_result", result, code=code, message=text)
    people = place.down("Personer", "Person").each()
    if not people and code == CSN.normal:
        found.failed(place, "csn_no_person")
    if len(people) > 1:
        found.tell(place["Personer"], "csn_people")
    for person in people:
        _person(person, found)


def _person(person: Place, found: AgencyFindings) -> None:
    found.number(person["personnummer"], person["sekel"].text())
    status = person["Status"].text() or person["status"].text()
    if status and status.lower() not in CSN.quiet:
        found.tell(person, "csn_person_status", person["Status"], person["status"], status=status)
    for kind, listed in CSN.supports.items():
        cases = person.down(kind, "Arenden", "Arende").each()
        has = person.down("Studiestodstypforteckning", listed)
        if has.text() not in ("", "0") and not cases:
            found.tell(has, "csn_cases_left_out", kind=kind.lower())
        for case in cases:
            _case(case, found)


def _case(case: Place, found: AgencyFindings) -> None:
    support, status = case["stodform"].text(), case["status"].text().lower()
    if status in CSN.undecided:
        found.pending.append(f"CSN:{support}")
    elif status not in CSN.decided | CSN.ended or (status in CSN.ended and _is_more_planned(case)):
        found.tell(case["status"], "csn_case_status", case, status=status)
    elif not case.has("UtbetalningsPlan"):
        found.tell(case, "csn_no_plan", case, support=support)
    for payment in case.down("UtbetalningsPlan", "Utbetalning").each():
        _payment(payment, support, found)


def _is_more_planned(case: Place) -> bool:
    """Whether some payment of a case has another status than paid."""
    rows = case.down("UtbetalningsPlan", "Utbetalning").each()
    return any(each["utbetstatus"].text().lower() not in CSN.paid for each in rows)


def _payment(payment: Place, support: str, found: AgencyFindings) -> None:
    status = payment["utbetstatus"].text()
    total = found.ore(payment["totbelopp"], payment, support)
    no_day = payment["utbetdatum"].text() == CSN.no_day
    paid = None if no_day else found.day(payment["utbetdatum"], payment, support)
    times = payment.down("Utbetaldatider", "Utbetaldtid").each()
    periods = [
        found.period(each["startvecka"], each["slutvecka"], payment, support, read=WHOLE) for each in times
    ]
    first = min((day for day, _ in periods if day is not None), default=None)
    last = max((day for _, day in periods if day is not None), default=None)
    parts = _parts(payment, times, support, total, found)
    planned = status.lower() in CSN.planned
    if planned and total is not None and paid is None:
        found.pending.append(f"CSN:{support}")
        return
    if not planned and status.lower() not in CSN.paid:
        found.tell(payment, "csn_payment_status", payment, support, amount=_sum(total), status=status)
        return
    if total is None or paid is None:
        found.tell(payment, "payment_without_amount_or_day", payment, support, amount=_sum(total))
        return
    if total < 0:
        found.tell(payment, "payment_below_zero", payment, support, amount=_sum(total))
        return
    if parts is None:
        parts = [("ODELAT", total)]
        found.tell(payment, "csn_undivided", payment, support, amount=_sum(total))
    into = found.planned if planned else found.payments
    into += [
        Payment(Agency.CSN, f"CSN:{kind}", net, paid, first, last, payment.where, support)
        for kind, net in parts
        if net or len(parts) == 1
    ]


def _sum(total: int | None) -> str:
    return NO_AMOUNT if total is None else kronor(total)


def _parts(
    payment: Place, times: list[Place], support: str, total: int | None, found: AgencyFindings
) -> list[tuple[str, int]] | None:
    """Öre by kind of amount, or None when the parts are not what was paid.

    The contract has two amounts for each kind, that of the time and that of the week. Those that add up to
    what was paid are the right ones. A time whose own total is that of neither is told.
    """
    kinds: list[str] = []
    both: tuple[list[int | None], list[int | None]] = ([], [])
    for time in times:
        rows = time.down("Beloppen", "Belopp").each()
        kinds += [row["beloppstyp"].text() for row in rows]
        sums = []
        for name, amounts in zip(("totbelopp", "belopp"), both, strict=True):
            own = [found.ore(row[name], payment, support) for row in rows]
            if (known := _all(own)) is not None:
                sums.append(sum(known))
            amounts += own
        said = found.ore(time["totbelopp"], payment, support)
        if said is not None and sums and said not in sums:
            found.tell(time, "rows_differ", payment, support, rows=kronor(sums[0]), payment=kronor(said))
    for amounts in both:
        known = _all(amounts)
        if known is not None and sum(known) == total and min(known) >= 0 and all(kinds):
            parts: dict[str, int] = {}
            for kind, amount in zip(kinds, known, strict=True):
                parts[kind] = parts.get(kind, 0) + amount
            return sorted(parts.items())
    return None


def _all(amounts: list[int | None]) -> list[int] | None:
    """The amounts, where there are any and every one is known."""
    known = [amount for amount in amounts if amount is not None]
    return known if len(known) == len(amounts) > 0 else None
