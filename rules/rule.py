"""A checked rule: what both engines run and every explanation cites."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from norms.month import Month
from norms.status import Status
from rules.language.notion import Notion
from rules.language.tree import Expression, Norm, TermUsed, walk
from rules.language.vocabulary import Stage
from rules.laws import Citation, Span

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
"""What a text holds for a value to be filled in."""
NAME = "namn"
"""The placeholder for whom or what the rule is tried for."""


class Section(StrEnum):
    """The part of the calculation that a line belongs to."""

    PERSONAL = "personal"
    COMMON = "common"
    COST = "cost"
    OTHER_COST = "other_cost"
    INCOME = "income"


class Asked(StrEnum):
    """Who is asked a question. ``TOLD`` is the applicant, who need not answer: what is decided against
    somebody must have been told."""

    APPLICANT = "applicant"
    TOLD = "told"
    HANDLAGGARE = "person"


@dataclass(frozen=True, slots=True)
class LineEffect:
    """A line of the calculation, in whole öre."""

    section: Section
    amount: Expression
    applied: Expression | None


@dataclass(frozen=True, slots=True)
class ConcludeEffect:
    """A derived fact about the rule's subject or about what there is one of."""

    path: str
    value: Expression


@dataclass(frozen=True, slots=True)
class RequireEffect:
    """Terms that must be known; those that are not are asked for."""

    paths: tuple[str, ...]


class AnswerForm(StrEnum):
    """What the answer to a question is: a word in the rule file where it is no fact."""

    ACCEPT = "godta"
    """Looked at: the calculation stands as it is."""
    DECIDE = "beslut"
    """Only a decision answers it."""
    FACT = "uppgift"
    """The value of a fact."""


@dataclass(frozen=True, slots=True)
class AnswerEffect:
    """What the answer to a question is. ``path`` is the fact that it gives, about the rule's subject or what
    there is one of; ``only`` the single value that it may be, None where any will do."""

    form: AnswerForm
    path: str | None = None
    only: int | bool | str | None = None


@dataclass(frozen=True, slots=True)
class AskEffect:
    """A question to the applicant (completion) or to a person, or what the applicant is told before
    a decision (communication), by language; and what its answer is.

    ``at_once``: it goes to a person before anything is asked of the applicant.
    """

    asked: Asked
    reason: str
    question: Mapping[str, str]
    answer: AnswerEffect
    at_once: bool = False

    @property
    def names(self) -> bool:
        """Whether the question itself says whom or what it is about."""
        return NAME in PLACEHOLDER.findall(self.question["sv"])


Effect: TypeAlias = LineEffect | ConcludeEffect | RequireEffect | AskEffect


@dataclass(frozen=True)
class Rule:
    """One rule in force for a span of benefit months.

    ``label`` is a name that several rules share, so that an exception can name them all. ``notions`` are
    those that its expressions use. ``group_line`` is where the group begins that it stands in.
    ``adopted_by`` is the setting through which a municipality makes a rule of status praxis its own.
    ``subject`` is the kind that the rule is about, one evaluation per member, or None for the household.
    ``defeats`` are the rules it is an exception from. ``what`` says what its line is for, and ``texts``
    why, by language.
    """

    id: str
    title: str
    stage: Stage
    municipality: str | None
    file: str
    line: int
    group_line: int | None
    subject: str | None
    condition: Expression
    defeats: tuple[str, ...]
    label: str | None
    notions: tuple[Notion, ...]
    effects: tuple[Effect, ...]
    span: Span
    citations: tuple[Citation, ...]
    status: Status
    adopted_by: str | None
    note: str | None
    what: Mapping[str, str]
    texts: Mapping[str, str]
    open_to_municipality: bool

    @cached_property
    def concludes(self) -> tuple[ConcludeEffect, ...]:
        """The derived facts that the rule gives."""
        return tuple(effect for effect in self.effects if isinstance(effect, ConcludeEffect))

    @cached_property
    def lines(self) -> tuple[LineEffect, ...]:
        """The lines of the calculation that the rule gives."""
        return tuple(effect for effect in self.effects if isinstance(effect, LineEffect))

    def cited(self, month: Month) -> tuple[Citation, ...]:
        """The provisions in force in a month."""
        return tuple(citation for citation in self.citations if citation.span.holds(month))

    def provision(self, month: Month) -> str:
        """The provisions in force in a month, as text."""
        return "; ".join(citation.text for citation in self.cited(month))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression of the rule: its condition and what its effects compute."""
        found = [self.condition]
        for effect in self.effects:
            match effect:
                case LineEffect(amount=amount, applied=applied):
                    found += [amount] if applied is None else [amount, applied]
                case ConcludeEffect(value=value):
                    found.append(value)
                case _:
                    pass
        return tuple(found)

    @cached_property
    def reads(self) -> frozenset[str]:
        """The paths of every term that the rule's expressions read."""
        return frozenset(
            node.text for root in self.expressions for node in walk(root) if isinstance(node, TermUsed)
        )

    @cached_property
    def looks_up(self) -> bool:
        """Whether the rule looks up amounts in the norm tables."""
        return any(isinstance(node, Norm) for root in self.expressions for node in walk(root))

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The paths that the rule reads, in alphabetical order."""
        return tuple(sorted(self.reads))

    @cached_property
    def told(self) -> frozenset[str]:
        """The placeholders in what the rule says, its questions too: what a person is told."""
        questions = (effect.question for effect in self.effects if isinstance(effect, AskEffect))
        texts = (text for each in (self.what, self.texts, *questions) for text in each.values())
        return frozenset(name for text in texts for name in PLACEHOLDER.findall(text))

    def question(self, reason: str) -> Mapping[str, str]:
        """The question filed under a reason, by language. Raises StopIteration when there is none."""
        return next(
            effect.question
            for effect in self.effects
            if isinstance(effect, AskEffect) and effect.reason == reason
        )
