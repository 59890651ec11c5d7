"""What is in the shipped tables: everything has a source, and nothing that should not be there."""

from __future__ import annotations

import re

import pytest

from norms.load import TABLES, Norms, load_files
from norms.month import Month
from norms.status import Status, weakest
from norms.table import Cell
from tests.world.sweeps import swept

SFS = {
    2011: "2010:1907",
    2012: "2011:1604",
    2013: "2012:624",
    2014: "2013:799",
    2015: "2014:1551",
    2016: "2015:580",
    2017: "2016:906",
    2018: "2017:1184",
    2019: "2018:1787",
    2020: "2019:630",
    2021: "2020:1013",
    2022: "2021:896",
    2023: "2022:1436",
    2024: "2023:630",
    2025: "2024:1016",
}


def all_cells(norms: Norms) -> list[Cell]:
    return [
        row.cell
        for table in norms.tables
        for periods in table.series.values()
        for series in periods
        for row in (*series.rows, *((series.further.row,) if series.further else ()))
        if row.cell is not None
    ]


def test_every_cell_says_everything_about_itself(norms: Norms) -> None:
    cells = all_cells(norms)
    assert len(cells) > 450
    for cell in cells:
        assert isinstance(cell.value, int)
        assert cell.value > 0
        assert cell.source
        assert cell.provision
        assert cell.label
        assert cell.status is not Status.UNKNOWN
        line = (TABLES / cell.file).read_text().splitlines()[cell.line - 1 : cell.line + 1]
        whole = cell.value // 100 if cell.unit in ("kr", "procent") else cell.value
        assert re.search(rf"(?<!\d){whole}(?!\d)", " ".join(line)), cell


@swept("year", SFS)
def test_every_year_cites_its_provision_and_sfs_number(norms: Norms, year: int) -> None:
    series = norms.resolve(Month(year, 1)).series("riksnorm.gemensam")
    assert series is not None
    assert series.period.provision == "SocF (2001:937) 2 kap. 1 §"
    assert series.period.sfs == SFS[year]


def test_the_two_wrong_published_figures_are_not_there(norms: Norms) -> None:
    for cell in all_cells(norms):
        if cell.file == "riksnorm/2025.yaml":
            assert cell.value != 750000
        if cell.file == "riksnorm/2023.yaml":
            assert cell.value != 115000


def test_there_is_a_table_for_every_month_from_2011_to_2026(norms: Norms) -> None:
    for index in range(16 * 12):
        view = norms.resolve(Month(2011, 1).plus(index))
        assert {kind.name for kind in norms.catalog.values() if kind.required} <= {
            series.name for series in view.all_series()
        }
        assert view.series("prisbasbelopp") is not None


def test_the_amounts_of_2025_are_typed_once(files: dict[str, bytes]) -> None:
    assert files["riksnorm/2025.yaml"].decode().count("belopp: 7050") == 1
    assert files["riksnorm/2025.yaml"].decode().count("15-18: 4920") == 1


def test_catalogue(norms: Norms) -> None:
    assert set(norms.catalog) == {
        "riksnorm.barn.med_lunch",
        "riksnorm.barn.utan_lunch",
        "riksnorm.vuxen.ensam",
        "riksnorm.vuxen.sambo",
        "riksnorm.gemensam",
        "prisbasbelopp",
        "barnbidrag.per_barn",
        "barnbidrag.flerbarnstillägg",
        "underhållsstöd",
        "jobbstimulans.andel",
        "jobbstimulans.kvalificeringstid",
        "jobbstimulans.giltighetstid",
        "barns_inkomst.andel_av_prisbasbelopp",
        "ålder.barn_under",
        "ålder.skolungdom_under",
        "ålder.barnbidrag_under",
        "ålder.utan_lunch_högst",
        "aktivitetskrav.månader_i_rad",
        "aktivitetskrav.strängaste_heltid",
        "aktivitetskrav.heltid",
        "aktivitetskrav.mindre_för_barn",
        "aktivitetskrav.litet_barn_under",
        "kommun.hyresgräns",
        "kommun.hyresgräns.efter_rum",
        "kommun.elgräns",
        "kommun.hemförsäkringsgräns",
        "kommun.internetgräns",
    }
    rent = norms.catalog["kommun.hyresgräns"]
    assert (rent.unit, [dimension.name for dimension in rent.dimensions]) == ("kr", ["vuxna", "barn"])
    assert [dimension.unit for dimension in norms.catalog["riksnorm.barn.med_lunch"].dimensions] == ["år"]


def test_every_table_has_the_unit_and_keys_of_the_catalogue(norms: Norms) -> None:
    for table in norms.tables:
        for name, periods in table.series.items():
            for series in periods:
                assert series.type is norms.catalog[name]
                assert all(len(row.keys) == len(series.dimensions) for row in series.rows)


def test_municipalities(norms: Norms) -> None:
    assert {code: home.name for code, home in norms.municipalities.items()} == {
        "0821": "Högsby",
        "0884": "Vimmerby",
        "1263": "Svedala",
        "1280": "Malmö",
        "1283": "Helsingborg",
        "1287": "Trelleborg",
        "1292": "Ängelholm",
        "1384": "Kungsbacka",
        "2281": "Sundsvall",
        "9999": "Exempelkommun",
    }
    assert [code for code, home in norms.municipalities.items() if home.fictitious] == ["9999"]


def test_files_are_the_bytes_on_disk(norms: Norms) -> None:
    on_disk = {path.relative_to(TABLES).as_posix(): path.read_bytes() for path in TABLES.rglob("*.yaml")}
    assert norms.files == on_disk


@pytest.mark.parametrize("status", Status)
def test_every_status_comes_through(files: dict[str, bytes], status: Status) -> None:
    name, old = "kommuner/9999-exempelkommun.yaml", "kommun.internetgräns: {belopp: 400}"
    new = "kommun.internetgräns: {belopp: okänd}"
    if status is not Status.UNKNOWN:
        new = f"kommun.internetgräns: {{belopp: 400, status: {status}}}"
    changed = {**files, name: files[name].decode().replace(old, new).encode()}
    series = load_files(changed).resolve(Month(2026, 11), "9999").series("kommun.internetgräns")
    assert series is not None
    cell = series.get()
    assert (cell.status if cell else Status.UNKNOWN) is status


def test_statuses() -> None:
    assert {status.value: status.confirmed for status in Status} == {
        "verifierad_två_källor": True,
        "verifierad": True,
        "verifierad_en_källa": True,
        "fiktiv": True,
        "praxis": False,
        "andrahandskälla": False,
        "härledd": False,
        "minne": False,
        "exempel": False,
        "okänd": False,
    }
    assert all(status.meaning for status in Status)


def test_the_weakest_status_is_never_more_confirmed_than_its_parts() -> None:
    for one in Status:
        for other in Status:
            assert weakest(one, other) is weakest(other, one)
            assert weakest(one, other).confirmed == (one.confirmed and other.confirmed)
