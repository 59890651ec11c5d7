"""What a rule, a notion, an amount, a setting or a word says, part by part, as its file says it."""

from __future__ import annotations

from collections.abc import Iterator

from norms.table import Row, Series
from rules.language.notion import Notion
from rules.language.vocabulary import Term
from rules.rule import (
    AnswerEffect,
    Asked,
    AskEffect,
    ConcludeEffect,
    LineEffect,
    RequireEffect,
    Rule,
    Section,
)
from rules.setting import Confirmation, Setting
from rules.texts import shown

_SECTIONS = {
    Section.PERSONAL: "normpost, personlig",
    Section.COMMON: "normpost, gemensam",
    Section.COST: "kostnadspost",
    Section.OTHER_COST: "övrig kostnadspost",
    Section.INCOME: "inkomstpost",
}
_ASKED = {Asked.APPLICANT: "komplettering", Asked.TOLD: "kommunicering", Asked.HANDLAGGARE: "handläggare"}
EXPLAINS = (
    "rubrik",
    "anmärkning",
    "lagtext",
    "benämning",
    "motivering",
    "beskrivning",
    "källa",
    "etikett",
    "fråga",
)
"""What the parts begin with that explain and decide nothing."""


def decides(part: str) -> bool:
    """Whether a part can change what comes of a case."""
    return not part.startswith(EXPLAINS)


def of_rule(rule: Rule) -> dict[str, str]:
    """A rule, without the months it applies to."""
    return dict(_of_rule(rule))


def _of_rule(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "rubrik", rule.title
    yield "steg", rule.stage.value
    yield "prövas", f"för varje {rule.subject}" if rule.subject else "en gång för hushållet"
    yield "villkor", rule.condition.text
    if rule.defeats:
        yield "undantag från", ", ".join(sorted(rule.defeats))
    if rule.label:
        yield "etikett", rule.label
    for effect in rule.effects:
        match effect:
            case LineEffect(section=section, amount=amount, applied=applied):
                asked = f" (ansökt: {applied.text})" if applied is not None else ""
                yield _SECTIONS[section], f"{amount.text}{asked}"
            case ConcludeEffect(path=path, value=value):
                yield f"slutsats {path}", value.text
            case RequireEffect(paths=paths):
                yield "kräver", ", ".join(paths)
            case AskEffect():
                yield f"{_ASKED[effect.asked]} {effect.reason}", _answer(effect)
                for language, text in effect.question.items():
                    yield f"fråga {effect.reason}, {language}", text
    yield "lagrum", "; ".join(each.text for each in rule.citations)
    for each in rule.citations:
        if each.wording is not None:
            yield f"lagtext {each.text}", f"{each.wording.strip()} (läst {each.read})"
    yield "status", rule.status.value
    if rule.adopted_by:
        yield "antas genom", rule.adopted_by
    if rule.note:
        yield "anmärkning", rule.note
    for language, text in rule.what.items():
        yield f"benämning, {language}", text
    for language, text in rule.texts.items():
        yield f"motivering, {language}", text
    yield "öppen för kommunen", "ja" if rule.open_to_municipality else "nej"


def _answer(effect: AskEffect) -> str:
    answer: AnswerEffect = effect.answer
    said = answer.path or answer.form.value
    only = "" if answer.only is None else f" = {answer.only}"
    return f"svar: {said}{only}{', frågas genast' if effect.at_once else ''}"


def of_notion(notion: Notion) -> dict[str, str]:
    """What a name stands for."""
    return {notion.kind.value: notion.meaning, "lagrum": "; ".join(notion.provisions)}


def of_amounts(series: Series) -> Iterator[tuple[str, dict[str, str]]]:
    """Every amount of a series in its period, by the name of its cell."""
    rows = (*series.rows, *([series.further.row] if series.further is not None else []))
    return ((series.where(row), _of_amount(row)) for row in rows)


def _of_amount(row: Row) -> dict[str, str]:
    cell = row.cell
    if cell is None:
        return {"belopp": "okänt", "anmärkning": row.note}
    return {
        "belopp": cell.text,
        "status": cell.status.value,
        "källa": cell.source,
        "lagrum": cell.provision,
        "anmärkning": row.note,
    }


def of_setting(setting: Setting, term: Term) -> dict[str, str]:
    """A municipality's choice."""
    value = shown(setting.value, term.type)
    board = {"nämndens beslut": str(setting.decision)} if setting.decision is not None else {}
    return {"värde": value, "status": setting.status.value, "källa": setting.source, **board}


def of_confirmation(confirmation: Confirmation) -> dict[str, str]:
    """That a municipality stands for a rule."""
    return {"kommunen står för regeln": "ja", "källa": confirmation.source}


def of_word(term: Term) -> dict[str, str]:
    """A term of the vocabulary."""
    limits = " till ".join("" if end is None else str(end) for end in (term.lowest, term.highest))
    codes = [f"{code} = {shown(word, term.type)}" for code, word in term.words.items()]
    said = {
        "typ": f"{term.type}{' (procent)' if term.percent else ''}",
        "källa till värdet": term.source.value,
        "gränser": limits if limits != " till " else "",
        "förval": "" if term.default is None else shown(term.default, term.type),
        "läses ur": ", ".join(term.sources),
        "beräkning": term.derivation or "",
        "ord": "; ".join(codes),
        "annars": "" if term.other_word is None else shown(term.other_word, term.type),
        "frågas": term.when_missing.value,
        "öppen för kommunen": "ja" if term.open_to_municipality else "nej",
        "fråga": term.question or "",
        "beskrivning": term.description,
    }
    return {name: text for name, text in said.items() if text}
