"""Random samples: the jurist draws them and records what was found; the auditor sees the same."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import RedirectResponse, Response

from decision_service.access.roles import Role
from decision_service.api.behind import office_of
from decision_service.api.cases import acting, seen_by, told
from decision_service.api.problems import ProblemError
from decision_service.application.outcome import Outcome
from decision_service.casework import search
from decision_service.follow_up import samples
from decision_service.follow_up.samples import Split, Terms
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import swedish_day
from decision_service.reading.whole_numbers import whole_number
from decision_service.web.render import page
from decision_service.web.visitors import OwnForm, SentForm, Visitor, visitor
from decision_service.web.wrong import fields, wrong
from norms.fault import fault
from norms.month import Month, day_of

_say = said_in(__file__)
router = APIRouter(prefix="/k/{kommunkod}/stickprov")

Reviewer = Annotated[Visitor, Depends(visitor(Role.JURIST, reads=True))]
Reader = Annotated[Visitor, Depends(visitor(Role.JURIST, Role.REVISOR, reads=True))]
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
DECIDED = (Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED, Outcome.DISMISSED)
DEFAULT_SIZE = 50
_WHERE = fields({"fran": "fran", "first": "fran", "till": "till", "size": "antal"})
_FIELDS = ("fran", "till", "antal", "utfall", "vem", *(f"dela_{each.value}" for each in Split))


@router.get("")
def every(request: Request, reader: Reader) -> Response:
    """Every sample with its error rate, and the form to draw another."""
    return _every(request, reader, _last_month(request))


@router.post("")
def draw(request: Request, reviewer: Reviewer, form: OwnForm) -> Response:
    """Draw a sample."""
    given = {
        name: form[name] for name in ("fran", "till", "antal", "utfall", "vem", "dela_vem", "dela_utfall")
    }
    try:
        terms = _terms(form, protected=reviewer.sees_protected)
        with acting(request, reviewer) as (office, session):
            sample = samples.draw(office, session, reviewer.tenant, reviewer.principal.subject, terms)
    except InputError as error:
        return _every(request, reviewer, given, wrong(error.faults, _WHERE))
    return RedirectResponse(f"/k/{reviewer.tenant}/stickprov/{sample}", 303)


def _every(request: Request, reader: Visitor, given: dict[str, str], faults: Any = ()) -> Response:
    office = office_of(request)
    with told(), seen_by(office, reader) as session:
        found = samples.samples(office, session, reader.tenant, protected=reader.sees_protected)
    shown: dict[str, Any] = {"stickprov": found, "givet": given, "fel": faults, "utfallen": DECIDED}
    draws = Role.JURIST in reader.roles
    return page(
        request, "stickprov.html", 422 if faults else 200, visitor=reader, drar=draws, vem=_who, **shown
    )


def _last_month(request: Request) -> dict[str, str]:
    month = Month.of(swedish_day(office_of(request).clock())).plus(-1)
    days = {"fran": month.first.isoformat(), "till": month.last.isoformat()}
    return dict.fromkeys(_FIELDS, "") | days | {"antal": str(DEFAULT_SIZE), "dela_vem": "ja"}


def _terms(form: SentForm, *, protected: bool) -> Terms:
    """What a sample is asked for. Raises InputError."""
    try:
        first, last = (day_of(form[name].strip()) for name in ("fran", "till"))
    except ValueError:
        raise InputError([fault("sample_period", "fran")]) from None
    if last < first:
        raise InputError([fault("sample_period", "fran")])
    who = {"dator": True, "människa": False, "": None}
    outcomes = {each.value: each for each in DECIDED}
    if form["vem"] not in who or (form["utfall"] and form["utfall"] not in outcomes):
        raise ProblemError("invalid")
    size = form["antal"].strip()
    return Terms(
        first=first,
        last=last,
        outcome=outcomes.get(form["utfall"]),
        automatic=who[form["vem"]],
        split=tuple(each for each in Split if form[f"dela_{each.value}"] == "ja"),
        size=whole_number(size) or 0,
        protected=protected,
    )


def _who(automatic: bool | None) -> str:
    if automatic is None:
        return _say("all")
    return _say("decisions_of_the_machine") if automatic else _say("decisions_of_people")


@router.get("/{sample}")
def one(request: Request, reader: Reader, sample: Id) -> Response:
    """A sample: what was drawn, what was found, and the error rate."""
    with told(), seen_by(office_of(request), reader) as session:
        protected = reader.sees_protected
        found = samples.one_sample(office_of(request), session, reader.tenant, sample, protected=protected)
        cases = search.case_numbers(session, reader.tenant, [each.application_id for each in found.rows])
        staff = search.named_staff(session, reader.tenant)
    titles = {one.id: one.title for one in office_of(request).book.rules}
    shown: dict[str, Any] = {"prov": found, "numret": cases, "vem": _who, "namn": staff, "titlar": titles}
    return page(request, "ett_stickprov.html", visitor=reader, **shown)
