"""The manager's pages: a month in figures, as bars, tables and a file, and two months beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from markupsafe import Markup
from sqlmodel import Session
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api.behind import office_of
from decision_service.api.cases import seen_by, told
from decision_service.api.months import month_parameter, of_figures, over
from decision_service.casework.office import Office
from decision_service.follow_up import samples
from decision_service.follow_up.error_rate import ErrorRate, for_many
from decision_service.follow_up.month import Figures, Followed, figures, newest_month
from decision_service.follow_up.samples import Terms
from decision_service.outputs.spreadsheet import as_csv
from decision_service.reading.said import said_in
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.database import reading
from decision_service.web.changed_law import changed_law
from decision_service.web.charts import bars, shares
from decision_service.web.codes import in_words
from decision_service.web.render import count, page
from decision_service.web.visitors import Visitor, visitor
from norms.month import Month

_say = said_in(__file__)
router = APIRouter(prefix="/k/{kommunkod}/siffror")

Manager = Annotated[Visitor, Depends(visitor(Role.CHEF, Role.JURIST, Role.REVISOR))]
MonthAsked = Annotated[str, Query(max_length=7)]


@dataclass(frozen=True)
class Sampled:
    """A sample as many may see it."""

    terms: Terms
    reviewed: int
    rate: ErrorRate | None


@router.get("")
def month(request: Request, manager: Manager, manad: MonthAsked = "") -> Response:
    """The decisions of a month that is over in figures. Counts under five are withheld."""
    office = office_of(request)
    with told(), reading(office.engine) as session:
        found = _figures(office, session, manager, manad)
    sampled = _samples(office, manager, found.month)
    followed = {
        in_words(code): one for code, one in found.followed_by_reason.items() if one.proposed is not None
    }
    shown: dict[str, Any] = {"siffror": found, "stickprov": sampled, "foljda": followed}
    shown |= {"manader": _months(office), "staplar": bars, "andelar": _followed, "synliga": _visible}
    return page(request, "siffror.html", visitor=manager, **shown)


def _followed(found: Mapping[str, Followed]) -> Markup:
    """The picture of how often people did as was proposed, where each question was asked."""
    cells = {code: one.share for code, one in found.items()}
    return shares(cells, _say("followed_plot"))


def _visible(cells: Mapping[str, int | None]) -> dict[str, int | None]:
    """The rows of a table of questions that are shown, each by its words."""
    return {in_words(code): count for code, count in cells.items() if count is not None}


@router.get("/csv")
def as_file(request: Request, manager: Manager, manad: MonthAsked = "") -> Response:
    """The same as a file for a spreadsheet."""
    office = office_of(request)
    with told(), reading(office.engine) as session:
        found = _figures(office, session, manager, manad)
    sampled = _samples(office, manager, found.month)
    head = _say("table"), _say("what"), _say("count")
    rows = [head, *_rows(found), *_of_samples(sampled)]
    return csv_file(f"siffror-{manager.tenant}-{found.month}", rows)


@router.get("/jamfor")
def two_months(request: Request, manager: Manager, ena: MonthAsked = "", andra: MonthAsked = "") -> Response:
    """Two months beside each other: the figures, and the amounts and rules that differ."""
    office = office_of(request)
    with reading(office.engine) as session:
        right = _figures(office, session, manager, andra, "andra")
        former = max(right.month.plus(-1), office.book.norms.first_month)
        left = _figures(office, session, manager, ena or str(former), "ena")
    before, after = ({(one, two): three for one, two, three in _rows(found)} for found in (left, right))
    beside = [
        (*key, *(_in_text(found.get(key, _said(None))) for found in (before, after)))
        for key in {**before, **after}
    ]
    law = changed_law(office.book, manager.tenant, left.month, right.month)
    months: dict[str, Any] = {"ena": left.month, "andra": right.month}
    shown: dict[str, Any] = {"rader": beside, "lagen": law, "manader": _months(office), **months}
    return page(request, "tva_manader.html", visitor=manager, **shown)


def csv_file(name: str, rows: Iterable[tuple[object, ...]]) -> Response:
    """A file that spreadsheets of the country open, with decimal commas."""
    said = as_csv([_written(each) for each in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(said, media_type="text/csv; charset=utf-8", headers=headers)


def _written(value: object) -> object:
    """A number as a spreadsheet of the country reads it: 1,7 and 527779."""
    if not isinstance(value, float | Decimal):
        return value
    return f"{value:.2f}".rstrip("0").removesuffix(".").replace(".", ",")


def _in_text(value: object) -> str:
    """The same as people read it: 1,7 and 527 779."""
    whole, comma, part = str(_written(value)).partition(",")
    return f"{count(int(whole))}{comma}{part}" if whole.isdigit() else whole


def _months(office: Office) -> tuple[Month, Month]:
    return of_figures(swedish_day(office.clock()), office.book.norms)


def _figures(
    office: Office, session: Session, manager: Visitor, asked: str, parameter: str = "manad"
) -> Figures:
    now = office.clock()
    chosen = month_parameter(asked, parameter) if asked else newest_month(session, manager.tenant, now)
    month = over(chosen, swedish_day(now), office.book.norms, parameter)
    return figures(session, manager.tenant, month, now, protected=manager.sees_protected)


def _samples(office: Office, manager: Visitor, month: Month) -> list[Sampled]:
    """The samples of decisions of a month, without single decisions."""
    days, protected = (month.first, month.last), manager.sees_protected
    with told(), seen_by(office, manager) as session:
        found = samples.samples(office, session, manager.tenant, days, protected=protected)
    return [Sampled(each.terms, each.whole.reviewed, for_many(each.whole.rate)) for each in found]


def _rows(found: Figures) -> Iterator[tuple[str, str, object]]:
    all_of_them = _say("all")
    yield _say("decisions"), all_of_them, _said(found.decided)
    yield _say("decisions"), _say("late"), _said(found.late)
    granted = None if found.granted is None else Decimal(found.granted) / 100
    yield _say("decisions"), _say("granted"), _said(granted)
    yield _say("waiting"), all_of_them, _said(found.waiting)
    yield _say("waiting"), _say("overdue"), _said(found.overdue)
    tables = (
        (_say("outcomes"), found.by_outcome),
        (_say("by_whom"), found.by_whom),
        (_say("corrections"), {in_words(kind): count for kind, count in found.corrections.items()}),
        (_say("waited"), found.waited),
        (_say("questions"), _visible(found.asked)),
    )
    for table, cells in tables:
        for name, number in cells.items():
            yield table, name, _said(number)
    for who, times in ((_say("machine"), found.machine), (_say("person"), found.people)):
        yield _say("hours_median"), who, _said(times.median)
        yield _say("hours_ninetieth"), who, _said(times.ninetieth)
    for code, one in {all_of_them: found.followed, **found.followed_by_reason}.items():
        if one.proposed is None:
            continue
        asked = in_words(code)
        yield _say("proposed"), asked, _said(one.proposed)
        yield _say("followed"), asked, _said(one.followed)
        yield _say("followed_share"), asked, _share(one.share)


def _of_samples(found: list[Sampled]) -> Iterator[tuple[str, str, object]]:
    for each in found:
        period = f"{each.terms.first}–{each.terms.last}"
        yield _say("reviewed"), period, each.reviewed
        if each.rate is not None:
            yield _say("wrong"), period, _said(each.rate.wrong)
            yield _say("wrong_least"), period, _share(each.rate.low)
            yield _say("wrong_most"), period, _share(each.rate.high)


def _said(number: float | Decimal | None) -> object:
    return _say("withheld") if number is None else number


def _share(part: float | None) -> object:
    """A share as a number of percent."""
    return _said(None if part is None else part * 100)
