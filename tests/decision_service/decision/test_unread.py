"""What could not be read is data, and is known by what was written and not by the words about it.

Every value of rich inputs is written in two odd ways, one at a time. What is told of both is told alike only
where nobody can tell what was written, and then an answer to it stands in its own case alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter

import pytest

from decision_service.reading.place import Place
from decision_service.reading.unread import ONLY_A_SENTENCE, Unread, sentences, unmapped, untold
from norms.fault import dotted
from tests.decision_service.adapters.form import answer, case
from tests.decision_service.decision.leaves import AGENCIES, Json, Way, pattern, ways, with_value
from tests.decision_service.decision.odd_inputs import (
    HELSINGBORG,
    INPUTS,
    OF_AGENCIES_AND_FORMS,
    SLOW,
    fk,
    known,
    of_case,
    of_registers,
)
from tests.world.cases import raw
from tests.world.sweeps import share, swept

PAIRS: Sequence[tuple[Json, Json]] = (
    ("QQQ", "RRR"),
    ("2026-02-30", "2026-02-31"),
    ("2031-05-06", "2031-05-07"),
    ("1900-01-05", "1900-01-07"),
    ("-71", "-72"),
    ("8171", "8172"),
    (["QQQ", "XXX"], ["RRR", "YYY"]),
    ({"QQQ": "1"}, {"QQQ": "2"}),
)
"""Two ways to write something else: a word, no day, a late day, an early, little, much, a list, an object."""

NOT_OF_THE_MATTER: Mapping[str, str] = {
    "details.period": "the month that every sum is held against; what is odd about it is told by itself",
    "answers[].field": "which field it is; what is odd about it is told by itself",
    "answers[]": "what is no answer at all is told by itself",
}
"""Values that decide what is told of others, and why those are told alike whatever is written here."""
OUTSIDE = "outside_the_possible"
OF_AN_EARLIER_RELEASE = "marked_dead"
"""What these rules ask themselves: it is tried in ``test_marked_dead``."""
_ALONE = ("unmapped",)
"""Kinds that are about the one value at their place."""


def is_there(place: str, excused: str) -> bool:
    """Whether a place is one of the excused, or lies in it."""
    place = place[max(place.find("answers[]"), 0) :]
    return place == excused or (excused != "answers[]" and place.startswith(f"{excused}."))


@cache
def alike(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """What is told of two written values in the same words and with the same checksum; and every kind that
    was told of anything."""
    told, given = INPUTS[name]
    before = {*told(given)}
    found, kinds = set[str](), {each.kind for each in before}
    places = [way for way, _ in ways(given)]
    of_the_matter = [
        way for way in places if not any(is_there(pattern(way), each) for each in NOT_OF_THE_MATTER)
    ]
    tried = itertools.product(of_the_matter, PAIRS)
    for way, (one, other) in share(tried, 16, itemgetter(0)) if name == SLOW else tried:
        place = dotted(way)
        first = {*told(with_value(given, way, one))} - before
        second = {*told(with_value(given, way, other))} - before
        kinds |= {each.kind for each in first | second}
        found |= {
            f"{place}: {each.sentence}"
            for each in first & second
            if each.written is not None and (each.kind not in _ALONE or each.where.startswith(place))
        }
    return frozenset(found), frozenset(kinds)


@pytest.mark.slow
@swept("name", share(OF_AGENCIES_AND_FORMS, 6, lambda name: name.rpartition(" ")[0]))
def test_what_is_told_of_two_written_values_is_never_the_same(name: str) -> None:
    assert sorted(alike(name)[0]) == []


@pytest.mark.slow
def test_the_same_of_every_value_of_a_case() -> None:
    assert sorted(alike(SLOW)[0]) == []


SMALLER = ("generellPersoninformation",)
"""Lists whose members are wholes that several things are told of, each of a part."""


def around(given: Json, way: Way) -> Iterator[Way]:
    """The other values of the row that a value stands in: the outermost that is one thing."""
    numbers = [at for at, step in enumerate(way) if isinstance(step, int) and way[at - 1] not in SMALLER]
    for other, value in ways(given) if numbers else ():
        beside = other[: len(way)] != way and way[: len(other)] != other
        if beside and other[: numbers[0] + 1] == way[: numbers[0] + 1] and not isinstance(value, dict | list):
            yield other


@pytest.mark.slow
@swept("agency", sorted(AGENCIES))
def test_what_is_told_of_a_value_is_another_where_anything_else_of_the_row_is(agency: str) -> None:
    """A payment of another month is another, also where the same cannot be read in it."""
    given, same = {agency: AGENCIES[agency]}, []
    before = {*of_registers(given)}
    for way, _ in ways(given):
        beside = [*around(given, way)]
        for odd, _ in PAIRS if beside else ():
            changed = with_value(given, way, odd)
            told = {
                each
                for each in {*of_registers(changed)} - before
                if each.written
                and each.kind not in _ALONE
                and (each.where.startswith(dotted(way)) or dotted(way).startswith(each.where))
            }
            for other in beside if told else ():
                still = told & {*of_registers(with_value(changed, other, "QQQ"))}
                same += [f"{dotted(other)}: {each.sentence}" for each in still]
    assert same == []


CHILD_THAT_DIED = {"foddes": "2014-12-01", "avled": ["2026-10-02"]}


@pytest.mark.parametrize("called", [("Anna", "Bo"), ("Kim", "Kim"), ("", "")])
def test_what_one_register_tells_of_two_adults_is_two_things(called: tuple[str, str]) -> None:
    given = raw("familj-pa-fem")
    for number, name in enumerate(called):
        given["people"][number]["first_name"] = name

    def died(of_one: Json, of_other: Json) -> set[Unread]:
        registers = {**of_one, "p2": of_other}
        told = of_case({**given, "registers": registers})
        return {each for each in told if each.kind == "child_died"}

    dead, nothing = known(barn=[CHILD_THAT_DIED]), fk()
    one, other = died(dead, nothing), died(nothing, dead)
    assert [len(one), len(other)] == [1, 1]
    assert not {each.sentence for each in one} & {each.sentence for each in other}
    assert not {each.written for each in one} & {each.written for each in other}
    assert died(dead, dead) == one | other


def test_what_a_register_tells_of_somebody_else_is_another_thing() -> None:
    given = raw("ensam-bifall")
    given["registers"] = known(barn=[CHILD_THAT_DIED])
    name = ("people", 0, "first_name")
    first, second = (
        next(each for each in of_case(with_value(given, name, called)) if each.kind == "child_died").written
        for called in ("Anna", "Bo")
    )
    assert first != second


def test_of_a_value_that_is_derived_nobody_knows_what_was_written() -> None:
    """Two days of birth of long ago are the same age."""
    given = raw("familj-pa-fem")
    at = next(at for at, each in enumerate(given["people"]) if each["role"] == "CHILD")
    given["people"][at].pop("personal_number", None)
    told = [
        {each for each in of_case(with_value(given, ("people", at, "born"), born)) if each.kind == OUTSIDE}
        for born in ("1900-01-05", "1900-01-07")
    ]
    assert all(told)
    assert {each.written for each in told[0] | told[1]} == {None}


@swept(
    ("kind", "given"),
    [
        ("answered_twice", {"applicantForeignPension": "1", "applicantForeignPension.amount": "2"}),
        ("amount_as_written", {"applicantForeignPension": "tusen"}),
        ("answer", {"applicantForeignPension.date": "i går"}),
        ("unknown_field_of_money", {"applicantForeignPension.summa": "900"}),
    ],
)
def test_what_is_told_of_an_answer_is_of_all_that_was_answered_of_it(kind: str, given: Json) -> None:
    """Also of what is answered after it."""

    def told(last: Json) -> list[str | None]:
        answers = [answer(id_, value) for id_, value in {**given, **last}.items()]
        return [each.written for each in HELSINGBORG(case(*answers)) if each.kind == kind]

    more = [{"applicantForeignPension.amount": each} for each in ("3", "4")]
    if kind != "answer":
        more = [{"applicantForeignPension.date": each} for each in ("2026-10-20", "2026-10-21")]
    one, other = map(told, more)
    assert [len(one), len(other)] == [1, 1]
    assert one != other


@swept(
    ("kind", "given"),
    [
        ("unknown_school", [("school", "Högskola")]),
        ("unknown_living", [("livingChild", "Ibland")]),
        ("days_in_home", [("livingChild", "Varannan helg hos mig")]),
    ],
)
def test_a_child_without_a_name_is_no_known_thing(kind: str, given: Json) -> None:
    def told(**child: str) -> list[str | None]:
        said = {**child, **dict(given)}
        answers = [answer(f"addChildren.0.{name}", value) for name, value in said.items()]
        return [each.written for each in HELSINGBORG(case(*answers)) if each.kind == kind]

    number = {"childPersonalID": "201412012393"}
    assert told(**number) == told() == [None]
    (anna,), (bo,) = (told(**number, childFirstname=name) for name in ("Anna", "Bo"))
    assert None not in (anna, bo)
    assert anna != bo


@pytest.mark.slow
def test_every_kind_is_told_of_something_here_and_has_its_sentence() -> None:
    """A kind without an input here would be judged by nobody."""
    kinds = {each.kind for told, given in INPUTS.values() for each in told(given)} | alike("registers")[1]
    assert sorted({*sentences()} - kinds) == [OF_AN_EARLIER_RELEASE, "more", ONLY_A_SENTENCE]


def test_many_more_are_told_as_one() -> None:
    place = Place({str(number): f"ord {number}" for number in range(5)})
    told = untold(place, lambda _: False, most=2)
    assert told[-1].sentence == "indata: ytterligare 3 uppgifter är okända och inte tolkade."
    place.value["4"] = "ord 5"
    assert untold(place, lambda _: False, most=2)[-1].written != told[-1].written


@swept("kind", ["different_answers", "hidden_field", "answer_in_another_form"])
def test_what_is_told_of_an_answer_that_is_not_used_is_of_all_beside_it(kind: str) -> None:
    """The same amount of another day is another, also where no amount of it is counted."""

    def told(day: str) -> list[str | None]:
        given = {
            "different_answers": [answer("partnerSalary.0.amount", each) for each in ("900", "800")],
            "hidden_field": [answer("partnerSalary.0.amountHidden", "X")],
            "answer_in_another_form": [answer("partnerSalary.0.amount", "900")],
        }
        answers = [*given[kind], answer("partnerSalary.0.date", day)]
        form = case(*answers)
        if kind == "answer_in_another_form":
            form["forms"] = {"a": {"answers": []}, "b": {"answers": form.pop("answers")}}
            form["currentFormId"] = "a"
        return [each.written for each in HELSINGBORG(form) if each.kind == kind and "date" not in each.where]

    one, other = told("2026-10-20"), told("2026-10-21")
    assert [len(one), len(other)] == [1, 1]
    assert None not in (*one, *other)
    assert one != other


@swept(
    "written",
    ["900", "-900.50", "900 kr", "900 kronor.", "9\u00a0000 SEK", "900:-", "kr 900", "\u2212900 kr"],
)
def test_what_is_written_with_kronor_may_be_money_whatever_its_field_is_called(written: str) -> None:
    assert unmapped(("x",), written).kind == "may_be_money"


def test_an_unknown_amount_is_of_all_that_was_answered_beside_it() -> None:
    """Of a child without a name nobody knows which it is, nor of a thing that has more than a form asks."""

    def told(base: str, **given: str) -> list[str | None]:
        answers = [answer(f"{base}.{name}", value) for name, value in given.items()]
        kind = "unknown_field_of_money"
        return [each.written for each in HELSINGBORG(case(*answers)) if each.kind == kind]

    days = [*(f"2026-10-{day}" for day in (20, 21)), ""]
    marks = [told("nytt.0", belopp="900", dag=day) for day in days]
    assert [len(each) for each in marks] == [1, 1, 1]
    assert len({each for (each,) in marks} - {None}) == 3
    assert told("addChildren.0", livingChild="Ibland", belopp="900") == [None]
    assert None not in told("addChildren.0", livingChild="Ibland", belopp="900", childFirstname="Bo")
    assert {*told("nytt.0", **{f"belopp{number}x": "900" for number in range(100)})} == {None}
