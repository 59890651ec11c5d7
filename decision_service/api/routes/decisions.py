"""The decision on an application: what it says, why, what would have changed it, and the proof of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from sqlmodel import Session, col, select
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from audit import bundle, proof
from audit import reading as trail
from audit.errors import BundleError
from audit.trail import read_case
from decision_service.access.roles import REVIEWERS, Role
from decision_service.api import answers
from decision_service.api.accept import most_wanted
from decision_service.api.addresses import Application, Number
from decision_service.api.behind import service_of
from decision_service.api.bodies import JSON, inlined
from decision_service.api.callers import Caller, require_reader
from decision_service.api.cases import as_json, read
from decision_service.api.etag import etag
from decision_service.api.language import preferred
from decision_service.api.openapi import problem_responses
from decision_service.api.problems import ProblemError
from decision_service.api.routes.applications import Follower
from decision_service.application.outcome import Outcome
from decision_service.casework.assessments import latest, numbered
from decision_service.casework.chain import AnyDecision, in_force
from decision_service.casework.decisions import document_of
from decision_service.casework.letters import kept_letters
from decision_service.casework.office import Office
from decision_service.casework.papers import written_off_letters
from decision_service.decision.document import Assessment, Decision
from decision_service.evaluation.explained import Circumstances, Explained
from decision_service.evaluation.pool import Evaluators
from decision_service.log import releases
from decision_service.outputs.layout.html import html, policy
from decision_service.outputs.layout.pdf import pdf
from decision_service.outputs.letter_layout import Letter
from decision_service.outputs.payload import KeptLetterJson
from decision_service.reading.strict_json import InputError
from decision_service.service import Service
from decision_service.store.same_case import same_case
from decision_service.store.tables import WRITTEN_OFF, ApplicationRow, AssessmentRow
from norms.fault import fault

router = APIRouter(tags=["beslut"])

Reviewer = Annotated[Caller, Depends(require_reader(*REVIEWERS))]
TEXT, HTML, PDF = "text/plain", "text/html", "application/pdf"
_NOT_YET = problem_responses("conflict")
_TEXT = {"type": "string"}
_LETTER = inlined(answers.DecisionLetter.model_json_schema())


@router.get(
    "/applications/{application}/decision",
    summary="Beslutet",
    response_description="Svaret",
    responses=_NOT_YET,
)
def show_decision(
    request: Request, response: Response, caller: Follower, application: Application
) -> Decision:
    """Utfall, belopp i ören, beräkningen rad för rad och varje rads lagrum."""

    def show(_: Office, session: Session, row: ApplicationRow) -> Decision:
        response.headers["ETag"] = etag(row.version)
        return document_of(session, _decided(session, row))

    return read(request, caller, application, show)


@router.get(
    "/applications/{application}/assessments",
    summary="Prövningarna",
    response_description="Svaret",
)
def list_assessments(
    request: Request, response: Response, caller: Reviewer, application: Application
) -> answers.Items[answers.BriefAssessment]:
    """Varje gång maskinen har prövat ansökan, den första först. En prövning är inget beslut."""

    def show(_: Office, session: Session, row: ApplicationRow) -> answers.Items[answers.BriefAssessment]:
        response.headers["ETag"] = etag(row.version)
        query = select(AssessmentRow).where(same_case(AssessmentRow, row))
        items = [
            answers.BriefAssessment(
                number=one.number,
                made_at=one.made_at,
                outcome=Outcome(one.outcome),
                automatic=one.automatic,
                release=one.release,
            )
            for one in session.exec(query.order_by(col(AssessmentRow.number))).all()
        ]
        return answers.Items(items=items)

    return read(request, caller, application, show)


@router.get(
    "/applications/{application}/assessments/{number}",
    summary="En prövning",
    response_description="Svaret",
)
def show_assessment(
    request: Request,
    response: Response,
    caller: Reviewer,
    application: Application,
    number: Number,
) -> Assessment:
    """Vad maskinen kom fram till: beräkningen, varje regel med uppgifterna den läste och varifrån de kom."""

    def show(_: Office, session: Session, row: ApplicationRow) -> Assessment:
        response.headers["ETag"] = etag(row.version)
        found = session.get(AssessmentRow, (row.tenant, row.id, number))
        if found is None:
            raise ProblemError("not-found")
        return numbered(found).document

    return read(request, caller, application, show)


@router.get(
    "/applications/{application}/letter",
    summary="Beslutsbrevet",
    response_class=PlainTextResponse,
    responses={
        200: {"content": {JSON: {"schema": _LETTER}, HTML: {"schema": _TEXT}, PDF: {}}},
        **_NOT_YET,
    },
)
def show_letter(
    request: Request,
    caller: Follower,
    application: Application,
    accept: Annotated[str, Header()] = "*/*",
    to: Annotated[str | None, Query(description="Vems brev, personens id i ärendet; utan: sökandens")] = None,
) -> Response:
    """Brevet som det skickas, med beviset för att beslutet står i kommunens logg. Varje vuxen får ett eget.
    Text, PDF, webbsida eller JSON, med samma ord i alla. Är ansökan återkallad är det brevet om att ärendet
    är avskrivet."""

    def show(_: Office, session: Session, row: ApplicationRow) -> Response:
        if row.state in WRITTEN_OFF:
            written = written_off_letters(session, row)
        else:
            written = kept_letters(_decided(session, row).letter)
        if not written:
            raise ProblemError("conflict", fault("letter_being_written"))
        letters = [one for one in written if to in (None, one["to"] and one["to"]["person"])]
        if not letters:
            raise ProblemError("not-found")
        return laid_out(letters[0], most_wanted(accept, (TEXT, JSON, HTML, PDF)))

    return read(request, caller, application, show)


def laid_out(kept: KeptLetterJson, media_type: str) -> Response:
    """A letter as it was kept, in the form that was asked for. One of the first version does not say all that
    a layout needs: it is text."""
    varies = {"Vary": "Accept"}
    if media_type == TEXT or (media_type != JSON and "sender" not in kept["letter"]):
        return PlainTextResponse(kept["text"], headers=varies)
    if media_type == JSON:
        return JSONResponse(kept["letter"], headers=varies)
    letter = Letter.of_json(kept["letter"])
    if media_type == HTML:
        return HTMLResponse(html(letter), headers={**varies, "Content-Security-Policy": policy()})
    named = {"Content-Disposition": f'inline; filename="{letter.reference}.pdf"'}
    return Response(pdf(letter), headers={**varies, **named}, media_type=PDF)


@router.get(
    "/applications/{application}/proof",
    summary="Beviset",
    response_class=PlainTextResponse,
    responses=_NOT_YET,
)
def show_proof(request: Request, caller: Follower, application: Application) -> Response:
    """Bevis (C2SP tlog-proof) för att beslutet står i kommunens logg. Kontrolleras utan tjänsten."""

    def show(_: Office, session: Session, row: ApplicationRow) -> Response:
        found = _decided(session, row)
        return PlainTextResponse(proof.letter(session.connection(), row.tenant, found.entry))

    return read(request, caller, application, show, signed=True)


@router.get(
    "/applications/{application}/explanation",
    summary="Varför det blev så",
    responses={**answers.answers(answers.Explanation), **_NOT_YET},
)
def explain_assessment(
    request: Request,
    caller: Reviewer,
    application: Application,
    what: Annotated[
        str | None, Query(description="En summa eller slutsats, till exempel kalkyl.norm", max_length=100)
    ] = None,
    subject: Annotated[str | None, Query(description="Vem det gäller, id i ärendet", max_length=64)] = None,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:
    """Varje regel med villkorets delar, vad de såg och om de höll. Med ``what`` bara reglerna bakom den."""
    words = {"language": preferred(accept_language)}
    words |= {"what": what} if what else {}
    words |= {"subject": subject} if subject else {}
    return as_json(
        explained_of(request, caller, application, answers.Explanation, lambda by, case: by.why(case, words))
    )


@router.get(
    "/applications/{application}/explanation/{rule}",
    summary="Varför en regel inte gällde",
    responses={**answers.answers(answers.WhyNotExplanation), **_NOT_YET},
)
def explain_rule(
    request: Request,
    caller: Reviewer,
    application: Application,
    rule: Annotated[str, Path(description="Regelns id", max_length=100)],
) -> Response:
    """De minsta delarna av villkoret som inte höll, med hur långt det var kvar, eller som inte är kända."""
    return as_json(why_silent(request, caller, application, rule))


@router.get(
    "/applications/{application}/changes",
    summary="Vad som hade gett ett annat utfall",
    responses={**answers.answers(answers.SmallestChanges), **_NOT_YET},
)
def list_changes(
    request: Request,
    caller: Reviewer,
    application: Application,
    outcome: Annotated[
        str | None, Query(description="Bara ändringar till det utfallet", max_length=20)
    ] = None,
) -> Response:
    """Vad som hade hänt om en omständighet, som ett belopp, hade varit en annan och allt annat lika: det
    närmaste värdet, prövat på hela ärendet av båda motorerna. Att kalla en räkning något annat är ingen
    omständighet."""
    return as_json(changes_of(request, caller, application, outcome))


@router.get(
    "/applications/{application}/trail",
    summary="Ärendets spår",
    responses={
        200: {"model": answers.Items[answers.TrailEntry], "content": {"text/plain": {"schema": _TEXT}}}
    },
)
def show_trail(
    request: Request, caller: Reviewer, application: Application, accept: Annotated[str, Header()] = "*/*"
) -> Response:
    """Tidslinjen, besluten som träd av regler, och vad maskinen och människor gjorde. Text eller JSON."""

    def show(office: Office, session: Session, row: ApplicationRow) -> Response:
        entries = read_case(session.connection(), office.keys, row.tenant, row.id)
        if "text/plain" in accept:
            return PlainTextResponse(trail.render(entries, service_of(request).words))
        items = [
            answers.TrailEntry(seq=one.seq, entry=one.entry, personal=dict(one.personal)) for one in entries
        ]
        return as_json(answers.Items[answers.TrailEntry](items=items))

    return read(request, caller, application, show)


@router.get(
    "/applications/{application}/bundle",
    summary="Ärendet som en fil för domstol",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
)
def export_case(
    request: Request,
    caller: Annotated[Caller, Depends(require_reader(Role.JURIST, Role.CHEF, Role.REVISOR))],
    application: Application,
    withhold: Annotated[
        list[str] | None,
        Query(description="Uppgifter som inte ska lämnas ut (sekretess), efter namn i spåret"),
    ] = None,
) -> Response:
    """Läsbart spår, spår för maskiner, bevis, regelversion, publik nyckel och ett kontrollprogram. Uppgifter
    i ``withhold`` är stängda i filen, och den går att kontrollera ändå. Ett namn som inget i ärendet har är
    ett fel, och då lämnas inget ut."""
    return export_of(request, caller, application, withhold or ())


def export_of(request: Request, caller: Caller, application: str, withhold: Collection[str] = ()) -> Response:
    """A case as a file for a court. The reading is logged. Raises InputError for a field to withhold that the
    case does not have."""
    service = service_of(request)

    def show(office: Office, session: Session, row: ApplicationRow) -> Response:
        name = f'attachment; filename="arende-{row.id}.zip"'
        try:
            content = exported_case(service, session, row, withhold)
        except BundleError as error:
            raise InputError([fault("refused", "withhold", reason=str(error).rstrip("."))]) from error
        return Response(content, media_type="application/zip", headers={"Content-Disposition": name})

    return read(request, caller, application, show, signed=True)


def exported_case(
    service: Service, session: Session, row: ApplicationRow, withhold: Collection[str] = ()
) -> bytes:
    """A case with its proofs and the releases it was assessed under. A checkpoint must cover all of it.
    ``withhold`` names what stays closed. Raises audit.errors.BundleError."""
    connection = session.connection()
    used = session.exec(select(AssessmentRow.release).where(same_case(AssessmentRow, row)).distinct()).all()
    files = {release: releases.load_files(connection, release) for release in used}
    keys, words = service.office.keys, service.words
    return bundle.export(connection, keys, row.tenant, row.id, files, withhold=withhold, words=words)


def _decided(session: Session, row: ApplicationRow) -> AnyDecision:
    """The decision in force. Raises ProblemError where nothing is decided."""
    found = in_force(session, row.tenant, row.id)
    if found is None:
        raise ProblemError("conflict", fault("not_decided"))
    return found


def why_silent(request: Request, caller: Caller, application: str, rule: str) -> answers.WhyNotExplanation:
    """Why a rule did not apply in the newest assessment. Raises ProblemError."""
    form = answers.WhyNotExplanation
    return explained_of(request, caller, application, form, lambda by, case: by.why_not(case, {"rule": rule}))


def changes_of(
    request: Request, caller: Caller, application: str, outcome: str | None = None
) -> answers.SmallestChanges:
    """What would have given another outcome than that of the newest assessment. Raises ProblemError."""
    words = {"outcome": outcome} if outcome else {}
    form = answers.SmallestChanges
    return explained_of(request, caller, application, form, lambda by, case: by.changes(case, words))


_Form = TypeVar("_Form", answers.Explanation, answers.WhyNotExplanation, answers.SmallestChanges)


def explained_of(
    request: Request,
    caller: Caller,
    application: str,
    form: type[_Form],
    ask: Callable[[Evaluators, bytes], Explained],
) -> _Form:
    """An explanation of the newest assessment, under the release it was made with. Raises ProblemError."""
    found = read(request, caller, application, lambda _, session, row: latest(session, row.tenant, row.id))
    if found is None:
        raise ProblemError("conflict", fault("not_examined"))
    explained = ask(service_of(request).evaluators_of(found.release), found.case_file.encode())
    if not isinstance(explained, Circumstances) and not explained.rules:
        raise ProblemError("not-found")
    return form.model_construct(release=found.release, outcome=found.outcome, **dict(explained))
