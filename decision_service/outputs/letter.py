"""The letter to the applicant: what was decided, why, how much, when, and how to appeal.

The words are in ``texts/brev.yaml``, the facts in the decision document; here they are put together. A letter
states no amount that the decision does not hold.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from audit import proof
from decision_service.decision.document import Decision, Line, LineChange, Reason
from decision_service.outputs.channel import DeliveryError
from decision_service.outputs.letter_texts import (
    PLACEHOLDER,
    LetterKind,
    LetterTexts,
    NoticeKind,
    PartText,
    texts,
)
from decision_service.reading.swedish_time import swedish_day
from norms.month import Month, day_in_words
from rules.texts import amount_table, kronor

WIDTH = 76
_AMOUNT = re.compile(r"−?[0-9][0-9\u00a0]*(?:,[0-9]{2})?\u00a0kr\b")


class LetterError(DeliveryError):
    """A letter that cannot be written. Trying again does not help: a person must look at the case."""

    def __init__(self, text: str) -> None:
        super().__init__(text, retry=False)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the municipality, its board, where to write to it, whom to ask, and the court of appeal
    (the förvaltningsrätt of the county). All of it is the municipality's configuration."""

    municipality: str
    board: str
    address: str
    contact: str
    court: str


@dataclass(frozen=True, slots=True)
class LetterContext:
    """What a letter says beside the decision, or beside what is asked.

    ``reference`` is what the applicant calls the case by, ``complete_by`` the day to answer or to wait for.
    ``activity``, what is asked of the applicant in return, and ``proof`` of the decision in the log are
    printed as they are.
    """

    sender: Sender
    reference: str
    received: date | None = None
    payment: date | None = None
    complete_by: date | None = None
    activity: tuple[str, ...] = ()
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the calculation: text, öre or None for a heading, and the provision it rests on."""

    text: str
    amount: int | None
    provision: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a letter. ``verbatim`` is text whose lines must stay as they are, ``qr`` the same text to the
    byte as a QR code (SVG); both are empty in a part that has no such text."""

    heading: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...]
    table: tuple[Row, ...]
    verbatim: str
    qr: str
    provisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as structure; ``text`` is the same as plain text."""

    kind: str
    title: str
    parts: tuple[Part, ...]

    def as_json(self) -> dict[str, Any]:
        """The letter for whoever lays it out."""
        return {"schema": "brev/1", **asdict(self)}

    @property
    def text(self) -> str:
        """The letter as plain text, 76 characters wide."""
        found = [_wrapped(self.title), ""]
        for part in self.parts:
            found += [part.heading.upper(), ""]
            for paragraph in part.paragraphs:
                found += [_wrapped(paragraph), ""]
            for item in part.items:
                found.append(_wrapped(item, "– ", "  "))
            if part.items:
                found.append("")
            if part.table:
                found += [_table(part.table).lstrip("\n"), ""]
            if part.verbatim:
                found += [part.verbatim, ""]
            if part.provisions:
                law = f"Lagrum: {'; '.join(part.provisions)}"
                found += [_wrapped(law, rest="  "), ""]
        return "\n".join(found).rstrip() + "\n"


def decision_letter(decision: Decision, context: LetterContext, words: LetterTexts | None = None) -> Letter:
    """The letter of a decision.

    Raises LetterError when something the letter must say is missing, and when it would state an amount that
    the decision does not hold.
    """
    return _letter(decision.outcome, _Facts(decision.month, context, words or texts(), decision))


def notice(
    kind: NoticeKind,
    month: str,
    questions: Sequence[Reason],
    context: LetterContext,
    words: LetterTexts | None = None,
) -> Letter:
    """The letter that says an application has come (``KVITTENS``), asks for what is missing
    (``KOMPLETTERING``), reminds of it (``PÅMINNELSE``), says until when the decision waits (``VÄNTAR``), or
    what the decision would rest on (``KOMMUNICERING``, ``KOMMUNICERING_PÅMINNELSE``).
    Raises LetterError when something it must say is missing.
    """
    return _letter(kind, _Facts(month, context, words or texts(), questions=questions))


def _letter(kind: LetterKind, facts: _Facts) -> Letter:
    letter = facts.words.letters[kind]
    parts = [facts.words.parts[name] for name in letter.parts]
    return Letter(
        kind,
        facts.filled(letter.heading),
        tuple(facts.part(each) for each in parts if each.when is None or facts.holds(each.when)),
    )


class _Facts:
    """What the decision and its context say, in the words of the places of the texts."""

    def __init__(
        self,
        month: str,
        context: LetterContext,
        words: LetterTexts,
        decision: Decision | None = None,
        questions: Sequence[Reason] = (),
    ) -> None:
        self.words = words
        self._context, self._decision, self._questions = context, decision, questions
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
            raise LetterError("Det beviljade beloppet är inte det som beräkningen visar.")
        result = self._result
        self._holds = {
            "automatiskt": automatic,
            "av_handläggare": decision is not None and not automatic,
            "godkänt": decision is not None and decision.approved_by is not None,
            "utbetalning": bool(self._granted) and context.payment is not None,
            "avviker": self._differs,
            "enligt_beräkningen": result is not None and result < 0 and not self._differs,
            "motivering": bool(self._motivation),
            "ändrat": bool(self._changes),
            "nedsatt": any(True for _ in self._reduced()),
            "beräkning": bool(self._lines),
            "överskott": result is not None and result >= 0,
            "aktivitet": bool(context.activity),
            "bevis": bool(context.proof),
        }
        self._values = self._all_values(month)

    @property
    def _motivation(self) -> str:
        """The deciding person's own words, printed as they are."""
        return ((self._decision.reason if self._decision is not None else None) or "").strip()

    def _all_values(self, month: str) -> dict[str, str | None]:
        context, result, decision = self._context, self._result, self._decision
        decided = swedish_day(decision.decided_at) if decision is not None else None
        by_hand = decision is not None and not decision.automatic
        return {
            "belopp": kronor(self._granted) if self._granted else None,
            "månad": month_in_words(month),
            "överskott": kronor(result) if result is not None and result >= 0 else None,
            "underskott": kronor(-result) if result is not None and result < 0 else None,
            "utbetalningsdag": _day(context.payment),
            "beslutsdag": _day(decided),
            "svara_senast": _day(context.complete_by),
            "väntar_till": _day(context.complete_by),
            "månaden_före": Month.parse(month).plus(-1).in_words,
            "mottagen": _day(context.received),
            "kommun": context.sender.municipality,
            "nämnd": context.sender.board,
            "domstol": context.sender.court,
            "adress": context.sender.address,
            "kontakt": context.sender.contact,
            "ärende": context.reference,
            "handläggare": (decision.signed or decision.decided_by)
            if decision is not None and by_hand
            else None,
            "andra_handläggare": (decision.second or decision.approved_by) if decision is not None else None,
        }

    def holds(self, when: str) -> bool:
        """Whether a condition of the texts holds."""
        return self._holds[when]

    def filled(self, text: str) -> str:
        """A text with its places filled. Every amount in it is one of the decision's."""
        found = PLACEHOLDER.sub(lambda match: self._value(match[1]), " ".join(text.split(" ")))
        for amount in _AMOUNT.findall(found):
            if amount not in self._amounts():
                raise LetterError(f"Brevet skulle säga {amount}, som inte står i beslutet.")
        return found

    def _value(self, name: str) -> str:
        value = self._values[name]
        if not value:
            raise LetterError(f"Brevet behöver uppgiften ”{name}”, som saknas.")
        return value

    def _amounts(self) -> set[str]:
        totals = [each for _, each in self._calculation or () if isinstance(each, int)]
        lines = [each for line in self._lines for each in (line.amount, line.applied) if each is not None]
        before = [change.was for change in self._changes if change.was is not None]
        return {kronor(abs(each)) for each in [*totals, *lines, *before, self._granted or 0]}

    def part(self, text: PartText) -> Part:
        """A part with its words filled and its list from the decision."""
        items: tuple[str, ...] = ()
        table: tuple[Row, ...] = ()
        verbatim = qr = ""
        match text.items:
            case "beräkning":
                table = tuple(self._rows())
            case "nedsatt":
                items = tuple(_cited(line.text, line.provision) for line in self._reduced())
            case "ändrat":
                items = tuple(self._changed(change) for change in self._changes)
            case "saknas":
                if not self._questions:
                    raise LetterError("Brevet frågar efter uppgifter, och inga saknas.")
                items = tuple(_question(reason) for reason in self._questions)
            case "aktivitet":
                items = self._context.activity
            case "motivering":
                items = tuple(part for part in self._motivation.splitlines() if part.strip())
            case "bevis":
                verbatim, qr = self._context.proof, proof.qr_svg(self._context.proof)
            case _:
                pass
        paragraphs = tuple(self.filled(paragraph) for paragraph in text.paragraphs)
        return Part(self.filled(text.heading), paragraphs, items, table, verbatim, qr, text.provisions)

    def _reduced(self) -> Iterator[Line]:
        """The lines that give less than was applied for."""
        for line in self._lines:
            if line.applied is not None and line.amount < line.applied:
                yield line

    def _changed(self, change: LineChange) -> str:
        """A line that a person has changed or added, and why."""
        before = f" {self.words.rows['i_stället_för']} {kronor(change.was)}" if change.was is not None else ""
        said = f"{change.text.partition(',')[0]}: {kronor(change.amount)}{before}"
        return f"{_cited(said, change.provision)}. {change.reason}"

    def _rows(self) -> Iterator[Row]:
        heading = None
        for line in self._lines:
            if line.part != heading:
                heading = line.part
                yield Row(self.words.rows[heading.value], None)
            yield Row(line.text, line.amount, line.provision)
        if self._result is not None:
            yield Row(self.words.rows["underskott" if self._result < 0 else "överskott"], abs(self._result))
        if self._granted is not None and self._differs:
            yield Row(self.words.rows["beviljat"], self._granted)


