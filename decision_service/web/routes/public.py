"""The open pages of a municipality: rules, amounts, a trial calculation, and how the machine decides."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from decision_service.api.answers import RuleInList, RuleVersion
from decision_service.api.behind import office_of
from decision_service.api.callers import PublicMunicipality
from decision_service.api.limits import address_of
from decision_service.api.months import month_parameter
from decision_service.api.problems import ProblemError
from decision_service.api.routes.public import rule_in_brief, rule_in_full, rules_of
from decision_service.decision.estimate import read_request
from decision_service.decision.estimated import EstimatedLine, EstimateDocument
from decision_service.decision.facts.made import copied
from decision_service.decision.origin import words_of
from decision_service.log.published import published_releases
from decision_service.log.rule_history import rule_history
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import swedish_day
from decision_service.reading.whole_numbers import whole_number
from decision_service.web.delegation import delegates
from decision_service.web.render import language_on, page
from decision_service.web.visitors import PublicForm, SentForm
from decision_service.web.wrong import wrong
from norms import amount
from norms.fault import Fault
from norms.fault import Path as FaultPath
from norms.lookup import NoTableError
from norms.month import Month
from rules.book import Rulebook
from rules.language import tree
from rules.language.vocabulary import Term
from rules.law import resolve
from rules.policy_cases.naming import naming_cases
from rules.rule import Rule, Section

router = APIRouter(prefix="/oppet/{kommunkod}")

MonthAsked = Annotated[str, Query(max_length=7)]


@router.get("/regler")
def rules(
    request: Request,
    municipality: PublicMunicipality,
    sok: Annotated[str, Query(max_length=100)] = "",
    manad: MonthAsked = "",
) -> Response:
    """Every rule of the month in one line, narrowed by a word, a provision or a fact."""
    month = _month(request, manad)
    book = office_of(request).book_of(str(month))
    wanted = _plain(sok)
    held = [rule for rule in rules_of(book, municipality.code) if rule.span.holds(month)]
    found = [rule for rule in held if wanted in _searched(book, rule)]
    if not found:  # not as it was written: whatever has every word
        found = [rule for rule in held if all(word in _searched(book, rule) for word in wanted.split())]
    stages: dict[str, list[RuleInList]] = {}
    for rule in found:
        stages.setdefault(rule.stage.value, []).append(rule_in_brief(rule))
    shown: dict[str, Any] = {"steg": stages, "antal": len(found), "sok": sok, "manad": str(month)}
    return page(request, "regler.html", kommunen=municipality, **shown)


def _searched(book: Rulebook, rule: Rule) -> str:
    """Everything of a rule that a search looks in: its own words, the facts it reads, the provisions."""
    words = (rule.id, rule.title, rule.condition.text, *rule.paths, *rule.texts.values(), rule.note or "")
    facts = (book.vocabulary.term(path).description for path in rule.paths)
    return _plain(" ".join([*words, *facts, *(each.text for each in rule.citations)]))


def _plain(text: str) -> str:
    """A text as people search: ”12 kap 7 §” is ”12 kap. 7 §”, whatever letters are large."""
    return " ".join(text.casefold().replace("kap.", "kap").split())


@router.get("/regler/{rule_id}")
def rule(
    request: Request, municipality: PublicMunicipality, rule_id: Annotated[str, Path(max_length=100)]
) -> Response:
    """A rule in all its versions, with the words of the law beside it."""
    book = office_of(request).book
    versions = [each for each in book.versions(rule_id) if each.municipality in (None, municipality.code)]
    if not versions:
        raise ProblemError("not-found")
    office = office_of(request)
    full = [rule_in_full(book, each, municipality.code) for each in versions]
    shown: dict[str, Any] = {
        "lydelser": list(zip(full, (each.citations for each in versions), strict=True)),
        "skillnader": [_differing(one, other) for one, other in pairwise(full)],
        "regel": versions[-1],
        "beloppen": _amounts_read(book, versions, municipality.code),
        "fall": naming_cases().get(rule_id, ()),
        "historia": rule_history(office.engine, municipality.code, rule_id),
    }
    return page(request, "regel.html", kommunen=municipality, **shown)


def _amounts_read(book: Rulebook, versions: Sequence[Rule], municipality: str) -> dict[str, str]:
    """The amounts that a rule looks up in some wording of it, and that the municipality has: the titles of
    their tables by name."""
    nodes = (node for each in versions for root in each.expressions for node in tree.walk(root))
    names = dict.fromkeys(node.series for node in nodes if isinstance(node, tree.Norm))
    known = {name: book.norms.catalog[name] for name in names if name in book.norms.catalog}
    return {
        name: kind.title
        for name, kind in known.items()
        if book.norms.history(name, municipality if kind.municipal else None)
    }


def _differing(before: RuleVersion, after: RuleVersion) -> list[str]:
    """The lines of a rule's source that are not the same in its next wording, with ``+`` or ``-``."""
    lines = difflib.ndiff(before.source.splitlines(), after.source.splitlines())
    return [each for each in lines if each[0] in "+-"]


@router.get("/belopp")
def norms(request: Request, municipality: PublicMunicipality, manad: MonthAsked = "") -> Response:
    """The amounts of a month with their status and source."""
    month = _month(request, manad)
    try:
        view = office_of(request).book_of(str(month)).norms.resolve(month, municipality.code)
    except NoTableError as error:
        raise ProblemError("not-found", error.faults[0]) from None
    series = [
        (one, [(one.type.text(row.keys) if row.keys else one.type.title, row) for row in one.rows])
        for one in view.all_series()
    ]
    return page(request, "belopp.html", kommunen=municipality, serier=series, manad=month, visa=amount.show)


