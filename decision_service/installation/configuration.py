"""Which municipalities an installation serves and how each of them works, read from ``installation.yaml``.

Nothing here is law: what the law or a municipality's guidelines say stands in the rule files. Paths in the
file are relative to the folder it lies in. A secret is never in it, only the name of the file that holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from decision_service.installation.calendar import CalendarRules
from norms import document
from norms.document import Document, Location
from norms.finding import Finding, FindingsError, Severity
from rules.schema import FileModel, validate

WRONG_INSTALLATION = "I001"
"""The code of a finding that only shows when several parts of the file are seen together."""


def _tenant(value: str) -> str:
    if len(value) != 4 or not (value.isascii() and value.isdigit()):
        raise ValueError(f"”{value[:20]}” är ingen kommunkod. En kommunkod är fyra siffror inom citattecken")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    raise ValueError(f"Väntade ett heltal, fann ”{str(value)[:40]}”")


def _between(low: int, high: int) -> AfterValidator:
    def check(value: int) -> int:
        if not low <= value <= high:
            raise ValueError(f"{value} går inte. Ange {low} till {high}")
        return value

    return AfterValidator(check)


def _clock_time(value: Any) -> time:
    try:
        if isinstance(value, str) and len(value) == 5:
            return time.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(f"”{str(value)[:20]}” är inget klockslag. Skriv det som TT:MM, till exempel 16:00")


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(f"”{str(value)[:20]}” är inget datum. Skriv det som ÅÅÅÅ-MM-DD")


def safe_address(value: str) -> str:
    """An address over which others cannot listen: https, or http to this very machine."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"”{value[:60]}” är ingen webbadress") from None
    if parts.username is not None or parts.fragment:
        raise ValueError("Adressen får inte innehålla inloggning eller #")
    if parts.scheme == "https" and host:
        return value
    if parts.scheme == "http" and _is_local(host):
        return value
    raise ValueError(f"”{value[:60]}” är ingen adress som börjar med https://")


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _organisation(value: str) -> str:
    if len(value) != 12 or not (value.isascii() and value.isdigit()):
        raise ValueError(
            f"”{value[:20]}” är inget organisationsnummer. Skriv tolv siffror: 16 och de tio utan bindestreck"
        )
    return value


OrganisationNumber = Annotated[str, AfterValidator(_organisation)]
TenantText = Annotated[str, AfterValidator(_tenant)]
Address = Annotated[str, AfterValidator(safe_address)]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]
Day = Annotated[date, BeforeValidator(_day)]
Whole = Annotated[int, BeforeValidator(_whole)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=400)]


class Algorithm(StrEnum):
    """How an issuer may sign its tokens: with a private key that only the issuer has."""

    EDDSA = "EdDSA"
    ES256 = "ES256"
    RS256 = "RS256"


class FourEyes(StrEnum):
    """A step that a second person has to approve before it counts."""

    GRANT = "bifall"
    PARTLY = "delavslag"
    REFUSE = "avslag"
    DISMISS = "avvisning"
    DEVIATE = "avvikelse"
    """Deciding something else than the machine proposed."""


class RegisterKind(StrEnum):
    """Where answers from authorities come from."""

    NONE = "inga"
    FILES = "filer"
    SSBTEK = "ssbtek"


class OutputKind(StrEnum):
    """How what leaves the service is handed over."""

    FOLDER = "mapp"
    WEBHOOK = "webhook"


class Sender(FileModel):
    """Who writes the letters: the board that decides, the address, whom to ask, the court of appeal."""

    board: Words = Field(default="Socialnämnden", alias="nämnd")
    address: Words = Field(alias="adress")
    contact: Words = Field(alias="kontakt")
    court: Words = Field(alias="domstol")


