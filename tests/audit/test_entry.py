"""What an entry must say, what it must not, and the bytes it becomes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from audit import EntryKind, Log, tables
from audit.errors import EntryError
from tests.audit.world import APPLICANT, MACHINE, SOFTWARE, START, WORKER, World


def refusal(world: World, **given: Any) -> str:
    with world.engine.begin() as connection, pytest.raises(EntryError) as error:
        world.log.append(connection, "1287", world.entry(**given))
    with world.engine.connect() as connection:
        rows = connection.execute(select(tables.entry.c.seq).where(tables.entry.c.tenant == "1287")).all()
    assert len(rows) == 1, "something was written"
    return str(error.value)


def test_the_bytes_of_an_entry(memory_world: World) -> None:
    memory_world.append(
        kind=EntryKind.DECISION,
        case="c-1",
        decision="b-1",
        release="rel-1",
        purpose="beslut",
        body={"outcome": "BIFALL", "rules": [{"state": "fired", "id": "riksnorm.vuxen"}]},
    )
    with memory_world.engine.connect() as connection:
        query = select(tables.entry.c.body).where(tables.entry.c.tenant == "1287", tables.entry.c.seq == 1)
        leaf = connection.execute(query).scalar_one()
    assert leaf.decode() == (
        '{"actor":{"id":"lagrum","kind":"system"},'
        '"body":{"outcome":"BIFALL","rules":[{"id":"riksnorm.vuxen","state":"fired"}]},'
        '"case":"c-1","decision":"b-1","number":1,"purpose":"beslut","release":"rel-1","schema":1,'
        '"software":"lagrum 0.1.0","tenant":"1287","time":"2026-11-20T08:12:01.000000Z","type":"decision"}'
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"purpose": ""}, "purpose: saknas, men krävs i en post av slaget facts."),
        ({"case": None}, "case: saknas, men krävs i en post av slaget facts."),
        (
            {"kind": EntryKind.DECISION, "release": "rel-1"},
            "decision: saknas, men krävs i en post av slaget decision.",
        ),
        (
            {"kind": EntryKind.ASSESSMENT},
            "release: saknas, men krävs i en post av slaget assessment.",
        ),
        (
            {"kind": EntryKind.RELEASE_PUBLISHED, "case": None},
            "body.release: saknas, men krävs i en post av slaget release_published.",
        ),
        (
            {"kind": EntryKind.RELEASE_PUBLISHED, "body": {"release": "r", "files": {"a": "b"}}},
            "case: en post av slaget release_published gäller loggen, inte ett ärende.",
        ),
        (
            {
                "kind": EntryKind.RELEASE_PUBLISHED,
                "case": None,
                "body": {"release": "r", "files": {"a": "b"}},
                "personal": {"a": 1},
            },
            "personal: personuppgifter kräver ett ärende (case).",
        ),
        (
            {"kind": EntryKind.ACCESS, "actor": MACHINE},
            "actor.kind: en post av slaget access görs av en person (person).",
        ),
        (
            {"kind": EntryKind.OVERRIDE, "actor": APPLICANT},
            "actor.kind: en post av slaget override görs av en person (person).",
        ),
        ({"kind": EntryKind.DELETION}, "type: poster av slaget deletion skriver loggen själv."),
        (
            {"kind": EntryKind.KEY_CHANGED, "case": None},
            "type: poster av slaget key_changed skriver loggen själv.",
        ),
        ({"time": datetime(2026, 11, 20)}, "time: 2026-11-20T00:00:00 saknar tidszon. Ange tiden i UTC."),
        (
            {"body": {"belopp": 5400.0}},
            "body.belopp: 5400.0 är ett decimaltal. Skriv belopp i hela ören, annat som heltal eller text.",
        ),
        (
            {"personal": {"lön": 1.5}},
            "personal.lön: 1.5 är ett decimaltal. Skriv belopp i hela ören, annat som heltal eller text.",
        ),
        (
            {"body": {"a": "x" * 1_048_576}},
            "Posten är 1048779 byte. Största tillåtna är 1048576. Dela upp den.",
        ),
        (
            {"personal": {"a": "x" * 1_048_576}},
            "Posten är 1048651 byte. Största tillåtna är 1048576. Dela upp den.",
        ),
    ],
)
def test_refused_with_nothing_written(memory_world: World, given: dict[str, Any], message: str) -> None:
    assert refusal(memory_world, **given) == message


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"body": {"svar": [{"text": "Alva, 880209-2380, hyr"}]}}, "body.svar[0].text"),
        ({"body": {"8802092380": 1}}, "body"),
        ({"body": {"a": "19880209-2380"}}, "body.a"),
        ({"body": {"a": "198802692387"}}, "body.a"),
        ({"body": {"a": "å٨٨٠٢٠٩-٢٣٨٠"}}, "body.a"),
        ({"purpose": "anmälan om 880209+2380"}, "purpose"),
        ({"case": "8802092380"}, "case"),
        ({"personal": {"lön 880209-2380": 1}}, "personal"),
    ],
)
def test_a_personal_number_never_gets_into_the_tree(
    memory_world: World, given: dict[str, Any], place: str
) -> None:
    assert refusal(memory_world, **given) == (
        f"{place}: texten innehåller något som ser ut som ett personnummer. Loggen är för alltid; "
        "lägg personuppgifter i personal."
    )


@pytest.mark.parametrize(
    "text",
    [
        "880209-2386",
        "881309-2383",
        "88020923809",
        "a8802092380",
        "2026-11-20T08:12:00Z",
        "880200-2386",
        "12345",
    ],
)
def test_other_numbers_do(memory_world: World, text: str) -> None:
    assert memory_world.append(body={"a": text}).seq == 1


def test_a_personal_number_may_be_among_the_personal_values(memory_world: World) -> None:
    assert memory_world.append(personal={"pnr": "880209-2380"}).seq == 1


def test_the_largest_entry_is_configured(memory_world: World) -> None:
    small = Log(memory_world.keys, SOFTWARE, max_bytes=200)
    with memory_world.engine.begin() as connection, pytest.raises(EntryError) as error:
        small.append(connection, "1287", memory_world.entry(body={"a": "x" * 100}))
    assert str(error.value) == "Posten är 303 byte. Största tillåtna är 200. Dela upp den."


def test_only_people_read_cases(memory_world: World) -> None:
    done = memory_world.append(kind=EntryKind.ACCESS, actor=WORKER, purpose="begäran om insyn", time=START)
    assert done.seq == 1
