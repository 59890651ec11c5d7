"""The process's own log: words on a terminal, JSON elsewhere, as ``LAGRUM_LOG`` says."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from pathlib import Path
from typing import Literal

import pytest
import structlog

from decision_service.installation.settings import load_settings
from decision_service.operations.logging import EVENTS, configure_logging
from decision_service.reading.strict_json import InputError
from decision_service.store.database import migrate, open_engine
from norms import document
from tests.world.logs import logged

SOURCE = Path(__file__).parents[3] / "decision_service"
Form = Literal["", "ord", "json"]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_what_is_told_after_standard_output_was_closed_goes_where_it_is_now(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And no fault of logging itself is told."""
    first, then = io.StringIO(), io.StringIO()
    with logged(), monkeypatch.context() as lent:
        lent.setattr(sys, "stdout", first)
        configure_logging()
        structlog.get_logger().info("before")
        lent.setattr(sys, "stdout", then)
        assert '"before"' in first.getvalue()
        first.close()
        structlog.get_logger().info("after")
    assert '"after"' in then.getvalue()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("form", "terminal", "words"),
    [
        ("", True, True),
        ("", False, False),
        ("ord", False, True),
        ("ord", True, True),
        ("json", True, False),
        ("json", False, False),
    ],
)
def test_the_form_of_the_log(form: Form, terminal: bool, words: bool) -> None:
    with logged(Terminal() if terminal else io.StringIO(), form) as stream:
        structlog.get_logger().warning("delivery_failed", message="brev-1", attempt=2)
    line = stream.getvalue()
    if words:
        assert re.fullmatch(
            r"\d\d:\d\d:\d\d  varning: Ett utskick gick inte fram \(message=brev-1, attempt=2\)\n", line
        )
    else:
        found = json.loads(line)
        assert (found["event"], found["level"], found["attempt"]) == ("delivery_failed", "warning", 2)


def test_words_hold_no_personal_number_and_tell_what_failed() -> None:
    with logged(Terminal()) as stream:
        try:
            raise ValueError("om 19880209-2396")
        except ValueError:
            structlog.get_logger().exception("examine_failed", application="a-1")
        structlog.get_logger().info("något annat")
    first, *trace, last = stream.getvalue().splitlines()
    assert first.endswith("fel: Ett ärende gick inte att pröva (application=a-1)")
    assert trace[0].startswith("Traceback")
    assert last.endswith("  något annat")
    assert "2396" not in stream.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["ord", "json"])
def test_new_tables_are_told_in_our_own_words_and_in_the_form_of_all_else(form: Form, tmp_path: Path) -> None:
    """What makes them logs in English, a line for each step."""
    engine = open_engine(f"sqlite:///{tmp_path}/t.db")
    with logged(io.StringIO(), form) as stream:
        structlog.get_logger().info("tables_changed", version=migrate(engine))
    (line,) = stream.getvalue().splitlines()
    assert "Databasens tabeller har fått en ny version" in line or json.loads(line)["version"]


def test_every_event_has_words_and_no_words_are_of_no_event() -> None:
    call = re.compile(r'(?:log|getLogger\("lagrum"\))\.(?:info|warning|error|critical|exception)\(\s*"(\w+)"')
    events = {name for path in SOURCE.rglob("*.py") for name in call.findall(path.read_text("utf-8"))}
    known = document.read(EVENTS).data
    assert isinstance(known, dict)
    assert len(events) > 10
    assert events == set(known)


def test_another_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAGRUM_LOG", "xml")
    with pytest.raises(InputError) as raised:
        load_settings()
    assert "LAGRUM_LOG" in str(raised.value)


@pytest.mark.parametrize("form", ["ord", "json"])
def test_what_the_server_says_is_told_once_and_without_codes_of_colour(form: Form) -> None:
    with logged(form=form) as log:
        coloured = {"color_message": "Started server process [\x1b[36m%d\x1b[0m]"}
        logging.getLogger("uvicorn.error").info("Started server process [%d]", 7, extra=coloured)
    assert "Started server process [7]" in log.getvalue()
    assert "36m" not in log.getvalue()
