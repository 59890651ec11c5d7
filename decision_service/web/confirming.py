"""A session that began at an issuer's page is confirmed by the issuer every few minutes.

So a role that is withdrawn, and a person who is shut out, is withdrawn and shut out here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from fastapi import Request

from decision_service.access.logins import Gone, LoginFailedError, LoginService
from decision_service.api.problems import ProblemError
from decision_service.web.sessions import Sessions, SignedIn
from norms.fault import fault

EVERY = timedelta(minutes=4)
"""How long a session goes without being confirmed."""
AGAIN = timedelta(seconds=10)
"""How long an issuer that gave no answer is left alone."""
LONGEST = timedelta(minutes=8)
"""How long a session is good while the issuer gives no answer."""


def logins_of(request: Request) -> Mapping[str, LoginService]:
    """The issuers where people sign in, by address."""
    found: Mapping[str, LoginService] = request.app.state.logins
    return found


def sessions_of(request: Request) -> Sessions:
    """The sessions of the service that a request came to."""
    found: Sessions = request.app.state.sessions
    return found


def confirmed(request: Request, signed_in: SignedIn, cookie: str) -> SignedIn | None:
    """The session, with the roles that the issuer says now; None when it does not vouch for the person.

    Raises ProblemError (503) when the issuer has not answered for so long that nobody knows.
    """
    sessions, origin = sessions_of(request), signed_in.origin
    if origin is None or (now := sessions.clock()) - origin.confirmed_at < EVERY:
        return signed_in
    service = logins_of(request).get(origin.issuer)
    if service is None:  # the installation no longer trusts it
        sessions.end(signed_in)
        return None
    first = origin.asked_at == origin.confirmed_at
    if (first or now - origin.asked_at >= AGAIN) and sessions.will_ask(signed_in, origin):
        try:
            vouched = service.confirmed(origin.refresh, signed_in.principal.subject)
        except Gone:
            sessions.end(signed_in)
            return None
        except LoginFailedError:
            pass  # it is in the log of what failed; below is for how long that may go on
        else:
            return sessions.confirm(signed_in, cookie, vouched)
    if now - origin.confirmed_at > LONGEST:
        raise ProblemError("unavailable", fault("login_unreachable"), headers={"Retry-After": "30"})
    return signed_in
