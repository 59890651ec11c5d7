"""The page of a draft on a population: what it costs, who gains and loses, and the staircase of a wage."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from markupsafe import Markup
from starlette.responses import Response

from decision_service.api.answers import PopulationEffect
from decision_service.api.behind import office_of
from decision_service.api.routes.population import (
    RECKONS,
    Asked,
    Count,
    NewPopulation,
    Seed,
    as_file,
    effect,
)
from decision_service.impact.population import MOST, MOST_GIVEN_OUT, MadeUpHouseholds
from decision_service.lawmaking import drafts
from decision_service.lawmaking.checking import OPEN
from decision_service.log.published import published_releases
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import swedish_day
from decision_service.reading.whole_numbers import whole_number
from decision_service.store.database import reading
from decision_service.web.render import page
from decision_service.web.uploads import OwnUpload
from decision_service.web.visitors import SentForm, Visitor, visitor
from decision_service.web.wrong import fields, wrong
from norms.month import Month

router = APIRouter(prefix="/k/{kommunkod}/befolkning")

Reckoner = Annotated[Visitor, Depends(visitor(*RECKONS))]
Prefilled = Annotated[str, Query(max_length=64)]
_FIELDS = ("regler", "mot", "manad", "hushall", "fro")
_WHERE = fields(
    {
        "release": "regler",
        "before": "mot",
        "month": "manad",
        "households": "hushall",
        "seed": "fro",
        "file": "fil",
    }
)


@router.get("")
def form(
    request: Request,
    reckoner: Reckoner,
    regler: Prefilled = "",
    mot: Prefilled = "",
    manad: Prefilled = "",
    hushall: Prefilled = "",
    fro: Prefilled = "",
) -> Response:
    """The form, filled in as the address says: how a run is run again."""
    month = Month.of(swedish_day(office_of(request).clock()))
    given = {"regler": regler, "mot": mot, "manad": manad or str(month)}
    return _shown(request, reckoner, given | {"hushall": hushall or "100000", "fro": fro or "1"})


@router.post("")
def reckoned(request: Request, reckoner: Reckoner, sent: OwnUpload) -> Response:
    """What comes of it, on made-up households or on a file. Nothing is kept but the files of the rules."""
    given = {name: sent.form[name].strip() for name in _FIELDS}
    try:
        asked = _asked(sent.form)
        of = MadeUpHouseholds(asked.households, asked.seed) if sent.content is None else sent.content
        found = effect(request, reckoner, asked.release, asked.before, asked.month, of)
    except InputError as error:
        return _shown(request, reckoner, given, faults=wrong(error.faults, _WHERE))
    return _shown(request, reckoner, given, found=found)


@router.get("/hushall.parquet")
def households(
    request: Request, reckoner: Reckoner, manad: Asked, hushall: Count = 1_000, fro: Seed = 1
) -> Response:
    """Made-up households as a Parquet file."""
    return as_file(request, reckoner, manad, MadeUpHouseholds(hushall, fro))


def _asked(form: SentForm) -> NewPopulation:
    """What the form asks for. Raises InputError."""
    said = {
        "release": form["regler"].strip(),
        "before": form["mot"].strip(),
        "month": form["manad"].strip(),
        "households": _whole(form["hushall"]),
        "seed": _whole(form["fro"]),
    }
    return validated(NewPopulation, said)


def _whole(text: str) -> int | str:
    number = whole_number(text)
    return text.strip() if number is None else number


def _shown(
    request: Request,
    reckoner: Visitor,
    given: dict[str, str],
    *,
    found: PopulationEffect | None = None,
    faults: Any = (),
) -> Response:
    office = office_of(request)
    with reading(office.engine) as session:
        open_ones = [each for each in drafts.listed(session, reckoner.tenant) if each.state == OPEN]
    return page(
        request,
        "befolkning.html",
        422 if faults else 200,
        visitor=reckoner,
        givet=given,
        utkast=open_ones,
        versioner=published_releases(office.engine, reckoner.tenant),
        mest=MOST,
        mest_ut=MOST_GIVEN_OUT,
        svar=found,
        bild=Markup(found.plot)
        if found is not None
        else None,  # every text in it is escaped where it is drawn
        fel=list(faults),
    )
