"""Which rows the log vouches for: what a row of each table is called in its case, and which columns count."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, LargeBinary, inspect
from sqlmodel import SQLModel

from audit import EntryKind
from audit.canonical import any_name
from audit.rows import TableRow
from decision_service.store.tables import (
    ActivityRow,
    AnswerRow,
    AppealRow,
    ApplicationRow,
    AssessmentRow,
    AttendanceRow,
    ClaimRow,
    CompletionRow,
    CorrectionRow,
    DecisionRow,
    DocumentRow,
    HistoryRow,
    LoweredClaimRow,
    MessageRow,
    NamedRow,
    NoteRow,
    OfferedActivityRow,
    OwedRow,
    ParticipantRow,
    ProposedCorrectionRow,
    ProposedHistoryRow,
    ProtectionRow,
    QuestionRow,
    SampledRow,
    TaskRow,
    WriteOffRow,
)


def read_each_time(columns: Iterable[Column[Any]]) -> list[Column[Any]]:
    """All but what is too large to read each time: for that its hash, which stands beside, is vouched for."""
    return [each for each in columns if not isinstance(each.type, LargeBinary)]


@cache
def names_of(table: type[SQLModel]) -> Sequence[str]:
    """The columns of a table that are read each time."""
    return [column.name for column in read_each_time(inspect(table).columns)]


Columns = Mapping[str, date | bool | int | str | bytes | None]
"""A row by the names of its columns, as they are read each time."""


@dataclass(frozen=True)
class VouchedTable:
    """How the rows of a table stand in the log.

    ``name`` is what a row is called in its case, with columns in braces; ``columns`` are what is vouched for:
    a row whose columns are all empty is none. ``case`` is the column that says which case. ``by`` is the
    kind of entry that vouches, None for any. ``kind``: the messages of one kind alone, ``but``: of none that
    begins so. ``since``: an earlier version wrote rows that no entry vouches for, in cases in which none does
    for the row of this name. ``passing``: what is there for a time; an entry says when it is no more, so that
    nobody can put it back. ``added``: columns that entries of an earlier version did not vouch for, nor do
    they for a row that has not changed since.
    """

    table: type[SQLModel]
    name: str
    columns: tuple[str, ...]
    by: EntryKind | None
    case: str = "application_id"
    kind: str | None = None
    but: tuple[str, ...] = ()
    since: str | None = None
    passing: bool = False
    added: tuple[str, ...] = ()

    def of(self, row: Columns) -> TableRow | None:
        """The row as the log knows it; None where it is none of these."""
        if self.kind not in (None, row.get("kind")) or (self.but and str(row["kind"]).startswith(self.but)):
            return None
        said = [_text(row[name]) for name in self.columns]
        if all(one is None for one in said):
            return None
        before = _hash(said) if self.added else None
        content = _hash([*said, *(_text(row[name]) for name in self.added)])
        since = None if self.since is None else self.since.format_map(row)
        return TableRow(cast("str", row[self.case]), self.name.format_map(row), content, before, since)

    def gone(self, row: SQLModel) -> TableRow | None:
        """That a passing row is no more."""
        if not self.passing:
            return None
        said = {name: getattr(row, name) for name in names_of(self.table)}
        return TableRow(said[self.case], self.name.format_map(said), None)


def _hash(said: Sequence[Any]) -> bytes:
    return hashlib.sha256(any_name(said)).digest()


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


_HOW_DECIDED = (
    "automatic",
    "decided_at",
    "decided_by",
    "approved_by",
    "signed",
    "second",
    "assessment",
    "reason",
    "changes",
)
"""By whom and on what something is decided, in the order that the log has it."""

VOUCHED = (
    VouchedTable(
        ApplicationRow,
        "application",
        ("id", "tenant", "case_number", "month", "received_at", "adapter", "client", "content_at", "content"),
        None,
        case="id",
        added=("protected",),
    ),
    VouchedTable(
        AssessmentRow,
        "assessment/{number}",
        ("tenant", "made_at", "release", "outcome", "automatic", "document", "case_file"),
        EntryKind.ASSESSMENT,
    ),
    VouchedTable(
        DecisionRow,
        "decision",
        (
            "id",
            "tenant",
            "month",
            "outcome",
            "granted",
            *_HOW_DECIDED,
            "fired",
            "asked",
            "remembered",
        ),
        EntryKind.DECISION,
    ),
    VouchedTable(DecisionRow, "decision/told", ("told",), EntryKind.DECISION),
    VouchedTable(DecisionRow, "letter", ("letter",), EntryKind.LETTER),
    VouchedTable(
        DocumentRow,
        "document/{id}",
        ("id", "tenant", "question", "name", "kind", "size", "sha256", "received_at"),
        EntryKind.COMPLETION,
    ),
    VouchedTable(
        MessageRow,
        "payment/{key}",
        ("key", "tenant", "payload", "created_at"),
        EntryKind.PAYMENT,
        kind="payment",
    ),
    VouchedTable(
        MessageRow,
        "message/{key}",
        ("tenant", "kind", "created_at"),
        None,
        but=("payment", "webhook:"),
        since="message/{application_id}.receipt.1",
    ),
    VouchedTable(
        CorrectionRow,
        "correction/{number}",
        (
            "id",
            "corrects",
            "kind",
            "court",
            "tenant",
            "month",
            "outcome",
            "granted",
            "difference",
            *_HOW_DECIDED,
            "remembered",
        ),
        EntryKind.DECISION,
    ),
    VouchedTable(CorrectionRow, "correction/{number}/told", ("told",), EntryKind.DECISION),
    VouchedTable(CorrectionRow, "correction/{number}/letter", ("letter",), EntryKind.LETTER),
    VouchedTable(
        ProposedCorrectionRow,
        "proposed_correction/{number}",
        (
            "tenant",
            "decision",
            "kind",
            "court",
            "verdict",
            "proposed_at",
            "proposed_by",
            "signed",
            "state",
            "ended_at",
            "ended_by",
            "answer",
        ),
        None,
    ),
    VouchedTable(
        ClaimRow,
        "claim/{number}",
        ("tenant", "amount", "opened_at", "state", "decided_at", "decided_by", "signed", "reason"),
        None,
    ),
    VouchedTable(
        LoweredClaimRow,
        "lowered_claim/{number}",
        (
            "tenant",
            "claim",
            "how",
            "correction",
            "amount",
            "paid",
            "reason",
            "proposed_at",
            "proposed_by",
            "signed",
            "state",
            "ended_at",
            "ended_by",
            "second",
            "answer",
        ),
        None,
    ),
    VouchedTable(
        AppealRow,
        "appeal/{number}",
        (
            "tenant",
            "decision",
            "received",
            "told",
            "due",
            "text",
            "state",
            "noted_at",
            "noted_by",
            "ended_at",
            "ended_by",
            "reason",
        ),
        EntryKind.HUMAN_ACTION,
    ),
    VouchedTable(
        AnswerRow,
        "answer/{id}",
        (
            "id",
            "tenant",
            "person",
            "question",
            "code",
            "fact",
            "subject",
            "asked",
            "value",
            "by",
            "name",
            "role",
            "at",
            "reason",
            "until",
            "withdrawn_at",
        ),
        EntryKind.ANSWER,
    ),
    VouchedTable(
        QuestionRow,
        "question/{number}",
        ("tenant", "question", "code", "asked", "assessment", "state", "opened_at", "ended_at"),
        None,
    ),
    VouchedTable(
        SampledRow,
        "sample/{sample}/{decision}",
        (
            "sample",
            "decision",
            "tenant",
            "number",
            "grouped",
            "terms",
            "drawn_at",
            "drawn_by",
            "finding",
            "about",
            "text",
            "found_at",
            "found_by",
            "signed",
        ),
        EntryKind.HUMAN_ACTION,
    ),
    VouchedTable(
        CompletionRow,
        "completion/{number}",
        ("tenant", "asked", "shown", "asked_at", "due_at", "remind_at", "closed_at", "answered"),
        None,
    ),
    VouchedTable(
        OwedRow,
        "owed/{decision}",
        ("tenant", "impact", "amount", "found_at", "ended_at", "ended_by", "reason"),
        None,
    ),
    VouchedTable(TaskRow, "proposal", ("proposal", "proposed_by"), None, passing=True),
    VouchedTable(
        WriteOffRow,
        "write_off",
        ("tenant", "taken_back_at", "id", "decided_at", "decided_by", "signed", "reason"),
        None,
        passing=True,
    ),
    VouchedTable(NoteRow, "note/{id}", ("id", "tenant", "at", "by", "name", "text"), EntryKind.HUMAN_ACTION),
    VouchedTable(
        ActivityRow,
        "plan",
        ("tenant", "version", "changed_at", "changed_by", "document"),
        EntryKind.PLAN,
        case="case_id",
        added=("person", "born_day"),
    ),
    VouchedTable(
        ParticipantRow,
        "participation",
        ("tenant", "version", "changed_at", "changed_by", "responsible", "due", "document"),
        EntryKind.PLAN,
        case="case_id",
        added=("person", "born_day"),
    ),
    VouchedTable(
        AttendanceRow,
        "attendance/{month}",
        ("tenant", "changed_at", "document"),
        EntryKind.PLAN,
        case="case_id",
    ),
    VouchedTable(
        OfferedActivityRow, "offered_activity", ("tenant", "last", "document"), EntryKind.PLAN, case="id"
    ),
    VouchedTable(
        HistoryRow,
        "history/{month}",
        ("tenant", "imported_at", "imported_by", "complete", "document"),
        EntryKind.HISTORY,
        case="case_id",
        added=("person", "born_day"),
    ),
    VouchedTable(
        ProposedHistoryRow,
        "proposed_history/{id}",
        ("id", "tenant", "person", "born_day", "proposed_at", "proposed_by", "document"),
        None,
        case="case_id",
        passing=True,
    ),
    VouchedTable(NamedRow, "named/{person}", ("tenant", "person"), None, case="case_id", passing=True),
    VouchedTable(
        ProtectionRow,
        "protection/{id}",
        ("id", "tenant", "person", "standing", "document"),
        None,
        case="case_id",
    ),
)
"""Whoever adds a table that people or the machine act on adds it here."""
OF_TABLE: dict[type[SQLModel], list[VouchedTable]] = {}
for _one in VOUCHED:
    OF_TABLE.setdefault(_one.table, []).append(_one)
"""The same, by table: what is asked for each row that is written or read."""
