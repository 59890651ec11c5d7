"""``lagrum estimate``: a trial calculation, for people or for machines."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from decision_service.estimate import Estimate, as_json, estimate, read_request
from decision_service.json_input import read_json
from rules import rulebook
from rules.engines.exact import Evaluation
from rules.explanation import explain, explain_line
from rules.rule import Section
from rules.terminal import amount_table, rule_tree


def run(options: argparse.Namespace) -> int:
    """Read, calculate, print."""
    content = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    book = rulebook.load()
    found = estimate(read_request(read_json(content), book), book)
    if options.json:
        print(json.dumps(as_json(found), ensure_ascii=False, indent=2))
    else:
        print(in_words(found))
        if options.why:
            print(every_rule(found.evaluation))
    return 0


_HEADINGS = {
    Section.PERSONAL: "Riksnorm, personliga kostnader",
    Section.COMMON: "Riksnorm, gemensamma kostnader",
    Section.COST: "Kostnader vid sidan av normen",
    Section.OTHER_COST: "Övriga kostnader",
    Section.INCOME: "Inkomster",
}


def in_words(found: Estimate) -> str:
    """The calculation as people read it: lines by section, the result, and what it rests on."""
    evaluation = found.evaluation
    law = evaluation.law
    place = law.norms.place.name if law.norms.place is not None else "nationella regler"
    rows: list[tuple[str, int | None]] = []
    for section, heading in _HEADINGS.items():
        lines = [line for line in evaluation.lines_in_order if line.section is section]
        if lines:
            rows.append((heading, None))
            rows += [(f"  {explain_line(evaluation, line).text}", line.amount) for line in lines]
    result = evaluation.totals["kalkyl.resultat"]
    assert isinstance(result, int)
    rows.append(
        ("Underskott: så mycket saknas" if result < 0 else "Överskott: så mycket är över", abs(result))
    )
    parts = [f"Provberäkning för {law.month}, {place}", "", amount_table(rows)]
    for cell in evaluation.unconfirmed_cells:
        parts.append(f"Obekräftat: {cell.label} {cell.text} ({cell.status.value}). Avgör inget på egen hand.")
    parts += [f"Antaget: {text}" for text in found.assumptions]
    parts += ["", "Lagrum:"]
    provisions = {explain_line(evaluation, line).provision for line in evaluation.lines_in_order}
    parts += [f"  {provision}" for provision in sorted(provisions)]
    parts.append(f"Regelverk: {law.release[:16]}")
    return "\n".join(parts)


def every_rule(evaluation: Evaluation) -> str:
    """Every rule and what became of it, as trees."""
    return "\n".join(
        ["", "Alla regler:", *(rule_tree(explain(evaluation, key)) for key in evaluation.instances)]
    )
