"""No personal number reaches a log, however it is written and wherever it hides."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from decision_service.reading.scrubbing import NUMBER, TOKEN, scrubbed, scrubbed_value
from tests.world.logs import logged
from tests.world.sweeps import swept

DIGITS = "198802092396"
FORMS = [
    "198802092396",
    "8802092396",
    "19880209-2396",
    "880209-2396",
    "880209+2396",
    "19880209 2396",
    "880209 2396",
    "880209\u00a02396",
    "880209 - 2396",
    "880209–2396",
    "880209\u20112396",
    "880209\u22122396",
    "1988-02-09-2396",
    "1988-02-09 2396",
    "19880269-2396",  # samordningsnummer
    "880269-2396",
    "p198802092396x",
    "pnr=19880209%2D2396&x=1",
    "880209%2B2396",
    "19880209%202396",
    "%31%39%38%38%30%32%30%39%32%33%39%36",
    "１９８８０２０９２３９６",
    "١٩٨٨٠٢٠٩٢٣٩٦",
    r"'880209\xa02396'",
    r"'880209\u22122396'",
    "880209%252D2396",
    "%EF%BC%91988020%EF%BC%992396",
    "19880209.2396",
    "1988.02.09.2396",
    "1988_02_09-2396",
    "19880209T2396",
    "1-9-8-8-0-2-0-9-2-3-9-6",
    "8 8 0 2 0 9 2 3 9 6",
    "19 88 02 09 23 96",
    "88.02.09.23.96",
    "19880209/2396",
    "880209_2396",
    "880209-T239",
    "880209-TF12",
    '{"ssn": "198802092396"}',
    "(8802092396)",
    "mailto:198802092396@exempel.se",
]
LEFT = [
    "2026-11-21T22:54:11.123456Z",
    "2026-11-21 22:54:11,123",
    "2026-11-21",
    "9999",
    "1 234 567,50 kr",
    "540000",
    "1763765651123",  # milliseconds since 1970
    "550e8400-e29b-41d4-a716-446655440000",
    "5508020923964400e29b41d4a716446655440000",
    "a" * 20 + "8802092396" + "b" * 34,
    "SoL (2025:400) 12 kap. 7 §",
    "0999-12 34 56",
    "08 12 34 56 78",
    "2026-4217038-0",
    "1-2-3-4-5-6-7-8-9-0",
    "2026-11-21T22:54",
    "127.0.0.1:54321",
    "880299-2396",  # no such day
    "881309-2396",  # no such month
]


@swept("form", FORMS)
def test_a_personal_number_is_taken_out_and_what_is_around_it_stays(form: str) -> None:
    found = scrubbed(f"före {form} efter")
    assert NUMBER in found
    assert found.startswith("före ")
    assert found.endswith(" efter")
    assert "2396" not in found


@swept("text", LEFT)
def test_what_is_none_stays(text: str) -> None:
    assert scrubbed(text) == text


def test_a_token_is_taken_out() -> None:
    assert scrubbed("Bearer eyJhbGciOiJ9.eyJzdWIiOiJ9.c2ln-_x") == f"Bearer {TOKEN}"


DATES = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(
    born=DATES,
    last=st.integers(0, 9999),
    century=st.booleans(),
    coordination=st.booleans(),
    mark=st.sampled_from(["", "-", "+", " ", "–"]),
    before=st.text(st.characters(exclude_categories=["Nd"]), max_size=10),
    after=st.text(st.characters(exclude_categories=["Nd"]), max_size=10),
)
def test_any_number_in_any_text_is_taken_out(
    born: date, last: int, century: bool, coordination: bool, mark: str, before: str, after: str
) -> None:
    text = str(born).replace("-", "")
    day = int(text[6:]) + (60 if coordination else 0)
    number = f"{text[:6]}{day:02d}" if century else f"{text[2:6]}{day:02d}"
    assert NUMBER in scrubbed(f"{before}{number}{mark}{last:04d}{after}")


@given(st.text(max_size=200))
def test_twice_is_as_once(text: str) -> None:
    assert scrubbed(scrubbed(text)) == scrubbed(text)


def test_values_of_every_kind_are_gone_through() -> None:
    class Odd:
        def __str__(self) -> str:
            return f"Odd({DIGITS})"

    hidden = {
        DIGITS: [("19880209-2396", {"x": {int(DIGITS)}}), DIGITS.encode(), Odd(), 8802092396],
        "fine": [True, None, 1.5, 42],
    }
    found = scrubbed_value(hidden)
    assert "2396" not in str(found)
    assert found["fine"] == [True, None, 1.5, 42]
    loop: list[object] = [DIGITS]
    loop.append(loop)
    assert "2396" not in str(scrubbed_value(loop))


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is written to the log in a test."""
    with logged() as stream:
        yield stream


