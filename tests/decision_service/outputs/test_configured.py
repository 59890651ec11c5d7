"""What an installation says of a municipality's receivers is where things go."""

from __future__ import annotations

from pathlib import Path

import pytest

from decision_service.installation.configuration import Installation
from decision_service.outputs import configured
from norms import document

EXAMPLE = Path(__file__).parents[3] / "examples" / "installation.yaml"


def test_each_receiver_is_made_with_its_folder_or_its_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    monkeypatch.setattr(configured, "FolderChannel", lambda folder: made.append(folder))
    monkeypatch.setattr(configured, "WebhookChannel", lambda *given, **named: made.append((given, named)))
    (tmp_path / "hemligt").mkdir()
    (tmp_path / "hemligt" / "webhook").write_bytes(b"hemlig\n")
    source = document.parse(EXAMPLE.read_bytes(), EXAMPLE.name)
    list(configured.channels_of(Installation.of(source, tmp_path).municipalities["1287"]))
    assert made == [
        tmp_path / "ut" / "trelleborg",
        (("https://e-tjanst.exempel.se/lagrum", b"hemlig"), {"timeout": 10.0, "allow_private": True}),
    ]
