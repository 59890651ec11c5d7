"""Nothing that was read is lost.

Every value of a complete case, changed, removed, doubled or of another type, reaches a fact that a rule
reads, is refused, or is told; or it stands in the table of values deliberately unused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from decision_service.application import adapters
from decision_service.application.adapters.mitt_helsingborg.forms import forms
from decision_service.application.adapters.sundsvall import ENVELOPE_UNUSED
from decision_service.application.case_file import CaseFile
from decision_service.decision.facts import case_facts
from decision_service.decision.facts.case_facts import build_facts
from decision_service.decision.facts.declared import inside, known_fields, members
from decision_service.reading.place import Place
from decision_service.reading.place import pattern as place_names
from decision_service.reading.strict_json import InputError, read_json
from decision_service.registers.answers import Agency
from decision_service.registers.ssbtek import lefi, unused
from decision_service.registers.ssbtek.answers import READERS
from decision_service.registers.ssbtek.found import AgencyFindings
from norms.month import Month
from rules.law import Law
from rules.rule import AskEffect, RequireEffect
from tests.decision_service.decision.leaves import (
    AGENCIES,
    Json,
    Way,
    changes,
    choices,
    complete,
    pattern,
    variants,
    ways,
    with_value,
)
from tests.decision_service.decision.test_sources import TERMS
from tests.world.cases import NAMES, ROOT, engines, raw, read
from tests.world.sweeps import share
from tests.world.unread import sentences

TABLE: Mapping[str, Mapping[str, str]] = yaml.safe_load(
    Path(case_facts.__file__).with_name("unused.yaml").read_text("utf-8")
)
UNUSED, MAY_BE_MISSING, TWICE = TABLE["oanvänt"], TABLE["kan saknas"], TABLE["två gånger"]
ANSWERS, ANSWERS_MAY_LACK = TABLE["registersvar"], TABLE["registersvar kan saknas"]
_REMOVED = ("removed", "made []", "made {}")


# --- every field has a home


def declared(field: str) -> bool:
    """Whether a term says that it comes from a field, or from the list that the field lies in."""
    paths = {
        path.replace("[senaste]", "[]").replace("registers[]", "registers")
        for term in TERMS
        for path in term.sources
    }
    return any(field == path or field.startswith((f"{path}[]", f"{path}.")) for path in paths)


def test_every_field_of_a_case_feeds_a_term_or_has_a_reason_not_to() -> None:
    """A new field without a home fails here."""
    homeless = {field for field in known_fields() if not declared(field)}
    assert sorted(homeless - UNUSED.keys() - {"registers"}) == []


def test_the_table_names_nothing_that_is_not_there() -> None:
    gone = {path.removesuffix("[]") for path in (*UNUSED, *MAY_BE_MISSING)}
    known = {field.removesuffix("[]") for field in known_fields()}
    known |= {"application.plannedActivities", "application.jobApplications"}
    assert sorted(gone - known) == []


@pytest.mark.parametrize("part", TABLE)
def test_every_reason_is_a_sentence_that_stands_for_itself(part: str) -> None:
    assert all(len(reason) > 9 and not reason.endswith(".") for reason in TABLE[part].values())


# --- every leaf is noticed


_TERMS: dict[tuple[Month, str | None], frozenset[str]] = {}


def read_terms(law: Law) -> frozenset[str]:
    """The terms that the rules of a law read, ask for or write out."""
    key = law.month, law.municipality
    if key not in _TERMS:
        _TERMS[key] = frozenset(_read_terms(law))
    return _TERMS[key]


def _read_terms(law: Law) -> set[str]:
    terms: set[str] = set()
    for rule in law.rules:
        terms |= rule.reads
        texts = [rule.texts["sv"]]
        for effect in rule.effects:
            if isinstance(effect, RequireEffect):
                terms.update(effect.paths)
            elif isinstance(effect, AskEffect):
                texts.append(effect.question["sv"])
        terms |= {path for text in texts for path in re.findall(r"\{([^{}]+)\}", text)}
    return terms


def seen(case: Json) -> Any:
    """What rules and people see of a case: the facts that a rule reads, and what is told; or the faults."""
    try:
        file = read(case)
    except InputError as error:
        return "refused", error.faults
    law = engines(file).law
    built = build_facts(file, law)
    terms = read_terms(law)
    facts = [
        (
            each.kind,
            each.owner,
            each.label,
            sorted((k, repr(v)) for k, v in each.values.items() if k in terms),
        )
        for each in built.facts.entities
    ]
    said = [each.sentence for each in built.unread]
    return law.month, law.municipality, facts, built.facts.incomplete, said


@cache
def options() -> Mapping[str, list[Json]]:
    """The values that the fields of a case may have, where they are listed."""

    def below(model: type, path: str) -> Iterator[tuple[str, list[Json]]]:
        for name, hint in members(model):
            for kind, several in inside(hint):
                place = f"{path}.{name}".lstrip(".") + ("[]" if several else "")
                if any(members(kind)):
                    yield from below(kind, place)
                else:
                    yield place, choices(kind)

    return dict(below(CaseFile, ""))


@cache
def read_places() -> frozenset[str]:
    """The values of the agencies' answers that somebody reads, so that no table can say that nobody does."""
    found = set()
    for agency, reader in READERS.items():
        place = Place(AGENCIES[agency.value], (agency.value,))
        reader(place, AgencyFindings())
        found |= {place_names(path) for path in place.seen}
    return frozenset(found)


