"""What a handläggare's program does with the queue."""

from __future__ import annotations

from collections.abc import Iterator

from examples.klient.client import Client, Json


class HandlaggareClient(Client):
    """Speaks for one handläggare, who must have a ``purpose``."""

    def queue(self, **filters: str) -> Iterator[Json]:
        """What there is to decide, the most urgent first, a page at a time."""
        yield from self._pages("/tasks", filters)

    def task(self, application: str) -> tuple[Json, str]:
        """A task with all that is needed to decide it, and its version. Raises ProblemError (409) when it is
        no longer with a person."""
        response = self._ask("GET", f"/tasks/{application}")
        return response.json(), response.headers["ETag"]

    def step(self, application: str, step: str, version: str, body: Json | None = None) -> Json:
        """Take a step with a task on the version that was read: claim, answers, decision, approval. Raises
        ProblemError, 412 when somebody has changed the case."""
        path, headers = f"/tasks/{application}/{step}", {"If-Match": version}
        found: Json = self._ask("POST", path, headers=headers, json=body).json()
        return found
