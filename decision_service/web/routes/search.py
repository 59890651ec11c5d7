"""Search decisions and assessments: by what is no secret about them, and by the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

import structlog
from fastapi import APIRouter, Depends, Query, Request
from sqlmodel import Session
from starlette.responses import Response

from decision_service.access.roles import REVIEWERS
from decision_service.api.behind import office_of
from decision_service.api.cases import seen_by
from decision_service.api.months import month_parameter
from decision_service.api.pages import AskedPage, PageRequest, page_of
from decision_service.api.problems import FieldFault, ProblemError
from decision_service.application.fields import full_number
from decision_service.application.outcome import Outcome
from decision_service.casework import search
from decision_service.casework.office import Office
from decision_service.casework.search import DECISIONS, SearchWanted, What
from decision_service.log import journal
from decision_service.reading.faults import no_such_rule
from decision_service.reading.sentences import say_on_page
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.case_number import read_case_number
from decision_service.store.database import reading, transaction
from decision_service.web.codes import asked_in, code_of, in_words
from decision_service.web.render import page
from decision_service.web.visitors import OwnForm, Visitor, visitor
from decision_service.web.wrong import Wrong, wrong
from norms.fault import Fault, MisfitError, fault
from norms.nearest import nearest
from norms.validation import not_one_of
from rules.book import Rulebook
from rules.laws import Citation

router = APIRouter(prefix="/k/{kommunkod}/beslut")

Reader = Annotated[Visitor, Depends(visitor(*REVIEWERS, reads=True))]
Text = Annotated[str, Query(max_length=100)]

_log = structlog.get_logger("lagrum.search")


@router.get("")
def found(
    request: Request,
    reader: Reader,
    asked: AskedPage,
    visa: Text = "",
    manad: Text = "",
    utfall: Text = "",
    vem: Text = "",
    fraga: Text = "",
    regel: Text = "",
    lagrum: Text = "",
    arende: Text = "",
) -> Response:
    """Search decisions and assessments by what is no secret about them. Who asks for a case by its number is
    shown it also before it is decided."""
    given = {
        "visa": visa or ("alla" if arende.strip() else ""),
        "manad": manad,
        "utfall": utfall,
        "vem": vem,
        "fraga": fraga,
        "regel": regel,
        "lagrum": lagrum,
        "arende": arende,
    }
    try:
        stripped = {name: text.strip() for name, text in given.items()}
        with reading(office_of(request).engine) as session:
            wanted = _wanted(office_of(request).book, session, reader.tenant, stripped)
    except ProblemError as error:
        if not error.errors:
            raise
        said = [
            Wrong(say_on_page(each.fault), _OF_PARAMETER.get(each.parameter or "", each.parameter or ""))
            for each in error.errors
        ]
        return _found(request, reader, None, asked, given, said)
    return _found(request, reader, wanted, asked, given)


_OF_PARAMETER = {"month": "manad"}
"""The field of the form that is read by a parameter of another name."""


@router.post("/person")
def found_of_person(request: Request, reader: Reader, form: OwnForm, asked: AskedPage) -> Response:
    """Everything about a person, by personal number. Each case that is shown notes the search."""
    written = form.personal_number("person")
    try:
        if not written:
            raise MisfitError(fault("missing"))
        number = full_number(written, swedish_day(office_of(request).clock()))
    except MisfitError as error:
        said = [Wrong(each.text, "person") for each in wrong(error.faults)]
        return _found(request, reader, None, asked, {"person": form["person"]}, said)
    person = office_of(request).pseudonym(reader.tenant, number)
    return _found(request, reader, SearchWanted(what=tuple(What), person=person), asked, {"visa": "alla"})


def _found(
    request: Request,
    reader: Visitor,
    wanted: SearchWanted | None,
    asked: PageRequest,
    given: Mapping[str, str],
    faults: Sequence[Wrong] = (),
) -> Response:
    """What is found, and the form as it was sent; nothing where ``faults`` are all there is to say."""
    if wanted is None:
        return _answered(request, reader, given, fel=faults)
    office = office_of(request)
    after = None
    if asked.after:
        at, case, place = asked.after
        after = datetime.fromisoformat(str(at)), str(case), int(place)
    with seen_by(office, reader) as session:
        rows = search.found(session, reader.tenant, wanted, after=after, limit=asked.limit + 1)
        shown = page_of(asked, rows, lambda row: (row.at.isoformat(), row.application_id, row.place))
        numbers = search.case_numbers(session, reader.tenant, [row.application_id for row in shown.items])
        staff = search.staff_names(session, reader.tenant)
    by = ["person"] if wanted.person is not None else sorted(name for name, text in given.items() if text)
    who, why = reader.principal.subject, reader.purpose
    _log.info("searched", tenant=reader.tenant, subject=who, purpose=why, by=by, found=len(shown.items))
    if wanted.person is not None:
        _note(office, reader, list(numbers))
    more = shown.next if wanted.person is None else None
    return _answered(request, reader, given, rader=shown.items, numret=numbers, namn=staff, nasta=more)


def _answered(request: Request, reader: Visitor, given: Mapping[str, str], **more: Any) -> Response:
    shown = {"rader": [], "numret": {}, "namn": [], "nasta": None, "fel": ()} | more
    return page(
        request,
        "beslut.html",
        422 if shown["fel"] else 200,
        visitor=reader,
        fragor=asked_in(office_of(request).book),
        reglerna=sorted({one.id for one in office_of(request).book.rules}),
        givet={name: given.get(name, "") for name in _FIELDS},
        utfallen=list(Outcome),
        **shown,
    )


_FIELDS = ("visa", "manad", "utfall", "vem", "fraga", "regel", "lagrum", "arende", "person")
_SHOWN: Mapping[str, tuple[What, ...]] = {
    "": DECISIONS,
    "provningar": (What.ASSESSMENT,),
    "alla": tuple(What),
}


def _wanted(book: Rulebook, session: Session, tenant: str, given: Mapping[str, str]) -> SearchWanted:
    """What a search looks for. Raises ProblemError for what nothing can be found by: it is misspelt, and
    finding nothing would say that there is nothing."""
    rules = {given["regel"]} if given["regel"] else None
    code = code_of(given["fraga"])
    faults = [
        FieldFault(found, field)
        for field, found in (
            ("regel", _unknown_rule(book, session, tenant, given["regel"])),
            ("fraga", _unknown_question(book, session, tenant, code)),
        )
        if found is not None
    ]
    if given["lagrum"]:
        citing = {one.id for one in book.rules if _rests_on(one.citations, given["lagrum"])}
        if not citing:
            faults.append(FieldFault(fault("no_provision", provision=given["lagrum"]), "lagrum"))
        elif rules is not None and book.versions(given["regel"]) and not rules & citing:
            said = {"rule": given["regel"], "provision": given["lagrum"]}
            faults.append(FieldFault(fault("rule_without_provision", **said), "lagrum"))
        rules = citing if rules is None else rules & citing
    if faults:
        raise ProblemError("invalid", errors=faults)
    by_machine = {"dator": True, "människa": False}.get(given["vem"])
    return SearchWanted(
        what=_chosen(given["visa"], _SHOWN, "visa"),
        month=str(month_parameter(given["manad"], "manad")) if given["manad"] else None,
        outcome=_chosen(given["utfall"], _OUTCOMES, "utfall"),
        automatic=by_machine,
        decided_by=given["vem"] if given["vem"] and by_machine is None else None,
        asked=code or None,
        rules=rules,
        case_number=_number(given["arende"]) if given["arende"] else None,
    )


def _unknown_rule(book: Rulebook, session: Session, tenant: str, rule: str) -> Fault | None:
    if not rule or book.versions(rule) or search.has_fired(session, tenant, rule):
        return None
    return no_such_rule(rule, {one.id for one in book.rules})


def _unknown_question(book: Rulebook, session: Session, tenant: str, code: str) -> Fault | None:
    known = asked_in(book)
    if not code or code in known or search.has_been_asked(session, tenant, code):
        return None
    near = nearest(code, known)
    if near is None:
        return fault("never_asked", question=in_words(code))
    return fault("misspelt_asked", question=in_words(code), near=in_words(near))


_OUTCOMES: Mapping[str, Outcome | None] = {"": None, **{each.value: each for each in Outcome}}
Choice = TypeVar("Choice")


def _chosen(text: str, choices: Mapping[str, Choice], field: str) -> Choice:
    """What a choice of a form means. Raises ProblemError for one that is none."""
    if text not in choices:
        allowed = [each for each in choices if each]
        raise ProblemError("invalid", errors=[FieldFault(not_one_of(text, allowed), field)])
    return choices[text]


def _number(text: str) -> str:
    """A case number as it was written or heard. Raises ProblemError."""
    try:
        return read_case_number(text)
    except MisfitError as error:
        raise ProblemError("invalid", errors=[FieldFault(each, "arende") for each in error.faults]) from None


def _rests_on(citations: tuple[Citation, ...], text: str) -> bool:
    return any(text.casefold() in one.text.casefold() for one in citations)


def _note(office: Office, reader: Visitor, applications: list[str]) -> None:
    """That somebody searched for a person stands in the trail of each of the person's cases."""
    actor, now = journal.staff(reader.principal.subject), office.clock()
    entries = [journal.access(one, now, actor, reader.purpose) for one in applications]
    with transaction(office.engine) as session:
        office.log.append_all(session.connection(), reader.tenant, entries)
