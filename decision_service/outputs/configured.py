"""The receivers of what leaves a municipality, as its installation says."""

from __future__ import annotations

from collections.abc import Iterator

from decision_service.installation.municipality import (
    FolderOutput,
    MailboxOutput,
    Municipality,
    WebhookOutput,
)
from decision_service.network.tls import TlsFiles
from decision_service.outputs.channel import Channel
from decision_service.outputs.digital_post import MailboxSender
from decision_service.outputs.filedrop import FolderChannel
from decision_service.outputs.mailbox import MailboxChannel
from decision_service.outputs.webhook import WebhookChannel


def folders_of(municipality: Municipality) -> list[FolderChannel]:
    """The folders among them, which are all that the service itself can take something back from."""
    return [
        FolderChannel(one.folder, one.payer, one.letters)
        for one in municipality.outputs
        if isinstance(one, FolderOutput)
    ]


def channels_of(municipality: Municipality) -> Iterator[Channel]:
    """The receivers of a municipality's letters, payment orders and notices. Raises OSError for a secret or
    a certificate that cannot be read."""
    for output in municipality.outputs:
        match output:
            case FolderOutput(folder=folder, payer=payer, letters=letters):
                yield FolderChannel(folder, payer, letters)
            case WebhookOutput(url=url, secret=secret, timeout=timeout):
                key = secret.read_bytes().strip()
                yield WebhookChannel(url, key, timeout=float(timeout), allow_private=True)
            case MailboxOutput():
                sender = MailboxSender(
                    output.organisation_number, municipality.name, municipality.sender.contact
                )
                files = TlsFiles(output.certificate, output.private_key, output.trusted)
                files.context()  # what cannot be used is told before anything is to be sent
                yield MailboxChannel(output.url, sender, files, timeout=float(output.timeout))
