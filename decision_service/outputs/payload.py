"""What goes out as JSON, field by field: a letter, a payment, a notice. The receiver has the same names.

The types say what stands in a document that was written here and is read again here; nothing is validated.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict, final


class AddresseeJson(TypedDict):
    """Who a letter is for."""

    person: str
    name: str
    personal_number: str | None
    address: list[str]
    digital_mailbox: bool | None
    protected: bool


class LetterRowJson(TypedDict):
    """A row of the calculation, the amount in öre."""

    text: str
    amount: int | None
    provision: str


class PartJson(TypedDict):
    """A part of a letter. Letters that were kept before there were frames say nothing of one."""

    heading: str
    paragraphs: list[str]
    items: list[str]
    table: list[LetterRowJson]
    verbatim: str
    qr: str
    provisions: list[str]
    framed: NotRequired[bool]


class ExplainedJson(TypedDict):
    """A letter in short, in another language."""

    language: str
    name: str
    direction: str
    applies: str
    paragraphs: list[str]


class LetterJson(TypedDict):
    """A letter as a structure. Letters that were kept before there were any explanations have none."""

    schema: Literal["brev/1"]
    kind: str
    sender: str
    to: AddresseeJson
    date: str
    reference: str
    title: str
    parts: list[PartJson]
    explained: NotRequired[list[ExplainedJson]]


class KeptLetterJson(TypedDict):
    """A letter as it is kept: whom it is to (None in those kept when one letter was for all), and the same as
    text."""

    to: AddresseeJson | None
    letter: LetterJson
    text: str


class StepJson(TypedDict):
    """What a letter of a step after a decision says. Amounts in öre; the days are those of an appeal. Of a
    claim ``before`` is what it was before, ``paid`` what has been paid on it, ``pay_back`` how much of that
    is paid back."""

    signed: str
    reason: str
    amount: int | None
    received: NotRequired[str]
    told: NotRequired[str]
    due: NotRequired[str]
    before: NotRequired[int]
    paid: NotRequired[int]
    pay_back: NotRequired[int]
    second: NotRequired[str | None]


class Telling(TypedDict, total=False):
    """What a letter has to say that is to be written: the decision by its id, or what is asked, by when, or
    the step."""

    decision: str
    asked: list[object]
    due: str
    step: StepJson


@final
class TellingTo(Telling):
    """The same and whom it is to, by the id in the case: a letter before it is written."""

    to: str


@final
class LetterPayload(Telling):
    """A letter that is written."""

    to: AddresseeJson | None
    letter: LetterJson
    text: str


class AccountJson(TypedDict):
    """A Swedish bank account."""

    clearing: str
    number: str


class PayeeJson(TypedDict):
    """Who is paid."""

    name: str
    personal_number: str | None
    protected: bool


class _ToPay(TypedDict):
    id: str
    municipality: str
    amount: int
    currency: Literal["SEK"]
    date: str
    reference: str


@final
class PaymentJson(_ToPay):
    """An order to pay, the amount in öre."""

    schema: Literal["utbetalning/1"]
    payee: PayeeJson
    account: AccountJson | None


@final
class UnpayableJson(_ToPay):
    """One that no bank can take, and why: a person at the municipality must see to it."""

    payee: None
    account: None
    problem: str


PaymentPayload = PaymentJson | UnpayableJson


@final
class EscalationPayload(TypedDict):
    """A case that is about to take longer than was promised, or has."""

    level: int
    due: str


@final
class ClaimPayload(TypedDict):
    """What is to be paid back, in öre."""

    amount: int
    reason: str
    case: str


@final
class LoweredClaimPayload(TypedDict):
    """That less is to be paid back, in öre: what is left of the claim whose key is ``claim``, and how much of
    what has been paid on it is to be paid back."""

    claim: str
    amount: int
    pay_back: int
    reason: str
    case: str


class AppealJson(TypedDict):
    """An appeal as it came."""

    received: str
    told: str
    due: str
    text: str
    decision: str


@final
class AppealPayload(TypedDict):
    """An appeal with all that the court needs: every decision and letter, and the application."""

    case: str
    court: str
    appeal: AppealJson
    decisions: list[object]
    letters: list[KeptLetterJson]
    application: object


@final
class CaseNotice(TypedDict):
    """That something has happened with an application."""

    event: str
    application: str
    case_number: str
    municipality: str
    state: str
    time: str


@final
class ParticipantNotice(TypedDict):
    """That something has happened with a participant."""

    event: str
    participant: str
    municipality: str
    version: int
    time: str


Payload = (
    LetterPayload
    | PaymentJson
    | UnpayableJson
    | EscalationPayload
    | ClaimPayload
    | LoweredClaimPayload
    | AppealPayload
    | CaseNotice
    | ParticipantNotice
)
