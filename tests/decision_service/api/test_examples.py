"""The client of the examples works against the service."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from decision_service.outputs.webhook import signature
from examples.klient import Client, ProblemError, genuine
from examples.klient.__main__ import main as send_file
from tests.world.cases import ROOT
from tests.world.people import NOVEMBER, TENANT, application, incomplete
from tests.world.service import Whole, client_of


def test_the_client(one: Whole) -> None:
    client = client_of(one.eservice(), attempts=2)
    with pytest.raises(ProblemError) as wrong:
        client.send(application(one.person(), NOVEMBER, hasAssets="kanske"), "k1")
    assert (wrong.value.status, wrong.value.code) == (422, "invalid")
    assert [fault["pointer"] for fault in wrong.value.errors] == ["/application/hasAssets"]
    person = one.known()
    found = client.send(incomplete(person, NOVEMBER), "k2", wait=25)
    assert found["state"] == "vantar_pa_komplettering"
    assert client.send(incomplete(person, NOVEMBER), "k2", wait=25)["id"] == found["id"]
    with pytest.raises(ProblemError, match="409 conflict"):
        client.decision(found["id"])
    client.complete(found["id"], {"application": {"hasAssets": False}})
    one.settle()
    assert client.answered(found["id"])["state"] == "beslutad"
    assert client.decision(found["id"])["granted"] == 1_201_000
    assert "tlog-proof" in client.letter(found["id"])
    other = client.send(application(one.person(), NOVEMBER), "k3")
    assert client.withdraw(other["id"])["state"] == "aterkallad"


def test_the_client_tries_again_and_says_when_nobody_is_there() -> None:
    client = Client("http://127.0.0.1:9", TENANT, lambda: "t", attempts=1)
    with pytest.raises(httpx.TransportError):
        client.status("0" * 32)


@pytest.mark.parametrize("at", [1000, 1300])
def test_signatures(at: int) -> None:
    header = signature(b"hemlig", 1000, b"{}")
    assert genuine(b"hemlig", header, b"{}", at)
    assert not genuine(b"annan", header, b"{}", at)
    assert not genuine(b"hemlig", header, b"{} ", at)
    assert not genuine(b"hemlig", header, b"{}", 1301)
    assert not genuine(b"hemlig", header.replace("t=1000", "t=1001"), b"{}", at)
    for bad in ("", "t=,v1=", "t=1000", f"{header},v1=00", header.upper()):
        assert not genuine(b"hemlig", bad, b"{}", at)


@pytest.mark.slow
def test_the_command_says_what_it_needs() -> None:
    for name in ("klient", "e_tjanst"):
        arguments = ["examples/applications/ansokan-1.json"] if name == "klient" else []
        found = subprocess.run(
            [sys.executable, "-m", f"examples.{name}", *arguments],
            cwd=ROOT,
            env={"PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 2
        assert "Sätt TOKEN" in found.stderr


def test_a_file_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("TOKEN", "x")
    monkeypatch.setattr(sys, "argv", ["examples.klient", str(tmp_path / "ingen.json")])
    assert send_file() == 2
    assert "ingen.json: filen går inte att läsa" in capsys.readouterr().err


@pytest.mark.slow
def test_the_command_sends_a_file(one: Whole, tmp_path: Path) -> None:
    path = tmp_path / "ansökan.json"
    path.write_text(json.dumps(application(one.known(), NOVEMBER)), "utf-8")
    token = one.eservice().headers()["Authorization"].removeprefix("Bearer ")
    found = subprocess.run(
        [sys.executable, "-m", "examples.klient", str(path), "--base", str(one.http.base_url)],
        cwd=ROOT,
        env={"PATH": "", "TOKEN": token, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert "BIFALL, 12010.00 kr" in found.stdout
