"""Drafts of rules and amounts: begun, changed and checked, as a policy officer does."""

from __future__ import annotations

import itertools
import json
from typing import Any

import httpx

from decision_service.casework.office import Office
from decision_service.evaluation import Evaluators
from decision_service.lawmaking import checks
from decision_service.lawmaking.checking import check_waiting
from decision_service.reading.strict_json import InputError
from tests.world.client import User
from tests.world.service import Whole

Json = dict[str, Any]
AMOUNTS = "norms/kommuner/9999-exempelkommun.yaml"
OWN = "rules/sets/municipal/9999/kommun.yaml"
_keys = itertools.count(1)


class ReadHere(Evaluators):
    """Checks in this process, and runs no cases: those take longer than all else together."""

    def __init__(self) -> None:
        super().__init__({}, 0)

    def ask(self, what: str, case_file: bytes, words: dict[str, str], **_: object) -> Any:
        state, answer = checks.answer(("quick" if what == "whole" else what, case_file, words))
        if state == "wrong":
            raise InputError(answer)
        assert state == "done", answer
        return answer


def begun(user: User, purpose: str = "Prov", **more: Any) -> Json:
    """A new draft."""
    answer = user.post("/drafts", {"purpose": purpose, **more}, idempotency_key=f"utkast-{next(_keys)}")
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


def version(user: User, draft: str) -> str:
    """The ETag of a draft as it is."""
    return user.get(draft).headers["etag"]


def step(user: User, draft: str, **said: Any) -> httpx.Response:
    """A step with a draft, on the version there is."""
    return user.post(f"/drafts/{draft}/steps", said, if_match=version(user, f"/drafts/{draft}"))


def replaced(user: User, draft: str, name: str, old: str, new: str) -> Json:
    """A file of a draft with some text in the place of other."""
    text = user.get(f"/drafts/{draft}/file", {"name": name}).json()["content"]
    assert old in text
    answer = step(user, draft, step="write", name=name, content=text.replace(old, new))
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def check(whole: Whole) -> int:
    """Check all drafts that wait for it, but for their cases."""
    return checked_in(whole.service.office)


def checked_in(office: Office) -> int:
    return check_waiting(office, ReadHere())


def in_force(user: User) -> Json:
    """The newest publication."""
    found: Json = user.get("/publications").json()["items"][0]
    return found


def texts(answer: httpx.Response) -> str:
    """What a problem says, whole."""
    return json.dumps(answer.json(), ensure_ascii=False)
