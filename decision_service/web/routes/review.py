"""The reviewer's pages of a decision: read it with everything behind it, check it, and compare it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from audit import reading as trail_reading
from audit.trail import read_leaves
from decision_service.access.roles import Role
from decision_service.api.addresses import Application
from decision_service.api.behind import office_of, service_of
from decision_service.api.cases import acting, read, seen_by
from decision_service.api.problems import PROBLEMS, ProblemError
from decision_service.api.routes.decisions import changes_of, export_of, why_silent
from decision_service.api.routes.tasks import WrittenOff
from decision_service.casework import search, writing_off
from decision_service.casework.assessments import latest, numbered
from decision_service.casework.chain import in_force
from decision_service.casework.decisions import document_of
from decision_service.casework.office import Office
from decision_service.decision.changed_lines import changes_by_line
from decision_service.decision.document import (
    Assessment,
    CalculatedLine,
    Calculation,
    Decision,
    LineChange,
    RuleRecord,
)
from decision_service.follow_up import samples
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from decision_service.store.case_number import read_case_number
from decision_service.store.hiding import hide
from decision_service.store.tables import WRITTEN_OFF, ApplicationRow, WriteOffRow
from decision_service.web.checked import assessed_again, checked
from decision_service.web.decision_form import version_of
from decision_service.web.refused import RefusedHere, refused_here
from decision_service.web.render import page
from decision_service.web.routes import papers
from decision_service.web.routes.search import Reader, Text
from decision_service.web.routes.work import PATIENCE
from decision_service.web.visitors import OwnForm, SentForm, Visitor, visitor
from decision_service.web.wrong import fields, wrong
from norms.fault import MisfitError, fault
from norms.month import Month
from rules.book import Rulebook
from rules.laws import Citation
from rules.rule import Rule

router = APIRouter(prefix="/k/{kommunkod}/beslut")

Worker = Annotated[Visitor, Depends(visitor(Role.HANDLAGGARE, reads=True))]
Reviewer = Annotated[Visitor, Depends(visitor(Role.JURIST, reads=True))]
EXPORTERS = frozenset({Role.JURIST, Role.CHEF, Role.REVISOR})
Exporter = Annotated[Visitor, Depends(visitor(*EXPORTERS, reads=True))]
SEES_SAMPLES = frozenset({Role.JURIST, Role.REVISOR})


@dataclass(frozen=True)
class Opened:
    """A row of the calculation with what stands behind it: the rule as it holds in the month, the words of
    the law where the row rests on what the rule cites, and the facts that the rule read with their origin. No
    rule for what a person has added.
    ``proposed`` is the machine's amount in öre, None where it has no such row. ``reason`` is why a person
    changed or added the row, empty where nobody did."""

    line: CalculatedLine
    rule: Rule | None
    law: tuple[Citation, ...]
    record: RuleRecord | None
    proposed: int | None
    reason: str


@router.get("/{application}")
def one(request: Request, reader: Reader, application: Application) -> Response:
    """One decision, from three sentences to every rule, and what happened in the case."""
    return _shown(request, reader, application)


def _shown(request: Request, reader: Visitor, application: str, status: int = 200, **more: Any) -> Response:
    def show(office: Office, session: Session, row: ApplicationRow) -> dict[str, Any]:
        in_it = in_force(session, row.tenant, row.id)
        decision = document_of(session, in_it) if in_it is not None else None
        newest = latest(session, row.tenant, row.id)
        assessment = numbered(newest).document if newest is not None else None
        entries = read_leaves(session.connection(), row.tenant, row.id)
        rests_on = decision if decision is not None else assessment
        calculation = rests_on.calculation if rests_on is not None else None
        changes = decision.changes if decision is not None else ()
        return {
            "ansokan": row,
            "beslut": decision,
            "arende": row.id,
            "aterkallad": row.state in WRITTEN_OFF,
            "avskrivning": session.get(WriteOffRow, (row.tenant, row.id)),
            "kan_tas_upp": writing_off.may_be_taken_up(row),
            **papers.shown(session, row),
            **(papers.to_protect(office, session, reader, row) if row.state in WRITTEN_OFF else {}),
            "provning": assessment,
            "kalkyl": calculation,
            "avviker": decision is not None and assessment is not None and _departs(decision, assessment),
            "rader": list(_opened(calculation, changes, assessment, Month.parse(row.month), office.book)),
            "titlar": {one.id: one.title for one in office.book.rules},
            "om": _labels(assessment) if assessment is not None else {},
            "samma_regler": assessment is not None and assessment.release == office.book.release,
            "handelser": trail_reading.timeline(entries),
            "namn": search.named_staff(session, row.tenant),
            "dragna": samples.drawn_of(session, row.tenant, row.id, protected=reader.sees_protected)
            if reader.roles & SEES_SAMPLES
            else [],
        }

    shown = read(request, reader, application, show)
    may = {"granskar": Role.JURIST in reader.roles, "far_ta_ut": bool(reader.roles & EXPORTERS)}
    may |= {"handlaggare": Role.HANDLAGGARE in reader.roles}
    shown |= {"fel": [], "fel_med": [], "givet": SentForm([])} | may | more
    return page(request, "ett_beslut.html", status, visitor=reader, **shown)


def _labels(assessment: Assessment) -> dict[str, str]:
    """What people call each person, cost and income that has a line or a question about it."""
    told = [(each.subject, each.label) for each in assessment.calculation.lines]
    told += [(each.subject, each.label) for each in assessment.reasons]
    return {subject: label for subject, label in told if subject and label}


def _departs(decision: Decision, assessment: Assessment) -> bool:
    """Whether a decision is another than the machine proposed, or has other rows."""
    rows = decision.calculation.lines if decision.calculation is not None else ()
    same = assessment.proposal == (decision.outcome, decision.granted)
    return not same or rows != assessment.calculation.lines


def _opened(
    calculation: Calculation | None,
    changes: Sequence[LineChange],
    assessment: Assessment | None,
    month: Month,
    book: Rulebook,
) -> Iterator[Opened]:
    """The rows of a calculation, which is the machine's own or what a person made of it by changes."""
    fired = assessment.rules if assessment is not None else ()
    records = {(one.id, one.subject): one for one in fired if one.state == "fired"}
    computed = assessment.calculation.lines if assessment is not None else ()
    proposed = {(one.rule, one.subject): one.amount for one in computed}
    lines = calculation.lines if calculation is not None else ()
    for line, change in zip(lines, changes_by_line(lines, changes), strict=True):
        rule = book.version(line.rule, month)
        own = rule is not None and line.provision == rule.provision(month)
        law = rule.cited(month) if rule is not None and own else ()
        named, why = (line.rule, line.subject), change.reason if change is not None else ""
        yield Opened(line, rule, law, records.get(named), proposed.get(named), why)


