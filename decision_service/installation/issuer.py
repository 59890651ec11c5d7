"""Who may vouch for people and programs, and where its keys are."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from decision_service.installation.role import Role
from decision_service.installation.values import Address, File, TenantText, Words
from norms.fault import MisfitError, fault
from rules.schema import FileModel, YesNo


class Algorithm(StrEnum):
    """How an issuer may sign its tokens: with a private key that only the issuer has."""

    EDDSA = "EdDSA"
    ES256 = "ES256"
    RS256 = "RS256"


class KeySource(FileModel):
    """Where an issuer publishes its public keys: at an address or in a file, never both."""

    url: Address | None = Field(default=None, alias="adress")
    file: File | None = Field(default=None, alias="fil")

    @model_validator(mode="after")
    def _one(self) -> KeySource:
        if (self.url is None) == (self.file is None):
            raise MisfitError(fault("not_one_key_source"))
        return self


class Login(FileModel):
    """How people sign in with a browser: by the issuer's own page, as OpenID Connect says it.

    ``client`` is what the issuer knows us by, and ``secret`` the file with what proves it, None for a client
    without one. ``name`` is what stands on the button. ``scopes`` are what is asked for; the issuer must give
    a refresh token, by which a session is confirmed.
    """

    client: Words = Field(alias="klient")
    name: Words = Field(alias="namn")
    secret: File | None = Field(default=None, alias="hemlighet")
    scopes: tuple[Words, ...] = Field(default=("openid", "profile"), alias="omfång")


Circle = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,20}$")]
"""What a circle of people and programs is called; the empty one's ids are written as they are."""


class Issuer(FileModel):
    """Who may vouch for people and programs, for which municipalities, and how it says it.

    ``url`` is compared letter by letter with the token's ``iss``. ``roles_claim`` and ``tenants_claim`` name
    the claims that list roles and municipality codes, ``title_claim`` the one with a person's title; a name
    with points leads into objects. ``roles`` and ``municipalities`` translate the issuer's words where they
    are not ours: then no other word counts. Whoever the issuer vouches for works in ``everybody`` too.

    ``circle`` is where the issuer's ids are of one person each: the same id of another issuer in the circle
    is the same person, and in another circle somebody else. ``apart`` says that nobody in it has an id in
    another circle too, so that two of different circles are two people.
    """

    url: Words = Field(alias="utfärdare")
    audience: Words = Field(alias="mottagare")
    keys: KeySource = Field(alias="nycklar")
    algorithms: tuple[Algorithm, ...] = Field(default=(Algorithm.EDDSA, Algorithm.ES256), alias="algoritmer")
    tenants: tuple[TenantText, ...] = Field(alias="kommuner")
    roles_claim: Words = Field(default="roles", alias="fält för roller")
    tenants_claim: Words = Field(default="tenants", alias="fält för kommuner")
    title_claim: Words = Field(default="title", alias="fält för titel")
    roles: dict[Words, Role] = Field(default_factory=dict, alias="roller")
    municipalities: dict[Words, TenantText] = Field(default_factory=dict, alias="kommunnamn")
    everybody: tuple[TenantText, ...] = Field(default=(), alias="alla arbetar i")
    login: Login | None = Field(default=None, alias="inloggning")
    circle: Circle | None = Field(default=None, alias="krets")
    apart: YesNo = Field(default=False, alias="bara här")

    def known_as(self, id_: str) -> str:
        """What somebody with an id at the issuer is called everywhere here; nothing for no id."""
        return f"{self.circle}:{id_}" if self.circle and id_ else id_

    @model_validator(mode="after")
    def _some_way(self) -> Issuer:
        if not self.algorithms:
            raise MisfitError(fault("no_algorithm", "algoritmer"))
        return self
