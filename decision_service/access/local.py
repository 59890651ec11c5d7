"""The demonstration's own issuer of tokens. It is refused wherever a real municipality is served."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import OKPKey

from decision_service.access.roles import Role
from decision_service.installation.configuration import Installation
from decision_service.installation.settings import made_once
from decision_service.reading.said import said_in

_say = said_in(__file__)

LIFETIME = timedelta(hours=8)


class LocalIssuer:
    """Makes a key once in a folder, publishes its public half there and signs tokens with it."""

    def __init__(self, folder: Path) -> None:
        made = made_once(
            folder / "signing.jwk",
            lambda: json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True)).encode(),
        )
        self._key = OKPKey.import_key(json.loads(made))
        self._kid = self._key.thumbprint()
        self._issuer = Installation.demonstration(folder).issuers[0]
        assert self._issuer.keys.file is not None  # the demonstration keeps them in its folder
        self.jwks = self._issuer.keys.file
        public = {"keys": [{**self._key.as_dict(private=False), "kid": self._kid, "use": "sig"}]}
        made_once(self.jwks, lambda: json.dumps(public).encode())

    def token(
        self,
        roles: Collection[Role],
        tenants: Collection[str],
        now: datetime,
        *,
        subject: str | None = None,
        name: str | None = None,
        lifetime: timedelta = LIFETIME,
    ) -> str:
        """A token for a made-up user with these roles in these municipalities."""
        first = sorted(roles)[0].value
        claims = {
            "iss": self._issuer.url,
            "aud": self._issuer.audience,
            "sub": subject or f"demo-{first}",
            "client_id": "demonstration",
            "name": name or f"Demo {first.replace('handlaggare', 'handläggare').capitalize()}",
            "title": _say("made_up_person"),
            "roles": sorted(role.value for role in roles),
            "tenants": sorted(tenants),
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": secrets.token_hex(8),
        }
        return jwt.encode({"alg": "Ed25519", "kid": self._kid}, claims, self._key, ["Ed25519"])
