"""The form in which questions are answered: what was written, as casework reads it, and the choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from decision_service.application.codes import COST_NAMES, INCOME_NAMES
from decision_service.casework import meaning
from decision_service.decision.takes import AnswerKind, Takes, takes_of
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import Opaque
from decision_service.reading.whole_numbers import whole_number
from decision_service.web.visitors import SentForm
from decision_service.web.wrong import Where
from norms.fault import Path
from rules.language.vocabulary import Vocabulary


def answers_of(form: SentForm, takes: Mapping[str, Takes], words: Vocabulary) -> list[dict[str, Opaque]]:
    """What the form says of each question where anything is written, as ``AnswersGiven`` reads it. ``takes``
    has every question of the form."""
    return [
        {
            "question": question,
            "value": _value(form, f"svar-{question}", takes[question]),
            "reason": form[f"skal-{question}"],
            "until": form[f"till-{question}"].strip() or None,
            "means": list(_means(form, question, words)),
            "checked": form[f"menat-{question}"] == "ja",
        }
        for question in answered(form)
    ]


def _asked(form: SentForm) -> list[str]:
    """The questions that a form has fields for."""
    return [name.removeprefix("skal-") for name in form.names if name.startswith("skal-")]


def answered(form: SentForm) -> list[str]:
    """The questions about which a form says anything, in its order."""
    found = [name.partition("-") for name in form.names if form[name].strip()]
    return list(dict.fromkeys(question for part, _, question in found if part in ("svar", "skal", "till")))


def answer_fields(form: SentForm) -> Where:
    """Where on the page a fault in the answers of a form is told."""
    names = {"value": "svar", "reason": "skal", "until": "till", "checked": "menat", "question": "svar"}
    meant = {"quote": "citat", "fact": "uppgift", "subject": "galler", "value": "varde"}

    def where(path: Path) -> str:
        match path:
            case ("answers", int(number), "means", _, *part):
                return f"{meant.get(str(part[0]) if part else '', 'citat')}-{answered(form)[number]}"
            case ("answers", int(number), *part):
                return f"{names.get(str(part[0]) if part else '', 'svar')}-{answered(form)[number]}"
            case ("answers",):
                return f"svar-{_asked(form)[0]}" if _asked(form) else ""
            case _:
                return ""

    return where


def _means(form: SentForm, question: str, words: Vocabulary) -> Iterator[dict[str, Opaque]]:
    """What the words of a question's text mean, where that is filled in."""
    quote, fact, about = (form[f"{part}-{question}"].strip() for part in ("citat", "uppgift", "galler"))
    term = words.terms.get(fact)
    if quote or fact:
        name = f"varde-{question}"
        value = _value(form, name, takes_of(term)) if term is not None else form[name]
        yield {"quote": quote, "fact": fact, "subject": about or None, "value": value}


def _value(form: SentForm, name: str, takes: Takes) -> Any:
    """What was written, as the kind of value that the question takes; else as it was written."""
    text = form[name].strip()
    match takes.kind:
        case AnswerKind.AMOUNT:
            return form.kronor(name)
        case AnswerKind.YES_NO:
            return {"ja": True, "nej": False}.get(text, text)
        case AnswerKind.ACCEPT:
            return text == "ja"
        case AnswerKind.COUNT:
            number = whole_number(text)
            return text if number is None else number
        case _:
            return text


_say = said_in(__file__)


def sayable(words: Vocabulary) -> dict[str, list[str]]:
    """The facts that an applicant's words may be about, by what they are facts of."""
    found: dict[str, list[str]] = {}
    for path, term in words.terms.items():
        if meaning.is_said(term):
            found.setdefault(term.kind, []).append(path)
    return found


def people_of(content: Mapping[str, Opaque]) -> dict[str, str]:
    """Whom a case is about, by the id that each has there, as people call them."""
    roles = {"APPLICANT": "the_applicant", "CO_APPLICANT": "the_co_applicant"}
    return {
        each["id"]: each.get("first_name") or _say(roles.get(each["role"], "a_child"))
        for each in content.get("people", ())
    }


def subjects(content: Mapping[str, Opaque]) -> dict[str, str]:
    """Whom and what a case is about, by the id that each has there, as people call them."""
    named = people_of(content)
    form = content.get("application", {})
    for part, kind, names in (("costs", "costType", COST_NAMES), ("incomes", "incomeType", INCOME_NAMES)):
        for number, row in enumerate(form.get(part, ())):
            sort = names.get(row.get(kind)) or _say("of_unknown_kind")
            named[f"{part}[{number}]"] = f"{_say(part)} {number + 1}: {sort}"
    return named
