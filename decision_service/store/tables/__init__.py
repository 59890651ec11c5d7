"""The tables. Every row that belongs to a municipality carries its code, and every query asks for it.

An application's row is the promise itself: when it came, when it must be answered, when it is next looked
at. Nothing of that rests with a queue. ``version`` grows with every change; whoever writes says which
version was read.
"""

from decision_service.store.tables.afterwards import (
    AppealRow,
    ClaimRow,
    CorrectionRow,
    LoweredClaimRow,
    OwedRow,
    ProposedCorrectionRow,
    WriteOffRow,
)
from decision_service.store.tables.asked import (
    AnswerRow,
    CompletionRow,
    DocumentRow,
    QuestionRow,
    QuestionState,
)
from decision_service.store.tables.cases import (
    FOR_THE_MACHINE,
    OPEN,
    WITH_THE_APPLICANT,
    WRITTEN_OFF,
    ApplicationRow,
    ApplicationState,
    AssessmentRow,
    CaseCountRow,
    DecisionRow,
    PartyRow,
)
from decision_service.store.tables.installed import (
    CosignedRow,
    KnownKeyRow,
    SweepRow,
    UnsealedRow,
    WebSessionRow,
    WitnessedRow,
)
from decision_service.store.tables.people import (
    ActivityRow,
    AttendanceRow,
    HistoryRow,
    NamedRow,
    OfferedActivityRow,
    ParticipantRow,
    ProposedHistoryRow,
    ProtectionRow,
)
from decision_service.store.tables.releases import DraftRow, PublicationRow, ReleaseFileRow
from decision_service.store.tables.reviewed import ImpactCaseRow, ImpactRow, SampledRow
from decision_service.store.tables.sent import IdempotencyRow, MessageRow, ReceiverRow, WebhookRow
from decision_service.store.tables.work import NoteRow, StaffRow, TaskRow

__all__ = [
    "FOR_THE_MACHINE",
    "OPEN",
    "WITH_THE_APPLICANT",
    "WRITTEN_OFF",
    "ActivityRow",
    "AnswerRow",
    "AppealRow",
    "ApplicationRow",
    "ApplicationState",
    "AssessmentRow",
    "AttendanceRow",
    "CaseCountRow",
    "ClaimRow",
    "CompletionRow",
    "CorrectionRow",
    "CosignedRow",
    "DecisionRow",
    "DocumentRow",
    "DraftRow",
    "HistoryRow",
    "IdempotencyRow",
    "ImpactCaseRow",
    "ImpactRow",
    "KnownKeyRow",
    "LoweredClaimRow",
    "MessageRow",
    "NamedRow",
    "NoteRow",
    "OfferedActivityRow",
    "OwedRow",
    "ParticipantRow",
    "PartyRow",
    "ProposedCorrectionRow",
    "ProposedHistoryRow",
    "ProtectionRow",
    "PublicationRow",
    "QuestionRow",
    "QuestionState",
    "ReceiverRow",
    "ReleaseFileRow",
    "SampledRow",
    "StaffRow",
    "SweepRow",
    "TaskRow",
    "UnsealedRow",
    "WebSessionRow",
    "WebhookRow",
    "WitnessedRow",
    "WriteOffRow",
]
