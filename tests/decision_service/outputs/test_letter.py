"""Letters: every example case has the letter it should, and no letter says what the decision does not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
import yaml

from decision_service.application.outcome import Outcome
from decision_service.decision import changed_lines
from decision_service.decision.changed_lines import ChangedLine, changes_of
from decision_service.decision.document import (
    Assessment,
    CorrectionKind,
    Corrects,
    Decision,
    Reason,
    ReasonKind,
    reasons_from,
)
from decision_service.outputs.addressee import Addressee
from decision_service.outputs.letter import (
    LetterContext,
    LetterError,
    LetterSender,
    PlanInLetter,
    decision_letter,
    notice,
)
from decision_service.outputs.letter_layout import Letter
from decision_service.outputs.letter_texts import TEXTS, LetterKind, Place, When, read_texts, texts
from decision_service.reading.kronor import as_kronor
from norms import document
from norms.finding import FindingsError
from rules.laws import load as load_laws
from rules.texts import kronor
from tests.decision_service.outputs.conftest import decision

SENDER = LetterSender(
    "Exempelkommun",
    "Socialnämnden i Exempelkommun",
    "Box 1, 123 45 Exempelstad",
    "Ring 0123-45 67 00",
    "Förvaltningsrätten i Exempelstad",
)
ALMA = Addressee("p1", "Alma Ek", "198802099823", ("Exempelgatan 1", "123 45 Exempelstad"))
CONTEXT = LetterContext(
    SENDER,
    ALMA,
    date(2026, 11, 20),
    "2026-000017-9",
    received=date(2026, 11, 19),
    payment=date(2026, 11, 25),
    complete_by=date(2026, 12, 4),
    plan=PlanInLetter(hours=40, last=date(2026, 12, 28), next=date(2026, 12, 1)),
    proof="c2sp.org/tlog-proof@v1\nindex 5\nabc=\n",
)
DECIDED = [outcome for outcome in Outcome if outcome.decides]
AMOUNT = re.compile(r"−?\d(?:[\d\u00a0]*\d)?(?:,\d\d)?(?=\u00a0kr\b)")


def by_person(assessment: Assessment, outcome: Outcome, granted: int) -> Decision:
    """A person's decision that rests on an assessment."""
    who, why = "Maj Berg, socialsekreterare", "Hyran är rimlig.\nBra så."
    return decision(assessment, outcome=outcome, granted=granted, automatic=False, decided_by=who, reason=why)


def letters_of(assessment: Assessment) -> list[tuple[Decision | Assessment, Letter]]:
    """Every letter that may be written about a case, each with its document: what the machine made of it,
    and what a person may."""
    found: list[tuple[Decision | Assessment, Letter]] = []
    if assessment.automatic:
        own = decision(assessment)
        found.append((own, decision_letter(own, CONTEXT)))
    if assessment.outcome is Outcome.COMPLETION:
        found.append((assessment, asking(assessment)))
    for outcome in DECIDED:
        persons = by_person(assessment, outcome, 123456 if outcome.pays else 0)
        found.append((persons, decision_letter(persons, CONTEXT)))
    return found


def asking(assessment: Assessment) -> Letter:
    wanted = [each for each in assessment.reasons if each.kind is ReasonKind.COMPLETION]
    return notice("KOMPLETTERING", assessment.month, wanted, CONTEXT)


def amounts_in(document: Decision | Assessment) -> set[str]:
    """Every amount a document holds: whole numbers of the calculation, and what its texts say."""
    calculation = document.calculation
    assert calculation is not None
    numbers = [value for _, value in calculation if isinstance(value, int)]
    numbers += [each for line in calculation.lines for each in (line.amount, line.applied) if each]
    spoken = document.model_dump_json()
    return {AMOUNT.findall(kronor(abs(each)))[0] for each in numbers} | set(AMOUNT.findall(spoken))


def test_every_amount_of_every_letter_of_every_example_is_in_its_decision(
    assessments: dict[str, Assessment],
) -> None:
    stated = 0
    for name, assessment in assessments.items():
        for own, letter in letters_of(assessment):
            allowed = amounts_in(own)
            for text in (letter.text, json.dumps(letter.as_json(), ensure_ascii=False)):
                found = AMOUNT.findall(text)
                stated += len(found)
                assert set(found) <= allowed, (name, letter.kind)
    assert len(assessments) > 20
    assert stated > 1000


def with_lines(decided: Decision, **said: str) -> Decision:
    """A decision whose lines and changed lines say something else."""
    assert decided.calculation is not None
    lines = tuple(each.model_copy(update=said) for each in decided.calculation.lines)
    return decided.model_copy(
        update={
            "calculation": decided.calculation.model_copy(update={"lines": lines}),
            "changes": tuple(each.model_copy(update=said) for each in decided.changes),
        }
    )


