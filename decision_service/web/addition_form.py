"""The form by which a row or a person is added to an application, as casework reads it."""

from __future__ import annotations

import uuid

from decision_service.reading.strict_json import Opaque
from decision_service.web.visitors import SentForm
from norms.fault import Path

_FIELDS = {
    "amount": "tillagg-belopp",
    "appliedAmount": "tillagg-belopp",
    "incomeDate": "tillagg-dag",
    "born": "tillagg-dag",
    "recipient": "tillagg-vem",
    "first_name": "tillagg-namn",
    "reason": "tillagg-skal",
}


def added_field(path: Path) -> str:
    """Where on the page a fault in what is added is told; one of the whole case is about no field."""
    last = next((each for each in reversed(path) if isinstance(each, str)), "")
    return _FIELDS.get(last, "ny-sort") if path else ""


def additions_of(form: SentForm) -> dict[str, Opaque]:
    """What the form says, as ``Additions`` reads it. A blank is nothing, and never zero."""
    sort, amount, day = form["ny-sort"], form.kronor("tillagg-belopp"), form["tillagg-dag"].strip()
    kind, _, code = sort.partition(":")
    if kind == "incomes":
        row = {"incomeType": code, "amount": amount, "incomeDate": day, "recipient": form["tillagg-vem"]}
    elif kind == "costs":
        row = {"costType": code, "appliedAmount": amount}
    else:
        row = {"id": f"tillagd-{uuid.uuid4().hex[:8]}", "role": code, "born": day}
        row |= {"first_name": form["tillagg-namn"].strip()}
    filled = {name: value for name, value in row.items() if value}
    return {"additions": [{"to": kind, "row": filled, "reason": form["tillagg-skal"]}]}
