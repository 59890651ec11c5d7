"""What an installation says of a municipality's registers is what is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from decision_service.installation.configuration import Installation
from decision_service.network.tls import TlsFiles
from decision_service.registers import configured
from decision_service.registers.files import FileRegisters
from decision_service.registers.port import NoRegisters
from decision_service.registers.ssbtek.exchange import ExchangeLimits
from decision_service.registers.ssbtek.question import Asker
from decision_service.registers.ssbtek.version import Version
from norms import document

EXAMPLE = Path(__file__).parents[3] / "examples" / "installation.yaml"


def installed(folder: Path, *change: str) -> Installation:
    """The example, in a folder and with one text changed."""
    text = EXAMPLE.read_text("utf-8")
    if change:
        assert change[0] in text
        text = text.replace(*change)
    return Installation.of(document.parse(text.encode(), EXAMPLE.name), folder)


@pytest.mark.parametrize(
    ("change", "version", "timeout"),
    [
        ((), Version.V11, 40.0),
        (("slag: ssbtek\n", 'slag: ssbtek\n      version: "10"\n      tidsgräns: 7\n'), Version.V10, 7.0),
    ],
)
def test_ssbtek_is_asked_as_the_agreement_says(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[str, ...],
    version: Version,
    timeout: float,
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(configured, "SsbtekRegisters", lambda *given: asked.extend(given))
    configured.registers_of(installed(tmp_path, *change).municipalities["1287"])
    secret = tmp_path / "hemligt"
    assert asked == [
        "https://ssbtek.exempel.se/bastjanst/v10",
        Asker(
            "162120000001",
            "Trelleborg",
            "Ekonomiskt bistånd",
            "1287",
            "Handläggning av ekonomiskt bistånd",
            "Socialtjänstlagen",
        ),
        TlsFiles(secret / "trelleborg.pem", secret / "trelleborg.key", secret / "betrodda.pem"),
        ExchangeLimits(total=timeout),
        version,
    ]


def test_answers_lie_in_a_folder_that_must_be_there(tmp_path: Path) -> None:
    svedala = installed(tmp_path).municipalities["1263"]
    with pytest.raises(NotADirectoryError):
        configured.registers_of(svedala)
    (tmp_path / "registersvar" / "svedala").mkdir(parents=True)
    assert isinstance(configured.registers_of(svedala), FileRegisters)


def test_a_municipality_without_registers_asks_nobody(tmp_path: Path) -> None:
    without = installed(tmp_path, "    register: {slag: filer, mapp: registersvar/svedala}\n", "")
    assert isinstance(configured.registers_of(without.municipalities["1263"]), NoRegisters)
