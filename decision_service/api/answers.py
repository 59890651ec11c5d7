"""What the API answers with: the form of every JSON answer, for whoever writes a client.

Assessments and decisions are the documents of ``decision.document`` themselves.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from decision_service.application.case_file import Activity as CaseActivity
from decision_service.application.case_file import MonthDecided
from decision_service.application.document_kind import DocumentKind
from decision_service.application.form_questions import Way
from decision_service.application.outcome import Decided, Outcome
from decision_service.casework.overview import (
    AskedAndAnswered,
    LastMonth,
    Note,
    OtherApplication,
    Proposal,
    RegisterPayment,
    RegisterState,
    TaskQuestion,
)
from decision_service.decision.document import (
    Calculation,
    Decision,
    LineChange,
    Ore,
    Reason,
    Unconfirmed,
    Who,
)
from decision_service.decision.takes import Takes
from decision_service.store.tables import State
from rules.explanation import ExplainedRule, WhyNot

Item = TypeVar("Item")
Status = dict[int | str, dict[str, Any]]


def answers(model: type[BaseModel], status: int = 200, description: str = "") -> Status:
    """``responses`` of a route that answers with a model."""
    return {status: {"model": model, "description": description or "Svaret"}}


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AnswerInForm(_Answer):
    """Platsen i ansökan där ett svar hör hemma."""

    pointer: str = Field(description="JSON-pekare i den kanoniska ansökan med application och people")
    form_fields: list[str] = Field(description="Fälten i formuläret som skickades, med dess egna namn")
    way: Way = Field(description="Hur svaret skrivs: ett värde, ett kryss, text, en månad, fält eller rader")
    fields: list[str] = Field(description="Fälten som ett svar, eller en rad i det, får ha")
    sentence: str


class AskedFor(_Answer):
    """En sak som sökanden ska komplettera med eller får yttra sig över."""

    id: str = Field(description="Frågans id: svara med det")
    code: str
    question: str
    label: str
    subject: str | None = Field(description="Vem eller vad frågan gäller, id i ärendet")
    fact: str | None = Field(description="Uppgiften som saknas, med vokabulärens ord")
    provision: str
    takes: Takes | None = Field(description="Värdet som svaret är, när frågan gäller ett enda värde")
    answer: AnswerInForm | None = Field(description="Var i ansökan svaret hör hemma, och hur det skrivs där")
    answered: bool = Field(description="Om frågan har fått ett svar som väntar på de andra")


class CompletionAsked(_Answer):
    """Vad sökanden är ombedd om, eller får yttra sig över, och till när."""

    number: int
    answer_by: datetime
    asked: list[AskedFor]


class BriefDecision(_Answer):
    """Ett beslut på en rad."""

    id: str
    outcome: Decided
    granted: Ore
    automatic: bool
    decided_at: datetime


class Application(_Answer):
    """Hur en ansökan står."""

    id: str
    case_number: str = Field(description="Ärendets nummer, det som står i breven och på betalningen")
    municipality: str
    month: str
    state: State
    version: int
    received_at: datetime
    answer_by: datetime | None = Field(description="Senast då nästa steg kommer från kommunen")
    clock: Literal["går", "står"] = Field(
        description="Om klockan går, eller står medan sökanden svarar eller registren inte känner månaden än"
    )
    waits_until: date | None = Field(
        description="Dagen som beslutet väntar till, då registren känner månaden; svar kommer inom 24 timmar"
    )
    completion: CompletionAsked | None
    communication: CompletionAsked | None = Field(
        description="Vad myndigheterna har uppgett, som sökanden får yttra sig över före beslutet"
    )
    decision: BriefDecision | None


class Overdue(Application):
    """En ansökan som inte är besvarad i tid."""

    breached_at: datetime | None


class Page(_Answer, Generic[Item]):
    """En sida av en lista."""

    items: list[Item]
    next: str | None = Field(description="Adressen till nästa sida, null på den sista")


class Items(_Answer, Generic[Item]):
    """En hel lista."""

    items: list[Item]


class BriefAssessment(_Answer):
    """En prövning på en rad."""

    number: int = Field(description="Prövningens nummer i ärendet, från 1")
    made_at: datetime
    outcome: Outcome
    automatic: bool = Field(description="Om maskinen fick besluta själv")
    release: str = Field(description="Regelversionen")


class Document(_Answer):
    """Ett dokument som sökanden har skickat."""

    id: str
    name: str
    kind: DocumentKind = Field(description="Slaget, som innehållet visar")
    size: int = Field(description="Byte")
    sha256: str
    question: str | None = Field(description="Frågan som dokumentet besvarar")
    received_at: datetime


class LetterPart(_Answer):
    """Ett stycke av ett brev."""

    heading: str
    paragraphs: list[str]
    items: list[str]
    table: list[dict[str, Any]]
    verbatim: str
    qr: str
    provisions: list[str]
    framed: bool = Field(default=False, description="Avsnittet står i en ruta")


class Addressee(_Answer):
    """Vem ett brev är till."""

    person: str = Field(description="Personens id i ärendet")
    name: str
    personal_number: str | None
    address: list[str] = Field(description="Adressens rader. Tom när den inte är känd eller är skyddad")
    digital_mailbox: bool | None = Field(
        description="Om brev når personen digitalt; null när det inte är känt"
    )
    protected: bool = Field(description="Skyddade personuppgifter: adressen får inte användas")


class Letter(_Answer):
    """Beslutsbrevet som struktur."""

    schema_: Literal["brev/1"] = Field(alias="schema")
    kind: str
    sender: str
    to: Addressee
    date: date
    reference: str = Field(description="Ärendets nummer")
    title: str
    parts: list[LetterPart]


class Explanation(_Answer):
    """Reglerna bakom en prövning. ``outcome`` är vad maskinen kom till."""

    release: str
    outcome: str
    rules: list[ExplainedRule]


class WhyNotExplanation(_Answer):
    """Varför en regel inte gällde, för var och en den prövades för."""

    release: str
    outcome: str
    rules: list[WhyNot]


class Change(_Answer):
    """En omständighet som, om den vore en annan, hade gett ett annat utfall, prövat på hela ärendet."""

    subject: str
    label: str
    fact: str
    description: str
    was: str = Field(alias="is")
    would_be: str
    outcome: Outcome = Field(
        description="Vad som hade hänt: ett beslut, eller HANDLAGGARE när en människa hade frågats"
    )
    automatic: bool = Field(description="Om maskinen hade beslutat")
    proposed_outcome: Outcome | None = Field(description="Vad reglerna hade föreslagit, vem som än beslutar")
    granted: Ore | None = Field(description="Vad som hade beviljats eller föreslagits, hela ören")
    questions: list[str] = Field(description="Vad en människa eller sökanden hade frågats")


class Changes(_Answer):
    """De minsta ändringarna, en omständighet i taget."""

    release: str
    outcome: str
    changes: list[Change]


class TrailEntry(_Answer):
    """En post i kommunens logg, med personuppgifterna ur valvet."""

    seq: int
    entry: dict[str, Any]
    personal: dict[str, Any]


class Task(_Answer):
    """En uppgift i kön. Säger inget om varför: det kan vara att personen är skyddad."""

    application: str
    case_number: str
    municipality: str
    month: str
    version: int
    opened_at: datetime
    answer_by: datetime
    escalation: int = Field(description="0 i tid, 1 tiden går snart ut, 2 hos chefen")
    breached: bool
    claimed_by: str | None
    awaits_approval: bool
    question_count: int
    proposed_outcome: Decided | None = Field(description="Vad prövningen föreslår")
    household: str = Field(description="ENSAM, ENSAM_BARN, PAR eller PAR_BARN")


class Awaiting(_Answer):
    """Ett beslut som väntar på en kollega."""

    outcome: Decided
    granted: Ore
    changes: tuple[LineChange, ...] = Field(description="Raderna som kollegan har ändrat")
    reason: str


class WholeTask(Task):
    """Allt som behövs för att avgöra en uppgift."""

    protected: bool = Field(description="Skyddade personuppgifter: hantera varsamt")
    assessment: int | None = Field(description="Den senaste prövningens nummer, som ett beslut tar upp")
    questions: tuple[TaskQuestion, ...]
    proposal: Proposal | None
    calculation: Calculation | None
    unconfirmed: tuple[Unconfirmed, ...] = Field(description="Vad som ingen har bekräftat")
    unread: tuple[str, ...] = Field(description="Vad i ärendet som inte gick att tolka")
    awaiting: Awaiting | None
    last_month: LastMonth | None
    registers: tuple[RegisterState, ...]
    payments: tuple[RegisterPayment, ...] = Field(description="Registrens utbetalningar, de senaste först")
    history: tuple[MonthDecided, ...] = Field(description="Tidigare månader, belopp i kronor")
    activity: tuple[CaseActivity, ...] = Field(description="Planering och närvaro")
    completions: tuple[AskedAndAnswered, ...]
    notes: tuple[Note, ...]
    others: tuple[OtherApplication, ...]
    content: dict[str, Any] = Field(description="Ansökan i kanonisk form")


class GivenAnswer(_Answer):
    """Ett svar på en fråga."""

    id: str
    question: str = Field(description="Frågans id")
    asked: str = Field(description="Frågan som den ställdes")
    code: str
    label: str
    fact: str | None = Field(description="Uppgiften som svaret ger, med vokabulärens ord")
    value: Any = Field(description="Som den som svarade skrev det; belopp i kronor")
    by: str
    role: Who
    at: datetime
    reason: str
    until: date | None = Field(description="Sista dagen som en senare månad får börja")
    withdrawn_at: datetime | None = Field(description="När svaret togs tillbaka eller ersattes")


class LookedAt(_Answer):
    """Vad en prövning kom till, och vad den frågar."""

    outcome: Outcome
    proposed_outcome: Outcome | None
    calculation: Calculation
    questions: tuple[Reason, ...]


class TriedOut(_Answer):
    """Prövningen som den är, och som den skulle bli med svaren."""

    before: LookedAt | None
    after: LookedAt


class Claim(_Answer):
    """Det som ett ändrat beslut har betalat för mycket, och vad en handläggare har avgjort om det."""

    number: int
    amount: Ore
    opened_at: datetime
    state: Literal["open", "claimed", "waived"]
    decided_at: datetime | None
    signed: str | None
    reason: str | None


class Appeal(_Answer):
    """Ett överklagande: när det kom, när det senast skulle ha kommit, och vad som har gjorts med det."""

    number: int
    decision: str
    received: date
    told: date
    due: date
    in_time: bool
    text: str
    state: Literal["received", "forwarded", "dismissed"]
    reason: str | None


class LaterMonth(_Answer):
    """En senare månad som kan vila på beslutet."""

    application: str
    month: str
    outcome: Decided
    granted: Ore


class AfterDecision(_Answer):
    """Besluten i ärendet, det första först: det sista gäller."""

    decisions: list[Decision]
    claims: list[Claim]
    appeals: list[Appeal]
    later: list[LaterMonth]


class Activity(_Answer):
    """En persons planering och närvaro."""

    plan: dict[str, Any]
    sessions: list[dict[str, Any]]
    changed_at: datetime


class OwnData(_Answer):
    """Allt som finns om en person, till personen. ``withheld`` säger vad som är utelämnat, ``to_read`` vad
    någon ska läsa igenom före utlämnandet."""

    schema_: str = Field(alias="schema")
    municipality: str
    personal_number: str
    made_at: datetime
    withheld: list[str]
    to_read: str
    applications: list[dict[str, Any]]
    plan: list[dict[str, Any]]
    history: list[dict[str, Any]]
    log: list[dict[str, Any]]


class MonthsTaken(_Answer):
    """Hur många månader som togs med."""

    months: int


class PayDay(_Answer):
    """Månadens utbetalningsdag."""

    month: str
    pay_day: date


class Webhook(_Answer):
    """En mottagare av händelser."""

    id: str
    url: str
    created_at: datetime


class NewWebhook(Webhook):
    """En ny mottagare, med hemligheten som bara visas nu."""

    secret: str


class Undelivered(_Answer):
    """Ett meddelande som inte försöks igen av sig självt."""

    key: str
    kind: str
    application: str | None
    created_at: datetime
    attempts: int
    error: str | None


class MessageKey(_Answer):
    """Nyckeln till ett meddelande."""

    key: str


class Health(_Answer):
    """Att processen lever."""

    status: Literal["ok"]


class ReadyCheck(_Answer):
    """En kontroll. ``why`` står där om den inte går igenom."""

    name: str
    ok: bool
    why: str = ""


class Readiness(_Answer):
    """Om tjänsten kan ta emot och besluta."""

    ready: bool
    checks: list[ReadyCheck]


class ProblemExplained(_Answer):
    """Vad en feltyp betyder."""

    type: str
    status: int
    title: str
    detail: str


class Valid(_Answer):
    """Månaderna som något gäller, den sista null när inget slut är känt."""

    first: str = Field(alias="from")
    last: str | None = Field(alias="to")


class RuleInList(_Answer):
    """En regel i listan."""

    id: str
    title: str
    stage: str
    municipality: str | None
    valid: Valid
    status: str
    confirmed: bool
    provisions: list[str]
    file: str
    line: int


class RuleList(_Answer):
    """Kommunens regler under en regelversion."""

    release: str
    items: list[RuleInList]


class RuleVersion(RuleInList):
    """En lydelse av en regel."""

    law: list[dict[str, Any]]
    subject: str | None
    condition: str
    reads: list[dict[str, str]]
    lines: list[dict[str, str]]
    concludes: list[dict[str, str]]
    requires: list[str]
    questions: list[dict[str, Any]]
    exception_from: list[str]
    exceptions: list[str]
    texts: dict[str, str]
    note: str | None
    source: str = Field(description="Regeln som den står i filen")


class RuleVersions(_Answer):
    """En regel i alla sina lydelser."""

    release: str
    id: str
    versions: list[RuleVersion]


class Norms(_Answer):
    """En månads belopp."""

    release: str
    month: str
    municipality: str | None
    municipality_name: str | None
    fictitious: bool
    series: list[dict[str, Any]]


class ReleaseInList(_Answer):
    """En regelversion i listan."""

    id: str
    published: datetime
    files: int


class ReleaseFile(_Answer):
    """En fil i en regelversion."""

    name: str
    sha256: str


class LogToCheck(_Answer):
    """What an outsider checks the municipality's log with."""

    keys: list[str] = Field(description="Publika nycklar i C2SP-form; den som gäller står sist")
    checkpoint: str | None = Field(description="Den senaste underskrivna checkpointen (C2SP)")


class Release(_Answer):
    """En regelversion fil för fil."""

    id: str
    published: datetime
    files: list[ReleaseFile]
