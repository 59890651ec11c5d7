"""``lagrum token``: a token for trying the demonstration."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta

from decision_service.access.local import LocalIssuer
from decision_service.access.roles import Role
from decision_service.access.tokens import LONGEST as LONGEST_OF_ANY
from decision_service.installation.settings import load_settings
from decision_service.reading.strict_json import InputError
from norms.fault import fault
from norms.validation import not_one_of

LONGEST = LONGEST_OF_ANY // 3600
"""Hours that a token may last."""


def run(options: argparse.Namespace) -> int:
    """Print a token. ``options``: ``role`` and ``tenant`` (lists), ``subject`` (or None), ``hours``."""
    settings = load_settings()
    if not settings.demonstration:
        raise InputError([fault("token_outside_demonstration")])
    known = [role.value for role in Role]
    tenants = settings.read_installation().municipalities
    faults = [not_one_of(name, known, "--role") for name in options.role if name not in known]
    faults += [not_one_of(code, tenants, "--tenant") for code in options.tenant if code not in tenants]
    if not 1 <= options.hours <= LONGEST:
        faults.append(fault("not_between", "--hours", found=options.hours, low=1, high=LONGEST))
    if faults:
        raise InputError(faults)
    issuer = LocalIssuer(settings.issuer_folder)
    print(
        issuer.token(
            [Role(name) for name in options.role],
            options.tenant,
            datetime.now(UTC),
            subject=options.subject,
            lifetime=timedelta(hours=options.hours),
        )
    )
    return 0
