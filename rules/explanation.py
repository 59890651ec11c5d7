"""Why a rule applied or did not, as data: conditions with the values they saw, lines, lacks, distances.

Everything here is read off an evaluation by the exact evaluator; nothing is computed anew but the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction

from norms.status import Status
from norms.table import Cell
from rules.calculation import sections
from rules.evaluated import Evaluation, Instance, RuleState, Value
from rules.facts import Cause, Lack, Unknown
from rules.language import tree
from rules.language.notion import Notion
from rules.language.tree import Comparison, Expression
from rules.language.types import Base, Type
from rules.laws import Citation
from rules.outcome import HOUSEHOLD, InstanceKey, Line
from rules.rule import NAME, Rule
from rules.texts import fill, in_language, in_text, kronor, shown

Holds = bool | None
"""Whether a part of a condition holds; None when that is not known."""


@dataclass(frozen=True, slots=True)
class Saw:
    """A value that a part of a condition saw: what was read, what it was, and where its facts came from."""

    text: str
    value: str
    origin: str = ""


Whence = Callable[[str, str], str]
"""Where a fact came from, in words: of whom (the household, or an entity), and its path."""


def unsaid(subject: str, path: str) -> str:
    """For those who need not know where facts came from."""
    return ""


@dataclass(frozen=True, slots=True)
class ConditionPart:
    """A part of a condition. ``connective`` is och, eller or inte for a part made of parts, ``notion`` its
    name where it has one. ``reads`` are the terms and norm series (``norm.…``) of a part without parts.
    """

    text: str
    holds: Holds
    saw: tuple[Saw, ...] = ()
    connective: str = ""
    parts: tuple[ConditionPart, ...] = ()
    distance: str = ""
    notion: str = ""
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lacking:
    """A fact that would have to be known, of whom, why it is not, and the question that asks for it."""

    entity: str
    label: str
    path: str
    lack: Lack
    question: str

    def __str__(self) -> str:
        about = f" för {self.label}" if self.label else ""
        return f"{self.path}{about}: {self.lack.value}"


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line of the calculation in words: ``what`` it is for, without its amount, and its reason."""

    line: Line
    provision: str
    label: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class ExplainedRule:
    """A rule for one subject: what it is, what became of it and why.

    ``citations`` are the provisions in force, with their words where those are entered. ``amounts`` are what
    it took from the norm tables, each with its own source. ``notions`` are the names that its condition and
    amounts use, with what they stand for.
    """

    id: str
    title: str
    provision: str
    citations: tuple[Citation, ...]
    amounts: tuple[Cell, ...]
    notions: tuple[Notion, ...]
    status: Status
    note: str | None
    subject: str
    label: str
    state: RuleState
    condition: ConditionPart
    defeated_by: tuple[str, ...]
    lacks: tuple[Lacking, ...]
    lines: tuple[ExplainedLine, ...]
    conclusions: tuple[Saw, ...]
    text: str


def explain(
    evaluation: Evaluation, key: InstanceKey, language: str = "sv", whence: Whence = unsaid
) -> ExplainedRule:
    """Everything there is to say of one rule for one subject. Raises KeyError when it was not evaluated."""
    instance = evaluation.instances[key]
    rule = instance.rule
    lines = tuple(
        explain_line(evaluation, line, language)
        for line in sorted(evaluation.outcome.lines)
        if (line.rule, line.subject) == key
    )
    return ExplainedRule(
        id=rule.id,
        title=rule.title,
        provision=rule.provision(evaluation.law.month),
        citations=rule.cited(evaluation.law.month),
        amounts=tuple(dict.fromkeys(instance.cells)),
        notions=rule.notions,
        status=rule.status,
        note=rule.note,
        subject=key[1],
        label=label(evaluation, key[1]),
        state=instance.state,
        condition=condition(evaluation, key, whence),
        defeated_by=instance.defeated_by,
        lacks=tuple(lacking(evaluation, cause) for cause in sorted(instance.lacks)),
        lines=lines,
        conclusions=_conclusions(evaluation, instance, key[1]),
        text=lines[0].text if lines else _text(evaluation, rule, key[1], None, language),
    )


