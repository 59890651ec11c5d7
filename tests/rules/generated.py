"""Strategies for well-typed rule sets and fact sets: everything the language can say, in small. What a
strategy is made of is made once: to make it anew at each draw takes longer than to draw.

The vocabulary is fixed and rich; rules are written as text, checked by the real checker and built by the
real builder. Meaning checks (unreachable, conflicting …) are left out: the engines must agree on any
well-typed set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from hypothesis import strategies as st

from norms import document
from norms.load import Norms
from norms.month import Month
from rules import laws
from rules.build import Builder
from rules.facts import Disputed, Entity, Facts, Known
from rules.language import vocabulary_file
from rules.language.vocabulary import Source, Term
from rules.law import Law
from rules.rule import Rule
from rules.rulefile import RuleFile
from rules.schema import validate

VOCABULARY_TEXT = """
ordlista: prov
slag:
  hus:
    antal: ett
    beskrivning: ett
    termer:
      n: {typ: antal, källa: ansökan, beskrivning: tal}
      k: {typ: belopp, källa: ansökan, beskrivning: kronor}
      b: {typ: ja/nej, källa: ansökan, beskrivning: ja}
      v: {typ: val, val: [röd, grön, blå], källa: ansökan, beskrivning: val}
      r1: {typ: ja/nej, källa: regel, förval: nej, beskrivning: slutsats}
      r2: {typ: antal, källa: regel, beskrivning: slutsats utan förval}
  vux:
    antal: flera
    beskrivning: flera
    termer:
      å: {typ: heltal, enhet: år, källa: ansökan, beskrivning: år}
      b: {typ: ja/nej, källa: ansökan, beskrivning: ja}
      v: {typ: val, val: [röd, grön, blå], källa: ansökan, beskrivning: val}
      p: {typ: procent, källa: ansökan, beskrivning: procent}
      d: {typ: datum, källa: ansökan, beskrivning: dag}
      r1: {typ: ja/nej, källa: regel, förval: nej, beskrivning: slutsats}
      r2: {typ: antal, källa: regel, beskrivning: slutsats utan förval}
      r3: {typ: val, val: [röd, grön, blå], källa: regel, förval: blå, beskrivning: slutsats}
  ink:
    antal: flera
    beskrivning: hör till vuxna
    hör till: [vux]
    termer:
      k: {typ: belopp, källa: ansökan, beskrivning: kronor}
      v: {typ: val, val: [röd, grön, blå], källa: ansökan, beskrivning: val}
      b: {typ: ja/nej, källa: ansökan, beskrivning: ja}
      r1: {typ: belopp, källa: regel, beskrivning: slutsats}
  oläst:
    antal: flera
    beskrivning: läses av ingen
    termer:
      k: {typ: belopp, källa: ansökan, beskrivning: kronor}
  kalkyl:
    antal: ett
    beskrivning: summor
    termer:
      norm: {typ: belopp, källa: kalkyl, steg: inkomster, beskrivning: summa}
      kostnader: {typ: belopp, källa: kalkyl, steg: inkomster, beskrivning: summa}
      övriga_kostnader: {typ: belopp, källa: kalkyl, steg: inkomster, beskrivning: summa}
      inkomster: {typ: belopp, källa: kalkyl, steg: inkomster, beskrivning: summa}
      resultat: {typ: belopp, källa: kalkyl, steg: inkomster, beskrivning: summa}
