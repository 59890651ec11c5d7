"""SSBTEK over SOAP 1.1 and mutual TLS: one question, one answer, and no exception for the outside world.

What goes wrong is an error of every agency it concerns, so that nobody takes silence for an income of zero.
"""

from __future__ import annotations

import ssl
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import structlog

from decision_service.network.exchange import (
    BROKEN,
    UNPACKED,
    LateError,
    PackedError,
    TooLargeError,
    read,
    within,
)
from decision_service.network.tls import TlsFiles
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import LARGEST_INPUT, InputError
from decision_service.registers.port import Answers, check_number, checked, failed
from decision_service.registers.ssbtek import read_envelope
from decision_service.registers.ssbtek.envelope import ANSWER
from decision_service.registers.ssbtek.question import LONGEST_REFERENCE, Asker, request
from decision_service.registers.ssbtek.safe_xml import local, parse
from decision_service.registers.ssbtek.version import Version
from norms.month import Month

_say = said_in(__file__)

_log = structlog.get_logger("lagrum.ssbtek")
_OK, _FAULT = 200, 500
"""SOAP 1.1 sends a fault with HTTP 500."""


@dataclass(frozen=True, slots=True)
class ExchangeLimits:
    """How long and how much, in seconds and bytes. ``total`` holds for the whole question, a retry included;
    a side that sends a byte now and then may pass it by one ``read``."""

    connect: float = 5.0
    read: float = 25.0
    total: float = 40.0
    largest: int = LARGEST_INPUT


class _StoppedError(Exception):
    """The exchange ended without an answer: a code, and a Swedish sentence without personal data."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence
        super().__init__(sentence)


class SsbtekRegisters:
    """SSBTEK at an address, in one version of the contract. Thread-safe."""

    def __init__(
        self,
        address: str,
        asker: Asker,
        tls: TlsFiles,
        limits: ExchangeLimits | None = None,
        version: Version = Version.V11,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Raises ValueError for an address that is not https, and OSError for certificate files that cannot
        be used."""
        if httpx.URL(address).scheme != "https":
            raise ValueError("the address of SSBTEK begins with https://")
        tls.context()
        self._address = address
        self._asker = asker
        self._tls = tls
        self._limits = limits or ExchangeLimits()
        self._version = version
        self._clock = clock

    def ask(self, personal_number: str, month: Month, reference: str) -> Answers:
        """Ask SSBTEK, which knows the case by the beginning of its reference. The agencies have not answered
        when the exchange fails."""
        check_number(personal_number)
        message_id = str(uuid.uuid4())
        case, asked = reference[:LONGEST_REFERENCE], self._clock()
        content = request(self._asker, personal_number, month, case, message_id, asked, self._version)
        try:
            answers = _read(self._exchange(content), self._version, message_id, personal_number)
        except _StoppedError as stopped:
            answers = failed(stopped.code, stopped.sentence)
        for problem in answers.problems:
            _log.warning("ssbtek_problem", message=message_id, problem=str(problem))
        return answers

    def _exchange(self, content: bytes) -> bytes:
        try:
            context = self._tls.context()
        except OSError as error:
            raise _StoppedError("CERTIFIKAT", _say("ssbtek_certificate_unreadable")) from error
        limits = self._limits
        timeout = httpx.Timeout(limits.read, connect=limits.connect)
        try:
            with within(limits.total, verify=context, timeout=timeout) as (client, late):
                return self._send(client, content, late)
        except LateError as error:
            raise _late() from error
        except BROKEN as error:
            raise _broken(error) from error

    def _send(self, client: httpx.Client, content: bytes, late: threading.Event) -> bytes:
        """The answer's body. A connection that could not be made is tried once more; after that something may
        have been asked, and asking is logged at the agencies, so nothing is sent twice."""
        try:
            return self._once(client, content, late)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if late.is_set():
                raise
            return self._once(client, content, late)

    def _once(self, client: httpx.Client, content: bytes, late: threading.Event) -> bytes:
        headers = {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": '""',
            "Accept": "text/xml",
            **UNPACKED,
        }
        with client.stream("POST", self._address, content=content, headers=headers) as response:
            if response.status_code not in (_OK, _FAULT):
                raise _StoppedError("HTTP", _say("ssbtek_status", status=response.status_code))
            try:
                return read(response, self._limits.largest, late)
            except PackedError as error:
                raise _StoppedError("PACKAT_SVAR", _say("ssbtek_packed")) from error
            except TooLargeError as error:
                largest = self._limits.largest
                raise _StoppedError("FÖR_STORT", _say("ssbtek_too_large", gräns=largest)) from error


def _late() -> _StoppedError:
    return _StoppedError("TIDSGRÄNS", _say("ssbtek_late"))


def _refused_certificate(error: BaseException | None) -> bool:
    """Whether our side did not accept the other side's certificate."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _broken(error: Exception) -> _StoppedError:
    if _refused_certificate(error):
        return _StoppedError("CERTIFIKAT", _say("ssbtek_certificate"))
    if isinstance(error, httpx.ConnectError):
        return _StoppedError("ANSLUTNING", _say("ssbtek_unreachable"))
    return _StoppedError("AVBROTT", _say("ssbtek_broken"))


def _read(content: bytes, version: Version, message_id: str, personal_number: str) -> Answers:
    """The answers in an envelope that belongs to our question."""
    try:
        agencies = read_envelope(content, version)
        returned = _returned_id(content)
    except InputError as error:
        raise _StoppedError("OLÄSLIGT_SVAR", _say("ssbtek_unreadable")) from error
    if returned is not None and returned != message_id:
        raise _StoppedError("ANNAN_FRÅGA", _say("ssbtek_other_question"))
    return checked(agencies, personal_number)


def _returned_id(content: bytes) -> str | None:
    """The message id that came back. The contract lets it be left out."""
    for element in parse(content).iter():
        if local(element.tag) == ANSWER:
            ids = [child for child in element if local(child.tag) == "korrelationsid"]
            return (ids[0].text or "").strip() if ids else None
    return None
