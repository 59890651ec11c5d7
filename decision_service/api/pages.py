"""Long lists, a page at a time: a signed cursor says where the next page starts.

Pages are by key, not by number, so nothing is shown twice or left out when the list grows meanwhile.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeAlias, TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query, Request
from itsdangerous import BadData, URLSafeSerializer
from starlette.datastructures import URL

from decision_service.api.problems import ProblemError

Position: TypeAlias = tuple[str | int, ...]
"""The sort keys of the last row of a page, the last one unique. No personal data: it leaves the service."""

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
LONGEST_CURSOR = 1000

Item = TypeVar("Item")


@dataclass(frozen=True)
class Cursors:
    """Makes and reads cursors. A cursor holds for one list only: its address with the filters, and tenant."""

    secret: bytes

    def encode(self, scope: str, position: Position) -> str:
        """The cursor of a position in a list."""
        return str(self._of(scope).dumps(position))

    def decode(self, scope: str, cursor: str) -> Position:
        """The position of a cursor. Raises ProblemError for one that was not made here for this list."""
        try:
            return tuple(self._of(scope).loads(cursor))
        except BadData:
            raise ProblemError("bad-cursor") from None

    def _of(self, scope: str) -> URLSafeSerializer:
        signed = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        return URLSafeSerializer(self.secret, scope, signer_kwargs=signed)


@dataclass(frozen=True)
class PageRequest:
    """The page that is asked for. ``after`` is None on the first page."""

    limit: int
    after: Position | None
    scope: str
    url: URL
    cursors: Cursors


@dataclass(frozen=True)
class PageOfList(Generic[Item]):
    """A page of a list. ``next`` is the address of the next one, or None on the last."""

    items: Sequence[Item]
    next: str | None

    @property
    def headers(self) -> dict[str, str]:
        """The ``Link`` header, where there is a next page."""
        return {"Link": f'<{self.next}>; rel="next"'} if self.next is not None else {}


def page_of(
    request: PageRequest, rows: Sequence[Item], position: Callable[[Item], Position]
) -> PageOfList[Item]:
    """The page of rows that were read from ``request.after`` on, ``request.limit`` + 1 of them at most."""
    items = rows[: request.limit]
    if len(rows) <= request.limit:
        return PageOfList(items, None)
    cursor = request.cursors.encode(request.scope, position(items[-1]))
    query = [(name, value) for name, value in _query(request.url) if name != "cursor"]
    following = urlencode([*query, ("cursor", cursor)])
    return PageOfList(items, f"{request.url.path}?{following}")


def requested_page(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="Antal på sidan")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=LONGEST_CURSOR, description="Var sidan börjar")] = None,
) -> PageRequest:
    """The dependency of a route that answers with pages. Raises ProblemError."""
    filters = sorted(pair for pair in _query(request.url) if pair[0] not in ("cursor", "limit"))
    scope = json.dumps([request.url.path, filters])
    cursors: Cursors = request.app.state.cursors
    after = None if cursor is None else cursors.decode(scope, cursor)
    return PageRequest(limit, after, scope, request.url, cursors)


def _query(url: URL) -> list[tuple[str, str]]:
    return parse_qsl(url.query, keep_blank_values=True)


AskedPage = Annotated[PageRequest, Depends(requested_page)]