class Registers(FileModel):
    """Where register answers come from, and what is needed to ask.

    ``timeout`` is in seconds and for the whole question. ``certificate``, ``private_key`` and ``trusted`` are
    PEM files. ``version`` is that of the contract of SSBTEK. The rest is what the agreement says about
    who asks and why.
    """

    kind: RegisterKind = Field(default=RegisterKind.NONE, alias="slag")
    folder: Path | None = Field(default=None, alias="mapp")
    url: Address | None = Field(default=None, alias="adress")
    version: Literal["10", "11"] = "11"
    certificate: Path | None = Field(default=None, alias="certifikat")
    private_key: Path | None = Field(default=None, alias="nyckel")
    trusted: Path | None = Field(default=None, alias="betrodda")
    timeout: Annotated[Whole, _between(1, 120)] = Field(default=40, alias="tidsgräns")
    organisation_number: OrganisationNumber | None = Field(default=None, alias="organisationsnummer")
    handler: Words | None = Field(default=None, alias="handläggare")
    actor: Words | None = Field(default=None, alias="aktör")
    purpose: Words | None = Field(default=None, alias="ändamål")
    legal_basis: Words | None = Field(default=None, alias="rättslig grund")

    @model_validator(mode="after")
    def _whole_set(self) -> Registers:
        needs = {
            RegisterKind.NONE: (),
            RegisterKind.FILES: ("folder",),
            RegisterKind.SSBTEK: (
                *("url", "certificate", "private_key", "trusted"),
                *("organisation_number", "handler", "actor", "purpose", "legal_basis"),
            ),
        }
        _require(self, f"Register av slaget {self.kind.value}", needs[self.kind])
        return self


class Output(FileModel):
    """One receiver of letters, payment orders and notices. Times in seconds."""

    kind: OutputKind = Field(alias="slag")
    folder: Path | None = Field(default=None, alias="mapp")
    url: Address | None = Field(default=None, alias="adress")
    secret: Path | None = Field(default=None, alias="hemlighet")
    timeout: Annotated[Whole, _between(1, 60)] = Field(default=10, alias="tidsgräns")

    @model_validator(mode="after")
    def _whole_set(self) -> Output:
        needs = {OutputKind.FOLDER: ("folder",), OutputKind.WEBHOOK: ("url", "secret")}
        _require(self, f"Utdata av slaget {self.kind.value}", needs[self.kind])
        return self


def _require(model: FileModel, what: str, names: tuple[str, ...]) -> None:
    fields = type(model).model_fields
    missing = [fields[name].alias or name for name in names if getattr(model, name) is None]
    if missing:
        raise ValueError(f"{what} behöver också: {', '.join(missing)}")


class Completion(FileModel):
    """How long an applicant has to add what is missing, and after how many days a reminder goes out."""

    answer_days: Annotated[Whole, _between(1, 90)] = Field(default=14, alias="svarsdagar")
    reminder_days: tuple[Whole, ...] = Field(default=(7,), alias="påminn efter")

    @model_validator(mode="after")
    def _in_time(self) -> Completion:
        late = [day for day in self.reminder_days if not 1 <= day < self.answer_days]
        if late:
            raise ValueError(
                f"En påminnelse efter {late[0]} dagar kommer för sent. Svarstiden är {self.answer_days} dagar"
            )
        return self


class _MunicipalityEntry(FileModel):
    name: Words = Field(alias="namn")
    handled_by: TenantText | None = Field(default=None, alias="handläggs av")
    escalate_after: Annotated[Whole, _between(1, 23)] = Field(default=20, alias="varna efter timmar")
    person_deadline: ClockTime = Field(default=time(16, 0), alias="svara senast klockan")
    closed: tuple[Day, ...] = Field(default=(), alias="stängt")
    completion: Completion = Field(default_factory=Completion, alias="komplettering")
    four_eyes: tuple[FourEyes, ...] = Field(default=(), alias="fyra ögon")
    pay_day: Annotated[Whole, _between(1, 31)] = Field(alias="utbetalningsdag")
    registers: Registers = Field(default_factory=Registers, alias="register")
    outputs: tuple[Output, ...] = Field(default=(), alias="utdata")
    sender: Sender = Field(alias="avsändare")
    witness: Path | None = Field(default=None, alias="vittnesmapp")


