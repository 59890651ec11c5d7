"""What the registers say beside incomes: permits, children, the population register, and what is planned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from decision_service.application.case_file import Person, PersonRole
from decision_service.application.fields import COORDINATION
from decision_service.decision.facts.adult import fact_id, name_of
from decision_service.decision.facts.case import Case, is_same
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.counting import birthday
from decision_service.decision.facts.sources import Record, Sources
from decision_service.decision.texts import texts
from decision_service.reading.names import letters, may_be_one_name
from decision_service.registers.answers import Payment, Programme, Stop
from decision_service.registers.ssbtek.benefits import label_of
from norms.month import Month
from rules.facts import Disputed


def registered(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Permits, children in the register, decisions of the employment service, payments that are planned."""
    for person in case.adults:
        register, owner = case.registers[person.id], fact_id(case, person)
        around = base | _siblings(case, person)
        lists: Mapping[str, tuple[str, str, tuple[Any, ...]]] = {
            "tillstånd": ("registers.permits[]", "miv", register.permits),
            "folkbokfört_barn": (
                "registers.registered.children[]",
                "fk.barn",
                register.registered.children if register.registered is not None else (),
            ),
            "af_beslut": (
                "registers.employment.decisions[]",
                "af.beslut",
                register.employment.decisions if register.employment is not None else (),
            ),
            "avslagen_förmån": ("registers.refused[]", "refused", register.refused),
            "stoppad_förmån": ("registers.stopped[]", "stopped", register.stopped),
            "myndighet": ("registers.asked[]", "asked", register.asked),
            "planerad_utbetalning": ("registers.planned[]", "planned", register.planned),
        }
        for kind, (path, name, rows) in lists.items():
            for number, row in enumerate(rows):
                place = case.place_of(row) if isinstance(row, Payment) else f"registers.{name}[{number}]"
                label = name_of(person) if kind == "myndighet" else _label(kind, row)
                draft = Draft(kind, f"{owner} {name}[{number}]", label, owner)
                fill(draft, case, around | {path: Record(place, row, whole=True)}, derivations)
                if isinstance(row, Stop):
                    draft.label = _stopped(draft, row)
                yield draft


def _siblings(case: Case, person: Person) -> Sources:
    """What a row is held against: the other permits and children in the register, and what has been paid."""
    register = case.registers[person.id]
    return {
        "registers.payments[]": tuple(Record(each.source, each) for each in register.payments),
        "registers": Record("registers", register),
    }


def _label(kind: str, row: Any) -> str:
    words = texts().labels
    match kind:
        case "tillstånd":
            return words.of_migration_agency.format(beslut=row.decision, slag=row.kind).strip()
        case "folkbokfört_barn":
            return words.child.format(dag=row.day)
        case "af_beslut":
            return row.kind or words.of_employment_service
        case _:
            return label_of(row.benefit)


def _stopped(draft: Draft, row: Stop) -> str:
    """The benefit, how it is stopped in the word of the rules, and when."""
    first, last = (f" från {row.first}" if row.first else ""), (f" till {row.last}" if row.last else "")
    return f"{draft.label}: {draft.values.get('stoppad_förmån.slag', 'stoppad')}{first}{last}"


# --- calculations


def latest_permit(case: Case, decided: date | None, permits: Any) -> bool:
    """Whether no other decision is later. One without a day may be the latest."""
    days = [each.decided for each in permits if each.decided is not None]
    return decided is None or decided == max(days)


def among_the_children(case: Case, born: date, number: int, births: Any, known: Any) -> bool:
    """Whether a child in the register is in the case, by day of birth: of twins as many as are there."""
    in_case = sum(1 for person in case.children if person.birthday == born)
    return len([each for each in births if each.day == born and each.number <= number]) <= in_case


def in_no_register(case: Case, born: date | None, number: str | None, known: Sequence[Any]) -> bool:
    """Whether the population register has children of the adults, and none that is born the day that a child
    is. Where it tells nothing of one of the adults, the child may be that one's."""
    births = {each.day for one in known if one is not None for each in one.children}
    day = birthday(case, born, number)
    return bool(births) and None not in known and day is not None and day not in births


def years_old(case: Case, born: date) -> int:
    """Full years on the last day of the month."""
    last = case.month.last
    return last.year - born.year - ((last.month, last.day) < (born.month, born.day))


def in_month_before(case: Case, first: date | None, last: date | None) -> bool:
    """Whether a time, open where a day is missing, holds a day of the month before."""
    return _holds_a_day(first, last, case.control)


def in_month(case: Case, first: date | None, last: date | None) -> bool:
    """Whether a time, open where a day is missing, holds a day of the month that is decided on."""
    return _holds_a_day(first, last, case.month)


def _holds_a_day(first: date | None, last: date | None, month: Month) -> bool:
    return (first is None or first <= month.last) and (last is None or last >= month.first)


def in_programme(case: Case, programmes: tuple[Programme, ...]) -> bool:
    """Whether some programme lasts in the month before."""
    return any(in_month_before(case, each.first, each.last) for each in programmes)


