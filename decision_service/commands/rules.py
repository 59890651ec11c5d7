"""``lagrum rules``: check the rule files, run the cases beside them, show and explain a rule.

What only one of them needs is loaded when it is used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from decision_service.reading.faults import no_such_rule
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError, read_json
from norms.fault import MisfitError, fault
from rules import kept
from rules.book import ROOT, Rulebook
from rules.rule import Rule
from rules.terminal import HEADINGS, law_text, notion_lines, rule_tree, why_not_text

_say = said_in(__file__)


def run(options: argparse.Namespace) -> int:
    """Check, test, show or explain."""
    return {"check": _check, "test": _test, "show": _show, "explain": _explain}[options.action](options)


def _check(options: argparse.Namespace) -> int:
    from rules import rulebook

    book = _of_folder(options.root)[0] if options.root else rulebook.load()
    for finding in book.findings:
        print(finding)
    warnings = _say("warnings", antal=len(book.findings)) if book.findings else _say("no_warnings")
    print(_say("checked", antal=len(book.rules), varningar=warnings, version=book.release))
    return 0


def _test(options: argparse.Namespace) -> int:
    from rules.policy_cases.run import run_all

    book, cases = _of_folder(options.root) if options.root else (kept.load(), ROOT)
    results, coverage = run_all(book, cases, covered=options.coverage)
    for result in results:
        for failure in result.failures:
            print(f"{result.file}:{result.line}: {result.name}: {failure}", file=sys.stderr)
    failed = sum(bool(result.failures) for result in results)
    print(_say("cases", antal=len(results), fel=failed))
    untried = list(coverage.untried(book)) if options.coverage else []
    for text in untried:
        print(text)
    if options.coverage:
        print(_say("untried", antal=len(untried)) if untried else _say("all_tried"))
    return 1 if failed or untried else 0


def _of_folder(name: str) -> tuple[Rulebook, Path]:
    """The rules of a copy of the project or a folder of rules, and where the cases beside them are."""
    from rules.folders import load_folder, rules_in

    try:
        return load_folder(Path(name)), rules_in(Path(name))
    except MisfitError as error:
        raise InputError(error.faults) from error


def _show(options: argparse.Namespace) -> int:
    book = kept.load()
    for rule in _said_once(_versions(book, options.rule)):
        print("\n".join(_shown(book, rule)))
        print()
    return 0


def _explain(options: argparse.Namespace) -> int:
    from decision_service.decision.estimate import estimate, read_request
    from rules.explanation import explain, why_not

    book = kept.load()
    versions = _versions(book, options.rule)
    if options.file is None:
        for rule in _said_once(versions):
            print("\n".join(_in_words(book, rule)))
            print()
        return 0
    content = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    evaluation = estimate(read_request(read_json(content), book), book).evaluation
    keys = [key for key in evaluation.instances if key[0] == options.rule]
    if not keys:
        month = evaluation.law.month
        raise InputError([fault("rule_not_tried", rule=options.rule, month=str(month))])
    for key in keys:
        print(rule_tree(explain(evaluation, key)))
        if key not in evaluation.outcome.fired:
            print(why_not_text(why_not(evaluation, key)))
    rule = evaluation.law.rule[options.rule]
    print("\n".join(["", *notion_lines(rule.notions), *law_text(rule.cited(evaluation.law.month))]))
    return 0


def _versions(book: Rulebook, name: str) -> tuple[Rule, ...]:
    versions = book.versions(name)
    if not versions:
        raise InputError([no_such_rule(name, {rule.id for rule in book.rules})])
    return versions


def _said_once(versions: tuple[Rule, ...]) -> Iterator[Rule]:
    """A rule that several municipalities share stands in one place and is shown once."""
    places: set[tuple[str, int]] = set()
    for rule in versions:
        if (rule.file, rule.line) not in places:
            places.add((rule.file, rule.line))
            yield rule


def _shown(book: Rulebook, rule: Rule) -> Iterator[str]:
    """The rule as its file has it, and the law it rests on over time."""
    codes = [each.municipality for each in book.rules if (each.file, each.line) == (rule.file, rule.line)]
    place = (
        _say("of_municipality", kommun=", ".join(dict.fromkeys(map(str, codes))))
        if rule.municipality
        else _say("national")
    )
    yield f"{rule.id} – {rule.title}"
    yield _say(
        "stands_in", fil=rule.file, rad=rule.line, plats=place, tid=rule.span, status=rule.status.value
    )
    for citation in rule.citations:
        law_span = citation.span.overlap(rule.span)
        if law_span is not None:
            yield f"  {citation.text}: {law_span}"
    yield ""
    yield from book.source(rule)
    yield from law_text(rule.citations)


def _in_words(book: Rulebook, rule: Rule) -> Iterator[str]:
    """What the rule reads, with the meaning of each term, and how it meets other rules."""
    about = _say("for_each", vem=rule.subject) if rule.subject else _say("for_household")
    yield f"{rule.id} – {rule.title}"
    yield _say("span_and_stage", tid=rule.span, steg=rule.stage.value, vem=about)
    if rule.note:
        yield _say("note", text=rule.note)
    yield _say("condition", villkor=rule.condition.text)
    for path in sorted(rule.reads):
        term = book.vocabulary.term(path)
        origin = ", ".join([term.source.value, *term.sources])
        yield f"  {path}: {term.description} ({origin})"
    yield from notion_lines(rule.notions)
    for line in rule.lines:
        yield _say("gives_line", avsnitt=HEADINGS[line.section], belopp=line.amount.text)
    for effect in rule.concludes:
        yield _say("concludes", term=effect.path, värde=effect.value.text)
    for name in rule.defeats:
        yield _say("exception_from", regel=name)
    for other in book.rules:
        if rule.id in other.defeats:
            yield _say("yields_to", regel=other.id)
        elif {effect.path for effect in rule.concludes} & other.reads:
            yield _say("read_by", regel=other.id)
