"""Synthetic households, their Parquet, and what another law does to them."""

from __future__ import annotations

import re
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from decision_service import cli
from norms.fault import MisfitError
from norms.month import Month
from rules.book import Rulebook
from rules.engines.columnar.outcome import Reader
from rules.engines.columnar.population import Population
from rules.engines.exact.run import ExactEngine
from rules.language import tree
from rules.language.types import KRONOR, number
from rules.law import Law, resolve
from rules.mutation.rewriting import rule_rewritten
from rules.population import parquet
from rules.population.effect import Effect, as_json, effect, engine_of, kind_of, support
from rules.population.plot import staircase
from rules.population.synthetic import PART, parts, synthetic
from rules.sentences import sentences

MONTH = Month(2026, 11)


@pytest.fixture(scope="module")
def law(book: Rulebook) -> Law:
    """The law that the households are under."""
    return resolve(book, MONTH, "9999")


@pytest.fixture(scope="module")
def some(law: Law) -> Population:
    """Three hundred households."""
    return synthetic(law, 300, 7, 0)


def test_the_same_seed_gives_the_same_households_and_another_others(law: Law, some: Population) -> None:
    again, other = synthetic(law, 300, 7, 0), synthetic(law, 300, 8, 0)
    amounts = [each.of("kostnad").terms["kostnad.belopp"].numbers for each in (some, again, other)]
    assert np.array_equal(amounts[0], amounts[1])
    assert not np.array_equal(amounts[0], amounts[2])
    assert (parts(1), parts(PART), parts(PART + 1)) == (1, 1, 2)


def test_the_households_are_as_many_of_each_kind_as_the_figures_of_the_country_say(law: Law) -> None:
    """197 760 adults and 102 140 children in 2022; most adults single without children, a fifth couples with
    children."""
    several = synthetic(law, PART, 7, 0)
    adults, children = several.of("vuxen").household, several.of("barn").household
    in_household, having = np.bincount(adults, minlength=PART), np.bincount(children, minlength=PART)
    couples_with = int(in_household[(in_household == 2) & (having > 0)].sum())
    alone = int(in_household[(in_household == 1) & (having == 0)].sum())
    assert abs(len(children) * 197_760 - len(adults) * 102_140) * 50 < len(adults) * 102_140
    assert abs(couples_with * 100 - len(adults) * 20) < len(adults) * 2
    assert alone * 2 > len(adults)


def test_synthetic_households_come_out_as_in_the_exact_engine(law: Law, some: Population) -> None:
    engine, exact = engine_of(law), ExactEngine(law.of_sums)
    reader = Reader(engine.evaluate(some))
    for at in range(100):
        facts = some.facts(at, law.vocabulary, engine.words)
        facts.check(law.vocabulary)
        expected = exact.evaluate(facts)
        found = reader.household(at)
        assert found.outcome == expected.outcome
        assert found.totals["kalkyl.resultat"] == expected.totals["kalkyl.resultat"]


def test_a_population_comes_back_from_parquet_as_it_was(law: Law, some: Population, tmp_path: Path) -> None:
    assert parquet.write(tmp_path / "p.parquet", [some], law.vocabulary) == 300
    (back,) = parquet.read(tmp_path / "p.parquet", law)
    engine = engine_of(law)
    assert [some.facts(n, law.vocabulary, engine.words) for n in range(40)] == [
        back.facts(n, law.vocabulary, engine.words) for n in range(40)
    ]


def told(error: MisfitError) -> list[str]:
    return [sentences().line(each) for each in error.faults]


def test_columns_that_are_missing_or_floats_or_strange_are_told_one_by_one(
    law: Law, some: Population, tmp_path: Path
) -> None:
    place = tmp_path / "p.parquet"
    parquet.write(place, [some], law.vocabulary)
    table = pq.read_table(place)
    costs = table.column("kostnad").to_pylist()
    as_floats = pa.array(
        [[{"typ": each["typ"], "belopp": each["belopp"] / 100, "färg": 1} for each in rows] for rows in costs]
    )
    changed = table.drop_columns(["kostnad", "barn"]).append_column("kostnad", as_floats)
    pq.write_table(changed.append_column("djur", pa.array([1] * 300)), place)
    with pytest.raises(MisfitError) as error:
        next(parquet.read(place, law))
    found = told(error.value)
    assert "barn.ålder: Kolumnen saknas i befolkningen." in found
    assert any(
        re.match(r"kostnad\.belopp: Kolumnen har typen double\. Väntade int64", each) for each in found
    )
    assert any(each.startswith("kostnad.färg: Kolumnen är inget slag") for each in found)
    assert any(each.startswith("djur: Kolumnen är inget slag") for each in found)


