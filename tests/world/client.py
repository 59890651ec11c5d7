"""A client of the API: somebody with a token and a purpose, and short words for what they do."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import httpx

from decision_service.access.roles import Role
from tests.world.deciding import own_decision
from tests.world.issuers import URL, signed, signing_key

Json = dict[str, Any]
HANDLING, REVIEW = "handlaggning", "granskning"
NUMBERS = itertools.count(1)
"""Of clients, subjects and idempotency keys."""


@dataclass(frozen=True)
class User:
    """Somebody with a token, in a municipality. Header names are written with underscores.

    ``settle`` lets the service do the work that waits.
    """

    http: httpx.Client
    clock: Callable[[], datetime]
    settle: Callable[[], None]
    roles: tuple[Role, ...]
    tenant: str
    own_tenant: str
    subject: str
    client: str
    purpose: str = ""
    name: str = "Maj Berg"

    def headers(self, **more: str) -> dict[str, str]:
        """What every request of theirs carries, and more."""
        now = int(self.clock().timestamp())
        claims = {
            "iss": URL,
            "aud": "lagrum",
            "sub": self.subject,
            "azp": self.client,
            "name": self.name,
            "title": "socialsekreterare",
            "roles": [role.value for role in self.roles],
            "tenants": [self.own_tenant],
            "iat": now,
            "exp": now + 3600,
        }
        found = {"Authorization": f"Bearer {signed(signing_key(), claims)}"}
        found |= {"Lagrum-Purpose": self.purpose} if self.purpose else {}
        return found | {name.replace("_", "-"): value for name, value in more.items()}

    def ask(
        self, method: str, path: str, body: Any = None, params: Json | None = None, **more: str
    ) -> httpx.Response:
        """A request under the municipality's address."""
        sent = json.dumps(body).encode() if body is not None and not isinstance(body, bytes) else body
        headers = self.headers(**more)
        if sent is not None:
            headers = {"content-type": "application/json"} | {k.lower(): v for k, v in headers.items()}
        return self.http.request(
            method, f"/v1/{self.tenant}{path}", content=sent, params=params, headers=headers
        )

    def get(self, path: str, params: Json | None = None, **more: str) -> httpx.Response:
        """Read."""
        return self.ask("GET", path, None, params, **more)

    def post(self, path: str, body: Any = None, **more: str) -> httpx.Response:
        """Make something happen."""
        return self.ask("POST", path, body, None, **more)

    def elsewhere(self, tenant: str) -> User:
        """The same one at the address of another municipality."""
        return replace(self, tenant=tenant)

    def reading_for(self, purpose: str) -> User:
        """The same one, who says another purpose or (empty) none."""
        return replace(self, purpose=purpose)

    # what an e-service does

    def send(self, content: Any, key: str | None = None, **more: str) -> httpx.Response:
        """Post an application, under a key of its own unless one is given."""
        return self.post("/applications", content, idempotency_key=key or f"nyckel-{next(NUMBERS)}", **more)

    def apply(self, content: Any) -> str:
        """Post an application, let the service work, and give its id."""
        sent = self.send(content)
        assert sent.status_code == 202, sent.text
        self.settle()
        return str(sent.json()["id"])

    def complete(self, found: str, patch: Any, **more: str) -> httpx.Response:
        """Add what was asked for."""
        more = {"content_type": "application/merge-patch+json"} | more
        return self.post(f"/applications/{found}/completions", patch, **more)

    def state(self, found: str) -> Json:
        """How an application stands."""
        answer = self.get(f"/applications/{found}")
        assert answer.status_code == 200, answer.text
        shown: Json = answer.json()
        return shown

    # what a handläggare does

    def act(self, step: str, found: str, body: Any = None) -> httpx.Response:
        """A step with a task, on the version there is."""
        etag = self.get(f"/applications/{found}").headers["etag"]
        return self.post(f"/tasks/{found}/{step}", body, if_match=etag)

    def decide(
        self, found: str, outcome: str = "BIFALL", granted: int = 900_000, reason: str = "Behovet är visat."
    ) -> httpx.Response:
        """A decision of one's own, with the lines that lead to ``granted`` (öre)."""
        task = self.get(f"/tasks/{found}").json()
        form = task["content"]["application"]
        said = own_decision(task["assessment"], task["calculation"], form, outcome, granted, reason)
        return self.act("decision", found, said)

    def take(self, found: str) -> User:
        """Take a task."""
        answer = self.act("claim", found)
        assert answer.status_code == 200, answer.text
        return self
