"""From the agencies' answers as JSON to what the registers say about one person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from decision_service.reading.place import Place, leaves, untold
from decision_service.registers.answers import Agency, Answer, Asked, RegisterAnswers
from decision_service.registers.ssbtek import af, csn, fk, lefi, miv, skv, so, tns, unused
from decision_service.registers.ssbtek.found import Found

READERS: Mapping[Agency, Callable[[Place, Found], None]] = {
    Agency.AF: af.read,
    Agency.CSN: csn.read,
    Agency.FK: fk.read,
    Agency.SKV: skv.read,
    Agency.SO: so.read,
    Agency.TNS: tns.read,
    Agency.MIV: miv.read,
}
PENSIONS = "pm"
"""The code of Pensionsmyndigheten, whose answer comes within that of Försäkringskassan."""
_UNMARKED = ("", "false", "0", "nej")


def agencies_about(registers: Mapping[str, Any], person: str, *, applicant: bool) -> dict[str, Any]:
    """The agencies' answers about a person, from the ``registers`` of a case file: those under the person's
    id, and for the applicant those under an agency's code alone."""
    own = registers.get(person, {})
    found = dict(own) if isinstance(own, dict) else {person: own}
    if applicant:
        found |= {name: answer for name, answer in registers.items() if name in set(Agency)}
    return found


def register_answers(agencies: Mapping[str, Any], personal_number: str | None = None) -> RegisterAnswers:
    """What the agencies answered about a person, from the JSON of ``read_envelope``.

    An agency that is not there, or is empty, has not answered; one with an error has failed; neither is an
    agency that answered nothing. With ``personal_number`` an answer about somebody else has failed, and so
    have all answers when they disagree about whom they are about. Raises nothing.
    """
    found = {agency: _read(agency, agencies.get(agency.value)) for agency in Agency}
    _one_person(found, personal_number)
    order = [found[agency] for agency in Agency]
    others = {name: value for name, value in agencies.items() if name not in set(Agency)}
    return RegisterAnswers(
        answers={agency: found[agency].answer for agency in Agency},
        payments=tuple(payment for each in order for payment in each.payments),
        employment=found[Agency.AF].employment,
        capital=found[Agency.SKV].capital,
        vehicles=tuple(found[Agency.TNS].vehicles),
        permits=tuple(found[Agency.MIV].permits),
        protected=_protected(agencies),
        unmapped=(
            *(told for each in order for told in each.unmapped),
            *untold(Place(others), lambda _: False),
        ),
        planned=tuple(payment for each in order for payment in each.planned),
        capital_income=found[Agency.SKV].capital_income,
        pensions=found[Agency.FK].pensions,
        pending=tuple(sorted({code for each in order for code in each.pending})),
        registered=found[Agency.FK].registered,
        programmes=tuple(found[Agency.FK].programmes),
        refused=tuple(found[Agency.FK].refused),
        stopped=tuple(stop for each in order for stop in each.stopped),
        asked=tuple(_asked(found)),
    )


def _asked(found: Mapping[Agency, Found]) -> Iterator[Asked]:
    for agency in Agency:
        yield Asked(agency.value, found[agency].answer, Answer.ANSWERED)
    bearer = found[Agency.FK]
    yield Asked(PENSIONS, bearer.pensions, bearer.answer)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"": value}


def _read(agency: Agency, answer: Any) -> Found:
    found = Found()
    place = Place(answer, (agency.value,))
    if not place.given:
        found.answer = Answer.MISSING
    elif not isinstance(answer, dict):
        found.failed(place, "svaret är inget objekt.")
    elif "error" in answer:
        found.failed(place, f"{_error(place['error'])}.")
    else:
        READERS[agency](place, found)
        for path, _ in leaves(answer, (agency.value,)):
            if "error" in path and path not in place.seen:
                found.failed(place, "en del av svaret är ett fel.")
                break
    _marks(place)
    deliberate = lefi.is_unused if agency is Agency.FK else unused.is_unused
    if found.answer is not Answer.MISSING:
        found.unmapped += untold(place, deliberate)
    return found


def _error(error: Place) -> str:
    if not isinstance(error.value, dict):
        return f"myndigheten svarade med ett fel {error.text()[:200]}".rstrip()
    source, code = error["kalla"].text(), error["felkod"].text()
    messages = "; ".join(each.text() for each in error["felmeddelande"].each())
    return f"fel från {source or 'okänd källa'}, kod {code or 'saknas'}: {messages[:300]}".rstrip(" :.")


def _is_mark(path: tuple[str | int, ...]) -> bool:
    name = next((part.lower() for part in reversed(path) if isinstance(part, str)), "")
    return "sekretess" in name or "skydd" in name


def _marks(place: Place) -> None:
    """Marks of protected identity count as read wherever they stand."""
    place.seen.update(path for path, _ in leaves(place.value, place.path) if _is_mark(path))


def _protected(agencies: Mapping[str, Any]) -> bool:
    """Whether any agency marks the person, or anyone in its answer, as protected. What is not clearly no
    counts as a mark. CSN leaves its mark blank, and anything else there is a mark."""
    for path, value in leaves(dict(agencies)):
        if _is_mark(path) and (path[0] == Agency.CSN.value or str(value).strip().lower() not in _UNMARKED):
            return True
    return False


def _one_person(found: dict[Agency, Found], personal_number: str | None) -> None:
    """An answer about somebody else is no answer."""
    about = [number for each in found.values() for number in each.numbers]
    if personal_number is None and _same(about):
        return
    for agency, each in found.items():
        if not each.numbers or (personal_number is not None and _same([personal_number, *each.numbers])):
            continue
        lost = len(each.payments) + len(each.planned)
        found[agency] = Found(answer=Answer.FAILED, unmapped=list(each.unmapped))
        found[agency].unmapped.append(
            f"{agency.value}: svaret gäller en annan person än de övriga eller än den som frågan gällde;"
            f" {lost} utbetalningar är inte räknade."
        )


def _same(numbers: list[str]) -> bool:
    """Whether numbers are of one person. Some agencies leave the century out."""
    return (
        len({each[-10:] for each in numbers}) < 2 and len({each for each in numbers if len(each) == 12}) < 2
    )
