"""The form in which a person decides, in a case and afterwards: what was written, as casework reads it."""

from __future__ import annotations

from typing import Any

from decision_service.api.problems import ProblemError
from decision_service.application.outcome import Outcome
from decision_service.reading.whole_numbers import whole_number
from decision_service.web.visitors import Form

DECIDED = (Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED, Outcome.DISMISSED)
NOTHING = tuple(each.value for each in DECIDED if each.refuses)
"""The outcomes by which nothing is granted, so that nobody has to write it."""


def version_of(form: Form) -> int:
    """The version of the case that the page showed. Raises ProblemError."""
    version = whole_number(form["version"])
    if version is None:
        raise ProblemError("version-missing")
    return version


def decision_of(form: Form) -> dict[str, Any]:
    """What the form says, as ``PersonsDecision`` reads it."""
    assessment = whole_number(form["provning"])
    told = _told(form)
    if form["ja"]:
        return {"assessment": assessment, "agrees": True, "reason": form["motivering"]} | told
    numbers = [name.removeprefix("belopp-") for name in form.names if name.startswith("belopp-")]
    lines: list[dict[str, Any]] = [
        {"line": number, "amount": form.kronor(f"belopp-{each}"), "reason": form[f"radskal-{each}"]}
        for each in numbers
        if (number := whole_number(each)) is not None
        and (form[f"belopp-{each}"] + form[f"radskal-{each}"]).strip()
    ]
    if any(form[f"ny-{part}"].strip() for part in ("belopp", "text", "lagrum", "skal")):
        new = {"kind": form["ny-slag"], "text": form["ny-text"], "provision": form["ny-lagrum"]}
        if (cost := whole_number(form["ny-kostnad"])) is not None and cost > 0:
            new["row"] = f"costs[{cost - 1}]"
        lines.append({**new, "amount": form.kronor("ny-belopp"), "reason": form["ny-skal"]})
    return {
        "assessment": assessment,
        "outcome": form["utfall"] or None,
        "granted": form.kronor("beviljat") or ("0" if form["utfall"] in NOTHING else None),
        "lines": lines,
        "reason": form["motivering"],
        "checked": form["menat"] == "ja",
    } | told


def _told(form: Form) -> dict[str, Any]:
    """How the applicant has been told, where that is filled in."""
    said = {"how": form["yttrat"], "reason": form["yttrat-skal"]}
    return {"told": said} if any(each.strip() for each in said.values()) else {}
