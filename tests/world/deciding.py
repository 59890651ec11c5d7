"""What a handläggare writes to decide an amount: the lines that lead there from the calculation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decision_service.reading.kronor import as_kronor, parse_kronor

Json = dict[str, Any]
PROVISION = "SoL (2025:400) 12 kap. 1 §"


def own_decision(
    assessment: int | None,
    calculation: Json | None,
    form: Json,
    outcome: str,
    granted: int,
    reason: str = "Behovet är visat.",
) -> Json:
    """A decision of a person's own, in kronor; ``granted`` and the calculation in öre. Each cost that has no
    line gets one, and the rest is another need or another income. BIFALL over a line that is cut is
    DELAVSLAG."""
    lines = calculation["lines"] if calculation is not None else []
    if outcome == "BIFALL" and any(one["amount"] < (one["applied"] or 0) for one in lines):
        outcome = "DELAVSLAG"
    said = {
        "assessment": assessment,
        "outcome": outcome,
        "granted": as_kronor(granted),
        "reason": reason,
        "checked": True,
    }
    if outcome in ("AVSLAG", "DELAVSLAG") or granted > 0:
        said["told"] = {"how": "HAR_FÅTT_SE", "reason": "Sökanden har läst underlaget."}
    return said | {"lines": list(_lines(calculation, form, outcome, granted)) if granted > 0 else []}


def _lines(calculation: Json | None, form: Json, outcome: str, granted: int) -> Iterator[Json]:
    lines = calculation["lines"] if calculation is not None else []
    deficit = sum(-line["amount"] if line["kind"] == "income" else line["amount"] for line in lines)
    answered = {line["subject"] for line in lines}
    for row, cost in enumerate(form.get("costs") or ()):
        if f"costs[{row}]" not in answered and cost.get("appliedAmount") is not None:
            applied = parse_kronor(cost["appliedAmount"])
            deficit += applied
            yield _new("cost", applied) | {"row": f"costs[{row}]"}
    if granted > deficit or outcome == "DELAVSLAG":
        yield _new("norm", granted - deficit)
    elif granted < deficit or (calculation is not None and calculation["result"] is None):
        yield _new("income", deficit - granted)


def _new(kind: str, amount: int) -> Json:
    words = {"text": "Enligt underlaget", "provision": PROVISION, "reason": "Underlaget visar det."}
    return {"kind": kind, "amount": as_kronor(amount), **words}
