"""Whatever is sent to any endpoint: never a server error, and always an answer of the form that is described.

    SCHEMATHESIS_EXAMPLES=1000 .venv/bin/pytest tests/decision_service/api/test_schemathesis.py

tries for longer: ``make check`` sends each operation two requests of either kind, and ``make properties``
twelve. Half of what is sent fits the description and half does not; half goes to cases that exist.
"""

from __future__ import annotations

import itertools
import os
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from decision_service.access.roles import Role
from decision_service.api.routes.population import PARQUET
from tests.decision_service.api.test_webhooks import subscribed
from tests.world.client import User
from tests.world.people import NOVEMBER, TENANT, application, incomplete
from tests.world.service import Whole, decided_by_machine, with_a_person
from tests.world.sweeps import share

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", len(share(range(12), 6))))
options = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="SCHEMATHESIS_EXAMPLES" not in os.environ,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)

for kind in ("application/zip", PARQUET):
    schemathesis.serializer.alias(kind, "application/octet-stream")


class Subject:
    """The service, somebody who may do everything, and ids that exist."""

    def __init__(self, whole: Whole) -> None:
        self.user: User = whole.user(*Role, purpose="handlaggning", subject="alla", client="schemathesis")
        sender = whole.eservice()
        ids = [
            decided_by_machine(whole, self.user)[0],
            with_a_person(whole, self.user)[0],
            with_a_person(whole, sender)[0],
            self.user.apply(incomplete(whole.known(), NOVEMBER)),
            self.user.send(application(whole.person(), NOVEMBER)).json()["id"],
        ]
        taken = with_a_person(whole, self.user)[0]
        self.user.take(taken)
        self.applications = itertools.cycle([*ids, taken, None])
        self.webhook = subscribed(self.user, "https://e-tjanst.example.se/lagrum")[0]
        self.release = whole.http.get(f"/v1/{TENANT}/releases").json()["items"][0]["id"]
        self.turn = itertools.count()
        whole.swept()

    def known(self, parameters: dict[str, object]) -> None:
        """Put what exists in the place of what was made up, every other time."""
        if next(self.turn) % 2:
            return
        values = {
            "kommunkod": TENANT,
            "application": next(self.applications),
            "webhook": self.webhook,
            "release_id": self.release,
            "rule": "riksnorm.gemensam",
            "rule_id": "riksnorm.gemensam",
            "month": "2026-11",
        }
        for name in parameters.keys() & values.keys():
            parameters[name] = values[name] or parameters[name]

    def version(self, known: str) -> str:
        """The ETag of a case, so that a step comes through."""
        headers = self.user.headers()
        answer = self.user.http.get(f"/v1/{TENANT}/applications/{quote(known, safe='')}", headers=headers)
        return str(answer.headers.get("etag", '"v1"'))


@pytest.mark.parametrize("mode", share(GenerationMode, 2))
def test_nothing_breaks_it(one: Whole, mode: GenerationMode) -> None:
    subject = Subject(one)
    schema = schemathesis.openapi.from_dict(one.description)
    schema.config.update(base_url=str(one.http.base_url), request_timeout=120)
    failed, tried = [], 0

    def attempt(case: schemathesis.Case) -> None:
        nonlocal tried
        tried += 1
        subject.known(case.path_parameters)
        headers = subject.user.headers()
        known = case.path_parameters.get("application")
        if "/tasks/" in case.path and case.method == "POST" and known is not None:
            headers["If-Match"] = subject.version(str(known))
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    for result in schema.get_all_operations():
        operation = result.ok()
        try:
            cases = operation.as_strategy(generation_mode=mode)
            options(given(case=cases)(attempt))()
        except Unsatisfiable:
            continue  # nothing that this operation is asked can be wrong
        except Exception as error:  # told with all the others
            failed.append(f"{operation.label}: {type(error).__name__}: {error}")
    assert failed == []
    assert tried > EXAMPLES * 10