"""
VOCABULARY = vocabulary_file.build(document.parse(VOCABULARY_TEXT.encode(), "ordlista.yaml"))
LAWS = laws.build(
    document.parse(b"lagar:\n  PL:\n    namn: Provlag\n    fr\xc3\xa5n: 2000-01\n", "lagar.yaml")
)
MONTH = Month(2026, 9)

_STAGES = ("uppgifter", "behörighet", "norm", "kostnader", "inkomster", "motprestation", "utfall")
_SUBJECTS = (None, "vux", "ink")
_COLOURS = ("röd", "grön", "blå")
# Which derived term may be concluded in which stage; a rule reads it only in later stages.
_CONCLUDED = {
    "hus.r1": "uppgifter",
    "hus.r2": "behörighet",
    "vux.r1": "uppgifter",
    "vux.r2": "behörighet",
    "vux.r3": "motprestation",
    "ink.r1": "uppgifter",
}


def _readable(stage: str, subject: str | None) -> list[Term]:
    found = []
    for term in VOCABULARY.terms.values():
        kind = VOCABULARY.kinds[term.kind]
        if not kind.single and term.kind != subject:
            continue
        concluded = term.stage.value if term.stage else _CONCLUDED.get(term.path)
        if concluded is None or _STAGES.index(concluded) < _STAGES.index(stage):
            found.append(term)
    return found


def _of(terms: list[Term], base: str, unit: str | None = None) -> list[str]:
    def fits(term: Term) -> bool:
        return term.type.base.value == base and (
            unit is None or dict(term.type.unit) == ({unit: 1} if unit else {})
        )

    return [term.path for term in terms if fits(term) and not term.percent]


@cache
def money(stage: str, subject: str | None, depth: int, member: bool = False) -> st.SearchStrategy[str]:
    """The text of an amount that may be a fraction of an öre."""
    terms = _readable(stage, subject)
    leaves = [st.sampled_from(("0 kr", "1 kr", "100 kr", "99,50 kr", "2 500 kr"))]
    paths = _of(terms, "tal", "kr")
    if paths:
        leaves.append(st.sampled_from(paths))
    if depth <= 0:
        return st.one_of(leaves)
    inner = money(stage, subject, depth - 1, member)
    count_ = count(stage, subject, depth - 1, member)
    forms = [
        *leaves,
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
        st.builds(
            "{} * {}".format, inner.map(lambda text: f"({text})"), count_.map(lambda text: f"({text})")
        ),
        st.builds("({}) / ({})".format, inner, count_),
        st.builds("({}) * 25 %".format, inner),
        st.builds("lägsta({}, {})".format, inner, inner),
        st.builds("högsta({}, {})".format, inner, inner),
        st.builds("öre({})".format, inner),
        st.builds("krona({})".format, inner),
        st.builds(
            "norm.riksnorm.gemensam[{}]".format, st.sampled_from(("1", "5", "9", "0", *_of(terms, "tal", "")))
        ),
    ]
    if not member:
        forms.append(st.builds("summa(ink.k{}{})".format, _owned("ink", subject), _where("ink", stage)))
    return st.one_of(forms)


@cache
def count(stage: str, subject: str | None, depth: int, member: bool = False) -> st.SearchStrategy[str]:
    """The text of a plain whole number."""
    terms = _readable(stage, subject)
    leaves = [st.sampled_from(("0", "1", "2", "7", *_of(terms, "tal", "")))]
    if depth <= 0:
        return st.one_of(leaves)
    inner = count(stage, subject, depth - 1, member)
    forms = [
        *leaves,
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
    ]
    if not member:
        forms.append(st.builds("antal(vux{})".format, _where("vux", stage)))
        forms.append(st.builds("antal(ink{}{})".format, _owned("ink", subject), _where("ink", stage)))
    return st.one_of(forms)


def _owned(kind: str, subject: str | None) -> st.SearchStrategy[str]:
    return (
        st.sampled_from((" för vux", " för vux", "")) if kind == "ink" and subject == "vux" else st.just("")
    )


def _where(kind: str, stage: str) -> st.SearchStrategy[str]:
    return st.one_of(st.just(""), condition(stage, kind, 1, member=True).map(lambda text: f" där {text}"))


@cache
def condition(stage: str, subject: str | None, depth: int, member: bool = False) -> st.SearchStrategy[str]:
    """The text of a condition."""
    terms = _readable(stage, subject)
    sign = st.sampled_from(("=", "≠", "<", "<=", ">", ">="))
    leaves = [
        st.builds(
            "{} {} {}".format,
            money(stage, subject, depth - 1, member),
            sign,
            money(stage, subject, 0, member),
        ),
        st.builds(
            "{} {} {}".format,
            count(stage, subject, depth - 1, member),
            sign,
            count(stage, subject, 0, member),
        ),
        st.sampled_from(("ja", "anges(norm.kommun.hyresgräns)", "anges(norm.prisbasbelopp)")),
    ]
    years = _of(terms, "tal", "år")
    if years:
        leaves.append(
            st.builds("{} {} {}".format, st.sampled_from(years), sign, st.sampled_from(("0", "7 år", "18")))
        )
    if any(term.percent for term in terms):
        leaves.append(st.builds("vux.p {} {}".format, sign, st.sampled_from(("0 %", "50 %", "100 %"))))
    if _of(terms, "datum"):
        leaves.append(st.builds("vux.d {} vux.d - {} dagar".format, sign, st.sampled_from(("0", "3"))))
    leaves.append(st.sampled_from(_of(terms, "ja/nej")))
    choices = st.sampled_from(_of(terms, "val") or ["hus.v"])
    leaves.append(
        st.builds("{} {} {}".format, choices, st.sampled_from(("=", "≠")), st.sampled_from(_COLOURS))
    )
    leaves.append(
        st.builds("{} i {{{}, {}}}".format, choices, st.sampled_from(_COLOURS), st.sampled_from(_COLOURS))
    )
    if depth <= 0:
        return st.one_of(leaves)
    inner = condition(stage, subject, depth - 1, member).map(lambda text: f"({text})")
    forms = [
        *leaves,
        st.builds("{} och {}".format, inner, inner),
        st.builds("{} eller {} eller {}".format, inner, inner, inner),
        st.builds("inte {}".format, inner),
    ]
    if not member:
        forms.append(st.builds("finns(ink{}{})".format, _owned("ink", subject), _where("ink", stage)))
        forms.append(st.builds("alla(vux där {})".format, condition(stage, "vux", 1, member=True)))
    return st.one_of(forms)


@cache
def effect(stage: str, subject: str | None) -> st.SearchStrategy[dict[str, Any]]:
    """What a rule gives: something its stage allows."""
    amount = money(stage, subject, 2).map(lambda text: f"öre({text})")
    if stage == "norm":
        return _given("normpost", {"del": st.sampled_from(("personlig", "gemensam")), "belopp": amount})
    if stage == "kostnader":
        names = ("kostnadspost", "övrig kostnadspost")
        return st.one_of([_given(name, {"ansökt": amount, "belopp": amount}) for name in names])
    if stage == "inkomster":
        return _given("inkomstpost", {"belopp": amount})
    forms: list[st.SearchStrategy[dict[str, Any]]] = [
        st.just({"handläggare": {"skäl": "PRÖVA", "svar": "godta", "fråga": {"sv": "Vad gäller?"}}}),
        st.just({"kräver": ["hus.b", "hus.k"] if subject != "vux" else ["vux.d", "hus.k"]}),
    ]
    concluded = [
        path for path, own in _CONCLUDED.items() if own == stage and path.startswith(("hus.", f"{subject}."))
    ]
    for path in concluded:
        values = {
            "ja/nej": st.sampled_from(("ja", "nej")),
            "val": st.sampled_from(_COLOURS),
            "tal": amount if path == "ink.r1" else count(stage, subject, 1),
        }[VOCABULARY.term(path).type.base.value]
        forms += [_given("slutsats", {path: values}) for _ in range(4)]  # the same one would count once
    return st.one_of(forms)


def _given(name: str, values: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: st.fixed_dictionaries(values)})


@st.composite
def rule_entry(draw: Any, number: int) -> dict[str, Any]:
    """A rule as its file would say it, without exceptions."""
    stage = draw(st.sampled_from((*_STAGES, "uppgifter", "uppgifter")))
    subject = draw(st.sampled_from(_SUBJECTS))
    entry: dict[str, Any] = {
        "id": f"prov.r{number}",
        "rubrik": "prov",
        "steg": stage,
        "lagrum": ["PL 1 §"],
        "gäller": {"från": "2011-01"},
        "ger": draw(effect(stage, subject)),
        "motivering": {"sv": "prov"},
    }
    if subject is not None:
        entry["för varje"] = subject
    if draw(st.integers(0, 3)):
        entry["när"] = draw(condition(stage, subject, 2))
    return entry


@st.composite
def rule_sets(draw: Any, norms: Norms) -> tuple[Rule, ...]:
    """A few rules, some of them exceptions from others of the same stage and subject; and now and then two
    that apply to the same and give something else."""
    entries = [draw(rule_entry(number)) for number in range(draw(st.integers(1, 8)))]
    if draw(st.booleans()):
        twin = draw(st.sampled_from(entries))
        given = draw(effect(twin["steg"], twin.get("för varje")))
        entries.append(twin | {"id": f"prov.r{len(entries)}", "ger": given})
    for index, entry in enumerate(entries):
        later = [
            other["id"]
            for other in entries[index + 1 :]
            if other["steg"] == entry["steg"] and entry.get("för varje") in (None, other.get("för varje"))
        ]
        if later and draw(st.booleans()):
            entry["undantag från"] = draw(
                st.lists(st.sampled_from(later), min_size=1, max_size=2, unique=True)
            )
    return build_rules(entries, norms)


def build_rules(entries: list[dict[str, Any]], norms: Norms) -> tuple[Rule, ...]:
    """Rules by the real builder; any finding is a fault of the generator."""
    data = {
        "regelsamling": "prov",
        "beskrivning": "prov",
        "steg": "norm",
        "status": "verifierad",
        "regler": entries,
    }
    source = document.Document("prov.yaml", _texts(data), {(): 1})
    builder = Builder(source, None, VOCABULARY, norms.catalog, LAWS)
    rules = tuple(builder.rules(validate(RuleFile, source)))
    assert not builder.findings, [str(finding) for finding in builder.findings]
    return rules


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(inner) for key, inner in value.items()}
    return [_texts(inner) for inner in value] if isinstance(value, list) else value


_VALUES = {
    # Few values, those that rules compare with: limits are met exactly, and often.
    "tal": st.sampled_from((0, 1, 2, 7, 18, 100, 10_000, 9_950, 250_000, -77)),
    "ja/nej": st.booleans(),
    "val": st.sampled_from(_COLOURS),
    "datum": st.integers(739_000, 739_010),
}


@st.composite
def entities(draw: Any, kind: str, id_: str, owner: str | None = None) -> Entity:
    """An entity whose values are known, missing or disputed."""
    values: dict[str, Known | Disputed] = {}
    for term in VOCABULARY.kinds[kind].terms.values():
        if term.source is not Source.APPLICATION:
            continue
        found = draw(_value(term.path))
        if found is not None:
            values[term.path] = found
    return Entity(kind, id_, values, owner)


@cache
def _value(path: str) -> st.SearchStrategy[Known | Disputed | None]:
    term = VOCABULARY.term(path)
    known = st.sampled_from((0, 5_000, 10_000)) if term.percent else _VALUES[term.type.base.value]
    disputed = st.builds(lambda one, other: Disputed((("ansökan", one), ("register", other))), known, known)
    return st.one_of(known, known, known, st.none(), disputed)


@st.composite
def fact_sets(draw: Any) -> Facts:
    """A household of any size, none included, with twins and kinds that may have more members."""
    found = [draw(entities("hus", "hus"))]
    adults = [f"v{number}" for number in range(draw(st.integers(0, 3)))]
    found += [draw(entities("vux", adult)) for adult in adults]
    if adults and draw(st.booleans()):
        found.append(replace(found[1], id="tvilling"))
    owners = st.sampled_from(adults) if adults else st.none()
    for number in range(draw(st.integers(0, 4))):
        found.append(draw(entities("ink", f"i{number}", draw(st.one_of(st.none(), owners)))))
    incomplete = draw(st.sampled_from((frozenset(), frozenset(), frozenset({"ink"}), frozenset({"vux"}))))
    return Facts(tuple(found), incomplete)


@dataclass(frozen=True)
class Sample:
    """A law and a case under it."""

    law: Law
    facts: Facts


def law_of(rules: tuple[Rule, ...], norms: Norms) -> Law:
    """A law of these rules alone."""
    return Law("prov", MONTH, None, VOCABULARY, rules, norms.resolve(MONTH, None), ())


@st.composite
def samples(draw: Any, norms: Norms) -> Sample:
    """A law and a case."""
    return Sample(law_of(draw(rule_sets(norms)), norms), draw(fact_sets()))
