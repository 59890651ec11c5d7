"""The papers of a case, to read or to save: its letters, and the documents that the applicant has sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, TypedDict

from fastapi import APIRouter, Depends, Path, Request
from sqlmodel import Session
from starlette.responses import Response

from decision_service.access.roles import REVIEWERS
from decision_service.api.addresses import Application
from decision_service.api.cases import read
from decision_service.api.problems import ProblemError
from decision_service.api.routes.decisions import HTML, PDF, TEXT, laid_out
from decision_service.api.routes.documents import open_document
from decision_service.application.kept import ContentJson
from decision_service.casework import documents, papers, protecting, writing_off
from decision_service.casework.office import Office
from decision_service.casework.papers import KeptLetter, ToldBeforehand
from decision_service.casework.protecting import Protection
from decision_service.outputs.explained import Explained
from decision_service.outputs.letter_layout import Letter
from decision_service.planning.protection_words import WordsOfProtection, words
from decision_service.store.tables import ApplicationRow, DocumentRow
from decision_service.web.answer_form import people_of
from decision_service.web.render import page
from decision_service.web.visitors import Visitor, visitor

router = APIRouter(prefix="/k/{kommunkod}/handlingar/{application}")

Reader = Annotated[Visitor, Depends(visitor(*REVIEWERS, reads=True))]
Name = Annotated[str, Path(max_length=200)]
Language = Annotated[str, Path(pattern="^[a-z]{2}$")]
FORMS: Mapping[str, str] = {"pdf": PDF, "webb": HTML, "text": TEXT}
"""The forms of a letter: as an address names it, and its media type."""


class ToProtect(TypedDict):
    """What ``skydd_markera.html`` and ``avliden_markera.html`` show."""

    arende: str
    manniskor: dict[str, str]
    avlidna: dict[str, date]
    avskrivna: list[ApplicationRow]
    skydd: list[Protection]
    skyddsord: WordsOfProtection
    ser_skyddade: bool


def to_protect(office: Office, session: Session, visitor: Visitor, row: ApplicationRow) -> ToProtect:
    """By what somebody in a case is marked as protected or dead, and what has been said of them."""
    content: ContentJson = json.loads(row.content)
    names = people_of(content)
    died = {one["id"]: one.get("died") for one in content["people"]}
    return {
        "arende": row.id,
        "manniskor": names,
        "avlidna": {id_: date.fromisoformat(day) for id_, day in died.items() if day},
        "avskrivna": writing_off.to_take_up(session, row),
        "skydd": protecting.of_case(office, session, row.tenant, row.id),
        "skyddsord": words(),
        "ser_skyddade": visitor.sees_protected,
    }


@router.get("/brev/{name}/{form}")
def letter(
    request: Request,
    reader: Reader,
    application: Application,
    name: Name,
    form: Literal["pdf", "webb", "text"],
) -> Response:
    """A letter as it was kept."""

    def show(_: Office, session: Session, row: ApplicationRow) -> Response:
        found = next((one for one in papers.letters_of(session, row) if one.key == name), None)
        if found is None:
            raise ProblemError("not-found")
        return laid_out(found.content, FORMS[form])

    return read(request, reader, application, show)


@router.get("/brev/{name}/kort/{language}")
def in_short(
    request: Request, reader: Reader, application: Application, name: Name, language: Language
) -> Response:
    """What a letter says, in short and in another language."""

    def show(_: Office, session: Session, row: ApplicationRow) -> tuple[KeptLetter, Explained] | None:
        found = next((one for one in papers.letters_of(session, row) if one.key == name), None)
        explained = found is not None and "explained" in found.content["letter"]
        said = Letter.of_json(found.content["letter"]).explained if found and explained else ()
        return next(((found, each) for each in said if each.language == language and found), None)

    found = read(request, reader, application, show)
    if found is None:
        raise ProblemError("not-found")
    letter, said = found
    return page(request, "brev_kort.html", visitor=reader, arende=application, brev=letter, kort=said)


@router.get("/dokument/{name}")
def document(request: Request, reader: Reader, application: Application, name: Name) -> Response:
    """What the applicant has sent, to save: no browser shows it by itself."""
    return open_document(request, reader, application, name)


def shown(
    session: Session, row: ApplicationRow
) -> dict[str, list[KeptLetter] | list[ToldBeforehand] | list[DocumentRow]]:
    """What ``handlingar.html`` shows."""
    return {
        "brev": papers.letters_of(session, row),
        "yttranden": list(papers.told_of(session, row)),
        "dokument": documents.of_application(session, row),
    }
