"""The columnar evaluator: a population through its stages, with three values as masks and whole öre."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import numpy as np

from rules.calculation import DEFICIT, RESULT, SURPLUS, TOTALS
from rules.engines.columnar.expression import Columns, constant
from rules.engines.columnar.outcome import ColumnarOutcome, LineColumn
from rules.engines.columnar.population import ChoiceNumbers, Population
from rules.engines.columnar.values import (
    FALSE,
    ONE,
    TRUE,
    ZERO,
    Column,
    Holds,
    Mask,
    NotInColumnsError,
    Number,
    Whole,
    added,
    both,
    chosen,
    either,
    in_whole,
    neither,
    number,
)
from rules.language import tree
from rules.language.types import Base
from rules.language.vocabulary import Stage
from rules.law import Law
from rules.rule import RequireEffect, Rule, Section


class ColumnarEngine:
    """The evaluator of one law. Reusable and without state of its own."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self.words = ChoiceNumbers(law.vocabulary)
        numbers: dict[tree.Expression, int] = {}
        self._places = {
            id(node): numbers.setdefault(node, len(numbers))
            for rule in law.rules
            for root in rule.expressions
            for node in tree.walk(root)
        }

    def evaluate(self, population: Population) -> ColumnarOutcome:
        """Evaluate every household. Raises NotInColumnsError for what columns cannot say, naming the rule."""
        run = _Run(self.law, Columns(self.law, population, self.words, self._places), self.words)
        for stage in Stage:
            run.stage(self.law.stages[stage])
            if stage is Stage.INCOMES:
                run.add_up()
        return run.outcome


class _Applies:
    """Where a rule applies with its exceptions counted, where that is not known, and where it is defeated."""

    __slots__ = ("defeated", "true", "unknown")

    def __init__(self, true: Mask, unknown: Mask, defeated: Mask) -> None:
        self.true, self.unknown, self.defeated = true, unknown, defeated


