"""``lagrum decide``: decide one case file and explain it, for people or for machines; log it if asked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from decision_service.application.case_file import CaseFile
from decision_service.application.outcome import Outcome
from decision_service.decision.decide import Assessed, assess, law_of
from decision_service.decision.document import Assessment, Reason, ReasonKind
from decision_service.decision.origin import Origins
from decision_service.reading.faults import validated
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError, read_json
from norms.fault import fault
from norms.lookup import UnknownMunicipalityError
from rules import rulebook
from rules.book import Rulebook
from rules.evaluated import RuleState
from rules.explanation import explain
from rules.terminal import calculation_rows, rule_tree
from rules.texts import amount_table, kronor

_say = said_in(__file__)


def run(options: argparse.Namespace) -> int:
    """Read, decide, print."""
    content = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    if bool(options.log) != bool(options.keys):
        raise InputError([fault("log_without_keys")])
    book = rulebook.load()
    case = validated(CaseFile, read_json(content))
    found = assess_case(case, book)
    logged = ""
    if options.log:
        from decision_service.commands.log_assessment import log_assessment  # the log takes time to load

        logged = log_assessment(options.log, Path(options.keys), content, case, found.document, book)
    if options.json:
        print(found.document.model_dump_json(indent=2))
    else:
        print(in_words(found))
        if options.why:
            print(every_rule(found))
    if logged:
        print(logged, file=sys.stderr if options.json else sys.stdout)
    return 0


def assess_case(case: CaseFile, book: Rulebook) -> Assessed:
    """Assess a case. Raises InputError for a municipality that nobody knows."""
    try:
        law = law_of(case, book)
    except UnknownMunicipalityError as error:
        raise InputError(each.below("municipality") for each in error.faults) from error
    return assess(case, law)


_HEADLINES = {
    Outcome.GRANTED: "granted",
    Outcome.GRANTED_IN_PART: "granted_in_part",
    Outcome.REFUSED: "refused",
    Outcome.DISMISSED: "dismissed",
    Outcome.COMPLETION: "to_complete",
    Outcome.HANDLAGGARE: "to_a_person",
    Outcome.WAITING: "waiting_for_registers",
    Outcome.COMMUNICATION: "asked_first",
}


def in_words(assessed: Assessed) -> str:
    """The assessment as people read it: outcome, calculation, what is asked, and what it rests on."""
    found, law = assessed.document, assessed.evaluation.law
    place = law.norms.place.name if law.norms.place is not None else _say("national_rules")
    parts = [f"{_say(_HEADLINES[found.outcome])} – {found.month}, {place}", *_amount(found)]
    rows = calculation_rows(assessed.evaluation)
    if rows:
        parts.append(amount_table(rows))
    for kind, heading in (
        (ReasonKind.COMPLETION, _say("lacking")),
        (ReasonKind.COMMUNICATION, _say("untold")),
        (ReasonKind.HANDLAGGARE, _say("questions")),
    ):
        asked = [reason for reason in found.reasons if reason.kind is kind]
        if asked:
            parts += ["", heading, *(_question(reason) for reason in asked)]
    if found.unread:
        parts += ["", _say("unread"), *(f"  {sentence}" for sentence in found.unread)]
    if found.unconfirmed:
        parts += ["", _say("unconfirmed")]
        parts += [f"  {each.name} ({each.status})" for each in found.unconfirmed]
    agree = _say("agree") if found.engines.agree else _say("do_not_agree")
    parts += ["", _say("rests_on", motorer=agree, version=found.release[:16], kvitto=found.receipt[:16])]
    return "\n".join(parts)


def _amount(found: Assessment) -> Iterator[str]:
    """What is granted, or proposed to be, and until when that waits."""
    granted = found.calculation.granted
    if found.automatic and granted:
        yield _say("amount_granted", belopp=kronor(granted))
    elif not found.automatic and found.proposed_outcome is not None:
        amount = f", {kronor(granted)}" if granted else ""
        yield _say("proposed", utfall=_say(_HEADLINES[found.proposed_outcome]).lower(), belopp=amount)
    if found.waits_until is not None:
        yield _say("waits", dag=found.waits_until)


def _question(reason: Reason) -> str:
    provision = f" ({reason.provision})" if reason.provision else ""
    return f"  {reason.code}: {reason.question}{provision}"


def every_rule(found: Assessed) -> str:
    """The rules that applied or could not be decided, as trees, and how many did not apply."""
    evaluation = found.evaluation
    whence = Origins(evaluation).words
    shown = [key for key, each in evaluation.instances.items() if each.state is not RuleState.NOT_FIRED]
    trees = [rule_tree(explain(evaluation, key, whence=whence)) for key in shown]
    rest = len(evaluation.instances) - len(shown)
    return "\n".join(["", _say("rules_that_count"), *trees, _say("rules_that_do_not", antal=rest)])
