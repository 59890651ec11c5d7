"""No decision of the machine against the applicant rests on what nobody has shown them (FL 25 §)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from decision_service.application.outcome import Outcome
from rules.language.vocabulary import Source, Term
from rules.rule import Rule
from tests.world.cases import decided, judged, raw
from tests.world.law import book

BY_OTHERS = ("registers", "activity")
ONLY_BY_A_PERSON = "vuxen.brister"
"""What follows from this one is decided by a person, who is asked whether the applicant has had a say."""
TOLD = {"inkomst", "annans_uppgift", "antagen_uppgift"}
"""The kinds of facts that the rules of ``kommunicering`` tell the applicant of, or ask a person about."""


def rests_on(*, but: str) -> dict[str, set[str]]:
    """Every term that a line or the outcome rests on, through any conclusion but one, with the rules that
    read it."""
    concluding: dict[str, list[Rule]] = {}
    for rule in book().rules:
        for effect in rule.concludes:
            concluding.setdefault(effect.path, []).append(rule)
    waiting = [rule for rule in book().rules if rule.lines] + concluding["beslut.utfall"]
    read: dict[str, set[str]] = {}
    seen: set[tuple[str, str]] = set()
    while waiting:
        rule = waiting.pop()
        if (rule.id, str(rule.span)) in seen:
            continue
        seen.add((rule.id, str(rule.span)))
        for path in rule.reads:
            read.setdefault(path, set()).add(rule.id)
            waiting += concluding.get(path, []) if path != but else []
    return read


def said_by_others(paths: dict[str, set[str]]) -> Iterator[Term]:
    """The terms whose value a register, or whoever has the plan and the attendance, gives."""
    for path in paths:
        term = book().vocabulary.terms.get(path)
        if term is not None and (
            term.source is Source.REGISTER or any(each.startswith(BY_OTHERS) for each in term.sources)
        ):
            yield term


def test_all_that_a_line_rests_on_and_others_have_said_is_told_by_a_rule() -> None:
    """A term of a register that comes to reach a line needs a rule that tells the applicant of it."""
    found = rests_on(but=ONLY_BY_A_PERSON)
    assert {term.kind for term in said_by_others(found)} == {"inkomst"}
    assert ONLY_BY_A_PERSON in found
    told = {rule.subject for rule in book().rules if rule.id.startswith("kommunicering.")}
    assert told - {None} == TOLD


def test_without_the_exception_the_property_would_see_what_the_plan_says() -> None:
    kinds = {term.path for term in said_by_others(rests_on(but=""))}
    assert {"vuxen.ogiltig_frånvaro", "vuxen.af_inskriven"} <= kinds


EARLIER = {
    "ärende": "what was decided, and the surplus that a person lets count",
    "hushåll": "how many shared the home in the last decision",
    "vuxen": "the months of support that the work incentive follows from",
    "barn": "what a child earned in months that are decided; its days in another application are asked",
    "kostnad": "what was approved in the last decision, which lowers no line",
    "inkomst": "what the last decision counted",
}
"""What a line rests on of earlier decisions, by kind. The applicant has read those decisions."""


def test_what_a_line_rests_on_of_the_past_stood_in_a_decision_that_the_applicant_has() -> None:
    terms = (book().vocabulary.terms.get(path) for path in rests_on(but=ONLY_BY_A_PERSON))
    past = {term.kind for term in terms if term is not None and term.source is Source.HISTORY}
    assert past <= EARLIER.keys()


@pytest.mark.parametrize(
    ("case", "codes"), [("ensam-avslag-overskott", {"ANTAGEN_UPPGIFT"}), ("ensam-bifall", set())]
)
def test_a_refusal_on_what_a_form_never_asks_for_waits_for_a_person(case: str, codes: set[str]) -> None:
    file = raw(case)
    file["assumed"] = [{"field": "housingPersonCount", "decision": "nämndens beslut"}]
    found = decided(file)
    assert {reason.code for reason in found.reasons} == codes
    assert found.automatic is (not codes)


def answered(role: str, value: int, known: int) -> dict[str, object]:
    """How many share the home, as somebody has answered who knew what the application said."""
    return {
        "id": "s1",
        "question": "0a1b2c3d",
        "code": "HUSHÅLL_ÄNDRAT",
        "rule": "behörighet.antal_boende_ändrat",
        "fact": "hushåll.boende",
        "value": value,
        "by": "Anna Ek",
        "role": role,
        "at": "2026-10-29T09:12:00Z",
        "rests_on": {"hushåll.boende": known},
    }


@pytest.mark.parametrize(
    ("case", "role", "value", "codes"),
    [
        ("ensam-avslag-overskott", "handläggare", 2, {"ANNANS_UPPGIFT"}),
        ("ensam-avslag-overskott", "arbetsmarknadssekreterare", 2, {"ANNANS_UPPGIFT"}),
        ("ensam-avslag-overskott", "sökande", 2, set()),
        ("ensam-avslag-overskott", "handläggare", 1, set()),
        ("ensam-bifall", "handläggare", 2, set()),
    ],
)
def test_a_refusal_on_what_an_official_has_said_waits_for_a_person(
    case: str, role: str, value: int, codes: set[str]
) -> None:
    file = raw(case)
    file["answers"] = [answered(role, value, 1)]
    found = decided(file)
    assert {reason.code for reason in found.reasons} == codes
    assert found.automatic is (not codes)


def test_what_stood_in_an_earlier_decision_is_known() -> None:
    file = raw("ensam-avslag-overskott")
    file["answers"] = [{**answered("handläggare", 2, 1), "standing": True, "until": "2026-12-31"}]
    found = decided(file)
    assert (found.outcome, found.automatic) == (Outcome.REFUSED, True)


@pytest.mark.parametrize(
    ("knew", "codes"),
    [
        ({"hushåll.boende": 2}, set()),
        ({}, {"UPPGIFT_OMSTRIDD"}),
        ({"hushåll.boende": 5}, {"UPPGIFT_OMSTRIDD"}),
    ],
)
def test_who_answers_anew_knows_what_the_answer_before_knew(knew: dict[str, int], codes: set[str]) -> None:
    """The application says 1. The first answer knew that; the second saw only the first."""
    file = raw("ensam-bifall")
    again = {"id": "s2", "value": 1, "at": "2026-10-29T10:12:00Z", "rests_on": knew}
    file["application"]["housingPersonCount"] = 3
    file["answers"] = [answered("handläggare", 2, 3), answered("handläggare", 2, 3) | again]
    assert {reason.code for reason in judged(file).reasons} & {"UPPGIFT_OMSTRIDD"} == codes


def test_a_question_about_an_answer_keeps_its_name_when_another_ends() -> None:
    file = raw("ensam-avslag-overskott")
    other = answered("handläggare", 2, 1) | {"id": "s0", "code": "AKUT_BEHOV", "fact": None, "rests_on": {}}
    names = []
    for answers in ([other, answered("handläggare", 2, 1)], [answered("handläggare", 2, 1)]):
        file["answers"] = answers
        names.append([each.id for each in judged(file).reasons if each.code == "ANNANS_UPPGIFT"])
    assert len(names[0]) == 1
    assert names[0] == names[1]