@router.post("/{application}/kontroll")
def check(request: Request, reader: Reader, application: Application, form: OwnForm) -> Response:
    """Check the proof, the log and the letter, and say what was checked."""
    report = read(
        request,
        reader,
        application,
        lambda office, session, row: checked(service_of(request), session, row),
        signed=True,
    )
    return _shown(request, reader, application, kontroll=report)


@router.post("/{application}/omkorning")
def again(request: Request, reader: Reader, application: Application, form: OwnForm) -> Response:
    """Assess again, under the release it was assessed under, and say what came of it."""
    found = read(
        request,
        reader,
        application,
        lambda office, session, row: list(assessed_again(service_of(request), session, row)),
    )
    return _shown(request, reader, application, omkorning=found)


@router.get("/{application}/utdrag")
def export(request: Request, exporter: Exporter, application: Application) -> Response:
    """The case as a file for a court, with its proofs and the program that checks them."""
    return export_of(request, exporter, application)


@router.get("/{application}/regel/{rule}")
def why_not(request: Request, reader: Reader, application: Application, rule: str) -> Response:
    """Why a rule did or did not apply: each part of its condition, what it saw, and how far it was."""
    found = why_silent(request, reader, application, rule)
    titles = {one.id: one.title for one in office_of(request).book.rules}
    return page(
        request,
        "varfor_inte.html",
        visitor=reader,
        ansokan=application,
        regel=rule,
        provad=found,
        titlar=titles,
    )


@router.get("/{application}/andringar")
def changes(request: Request, reader: Reader, application: Application) -> Response:
    """What would have given another outcome."""
    found = changes_of(request, reader, application)
    return page(request, "andringar.html", visitor=reader, ansokan=application, andringar=found)


