"""What could not be read is kept with its case and read again, in today's form and in the earlier one."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from decision_service.reading.strict_json import InputError
from decision_service.reading.unread import ONLY_A_SENTENCE, unread
from tests.decision_service.decision.leaves import Json
from tests.world.cases import raw, read
from tests.world.sweeps import swept


def test_what_was_kept_as_a_sentence_is_read_and_nobody_knows_what_was_written() -> None:
    before = "rent: beloppet ”6.200” är inte tolkat."
    now = asdict(unread("rent", "unmapped", "6.200", value="6.200"))
    file = read(raw("ensam-bifall") | {"unmapped": [before, now]})
    assert [(each.sentence, each.written is None) for each in file.unmapped] == [
        (before, True),
        ("rent: uppgiften ”6.200” är okänd och inte tolkad.", False),
    ]
    written = json.loads(file.model_dump_json(by_alias=True))
    assert written["unmapped"] == [before, now]
    assert read(written) == file


@swept(
    "more",
    [
        {"written": "aaa"},
        {"written": "bbb"},
        {"where": "rent"},
        {"values": {"sentence": "x", "value": "y"}},
    ],
)
def test_a_sentence_with_more_about_it_is_kept_with_it(more: Json) -> None:
    kept = {"where": "", "kind": ONLY_A_SENTENCE, "values": {"sentence": "x"}, "written": None} | more
    file = read(raw("ensam-bifall") | {"unmapped": [kept]})
    assert json.loads(file.model_dump_json(by_alias=True))["unmapped"] == [kept]


@swept("told", ["x" * 4001, {"where": "", "kind": ONLY_A_SENTENCE, "values": {"sentence": "x" * 4001}}])
def test_a_sentence_too_long_is_refused_however_it_is_kept(told: Json) -> None:
    with pytest.raises(InputError) as raised:
        read(raw("ensam-bifall") | {"unmapped": [told]})
    (line,) = raised.value.lines
    assert line.startswith("unmapped[0]")


@swept(
    ("changed", "fault"),
    [
        ({"kind": "qqq"}, "unmapped[0].kind: ”qqq” är ingen sort"),
        ({"kind": "no_day", "values": {}}, "unmapped[0].values: Värdet ”value” saknas."),
        ({"sentence": "x"}, "unmapped[0].sentence: "),
    ],
)
def test_what_cannot_be_said_is_refused(changed: Json, fault: str) -> None:
    with pytest.raises(InputError) as raised:
        read(raw("ensam-bifall") | {"unmapped": [asdict(unread("x", "unmapped", 1)) | changed]})
    (line,) = raised.value.lines
    assert line.startswith(fault)


def test_a_sentence_leaves_out_what_is_not_known_and_reads_nothing_in_what_is() -> None:
    assert unread("", "af_status", status="4", message="").sentence == (
        "Arbetsförmedlingen svarade med status ”4”."
    )
    odd = unread("", "af_status", status="[{status}]", message="{status} [x]").sentence
    assert odd == "Arbetsförmedlingen svarade med status ”[{status}]” ({status} [x])."
