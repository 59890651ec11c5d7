"""Log a case that was decided on the command line, so that the whole log can be tried without the service."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

from audit import FileKeyStore, proof
from decision_service.application.case_file import CaseFile
from decision_service.application.kept import case_kept
from decision_service.application.outcome import decided
from decision_service.decision.document import Assessment, Decision, RestsOn
from decision_service.decision.writing import written
from decision_service.log import journal, releases
from decision_service.log.database import logs, open_for_writing
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from norms.fault import fault
from rules.book import Rulebook

_say = said_in(__file__)

INSTALLATION = "lokal"
"""Names this kind of log, so that none of its proofs passes for a municipality's own."""


def log_assessment(
    database: str, keys: Path, content: bytes, case: CaseFile, found: Assessment, book: Rulebook
) -> str:
    """Log the case from application to assessment, and to the decision where the machine may decide, as the
    service does it, in one transaction; says where it is and how to prove it.

    Makes database, log, keys and a file with the public key where they are missing. Raises InputError and
    AuditError with nothing logged.
    """
    engine, tenant, now = open_for_writing(database), case.municipality, datetime.now(UTC)
    log = journal.open_log(FileKeyStore(keys))
    case_id = uuid.uuid4().hex
    entries = [
        journal.received(case_id, now, adapter=case.schema_, client="kommandoraden", content=content),
        journal.facts(case_id, now, asked=journal.register_states(case), answers=case.registers),
        journal.assessed(case_id, 1, now, found.findings, written(found), case_kept(case)),
    ]
    if found.automatic:
        entries.append(journal.decided(_decision(case_id, now, found)))
    public = keys / f"{tenant}.pub"
    with engine.begin() as connection:
        known = logs(connection)
        if tenant not in known:
            key = log.create(connection, tenant, INSTALLATION, now)
            public.write_text(f"{key}\n", "utf-8")
        elif known[tenant] != f"{tenant}.{INSTALLATION}/audit":
            raise InputError([fault("log_of_installation", "--log", log=known[tenant])])
        releases.publish(log, connection, tenant, book, now)
        *_, place = [log.append(connection, tenant, entry) for entry in entries]
    log.checkpoint(engine, tenant)
    with engine.connect() as connection:
        letter = proof.letter(connection, tenant, place.seq)
    engine.dispose()
    return "\n".join(
        [
            "",
            _say("logged", ärende=case_id, post=place.seq, kommun=tenant, vad=entries[-1].purpose),
            *([_say("public_key", fil=public)] if public.exists() else []),
            _say("proof"),
            "",
            letter.rstrip("\n"),
        ]
    )


def _decision(case_id: str, now: datetime, found: Assessment) -> Decision:
    """The machine's own decision: what it proposes."""
    if found.proposal is None:
        raise ValueError("an assessment that decides proposes an outcome and an amount")
    outcome, granted = found.proposal
    return Decision(
        id=uuid.uuid4().hex,
        application_id=case_id,
        municipality=found.municipality,
        month=found.month,
        outcome=decided(outcome),
        granted=granted,
        automatic=True,
        decided_by=journal.MACHINE.id,
        decided_at=now,
        release=found.release,
        assessment=RestsOn(number=1, receipt=found.receipt),
        calculation=found.calculation,
    )
