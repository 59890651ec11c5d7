"""Who somebody is, and for which municipalities they may act."""

from __future__ import annotations

from dataclasses import dataclass

from decision_service.installation.configuration import Installation
from decision_service.installation.role import Role as Role

REVIEWERS = (Role.HANDLAGGARE, Role.CHEF, Role.JURIST, Role.REVISOR)
"""Roles that read the municipality's cases, whoever sent them."""

CROSSES = frozenset({Role.HANDLAGGARE, Role.CHEF, Role.ACTIVITY_SECRETARY, Role.PROTECTED})
"""Roles that reach into a municipality that one's own municipality handles cases for."""

PEOPLE = frozenset(Role) - {Role.ESERVICE}
"""Roles of people: their reads of a case are logged with a purpose."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody whose token was found good.

    ``subject`` is the issuer's id of the person or program, never a personnummer, and ``client`` the program
    that asks: both within the issuer's circle, so that two issuers' ``h-1`` are two. ``tenants`` are the
    municipality codes of the token that the issuer may speak for. ``name`` and ``title`` are for people to
    read, empty where the issuer does not say them; a handläggare signs with them.
    """

    subject: str
    roles: frozenset[Role]
    tenants: frozenset[str]
    client: str
    name: str = ""
    title: str = ""

    @property
    def is_person(self) -> bool:
        """Whether a person acts, and not a program."""
        return bool(self.roles & PEOPLE)


def roles_in(principal: Principal, tenant: str, installation: Installation) -> frozenset[Role]:
    """The roles somebody has in a municipality; none where they have no business there."""
    if tenant not in installation.municipalities:
        return frozenset()
    if tenant in principal.tenants:
        return principal.roles
    reached = frozenset[str]().union(
        *(installation.handled.get(own, frozenset()) for own in principal.tenants)
    )
    return principal.roles & CROSSES if tenant in reached else frozenset()
