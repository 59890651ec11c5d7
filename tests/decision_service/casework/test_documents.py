"""Documents: checked by what is in them, kept under the case's key, a hash in the log, one to a question."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import sealed
from audit.errors import VaultError
from decision_service.application.document_kind import LARGEST, DocumentKind, kind_of
from decision_service.casework import documents
from decision_service.casework.rows import ConflictError, NotFoundError
from decision_service.casework.steps import open_completion
from decision_service.decision.document import Reason, reasons_from
from decision_service.reading.strict_json import InputError
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationState, DocumentRow
from tests.world.office import World
from tests.world.people import NOVEMBER, TENANT, application

PDF = b"%PDF-1.7\nIntyg\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0....\xff\xd9"


@pytest.fixture
def ill(world: World) -> str:
    """Somebody who is ill and has said that the certificate is not there."""
    world.clock.forward(days=30)
    world.imported(1)
    planning = {
        "person": "p1",
        "planningType": "SICK_LEAVE",
        "sickLeaveLevel": 100,
        "certificateAttached": False,
    }
    return world.apply(application(1, NOVEMBER, plannings=[planning]))


def send(
    world: World, case: str, content: bytes = PDF, question: str = "", name: str = "intyg.exe"
) -> DocumentRow:
    with transaction(world.engine) as session:
        return documents.add(world.office, session, TENANT, case, content, name, question)


def asked(world: World, case: str) -> list[Reason]:
    with reading(world.engine) as session:
        found = open_completion(session, world.row(case))
    return [*reasons_from(found.asked)] if found is not None else []


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, DocumentKind.PDF), (PNG, DocumentKind.PNG), (JPEG, DocumentKind.JPEG)],
)
def test_the_content_says_the_kind(content: bytes, kind: DocumentKind) -> None:
    assert kind_of(content) is kind


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "document_of_other_kind"),
        (b"<html>%PDF-</html>", "document_of_other_kind"),
        (b"MZ\x90\x00", "document_of_other_kind"),
        (PDF[:-8], "document_cut_off"),
        (PNG[:-4], "document_cut_off"),
        (b"%PDF-" + b"x" * LARGEST, "document_too_large"),
    ],
)
def test_another_content_is_refused_whatever_it_is_called(
    world: World, ill: str, content: bytes, fault: str
) -> None:
    before = world.everything()
    with pytest.raises(InputError) as refused:
        send(world, ill, content, name="intyg.pdf")
    assert [each.code for each in refused.value.faults] == [fault]
    assert world.everything() == before


@given(st.binary(max_size=40))
def test_nothing_else_is_a_document(content: bytes) -> None:
    if not content.startswith((b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        with pytest.raises(InputError):
            kind_of(content)


def test_a_certificate_answers_its_question_and_a_person_reads_it(world: World, ill: str) -> None:
    (question,) = [one for one in asked(world, ill) if one.code == "LÄKARINTYG_SAKNAS"]
    found = send(world, ill, question=question.id)
    assert (found.kind, found.size) == ("application/pdf", len(PDF))
    assert found.sha256 == hashlib.sha256(PDF).hexdigest()
    content = json.loads(world.row(ill).content)
    assert content["application"]["plannings"][0]["certificateAttached"] is True
    assert content["application"]["attachments"][0]["fileId"] == found.id
    assert world.state(ill) == ApplicationState.RECEIVED
    world.examine(ill)
    assert "LÄKARINTYG_SAKNAS" not in [one.code for one in asked(world, ill)]
    assert world.state(ill) == ApplicationState.HANDLAGGARE
    assert ("completion", "document") in world.trail(ill)
    world.whole()


def test_a_question_about_a_document_is_not_answered_with_a_yes(world: World, ill: str) -> None:
    (question,) = [one for one in asked(world, ill) if one.code == "LÄKARINTYG_SAKNAS"]
    before = world.everything()
    with pytest.raises(InputError) as wrong:
        world.complete(ill, {"answers": [{"question": question.id, "value": True}]})
    assert [each.code for each in wrong.value.faults] == ["answer_is_document"]
    assert world.everything() == before


def test_it_is_kept_under_the_key_of_its_case_and_opened_as_it_was_sent(world: World, ill: str) -> None:
    kept = send(world, ill)
    assert b"Intyg" not in kept.sealed
    row = world.row(ill)
    with reading(world.engine) as session:
        _, content = documents.opened(world.office, session, row, kept.id)
        assert content == PDF
        name, connection = f"document/{kept.id}", session.connection()
        for changed, place in (
            (kept.sealed[:-1] + bytes([kept.sealed[-1] ^ 1]), name),
            (kept.sealed[:-1], name),
            (kept.sealed, "document/annat"),
        ):
            with pytest.raises(VaultError):
                sealed.unseal(connection, world.office.keys, TENANT, ill, place, changed)


def test_the_same_document_twice_is_one(world: World, ill: str) -> None:
    first = send(world, ill)
    before = world.everything()
    assert send(world, ill).id == first.id
    assert world.everything() == before
    assert send(world, ill, PNG).id != first.id


def test_what_is_not_there_is_told(world: World, ill: str) -> None:
    with pytest.raises(InputError) as refused:
        send(world, ill, question="finns-inte")
    assert [each.code for each in refused.value.faults] == ["question_gone"]
    with pytest.raises(NotFoundError):
        send(world, "finns-inte")
    with reading(world.engine) as session, pytest.raises(NotFoundError):
        documents.opened(world.office, session, world.row(ill), "finns-inte")


def test_a_decided_application_takes_no_document(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    found = world.apply(application(1, NOVEMBER))
    assert world.state(found) == ApplicationState.DECIDED
    with pytest.raises(ConflictError):
        send(world, found)
