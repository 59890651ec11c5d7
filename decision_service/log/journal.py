"""What the log says about a case: one entry for everything that happens to it, in the same words everywhere.

What is readable for ever is the kind of event, when, by whom, and codes. Whatever tells of a person is among
the personal values, and goes when the case is deleted: answers and their hashes, letters, amounts, reasons in
free text, names of staff. Amounts are öre. What stays names staff by their id, and the applicant not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from importlib.metadata import version
from typing import cast

import audit
from audit import Actor, ActorKind, Entry, EntryKind, bundle, document
from audit.canonical import Json
from audit.replay import INPUTS
from decision_service.application.case_file import CaseFile, PersonRole
from decision_service.application.kept import CaseJson
from decision_service.application.outcome import Outcome
from decision_service.decision import protection
from decision_service.decision.document import Decision, Findings, Reason
from decision_service.log.events import Action, Answering, CompletionEvent, Handover, ReviewFinding
from decision_service.log.purposes import purposes
from decision_service.registers.answers import Agency
from decision_service.registers.ssbtek import agencies_about, register_answers

MACHINE = Actor(ActorKind.SYSTEM, "lagrum")
APPLICANT = Actor(ActorKind.APPLICANT, "sökande")

LARGEST_ENTRY = 64 * 1024 * 1024
"""Bytes. The largest application that is taken in, with its decision and every rule, has room."""


def open_log(keys: audit.KeyStore) -> audit.Log:
    """The log as the service and the command line write it."""
    return audit.Log(keys, f"lagrum {version('lagrum')}", max_bytes=LARGEST_ENTRY)


def staff(staff_id: str) -> Actor:
    """A person at the municipality."""
    return Actor(ActorKind.PERSON, staff_id)


def received(
    case_id: str,
    now: datetime,
    *,
    adapter: str,
    client: str,
    content: bytes,
    form: bytes | None = None,
) -> Entry:
    """An application came in. ``content`` as it was sent, ``form`` exactly as it was shown; kept as hashes.

    The hashes are personal: what they are hashes of holds answers that could be found by trying.
    """
    personal: dict[str, Json] = {"content_sha256": _sha256(content)}
    if form is not None:
        personal["form_sha256"] = _sha256(form)
    body: dict[str, Json] = {"adapter": adapter, "client": client}
    return Entry(
        EntryKind.APPLICATION_RECEIVED,
        now,
        APPLICANT,
        purposes().received,
        case=case_id,
        body=body,
        personal=personal,
    )


def facts(
    case_id: str,
    now: datetime,
    *,
    asked: Mapping[str, Mapping[str, str]],
    answers: Json = None,
    sources: Mapping[str, Json] | None = None,
) -> Entry:
    """What the case is decided on and where it came from.

    ``asked``: for each person (an id within the case) how each register answered; it is told by the person's
    place, since the id is the sender's word and what is told stays for ever. ``answers``: what they said.
    ``sources``: other facts by source, such as earlier decisions or a plan.
    """
    personal: dict[str, Json] = {} if not answers else {"answers": answers}
    personal |= dict(sources or {})
    told: dict[str, Json] = {str(place): dict(found) for place, found in enumerate(asked.values(), start=1)}
    body: dict[str, Json] = {"registers": told}
    return Entry(
        EntryKind.FACTS,
        now,
        MACHINE,
        purposes().facts,
        case=case_id,
        body=body,
        personal=personal,
    )


def register_states(case: CaseFile) -> dict[str, dict[str, str]]:
    """How each register answered about each adult: answered, failed, or missing when it was not asked."""
    found = {}
    for person in case.people:
        if person.role not in (PersonRole.APPLICANT, PersonRole.CO_APPLICANT):
            continue
        applicant = person.role is PersonRole.APPLICANT
        answers = agencies_about(case.registers, person.id, applicant=applicant)
        states = register_answers(answers, person.personal_number).answers
        found[person.id] = {agency.value: states[agency].value for agency in Agency}
    return found


def assessed(
    case_id: str,
    number: int,
    now: datetime,
    made: Findings,
    members: Mapping[str, bytes],
    inputs: CaseJson,
) -> Entry:
    """The machine looked at a case: what it came to, every rule with its state, whether the engines agree.

    ``number`` is that of the assessment in the case, ``members`` are its members as they were written, and
    ``inputs`` is the case file it was made from, which goes along so that it can be made again.
    """
    body, personal = document.split_written(document.ASSESSMENT, members, made.tried, protection.RULES)
    return Entry(
        EntryKind.ASSESSMENT,
        now,
        MACHINE,
        purposes().assessed_as.get(made.outcome, purposes().assessed),
        case=case_id,
        release=made.release,
        body={"number": number, **body},
        personal={**personal, INPUTS: cast("Json", inputs)},
    )


def decided(decision: Decision) -> Entry:
    """An application was decided, by the machine or by a person. The calculation stands in the entry of the
    assessment that the decision rests on."""
    content = decision.model_dump(mode="json", exclude={"calculation"})
    body, personal = document.split(document.DECISION, content)
    return Entry(
        EntryKind.DECISION,
        decision.decided_at,
        MACHINE if decision.automatic else staff(decision.decided_by),
        purposes().decided if decision.corrects is None else purposes().corrected[decision.corrects.kind],
        case=decision.application_id,
        decision=decision.id,
        release=decision.release,
        body=body,
        personal=personal,
    )


def payment(decision: Decision, order: Mapping[str, Json]) -> Entry:
    """A payment was ordered: the order as the receiver gets it, personal as a whole."""
    return Entry(
        EntryKind.PAYMENT,
        decision.decided_at,
        MACHINE,
        purposes().payment,
        case=decision.application_id,
        decision=decision.id,
        personal={name: part for name, part in order.items() if name != "id"},
    )


def letter(
    case_id: str, decision_id: str, now: datetime, *, channel: str, text: str, document: bytes | None = None
) -> Entry:
    """A decision was sent. ``text`` as the receiver reads it, ``document`` its file, kept as a hash."""
    personal: dict[str, Json] = {"text": text}
    if document is not None:
        personal["document_sha256"] = _sha256(document)
    return Entry(
        EntryKind.LETTER,
        now,
        MACHINE,
        purposes().letter,
        case=case_id,
        decision=decision_id,
        body={"channel": channel},
        personal=personal,
    )


def completion(
    case_id: str,
    now: datetime,
    event: CompletionEvent,
    *,
    due: date | None = None,
    questions: Iterable[Reason] = (),
    content: bytes | None = None,
    actor: Actor | None = None,
) -> Entry:
    """Something was asked of the applicant, or came in. ``questions`` as they were put; ``content`` as it
    was sent, kept as a hash. The applicant answers; the machine does the rest unless an ``actor`` did."""
    personal: dict[str, Json] = {}
    if put := [one.model_dump(mode="json", exclude_defaults=True) for one in questions]:
        personal["questions"] = [*put]
    if content is not None:
        personal["content_sha256"] = _sha256(content)
    body: dict[str, Json] = {"event": event.value}
    if due is not None:
        body["due"] = due.isoformat()
    return Entry(
        EntryKind.COMPLETION,
        now,
        actor or (APPLICANT if event is CompletionEvent.ANSWERED else MACHINE),
        purposes().completion[event],
        case=case_id,
        body=body,
        personal=personal,
    )


def document_came(case_id: str, now: datetime, kind: str, size: int, sha256: str, name: str) -> Entry:
    """The applicant sent a document. Its content is kept elsewhere; its hash and name are personal."""
    return Entry(
        EntryKind.COMPLETION,
        now,
        APPLICANT,
        purposes().document,
        case=case_id,
        body={"event": "document", "kind": kind, "size": size},
        personal={"content_sha256": sha256, "name": name},
    )


def communication(
    case_id: str,
    now: datetime,
    event: CompletionEvent,
    *,
    due: date | None = None,
    questions: Iterable[Reason] = (),
    content: bytes | None = None,
    actor: Actor | None = None,
) -> Entry:
    """The applicant was told what a decision would rest on, or answered. As for a completion."""
    found = completion(case_id, now, event, due=due, questions=questions, content=content, actor=actor)
    return replace(found, kind=EntryKind.COMMUNICATION, purpose=purposes().communication[event])


def answer(
    case_id: str,
    now: datetime,
    event: Answering,
    actor: Actor,
    *,
    code: str,
    role: str,
    content: Mapping[str, Json],
) -> Entry:
    """A question with a ``code`` was answered by somebody with a ``role``, or the answer was taken back.
    ``content`` is all the rest: the question, the value, the reason."""
    body: dict[str, Json] = {"event": event.value, "code": code, "role": role}
    return Entry(
        EntryKind.ANSWER,
        now,
        actor,
        purposes().answering[event],
        case=case_id,
        body=body,
        personal=dict(content),
    )


def waits(case_id: str, now: datetime, until: date) -> Entry:
    """The machine waits with its decision, and has told the applicant until which day."""
    purpose = purposes().waits
    return Entry(EntryKind.WAITING, now, MACHINE, purpose, case=case_id, body={"until": until.isoformat()})


def handed_over(case_id: str, now: datetime, cause: Handover) -> Entry:
    """The machine gave a case to a person."""
    body: dict[str, Json] = {"cause": cause.value}
    return Entry(EntryKind.HANDED_OVER, now, MACHINE, purposes().handover[cause], case=case_id, body=body)


def deadline(case_id: str, now: datetime, due: datetime, *, passed: bool) -> Entry:
    """A person's time for a case, ``due``, is nearly over or has passed."""
    purpose = purposes().deadline_passed if passed else purposes().deadline_near
    body: dict[str, Json] = {"due": due.isoformat(), "passed": passed}
    return Entry(EntryKind.DEADLINE, now, MACHINE, purpose, case=case_id, body=body)


