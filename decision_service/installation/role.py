"""What somebody works with: the roles that an installation knows."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody works with. The values are what a token lists, or what the installation translates its
    words to. A revisor comes from outside: sees what a jurist sees, and can do nothing. An
    arbetsmarknadssekreterare sees participants and their plans, and no application. ``skyddade`` goes
    with another role: only with it, and for a chef, are protected persons' cases and participants there.
    Policy drafts changes of the rules and amounts, and a publicist approves and publishes what somebody else
    has drafted: neither sees a case."""

    ESERVICE = "eservice"
    HANDLAGGARE = "handlaggare"
    JURIST = "jurist"
    REVISOR = "revisor"
    CHEF = "chef"
    ACTIVITY_SECRETARY = "arbetsmarknadssekreterare"
    PROTECTED = "skyddade"
    ADMIN = "admin"
    POLICY = "policy"
    PUBLICIST = "publicist"