@router.post("/{application}/ta-upp")
def take_up_again(request: Request, worker: Worker, application: Application, form: OwnForm) -> Response:
    """Take up a case again that was written off because whoever applied was marked as dead."""
    try:
        with refused_here(), acting(request, worker) as (office, session):
            given = validated(WrittenOff, {"reason": form["skal"]})
            who, version = worker.principal.subject, version_of(form)
            writing_off.take_up_again(office, session, worker.tenant, application, who, version, given.reason)
    except RefusedHere as refused:
        said = refused.said(fields({"reason": "ta-upp-skal"}))
        return _shown(request, worker, application, refused.status, fel=said, givet=form)
    service_of(request).examining.examine_within(worker.tenant, application, PATIENCE)
    return RedirectResponse(f"/k/{worker.tenant}/ko/{application}?gjort=upptaget", 303)


# --- a decision that was drawn in a sample


@router.post("/{application}/stickprov/{sample}/{decision}")
def record(
    request: Request, reviewer: Reviewer, application: Application, sample: str, decision: str, form: OwnForm
) -> Response:
    """Record what was found of a decision, and go on to the next of the sample."""
    protected = reviewer.sees_protected
    try:
        with acting(request, reviewer) as (office, session):
            samples.record(
                office,
                session,
                reviewer.tenant,
                reviewer.principal.subject,
                sample=sample,
                decision=decision,
                finding=form["fynd"],
                about=form["galler"],
                text=form["text"],
                protected=protected,
            )
            if not protected:
                hide(session, lists=True)
            found = samples.one_sample(office, session, reviewer.tenant, sample, protected=protected)
    except InputError as error:
        of = f"{sample}-{decision}"
        named = {"finding": f"fynd-{of}", "about": f"galler-{of}", "text": f"text-{of}"}
        said = wrong(error.faults, fields(named))
        return _shown(request, reviewer, application, 422, fel=said, givet=form)
    left = found.unreviewed
    where = f"beslut/{left[0].application_id}#stickprov" if left else f"stickprov/{sample}"
    return RedirectResponse(f"/k/{reviewer.tenant}/{where}", 303)


# --- two decisions


@router.get("/{application}/jamfor")
def compared(request: Request, reader: Reader, application: Application, med: Text = "") -> Response:
    """Two decisions beside each other, line by line."""
    left = read(request, reader, application, lambda _, session, row: _decision(session, row))
    try:
        with refused_here():
            right = _numbered_as(request, reader, med)
    except RefusedHere as refused:
        said, written = refused.said(lambda _: "med"), SentForm([("med", med)])
        return _shown(request, reader, application, refused.status, fel_med=said, givet=written)
    titles = {one.id: one.title for one in office_of(request).book.rules}
    rows = [(label or titles.get(rule, rule), *amounts) for (rule, label), amounts in beside(left, right)]
    both = [left.application_id, right.application_id]
    with seen_by(office_of(request), reader) as session:
        known = search.case_numbers(session, reader.tenant, both)
    numbers = [known[each] for each in both]
    return page(request, "jamfor.html", visitor=reader, vanster=left, hoger=right, rader=rows, nummer=numbers)


def _numbered_as(request: Request, reader: Visitor, text: str) -> Decision:
    """The decision of the case with a number, as it was written or heard. Raises InputError where there is no
    such case that the reader may see, and ProblemError where it is not decided."""
    if not text.strip():
        raise InputError([fault("missing", "med")])
    try:
        number = read_case_number(text)
    except MisfitError as error:
        raise InputError([each.below("med") for each in error.faults]) from None
    with seen_by(office_of(request), reader) as session:
        other = search.numbered_as(session, reader.tenant, number)
    try:
        return read(request, reader, other, lambda _, session, row: _decision(session, row))
    except ProblemError as error:
        if error.type is not PROBLEMS["not-found"]:
            raise
        raise InputError([fault("no_such_case", "med", number=number)]) from None


def _decision(session: Session, row: ApplicationRow) -> Decision:
    found = in_force(session, row.tenant, row.id)
    if found is None:
        raise ProblemError("conflict", fault("not_decided"))
    return document_of(session, found)


def beside(left: Decision, right: Decision) -> Iterable[tuple[tuple[str, str], list[int | None]]]:
    """The amounts in both of each rule and label, in the order they come; a cost has one row, whichever rules
    it was counted by."""
    amounts: dict[tuple[str, str], list[int | None]] = {}
    for side, decision in enumerate((left, right)):
        for line in decision.calculation.lines if decision.calculation is not None else ():
            of_a_cost = line.label and line.kind in ("cost", "other_cost")
            both = amounts.setdefault((line.kind if of_a_cost else line.rule, line.label), [None, None])
            both[side] = (both[side] or 0) + line.amount
    return amounts.items()
