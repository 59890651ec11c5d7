"""The shape of a rule file and of a municipality's settings, as YAML says it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from norms.fault import MisfitError, fault
from norms.status import Status
from rules.language.notion import NotionKind
from rules.language.vocabulary import Delegated, Stage
from rules.laws_file import LawEntry, MonthText
from rules.schema import FileModel, YesNo

REASON_CODE = r"^[A-ZÅÄÖ][A-ZÅÄÖ0-9_]*$"


class ValidityEntry(FileModel):
    """The first and the last benefit month that a rule applies to."""

    first: MonthText = Field(alias="från")
    last: MonthText | None = Field(default=None, alias="till")


class NormPart(StrEnum):
    """Which part of the norm a line belongs to."""

    PERSONAL = "personlig"
    COMMON = "gemensam"


class NormLineEntry(FileModel):
    """A line of the norm."""

    part: NormPart = Field(alias="del")
    amount: str = Field(alias="belopp")


class CostLineEntry(FileModel):
    """A cost: what was applied for and what is counted."""

    applied: str = Field(alias="ansökt")
    amount: str = Field(alias="belopp")


class IncomeLineEntry(FileModel):
    """An income that is counted; negative where a part of one is disregarded."""

    amount: str = Field(alias="belopp")


class QuestionEntry(FileModel):
    """A question to a person or to the applicant, or what the applicant is told and may answer, with the
    reason code it is filed under. Its answer is ``godta``, ``beslut``, a term, or a term and the only value
    that it may be given."""

    reason: str = Field(alias="skäl", pattern=REASON_CODE)
    question: dict[str, str] = Field(alias="fråga")
    answer: str | dict[str, str] | None = Field(default=None, alias="svar")
    at_once: YesNo = Field(default=False, alias="genast")


class EffectsEntry(FileModel):
    """What a rule does when it applies."""

    norm_line: NormLineEntry | None = Field(default=None, alias="normpost")
    cost_line: CostLineEntry | None = Field(default=None, alias="kostnadspost")
    other_cost_line: CostLineEntry | None = Field(default=None, alias="övrig kostnadspost")
    income_line: IncomeLineEntry | None = Field(default=None, alias="inkomstpost")
    concludes: dict[str, str] = Field(default_factory=dict, alias="slutsats")
    requires: tuple[str, ...] | dict[str, str] = Field(default=(), alias="kräver")
    completion: QuestionEntry | None = Field(default=None, alias="komplettering")
    communication: QuestionEntry | None = Field(default=None, alias="kommunicering")
    person: QuestionEntry | None = Field(default=None, alias="handläggare")

    @model_validator(mode="after")
    def _something(self) -> EffectsEntry:
        if not self.model_fields_set:
            raise MisfitError(fault("rule_without_effect"))
        if isinstance(self.requires, dict) and self.completion is None and self.person is None:
            raise MisfitError(fault("demand_without_question"))
        return self


class Outside(StrEnum):
    """What happens outside the range in which the machine may accept."""

    HANDLAGGARE = "handläggaren avgör"
    GUIDELINE = "riktlinjen gäller"


class AcceptedEntry(FileModel):
    """The range in which the machine may accept the amount without asking."""

    lowest: str = Field(alias="från")
    highest: str = Field(alias="till")


class ReasonableEntry(FileModel):
    """Skälighet: the guideline, what the machine may accept, and what happens outside it. Only where a person
    decides that is anybody asked, and for a reason; older files have a question that nobody asks."""

    examined: str = Field(alias="prövar")
    guideline: str = Field(alias="riktlinje")
    accepted: AcceptedEntry = Field(alias="maskinen godtar")
    outside: Outside = Field(alias="utanför")
    reason: str | None = Field(default=None, alias="skäl", pattern=REASON_CODE)
    question: dict[str, str] | None = Field(default=None, alias="fråga")
    answer: str | dict[str, str] | None = Field(default=None, alias="svar")
    texts: dict[str, str] = Field(alias="motivering")

    @model_validator(mode="after")
    def _asked_of_somebody(self) -> ReasonableEntry:
        if self.outside is Outside.HANDLAGGARE and None in (self.reason, self.question):
            raise MisfitError(fault("nothing_is_asked"))
        return self


class BasisInFile(FileModel):
    """What a rule rests on and from when it holds: said by itself, by its group, or for the whole file."""

    provisions: tuple[str, ...] = Field(default=(), alias="lagrum")
    validity: ValidityEntry | None = Field(default=None, alias="gäller")


class Shared(BasisInFile):
    """What a rule says for itself or takes over from its group."""

    stage: Stage | None = Field(default=None, alias="steg")
    status: Status | None = None
    label: str | None = Field(default=None, alias="etikett", pattern=r"^[a-zåäö0-9_-]+$")
    subject: str | None = Field(default=None, alias="för varje")
    condition: str | None = Field(default=None, alias="när")


class RuleEntry(Shared):
    """One rule."""

    id: str = Field(pattern=r"^[a-zåäö0-9_-]+(\.[a-zåäö0-9_-]+)+$")
    title: str = Field(alias="rubrik")
    adopted_by: str | None = Field(default=None, alias="antas genom")
    note: str | None = Field(default=None, alias="anmärkning")
    defeats: tuple[str, ...] = Field(default=(), alias="undantag från")
    reasonable: ReasonableEntry | None = Field(default=None, alias="skälighet")
    effects: EffectsEntry = Field(alias="ger")
    what: dict[str, str] = Field(default_factory=dict, alias="benämning")
    texts: dict[str, str] = Field(alias="motivering")
    open_to_municipality: YesNo = Field(default=False, alias="öppen för kommunen")


class GroupEntry(Shared):
    """Rules with something in common: each takes over what it does not say itself.

    The condition of the group holds beside that of each rule. ``answer`` is that of each question in it that
    says none of its own.
    """

    name: str = Field(alias="grupp")
    answer: str | None = Field(default=None, alias="svar")
    rules: tuple[RuleEntry, ...] = Field(min_length=1, alias="regler")


def _rule_or_group(entry: Any) -> str:
    return "a group" if isinstance(entry, dict) and "grupp" in entry else "a rule"


class NotionEntry(FileModel):
    """A condition, an amount or a list with a name."""

    condition: str | None = Field(default=None, alias="villkor")
    amount: str | None = Field(default=None, alias="belopp")
    choices: tuple[str, ...] | None = Field(default=None, alias="lista", min_length=1)
    provisions: tuple[str, ...] = Field(default=(), alias="lagrum")
    note: str | None = Field(default=None, alias="anmärkning")

    @model_validator(mode="after")
    def _one_meaning(self) -> NotionEntry:
        if sum(each is not None for each in (self.condition, self.amount, self.choices)) != 1:
            raise MisfitError(fault("notion_not_one_meaning"))
        return self

    @property
    def kind(self) -> NotionKind:
        """What the notion is."""
        if self.choices is not None:
            return NotionKind.LIST
        return NotionKind.CONDITION if self.condition is not None else NotionKind.AMOUNT


class RuleFile(BasisInFile):
    """A file of rules; ``steg``, ``status``, ``lagrum`` and ``gäller`` hold for every rule that does not say
    its own, and ``lagrum`` for every such notion.

    ``municipalities`` are those that share the file, when it is not of the nation or of one of them.
    """

    name: str = Field(alias="regelsamling")
    description: str = Field(alias="beskrivning")
    municipalities: tuple[str, ...] = Field(default=(), alias="gäller i")
    stage: Stage = Field(alias="steg")
    status: Status
    notions: dict[str, NotionEntry] = Field(default_factory=dict, alias="begrepp")
    rules: tuple[
        Annotated[
            Annotated[RuleEntry, Tag("a rule")] | Annotated[GroupEntry, Tag("a group")],
            Discriminator(_rule_or_group),
        ],
        ...,
    ] = Field(min_length=1, alias="regler")


class BoardEntry(FileModel):
    """A decision of the board: which, when, its number, and what decisions it delegates."""

    board: str = Field(alias="nämnd", min_length=1)
    day: str = Field(alias="datum", pattern=r"^\d{4}-\d{2}-\d{2}$")
    number: str = Field(alias="nummer", min_length=1)
    covers: tuple[Delegated, ...] = Field(alias="omfattar", min_length=1)


class SettingEntry(FileModel):
    """The value of a setting from a month on, and who decided it. ``decision``: the board's own, where the
    setting lets the machine decide."""

    value: str = Field(alias="värde")
    first: MonthText = Field(alias="från")
    source: str = Field(alias="källa")
    status: Status
    decision: BoardEntry | None = Field(default=None, alias="beslut")


class ConfirmationEntry(FileModel):
    """From which month a municipality stands for a rule that the national file has not verified, and where
    that was decided."""

    first: MonthText = Field(alias="från")
    source: str = Field(alias="källa")


class SettingsFile(FileModel):
    """A municipality's own choices, and the guidelines its rules may cite."""

    code: str = Field(pattern=r"^\d{4}$", alias="kommun")
    name: str = Field(alias="namn")
    laws: dict[str, LawEntry] = Field(default_factory=dict, alias="lagar")
    settings: dict[str, tuple[SettingEntry, ...]] = Field(default_factory=dict, alias="inställningar")
    confirms: dict[str, ConfirmationEntry] = Field(default_factory=dict, alias="bekräftar")
