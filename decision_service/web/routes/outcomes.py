"""The page of where participants went: rolling twelve months, the quarter's counts, and what each means."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api.behind import office_of
from decision_service.api.cases import told
from decision_service.api.months import month_parameter
from decision_service.follow_up.definitions import Measure, definitions
from decision_service.follow_up.first_meeting import DaysToMeeting, days_to_meeting
from decision_service.follow_up.outcomes import Outcomes, outcomes
from decision_service.follow_up.participants import attendance, everybody
from decision_service.follow_up.requirement import Quarter, quarter, quarter_of
from decision_service.planning.office import today_of
from decision_service.store.database import reading
from decision_service.web.charts import bars
from decision_service.web.render import page
from decision_service.web.visitors import Visitor, visitor
from norms.month import Month

router = APIRouter(prefix="/k/{kommunkod}/resultat")

Reader = Annotated[Visitor, Depends(visitor(Role.CHEF, Role.JURIST, Role.REVISOR, Role.ACTIVITY_SECRETARY))]
MonthAsked = Annotated[str, Query(max_length=7)]
SHARES = (Measure.SHARE_ENDED, Measure.SHARE_WORK_OR_STUDIES)
EXITS = (Measure.WORK, Measure.STUDIES, Measure.OTHER, Measure.REMAIN)


@router.get("")
def shown(request: Request, reader: Reader, manad: MonthAsked = "") -> Response:
    """Twelve months to the end of a month, and the quarter that the month lies in."""
    table, counts, meeting, until = _figures(request, reader, manad)
    named = definitions().measures
    return page(
        request,
        "resultat.html",
        visitor=reader,
        tabell=table,
        kvartal=counts,
        mote=meeting,
        manad=until,
        definitioner=definitions(),
        andelar=SHARES,
        staplar=bars({named[each].name: table.figures[each] for each in EXITS}, "Inskrivningar"),
    )


@router.get("/csv")
def as_file(request: Request, reader: Reader, manad: MonthAsked = "") -> Response:
    """The same as a file for a spreadsheet."""
    table, counts, meeting, until = _figures(request, reader, manad)
    file = io.StringIO()
    head = ("period", "mått", "värde", "definitionernas nummer")
    csv.writer(file, delimiter=";").writerows([head, *_rows(table, counts, meeting)])
    name = f'attachment; filename="resultat-{reader.tenant}-{until}.csv"'
    content = "\ufeff" + file.getvalue()
    return Response(content, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


def _rows(table: Outcomes, counts: Quarter, meeting: DaysToMeeting) -> Iterator[tuple[object, ...]]:
    period, of_quarter = f"{table.first}–{table.last}", f"kvartalet från {counts.first}"
    yield from _said(period, table.figures)
    yield from _said(of_quarter, counts.figures)
    for name, value in (
        ("Dagar till första mötet, median", meeting.median),
        ("Dagar till första mötet, medel", meeting.mean),
        ("Dagar till första mötet, nio av tio", meeting.ninetieth),
        ("Inget första möte än", meeting.waiting),
    ):
        yield period, name, "visas inte" if value is None else value, definitions().version


def _said(period: str, figures: Mapping[Measure, int | None]) -> Iterator[tuple[object, ...]]:
    for measure, value in figures.items():
        name = definitions().measures[measure].name
        yield period, name, "visas inte" if value is None else value, definitions().version


def _figures(request: Request, reader: Visitor, asked: str) -> tuple[Outcomes, Quarter, DaysToMeeting, Month]:
    office = office_of(request)
    today = today_of(office, reader.tenant)
    until = month_parameter(asked) if asked else Month.of(today.day).plus(-1)
    first = quarter_of(until.first)
    with told(), reading(office.engine) as session:
        people = dict(everybody(office, session, reader.tenant))
        marked = attendance(office, session, reader.tenant, first, first.plus(2))
    with_marks = [(person, marked.get(case, {})) for case, person in people.items()]
    counts = quarter(with_marks, first, today.day, today.calendar)
    first_day, last_day = rolling(until)
    meeting = days_to_meeting(people.values(), first_day, last_day)
    return outcomes(people.values(), first_day, last_day), counts, meeting, until


def rolling(until: Month) -> tuple[date, date]:
    """Twelve months to the end of a month."""
    return until.plus(-11).first, until.last
