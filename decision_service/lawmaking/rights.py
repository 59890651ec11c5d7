"""Whose a file is, and who may change it: a municipality its own layer, and what else its settings say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from decision_service.installation.configuration import Installation
from decision_service.installation.municipality import SHARED_LAW
from decision_service.store.refused import ConflictError
from norms.fault import fault

_OWN = re.compile(r"rules/sets/municipal/([0-9]{4})/.*|norms/kommuner/([0-9]{4})-[^/]*")


def owner_of(name: str) -> str | None:
    """The municipality whose own file it is; None for what several share."""
    found = _OWN.fullmatch(name)
    return (found[1] or found[2]) if found else None


def may_change(installation: Installation, tenant: str, name: str) -> bool:
    """Whether the policy staff of a municipality may change a file. Where there is one municipality, it may
    change them all."""
    if len(installation.municipalities) == 1:
        return True
    owner = owner_of(name)
    return owner == tenant or (owner or SHARED_LAW) in installation.municipalities[tenant].law_of


def require_right(installation: Installation, tenant: str, names: Iterable[str]) -> None:
    """Raises ConflictError for a file that is somebody else's."""
    for name in sorted(names):
        if not may_change(installation, tenant, name):
            whose = owner_of(name)
            code = "file_of_other" if whose else "file_is_shared"
            raise ConflictError(fault(code, file=name, **({"owner": whose} if whose else {})))