def human_action(
    case_id: str, now: datetime, actor: Actor, action: Action, *, reason: str = "", name: str = ""
) -> Entry:
    """What a person did with a case, and why. ``name`` is the person's, with title."""
    said: dict[str, Json] = {"name": name, "reason": reason}
    personal = {word: value for word, value in said.items() if value}
    body: dict[str, Json] = {"action": action.value}
    return Entry(
        EntryKind.HUMAN_ACTION,
        now,
        actor,
        purposes().actions[action],
        case=case_id,
        body=body,
        personal=personal,
    )


def reviewed(
    case_id: str,
    now: datetime,
    actor: Actor,
    *,
    sample: str,
    decision: str,
    finding: ReviewFinding,
    about: str = "",
    reason: str = "",
    name: str = "",
) -> Entry:
    """A person reviewed a decision that was drawn in a sample, and what was found. ``about`` is the rule or
    question that is wrong, in the reviewer's words."""
    entry = human_action(case_id, now, actor, Action.REVIEWED, reason=reason, name=name)
    body = {**entry.body, "sample": sample, "reviewed_decision": decision, "finding": finding.value}
    personal = {**entry.personal, **({"about": about} if about else {})}
    purpose = f"{entry.purpose}: {purposes().findings[finding]}"
    return replace(entry, purpose=purpose, body=body, personal=personal)