def test_a_file_that_is_none_and_a_word_that_is_none_are_told(
    law: Law, some: Population, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "p.parquet"
    place.write_bytes(b"inte parquet")
    words = ["rules", "population", "inbyggda", "inbyggda", "--month", "2026-11"]
    assert cli.main([*words, "--file", str(place)]) == 2
    assert "är ingen befolkning i Parquet" in capsys.readouterr().err
    parquet.write(place, [some], law.vocabulary)
    table = pq.read_table(place)
    rows = [[{**each, "typ": "villa"} for each in own] for own in table.column("kostnad").to_pylist()]
    schema = table.schema.field("kostnad").type
    pq.write_table(table.drop_columns(["kostnad"]).append_column("kostnad", pa.array(rows, schema)), place)
    with pytest.raises(MisfitError) as error:
        next(parquet.read(place, law))
    assert told(error.value) == ["kostnad.typ: ”villa” är inget val som ordlistan har."]


@pytest.mark.parametrize(
    ("kind", "term", "value", "said"),
    [
        ("kostnad", "belopp", -100, "kostnad.belopp: -100 är inget värde"),
        ("barn", "ålder", -3, "barn.ålder: -3 är inget värde"),
        ("inkomst", "belopp", 2**62, "inkomst.belopp: 4611686018427387904 är inget värde"),
        ("inkomst", "hör till vuxen", 2, "inkomst.hör till vuxen: Plats 2 finns inte i hushållet"),
        ("inkomst", "hör till vuxen", -1, "inkomst.hör till vuxen: Plats -1 finns inte i hushållet"),
    ],
)
def test_a_value_that_cannot_be_is_told_and_never_reckoned_with(
    law: Law, some: Population, tmp_path: Path, kind: str, term: str, value: int, said: str
) -> None:
    place = tmp_path / "p.parquet"
    parquet.write(place, [some], law.vocabulary)
    table = pq.read_table(place)
    rows = table.column(kind).to_pylist()
    next(own for own in rows if own)[0][term] = value
    changed = pa.array(rows, table.schema.field(kind).type)
    pq.write_table(table.drop_columns([kind]).append_column(kind, changed), place)
    with pytest.raises(MisfitError) as error:
        next(parquet.read(place, law))
    assert [each.partition(".")[0] for each in told(error.value)] == [said.partition(".")[0]]
    assert told(error.value)[0].startswith(said)


def test_a_column_that_stands_twice_is_told(law: Law, some: Population, tmp_path: Path) -> None:
    place = tmp_path / "p.parquet"
    parquet.write(place, [some], law.vocabulary)
    table = pq.read_table(place)
    pq.write_table(table.append_column("kostnad", table.column("kostnad")), place)
    with pytest.raises(MisfitError) as error:
        next(parquet.read(place, law))
    assert told(error.value) == ["kostnad: Kolumnen står två gånger i befolkningen."]


def test_what_is_not_known_is_empty_and_read_as_not_known(law: Law, some: Population, tmp_path: Path) -> None:
    place = tmp_path / "p.parquet"
    parquet.write(place, [some], law.vocabulary)
    table = pq.read_table(place)
    rows = table.column("kostnad").to_pylist()
    rows[0][0]["belopp"] = None
    changed = pa.array(rows, table.schema.field("kostnad").type)
    pq.write_table(table.drop_columns(["kostnad"]).append_column("kostnad", changed), place)
    (back,) = parquet.read(place, law)
    assert not back.of("kostnad").terms["kostnad.belopp"].known[0]


# --- the effect


def with_more(law: Law, kronor: int) -> Law:
    """The law where an adult alone has so much more."""
    (rule,) = (each for each in law.rules if each.id == "riksnorm.vuxen.ensam")
    (line,) = rule.lines
    more = tree.Literal(kronor * 100, number(KRONOR), f"{kronor} kr")
    whole = tree.Arithmetic(tree.Operator.ADD, line.amount, more, line.amount.type, "mer")
    changed = rule_rewritten(rule, line.amount, whole)
    return replace(law, rules=tuple(changed if each is rule else each for each in law.rules))


def test_who_gains_and_what_it_costs_is_what_each_household_gets(law: Law, some: Population) -> None:
    before, after = engine_of(law), engine_of(with_more(law, 50))
    found = effect(before, after, some)
    was, will = support(before, some)[0], support(after, some)[0]
    assert found.all.cost_before == int(was.sum())
    assert found.all.cost_after - found.all.cost_before == int((will - was).sum())
    assert found.all.changes.winners == int(np.count_nonzero(will > was)) > 50
    assert (found.all.changes.losers, found.unknown) == (0, 0)
    assert found.kinds["par med barn"].changes.winners == 0
    assert found.all.changes.quartiles() == (5_000, 5_000, 5_000)
    assert sum(group.households for group in found.kinds.values()) == 300
    assert int(np.count_nonzero(kind_of(some) >= 2)) == sum(
        found.kinds[name].households for name in ("par utan barn", "par med barn")
    )


def test_a_hundred_kronor_more_wage_leaves_nothing_without_and_a_quarter_with_the_work_incentive(
    law: Law, some: Population
) -> None:
    found = effect(engine_of(law), engine_of(law), some)
    for step in as_json(found)["staircase"]:
        assert 0 <= step["kept_before"] == step["kept_after"] <= 10_000
    assert sum(step.households for step in found.staircase.values()) > 40


def test_parts_add_up_to_the_whole(law: Law, some: Population) -> None:
    before, after = engine_of(law), engine_of(with_more(law, 50))
    whole, summed = effect(before, after, some), Effect()
    for part in (some.part(0, 120), some.part(120, 300)):
        summed.plus(effect(before, after, part))
    assert as_json(summed) == as_json(whole)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_households(law: Law) -> None:
    before, after, part = engine_of(law), engine_of(with_more(law, 50)), 2_000

    def peak(count: int) -> int:
        """Bytes that the effect on so many parts takes at most."""
        total = Effect()
        tracemalloc.start()
        for seed in range(1, count + 1):
            total.plus(effect(before, after, synthetic(law, part, seed, 0)))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert total.all.households == count * part
        return most

    peak(1)  # what is made once
    assert peak(8) < 1.3 * peak(2)


def test_the_plot_is_drawn_and_says_how_to_make_it_again(law: Law, some: Population) -> None:
    found = as_json(effect(engine_of(law), engine_of(law), some))
    drawn = staircase(found["staircase"], "Kvar av 100 kr", "frö 7")
    assert drawn.count("<polyline") == 2
    assert "frö 7" in drawn
    assert not re.search(r"\d\.\d", re.sub(r"http\S+", "", drawn))


@pytest.mark.slow
def test_the_command_reckons_writes_and_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["rules", "population", "inbyggda", "inbyggda", "--month", "2026-11", "--processes", "1"]
    file, plot = str(tmp_path / "p.parquet"), str(tmp_path / "p.svg")
    assert cli.main([*words, "--households", "200", "--seed", "3", "--write", file, "--plot", plot]) == 0
    made = capsys.readouterr()
    assert "200 hushåll skrivna" in made.err
    assert cli.main([*words, "--file", file]) == 0
    again = capsys.readouterr()
    assert made.out.splitlines()[3:] == again.out.splitlines()[3:]
    assert "Inget hushåll får mer eller mindre." in again.out
    assert made.out.startswith("Påhittade hushåll, 200 hushåll, frö 3, 2026-11.\n")
    assert again.out.startswith(f"Hushåll ur filen {file}, 2026-11.\n")
    with pytest.raises(SystemExit) as stopped:
        cli.main([*words, "--households", "0"])
    assert stopped.value.code == 2
    assert "”0” är inget heltal större än noll" in capsys.readouterr().err
