"""The pages of policy staff and publicists: drafts, what the check says of them, and what is published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from sqlmodel import Session
from starlette.responses import JSONResponse, RedirectResponse, Response

from decision_service.access.roles import Role
from decision_service.api.behind import office_of, service_of
from decision_service.api.cases import acting, as_json, told
from decision_service.api.problems import ProblemError
from decision_service.api.routes import lawmaking as api
from decision_service.api.routes.impacts import BEGINS
from decision_service.api.routes.lawmaking import Draft
from decision_service.casework.staff import named, note_staff
from decision_service.lawmaking import drafts, publishing
from decision_service.lawmaking.checking import OPEN, content_of, difference, present_of, quick
from decision_service.lawmaking.content import changes_of, may_be_named
from decision_service.lawmaking.drafts import Begin
from decision_service.lawmaking.findings import UNFINISHED
from decision_service.lawmaking.folder import packed, taken_in, unpacked
from decision_service.lawmaking.publishing import Approve, Publish
from decision_service.lawmaking.steps import step_of, take
from decision_service.log import publications
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from decision_service.reading.whole_numbers import whole_number
from decision_service.store.database import reading, transaction
from decision_service.store.refused import ConflictError, NotFoundError, StaleError
from decision_service.web.editor_words import editor_words
from decision_service.web.render import page
from decision_service.web.uploads import OwnUpload
from decision_service.web.visitors import OwnForm, SentForm, Visitor, visitor
from decision_service.web.wrong import Where, Wrong, fields, nowhere, same_name, wrong
from norms.document import composed
from norms.fault import fault, shown
from norms.status import Status
from rules.difference.compare import ReleaseChange
from rules.difference.words import become

router = APIRouter(prefix="/k/{kommunkod}/lagandringar")

Reader = Annotated[Visitor, Depends(visitor(*api.READERS))]
Policy = Annotated[Visitor, Depends(visitor(Role.POLICY))]
Publicist = Annotated[Visitor, Depends(visitor(Role.PUBLICIST))]
FileName = Annotated[str, Query(max_length=200)]
_STATUSES = (Status.VERIFIED, Status.VERIFIED_ONE, Status.VERIFIED_TWO)
_REFUSED = (InputError, ConflictError, StaleError)


@router.get("")
def listed(request: Request, reader: Reader) -> Response:
    """The drafts, and what has been published."""
    return _listed(request, reader)


def _listed(request: Request, reader: Visitor, status: int = 200, **more: Any) -> Response:
    office = office_of(request)
    with told(), reading(office.engine) as session:
        found = [api.brief(office, row) for row in drafts.listed(session, reader.tenant)]
        history = publications.publications(session.connection(), reader.tenant)
        people = {each for row in history for each in (row.owner, row.approved_by, row.published_by)}
        names = _names(request, session, reader, people | {each.owner for each in found})
    return page(
        request,
        "lagandringar.html",
        status,
        visitor=reader,
        utkast=found,
        publicerat=[api.published(row) for row in reversed(history)],
        galler=publications.deciding(history, str(present_of(office))).number,
        skriver=Role.POLICY in reader.roles,
        namn=names,
        **({"fel": [], "givet": SentForm([])} | more),
    )


@router.post("/ny")
def begin(request: Request, policy: Policy, form: OwnForm) -> Response:
    """Begin a draft, or one that takes a publication back."""
    number = whole_number(form["tar_tillbaka"])
    said = {"purpose": form["syfte"].strip()} | ({} if number is None else {"takes_back": number})
    try:
        with acting(request, policy) as (office, session):
            who, given = policy.principal.subject, validated(Begin, said)
            found = drafts.begin(office, session, policy.tenant, given, who).id
    except InputError as error:
        faults = wrong(error.faults, fields({"purpose": "syfte"}))
        return _listed(request, policy, 422, fel=faults, givet=form)
    return _to(policy, found)


@router.get("/ord.json")
def words(request: Request, reader: Reader) -> Response:
    """What the editor completes and explains."""
    return JSONResponse(editor_words(office_of(request).book), headers={"Cache-Control": "max-age=300"})


@router.get("/{draft}")
def one(request: Request, reader: Reader, draft: Draft) -> Response:
    """A draft: what it changes, what the check says, and what can be done with it."""
    return _one(request, reader, draft)


def _one(request: Request, reader: Visitor, draft: str, status: int = 200, **more: Any) -> Response:
    office = office_of(request)
    with told(), reading(office.engine) as session:
        row = drafts.find(session, reader.tenant, draft)
        found = api.whole(office, session, row)
        names = _names(request, session, reader, {*found.editors, found.owner, found.approved_by or ""})
    own = drafts.is_editor(office, row, reader.principal.subject)
    publicist = Role.PUBLICIST in reader.roles and row.state == OPEN
    return page(
        request,
        "lagandring.html",
        status,
        visitor=reader,
        ett=found,
        namn=names,
        skriver=Role.POLICY in reader.roles and row.state == OPEN,
        provar=not reader.roles.isdisjoint(BEGINS),
        godkanner=publicist and not own,
        publicerar=publicist and row.approved == row.version,
        nasta=str(present_of(office).plus(1)),
        idag=office.clock().date(),
        avbruten=UNFINISHED,
        statusar=_STATUSES,
        regler=sorted({rule.id for rule in office.book.rules if not rule.status.confirmed}),
        **({"fel": [], "givet": SentForm([])} | more),
    )


@router.get("/{draft}/fil")
def file(request: Request, reader: Reader, draft: Draft, namn: FileName = "") -> Response:
    """A file in its editor; one that cannot be called so is told of before it is written."""
    if not namn or may_be_named(composed(namn)):
        return _file(request, reader, draft, namn)
    refused = wrong([fault("no_such_file_name", found=shown(namn))])
    return _file(request, reader, draft, namn, 422, fel=refused)


def _file(
    request: Request, reader: Visitor, draft: str, name: str, status: int = 200, **more: Any
) -> Response:
    with told(), reading(office_of(request).engine) as session:
        row = drafts.find(session, reader.tenant, draft)
        found = api.whole(office_of(request), session, row)
        text = api.text_of(session, row, name) if any(each.name == name for each in found.files) else None
    mine = next((each.yours for each in found.files if each.name == name), True)
    content = text.content if text is not None else ""
    return page(
        request,
        "lagandring_fil.html",
        status,
        visitor=reader,
        ett=found,
        fil_namn=name,
        fore=text.before if text is not None else None,
        skriver=Role.POLICY in reader.roles and row.state == OPEN and mine,
        fynd=[each for each in found.check.findings if each.file == name] if found.check else [],
        **({"fel": [], "text": content, "annan": None} | more),
    )


@router.post("/{draft}/fil")
def write(request: Request, policy: Policy, draft: Draft, form: OwnForm) -> Response:
    """Save a file. What somebody else has saved meanwhile is shown beside, and nothing is lost."""
    name, text = form["namn"].strip(), form["text"]
    said = {"step": "write", "name": name, "content": None if form["gor"] == "ta_bort" else text}
    try:
        _take(request, policy, draft, form, said)
    except StaleError:
        with reading(office_of(request).engine) as session:
            other = api.text_of(session, drafts.find(session, policy.tenant, draft), name).content
        faults = wrong([fault("draft_saved_by_other")])
        return _file(request, policy, draft, name, 409, fel=faults, text=text, annan=other)
    except (InputError, ConflictError) as error:
        refused = _wrong(error, fields({"content": "text"}))
        return _file(request, policy, draft, name, _status(error), fel=refused, text=text)
    return _to(policy, draft, f"/fil?namn={quote(name)}" if said["content"] is not None else "")


@router.post("/{draft}/steg")
def step(request: Request, policy: Policy, draft: Draft, form: OwnForm) -> Response:
    """Any other step with a draft."""
    said = {name: form[name] for name in form.names if name not in ("csrf", "version")}
    try:
        _take(request, policy, draft, form, said)
    except _REFUSED as error:
        return _one(request, policy, draft, _status(error), fel=_wrong(error, _of_step(form)), givet=form)
    return _to(policy, draft)


def _of_step(form: SentForm) -> Where:
    """Where on the page a fault in a step is told."""
    if form["step"] == "describe":
        return fields({"purpose": "a-purpose", "reason": "reason"})
    before = {"confirm_rule": "r-", "confirm_amount": "b-"}.get(form["step"], "")
    return lambda path: "rule" if path[:1] == ("rule",) else same_name(before)(path)


def _take(request: Request, policy: Visitor, draft: str, form: SentForm, said: dict[str, Any]) -> None:
    taken = step_of(said)
    office = office_of(request)
    with _changing(request, policy) as session:
        row = drafts.lock(session, policy.tenant, draft, _version(form))
        take(office, session, row, taken, policy.principal.subject)


@router.get("/{draft}/mapp")
def given_out(request: Request, reader: Reader, draft: Draft) -> Response:
    """The whole draft as a zip."""
    with told(), reading(office_of(request).engine) as session:
        content = packed(content_of(session, drafts.find(session, reader.tenant, draft))[1].all)
    name = 'attachment; filename="utkast.zip"'
    return Response(content, media_type=api.ZIP, headers={"Content-Disposition": name})


@router.post("/{draft}/mapp")
def folder(request: Request, policy: Policy, draft: Draft, sent: OwnUpload) -> Response:
    """Take in a folder."""
    office = office_of(request)
    try:
        files = unpacked(sent.content or b"")
        with _changing(request, policy) as session:
            row = drafts.lock(session, policy.tenant, draft, _version(sent.form))
            changes = taken_in(files, content_of(session, row)[1])
            drafts.save(office, session, row, changes, policy.principal.subject)
            session.add(row)
    except _REFUSED as error:
        return _one(request, policy, draft, _status(error), fel=_wrong(error, lambda _: "mapp"))
    return _to(policy, draft)


@router.post("/{draft}/kontroll")
def check(request: Request, policy: Policy, draft: Draft, form: OwnForm) -> Response:
    """What the check says of a file as it is being written; nothing is saved."""
    office, child = office_of(request), service_of(request).checker
    request.app.state.rate_of_estimates.take(policy.principal.subject)
    with told(), reading(office.engine) as session:
        row = drafts.find(session, policy.tenant, draft)
        found = quick(
            office, session, child, row, changes_of(row) | drafts.fitting({form["namn"]: form["text"]})
        )
    return as_json(found)


@router.get("/{draft}/skillnad")
def compared(request: Request, reader: Reader, draft: Draft) -> Response:
    """What a draft says otherwise, in words."""
    office, child = office_of(request), service_of(request).checker
    request.app.state.rate_of_estimates.take(reader.principal.subject)
    with told(), reading(office.engine) as session:
        row = drafts.find(session, reader.tenant, draft)
        found = difference(office, session, child, row)
    shown: dict[str, Any] = {"ett": api.brief(office, row), "skillnad": found, "sagt": _become}
    return page(request, "lagandring_skillnad.html", visitor=reader, **shown)


def _become(change: ReleaseChange) -> str:
    """What has become of something, in the gender of its word."""
    return become(change.sort, change.way)


@router.post("/{draft}/godkannande")
def approve(request: Request, publicist: Publicist, draft: Draft, form: OwnForm) -> Response:
    """A second person's yes, or no."""
    try:
        with _changing(request, publicist) as session:
            row = drafts.lock(session, publicist.tenant, draft, _version(form))
            given = Approve(agrees=form["gor"] == "ja")
            publishing.approve(office_of(request), session, row, given, publicist.principal.subject)
    except _REFUSED as error:
        return _one(request, publicist, draft, _status(error), fel=_wrong(error))
    return _to(publicist, draft)