def explain_all(
    evaluation: Evaluation, language: str = "sv", whence: Whence = unsaid
) -> tuple[ExplainedRule, ...]:
    """Every rule for every subject, in the order of stages and rules."""
    return tuple(explain(evaluation, key, language, whence) for key in evaluation.instances)


def why(
    evaluation: Evaluation,
    path: str,
    entity: str | None = None,
    language: str = "sv",
    whence: Whence = unsaid,
) -> tuple[ExplainedRule, ...]:
    """The rules behind a conclusion (``vuxen.krävda_veckotimmar``) or a sum (``kalkyl.norm``).

    For a conclusion: those that gave it its value, or left it open. For a sum: those that gave its lines.
    """
    added_up = sections(path)
    found = []
    for key, instance in evaluation.instances.items():
        active = instance.state in (RuleState.FIRED, RuleState.UNDECIDED)
        concludes = any(effect.path == path for effect in instance.rule.concludes)
        gives = any(line.section in added_up for line in instance.rule.lines)
        about = entity is None or key[1] in (entity, HOUSEHOLD)
        if active and about and (concludes or gives):
            found.append(explain(evaluation, key, language, whence))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a rule did not apply: the parts that failed and by how much, or what defeated it."""

    rule: ExplainedRule
    failed: tuple[ConditionPart, ...]
    unknown: tuple[ConditionPart, ...]


def why_not(
    evaluation: Evaluation, key: InstanceKey, language: str = "sv", whence: Whence = unsaid
) -> WhyNot:
    """The smallest parts of the condition that did not hold, or are not known. Raises KeyError."""
    rule = explain(evaluation, key, language, whence)
    failed = tuple(deciding(rule.condition, False))
    unknown = tuple(deciding(rule.condition, None))
    return WhyNot(rule, failed, unknown)


def deciding(part: ConditionPart, result: Holds, inverted: bool = False) -> Iterator[ConditionPart]:
    """The parts without parts that made the whole come out as it did."""
    holds = part.holds if part.holds is None or not inverted else not part.holds
    if holds is not result:
        return
    if not part.parts:
        yield part
    for inner in part.parts:
        yield from deciding(inner, result, inverted is not (part.connective == "inte"))


def held_back_by(part: ConditionPart, unsure: Set[str]) -> frozenset[str]:
    """What of the unsure keeps a condition from holding: without it, it would not be known whether it does.

    Empty when the other parts keep it from holding, whatever the unsure would be.
    """
    if _without(part, unsure) is False:
        return frozenset()
    return frozenset(each for leaf in _leaves(part) for each in leaf.reads if each in unsure)


def _without(part: ConditionPart, unsure: Set[str]) -> Holds:
    """Whether a part holds when what is unsure is not known."""
    if not part.parts:
        return part.holds if unsure.isdisjoint(part.reads) else None
    results = [_without(inner, unsure) for inner in part.parts]
    if part.connective == "inte":
        return None if results[0] is None else not results[0]
    return _of_parts(part.connective, results)


def _leaves(part: ConditionPart) -> Iterator[ConditionPart]:
    if not part.parts:
        yield part
    for inner in part.parts:
        yield from _leaves(inner)


# --- conditions


def condition(evaluation: Evaluation, key: InstanceKey, whence: Whence = unsaid) -> ConditionPart:
    """The condition of an evaluated rule with the values that every part saw."""
    _, subject = key
    trace = iter(evaluation.trace(key))

    def saw(node: Expression, value: Value) -> Saw:
        told = (whence(*fact) for fact in _facts_read(evaluation, node, subject))
        return Saw(
            node.text, shown(value, node.type), "; ".join(dict.fromkeys(each for each in told if each))
        )

    return _part(evaluation.instances[key].rule.condition, trace, saw)


def _facts_read(evaluation: Evaluation, node: Expression, subject: str) -> Iterator[tuple[str, str]]:
    """Of whom and which every fact is that an expression reads, those of all the members it asks included."""
    if isinstance(node, tree.TermUsed):
        yield subject, node.text
    for inner in tree.children(node):
        if not isinstance(node, tree.Collect):
            yield from _facts_read(evaluation, inner, subject)
            continue
        for member in evaluation.facts.by_kind.get(node.kind, ()):
            if node.owner is None or member.owner == subject:
                yield from _facts_read(evaluation, inner, member.id)


_Sees = Callable[[Expression, Value], Saw]


def _part(node: Expression, trace: Iterator[tuple[Value, ...]], saw: _Sees) -> ConditionPart:
    part = _seen(node, trace, saw)
    if tree.is_named(node):
        return replace(part, notion=node.text)
    return part if part.parts else replace(part, reads=tuple(sorted({*_read(node)})))


def _read(node: Expression) -> Iterator[str]:
    for each in tree.walk(node):
        if isinstance(each, tree.TermUsed):
            yield each.text
        elif isinstance(each, tree.Norm | tree.NormGiven):
            yield f"norm.{each.series}"


def _seen(node: Expression, trace: Iterator[tuple[Value, ...]], saw: _Sees) -> ConditionPart:
    match node:
        case tree.And(parts=parts):
            return _joined(node.text, "och", tuple(_part(part, trace, saw) for part in parts))
        case tree.Or(parts=parts):
            return _joined(node.text, "eller", tuple(_part(part, trace, saw) for part in parts))
        case tree.Not(inner=inner):
            part = _part(inner, trace, saw)
            holds = None if part.holds is None else not part.holds
            return ConditionPart(node.text, holds, connective="inte", parts=(part,))
        case tree.Compare(left=left, right=right):
            result, first, second = next(trace)
            sides = ((left, first), (right, second))
            seen = tuple(saw(side, value) for side, value in sides if not isinstance(side, tree.Literal))
            distance = _distance(node, result, first, second)
            return ConditionPart(node.text, _holds(result), seen, distance=distance)
        case tree.OneOf(inner=inner):
            result, value = next(trace)
            return ConditionPart(node.text, _holds(result), (saw(inner, value),))
        case _:
            (result,) = next(trace)
            seen = () if isinstance(node, tree.Literal) else (saw(node, result),)
            return ConditionPart(node.text, _holds(result), seen)


def _holds(value: Value) -> Holds:
    return value if isinstance(value, bool) else None


def _joined(text: str, connective: str, parts: tuple[ConditionPart, ...]) -> ConditionPart:
    holds = _of_parts(connective, [part.holds for part in parts])
    return ConditionPart(text, holds, connective=connective, parts=parts)


def _of_parts(connective: str, results: Sequence[Holds]) -> Holds:
    decisive = connective == "eller"
    return decisive if decisive in results else (None if None in results else not decisive)


def _distance(node: tree.Compare, result: Value, left: Value, right: Value) -> str:
    """How far a failed comparison of numbers or days was from holding, in words."""
    if (
        result is not False
        or isinstance(left, str | bool | Unknown)
        or isinstance(right, str | bool | Unknown)
    ):
        return ""
    difference = left - right
    strict = node.comparison in (Comparison.LT, Comparison.GT)
    type_ = node.left.type if not node.left.type.any_unit else node.right.type
    if type_.base is Base.DAY:
        type_ = _DAYS
    if node.comparison in (Comparison.LT, Comparison.LE):
        return f"{_amount(difference, strict, type_)} för mycket"
    if node.comparison in (Comparison.GT, Comparison.GE):
        return f"{_amount(-difference, strict, type_)} för lite"
    if node.comparison is Comparison.EQ:
        return f"{shown(abs(difference), type_)} {'för mycket' if difference > 0 else 'för lite'}"
    return ""


_DAYS = Type(Base.NUMBER, (("dagar", 1),))


def _amount(difference: int | Fraction, strict: bool, type_: Type) -> str:
    """The least change that would do; a strict limit between whole numbers needs one more."""
    whole = isinstance(difference, int) and not type_.fraction
    if strict and difference == 0 and not whole:
        return "precis på gränsen, inte under eller över:"
    return shown(difference + 1 if strict and whole else difference, type_)


# --- words


def label(evaluation: Evaluation, entity: str) -> str:
    """The name people know an entity by; empty for the household."""
    found = evaluation.facts.by_id.get(entity)
    return (found.label or found.id) if found is not None else ""


def lacking(evaluation: Evaluation, cause: Cause) -> Lacking:
    """A cause in words, with the question of the vocabulary that would settle it."""
    term = evaluation.law.vocabulary.terms.get(cause.path)
    question = term.question or "" if term is not None else ""
    kind = evaluation.law.vocabulary.kinds.get(cause.entity)
    name = "" if kind is not None else label(evaluation, cause.entity)
    return Lacking(cause.entity, name, cause.path, cause.lack, question)


def explain_line(evaluation: Evaluation, line: Line, language: str = "sv") -> ExplainedLine:
    """A line with its provision and its reason in words."""
    rule = evaluation.instances[line.rule, line.subject].rule
    return ExplainedLine(
        line,
        rule.provision(evaluation.law.month),
        label(evaluation, line.subject),
        _what(evaluation, rule, line.subject, language),
        _text(evaluation, rule, line.subject, line, language),
    )


def question_text(
    evaluation: Evaluation, rule_id: str, reason: str, subject: str, language: str = "sv"
) -> str:
    """The question that a rule puts, filled with the values of the case."""
    rule = evaluation.instances[rule_id, subject].rule
    text = in_language(rule.question(reason), language)
    return fill(text, lambda name: _placeholder(evaluation, name, subject, None))


def _what(evaluation: Evaluation, rule: Rule, subject: str, language: str) -> str:
    """What a line of a rule is for: as the rule says, or the name of what it is about, or the rule's own."""
    if not rule.what:
        return label(evaluation, subject) or rule.title
    return fill(in_language(rule.what, language), lambda name: _placeholder(evaluation, name, subject, None))


