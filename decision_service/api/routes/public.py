"""What anybody may ask: whether all is well, what errors mean, trial calculations, and the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from decision_service.api import answers
from decision_service.api.behind import office_of, service_of
from decision_service.api.bodies import RawBody, described, json_of
from decision_service.api.callers import PublicMunicipality
from decision_service.api.cases import as_json
from decision_service.api.etag import release_etag, unchanged
from decision_service.api.language import in_language, preferred
from decision_service.api.limits import address_of
from decision_service.api.months import month_parameter
from decision_service.api.openapi import problem_responses
from decision_service.api.problems import PROBLEMS, ProblemError
from decision_service.decision.estimate import EstimateRequest, read_request
from decision_service.decision.estimated import EstimateDocument
from decision_service.log.published import published_log, published_releases
from decision_service.operations.metrics import CONTENT_TYPE
from decision_service.reading.strict_json import InputError
from norms import show
from norms.fault import fault
from norms.lookup import NoTableError
from norms.month import Month
from rules.book import Rulebook
from rules.laws import Span
from rules.rule import AskEffect, LineEffect, RequireEffect, Rule

outside = APIRouter(tags=["drift"])
"""Paths of the installation as a whole."""
inside = APIRouter()
"""Paths of one municipality, under ``/v1/{kommunkod}``."""

IfNoneMatch = Annotated[str | None, Header(description="ETag som den som frågar redan har")]
MonthQuery = Annotated[
    str | None,
    Query(
        description="Biståndsmånad, ÅÅÅÅ-MM",
        json_schema_extra={"pattern": "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$", "example": "2026-11"},
    ),
]
_CACHED = "public, max-age=300"
_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Oförändrat sedan den ETag som gavs."}}


@outside.get("/healthz", summary="Lever processen?")
async def show_health() -> answers.Health:
    """Svarar alltid när processen lever. Säger inget om databasen; det gör /readyz, och väntar
    inte på någon annan."""
    return answers.Health(status="ok")


@outside.get(
    "/readyz",
    summary="Kan tjänsten ta emot och besluta?",
    responses={
        **answers.answers(answers.Readiness, 200, "Ja."),
        **answers.answers(answers.Readiness, 503, "Nej."),
    },
)
def show_readiness(request: Request) -> Response:
    """Varje kontroll med namn, och varför om den inte går igenom. 503 om någon inte gör det."""
    found = service_of(request).readiness()
    ready = all(check.ok for check in found)
    checks = [answers.ReadyCheck(name=each.name, ok=each.ok, why=each.why) for each in found]
    return as_json(answers.Readiness(ready=ready, checks=checks), status=200 if ready else 503)


@outside.get(
    "/metrics",
    summary="Mätvärden för Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
def show_metrics(request: Request) -> Response:
    """Inga personuppgifter. Stäng adressen i proxyn om siffrorna inte ska synas utifrån."""
    service = service_of(request)
    service.metrics.refresh(service.figures())
    return Response(service.metrics.text(), headers={"Content-Type": CONTENT_TYPE})


@outside.get(
    "/problem/{code}",
    summary="Vad en feltyp betyder",
    responses={**answers.answers(answers.ProblemExplained), **problem_responses("not-found")},
)
def explain_problem(
    request: Request,
    code: Annotated[str, Path(description="Feltypens kod", json_schema_extra={"example": "stale"})],
) -> Response:
    """Feltypens titel, status och förklaring på det språk som Accept-Language ber om."""
    kind = PROBLEMS.get(code)
    if kind is None:
        raise ProblemError("not-found")
    language = preferred(request.headers.get("accept-language"))
    content = answers.ProblemExplained(
        type=f"{request.app.state.public_url}{kind.path}",
        status=kind.status,
        title=in_language(kind.title, language),
        detail=in_language(kind.detail, language),
    )
    headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": _CACHED}
    return as_json(content, headers)


_ESTIMATE = {
    "ensam": {"month": "2026-11", "adults": 1, "costs": [{"type": "RENT", "amount": 5400}]},
    "familj": {
        "month": "2026-11",
        "adults": 2,
        "cohabiting": True,
        "children": [{"age": 11}, {"age": 5, "lunch_away": True, "days": 15}],
        "costs": [{"type": "RENT", "amount": 8200}],
        "incomes": [{"type": "SALARY", "amount": 5000}],
    },
}


@inside.post(
    "/estimates",
    tags=["provberäkning"],
    summary="Räkna på ett hushåll utan personuppgifter",
    openapi_extra=described(EstimateRequest, _ESTIMATE),
    responses={**answers.answers(EstimateDocument), **problem_responses("unsupported-media-type")},
)
def estimate_support(request: Request, municipality: PublicMunicipality, body: RawBody) -> Response:
    """Samma indata och svar som `lagrum estimate --json`, i ören. Inget sparas och inget beslutas."""
    office = office_of(request)
    request.app.state.rate_of_estimates.take(address_of(request.scope))
    data = json_of(request, body)
    if isinstance(data, dict) and data.get("municipality") is None:
        data["municipality"] = municipality.code
    elif isinstance(data, dict) and data["municipality"] != municipality.code:
        raise InputError([fault("other_municipality", "municipality", found=municipality.code)])
    asked = read_request(data, None)
    return as_json(office.evaluators_of(asked.month).estimate(asked))


@inside.get(
    "/rules",
    tags=["regler"],
    summary="Kommunens regler",
    responses={**answers.answers(answers.RuleList), **_NOT_MODIFIED},
)
def list_rules(
    request: Request,
    municipality: PublicMunicipality,
    month: MonthQuery = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Nationella regler och kommunens egna. Med month bara de som gäller den månaden."""
    office = office_of(request)
    asked = month_parameter(month) if month is not None else None
    book = office.book if asked is None else office.book_of(str(asked))
    found = [rule for rule in rules_of(book, municipality.code) if asked is None or rule.span.holds(asked)]
    return cached(
        lambda: answers.RuleList(release=book.release, items=[rule_in_brief(rule) for rule in found]),
        release_etag(book.release),
        if_none_match,
    )