def override(decision: Decision, proposed: tuple[Outcome, int]) -> Entry:
    """A person decided otherwise than the machine had proposed. Amounts in öre."""
    outcome, granted = proposed
    body: dict[str, Json] = {"proposed_outcome": outcome.value, "outcome": decision.outcome.value}
    if decision.approved_by is not None:
        body["approved_by"] = decision.approved_by
    return Entry(
        EntryKind.OVERRIDE,
        decision.decided_at,
        staff(decision.decided_by),
        purposes().override,
        case=decision.application_id,
        decision=decision.id,
        body=body,
        personal={"proposed_amount": granted, "granted": decision.granted, "reason": decision.reason},
    )


def access(case_id: str, now: datetime, actor: Actor, purpose: str, *, reason: str = "") -> Entry:
    """A person read a case. ``purpose`` is one of a list, readable for ever; ``reason`` is free text."""
    personal: dict[str, Json] = {"reason": reason} if reason else {}
    return Entry(EntryKind.ACCESS, now, actor, purpose, case=case_id, personal=personal)


def plan(case_id: str, now: datetime, actor: Actor, version: int, document: Mapping[str, Json]) -> Entry:
    """A person's plan or attendance was set. ``document`` is all of it, as it is from now on."""
    return Entry(
        EntryKind.PLAN,
        now,
        actor,
        purposes().plan,
        case=case_id,
        body={"version": version},
        personal=dict(document),
    )


