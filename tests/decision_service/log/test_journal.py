"""What the log says about a case: in which entry, what stays readable for ever, and what does not."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from audit import (
    AuditError,
    Entry,
    EntryKind,
    FileKeyStore,
    canonical,
    create_tables,
    prepare_engine,
    reading,
    trail,
)
from audit import document as documents
from audit.entry import OWN
from decision_service.application.case_file import CaseFile
from decision_service.application.outcome import Outcome
from decision_service.commands.audit import assess_again
from decision_service.decision.decide import assess
from decision_service.decision.document import Assessment, Decision, Reason, ReasonKind, RestsOn
from decision_service.decision.protection import RULES
from decision_service.decision.writing import written
from decision_service.log import journal
from decision_service.log.events import Action, Answering, CompletionEvent, Handover, ReviewFinding
from decision_service.log.trail_words import words
from decision_service.reading.faults import validated
from decision_service.reading.kronor import to_ore
from decision_service.reading.strict_json import read_json
from rules.book import Rulebook
from tests.world.cases import EXPECTED, engines
from tests.world.sweeps import share

CASES = sorted((Path(__file__).parents[3] / "examples" / "cases").glob("*.json"))
CASES_BY_NAME = {path.stem: path for path in CASES}
NOW = datetime(2026, 11, 20, 8, 12, tzinfo=UTC)
WORKER = journal.staff("h-17")


def read(path: Path) -> CaseFile:
    return validated(CaseFile, read_json(path.read_bytes()))


def document_of(case: CaseFile) -> dict[str, Any]:
    return case.model_dump(mode="json", by_alias=True)


def test_a_logged_case_file_is_the_case_file() -> None:
    """Through JSON and back, for every example: amounts, dates, ids and register answers are the same."""
    assert CASES
    for path in CASES:
        case = read(path)
        again = CaseFile.model_validate(json.loads(json.dumps(document_of(case))))
        assert again == case, path.name


@pytest.mark.parametrize("written", ["10.000", "1234.567", "1E+3", "0.10", "-5.50", "1e999999999", "12.34"])
def test_a_number_in_a_register_answer_is_the_same_amount_after_the_log(written: str) -> None:
    def amount(value: Any) -> int | str:
        try:
            return to_ore(value)
        except ValueError:
            return "refused"

    content = read_json(CASES[0].read_bytes()) | {"registers": {"fk": {"belopp": Decimal(written)}}}
    document = document_of(CaseFile.model_validate(content))
    logged = json.loads(json.dumps(document))["registers"]["fk"]["belopp"]
    assert amount(logged) == amount(Decimal(written))


def assessment_of(case: CaseFile) -> Assessment:
    kept = engines(case)
    return assess(case, kept.law, kept).document


def test_every_logged_example_is_assessed_again_to_the_same_document(book: Rulebook) -> None:
    for path in share(CASES, 12):
        case = read(path)
        document = assessment_of(case)
        entry = journal.assessed("c-1", 1, NOW, document.findings, written(document), document_of(case))
        again = assess_again(book, entry.personal["inputs"])
        assert again.model_dump_json() == document.model_dump_json(), path.name


def test_what_is_written_already_is_logged_as_it_would_be_read() -> None:
    """What is open and what is personal, of examples of each outcome: to the byte."""
    for path in share(CASES, 4, lambda path: EXPECTED[path.stem]["utfall"]):
        case = read(path)
        made = assessment_of(case)
        entry = journal.assessed("c-1", 1, NOW, made.findings, written(made), document_of(case))
        body, personal = documents.split(documents.ASSESSMENT, made.model_dump(mode="json"), RULES)
        told, kept = canonical.canonical(entry.body, "body"), canonical.canonical(entry.personal, "personal")
        assert told == canonical.canonical({"number": 1, **body}, "body"), path.name
        inputs = {"inputs": document_of(case)}
        assert kept == canonical.canonical({**personal, **inputs}, "personal"), path.name


def decision(assessment: Assessment) -> Decision:
    """A person's decision that rests on an assessment."""
    return Decision(
        id="b-1",
        application_id="c-1",
        municipality=assessment.municipality,
        month=assessment.month,
        outcome=Outcome.GRANTED,
        granted=85_000,
        automatic=False,
        decided_by="h-17",
        decided_at=NOW,
        reason="sekret",
        release=assessment.release,
        assessment=RestsOn(number=1, receipt=assessment.receipt),
        calculation=assessment.calculation,
    )