class Municipality(_MunicipalityEntry):
    """One municipality and its way of working.

    ``handled_by`` is the municipality whose handläggare work here too, under this one's guidelines, books and
    keys. ``escalate_after`` is in hours from receipt. ``person_deadline`` is the time of the working day
    (Europe/Stockholm) by which a person's share is due; ``closed`` are days without work beyond weekends and
    public holidays. ``pay_day`` is the day of the month; a shorter month pays on its last day. ``witness`` is
    a folder that someone else keeps, where the log's checkpoints are put.
    """

    code: TenantText

    @property
    def calendar(self) -> CalendarRules:
        """How this municipality counts days."""
        return CalendarRules(frozenset(self.closed), answer_by=self.person_deadline)


class KeySource(FileModel):
    """Where an issuer publishes its public keys: at an address or in a file, never both."""

    url: Address | None = Field(default=None, alias="adress")
    file: Path | None = Field(default=None, alias="fil")

    @model_validator(mode="after")
    def _one(self) -> KeySource:
        if (self.url is None) == (self.file is None):
            raise ValueError("Ange antingen adress eller fil för utfärdarens nycklar")
        return self


class Issuer(FileModel):
    """Who may vouch for people and programs, for which municipalities, and how it says it.

    ``url`` is compared letter by letter with the token's ``iss``. ``roles_claim`` and ``tenants_claim`` name
    the claims that list roles and municipality codes.
    """

    url: Words = Field(alias="utfärdare")
    audience: Words = Field(alias="mottagare")
    keys: KeySource = Field(alias="nycklar")
    algorithms: tuple[Algorithm, ...] = Field(default=(Algorithm.EDDSA, Algorithm.ES256), alias="algoritmer")
    tenants: tuple[TenantText, ...] = Field(alias="kommuner")
    roles_claim: Words = Field(default="roles", alias="fält för roller")
    tenants_claim: Words = Field(default="tenants", alias="fält för kommuner")

    @model_validator(mode="after")
    def _some_way(self) -> Issuer:
        if not self.algorithms:
            raise ValueError("Utfärdaren behöver minst en algoritm")
        return self


PURPOSES: Mapping[str, str] = {
    "handlaggning": "handlägga ärendet",
    "granskning": "granska ett beslut eller ett spår",
    "uppfoljning": "följa upp verksamheten",
    "begaran": "svara på en begäran från den enskilde, en domstol eller en tillsynsmyndighet",
}
"""Why a person may read a case, unless the installation says otherwise: code and meaning."""

PurposeCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,39}$")]


class _InstallationFile(FileModel):
    municipalities: dict[TenantText, _MunicipalityEntry] = Field(alias="kommuner", min_length=1)
    issuers: tuple[Issuer, ...] = Field(alias="utfärdare", min_length=1)
    purposes: dict[PurposeCode, Words] = Field(default_factory=lambda: dict(PURPOSES), alias="läsändamål")


class Installation(FileModel):
    """What one running service serves. Frozen; read it anew to change it."""

    municipalities: Mapping[str, Municipality]
    issuers: tuple[Issuer, ...]
    purposes: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> Installation:
        """Read a file. Raises FindingsError with every fault and its line, and OSError."""
        return cls.of(document.read(path), path.parent)

    @classmethod
    def of(cls, source: Document, folder: Path) -> Installation:
        """The installation that a read file describes; paths in it start in ``folder``."""
        file = validate(_InstallationFile, source)
        findings = [
            Finding(
                source.file,
                source.line(location),
                WRONG_INSTALLATION,
                Severity.ERROR,
                ".".join(str(part) for part in location),
                message,
            )
            for location, message in _faults(file)
        ]
        if findings:
            raise FindingsError(findings)
        return cls(
            municipalities={
                code: _municipality_at(code, entry, folder) for code, entry in file.municipalities.items()
            },
            issuers=tuple(_issuer_at(issuer, folder) for issuer in file.issuers),
            purposes=dict(file.purposes),
        )

    @classmethod
    def demonstration(cls, folder: Path) -> Installation:
        """A made-up municipality and a local issuer, with everything they need in a folder."""
        text = _DEMONSTRATION.format(
            issuer=LOCAL_ISSUER, audience=AUDIENCE, jwks=JWKS, registers=REGISTERS, outputs=OUTPUTS
        )
        return cls.of(document.parse(text.encode(), "demonstration"), folder)

    @cached_property
    def handled(self) -> Mapping[str, frozenset[str]]:
        """For each municipality the others that its handläggare work for."""
        return {
            code: frozenset(one.code for one in self.municipalities.values() if one.handled_by == code)
            for code in self.municipalities
        }