@inside.get(
    "/rules/{rule_id}",
    tags=["regler"],
    summary="En regel i alla sina lydelser",
    responses={**answers.answers(answers.RuleVersions), **_NOT_MODIFIED},
)
def show_rule(
    request: Request,
    municipality: PublicMunicipality,
    rule_id: Annotated[
        str, Path(description="Regelns id", json_schema_extra={"example": "riksnorm.gemensam"})
    ],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Lagrum, villkor, texter, giltighet, status och var i regelfilerna det står."""
    book = office_of(request).book
    versions = [each for each in book.versions(rule_id) if each.municipality in (None, municipality.code)]
    if not versions:
        raise ProblemError("not-found")
    return cached(
        lambda: answers.RuleVersions(
            release=book.release,
            id=rule_id,
            versions=[rule_in_full(book, each, municipality.code) for each in versions],
        ),
        release_etag(book.release),
        if_none_match,
    )


@inside.get(
    "/norms",
    tags=["regler"],
    summary="En månads belopp",
    responses={**answers.answers(answers.NormsOfMonth), **_NOT_MODIFIED},
)
def list_norms(
    request: Request,
    municipality: PublicMunicipality,
    month: MonthQuery = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Riksnormen och kommunens egna belopp, med källa och status. Utan month gäller den här månaden."""
    office = office_of(request)
    asked = month_parameter(month) if month is not None else Month.of(office.clock().date())
    try:
        book = office.book_of(str(asked))
        view = book.norms.resolve(asked, municipality.code)
    except NoTableError as error:
        raise ProblemError("not-found", error.faults[0]) from None
    release = book.release
    return cached(
        lambda: answers.NormsOfMonth.model_validate({"release": release, **show.as_json(view)}),
        release_etag(release, asked),
        if_none_match,
    )


@inside.get(
    "/releases",
    tags=["regler"],
    summary="Regelversioner",
    responses={**answers.answers(answers.Items[answers.ReleaseInList]), **_NOT_MODIFIED},
)
def list_releases(
    request: Request, municipality: PublicMunicipality, if_none_match: IfNoneMatch = None
) -> Response:
    """Regelversioner som kommunen har beslutat efter, den nyaste först."""
    found = published_releases(office_of(request).engine, municipality.code)
    items = [
        answers.ReleaseInList(id=each.id, published=each.published, files=len(each.fingerprints))
        for each in found
    ]
    return cached(lambda: answers.Items(items=items), release_etag(found[0].id, len(found)), if_none_match)


@inside.get(
    "/log",
    tags=["regler"],
    summary="Loggens publika nyckel och senaste checkpoint",
    responses=answers.answers(answers.LogToCheck),
)
def show_log(request: Request, municipality: PublicMunicipality) -> Response:
    """Det en utomstående behöver för att kontrollera loggen. Spara svaret: den som har det kan visa om loggen
    senare klipps av eller byts ut. Den nyckel som gäller står sist."""
    found = published_log(office_of(request).engine, municipality.code)
    return as_json(answers.LogToCheck(keys=list(found.keys), checkpoint=found.checkpoint))


@inside.get(
    "/releases/{release_id}",
    tags=["regler"],
    summary="En regelversion fil för fil",
    responses={**answers.answers(answers.Release), **_NOT_MODIFIED},
)
def show_release(
    request: Request,
    municipality: PublicMunicipality,
    release_id: Annotated[str, Path(description="Regelversionens id, 64 hexadecimala siffror")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Varje fil med sitt fingeravtryck (SHA-256), så att den som har filerna kan se att de är de rätta."""
    known = published_releases(office_of(request).engine, municipality.code)
    found = next((each for each in known if each.id == release_id), None)
    if found is None:
        raise ProblemError("not-found")
    files = [
        answers.ReleaseFile(name=name, sha256=digest) for name, digest in sorted(found.fingerprints.items())
    ]
    content = answers.Release(id=found.id, published=found.published, files=files)
    return cached(lambda: content, release_etag(found.id), if_none_match)


def cached(content: Callable[[], BaseModel], tag: str, if_none_match: str | None) -> Response:
    """The answer of a function, or 304 without asking it."""
    headers = {"ETag": tag, "Cache-Control": _CACHED}
    if unchanged(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    return as_json(content(), headers)


def rules_of(book: Rulebook, tenant: str) -> Sequence[Rule]:
    """The national rules and the municipality's own, in the order they are run."""
    found = [rule for rule in book.rules if rule.municipality in (None, tenant)]
    return sorted(found, key=lambda rule: (rule.stage.position, rule.id, rule.span.first))


def rule_in_brief(rule: Rule) -> answers.RuleInList:
    """A rule as it stands in a list."""
    return answers.RuleInList(
        id=rule.id,
        title=rule.title,
        stage=rule.stage.value,
        municipality=rule.municipality,
        valid=answers.Valid.model_validate(_valid(rule.span)),
        status=rule.status.value,
        confirmed=rule.status.confirmed,
        provisions=[citation.text for citation in rule.citations],
        file=f"rules/{rule.file}",
        line=rule.line,
    )


def _valid(span: Span) -> dict[str, str | None]:
    return {"from": str(span.first), "to": str(span.last) if span.last else None}


def rule_in_full(book: Rulebook, rule: Rule, tenant: str) -> answers.RuleVersion:
    """Everything that a rule says, and where it says it."""
    others = rules_of(book, tenant)
    law = [
        answers.LawInRule.model_validate({"text": citation.text, **_valid(span)})
        for citation in rule.citations
        if (span := citation.span.overlap(rule.span)) is not None
    ]
    questions = [
        answers.QuestionInRule(
            asked=effect.asked.value,
            reason=effect.reason,
            text=dict(effect.question),
            answer=effect.answer.path or effect.answer.form.value,
        )
        for effect in rule.effects
        if isinstance(effect, AskEffect)
    ]
    return answers.RuleVersion(
        **dict(rule_in_brief(rule)),
        law=law,
        subject=rule.subject,
        condition=rule.condition.text,
        reads=[{"term": path, "description": book.vocabulary.term(path).description} for path in rule.paths],
        lines=[
            {"part": effect.section.value, "amount": effect.amount.text}
            for effect in rule.effects
            if isinstance(effect, LineEffect)
        ],
        concludes=[{"term": effect.path, "value": effect.value.text} for effect in rule.concludes],
        requires=[
            path for effect in rule.effects if isinstance(effect, RequireEffect) for path in effect.paths
        ],
        questions=questions,
        exception_from=list(rule.defeats),
        exceptions=sorted({other.id for other in others if rule.id in other.defeats}),
        what=dict(rule.what),
        texts=dict(rule.texts),
        note=rule.note,
        source="\n".join(book.source(rule)),
    )