def all_changed(assessment: Assessment) -> Decision:
    """A decision in which a person has given each line of an assessment an öre more or less."""
    base = assessment.calculation
    wished = [
        ChangedLine(
            line=number, amount=as_kronor(each.amount + (1 if each.applied is None else -1)), reason="Så."
        )
        for number, each in enumerate(base.lines, 1)
        if each.applied is None or each.amount > 0
    ]
    changes = changes_of(base, wished, {}, checked=True)
    calculation = changed_lines.changed(base, changes)
    owed = calculation.by_the_lines or 0
    decided = by_person(assessment, Outcome.GRANTED_IN_PART if owed else Outcome.REFUSED, owed)
    return decided.model_copy(update={"calculation": calculation, "changes": changes})


@pytest.mark.slow
def test_no_letter_takes_the_text_of_a_line_apart(assessments: dict[str, Assessment]) -> None:
    texts_of_lines = ("En: två, tre: fyra.", "", "Rad: 1\u00a0kr, efter handläggarens ändring.")
    reduced = 0
    for name, assessment in assessments.items():
        if not assessment.calculation.lines:
            continue
        for own in (all_changed(assessment), by_person(assessment, Outcome.GRANTED_IN_PART, 123456)):
            written = decision_letter(own, CONTEXT).as_json()
            reduced += any(
                each.heading == "Det här får du inte fullt stöd för"
                for each in decision_letter(own, CONTEXT).parts
            )
            for text in texts_of_lines:
                assert decision_letter(with_lines(own, text=text), CONTEXT).as_json() == written, name
    assert reduced


def test_a_decision_of_before_lines_said_what_they_are_for_has_their_whole_text(
    assessments: dict[str, Assessment],
) -> None:
    for assessment in assessments.values():
        if assessment.calculation.lines:
            said = by_person(assessment, Outcome.GRANTED_IN_PART, 123456).model_dump(mode="json")
            for line in said["calculation"]["lines"]:
                del line["what"]
            before = Decision.model_validate_json(json.dumps(said))
            assert before.calculation is not None
            rows = {
                (row.text, row.amount)
                for part in decision_letter(before, CONTEXT).parts
                for row in part.table
            }
            assert {(line.text, line.amount) for line in before.calculation.lines} <= rows


def test_what_a_line_is_for_names_no_amount(assessments: dict[str, Assessment]) -> None:
    lines = [line for each in assessments.values() for line in each.calculation.lines]
    assert all(line.what.strip() and not AMOUNT.search(line.what) for line in lines)
    assert len({line.rule for line in lines}) > 20


@pytest.mark.parametrize(("hours", "said"), [(1, "1 timme"), (2, "2 timmar"), (40, "40 timmar")])
def test_one_hour_a_week_is_said_as_one(decisions: dict[str, Decision], hours: int, said: str) -> None:
    context = replace(CONTEXT, plan=PlanInLetter(hours=hours))
    decided = next(each for each in decisions.values() if each.outcome.pays)
    told = json.dumps(decision_letter(decided, context).as_json(), ensure_ascii=False)
    assert f"{said} i veckan." in told


def test_every_automatic_example_says_its_outcome_amount_day_law_appeal_and_who_decided(
    decisions: dict[str, Decision],
) -> None:
    for decided in decisions.values():
        letter = decision_letter(decided, CONTEXT)
        text = letter.text
        rows = {(row.text, row.amount, row.provision) for part in letter.parts for row in part.table}
        flat = re.sub(r"\s+", " ", text)
        granted = decided.granted
        assert (f"Du får {kronor(granted)} i".replace("\u00a0", " ") in flat) == (granted > 0)
        assert ("betalas ut den 25 november 2026" in flat) == (granted > 0)
        assert decided.calculation is not None
        for line in decided.calculation.lines:
            less = line.applied is not None and line.amount < line.applied
            shown = f"{line.what} (sökt: {kronor(line.applied or 0)})" if less else line.what
            assert (shown, line.amount, line.provision) in rows
            assert re.sub(r"\s+", " ", line.provision) in flat
        for words in (
            "fattat automatiskt",
            "tre veckor",
            "Förvaltningsrätten",
            "ärende 2026-000017-9",
            "Ring 0123",
        ):
            assert words in flat
        assert "44 §" in flat
        assert CONTEXT.proof.strip() in text
    assert {each.outcome for each in decisions.values()} == {*DECIDED} - {Outcome.DISMISSED}


def test_a_request_for_completion_asks_exactly_what_is_missing(assessments: dict[str, Assessment]) -> None:
    asked = 0
    for assessment in assessments.values():
        if assessment.outcome is not Outcome.COMPLETION:
            continue
        letter = asking(assessment)
        items = letter.parts[0].items
        wanted = [each for each in assessment.reasons if each.kind is ReasonKind.COMPLETION]
        assert len(items) == len(wanted) > 0
        for item, reason in zip(items, wanted, strict=True):
            assert item.endswith(reason.question)
        assert "SVARA SENAST DEN 4 DECEMBER 2026" in letter.text
        assert "handläggare" in letter.text
        assert "överklaga" not in letter.text.lower()
        asked += len(wanted)
    assert asked > 0


