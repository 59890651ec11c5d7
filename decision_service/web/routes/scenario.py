"""The page of a made-up household: fill it in, see the calculation and the rules, take it as a case, or save
it beside the rules of a draft."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from decision_service.access.roles import Role
from decision_service.api.behind import office_of, service_of
from decision_service.api.cases import acting, told
from decision_service.api.problems import ProblemError
from decision_service.api.routes.lawmaking import READERS
from decision_service.application.codes import COST_NAMES, INCOME_NAMES
from decision_service.decision.estimate import read_request
from decision_service.decision.scenario import Scenario
from decision_service.lawmaking import drafts
from decision_service.lawmaking.cases import with_case
from decision_service.lawmaking.checking import OPEN, content_of, scenario
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import swedish_day
from decision_service.reading.whole_numbers import whole_number
from decision_service.store.database import reading
from decision_service.web.render import page
from decision_service.web.visitors import OwnForm, SentForm, Visitor, visitor
from decision_service.web.wrong import Where, fields, wrong
from norms.fault import Path, fault
from norms.month import Month
from rules.book import CASES_SUFFIX

router = APIRouter(prefix="/k/{kommunkod}/scenario")

MAKES = (Role.POLICY, Role.JURIST, Role.CHEF, Role.REVISOR)
Maker = Annotated[Visitor, Depends(visitor(*MAKES))]
CHILDREN, COSTS, INCOMES = 6, 8, 6
"""How many of each the form has room for."""
_FIELDS = ("namn", "manad", "kommun", "vuxna", "boende", "jobbstimulans", "utkast", "fil")
_say = said_in(__file__)


@router.get("")
def form(request: Request, maker: Maker, utkast: Annotated[str, Query(max_length=64)] = "") -> Response:
    """The empty form, under a draft where one is asked for."""
    month = Month.of(swedish_day(office_of(request).clock()))
    given = {"manad": str(month), "kommun": maker.tenant, "vuxna": "1", "utkast": utkast}
    given["namn"] = _say("household")
    given["fil"] = f"rules/sets/municipal/{maker.tenant}/hushall{CASES_SUFFIX}"
    return _shown(request, maker, SentForm(list(given.items())))


@router.post("")
def made(request: Request, maker: Maker, form: OwnForm) -> Response:
    """The form with what the rules arrive at, or the case as a file, or in a draft. Nothing else is kept."""
    name = form["namn"].strip()[:200] or _say("household")
    try:
        found = _found(request, maker, form, name)
        if form["gor"] == "spara":
            _save(request, maker, form, found)
    except InputError as error:
        return _shown(request, maker, form, faults=wrong(error.faults, _where(form)))
    if form["gor"] == "spara":
        return RedirectResponse(f"/k/{maker.tenant}/lagandringar/{form['utkast']}", 303)
    if form["gor"] == "hamta":
        file = re.sub(r"[^a-zåäö0-9]+", "_", name.casefold()).strip("_")[:60] or "fall"
        plain = file.translate(str.maketrans("åäö", "aao"))
        headers = {"Content-Disposition": f'attachment; filename="{plain}{CASES_SUFFIX}"'}
        return Response(found.case, media_type="application/yaml; charset=utf-8", headers=headers)
    return _shown(request, maker, form, found=found)


def _found(request: Request, maker: Visitor, form: SentForm, name: str) -> Scenario:
    """What the rules of a draft arrive at, else those that decide the month. Raises InputError."""
    office = office_of(request)
    asked = read_request(_household(form), None)
    if not form["utkast"]:
        return office.evaluators_of(asked.month).scenario(asked, name)
    if maker.roles.isdisjoint(READERS):
        raise ProblemError("forbidden")
    with told(), reading(office.engine) as session:
        row = drafts.find(session, maker.tenant, form["utkast"])
        return scenario(office, session, service_of(request).checker, row, asked, name)


def _save(request: Request, maker: Visitor, form: SentForm, found: Scenario) -> None:
    """Put the case beside the rules of the draft. Raises InputError."""
    if Role.POLICY not in maker.roles:
        raise ProblemError("forbidden")
    if not form["utkast"]:
        raise InputError([fault("no_draft_chosen", "utkast")])
    file = form["fil"].strip()
    with acting(request, maker) as (office, session):
        known = drafts.find(session, maker.tenant, form["utkast"])
        row = drafts.lock(session, maker.tenant, known.id, known.version)
        text = with_case(file, content_of(session, row)[1].cases.get(file), found.case)
        drafts.save(office, session, row, {file: text}, maker.principal.subject)
        session.add(row)


def _shown(
    request: Request, maker: Visitor, given: SentForm, *, found: Scenario | None = None, faults: Any = ()
) -> Response:
    office, reads = office_of(request), not maker.roles.isdisjoint(READERS)
    with reading(office.engine) as session:
        listed = drafts.listed(session, maker.tenant) if reads else []
    return page(
        request,
        "scenario.html",
        422 if faults else 200,
        visitor=maker,
        givet={name: given[name] for name in _FIELDS},
        barn=_rows(given, ("alder", "lunch", "dagar"), CHILDREN),
        kostnader=_rows(given, ("kostnad", "kostar"), COSTS),
        inkomster=_rows(given, ("inkomst", "far"), INCOMES),
        kostnadsslag=COST_NAMES,
        inkomstslag=INCOME_NAMES,
        kommuner_i_reglerna=office.book.norms.municipalities,
        utkasten=[each for each in listed if each.state == OPEN],
        skriver=Role.POLICY in maker.roles,
        svar=found,
        fel=list(faults),
    )


def _rows(form: SentForm, names: tuple[str, ...], count: int) -> list[Mapping[str, str]]:
    """What a form says in rows, with empty rows after it."""
    columns = {name: form.all(name) for name in names}
    return [
        {name: values[row] if row < len(values) else "" for name, values in columns.items()}
        for row in range(count)
    ]


def _household(form: SentForm) -> dict[str, Any]:
    """The form as the request of a trial calculation; what is no number stays as it was written."""
    adults = _whole(form["vuxna"])
    asked: dict[str, Any] = {
        "month": form["manad"].strip(),
        "adults": adults,
        "cohabiting": adults == 2,
        "children": list(_children(form)),
        "costs": list(_amounts(form, "kostnad", "kostar", COSTS)),
        "incomes": list(_amounts(form, "inkomst", "far", INCOMES)),
        "job_stimulus": form["jobbstimulans"] == "ja",
    }
    if form["kommun"]:
        asked["municipality"] = form["kommun"]
    if form["boende"].strip():
        asked["household_size"] = _whole(form["boende"])
    return asked


def _where(form: SentForm) -> Where:
    """Where on the page a fault in a household is told: rows by their number there, also where some are left
    empty before them."""
    named = {"month": "manad", "adults": "vuxna", "household_size": "boende", "municipality": "kommun"}
    otherwise = fields(named | {"utkast": "utkast", "fil": "fil", "name": "fil", "namn": "namn"})
    rows = {
        "children": _filled(form, ("alder",), CHILDREN),
        "costs": _filled(form, ("kostnad", "kostar"), COSTS),
        "incomes": _filled(form, ("inkomst", "far"), INCOMES),
    }
    columns = {
        "children": {"age": "alder", "days": "dagar"},
        "costs": {"type": "kostnad", "amount": "kostar"},
        "incomes": {"type": "inkomst", "amount": "far"},
    }

    def where(path: Path) -> str:
        match path:
            case ("children" | "costs" | "incomes" as kind, int(place), *part):
                column = columns[kind].get(str(part[0]) if part else "", next(iter(columns[kind].values())))
                return f"{column}-{rows[kind][place] + 1}"
            case _:
                return otherwise(path)

    return where


def _filled(form: SentForm, names: tuple[str, ...], count: int) -> list[int]:
    """Which rows of a form say anything."""
    return [
        at for at, row in enumerate(_rows(form, names, count)) if any(row[each].strip() for each in names)
    ]


def _children(form: SentForm) -> Iterator[dict[str, Any]]:
    for row in _rows(form, ("alder", "lunch", "dagar"), CHILDREN):
        if row["alder"].strip():
            child = {"age": _whole(row["alder"]), "lunch_away": row["lunch"] == "ja"}
            yield child | ({"days": _whole(row["dagar"])} if row["dagar"].strip() else {})


def _amounts(form: SentForm, kind: str, amount: str, count: int) -> Iterator[dict[str, str]]:
    for row in _rows(form, (kind, amount), count):
        if row[kind] or row[amount].strip():
            yield {"type": row[kind], "amount": SentForm([(amount, row[amount])]).kronor(amount)}


def _whole(text: str) -> int | str:
    number = whole_number(text)
    return text.strip() if number is None else number
