"""Why each adult does not support themselves: what the rules propose, and how to say better.

The cause decides nothing. It is kept with the decision for those who count. The causes, and the rules that
propose them, stand with the rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from decision_service.decision.document import AdultsCause, Reason, ReasonKind, Who
from decision_service.decision.takes import takes_of
from decision_service.decision.texts import texts
from rules.evaluated import Evaluation
from rules.explanation import label
from rules.language.vocabulary import Vocabulary

CODE = "FÖRSÖRJNINGSHINDER"
_CONCLUDED, _SAID, _ANSWER = (
    "vuxen.försörjningshinder",
    "vuxen.hindret_är_bedömt",
    "vuxen.bedömt_försörjningshinder",
)


def causes_of(evaluation: Evaluation) -> Iterator[AdultsCause]:
    """The cause of each adult, where the rules know of causes."""
    if _CONCLUDED not in evaluation.law.vocabulary.terms:
        return
    for adult in evaluation.facts.by_kind.get("vuxen", ()):
        values = evaluation.values[adult.id]
        found = values.get(_CONCLUDED)
        yield AdultsCause(
            person=adult.id,
            label=label(evaluation, adult.id),
            cause=found if isinstance(found, str) else None,
            said=values.get(_SAID) is True,
        )


def question_about(cause: AdultsCause, vocabulary: Vocabulary) -> Reason:
    """The question that a handläggare may answer about an adult; nothing waits for the answer."""
    term = vocabulary.terms[_ANSWER]
    return Reason(
        kind=ReasonKind.HANDLAGGARE,
        code=CODE,
        question=texts().questions.cause.format(namn=cause.label),
        subject=cause.person,
        label=cause.label,
        named=True,
        fact=_ANSWER,
        takes=takes_of(term),
        who=(Who.HANDLAGGARE, Who.ACTIVITY_SECRETARY),
        sets=_ANSWER,
    )