class _Run:
    def __init__(self, law: Law, columns: Columns, words: ChoiceNumbers) -> None:
        self.law = law
        self.columns = columns
        self.outcome = ColumnarOutcome(law, columns.population, words)
        self.open_sections: dict[Section, Mask] = {}
        self.sums: dict[Section, Whole] = {}

    def stage(self, rules: tuple[Rule, ...]) -> None:
        applies: dict[str, _Applies] = {}
        concluded: dict[str, list[tuple[Rule, Column, Mask, Mask]]] = {}
        for rule in rules:
            try:
                self.apply(rule, self.applies(rule, applies), concluded)
            except NotInColumnsError as error:
                raise NotInColumnsError(
                    f"Regeln {rule.id} går inte att räkna i kolumner: {error}."
                ) from error
        for path, found in concluded.items():
            self.columns.set(path, self.agreed(path, found))

    def applies(self, rule: Rule, known: dict[str, _Applies]) -> _Applies:
        """Where a rule applies. Its exceptions are looked at first."""
        if rule.id in known:
            return known[rule.id]
        condition = self.columns.holds(rule.condition, rule.subject)
        defeated, open_ = FALSE, neither(condition.known)
        for exception in self.law.exceptions[rule.id]:
            if exception.subject not in (None, rule.subject):
                continue
            other = self.applies(exception, known)
            true, unknown = other.true, other.unknown
            if exception.subject is None and rule.subject is not None:
                moved = self.columns.to_subject(Holds(true, unknown), rule.subject)
                assert isinstance(moved, Holds)
                true, unknown = moved
            defeated, open_ = either(defeated, true), either(open_, unknown)
        may = both(neither(condition.false), neither(defeated))
        found = _Applies(both(may, neither(open_)), both(may, open_), both(condition.true, defeated))
        known[rule.id] = found
        return found

    def apply(
        self,
        rule: Rule,
        applies: _Applies,
        concluded: dict[str, list[tuple[Rule, Column, Mask, Mask]]],
    ) -> None:
        columns, subject = self.columns, rule.subject
        self.outcome.defeated[rule.id] = applies.defeated
        for effect in rule.concludes:
            concluded.setdefault(effect.path, [])
        may = either(applies.true, applies.unknown)
        if not columns.length(subject) or not may.any():
            self.outcome.fired[rule.id] = self.outcome.undecided[rule.id] = FALSE
            return
        lines = [
            (
                each.section,
                columns.number(each.amount, subject),
                None if each.applied is None else columns.number(each.applied, subject),
            )
            for each in rule.lines
        ]
        conclusions = [(each.path, columns.column(each.value, subject)) for each in rule.concludes]
        computed = [
            each.known
            for each in (
                *(amount for _, amount, _ in lines),
                *(asked for _, _, asked in lines if asked is not None),
                *(column for _, column in conclusions),
            )
        ]
        whole_known = reduce(both, computed, TRUE)
        fired = both(applies.true, whole_known)
        undecided = both(may, either(applies.unknown, neither(whole_known)))
        self.outcome.fired[rule.id], self.outcome.undecided[rule.id] = fired, undecided
        for section, amount, asked in lines:
            self.line(rule, section, amount, asked, fired, undecided)
        for path, column in conclusions:
            concluded[path].append((rule, column, fired, undecided))
        self.lacking(rule)

    def line(
        self,
        rule: Rule,
        section: Section,
        amount: Number,
        asked: Number | None,
        fired: Mask,
        undecided: Mask,
    ) -> None:
        parts = in_whole(amount, "ett belopp")
        applied = None if asked is None else in_whole(asked, "ett belopp")
        self.outcome.lines.append(LineColumn(section, rule, fired, parts, applied))
        groups = self.columns.groups(rule.subject, None) if rule.subject is not None else None
        counted = chosen(fired, parts, ZERO)
        total = counted if groups is None else groups.total(counted)
        self.sums[section] = self.sums.get(section, ZERO) + total
        may_be_some = either(neither(amount.known), np.asarray(parts != 0))
        open_ = both(undecided, may_be_some)
        if groups is not None:
            open_ = groups.any(open_)
        self.open_sections[section] = either(self.open_sections.get(section, FALSE), open_)

    def lacking(self, rule: Rule) -> None:
        """Where what a rule requires is not known."""
        for effect in rule.effects:
            for path in effect.paths if isinstance(effect, RequireEffect) else ():
                term = self.law.vocabulary.terms[path]
                known = self.columns.given(path).known
                if rule.subject is not None and term.kind != rule.subject:
                    known = known[self.columns.population.of(rule.subject).household] if known.ndim else known
                self.outcome.lacking[rule.id, path] = neither(known)

    # --- conclusions

    def agreed(self, path: str, found: list[tuple[Rule, Column, Mask, Mask]]) -> Column:
        """The value of a derived term, where rules that apply give one and none that may apply another."""
        term = self.law.vocabulary.terms[path]
        kind = None if self.law.vocabulary.kinds[term.kind].single else term.kind
        size = self.columns.length(kind)
        has = np.zeros(size, bool)
        lowest = np.full(size, np.iinfo(np.int64).max, np.int64)
        highest = np.full(size, np.iinfo(np.int64).min, np.int64)
        as_numbers = [(rule, _number(column, path), fired, open_) for rule, column, fired, open_ in found]
        for rule, (numbers, _), fired, _ in as_numbers:
            for target, rows in self.targets(rule, kind, fired):
                given = _picked(numbers, rows)
                has[target] = True
                np.minimum.at(lowest, target, given)
                np.maximum.at(highest, target, given)
        conflict = has & (lowest != highest)
        not_settled = conflict.copy()
        for rule, (numbers, known), _, undecided in as_numbers:
            for target, rows in self.targets(rule, kind, undecided):
                given, sure = _picked(numbers, rows), _picked(known, rows)
                other = ~sure | ~has[target] | (lowest[target] != given)
                not_settled[target[other]] = True
        self.outcome.conflicts[path] = conflict
        known, value = has & ~not_settled, lowest
        default = term.default
        if default is not None:
            rest = constant(default, self.outcome.words)
            parts, _ = _number(rest, path)
            by_default = ~has & ~not_settled
            known, value = known | by_default, np.where(by_default, parts, value)
        column: Column
        if term.type.base is Base.YES_NO:
            yes = value == 1
            column = Holds(known & yes, known & ~yes)
        else:
            column = number(value, ONE, known)
        self.outcome.conclusions[path] = column
        return column

    def targets(self, rule: Rule, kind: str | None, where: Mask) -> Iterator[tuple[Whole, Whole]]:
        """The rows of a rule's subjects where something holds, and what each concludes about."""
        if not where.any():
            return
        rows = np.flatnonzero(np.broadcast_to(where, (self.columns.length(rule.subject),)))
        if rule.subject is not None and kind is None:
            yield self.columns.population.of(rule.subject).household[rows], rows
        else:
            yield rows, rows

    # --- sums

    def add_up(self) -> None:
        """Make the sums of the calculation readable, as far as they are known."""
        for kind, mask in self.columns.population.incomplete.items():
            for rule in self.law.rules:
                for line in rule.lines if rule.subject == kind else ():
                    open_ = self.open_sections.get(line.section, FALSE)
                    self.open_sections[line.section] = either(open_, mask)
        totals: list[Number] = []
        for path, sections in TOTALS.items():
            open_ = reduce(either, (self.open_sections.get(each, FALSE) for each in sections), FALSE)
            total: Whole = sum((self.sums.get(each, ZERO) for each in sections), ZERO)
            totals.append(number(np.asarray(total), ONE, neither(open_)))
            self.give(path, totals[-1])
        norm, costs, other, incomes = totals
        result = added(added(added(incomes, norm, -1), costs, -1), other, -1)
        self.give(RESULT, result)
        self.give(DEFICIT, number(np.maximum(-result.parts, 0), ONE, result.known))
        self.give(SURPLUS, number(np.maximum(result.parts, 0), ONE, result.known))

    def give(self, path: str, total: Number) -> None:
        self.outcome.totals[path] = total
        self.columns.set(path, total)


def _number(column: Column, path: str) -> tuple[Whole, Mask]:
    if isinstance(column, Holds):
        return column.true.astype(np.int64), column.known
    return in_whole(column, path), column.known


def _picked(column: np.ndarray, rows: Whole) -> np.ndarray:
    return column[rows] if column.ndim else np.broadcast_to(column, rows.shape)