def test_what_is_reduced_is_said_with_its_provision(decisions: dict[str, Decision]) -> None:
    letter = decision_letter(decisions["ensam-delavslag-el"], CONTEXT)
    (part,) = (part for part in letter.parts if part.heading == "Det här får du inte fullt stöd för")
    assert part.items == (
        "Hushållsel: 500\u00a0kr av 700\u00a0kr. (SoL (2025:400) 12 kap. 7 §) "
        "Kommunens gräns är 500\u00a0kr. Källa: Påhittat för demonstration.",
    )


def test_a_refusal_does_not_speak_of_what_is_given_in_part(
    assessments: dict[str, Assessment], decisions: dict[str, Decision]
) -> None:
    """Who gets nothing is not told that a part of a cost is granted: it is a part of the calculation only."""
    in_part, in_sum = "Det här får du inte fullt stöd för", "Det här räknas inte fullt ut"
    before = {
        "decision": "a1",
        "decided_at": datetime(2026, 11, 1, tzinfo=UTC),
        "kind": CorrectionKind.CHANGE,
    }
    corrects = Corrects(**before, difference=-700)
    said: dict[Outcome, list[set[str]]] = {}
    for outcome, granted in ((Outcome.REFUSED, 0), (Outcome.GRANTED_IN_PART, 1000000)):
        decided = by_person(assessments["ensam-delavslag-el"], outcome, granted)
        for one in (decided, decided.model_copy(update={"corrects": corrects})):
            letter = decision_letter(one, CONTEXT)
            said.setdefault(outcome, []).append({part.heading for part in letter.parts} & {in_part, in_sum})
    assert said == {Outcome.REFUSED: [{in_sum}] * 2, Outcome.GRANTED_IN_PART: [{in_part}] * 2}


def test_a_person_signs_with_their_own_reasons_and_no_machine_is_mentioned(
    assessments: dict[str, Assessment],
) -> None:
    text = decision_letter(
        by_person(assessments["ensam-bifall"], Outcome.GRANTED_IN_PART, 1000000), CONTEXT
    ).text
    for words in (
        "Maj Berg, socialsekreterare",
        "– Hyran är rimlig.",
        "skiljer sig från beräkningen".upper(),
    ):
        assert words in text
    assert "automatiskt" not in text
    assert "Så mycket får du" in text


def test_an_automatic_decision_that_is_not_the_calculation_gets_no_letter(
    assessments: dict[str, Assessment], decisions: dict[str, Decision]
) -> None:
    more = decisions["ensam-bifall"].granted + 100
    with pytest.raises(LetterError, match="inte det som beräkningen visar") as raised:
        decision_letter(decision(assessments["ensam-bifall"], granted=more), CONTEXT)
    assert raised.value.retry is False


@pytest.mark.parametrize(
    ("context", "missing"),
    [
        (replace(CONTEXT, reference=""), "ärende"),
        (replace(CONTEXT, sender=replace(SENDER, court="")), "domstol"),
    ],
)
def test_a_letter_that_cannot_say_what_it_must_is_not_written(
    decisions: dict[str, Decision], context: LetterContext, missing: str
) -> None:
    with pytest.raises(LetterError, match=missing):
        decision_letter(decisions["ensam-bifall"], context)


def test_a_person_who_is_not_named_signs_nothing(assessments: dict[str, Assessment]) -> None:
    nobody = decision(assessments["ensam-bifall"], automatic=False, decided_by="", reason="Så är det.")
    with pytest.raises(LetterError, match="handläggare"):
        decision_letter(nobody, CONTEXT)


def test_an_amount_that_comes_from_anywhere_but_the_decision_stops_the_letter(
    decisions: dict[str, Decision],
) -> None:
    context = replace(CONTEXT, sender=replace(SENDER, contact="Ring, det kostar 12\u00a0011\u00a0kr"))
    with pytest.raises(LetterError, match="12\u00a0011\u00a0kr, som inte står i beslutet"):
        decision_letter(decisions["ensam-bifall"], context)


def test_a_letter_without_a_month_or_without_questions_is_refused(assessments: dict[str, Assessment]) -> None:
    with pytest.raises(LetterError, match="vilken månad"):
        decision_letter(decision(assessments["ensam-bifall"], month=""), CONTEXT)
    with pytest.raises(LetterError, match="inga saknas"):
        notice("KOMPLETTERING", "2026-11", [], CONTEXT)


