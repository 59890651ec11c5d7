"""Letters to digital mailboxes: signed, sealed, once, and to nobody who has none."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from decision_service.decision.document import Decision
from decision_service.network.tls import TlsFiles
from decision_service.outputs import DeliveryError, Message, digital_post
from decision_service.outputs.digital_post import MailboxSender, in_soap, sealed_delivery
from decision_service.outputs.layout.html import html
from decision_service.outputs.layout.pdf import pdf
from decision_service.outputs.letter import decision_letter
from decision_service.outputs.letter_layout import Letter
from decision_service.outputs.mailbox import MailboxChannel
from decision_service.outputs.signed_xml import Signer
from examples.mailbox_server.server import Mailbox, open_mailbox
from examples.ssbtek_server.certificates import Certificates
from tests.decision_service.outputs.test_letter import CONTEXT

NOW = datetime(2026, 11, 20, 8, 12, tzinfo=UTC)
SENDER = MailboxSender("162120000001", "Exempelkommun", "Ring 0999-12 34 56")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """Our own certificate, and the CA of the mailbox."""
    folder = tmp_path_factory.mktemp("certifikat")
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Exempelkommun")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    (folder / "vi.pem").write_bytes(made.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "vi.key").write_bytes(secret)
    return TlsFiles(folder / "vi.pem", folder / "vi.key", Certificates.in_folder(folder / "ca").ca)


@pytest.fixture
def mailbox(files: TlsFiles) -> Iterator[Mailbox]:
    theirs = Certificates.in_folder(files.ca.parent)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(theirs.server, theirs.server_key)
    context.load_verify_locations(files.certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    with open_mailbox(context) as found:
        yield found


@pytest.fixture
def letter(decisions: dict[str, Decision]) -> Letter:
    found = decision_letter(decisions["ensam-bifall"], CONTEXT)
    return replace(found, to=replace(found.to, digital_mailbox=True))


def channel(mailbox: Mailbox, files: TlsFiles) -> MailboxChannel:
    return MailboxChannel(mailbox.url, SENDER, files, clock=lambda: NOW)


def message(letter: Letter, key: str = "a1.letter.1") -> Message:
    payload = {"to": letter.to.as_json(), "letter": letter.as_json(), "text": letter.text}
    return Message(key, "letter", "9999", NOW, payload)


def test_a_letter_comes_once_signed_by_the_municipality(
    mailbox: Mailbox, files: TlsFiles, letter: Letter
) -> None:
    for _ in range(2):
        channel(mailbox, files).deliver(message(letter))
    (found,) = mailbox.letters.values()
    assert found.recipient == letter.to.personal_number
    assert (found.sender, found.subject) == ("162120000001", letter.title)
    assert found.page == html(letter).encode()
    assert found.attachments == {f"{letter.reference}.pdf": pdf(letter)}
    channel(mailbox, files).deliver(message(letter, "a2.letter.1"))
    assert len(mailbox.letters) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "to",
    [{"digital_mailbox": None}, {"digital_mailbox": False}, {"protected": True}, {"personal_number": None}],
)
def test_nobody_without_a_mailbox_and_nobody_protected_is_written_to(
    mailbox: Mailbox, files: TlsFiles, letter: Letter, to: dict[str, object]
) -> None:
    channel(mailbox, files).deliver(message(replace(letter, to=replace(letter.to, **to))))  # type: ignore[arg-type]
    channel(mailbox, files).deliver(Message("a1.payment.1", "payment", "9999", NOW, {"amount": 5}))
    assert mailbox.letters == {}


def test_what_the_mailbox_has_not_taken_is_tried_again(
    mailbox: Mailbox, files: TlsFiles, letter: Letter
) -> None:
    mailbox.closed.add(str(letter.to.personal_number))
    with pytest.raises(DeliveryError, match="Brevlådan har inte tagit emot brevet") as closed:
        channel(mailbox, files).deliver(message(letter))
    assert closed.value.retry
    mailbox.closed.clear()
    mailbox.refuse.append(503)
    with pytest.raises(DeliveryError, match="HTTP 503") as down:
        channel(mailbox, files).deliver(message(letter))
    assert down.value.retry
    channel(mailbox, files).deliver(message(letter))
    assert len(mailbox.letters) == 1


def test_a_letter_that_is_too_large_is_never_sent(
    files: TlsFiles, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = Signer.of_files(files.certificate, files.key)
    whole = len(sealed_delivery(letter, "k", SENDER, signer, NOW))
    monkeypatch.setattr(digital_post, "LARGEST", whole)
    assert len(sealed_delivery(letter, "k", SENDER, signer, NOW)) == whole
    monkeypatch.setattr(digital_post, "LARGEST", whole - 1)
    with pytest.raises(DeliveryError, match=f"{whole} byte") as large:
        sealed_delivery(letter, "k", SENDER, signer, NOW)
    assert not large.value.retry


def test_a_byte_that_is_changed_under_way_is_seen(files: TlsFiles, letter: Letter) -> None:
    signer = Signer.of_files(files.certificate, files.key)
    body = in_soap(sealed_delivery(letter, "k", SENDER, signer, NOW))
    assert Mailbox().take(body)
    for was, now in (
        (b"</v3:Subject>", b" kr</v3:Subject>"),
        (b"162120000001", b"162120000002"),
        (str(letter.to.personal_number).encode(), b"191212121212"),
        (b"2026-11-20T08", b"2026-11-21T08"),
    ):
        assert body.count(was) == 1
        with pytest.raises(ValueError, match="annat än det som undertecknades"):
            Mailbox().take(body.replace(was, now))


def test_a_key_that_cannot_be_read_is_told(
    mailbox: Mailbox, files: TlsFiles, letter: Letter, tmp_path: Path
) -> None:
    gone = replace(files, key=tmp_path / "borta.key")
    with pytest.raises(DeliveryError, match="gick inte att signera"):
        channel(mailbox, gone).deliver(message(letter))
