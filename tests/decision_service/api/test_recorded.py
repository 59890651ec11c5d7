"""The examples of the API's description can be recorded anew, to the end, and no kind of answer has gone."""

from __future__ import annotations

import pytest

from decision_service.api.examples import Recorded, recorded
from tests.decision_service.api.record import answers_of
from tests.world.service import Whole


def kinds(found: Recorded) -> set[tuple[str, str, str]]:
    """The operation, status and media type of each answer."""
    return {
        (operation, status, kind)
        for operation, statuses in found.items()
        for status, answers in statuses.items()
        for kind in answers
    }


@pytest.mark.slow
def test_the_examples_are_what_is_recorded_anew(alone: Whole) -> None:
    """Who finds it failing runs ``python -m tests.decision_service.api.record``, and looks at what differs.
    Which application stands first in a list is another each time; the form of each answer is checked as it
    comes."""
    assert kinds(answers_of(alone)) == kinds(recorded())