@router.post("/{draft}/publicering")
def publish(request: Request, publicist: Publicist, draft: Draft, form: OwnForm) -> Response:
    """Put an approved draft in force from a month."""
    office = office_of(request)
    try:
        given = validated(Publish, {"first": form["fran"].strip()})
        with _changing(request, publicist) as session:
            row = drafts.lock(session, publicist.tenant, draft, _version(form))
            publishing.publish(office, session, row, given, publicist.principal.subject)
    except _REFUSED as error:
        said = _wrong(error, fields({"first": "fran"}))
        return _one(request, publicist, draft, _status(error), fel=said, givet=form)
    service_of(request).follow()
    return RedirectResponse(f"/k/{publicist.tenant}/lagandringar", 303)


@contextmanager
def _changing(request: Request, visitor: Visitor) -> Iterator[Session]:
    """A transaction in which a draft is changed; what refuses it is for the page to tell beside the form."""
    office, who = office_of(request), visitor.principal
    with transaction(office.engine) as session:
        note_staff(office, session, visitor.tenant, who.subject, who.name, who.title)
        try:
            yield session
        except NotFoundError:
            raise ProblemError("not-found") from None


def _status(error: Exception) -> int:
    return 422 if isinstance(error, InputError) else 409


def _wrong(error: Exception, where: Where = nowhere) -> list[Wrong]:
    if isinstance(error, InputError):
        return wrong(error.faults, where)
    return wrong([error.fault if isinstance(error, ConflictError) else fault("draft_saved_by_other")])


def _version(form: SentForm) -> int:
    return whole_number(form["version"]) or 0


def _names(request: Request, session: Session, visitor: Visitor, people: set[str]) -> dict[str, str]:
    """Names of people by their ids; the id where nobody has said a name."""
    office = office_of(request)
    return {each: named(office, session, visitor.tenant, each) or each for each in people if each}


def _to(visitor: Visitor, draft: str, more: str = "") -> Response:
    return RedirectResponse(f"/k/{visitor.tenant}/lagandringar/{draft}{more}", 303)
