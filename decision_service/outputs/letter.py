"""The letter to the applicant: what was decided, why, how much, when, and how to appeal.

The words are in ``texts/brev.yaml``, the facts in the decision document; here they are put together. A letter
states no amount that the decision does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from audit import qr
from decision_service.decision.document import CalculatedLine, Corrects, Decision, LineChange, Reason
from decision_service.outputs.addressee import Addressee
from decision_service.outputs.channel import DeliveryError
from decision_service.outputs.explained import Value, explained
from decision_service.outputs.letter_layout import Letter, LetterPart, LetterRow
from decision_service.outputs.letter_texts import (
    PLACEHOLDER,
    LetterKind,
    LetterTexts,
    NoticeKind,
    PartText,
    texts,
)
from decision_service.reading.said import said_in
from decision_service.reading.swedish_time import swedish_day
from norms.month import Month, day_in_words
from rules.texts import in_number, kronor

_say = said_in(__file__)

_AMOUNT = re.compile(r"−?[0-9][0-9\u00a0]*(?:,[0-9]{2})?\u00a0kr\b")


class LetterError(DeliveryError):
    """A letter that cannot be written. Trying again does not help: a person must look at the case."""

    def __init__(self, text: str) -> None:
        super().__init__(text, retry=False)


@dataclass(frozen=True, slots=True)
class LetterSender:
    """Who writes: the municipality, its board, where to write to it, whom to ask, and the court of appeal
    (the förvaltningsrätt of the county). All of it is the municipality's configuration."""

    municipality: str
    board: str
    address: str
    contact: str
    court: str


@dataclass(frozen=True, slots=True)
class PlanInLetter:
    """What an adult has agreed to do: hours a week, the last day of the plan, and the next time to come."""

    hours: int | None = None
    last: date | None = None
    next: date | None = None


@dataclass(frozen=True, slots=True)
class StepInLetter:
    """What a person has done after a decision: who, in name and title, and why; the amount in öre that it is
    about; of an appeal when it came, when the applicant was told of the decision, and the last day; of a
    claim what it was before, what has been paid on it, and how much of that is paid back, in öre. ``second``
    is who has said yes to it."""

    signed: str
    reason: str
    amount: int | None = None
    received: date | None = None
    told: date | None = None
    due: date | None = None
    before: int | None = None
    paid: int | None = None
    pay_back: int | None = None
    second: str | None = None


@dataclass(frozen=True, slots=True)
class ChildInLetter:
    """A child of the case: the name, and the subjects of the lines that are about the child."""

    name: str
    subjects: frozenset[str]


@dataclass(frozen=True, slots=True)
class LetterContext:
    """What a letter says beside the decision, or beside what is asked.

    ``to`` is who it is for, ``day`` when it is written, ``reference`` what people call the case by,
    ``complete_by`` the day to answer or to wait for, ``no_banking_day`` the pay day that the money comes
    before. ``plan`` is what the receiver has to do in return, ``interpreter`` a language, empty for one that
    is not said. ``grounds`` are the provisions that a person's refusal rests on beside the calculation, and
    ``because`` what the rules say has come to be, with the provision of each.
    ``proof`` of the decision in the log is printed as it is.
    """

    sender: LetterSender
    to: Addressee
    day: date
    reference: str
    received: date | None = None
    payment: date | None = None
    no_banking_day: date | None = None
    complete_by: date | None = None
    plan: PlanInLetter | None = None
    children: tuple[ChildInLetter, ...] = ()
    interpreter: str | None = None
    step: StepInLetter | None = None
    grounds: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    proof: str = ""


def decision_letter(decision: Decision, context: LetterContext, words: LetterTexts | None = None) -> Letter:
    """The letter of a decision.

    Raises LetterError when something the letter must say is missing, and when it would state an amount that
    the decision does not hold.
    """
    kind: LetterKind = decision.corrects.kind.value if decision.corrects is not None else decision.outcome
    return _letter(kind, _Facts(decision.month, context, words or texts(), decision))


def notice(
    kind: NoticeKind,
    month: str | None,
    questions: Sequence[Reason],
    context: LetterContext,
    words: LetterTexts | None = None,
) -> Letter:
    """The letter that says an application has come (``KVITTENS``), asks for what is missing
    (``KOMPLETTERING``), reminds of it (``PÅMINNELSE``), says until when the decision waits (``VÄNTAR``), or
    what the decision would rest on (``KOMMUNICERING``, ``KOMMUNICERING_PÅMINNELSE``); or what has been done
    after the decision: about what was paid too much (``KRAV``, ``KRAV_EFTERGES``, ``KRAV_SÄNKS``,
    ``KRAV_ÅTERTAS``), or with an appeal.
    Raises LetterError when something it must say is missing.
    """
    return _letter(kind, _Facts(month, context, words or texts(), questions=questions))


