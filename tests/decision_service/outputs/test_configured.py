"""What an installation says of a municipality's receivers is where things go."""

from __future__ import annotations

from pathlib import Path

import pytest

from decision_service.installation.configuration import Installation
from decision_service.installation.municipality import FolderOutput
from decision_service.outputs import configured
from examples.ssbtek_server.certificates import Certificates
from norms import document
from norms.finding import FindingsError

EXAMPLE = Path(__file__).parents[3] / "examples" / "installation.yaml"


def test_each_receiver_is_made_with_its_folder_or_its_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    monkeypatch.setattr(configured, "FolderChannel", lambda *given: made.append(given))
    monkeypatch.setattr(configured, "WebhookChannel", lambda *given, **named: made.append((given, named)))
    (tmp_path / "hemligt").mkdir()
    (tmp_path / "hemligt" / "webhook").write_bytes(b"hemlig\n")
    source = document.parse(EXAMPLE.read_bytes(), EXAMPLE.name)
    list(configured.channels_of(Installation.of(source, tmp_path).municipalities["1287"]))
    assert made == [
        (tmp_path / "ut" / "trelleborg", None, None),
        (("https://e-tjanst.exempel.se/lagrum", b"hemlig"), {"timeout": 10.0, "allow_private": True}),
    ]


def test_digital_post_stands_beside_another_receiver(tmp_path: Path) -> None:
    """Nobody can be forgotten because they have no mailbox."""
    post = "{slag: digital post, adress: 'https://post.exempel.se', organisationsnummer: '162120000001', "
    ours = Certificates.in_folder(tmp_path)
    post += f"certifikat: {ours.client.name}, nyckel: {ours.client_key.name}, betrodda: {ours.ca.name}}}"
    before, folder = EXAMPLE.read_text("utf-8"), "- {slag: mapp, mapp: ut/svedala}"
    beside = before.replace(folder, f"{folder}\n      - {post}")
    found = Installation.of(document.parse(beside.encode(), EXAMPLE.name), tmp_path).municipalities["1263"]
    assert [each.receiver for each in configured.channels_of(found)][1:] == ["https://post.exempel.se"]
    ours.client_key.unlink()
    with pytest.raises(FileNotFoundError, match=ours.client_key.name):
        list(configured.channels_of(found))
    alone = before.replace(folder, f"- {post}")
    with pytest.raises(FindingsError, match="Digital post når inte alla"):
        Installation.of(document.parse(alone.encode(), EXAMPLE.name), tmp_path)


def test_a_folder_gets_files_for_the_bank_and_to_print_where_the_installation_says_so(tmp_path: Path) -> None:
    payer = "{format: pain.001, namn: Trelleborg, organisationsnummer: '162120000001', bic: ESSESESS, iban: "
    folder = "{slag: mapp, mapp: ut/trelleborg"
    chosen = f"{folder}, brevfil: pdf, betalfil: {payer}SE4550000000058398257466}}"
    text = EXAMPLE.read_text("utf-8").replace(folder, chosen)
    found = Installation.of(document.parse(text.encode(), EXAMPLE.name), tmp_path).municipalities["1287"]
    (output,) = [each for each in found.outputs if isinstance(each, FolderOutput)]
    assert output.payer is not None
    assert (output.payer.iban, output.letters) == ("SE4550000000058398257466", "pdf")
    with pytest.raises(FindingsError, match="”SE4550000000058398257467” är inget IBAN"):
        Installation.of(document.parse(text.replace("7466", "7467").encode(), EXAMPLE.name), tmp_path)
