"""Försäkringskassan and, within its answer, Pensionsmyndigheten: LEFI v9.

Försäkringskassan's payments stand in ``formansinformation``, those of Pensionsmyndigheten at the top. What is
read of a payment is the net that was paid out. Where something was kept back that is neither tax nor a lower
benefit, that is told, whether the sum of the payment says so or only a row or a deduction of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decision_service.reading.place import Place, whole
from decision_service.reading.postal_code import is_postal_code
from decision_service.reading.unread import unread
from decision_service.registers.answers import Agency, AgencyAnswer, Birth, Payment, Programme, Registered
from decision_service.registers.ssbtek.benefits import PENSIONS, benefit, paid_benefit
from decision_service.registers.ssbtek.codes import LEFI, AddressRole
from decision_service.registers.ssbtek.found import NO_AMOUNT, AgencyFindings
from decision_service.registers.ssbtek.lefi_cases import read_cases
from decision_service.registers.ssbtek.values import WHOLE, personal_number
from rules.texts import kronor


def read(place: Place, found: AgencyFindings) -> None:
    """Read the answer. Only a provider whose state is OK has contributed to it."""
    message = place["meddelande"].text()
    if message:
        place["timestamp"].text()
        found.failed(place, "fk_failed", place["meddelande"], message=message)
    found_states = [*_states(place)]
    states = dict(found_states)
    if len(states) < len(found_states):
        found.tell(place["utlamnare"], "fk_twice")
    for name in states.keys() - {"FK", "PM"}:
        found.tell(place["utlamnare"], "fk_provider", place["utlamnare"], value=name)
    found.pensions = _answer(states.get("PM"))
    if _answer(states.get("FK")) is not AgencyAnswer.ANSWERED:
        found.failed(place, "fk_state", place["utlamnare"], state=states.get("FK", ""))
    if found.pensions is AgencyAnswer.FAILED:
        found.tell(place, "pm_state", place["utlamnare"], state=states["PM"])
    _deviations(place["avvikelser"], found)
    benefits = place["formansinformation"]
    if _answer(states.get("FK")) is AgencyAnswer.ANSWERED and not _has_list(benefits):
        found.tell(place, "fk_no_list")
    if found.pensions is AgencyAnswer.ANSWERED and not _is_list(place["utbetalningar"].value):
        found.pensions = AgencyAnswer.FAILED
        found.tell(place, "pm_no_list")
    _person(benefits["generellPersoninformation"], found)
    _programmes(benefits["programanvisning"], found)
    read_cases(place, found)
    for each in benefits["utbetalningsuppgift"].each():
        found.payments += _payment(each, found)
    for each in benefits["preliminarautbetalningar"].each():
        found.planned += _payment(each, found)
    for each in place["utbetalningar"].each():
        found.payments += _pension(each, found)
    for each in place["preliminaraUtbetalningar"].each():
        found.planned += _pension(each, found)
    _paid_by_both(place, found)


def _has_list(benefits: Place) -> bool:
    """Whether an answer has a list of payments, empty or not."""
    return isinstance(benefits.value, dict) and _is_list(benefits.value.get("utbetalningsuppgift"))


def _is_list(value: object) -> bool:
    """Whether a value is a list, or the one object that may stand for a list of one."""
    return isinstance(value, list | dict)


def _states(place: Place) -> Iterator[tuple[str, str]]:
    for each in place["utlamnare"].each():
        yield each.down("utlamnare", "kod").text(), each.down("tillstand", "kod").text()


def _answer(state: str | None) -> AgencyAnswer:
    if state is None:
        return AgencyAnswer.MISSING
    return AgencyAnswer.ANSWERED if state in LEFI.answered else AgencyAnswer.FAILED


def _deviations(place: Place, found: AgencyFindings) -> None:
    """Information that was asked for and could not be given."""
    if not isinstance(place.value, dict):
        return
    for kind in place.value:
        for each in place[kind].each():
            group = each["formansgrupp"] if each["formansgrupp"].given else each["ovrigInformationstyp"]
            code = each.down("avvikelse", "kod").text()
            why = each.down("avvikelse", "beskrivning").text()
            group["beskrivning"].text()
            what = f"{group['kod'].text()} ({kind})"
            found.tell(each, "fk_withheld", kind, each, what=what, why=f"{code} {why}".strip())


def _person(place: Place, found: AgencyFindings) -> None:
    for person in place.each():
        found.number(person["personnummer"])
        for died in person["avled"].each():
            found.tell(died, "died", died, day=died.text())
        if person["folkbokford"].value == []:
            found.tell(person["folkbokford"], "no_municipality", "[]")
        municipalities = tuple(
            f"{each['lan'].text()}{each['kommun'].text()}" for each in person["folkbokford"].each()
        )
        children: list[Birth] = []
        for child in person["barn"].each():
            deaths = child["avled"].each()
            for each in deaths:
                found.tell(each, "child_died", each, child, day=each.text())
            born = found.day(child["foddes"], child)
            if born is None:
                found.tell(child, "child_without_birthday")
            elif not deaths:
                children.append(Birth(born, len(children)))
        if found.registered is not None:
            found.tell(person, "registered_twice")
        status = person["civilstand"]
        found.registered = Registered(
            municipalities,
            status["id"].text(),
            status["beskrivning"].text(),
            tuple(children),
            tuple(_related(each, found) for each in person["samhorig"].each() if each.given),
            tuple(_workplace(each) for each in person["arbetsstallen"].each() if each.given),
            tuple(filter(None, [_address(address, found) for address in person["adress"].each()])),
            tuple(whole(each.text()) for each in person["avled"].each() if each.given),
        )


def _related(person: Place, found: AgencyFindings) -> str:
    """The personal number of somebody whom the register ties to the person, or the day of birth."""
    number = personal_number(person["personnummer"].text())
    if number is None and person["personnummer"].given:
        found.tell(person["personnummer"], "number_of_a_person")
    born = found.day(person["foddes"], person)
    for died in person["avled"].each():
        found.tell(died, "related_died", died, person, day=died.text())
    if number is None and born is None:
        found.tell(person, "related_unknown")
    return number or (f"{born:%Y%m%d}" if born is not None else "")


def _workplace(place: Place) -> str:
    """The name of the employer, or else of the workplace."""
    own, employer = place["namn"].text(), place.down("arbetsgivare", "namn").text()
    return whole(employer or own)


def _address(address: Place, found: AgencyFindings) -> str:
    """The postal code of the address where the person is registered. One that is not in Sweden, or is another
    address, is told."""
    code, country = address.down("land", "kod").text(), address.down("land", "namn").text()
    postal_code = address["postnummer"].text()
    roles = {role for each in address["roller"].each() for role in _roles(each, found)}
    abroad = code.upper() not in ("", "SE") or country.casefold() not in ("", "sverige")
    if abroad or "utomlands" in roles:
        found.tell(address, "address_abroad", address, country=(country or code) if abroad else "")
    elif postal_code and not is_postal_code(postal_code):
        found.tell(address, "no_postal_code", address, value=postal_code)
    if "särskild" in roles:
        found.tell(address, "stays_elsewhere", address, postal_code=postal_code)
    is_home = not abroad and roles <= {"folkbokföring"} and is_postal_code(postal_code)
    return postal_code if is_home else ""


def _roles(place: Place, found: AgencyFindings) -> set[AddressRole]:
    """What an address is, by the number of its role and by its name. A number that is not known is told, and
    where there is none such a name."""
    said = [each for each in _coded(place) if each]
    words = [LEFI.address_roles.get(each.casefold()) for each in said]
    if said and words[0] is None:
        found.tell(place, "address_role", place, value=said[0])
    return {each for each in words if each is not None}


def _programmes(place: Place, found: AgencyFindings) -> None:
    for each in place.each():
        name, number = each.down("program", "beskrivning").text(), each.down("program", "id").text()
        period = each["period"]
        first, last = found.period(period["fran"], period["till"], each, read=WHOLE)
        found.programmes.append(Programme(name or f"program {number}", first, last))


def _amount(place: Place, of: Place, found: AgencyFindings) -> int | None:
    """Öre of an amount of a payment in LEFI, which is an object with sum and currency."""
    if not isinstance(place.value, dict):
        return found.ore(place, of)
    currency = place["valuta"].text()
    if currency not in ("", "SEK"):
        found.tell(place, "currency", place, of, amount=place["summa"].text(), currency=currency)
        return None
    return found.ore(place["summa"], of)


def _payment(payment: Place, found: AgencyFindings) -> list[Payment]:
    """A payment of Försäkringskassan, or nothing when it cannot be counted, and then that is told."""
    net = _amount(payment["nettobelopp"], payment, found)
    gross = _amount(payment["bruttobelopp"], payment, found)
    tax = _amount(payment["skattebelopp"], payment, found)
    kept = _amount(payment["avdragsbelopp"], payment, found)
    paid = found.day(payment["datum"], payment)
    period = payment["period"]
    first, last = found.period(period["fran"], period["till"], payment, read=WHOLE)
    code, name = _benefit(payment)
    if not _countable(payment, net, gross, paid is None, found):
        return []
    assert net is not None
    assert paid is not None
    rows = _in_rows(payment, found)
    taxed = rows.tax if tax is None else abs(tax)
    less = taxed + rows.lower + rows.other if kept is None else abs(kept)
    if gross is not None and gross - less != net:
        _does_not_add_up(payment, gross, less, net, found)
    unexplained = 0 if kept is None else abs(abs(kept) - taxed - rows.lower)
    _kept_back(payment, max(unexplained, rows.other), rows.kinds, found)
    return [Payment(Agency.FK, code, net, paid, first, last, payment.where, name)]


def _does_not_add_up(payment: Place, gross: int, less: int, net: int, found: AgencyFindings) -> None:
    sums = {"gross": kronor(gross), "less": kronor(less), "net": kronor(net)}
    found.tell(payment, "does_not_add_up", payment, **sums)


def _countable(
    payment: Place, net: int | None, gross: int | None, no_day: bool, found: AgencyFindings
) -> bool:
    if net is None or no_day:
        known = net if net is not None else gross
        amount = NO_AMOUNT if known is None else kronor(known)
        found.tell(payment, "payment_without_net_or_day", payment, amount=amount)
        return False
    if net < 0:
        found.tell(payment, "payment_below_zero", payment, amount=kronor(net))
        return False
    return True


class _InRows(NamedTuple):
    """What the rows of a payment say was kept back, in öre: as tax, as a lower benefit and as something else;
    and the kinds of the last, also of those that have no amount."""

    tax: int
    lower: int
    other: int
    kinds: set[str]


def _in_rows(payment: Place, found: AgencyFindings) -> _InRows:
    """What the rows say. What is deducted in a row of compensation holds its tax, as it does in a payment,
    where it is no less than that. What a row of a claim says is kept back, in whichever of its amounts."""
    taxes = lower = other = 0
    kinds: set[str] = set()
    for row in payment["utbetalningsdetalj"].each():
        code, name = _coded(row["beloppstyp"])
        kind = code or name
        tax, deducted = (_amount(row[sum_], payment, found) for sum_ in ("skattebelopp", "avdragsbelopp"))
        of_tax, taken = (0 if amount is None else abs(amount) for amount in (tax, deducted))
        if kind in LEFI.tax:
            taxes += max(of_tax, taken)
            continue
        taxes += of_tax
        if kind in LEFI.less_benefit:
            lower += taken
            continue
        claimed = kind in LEFI.claims
        rest = taken if claimed or taken < of_tax else taken - of_tax
        if claimed and not rest:
            rest = abs(_amount(row["bruttobelopp"], payment, found) or 0)
        other += rest
        if rest or (claimed and deducted is None):
            kinds.add(kind)
    return _InRows(taxes, lower, other, kinds)


def _kept_back(payment: Place, other: int, kinds: set[str], found: AgencyFindings) -> None:
    """Tell of money kept back that is neither tax nor a lower benefit, and of the kinds of it, also where the
    answer does not say how much."""
    named = ", ".join(sorted(kinds - {""}))
    if other:
        found.tell(payment, "kept_back", payment, amount=kronor(other), kinds=named)
    elif kinds:
        found.tell(payment, "kept_back_without_amount", payment, kinds=named)


def _coded(place: Place) -> tuple[str, str]:
    """Code and name of a coded value, which may also be plain text."""
    if isinstance(place.value, dict):
        return place["id"].text() or place["kod"].text(), place["beskrivning"].text()
    return "", place.text()


def _benefit(payment: Place) -> tuple[str, str]:
    """The benefit of a payment and what the answer calls it.

    The family counts where its meaning is sure and narrow. The family of daily allowances is divided into
    what its rows are for, when they are all for the same.
    """
    agency = "PM" if payment.down("foretag", "id").text() == LEFI.pensions_pays else "FK"
    family, name = _coded(payment["formansfamilj"])
    key = paid_benefit(agency, family, name)
    if benefit(key).sure and benefit(key).choice != "dagersättning":
        return key, name or family
    rows = [_row(agency, row) for row in payment["utbetalningsdetalj"].each()]
    compensation = {found for found in rows if found is not None}
    if len(compensation) == 1:
        only, called = next(iter(compensation))
        if benefit(only).sure:
            return only, called
    return key, name or family


def _row(agency: str, row: Place) -> tuple[str, str] | None:
    """The benefit of a row, or None for a row that is a deduction."""
    (part, part_name), (kind, kind_name) = _coded(row["forman"]), _coded(row["beloppstyp"])
    if kind in LEFI.deductions:
        return None
    key = paid_benefit(agency, part, part_name)
    if benefit(key).sure:
        return key, part_name or part
    return paid_benefit(agency, f"{part}:{kind}", kind_name), kind_name or kind


def _pension(payment: Place, found: AgencyFindings) -> list[Payment]:
    """A payment of Pensionsmyndigheten."""
    net, gross = (
        _amount(payment["nettobelopp"], payment, found),
        _amount(payment["bruttobelopp"], payment, found),
    )
    paid = found.day(payment["utbetalningsdatum"], payment)
    period = payment["utbetalningsperiod"]
    first, last = found.period(period["from"], period["tom"], payment, read=WHOLE)
    groups = {}
    rows = []
    for row in payment["utbetalningsrader"].each():
        group = row["formansgrupp"]
        groups[group["kod"].text()] = group["beskrivning"].text()
        rows.append(found.ore(row["belopp"], payment))
    deductions = [
        (_coded(each["avdragstyp"]), _amount(each["belopp"], payment, found))
        for each in payment["avdrag"].each()
    ]
    if not _countable(payment, net, gross, paid is None, found):
        return []
    assert net is not None
    assert paid is not None
    known = [amount for amount in rows if amount is not None]
    if gross is not None and len(known) == len(rows) > 0 and sum(known) != gross:
        found.tell(payment, "rows_differ", payment, rows=kronor(sum(known)), payment=kronor(gross))
    kept = sum(abs(amount) for _, amount in deductions if amount is not None)
    if gross is not None and gross - kept != net:
        _does_not_add_up(payment, gross, kept, net, found)
    rest = [
        (code or name, amount) for (code, name), amount in deductions if code not in LEFI.tax and amount != 0
    ]
    other = sum(abs(amount) for _, amount in rest if amount is not None)
    _kept_back(payment, other, {kind for kind, _ in rest}, found)
    code = next(iter(groups)) if len(groups) == 1 else "PM:FLERA"
    name = ", ".join(each for each in groups.values() if each)
    return [Payment(Agency.FK, code, net, paid, first, last, payment.where, name)]


def _paid_by_both(place: Place, found: AgencyFindings) -> None:
    """The contract warns that both authorities may pass on the same payment. It is counted once, and told."""
    for payments, listed in (
        (found.payments, ("utbetalningsuppgift", "utbetalningar")),
        (found.planned, ("preliminarautbetalningar", "preliminaraUtbetalningar")),
    ):
        own = [each for each in payments if ".formansinformation." not in each.source]
        for each in list(payments):
            twin = next((one for one in own if one.net == each.net and one.paid == each.paid), None)
            pension = each.benefit.startswith("PM:") or benefit(each.benefit).choice in PENSIONS
            if ".formansinformation." in each.source and pension and twin is not None:
                payments.remove(each)
                same = {"amount": kronor(each.net), "other": twin.source}
                of_both = (*place["formansinformation"][listed[0]].each(), *place[listed[1]].each())
                both = [one for one in of_both if one.where in (each.source, twin.source)]
                found.unmapped.append(unread(each.source, "paid_by_both", *both, **same))
