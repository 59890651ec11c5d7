"""The tables cover the contract: every part of LEFI, every benefit code, and no word of two meanings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from decision_service.reading.place import Place, leaves, pattern
from decision_service.registers.ssbtek import lefi, unused
from decision_service.registers.ssbtek.benefits import (
    BENEFIT_NAMES,
    BENEFITS,
    CHOICES,
    NARROWER,
    OTHER_INFORMATION,
    UNKNOWN_BENEFIT,
    benefit,
    paid_benefit,
)
from decision_service.registers.ssbtek.codes import LEFI
from decision_service.registers.ssbtek.values import day, first_day, last_day
from tests.world.sweeps import swept

CONTRACT: dict[str, Any] = json.loads(
    (Path(__file__).parent / "fixtures" / "lefi-sections.json").read_text(encoding="utf-8")
)
READ = {"avvikelser"}


def test_every_part_of_lefi_is_read_or_deliberately_unused_with_a_reason() -> None:
    parts = {name for name in CONTRACT["top"] if name != "formansinformation"}
    parts |= {f"formansinformation.{name}" for name in CONTRACT["formansinformation"]}
    assert parts == set(unused.LEFI_UNUSED) | READ
    assert len(CONTRACT["formansinformation"]) == 42
    assert all(reason.strip() for reason in unused.LEFI_UNUSED.values())


def test_the_stored_contract_has_the_parts_and_types_of_lefi() -> None:
    types = lefi.fields()
    assert list(types["Svar"]) == CONTRACT["top"]
    assert list(types["Formansinformation"]) == CONTRACT["formansinformation"]
    for fields in types.values():
        assert {kind for kind in fields.values() if kind is not None} <= set(types)
    assert set(LEFI.cases) <= set(types["Formansinformation"])


def test_a_field_is_known_only_where_the_contract_has_it() -> None:
    base: tuple[str | int, ...] = ("fk", "formansinformation", "utbetalningsuppgift", 0)
    assert lefi.is_in_contract((*base, "nettobelopp", "summa"))
    assert not lefi.is_in_contract((*base, "nettobelopp"))
    assert not lefi.is_in_contract((*base, "nettobelopp", "summa", "mer"))
    assert not lefi.is_in_contract((*base, "summa"))


def test_every_benefit_group_of_the_contract_has_a_meaning_or_is_marked_unsure() -> None:
    for code in CONTRACT["groups"]:
        assert code in BENEFITS
        assert BENEFITS[code].sure is (BENEFITS[code].choice != UNKNOWN_BENEFIT)
    assert set(OTHER_INFORMATION) == set(CONTRACT["information"])
    assert not set(OTHER_INFORMATION) & set(BENEFITS)


def test_every_amount_kind_of_csn_has_a_meaning() -> None:
    kinds = (
        "GRUNDB GRUNDF GRUNDL GRUNFL MERKL TILL TILB EXTRA INACK STUDB LÄRERS HUT STÖDB STÖDT OSSBID OSSLÅN"
    )
    assert all(BENEFITS[f"CSN:{kind}"].sure for kind in kinds.split())


def test_the_words_are_those_of_a_vocabulary() -> None:
    assert UNKNOWN_BENEFIT in CHOICES
    assert all(re.fullmatch(r"[a-zåäö]+(_[a-zåäö]+)*", word) for word in CHOICES)
    assert set(BENEFIT_NAMES.values()) <= set(CHOICES)
    assert set(NARROWER) <= set(CHOICES)
    assert {each for narrow in NARROWER.values() for each in narrow} <= set(CHOICES)


def test_an_unlisted_code_is_an_unknown_benefit() -> None:
    assert benefit("FK:XYZ") == BENEFITS[""]
    assert benefit(paid_benefit("FK", "XYZ", "Något annat")).choice == UNKNOWN_BENEFIT


def test_names_of_unused_values_are_patterns_of_the_agencies() -> None:
    for name in unused.UNUSED:
        assert name.split(".")[0] in {"af", "csn", "skv", "so", "miv"}
    assert unused.is_unused(("af", "Fraga", "NamnPaIngivare"))
    assert not unused.is_unused(("af", "Fragan"))


@swept(
    ("text", "found"),
    [
        ("2026-11-20", "2026-11-20"),
        ("20261120", "2026-11-20"),
        ("2016-11-18+01:00", "2016-11-18"),
        ("2016-11-18Z", "2016-11-18"),
        ("2026-10-31T23:30:00Z", "2026-11-01"),
        ("2026-10-31T23:30:00+01:00", "2026-10-31"),
        ("2026-10-31T23:30:00", "2026-10-31"),
        ("2026-02-30", None),
        ("20260230", None),
        ("2026-13-01", None),
        ("2026-11", None),
        ("20 november", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("٢٠٢٦-١١-٢٠", None),
        ("", None),
    ],
)
def test_days_of_the_agencies(text: str, found: str | None) -> None:
    assert str(day(text)) == str(found)


def test_months_and_weeks_have_a_first_and_a_last_day() -> None:
    assert (str(first_day("2026-02")), str(last_day("2026-02"))) == ("2026-02-01", "2026-02-28")
    assert (str(first_day("202653")), str(last_day("202653"))) == ("2026-12-28", "2027-01-03")
    assert first_day("202554") is None
    assert last_day("2026-13") is None
    assert first_day("0000-01") is None


def test_a_place_remembers_what_was_read() -> None:
    place = Place({"a": {"b": "1", "c": [2, None, " "]}, "d": True}, ("x",))
    assert place.down("a", "b").text() == "1"
    assert place["d"].text() == "true"
    assert list(place.unread()) == [(("x", "a", "c", 0), 2)]
    assert place["saknas"]["djupt"].value is None
    assert [each.where for each in place["a"]["c"].each()] == ["x.a.c[0]", "x.a.c[1]", "x.a.c[2]"]
    assert pattern(("x", "a", 3, "b")) == "x.a.b"
    assert not place["a"]["e"].given
    assert list(leaves([])) == []
