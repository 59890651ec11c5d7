"""The manager's page: a month in figures, as bars, tables and a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api.behind import office_of
from decision_service.api.months import month_parameter
from decision_service.follow_up.month import Figures, figures
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.database import reading
from decision_service.web.charts import bars
from decision_service.web.render import page
from decision_service.web.visitors import Visitor, visitor
from norms.month import Month

router = APIRouter(prefix="/k/{kommunkod}/siffror")

Manager = Annotated[Visitor, Depends(visitor(Role.CHEF, Role.JURIST, Role.REVISOR))]
MonthAsked = Annotated[str, Query(max_length=7)]


@router.get("")
def month(request: Request, manager: Manager, manad: MonthAsked = "") -> Response:
    """The month's decisions in figures. Counts under five are withheld."""
    return page(
        request, "siffror.html", visitor=manager, siffror=_figures(request, manager, manad), staplar=bars
    )


@router.get("/csv")
def as_file(request: Request, manager: Manager, manad: MonthAsked = "") -> Response:
    """The same as a file for a spreadsheet."""
    found = _figures(request, manager, manad)
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows([("tabell", "vad", "antal"), *_rows(found)])
    name = f'attachment; filename="siffror-{manager.tenant}-{found.month}.csv"'
    content = "\ufeff" + file.getvalue()
    return Response(content, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


def _figures(request: Request, manager: Visitor, asked: str) -> Figures:
    office = office_of(request)
    chosen = month_parameter(asked) if asked else Month.of(swedish_day(office.clock()))
    with reading(office.engine) as session:
        return figures(session, manager.tenant, chosen)


def _rows(found: Figures) -> Iterator[tuple[str, str, object]]:
    yield "beslut", "alla", _said(found.decided)
    yield "beslut", "efter tidsfristen", _said(found.late)
    for table, cells in (("utfall", found.by_outcome), ("vem", found.by_whom), ("frågor", found.asked)):
        for name, count in cells.items():
            yield table, name, _said(count)
    for who, times in (("dator", found.machine), ("människa", found.people)):
        yield "timmar till beslut, median", who, _said(times.median)
        yield "timmar till beslut, nio av tio", who, _said(times.ninetieth)


def _said(count: float | None) -> object:
    return "visas inte" if count is None else count
