"""No column of any table tells of anybody: each is sealed and has held something that was planted, by the way
people put it there, or stands in a list with the reason. What a real copy of the database says is looked
through for all of it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL, Table, select
from sqlmodel import SQLModel

from audit import tables as log_tables
from decision_service.access.logins import VouchedPerson
from decision_service.access.roles import Principal, Role
from decision_service.access.tokens import LoggedIn
from decision_service.casework import appeals, owed
from decision_service.casework.chain import in_force
from decision_service.casework.timetable import checkpoints
from decision_service.impact import runs
from decision_service.store import hook_secret
from decision_service.store.database import transaction
from decision_service.store.moment import Moment
from decision_service.store.sealed import Sealed
from decision_service.store.tables import ApplicationState, WebhookRow
from decision_service.web.sessions import Sessions
from tests.decision_service.impact.test_runs import runner
from tests.world.database import new_database, pg_dump
from tests.world.lived import delivered, dump, in_files, lived, lived_on, opened, spelled, told_in
from tests.world.office import PERSON, World, new_world, shared_evaluators
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application, incomplete, personal_number
from tests.world.planted import Planter

TABLES = {each.name: each for each in (*SQLModel.metadata.sorted_tables, *log_tables.metadata.sorted_tables)}


KEYS = frozenset(
    {
        "id", "tenant", "application_id", "case_id", "case_number", "person", "key", "decision", "question",
        "impact",
        "sample", "corrects", "release", "month", "state", "kind", "outcome", "client", "by", "role",
        "changed_by", "imported_by", "proposed_by", "noted_by", "ended_by", "decided_by", "approved_by",
        "claimed_by", "drawn_by", "found_by", "asked_by", "published_by", "owner",
    }
)  # fmt: skip
"""Columns that are the same in every table: our own ids, keyed hashes, states and months, and who of the
staff or which program did something."""

CLEAR: Mapping[str, str] = {
    # What is chosen from lists, and says nothing in words: codes of questions, rules and refusals.
    "application": "adapter",
    "answer": "code fact",
    "assessment": "fired asked",
    "decision": "fired asked",
    "task": "reason asked proposed household",
    "question": "code",
    "lowered_claim": "how",
    "sampled": "grouped terms finding about",
    "impact": "months holder",
    "impact_case": "missing",
    "message": "reached error",  # of a delivery: places by number, and what kind of failure
    "participant": "responsible",  # staff
    # Sealed in their own way.
    "document": "sealed",
    "audit_vault": "ciphertext",
    "audit_case": "wrapping_key wrapped",
    "idempotency": "request",  # a keyed hash
    "webhook": "secret url switched_off_why",  # closed under the municipality's wrapping key; an address
    # The log's open part: what happened, by whom, under which rules.
    "audit_entry": "type hashes body mark",
    "audit_checkpoint": "note",
    "audit_head": "origin time frontier signing_key wrapping_key writer_key",
    "cosigned": "note",
    "witnessed": "origin note",
    # Rules and amounts, which anybody may read; a personal number in them is refused.
    "draft": "purpose reason changes editors findings",
    "publication": "base first draft content purpose reason cases",
    "release_file": "name content",
    "offered_activity": "document",  # for a group, about nobody
    # The installation's own: staff, programs, sweeps, sessions.
    "staff": "name title stamp",
    "web_session": "subject principal purpose issuer sid refresh",
    "known_key": "name fingerprint",
    "receiver": "name error",
    "sweep": "name",
    "unsealed": "name",
}
"""Columns in the clear with words in them, by table, and why nothing of a person comes there."""

_NAME = "a name of the staff"
_SUM = "what is left after all that was planted was refused"
_COURT = "a court's case; no court has decided here"
NOT_SAID: Mapping[str, str] = {
    "answer.subject": "a number that says whom it is about",
    "answer.name": _NAME,
    "claim.amount": _SUM,
    "claim.signed": _NAME,
    "lowered_claim.amount": "what an official lets go, and no amount of the applicant's",
    "lowered_claim.paid": "what the applicant has paid back; nothing here",
    "lowered_claim.signed": _NAME,
    "lowered_claim.second": _NAME,
    "completion.shown": "payments that a register told of; none is more than what was planted",
    "correction.court": _COURT,
    "correction.granted": _SUM,
    "correction.difference": _SUM,
    "correction.signed": _NAME,
    "correction.second": _NAME,
    "correction.changes": "lines that a person changed; none was",
    "correction.remembered": "costs that were granted; all were refused",
    "correction.letter": "not yet written",
    "decision.signed": _NAME,
    "decision.second": _NAME,
    "decision.changes": "lines that a person changed; none was",
    "decision.told": "what the applicant has answered before it; nothing was to be answered",
    "document.sha256": "a hash",
    "impact_case.found": "amounts before and after, of cases that came out as before",
    "note.name": _NAME,
    "proposed_correction.court": _COURT,
    "proposed_correction.signed": _NAME,
    "sampled.signed": _NAME,
    "task.proposal": "what the machine proposes; nothing where a person decides",
    "write_off.signed": _NAME,
    "write_off.reason": "only where a person writes off; here the machine does",
}
"""Sealed columns in which nothing stands that was planted, and why."""


def everything_lived(world: World) -> list[str]:
    """Every path by which something about somebody comes into the tables, and what was planted on the way."""
    case, planted = lived(world)
    planter = Planter(values=planted)
    world.clock.forward(days=22)
    lived_on(world, planter, 3)
    with transaction(world.engine) as session:
        run = runs.begin(
            world.office, session, TENANT, "jurist-1", world.office.book, {str(OCTOBER), str(NOVEMBER)}
        )
        owed.put(world.office, session, run, "jurist-1", [(case, 8_333_111_00)])
    planter.values.append("8333111")
    runner(world.office).sweep()
    with transaction(world.engine) as session:
        owed.leave(world.office, session, TENANT, case, PERSON, planter.text())
    with transaction(world.engine) as session:
        decision = in_force(session, TENANT, case)
        assert decision is not None
        day = decision.decided_at.date()
        appeals.receive_appeal(
            world.office, session, TENANT, case, PERSON,
            decision=decision.id, received=world.clock().date(), told=day, text=planter.text(),
        )  # fmt: skip
    planter.values += in_hands(world)
    with transaction(world.engine) as session:
        appeals.dismiss(world.office, session, TENANT, case, PERSON, 1, planter.text())
    world.imported(7)
    planter.values.append("7456789")
    waiting = world.apply(application(7, NOVEMBER, costs=[{"costType": "RENT", "appliedAmount": 7_456_789}]))
    assert world.state(waiting) == ApplicationState.HANDLAGGARE
    return planter.values


def lived_and_waiting(world: World) -> None:
    """The same, all of it delivered, and something that still waits for everybody."""
    checkpoints(world.office)
    everything_lived(world)
    delivered(world)
    waits = world.apply(application(21, NOVEMBER))
    assert world.state(waits) == ApplicationState.HANDLAGGARE
    world.claim(waits)
    world.apply(incomplete(22, NOVEMBER))
    world.receive(application(23, NOVEMBER))


def in_hands(world: World) -> list[str]:
    """What gives whoever holds it a right, each in the hands of those it was given to: the cookie of a
    session, what its forms carry, the token by which its issuer confirms it, and the secret by which a client
    knows that a notice is ours."""
    sessions = Sessions(world.engine, world.clock, world.office.keyed)
    principal = Principal("h-1", frozenset({Role.HANDLAGGARE}), frozenset({TENANT}), "sidor", "Kim Ek")
    vouched = VouchedPerson(LoggedIn(principal, "sid-1"), "refresh-token-for-kim")
    cookie = sessions.begin(principal, "handlaggning", "https://inloggning.example.se", vouched)
    signed_in = sessions.of(cookie)
    assert signed_in is not None
    assert signed_in.origin is not None
    hook = WebhookRow(
        id="w2", tenant=TENANT, client="e-tjänst", url="https://exempel.se/h", created_at=world.clock()
    )
    with transaction(world.engine) as session:
        hook_secret.close(session.connection(), world.keys, hook, "hemlighet-for-notiser")
        session.add(hook)
    assert hook_secret.opened(world.keys, hook) == b"hemlighet-for-notiser"
    return [cookie, signed_in.csrf, signed_in.origin.refresh, "hemlighet-for-notiser"]


def texts(table: Table) -> Iterator[tuple[str, bool]]:
    """Each column that can say something in words, and whether it is sealed; moments say none."""
    for each in table.c:
        if isinstance(each.type, Sealed):
            yield each.name, True
        elif not isinstance(each.type, Moment) and each.type.python_type in (str, bytes, object):
            yield each.name, False


@dataclass(frozen=True)
class Told:
    """An office where everything has happened, its folder, and what was planted on the way."""

    world: World
    folder: Path
    planted: list[str]


@pytest.fixture(scope="module")
def told(server: URL | None, tables: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("told")
    with new_database(server, folder, tables) as url:
        world = new_world(url, folder, shared_evaluators())
        planted = spelled(everything_lived(world))
        world.whole()
        yield Told(world, folder, planted)
        world.engine.dispose()


@pytest.mark.slow
def test_every_column_has_held_what_was_planted_or_has_a_reason(told: Told) -> None:
    """And no reason stands for a column that is not there, or that has held it."""
    empty, clear = set(), set()
    with told.world.engine.connect() as connection:
        for table in TABLES.values():
            rows = connection.execute(select(table)).mappings().all()
            for name, sealed in texts(table):
                said = "\n".join(str(row[name]) for row in rows)
                if any(each in said for each in told.planted):
                    assert sealed, f"{table.name}.{name} is in the clear, and tells of somebody"
                elif sealed:
                    empty.add(f"{table.name}.{name}")
                elif name not in KEYS:
                    clear.add(f"{table.name}.{name}")
    assert (empty - set(NOT_SAID), set(NOT_SAID) - empty) == (set(), set())
    known = {f"{table}.{name}" for table, names in CLEAR.items() for name in names.split()}
    assert (clear - known, known - clear) == (set(), set())


@pytest.mark.slow
def test_a_copy_made_as_the_manual_says_tells_nothing(told: Told) -> None:
    """``pg_dump``, or ``VACUUM INTO``; bytes that it writes as digits are read as what they are."""
    with_keys = opened(told.world.engine)
    assert sum(each in with_keys for each in told.planted) > 0.9 * len(told.planted)
    engine, folder = told.world.engine, told.folder
    for where in (copied(told.world, folder), dump(engine), in_files(folder)):
        assert len(where) > 200
        assert told_in(where, told.planted) == []


def copied(world: World, folder: Path) -> str:
    """What a copy of the database says, made by the database's own program."""
    if world.engine.dialect.name == "sqlite":
        copy = folder / "kopia.db"
        with world.engine.connect() as connection:
            own = connection.connection.dbapi_connection
            assert own is not None
            own.rollback()
            own.execute(f"VACUUM INTO '{copy}'")  # type: ignore[attr-defined]
        return copy.read_bytes().decode("utf-8", "replace")
    address = world.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    made = subprocess.run([pg_dump(), "--format=plain", address], capture_output=True, check=True)
    said = made.stdout.decode()
    assert "COPY public.application " in said
    return said + "\n".join(
        bytes.fromhex(digits).decode("utf-8", "replace") for digits in re.findall(r"\\\\x([0-9a-f]+)", said)
    )


def test_digits_that_a_hash_happens_to_hold_tell_of_nobody() -> None:
    """And an amount or a number is found wherever it is written as one."""
    number = personal_number(7)
    told = f"5f{'9876543':0<60} 0198a2f4-1c3d-7e5f-8a9b-00{'9876543':0<10}"
    assert told_in(told, ["9876543"]) == []
    for said in ("987654300", '{"granted":9876543}', "a9876543b", f"{number} 9876543", f"x{'9876543':0<20}"):
        assert told_in(said, ["9876543"]) == ["9876543"], said
