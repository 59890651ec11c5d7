"""The month's report of a municipality: as page, as file and as PDF, with what each figure means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api.behind import office_of
from decision_service.api.cases import told
from decision_service.api.months import month_parameter, of_figures, over
from decision_service.follow_up.definitions import definitions
from decision_service.follow_up.report import MonthReport, ReportTable, goal_cells, report, report_words
from decision_service.follow_up.report_pdf import report_pdf
from decision_service.planning.office import today_of
from decision_service.store.database import reading
from decision_service.web.charts import bars
from decision_service.web.render import page
from decision_service.web.routes.manager import csv_file
from decision_service.web.visitors import Visitor, visitor
from norms.month import Month

router = APIRouter(prefix="/k/{kommunkod}/resultat")

Reader = Annotated[Visitor, Depends(visitor(Role.CHEF, Role.JURIST, Role.REVISOR, Role.ACTIVITY_SECRETARY))]
MonthAsked = Annotated[str, Query(max_length=7)]
HEAD = ("tabell", "period", "mått", "värde", "enhet", "definitionernas nummer")
MOST_BARS = 12
"""Rows of a table that are drawn too."""


@router.get("")
def shown(request: Request, reader: Reader, manad: MonthAsked = "") -> Response:
    """The report of a month; of the last whole one where none is asked for."""
    found = _report(request, reader, manad)
    goals = [goal_cells(each) for each in found.goals]
    return page(
        request,
        "resultat.html",
        visitor=reader,
        rapport=found,
        mal=goals,
        staplar=_bars,
        rapportord=report_words(),
        definitioner=definitions(),
        manader=of_figures(today_of(office_of(request), reader.tenant).day, office_of(request).book.norms),
    )


@router.get("/csv")
def as_file(request: Request, reader: Reader, manad: MonthAsked = "") -> Response:
    """The same as a file for a spreadsheet."""
    found = _report(request, reader, manad)
    return csv_file(f"resultat-{reader.tenant}-{found.month}", [HEAD, *_rows(found)])


@router.get("/pdf")
def as_pdf(request: Request, reader: Reader, manad: MonthAsked = "") -> Response:
    """The same to print and to archive."""
    found = _report(request, reader, manad)
    today = today_of(office_of(request), reader.tenant).day
    name = f'attachment; filename="manadsrapport-{reader.tenant}-{found.month}.pdf"'
    content = report_pdf(found, reader.municipality.name, today)
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": name})


def _report(request: Request, reader: Visitor, asked: str) -> MonthReport:
    office = office_of(request)
    today = today_of(office, reader.tenant).day
    chosen = month_parameter(asked, "manad") if asked else Month.of(today).plus(-1)
    month = over(chosen, today, office.book.norms)
    with told(), reading(office.engine) as session:
        return report(office, session, reader.tenant, month)


def _rows(found: MonthReport) -> Iterator[tuple[object, ...]]:
    for section in found.sections:
        for each in section.cells:
            value = report_words().withheld if each.value is None else each.value
            yield section.heading, section.period, each.name, value, each.unit, found.version
    for one in found.goals:
        for each in goal_cells(one):
            value = report_words().withheld if each.value is None else each.value
            heading = report_words().tables["mål"].heading
            yield heading, found.month.in_words, each.name, value, each.unit, found.version


def _bars(section: ReportTable) -> str:
    """The counts of a table as bars, where they are few enough to be seen; else nothing."""
    found = [each for each in section.cells if not each.unit]
    counts = {each.name: None if each.value is None else int(each.value) for each in found}
    return bars(counts, section.heading) if 1 < len(counts) <= MOST_BARS else ""
