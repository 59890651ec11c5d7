"""The page of a made-up household: fill it in, see the calculation and the rules, take it as a case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api.behind import office_of
from decision_service.application.codes import COST_NAMES, INCOME_NAMES
from decision_service.decision.estimate import read_request
from decision_service.decision.scenario import Scenario
from decision_service.reading.sentences import say
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import swedish_day
from decision_service.reading.whole_numbers import whole_number
from decision_service.web.render import page
from decision_service.web.visitors import Form, OwnForm, Visitor, visitor
from norms.month import Month

router = APIRouter(prefix="/k/{kommunkod}/scenario")

MAKES = (Role.POLICY, Role.JURIST, Role.CHEF, Role.REVISOR)
Maker = Annotated[Visitor, Depends(visitor(*MAKES))]
CHILDREN, COSTS, INCOMES = 6, 8, 6
"""How many of each the form has room for."""
_FIELDS = ("namn", "manad", "kommun", "vuxna", "boende", "jobbstimulans")
_NAME = "Påhittat hushåll"


@router.get("")
def form(request: Request, maker: Maker) -> Response:
    """The empty form."""
    month = Month.of(swedish_day(office_of(request).clock()))
    given = {"manad": str(month), "kommun": maker.tenant, "vuxna": "1", "namn": _NAME}
    return _shown(request, maker, Form(list(given.items())))


@router.post("")
def made(request: Request, maker: Maker, form: OwnForm) -> Response:
    """The form with what the rules arrive at, or the case as a file. Nothing is stored."""
    office = office_of(request)
    name = form["namn"].strip()[:200] or _NAME
    try:
        asked = read_request(_household(form), office.book)
        found = office.evaluators.scenario(asked, name)
    except InputError as error:
        return _shown(request, maker, form, faults=[say(each, "sv") for each in error.faults])
    if form["gor"] == "hamta":
        file = re.sub(r"[^a-zåäö0-9]+", "_", name.casefold()).strip("_")[:60] or "fall"
        plain = file.translate(str.maketrans("åäö", "aao"))
        headers = {"Content-Disposition": f'attachment; filename="{plain}.fall.yaml"'}
        return Response(found.case, media_type="application/yaml; charset=utf-8", headers=headers)
    return _shown(request, maker, form, found=found)


def _shown(
    request: Request, maker: Visitor, given: Form, *, found: Scenario | None = None, faults: Any = ()
) -> Response:
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
        kommuner_i_reglerna=office_of(request).book.norms.municipalities,
        svar=found,
        fel=list(faults),
    )


def _rows(form: Form, names: tuple[str, ...], count: int) -> list[Mapping[str, str]]:
    """What a form says in rows, with empty rows after it."""
    columns = {name: form.all(name) for name in names}
    return [
        {name: values[row] if row < len(values) else "" for name, values in columns.items()}
        for row in range(count)
    ]


def _household(form: Form) -> dict[str, Any]:
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


def _children(form: Form) -> Iterator[dict[str, Any]]:
    for row in _rows(form, ("alder", "lunch", "dagar"), CHILDREN):
        if row["alder"].strip():
            child = {"age": _whole(row["alder"]), "lunch_away": row["lunch"] == "ja"}
            yield child | ({"days": _whole(row["dagar"])} if row["dagar"].strip() else {})


def _amounts(form: Form, kind: str, amount: str, count: int) -> Iterator[dict[str, str]]:
    for row in _rows(form, (kind, amount), count):
        if row[kind] or row[amount].strip():
            yield {"type": row[kind], "amount": Form([(amount, row[amount])]).kronor(amount)}


def _whole(text: str) -> int | str:
    number = whole_number(text)
    return text.strip() if number is None else number
