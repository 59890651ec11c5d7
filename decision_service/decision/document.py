"""The two documents: an assessment (``provning/2``) and a decision (``beslut/1``), and the parts they share.

An assessment is one look of the machine at a case. A decision is what was decided, by the machine or by a
person, and says which assessment it rests on. Every amount in both is whole öre, which ``money`` says once.
The descriptions are Swedish: they are published with the API.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, TypeAdapter, model_validator

from decision_service.application.case_file import PaidOut
from decision_service.application.outcome import Decided, Outcome
from decision_service.decision.takes import Takes
from decision_service.decision.texts import with_applied
from rules.rule import Section

Ore = Annotated[StrictInt, Field(description="Hela ören")]
Month = Annotated[str, Field(description="Månaden som ansökan gäller, till exempel 2026-11")]
MunicipalityCode = Annotated[str, Field(description="Kommunens kod, fyra siffror")]
Money = Annotated[Literal["öre"], Field(description="Enheten för varje belopp i dokumentet")]


_STRICT = ConfigDict(extra="forbid")
"""Of the parts that an assessment has hundreds of. They are checked when read back, and are plain
dataclasses: frozen ones with slots take four times as long. Their members stand in order."""


class DocumentPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True, populate_by_name=True)


class ReasonKind(StrEnum):
    """Vem som får frågan: handläggaren eller sökanden, som kompletterar eller får yttra sig före beslutet."""

    HANDLAGGARE = "handlaggare"
    COMPLETION = "completion"
    COMMUNICATION = "communication"


class Who(StrEnum):
    """Vem som får svara på en fråga."""

    APPLICANT = "sökande"
    HANDLAGGARE = "handläggare"
    ACTIVITY_SECRETARY = "arbetsmarknadssekreterare"


Seen = StrictBool | StrictInt | str | None
"""A value in smallest parts, null where it is not known."""


class Reason(DocumentPart):
    """Varför en handläggare ska besluta, eller vad sökanden ska komplettera med eller yttra sig över.

    The same question about the same thing has the same ``id`` in every assessment of a case. A question that
    comes neither from a rule nor from a fact is known by its words.
    """

    id: str = Field(default="", description="Frågans id, samma så länge samma sak frågas i ärendet")
    kind: ReasonKind
    code: str = Field(description="Skälets kod, till exempel UPPGIFT_SAKNAS")
    question: str
    subject: str | None = Field(default=None, description="Vem eller vad frågan gäller, id i ärendet")
    label: str = Field(default="", description="Vad människor kallar den eller det frågan gäller")
    named: StrictBool = Field(default=False, description="Om frågan själv säger vem eller vad den gäller")
    rule: str | None = Field(default=None, description="Regeln som frågar")
    provision: str = Field(default="", description="Regelns lagrum")
    fact: str | None = Field(default=None, description="Uppgiften som saknas, med vokabulärens ord")
    at_once: StrictBool = Field(
        default=False, description="Inget får frågas sökanden innan en handläggare har sett det"
    )
    takes: Takes | None = Field(
        default=None, description="Vad frågan tar emot som svar; null: bara ett beslut besvarar den"
    )
    who: tuple[Who, ...] = Field(default=(), description="Vem som får svara")
    sets: str | None = Field(default=None, description="Uppgiften som svaret ger, med vokabulärens ord")
    rests_on: Mapping[str, Seen | tuple[Seen, ...]] = Field(
        default_factory=dict,
        description="Uppgifterna som frågan vilar på; ett svar står så länge de är desamma",
    )

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_program(cls, given: Any) -> Any:
        """A question that was written down before it said whether it names what it is about."""
        if not isinstance(given, dict) or "named" in given:
            return given
        label = str(given.get("label") or "")
        says = rf"\b{re.escape(label)}\b"
        return {**given, "named": bool(label and re.search(says, str(given.get("question"))))}

    @model_validator(mode="before")
    @classmethod
    def _known_by_its_id(cls, given: Any) -> Any:
        if not isinstance(given, dict) or given.get("id"):
            return given
        names = ("kind", "code", "rule", "subject", "fact")
        known = [str(given.get(name) or "") for name in names]
        if not given.get("rule") and not given.get("fact"):
            known.append(str(given.get("question")))
        return {**given, "id": hashlib.sha256("\n".join(known).encode()).hexdigest()[:10]}

    @property
    def order(self) -> tuple[str, ...]:
        """By what reasons are sorted, so that the same case always gives the same document."""
        subject, rule, fact = self.subject or "", self.rule or "", self.fact or ""
        return self.kind, self.code, self.question, subject, self.label, rule, self.provision, fact


LineKind = Literal["norm", "cost", "other_cost", "income"]


class Limit(DocumentPart):
    """Kommunens gräns för en kostnad, och var den är bestämd."""

    amount: Ore
    source: str


WHAT = "Vad raden är för, utan belopp; tom i ett dokument från innan det sades, där texten säger det"


class CalculatedLine(DocumentPart):
    """En rad i beräkningen."""

    kind: LineKind
    part: Section = Field(description="Delen av beräkningen som raden står i")
    rule: str = Field(description="Regeln som gav raden; tom för en rad som en handläggare har lagt till")
    provision: str = Field(description="Regelns lagrum")
    subject: str | None = Field(description="Vem raden gäller, id i ärendet, eller vad: costs[0], incomes[1]")
    label: str = Field(description="Vad människor kallar den eller det raden gäller")
    what: str = Field(default="", description=WHAT)
    applied: Ore | None = Field(description="Vad sökanden har begärt, hela ören")
    amount: Ore
    text: str
    limits: tuple[Limit, ...] = Field(
        default=(), description="Kommunens gränser som raden är sänkt till, med källa"
    )

    @property
    def named(self) -> str:
        """What the line is for; the whole text in a document of before that was said."""
        return self.what or self.text

    @property
    def in_row(self) -> str:
        """The line where its amount stands beside it."""
        return with_applied(self.what, self.applied, self.amount) if self.what else self.text


class Calculation(DocumentPart):
    """Beräkningen i hela ören. ``result`` under noll är underskott. Vad som inte går att räkna är null."""

    norm: Ore | None
    costs: Ore | None
    other_costs: Ore | None
    income: Ore | None
    result: Ore | None = Field(description="Inkomster minus norm och kostnader; under noll är underskott")
    granted: Ore | None = Field(description="Vad som beviljas eller föreslås beviljas")
    lines: tuple[CalculatedLine, ...]

    @property
    def by_the_lines(self) -> int | None:
        """What the calculation leads to: the deficit in öre, zero for a surplus; None where it is open."""
        return None if self.result is None else max(0, -self.result)


class LineChange(DocumentPart):
    """En rad som en handläggare har ändrat eller lagt till i beräkningen, och varför."""

    line: StrictInt | None = Field(
        description="Radens nummer i prövningens beräkning, från 1; null är en ny rad"
    )
    kind: LineKind
    part: Section = Field(description="Delen av beräkningen som raden står i")
    provision: str = Field(description="Radens lagrum")
    subject: str | None = Field(description="Raden i ansökan, till exempel costs[0], där den gäller en")
    label: str
    what: str = Field(default="", description=WHAT)
    text: str = Field(description="Raden som den står i beslutet")
    applied: Ore | None = Field(description="Vad sökanden har begärt, hela ören")
    was: Ore | None = Field(description="Prövningens belopp, hela ören; null är en ny rad")
    amount: Ore
    reason: str = Field(description="Handläggarens skäl för raden")

    @property
    def named(self) -> str:
        """What the line is for; the whole text in a document of before that was said."""
        return self.what or self.text


class SeenIncome(DocumentPart):
    """En inkomst som prövningen såg, vare sig den räknades eller inte."""

    id: str = Field(description="Raden i ansökan, incomes[0], eller utbetalningen ur registren, payments[0]")
    declared: StrictBool = Field(description="Om ansökan uppger den; annars kommer den ur ett register")
    owner: str | None = Field(description="Vems inkomsten är, id i ärendet")
    amount: Ore | None
    months_before: StrictInt | None = Field(description="Månader från inkomsten till månaden som prövas")
    benefit: str | None = Field(default=None, description="Förmånen, för en utbetalning ur ett register")
    paid: date | None = Field(default=None, description="Utbetalningsdagen, enligt registret")

    @property
    def payment(self) -> PaidOut:
        """The payment of a register that the income is. Raises ValueError for what is none."""
        if None in (self.owner, self.benefit, self.paid, self.amount):
            raise ValueError(f"{self.id} is no payment of a register")
        return PaidOut.model_construct(
            person=self.owner, benefit=self.benefit, paid=self.paid, amount=self.amount
        )


@dataclass
class Fact:
    """En uppgift som en regel läste, och varifrån den kom."""

    __pydantic_config__ = _STRICT

    origin: Annotated[str, Field(description="Varifrån uppgiften kommer, i ord")]
    value: Annotated[
        bool | int | str | None,
        Field(description="Värdet i minsta delar (ören, dagar, antal). Null: inte känt"),
    ]


@dataclass
class FactsOf:
    """Uppgifterna om hushållet, en person eller en sak som reglerna läser."""

    __pydantic_config__ = _STRICT

    subject: Annotated[str | None, Field(description="Vem eller vad uppgifterna gäller; null är hushållet")]
    values: Annotated[Mapping[str, Fact], Field(description="Uppgifterna, med vokabulärens ord")]


State: TypeAlias = Literal["fired", "not_fired", "defeated", "undecided"]


@dataclass
class RuleRecord:
    """En regel för en person eller sak: vad som blev av den, och vilka uppgifter den läste."""

    __pydantic_config__ = _STRICT

    id: str
    provision: str
    reads: Annotated[
        tuple[str, ...],
        Field(description="Uppgifterna som regeln läser om sin person eller sak och om hushållet"),
    ]
    state: State
    subject: Annotated[str | None, Field(description="Vem eller vad regeln prövades för; null är hushållet")]


class EnginesReport(DocumentPart):
    """Om de två regelmotorerna kom fram till samma sak, och hur många regler som gällde."""

    agree: StrictBool
    fired: StrictInt
    differences: tuple[str, ...]


class Unconfirmed(DocumentPart):
    """Ett belopp, en inställning eller en regel som beräkningen vilar på och som ingen har bekräftat."""

    kind: Literal["amount", "setting", "rule"]
    name: str
    label: str
    status: str
    source: str | None = Field(default=None, description="Källan, för belopp och inställningar")
    amount: StrictInt | None = Field(default=None, description="Beloppet i enheten ``unit``")
    unit: str | None = Field(
        default=None, description="kr (talet är ören), procent (hundradelar) eller annan"
    )


class AdultsCause(DocumentPart):
    """Varför en vuxen inte försörjer sig själv (försörjningshinder): för statistiken, avgör inget."""

    person: str = Field(description="Den vuxna, id i ärendet")
    label: str
    cause: str | None = Field(
        description="Orsaken med vokabulärens ord; null när reglerna inte kan föreslå någon"
    )
    said: StrictBool = Field(description="Om en handläggare har sagt den; annars är den reglernas förslag")


SCHEMA: Literal["provning/2"] = "provning/2"
"""What an assessment says that it is."""
ASKED = "ärende.registren_tillfrågade"
"""The fact that says when the registers were asked."""


class DecisionBasis(BaseModel):
    """What a decision takes over of the assessment that it rests on. The rest of it is most of it, and is not
    read for that."""

    model_config = ConfigDict(frozen=True)

    release: str
    calculation: Calculation
    causes: tuple[AdultsCause, ...] = ()
    receipt: str = ""


Tried: TypeAlias = tuple[str, str, State]
"""A rule and what became of it, whomever it was tried for: its id, its provision and its state."""


class Findings(DecisionBasis):
    """What is acted on of an assessment when it has been made. The facts, and which rule read them, are most
    of it, and are not read for that: of the rules ``tried`` tells what became of each, and of the facts
    ``asked`` the day that the registers were asked."""

    outcome: Outcome
    proposed_outcome: Outcome | None
    automatic: StrictBool
    waits_until: date | None
    answer_days: StrictInt | None
    incomes: tuple[SeenIncome, ...]
    reasons: tuple[Reason, ...]
    engines: EnginesReport
    tried: tuple[Tried, ...]
    asked: date | None

    @property
    def proposal(self) -> tuple[Outcome, int] | None:
        """The outcome and the amount in öre that the machine proposes, where it does."""
        return _proposal(self.proposed_outcome, self.calculation)


def _proposal(proposed: Outcome | None, calculation: Calculation) -> tuple[Outcome, int] | None:
    if proposed is not None and proposed.refuses:
        return proposed, 0
    return None if proposed is None or calculation.granted is None else (proposed, calculation.granted)


class Assessment(DocumentPart):
    """En prövning: vad maskinen kom fram till, och allt det vilar på."""

    schema_: Literal["provning/2"] = Field(default=SCHEMA, alias="schema")
    money: Money = "öre"
    outcome: Outcome
    proposed_outcome: Outcome | None = Field(description="Vad reglerna föreslår, vem som än beslutar")
    automatic: StrictBool = Field(description="Om maskinen får besluta själv")
    month: Month
    municipality: MunicipalityCode
    release: str = Field(description="Regelversionen")
    waits_until: date | None = Field(
        default=None,
        description="Dagen som ett automatiskt beslut väntar till, tills registren känner månadens inkomster",
    )
    answer_days: StrictInt | None = Field(
        default=None,
        description="Dagar som sökanden får att yttra sig innan maskinen beslutar, där det behövs",
    )
    calculation: Calculation
    causes: tuple[AdultsCause, ...] = ()
    incomes: tuple[SeenIncome, ...]
    facts: tuple[FactsOf, ...]
    rules: tuple[RuleRecord, ...]
    reasons: tuple[Reason, ...]
    engines: EnginesReport
    unconfirmed: tuple[Unconfirmed, ...]
    unread: tuple[str, ...] = Field(description="Vad i ärendet som inte gick att tolka")
    input: str = Field(description="Kontrollsumma av ärendet som prövades (SHA-256)")
    receipt: str = Field(default="", description="Kontrollsumma av allt ovan (RFC 8785, SHA-256)")

    @property
    def asked(self) -> date | None:
        """The day that the registers were asked, None in an assessment that does not say it."""
        found = self.facts_about(None).get(ASKED)
        return date.fromordinal(found.value) if found is not None and isinstance(found.value, int) else None

    def facts_about(self, subject: str | None) -> dict[str, Fact]:
        """What the rules read of a subject, and of the household."""
        about = {each.subject: each.values for each in self.facts}
        return {**about.get(None, {}), **about.get(subject, {})}

    def read_by(self, rule: RuleRecord) -> dict[str, Fact]:
        """What a rule read of its subject and of the household, by path."""
        known = self.facts_about(rule.subject)
        return {path: known[path] for path in rule.reads}

    @property
    def proposal(self) -> tuple[Outcome, int] | None:
        """The outcome and the amount in öre that the machine proposes, where it does."""
        return _proposal(self.proposed_outcome, self.calculation)

    @property
    def findings(self) -> Findings:
        """What is acted on of it."""
        told = {name: getattr(self, name) for name in Findings.model_fields if name != "tried"}
        tried = dict.fromkeys((each.id, each.provision, each.state) for each in self.rules)
        return Findings.model_construct(**told, tried=tuple(tried))


class RestsOn(DocumentPart):
    """Prövningen som ett beslut vilar på."""

    number: StrictInt = Field(description="Prövningens nummer i ärendet, från 1")
    receipt: str = Field(description="Prövningens kontrollsumma")


class CorrectionKind(StrEnum):
    """Varför ett beslut ändras: rättelse, ändring av det egna beslutet, eller en domstols avgörande."""

    MISTAKE = "RÄTTELSE"
    CHANGE = "ÄNDRING"
    COURT = "DOM"


class HowTold(StrEnum):
    """Hur sökanden har fått veta vad beslutet vilar på, eller varför det inte behövs (FL 25 §)."""

    SHOWN = "HAR_FÅTT_SE"
    OBVIOUS = "UPPENBART_OBEHÖVLIGT"
    HARDER = "AVSEVÄRT_SVÅRARE"
    URGENT = "KAN_INTE_VÄNTA"


class Communication(DocumentPart):
    """Hur sökanden har fått veta vad beslutet vilar på, eller varför det inte behövs."""

    how: HowTold
    reason: str = Field(max_length=4000, description="När och hur, eller vad skälet är")


class Corrects(DocumentPart):
    """Beslutet som ett senare beslut tar platsen för."""

    decision: str = Field(description="Det ändrade beslutets id")
    decided_at: datetime
    kind: CorrectionKind
    court: str | None = Field(default=None, description="Domstolens mål och dag, för en dom")
    difference: Ore = Field(description="Vad som beviljas mer; under noll vad som betalats för mycket")
    already: Ore = Field(default=0, description="Vad sökanden redan har av det: så mycket mindre betalas ut")


class Decision(DocumentPart):
    """Beslutet i en ansökan: vem som beslutade, när, vad, varför, och prövningen det vilar på."""

    schema_: Literal["beslut/1"] = Field(default="beslut/1", alias="schema")
    money: Money = "öre"
    id: str
    application_id: str
    municipality: MunicipalityCode
    month: Month
    outcome: Decided
    granted: Ore
    automatic: StrictBool = Field(description="Om maskinen beslutade")
    decided_by: str = Field(description="lagrum, eller handläggarens id")
    approved_by: str | None = Field(default=None, description="Den andra handläggaren, där två beslutar")
    signed: str | None = Field(
        default=None, description="Namn och titel på den som beslutade; null för maskinen"
    )
    second: str | None = Field(default=None, description="Namn och titel på den andra handläggaren")
    decided_at: datetime
    reason: str | None = Field(default=None, description="Handläggarens skäl")
    release: str | None = Field(description="Regelversionen som prövningen gjordes med")
    assessment: RestsOn | None = Field(description="Null när maskinen aldrig hann pröva ansökan")
    causes: tuple[AdultsCause, ...] = Field(
        default=(), description="Varför var och en av de vuxna inte försörjer sig själv, för statistiken"
    )
    changes: tuple[LineChange, ...] = Field(
        default=(), description="Raderna som handläggaren har ändrat eller lagt till"
    )
    told: Communication | None = Field(
        default=None,
        description="Hur sökanden fått veta vad ett beslut mot ansökan vilar på, där någon sagt det",
    )
    corrects: Corrects | None = Field(default=None, description="Beslutet som det här ändrar")
    calculation: Calculation | None = Field(
        description="Prövningens beräkning med handläggarens ändringar, och det som beviljas"
    )


_REASONS = TypeAdapter(tuple[Reason, ...])


def reasons_from(text: str) -> tuple[Reason, ...]:
    """Reasons as ``reasons_text`` wrote them."""
    return _REASONS.validate_json(text)


def reasons_text(reasons: Iterable[Reason]) -> str:
    """Reasons as JSON."""
    return _REASONS.dump_json(tuple(reasons)).decode()


Member: TypeAlias = (
    "DocumentPart | date | bool | int | str | tuple[Member, ...] | Mapping[str, Member] | None"
)
"""What may stand in a document before it is written."""


def members_of(part: DocumentPart) -> dict[str, Member]:
    """The members of a part by their names in the document."""
    members = dict(vars(part))
    if "schema_" in members:
        members["schema"] = members.pop("schema_")
    return members
