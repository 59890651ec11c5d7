"""What applicants and handläggare say when they are asked: never a sum of their own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

Json = dict[str, Any]
WHY = "Underlaget visar det."


class UnknownQuestionError(Exception):
    """A question that the simulated people do not know how to answer."""


def applicants_answer(asked: Json) -> Any:
    """The applicant's answer to a question of a completion. Raises UnknownQuestionError."""
    way = (asked["answer"] or {}).get("way")
    if way == "ja":
        return True
    if way == "text":
        return "Jag har lånat till mat av min syster."
    if way == "fält":
        known = {"clearingNumber": "8327-9", "accountNumber": "123456789"}
        return {name: known[name] for name in asked["answer"]["fields"]}
    if asked["takes"] is None or way not in ("värde", None):
        raise UnknownQuestionError(f"{asked['code']}: {asked['question']}")
    return False if asked["takes"]["kind"] == "ja-nej" else _value(asked["takes"])


def handlaggares_answer(asked: Json, task: Json) -> Any:
    """What a handläggare finds about a question that takes an answer. An amount is what was applied for, or
    what the case already says."""
    takes = asked["takes"]
    if takes["kind"] == "belopp":
        return str(_amount(asked, task))
    return _value(takes)


def _amount(asked: Json, task: Json) -> Decimal:
    """In kronor, as the application has it, within what the question takes; nothing of what it has not, so
    that an applicant who disputes a payment is believed."""
    part, _, at = (asked["subject"] or "").removesuffix("]").partition("[")
    rows = task["content"]["application"].get(part, []) if at else []
    row = rows[int(at)] if rows else {}
    found = Decimal(row.get("appliedAmount") or row.get("amount") or row.get("value") or 0)
    lowest, highest = asked["takes"]["lowest"], asked["takes"]["highest"]
    found = found if lowest is None else max(found, lowest)
    return found if highest is None else min(found, highest)


def _value(takes: Json) -> Any:
    """The first choice, a yes, or the least that is allowed."""
    if takes["choices"]:
        return takes["choices"][0]["value"]
    least = takes["lowest"] or 0
    return {"godta": True, "ja-nej": True, "antal": least, "procent": least, "text": WHY}[takes["kind"]]