def every_kind(book: Rulebook) -> list[Entry]:
    case = read(CASES_BY_NAME["familj-pa-fem"])
    document = assessment_of(case)
    asked = Reason(kind=ReasonKind.COMPLETION, code="UPPGIFT_SAKNAS", question="sekret?")
    own = decision(document)
    return [
        journal.vouched("c-1", NOW),
        journal.received("c-1", NOW, adapter="ansokan/1", client="e-tjänst", content=b"svar", form=b"form"),
        journal.facts(
            "c-1",
            NOW,
            asked=journal.register_states(case),
            answers=case.registers,
            sources={"plan": "sekret"},
        ),
        journal.assessed("c-1", 1, NOW, document.findings, written(document), document_of(case)),
        journal.decided(own),
        journal.letter("c-1", "b-1", NOW, channel="post", text="Hej sekret!", document=b"%PDF"),
        journal.completion(
            "c-1",
            NOW,
            CompletionEvent.ASKED,
            due=date(2026, 12, 1),
            questions=[asked],
        ),
        journal.completion("c-1", NOW, CompletionEvent.REMINDED),
        journal.completion("c-1", NOW, CompletionEvent.ANSWERED, content=b"svar"),
        journal.completion("c-1", NOW, CompletionEvent.UNANSWERED),
        *(journal.communication("c-1", NOW, event, questions=[asked]) for event in CompletionEvent),
        *(journal.handed_over("c-1", NOW, cause) for cause in Handover),
        journal.deadline("c-1", NOW, NOW, passed=False),
        journal.deadline("c-1", NOW, NOW, passed=True),
        *(
            journal.answer(
                "c-1",
                NOW,
                event,
                WORKER,
                code="HYRA_ÖVER_GRÄNS",
                role="handläggare",
                content={"value": "sekret"},
            )
            for event in Answering
        ),
        journal.waits("c-1", NOW, NOW.date()),
        *(journal.human_action("c-1", NOW, WORKER, action, reason="sekret") for action in Action),
        *(
            journal.reviewed(
                "c-1",
                NOW,
                WORKER,
                sample="s-1",
                decision="b-1",
                finding=finding,
                about="sekret",
                reason="sekret",
                name="sekret",
            )
            for finding in ReviewFinding
        ),
        journal.override(own, (Outcome.REFUSED, 0)),
        journal.access("c-1", NOW, WORKER, "handläggning", reason="sekret"),
        journal.payment(own, {"amount": 85_000, "payee": "Alva", "account": None}),
        journal.plan("c-1", NOW, WORKER, 1, {"plan": {"reason": "sekret"}, "sessions": []}),
        journal.history("c-1", NOW, WORKER, [{"month": "2026-10", "people": ["sekret"]}], complete=True),
        journal.withdrawn("c-1", NOW, reason="sekret"),
        journal.written_off("c-1", "b-2", NOW, WORKER, name="sekret", reason="sekret"),
    ]


def test_the_log_takes_them_and_tells_them_in_words(book: Rulebook, tmp_path: Path) -> None:
    """No name, number, amount, answer or free text is readable without the vault's key; with it all is."""
    engine, keys = prepare_engine(create_engine("sqlite://")), FileKeyStore(tmp_path)
    create_tables(engine)
    log = journal.open_log(keys)
    with engine.begin() as connection:
        log.create(connection, "9999", "lagrum.example", NOW)
        for entry in every_kind(book):
            log.append(connection, "9999", entry)
    with engine.connect() as connection:
        leaves = b"".join(one.leaf for one in trail.read_leaves(connection, "9999", "c-1")).decode()
        text = reading.render(trail.read_case(connection, keys, "9999", "c-1"), words({}))
    for secret in ("sekret", "Alva", "9900", "85000", "1665000", '"2015', "Hej"):
        assert secret not in leaves
    for said in (
        "Ansökan togs emot av den sökande\n",
        "Ärendet lämnades till en handläggare av maskinen (lagrum)\n   tidsfristen närmar sig\n",
        "Åtgärd vidtogs av en person (h-17)\n   handläggaren tog ärendet\n",
        "   utfall: bifall\n   maskinens förslag: avslag\n   beviljat: 850,00 kr\n",
        "   maskinens förslag, belopp: 0,00 kr\n   skäl: sekret\n",
        "Ansökan togs tillbaka av den sökande\n",
        "   frågor 1:\n",
        "som dragits i ett stickprov granskades: fel i sak\n",
        "   fynd: fel i sak\n",
        "   fristen har gått ut: ja\n",
        "Hej sekret!",
    ):
        assert said in text, said


def test_every_kind_that_casework_writes_is_written(book: Rulebook) -> None:
    elsewhere = {
        EntryKind.HOLD_PLACED,
        EntryKind.HOLD_LIFTED,
        EntryKind.DRAFT_APPROVED,
        EntryKind.RELEASE_PUBLISHED,
    }
    assert {entry.kind for entry in every_kind(book)} == set(EntryKind) - OWN - elsewhere


def test_how_each_register_answered() -> None:
    """By agency alone it is about the applicant, by person about either; what is not there was not asked."""
    case = read(CASES_BY_NAME["familj-pa-fem"])
    found = journal.register_states(case)
    assert {person: set(states.values()) for person, states in found.items()} == {
        "p1": {"answered", "missing"},
        "p2": {"answered", "missing"},
    }
    assert [agency for agency, state in found["p2"].items() if state == "missing"] == ["miv"]
    broken = case.model_copy(update={"registers": {"fk": {"fel": "tekniskt fel"}}})
    assert journal.register_states(broken)["p1"]["fk"] == "failed"
    assert set(journal.register_states(broken)["p2"].values()) == {"missing"}


def test_a_personal_number_is_refused_in_what_is_readable_for_ever(tmp_path: Path) -> None:
    engine = prepare_engine(create_engine("sqlite://"))
    create_tables(engine)
    log = journal.open_log(FileKeyStore(tmp_path))
    with engine.begin() as connection:
        log.create(connection, "9999", "lagrum.example", NOW)
        with pytest.raises(AuditError, match="ser ut som ett personnummer"):
            log.append(connection, "9999", journal.access("c-1", NOW, WORKER, "se 19880209-2380"))