def test_a_receipt_and_a_reminder_need_no_calculation() -> None:
    receipt = notice("KVITTENS", "2026-11", [], CONTEXT).text
    assert "19 november 2026" in receipt
    assert "24 timmar" in receipt
    asked = Reason(kind=ReasonKind.COMPLETION, code="BOENDE", question="Hur bor du?", label="Alma")
    assert "– Alma: Hur bor du?" in notice("PÅMINNELSE", "2026-11", [asked], CONTEXT).text
    own = asked.model_copy(update={"subject": ALMA.person})
    assert "– Hur bor du?" in notice("PÅMINNELSE", "2026-11", [own], CONTEXT).text
    named = asked.model_copy(update={"question": "Hur bor Alma?", "named": True})
    assert "– Hur bor Alma?" in notice("PÅMINNELSE", "2026-11", [named], CONTEXT).text
    earlier = named.model_dump(mode="json", exclude={"named"})
    for question, told in (
        ("Hur bor Alma?", "– Hur bor Alma?"),
        ("Hur bor du?", f"– {asked.label}: Hur bor du?"),
    ):
        kept = reasons_from(json.dumps([{**earlier, "question": question}]))
        assert told in notice("PÅMINNELSE", "2026-11", kept, CONTEXT).text
    other = asked.model_copy(update={"question": "Bor Almas mormor hos dig?"})
    assert "– Alma: Bor Almas mormor hos dig?" in notice("PÅMINNELSE", "2026-11", [other], CONTEXT).text


def test_a_whole_letter_as_it_is_read(decisions: dict[str, Decision]) -> None:
    """One letter in full, so that a reader can see it: ``brev-bifall.txt`` beside this test."""
    snapshot = TEXTS.parents[3] / "tests" / "decision_service" / "outputs" / "brev-bifall.txt"
    assert decision_letter(decisions["ensam-bifall"], CONTEXT).text == snapshot.read_text(encoding="utf-8")


def test_lines_fit_the_page_and_sentences_are_short(assessments: dict[str, Assessment]) -> None:
    for assessment in assessments.values():
        for _, letter in letters_of(assessment):
            for part in letter.parts:
                for paragraph in part.paragraphs:
                    for sentence in re.split(r"(?<=[a-zåäö)])[.?] ", paragraph):
                        assert len(sentence.split()) <= 32, sentence


# --- the file of texts


def changed(path: tuple[str, ...], value: object) -> list[str]:
    """The faults of the texts with one place changed."""
    data: Any = yaml.load(TEXTS.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    node = data
    for name in path[:-1]:
        node = node[name]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    content = yaml.safe_dump(data, allow_unicode=True).encode()
    with pytest.raises(FindingsError) as raised:
        read_texts(document.parse(content, "brev.yaml"))
    return [str(finding) for finding in raised.value.findings]


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("avsnitt", "beviljat", "stycken"), ["Du får {summa}."], "{summa} finns inte"),
        (("avsnitt", "beviljat", "stycken"), ["Du får 500 kr."], "Ett belopp står i texten"),
        (("avsnitt", "beviljat", "stycken"), ["Du får 1 000 kronor."], "Ett belopp står i texten"),
        (("avsnitt", "beviljat", "stycken"), ["Du får {belopp."], "klammer"),
        (("avsnitt", "beviljat", "stycken"), [""], "Texten saknas"),
        (("avsnitt", "beviljat", "när"), "ibland", "ibland"),
        (("avsnitt", "beviljat", "lista"), "allt", "allt"),
        (("brev", "BIFALL", "avsnitt"), ["beviljat", "hälsning"], "Avsnitten finns inte: hälsning"),
        (("avsnitt", "kontakt", "text"), "x", "text"),
        (("brev", "KVITTENS"), None, "KVITTENS"),
        (("rader", "income"), None, "income"),
    ],
)
def test_a_fault_in_the_texts_is_found_before_any_letter(
    path: tuple[str, ...], value: object, fault: str
) -> None:
    assert any(fault in each for each in changed(path, value))


def test_every_provision_of_the_texts_names_a_known_law_and_every_decision_says_how_to_appeal() -> None:
    laws = load_laws()
    cited = [provision for part in texts().parts.values() for provision in part.provisions]
    for provision in cited:
        assert laws.cite(provision) is not None, provision
    for kind in DECIDED:
        letter = texts().letters[kind]  # type: ignore[index]
        assert "överklaga" in letter.parts
        assert {"fattat_av_maskin", "fattat_av_handläggare"} <= set(letter.parts)
    assert set(texts().letters) == set(get_args(LetterKind))


def test_the_head_of_the_file_lists_the_places_and_conditions_there_are() -> None:
    head = TEXTS.read_text(encoding="utf-8").partition("\nbrev:")[0]
    for place in get_args(Place):
        assert f"{{{place}}}" in head
    for when in get_args(When):
        assert when in head
