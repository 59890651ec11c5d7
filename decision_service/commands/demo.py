"""``lagrum demo``: what the program does, shown on the example households."""

from __future__ import annotations

import argparse
from pathlib import Path

from decision_service.commands.estimate import every_rule, in_words
from decision_service.decision.estimate import estimate, read_request
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import read_json
from rules import rulebook
from rules.texts import kronor

_say = said_in(__file__)

EXAMPLES = Path(__file__).parents[2] / "examples" / "estimate"
_EXPLAINED = "alternating-child.json"


def run(options: argparse.Namespace) -> int:
    """Calculate every example household and explain one in full."""
    book = rulebook.load()
    explained = None
    print(_say("examples"))
    for path in sorted(EXAMPLES.glob("*.json")):
        found = estimate(read_request(read_json(path.read_bytes()), book), book)
        result = found.evaluation.totals["kalkyl.resultat"]
        assert isinstance(result, int)
        verdict = _say("lacking_amount") if result < 0 else _say("too_much")
        print(f"  {path.stem:<28} {found.evaluation.law.month}  {kronor(abs(result)):>12} {verdict}")
        if path.name == _EXPLAINED:
            explained = found
    if explained is not None:
        print(_say("in_full", fil=_EXPLAINED))
        print(in_words(explained))
        print(every_rule(explained.evaluation))
    print(_say("more_commands"))
    return 0
