"""The page of how many decisions each rule applied in: a month of all rules, or a year of one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api.behind import office_of
from decision_service.api.cases import told
from decision_service.api.months import month_parameter, of_figures, over
from decision_service.api.problems import FieldFault, ProblemError
from decision_service.casework.office import Office
from decision_service.follow_up.month import newest_month
from decision_service.follow_up.rule_use import rule_use
from decision_service.follow_up.small_cells import SMALLEST
from decision_service.reading.faults import no_such_rule
from decision_service.reading.said import said_in
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.database import reading
from decision_service.web.render import page
from decision_service.web.routes.manager import csv_file
from decision_service.web.visitors import Visitor, visitor
from norms.month import Month

router = APIRouter(prefix="/k/{kommunkod}/regelbruk")

Reader = Annotated[
    Visitor, Depends(visitor(Role.POLICY, Role.PUBLICIST, Role.JURIST, Role.CHEF, Role.REVISOR))
]
MonthAsked = Annotated[str, Query(max_length=7)]
Named = Annotated[str, Query(max_length=100)]

_say = said_in(__file__)


@router.get("")
def used(request: Request, reader: Reader, manad: MonthAsked = "", regel: Named = "") -> Response:
    """At least how many of a month's decisions each rule applied in, those that applied in none too; or of
    one ``regel`` in each of twelve months."""
    office = office_of(request)
    month, rule = _month(office, reader, manad), regel.strip()
    shown: dict[str, Any] = {"manad": month, "manader": _months(office), "regel": rule, "minst": SMALLEST}
    shown |= {"titlar": _titles(office, reader.tenant), "rader": _counts(office, reader, month, rule)}
    return page(request, "regelbruk.html", visitor=reader, **shown)


@router.get("/csv")
def as_file(request: Request, reader: Reader, manad: MonthAsked = "", regel: Named = "") -> Response:
    """The same as a file for a spreadsheet."""
    office = office_of(request)
    month, rule = _month(office, reader, manad), regel.strip()
    titles, few = _titles(office, reader.tenant), _say("few")
    rows = [
        (name, titles.get(name, ""), str(each), few if count is None else count)
        for (name, each), count in _counts(office, reader, month, rule).items()
    ]
    head = _say("rule"), _say("rule_title"), _say("month"), _say("at_least")
    return csv_file(f"regelbruk-{reader.tenant}-{month}", [head, *rows])


def _counts(office: Office, reader: Visitor, month: Month, rule: str) -> dict[tuple[str, Month], int | None]:
    """The counts of every rule in a month, or of one ``rule`` in the twelve that end with it, the newest
    first. Raises ProblemError for a rule that there is not, and that applied in none of them."""
    first = _months(office)[0]
    months = [each for number in range(12) if (each := month.plus(-number)) >= first] if rule else [month]
    with told(), reading(office.engine) as session:
        found = {each: rule_use(session, reader.tenant, each, office.clock()) for each in months}
    if not rule:
        rows = {**dict.fromkeys(_in_force(office, reader.tenant, month), 0), **found[month]}
        return {(name, month): count for name, count in rows.items()}
    if not (office.book.versions(rule) or any(rule in each for each in found.values())):
        known = _titles(office, reader.tenant)
        raise ProblemError("invalid", errors=[FieldFault(no_such_rule(rule, known), "regel")])
    return {(rule, each): counts.get(rule, 0) for each, counts in found.items()}


def _titles(office: Office, tenant: str) -> dict[str, str]:
    """The titles of the rules there are, by id."""
    return {each.id: each.title for each in office.book.rules if each.municipality in (None, tenant)}


def _in_force(office: Office, tenant: str, month: Month) -> list[str]:
    """The rules that applications for a month, or the next, are tried by: those are decided in it."""
    return [
        rule.id
        for each in (month, month.plus(1))
        for rule in office.book_of(str(each)).rules
        if rule.municipality in (None, tenant) and rule.span.holds(each)
    ]


def _month(office: Office, reader: Visitor, asked: str) -> Month:
    now = office.clock()
    if not asked:
        with told(), reading(office.engine) as session:
            return newest_month(session, reader.tenant, now)
    return over(month_parameter(asked, "manad"), swedish_day(now), office.book.norms)


def _months(office: Office) -> tuple[Month, Month]:
    return of_figures(swedish_day(office.clock()), office.book.norms)
