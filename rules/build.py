"""From a rule file's entries to checked rules: expressions are checked, skälighet is spelled out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

from norms.document import Document, Location
from norms.finding import Finding
from norms.month import Month
from norms.nearest import hint
from norms.status import Status
from norms.table import SeriesType
from rules.language import tree
from rules.language.checker import CheckerScope, Problem, check
from rules.language.joining import ALWAYS, both, otherwise
from rules.language.notion import Notion, used
from rules.language.tree import Expression
from rules.language.types import KRONOR, YES_NO, Type, number
from rules.language.vocabulary import Source, Stage, Vocabulary, read_value
from rules.laws import Citation, Laws, Span
from rules.rule import (
    NAME,
    PLACEHOLDER,
    AnswerEffect,
    AnswerForm,
    Asked,
    AskEffect,
    ConcludeEffect,
    Effect,
    LineEffect,
    RequireEffect,
    Rule,
    Section,
)
from rules.rulefile import (
    BasisInFile,
    EffectsEntry,
    GroupEntry,
    NormPart,
    Outside,
    QuestionEntry,
    ReasonableEntry,
    RuleEntry,
    RuleFile,
)
from rules.spelled_out import WHAT, Accepted, concluding_reductions, outside_as_well, with_what
from rules.wording.diagnostic import Diagnostic
from rules.wording.line_in_wrong_stage import LINE_IN_WRONG_STAGE
from rules.wording.missing_provision import MISSING_PROVISION
from rules.wording.missing_text import MISSING_TEXT
from rules.wording.not_concludable import NOT_CONCLUDABLE
from rules.wording.practice import PRACTICE
from rules.wording.reasonable_line import REASONABLE_LINE
from rules.wording.reversed_validity import REVERSED_VALIDITY
from rules.wording.unknown_chapter import UNKNOWN_CHAPTER
from rules.wording.unknown_kind import UNKNOWN_KIND
from rules.wording.unknown_law import UNKNOWN_LAW
from rules.wording.unknown_placeholder import UNKNOWN_PLACEHOLDER
from rules.wording.unknown_term import UNKNOWN_TERM
from rules.wording.wrong_answer import WRONG_ANSWER
from rules.wording.wrong_shape import WRONG_SHAPE

AMOUNT = number(KRONOR)

_BRACE = re.compile(r"[{}]")


@dataclass
class Builder:
    """Builds the rules of one file and collects what is wrong with it."""

    document: Document
    municipality: str | None
    vocabulary: Vocabulary
    series: Mapping[str, SeriesType]
    laws: Laws
    notions: Mapping[str, Notion] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def rules(self, file: RuleFile) -> Iterator[Rule]:
        """The rules of the file that could be built; the findings say why the others could not."""
        for index, entry in enumerate(file.rules):
            place: Location = ("regler", index)
            if isinstance(entry, GroupEntry):
                for inner, own in enumerate(entry.rules):
                    at = (*place, "regler", inner)
                    whole = _with(_with(own, entry, _SHARED), file, _OF_A_FILE)
                    yield from _RuleBuilder(self, file, whole, at, entry, place).rules()
            else:
                yield from _RuleBuilder(self, file, _with(entry, file, _OF_A_FILE), place).rules()

    def report(self, diagnostic: Diagnostic, place: Location, where: str, /, **values: object) -> None:
        """Note what is wrong at a place, once."""
        found = diagnostic.at(self.document.file, self.document.line(place), where, **values)
        if found not in self.findings:
            self.findings.append(found)


def _with(own: RuleEntry, said: BasisInFile, names: tuple[str, ...]) -> RuleEntry:
    """A rule with what it does not say itself and its group or its file says for it."""
    return own.model_copy(update={name: getattr(said, name) for name in names if not getattr(own, name)})


_OF_A_FILE = ("provisions", "validity")
_SHARED = (*_OF_A_FILE, "stage", "status", "label", "subject")


@dataclass
class _RuleBuilder:
    builder: Builder
    file: RuleFile
    entry: RuleEntry
    location: Location
    group: GroupEntry | None = None
    group_location: Location = ()
    failed: bool = False
    texts_of_expressions: list[str] = field(default_factory=list)
    amounts: Set[str] = frozenset()
    """What a text may say of the rule's line, whether or not its amount could be read."""

    @property
    def stage(self) -> Stage:
        return self.entry.stage or self.file.stage

    @property
    def status(self) -> Status:
        return self.entry.status or self.file.status

    def report(self, diagnostic: Diagnostic, location: Location, /, **values: object) -> None:
        self.failed = True
        parts = (str(part + 1) if isinstance(part, int) else part for part in location)
        where = " ".join((self.entry.id, *parts))
        self.builder.report(diagnostic, (*self.location, *location), where, **values)

    def rules(self) -> Iterator[Rule]:
        entry = self.entry
        subject = self.subject()
        span = self.span()
        if span is None:
            return
        citations = self.citations(span)
        condition = self.condition(subject)
        effects = self.effects(entry.effects, ("ger",), subject)
        what = self.what(subject)
        self.texts(entry.texts, ("motivering",), self.told(subject, of_line=True))
        self.practice(effects)
        reasonable = None if entry.reasonable is None else self.reasonable(entry.reasonable, subject)
        if self.failed or condition is None:
            return
        rule = Rule(
            id=entry.id,
            title=entry.title,
            stage=self.stage,
            municipality=self.builder.municipality,
            file=self.builder.document.file,
            line=self.builder.document.line(self.location),
            group_line=self.builder.document.line(self.group_location) if self.group_location else None,
            subject=subject,
            condition=condition,
            defeats=entry.defeats,
            label=entry.label,
            notions=tuple(used(tuple(self.texts_of_expressions), self.builder.notions)),
            effects=effects,
            span=span,
            citations=citations,
            status=self.status,
            adopted_by=entry.adopted_by,
            note=entry.note,
            what=what,
            texts=with_what(entry.texts, what),
            open_to_municipality=entry.open_to_municipality,
        )
        whole = [rule]
        if reasonable is not None and entry.reasonable is not None:
            whole = list(outside_as_well(rule, entry.reasonable, reasonable))
        for each in whole:
            yield concluding_reductions(each, self.builder.vocabulary)

    def subject(self) -> str | None:
        name = self.entry.subject
        kinds = self.builder.vocabulary.kinds
        if name is not None and (name not in kinds or kinds[name].single):
            several = [kind.name for kind in kinds.values() if not kind.single]
            self.report(
                UNKNOWN_KIND,
                ("för varje",),
                name=name,
                kinds=", ".join(several),
                nearest=hint(name, several),
            )
            return None
        return name

    def span(self) -> Span | None:
        validity = self.entry.validity
        if validity is None:
            self.report(WRONG_SHAPE, ("gäller",), problem="Nyckeln ”gäller” saknas. Lägg till den.")
            return None
        if validity.last is not None and validity.last < validity.first:
            self.report(REVERSED_VALIDITY, ("gäller",), first=validity.first, last=validity.last)
        return Span(validity.first, validity.last)

    def citations(self, span: Span) -> tuple[Citation, ...]:
        found = []
        for index, text in enumerate(self.entry.provisions):
            citation = self.builder.laws.cite(text)
            if citation is None:
                self.report(
                    UNKNOWN_LAW,
                    ("lagrum", index),
                    text=text,
                    nearest=self.builder.laws.meant(text),
                )
            else:
                found.append(citation)
                if (problem := self.builder.laws.lacking(citation)) is not None:
                    self.report(UNKNOWN_CHAPTER, ("lagrum", index), text=text, problem=problem)
        if not self.entry.provisions:
            self.report(MISSING_PROVISION, ("lagrum",), problem="Regeln anger inget lagrum.")
        elif len(found) == len(self.entry.provisions):
            bare = _first_month_without(span, found)
            if bare is not None:
                problem = f"Regeln gäller {span}, men inget av dess lagrum är i kraft {bare}."
                self.report(MISSING_PROVISION, ("lagrum",), problem=problem)
        return tuple(found)

    def condition(self, subject: str | None) -> Expression | None:
        whole: Expression | None = ALWAYS
        parts = (self.group_condition(subject), self.own_condition(subject), self.unmet(subject))
        for part in parts:
            whole = None if whole is None or part is None else both(whole, part)
        return whole

    def own_condition(self, subject: str | None) -> Expression | None:
        if self.entry.condition is None:
            return ALWAYS
        return self.expression(self.entry.condition, ("när",), subject, YES_NO)

    def group_condition(self, subject: str | None) -> Expression | None:
        """The condition of the group, which is to blame for it, not the rule."""
        if self.group is None or self.group.condition is None:
            return ALWAYS
        node, problems = self.checked(self.group.condition, subject, YES_NO)
        for problem in problems:
            self.failed = True
            where = f"{self.group.name} när"
            self.builder.report(problem.diagnostic, (*self.group_location, "när"), where, **problem.values)
        return node

    def unmet(self, subject: str | None) -> Expression | None:
        """That something the rule demands is otherwise: ``kräver: {vuxen.skrivit_under: ja}``."""
        demanded = self.entry.effects.requires
        if not isinstance(demanded, dict):
            return ALWAYS
        at: Location = ("ger", "kräver")
        parts = [
            self.expression(otherwise(path, value), (*at, path), subject, YES_NO)
            for path, value in demanded.items()
        ]
        found = tuple(part for part in parts if part is not None)
        if len(found) < len(parts):
            return None
        return found[0] if len(found) == 1 else tree.Or(found, YES_NO, " eller ".join(p.text for p in found))

    def expression(
        self, text: str, location: Location, subject: str | None, wanted: Type
    ) -> Expression | None:
        node, problems = self.checked(text, subject, wanted)
        for problem in problems:
            self.report(problem.diagnostic, location, **problem.values)
        return node

    def checked(
        self, text: str, subject: str | None, wanted: Type
    ) -> tuple[Expression | None, list[Problem]]:
        builder = self.builder
        self.texts_of_expressions.append(text)
        scope = CheckerScope(builder.vocabulary, builder.series, subject, notions=builder.notions)
        return check(text, scope, wanted)

    # --- effects

    def effects(self, entry: EffectsEntry, at: Location, subject: str | None) -> tuple[Effect, ...]:
        found: list[Effect | None] = []
        if entry.norm_line is not None:
            part = Section.PERSONAL if entry.norm_line.part is NormPart.PERSONAL else Section.COMMON
            found.append(self.line(part, entry.norm_line.amount, None, (*at, "normpost"), subject))
        if entry.cost_line is not None:
            cost = entry.cost_line
            place = (*at, "kostnadspost")
            found.append(self.line(Section.COST, cost.amount, cost.applied, place, subject))
        if entry.other_cost_line is not None:
            cost = entry.other_cost_line
            place = (*at, "övrig kostnadspost")
            found.append(self.line(Section.OTHER_COST, cost.amount, cost.applied, place, subject))
        if entry.income_line is not None:
            place = (*at, "inkomstpost")
            found.append(self.line(Section.INCOME, entry.income_line.amount, None, place, subject))
        for path, text in entry.concludes.items():
            found.append(self.conclusion(path, text, (*at, "slutsats", path), subject))
        if entry.requires and not isinstance(entry.requires, dict):
            found.append(self.requirement(entry.requires, (*at, "kräver"), subject))
        if entry.completion is not None:
            found.append(self.question(entry.completion, Asked.APPLICANT, (*at, "komplettering"), subject))
        if entry.communication is not None:
            found.append(self.question(entry.communication, Asked.TOLD, (*at, "kommunicering"), subject))
        if entry.person is not None:
            found.append(self.question(entry.person, Asked.HANDLAGGARE, (*at, "handläggare"), subject))
        return tuple(effect for effect in found if effect is not None)

    def line(
        self, section: Section, amount: str, applied: str | None, at: Location, subject: str | None
    ) -> LineEffect | None:
        if self.stage is not LINE_STAGE[section]:
            self.report(
                LINE_IN_WRONG_STAGE, at, line=at[-1], wanted=LINE_STAGE[section].value, stage=self.stage.value
            )
        self.amounts = self.amounts | {"belopp"}
        amount_node = self.expression(amount, (*at, "belopp"), subject, AMOUNT)
        applied_node = None
        if applied is not None:
            self.amounts = self.amounts | {"ansökt", "avslaget"}
            applied_node = self.expression(applied, (*at, "ansökt"), subject, AMOUNT)
        return None if amount_node is None else LineEffect(section, amount_node, applied_node)

    def conclusion(self, path: str, text: str, at: Location, subject: str | None) -> ConcludeEffect | None:
        vocabulary = self.builder.vocabulary
        term = vocabulary.terms.get(path)
        if term is None:
            self.report(UNKNOWN_TERM, at, name=path, nearest=hint(path, vocabulary.terms))
            return None
        if term.source is not Source.RULE:
            reason = f"ordlistan säger att dess källa är {term.source.value}, inte regel"
            self.report(NOT_CONCLUDABLE, at, path=path, reason=reason)
            return None
        if term.kind != subject and not vocabulary.kinds[term.kind].single:
            about = f"för varje {subject}" if subject else "för hushållet"
            reason = f"den sägs om {term.kind}, men regeln prövas {about}"
            self.report(NOT_CONCLUDABLE, at, path=path, reason=reason)
            return None
        if term.percent:
            reason = "en regel kan inte räkna fram en procentsats. Räkna fram beloppet i stället"
            self.report(NOT_CONCLUDABLE, at, path=path, reason=reason)
            return None
        value = self.expression(text, at, subject, term.type)
        return None if value is None else ConcludeEffect(path, value)

    def requirement(self, paths: tuple[str, ...], at: Location, subject: str | None) -> RequireEffect | None:
        for index, path in enumerate(paths):
            node = self.expression(path, (*at, index), subject, self.type_of(path))
            if node is not None and not isinstance(node, tree.TermUsed):
                self.report(UNKNOWN_TERM, (*at, index), name=path, nearest="")
        return RequireEffect(paths)

    def type_of(self, path: str) -> Type:
        term = self.builder.vocabulary.terms.get(path)
        return term.type if term is not None else YES_NO

    def question(self, entry: QuestionEntry, asked: Asked, at: Location, subject: str | None) -> AskEffect:
        self.texts(entry.question, (*at, "fråga"), self.told(subject))
        if asked is Asked.TOLD:
            return AskEffect(
                asked, entry.reason, entry.question, AnswerEffect(AnswerForm.DECIDE), entry.at_once
            )
        answer = self.answer(entry.answer, (*at, "svar"), subject)
        return AskEffect(asked, entry.reason, entry.question, answer, entry.at_once)

    def answer(self, written: str | dict[str, str] | None, at: Location, subject: str | None) -> AnswerEffect:
        """What the answer to a question is: its own, what the rule demands, or that of the group."""
        demanded = self.entry.effects.requires
        if written is None and isinstance(demanded, dict) and len(demanded) == 1:
            written = demanded
        if written is None and self.group is not None:
            written = self.group.answer
        match written:
            case None:
                problem = (
                    "Frågan säger inte vad svaret är. Skriv godta, beslut eller uppgiften som svaret ger."
                )
                self.report(WRONG_ANSWER, at, problem=problem)
                return AnswerEffect(AnswerForm.DECIDE)
            case AnswerForm.ACCEPT | AnswerForm.DECIDE:
                return AnswerEffect(AnswerForm(written))
            case str():
                return AnswerEffect(AnswerForm.FACT, self.answered_fact(written, at, subject))
            case _ if len(written) != 1:
                self.report(WRONG_ANSWER, at, problem="Ett svar ger en uppgift, inte flera.")
                return AnswerEffect(AnswerForm.DECIDE)
        [(name, text)] = written.items()
        path = self.answered_fact(name, at, subject)
        try:
            only = None if path is None else read_value(self.builder.vocabulary.terms[path].type, text)
        except ValueError as error:
            self.report(WRONG_ANSWER, (*at, name), problem=f"{error}.")
            only = None
        return AnswerEffect(AnswerForm.FACT, path, only)

    def answered_fact(self, path: str, at: Location, subject: str | None) -> str | None:
        """The path, where a person can give the value of the term about what the rule is about."""
        vocabulary = self.builder.vocabulary
        term = vocabulary.terms.get(path)
        if term is None:
            words = [str(form) for form in (AnswerForm.ACCEPT, AnswerForm.DECIDE)]
            self.report(UNKNOWN_TERM, at, name=path, nearest=hint(path, [*words, *vocabulary.terms]))
            return None
        if term.source in (Source.RULE, Source.CALCULATION, Source.CALENDAR, Source.SETTING):
            problem = f"{path} kan ingen svara på: ordlistan säger att dess källa är {term.source.value}."
        elif term.kind != subject and not vocabulary.kinds[term.kind].single:
            about = f"för varje {subject}" if subject else "för hushållet"
            problem = f"{path} sägs om {term.kind}, men regeln prövas {about}."
        else:
            return path
        self.report(WRONG_ANSWER, at, problem=problem)
        return None

    # --- practice

    def practice(self, effects: tuple[Effect, ...]) -> None:
        """A rule of practice that decides something says which setting makes it a municipality's own."""
        setting = self.entry.adopted_by
        if setting is None:
            decides = any(isinstance(effect, LineEffect | ConcludeEffect) for effect in effects)
            if self.status is Status.PRACTICE and decides:
                problem = "Praxis som avgör något behöver den inställning som en kommun antar den med."
                self.report(PRACTICE, ("status",), problem=problem)
            return
        term = self.builder.vocabulary.terms.get(setting)
        if self.status is not Status.PRACTICE:
            problem = f"Regeln har status {self.status.value}. Bara praxis antas genom en inställning."
            self.report(PRACTICE, ("antas genom",), problem=problem)
        elif term is None or term.source is not Source.SETTING or term.type != YES_NO:
            settings = [
                each.path
                for each in self.builder.vocabulary.terms.values()
                if each.source is Source.SETTING and each.type == YES_NO
            ]
            problem = f"{setting} är ingen inställning av typen ja/nej.{hint(setting, settings)}"
            self.report(PRACTICE, ("antas genom",), problem=problem)

    # --- texts

    def what(self, subject: str | None) -> Mapping[str, str]:
        """What a line of the rule is for, where it says so. Its amount stands beside it and never in it."""
        said = self.entry.what
        if not said:
            return said
        if not self.gives_lines:
            self.report(
                WRONG_SHAPE, ("benämning",), problem="Bara en regel som ger en post har en benämning."
            )
        terms = self.builder.vocabulary.terms
        told = self.told(subject)
        self.texts(
            said, ("benämning",), {name for name in told if name not in terms or terms[name].type != AMOUNT}
        )
        return said

    @property
    def gives_lines(self) -> int:
        """How many lines of the calculation the rule gives."""
        return sum(field in self.entry.effects.model_fields_set for field in _LINE_FIELDS)

    def told(self, subject: str | None, *, of_line: bool = False) -> set[str]:
        """What a text of the rule may name: a question, or the reason of a line with its amounts."""
        found = set(placeholders(self.builder.vocabulary, subject))
        if not of_line:
            return found
        return found | self.amounts | ({WHAT} if self.entry.what else set())

    def texts(self, texts: Mapping[str, str], at: Location, known: Set[str]) -> None:
        if not texts.get("sv", "").strip():
            self.report(
                MISSING_TEXT, (*at, "sv"), problem="Texten på svenska (sv) saknas. Den behövs alltid."
            )
        for language, text in texts.items():
            if language != "sv" and not text.strip():
                problem = f"Texten på språket {language} är tom. Skriv den eller ta bort raden."
                self.report(MISSING_TEXT, (*at, language), problem=problem)
        for language, text in texts.items():
            for name in dict.fromkeys(PLACEHOLDER.findall(text)):
                if name not in known:
                    problem = f"som inte kan fyllas i här.{hint(name, known)}"
                    shown = f"{{{name}}}"
                    self.report(UNKNOWN_PLACEHOLDER, (*at, language), name=shown, problem=problem)
            for brace in dict.fromkeys(_BRACE.findall(PLACEHOLDER.sub("", text))):
                problem = "som inte hör ihop med någon annan klammer. En platshållare skrivs {term}."
                self.report(UNKNOWN_PLACEHOLDER, (*at, language), name=brace, problem=problem)

    # --- skälighet

    def reasonable(self, entry: ReasonableEntry, subject: str | None) -> Accepted | None:
        at: Location = ("skälighet",)
        lines = self.gives_lines
        if lines != 1:
            self.report(REASONABLE_LINE, at, count=f"{lines} poster" if lines else "ingen")
        examined = self.expression(entry.examined, (*at, "prövar"), subject, AMOUNT)
        guideline = self.expression(entry.guideline, (*at, "riktlinje"), subject, AMOUNT)
        lowest = self.expression(entry.accepted.lowest, (*at, "maskinen godtar", "från"), subject, AMOUNT)
        highest = self.expression(entry.accepted.highest, (*at, "maskinen godtar", "till"), subject, AMOUNT)
        self.texts(entry.texts, (*at, "motivering"), self.told(subject, of_line=True))
        asks = None
        if entry.outside is Outside.HANDLAGGARE and entry.reason is not None and entry.question is not None:
            self.texts(entry.question, (*at, "fråga"), self.told(subject))
            answer = self.answer(entry.answer, (*at, "svar"), subject)
            asks = AskEffect(Asked.HANDLAGGARE, entry.reason, entry.question, answer)
        if examined is None or guideline is None or lowest is None or highest is None:
            return None
        return Accepted(examined, guideline, lowest, highest, asks)


LINE_STAGE: Mapping[Section, Stage] = {
    Section.PERSONAL: Stage.NORM,
    Section.COMMON: Stage.NORM,
    Section.COST: Stage.COSTS,
    Section.OTHER_COST: Stage.COSTS,
    Section.INCOME: Stage.INCOMES,
}

_LINE_FIELDS = ("norm_line", "cost_line", "other_cost_line", "income_line")


def placeholders(vocabulary: Vocabulary, subject: str | None) -> Iterator[str]:
    """What a rule's texts may name beside the amounts of its line: terms it can read, and its subject."""
    for kind in vocabulary.kinds.values():
        if kind.single or kind.name == subject:
            yield from (term.path for term in kind.terms.values())
    if subject is not None:
        yield NAME


def _first_month_without(span: Span, citations: list[Citation]) -> Month | None:
    """The first month of the span in which no citation is in force."""
    month = span.first
    while span.holds(month):
        ends = [citation.span.last for citation in citations if citation.span.holds(month)]
        if not ends:
            return month
        if None in ends:
            return None
        month = max(end for end in ends if end is not None).plus(1)
    return None