def _fail(form: str) -> None:
    number = form  # a local variable, as tracebacks of some libraries show them
    try:
        raise KeyError(number)
    except KeyError as error:
        raise ValueError(f"fel för {form}") from error


@pytest.mark.parametrize("form", FORMS)
def test_nothing_that_logs_lets_a_number_through(log: io.StringIO, form: str) -> None:
    ours, theirs = structlog.get_logger("lagrum.test"), logging.getLogger("något.bibliotek")
    structlog.contextvars.bind_contextvars(bound=form)
    ours.info("event %s", form)
    ours.info("event", person=form, nested={"a": [{form: {"b": (form,)}}]}, raw=form.encode())
    ours.info(form)
    theirs.warning("GET /personer/%s", form)
    theirs.warning(f"direkt {form}", extra={"person": {"number": form}})
    theirs.warning("%(who)s", {"who": form})
    theirs.info("url http://x/%s", quote(form, safe=""))
    logging.getLogger("uvicorn.error").error("fel %s", form)
    warnings.warn(f"varning {form}", UserWarning, stacklevel=1)
    try:
        _fail(form)
    except ValueError:
        ours.exception("trasigt", person=form)
        theirs.exception("trasigt %s", form)
    thread = threading.Thread(target=_fail, args=(form,), name=f"tråd {form}")
    thread.start()
    thread.join()
    structlog.contextvars.clear_contextvars()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert len(lines) == 12
    assert "Traceback" in log.getvalue()
    everything = "".join(str(line) for line in lines) + log.getvalue()
    everything = re.sub(r"T[0-9:.]+Z|0x[0-9a-f]+", "", everything)  # a time or an address may hold any digits
    assert "2396" not in everything
    assert form not in everything
    assert quote(form, safe="") not in everything


def test_a_line_says_when_who_and_how_bad(log: io.StringIO) -> None:
    structlog.get_logger("lagrum.api").warning("något", antal=3)
    (line,) = [json.loads(each) for each in log.getvalue().splitlines()]
    assert (line["event"], line["antal"], line["level"], line["logger"]) == (
        "något",
        3,
        "warning",
        "lagrum.api",
    )
    assert line["timestamp"].endswith("Z")


def test_statements_and_addresses_of_libraries_are_not_told(log: io.StringIO) -> None:
    for name in ("sqlalchemy.engine.Engine", "httpx", "uvicorn.access"):
        logging.getLogger(name).info("SELECT hemligt")
    assert log.getvalue() == ""


def test_what_nobody_catches_ends_in_the_log_and_nowhere_else() -> None:
    program = (
        "from decision_service.operations.logging import configure_logging\n"
        "configure_logging()\n"
        "raise RuntimeError('fel för 19880209-2396')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == ""
    line = json.loads(done.stdout)
    assert line["level"] == "critical"
    assert line["exception"].endswith("RuntimeError")
    assert "fel för" not in done.stdout
    assert "19880209" not in done.stdout