def excused(way: Way, done: str) -> bool:
    """Whether a table says why a change of a value makes no difference."""
    place = pattern(way)
    if way[0] == "registers":
        inner = way[1:] if way[1] in set(Agency) else way[2:]
        names = place_names(inner)
        deliberate = lefi.is_unused if inner[0] == "fk" else unused.is_unused
        by_table = names not in read_places() and deliberate(inner)
        twice = done == "doubled" and ".".join(("registers", pattern(inner))) in TWICE
        lacks = done in _REMOVED and any(fnmatchcase(names, each) for each in ANSWERS_MAY_LACK)
        return by_table or twice or lacks or any(fnmatchcase(names, each) for each in ANSWERS)
    if done == "doubled" and place in TWICE:
        return True
    if done in _REMOVED and place in MAY_BE_MISSING:
        return True
    return any(f"{place.removesuffix('[]')}.".startswith(f"{each.removesuffix('[]')}.") for each in UNUSED)


def unnoticed() -> Iterator[str]:
    """Every sort of change of a value that nobody notices in any circumstance, and that no table excuses.
    Every value is tried, in ``make check`` with a share of the sorts.

    A change to another value is noticed when some other value is: two days of one month may be alike.
    """
    cases = dict(variants())
    before = {name: seen(case) for name, case in cases.items()}
    assert [name for name in before if before[name][0] == "refused"] == []
    case, sorts = complete(), dict[tuple[str, str], list[tuple[Way, str, Json]]]()
    for way, value in ways(case):
        for done, changed in changes(case, way, value, options().get(pattern(way), [])):
            if not excused(way, done):
                sorts.setdefault((pattern(way), sort_of(done)), []).append((way, done, changed))
    for place, sort in share(sorts, 16, itemgetter(0)):
        if not any(
            seen(changed) != before["complete"]
            or any(_noticed(name, each, way, done, before) for name, each in cases.items())
            for way, done, changed in sorts[place, sort]
        ):
            yield f"{place}: {sort}"


def sort_of(done: str) -> str:
    """What was done to a value, whichever other value it is."""
    return done.partition(" to ")[0]


def _noticed(name: str, case: Json, way: Way, done: str, before: Mapping[str, Any]) -> bool:
    """Whether the same change is noticed in another circumstance."""
    try:
        value: Json = case
        for part in way:
            value = value[part]
    except (KeyError, IndexError, TypeError):
        return False
    again = changes(case, way, value, options().get(pattern(way), []))
    same = (changed for other, changed in again if sort_of(other) == sort_of(done))
    return any(seen(changed) != before[name] for changed in same)


@pytest.mark.slow
def test_no_value_of_a_complete_case_is_lost() -> None:
    assert sorted(set(unnoticed())) == []


# --- what an e-service sends


def read_application(adapter: str, data: Json) -> Any:
    """What becomes of an application, or why it is refused."""
    try:
        intake = adapters.read(adapter, read_json(json.dumps(data).encode()))
    except InputError as error:
        return "refused", error.faults
    return intake.application, intake.people, sentences(intake)


def sent_place(sent: Json, way: Way) -> tuple[str, str]:
    """A place in what an e-service sends, an answer by the name of its field; and that name, or nothing."""
    if "answers" not in way[:-1]:
        return pattern(way), ""
    at = way.index("answers")
    node = sent
    for part in way[: at + 2]:
        node = node[part]
    name = ".".join(part for part in node["field"]["id"].split(".") if not part.isdigit())
    rest = pattern(way[at + 2 :])
    return f"answers[{name}]" + (f".{rest}" if rest else ""), name


