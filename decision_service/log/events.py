"""What happens in a case, by codes that stay in the log for ever. Their words are in ``purposes.yaml``."""

from __future__ import annotations

from enum import StrEnum


class CompletionEvent(StrEnum):
    """What became of something that was asked of the applicant, or told."""

    ASKED = "asked"
    REMINDED = "reminded"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"


class Answering(StrEnum):
    """What became of a question's answer."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    ADDED = "added"


class Handover(StrEnum):
    """Why the machine gave a case to a person without having tried it to an end."""

    DEADLINE_NEAR = "deadline_near"
    EVALUATION_FAILED = "evaluation_failed"


class ReviewFinding(StrEnum):
    """What a reviewer found of a decision."""

    RIGHT = "ratt"
    FORM = "fel_i_form"
    OUTCOME = "fel_i_sak"


class Action(StrEnum):
    """What a handläggare did with a case."""

    CLAIMED = "claimed"
    RELEASED = "released"
    HANDED_BACK = "handed_back"
    HISTORY_PROPOSED = "history_proposed"
    HISTORY_REFUSED = "history_refused"
    PROPOSED = "proposed"
    NOT_APPROVED = "not_approved"
    NOTED = "noted"
    DIED = "died"
    DID_NOT_DIE = "did_not_die"
    TAKEN_UP = "taken_up"
    CLAIM_MADE = "claim_made"
    CLAIM_WAIVED = "claim_waived"
    CLAIM_LOWERED = "claim_lowered"
    APPEALED = "appealed"
    APPEAL_FORWARDED = "appeal_forwarded"
    APPEAL_DISMISSED = "appeal_dismissed"
    SAMPLED = "sampled"
    REVIEWED = "reviewed"
    OWED = "owed"
    NOT_OWED = "not_owed"