def _letter(kind: LetterKind, facts: _Facts) -> Letter:
    letter = facts.words.letters[kind]
    parts = [facts.words.parts[name] for name in letter.parts]
    held = [each for each in parts if each.when is None or facts.holds(each.when)]
    cited = [provision for each in held for provision in facts.provisions_of(each)]
    return Letter(
        kind,
        facts.filled(letter.heading),
        tuple(facts.part(each, cited) for each in held),
        facts.context.to,
        facts.context.day,
        facts.filled("{ärende}"),
        facts.filled("{nämnd}, {kommun}"),
        explained(kind, facts.for_explanation),
    )


class _Facts:
    """What the decision and its context say, in the words of the places of the texts."""

    def __init__(
        self,
        month: str | None,
        context: LetterContext,
        words: LetterTexts,
        decision: Decision | None = None,
        questions: Sequence[Reason] = (),
    ) -> None:
        self.words, self._month = words, month
        self.context, self._decision, self._questions = context, decision, questions
        calculation = decision.calculation if decision is not None else None
        self._calculation = calculation
        self._lines = calculation.lines if calculation is not None else ()
        self._result = calculation.result if calculation is not None else None
        self._granted = decision.granted if decision is not None else None
        self._changes = decision.changes if decision is not None else ()
        automatic = decision is not None and decision.automatic
        owed = calculation.by_the_lines if calculation is not None else None
        self._differs = owed is not None and self._granted != owed
        if automatic and self._differs:
            raise LetterError(_say("another_amount"))
        result = self._result
        reduced = any(True for _ in self._reduced())
        self._holds = {
            "automatiskt": automatic,
            "av_handläggare": context.step is not None or (decision is not None and not automatic),
            "utan_handläggare": context.step is None and decision is None,
            "godkänt": self._second is not None,
            "beviljas": bool(self._granted),
            "beviljas_inte": self._granted == 0,
            "mer": self._difference > 0 and not self._already and context.payment is not None,
            "mer_till_en_del": 0 < self._already < self._difference and context.payment is not None,
            "mer_redan_fått": 0 < self._already == self._difference,
            "krav_del": context.step is not None and bool(context.step.before),
            "åter": context.step is not None and bool(context.step.pay_back),
            "för_mycket": self._difference < 0,
            "utbetalning": bool(self._granted) and context.payment is not None,
            "avviker": self._differs and not context.because,
            "grunder": bool(context.because),
            "enligt_beräkningen": result is not None and result < 0 and not self._differs,
            "motivering": bool(self._motivation),
            "ändrat": bool(self._changes),
            "nedsatt": reduced and self._granted != 0,
            "nedsatt_utan_stöd": reduced and self._granted == 0,
            "beräkning": bool(self._lines),
            "överskott": result is not None and result >= 0,
            "flyttad": context.no_banking_day is not None,
            "barn": bool(context.children) and bool(self._lines),
            "tolk": context.interpreter is not None,
            "skyddad": context.to.protected,
            "aktivitet": context.plan not in (None, PlanInLetter()),
            "bevis": bool(context.proof),
        }
        self._values = self._all_values(month)

    @property
    def _corrects(self) -> Corrects | None:
        return self._decision.corrects if self._decision is not None else None

    @property
    def _difference(self) -> int:
        """What is paid more than by the decision before, in öre; below zero what was paid too much."""
        return self._corrects.difference if self._corrects is not None else 0

    @property
    def _already(self) -> int:
        """How much of what is granted more the applicant has got already, in öre."""
        return self._corrects.already if self._corrects is not None else 0

    @property
    def _second(self) -> str | None:
        """Who has said yes to what another decided."""
        decision, step = self._decision, self.context.step
        if decision is not None:
            return decision.second or decision.approved_by
        return step.second if step is not None else None

    @property
    def _granted_before(self) -> int:
        """What the decision before gave, in öre."""
        return (self._granted or 0) - self._difference

    @property
    def _owed(self) -> int:
        """What is paid more, or was paid too much, in öre."""
        step = self.context.step
        return step.amount or 0 if step is not None else abs(self._difference)

    @property
    def _motivation(self) -> str:
        """The deciding person's own words, printed as they are."""
        said = self._decision.reason if self._decision is not None else None
        return (self.context.step.reason if self.context.step is not None else said or "").strip()

    def _all_values(self, month: str | None) -> dict[str, str | None]:
        context, result, decision = self.context, self._result, self._decision
        plan, step = context.plan, context.step
        decided = swedish_day(decision.decided_at) if decision is not None else None
        decided = context.day if step is not None else decided
        by_hand = decision is not None and not decision.automatic
        return {
            "belopp": kronor(self._granted) if self._granted else None,
            "månad": month_in_words(month) if month is not None else self.words.rows["okänd_månad"],
            "överskott": kronor(result) if result is not None and result >= 0 else None,
            "underskott": kronor(-result) if result is not None and result < 0 else None,
            "utbetalningsdag": _day(context.payment),
            "ordinarie_dag": _day(context.no_banking_day),
            "beslutsdag": _day(decided),
            "svara_senast": _day(context.complete_by),
            "väntar_till": _day(context.complete_by),
            "månaden_före": Month.parse(month).plus(-1).in_words if month is not None else None,
            "mottagen": _day(context.received),
            "ändrat_beslutsdag": _day(swedish_day(self._corrects.decided_at)) if self._corrects else None,
            "ändrat_belopp": kronor(self._granted_before) if self._corrects else None,
            "skillnad": kronor(self._owed) if self._owed else None,
            "redan": kronor(self._already) if self._already else None,
            "betalas": kronor(self._difference - self._already) if self._already else None,
            "krav_före": kronor(step.before) if step is not None and step.before else None,
            "inbetalt": kronor(step.paid) if step is not None and step.paid else None,
            "åter": kronor(step.pay_back) if step is not None and step.pay_back else None,
            "överklagat": _day(step.received) if step is not None else None,
            "fick_del": _day(step.told) if step is not None else None,
            "sista_dag": _day(step.due) if step is not None else None,
            "dom": self._corrects.court if self._corrects is not None else None,
            "kommun": context.sender.municipality,
            "nämnd": context.sender.board,
            "domstol": context.sender.court,
            "adress": context.sender.address,
            "kontakt": context.sender.contact,
            "ärende": context.reference,
            "dag": _day(context.day),
            "svarsdag": _day(context.complete_by),
            "språk": context.interpreter or self.words.rows["något_språk"],
            "timmar": f"{plan.hours} {in_number(plan.hours, 'timmar')}"
            if plan is not None and plan.hours
            else None,
            "planens_slut": _day(plan.last) if plan is not None else None,
            "nästa_gång": _day(plan.next) if plan is not None else None,
            "handläggare": step.signed
            if step is not None
            else (decision.signed or decision.decided_by)
            if decision is not None and by_hand
            else None,
            "andra_handläggare": self._second,
        }

    @property
    def for_explanation(self) -> dict[str, Value]:
        """What an explanation fills its places with; amounts are those of the letter."""
        context = self.context
        return {
            "belopp": self._values["belopp"],
            "skillnad": self._values["skillnad"],
            "månad": Month.parse(self._month) if self._month is not None else None,
            "utbetalningsdag": context.payment if self._granted else None,
            "svara_senast": context.complete_by,
            "kommun": context.sender.municipality,
            "kontakt": context.sender.contact,
            "ärende": context.reference,
        }

    def holds(self, when: str) -> bool:
        """Whether a condition of the texts holds."""
        return self._holds[when]

    def filled(self, text: str) -> str:
        """A text with its places filled. Every amount in it is one of the decision's."""
        found = PLACEHOLDER.sub(lambda match: self._value(match[1]), text)
        for amount in _AMOUNT.findall(found):
            if amount not in self._amounts:
                raise LetterError(_say("amount_not_decided", belopp=amount))
        return found

    def _value(self, name: str) -> str:
        value = self._values[name]
        if not value:
            raise LetterError(_say("letter_lacks", uppgift=name))
        return value

    @cached_property
    def _amounts(self) -> set[str]:
        totals = [each for _, each in self._calculation or () if isinstance(each, int)]
        lines = [each for line in self._lines for each in (line.amount, line.applied) if each is not None]
        before = [change.was for change in self._changes if change.was is not None]
        own = [self._granted or 0, self._granted_before, self._owed]
        own += [self._already, self._difference - self._already]
        if (step := self.context.step) is not None:
            own += [each for each in (step.before, step.paid, step.pay_back) if each is not None]
        return {kronor(abs(each)) for each in [*totals, *lines, *before, *own]}

    def part(self, text: PartText, cited: Sequence[str]) -> LetterPart:
        """A part with its words filled and its list from the decision; ``cited`` is what all parts cite."""
        items: tuple[str, ...] = ()
        table: tuple[LetterRow, ...] = ()
        verbatim = code = ""
        match text.items:
            case "beräkning":
                table = tuple(self._rows())
            case "nedsatt":
                items = tuple(self._less(line) for line in self._reduced())
            case "ändrat":
                items = tuple(self._changed(change) for change in self._changes)
            case "saknas":
                if not self._questions:
                    raise LetterError(_say("nothing_lacking"))
                items = tuple(self._question(reason) for reason in self._questions)
            case "aktivitet":
                items = tuple(self._asked_in_return())
            case "barn":
                items = tuple(self._for_each_child())
            case "lagar":
                items = tuple(self._named([*cited, *(line.provision for line in self._lines)]))
            case "grunder":
                items = self.context.because
            case "motivering":
                items = tuple(part for part in self._motivation.splitlines() if part.strip())
            case "bevis":
                verbatim, code = self.context.proof, qr.svg(self.context.proof)
            case _:
                pass
        paragraphs = tuple(self.filled(paragraph) for paragraph in text.paragraphs)
        return LetterPart(
            self.filled(text.heading),
            paragraphs,
            items,
            table,
            verbatim,
            code,
            self.provisions_of(text),
            text.framed,
        )

    def provisions_of(self, text: PartText) -> tuple[str, ...]:
        """What a part cites: a person's reasons also what their decision rests on."""
        return (*text.provisions, *(self.context.grounds if text.items == "motivering" else ()))

    def _reduced(self) -> Iterator[CalculatedLine]:
        """The lines that give less than was applied for."""
        for line in self._lines:
            if line.applied is not None and line.amount < line.applied:
                yield line

    def _question(self, reason: Reason) -> str:
        """A question; what is about somebody else than the receiver, or about a thing, says so first."""
        own = reason.named or not reason.label or reason.subject == self.context.to.person
        return reason.question if own else f"{reason.label}: {reason.question}"

    def _asked_in_return(self) -> Iterator[str]:
        plan, words = self.context.plan, self.words.plan
        if plan is None:
            return
        if plan.hours:
            yield self.filled(words["timmar"])
        if plan.next is not None:
            yield self.filled(words["nästa_gång"])
        if plan.last is not None:
            yield self.filled(words["planens_slut"])

    def _named(self, provisions: Sequence[str]) -> Iterator[str]:
        """What the abbreviations of laws stand for."""
        cited = "\n".join(provisions)
        for short, name in self.words.laws.items():
            if re.search(rf"\b{short} \(", cited):
                yield f"{short}: {name}"

    def _for_each_child(self) -> Iterator[str]:
        """What is counted for each child, and what was applied for on its behalf."""
        for child in self.context.children:
            own = [line.text for line in self._lines if line.subject in child.subjects]
            said = " ".join(own) or self.words.rows["barn_utan_rad"]
            yield f"{child.name}: {said}"

    def _less(self, line: CalculatedLine) -> str:
        """A line that gives less than was applied for, and the limit it is reduced to with its source."""
        words = self.words.rows
        said = (
            f"{words['gränsen']} {kronor(one.amount)}. {words['källa']} {one.source}." for one in line.limits
        )
        return " ".join([_cited(self._of_applied(line), line.provision), *said])

    def _of_applied(self, line: CalculatedLine) -> str:
        """A line that gives less than was applied for: how much, and of what."""
        if line.applied is None or not line.what:
            return line.text
        return f"{line.what}: {kronor(line.amount)} {self.words.rows['av']} {kronor(line.applied)}."

    def _changed(self, change: LineChange) -> str:
        """A line that a person has changed or added, and why."""
        before = f" {self.words.rows['i_stället_för']} {kronor(change.was)}" if change.was is not None else ""
        said = f"{change.named}: {kronor(change.amount)}{before}"
        return f"{_cited(said, change.provision)}. {change.reason}"

    def _rows(self) -> Iterator[LetterRow]:
        heading = None
        for line in self._lines:
            if line.part != heading:
                heading = line.part
                yield LetterRow(self.words.rows[heading.value], None)
            yield LetterRow(line.in_row, line.amount, line.provision)
        if self._result is not None:
            yield LetterRow(
                self.words.rows["underskott" if self._result < 0 else "överskott"], abs(self._result)
            )
        if self._granted is not None and self._differs:
            yield LetterRow(self.words.rows["beviljat"], self._granted)


def _cited(text: str, provision: str) -> str:
    return f"{text} ({provision})" if provision else text


def _day(day: date | None) -> str | None:
    return day_in_words(day) if day is not None else None


def month_in_words(month: str) -> str:
    """``november 2026``. Raises LetterError for what is no month."""
    try:
        return Month.parse(month).in_words
    except ValueError as error:
        raise LetterError(_say("no_month")) from error
