"""Open pages of policy: amounts over the years, who decides what, and drafts of assessments."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from audit import retention
from decision_service.api.behind import office_of
from decision_service.api.callers import PublicMunicipality
from decision_service.api.months import month_parameter
from decision_service.api.problems import ProblemError
from decision_service.decision.origin import part_of
from decision_service.installation.municipality import Municipality
from decision_service.reading.swedish_time import swedish_day
from decision_service.web.charts import steps
from decision_service.web.delegation import delegation, municipalities_of
from decision_service.web.render import page
from decision_service.web.routes.manager import csv_file
from norms import amount
from norms.month import Month
from norms.table import Series
from rules.book import Rulebook
from rules.law import resolve
from rules.rule import AskEffect

router = APIRouter(prefix="/oppet/{kommunkod}")

Name = Annotated[str, Path(max_length=60)]
MonthAsked = Annotated[str, Query(max_length=7)]


@router.get("/belopp/{serie}")
def over_the_years(
    request: Request,
    municipality: PublicMunicipality,
    serie: Name,
    rad: Annotated[int, Query(ge=0, le=200)] = 0,
) -> Response:
    """An amount since the first table: one of its rows as a picture, and all of them as a table."""
    history, rows = _history(office_of(request).book, municipality, serie)
    names = list(rows)
    chosen = names[min(rad, len(names) - 1)]
    points = [(str(one.period.first), value) for one, value in zip(history, rows[chosen], strict=True)]
    unit = history[-1].unit
    shown: dict[str, Any] = {"perioder": history, "rader": rows, "vald": chosen, "enhet": unit}
    picture = steps(_in_units(points), f"{history[-1].type.title}: {chosen}", unit)
    return page(request, "over_tid.html", kommunen=municipality, bild=picture, visa=amount.show, **shown)


@router.get("/belopp/{serie}/csv")
def over_the_years_as_file(request: Request, municipality: PublicMunicipality, serie: Name) -> Response:
    """The same table as a file for a spreadsheet."""
    history, rows = _history(office_of(request).book, municipality, serie)
    unit = history[-1].unit
    head = (unit, *(str(one.period.first) for one in history))
    body = [
        (name, *("" if value is None else amount.plain(value, unit) for value in values))
        for name, values in rows.items()
    ]
    return csv_file(f"{serie}-{municipality.code}", [head, *body])


def _history(
    book: Rulebook, municipality: Municipality, name: str
) -> tuple[tuple[Series, ...], dict[str, list[int | None]]]:
    """A series in all its periods, and each row's amount in each. Raises ProblemError."""
    kind = book.norms.catalog.get(name)
    owner = municipality.code if kind is not None and kind.municipal else None
    history = book.norms.history(name, owner)
    if not history:
        raise ProblemError("not-found")
    rows: dict[str, list[int | None]] = {}
    for number, one in enumerate(history):
        for row in one.rows:
            text = one.type.text(row.keys) if row.keys else one.type.title
            values = rows.setdefault(text, [None] * len(history))
            values[number] = row.cell.value if row.cell is not None else None
    return history, rows


def _in_units(points: list[tuple[str, int | None]]) -> list[tuple[str, int | None]]:
    """Öre and hundredths as whole kronor and percent, for the height of a line."""
    return [(name, None if value is None else round(value / 100)) for name, value in points]


@router.get("/vem-beslutar")
def who_decides(request: Request, municipality: PublicMunicipality, manad: MonthAsked = "") -> Response:
    """Which decisions each municipality lets the machine make, and by what right."""
    office = office_of(request)
    month = _month(request, manad)
    book = office.book_of(str(month))
    known = book.norms.municipalities
    names = {code: known[code].name for code in municipalities_of(book)}
    shown: dict[str, Any] = {"delegerat": delegation(book, month), "namn": names, "manad": month}
    return page(request, "vem_beslutar.html", kommunen=municipality, **shown)


@router.get("/utkast")
def drafts(request: Request, municipality: PublicMunicipality, manad: MonthAsked = "") -> Response:
    """Drafts of the assessments that data protection and the rules on AI ask for: what the rule base says is
    filled in, and what a person must write is marked."""
    office = office_of(request)
    month = _month(request, manad)
    book = office.book_of(str(month))
    law = resolve(book, month, municipality.code, without_norm=True)
    terms = [term for term in law.vocabulary.terms.values() if term.sources]
    questions = [each for rule in law.rules for each in rule.effects if isinstance(each, AskEffect)]
    chosen = [
        (each.rule, choice)
        for each in delegation(book, month)
        for choice in each.choices
        if choice.municipality == municipality.code
    ]
    shown: dict[str, Any] = {
        "manad": month,
        "regler": law.rules,
        "uppgifter": sorted(terms, key=lambda term: term.path),
        "kallor": sorted({part_of(path) for term in terms for path in term.sources} - {""}),
        "till_manniska": sum(each.asked == "person" for each in questions),
        "till_sokande": sum(each.asked != "person" for each in questions),
        "delegerat": chosen,
        "gallring": retention.load().document,
        "andamal": office.installation.purposes,
    }
    return page(request, "utkast.html", kommunen=municipality, **shown)


def _month(request: Request, text: str) -> Month:
    return month_parameter(text, "manad") if text else Month.of(swedish_day(office_of(request).clock()))
