"""Tables as DMN: by the schema, reckoned alike by an engine of others, and back as they were."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
import SpiffWorkflow.dmn.parser
from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

import norms.load
from decision_service import cli
from norms import dmn, document
from norms.fault import MisfitError
from norms.month import Month
from norms.sentences import shapes
from norms.table import Series
from tests.world.sweeps import swept

SCHEMA = Path(SpiffWorkflow.dmn.parser.__file__).with_name("schema") / "DMN13.xsd"


def all_series() -> Iterator[Series]:
    """Every series with keys, of every period there is."""
    tables = norms.load.load()
    for month in (Month(2012, 1), Month(2024, 6), Month(2026, 11)):
        for municipality in (None, "9999", "1280"):
            for series in tables.resolve(month, municipality).all_series():
                if series.dimensions:
                    yield series


SERIES = list({(each.name, each.file, each.line): each for each in all_series()}.values())


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def engine_says(content: bytes, keys: dict[str, int]) -> int | None:
    """What the engine of others answers for some keys."""
    parser = DMNParser(None, etree.fromstring(content), {"dmn": dmn.NAMESPACE})
    parser.parse()
    [table] = parser.decision.decisionTables
    task = SimpleNamespace(data=dict(keys), workflow=SimpleNamespace(script_engine=PythonScriptEngine()))
    found = DMNEngine(table).result(task)
    return found.get("belopp")


def points(series: Series) -> Iterator[tuple[int, ...]]:
    """Keys at both ends of every band, beside them, and far beyond."""
    ends = []
    for place in range(len(series.dimensions)):
        edges = {edge for low, high in series.bands(place) for edge in (low, low + 1, high or low + 9)}
        ends.append(sorted({each + step for each in edges for step in (-1, 0, 1)} | {12, 15}))
    if len(ends) == 1:
        yield from ((each,) for each in ends[0] if each >= 0)
    else:
        yield from ((one, other) for one in ends[0] for other in ends[1] if one >= 0 and other >= 0)


@swept("series", SERIES, ids=lambda each: f"{each.name}-{each.period.first}")
def test_a_table_is_dmn_that_an_engine_of_others_reckons_alike(series: Series) -> None:
    content = dmn.written(dmn.table_of(series), "prov")
    schema().assertValid(etree.fromstring(content))
    names = [each.name for each in series.dimensions]
    some = 0
    for keys in points(series):
        own = series.get(*keys)
        some += own is not None
        expected = own.value if own is not None else None
        assert engine_says(content, dict(zip(names, keys, strict=True))) == expected, keys
    assert some or not dmn.table_of(series).rows


@swept("series", SERIES, ids=lambda each: f"{each.name}-{each.period.first}")
def test_a_table_comes_back_as_it_went_out(series: Series) -> None:
    table = dmn.table_of(series)
    assert dmn.read(dmn.written(table, "å ä ö <&>")) == table


def told(content: bytes) -> str:
    with pytest.raises(MisfitError) as error:
        dmn.read(content)
    return shapes().line(error.value.faults[0])


def test_what_is_no_table_of_ours_is_told() -> None:
    content = dmn.written(dmn.table_of(SERIES[0]), "prov")
    assert "inte XML" in told(b"belopp: 3940")
    assert "inte XML" in told(b'<!DOCTYPE a [<!ENTITY b "c">]>' + content.partition(b"?>")[2])
    assert "precis en beslutstabell" in told(content.replace(b"DMN/20191111", b"DMN/20151101"))
    assert "Regel 1 har" in told(content.replace(b"<text>0</text>", b"<text>not(0)</text>", 1))


RENT = next(dmn.written(dmn.table_of(each), "prov") for each in SERIES if each.name == "kommun.hyresgräns")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('hitPolicy="UNIQUE"', 'hitPolicy="FIRST"', "träffprincip är ”FIRST”"),
        ('label="kr"', 'label="dollar"', "enhet är ”dollar”"),
        ("<text>? &gt;= 1 and ? &lt;= 2</text>", "<text>? &gt;= 2 and ? &lt;= 1</text>", "har ”? >= 2"),
        ("<text>2</text>", "<text>1</text>", "gäller samma nycklar"),
        ("1090000 + (barn - 3) * 130000", "1000000 + (barn - 3) * 130000", "följer av den sista nyckelns"),
        ("(barn - 3) * 130000", "(barn - 4) * 130000", "följer av den sista nyckelns"),
        ("(barn - 3) * 130000", "(bilar - 3) * 130000", "precis en beslutstabell"),
        ("<text>640000</text>", "<text>6400,50</text>", "har ”6400,50”"),
        ("<text>640000</text>", "<text>٦٤</text>", "har ”٦٤”"),
        ("<text>640000</text>", f"<text>{'9' * 5000}</text>", "har ”999"),
    ],
)
def test_a_file_that_somebody_has_broken_is_told_and_never_read_otherwise(
    old: str, new: str, said: str
) -> None:
    text = RENT.decode()
    assert old in text
    assert said in told(text.replace(old, new, 1).encode())


def test_the_command_writes_a_file_for_each_and_reads_one_as_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["norms", "dmn", str(tmp_path), "--month", "2026-11", "--municipality", "9999"]
    assert cli.main(words) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(list(tmp_path.iterdir())) >= 8
    assert cli.main(["norms", "dmn", "--read", str(tmp_path / "kommun.hyresgräns.dmn")]) == 0
    rows = capsys.readouterr().out
    assert "1-2, 1: 8300" in rows
    assert "därutöver: {barn: 1300}" in rows
    (tmp_path / "rader.yaml").write_text(rows, "utf-8")
    document.read(tmp_path / "rader.yaml")
    (tmp_path / "rader.yaml").write_text("ingen", "utf-8")
    assert cli.main(["norms", "dmn", "--read", str(tmp_path / "rader.yaml")]) == 2
    assert cli.main(["norms", "dmn"]) == 2