def planned(case_id: str, now: datetime, actor: Actor, step: str, content: Mapping[str, Json]) -> Entry:
    """A step was taken with a participant of the planning, or an activity was offered to a group;
    ``content`` is all that it says."""
    purpose, body = purposes().planned, dict[str, Json](step=step)
    return Entry(EntryKind.PLAN, now, actor, purpose, case=case_id, body=body, personal=dict(content))


def history(case_id: str, now: datetime, actor: Actor, months: Iterable[Json], *, complete: bool) -> Entry:
    """Months decided before the municipality began here were taken in. ``complete``: there were no others."""
    return Entry(
        EntryKind.HISTORY,
        now,
        actor,
        purposes().history,
        case=case_id,
        body={"complete": complete},
        personal={"months": [*months]},
    )


def withdrawn(case_id: str, now: datetime, *, actor: Actor = APPLICANT, reason: str = "") -> Entry:
    """The application was taken back. ``actor``: who registered it, when not the applicant."""
    personal: dict[str, Json] = {"reason": reason} if reason else {}
    return Entry(EntryKind.WITHDRAWN, now, actor, purposes().withdrawn, case=case_id, personal=personal)


def written_off(
    case_id: str, decision: str, now: datetime, actor: Actor, *, name: str = "", reason: str = ""
) -> Entry:
    """A case that the applicant took back, or whose applicant died, was written off: a decision with an id.
    ``name`` is the person's, with title, where a person decided."""
    personal: dict[str, Json] = {word: said for word, said in (("name", name), ("reason", reason)) if said}
    purpose = purposes().written_off
    return Entry(
        EntryKind.WRITTEN_OFF, now, actor, purpose, case=case_id, decision=decision, personal=personal
    )


def vouched(case_id: str, now: datetime) -> Entry:
    """The log vouches for rows of a case as they are now: nothing has happened in it that is told here."""
    return Entry(EntryKind.VOUCHED, now, MACHINE, purposes().vouched, case=case_id)


def hold(case_id: str, now: datetime, actor: Actor, purpose: str, *, placed: bool) -> Entry:
    """A person stopped the deletion of a case, or let it go on. ``purpose`` is readable for ever and says
    nothing about the person whose case it is."""
    kind = EntryKind.HOLD_PLACED if placed else EntryKind.HOLD_LIFTED
    return Entry(kind, now, actor, purpose, case=case_id)


def draft_approved(draft: str, version: int, content: str | None, now: datetime, actor: Actor) -> Entry:
    """A person approved a draft of law as it is: ``content`` is the hash of all that it says. None: a yes was
    taken back."""
    body: dict[str, Json] = {"draft": draft, "version": version, "content": content}
    purpose = purposes().draft_approved if content is not None else purposes().draft_not_approved
    return Entry(EntryKind.DRAFT_APPROVED, now, actor, purpose, body=body)


def release_published(
    release: str,
    files: Mapping[str, str],
    now: datetime,
    actor: Actor = MACHINE,
    publication: Mapping[str, Json] | None = None,
) -> Entry:
    """From now on decisions may be made by this release, as the publication says. See ``releases.enact``."""
    body: dict[str, Json] = {"release": release, "files": bundle.fingerprints(files)}
    if publication is not None:
        body["publication"] = dict(publication)
    return Entry(EntryKind.RELEASE_PUBLISHED, now, actor, purposes().release, body=body)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