def _faults(file: _InstallationFile) -> list[tuple[Location, str]]:
    """What shows only when several parts are seen together."""
    found: list[tuple[Location, str]] = []
    for code, each in file.municipalities.items():
        if each.handled_by is None:
            continue
        place = ("kommuner", code, "handläggs av")
        handler = file.municipalities.get(each.handled_by)
        if each.handled_by == code:
            found.append((place, f"Kommunen {code} kan inte handläggas av sig själv. Ta bort raden."))
        elif handler is None:
            found.append((place, f"Kommunen {each.handled_by} finns inte i filen. Lägg till den."))
        elif handler.handled_by is not None:
            found.append(
                (place, f"Kommunen {each.handled_by} handläggs själv av en annan, {handler.handled_by}.")
            )
    seen: set[str] = set()
    for number, issuer in enumerate(file.issuers):
        if issuer.url in seen:
            found.append((("utfärdare", number), f"Utfärdaren {issuer.url} står två gånger."))
        seen.add(issuer.url)
        for code in issuer.tenants:
            if code not in file.municipalities:
                found.append((("utfärdare", number, "kommuner"), f"Kommunen {code} finns inte i filen."))
    return found


def _at(model: Any, folder: Path) -> Any:
    """The same model with its paths starting in a folder."""
    changed = {
        name: folder / value
        for name in type(model).model_fields
        if isinstance(value := getattr(model, name), Path)
    }
    return model.model_copy(update=changed)


def _municipality_at(code: str, entry: _MunicipalityEntry, folder: Path) -> Municipality:
    fields = {name: getattr(entry, name) for name in type(entry).model_fields}
    fields["registers"] = _at(entry.registers, folder)
    fields["witness"] = folder / entry.witness if entry.witness is not None else None
    fields["outputs"] = tuple(_at(output, folder) for output in entry.outputs)
    return Municipality.model_construct(code=code, **fields)


def _issuer_at(issuer: Issuer, folder: Path) -> Issuer:
    return issuer.model_copy(update={"keys": _at(issuer.keys, folder)})


LOCAL_ISSUER = "urn:lagrum:lokal-utfardare"
AUDIENCE = "lagrum"
JWKS, REGISTERS, OUTPUTS = "jwks.json", "register", "utdata"
"""Where the demonstration has its issuer's keys, its register answers and what it sends."""

_DEMONSTRATION = """
kommuner:
  "9999":
    namn: Exempelkommun
    utbetalningsdag: 27
    fyra ögon: [avslag]
    avsändare:
      adress: Socialförvaltningen, Exempelvägen 1, 999 99 Exempelstad
      kontakt: "försörjningsstöd, telefon 0999-12 34 56"
      domstol: Förvaltningsrätten i Exempelstad
    register: {{slag: filer, mapp: {registers}}}
    utdata: [{{slag: mapp, mapp: {outputs}}}]
utfärdare:
  - utfärdare: {issuer}
    mottagare: {audience}
    nycklar: {{fil: {jwks}}}
    algoritmer: [EdDSA]
    kommuner: ["9999"]
"""
