"""When a case is to be deleted: the law's term, its exceptions, and what is not known."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from audit import EntryKind, deletion, retention, trail
from audit.errors import RetentionError
from audit.retention import RetentionAssessment, RetentionVerdict, assess
from audit.trail import OpenedEntry
from tests.audit.world import MACHINE, START, WORKER, World

RULES = retention.load()
FILE = Path(retention.__file__).with_name("retention.yaml")


def entries(*said: tuple[EntryKind, str]) -> list[OpenedEntry]:
    return [
        OpenedEntry(seq, b"", {"type": kind.value, "time": time, "purpose": "tvist i domstol"})
        for seq, (kind, time) in enumerate(said)
    ]


LAST = entries((EntryKind.FACTS, "2026-11-20T08:12:00.000000Z"))


def judge(
    today: str,
    tenant: str = "1287",
    said: list[OpenedEntry] = LAST,
    birth_days: set[int] | None = frozenset({9}),  # type: ignore[assignment]
) -> RetentionAssessment:
    return assess(RULES, tenant, said, birth_days, date.fromisoformat(today))


@pytest.mark.parametrize(
    ("today", "verdict"),
    [
        ("2026-11-20", RetentionVerdict.NOT_YET),
        ("2031-11-19", RetentionVerdict.NOT_YET),
        ("2031-11-20", RetentionVerdict.DUE),
        ("2032-12-31", RetentionVerdict.DUE),
        ("2033-01-01", RetentionVerdict.OVERDUE),
    ],
)
def test_five_years_and_the_calendar_year_after(today: str, verdict: RetentionVerdict) -> None:
    judged = judge(today)
    assert judged.verdict is verdict
    assert (judged.earliest, judged.latest) == (date(2031, 11, 20), date(2032, 12, 31))
    assert judged.lagrum == "SoL (2025:400) 16 kap. 1 §"


def test_no_case_that_is_due_began_after_what_is_looked_at() -> None:
    """The daily sweep looks at cases that began before a time, and at all that can be due: those whose only
    note is when they began, on every day of nine years around."""
    looked_at = 0
    for day in range(9 * 366):
        now = datetime(2031, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
        for before in (5 * 365 - 40, 5 * 365 - 2, 5 * 365, 5 * 365 + 1, 5 * 365 + 2):
            began = now - timedelta(days=before, hours=12)
            said = entries((EntryKind.FACTS, began.isoformat()))
            if judge(str(now.date()), said=said).verdict is not RetentionVerdict.NOT_YET:
                assert began < RULES.begun_before(now), (began, now)
                looked_at += 1
        assert RULES.begun_before(now) < now - timedelta(days=5 * 365 - 33)
    assert looked_at > 9 * 366


def test_the_log_knows_how_long_it_was_at_a_time(world: World) -> None:
    times = [START]
    for minutes in (0, 0, 3, 3, 3, 60, 61):
        world.now = START + timedelta(minutes=minutes)
        world.append()
        times.append(world.now)
    moments = [START + timedelta(minutes=each) for each in range(-1, 63)]
    with world.engine.connect() as connection:
        found = [trail.size_at(connection, "1287", each) for each in moments]
    assert found == [sum(time < each for time in times) for each in moments]


def test_the_day_is_swedish() -> None:
    said = entries((EntryKind.FACTS, "2026-12-31T23:30:00.000000Z"))
    assert judge("2031-12-31", said=said).earliest == date(2032, 1, 1)
    assert judge("2031-12-31", said=said).latest == date(2033, 12, 31)


def test_a_leap_day_never_cuts_the_term_short() -> None:
    said = entries((EntryKind.FACTS, "2028-02-29T12:00:00.000000Z"))
    assert judge("2030-01-01", said=said).earliest == date(2033, 3, 1)


def test_reading_a_case_does_not_prolong_it() -> None:
    said = [*LAST, *entries((EntryKind.ACCESS, "2030-01-01T00:00:00.000000Z"))]
    assert judge("2031-11-20", said=said).verdict is RetentionVerdict.DUE
    said = [*LAST, *entries((EntryKind.HUMAN_ACTION, "2030-01-01T00:00:00.000000Z"))]
    assert judge("2031-11-20", said=said).verdict is RetentionVerdict.NOT_YET


@pytest.mark.parametrize("tenant", ["0580", "0980", "2281", "1480", "0509", "2284"])
def test_some_municipalities_keep_everything(tenant: str) -> None:
    judged = judge("2040-01-01", tenant=tenant, birth_days=None)
    assert judged.verdict is RetentionVerdict.PRESERVED
    assert judged.lagrum == "SoL (2025:400) 16 kap. 4 § och SocF (2025:468) 13 kap. 1 §"


@pytest.mark.parametrize("tenant", ["1481", "0680", "2080", "1287"])
def test_others_keep_those_born_on_certain_days(tenant: str) -> None:
    assert judge("2040-01-01", tenant=tenant, birth_days={9}).verdict is RetentionVerdict.OVERDUE
    for day in (5, 15, 25):
        assert judge("2040-01-01", tenant=tenant, birth_days={9, day}).verdict is RetentionVerdict.PRESERVED


def test_what_is_not_known_deletes_nothing() -> None:
    judged = judge("2040-01-01", birth_days=None)
    assert judged.verdict is RetentionVerdict.UNKNOWN
    assert judged.text.startswith("Födelsedagarna är inte kända. ")


def test_a_hold_stops_it_until_it_is_lifted() -> None:
    held = [*LAST, *entries((EntryKind.HOLD_PLACED, "2030-01-01T00:00:00.000000Z"))]
    judged = judge("2040-01-01", said=held)
    assert judged.verdict is RetentionVerdict.HELD
    assert judged.text == "Gallringen är stoppad i post 0: tvist i domstol."
    lifted = [*held, *entries((EntryKind.HOLD_LIFTED, "2031-01-01T00:00:00.000000Z"))]
    assert judge("2040-01-01", said=lifted).verdict is RetentionVerdict.OVERDUE


def test_nothing_to_count_from() -> None:
    with pytest.raises(RetentionError) as error:
        judge("2040-01-01", said=entries((EntryKind.ACCESS, "2030-01-01T00:00:00.000000Z")))
    assert str(error.value) == "Ärendet har ingen anteckning i loggen att räkna tiden från."


@pytest.mark.parametrize(
    ("now", "birth_days", "message"),
    [
        (
            START.replace(year=2027),
            {9},
            "Ärende c-1 får inte gallras: Ärendet får gallras tidigast 2031-11-20. "
            "SoL (2025:400) 16 kap. 1 §",
        ),
        (
            START.replace(year=2033),
            {15},
            "Ärende c-1 får inte gallras: Handlingar om personer födda den 5, 15 eller 25 i någon månad "
            "bevaras för forskning. SoL (2025:400) 16 kap. 4 § och SocF (2025:468) 13 kap. 1 §",
        ),
    ],
)
def test_deletion_obeys(world: World, now: datetime, birth_days: set[int], message: str) -> None:
    world.append(personal={"lön": 1})
    with world.engine.begin() as connection, pytest.raises(RetentionError) as error:
        deletion.delete_case(world.log, connection, "1287", "c-1", RULES, birth_days, now, MACHINE)
    assert str(error.value) == message


def test_deletion_says_by_which_rule(world: World) -> None:
    world.append(personal={"lön": 1})
    world.append(kind=EntryKind.HOLD_PLACED, actor=WORKER, purpose="tvist i domstol")
    world.append(kind=EntryKind.HOLD_LIFTED, actor=WORKER, purpose="dom har fallit")
    now = datetime(2032, 3, 1, tzinfo=UTC)
    with world.engine.begin() as connection:
        deletion.delete_case(world.log, connection, "1287", "c-1", RULES, {9}, now, MACHINE)
        *_, last = trail.read_leaves(connection, "1287", "c-1")
    assert last.entry["body"] == {
        "lagrum": "SoL (2025:400) 16 kap. 1 §",
        "verdict": "due",
        "last_note": "2026-11-20T08:12:01+00:00",
        "earliest": "2031-11-20",
        "latest": "2032-12-31",
        "rules_version": RULES.version,
        "rules_fingerprint": hashlib.sha256(FILE.read_bytes()).hexdigest(),
    }


def test_the_numbers_are_in_the_rule_file_alone() -> None:
    code = Path(retention.__file__).read_text("utf-8")
    numbers = set(re.findall(r"\b\d+\b", re.sub(r'"""[\s\S]*?"""', "", code)))
    assert numbers <= {"0", "1", "2", "3", "12", "31"}, "only calendar arithmetic"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            ("år efter sista anteckningen: 5", "år efter sista anteckningen: fem"),
            "år efter sista anteckningen",
        ),
        (("inte anteckning: [access,", "inte anteckning: [läsning,"), "”läsning” under ”inte anteckning”"),
        (("bevaras:\n", "bevaras:\n  - {id: a, lagrum: b, text: c, bara: d}\n"), "bevaras.0.bara"),
        (('version: "2026-11-29.3"', "version: 2026-11-29"), "version"),
    ],
)
def test_a_rule_file_with_a_fault_is_refused(tmp_path: Path, change: tuple[Any, Any], fault: str) -> None:
    path = tmp_path / "retention.yaml"
    text = FILE.read_text("utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change), "utf-8")
    with pytest.raises(RetentionError) as error:
        retention.load(path)
    assert str(error.value).startswith(f"Gallringsreglerna i {path} går inte att läsa: ")
    assert fault in str(error.value)


def test_the_days_that_a_case_is_listed_stand_in_the_file(tmp_path: Path) -> None:
    text = retention._FILE.read_text("utf-8")
    assert retention.load().announced == timedelta(days=30)
    (tmp_path / "rules.yaml").write_text(text.replace("dagar i listan: 30", "dagar i listan: 45"), "utf-8")
    assert retention.load(tmp_path / "rules.yaml").announced == timedelta(days=45)
