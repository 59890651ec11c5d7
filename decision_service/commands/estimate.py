"""``lagrum estimate``: a trial calculation, for people or for machines."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from decision_service.decision.estimate import Estimate, as_document, estimate, read_request
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import read_json
from rules import kept
from rules.evaluated import Evaluation
from rules.explanation import explain, explain_line
from rules.terminal import calculation_rows, rule_tree
from rules.texts import amount_table

_say = said_in(__file__)


def run(options: argparse.Namespace) -> int:
    """Read, calculate, print."""
    content = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    book = kept.load()
    found = estimate(read_request(read_json(content), book), book)
    if options.json:
        print(as_document(found).model_dump_json(indent=2))
    else:
        print(in_words(found))
        if options.why:
            print(every_rule(found.evaluation))
    return 0


def in_words(found: Estimate) -> str:
    """The calculation as people read it: lines by section, the result, and what it rests on."""
    evaluation = found.evaluation
    law = evaluation.law
    place = law.norms.place.name if law.norms.place is not None else _say("national_rules")
    parts = [_say("trial", månad=law.month, plats=place), "", amount_table(calculation_rows(evaluation))]
    for cell in evaluation.unconfirmed_cells:
        parts.append(_say("unconfirmed_amount", namn=cell.label, belopp=cell.text, status=cell.status.value))
    parts += [_say("assumed", vad=each.text) for each in found.assumed]
    parts += ["", _say("provisions")]
    provisions = {explain_line(evaluation, line).provision for line in evaluation.lines_in_order}
    parts += [f"  {provision}" for provision in sorted(provisions)]
    parts.append(_say("release", version=law.release[:16]))
    return "\n".join(parts)


def every_rule(evaluation: Evaluation) -> str:
    """Every rule and what became of it, as trees."""
    from decision_service.decision.origin import Origins  # the parts of a whole case take time to load

    whence = Origins(evaluation).words
    trees = (rule_tree(explain(evaluation, key, whence=whence)) for key in evaluation.instances)
    return "\n".join(["", _say("every_rule"), *trees])
