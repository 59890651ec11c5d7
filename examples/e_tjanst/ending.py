"""What must be true of every application in the end: its rows add up, and its letter is in the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from audit.verify import Report, check_letter, key_of, read_key, read_letter

Json = dict[str, Any]
_REFUSES = ("AVSLAG", "AVVISNING")


def faults_of_decision(decision: Json) -> Iterator[str]:
    """Where a decision's rows do not lead to what is granted, in öre."""
    calculation, granted = decision["calculation"], decision["granted"]
    sums = dict.fromkeys(("income", "norm", "cost", "other_cost"), 0)
    for line in calculation["lines"]:
        sums[line["kind"]] += line["amount"]
    result = sums["income"] - sums["norm"] - sums["cost"] - sums["other_cost"]
    if calculation["result"] is not None and calculation["result"] != result:
        yield f"raderna ger {result} öre men beräkningen säger {calculation['result']}"
    if granted != (0 if decision["outcome"] in _REFUSES else max(0, -result)):
        yield f"beviljat {granted} öre men raderna ger {-result}"


def faults_of_letter(letter: str, keys: Sequence[str]) -> list[str]:
    """What is wrong with the proof that a letter carries. ``keys``: the public keys of the log."""
    report = Report()
    check_letter(report, letter, key_of(read_letter(letter)[3], [read_key(each) for each in keys]))
    return [] if report.ok else [f"brevets bevis håller inte: {report}"]
