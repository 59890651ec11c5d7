"""What the API answers with: the form of every JSON answer, for whoever writes a client.

Assessments and decisions are the documents of ``decision.document`` themselves.
"""

from decision_service.api.answers.afterwards import (
    AfterDecision,
    Appeal,
    AwaitingCorrection,
    Claim,
    LaterMonth,
    ProposedCorrection,
)
from decision_service.api.answers.applications import (
    AnswerInForm,
    Application,
    AskedFor,
    BriefAssessment,
    BriefDecision,
    CompletionAsked,
    Document,
    Overdue,
)
from decision_service.api.answers.explanations import (
    Change,
    Changes,
    Explanation,
    TrailEntry,
    WhyNotExplanation,
)
from decision_service.api.answers.letters import Addressee, Letter, LetterPart
from decision_service.api.answers.operations import (
    Health,
    LogToCheck,
    MessageKey,
    NewWebhook,
    ProblemExplained,
    Readiness,
    ReadyCheck,
    Undelivered,
    Webhook,
)
from decision_service.api.answers.people import MonthsTaken, OwnData, PayDay, PersonsActivity
from decision_service.api.answers.rulebook import (
    Norms,
    Release,
    ReleaseFile,
    ReleaseInList,
    RuleInList,
    RuleList,
    RuleVersion,
    RuleVersions,
    Valid,
)
from decision_service.api.answers.shape import Items, Page, answers
from decision_service.api.answers.tasks import Awaiting, GivenAnswer, LookedAt, Task, TriedOut, WholeTask

__all__ = [
    "Addressee",
    "AfterDecision",
    "AnswerInForm",
    "Appeal",
    "Application",
    "AskedFor",
    "Awaiting",
    "AwaitingCorrection",
    "BriefAssessment",
    "BriefDecision",
    "Change",
    "Changes",
    "Claim",
    "CompletionAsked",
    "Document",
    "Explanation",
    "GivenAnswer",
    "Health",
    "Items",
    "LaterMonth",
    "Letter",
    "LetterPart",
    "LogToCheck",
    "LookedAt",
    "MessageKey",
    "MonthsTaken",
    "NewWebhook",
    "Norms",
    "Overdue",
    "OwnData",
    "Page",
    "PayDay",
    "PersonsActivity",
    "ProblemExplained",
    "ProposedCorrection",
    "Readiness",
    "ReadyCheck",
    "Release",
    "ReleaseFile",
    "ReleaseInList",
    "RuleInList",
    "RuleList",
    "RuleVersion",
    "RuleVersions",
    "Task",
    "TrailEntry",
    "TriedOut",
    "Undelivered",
    "Valid",
    "Webhook",
    "WholeTask",
    "WhyNotExplanation",
    "answers",
]