def in_table(place: str, table: str) -> bool:
    """Whether a table of e-services names a place; ``*`` in it stands for anything."""
    return any(
        re.fullmatch(re.escape(each).replace(r"\*", ".*"), place) for each in TABLE[f"e-tjänster{table}"]
    )


def excused_on_the_way_in(adapter: str, sent: Json, way: Way, done: str) -> bool:
    """Whether a table says why a change of what an e-service sends makes no difference."""
    place, field = sent_place(sent, way)
    plain = place_names(way)
    envelope = any(plain == each or plain.startswith(f"{each}.") for each in forms().case_unused)
    if pattern(way) in ENVELOPE_UNUSED or envelope:
        return True
    if place == f"answers[{field}].value" and field in forms().unused:
        return forms().unused[field].fixed is None or done in _REMOVED
    whole = f"{adapter} {place}"
    if done in _REMOVED and in_table(whole, " kan saknas"):
        return True
    return in_table(whole, " två gånger") if done == "doubled" else in_table(whole, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("adapter", "file"),
    [
        ("ansokan/1", "ansokan-1.json"),
        ("sundsvall-v1", "sundsvall-v1.json"),
        ("mitt-helsingborg-v1", "mitt-helsingborg-v1.json"),
        ("mitt-helsingborg-v1", "mitt-helsingborg-v1-fortsatt.json"),
    ],
)
def test_no_value_of_an_application_is_lost_on_the_way_in(adapter: str, file: str) -> None:
    """From there on it is a field of a case, which the test above follows. Every place is tried, in ``make
    check`` with a share of what is done to it."""
    sent = json.loads((ROOT / "examples" / "applications" / file).read_bytes())
    became = read_application(adapter, sent)
    tried = share(
        (
            (way, done, changed)
            for way, value in ways(sent)
            for done, changed in changes(sent, way, value, [])
        ),
        16,
        lambda each: sent_place(sent, each[0])[0],
    )
    lost = {
        f"{adapter} {sent_place(sent, way)[0]}: {done}"
        for way, done, changed in tried
        if not excused_on_the_way_in(adapter, sent, way, done)
        and read_application(adapter, changed) == became
    }
    assert sorted(lost) == []


def test_a_value_that_nobody_reads_is_found() -> None:
    """Without the table the test would not be still: a telephone number, and a code of an agency."""
    fund = ("registers", "so", "ArbetsloshetsersattningLista", "Arbetsloshetsersattning")
    for inner in (("application", "persons", 0, "phone"), (*fund, "SvarandeOrganisation")):
        assert seen(with_value(complete(), inner, "070")) == seen(with_value(complete(), inner, "071"))
        assert excused(inner, "changed")
    rent = ("application", "costs", 0, "appliedAmount")
    assert seen(with_value(complete(), rent, "1")) != seen(complete())
    assert not excused(rent, "changed")


# --- what no form has


@st.composite
def with_something_more(draw: st.DrawFn) -> tuple[str, Way, Json]:
    """An example case, a place in it, and a value under a name that nothing has there. What an answer rested
    on may have any name, since each is a term of the rules of that day."""
    name = draw(st.sampled_from(NAMES))
    places = [way for way, _ in objects(raw(name)) if way != ("registers",) and "rests_on" not in way]
    value = draw(st.one_of(st.integers(1, 10**6), st.text("abc", min_size=1), st.just(True)))
    return name, draw(st.sampled_from(places)), value


def objects(node: Json, way: Way = ()) -> Iterator[tuple[Way, Json]]:
    """Every object of a case."""
    if isinstance(node, dict):
        yield way, node
        for name, inner in node.items():
            yield from objects(inner, (*way, name))
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from objects(inner, (*way, number))


@given(with_something_more())
def test_what_no_form_has_is_refused_or_told(more: tuple[str, Way, Json]) -> None:
    name, way, value = more
    case = raw(name)
    changed = with_value(case, (*way, "något_nytt"), value)
    after = seen(changed)
    if way[:1] == ("registers",):
        assert "något_nytt" in str(after[-1]) or after != seen(case)
    else:
        assert after[0] == "refused" or "något_nytt" in str(after)