def programme_names(case: Case, programmes: tuple[Programme, ...]) -> str:
    """The names of the programmes that last in the month before."""
    return ", ".join(each.name for each in programmes if in_month_before(case, each.first, each.last))


def already_paid(case: Case, benefit: str, net: int, day: date, benefits: Any, nets: Any, days: Any) -> bool:
    """Whether a planned payment is among those made."""
    return (benefit, net, day) in {*zip(benefits, nets, days, strict=True)}


def same_benefit_before(case: Case, payment: Payment | None, made: Any, announced: Any) -> int:
    """What the same person has been paid of the benefit of a payment in the month before."""
    if payment is None:
        return 0
    whose = _owner(case, payment)
    return sum(
        each.net
        for person, each in case.paid
        if person.id == whose and each.benefit == payment.benefit and case.months_from(each) == 1
    )


def same_benefit_then(case: Case, payment: Payment | None, made: Any, announced: Any) -> int:
    """What the same person is paid of the benefit of a payment in its own month: all that is made, and with a
    planned one all that is planned too; what is both counts once."""
    if payment is None:
        return 0
    own = case.registers[_owner(case, payment)]
    planned = [each for each in own.planned if not any(is_same(each, made) for made in own.payments)]
    rows = own.payments if any(payment is each for each in own.payments) else (*own.payments, *planned)
    return sum(
        each.net
        for each in rows
        if each.benefit == payment.benefit and case.months_from(each) == case.months_from(payment)
    )


def _owner(case: Case, payment: Payment) -> str:
    """The id of the adult in whose answers a payment stands."""
    return next(
        id_
        for id_, each in case.registers.items()
        if any(payment is one for one in (*each.payments, *each.planned))
    )


def months_to(case: Case, day: date | None) -> int | None:
    """Months from a day to the month."""
    return None if day is None else case.before(day)


def months_from(case: Case, payment: Payment) -> int:
    """Months from the month as whose income a payment counts to the month."""
    return case.months_from(payment)


def registered_here(case: Case, codes: tuple[str, ...] | None, municipality: str) -> bool | None:
    """Whether the population register has the person in the municipality, and in no other."""
    return {*codes} == {municipality} if codes else None


def civil_status(case: Case, number: str | None, name: str | None) -> str | Disputed | None:
    """The name of a civil status, else its number; disputed where the two say different things."""
    term = case.law.vocabulary.terms["vuxen.folkbokfört_civilstånd"]
    by_number = term.words.get(number or "")
    by_name = term.word(name) if name else None
    if by_number is not None and by_name is not None and by_number != by_name:
        return Disputed((("nummer", by_number), ("namn", by_name)))
    return name or number or None


def workplace_names(case: Case, names: tuple[str, ...] | None) -> str:
    """The names of employers and workplaces; where none has one it says so."""
    return ", ".join(sorted({*filter(None, names or ())})) or texts().labels.no_name


def called_otherwise(case: Case, names: tuple[str, ...], name: str | None) -> bool:
    """Whether some register calls a person by a first name that the case does not have. One without a letter,
    as a register masks it, is no name."""
    return name is not None and not all(may_be_one_name(name, each) for each in names if letters(each))


def as_written(case: Case, texts: tuple[str, ...] | None) -> str:
    """What a register has written, one after the other."""
    return ", ".join(texts or ())


def tied_to_another(case: Case, related: tuple[str, ...] | None, role: PersonRole) -> bool:
    """Whether the population register ties an adult to somebody who is not the other adult of the case."""
    other = next((each for each in case.adults if each.role is not role), None)
    return other is not None and not all(_is(other, each) for each in related or () if each)


def _is(person: Person, known: str) -> bool:
    """Whether somebody has a personal number, of twelve digits or ten, or was born on a day of eight."""
    if person.personal_number is not None and len(known) != _DAY:
        return person.personal_number.endswith(known)
    born = known if len(known) == _DAY else known[:-_LAST]
    if int(born[-2:]) > COORDINATION:
        born = f"{born[:-2]}{int(born[-2:]) - COORDINATION:02}"
    return person.birthday is not None and f"{person.birthday:%Y%m%d}".endswith(born)


_DAY, _LAST = 8, 4
"""Digits of a day, and of what follows it in a personal number."""


REGISTERED: Mapping[str, Derivation] = {
    "senaste_beslutet": latest_permit,
    "finns_bland_barnen": among_the_children,
    "inget_folkbokfört_barn": in_no_register,
    "ålder_i_registret": years_old,
    "gäller_månaden_före": in_month_before,
    "gäller_månaden": in_month,
    "i_program": in_programme,
    "programmens_namn": programme_names,
    "redan_utbetald": already_paid,
    "samma_förmån_månaden_före": same_benefit_before,
    "samma_förmån_samma_månad": same_benefit_then,
    "månader_till": months_to,
    "utbetalningens_månader_före": months_from,
    "folkbokförd_här": registered_here,
    "civilstånd_i_registret": civil_status,
    "samhörig_med_annan": tied_to_another,
    "arbetsställenas_namn": workplace_names,
    "annat_förnamn": called_otherwise,
    "förnamn_i_registren": as_written,
    "ordagrant": as_written,
}
