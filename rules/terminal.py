"""Explanations as trees and amounts as columns, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from norms.table import Cell
from rules.calculation import RESULT
from rules.evaluated import Evaluation, RuleState
from rules.explanation import ConditionPart, ExplainedRule, Saw, WhyNot, explain_line
from rules.language.notion import Notion
from rules.laws import UNREAD, Citation
from rules.rule import Section

_WIDTH = 74

STATES = {
    RuleState.FIRED: "gäller",
    RuleState.NOT_FIRED: "gäller inte",
    RuleState.DEFEATED: "gäller, men ett undantag går före",
    RuleState.UNDECIDED: "går inte att avgöra",
}
_MARKS = {True: "✓", False: "✗", None: "?"}


HEADINGS = {
    Section.PERSONAL: "Riksnorm, personliga kostnader",
    Section.COMMON: "Riksnorm, gemensamma kostnader",
    Section.COST: "Kostnader vid sidan av normen",
    Section.OTHER_COST: "Övriga kostnader",
    Section.INCOME: "Inkomster",
}


def calculation_rows(evaluation: Evaluation) -> list[tuple[str, int | None]]:
    """The lines by section, and the result where it is known, for :func:`amount_table`."""
    rows: list[tuple[str, int | None]] = []
    for section, heading in HEADINGS.items():
        lines = [line for line in evaluation.lines_in_order if line.section is section]
        if lines:
            rows.append((heading, None))
            rows += [(f"  {explain_line(evaluation, line).text}", line.amount) for line in lines]
    result = evaluation.totals.get(RESULT)
    if isinstance(result, int):
        verdict = "Underskott: så mycket saknas" if result < 0 else "Överskott: så mycket är över"
        rows.append((verdict, abs(result)))
    return rows


def rule_tree(rule: ExplainedRule) -> str:
    """A rule, its state, its condition with every value, what it gave, as a tree."""
    about = f" – {rule.label}" if rule.label else ""
    status = "" if rule.status.confirmed else f" [{rule.status.value}]"
    head = f"{rule.id}{about}: {STATES[rule.state]}{status}"
    branches: list[tuple[str, tuple[ConditionPart, ...]]] = [(rule.title, ())]
    if rule.provision:
        branches.append((f"lagrum: {rule.provision}", ()))
    branches.append(_branch(rule.condition))
    if rule.state is RuleState.FIRED:
        branches += [(f"belopp: {_sourced(cell)}", ()) for cell in rule.amounts]
    branches += [(f"undantag: {other}", ()) for other in rule.defeated_by]
    branches += [
        (f"saknas: {lack}{f' – {lack.question}' if lack.question else ''}", ()) for lack in rule.lacks
    ]
    branches += [(f"ger: {line.text}", ()) for line in rule.lines]
    branches += [(f"ger: {saw.text} = {saw.value}", ()) for saw in rule.conclusions]
    return "\n".join([head, *_draw(branches, "")])


def _sourced(cell: Cell) -> str:
    """An amount of the norm tables with the provision or guideline it comes from."""
    return f"{cell.label}, {cell.text} – {cell.provision}; {cell.source}"


def notion_lines(notions: Sequence[Notion]) -> Iterator[str]:
    """Each notion with what it stands for and the provisions it rests on."""
    for notion in notions:
        yield f"begrepp {notion.name}: {notion.meaning} ({'; '.join(notion.provisions)})"


def law_text(citations: Sequence[Citation]) -> Iterator[str]:
    """Each provision with its words and where to read the whole law; what is not entered says so."""
    for citation in citations:
        read = f", läst {citation.read}" if citation.read else ""
        place = f" – {citation.address}" if citation.address else ""
        yield f"{citation.text}{read}{place}"
        for paragraph in (citation.wording or UNREAD).splitlines():
            yield from textwrap.wrap(paragraph, _WIDTH + 20, initial_indent="    ", subsequent_indent="    ")


def why_not_text(found: WhyNot) -> str:
    """Why a rule did not apply, in a few lines."""
    rule = found.rule
    about = f" för {rule.label}" if rule.label else ""
    lines = [f"{rule.id}{about} {STATES[rule.state]}."]
    lines += [f"  ✗ {_said(part)}" for part in found.failed]
    lines += [f"  ? {_said(part)}" for part in found.unknown]
    lines += [f"  undantaget {other} går före" for other in rule.defeated_by]
    lines += [f"  saknas: {lack}" for lack in rule.lacks]
    return "\n".join(lines)


def _branch(part: ConditionPart) -> tuple[str, tuple[ConditionPart, ...]]:
    return _words(part), part.parts


def _words(part: ConditionPart) -> str:
    mark = _MARKS[part.holds]
    if part.parts:
        name = {"och": "allt av:", "eller": "något av:", "inte": "inte:"}[part.connective]
        return f"{mark} {part.notion}, {name}" if part.notion else f"{mark} {name}"
    return f"{mark} {_said(part)}"


def _said(part: ConditionPart) -> str:
    """A part without parts: its text, the values it saw and the distance."""
    between = "; " if any(each.origin for each in part.saw) else ", "
    saw = between.join(f"{each.text} är {_traced(each)}" for each in part.saw if each.text != part.text)
    own = next((_traced(each) for each in part.saw if each.text == part.text), "")
    detail = "; ".join(text for text in (saw, own, part.distance) if text)
    return f"{part.text}{f' ({detail})' if detail else ''}"


def _traced(seen: Saw) -> str:
    """A value and where it came from."""
    return f"{seen.value} – {seen.origin}" if seen.origin else seen.value


def _draw(branches: Sequence[tuple[str, tuple[ConditionPart, ...]]], indent: str) -> Iterator[str]:
    for position, (text, parts) in enumerate(branches):
        last = position == len(branches) - 1
        yield f"{indent}{'└─' if last else '├─'} {text}"
        yield from _draw([_branch(part) for part in parts], indent + ("   " if last else "│  "))
