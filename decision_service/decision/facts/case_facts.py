"""From a case file to the facts of its rules, by the sources that the vocabulary declares.

What is not said is left out: it is missing, and the rules ask for it. Nothing here knows an amount, a limit
or a provision, and no value comes from a field that its term does not name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from decision_service.application.case_file import CaseFile, PaidOut, Person, PersonRole
from decision_service.application.form import Application
from decision_service.decision.facts.adult import ADULT, adult, name_of, role_of
from decision_service.decision.facts.answered import ANSWERED
from decision_service.decision.facts.by_officials import BY_OFFICIALS, said_by_officials, taken_for_granted
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.child import CHILD, child
from decision_service.decision.facts.control_month import CONTROL_MONTH
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.cost_sorts import COST_SORTS, cost_sorts
from decision_service.decision.facts.costs import COSTS, assets, costs
from decision_service.decision.facts.counting import COUNTING
from decision_service.decision.facts.elsewhere import ELSEWHERE
from decision_service.decision.facts.household import HOUSEHOLD
from decision_service.decision.facts.incomes import INCOMES, incomes, payments, sorts
from decision_service.decision.facts.known import KNOWN, said_payers
from decision_service.decision.facts.misplaced import misplaced
from decision_service.decision.facts.pairs import PAIRS, pairs
from decision_service.decision.facts.plan import PLAN
from decision_service.decision.facts.registered import REGISTERED, registered
from decision_service.decision.facts.sources import Record, Sources
from decision_service.decision.facts.to_read import TO_READ, files, not_read, once
from decision_service.decision.facts.written import WRITTEN, written
from decision_service.reading.unread import Unread, mark, together, unread
from decision_service.registers.answers import Agency, AgencyAnswer
from rules.facts import Disputed, Facts, Known
from rules.law import Law

DERIVATIONS: Mapping[str, Derivation] = {
    **COUNTING,
    **HOUSEHOLD,
    **ADULT,
    **PLAN,
    **CHILD,
    **INCOMES,
    **PAIRS,
    **COSTS,
    **COST_SORTS,
    **REGISTERED,
    **ELSEWHERE,
    **CONTROL_MONTH,
    **ANSWERED,
    **BY_OFFICIALS,
    **WRITTEN,
    **KNOWN,
    **TO_READ,
}
"""Every calculation that the vocabulary names, by its name there."""

_PAYING = (Agency.FK, Agency.SO, Agency.CSN)
_INCOMES = frozenset({"inkomst", "inkomstslag"})


@dataclass(frozen=True)
class CaseFacts:
    """The facts of a case, and each thing in it that could not be understood. ``paid`` are
    the payments of registers by the ids of their facts."""

    facts: Facts
    unread: tuple[Unread, ...]
    paid: Mapping[str, PaidOut]


def build_facts(file: CaseFile, law: Law) -> CaseFacts:
    """The facts of a case in the month of the law. Kinds whose members a register may hold back are marked
    incomplete: an agency that did not answer has not said that there is nothing."""
    case = Case(file, law)
    base = _base(case)
    earned = [*incomes(case, base, DERIVATIONS)]
    drafts = [
        fill(Draft("ansökan", "ansökan"), case, base, DERIVATIONS),
        fill(Draft("ärende", "ärende"), case, base, DERIVATIONS),
        fill(Draft("hushåll", "hushåll"), case, base, DERIVATIONS),
        *(adult(case, person, base, DERIVATIONS) for person in case.adults),
        *(child(case, person, base, DERIVATIONS) for person in case.children),
        *registered(case, base, DERIVATIONS),
        *earned,
        *sorts(case, earned, base, DERIVATIONS),
        *pairs(case, earned, base, DERIVATIONS),
        *cost_sorts(case, base, DERIVATIONS),
        *costs(case, base, DERIVATIONS),
        *assets(case, base, DERIVATIONS),
        *written(case, base, DERIVATIONS),
        *files(case, base, DERIVATIONS),
        *said_payers(case, base, DERIVATIONS),
        *said_by_officials(case, base, DERIVATIONS),
        *taken_for_granted(case, base, DERIVATIONS),
    ]
    told = once([*_not_understood(case), *(each for draft in drafts for each in draft.unread)])
    drafts += not_read(case, told, base, DERIVATIONS)
    entities = tuple(draft.entity() for draft in drafts)
    return CaseFacts(Facts(entities, _incomplete(case)), tuple(told), payments(case))


def _base(case: Case) -> Sources:
    """The parts of a case that are the same for every fact."""
    form, file, last = case.application, case.file, case.last
    place = "" if last is None else f"history[{file.history.index(last)}]"
    return {
        "": Record("", file),
        "application": Record("", form),
        **{f"application.{name}[]": rows for name, rows in _lists(form).items()},
        "people[]": tuple(Record(case.place(each), each) for each in file.people),
        "activity[]": tuple(Record(f"activity[{number}]", each) for number, each in enumerate(file.activity)),
        "history[]": tuple(Record(f"history[{number}]", each) for number, each in enumerate(file.history)),
        "shown[]": tuple(Record(f"shown[{number}]", each) for number, each in enumerate(file.shown)),
        "others[]": tuple(Record(f"others[{number}]", each) for number, each in enumerate(file.others)),
        "history[senaste]": None if last is None else Record(place, last),
        "kommun": Record("kommun", _choices(case)),
        "registers[]": tuple(Record(f"registers.{id_}", each) for id_, each in case.registers.items()),
    }


def _choices(case: Case) -> Mapping[str, Known | Disputed]:
    """What the municipality has chosen, by the name of each choice."""
    own = next(each for each in case.law.given if each.kind == "kommun")
    return {path.partition(".")[2]: value for path, value in own.values.items()}


def _lists(form: Application) -> Mapping[str, tuple[Record, ...]]:
    """The lists of an application by their names in it."""
    return {
        str(info.alias): tuple(
            Record(f"{info.alias}[{number}]", row) for number, row in enumerate(getattr(form, name))
        )
        for name, info in type(form).model_fields.items()
        if isinstance(getattr(form, name), list)
    }


def _incomplete(case: Case) -> frozenset[str]:
    """The kinds that may have members nobody has told of, and nobody has said that there are none."""
    if _all_paying_answered(case):
        return frozenset()
    return _INCOMES - {
        each.fact for each in case.file.answers if each.value is True and each.fact is not None
    }


def _all_paying_answered(case: Case) -> bool:
    """Whether every agency that pays incomes has answered about every adult."""
    return all(
        register.pensions is AgencyAnswer.ANSWERED
        and all(register.answers[agency] is AgencyAnswer.ANSWERED for agency in _PAYING)
        for register in case.registers.values()
    )


_MARKED_DEAD, _DIED = "vuxen.avliden", "vuxen.avliden_i_register"


def _of_registers(case: Case, person: Person) -> Iterator[Unread]:
    """What registers tell of a person that could not be understood. Whom it is told of is a part of it, and
    is said where there are two. That the person has died is a fact of its own, where the law's words have
    one: those of a release before it do not."""
    unmapped = case.registers[person.id].unmapped
    if _DIED in case.law.vocabulary.terms:
        unmapped = tuple(each for each in unmapped if each.kind != "died")
    if not unmapped:
        return
    name = f"{_told_apart(case, person)}: " if len(case.adults) > 1 else ""
    whom = mark(person.id, person.first_name, person.last_name)
    for each in unmapped:
        yield replace(each, where=f"{name}{each.where}", written=together(whom, each.written))


def _told_apart(case: Case, person: Person) -> str:
    """What an adult is called, with the role where another is called the same."""
    name = name_of(person)
    alike = sum(name_of(each) == name for each in case.adults) > 1
    return f"{name} ({role_of(person).lower()})" if alike else name


def _not_understood(case: Case) -> Iterator[Unread]:
    """What nothing can be made of, or what contradicts itself."""
    file = case.file
    yield from file.unmapped
    for person in case.adults:
        yield from _of_registers(case, person)
    if not any(person.role is PersonRole.APPLICANT for person in case.adults):
        yield unread("people", "no_applicant")
    for person in case.adults:
        if not person.is_known:
            yield unread(f"people.{person.id}", "nobody_known", role=role_of(person))
    if _MARKED_DEAD not in case.law.vocabulary.terms:  # a release before the one that asks what is to be done
        for person in file.people:
            if person.died is not None:
                day = person.died.isoformat()
                yield unread(
                    f"people.{person.id}", "marked_dead", person.id, day, name=name_of(person), day=day
                )
    yield from misplaced(case)
