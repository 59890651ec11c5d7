"""Answers from a folder, and no registers at all."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from decision_service.registers.answers import Agency, AgencyAnswer
from decision_service.registers.files import FileRegisters
from decision_service.registers.port import NoRegisters
from decision_service.registers.ssbtek import read_envelope, register_answers
from norms.month import Month
from tests.world.unread import sentences

NUMBER = "198802092380"
MONTH = Month(2026, 11)
EXAMPLE = Path(__file__).parents[3] / "examples" / "applications" / "ssbtek-v10.xml"


def test_json_and_xml_of_the_same_answer_are_the_same(tmp_path: Path) -> None:
    registers = FileRegisters(tmp_path)
    (tmp_path / f"{NUMBER}.xml").write_bytes(EXAMPLE.read_bytes())
    from_xml = registers.ask(NUMBER, MONTH, "fall-1")
    (tmp_path / f"{NUMBER}.xml").unlink()
    (tmp_path / f"{NUMBER}.json").write_text(json.dumps(read_envelope(EXAMPLE.read_bytes()), default=float))
    from_json = registers.ask(NUMBER, MONTH, "fall-1")
    assert from_xml.status == from_json.status
    assert from_xml.silent == (Agency.SKV, Agency.MIV)
    assert len(register_answers(from_xml.agencies, NUMBER).payments) > 1


def test_a_person_without_a_file_and_a_municipality_without_registers_have_no_answers(tmp_path: Path) -> None:
    for registers in (FileRegisters(tmp_path), NoRegisters()):
        found = registers.ask(NUMBER, MONTH, "fall-1")
        assert found.status == dict.fromkeys(Agency, AgencyAnswer.MISSING)
        assert found.silent == tuple(Agency)
        assert found.problems != ()
        assert register_answers(found.agencies, NUMBER).answers == found.status


def test_what_no_agency_is_called_is_kept_for_a_person_to_see(tmp_path: Path) -> None:
    (tmp_path / f"{NUMBER}.json").write_text('{"pm": {"belopp": 1200}}')
    found = FileRegisters(tmp_path).ask(NUMBER, MONTH, "fall-1")
    assert found.silent == tuple(Agency)
    assert any("pm" in told for told in sentences(register_answers(found.agencies, NUMBER)))


def test_a_file_about_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "199001019802.xml").write_bytes(EXAMPLE.read_bytes())
    found = FileRegisters(tmp_path).ask("199001019802", MONTH, "fall-1")
    assert NUMBER not in repr(found)
    assert found.agencies["af"]["error"]["felkod"] == "ANNAN_PERSON"


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"af": {}, "af": {}}'])
def test_a_file_that_cannot_be_read_is_a_failure_and_not_silence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{NUMBER}.json").write_bytes(content)
    found = FileRegisters(tmp_path).ask(NUMBER, MONTH, "fall-1")
    assert found.status == dict.fromkeys(Agency, AgencyAnswer.FAILED)


def test_a_folder_in_place_of_a_file_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / f"{NUMBER}.json").mkdir()
    assert FileRegisters(tmp_path).ask(NUMBER, MONTH, "fall-1").status[Agency.FK] is AgencyAnswer.FAILED


def test_only_a_personal_number_names_a_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="twelve digits"):
        FileRegisters(tmp_path).ask("../../etc/passwd", MONTH, "fall-1")
    with pytest.raises(NotADirectoryError):
        FileRegisters(tmp_path / "saknas")


def test_every_code_of_our_own_is_on_the_page() -> None:
    root = Path(__file__).parents[3]
    page = (root / "docs" / "adaptrar.md").read_text(encoding="utf-8")
    codes = {
        code
        for path in (root / "decision_service" / "registers").rglob("*.py")
        for code in re.findall(r'(?:_StoppedError|failed|"felkod":)\(?\s*"([A-ZÅÄÖ_]+)"', path.read_text())
    }
    assert len(codes) > 8
    assert {code for code in codes if f"`{code}`" not in page} == set()
