"""Settings from the environment: ``LAGRUM_X``, or ``LAGRUM_X_FILE`` with the name of a file that holds it.

A secret belongs in a file. Every fault is told at once, in Swedish, before anything starts.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import URL

from audit.files import drafted, make_own, require_own
from decision_service.installation.configuration import Installation
from decision_service.installation.values import safe_address
from decision_service.reading.closed_files import require_closed
from decision_service.reading.strict_json import InputError
from decision_service.store.address import address_of
from norms.fault import Fault, MisfitError, fault, shown
from norms.nearest import nearest
from norms.validation import faults_of

PREFIX = "LAGRUM_"
_FILE = "_FILE"
_OF_COMMANDS = ("LAGRUM_CACHE",)
"""Variables that commands read themselves, without the service."""


class Settings(BaseSettings):
    """What differs from one running process to another. Rates are requests a second, 0 is no limit."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    database_url: SecretStr = SecretStr("sqlite:///var/lagrum.db")
    keys: Path = Path("var/keys")
    installation: Path | None = None
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8000, ge=0, le=65535)
    workers: int = Field(default=2, ge=1, le=64)
    processes: int = Field(default=1, ge=1, le=64)
    public_url: str = ""
    cursor_key: SecretStr | None = None
    largest_body: int = Field(default=10 * 1024 * 1024, ge=1024, le=100 * 1024 * 1024)
    rate_per_address: int = Field(default=500, ge=0)
    rate_per_client: int = Field(default=500, ge=0)
    rate_of_estimates: int = Field(default=10, ge=0)
    trusted_proxies: str = ""
    log: Literal["", "ord", "json"] = ""
    demonstration_month: Literal["hel", "liten"] = "hel"

    @field_validator("public_url")
    @classmethod
    def _safe(cls, value: str) -> str:
        return safe_address(value) if value else value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for each in _listed(value):
            try:
                ip_network(each)
            except ValueError:
                raise MisfitError(fault("not_network", found=shown(each))) from None
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
        if self.demonstration and not _only_this_machine(self.host):
            raise MisfitError(fault("demonstration_for_others", "host"))
        return self

    @property
    def demonstration(self) -> bool:
        """Whether the built-in made-up municipality runs, with its own issuer of tokens."""
        return self.installation is None

    @property
    def database_address(self) -> URL:
        """Where the database is. Raises InputError for what is no address of one."""
        return address_of(self.database_url.get_secret_value(), f"{PREFIX}DATABASE_URL")

    @property
    def trusted(self) -> list[str]:
        """The proxies that may say whose request they pass on: addresses and networks."""
        return _listed(self.trusted_proxies)

    @property
    def issuer_folder(self) -> Path:
        """Where the demonstration has the key of its issuer, its register answers and what it sends."""
        return self.keys / "demonstration"

    @property
    def https(self) -> bool:
        """Whether users meet the service over https."""
        return self.public_url.startswith("https://")

    def read_installation(self) -> Installation:
        """The installation file, or the built-in demonstration. Raises FindingsError and OSError."""
        if self.installation is None:
            return Installation.demonstration(self.issuer_folder)
        return Installation.load(self.installation)

    def cursor_secret(self) -> bytes:
        """The key that signs page cursors: as set, else one made once in the key folder."""
        if self.cursor_key is not None:
            return self.cursor_key.get_secret_value().encode()
        return made_once(self.keys / "cursor.key", lambda: secrets.token_hex(32).encode())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then files that the environment names."""
        return init_settings, env_settings, _NamedFiles(settings_cls)


class _NamedFiles(PydanticBaseSettingsSource):
    """The content of the file named by ``LAGRUM_X_FILE`` is the value of ``LAGRUM_X``."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        name = os.environ.get(f"{PREFIX}{field_name.upper()}{_FILE}")
        return (Path(name).read_text("utf-8").strip() if name else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in Settings.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def load_settings() -> Settings:
    """Read the environment. Raises InputError with every fault, each with the name of its variable."""
    faults = list(_faults_of_names())
    settings = None
    if not any(each.code in _OF_FILES for each in faults):
        try:
            settings = Settings()
        except ValidationError as error:
            faults += map(_named, faults_of(Settings, error.errors(include_url=False)))
    if faults or settings is None:
        raise InputError(faults)
    return settings


def made_once(path: Path, make: Callable[[], bytes]) -> bytes:
    """A secret file's content; made, readable by its owner only, where it is missing. Safe in a race. Raises
    InputError for one that others may read, and audit.errors.KeyFileError for a folder where others may
    write."""
    make_own(path.parent)
    require_own(path.parent)
    if not path.exists():
        # It is there already where another process was first; then its secret counts.
        with drafted(path, make(), 0o600) as draft, suppress(FileExistsError):
            os.link(draft, path)
    require_closed(path)
    return path.read_bytes()


_OF_FILES = ("set_twice", "file_unreadable")


def _faults_of_names() -> Iterator[Fault]:
    """Variables nobody reads, values given twice, and files that cannot be read."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    for name in sorted(name for name in os.environ if name.startswith(PREFIX) and name not in _OF_COMMANDS):
        plain = name.removesuffix(_FILE)
        if plain not in known:
            near = nearest(name, known)
            yield fault("misspelt_setting", name, near=near) if near else fault("unknown_setting", name)
        elif name != plain:
            if plain in os.environ:
                yield fault("set_twice", name, name=plain)
            try:
                Path(os.environ[name]).read_text("utf-8")
            except (OSError, UnicodeDecodeError):
                yield fault("file_unreadable", name, name=os.environ[name])


def _named(found: Fault) -> Fault:
    """The fault of a field as one of the variable that gave its value, and of the file that it names."""
    field, *rest = found.path
    variable = f"{PREFIX}{str(field).upper()}"
    file = os.environ.get(f"{variable}{_FILE}")
    return replace(found, path=(variable if file is None else f"{variable}{_FILE}={file}", *rest))


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _only_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
