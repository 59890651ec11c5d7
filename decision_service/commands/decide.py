"""``lagrum decide``: decide one case file and explain it, for people or for machines; log it if asked."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from decision_service.application.case_file import CaseFile
from decision_service.decision.decide import Decision, Outcome, Reason, ReasonKind, decide, law_of
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError, read_json
from norms.fault import fault
from norms.load import UnknownMunicipalityError
from rules import rulebook
from rules.evaluated import RuleState
from rules.explanation import explain
from rules.rulebook import Rulebook
from rules.terminal import calculation_rows, rule_tree
from rules.texts import amount_table, kronor


def run(options: argparse.Namespace) -> int:
    """Read, decide, print."""
    content = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    if bool(options.log) != bool(options.keys):
        raise InputError([fault("log_without_keys")])
    book = rulebook.load()
    case = validated(CaseFile, read_json(content))
    found = decide_case(case, book)
    logged = ""
    if options.log:
        from decision_service.commands.log_decision import log_decision  # the log takes time to load

        logged = log_decision(options.log, Path(options.keys), content, case, found, book)
    if options.json:
        print(json.dumps(found.as_json, ensure_ascii=False, indent=2))
    else:
        print(in_words(found))
        if options.why:
            print(every_rule(found))
    if logged:
        print(logged, file=sys.stderr if options.json else sys.stdout)
    return 0


def decide_case(case: CaseFile, book: Rulebook) -> Decision:
    """Decide a case. Raises InputError for a municipality that nobody knows."""
    try:
        law = law_of(case, book)
    except UnknownMunicipalityError as error:
        raise InputError(each.below("municipality") for each in error.faults) from error
    return decide(case, law)


_HEADLINES = {
    Outcome.GRANTED: "Bifall",
    Outcome.GRANTED_IN_PART: "Bifall till en del",
    Outcome.REFUSED: "Avslag",
    Outcome.DISMISSED: "Avvisning",
    Outcome.COMPLETION: "Komplettering behövs",
    Outcome.PERSON: "Till handläggare",
}


def in_words(found: Decision) -> str:
    """The decision as people read it: outcome, calculation, what is asked, and what it rests on."""
    law = found.evaluation.law
    place = law.norms.place.name if law.norms.place is not None else "nationella regler"
    parts = [f"{_HEADLINES[found.outcome]} – {law.month}, {place}"]
    if found.automatic and found.granted:
        parts.append(f"Beviljas: {kronor(found.granted)}")
    elif found.proposed is not None and not found.automatic:
        amount = f", {kronor(found.granted)}" if found.granted else ""
        parts.append(f"Förslag: {_HEADLINES[found.proposed].lower()}{amount}")
    rows = calculation_rows(found.evaluation)
    if rows:
        parts.append(amount_table(rows))
    for kind, heading in (
        (ReasonKind.COMPLETION, "Det här saknas:"),
        (ReasonKind.PERSON, "Frågor till handläggaren:"),
    ):
        asked = [reason for reason in found.reasons if reason.kind is kind]
        if asked:
            parts += ["", heading, *(_question(reason) for reason in asked)]
    if found.unread:
        parts += ["", "Det här gick inte att tolka:", *(f"  {sentence}" for sentence in found.unread)]
    if found.unconfirmed:
        parts += ["", "Obekräftat, avgör inget på egen hand:"]
        parts += [f"  {each['name']} ({each['status']})" for each in found.unconfirmed]
    agree = "överens" if found.agreed.agree else "INTE överens"
    parts += [
        "",
        f"Motorerna är {agree}. Regelverk: {law.release[:16]}. Kvitto: {found.as_json['receipt'][:16]}",
    ]
    return "\n".join(parts)


def _question(reason: Reason) -> str:
    provision = f" ({reason.provision})" if reason.provision else ""
    return f"  {reason.code}: {reason.question}{provision}"


def every_rule(found: Decision) -> str:
    """The rules that applied or could not be decided, as trees, and how many did not apply."""
    evaluation = found.evaluation
    shown = [key for key, each in evaluation.instances.items() if each.state is not RuleState.NOT_FIRED]
    trees = [rule_tree(explain(evaluation, key)) for key in shown]
    rest = len(evaluation.instances) - len(shown)
    return "\n".join(
        ["", "Regler som gäller eller inte går att avgöra:", *trees, f"{rest} regler gäller inte."]
    )
