"""Letters to the digital mailboxes of those who have one; others' letters are for another receiver."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from xml.etree.ElementTree import Element

from typst import TypstError

from decision_service.network.exchange import BROKEN, UNPACKED, LateError, UnreadableError, read, within
from decision_service.network.tls import TlsFiles
from decision_service.outputs.channel import DeliveryError, Message
from decision_service.outputs.digital_post import MailboxSender, in_soap, sealed_delivery
from decision_service.outputs.letter_layout import Letter
from decision_service.outputs.signed_xml import Signer
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from decision_service.registers.ssbtek.safe_xml import local, parse

_say = said_in(__file__)
LARGEST_ANSWER = 100_000


class MailboxChannel:
    """The service that hands letters to mailboxes. Thread-safe. ``timeout`` in seconds is for the whole
    exchange; the certificate that is shown signs too."""

    def __init__(
        self,
        address: str,
        sender: MailboxSender,
        tls: TlsFiles,
        *,
        timeout: float = 20.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._address, self._sender, self._tls = address, sender, tls
        self._timeout, self._clock = timeout, clock

    @property
    def receiver(self) -> str:
        """The address."""
        return self._address

    def deliver(self, message: Message) -> None:
        """Deliver a letter to somebody who has a mailbox and whom anybody may write to; do nothing with any
        other message. Raises DeliveryError unless the mailbox says that it has the letter."""
        if message.letter is None:
            return
        letter = Letter.of_json(message.letter)
        to = letter.to
        if to.protected or not to.digital_mailbox or not to.personal_number:
            return
        try:
            signer = Signer.of_files(self._tls.certificate, self._tls.key)
            sealed = sealed_delivery(letter, message.key, self._sender, signer, self._clock())
        except (OSError, ValueError) as error:
            raise DeliveryError(_say("not_signed", fel=error), retry=True) from error
        except TypstError as error:
            raise DeliveryError(_say("bad_template", fel=error), retry=False) from error
        _check(self._called(in_soap(sealed)))

    def _called(self, body: bytes) -> bytes:
        """The answer of the service. Raises DeliveryError."""
        headers = {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": '""',
            "User-Agent": "lagrum",
            **UNPACKED,
        }
        try:
            with (
                within(self._timeout, verify=self._tls.context(), timeout=self._timeout) as (client, late),
                client.stream("POST", self._address, content=body, headers=headers) as answer,
            ):
                said = read(answer, LARGEST_ANSWER, late) if answer.status_code == HTTPStatus.OK else b""
        except LateError as error:
            raise DeliveryError(_say("mailbox_late"), retry=True) from error
        except UnreadableError as error:
            raise DeliveryError(_say("mailbox_unreadable", fel=error), retry=True) from error
        except BROKEN as error:
            raise DeliveryError(_say("mailbox_away", fel=type(error).__name__), retry=True) from error
        if answer.status_code != HTTPStatus.OK:
            raise DeliveryError(_say("mailbox_status", status=answer.status_code), retry=True)
        return said


def _check(answer: bytes) -> None:
    """Raise DeliveryError unless every mailbox that the answer tells of has the letter."""
    try:
        root = parse(answer, LARGEST_ANSWER)
    except InputError as error:
        raise DeliveryError(_say("mailbox_no_answer"), retry=True) from error
    said = [_said(each) for each in root.iter() if local(each.tag) == "delivered"]
    if not said or any(each != "true" for each in said):
        raise DeliveryError(_say("mailbox_refused"), retry=True)


def _said(element: Element) -> str:
    return (element.text or "").strip()
