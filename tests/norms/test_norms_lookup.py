"""Looking amounts up, against figures worked out by hand from the published tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from norms.load import Norms, NoTableError, UnknownMunicipalityError, load
from norms.month import Month
from norms.status import Status
from norms.table import Cell
from tests.world.sweeps import swept

KRONA = 100

# One row of every year: ages 0, 1, 3, 5, 8, 12, 16, 20; single, couple; 1, 4 and 7 persons.
YEARS = {
    2011: (1670, 1900, 1560, 1900, 2130, 2440, 2740, 2770, 2830, 5120, 890, 1440, 2040),
    2012: (1720, 1960, 1710, 1960, 2390, 2810, 3220, 3250, 2920, 5270, 920, 1480, 2100),
    2013: (1740, 1980, 1730, 1980, 2410, 2840, 3250, 3280, 2950, 5320, 930, 1490, 2120),
    2014: (1740, 1980, 1730, 1980, 2410, 2840, 3250, 3280, 2950, 5320, 930, 1490, 2120),
    2015: (1740, 1980, 1730, 1980, 2410, 2840, 3250, 3280, 2950, 5320, 930, 1490, 2120),
    2016: (1840, 2080, 1830, 2080, 2660, 3090, 3500, 3530, 2950, 5320, 940, 1500, 2130),
    2017: (1860, 2100, 1850, 2100, 2690, 3120, 3540, 3570, 2980, 5370, 950, 1520, 2150),
    2018: (2090, 2330, 2080, 2330, 2930, 3370, 3800, 3830, 3030, 5460, 970, 1540, 2180),
    2019: (2130, 2380, 2120, 2380, 2990, 3440, 3880, 3910, 3090, 5570, 990, 1570, 2220),
    2020: (2170, 2430, 2160, 2430, 3050, 3510, 3950, 3980, 3150, 5680, 1010, 1600, 2260),
    2021: (2180, 2440, 2170, 2440, 3060, 3520, 3970, 4000, 3160, 5700, 1020, 1610, 2270),
    2022: (2220, 2480, 2210, 2480, 3110, 3580, 4040, 4070, 3210, 5800, 1040, 1640, 2310),
    2023: (2420, 2700, 2410, 2700, 3380, 3890, 4390, 4430, 3490, 6300, 1130, 1790, 2510),
    2024: (2640, 2940, 2620, 2940, 3680, 4230, 4780, 4820, 3800, 6850, 1230, 1950, 2730),
    2025: (2720, 3030, 2700, 3030, 3790, 4350, 4920, 4960, 3910, 7050, 1270, 2010, 2810),
    2026: (2740, 3060, 2720, 3060, 3820, 4390, 4960, 5000, 3940, 7100, 1280, 2030, 2830),
}
PRICE_BASE = {
    2011: 42800, 2012: 44000, 2013: 44500, 2014: 44400, 2015: 44500, 2016: 44300, 2017: 44800, 2018: 45500,
    2019: 46500, 2020: 47300, 2021: 47600, 2022: 48300, 2023: 52500, 2024: 57300, 2025: 58800, 2026: 59200,
    2027: 59600,
}  # fmt: skip
WITHOUT_LUNCH = {
    2013: (1610, 1800, 1550, 1730),
    2016: (1710, 1900, 1650, 1830),
    2017: (1730, 1920, 1670, 1850),
    2018: (1960, 2150, 1900, 2080),
    2021: (2050, 2240, 1990, 2170),
    2023: (2270, 2480, 2210, 2410),
    2025: (2540, 2780, 2480, 2700),
    2026: (2560, 2800, 2500, 2720),
}


def cell(norms: Norms, month: str, name: str, *keys: int, municipality: str | None = None) -> Cell | None:
    series = norms.resolve(Month.parse(month), municipality).series(name)
    assert series is not None
    return series.get(*keys)


def kronor(norms: Norms, month: str, name: str, *keys: int, municipality: str | None = None) -> int:
    found = cell(norms, month, name, *keys, municipality=municipality)
    assert found is not None
    whole, rest = divmod(found.value, KRONA)
    assert rest == 0
    assert found.unit == "kr"
    return whole


@swept("year", YEARS)
@swept("month", ["01", "06", "07", "12"])
def test_the_riksnorm_of_every_year(norms: Norms, year: int, month: str) -> None:
    at = f"{year}-{month}"
    found = (
        *(kronor(norms, at, "riksnorm.barn.med_lunch", age) for age in (0, 1, 3, 5, 8, 12, 16, 20)),
        kronor(norms, at, "riksnorm.vuxen.ensam"),
        kronor(norms, at, "riksnorm.vuxen.sambo"),
        *(kronor(norms, at, "riksnorm.gemensam", persons) for persons in (1, 4, 7)),
    )
    assert found == YEARS[year]


@swept("year", PRICE_BASE)
def test_the_price_base_amount_of_every_year(norms: Norms, year: int) -> None:
    for month in (Month(year, 1), Month(year, 12)):
        series = norms.resolve(month, without_norm=True).series("prisbasbelopp")  # 2027 has no riksnorm yet
        found = series.get() if series is not None else None
        assert found is not None
        assert found.value == PRICE_BASE[year] * KRONA


@pytest.mark.parametrize("year", WITHOUT_LUNCH)
def test_without_lunch(norms: Norms, year: int) -> None:
    found = tuple(kronor(norms, f"{year}-03", "riksnorm.barn.utan_lunch", age) for age in (0, 2, 3, 6))
    assert found == WITHOUT_LUNCH[year]


def test_every_age_of_a_band_has_its_amount(norms: Norms) -> None:
    ages = [kronor(norms, "2025-01", "riksnorm.barn.med_lunch", age) for age in range(21)]
    assert (
        ages == [2720] + [3030] * 2 + [2700] + [3030] * 3 + [3790] * 4 + [4350] * 4 + [4920] * 4 + [4960] * 2
    )


def test_whole_households(norms: Norms) -> None:
    def norm(month: str, adults: str, common: int, *ages: int, away: tuple[int, ...] = ()) -> int:
        return (
            kronor(norms, month, f"riksnorm.vuxen.{adults}")
            + kronor(norms, month, "riksnorm.gemensam", common)
            + sum(kronor(norms, month, "riksnorm.barn.med_lunch", age) for age in ages)
            + sum(kronor(norms, month, "riksnorm.barn.utan_lunch", age) for age in away)
        )

    assert norm("2025-05", "sambo", 4, 5, 9) == 15880  # 7050 + 3030 + 3790 + 2010
    assert norm("2025-05", "sambo", 4, 9, away=(5,)) == 15550
    assert norm("2025-05", "ensam", 3, 3, 13) == 12730
    assert norm("2024-05", "ensam", 1) == 5030
    assert norm("2025-05", "ensam", 1) == 5180
    assert norm("2026-05", "ensam", 1) == 5220  # the government's figure
    assert norm("2026-05", "sambo", 2) == 8510  # the government's figure
    assert norm("2026-05", "sambo", 4, 5, 9) == 16010
    assert norm("2026-05", "sambo", 4, 9, away=(5,)) == 15670
    assert norm("2026-05", "ensam", 3, 3, 13) == 12840
    assert norm("2023-05", "sambo", 4, 2, 5) == 13490  # a newspaper's figure


def test_more_than_seven_persons(norms: Norms) -> None:
    assert kronor(norms, "2025-01", "riksnorm.gemensam", 8) == 3000  # 2810 + (2810 - 2620)
    assert kronor(norms, "2025-01", "riksnorm.gemensam", 10) == 3380
    assert kronor(norms, "2022-01", "riksnorm.gemensam", 9) == 2650
    eighth = cell(norms, "2026-01", "riksnorm.gemensam", 8)
    assert eighth is not None
    assert eighth.label == "Gemensamma hushållskostnader, 8 personer"
    assert eighth.status is Status.VERIFIED_ONE


def test_an_amount_beyond_the_last_is_as_certain_as_the_least_certain_it_rests_on(norms: Norms) -> None:
    verified, derived = (cell(norms, month, "riksnorm.gemensam", 8) for month in ("2025-01", "2024-01"))
    assert verified is not None
    assert derived is not None
    assert verified.status is Status.VERIFIED_ONE
    assert derived.status is Status.DERIVED


@given(persons=st.integers(8, 60), year=st.integers(2011, 2026))
def test_each_further_person_adds_the_difference_of_seven_and_six(persons: int, year: int) -> None:
    norms = load_once()
    six, seven, many = (kronor(norms, f"{year}-01", "riksnorm.gemensam", count) for count in (6, 7, persons))
    assert many == seven + (persons - 7) * (seven - six)


@given(key=st.integers(-5, 400))
def test_a_key_without_an_amount_never_gets_a_neighbours(key: int) -> None:
    view = load_once().resolve(Month(2026, 11))
    expected = {
        "riksnorm.barn.med_lunch": 0 <= key <= 20,
        "riksnorm.barn.utan_lunch": 0 <= key <= 6,
        "riksnorm.gemensam": key >= 1,
        "barnbidrag.flerbarnstillägg": key >= 2,
        "underhållsstöd": key >= 0,
    }
    for name, exists in expected.items():
        series = view.series(name)
        assert series is not None
        assert (series.get(key) is not None) is exists, name


def test_unknown_amounts_are_none(norms: Norms) -> None:
    for year in (2011, 2012):
        assert all(cell(norms, f"{year}-01", "riksnorm.barn.utan_lunch", age) is None for age in range(7))
    assert cell(norms, "2013-01", "riksnorm.barn.utan_lunch", 0) is not None


def test_a_wrong_number_of_keys_is_a_mistake_of_the_caller(norms: Norms) -> None:
    with pytest.raises(ValueError, match=r"riksnorm.gemensam har 1 nycklar men fick 2\."):
        cell(norms, "2025-01", "riksnorm.gemensam", 1, 2)


@pytest.mark.parametrize("month", ["2027-01", "2030-06", "2010-12"])
def test_a_month_without_a_table_is_an_error_that_says_so(norms: Norms, month: str) -> None:
    with pytest.raises(NoTableError) as error:
        norms.resolve(Month.parse(month))
    assert isinstance(error.value, ValueError)
    assert str(error.value) == (
        f"Det finns ingen riksnorm för {month}. Tabellerna gäller 2011-01 till 2026-12. "
        "Kontrollera månaden, eller lägg till en tabell för den i norms/tables/riksnorm/."
    )


def test_an_unknown_municipality_is_an_error(norms: Norms) -> None:
    with pytest.raises(UnknownMunicipalityError, match="Kommunen ”1281” finns inte i registret"):
        norms.resolve(Month(2026, 1), "1281")


def test_old_and_new_law(norms: Norms) -> None:
    june, july = (cell(norms, month, "riksnorm.vuxen.ensam") for month in ("2025-06", "2025-07"))
    assert june is not None
    assert july is not None
    assert june.value == july.value == 391000
    assert june.provision == "SocF (2001:937) 2 kap. 1 § (SFS 2024:1016)"
    assert july.provision == "SocF (2025:468) 12 kap. 1–3 §§"


def test_the_table_of_2026_cites_its_ordinance(norms: Norms) -> None:
    series = norms.resolve(Month(2026, 5)).series("riksnorm.vuxen.ensam")
    assert series is not None
    assert (series.period.provision, series.period.sfs) == ("SocF (2025:468) 12 kap. 1–3 §§", "2025:1046")


def test_statuses_of_2026_cell_by_cell(norms: Norms) -> None:
    def status(name: str, *keys: int) -> Status:
        found = cell(norms, "2026-11", name, *keys)
        assert found is not None
        return found.status

    children = {age: status("riksnorm.barn.med_lunch", age) for age in range(21)}
    assert {age for age, found in children.items() if found is Status.VERIFIED_TWO} == set(range(7, 15))
    assert {status("riksnorm.barn.utan_lunch", age) for age in range(7)} == {Status.VERIFIED_ONE}
    common = {persons: status("riksnorm.gemensam", persons) for persons in range(1, 10)}
    assert {persons for persons, found in common.items() if found is Status.VERIFIED_TWO} == {1, 2, 4, 5}
    assert {*children.values(), *common.values()} == {Status.VERIFIED_TWO, Status.VERIFIED_ONE}
    assert status("riksnorm.vuxen.ensam") is status("riksnorm.vuxen.sambo") is Status.VERIFIED_TWO


def test_child_benefit_of_a_family(norms: Norms) -> None:
    def family(children: int) -> int:
        added = [kronor(norms, "2026-01", "barnbidrag.flerbarnstillägg", n) for n in range(2, children + 1)]
        return children * kronor(norms, "2026-01", "barnbidrag.per_barn") + sum(added)

    assert [family(children) for children in range(1, 8)] == [1250, 2650, 4480, 6740, 9240, 11740, 14240]
    assert cell(norms, "2026-01", "barnbidrag.flerbarnstillägg", 1) is None


def test_child_benefit_before_march_2018_is_from_memory(norms: Norms) -> None:
    before, after = (cell(norms, month, "barnbidrag.per_barn") for month in ("2018-02", "2018-03"))
    assert before is not None
    assert after is not None
    assert (before.value, before.status, before.status.confirmed) == (105000, Status.MEMORY, False)
    assert (after.value, after.status.confirmed) == (125000, True)
    assert norms.resolve(Month(2016, 12)).series("barnbidrag.per_barn") is None


@pytest.mark.parametrize("born", [Month(2019, 1), Month(2016, 2), Month(2018, 12)])
def test_maintenance_support_changes_the_month_after_the_birthday(norms: Norms, born: Month) -> None:
    series = norms.resolve(Month(2026, 1)).series("underhållsstöd")
    assert series is not None

    def amount(years: int, months_later: int) -> int | None:
        month = born.plus(12 * years + months_later)
        found = series.get(month.index - born.index)
        return found.value // KRONA if found else None

    assert [amount(7, -1), amount(7, 0), amount(7, 1)] == [1673, 1673, 1823]
    assert [amount(15, 0), amount(15, 1), amount(18, 0)] == [1823, 2223, 2223]
    assert amount(0, 0) == 1673


def test_job_stimulus_and_childrens_income(norms: Norms) -> None:
    share = cell(norms, "2026-01", "jobbstimulans.andel")
    assert share is not None
    assert (share.value, share.unit, share.text) == (2500, "procent", "25 %")
    assert share.provision == "SoL (2025:400) 12 kap. 8 §"
    qualifying = cell(norms, "2014-01", "jobbstimulans.kvalificeringstid")
    duration = cell(norms, "2025-06", "jobbstimulans.giltighetstid")
    assert qualifying is not None
    assert duration is not None
    assert (qualifying.value, qualifying.unit) == (6, "månader")
    assert (duration.value, duration.provision) == (24, "SoL (2001:453) 4 kap. 1 b § (SFS 2013:421)")
    assert norms.resolve(Month(2013, 6)).series("jobbstimulans.andel") is None
    half, whole = (
        cell(norms, month, "barns_inkomst.andel_av_prisbasbelopp") for month in ("2013-06", "2013-07")
    )
    assert half is not None
    assert whole is not None
    assert (half.value, whole.value) == (5000, 10000)


def test_published_rent_limits(norms: Norms) -> None:
    def limit(month: str, municipality: str, adults: int, children: int) -> int | None:
        found = cell(norms, month, "kommun.hyresgräns", adults, children, municipality=municipality)
        return found.value // KRONA if found else None

    malmo_2018 = [limit("2018-05", "1280", *key) for key in ((1, 0), (2, 0), (1, 1), (2, 2), (1, 3), (1, 4))]
    assert malmo_2018 == [5065, 6220, 7500, 8975, 10450, None]
    assert [limit("2019-12", "1280", 1, n) for n in range(5)] == [6300, 7625, 9425, 11225, 13025]
    assert [limit("2022-01", "1280", 2, n) for n in range(4)] == [6775, 8450, 10200, 11950]
    assert limit("2019-12", "1280", 3, 0) is None
    hogsby = [4474, 5581, 6192, 7416, 8046, 8650, 9255, None]
    keys = ((1, 0), (2, 0), (1, 1), (2, 2), (1, 3), (2, 4), (1, 5), (1, 6))
    assert [limit("2023-06", "0821", *key) for key in keys] == hogsby
    assert [limit("2021-04", "0821", 1, 0), limit("2021-05", "0821", 1, 0)] == [4132, 4202]
    assert [limit("2023-04", "1292", 2, n) for n in range(3)] == [6330, 6970, None]
    assert [limit("2024-01", "0884", 1, n) for n in range(6)] == [None, None, 6900, 8400, 8700, 8700]
    rooms = [cell(norms, "2024-01", "kommun.hyresgräns.efter_rum", n, municipality="0884") for n in (1, 2, 3)]
    assert [found.value // KRONA if found else None for found in rooms] == [4700, 6400, None]


@pytest.mark.parametrize(
    ("municipality", "month"),
    [
        ("1280", "2020-06"),
        ("1280", "2023-01"),
        ("0821", "2022-06"),
        ("1292", "2023-03"),
        ("1292", "2024-01"),
        ("0884", "2025-01"),
        ("1280", "2026-11"),
        ("1384", "2026-11"),
        ("1287", "2026-11"),
    ],
)
def test_no_rent_limit_outlives_what_was_published(norms: Norms, municipality: str, month: str) -> None:
    view = norms.resolve(Month.parse(month), municipality)
    assert view.series("kommun.hyresgräns") is None
    assert view.series("riksnorm.vuxen.ensam") is not None


def test_a_municipality_never_gets_anothers_amounts(norms: Norms) -> None:
    assert norms.resolve(Month(2026, 11)).series("kommun.hyresgräns") is None
    example = norms.resolve(Month(2026, 11), "9999")
    assert example.place is not None
    assert example.place.fictitious
    municipal = [series for series in example.all_series() if series.type.municipal]
    assert {series.name for series in municipal} == {
        "kommun.hyresgräns",
        "kommun.elgräns",
        "kommun.hemförsäkringsgräns",
        "kommun.internetgräns",
    }
    assert {row.cell.status for series in municipal for row in series.rows if row.cell} == {Status.FICTITIOUS}


def test_bands(norms: Norms) -> None:
    view = norms.resolve(Month(2024, 1), "0884")
    children, rents = view.series("riksnorm.barn.med_lunch"), view.series("kommun.hyresgräns")
    assert children is not None
    assert rents is not None
    assert children.bands(0) == ((0, 0), (1, 2), (3, 3), (4, 6), (7, 10), (11, 14), (15, 18), (19, 20))
    assert rents.bands(0) == ((1, 2),)
    assert rents.bands(1) == ((0, 1), (2, 2), (3, 3), (4, None))


def test_resolving_twice_gives_the_same_view(norms: Norms) -> None:
    assert norms.resolve(Month(2025, 3), "1280") is norms.resolve(Month(2025, 3), "1280")
    assert norms.resolve(Month(2025, 3)) is not norms.resolve(Month(2025, 4))


_loaded: list[Norms] = []


def load_once() -> Norms:
    """The shipped tables, for the tests that hypothesis calls many times."""
    if not _loaded:
        _loaded.append(load())
    return _loaded[0]