COSTS = {"hyra": "RENT", "el": "ELECTRICITY", "forsakring": "HOME_INSURANCE", "internet": "INTERNET"}
INCOMES = {"lon": "SALARY", "ersattning": "OTHER_INCOME"}


@router.get("/berakna")
def calculation(request: Request, municipality: PublicMunicipality) -> Response:
    """The form of the trial calculation."""
    return _calculated(request, municipality, {"manad": str(_month(request, "")), "vuxna": "1"})


@router.post("/berakna")
def calculated(request: Request, municipality: PublicMunicipality, form: PublicForm) -> Response:
    """The form with what the rules arrive at. Nothing is stored."""
    request.app.state.rate_of_estimates.take(address_of(request.scope))
    given = {name: form[name] for name in ("manad", "vuxna", "barn", *COSTS, *INCOMES)}
    office = office_of(request)
    try:
        asked = read_request(_household(form, municipality.code), None)
        found = office.evaluators_of(asked.month).estimate(asked)
    except InputError as error:
        return _calculated(request, municipality, given, faults=error.faults)
    return _calculated(request, municipality, given, found=found)


def _calculated(
    request: Request,
    municipality: Any,
    given: dict[str, str],
    *,
    found: EstimateDocument | None = None,
    faults: Sequence[Fault] = (),
) -> Response:
    status = 422 if faults else 200
    fields = (*COSTS, *INCOMES)
    return page(
        request,
        "berakna.html",
        status,
        kommunen=municipality,
        givet={name: given.get(name, "") for name in ("manad", "vuxna", "barn", *fields)},
        falt=fields,
        svar=found,
        fel=wrong(faults, partial(_field_of, given), language_on(request)),
        rader=[(line, _in_words(line, given)) for line in found.lines] if found else [],
        antaget=found.assumed if found else (),
    )


def _in_words(line: EstimatedLine, given: Mapping[str, str]) -> tuple[str, dict[str, str]] | None:
    """A line of a trial calculation by its name among the page's words, and what is filled in there; None for
    one that only its rule can tell of. A row of the form is found by its place among those that were sent."""
    kind, _, place = (line.subject or "").rstrip("]").partition("[")
    match line.part, kind:
        case Section.PERSONAL, "":
            return "rad_vuxna", {}
        case Section.PERSONAL, child if child.startswith("b"):
            return "rad_barn", {"nummer": child[1:]}
        case Section.COMMON, _:
            return "rad_gemensamt", {}
        case _, "costs" | "incomes":
            return _sent(kind, given)[int(place)], {}
        case _:
            return None


def _sent(kind: str, given: Mapping[str, str]) -> list[str]:
    """The fields of the form that were sent as ``costs`` or ``incomes``, in their order."""
    return [name for name in (COSTS if kind == "costs" else INCOMES) if given.get(name, "").strip()]


def _field_of(given: Mapping[str, str], path: FaultPath) -> str:
    """The field of the form that a fault is about; empty where it is about none alone."""
    match path:
        case ("costs" | "incomes" as kind, int(place), *_):
            return _sent(str(kind), given)[place]
        case ("children", *_):
            return "barn"
        case ("month", *_):
            return "manad"
        case ("adults", *_):
            return "vuxna"
        case _:
            return ""


def _household(form: SentForm, municipality: str) -> dict[str, Any]:
    """The form as the request that the trial calculation reads; amounts as they were written."""
    number = whole_number(form["vuxna"])
    adults = form["vuxna"] if number is None else number
    return {
        "month": form["manad"].strip(),
        "municipality": municipality,
        "adults": adults,
        "cohabiting": adults == 2,
        "children": [{"age": age} for age in _ages(form["barn"])],
        "costs": list(_amounts(form, COSTS)),
        "incomes": list(_amounts(form, INCOMES)),
    }


def _amounts(form: SentForm, codes: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for name, code in codes.items():
        if form[name].strip():
            yield {"type": code, "amount": form.kronor(name)}


def _ages(text: str) -> Iterator[int | str]:
    """The ages; what is no number stays as it is, so that the form says so."""
    for part in text.replace("،", ",").replace(";", ",").split(","):
        word = part.strip()
        if word:
            number = whole_number(word)
            yield word if number is None else number


@router.get("/register")
def register(request: Request, municipality: PublicMunicipality, manad: MonthAsked = "") -> Response:
    """The public register of the algorithm: what it may decide, on what, and since when."""
    month = _month(request, manad)
    office = office_of(request)
    law = resolve(office.book_of(str(month)), month, municipality.code, without_norm=True)
    terms = [term for term in law.vocabulary.terms.values() if term.sources]
    return page(
        request,
        "register.html",
        kommunen=municipality,
        manad=month,
        regler=[rule_in_brief(each) for each in law.rules],
        delegerat=[each for each in law.rules if delegates(each)],
        uppgifter=sorted(terms, key=lambda term: term.path),
        kalla=_source,
        versioner=published_releases(office.engine, municipality.code),
    )


def _source(term: Term) -> str:
    """Where the values of a term come from, in the words that a case has for the origin of a fact."""
    return words_of(copied(*(path.removeprefix("application.").replace("[]", "") for path in term.sources)))


def _month(request: Request, text: str) -> Month:
    """The month asked for, or the present one. Raises ProblemError."""
    return month_parameter(text, "manad") if text else Month.of(swedish_day(office_of(request).clock()))
