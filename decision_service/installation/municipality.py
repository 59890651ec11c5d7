"""One municipality and its way of working: deadlines, registers, receivers, who signs the letters.

Nothing here is law: what the law or a municipality's guidelines say stands in the rule files. What holds
where a municipality says nothing stands in ``usual.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from decision_service.installation.calendar import CalendarRules
from decision_service.installation.e_service import EService, known_form
from decision_service.installation.values import (
    Address,
    BankText,
    Bic,
    ClockTime,
    Day,
    File,
    Iban,
    LogKey,
    OrganisationNumber,
    TenantText,
    Whole,
    WitnessKey,
    Words,
    between,
)
from norms import document
from norms.fault import MisfitError, fault
from norms.month import Month
from rules.schema import FileModel, YesNo, validate

SHARED_LAW = "gemensamma"
"""The rules and amounts that no single municipality owns."""
LawOwner = Annotated[str, StringConstraints(pattern=rf"^([0-9]{{4}}|{SHARED_LAW})$")]


class FourEyes(StrEnum):
    """A step that a second person has to approve before it counts."""

    GRANT = "bifall"
    PARTLY = "delavslag"
    REFUSE = "avslag"
    DISMISS = "avvisning"
    DEVIATE = "avvikelse"
    """Deciding something else than the machine proposed."""
    SUPPLEMENT = "tillägg"
    """Paying more for a month that another decision pays for. Not said: nobody may."""


class WritesOff(StrEnum):
    """Who decides that a case which the applicant has taken back is written off."""

    MACHINE = "datorn"
    PERSON = "handläggare"


AnswerDays = Annotated[Whole, between(1, 90)]
AnswerMonths = Annotated[Whole, between(1, 60)]
Hours = Annotated[Whole, between(1, 23)]


class Usual(FileModel):
    """What holds for a municipality that says nothing else."""

    board: Words = Field(alias="nämnd")
    escalate_after: Hours = Field(alias="varna efter timmar")
    person_deadline: ClockTime = Field(alias="svara senast klockan")
    answer_days: AnswerDays = Field(alias="svarsdagar")
    reminder_days: tuple[Whole, ...] = Field(alias="påminn efter")
    answer_months: AnswerMonths = Field(alias="svar står högst månader")


@cache
def usual() -> Usual:
    """The file. Raises FindingsError with every fault of it."""
    return validate(Usual, document.read(Path(__file__).with_name("usual.yaml")))


class Sender(FileModel):
    """Who writes the letters: the board that decides, the address, whom to ask, the court of appeal."""

    board: Words = Field(default_factory=lambda: usual().board, alias="nämnd")
    address: Words = Field(alias="adress")
    contact: Words = Field(alias="kontakt")
    court: Words = Field(alias="domstol")


class NobodyAsked(FileModel):
    """Nobody is asked."""

    kind: Literal["inga"] = Field(default="inga", alias="slag")


class RegisterFiles(FileModel):
    """Register answers lie in a folder, a file for each person."""

    kind: Literal["filer"] = Field(alias="slag")
    folder: File = Field(alias="mapp")


class SsbtekAgreement(FileModel):
    """SSBTEK is asked: where, with what, and what the agreement says about who asks and why.

    ``timeout`` is in seconds and for the whole question. ``certificate``, ``private_key`` and ``trusted`` are
    PEM files. ``version`` is that of the contract of SSBTEK.
    """

    kind: Literal["ssbtek"] = Field(alias="slag")
    url: Address = Field(alias="adress")
    version: Literal["10", "11"] = "11"
    certificate: File = Field(alias="certifikat")
    private_key: File = Field(alias="nyckel")
    trusted: File = Field(alias="betrodda")
    timeout: Annotated[Whole, between(1, 120)] = Field(default=40, alias="tidsgräns")
    organisation_number: OrganisationNumber = Field(alias="organisationsnummer")
    handler: Words = Field(alias="handläggare")
    actor: Words = Field(alias="aktör")
    purpose: Words = Field(alias="ändamål")
    legal_basis: Words = Field(alias="rättslig grund")


Registers = Annotated[NobodyAsked | RegisterFiles | SsbtekAgreement, Field(discriminator="kind")]
"""Where register answers come from."""


class Payer(FileModel):
    """The municipality's account, as its bank knows it, and the form the bank takes payment orders in."""

    form: Literal["pain.001"] = Field(alias="format")
    name: BankText = Field(alias="namn")
    organisation_number: OrganisationNumber = Field(alias="organisationsnummer")
    iban: Iban
    bic: Bic


class FolderOutput(FileModel):
    """Letters, payment orders and notices are put in a folder; with a payer the payment orders there as files
    for the bank too, and with ``letters`` the letters as files to print."""

    kind: Literal["mapp"] = Field(alias="slag")
    folder: File = Field(alias="mapp")
    payer: Payer | None = Field(default=None, alias="betalfil")
    letters: Literal["pdf"] | None = Field(default=None, alias="brevfil")


class WebhookOutput(FileModel):
    """They are sent to an address, signed with a secret that a file holds. ``timeout`` is in seconds."""

    kind: Literal["webhook"] = Field(alias="slag")
    url: Address = Field(alias="adress")
    secret: File = Field(alias="hemlighet")
    timeout: Annotated[Whole, between(1, 60)] = Field(default=10, alias="tidsgräns")


