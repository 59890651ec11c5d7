"""The form in which a person decides, in a case and afterwards: what was written, as casework reads it."""

from __future__ import annotations

from decision_service.api.problems import ProblemError
from decision_service.application.outcome import Outcome
from decision_service.reading.strict_json import Opaque
from decision_service.reading.whole_numbers import whole_number
from decision_service.web.visitors import SentForm
from decision_service.web.wrong import Where, fields
from norms.fault import Path

DECIDED = (Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED, Outcome.DISMISSED)
NOTHING = tuple(each.value for each in DECIDED if each.refuses)
"""The outcomes by which nothing is granted, so that nobody has to write it."""

_NEW = "ny"
"""What names a new line among the lines of a form, where the others have their numbers."""


def version_of(form: SentForm) -> int:
    """The version of the case that the page showed. Raises ProblemError."""
    version = whole_number(form["version"])
    if version is None:
        raise ProblemError("version-missing")
    return version


def decision_of(form: SentForm) -> dict[str, Opaque]:
    """What the form says, as ``PersonsDecision`` reads it."""
    assessment = whole_number(form["provning"])
    told = _told(form)
    if form["ja"]:
        return {"assessment": assessment, "agrees": True, "reason": form["motivering"]} | told
    return {
        "assessment": assessment,
        "outcome": form["utfall"] or None,
        "granted": form.kronor("beviljat") or ("0" if form["utfall"] in NOTHING else None),
        "lines": [_line(form, each) for each in _lines(form)],
        "reason": form["motivering"],
        "checked": form["menat"] == "ja",
    } | told


def decision_fields(form: SentForm, reason: str = "motivering", place: str = "beslut") -> Where:
    """Where on the page a fault in a decision is told. ``reason`` is the field of the reasons, ``place`` what
    tells the fields of one form on the page from those of another."""
    named = {"granted": "beviljat", "outcome": "utfall", "reason": reason, "checked": "menat"}
    named |= {"kind": "slag", "court": "dom", "lines": "rader", "agrees": reason, "already": "redan"}
    named |= {"told": f"yttrat-{place}", "told.how": f"yttrat-{place}", "told.reason": f"yttrat-skal-{place}"}
    otherwise = fields(named)

    def where(path: Path) -> str:
        match [each for each in path if each != "decided"]:
            case ["lines", int(number), *rest]:
                return _field_of_line(_lines(form)[number], str(rest[0]) if rest else "amount")
            case rest:
                return otherwise(tuple(rest))

    return where


def _field_of_line(line: str, part: str) -> str:
    """The field of a part of a line that is changed, by its number, or of the new one."""
    names = {"kind": "slag", "row": "kostnad", "text": "text", "provision": "lagrum", "reason": "skal"}
    if line == _NEW:
        return f"{_NEW}-{names.get(part, 'belopp')}"
    return f"{'radskal' if part == 'reason' else 'belopp'}-{line}"


def _lines(form: SentForm) -> list[str]:
    """The lines that a form changes, by number in its order, and then the new one."""
    numbers = [name.removeprefix("belopp-") for name in form.names if name.startswith("belopp-")]
    changed = [
        each
        for each in numbers
        if whole_number(each) is not None and (form[f"belopp-{each}"] + form[f"radskal-{each}"]).strip()
    ]
    new = any(form[f"{_NEW}-{part}"].strip() for part in ("belopp", "text", "lagrum", "skal"))
    return [*changed, _NEW] if new else changed


def _line(form: SentForm, line: str) -> dict[str, Opaque]:
    """A line that is changed, or the new one, as ``PersonsDecision`` reads it."""
    if line != _NEW:
        return {
            "line": whole_number(line),
            "amount": form.kronor(f"belopp-{line}"),
            "reason": form[f"radskal-{line}"],
        }
    new = {"kind": form["ny-slag"], "text": form["ny-text"], "provision": form["ny-lagrum"]}
    if (cost := whole_number(form["ny-kostnad"])) is not None and cost > 0:
        new["row"] = f"costs[{cost - 1}]"
    return {**new, "amount": form.kronor("ny-belopp"), "reason": form["ny-skal"]}


def _told(form: SentForm) -> dict[str, Opaque]:
    """How the applicant has been told, where that is filled in."""
    said = {"how": form["yttrat"], "reason": form["yttrat-skal"]}
    return {"told": said} if any(each.strip() for each in said.values()) else {}
