"""People with a browser, without the browser: signed in, following links and sending forms."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx

from decision_service.access.roles import Principal, Role
from decision_service.web.sessions import Sessions
from tests.world.people import TENANT
from tests.world.service import Whole

PAGE = {"accept": "text/html"}
COOKIE = "__Host-lagrum"


@dataclass
class Visitor:
    """Somebody signed in: asks for pages, and sends the forms on them."""

    http: httpx.Client
    cookie: str

    def get(self, path: str, **headers: str) -> httpx.Response:
        """A page."""
        return self.http.get(path, headers={**self.headers, **headers})

    def send(
        self, path: str, fields: dict[str, str], *, csrf: str | None = None, **headers: str
    ) -> httpx.Response:
        """A form, with what our own pages put in it unless another ``csrf`` is given."""
        fields = {"csrf": self.csrf() if csrf is None else csrf, **fields}
        return self.http.post(path, data=fields, headers={**self.headers, **headers})

    def csrf(self) -> str:
        """What a form on one of our pages carries."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/").text)
        assert found is not None
        return found[1]

    @property
    def headers(self) -> dict[str, str]:
        """What a browser would send."""
        return PAGE | ({"cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {})


def nobody(whole: Whole) -> Visitor:
    """Somebody who is not signed in."""
    return Visitor(whole.http, "")


def visitor(
    whole: Whole, *roles: Role, tenant: str = TENANT, purpose: str = "handlaggning", name: str = "Kim Ek"
) -> Visitor:
    """Somebody signed in with these roles."""
    office = whole.service.office
    principal = Principal(f"{name}-1", frozenset(roles), frozenset({tenant}), "sidor", name)
    return Visitor(whole.http, Sessions(office.engine, office.clock, office.keyed).begin(principal, purpose))
