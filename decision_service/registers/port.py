"""What the service asks of a register, and the answer it gets whatever happens on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from decision_service.reading.said import said_in
from decision_service.reading.strict_json import Opaque
from decision_service.registers.answers import Agency, AgencyAnswer
from decision_service.registers.ssbtek import states_of
from decision_service.registers.ssbtek.envelope import OURS
from norms.month import Month

_say = said_in(__file__)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the agencies answered about one person.

    ``agencies`` is what ``ssbtek.register_answers`` and the ``registers`` of a case file take: every agency
    by its code, ``{}`` when it sent nothing, ``{"error": …}`` when it failed. ``status`` says it in one word.
    ``problems`` are Swedish sentences for the log on why an agency has not answered; they hold no personal
    data and no words of the other side.
    """

    agencies: Mapping[str, Opaque]
    status: Mapping[Agency, AgencyAnswer]
    problems: tuple[str, ...] = ()
    silent: tuple[Agency, ...] = field(init=False)
    """The agencies that have not answered, whatever the reason."""

    def __post_init__(self) -> None:
        silent = tuple(agency for agency in Agency if self.status[agency] is not AgencyAnswer.ANSWERED)
        object.__setattr__(self, "silent", silent)


class Registers(Protocol):
    """The registers as the service sees them."""

    def ask(self, personal_number: str, month: Month, reference: str) -> Answers:
        """Ask every agency about a person for a benefit month, under a reference of the case.

        Never raises for an agency, a network or an answer that fails: the agencies concerned have then not
        answered. ``personal_number`` is twelve digits; ValueError for anything else, which is our own fault.
        """
        ...


class NoRegisters:
    """A municipality without registers: no agency has answered."""

    def ask(self, personal_number: str, month: Month, reference: str) -> Answers:
        """No answers."""
        check_number(personal_number)
        return missing(_say("no_register"))


def check_number(personal_number: str) -> None:
    """Raises ValueError, without the number in it, for anything but twelve digits."""
    if not re.fullmatch(r"[0-9]{12}", personal_number):
        raise ValueError("a personal number has twelve digits")


def missing(problem: str) -> Answers:
    """No agency sent anything."""
    return Answers(
        {agency.value: {} for agency in Agency}, dict.fromkeys(Agency, AgencyAnswer.MISSING), (problem,)
    )


def failed(code: str, problem: str) -> Answers:
    """No agency's answer came through, for one reason."""
    error = {"error": {"kalla": OURS, "felkod": code, "felmeddelande": [problem]}}
    return Answers(
        {agency.value: error for agency in Agency}, dict.fromkeys(Agency, AgencyAnswer.FAILED), (problem,)
    )


def checked(agencies: Mapping[str, Opaque], personal_number: str) -> Answers:
    """The answers as the agencies gave them, except that an answer about somebody else is an error.

    The other person's data goes no further than here.
    """
    # A key that is no agency's may hold money too; whoever reads the answers tells of it.
    kept = {name: answer for name, answer in agencies.items() if name not in set(Agency)}
    problems: list[str] = []
    status, others = states_of(agencies, personal_number)
    for agency in Agency:
        answer = agencies.get(agency.value, {})
        if agency in others:
            problem = _say("another_person", myndighet=agency.name)
            told = {"kalla": OURS, "felkod": "ANNAN_PERSON", "felmeddelande": [problem]}
            kept[agency.value] = {"error": told}
            problems.append(problem)
            continue
        kept[agency.value] = answer
        if status[agency] is AgencyAnswer.MISSING:
            problems.append(_say("not_answered", myndighet=agency.name))
        elif status[agency] is AgencyAnswer.FAILED:
            problems.append(_say("answered_with_error", myndighet=agency.name, kod=_code(answer)))
    return Answers(kept, status, tuple(problems))


def _code(answer: Any) -> str:
    """The code of an error where it is a code: a code is no place for personal data."""
    error = answer.get("error") if isinstance(answer, dict) else None
    code = error.get("felkod") if isinstance(error, dict) else None
    if not isinstance(code, str) or not re.fullmatch(r"[A-Za-z0-9_.:-]{1,32}", code):
        return ""
    return "" if re.search(r"[0-9]{6}", code) else _say("with_code", kod=code)
