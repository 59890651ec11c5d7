"""A case with something planted in every field through its whole life, and where to look for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, inspect, select, text
from sqlmodel import SQLModel

from audit.packed import unpack_leaf
from decision_service.casework import (
    answers,
    appeals,
    claims,
    corrections,
    delivery,
    documents,
    handlaggare,
    imports,
    writing_off,
)
from decision_service.casework.applicant import complete
from decision_service.casework.chain import in_force
from decision_service.casework.corrections import CorrectionWanted
from decision_service.casework.deciding import PersonsDecision
from decision_service.casework.given_answer import AnswersToTry, By
from decision_service.casework.knowledge import import_history, set_activity
from decision_service.casework.protecting import SaidOfSomebodyHere, mark_in_application
from decision_service.decision.document import CorrectionKind, Who, reasons_from
from decision_service.decision.takes import AnswerKind
from decision_service.follow_up import samples
from decision_service.follow_up.samples import Terms
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import Body
from decision_service.store import hook_secret
from decision_service.store.database import transaction
from decision_service.store.sealing import KEY, REQUEST
from decision_service.store.tables import (
    ActivityRow,
    ApplicationState,
    IdempotencyRow,
    SampledRow,
    TaskRow,
    WebhookRow,
)
from tests.world.office import PERSON, SECOND, World, paying
from tests.world.people import NOVEMBER, TENANT, application, personal_number
from tests.world.planning import GROUP, PLAN, Doing, attending, enrol, group, mark, marked, stepping, taken
from tests.world.planted import APPLICANT, Planter


def taken_off(world: World, case: str, planter: Planter) -> None:
    """The claim is lowered once in vain, and once more, where a second person has to agree."""
    as_it_was = world.office
    here = as_it_was.municipality(TENANT).model_copy(update={"raise_alone": False})
    municipalities = {**as_it_was.installation.municipalities, TENANT: here}
    installation = as_it_was.installation.model_copy(update={"municipalities": municipalities})
    world.office = replace(as_it_was, installation=installation)
    for agrees in (False, True):
        wanted = claims.LoweringWanted(claims.Lowering.WAIVED, 100, 0, planter.text())
        world.act(claims.lower_claim, case, 2, wanted)
        why = planter.text()
        world.act(claims.approve_lowering, case, 2, who=SECOND, agrees=agrees, reason=why)
    world.office = as_it_was


def lived(world: World) -> tuple[str, list[str]]:
    """A case with something planted in every field through its whole life, and what was planted."""
    planter = Planter()
    sent = planter.application()
    note, answer, question, reason, added, circumstance, key = (planter.text() for _ in range(7))
    world.imported(APPLICANT)
    with transaction(world.engine) as session:
        amount = planter.amount()
        number = personal_number(APPLICANT)
        month = {"month": "2026-08", "outcome": "BIFALL", "amount": amount}
        import_history(world.office, session, TENANT, number, [month], "admin-1", complete=True)
        waits = {"months": [month | {"month": "2026-07"}]}
        imports.put_forward(world.office, session, TENANT, number, waits, "admin-1")
        plan = session.get_one(ActivityRow, (TENANT, world.office.pseudonym(TENANT, number)))
        version = plan.version
        document = json.loads(plan.document)
    document["plan"]["individual_circumstances"] = circumstance
    with transaction(world.engine) as session:
        set_activity(world.office, session, TENANT, number, document, "ame-1", version)
    paid = 8_222_111
    planter.values.append(str(paid))
    world.registers.script[number] = paying(("2026-09-18", paid))
    case = world.apply(sent)
    assert world.state(case) == ApplicationState.HANDLAGGARE
    world.claim(case)
    with transaction(world.engine) as session:
        session.add(
            IdempotencyRow(
                tenant=TENANT,
                client="e-tjänst",
                key=world.office.keyed(KEY, key),
                request=world.office.keyed(REQUEST, key),
                application_id=case,
                created_at=world.clock(),
            )
        )
        handlaggare.write_note(world.office, session, TENANT, case, PERSON, note)
    with transaction(world.engine) as session:
        asked = reasons_from(session.get_one(TaskRow, (TENANT, case)).reasons)
        (first, *_) = [each for each in asked if each.takes and each.takes.kind is AnswerKind.AMOUNT]
        given = AnswersToTry(first.id, planter.amount(), answer)
        by = By(PERSON, "Maj Berg", Who.HANDLAGGARE)
        answers.give(world.office, session, TENANT, case, None, [given], by)
    world.examine(case)
    with transaction(world.engine) as session:
        documents.add(world.office, session, TENANT, case, b"%PDF-1.7 %%EOF", planter.text(), "")
    world.examine(case)
    world.act(handlaggare.ask_applicant, case, questions=[question])
    world.complete(case, {"application": {"otherInformation": added}})
    world.examine(case)
    world.claim(case)
    planter.values.append("9876543")
    world.decide(case, granted=987_654_321, reason=reason)
    delivered(world)
    world.clock.forward(days=8)
    attending(world, APPLICANT, *_planned(planter))
    return case, planter.values


def lived_on(world: World, planter: Planter, person: int) -> None:
    """What comes after a decision, with something planted in all that is said: a document, an appeal in time
    and its way on, a correction to less with its claim, one that waits for a second person, a sample and its
    finding, a client's address, months that name another, and an application that is taken back, in which
    somebody is protected."""
    case = decided(world, person, planter)
    with transaction(world.engine) as session:
        hook = WebhookRow(
            id="w1", tenant=TENANT, client="e-tjänst", url="https://exempel.se/h", every=True,
            created_at=world.clock(),
        )  # fmt: skip
        hook_secret.close(session.connection(), world.keys, hook, "hemlighet-for-notiser")
        session.add(hook)
    world.act(corrections.correct, case, less(world, case, planter))
    with transaction(world.engine) as session:
        waits = corrections.awaiting(session, TENANT, case) is not None
    if waits:
        world.act(corrections.approve_correction, case, who=SECOND, agrees=False, reason=planter.text())
        world.act(corrections.correct, case, less(world, case, planter))
        world.act(corrections.approve_correction, case, who=SECOND, agrees=True, reason=planter.text())
    with transaction(world.engine) as session:
        claims.decide_claim(
            world.office, session, TENANT, case, PERSON, 2, claims=True, reason=planter.text()
        )
    taken_off(world, case, planter)
    with transaction(world.engine) as session:
        decision = in_force(session, TENANT, case)
        assert decision is not None
        day = world.clock().date()
        appeals.receive_appeal(
            world.office, session, TENANT, case, PERSON,
            decision=decision.id, received=day, told=day, text=planter.text(),
        )  # fmt: skip
    with transaction(world.engine) as session:
        drawn = samples.draw(
            world.office,
            session,
            TENANT,
            SECOND,
            Terms(first=date(2026, 1, 1), last=date(2027, 1, 1), size=1, protected=False),
        )
    with transaction(world.engine) as session:
        of_it = SampledRow.tenant == TENANT, SampledRow.sample == drawn
        row = session.scalars(select(SampledRow).where(*of_it)).one()
        samples.record(
            world.office, session, TENANT, "jurist-1",
            sample=drawn, decision=row.decision, finding="fel_i_sak", about="", text=planter.text(),
            protected=True,
        )  # fmt: skip
    named = {"month": "2026-08", "outcome": "BIFALL", "amount": planter.amount()}
    named["people"] = [personal_number(person + 1), personal_number(person + 2)]
    open_case = world.receive(application(person + 1, NOVEMBER))
    with transaction(world.engine) as session:
        import_history(world.office, session, TENANT, named["people"][0], [named], "admin-1", complete=True)
    with transaction(world.engine) as session:
        mark = {"person": "p1", "basis": "OKAND", "told_by": planter.text(200), "reason": planter.text()}
        of_somebody = validated(SaidOfSomebodyHere, mark)
        mark_in_application(world.office, session, TENANT, open_case, of_somebody, PERSON)
    with transaction(world.engine) as session:
        documents.add(world.office, session, TENANT, open_case, b"%PDF-1.7 %%EOF", planter.text(), "")
        said = {"application": {"otherInformation": planter.text()}}
        complete(world.office, session, TENANT, open_case, Body.of(json.dumps(said).encode()))
        writing_off.take_back(world.office, session, TENANT, open_case)


def decided(world: World, person: int, planter: Planter) -> str:
    """November granted by a person, with something planted in what is said of it."""
    world.imported(person)
    found = world.apply(application(person, NOVEMBER))
    if world.decision(found) is None:
        world.claim(found)
        world.decide(found, granted=900_000, reason=planter.text())
    return found


def less(world: World, case: str, planter: Planter) -> CorrectionWanted:
    """A correction to refusal."""
    decision = world.decision(case)
    assert decision is not None
    said = {
        "assessment": 1,
        "outcome": "AVSLAG",
        "granted": "0",
        "reason": planter.text(),
        "told": {"how": "HAR_FÅTT_SE", "reason": planter.text()},
    }
    return CorrectionWanted(CorrectionKind.CHANGE, decision.id, validated(PersonsDecision, said))


def _planned(planter: Planter) -> Iterator[Doing]:
    """A planning with something planted in what is written of the participant and of the attendance."""
    yield from (enrol, stepping({**PLAN, "goal": planter.text()}), group, mark)
    activity = planter.text()
    afternoons = [{"weekday": 1, "hours": 3, "begins": "13:00"}]
    yield stepping({**GROUP, "id": activity, "title": planter.text(), "slots": afternoons})
    yield stepping(taken(activity))
    yield marked(activity)
    yield stepping({"step": "breach", "day": "2026-09-15", "happened": planter.text()})
    contact = {"number": 1, "day": "2026-09-16", "account": planter.text(), "accepted": True}
    yield stepping({"step": "contact", **contact})


def delivered(world: World) -> None:
    while delivery.deliver(world.office):
        pass


def dump(engine: Engine, *, without: str = "") -> str:
    """Every row of every table of the database, the log and the queue included, as a copy of it would say;
    but for the table ``without``."""
    with engine.connect() as connection:
        names = [each for each in inspect(connection).get_table_names() if each != without]
        rows = [row for name in names for row in connection.execute(text(f"SELECT * FROM {name}"))]
    return "\n".join(
        unpack_leaf(each).decode("utf-8", "replace") if isinstance(each, bytes) else str(each)
        for row in rows
        for each in row
    )


def in_files(folder: Path) -> str:
    """The bytes and the name of every file: the database's own, where it is one, and what was put out."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(f"{path.name} {path.read_bytes().decode('utf-8', 'replace')}" for path in files)


def opened(engine: Engine) -> str:
    """The same as the program reads it, with its keys."""
    with engine.connect() as connection:
        rows = [row for table in SQLModel.metadata.sorted_tables for row in connection.execute(select(table))]
    return "\n".join(str(each) for row in rows for each in row)


def spelled(planted: list[str]) -> list[str]:
    """What was planted, personal numbers as people write them too."""
    numbers = [each for each in planted if each.isdigit() and len(each) == 12]
    return [*planted, *(each[2:] for each in numbers), *(f"{each[2:8]}-{each[8:]}" for each in numbers)]


_CHANCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}")
"""Ids, hashes and sealed bytes written as hexadecimal digits: seven of them are any amount, now and then."""


def told_in(where: str, planted: Iterable[str]) -> list[str]:
    """What of the planted is told where nothing of it may be."""
    said = _CHANCE.sub(" ", where)
    return [each for each in planted if each in said]
