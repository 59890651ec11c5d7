"""Cases and decisions in LEFI: benefits applied for and not decided, refused, and stopped.

The money is read from the payments. What stands here is why no more may come.
"""

from __future__ import annotations

from datetime import date

from decision_service.reading.place import Place
from decision_service.registers.answers import Refusal, Stop, StopKind
from decision_service.registers.ssbtek.codes import LEFI
from decision_service.registers.ssbtek.found import AgencyFindings
from decision_service.registers.ssbtek.values import first_day


def read_cases(place: Place, found: AgencyFindings) -> None:
    """Read the cases of Försäkringskassan, the claims and decisions of Pensionsmyndigheten, and whether
    payments are stopped for want of a life certificate."""
    benefits = place["formansinformation"]
    for section, code in LEFI.cases.items():
        for case in benefits[section].each():
            _case(case, section, code, found)
    _claims(place, found)
    for each in benefits["levnadsintygsuppgift"].each():
        _life_certificate(each.down("status", "id"), each, "FK:AP", found)
    for each in place["ovrigInformation"].each():
        status = each.down("levnadsintyg", "levnadsintygsstatus", "kod")
        _life_certificate(status, each, "PM:AP", found)


def _case(case: Place, section: str, code: str, found: AgencyFindings) -> None:
    active, refused = (found.yes_or_no(case[state], case) for state in ("aktivt", "avslaget"))
    began = found.day(case["startades"], case)
    decisions = [(each, found.day(each["fattades"], case)) for each in case["beslut"].each()]
    if refused:
        days = [day for _, day in decisions if day is not None]
        found.refused.append(Refusal(code, max(days, default=began)))
    elif active is not False and not case["beslut"].given:
        found.pending.append(code)
    for decision, decided in decisions:
        outcome = _outcome(decision["beslutsutfall"], case, section, found)
        ends = decision["upphorandeManadFrom"]
        if outcome == "avslag" and not refused:
            found.refused.append(Refusal(code, decided or began))
        if outcome == "upphör" or ends.given:
            last = found.day(ends, case, read=first_day)
            found.stopped.append(Stop(code, StopKind.ENDS, last or decided))


def _outcome(place: Place, case: Place, section: str, found: AgencyFindings) -> str | None:
    """What a decision in a case comes to. A code that the contract does not have is told."""
    code = place["id"].text() if isinstance(place.value, dict) else place.text()
    return _word(place, code, case, section, found)


def _word(place: Place, code: str, of: Place, section: str, found: AgencyFindings) -> str | None:
    word = LEFI.outcomes.get(section, {}).get(code.upper())
    if code and word is None:
        found.tell(place, "lefi_outcome", place, of, value=code)
    return word


def _claims(place: Place, found: AgencyFindings) -> None:
    """Claims to Pensionsmyndigheten that no later decision is about, and what it has refused."""
    decided: list[tuple[str, date | None]] = []
    for each in place["beslut"].each():
        group, day = each.down("formansgrupp", "kod").text(), found.day(each["beslutsdatum"], each)
        decided.append((group, day))
        outcome = each["beslutsutfall"]
        if _word(outcome, outcome["kod"].text(), each, "pensionsmyndigheten", found) == "avslag":
            found.refused.append(Refusal(group or "PM", day))
    for claim in place["ansprak"].each():
        group, came = claim.down("formansgrupp", "kod").text(), found.day(claim["ankomstdatum"], claim)
        answered = any(
            code == group and day is not None and came is not None and day >= came for code, day in decided
        )
        if not answered:
            found.pending.append(group or "PM")


def _life_certificate(place: Place, of: Place, benefit: str, found: AgencyFindings) -> None:
    status = place.text()
    if status in LEFI.life_certificates.blocked:
        found.stopped.append(Stop(benefit, StopKind.BLOCKED, None))
    elif status and status not in LEFI.life_certificates.no_stop:
        found.tell(place, "lefi_life_certificate", of, value=status)
