"""A client that never sends anything twice by mistake and never gives up by mistake.

A post that got no answer may have been received. It is sent again under the same key, and the service answers
with the application it already has.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

Json = dict[str, Any]
ANSWERED = (
    "vantar_pa_komplettering",
    "vantar_pa_yttrande",
    "vantar_pa_registren",
    "hos_handlaggare",
    "beslutad",
    "aterkallad",
    "avskriven",
)
"""States in which the machine has answered: the next step is another's, or comes on a day that was told."""
_AGAIN = frozenset({429, 502, 503, 504})
_LONGEST_PAUSE = 30.0


class ProblemError(Exception):
    """An answer that says no (RFC 9457): ``code`` names its type, ``errors`` the fields that are wrong."""

    def __init__(self, response: httpx.Response) -> None:
        kind = response.headers.get("content-type", "")
        found: Json = response.json() if kind.startswith("application/problem+json") else {}
        self.status = response.status_code
        self.code = str(found.get("type", "")).rpartition("/")[2]
        self.detail = str(found.get("detail", response.reason_phrase))
        self.errors: list[Json] = found.get("errors", [])
        super().__init__(f"{self.status} {self.code}: {self.detail}")


class Client:
    """Speaks for one e-service in one municipality. Safe to use from several threads.

    ``token`` gives a token that is good now; it is asked before each request. ``attempts`` is how often a
    request is sent before the error is raised. ``purpose`` is why a person reads cases; an
    e-service has none.
    """

    def __init__(
        self,
        base: str,
        municipality: str,
        token: Callable[[], str],
        *,
        attempts: int = 8,
        timeout: float = 60.0,
        purpose: str = "",
    ) -> None:
        self._purpose = {"Lagrum-Purpose": purpose} if purpose else {}
        self._http = httpx.Client(base_url=base, timeout=timeout)
        self._path = f"/v1/{municipality}"
        self._token = token
        self._attempts = attempts

    def send(self, application: Json | bytes, key: str, *, wait: int | None = None, form: str = "") -> Json:
        """Send an application and give how it stands. ``key`` belongs to this application alone: keep it with
        the application before you send, and use it again if you must send again.

        ``wait``: seconds to wait for the machine. ``form``: a media type other than the canonical one. Raises
        ProblemError, and httpx.TransportError when nobody has answered at all.
        """
        headers = {"Idempotency-Key": key, "Content-Type": form or "application/json"}
        headers |= {"Prefer": f"wait={wait}"} if wait is not None else {}
        body = application if isinstance(application, bytes) else json.dumps(application).encode()
        found: Json = self._ask("POST", "/applications", content=body, headers=headers).json()
        return found

    def status(self, application: str) -> Json:
        """How an application stands."""
        found: Json = self._ask("GET", f"/applications/{application}").json()
        return found

    def answered(self, application: str, patience: float = 60.0) -> Json:
        """The same, once the machine is done with it; as it stands when the patience (seconds) ends."""
        end = time.monotonic() + patience
        pause = 0.2
        while (found := self.status(application))["state"] not in ANSWERED and time.monotonic() < end:
            time.sleep(pause)
            pause = min(2 * pause, 5.0)
        return found

    def complete(self, application: str, patch: Json) -> Json:
        """Answer what was asked, as a JSON merge patch on ``{"application": …, "people": …}``."""
        headers = {"Content-Type": "application/merge-patch+json"}
        path = f"/applications/{application}/completions"
        found: Json = self._ask("POST", path, content=json.dumps(patch).encode(), headers=headers).json()
        return found

    def answer(self, application: str, answers: Json) -> Json:
        """Answer questions by their ids: ``{id: value}``. What is not answered is still asked."""
        given = [{"question": question, "value": value} for question, value in answers.items()]
        path = f"/applications/{application}/completions"
        content = json.dumps({"answers": given}).encode()
        found: Json = self._ask(
            "POST", path, content=content, headers={"Content-Type": "application/json"}
        ).json()
        return found

    def state_opinion(self, application: str, message: str = "") -> Json:
        """Say before the decision that what the agencies have told is right; a message says it is not."""
        said = {"agrees": False, "message": message} if message else {"agrees": True}
        found: Json = self._ask("POST", f"/applications/{application}/statement", json=said).json()
        return found

    def withdraw(self, application: str) -> Json:
        """Take an application back."""
        found: Json = self._ask("POST", f"/applications/{application}/withdrawal").json()
        return found

    def decision(self, application: str) -> Json:
        """The decision with its calculation, in öre. Raises ProblemError (409) before there is one."""
        found: Json = self._ask("GET", f"/applications/{application}/decision").json()
        return found

    def letter(self, application: str) -> str:
        """The letter as it is sent, with its proof. Raises ProblemError (409) while it is being written."""
        return self._ask("GET", f"/applications/{application}/letter").text

    def log(self) -> Json:
        """What an outsider needs to check the log: its public ``keys``, the newest last, and a checkpoint."""
        found: Json = self._ask("GET", "/log").json()
        return found

    def applications(self, **filters: str) -> Iterator[Json]:
        """All of one's own applications, the newest first, a page at a time."""
        yield from self._pages("/applications", filters)

    def subscribe(self, url: str) -> Json:
        """Be told of changes at an address. Keep ``secret``: it is shown only now."""
        found: Json = self._ask("POST", "/webhooks", json={"url": url}).json()
        return found

    def unsubscribe(self, webhook: str) -> None:
        """Be told no more."""
        self._ask("DELETE", f"/webhooks/{webhook}")

    def report_plan(self, person: Json) -> None:
        """Report a person's plan and attendance, the first time."""
        self._ask("PUT", "/activity", json=person)

    def propose_history(self, person: Json) -> str:
        """Put forward a person's earlier decisions; gives the proposal's id. Needs the role admin."""
        return str(self._ask("POST", "/history", json=person).json()["id"])

    def approve_history(self, proposal: str) -> None:
        """Say yes to what somebody else has put forward. Needs the role admin or chef."""
        self._ask("POST", f"/history/{proposal}/approval", json={"agrees": True})

    def _pages(self, path: str, filters: Mapping[str, str]) -> Iterator[Json]:
        """Every item of a list."""
        found: Json = self._ask("GET", path, params=filters).json()
        while True:
            yield from found["items"]
            if found["next"] is None:
                return
            found = self._ask("GET", found["next"].removeprefix(self._path)).json()

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **given: Any
    ) -> httpx.Response:
        """A good answer. What may be asked again without harm is, with longer and longer pauses."""
        pause = 0.5
        for left in range(self._attempts - 1, -1, -1):
            sent = {"Authorization": f"Bearer {self._token()}", **self._purpose, **(headers or {})}
            again = method == "GET" or "Idempotency-Key" in sent
            try:
                response = self._http.request(method, f"{self._path}{path}", headers=sent, **given)
            except httpx.TransportError:
                if not (again and left):
                    raise
            else:
                if response.is_success:
                    return response
                problem = ProblemError(response)
                # 429 and 503 are said before anything is done: those are safe for every method.
                soon = problem.status in (429, 503) or problem.code == "in-progress"
                if not (left and (soon or (again and problem.status in _AGAIN))):
                    raise problem
                pause = max(pause, float(response.headers.get("retry-after", "0")))
            time.sleep(min(pause, _LONGEST_PAUSE))
            pause = 2 * pause
        raise AssertionError("unreachable")