class MailboxOutput(FileModel):
    """Letters go to the digital mailboxes of those who have one, through the service at ``url``: to it the
    municipality shows the certificate that it signs with, and trusts whom the file ``trusted`` names.
    ``timeout`` is in seconds. All else goes to the other receivers."""

    kind: Literal["digital post"] = Field(alias="slag")
    url: Address = Field(alias="adress")
    organisation_number: OrganisationNumber = Field(alias="organisationsnummer")
    certificate: File = Field(alias="certifikat")
    private_key: File = Field(alias="nyckel")
    trusted: File = Field(alias="betrodda")
    timeout: Annotated[Whole, between(1, 60)] = Field(default=20, alias="tidsgräns")


Output = Annotated[FolderOutput | WebhookOutput | MailboxOutput, Field(discriminator="kind")]
"""One receiver of what leaves the service."""


class Completion(FileModel):
    """How long an applicant has to add what is missing, and after how many days a reminder goes out."""

    answer_days: AnswerDays = Field(default_factory=lambda: usual().answer_days, alias="svarsdagar")
    reminder_days: tuple[Whole, ...] = Field(
        default_factory=lambda: usual().reminder_days, alias="påminn efter"
    )

    @model_validator(mode="after")
    def _in_time(self) -> Completion:
        late = [day for day in self.reminder_days if not 1 <= day < self.answer_days]
        if late:
            raise MisfitError(
                fault("reminder_too_late", "påminn efter", days=late[0], limit=self.answer_days)
            )
        return self


class Neighbour(FileModel):
    """Another installation, that witnesses this municipality's log and whose log is witnessed here (C2SP
    tlog-witness): where it is asked, the public key of its log, and that of its witness."""

    url: Address = Field(alias="adress")
    log: LogKey = Field(alias="logg")
    key: WitnessKey = Field(alias="nyckel")


class StaffMember(FileModel):
    """Somebody who decides: the name and the title that a decision is signed with."""

    name: Words = Field(alias="namn")
    title: Words = Field(alias="titel")


class Municipality(FileModel):
    """One municipality.

    ``handled_by`` is the municipality whose handläggare work here too, under this one's guidelines, books and
    keys. ``escalate_after`` is in hours from receipt. ``person_deadline`` is the time of the working day
    (Europe/Stockholm) by which a person's share is due; ``closed`` are days without work beyond weekends and
    public holidays. ``answer_months`` are the months after that of the application in which an answer may
    stand too. ``pay_day`` is the day of the month; a shorter month pays on its last day. ``e_services``
    say of each form what it never asks. ``witness`` is a folder that someone else keeps, where the log's
    checkpoints are put, ``neighbour`` an installation that signs them. ``raise_alone``: one person may grant
    more than the machine came to. ``staff`` are names and titles by staff id; they go before what tokens say.
    ``writes_off``: who decides that a case is written off. ``law_of`` are those whose rules and amounts its
    policy staff may change beside its own, where the installation has several municipalities.
    """

    code: TenantText = Field(alias="kod")
    name: Words = Field(alias="namn")
    handled_by: TenantText | None = Field(default=None, alias="handläggs av")
    escalate_after: Hours = Field(default_factory=lambda: usual().escalate_after, alias="varna efter timmar")
    person_deadline: ClockTime = Field(
        default_factory=lambda: usual().person_deadline, alias="svara senast klockan"
    )
    closed: tuple[Day, ...] = Field(default=(), alias="stängt")
    completion: Completion = Field(default_factory=Completion, alias="komplettering")
    answer_months: AnswerMonths = Field(
        default_factory=lambda: usual().answer_months, alias="svar står högst månader"
    )
    four_eyes: tuple[FourEyes, ...] = Field(default=(), alias="fyra ögon")
    raise_alone: YesNo = Field(default=False, alias="höjer ensam")
    writes_off: WritesOff = Field(default=WritesOff.MACHINE, alias="avskriver")
    pay_day: Annotated[Whole, between(1, 31)] = Field(alias="utbetalningsdag")
    registers: Registers = Field(default_factory=NobodyAsked, alias="register")
    outputs: tuple[Output, ...] = Field(default=(), alias="utdata")
    sender: Sender = Field(alias="avsändare")
    staff: Mapping[Words, StaffMember] = Field(default_factory=dict, alias="personal")
    law_of: tuple[LawOwner, ...] = Field(default=(), alias="ändrar också")
    e_services: dict[Annotated[str, AfterValidator(known_form)], EService] = Field(
        default_factory=dict, alias="e-tjänster"
    )
    witness: File | None = Field(default=None, alias="vittnesmapp")
    neighbour: Neighbour | None = Field(default=None, alias="vittne")

    @model_validator(mode="after")
    def _paper_too(self) -> Municipality:
        mailboxes = [each for each in self.outputs if isinstance(each, MailboxOutput)]
        if mailboxes and len(mailboxes) == len(self.outputs):
            raise MisfitError(fault("no_paper_beside_digital_post", "utdata"))
        return self

    def answers_end(self, month: Month) -> date:
        """The last day that an answer in an application for a month may stand until."""
        return month.plus(self.answer_months).last

    @property
    def calendar(self) -> CalendarRules:
        """How this municipality counts days."""
        return CalendarRules(frozenset(self.closed), answer_by=self.person_deadline)
