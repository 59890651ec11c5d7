"""From the agencies' answers as JSON to what the registers say about one person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from decision_service.reading.place import Leaves, Place, leaves
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import Opaque
from decision_service.reading.unread import unread, untold
from decision_service.registers.answers import Agency, AgencyAnswer, AgencyAsked, RegisterAnswers
from decision_service.registers.ssbtek import af, csn, fk, lefi, miv, skv, so, tns, unused
from decision_service.registers.ssbtek.envelope import told_twice
from decision_service.registers.ssbtek.found import AgencyFindings
from norms.fault import Path

_say = said_in(__file__)

READERS: Mapping[Agency, Callable[[Place, AgencyFindings], None]] = {
    Agency.AF: af.read,
    Agency.CSN: csn.read,
    Agency.FK: fk.read,
    Agency.SKV: skv.read,
    Agency.SO: so.read,
    Agency.TNS: tns.read,
    Agency.MIV: miv.read,
}
PENSIONS = "pm"
"""The code of Pensionsmyndigheten, whose answer comes within that of Försäkringskassan."""
CODES = frozenset({*Agency, PENSIONS})
"""The codes of the agencies, that of Pensionsmyndigheten too."""
_AGENCIES = tuple(Agency)
_ANSWERING = frozenset(Agency)
_UNMARKED = ("", "false", "0", "nej")


def agencies_about(registers: Mapping[str, Opaque], person: str, *, applicant: bool) -> dict[str, Opaque]:
    """The agencies' answers about a person, from the ``registers`` of a case file: those under the person's
    id, and for the applicant those under an agency's code alone. An agency that says something else in each
    of the two places has failed, with both."""
    own = registers.get(person, {})
    found = dict(own) if isinstance(own, dict) else {person: own}
    for name in registers if applicant else ():
        if name not in _ANSWERING:
            continue
        first, second = found.get(name), registers[name]
        twice = leaves(first) and leaves(second) and first != second
        found[name] = {"error": told_twice(), "svaren": [first, second]} if twice else (second or first)
    return found


def register_answers(agencies: Mapping[str, Opaque], personal_number: str | None = None) -> RegisterAnswers:
    """What the agencies answered about a person, from the JSON of ``read_envelope``.

    An agency that is not there, or is empty, has not answered; one with an error has failed; neither is an
    agency that answered nothing. With ``personal_number`` an answer about somebody else has failed, and so
    have all answers when they disagree about whom they are about. Raises nothing.
    """
    found = {agency: _read(agency, agencies.get(agency)) for agency in _AGENCIES}
    protected = any(each.protected for each in found.values())
    _one_person(found, personal_number)
    order = [found[agency] for agency in _AGENCIES]
    others = Place({name: value for name, value in agencies.items() if name not in _ANSWERING})
    lying = leaves(others.value)
    return RegisterAnswers(
        answers={agency: each.answer for agency, each in found.items()},
        payments=tuple(payment for each in order for payment in each.payments),
        employment=found[Agency.AF].employment,
        capital=found[Agency.SKV].capital,
        vehicles=tuple(found[Agency.TNS].vehicles),
        permits=tuple(found[Agency.MIV].permits),
        protected=protected or _protected(_marks(lying)),
        unmapped=(
            *(told for each in order for told in each.unmapped),
            *untold(others, lambda _: False, lying=lying),
        ),
        planned=tuple(payment for each in order for payment in each.planned),
        capital_income=found[Agency.SKV].capital_income,
        pensions=found[Agency.FK].pensions,
        pending=tuple(sorted({code for each in order for code in each.pending})),
        registered=found[Agency.FK].registered,
        programmes=tuple(found[Agency.FK].programmes),
        refused=tuple(found[Agency.FK].refused),
        stopped=tuple(stop for each in order for stop in each.stopped),
        asked=tuple(_asked(found)),
        first_names=tuple(dict.fromkeys(name for each in order for name in each.first_names)),
    )


def states_of(
    agencies: Mapping[str, Opaque], personal_number: str
) -> tuple[Mapping[Agency, AgencyAnswer], frozenset[Agency]]:
    """How each agency answered about a person, and the agencies whose answer is about somebody else."""
    found = {agency: _read(agency, agencies.get(agency)) for agency in _AGENCIES}
    others = frozenset(_about_others(found, personal_number))
    return {
        agency: AgencyAnswer.FAILED if agency in others else each.answer for agency, each in found.items()
    }, others


def marks_of(agencies: Mapping[str, Opaque]) -> dict[str, bool]:
    """The agencies that have answered about a person, or failed with a marking, and whether each marks
    anyone's identity as protected; the empty name for what is no agency's."""
    found = {agency: _read(agency, agencies.get(agency.value)) for agency in Agency}
    others = {name: value for name, value in agencies.items() if name not in _ANSWERING}
    answered = {
        agency.value: each.protected
        for agency, each in found.items()
        if each.protected or each.answer is AgencyAnswer.ANSWERED
    }
    return answered | ({"": True} if _protected(_marks(leaves(others))) else {})


def _asked(found: Mapping[Agency, AgencyFindings]) -> Iterator[AgencyAsked]:
    for agency in _AGENCIES:
        yield AgencyAsked(agency.value, found[agency].answer, AgencyAnswer.ANSWERED)
    bearer = found[Agency.FK]
    yield AgencyAsked(PENSIONS, bearer.pensions, bearer.answer)


def _read(agency: Agency, answer: Any) -> AgencyFindings:
    found = AgencyFindings()
    lying = leaves(answer, (agency.value,))
    if not lying:
        found.answer = AgencyAnswer.MISSING
        return found
    place = Place(answer, (agency.value,))
    if not isinstance(answer, dict):
        found.failed(place, "no_object")
    elif "error" in answer:
        _error(place, place["error"], found)
    else:
        READERS[agency](place, found)
        if not place.seen.issuperset([path for path, _ in lying if "error" in path]):
            found.failed(place, "part_failed")
    found.protected = _protected(marks := _marks(lying))
    place.seen.update(path for path, _ in marks)  # they count as read wherever they stand
    deliberate = lefi.is_unused if agency is Agency.FK else unused.is_unused
    found.unmapped += untold(place, deliberate, lying=lying)
    return found


def _error(place: Place, error: Place, found: AgencyFindings) -> None:
    if not isinstance(error.value, dict):
        found.failed(place, "error", error, message=error.text().rstrip("."))
        return
    source, code = error["kalla"].text() or _say("unknown_source"), error["felkod"].text() or _say("no_code")
    message = "; ".join(each.text() for each in error["felmeddelande"].each()).rstrip(" :.")
    found.failed(place, "error_from", error, source=source, code=code, message=message)


@lru_cache(10_000)
def _names_a_mark(name: str) -> bool:
    """Whether the name of a field says that it marks a protected identity."""
    name = name.lower()
    return "sekretess" in name or "skydd" in name


def _marks(lying: Leaves) -> Leaves:
    """The values that stand where an identity is marked as protected."""
    return [each for each in lying if _names_a_mark(_name_of(each[0]))]


def _name_of(path: Path) -> str:
    """The name of the field at a path, be it in a list there."""
    last = path[-1]
    return (
        last
        if isinstance(last, str)
        else next((part for part in reversed(path) if isinstance(part, str)), "")
    )


def _protected(marks: Leaves) -> bool:
    """Whether any mark says that the person, or anyone in the answer, is protected. What is not clearly no
    does. CSN leaves its mark blank, and anything else there says it."""
    return any(
        path[0] == Agency.CSN.value or str(value).strip().lower() not in _UNMARKED for path, value in marks
    )


def _one_person(found: dict[Agency, AgencyFindings], personal_number: str | None) -> None:
    """An answer about somebody else is no answer."""
    for agency in _about_others(found, personal_number):
        each = found[agency]
        lost = len(each.payments) + len(each.planned)
        found[agency] = AgencyFindings(answer=AgencyAnswer.FAILED, unmapped=list(each.unmapped))
        found[agency].unmapped.append(unread(agency.value, "about_another", lost=lost))


def _about_others(found: Mapping[Agency, AgencyFindings], personal_number: str | None) -> list[Agency]:
    """The agencies whose answer is about another person than the one asked about, or about several; where
    nobody was asked about, all that say about whom they are when they disagree."""
    telling = [agency for agency, each in found.items() if each.numbers]
    if personal_number is None:
        return [] if _same([number for agency in telling for number in found[agency].numbers]) else telling
    return [agency for agency in telling if not _same([personal_number, *found[agency].numbers])]


def _same(numbers: list[str]) -> bool:
    """Whether numbers are of one person. Some agencies leave the century out."""
    return (
        len({each[-10:] for each in numbers}) < 2 and len({each for each in numbers if len(each) == 12}) < 2
    )