def _question(reason: Reason) -> str:
    about, question = reason.label, reason.question
    return f"{about}: {question}" if about and about not in question else question


def _cited(text: str, provision: str) -> str:
    return f"{text} ({provision})" if provision else text


def _table(rows: tuple[Row, ...]) -> str:
    """The calculation with numbers that point to the provisions under it."""
    numbers: dict[str, int] = {}
    shown = []
    for row in rows:
        mark = ""
        if row.provision:
            mark = f" [{numbers.setdefault(row.provision, len(numbers) + 1)}]"
        shown.append((f"  {row.text}{mark}" if row.provision else row.text, row.amount))
    notes = [_wrapped(f"[{number}] {provision}", rest="    ") for provision, number in numbers.items()]
    return "\n".join([amount_table(shown), "", *notes])


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Lines of the letter's width, with a provision's chapter and section kept on one line."""
    kept = re.sub(r"(?<=\d) (?=§|kap\.)|(?<=kap\.) ", "\u00a0", text)
    return textwrap.fill(
        kept,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _day(day: date | None) -> str | None:
    return day_in_words(day) if day is not None else None


def month_in_words(month: str) -> str:
    """``november 2026``. Raises LetterError for what is no month."""
    try:
        return Month.parse(month).in_words
    except ValueError as error:
        raise LetterError("Det framgår inte vilken månad brevet gäller.") from error
