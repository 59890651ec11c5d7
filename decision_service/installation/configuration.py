"""Which municipalities an installation serves and how each of them works, read from ``installation.yaml``.

Paths in the file are relative to the folder it lies in. A secret is never in it, only the name of the file
that holds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from decision_service.installation.issuer import Issuer
from decision_service.installation.municipality import Municipality
from decision_service.installation.values import TenantText, Words
from decision_service.reading.said import said_in
from decision_service.reading.sentences import sentences
from norms import document
from norms.document import Document, Location
from norms.finding import Finding, FindingsError, Severity
from rules.schema import FileModel, validate

_say = said_in(__file__)

DEMONSTRATION = Path(__file__).with_name("demonstration.yaml")
WRONG_INSTALLATION = "I001"
"""The code of a finding that only shows when several parts of the file are seen together."""

PURPOSES: Mapping[str, str] = {
    "handlaggning": _say("handling"),
    "granskning": _say("reviewing"),
    "uppfoljning": _say("following_up"),
    "planering": _say("planning"),
    "begaran": _say("answering"),
}
"""Why a person may read a case, unless the installation says otherwise: code and meaning."""

PurposeCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,39}$")]


def _with_their_codes(value: Any) -> Any:
    """Each municipality is told the code that it stands under."""
    if not isinstance(value, dict):
        return value
    return {
        code: {"kod": code, **entry} if isinstance(entry, dict) else entry for code, entry in value.items()
    }


class Installation(FileModel):
    """What one running service serves. Frozen; read it anew to change it."""

    municipalities: Annotated[dict[TenantText, Municipality], BeforeValidator(_with_their_codes)] = Field(
        alias="kommuner", min_length=1
    )
    issuers: tuple[Issuer, ...] = Field(alias="utfärdare", min_length=1)
    purposes: dict[PurposeCode, Words] = Field(default_factory=lambda: dict(PURPOSES), alias="läsändamål")

    @classmethod
    def load(cls, path: Path) -> Installation:
        """Read a file. Raises FindingsError with every fault and its line, and OSError."""
        return cls.of(document.read(path), path.parent)

    @classmethod
    def demonstration(cls, folder: Path) -> Installation:
        """A made-up municipality and a local issuer, with everything they need in a folder."""
        return cls.of(document.read(DEMONSTRATION), folder)

    @classmethod
    def of(cls, source: Document, folder: Path) -> Installation:
        """The installation that a read file describes; paths in it start in ``folder``.

        Raises FindingsError with every fault and its line.
        """
        found = validate(cls, source, folder, sentences)
        findings = [
            Finding(
                source.file,
                source.line(location),
                WRONG_INSTALLATION,
                Severity.ERROR,
                ".".join(str(part) for part in location),
                message,
            )
            for location, message in _faults(found)
        ]
        if findings:
            raise FindingsError(findings)
        return found

    @cached_property
    def handled(self) -> Mapping[str, frozenset[str]]:
        """For each municipality the others that its handläggare work for."""
        return {
            code: frozenset(one.code for one in self.municipalities.values() if one.handled_by == code)
            for code in self.municipalities
        }

    @cached_property
    def circles(self) -> frozenset[str]:
        """The circles whose name stands before an id."""
        return frozenset(one.circle for one in self.issuers if one.circle)

    def circle_of(self, id_: str) -> str:
        """The circle that somebody is of, as they are written here."""
        said, colon, _ = id_.partition(":")
        return said if colon and said in self.circles else ""

    def are_two(self, one: str, other: str) -> bool:
        """Whether two ids are two people for certain, if they are not spelled alike: of one circle, or one of
        them of a circle whose people are in no other."""
        circles = {self.circle_of(one), self.circle_of(other)}
        return len(circles) == 1 or any(
            all(each.apart for each in self.issuers if (each.circle or "") == circle) for circle in circles
        )


def _faults(file: Installation) -> Iterator[tuple[Location, str]]:
    """What shows only when several parts are seen together."""
    for code, each in file.municipalities.items():
        place = ("kommuner", code, "handläggs av")
        if each.code != code:
            yield ("kommuner", code, "kod"), _say("another_code", kommun=code, kod=each.code)
        if each.handled_by is None:
            continue
        handler = file.municipalities.get(each.handled_by)
        if each.handled_by == code:
            yield place, _say("handled_by_itself", kommun=code)
        elif handler is None:
            yield place, _say("handler_not_in_file", kommun=each.handled_by)
        elif handler.handled_by is not None:
            yield place, _say("handler_is_handled", kommun=each.handled_by, annan=handler.handled_by)
    seen: set[str] = set()
    for number, issuer in enumerate(file.issuers):
        if issuer.url in seen:
            yield ("utfärdare", number), _say("issuer_twice", utfärdare=issuer.url)
        seen.add(issuer.url)
        if issuer.circle is None and len(file.issuers) > 1:
            yield ("utfärdare", number), _say("issuer_without_circle", utfärdare=issuer.url)
        for code in issuer.tenants:
            if code not in file.municipalities:
                yield ("utfärdare", number, "kommuner"), _say("not_in_file", kommun=code)
        for field, codes in (
            ("kommunnamn", issuer.municipalities.values()),
            ("alla arbetar i", issuer.everybody),
        ):
            for code in codes:
                if code not in issuer.tenants:
                    yield ("utfärdare", number, field), _say("issuer_may_not", kommun=code)
        if issuer.login is not None and issuer.login.client == issuer.audience:
            yield ("utfärdare", number, "inloggning", "klient"), _say("client_is_audience")