def _text(evaluation: Evaluation, rule: Rule, subject: str, line: Line | None, language: str) -> str:
    text = in_language(rule.texts, language)
    return fill(text, lambda name: _placeholder(evaluation, name, subject, line))


def _placeholder(evaluation: Evaluation, name: str, subject: str, line: Line | None) -> str:
    if name == NAME:
        return label(evaluation, subject)
    if name in ("belopp", "ansökt", "avslaget"):
        if line is None:
            return "ett belopp som inte är känt"
        applied = line.applied or 0
        return kronor({"belopp": line.amount, "ansökt": applied, "avslaget": applied - line.amount}[name])
    term = evaluation.law.vocabulary.terms[name]
    single = evaluation.law.vocabulary.kinds[term.kind].single
    values = evaluation.values[HOUSEHOLD if single else subject]
    return in_text(values.get(name), term.type)


def _conclusions(evaluation: Evaluation, instance: Instance, subject: str) -> tuple[Saw, ...]:
    if instance.state is not RuleState.FIRED:
        return ()
    found = []
    for effect in instance.rule.concludes:
        term = evaluation.law.vocabulary.terms[effect.path]
        single = evaluation.law.vocabulary.kinds[term.kind].single
        values = evaluation.values[HOUSEHOLD if single else subject]
        found.append(Saw(effect.path, shown(values.get(effect.path), term.type)))
    return tuple(found)
